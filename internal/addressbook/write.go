package addressbook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Version is the vCard version that is written.
type Version string

// The versions. Three is what older programs and phones read best.
const (
	Four  Version = "4.0"
	Three Version = "3.0"
)

// Write writes an entry as one vCard.
func Write(w io.Writer, e Entry, v Version) error {
	c := card{version: v, taken: map[string]bool{}}
	for _, p := range e.Unknown {
		c.taken[strings.ToLower(p.Group)] = true
	}
	for _, ch := range e.Channels {
		c.taken[strings.ToLower(ch.Group)] = true
	}
	for _, d := range e.Dates {
		c.taken[strings.ToLower(d.Group)] = true
	}
	for _, r := range e.Relations {
		c.taken[strings.ToLower(r.Group)] = true
	}
	c.entry(e)
	_, err := w.Write(c.out.Bytes())
	return err
}

type card struct {
	out     bytes.Buffer
	version Version
	taken   map[string]bool // groups in use
}

// line writes one property, folded at 75 octets and never inside a character.
func (c *card) line(group, name string, params []Param, value string) {
	var b strings.Builder
	if group != "" {
		b.WriteString(group)
		b.WriteByte('.')
	}
	b.WriteString(name)
	for _, p := range params {
		if len(p.Values) == 0 {
			continue
		}
		b.WriteByte(';')
		b.WriteString(p.Name)
		for i, v := range p.Values {
			b.WriteByte("=,"[min(i, 1)])
			b.WriteString(paramValue(v))
		}
	}
	b.WriteByte(':')
	b.WriteString(value)
	s := b.String()
	for width := 75; len(s) > width; width = 74 { // the blank counts too
		cut := width
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		c.out.WriteString(s[:cut])
		c.out.WriteString("\r\n ")
		s = s[cut:]
	}
	c.out.WriteString(s)
	c.out.WriteString("\r\n")
}

func paramValue(s string) string {
	s = strings.NewReplacer("^", "^^", "\n", "^n", `"`, "^'").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7F {
			return -1
		}
		return r
	}, s)
	if strings.ContainsAny(s, ",;: \\=") || s == "" {
		return `"` + strings.ReplaceAll(s, `\`, `\\`) + `"`
	}
	return s
}

// group is a fresh group for a line that needs a label.
func (c *card) group() string {
	for i := 1; ; i++ {
		if g := fmt.Sprintf("item%d", i); !c.taken[g] {
			c.taken[g] = true
			return g
		}
	}
}

// labelled gives the group and types for a label, and what is to be written behind the line.
func (c *card) labelled(group, label string) (string, []string, func()) {
	if t, ok := known[label]; ok {
		return group, strings.Split(t, ","), func() {}
	}
	if label == "" {
		return group, nil, func() {}
	}
	if group == "" {
		group = c.group()
	}
	return group, nil, func() { c.line(group, "X-ABLabel", nil, escaped(label)) }
}

func (c *card) list(name string, values []string, sep string) {
	if len(values) == 0 {
		return
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = escaped(v)
	}
	c.line("", name, nil, strings.Join(out, sep))
}

func (c *card) one(name, value string) {
	if value != "" {
		c.line("", name, nil, escaped(value))
	}
}

func (c *card) entry(e Entry) {
	c.line("", "BEGIN", nil, "VCARD")
	c.line("", "VERSION", nil, string(c.version))
	switch {
	case e.Kind == "":
	case c.version == Four:
		c.line("", "KIND", nil, e.Kind)
	case e.Kind == KindGroup:
		c.line("", "X-ADDRESSBOOKSERVER-KIND", nil, "group")
	case e.Kind == KindOrg:
		c.line("", "X-ABShowAs", nil, "COMPANY")
	}
	if e.UID != "" {
		c.line("", "UID", nil, c.uid(e.UID))
	}
	name := e.Display()
	c.line("", "FN", nil, escaped(name))
	if n := e.Name; n.joined() != "" || c.version == Three {
		c.line("", "N", nil, strings.Join([]string{escaped(n.Family), escaped(n.Given), escaped(n.Additional), escaped(n.Prefix), escaped(n.Suffix)}, ";"))
	}
	c.list("NICKNAME", e.Nicknames, ",")
	c.list("ORG", e.Org, ";")
	c.one("TITLE", e.Title)
	c.one("ROLE", e.Role)
	for _, ch := range e.Channels {
		c.channel(ch)
	}
	for _, d := range e.Dates {
		c.date(d)
	}
	for _, r := range e.Relations {
		c.relation(r)
	}
	c.list("CATEGORIES", e.Groups, ",")
	for _, m := range e.Members {
		if c.version == Four {
			c.line("", "MEMBER", nil, c.uid(m))
		} else {
			c.line("", "X-ADDRESSBOOKSERVER-MEMBER", nil, "urn:uuid:"+escaped(m))
		}
	}
	c.one("NOTE", e.Note)
	if len(e.Photo) > 0 {
		c.photo(e.Photo)
	}
	c.one("REV", e.Revised)
	for _, p := range e.Unknown {
		c.line(p.Group, p.Name, p.Params, p.Value)
	}
	c.line("", "END", nil, "VCARD")
}

