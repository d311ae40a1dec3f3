// Package opportunity says what is timely now: at most three suggestions a day, each one finished sentence with its
// reason and its act. Each file named source*.go holds one Source, a function that offers candidates; Score, in one
// place, says which of them come first and why. The library of practices needs no data, so that the first start has
// something to offer at once.
//
// It interrupts nobody (package nudge decides on that) and keeps no list of what is late. Accepting a suggestion is
// recorded here; the intention it becomes is made by the caller. It writes words for a message and links that open a
// program with them; it never sends anything.
//
// Invariants: what is offered depends on the account, its day and hour, its rows and the answers to earlier offers alone,
// so that it is the same on every device and every node without being stored. Nobody is suggested whose standing is not
// active, who was met today, at an hour that is not decent where they are, or on the day after "not now". Practices are
// drawn without replacement: each is offered once before any is offered again. The three of a day are of different
// kinds, and work things are kept to Monday to Friday, as long as the library that is left allows it.
package opportunity

import (
	"slices"
	"strings"
	"time"

	"kith/internal/capture"
	"kith/internal/fault"
)

// Answers to a suggestion.
const (
	NotNow      = "not_now"      // not today; it returns after a while
	NotThis     = "not_this"     // never suggest it again, until Reset or Again
	NotKind     = "not_kind"     // never this kind
	NeverPerson = "never_person" // never this person
	Accepted    = "accepted"     // it became the intention, or was done
)

// Sources of suggestions.
const (
	SourcePractice = "practice"  // the library
	SourceDue      = "due"       // a cadence has passed
	SourceDrift    = "drift"     // quieter than the two's own rhythm
	SourceGap      = "gap"       // free for a while, and somebody is due
	SourceDate     = "date"      // a birthday and the like
	SourceFollowUp = "follow_up" // what one wanted to ask
	SourceFinished = "finished"  // what a code forge says that somebody finished
	SourceMemory   = "memory"    // an old moment to savour
	SourceEvent    = "event"     // in a calendar, with somebody, and over
)

// Acts are what a suggestion offers.
const (
	ActIntend = "intend" // make it today's intention
	ActReach  = "reach"  // write to somebody, or call
	ActSavour = "savour" // look at a moment again
	ActLog    = "log"    // keep what was as a moment
)

// perDay is how many suggestions a day has at most.
const perDay = 3

// Opportunity is a suggestion for now.
type Opportunity struct {
	ID       string // "practice:hug", "due:PERSON": the same each time it comes
	Source   string
	Practice string // id of a practice
	Person   string // id of whom it is about
	Name     string // how they are called
	Moment   string // id of the moment to savour
	FollowUp string // id of the follow-up
	On       string // local day of a date
	Kind     string // of the moment it would make
	Seconds  int    // how long it takes
	Text     string // one finished sentence
	Why      string // its reason, one honest sentence
	Act      string
	Line     string    // to be logged
	At       time.Time // when that was
	Reasons  []Reason  // of its place among the others
}

// Candidate is what a source offers, with what its place is decided by.
type Candidate struct {
	Opportunity
	Facts Facts
}

// Row is an answer as it is archived.
type Row struct {
	Day         string
	Opportunity string
	Answer      string
	AnsweredAt  time.Time
}

// practiceOf returns the practice that a suggestion's id names.
func practiceOf(id string) (string, bool) { return strings.CutPrefix(id, SourcePractice+":") }

// personOf returns the person that a suggestion's id names.
func personOf(id string) string {
	parts := strings.Split(id, ":")
	if len(parts) < 2 || !slices.Contains([]string{SourceDue, SourceGap, SourceDrift, SourceDate, SourceFollowUp, SourceFinished, SourceEvent}, parts[0]) {
		return ""
	}
	return parts[1]
}

// restOf is for how many days a suggestion stays away after "not now", or after it was taken and did not happen. The day
// of a date is worth a second word, soon; a cadence can wait for a part of itself; a memory was seen.
func restOf(source string, every int) int {
	switch source {
	case SourceDue, SourceGap:
		return min(max(every/4, 3), 30)
	case SourceDrift:
		return 45
	case SourceDate, SourceEvent:
		return 2
	case SourceFollowUp:
		return 3
	case SourceFinished: // who finishes much is not to be praised each morning
		return 5
	case SourceMemory:
		return 300
	}
	return 1
}

// longestRest is the longest of them.
const longestRest = 300

func checkAnswer(answer string) error {
	switch answer {
	case NotNow, NotThis, Accepted, NotKind, NeverPerson:
		return nil
	}
	return fault.Invalid("unknown_answer", "answer", "An answer is one of not_now, not_this, not_kind, never_person and accepted.")
}

func checkDay(day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return fault.Invalid("bad_day", "day", "A day is written as 2026-11-24.")
	}
	return nil
}

// sourceOf is the source that an id names, and what follows it.
func sourceOf(id string) (source, rest string, ok bool) {
	source, rest, _ = strings.Cut(id, ":")
	switch source {
	case SourcePractice, SourceDue, SourceGap, SourceDrift, SourceDate, SourceFollowUp, SourceFinished, SourceMemory, SourceEvent:
		return source, rest, rest != "" && len(id) <= 140
	}
	return source, rest, false
}

// check says whether a row of an archive can be kept. A practice of a newer library is kept, and waits for it.
func (r Row) check() error {
	switch r.Answer {
	case NotNow, NotThis, Accepted:
	default:
		return fault.Invalid("unknown_answer", "answer", "An answer is one of not_now, not_this, not_kind, never_person and accepted.")
	}
	if _, _, ok := sourceOf(r.Opportunity); !ok || !clean(r.Opportunity) {
		return fault.Invalid("bad_row", "opportunity", "An answer in this file is to no suggestion.")
	}
	if r.AnsweredAt.IsZero() {
		return fault.Invalid("bad_row", "answered_at", "An answer in this file has no time.")
	}
	return checkDay(r.Day)
}

func clean(s string) bool { return strings.ToValidUTF8(s, "") == s && !strings.ContainsRune(s, 0) }

// kindOf is what a suggestion's "not this kind" puts away: practices of that kind of moment, or all that the source offers.
func kindOf(o Opportunity) string {
	if o.Source == SourcePractice && slices.Contains(capture.Kinds, o.Kind) {
		return "kind:" + o.Kind
	}
	return "source:" + o.Source
}
