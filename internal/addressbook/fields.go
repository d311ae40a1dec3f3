package addressbook

import (
	"slices"
	"strings"
)

// finish gives every property its field. Labels stand in lines of their own, before or after what they name.
func (c *collector) finish() Entry {
	e := &c.e
	used := map[string]bool{} // groups whose label was taken over
	var unknown []raw
	for _, p := range c.props {
		if p.name == "X-ABLABEL" {
			continue
		}
		took := c.field(p)
		if !took {
			unknown = append(unknown, p)
		} else if p.group != "" {
			used[strings.ToLower(p.group)] = true
		}
	}
	for _, p := range c.props {
		if p.name == "X-ABLABEL" && !used[strings.ToLower(p.group)] {
			unknown = append(unknown, p)
		}
	}
	c.keep(unknown)
	e.settle()
	return *e
}

// settle does what is the same for all formats: it puts the full name together and takes away what is there twice.
func (e *Entry) settle() {
	if e.Name.Full == "" {
		called := e.Name // as one is called: without the title
		called.Prefix = ""
		if e.Name.Full = called.joined(); e.Name.Full == "" {
			e.Name.Full = e.Name.Prefix
		}
		if family, given := e.Name.Family, e.Name.Given; cjk(family+given) && e.Name.Full == strings.TrimSpace(given+" "+family) {
			e.Name.Full = family + given
		}
	}
	e.Groups = slices.DeleteFunc(e.Groups, func(s string) bool { // Google's: on every card, or a mark rather than a group
		return s == "myContacts" || s == "My Contacts" || s == "starred"
	})
	e.Nicknames, e.Groups, e.Members = unique(e.Nicknames), unique(e.Groups), unique(e.Members)
	seen := map[string]bool{}
	e.Channels = slices.DeleteFunc(e.Channels, func(c Channel) bool {
		key := c.Kind + "\x00" + c.Service + "\x00" + c.Value
		again := seen[key]
		seen[key] = true
		return again
	})
	if len(e.Channels) > MaxChannels {
		e.Channels = e.Channels[:MaxChannels:MaxChannels]
		e.problem(TooManyChannels, e.Line, "")
	}
	if len(e.Members) > MaxMembers {
		e.Members = e.Members[:MaxMembers]
		e.problem(MembersTooMany, e.Line, "MEMBER")
	}
	if len(e.Note) > MaxNote {
		e.Note = strings.ToValidUTF8(e.Note[:MaxNote], "")
		e.problem(NoteCut, e.Line, "NOTE")
	}
}

func (e *Entry) empty() bool {
	return e.Display() == "" && len(e.Channels) == 0 && e.Note == "" && len(e.Dates) == 0 && len(e.Members) == 0 && len(e.Relations) == 0 && len(e.Photo) == 0
}