// uid writes ids that are UUIDs as vCard 4 wants them.
func (c *card) uid(s string) string {
	if c.version == Four && len(s) == 36 && strings.Count(s, "-") == 4 {
		return "urn:uuid:" + s
	}
	return escaped(s)
}

func (c *card) channel(ch Channel) {
	group, types, after := c.labelled(ch.Group, ch.Label)
	var params []Param
	if ch.Preferred {
		if c.version == Four {
			params = append(params, Param{"PREF", []string{"1"}})
		} else {
			types = append(types, "PREF")
		}
	}
	typed := func() []Param {
		if len(types) == 0 {
			return params
		}
		return append(params, Param{"TYPE", types})
	}
	switch ch.Kind {
	case Phone:
		c.line(group, "TEL", typed(), escaped(ch.Value))
	case Email:
		c.line(group, "EMAIL", typed(), escaped(ch.Value))
	case Link:
		c.line(group, "URL", typed(), escaped(ch.Value))
	case Address:
		p := make([]string, len(ch.Parts))
		for i := range p {
			p[i] = escaped(ch.Parts[i])
		}
		c.line(group, "ADR", typed(), strings.Join(p, ";"))
	case Social:
		if strings.Contains(ch.Value, "://") && !slices.Contains([]string{"pref", "home", "work"}, ch.Service) {
			if ch.Service != "" {
				types = append(types, ch.Service)
			}
			c.line(group, "X-SOCIALPROFILE", typed(), escaped(ch.Value))
			break
		}
		scheme := "x-apple"
		if ch.Service != "" {
			params = append(params, Param{"X-SERVICE-TYPE", []string{ch.Service}})
			if plainScheme(ch.Service) {
				scheme = ch.Service
			}
		}
		c.line(group, "IMPP", typed(), scheme+":"+escaped(ch.Value))
	}
	after()
}

func plainScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}

func (c *card) date(d Date) {
	value, params := fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day), []Param(nil)
	if d.Year == 0 {
		value, params = fmt.Sprintf("1604-%02d-%02d", d.Month, d.Day), []Param{{"X-APPLE-OMIT-YEAR", []string{"1604"}}}
	}
	name := map[string]string{Birthday: "BDAY", Anniversary: "ANNIVERSARY", Death: "DEATHDATE"}[d.Kind]
	if c.version == Four && name != "" {
		value, params = fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day), nil
		if d.Year == 0 {
			value = fmt.Sprintf("--%02d%02d", d.Month, d.Day)
		}
	}
	label := d.Label
	switch {
	case d.Kind == Birthday, name != "" && c.version == Four:
		c.line(d.Group, name, params, value)
		return
	case d.Kind == Anniversary:
		label = "_$!<Anniversary>!$_"
	case d.Kind == Death:
		c.line(d.Group, "X-DEATHDATE", params, value)
		return
	}
	group := d.Group
	if group == "" && label != "" {
		group = c.group()
	}
	c.line(group, "X-ABDATE", params, value)
	if label != "" {
		c.line(group, "X-ABLabel", nil, escaped(label))
	}
}

// related are the types that vCard 4 has for RELATED, of those that say who someone is.
var related = []string{"friend", "co-worker", "colleague", "neighbor", "child", "parent", "sibling", "spouse", "kin", "emergency"} //nolint:gochecknoglobals // a constant

func (c *card) relation(r Relation) {
	if r.UID != "" || c.version == Four && slices.Contains(related, r.Label) {
		var params []Param
		if r.Label != "" {
			params = append(params, Param{"TYPE", []string{r.Label}})
		}
		if r.UID != "" {
			c.line(r.Group, "RELATED", params, "urn:uuid:"+escaped(r.UID))
			return
		}
		c.line(r.Group, "RELATED", append(params, Param{"VALUE", []string{"text"}}), escaped(r.Name))
		return
	}
	group := r.Group
	if group == "" && r.Label != "" {
		group = c.group()
	}
	c.line(group, "X-ABRELATEDNAMES", nil, escaped(r.Name))
	if r.Label != "" {
		c.line(group, "X-ABLabel", nil, escaped(r.Label))
	}
}

func (c *card) photo(b []byte) {
	kind := "jpeg"
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG")):
		kind = "png"
	case bytes.HasPrefix(b, []byte("GIF8")):
		kind = "gif"
	case len(b) > 12 && string(b[8:12]) == "WEBP":
		kind = "webp"
	}
	data := base64.StdEncoding.EncodeToString(b)
	if c.version == Four {
		c.line("", "PHOTO", nil, "data:image/"+kind+";base64,"+data)
		return
	}
	c.line("", "PHOTO", []Param{{"ENCODING", []string{"b"}}, {"TYPE", []string{strings.ToUpper(kind)}}}, data)
}
