// Package person holds the people in someone's life: who they are, how to reach them, their dates, what is worth
// remembering, how they belong to each other, and when the two were last in touch.
//
// A person belongs to one account and is seen by nobody else. What a person has (channels, dates, facts, follow-ups,
// relations) are rows of their own, each with a revision and a tombstone; groups gather people. It suggests nothing and
// reminds of nothing: it answers who is due, and others decide what to do about it.
//
// Invariants: last contact is derived from moments; package moment, which stands above, sets it in the transaction that
// changes a moment. A standing note and a private fact are sealed at rest. Two people are merged by their owner alone; a
// merge can be taken back, and the id that went away answers with the one it became. Deleting a person takes everything
// of theirs with it, and leaves moments and their words as they are and a tombstone without the name.
package person

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/zone"
)

// Limits of a person. Lengths are in characters.
const (
	MaxName     = 120
	MaxNote     = 2000
	MaxCadence  = 3660 // days
	MaxChannels = 50
	MaxDates    = 50
	MaxFacts    = 500
	MaxFollowUp = 500 // that are not deleted, done ones too
	MaxRelation = 100
	MaxGroups   = 200 // of one person, and of one account
)

// Standings: all but active stop suggestions, and nothing is deleted.
const (
	Active   = "active"
	Paused   = "paused"
	LetGo    = "let_go" // also estranged, with a note
	Grieving = "grieving"
	Deceased = "deceased"
)

// Standings are all standings, in the order they are offered.
func Standings() []string { return []string{Active, Paused, LetGo, Grieving, Deceased} }

// Ring is how near somebody is, with the cadence that goes with it.
type Ring struct {
	Name    string
	Cadence int // days
}

// Rings are all rings, the nearest first. The cadences are round figures to begin with; whoever wants another sets their
// own for a person.
func Rings() []Ring {
	return []Ring{{"inner", 7}, {"close", 21}, {"friends", 60}, {"wider", 180}}
}

