// Package pulse holds pulses, the few-second answer to "how do you feel right now", and scales, the questionnaires that are
// answered every few weeks.
//
// A pulse is two numbers from 0 to 100, how pleasant and how energetic, with words for it if one likes, and in the evening
// how close one felt to others. A scale is data: its items, answers, scoring, licence and credit. Scales that come with
// Kith are files of the program; others are brought by whoever holds their licence. Scoring is as published, and this
// package knows no norm, no threshold and no diagnosis.
//
// It asks nothing of anybody and draws no conclusion, with one exception: Persists says whether low mood or loneliness has
// lasted so long that a page should mention where there is help.
//
// Invariants: a pulse is at most a day old when it is kept. Closeness belongs to the evening. The scores of an answer are
// kept with it, so that they stay what they were when a definition changes or goes. An id, once deleted, does not come
// back; a deletion can be undone for UndoFor, after which nothing but the id is left.
package pulse

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/request"
	"kith/internal/zone"
)

// Limits.
const (
	Top       = 100 // of valence, energy and closeness; the bottom is 0
	MaxWords  = 12
	MaxWord   = 40             // characters
	Backdated = 24 * time.Hour // how old a pulse may be
	UndoFor   = 10 * time.Minute

	ahead   = 2 * time.Minute // how far a clock may run before ours
	evening = 17 * 60         // minutes after midnight
)

// Quadrants of the pad.
const (
	Bright = "bright" // pleasant, much energy
	Calm   = "calm"   // pleasant, little energy
	Tense  = "tense"  // unpleasant, much energy
	Heavy  = "heavy"  // unpleasant, little energy
)

// Quadrants lists them in the order of pages.
func Quadrants() []string { return []string{Bright, Calm, Tense, Heavy} }

// Quadrant is where on the pad a pulse lies.
func Quadrant(valence, energy int) string {
	switch pleasant, awake := valence >= Top/2, energy >= Top/2; {
	case pleasant && awake:
		return Bright
	case pleasant:
		return Calm
	case awake:
		return Tense
	}
	return Heavy
}

// Pulse is how somebody felt at one time.
type Pulse struct {
	ID        string
	At        time.Time
	Zone      string // where it was felt
	Day       string // the local day of its owner
	Valence   int    // 0 very unpleasant to 100 very pleasant
	Energy    int    // 0 none to 100 much
	Closeness *int   // 0 to 100, in the evening only
	Words     []string
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt *time.Time
}

// Quadrant is where on the pad it lies.
func (p Pulse) Quadrant() string { return Quadrant(p.Valence, p.Energy) }

// Draft is a pulse to be kept. ID may be the client's own; without At it is now; without Zone it is the account's.
type Draft struct {
	ID        string     `json:"-"`
	At        *time.Time `json:"at"`
	Zone      string     `json:"zone"`
	Valence   int        `json:"valence"`
	Energy    int        `json:"energy"`
	Closeness *int       `json:"closeness"`
	Words     []string   `json:"words"` // of the library, by id or as they are said, or own ones
}

// Change holds what is to be changed; nil leaves a field as it is.
type Change struct {
	At             *time.Time
	Valence        *int
	Energy         *int
	Closeness      *int
	ClearCloseness bool
	Words          *[]string
}

// Filter narrows a list; empty fields do not narrow.
type Filter struct{ From, To string } // local days

// Page is a part of a list; Next is empty at its end.
type Page[T any] struct {
	Items []T
	Next  string
}

// fingerprint is of what was asked for, without the id.
func (d Draft) fingerprint() string { return request.Fingerprint(d) }

// Evening reports whether the day of t, in its own zone, is far enough on to look back at it: from five in the afternoon
// until the next day begins.
func Evening(t time.Time, dayStart int) bool {
	m := t.Hour()*60 + t.Minute()
	return m >= evening || m < dayStart
}

// check says whether a pulse can be kept, and to which day it belongs. made is when it was first kept.
func (p Pulse) check(u account.User, made, now time.Time) (string, error) {
	for field, v := range map[string]*int{"valence": &p.Valence, "energy": &p.Energy, "closeness": p.Closeness} {
		if v != nil && (*v < 0 || *v > Top) {
			return "", fault.Invalid("pulse_range", field, "This goes from 0 to %d.", Top).With("max", Top)
		}
	}
	if p.At.After(now.Add(ahead)) {
		return "", fault.Invalid("pulse_in_future", "at", "Nobody knows yet how that will feel. A pulse is of now or earlier today.")
	}
	if p.At.Before(made.Add(-Backdated)) {
		return "", fault.Invalid("pulse_too_old", "at", "A pulse can be given for the last 24 hours; further back, memory paints.")
	}
	if p.Closeness != nil && !Evening(p.At, u.DayStart) {
		return "", fault.Invalid("closeness_by_day", "closeness", "Closeness is a question for the evening, from five o'clock on.")
	}
	return account.DayOf(p.At, u.Location(), u.DayStart), nil
}

// cleanWords makes words one list without doubles: those of the library by their ids, others as they were written.
func cleanWords(list []string, locale string) ([]string, error) {
	out, seen := []string{}, map[string]bool{}
	for _, w := range list {
		w = line(w)
		if w == "" {
			continue
		}
		if utf8.RuneCountInString(w) > MaxWord {
			return nil, fault.Invalid("pulse_word_too_long", "words", "A word for how you feel has at most %d characters.", MaxWord).With("max", MaxWord)
		}
		w = known(w, locale)
		if key := fold.Fold(w); !seen[key] {
			seen[key] = true
			out = append(out, w)
		}
	}
	if len(out) > MaxWords {
		return nil, fault.Invalid("too_many_pulse_words", "words", "At most %d words at once; which fit best?", MaxWords).With("max", MaxWords)
	}
	return out, nil
}

// line makes a text one clean line.
func line(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// placed is t in the zone where it was lived: the one named, or the account's.
func placed(u account.User, t time.Time, name string) (time.Time, string, error) {
	if name == "" {
		name = u.Zone
	}
	loc, err := zone.Load(name)
	if err != nil {
		return t, "", err
	}
	return t.In(loc), name, nil
}

func checkDay(day, field string) error {
	if d, err := time.Parse(time.DateOnly, day); err != nil || d.Format(time.DateOnly) != day {
		return fault.Invalid("bad_day", field, "A day is written as 2026-11-24.")
	}
	return nil
}

func badRow(field, what string) error {
	return fault.Invalid("bad_row", field, "A line in this file has %s.", what)
}
