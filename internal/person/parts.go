package person

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kith/internal/fault"
	"kith/internal/fold"
)

// Limits of what a person has, in characters.
const (
	MaxValue = 500 // of a channel
	MaxLabel = 80
	MaxFact  = 2000
	MaxAsk   = 500 // of a follow-up
	MaxRole  = 60
)

// Meta is what every row of a person's has. In a draft ID may be the client's own; the rest is set here.
type Meta struct {
	ID        string
	Person    string // id
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Kinds of channels.
const (
	Phone    = "phone"
	Email    = "email"
	WhatsApp = "whatsapp"
	Telegram = "telegram"
	Signal   = "signal"
	Address  = "address"
	URL      = "url"
)

// ChannelKinds are all kinds of channels, in the order they are offered.
func ChannelKinds() []string {
	return []string{Phone, Email, WhatsApp, Telegram, Signal, Address, URL}
}

// Channel is a way to reach somebody.
type Channel struct {
	Meta
	Kind     string
	Value    string // as written
	Norm     string // in the form in which it is compared: a phone in E.164, an e-mail folded; set here
	Label    string // "home"
	Position int    // their order; new ones go last
}

// Kinds of dates.
const (
	Birthday    = "birthday"
	Anniversary = "anniversary"
	Death       = "death"
	Met         = "met"
	OtherDate   = "other"
)

// DateKinds are all kinds of dates, in the order they are offered.
func DateKinds() []string { return []string{Birthday, Anniversary, Death, Met, OtherDate} }

// Date is a day that comes again each year.
type Date struct {
	Meta
	Kind     string
	Label    string // needed by OtherDate
	Year     *int   // nil is unknown
	Month    int
	Day      int
	LeadDays *int // how long before it is worth a thought; nil is Lead's
}

// Fact is one thing worth remembering.
type Fact struct {
	Meta
	Text    string
	Private bool // sealed at rest; never searched, shared or mailed
}

// States of a follow-up.
const (
	Open    = "open"
	Done    = "done"
	Dropped = "dropped"
)

// FollowUp is something to ask or do, with a day.
type FollowUp struct {
	Meta
	Text     string
	Due      string // local day
	State    string
	ClosedAt *time.Time
}

// Relation says how two people belong together: Person is Other's Role ("Ida is Sam's daughter").
type Relation struct {
	Meta
	Other string // id
	Role  string // one of Roles, or own words
}

// Related is a relation as it is seen from one of the two.
type Related struct {
	Relation
	With     string // id of the other one
	WithName string
	Is       string // what the other one is to them: "daughter"; empty when only the other side has a word
	Me       string // what they are to the other one: "parent"; empty when only the other side has a word
}

// Group is people who belong together in their owner's mind.
type Group struct {
	ID        string
	Name      string
	Members   int
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// roles are the words for relations with what the other side is then.
var roles = [][2]string{ //nolint:gochecknoglobals // data
	{"partner", "partner"},
	{"spouse", "spouse"},
	{"wife", "spouse"},
	{"husband", "spouse"},
	{"ex-partner", "ex-partner"},
	{"parent", "child"},
	{"mother", "child"},
	{"father", "child"},
	{"child", "parent"},
	{"daughter", "parent"},
	{"son", "parent"},
	{"sibling", "sibling"},
	{"sister", "sibling"},
	{"brother", "sibling"},
	{"grandparent", "grandchild"},
	{"grandmother", "grandchild"},
	{"grandfather", "grandchild"},
	{"grandchild", "grandparent"},
	{"aunt", "niece or nephew"},
	{"uncle", "niece or nephew"},
	{"aunt or uncle", "niece or nephew"},
	{"niece", "aunt or uncle"},
	{"nephew", "aunt or uncle"},
	{"niece or nephew", "aunt or uncle"},
	{"cousin", "cousin"},
	{"godparent", "godchild"},
	{"godchild", "godparent"},
	{"relative", "relative"},
	{"friend", "friend"},
	{"neighbour", "neighbour"},
	{"flatmate", "flatmate"},
	{"colleague", "colleague"},
	{"manager", "report"},
	{"report", "manager"},
	{"mentor", "mentee"},
	{"mentee", "mentor"},
	{"teacher", "student"},
	{"student", "teacher"},
	{"carer", "cared for"},
	{"cared for", "carer"},
}

// Roles are the words offered for relations. Pages translate them as "role.daughter"; own words are allowed too.
func Roles() []string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = r[0]
	}
	return list
}

// Inverse is what the other side of a role is, or empty when nobody knows.
func Inverse(role string) string {
	for _, r := range roles {
		if r[0] == role {
			return r[1]
		}
	}
	return ""
}

// seen is the relation from the side of one of the two. who is the other one's name.
func (r Relation) seen(from, who string) Related {
	if r.Other == from {
		return Related{Relation: r, With: r.Person, WithName: who, Is: r.Role, Me: Inverse(r.Role)}
	}
	return Related{Relation: r, With: r.Other, WithName: who, Is: Inverse(r.Role), Me: r.Role}
}

