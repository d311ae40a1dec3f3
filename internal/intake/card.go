package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"kith/internal/addressbook"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/person"
)

// keyOf is what makes a card the same in another file: its UID, else its name with the first address or number.
func keyOf(e addressbook.Entry) string {
	if e.UID != "" && len(e.UID) <= 200 {
		return "uid:" + e.UID
	}
	first := ""
	for _, kind := range []string{addressbook.Email, addressbook.Phone} {
		if i := slices.IndexFunc(e.Channels, func(c addressbook.Channel) bool { return c.Kind == kind }); i >= 0 && first == "" {
			first = fold.Fold(e.Channels[i].Value)
		}
	}
	return "like:" + sum(e.UID+"\x00"+person.FoldName(e.Display())+"\x00"+first)
}

// digestOf is what the card says, without its place in the file and the hour of its last change.
func digestOf(e addressbook.Entry) string {
	photo := e.Photo
	e = compact(e)
	e.Revised = ""
	b, _ := json.Marshal(e) // strings and numbers: cannot fail
	return sum(string(b) + "\x00" + string(photo))
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:12])
}

// compact is an entry as it is kept.
func compact(e addressbook.Entry) addressbook.Entry {
	e.Line, e.Photo, e.Problems, e.Refused = 0, nil, nil, nil
	return e
}

// made is a draft with what it could not hold.
type made struct {
	person.Draft
	slots []string // of Facts: which part of the card each stands for
	notes []Note
}

// draftOf is the person a card describes. It follows from the card alone, so that an import may ask again what an earlier
// one did.
func draftOf(e addressbook.Entry, code string) made {
	var m made
	note := func(code, property string) { m.notes = append(m.notes, Note{Code: code, Property: property}) }
	cut := func(s string, most int, code, property string) string {
		if utf8.RuneCountInString(s) <= most {
			return s
		}
		note(code, property)
		return string([]rune(s)[:most-1]) + "…"
	}
	m.Name = cut(e.Display(), person.MaxName, NameCut, "FN")
	for i, nick := range e.Nicknames {
		if person.FoldName(nick) == person.FoldName(m.Name) {
			continue
		}
		if m.Nickname == "" {
			m.Nickname = cut(nick, person.MaxName, NameCut, "NICKNAME")
		} else {
			m.fact("nickname", e.Nicknames[i])
		}
	}
	for _, c := range e.Channels {
		m.channel(c)
	}
	for _, d := range e.Dates {
		v := person.Date{Kind: d.Kind, Label: d.Label, Month: d.Month, Day: d.Day}
		if d.Year != 0 {
			v.Year = new(int)
			*v.Year = d.Year
		}
		if v.Kind == person.OtherDate && v.Label == "" {
			v.Label = "X-ABDATE"
		}
		m.Dates = append(m.Dates, v)
		if d.Kind == addressbook.Death {
			m.Standing = person.Deceased // nobody is to be told to call them
		}
	}
	org := e.Org
	if len(org) > 0 && e.Kind == addressbook.KindOrg && org[0] == m.Name {
		org = org[1:]
	}
	if work := strings.Join(slices.DeleteFunc(append([]string{e.Title, e.Role}, org...), func(s string) bool { return s == "" }), ", "); work != "" {
		m.fact("work", work)
	}
	if e.Note != "" {
		m.fact("note", e.Note)
	}
	for i := range m.Facts {
		m.Facts[i].Text = cut(m.Facts[i].Text, person.MaxFact, TextCut, strings.ToUpper(m.slots[i]))
	}
	m.Groups = slices.Clone(e.Groups)
	var refused []*fault.Error
	m.Draft, refused = person.Fit(m.Draft, code)
	for _, f := range refused {
		switch f.Field {
		case "day", "year", "month":
			note(DateRefused, "")
		case "name":
			note(GroupRefused, "")
		default:
			note(ChannelRefused, "")
		}
	}
	return m
}

func (m *made) fact(slot, text string) {
	m.Facts = append(m.Facts, person.Fact{Text: text})
	m.slots = append(m.slots, slot)
}

// messengers are the services that a channel of Kith can open.
var messengers = map[string]string{ //nolint:gochecknoglobals // a constant
	"whatsapp": person.WhatsApp, "telegram": person.Telegram, "signal": person.Signal,
}

func (m *made) channel(c addressbook.Channel) {
	v := person.Channel{Value: c.Value, Label: c.Label}
	switch c.Kind {
	case addressbook.Phone:
		v.Kind = person.Phone
	case addressbook.Email:
		v.Kind = person.Email
	case addressbook.Address:
		v.Kind = person.Address
	case addressbook.Link:
		v.Kind = person.URL
	case addressbook.Social:
		v.Kind = messengers[c.Service]
		switch {
		case v.Kind != "":
		case strings.HasPrefix(c.Value, "http://"), strings.HasPrefix(c.Value, "https://"):
			v.Kind = person.URL
			if v.Label == "" {
				v.Label = c.Service
			}
		default: // a name in a network that nothing can open from here
			m.fact("social:"+c.Service+":"+c.Value, strings.TrimPrefix(c.Service+": "+c.Value, ": "))
			return
		}
	}
	if c.Preferred { // first of all, with the order kept
		at := slices.IndexFunc(m.Channels, func(o person.Channel) bool { return o.Kind == v.Kind })
		if at >= 0 {
			m.Channels = slices.Insert(m.Channels, at, v)
			return
		}
	}
	m.Channels = append(m.Channels, v)
}

// roleOf is Kith's word for how the one the card names belongs to the one of the card, or else the card's.
func roleOf(label string) string {
	l := strings.ToLower(strings.TrimSpace(label))
	if l == "" {
		return "relative"
	}
	if role := person.RoleCalled(l); role != "" {
		return role
	}
	r := []rune(l)
	return string(r[:min(len(r), person.MaxRole)])
}
