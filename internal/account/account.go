// Package account holds who uses this Kith: a name and an e-mail, the time zone and language they live in, the minute at
// which their day begins, and whether they administer the installation. It also holds erasure: whoever owns rows of a
// person registers with OnErased, and Erase empties everything in one transaction.
//
// It is not authentication: passwords, sessions and tokens are package auth's. It knows nothing of anybody's life.
//
// Invariants: an e-mail belongs to one account, however it is spelled (folded). The first account administers. A zone that
// is kept can be loaded. The days of an account follow each other without gap or overlap, also where clocks are changed.
package account

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/zone"
)

// Limits of what is kept.
const (
	MaxEmail    = 254 // bytes, as RFC 5321 allows on the wire
	MaxName     = 100 // characters
	MaxDayStart = 12 * 60
)

// ID names an account: a UUID in its canonical spelling.
type ID string

// User is one account.
type User struct {
	ID        ID
	Email     string // as its owner wrote it
	Name      string
	Zone      string // IANA name
	Locale    string // one of Locales
	DayStart  int    // minutes after midnight at which a day begins
	Admin     bool   // sees accounts, not lives
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Draft is an account to be made. An empty ID is made here, an empty Zone is UTC, an empty Locale is English.
type Draft struct {
	ID       ID
	Email    string
	Name     string
	Zone     string
	Locale   string
	DayStart int
	Admin    bool
}

// Change holds what is to be changed; nil leaves a field as it is. A change of e-mail asks for the password first and goes
// through auth.ChangeEmail.
type Change struct {
	Name     *string
	Email    *string
	Zone     *string
	Locale   *string
	DayStart *int
}

// Locales returns the languages Kith speaks, the default first.
func Locales() []string { return []string{"en", "ar", "de", "es", "ja"} }

// Location is the time zone the user lives in. A zone is checked before it is kept, so UTC is the answer only where the
// row was written by something else.
func (u User) Location() *time.Location {
	loc, err := zone.Load(u.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Day is the user's local day, "2006-01-02", that t belongs to.
func (u User) Day(t time.Time) string { return DayOf(t, u.Location(), u.DayStart) }

// DayOf is the day t belongs to in loc when days begin dayStart minutes after midnight.
func DayOf(t time.Time, loc *time.Location, dayStart int) string {
	local := t.In(loc)
	y, m, d := local.Date()
	// The wall clock decides except within a change of clocks, where it may run through the same minutes twice.
	date := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(dayBegins(date, loc, dayStart)):
		date = date.AddDate(0, 0, -1)
	case !t.Before(dayBegins(date.AddDate(0, 0, 1), loc, dayStart)):
		date = date.AddDate(0, 0, 1)
	}
	return date.Format(time.DateOnly)
}

// Bounds are the instants at which the day begins and at which the next one does. For every instant t,
// from <= t < to holds for the bounds of DayOf(t).
func Bounds(day string, loc *time.Location, dayStart int) (from, to time.Time, err error) {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return from, to, fault.Invalid("bad_day", "day", "A day is written as 2026-11-24.")
	}
	return dayBegins(date, loc, dayStart), dayBegins(date.AddDate(0, 0, 1), loc, dayStart), nil
}

// dayBegins is the first instant at which clocks in loc show dayStart on that date, or later where a change of clocks
// jumps over it. It walks the spans between changes of clocks, of which there are nearly always one or two here.
func dayBegins(date time.Time, loc *time.Location, dayStart int) time.Time {
	wall := date.Add(time.Duration(dayStart) * time.Minute) // what clocks show, written as if it were UTC
	t := wall.Add(-36 * time.Hour)                          // no zone is that far ahead
	for {
		local := t.In(loc)
		_, offset := local.Zone()
		start, end := local.ZoneBounds()
		if !end.IsZero() && !end.After(t) { // past the tables' end, Go ends a leap year a day early: its last day has no next change
			end = t.Add(24 * time.Hour)
		}
		at := wall.Add(-time.Duration(offset) * time.Second)
		if end.IsZero() || at.Before(end) {
			if at.Before(start) {
				at = start // jumped over
			}
			return at.In(loc)
		}
		t = end
	}
}

// FoldEmail is the form in which e-mails are compared.
func FoldEmail(email string) string { return fold.Fold(strings.TrimSpace(email)) }

func validEmail(email string) (string, error) {
	email = strings.TrimSpace(email)
	if email == "" {
		return "", fault.Invalid("email_missing", "email", "Write an e-mail address; you sign in with it.")
	}
	if len(email) > MaxEmail {
		return "", fault.Invalid("email_too_long", "email", "An e-mail address has at most %d characters.", MaxEmail).With("max", MaxEmail)
	}
	bad := func() error {
		return fault.Invalid("email_invalid", "email", "This is not an e-mail address such as ana@example.org.")
	}
	if !utf8.ValidString(email) || strings.ContainsFunc(email, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }) {
		return "", bad()
	}
	a, err := mail.ParseAddress(email)
	if err != nil || a.Name != "" || a.Address != email || fold.Fold(email) == "" {
		return "", bad()
	}
	return email, nil
}

func validName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", fault.Invalid("name_invalid", "name", "A name is one line of text.")
	case fold.Blank(name):
		return "", fault.Invalid("name_missing", "name", "Write a name.")
	case utf8.RuneCountInString(name) > MaxName:
		return "", fault.Invalid("name_too_long", "name", "A name has at most %d characters.", MaxName).With("max", MaxName)
	}
	return name, nil
}

func validLocale(locale string) (string, error) {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-") // a browser says de-AT
	if !slices.Contains(Locales(), base) {
		return "", fault.Invalid("unknown_locale", "locale", "Kith does not speak this language yet; choose one of %s.", strings.Join(Locales(), ", "))
	}
	return base, nil
}

func validDayStart(minutes int) (int, error) {
	if minutes < 0 || minutes > MaxDayStart {
		return 0, fault.Invalid("bad_day_start", "day_start", "A day begins between 0 and %d minutes after midnight.", MaxDayStart).With("max", MaxDayStart)
	}
	return minutes, nil
}

// valid returns the user as it would be kept, or the first fault.
func (u User) valid() (User, error) {
	var err error
	if u.Email, err = validEmail(u.Email); err != nil {
		return User{}, err
	}
	if u.Name, err = validName(u.Name); err != nil {
		return User{}, err
	}
	if _, err = zone.Load(u.Zone); err != nil {
		return User{}, err
	}
	if u.Locale, err = validLocale(u.Locale); err != nil {
		return User{}, err
	}
	if u.DayStart, err = validDayStart(u.DayStart); err != nil {
		return User{}, err
	}
	return u, nil
}

// Check says what Create would refuse about the draft itself, without making anything.
func (d Draft) Check() error {
	_, err := d.user()
	return err
}

func (d Draft) user() (User, error) {
	u := User{ID: d.ID, Email: d.Email, Name: d.Name, Zone: d.Zone, Locale: d.Locale, DayStart: d.DayStart, Admin: d.Admin, Revision: 1}
	if u.Zone == "" {
		u.Zone = "UTC"
	}
	if u.Locale == "" {
		u.Locale = Locales()[0]
	}
	if u.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return User{}, err
		}
		u.ID = ID(id.String())
	} else if id, err := uuid.Parse(string(u.ID)); err != nil || id.String() != string(u.ID) {
		return User{}, fault.Invalid("bad_id", "id", "An id is a UUID in lower case with hyphens.")
	}
	return u.valid()
}
