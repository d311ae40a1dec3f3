package addressbook

import (
	"slices"
	"strconv"
	"strings"
)

func itoa(i int) string { return strconv.Itoa(i) }

// services are the properties programs made up for one messenger or network each.
var services = map[string]string{ //nolint:gochecknoglobals // a constant
	"X-JABBER": "xmpp", "X-XMPP": "xmpp", "X-SKYPE": "skype", "X-SKYPE-USERNAME": "skype", "X-AIM": "aim", "X-ICQ": "icq", "X-MSN": "msn",
	"X-YAHOO": "yahoo", "X-QQ": "qq", "X-GTALK": "google talk", "X-GOOGLE-TALK": "google talk", "X-TWITTER": "twitter", "X-TELEGRAM": "telegram",
	"X-WHATSAPP": "whatsapp", "X-SIGNAL": "signal", "X-MATRIX": "matrix", "X-MASTODON": "mastodon", "X-FACEBOOK": "facebook", "X-LINKEDIN": "linkedin",
	"X-INSTAGRAM": "instagram", "X-GADUGADU": "gadugadu", "X-GROUPWISE": "groupwise", "X-EVOLUTION-TWITTER": "twitter",
}

// schemes are addresses that call a service otherwise than people do.
var schemes = map[string]string{ //nolint:gochecknoglobals // a constant
	"tg": "telegram", "sgnl": "signal", "wa": "whatsapp", "jabber": "xmpp", "mxid": "matrix", "ymsgr": "yahoo", "msnim": "msn",
}

// channel reads a property as a way to reach someone; false when it is none.
func (c *collector) channel(p raw) bool {
	e := &c.e
	ch := Channel{Group: p.group}
	switch p.name {
	case "TEL":
		ch.Kind, ch.Value = Phone, withoutScheme(tidy(text(p.decode(e))), "tel:")
	case "EMAIL":
		ch.Kind, ch.Value = Email, withoutScheme(tidy(text(p.decode(e))), "mailto:")
	case "ADR":
		ch.Kind = Address
		for i, s := range rawParts(p.decode(e), ';') {
			if i < len(ch.Parts) {
				ch.Parts[i] = strings.Join(slices.DeleteFunc(lined(parts(s, ',')), func(s string) bool { return s == "" }), ", ")
			}
		}
		ch.Value = addressLines(ch.Parts)
	case "URL", "X-ABURL":
		ch.Kind, ch.Value = Link, tidy(text(p.decode(e)))
	case "IMPP", "X-IMPP", "X-MS-IMADDRESS", "X-MESSENGER", "X-KADDRESSBOOK-X-IMADDRESS":
		ch.Kind = Social
		ch.Service, ch.Value = strings.ToLower(p.param("X-SERVICE-TYPE")), tidy(text(p.decode(e)))
		if scheme, rest, ok := strings.Cut(ch.Value, ":"); ok && !strings.HasPrefix(rest, "//") && rest != "" {
			ch.Value = rest
			if ch.Service == "" && !strings.EqualFold(scheme, "x-apple") {
				ch.Service = strings.ToLower(scheme)
			}
		}
		if name, ok := schemes[ch.Service]; ok {
			ch.Service = name
		}
	case "X-SOCIALPROFILE", "SOCIALPROFILE":
		ch.Kind, ch.Value = Social, tidy(text(p.decode(e)))
		if ch.Service = strings.ToLower(p.param("SERVICE-TYPE")); ch.Service == "" {
			for _, t := range p.types() {
				if t != "pref" && t != "home" && t != "work" {
					ch.Service = t
				}
			}
		}
		if user := p.param("X-USER"); user != "" && !strings.Contains(ch.Value, "://") {
			ch.Value = tidy(user)
		} else if rest, ok := strings.CutPrefix(ch.Value, "x-apple:"); ok {
			ch.Value = rest
		}
	default:
		service, ok := services[p.name]
		if !ok {
			return false
		}
		ch.Kind, ch.Service, ch.Value = Social, service, tidy(text(p.decode(e)))
	}
	if ch.Value == "" {
		return true
	}
	ch.Label, ch.Preferred = c.label(p), slices.Contains(p.types(), "pref") || p.param("PREF") == "1"
	if ch.Label == "" {
		ch.Label = labelOf(p)
		if ch.Label == ch.Service {
			ch.Label = ""
		}
	}
	if known := knownLabel(strings.ToLower(ch.Label)); known != "" {
		ch.Label = known
	}
	if len(e.Channels) < 2*MaxChannels { // settle cuts after it has taken doubles away
		e.Channels = append(e.Channels, ch)
	} else if !slices.ContainsFunc(e.Problems, func(b Problem) bool { return b.Code == TooManyChannels }) {
		e.problem(TooManyChannels, p.line, p.name)
	}
	return true
}

