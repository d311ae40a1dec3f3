package addressbook

import (
	"slices"
	"strings"
)

// The columns of Google Contacts, of both generations, folded.
var plainColumns = map[string]string{ //nolint:gochecknoglobals // a constant
	"first name": "given", "given name": "given", "middle name": "additional", "additional name": "additional",
	"last name": "family", "family name": "family", "surname": "family", "name": "full", "full name": "full", "display name": "full",
	"name prefix": "prefix", "name suffix": "suffix", "nickname": "nickname", "organization name": "org", "organization title": "title",
	"organization department": "department", "birthday": "birthday", "notes": "note", "labels": "labels", "group membership": "labels",
	"photo": "photo",
	// What people call the columns of a table of their own, and Thunderbird.
	"phone": "phone:", "phone number": "phone:", "telephone": "phone:", "mobile": "phone:mobile", "mobile number": "phone:mobile", "cell phone": "phone:mobile",
	"work phone": "phone:work", "pager number": "phone:pager", "fax number": "phone:fax", "email": "email.1.value", "e-mail": "email.1.value",
	"email address": "email.1.value", "primary email": "email.1.value", "secondary email": "email.2.value", "date of birth": "birthday",
	// Spanish programs.
	"nombre": "given", "segundo nombre": "additional", "apellidos": "family", "apellido": "family", "apodo": "nickname", "cumpleanos": "birthday", "notas": "note",
	// Japanese programs.
	"名": "given", "ミトル ネーム": "additional", "姓": "family", "氏名": "full", "ニックネーム": "nickname", "誕生日": "birthday", "メモ": "note",
	// German programs.
	"vorname": "given", "zweiter vorname": "additional", "weitere vornamen": "additional", "nachname": "family", "spitzname": "nickname",
	"geburtstag": "birthday", "notizen": "note",
}

var numberedColumns = map[string]string{ //nolint:gochecknoglobals // a constant
	"e-mail": "email", "email": "email", "phone": "phone", "address": "address", "event": "event", "relation": "relation", "website": "link",
	"im": "im", "organization": "org", "custom field": "custom",
}

var numberedParts = map[string][]string{ //nolint:gochecknoglobals // a constant
	"email": {"label", "value"}, "phone": {"label", "value"}, "event": {"label", "value"}, "relation": {"label", "value"}, "link": {"label", "value"},
	"custom": {"label", "value"}, "im": {"label", "value", "service"},
	"address": {"label", "formatted", "street", "city", "po box", "region", "postal code", "country", "extended address"},
}

// The columns of Outlook, in English and German.
var outlookColumns = map[string]string{ //nolint:gochecknoglobals // a constant
	"title": "prefix", "suffix": "suffix", "company": "org", "department": "department", "job title": "title",
	"e-mail address": "email.1.value", "e-mail 2 address": "email.2.value", "e-mail 3 address": "email.3.value",
	"mobile phone": "phone:mobile", "home phone": "phone:home", "home phone 2": "phone:home", "business phone": "phone:work",
	"business phone 2": "phone:work", "company main phone": "phone:main", "primary phone": "phone:main", "other phone": "phone:other",
	"car phone": "phone:other", "home fax": "phone:home fax", "business fax": "phone:work fax", "other fax": "phone:fax", "pager": "phone:pager",
	"home street": "address.home.street", "home city": "address.home.city", "home state": "address.home.region",
	"home postal code": "address.home.postal code", "home country": "address.home.country", "home country/region": "address.home.country",
	"business street": "address.work.street", "business city": "address.work.city", "business state": "address.work.region",
	"business postal code": "address.work.postal code", "business country": "address.work.country", "business country/region": "address.work.country",
	"other street": "address.other.street", "other city": "address.other.city", "other state": "address.other.region",
	"other postal code": "address.other.postal code", "other country": "address.other.country", "other country/region": "address.other.country",
	"anniversary": "anniversary", "spouse": "relation:spouse", "children": "relation:child", "manager's name": "relation:manager",
	"assistant's name": "relation:assistant", "web page": "link:", "personal web page": "link:home", "categories": "categories",
	"organizacion": "org", "departamento": "department", "puesto": "title", "direccion de correo electronico": "email.1.value", //nolint:misspell // Spanish
	"direccion de correo electronico 2": "email.2.value", "telefono movil": "phone:mobile", "movil": "phone:mobile", "telefono particular": "phone:home",
	"particular": "phone:home", "telefono del trabajo": "phone:work", "trabajo": "phone:work", "aniversario": "anniversary", "conyuge": "relation:spouse",
	"categorias": "categories", "pagina web": "link:",
	"会社名": "org", "部署": "department", "役職": "title", "電子メール アトレス": "email.1.value", "電子メール 2 アトレス": "email.2.value",
	"携帯電話": "phone:mobile", "自宅電話": "phone:home", "会社電話": "phone:work", "記念日": "anniversary", "分類項目": "categories", "web ヘーシ": "link:",
	"firma": "org", "abteilung": "department", "position": "title", "e-mail-adresse": "email.1.value", "e-mail 2: adresse": "email.2.value",
	"mobiltelefon": "phone:mobile", "telefon (privat)": "phone:home", "telefon privat": "phone:home", "telefon geschaftlich": "phone:work",
	"telefon (geschaftlich)": "phone:work", "jahrestag": "anniversary", "partner": "relation:spouse", "kategorien": "categories",
}

