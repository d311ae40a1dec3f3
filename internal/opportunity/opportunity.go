// Package opportunity says what is timely now: at most three suggestions a day, each one finished sentence with its
// reason and its act. The first source is the library of practices, which needs no data, so that the first start has
// something to offer at once.
//
// It interrupts nobody (package nudge decides on that) and keeps no list of what is late. Accepting a suggestion is
// recorded here; the intention it becomes is made by the caller.
//
// Invariants: what is offered on a day depends on the account, the day and the answers before that day alone, so that it
// is the same on every device and every node without being stored. Practices are drawn without replacement: each is
// offered once before any is offered again. The three of a day are of different kinds, and work things are kept to
// Monday to Friday, as long as the library that is left allows it.
package opportunity

import (
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/practice"
)

// Answers to a suggestion.
const (
	NotNow   = "not_now"  // hide it today
	NotThis  = "not_this" // never suggest it again, until Reset
	Accepted = "accepted" // it became the intention
)

// SourcePractice is the library: the first source of suggestions.
const SourcePractice = "practice"

// ActIntend is what a suggestion offers: make it today's intention.
const ActIntend = "intend" // make it today's intention

// perDay is how many suggestions a day has at most.
const perDay = 3

// Opportunity is a suggestion for now.
type Opportunity struct {
	ID       string // "practice:hug": the same each time it comes
	Source   string
	Practice string // id in the library
	Kind     string // of the moment it would make
	Seconds  int    // how long it takes
	Text     string // one finished sentence
	Why      string // its reason, one honest sentence
	Act      string
}

// Row is an answer as it is archived.
type Row struct {
	Day         string
	Opportunity string
	Answer      string
	AnsweredAt  time.Time
}

func of(p *practice.Practice) Opportunity {
	return Opportunity{
		ID: SourcePractice + ":" + p.ID, Source: SourcePractice, Practice: p.ID, Kind: p.Kind, Seconds: p.Seconds,
		Text: p.Suggest, Why: p.Why, Act: ActIntend,
	}
}

// practiceOf returns the practice that a suggestion's id names.
func practiceOf(id string) (string, bool) { return strings.CutPrefix(id, SourcePractice+":") }

func checkAnswer(answer string) error {
	switch answer {
	case NotNow, NotThis, Accepted:
		return nil
	}
	return fault.Invalid("unknown_answer", "answer", "An answer is one of not_now, not_this and accepted.")
}

func checkDay(day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return fault.Invalid("bad_day", "day", "A day is written as 2026-11-24.")
	}
	return nil
}

// check says whether a row of an archive can be kept. A practice of a newer library is kept, and waits for it.
func (r Row) check() error {
	if err := checkAnswer(r.Answer); err != nil {
		return err
	}
	if id, ok := practiceOf(r.Opportunity); !ok || id == "" || len(id) > 100 || strings.ToValidUTF8(id, "") != id || strings.ContainsRune(id, 0) {
		return fault.Invalid("bad_row", "opportunity", "An answer in this file is to no suggestion.")
	}
	if r.AnsweredAt.IsZero() {
		return fault.Invalid("bad_row", "answered_at", "An answer in this file has no time.")
	}
	return checkDay(r.Day)
}