func lined(list []string) []string {
	for i := range list {
		list[i] = tidy(strings.ReplaceAll(strings.TrimSpace(list[i]), "\n", ", "))
	}
	return list
}

func withoutScheme(s, scheme string) string {
	if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		s = strings.TrimSpace(s[len(scheme):])
	}
	return s
}

// addressLines writes an address as on an envelope: street, code and place, country.
func addressLines(p [7]string) string {
	var lines []string
	add := func(list ...string) {
		if s := strings.TrimSpace(strings.Join(list, " ")); s != "" {
			lines = append(lines, strings.Join(strings.Fields(s), " "))
		}
	}
	add(p[0])
	add(p[1])
	add(p[2])
	add(p[5], p[3])
	add(p[4])
	add(p[6])
	return strings.Join(lines, "\n")
}

// silent types say nothing a person would call a line by.
var silent = []string{"pref", "voice", "internet", "x400", "text", "textphone", "video", "msg", "dom", "intl", "postal", "parcel", "x-internet", "isdn", "car", "bbs", "modem"} //nolint:gochecknoglobals // a constant

// labelOf reads the label from the types.
func labelOf(p raw) string {
	var home, work, fax, mobile bool
	var other string
	for _, t := range p.types() {
		switch t {
		case "home", "x-home":
			home = true
		case "work", "x-work", "company":
			work = true
		case "fax", "x-fax", "facsimile":
			fax = true
		case "cell", "mobile", "iphone", "x-iphone", "x-mobile":
			mobile = true
		default:
			if !slices.Contains(silent, t) && p.name != "X-SOCIALPROFILE" && p.name != "SOCIALPROFILE" {
				other = t
			}
		}
	}
	switch {
	case fax && work:
		return "work fax"
	case fax && home:
		return "home fax"
	case fax:
		return "fax"
	case mobile && work:
		return "work mobile"
	case mobile:
		return "mobile"
	case work:
		return "work"
	case home:
		return "home"
	}
	for _, v := range p.params { // Android: X-Custom(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=4D=75)
		if strings.HasPrefix(v.Name, "X-CUSTOM(") && len(v.Values) > 0 {
			s, _ := fromQuotedPrintable(strings.TrimSuffix(v.Values[len(v.Values)-1], ")"))
			s, _ = toUTF8(s, "")
			return tidy(s)
		}
	}
	for _, v := range p.params { // in the spelling of its owner
		for _, value := range v.Values {
			if v.Name == "TYPE" && other != "" && strings.EqualFold(value, other) {
				if len(value) > 2 && strings.EqualFold(value[:2], "x-") {
					value = value[2:]
				}
				value, _ = toUTF8(value, "")
				return tidy(value)
			}
		}
	}
	return other
}

// known are the labels that every program has, and how vCard writes them.
var known = map[string]string{ //nolint:gochecknoglobals // a constant
	"home": "HOME", "work": "WORK", "mobile": "CELL", "work mobile": "WORK,CELL", "fax": "FAX", "home fax": "HOME,FAX", "work fax": "WORK,FAX",
	"pager": "PAGER", "main": "MAIN", "other": "OTHER",
}

func knownLabel(s string) string {
	if _, ok := known[s]; ok {
		return s
	}
	switch s {
	case "cell", "iphone", "mobil":
		return "mobile"
	case "privat", "private", "personal":
		return "home"
	case "business", "company":
		return "work"
	case "homefax":
		return "home fax"
	case "workfax":
		return "work fax"
	}
	return ""
}
