// Package guess keeps how welcome somebody thinks that reaching out will be, before, and how welcome it was, after: guess
// and landed, 0 to 10 each, and the person's own gap between them.
//
// People underestimate how welcome a word, a thanks or a kindness is: Liu et al. 2023, doi 10.1037/pspi0000402; Kumar and
// Epley 2018, doi 10.1177/0956797618772506; Boothby and Bohns 2021, doi 10.1177/0146167220949003. Whether that is so for
// this one person is what the pairs are for. A gap says how somebody guessed; it says nothing about why.
//
// A guess is about a person, or about an intention. The first moment that reaches them takes it up; a guess that no moment
// takes up within Waits fades: it stays as it was and counts for nothing. How it landed is asked on one local day, hours
// after the moment, and never again; an answer can be given or changed later, unasked. It sends nothing and reminds of
// nothing.
//
// Invariants: a guess is made before and never changed after. A pair counts while its moment is there: a deletion that is
// undone brings the pair back. A newer guess about somebody takes the place of the one that waits.
package guess

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/request"
)

// Max is the most welcome that something can be; 0 is not at all.
const Max = 10

// How long things take.
const (
	Waits     = 72 * time.Hour // that a guess waits for its moment
	AskAfter  = 4 * time.Hour  // between what happened and the question
	AskWithin = 72 * time.Hour // of what happened; later nobody remembers how it was
)

// States of a guess. They follow from the rest and are not stored.
const (
	Waiting  = "waiting"  // nothing happened yet
	Faded    = "faded"    // nothing happened, or what happened was deleted
	Happened = "happened" // not answered how it landed
	Landed   = "landed"
	Unknown  = "unknown" // its owner does not know how it landed
)

// Guess is one guess, with what came of it.
type Guess struct {
	ID         string
	Person     string // id, or empty
	Intention  string // id, or empty
	Value      int
	Moment     string // id of the moment that took it up, while that is there
	Kind       string // of the moment
	Day        string // of the moment
	HappenedAt time.Time
	Ring       string // of the person, now
	Name       string // of the person: how they are called
	AskedOn    string // local day
	Landed     *int
	AnsweredAt *time.Time
	State      string
	Revision   int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Draft is a guess to be made. It names a person, an intention, or both.
type Draft struct {
	ID        string // the client's own, or empty
	Person    string
	Intention string
	Value     int
}

// Page is a part of a list, newest first; Next is empty at its end.
type Page struct {
	Items []Guess
	Next  string
}

// row is a guess as it is stored, beside what is read from its moment and its person.
type row struct {
	Guess
	link        string // the moment that took it up, also when that was deleted
	precision   string // of the moment
	capturedAt  time.Time
	fingerprint string
	deletedAt   *time.Time
}

// asOf fills in the state at an instant.
func (v row) asOf(now time.Time) Guess {
	g := v.Guess
	switch {
	case g.Moment == "" && g.AnsweredAt == nil && now.Before(g.CreatedAt.Add(Waits)):
		g.State = Waiting
	case g.Moment == "":
		g.State = Faded
	case g.AnsweredAt == nil:
		g.State = Happened
	case g.Landed == nil:
		g.State = Unknown
	default:
		g.State = Landed
	}
	return g
}

// takenUp reports whether a moment is what the guess was about. closed is the intention that the moment closed.
func (v row) takenUp(m moment.Moment, closed string) bool {
	if m.Contact == capture.ContactNo || m.Contact == capture.ContactAttempt || m.StartedBy == capture.ByThem {
		return false // nothing reached them, or they reached out
	}
	if v.Person != "" {
		return slices.ContainsFunc(m.People, func(p moment.Ref) bool { return p.ID == v.Person })
	}
	return v.Intention != "" && v.Intention == closed
}

// inTime reports whether a moment came after the guess, and soon enough. Of a moment known to the day, the day counts.
func (v row) inTime(m moment.Moment) bool {
	if m.HappenedAt.After(v.CreatedAt.Add(Waits)) {
		return false
	}
	switch m.Precision {
	case capture.Minute:
		return !m.HappenedAt.Before(v.CreatedAt.Truncate(time.Minute))
	case capture.Day:
		day := func(t time.Time) string { return t.In(m.HappenedAt.Location()).Format(time.DateOnly) }
		return !m.CapturedAt.Before(v.CreatedAt) && day(m.HappenedAt) >= day(v.CreatedAt)
	}
	return false
}

// due is when it may be asked how it landed.
func (v row) due() time.Time {
	if v.precision == capture.Minute {
		return v.HappenedAt.Add(AskAfter)
	}
	return v.capturedAt.Add(AskAfter)
}

// asks reports whether the question stands on the local day today.
func (v row) asks(today string, now time.Time) bool {
	if v.Moment == "" || v.AnsweredAt != nil {
		return false
	}
	if v.AskedOn != "" {
		return v.AskedOn == today
	}
	return !now.Before(v.due()) && now.Before(v.due().Add(AskWithin-AskAfter))
}

// fingerprint tells one request from another. The id is left out: it is what the fingerprint is kept under.
func (d Draft) fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d", d.Person, d.Intention, d.Value))
	return hex.EncodeToString(sum[:16])
}