// Person is someone in the owner's life.
type Person struct {
	ID                string
	Name              string
	Nickname          string // also finds them in a line
	Context           string // capture.Personal, capture.Professional or empty
	Standing          string
	StandingNote      string // private
	Ring              string // name of one of Rings, or empty
	Cadence           *int   // own, in days; nil is the ring's
	Zone              string // IANA name of where they are; empty is unknown
	Locale            string // the language spoken with them
	HoursFrom         *int   // decent hours where they are, in minutes after midnight; nil is unknown
	HoursTo           *int   // may be smaller than HoursFrom: over midnight
	Photo             string // hash of the face; empty is none
	ArchivedAt        *time.Time
	Source            string // the import that brought them; empty is by hand
	LastContactAt     *time.Time
	LastContactMoment string // id of the moment that set it
	Revision          int64
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// Draft is a person to be made, with what they have. ID may be the client's own; those of parts may be too.
type Draft struct {
	ID           string
	Name         string
	Nickname     string
	Context      string
	Standing     string // empty is active
	StandingNote string
	Ring         string
	Cadence      *int
	Zone         string
	Locale       string
	HoursFrom    *int
	HoursTo      *int
	Source       string
	Channels     []Channel
	Dates        []Date
	Facts        []Fact
	FollowUps    []FollowUp
	Groups       []string // names; made when they are new
}

// Change holds what is to be changed; nil leaves a field as it is. A Clear flag empties an optional number.
type Change struct {
	Name         *string
	Nickname     *string
	Context      *string
	Standing     *string
	StandingNote *string
	Ring         *string
	Cadence      *int
	ClearCadence bool
	Zone         *string
	Locale       *string
	HoursFrom    *int
	HoursTo      *int
	ClearHours   bool
	Archived     *bool
}

// Detail is all of a person.
type Detail struct {
	Person
	Channels  []Channel
	Dates     []Date
	Facts     []Fact     // newest first
	FollowUps []FollowUp // open ones by day, then the others, newest first
	Relations []Related
	Groups    []Group
}

// For is what of it may be read in a place.
func (d Detail) For(where account.Place) Detail {
	d.Facts = slices.DeleteFunc(slices.Clone(d.Facts), func(f Fact) bool { return !account.Shown(f.Private, where) })
	if !account.Shown(true, where) {
		d.StandingNote = ""
	}
	return d
}

// Orders of a list.
const (
	ByName = "name" // in alphabetical order
	ByLast = "last" // most recent contact first, those without one last
	ByRing = "ring" // nearest ring first, then by name; those without one last
)

// Values of Filter.Archived.
const (
	ArchivedHidden = ""     // only those who are not archived
	ArchivedOnly   = "only" // only those who are
	ArchivedWith   = "with" // both
)

// Filter narrows a list. Empty fields do not narrow. Each word of Query must begin a word of the name or the nickname,
// folded; in a script without spaces it may stand anywhere. Those who are called so come first, and behind them
// those who are found by what is known about them: "Ida's father", a group, an employer, a street, a number.
type Filter struct {
	Query    string
	Named    bool   // only those who are called so
	Known    bool   // only the others
	Ring     string // "none" finds those without one
	Group    string // id
	Standing string
	Source   string
	Archived string
	Sort     string // ByName when empty
}

// Page is a part of a list; Next is empty at its end.
type Page struct {
	Items []Person
	Next  string
	Why   map[string]Why // by id: what those who are not called so were found by
}

// Name is what is needed to offer somebody while a name is typed.
type Name struct {
	ID       string
	Name     string
	Nickname string
}

// Every is how often, in days, one would like to be in touch: the own cadence, else the ring's; 0 is never said.
func (p Person) Every() int {
	if p.Cadence != nil {
		return *p.Cadence
	}
	for _, r := range Rings() {
		if r.Name == p.Ring {
			return r.Cadence
		}
	}
	return 0
}

// DueAt is when the cadence passes: so many days after the last contact, or after they were added where there was none.
// It is nil without a cadence, and for whoever is archived or not active.
func (p Person) DueAt() *time.Time {
	every := p.Every()
	if every == 0 || p.ArchivedAt != nil || p.Standing != Active {
		return nil
	}
	from := p.CreatedAt
	if p.LastContactAt != nil {
		from = *p.LastContactAt
	}
	at := from.AddDate(0, 0, every)
	return &at
}

// Due reports whether the cadence has passed.
func Due(p Person, now time.Time) bool {
	at := p.DueAt()
	return at != nil && !now.Before(*at)
}

// Awake reports whether now is a decent hour where they are: true, false, or unknown when the zone or the hours are.
func (p Person) Awake(now time.Time) (awake, known bool) {
	if p.Zone == "" || p.HoursFrom == nil || p.HoursTo == nil {
		return false, false
	}
	loc, err := zone.Load(p.Zone)
	if err != nil {
		return false, false
	}
	there := now.In(loc)
	minute := there.Hour()*60 + there.Minute()
	if *p.HoursFrom <= *p.HoursTo {
		return *p.HoursFrom <= minute && minute < *p.HoursTo, true
	}
	return minute >= *p.HoursFrom || minute < *p.HoursTo, true
}

func cleanName(s string) (string, error) {
	s = line(s)
	if s == "" {
		return "", fault.Invalid("name_missing", "name", "A person needs a name.")
	}
	if utf8.RuneCountInString(s) > MaxName {
		return "", fault.Invalid("name_too_long", "name", "A name has at most %d characters.", MaxName).With("max", MaxName)
	}
	return s, nil
}

// line makes a text one clean line.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// prose cleans a text that may have several lines.
func prose(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

func tooLong(field string, most int) error {
	return fault.Invalid("too_long", field, "This has at most %d characters.", most).With("max", most)
}

func checkContext(s string) error {
	switch s {
	case "", capture.Personal, capture.Professional:
		return nil
	}
	return fault.Invalid("unknown_context", "context", "A context is personal, professional or empty.")
}

// clean tidies what a person may hold and refuses what they may not.
func (p Person) clean() (Person, error) {
	var err error
	if p.Name, err = cleanName(p.Name); err != nil {
		return p, err
	}
	p.Nickname, p.StandingNote, p.Source, p.Locale = line(p.Nickname), prose(p.StandingNote), line(p.Source), line(p.Locale)
	if p.Standing == "" {
		p.Standing = Active
	}
	switch {
	case utf8.RuneCountInString(p.Nickname) > MaxName:
		return p, tooLong("nickname", MaxName)
	case utf8.RuneCountInString(p.StandingNote) > MaxNote:
		return p, tooLong("standing_note", MaxNote)
	case utf8.RuneCountInString(p.Source) > MaxName:
		return p, tooLong("source", MaxName)
	case len(p.Locale) > 35 || strings.ContainsFunc(p.Locale, notLocale):
		return p, fault.Invalid("bad_locale", "locale", "A language is written like en or de-AT.")
	case !slices.Contains(Standings(), p.Standing):
		return p, fault.Invalid("unknown_standing", "standing", "A standing is one of: %s.", strings.Join(Standings(), ", "))
	case p.Ring != "" && !slices.ContainsFunc(Rings(), func(r Ring) bool { return r.Name == p.Ring }):
		return p, fault.Invalid("unknown_ring", "ring", "A ring is inner, close, friends, wider or empty.")
	case p.Cadence != nil && (*p.Cadence < 1 || *p.Cadence > MaxCadence):
		return p, fault.Invalid("cadence_range", "cadence", "A cadence is between 1 and %d days.", MaxCadence).With("max", MaxCadence)
	case (p.HoursFrom == nil) != (p.HoursTo == nil):
		return p, fault.Invalid("hours_half", "hours_from", "Decent hours have a beginning and an end.")
	case p.HoursFrom != nil && (*p.HoursFrom < 0 || *p.HoursFrom > 1440 || *p.HoursTo < 0 || *p.HoursTo > 1440 || *p.HoursFrom == *p.HoursTo):
		return p, fault.Invalid("hours_range", "hours_from", "Decent hours are minutes after midnight, from 0 to 1440, and not none at all.")
	}
	if p.Zone != "" {
		if _, err := zone.Load(p.Zone); err != nil {
			return p, err
		}
	}
	return p, checkContext(p.Context)
}

func notLocale(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

func (d Draft) person() Person {
	return Person{
		Name: d.Name, Nickname: d.Nickname, Context: d.Context, Standing: d.Standing, StandingNote: d.StandingNote, Ring: d.Ring, Cadence: d.Cadence,
		Zone: d.Zone, Locale: d.Locale, HoursFrom: d.HoursFrom, HoursTo: d.HoursTo, Source: d.Source,
	}
}

// apply puts a change on p.
func (c Change) apply(p *Person, now time.Time) {
	for to, from := range map[*string]*string{
		&p.Name: c.Name, &p.Nickname: c.Nickname, &p.Context: c.Context, &p.Standing: c.Standing, &p.StandingNote: c.StandingNote,
		&p.Ring: c.Ring, &p.Zone: c.Zone, &p.Locale: c.Locale,
	} {
		if from != nil {
			*to = *from
		}
	}
	if c.ClearCadence {
		p.Cadence = nil
	}
	if c.Cadence != nil {
		p.Cadence = c.Cadence
	}
	if c.ClearHours {
		p.HoursFrom, p.HoursTo = nil, nil
	}
	if c.HoursFrom != nil {
		p.HoursFrom = c.HoursFrom
	}
	if c.HoursTo != nil {
		p.HoursTo = c.HoursTo
	}
	switch {
	case c.Archived == nil:
	case !*c.Archived:
		p.ArchivedAt = nil
	case p.ArchivedAt == nil:
		p.ArchivedAt = &now
	}
}

func nameFold(name string) string { return fold.Fold(name) }