// field puts a property into its field; false means that it has none.
func (c *collector) field(p raw) bool {
	e := &c.e
	value := func() string { return tidy(text(p.decode(e))) }
	list := func(sep byte) (out []string) {
		for _, s := range parts(p.decode(e), sep) {
			out = append(out, tidy(s))
		}
		return out
	}
	once := func(field *string) bool {
		s := value()
		if s == "" || s == *field {
			return true
		}
		if *field != "" {
			return false
		}
		*field = s
		return true
	}
	switch p.name {
	case "VERSION", "PRODID":
	case "UID":
		e.UID = plainUID(value())
	case "X-ABUID":
		if e.UID != "" || slices.ContainsFunc(c.props, func(o raw) bool { return o.name == "UID" }) {
			return false
		}
		e.UID = plainUID(value())
	case "REV":
		return once(&e.Revised)
	case "KIND", "X-ADDRESSBOOKSERVER-KIND":
		switch strings.ToLower(value()) {
		case "group":
			e.Kind = KindGroup
		case "org", "organization", "company":
			e.Kind = KindOrg
		case "", "individual":
		default:
			return false
		}
	case "X-ABSHOWAS":
		if !strings.EqualFold(value(), "COMPANY") {
			return false
		}
		e.Kind = KindOrg
	case "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER":
		e.Members = append(e.Members, plainUID(value()))
	case "FN":
		return once(&e.Name.Full)
	case "N":
		return c.setName(p)
	case "NICKNAME", "X-NICKNAME":
		e.Nicknames = append(e.Nicknames, list(',')...)
	case "ORG":
		org := list(';')
		for len(org) > 0 && org[len(org)-1] == "" {
			org = org[:len(org)-1]
		}
		if len(e.Org) > 0 && len(org) > 0 {
			return false
		}
		e.Org = org
	case "TITLE":
		return once(&e.Title)
	case "ROLE":
		return once(&e.Role)
	case "CATEGORIES", "X-CATEGORIES", "X-GROUP-MEMBERSHIP":
		e.Groups = append(e.Groups, list(',')...)
	case "NOTE":
		if s := tidyText(text(p.decode(e))); s != "" && s != e.Note {
			if e.Note != "" {
				s = e.Note + "\n\n" + s
			}
			e.Note = s
		}
	case "BDAY", "X-EVOLUTION-BIRTHDAY":
		return c.date(p, Birthday, "")
	case "ANNIVERSARY", "X-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-KADDRESSBOOK-X-ANNIVERSARY":
		return c.date(p, Anniversary, "")
	case "DEATHDATE", "X-DEATHDATE":
		return c.date(p, Death, "")
	case "X-ABDATE":
		return c.date(p, OtherDate, c.label(p))
	case "RELATED", "X-ABRELATEDNAMES", "X-SPOUSE", "X-MS-SPOUSE", "X-EVOLUTION-SPOUSE", "X-KADDRESSBOOK-X-SPOUSENAME", "X-KADDRESSBOOK-X-SPOUSESNAME", "X-ASSISTANT",
		"X-MS-ASSISTANT", "X-EVOLUTION-ASSISTANT", "X-KADDRESSBOOK-X-ASSISTANTSNAME", "X-MANAGER", "X-MS-MANAGER", "X-EVOLUTION-MANAGER",
		"X-KADDRESSBOOK-X-MANAGERSNAME", "X-MS-CHILD":
		c.relation(p, value())
	case "X-ANDROID-CUSTOM":
		return c.android(p)
	default:
		return c.channel(p)
	}
	return true
}

func (c *collector) setName(p raw) bool {
	e := &c.e
	n := rawParts(p.decode(e), ';')
	if strings.TrimSpace(strings.Join(n, "")) == "" {
		return true
	}
	if e.Name.joined() != "" {
		return false
	}
	for i, field := range []*string{&e.Name.Family, &e.Name.Given, &e.Name.Additional, &e.Name.Prefix, &e.Name.Suffix} {
		if i < len(n) {
			*field = strings.Join(strings.Fields(strings.Join(parts(tidy(n[i]), ','), " ")), " ")
		}
	}
	return true
}

func plainUID(s string) string {
	if len(s) > 9 && strings.EqualFold(s[:9], "urn:uuid:") {
		s = s[9:]
	}
	return s
}

func (c *collector) date(p raw, kind, label string) bool {
	e := &c.e
	s := tidy(text(p.decode(e)))
	if noDate(s) {
		return true
	}
	switch {
	case kind != OtherDate:
	case strings.EqualFold(label, "anniversary"):
		kind, label = Anniversary, ""
	case strings.EqualFold(label, "birthday"):
		kind, label = Birthday, ""
	}
	d, code := parseDate(s, p.param("X-APPLE-OMIT-YEAR"))
	if code != "" {
		e.problem(code, p.line, p.name)
		return false // kept as it is
	}
	d.Kind, d.Label, d.Group = kind, label, p.group
	e.addDate(d)
	return true
}

