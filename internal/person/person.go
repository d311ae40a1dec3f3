// Package person holds the people in someone's life, as far as capture creates them: a name, a context, and when the two
// were last in touch.
//
// A person belongs to one account and is seen by nobody else. Last contact is derived from moments: package moment, which
// stands above, sets it in the transaction that changes a moment. Deleting a person leaves moments and their words as
// they are and a tombstone without the name.
package person

import (
	"encoding/hex"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/fold"
)

// MaxName is the longest name, in characters.
const MaxName = 120

// Person is someone in the owner's life.
type Person struct {
	ID                string
	Name              string
	Context           string // capture.Personal, capture.Professional or empty
	LastContactAt     *time.Time
	LastContactMoment string // id of the moment that set it
	Revision          int64
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// Draft is a person to be made. ID may be the client's own.
type Draft struct {
	ID      string
	Name    string
	Context string
}

// Change holds what is to be changed; nil leaves a field as it is.
type Change struct {
	Name    *string
	Context *string
}

// Orders of a list.
const (
	ByName = "name" // in alphabetical order
	ByLast = "last" // most recent contact first, those without one last
)

// Filter narrows a list. Query finds names that begin with it, or have a word that does, folded.
type Filter struct {
	Query string
	Sort  string // ByName when empty
}

// Page is a part of a list; Next is empty at its end.
type Page struct {
	Items []Person
	Next  string
}

func cleanName(s string) (string, error) {
	s = norm.NFC.String(strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")), " "))
	if s == "" {
		return "", fault.Invalid("name_missing", "name", "A person needs a name.")
	}
	if utf8.RuneCountInString(s) > MaxName {
		return "", fault.Invalid("name_too_long", "name", "A name has at most %d characters.", MaxName).With("max", MaxName)
	}
	return s, nil
}

func checkContext(s string) error {
	switch s {
	case "", capture.Personal, capture.Professional:
		return nil
	}
	return fault.Invalid("unknown_context", "context", "A context is personal, professional or empty.")
}

// collators sort names by the root order of the Unicode Collation Algorithm (UTS 10). One serves one goroutine at a time.
var collators = sync.Pool{New: func() any { return collate.New(language.Und) }} //nolint:gochecknoglobals // a pool

// sortKey is text whose byte order is the alphabetical order of names.
func sortKey(name string) string {
	c := collators.Get().(*collate.Collator) //nolint:forcetypeassert // only made above
	defer collators.Put(c)
	return hex.EncodeToString(c.KeyFromString(&collate.Buffer{}, name))
}

func nameFold(name string) string { return fold.Fold(name) }
