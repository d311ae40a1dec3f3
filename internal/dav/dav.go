// Package dav follows calendars that live elsewhere, to know when somebody is busy. It reads, and never writes there.
//
// It suggests nothing (package opportunity asks it for free time) and holds no calendar: of an event its times are kept
// and nothing else, unless its owner allows titles.
//
// Invariants: a sync that fails changes nothing but the note of its failure, which says what to do; it is tried again
// after growing pauses, and what was known stays known until then. A sync that finds nothing new writes nothing. Every
// request goes through httpsafe. Addresses, names and passwords are sealed at rest, since the address of a calendar is
// often all that protects it; a password never leaves again, also not in an archive.
package dav

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"
	"unicode"

	"kith/internal/fault"
	"kith/internal/httpsafe"
	"kith/internal/request"
)

// Kinds of calendar.
const (
	ICS     = "ics"     // a calendar by its address
	CalDAV  = "caldav"  // one of an account
	CardDAV = "carddav" // an address book of an account
)

// Kinds lists them.
func Kinds() []string { return []string{ICS, CalDAV, CardDAV} }

// Bounds.
const (
	maxName      = 100
	maxURL       = 2000
	maxCalendars = 50
	maxBody      = 32 << 20 // bytes of a calendar
	maxBusy      = 100_000  // busy times of a calendar
	maxPiece     = 7 * 24 * time.Hour
)

// Calendar is one that is followed.
type Calendar struct {
	ID        string
	Kind      string
	Account   string // the id of the account it belongs to; empty: it stands alone
	Followed  bool   // it is read; those of an account begin as only known to be there
	Name      string
	URL       string
	Login     string
	Password  string // never shown
	Titles    bool   // its owner allows the words of events to be kept
	Found     int    // busy times, or contacts
	CoveredTo time.Time
	Failure   *fault.Error // of the last sync; nil: none
	Failures  int          // in a row
	RetryAt   *time.Time
	SyncedAt  *time.Time // when something new was taken over last; nil: never
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Host is where it lives, without what may be secret.
func (c Calendar) Host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Draft is a calendar to follow.
type Draft struct {
	ID       string // a client's own; empty makes one
	Kind     string // empty is ICS
	Name     string // empty takes the host's
	URL      string
	Login    string
	Password string
	Titles   bool
}

// Change is what to change; nil leaves as it is.
type Change struct {
	Name, URL, Login, Password *string
	Titles                     *bool
}

// Span is a time in which somebody is busy.
type Span struct {
	Start, End time.Time
	Calendar   string
	Title      string // empty unless allowed
}

func (d Draft) clean(o httpsafe.Options) (Draft, error) {
	if d.Kind == "" {
		d.Kind = ICS
	}
	if d.Kind != ICS { // those of an account are found there
		return d, fault.Invalid("unknown_calendar_kind", "kind", "A calendar is one of: %s.", ICS)
	}
	var err error
	if d.URL, err = cleanURL(d.URL, o); err != nil {
		return d, err
	}
	if d.Name, err = cleanName(d.Name); err != nil {
		return d, err
	}
	if d.Name == "" {
		d.Name = Calendar{URL: d.URL}.Host()
	}
	if err := checkSecret("login", d.Login); err != nil {
		return d, err
	}
	return d, checkSecret("password", d.Password)
}

func checkSecret(field, s string) error {
	if len(s) > 500 || strings.ContainsFunc(s, unicode.IsControl) || field == "login" && strings.Contains(s, ":") {
		return fault.Invalid("calendar_secret", field, "This cannot be a name or password for a calendar.")
	}
	return nil
}

// cleanURL reads an address as people copy it.
func cleanURL(s string, o httpsafe.Options) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxURL {
		return "", fault.Invalid("url_unreadable", "url", "This is not a web address. Write it like https://example.org/path.")
	}
	for _, scheme := range []string{"webcal://", "webcals://"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			s = "https://" + s[len(scheme):]
		}
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	return s, o.Check(s)
}

func cleanName(s string) (string, error) {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
	if len([]rune(s)) > maxName {
		return "", fault.Invalid("calendar_name", "name", "A calendar's name has at most %d characters.", maxName).With("max", maxName)
	}
	return s, nil
}

// fingerprint tells requests under one id apart. The password is not in it: a short one could be guessed from its digest.
func (d Draft) fingerprint() string {
	return request.Fingerprint([]any{d.Kind, d.Name, d.URL, d.Login, d.Titles})
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// window is what is read of a calendar. It moves by weeks, so that a day more or less is nothing new.
func window(now time.Time) (from, to time.Time) {
	day := now.UTC().Truncate(24 * time.Hour)
	monday := day.AddDate(0, 0, -((int(day.Weekday()) + 6) % 7))
	return monday.AddDate(0, 0, -7), monday.AddDate(0, 0, 15*7)
}

// ahead is how far busy times must reach; below, a calendar is read again though it says that nothing changed.
const ahead = 5 * 7 * 24 * time.Hour
