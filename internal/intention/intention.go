// Package intention holds today's one small goal: a practice or own words, perhaps with a person and a cue ("when I get
// coffee"), and how it ended.
//
// It is not a task list: nothing is carried over, nothing is late. It does not choose; package opportunity suggests, and
// accepting a suggestion is the caller's work.
//
// Invariants: a day has at most one open intention; setting another lets the earlier go. One that is still open when its
// day is over is let go without a word: it is read so at once and written so when the next is set. Whoever passes a day
// passes the person's own today. A deleted intention leaves its id, so that a retry does not bring it back.
package intention

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/practice"
	"kith/internal/request"
)

// States.
const (
	Open  = "open"
	Done  = "done"
	LetGo = "let_go"
)

// Limits, in characters.
const (
	MaxText = 200
	MaxCue  = 200
)

// Intention is one goal for one day.
type Intention struct {
	ID        string
	Day       string // the local day it is meant for
	Text      string
	Practice  string // id in the library or of an own practice; empty for own words
	Person    string // id of the person it is about, if one is
	Cue       string // "when I get coffee"
	State     string
	ClosedBy  string // id of the moment that closed it, if one did
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Draft is an intention to be set. ID may be the client's own.
type Draft struct {
	ID       string `json:"-"`
	Text     string `json:"text"`
	Practice string `json:"practice"`
	Person   string `json:"person"`
	Cue      string `json:"cue"`
}

// Change holds what is to be changed; nil leaves a field as it is.
type Change struct {
	Text     *string
	Practice *string
	Person   *string
	Cue      *string
}

// Page is a part of a list; Next is empty at its end.
type Page struct {
	Items []Intention
	Next  string
}

// Row is an intention as it is archived, tombstones included.
type Row struct {
	Intention
	Fingerprint string // of the request that made it
	DeletedAt   *time.Time
}

// asOf is the intention as it is on the day today: one that its day left open is let go.
func (i Intention) asOf(today string) Intention {
	if i.State == Open && i.Day < today {
		i.State = LetGo
	}
	return i
}

// closes reports whether a moment of this kind with these people is what the intention was about. Own words are closed
// by a moment with their person only: nobody can tell what else they mean. own is the kind of the account's own practice,
// if it is one.
func (i Intention) closes(kind, own string, people []string) bool {
	with := false
	for _, id := range people {
		with = with || id == i.Person
	}
	switch {
	case i.Person != "" && !with:
		return false
	case i.Practice == "":
		return i.Person != ""
	}
	return own != "" && own == kind || practice.Fulfils(i.Practice, kind)
}

func (d Draft) clean() (Draft, error) {
	var err error
	if d.Text, err = cleanText(d.Text); err != nil {
		return d, err
	}
	if d.Cue, err = cleanCue(d.Cue); err != nil {
		return d, err
	}
	if err = checkPractice(d.Practice); err != nil {
		return d, err
	}
	d.Person, err = cleanPerson(d.Person)
	return d, err
}

func (c Change) clean() (Change, error) {
	for field, clean := range map[**string]func(string) (string, error){
		&c.Text: cleanText, &c.Cue: cleanCue, &c.Person: cleanPerson,
		&c.Practice: func(id string) (string, error) { return id, checkPractice(id) },
	} {
		if *field == nil {
			continue
		}
		v, err := clean(**field)
		if err != nil {
			return c, err
		}
		*field = &v
	}
	return c, nil
}

// fingerprint is of what was asked for, without the id and the day: a retry after midnight is the same request.
func (d Draft) fingerprint() string {
	return request.Fingerprint(d)
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

func cleanText(s string) (string, error) {
	s = line(s)
	if fold.Blank(s) {
		return "", fault.Invalid("intention_missing", "text", "Say in a few words what you mean to do.")
	}
	if utf8.RuneCountInString(s) > MaxText {
		return "", fault.Invalid("intention_too_long", "text", "An intention has at most %d characters.", MaxText).With("max", MaxText)
	}
	return s, nil
}

func cleanCue(s string) (string, error) {
	s = line(s)
	if utf8.RuneCountInString(s) > MaxCue {
		return "", fault.Invalid("cue_too_long", "cue", "A cue has at most %d characters.", MaxCue).With("max", MaxCue)
	}
	return s, nil
}

func checkPractice(id string) error {
	if id == "" {
		return nil
	}
	if _, ok := practice.Get(id, ""); !ok && !practice.IsOwn(id) {
		return unknownPractice()
	}
	return nil
}

func unknownPractice() error {
	return fault.Invalid("unknown_practice", "practice", "There is no such practice.")
}

func cleanPerson(id string) (string, error) {
	if id == "" {
		return "", nil
	}
	u, err := uuid.Parse(id)
	if err != nil || len(id) != 36 {
		return "", unknownPerson()
	}
	return u.String(), nil
}

func unknownPerson() error {
	return fault.Invalid("unknown_person", "person", "There is no such person.")
}

// checkToday refuses a day that is today nowhere on earth: there is no planning ahead and no setting in hindsight. A day
// may begin hours after midnight, so it can lag two dates behind the clock of Greenwich.
func checkToday(day string, now time.Time) error {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return fault.Invalid("bad_day", "day", "A day is written as 2026-11-24.")
	}
	today := now.UTC().Truncate(24 * time.Hour)
	if t.Before(today.AddDate(0, 0, -2)) || t.After(today.AddDate(0, 0, 1)) {
		return fault.Invalid("day_not_today", "day", "An intention is set for today.")
	}
	return nil
}

// check says whether a row of an archive can be kept.
func (r Row) check() error {
	bad := func(field, what string) error {
		return fault.Invalid("bad_row", field, "An intention in this file has %s.", what)
	}
	if u, err := uuid.Parse(r.ID); err != nil || u.String() != r.ID {
		return bad("id", "an id that is no UUID")
	}
	if _, err := time.Parse(time.DateOnly, r.Day); err != nil {
		return bad("day", "no day")
	}
	switch r.State {
	case Open, Done, LetGo:
	default:
		return bad("state", "an unknown state")
	}
	for field, text := range map[string]string{"text": r.Text, "cue": r.Cue, "practice": r.Practice, "person": r.Person, "closed_by": r.ClosedBy, "fingerprint": r.Fingerprint} {
		if utf8.RuneCountInString(text) > MaxText || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return bad(field, "a text that cannot be kept")
		}
	}
	if r.DeletedAt == nil && strings.TrimSpace(r.Text) == "" {
		return bad("text", "no text")
	}
	if r.Revision < 1 || r.CreatedAt.IsZero() || r.UpdatedAt.IsZero() {
		return bad("revision", "no revision or no time")
	}
	return nil
}