func (e *Entry) addDate(d Date) {
	for i, was := range e.Dates {
		if was.Kind == d.Kind && was.Label == d.Label && was.Month == d.Month && was.Day == d.Day {
			if was.Year == 0 { // the same day, named twice, once without its year
				e.Dates[i].Year = d.Year
			}
			return
		}
	}
	e.Dates = append(e.Dates, d)
}

func (c *collector) relation(p raw, value string) {
	e := &c.e
	if value == "" {
		return
	}
	r := Relation{Label: c.label(p), Group: p.group}
	if r.Label == "" {
		switch {
		case strings.Contains(p.name, "SPOUSE"):
			r.Label = "spouse"
		case strings.Contains(p.name, "ASSISTANT"):
			r.Label = "assistant"
		case strings.Contains(p.name, "MANAGER"):
			r.Label = "manager"
		case strings.Contains(p.name, "CHILD"):
			r.Label = "child"
		default:
			r.Label = strings.Join(slices.DeleteFunc(p.types(), func(t string) bool { return t == "pref" }), " ")
		}
	}
	if p.name == "RELATED" && !strings.EqualFold(p.param("VALUE"), "text") && strings.HasPrefix(strings.ToLower(value), "urn:") {
		r.UID = plainUID(value)
	} else {
		r.Name = value
	}
	if !slices.ContainsFunc(e.Relations, func(o Relation) bool { return o.Label == r.Label && o.Name == r.Name && o.UID == r.UID }) {
		e.Relations = append(e.Relations, r)
	}
}

// android reads what Android writes for the fields that vCard 2.1 lacks: the field's own type, then its columns.
func (c *collector) android(p raw) bool {
	e := &c.e
	v := parts(p.decode(e), ';')
	for len(v) < 4 {
		v = append(v, "")
	}
	what, kind, own := strings.TrimPrefix(v[0], "vnd.android.cursor.item/"), v[2], tidy(v[3])
	switch what {
	case "nickname":
		e.Nicknames = append(e.Nicknames, tidy(v[1]))
	case "contact_event":
		d, code := parseDate(tidy(v[1]), "")
		if code != "" {
			e.problem(code, p.line, p.name)
			return false
		}
		switch kind {
		case "1":
			d.Kind = Anniversary
		case "3":
			d.Kind = Birthday
		default:
			d.Kind, d.Label = OtherDate, own
		}
		e.addDate(d)
	case "relation":
		label := own
		names := []string{"", "assistant", "brother", "child", "partner", "father", "friend", "manager", "mother", "parent", "partner", "referred by", "relative", "sister", "spouse"}
		for i, name := range names {
			if i > 0 && kind == itoa(i) {
				label = name
			}
		}
		if name := tidy(v[1]); name != "" {
			e.Relations = append(e.Relations, Relation{Label: label, Name: name})
		}
	default:
		return false
	}
	return true
}

// label is what the line's group calls it, without the wrapper of Apple's own words.
func (c *collector) label(p raw) string {
	if p.group == "" {
		return ""
	}
	return unwrap(c.labels[strings.ToLower(p.group)])
}

// keep holds on to what has no field.
func (c *collector) keep(unknown []raw) {
	room := MaxUnknown
	for _, p := range unknown {
		if strings.TrimSpace(p.value) == "" {
			continue
		}
		if room -= len(p.value) + len(p.name) + 64; room < 0 {
			c.e.problem(PropertyTooLarge, p.line, p.name)
			room += len(p.value) + len(p.name) + 64
			continue
		}
		k := Property{Group: p.group, Name: p.own, Value: strings.TrimRight(p.decode(&c.e), " ")}
		for _, v := range p.params {
			if v.Name == "CHARSET" || v.Name == "ENCODING" && p.encoding() != base64Coded {
				continue
			}
			for i := range v.Values {
				v.Values[i], _ = toUTF8(v.Values[i], "")
			}
			k.Params = append(k.Params, v)
		}
		k.Value = printable(k.Value)
		c.e.Unknown = append(c.e.Unknown, k)
	}
}
