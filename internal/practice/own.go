package practice

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/request"
)

// Limits of an own practice: characters, seconds, and how many an account has.
const (
	MaxName    = 100
	MaxHow     = 1000
	MinSeconds = 10
	MaxSeconds = 3600
	MaxOwn     = 40
)

// usualSeconds is how long one takes when nobody said.
const usualSeconds = 60

// Draft is a practice of one's own. ID may be the client's own; without a kind it makes a pause, without a length it
// takes a minute.
type Draft struct {
	ID      string `json:"-"`
	Name    string `json:"name"`
	How     string `json:"how"`
	Kind    string `json:"kind"`
	Context string `json:"context"`
	Seconds int    `json:"seconds"`
}

// Change holds what is to be changed; nil leaves a field as it is.
type Change struct {
	Name    *string
	How     *string
	Kind    *string
	Context *string
	Seconds *int
}

// Row is an own practice as it is archived, tombstones included.
type Row struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	How         string `json:"how,omitempty"`
	Kind        string `json:"kind"`
	Context     string `json:"context,omitempty"`
	Seconds     int    `json:"seconds"`
	Fingerprint string `json:"fingerprint"` // of the request that made it
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

// SwitchRow says since when a further practice of the library is on, or is off again, as it is archived.
type SwitchRow struct {
	Practice  string `json:"practice"`
	On        bool   `json:"on"`
	ChangedAt int64  `json:"changed_at"`
}

// practice is what the row is in a list. Its name is the sentence that proposes it: nobody writes one a second time.
func (r Row) practice() Practice {
	return Practice{
		ID: r.ID, Name: r.Name, Kind: r.Kind, Context: r.Context, Seconds: r.Seconds, How: r.How, Suggest: r.Name,
		Own: true, On: true, Revision: r.Revision,
	}
}

// same reports whether nothing that can be changed differs.
func (r Row) same(o Row) bool {
	return r.Name == o.Name && r.How == o.How && r.Kind == o.Kind && r.Context == o.Context && r.Seconds == o.Seconds
}

// IsOwn reports whether an id can be that of an own practice.
func IsOwn(id string) bool {
	u, err := uuid.Parse(id)
	return err == nil && u.String() == id
}

func (d Draft) clean() (Draft, error) {
	if d.Kind == "" {
		d.Kind = capture.Pause
	}
	if d.Seconds == 0 {
		d.Seconds = usualSeconds
	}
	var err error
	if d.Name, err = cleanName(d.Name); err != nil {
		return d, err
	}
	if d.How, err = cleanHow(d.How); err != nil {
		return d, err
	}
	return d, check(d.Kind, d.Context, d.Seconds)
}

// check holds what is not words against what there is.
func check(kind, setting string, seconds int) error {
	switch {
	case !slices.Contains(capture.Kinds, kind):
		return fault.Invalid("unknown_kind", "kind", "There is no such kind of moment.")
	case !slices.Contains([]string{"", capture.Personal, capture.Professional}, setting):
		return fault.Invalid("unknown_context", "context", "A context is personal, professional, or nothing for both.")
	case seconds < MinSeconds || seconds > MaxSeconds:
		return fault.Invalid("practice_length", "seconds", "A practice takes %d seconds to an hour.", MinSeconds).With("min", MinSeconds)
	}
	return nil
}

// fingerprint is of what was asked for, without the id.
func (d Draft) fingerprint() string {
	return request.Fingerprint(d)
}

// words makes a text clean; breaks between lines stay.
func words(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(lines[i]), " ")
	}
	return norm.NFC.String(strings.TrimSpace(strings.Join(lines, "\n")))
}

func cleanName(s string) (string, error) {
	s = words(strings.Join(strings.Fields(s), " "))
	if fold.Blank(s) {
		return "", fault.Invalid("practice_missing", "name", "Say in a few words what you do.")
	}
	if utf8.RuneCountInString(s) > MaxName {
		return "", fault.Invalid("practice_too_long", "name", "The name of a practice has at most %d characters.", MaxName).With("max", MaxName)
	}
	return s, nil
}

func cleanHow(s string) (string, error) {
	s = words(s)
	if utf8.RuneCountInString(s) > MaxHow {
		return "", fault.Invalid("practice_how_too_long", "how", "How it is done takes at most %d characters.", MaxHow).With("max", MaxHow)
	}
	return s, nil
}

// check says whether a row of an archive can be kept.
func (r Row) check() error {
	bad := func(field, what string) error {
		return fault.Invalid("bad_row", field, "A practice in this file has %s.", what)
	}
	switch {
	case !IsOwn(r.ID):
		return bad("id", "an id that is no UUID")
	case r.Revision < 1 || r.CreatedAt == 0 || r.UpdatedAt == 0:
		return bad("revision", "no revision or no time")
	case len(r.Fingerprint) > 100 || words(r.Fingerprint) != r.Fingerprint:
		return bad("fingerprint", "a text that cannot be kept")
	case r.DeletedAt != nil && r.Name+r.How != "":
		return bad("name", "words, although it was deleted")
	}
	if name, err := cleanName(r.Name); r.DeletedAt == nil && (err != nil || name != r.Name) {
		return bad("name", "a name that cannot be kept")
	}
	if how, err := cleanHow(r.How); err != nil || how != r.How {
		return bad("how", "a text that cannot be kept")
	}
	return check(r.Kind, r.Context, r.Seconds)
}

// check says whether a row of an archive can be kept. A practice of a newer library is kept, and waits for it.
func (r SwitchRow) check() error {
	if r.Practice == "" || len(r.Practice) > MaxName || words(r.Practice) != r.Practice || r.ChangedAt == 0 {
		return fault.Invalid("bad_row", "practice", "A switch in this file is of no practice.")
	}
	return nil
}