func (d Draft) clean() (Draft, error) {
	var err error
	if d.Person != "" {
		if d.Person, err = request.ID(d.Person); err != nil {
			return d, unknownPerson()
		}
	}
	if d.Intention != "" {
		if d.Intention, err = request.ID(d.Intention); err != nil {
			return d, unknownIntention()
		}
	}
	if d.Person == "" && d.Intention == "" {
		return d, fault.Invalid("guess_about_nothing", "person", "A guess is about a person or an intention.")
	}
	return d, checkValue("value", d.Value)
}

func unknownPerson() error {
	return fault.Invalid("unknown_person", "person", "There is no such person.")
}

func unknownIntention() error {
	return fault.Invalid("unknown_intention", "intention", "There is no such intention.")
}

func checkValue(field string, n int) error {
	if n < 0 || n > Max {
		return fault.Invalid("welcome_range", field, "How welcome something is goes from 0 (not at all) to 10 (very).")
	}
	return nil
}

// Record is a guess as an archive holds it, tombstones included.
type Record struct {
	ID          string `json:"id"`
	Person      string `json:"person,omitempty"`
	Intention   string `json:"intention,omitempty"`
	Value       int    `json:"value"`
	Moment      string `json:"moment,omitempty"`
	AskedOn     string `json:"asked_on,omitempty"`
	Landed      *int   `json:"landed,omitempty"`
	AnsweredAt  *int64 `json:"answered_at,omitempty"` // microseconds since 1970, UTC
	Fingerprint string `json:"fingerprint"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

// check says whether a record can be kept.
func (rec Record) check() error {
	bad := func(field, what string) error {
		return fault.Invalid("bad_row", field, "A guess in this file has %s.", what)
	}
	if u, err := uuid.Parse(rec.ID); err != nil || u.String() != rec.ID {
		return bad("id", "an id that is no UUID")
	}
	if rec.Value < 0 || rec.Value > Max || rec.Landed != nil && (*rec.Landed < 0 || *rec.Landed > Max) {
		return bad("value", "a number beyond 0 to 10")
	}
	if rec.Landed != nil && rec.AnsweredAt == nil {
		return bad("answered_at", "an answer without its time")
	}
	if _, err := time.Parse(time.DateOnly, rec.AskedOn); err != nil && rec.AskedOn != "" {
		return bad("asked_on", "a day that is none")
	}
	for field, text := range map[string]string{"person": rec.Person, "intention": rec.Intention, "moment": rec.Moment, "fingerprint": rec.Fingerprint} {
		if len(text) > 100 || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return bad(field, "a text that cannot be kept")
		}
	}
	if rec.Revision < 1 || rec.CreatedAt == 0 || rec.UpdatedAt == 0 {
		return bad("revision", "no revision or no time")
	}
	return nil
}
