// Package moment holds micro-moments: when, what kind, in which words, with whom, how it felt.
//
// A moment is its owner's and nobody else's. It keeps the zone it was lived in and how exactly its time is known. Every
// change raises its revision; a deletion leaves a tombstone that can be undone for ten minutes, after which the words
// are gone for good and the id answers "gone". Logging is idempotent by the client's id: the fingerprint of the original
// request is kept apart from the moment, so the same request again returns the moment as it is now.
//
// Invariants kept in the same transaction: the search index, the rows that say with whom and under which tag, and the
// last contact of the people named.
package moment

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/request"
)

// Limits of a moment. Lengths are in characters.
const (
	MaxText     = 4000
	MaxPeople   = 50
	MaxTags     = 50
	MaxTag      = 60
	MaxSomeone  = 20
	MaxWords    = 80          // of one "someone"
	MaxDuration = 7 * 24 * 60 // minutes
)

// UndoFor is how long a deletion can be undone.
const UndoFor = 10 * time.Minute

// slack is how far ahead of ours a client's clock may be before "in the future" is said.
const slack = 5 * time.Minute

// earliest is the first day a moment may be set to.
var earliest = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// Ref names a person of a moment. In a request, an ID chooses somebody known and a Name alone finds or makes them.
type Ref struct {
	ID   string
	Name string
}

// Moment is one micro-moment.
type Moment struct {
	ID          string
	Kind        string // one of capture.Kinds
	Text        string
	People      []Ref
	Someone     []string // weak ties without a card, as written
	Context     string
	HappenedAt  time.Time // in its zone
	Zone        string
	Day         string // local day, by the owner's day boundary
	Precision   string
	DurationMin *int
	Felt        *int
	Contact     string
	StartedBy   string
	Tags        []string
	CapturedAt  time.Time // when it was written down; relative words were read against it
	Revision    int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
	DeletedAt   *time.Time
}

// Draft is a moment to be logged. The text alone is enough: what it says is read from it. A field that is given wins over
// what the text says.
type Draft struct {
	ID          string // the client's own, or empty
	Text        string
	CapturedAt  *time.Time // when it was written down, if not now (offline)
	Zone        string     // where it was lived; empty is the account's zone
	Kind        *string
	People      *[]Ref
	Someone     *[]string
	Context     *string
	HappenedAt  *time.Time
	Precision   *string
	DurationMin *int
	Felt        *int
	Contact     *string
	StartedBy   *string
	Tags        *[]string
}

// Change holds what is to be changed; nil leaves a field as it is. A Clear flag empties an optional number.
type Change struct {
	Text          *string
	Reread        bool // read everything from the new text again, against the time it was captured
	Zone          *string
	Kind          *string
	People        *[]Ref
	Someone       *[]string
	Context       *string
	HappenedAt    *time.Time
	Precision     *string
	DurationMin   *int
	Felt          *int
	ClearDuration bool
	ClearFelt     bool
	Contact       *string
	StartedBy     *string
	Tags          *[]string
}

// Filter narrows a list. Empty fields do not narrow.
type Filter struct {
	Query   string // words to find, folded; a trailing * finds beginnings
	Person  string // id
	Kind    string
	Context string
	Tag     string // without #
	Felt    *int
	From    string // first local day, YYYY-MM-DD
	To      string // last local day
}

// Page is a part of a list, newest first; Next is empty at its end.
type Page struct {
	Items []Moment
	Next  string
}

// MaxLimit is the most a page holds, DefaultLimit what it holds when nothing is said.
const (
	MaxLimit     = 200
	DefaultLimit = 50
)

func cleanText(s string) (string, error) {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
	if fold.Blank(s) {
		return "", fault.Invalid("text_missing", "text", "Write a few words about what happened.")
	}
	if n := utf8.RuneCountInString(s); n > MaxText {
		return "", fault.Invalid("text_too_long", "text", "A moment has at most %d characters; this has %d.", MaxText, n).With("max", MaxText).With("count", n)
	}
	return s, nil
}