// values are the cells of a row by what they mean, in the order of the columns.
type values struct {
	keys  []string
	cells map[string]string
}

func (v *values) put(key, cell string) {
	if v.cells == nil {
		v.cells = map[string]string{}
	}
	if was, twice := v.cells[key]; twice {
		v.cells[key] = was + separator + cell
		return
	}
	v.keys = append(v.keys, key)
	v.cells[key] = cell
}

// separator stands between several values in one cell.
const separator = " ::: "

func (v *values) many(key string) (list []string) {
	for s := range strings.SplitSeq(v.cells[key], strings.TrimSpace(separator)) {
		if s = tidy(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

func (v *values) one(key string) string { return tidy(v.cells[key]) }

func (v *values) fill(e *Entry) {
	e.Name = Name{v.one("full"), v.one("family"), v.one("given"), v.one("additional"), v.one("prefix"), v.one("suffix")}
	e.Nicknames = v.many("nickname")
	if org := v.one("org"); org != "" {
		e.Org = []string{org}
		if d := v.one("department"); d != "" {
			e.Org = append(e.Org, d)
		}
	}
	e.Title, e.Note = v.one("title"), tidyText(v.cells["note"])
	if url := v.one("photo"); url != "" { // an address, which is not fetched
		e.Unknown = append(e.Unknown, Property{Name: "PHOTO", Params: []Param{{"VALUE", []string{"uri"}}}, Value: printable(url)})
	}
	e.addGroups(v)
	for _, key := range v.keys {
		v.fillOne(e, key)
	}
}

func (v *values) fillOne(e *Entry, key string) {
	switch key {
	case "birthday":
		v.date(e, key, Birthday, "")
		return
	case "anniversary":
		v.date(e, key, Anniversary, "")
		return
	}
	if kind, label, ok := strings.Cut(key, ":"); ok { // a column of Outlook says both
		for _, s := range v.many(key) {
			switch kind {
			case "phone":
				e.Channels = append(e.Channels, Channel{Kind: Phone, Value: s, Label: label})
			case "link":
				e.Channels = append(e.Channels, Channel{Kind: Link, Value: s, Label: label})
			case "relation":
				e.Relations = append(e.Relations, Relation{Label: label, Name: s})
			}
		}
		return
	}
	p := strings.SplitN(key, ".", 3)
	if len(p) != 3 {
		return
	}
	kind, number := p[0], p[1]
	label, preferred := v.label(kind + "." + number + ".label")
	if kind == "address" {
		v.address(e, number, label, preferred, p[2])
		return
	}
	if p[2] != "value" {
		return
	}
	switch kind {
	case "event":
		if f := strings.ToLower(label); f == "anniversary" || f == "birthday" {
			v.date(e, key, f, "")
		} else {
			v.date(e, key, OtherDate, label)
		}
		return
	case "custom":
		for _, s := range v.many(key) {
			e.Unknown = append(e.Unknown, Property{Name: "X-CUSTOM-FIELD", Params: []Param{{"LABEL", []string{label}}}, Value: printable(escaped(s))})
		}
		return
	}
	for _, s := range v.many(key) {
		ch := Channel{Value: s, Label: label, Preferred: preferred}
		switch kind {
		case "email":
			ch.Kind = Email
		case "phone":
			ch.Kind = Phone
		case "link":
			ch.Kind = Link
			if ch.Label == "homepage" || ch.Label == "home page" {
				ch.Label = "home"
			}
		case "im":
			ch.Kind, ch.Service = Social, strings.ToLower(v.one("im."+number+".service"))
		case "relation":
			e.Relations = append(e.Relations, Relation{Label: strings.ToLower(label), Name: s})
			continue
		}
		e.Channels = append(e.Channels, ch)
	}
}

// label reads "* Home": the star marks the one that is used first.
func (v *values) label(key string) (label string, preferred bool) {
	label, preferred = strings.CutPrefix(v.one(key), "* ")
	if label == "*" {
		return "", true
	}
	f := strings.ToLower(label)
	if k := knownLabel(f); k != "" {
		return k, preferred
	}
	return label, preferred
}

func (v *values) date(e *Entry, key, kind, label string) {
	for _, s := range v.many(key) {
		if noDate(s) {
			continue
		}
		d, code := parseDate(s, "")
		if code != "" {
			e.problem(code, e.Line, strings.ToUpper(kind))
			e.Unknown = append(e.Unknown, Property{Name: "X-DATE", Params: []Param{{"LABEL", []string{kind}}}, Value: printable(escaped(s))})
			continue
		}
		d.Kind, d.Label = kind, label
		e.addDate(d)
	}
}

// address puts the columns of one address together, at the first of them.
func (v *values) address(e *Entry, number, label string, preferred bool, part string) {
	names := []string{"po box", "extended address", "street", "city", "region", "postal code", "country"}
	var a [7]string
	first := ""
	for _, key := range v.keys {
		if rest, ok := strings.CutPrefix(key, "address."+number+"."); ok && rest != "label" && first == "" {
			first = rest
		}
	}
	if part != first {
		return
	}
	for i, name := range names {
		a[i] = strings.Join(strings.FieldsFunc(v.cells["address."+number+"."+name], func(r rune) bool { return r == '\n' || r == '\r' }), ", ")
		a[i] = tidy(a[i])
	}
	if slices.Contains([]string{"home", "work", "other"}, number) {
		label = number
	}
	ch := Channel{Kind: Address, Parts: a, Value: addressLines(a), Label: label, Preferred: preferred}
	if ch.Value == "" { // only as a whole
		whole := tidyText(v.cells["address."+number+".formatted"])
		if whole == "" {
			return
		}
		ch.Parts[2] = tidy(strings.ReplaceAll(whole, "\n", ", "))
		ch.Value = addressLines(ch.Parts)
	}
	e.Channels = append(e.Channels, ch)
}

// addGroups reads labels. Those that Google gives everybody say nothing.
func (e *Entry) addGroups(v *values) {
	for _, s := range v.many("labels") {
		name, system := strings.CutPrefix(s, "* ")
		if system {
			switch strings.ToLower(strings.ReplaceAll(name, " ", "")) {
			case "mycontacts", "starred", "othercontacts", "allcontacts", "contacts":
				continue
			}
		}
		e.Groups = append(e.Groups, strings.TrimSpace(name))
	}
	for s := range strings.FieldsFuncSeq(v.cells["categories"], func(r rune) bool { return r == ';' || r == ',' }) {
		e.Groups = append(e.Groups, tidy(s))
	}
}
