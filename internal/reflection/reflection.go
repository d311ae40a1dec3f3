// Package reflection is the evening page and the look back: three good things and one line for a day, what a week leaves,
// on this day, a day drawn by chance, and the year at a glance.
//
// It is not a journal of many entries, and nothing in it is owed: a day without words is simply a day. It gathers moments
// of a day or week beside the words; what was meant and how one felt are put beside by whoever shows the page.
//
// Invariants: a day has one reflection, of today or a day that has been; it can be written and changed for ever. Words
// marked private are sealed at rest, are in no index, and leave only where account.Shown says so. Deleting empties the
// words at once; the revision counts on, so that an old copy cannot come back unseen. Whoever passes today passes the
// person's own.
package reflection

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/moment"
)

// Limits; lengths are in characters.
const (
	MaxGood     = 3
	MaxGoodText = 300
	MaxLine     = 4000
	MaxCarry    = 500
)

// When three good things are asked for, beside a weekday from "0" (Sunday) to "6".
const (
	Daily = "daily"
	Never = "never"
)

// Reflection is what somebody wrote about one day.
type Reflection struct {
	Day       string
	Good      []string // up to three, never nil
	Line      string   // prose
	Prompt    string   // id of what was asked; empty: nothing was, or the line answers nothing
	Private   bool
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Draft is what is to be kept for a day. It replaces what was there.
type Draft struct {
	Good    []string
	Line    string
	Prompt  string
	Private bool
}

// Page is a part of a list; Next is empty at its end.
type Page struct {
	Items []Reflection
	Next  string
}

// Setting is how somebody likes the evening page.
type Setting struct {
	GoodOn   string // "0" (Sunday) to "6", Daily or Never
	Revision int64  // 0 while nothing was chosen
}

// Asks reports whether three good things are asked for on a day. They can be written on any.
func (s Setting) Asks(day string) bool {
	t, err := time.Parse(time.DateOnly, day)
	return s.GoodOn == Daily || err == nil && s.GoodOn == strconv.Itoa(int(t.Weekday()))
}

// Carry is the line a week leaves to the next.
type Carry struct {
	Text     string
	Revision int64 // 0 while none was written
}

// Memory is one day that was.
type Memory struct {
	Day        string
	Span       string // of OnThisDay: SpanWeek, SpanMonth or SpanYear
	Years      int    // of SpanYear
	Moments    []moment.Moment
	Reflection *Reflection
}

// How far back a memory lies.
const (
	SpanWeek  = "week"
	SpanMonth = "month"
	SpanYear  = "year"
)

// Review is a week looked back on.
type Review struct {
	Week      string
	Days      []Memory     // seven, from Monday
	People    []moment.Ref // who was there, in the order in which they came
	Carry     Carry
	CarriedIn string // the line that the week before left
}

// YearDay is one day of the year at a glance.
type YearDay struct {
	Day     string
	Moments int
	Written bool // something was reflected on
}

// blank reports whether nothing is to be kept.
func (d Draft) blank() bool { return len(d.Good) == 0 && d.Line == "" }

// same reports whether a draft is what is kept already.
func (r Reflection) same(d Draft) bool {
	return slices.Equal(r.Good, d.Good) && r.Line == d.Line && r.Prompt == d.Prompt && r.Private == d.Private
}

func (d Draft) clean() (Draft, error) {
	good := make([]string, 0, MaxGood)
	for _, g := range d.Good {
		if g = strings.Join(strings.Fields(text(g)), " "); fold.Blank(g) {
			continue
		}
		if utf8.RuneCountInString(g) > MaxGoodText {
			return d, fault.Invalid("good_thing_too_long", "good", "A good thing has at most %d characters.", MaxGoodText).With("max", MaxGoodText)
		}
		good = append(good, g)
	}
	if len(good) > MaxGood {
		return d, fault.Invalid("too_many_good_things", "good", "Three good things are enough for a day.").With("max", MaxGood)
	}
	d.Good = good
	if d.Line = strings.TrimSpace(text(d.Line)); fold.Blank(d.Line) {
		d.Line = ""
	}
	if utf8.RuneCountInString(d.Line) > MaxLine {
		return d, fault.Invalid("reflection_too_long", "line", "A day's line has at most %d characters.", MaxLine).With("max", MaxLine)
	}
	if d.Line == "" {
		d.Prompt = "" // what was not answered may be asked again
	}
	if d.Prompt != "" && !deckHas(d.Prompt) {
		return d, fault.Invalid("unknown_prompt", "prompt", "There is no such question in the deck.")
	}
	if d.blank() {
		return d, fault.Invalid("reflection_empty", "line", "Write a line or a good thing; deleting a reflection is its own request.")
	}
	return d, nil
}

// text makes what was typed something that every database keeps.
func text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

func cleanCarry(s string) (string, error) {
	s = strings.Join(strings.Fields(text(s)), " ")
	if fold.Blank(s) {
		return "", nil
	}
	if utf8.RuneCountInString(s) > MaxCarry {
		return "", fault.Invalid("carry_too_long", "carry", "What a week leaves has at most %d characters.", MaxCarry).With("max", MaxCarry)
	}
	return s, nil
}

func checkGoodOn(on string) error {
	if on == Daily || on == Never || len(on) == 1 && on >= "0" && on <= "6" {
		return nil
	}
	return fault.Invalid("bad_good_on", "good_on", "Three good things are asked for on a weekday from 0 (Sunday) to 6, daily or never.")
}

// firstDay is the earliest day that is looked at: whoever writes about an earlier one writes history.
const firstDay = "1900-01-01"

// CheckDay refuses what is no day, and days that have not come.
func CheckDay(day, today string) error {
	if err := isDay(day); err != nil {
		return err
	}
	if today != "" && day > today {
		return fault.Invalid("day_not_come", "day", "That day has not come yet.")
	}
	return nil
}

func isDay(day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil || day < firstDay {
		return fault.Invalid("bad_day", "day", "A day is written as 2026-11-24.")
	}
	return nil
}

// WeekOf is the ISO week of a day: 2026-W48.
func WeekOf(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return weekOf(t)
}

func weekOf(t time.Time) string {
	year, week := t.ISOWeek()
	s := strconv.Itoa(week)
	if week < 10 {
		s = "0" + s
	}
	return strconv.Itoa(year) + "-W" + s
}

// Monday is the first day of a week.
func Monday(week string) (time.Time, error) {
	bad := fault.Invalid("bad_week", "week", "A week is written as 2026-W48.")
	y, w, ok := strings.Cut(week, "-W")
	year, err1 := strconv.Atoi(y)
	n, err2 := strconv.Atoi(w)
	if !ok || err1 != nil || err2 != nil || year < 1900 || year > 9998 {
		return time.Time{}, bad
	}
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC) // always lies in the first week
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7).AddDate(0, 0, 7*(n-1))
	if weekOf(monday) != week {
		return time.Time{}, bad
	}
	return monday, nil
}

// back is a day so many months earlier, or the last day of a month that is shorter.
func back(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}