// check refuses a moment that cannot be kept. now is the server's clock.
func (m *Moment) check(now time.Time) error {
	switch {
	case !slices.Contains(capture.Kinds, m.Kind):
		return fault.Invalid("unknown_kind", "kind", "A kind is one of: %s.", strings.Join(capture.Kinds, ", "))
	case m.Context != "" && m.Context != capture.Personal && m.Context != capture.Professional:
		return fault.Invalid("unknown_context", "context", "A context is personal, professional or empty.")
	case !slices.Contains([]string{capture.Minute, capture.Day, capture.Month, capture.Year}, m.Precision):
		return fault.Invalid("unknown_precision", "precision", "A precision is minute, day, month or year.")
	case m.Felt != nil && (*m.Felt < -2 || *m.Felt > 2):
		return fault.Invalid("felt_range", "felt", "How it felt goes from -2 (heavy) to +2 (bright).")
	case m.DurationMin != nil && (*m.DurationMin < 1 || *m.DurationMin > MaxDuration):
		return fault.Invalid("duration_range", "duration_min", "A duration is between one minute and a week.").With("max", MaxDuration)
	case !slices.Contains([]string{"", capture.ContactYes, capture.ContactNo, capture.ContactAttempt}, m.Contact):
		return fault.Invalid("unknown_contact", "contact", "Contact is yes, no, attempt or empty.")
	case !slices.Contains([]string{"", capture.ByMe, capture.ByThem, capture.ByBoth}, m.StartedBy):
		return fault.Invalid("unknown_started_by", "started_by", "It was started by me, them or both.")
	case m.HappenedAt.After(now.Add(slack)):
		return fault.Invalid("in_future", "happened_at", "This has not happened yet. A moment is something that was.")
	case m.HappenedAt.Before(earliest):
		return fault.Invalid("too_long_ago", "happened_at", "A moment cannot be older than the year 1900.")
	case len(m.People) > MaxPeople:
		return fault.Invalid("too_many_people", "people", "A moment names at most %d people.", MaxPeople).With("max", MaxPeople)
	}
	var err error
	if m.Tags, err = cleanWords(m.Tags, "tags", MaxTags, MaxTag, true); err != nil {
		return err
	}
	m.Someone, err = cleanWords(m.Someone, "someone", MaxSomeone, MaxWords, false)
	return err
}

// cleanWords tidies a list of words: white space is folded, a leading # goes, and what is the same when folded is kept once.
func cleanWords(list []string, field string, most, longest int, tag bool) ([]string, error) {
	out := make([]string, 0, len(list))
	seen := map[string]bool{}
	for _, w := range list {
		w = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(w, ""), "\x00", "")), " ")
		if tag {
			w = strings.ReplaceAll(strings.TrimLeft(w, "#"), " ", "-")
		}
		key := fold.Fold(w)
		if w == "" || key == "" || seen[key] {
			continue
		}
		if utf8.RuneCountInString(w) > longest {
			return nil, fault.Invalid("word_too_long", field, "One of these has more than %d characters.", longest).With("max", longest)
		}
		seen[key] = true
		out = append(out, w)
	}
	if len(out) > most {
		return nil, fault.Invalid("too_many_words", field, "There are more than %d of these.", most).With("max", most)
	}
	return out, nil
}

// fingerprint tells one request from another. The id is left out: it is what the fingerprint is kept under.
func (d Draft) fingerprint() string {
	d.ID = ""
	utc := func(t *time.Time) *time.Time {
		if t == nil {
			return nil
		}
		u := t.UTC().Truncate(time.Microsecond)
		return &u
	}
	d.CapturedAt, d.HappenedAt = utc(d.CapturedAt), utc(d.HappenedAt)
	return request.Fingerprint(d)
}

// override fills m from the fields that the request gave itself.
func (d Draft) override(m *Moment, loc *time.Location) {
	set(&m.Kind, d.Kind)
	set(&m.People, d.People)
	set(&m.Someone, d.Someone)
	set(&m.Context, d.Context)
	set(&m.Contact, d.Contact)
	set(&m.StartedBy, d.StartedBy)
	set(&m.Tags, d.Tags)
	if d.DurationMin != nil {
		m.DurationMin = d.DurationMin
	}
	if d.Felt != nil {
		m.Felt = d.Felt
	}
	if d.HappenedAt != nil {
		m.HappenedAt = d.HappenedAt.In(loc).Truncate(time.Microsecond)
		m.Precision = capture.Minute
	}
	set(&m.Precision, d.Precision)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// understood makes a moment of what capture read. What a line may hold without end is cut to what a moment may hold:
// capture never fails.
func understood(c capture.Draft) Moment {
	m := Moment{
		Kind: c.Kind, Text: c.Text, Context: c.Context, HappenedAt: c.HappenedAt.Truncate(time.Microsecond), Precision: c.Precision,
		DurationMin: c.DurationMin, Felt: c.Felt, Contact: c.Contact, StartedBy: c.StartedBy,
	}
	for _, p := range c.People {
		// A name that could mean several people is offered to the writer and never guessed; until chosen it is words.
		if (p.ID != "" || p.New) && len(m.People) < MaxPeople && utf8.RuneCountInString(p.Name) <= 120 {
			m.People = append(m.People, Ref{ID: p.ID, Name: p.Name})
		}
	}
	short := func(list []string, most, longest int) []string {
		list = slices.DeleteFunc(slices.Clone(list), func(w string) bool { return utf8.RuneCountInString(w) > longest })
		return list[:min(len(list), most)]
	}
	m.Tags = short(c.Tags, MaxTags, MaxTag)
	m.Someone = short(c.Someone, MaxSomeone, MaxWords)
	if m.DurationMin != nil && (*m.DurationMin < 1 || *m.DurationMin > MaxDuration) {
		m.DurationMin = nil
	}
	if m.HappenedAt.Before(earliest) {
		m.HappenedAt = earliest
	}
	return m
}