func (c Channel) clean(code string) (Channel, error) {
	if c.Kind == "" {
		c.Kind = guessKind(c.Value)
	}
	if c.Kind == Address {
		c.Value = prose(c.Value)
	} else {
		c.Value = line(c.Value)
	}
	c.Label = line(c.Label)
	switch {
	case !slices.Contains(ChannelKinds(), c.Kind):
		return c, fault.Invalid("unknown_channel_kind", "kind", "A channel is one of: %s.", strings.Join(ChannelKinds(), ", "))
	case c.Value == "":
		return c, fault.Invalid("channel_missing", "value", "Write the number, address or name.")
	case utf8.RuneCountInString(c.Value) > MaxValue:
		return c, tooLong("value", MaxValue)
	case utf8.RuneCountInString(c.Label) > MaxLabel:
		return c, tooLong("label", MaxLabel)
	case c.Position < 0 || c.Position > 1000:
		return c, fault.Invalid("position_range", "position", "A place in the order is between 0 and 1000.")
	}
	c.Norm = normalise(c.Kind, c.Value, code)
	switch c.Kind {
	case Email:
		if c.Norm == "" {
			return c, fault.Invalid("email_invalid", "value", "This is not an e-mail address such as ana@example.org.")
		}
	case URL:
		if c.Norm == "" {
			return c, fault.Invalid("url_invalid", "value", "This is not a web address such as https://example.org.")
		}
	}
	return c, nil
}

// guessKind is the kind of a channel that was given without one.
func guessKind(value string) string {
	value = strings.TrimSpace(value)
	switch {
	case strings.Contains(value, "@") && !strings.ContainsAny(value, " /"):
		return Email
	case strings.HasPrefix(value, "https://t.me/"):
		return Telegram
	case strings.HasPrefix(value, "https://wa.me/"):
		return WhatsApp
	case strings.Contains(value, "://"):
		return URL
	case digits(value) >= 5 && strings.Trim(value, "+0123456789 ()-./") == "":
		return Phone
	}
	return Address
}

func digits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// normalise is the form in which channels are compared. code is the calling code of a phone that is written without one.
func normalise(kind, value, code string) string {
	switch kind {
	case Phone, WhatsApp, Signal:
		if number, ok := strings.CutPrefix(value, "https://wa.me/"); ok {
			value = "+" + number
		}
		return E164(value, code)
	case Email:
		value = strings.TrimPrefix(value, "mailto:")
		a, err := mail.ParseAddress(value)
		if err != nil || len(value) > 320 {
			return ""
		}
		return fold.Fold(a.Address)
	case Telegram:
		value = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(value, "https://"), "t.me/"), "@")
		if strings.HasPrefix(value, "+") {
			return E164(value, code)
		}
		return fold.Fold(value)
	case URL:
		if !strings.Contains(value, "://") {
			value = "https://" + value
		}
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return ""
		}
		norm := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.TrimSuffix(u.EscapedPath(), "/")
		if u.RawQuery != "" {
			norm += "?" + u.RawQuery
		}
		return norm
	}
	return strings.Join(strings.Fields(fold.Fold(value)), " ")
}

func (f Fact) clean() (Fact, error) {
	f.Text = prose(f.Text)
	switch {
	case f.Text == "":
		return f, fault.Invalid("fact_missing", "text", "Write what is worth remembering.")
	case utf8.RuneCountInString(f.Text) > MaxFact:
		return f, tooLong("text", MaxFact)
	}
	return f, nil
}

// found is what a fact is found by: its words, unless they are private.
func (f Fact) found() string {
	if f.Private || f.Text == "" {
		return ""
	}
	return fold.Findable(f.Text)
}

func (f FollowUp) clean() (FollowUp, error) {
	f.Text = line(f.Text)
	if f.State == "" {
		f.State = Open
	}
	switch {
	case f.Text == "":
		return f, fault.Invalid("follow_up_missing", "text", "Say what you would like to ask or do.")
	case utf8.RuneCountInString(f.Text) > MaxAsk:
		return f, tooLong("text", MaxAsk)
	case f.State != Open && f.State != Done && f.State != Dropped:
		return f, fault.Invalid("unknown_state", "state", "A follow-up is open, done or dropped.")
	}
	return f, checkDay(f.Due, "due")
}

func (r Relation) clean() (Relation, error) {
	r.Role = line(r.Role)
	if known := strings.ToLower(r.Role); Inverse(known) != "" {
		r.Role = known
	}
	switch {
	case r.Role == "":
		return r, fault.Invalid("role_missing", "role", "Say how they belong together: daughter, partner, colleague.")
	case utf8.RuneCountInString(r.Role) > MaxRole:
		return r, tooLong("role", MaxRole)
	case r.Other == r.Person:
		return r, fault.Invalid("relation_to_self", "other", "A relation is between two people.")
	}
	return r, nil
}

func cleanGroup(name string) (string, error) {
	name = line(name)
	switch {
	case name == "":
		return "", fault.Invalid("group_missing", "name", "A group needs a name.")
	case utf8.RuneCountInString(name) > MaxLabel:
		return "", tooLong("name", MaxLabel)
	}
	return name, nil
}

func checkDay(day, field string) error {
	if t, err := time.Parse(time.DateOnly, day); err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return fault.Invalid("bad_day", field, "A day is written as 2026-11-24.")
	}
	return nil
}
