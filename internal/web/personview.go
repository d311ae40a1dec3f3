package web

import (
	"net/url"

	"kith/internal/i18n"
	"kith/internal/person"
)

// peopleView is the list of people.
type peopleView struct {
	Filter   form // what narrows and sorts the list, as it was asked for
	New      form // somebody to be added, if that could not be kept
	Rings    []option
	Groups   []option
	Standing []option
	Sort     string
	Narrowed bool // by more than letters
	Rows     []personRow
	Next     string
	Begin    string // address of the beginning, when this is not it
	Twins    []twins
	All      bool // nothing narrows the list: an empty one is the beginning
}

// personRow is one person in a list.
type personRow struct {
	ID, Name string
	Also     string // another name they go by
	Last     string
	Face     face
}

// face is a photo, or initials on one of the ten hues.
type face struct {
	Initials string
	Hue      string // a kind, which names the hue
	Photo    string // address; empty is none
}

// twins are two pages that may be of one person.
type twins struct {
	A, B personRow
	Why  string
}

// refused is a form of a page with several, which could not be kept: it is shown again, open, with every typed word.
type refused struct {
	Key   string
	Form  form
	Stale bool // it was filled from what was changed meanwhile
}

// personView is one person.
type personView struct {
	ID       string
	Name     string
	Call     string // what they are called in a sentence
	Face     face
	Aside    []string // a nickname, a ring, groups: what stands quietly beside the name
	Last     string
	Standing string // empty while it is active
	Archived bool

	Reach []reach
	There string // what the clock says where they are
	Line  line

	FollowUps   []followRow
	Ahead       []string
	Facts       []factRow
	FactsLocked bool // there are private ones, and this device has locked them
	Kin         []kinRow

	Channels []channelRow
	Dates    []dateRow
	About    personAbout

	Capture captureView
	Years   []yearGroup
	Next    string
	Begin   string
	Soon    string // the day a new follow-up begins with
	Refused refused
	Picks   []option // whom a typed name may mean
	Joined  []joined // pages that became part of this one, the newest first: only that one can be taken back
}

// joined is a page that became part of another.
type joined struct{ ID, Name, Text string }

// reach is one way to reach somebody, as a link that opens the program for it.
type reach struct{ Label, Href, To string }

// followRow is something to ask or do.
type followRow struct {
	ID, Text, Day string // Day as stored, empty when none
	When          string // in words
	Revision      string
	Due           bool
}

// factRow is something worth remembering.
type factRow struct {
	ID, Text, Revision string
	Private            bool
}

// kinRow is a relation: "Ida is Sam's daughter".
type kinRow struct{ ID, Text, Other, Name string }

// channelRow is a way to reach somebody.
type channelRow struct {
	ID, Kind, Label, Value, Revision string
	KindSaid                         string
}

// dateRow is a day that comes again.
type dateRow struct {
	ID, Kind, Label, Said, When, Revision string
	Day, Month, Year                      string
}

// personAbout is what is kept about somebody in single fields, as text for its forms and in words.
type personAbout struct {
	Revision                     string
	Nickname, Context            string
	Ring, Cadence                string
	Groups                       string
	Standing, StandingNote       string
	NoteLocked                   bool // this device has locked the note beside the standing
	Zone, From, To               string
	Close, GroupsSaid, TimesSaid string
	StandingSaid                 string
	GroupNames                   []string // all there are
	HasPhoto                     bool
}

// yearGroup is a year of a history, by month.
type yearGroup struct {
	Title  string
	Months []group
}

// form returns the form of this key as it was refused, or with the values it starts with.
func (v personView) form(key string, pairs ...string) form {
	if v.Refused.Key == key {
		return v.Refused.Form
	}
	f := form{Values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Values.Set(pairs[i], pairs[i+1])
	}
	return f
}

// standing is the form of the standing. Where the note is locked it has none, but for what was just sent.
func (v personView) standing() form {
	pairs := []string{"standing", v.About.Standing, "revision", v.About.Revision}
	if !v.About.NoteLocked {
		pairs = append(pairs, "standing_note", v.About.StandingNote)
	}
	return v.form("standing", pairs...)
}

// open reports whether the form of this key is shown again.
func (v personView) open(key string) bool { return v.Refused.Key == key }

// at is an address below this person's page.
func (v personView) at(path string) string { return "/people/" + url.PathEscape(v.ID) + path }

// choice is an option with a word about what it does.
type choice struct{ Value, Label, Hint string }

func standingOptions(p *i18n.Printer, name string) []choice {
	list := make([]choice, 0, len(person.Standings()))
	for _, s := range person.Standings() {
		list = append(list, choice{s, p.T("web.standing." + s), p.T("web.standing.hint."+s, "name", name)})
	}
	return list
}

func ringOptions(p *i18n.Printer) []option {
	list := []option{{"", p.T("web.ring.none")}}
	for _, r := range person.Rings() {
		list = append(list, option{r.Name, p.Ring(r.Name) + ", " + everyWords(p, r.Cadence)})
	}
	return list
}

func channelOptions(p *i18n.Printer) []option {
	list := make([]option, 0, len(person.ChannelKinds()))
	for _, k := range person.ChannelKinds() {
		list = append(list, option{k, p.ChannelKind(k)})
	}
	return list
}

func dateOptions(p *i18n.Printer) []option {
	list := make([]option, 0, len(person.DateKinds()))
	for _, k := range person.DateKinds() {
		list = append(list, option{k, upperFirst(p.DateKind(k))})
	}
	return list
}

func monthOptions(p *i18n.Printer) []option {
	list := make([]option, 0, 12)
	for m := 1; m <= 12; m++ {
		list = append(list, option{itoa(m), p.T("date.month." + itoa(m))})
	}
	return list
}

func groupsHint(p *i18n.Printer, names []string) string {
	const most = 8
	if len(names) == 0 {
		return p.T("web.person.groups.hint")
	}
	return p.T("web.person.groups.hint.some", "names", p.List(names[:min(len(names), most)]))
}

func faceSaid(p *i18n.Printer, photo bool) string {
	if photo {
		return p.T("web.person.face.photo")
	}
	return p.T("web.person.face.initials")
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// sorted is the address of the list in another order.
func (v peopleView) sorted(by string) string {
	q := url.Values{"sort": {by}}
	for _, name := range []string{"q", "ring", "group", "standing", "archived"} {
		if s := v.Filter.Get(name); s != "" {
			q.Set(name, s)
		}
	}
	return "/people?" + q.Encode()
}

// revisionOf is the revision that the form of a key is to be sent with.
func (v personView) revisionOf(key string) string {
	for _, f := range v.FollowUps {
		if key == "follow-up-"+f.ID {
			return f.Revision
		}
	}
	for _, f := range v.Facts {
		if key == "fact-"+f.ID {
			return f.Revision
		}
	}
	for _, c := range v.Channels {
		if key == "channel-"+c.ID {
			return c.Revision
		}
	}
	for _, d := range v.Dates {
		if key == "date-"+d.ID {
			return d.Revision
		}
	}
	return v.About.Revision
}
