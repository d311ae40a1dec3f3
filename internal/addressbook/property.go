package addressbook

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	charset "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// raw is a property as it stands in the file: continued lines are put together, nothing is decoded.
type raw struct {
	line   int
	group  string
	name   string // upper case
	own    string // as the file spells it
	params []Param
	value  string
}

// isMark reports whether a line is BEGIN:VCARD or END:VCARD, in any case and with blanks around.
func isMark(line []byte, which string) bool {
	name, value, ok := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
	if !ok || !bytes.EqualFold(bytes.TrimSpace(value), []byte("VCARD")) {
		return false
	}
	if i := bytes.LastIndexByte(name, '.'); i >= 0 { // a group may stand before any name
		name = name[i+1:]
	}
	return bytes.EqualFold(bytes.TrimSpace(name), []byte(which))
}

// split reads a content line. It is false when the line has no name.
func split(line []byte) (raw, bool) {
	i := 0
	for i < len(line) && nameByte(line[i]) {
		i++
	}
	if i == 0 || i == len(line) || (line[i] != ':' && line[i] != ';') {
		return raw{}, false
	}
	name := string(line[:i])
	var p raw
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		p.group, name = name[:dot], name[dot+1:]
	}
	p.own = strings.TrimSpace(name)
	p.name = strings.ToUpper(p.own)
	if p.name == "" {
		return raw{}, false
	}
	rest := line[i:]
	for len(rest) > 0 && rest[0] == ';' {
		var param Param
		var ok bool
		if param, rest, ok = splitParam(rest[1:]); !ok {
			return raw{}, false
		}
		if param.Name != "" || len(param.Values) > 0 {
			p.params = append(p.params, param)
		}
	}
	if len(rest) == 0 || rest[0] != ':' {
		return raw{}, false
	}
	p.value = string(rest[1:])
	return p, true
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.' || c == '/' || c == '+'
}

// splitParam reads one parameter; a bare word of vCard 2.1 is the value of TYPE or ENCODING.
func splitParam(s []byte) (p Param, rest []byte, ok bool) {
	i := bytes.IndexAny(s, "=;:")
	if i < 0 {
		return Param{}, nil, false
	}
	word := strings.TrimSpace(string(s[:i]))
	if s[i] != '=' {
		if word == "" {
			return Param{}, s[i:], true
		}
		switch strings.ToUpper(word) {
		case "QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT":
			return Param{"ENCODING", []string{strings.ToUpper(word)}}, s[i:], true
		}
		return Param{"TYPE", []string{word}}, s[i:], true
	}
	p.Name, s = strings.ToUpper(word), s[i+1:]
	for {
		var value []byte
		if len(s) > 0 && s[0] == '"' {
			end := bytes.IndexByte(s[1:], '"')
			if end < 0 {
				return Param{}, nil, false
			}
			value, s = s[1:1+end], s[2+end:]
		} else {
			end := bytes.IndexAny(s, ",;:")
			if end < 0 {
				return Param{}, nil, false
			}
			value, s = s[:end], s[end:]
		}
		p.Values = append(p.Values, caret.Replace(text(string(value))))
		if len(s) == 0 {
			return Param{}, nil, false
		}
		if s[0] != ',' {
			return p, s, s[0] == ';' || s[0] == ':'
		}
		s = s[1:]
	}
}

// caret is the escaping of RFC 6868.
var caret = strings.NewReplacer("^^", "^", "^n", "\n", "^N", "\n", "^'", `"`)

func (p raw) param(name string) string {
	for _, v := range p.params {
		if v.Name == name && len(v.Values) > 0 {
			return v.Values[0]
		}
	}
	return ""
}

// types are the values of TYPE, lower case, also those written "home,cell" within quotes.
func (p raw) types() (list []string) {
	for _, v := range p.params {
		if v.Name != "TYPE" {
			continue
		}
		for _, value := range v.Values {
			for t := range strings.SplitSeq(value, ",") {
				if t = strings.ToLower(strings.TrimSpace(t)); t != "" {
					list = append(list, t)
				}
			}
		}
	}
	return list
}

type encoding int

const (
	plain encoding = iota
	quotedPrintable
	base64Coded
)

func (p raw) encoding() encoding {
	switch strings.ToUpper(p.param("ENCODING")) {
	case "QUOTED-PRINTABLE", "Q":
		return quotedPrintable
	case "BASE64", "B":
		return base64Coded
	}
	return plain
}

// decode returns the value as UTF-8, still escaped.
func (p raw) decode(e *Entry) string {
	s := p.value
	if p.encoding() == quotedPrintable {
		var whole bool
		if s, whole = fromQuotedPrintable(s); !whole {
			e.problem(ValueNeverFinished, p.line, p.name)
		}
		// A line break inside a value is written as an escape everywhere else.
		s = strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(s)
	}
	s, guessed := toUTF8(s, p.param("CHARSET"))
	if guessed {
		e.problem(CharsetGuessed, p.line, p.name)
	}
	return s
}

// fromQuotedPrintable decodes what it can; an escape that is none stays as it is.
func fromQuotedPrintable(s string) (string, bool) {
	if strings.IndexByte(s, '=') < 0 {
		return s, true
	}
	b, whole := make([]byte, 0, len(s)), true
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			b = append(b, s[i])
			continue
		}
		if i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi >= 0 && lo >= 0 {
				b = append(b, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		if i == len(s)-1 {
			break // a soft break that nothing follows
		}
		whole = false
		b = append(b, '=')
	}
	return string(b), whole
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// toUTF8 reads s in the code its property names. Text in no code that is named, and not UTF-8, is taken for Shift JIS where it
// makes sense as that, and else for Windows-1252: what Japanese phones and Western programs write without saying so. guessed
// reports that.
func toUTF8(s, charset string) (_ string, guessed bool) {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || s[i] == 0 {
			ascii = false
			break
		}
	}
	if ascii {
		return s, false
	}
	if m := codeOf(charset); m != nil {
		if out, err := m.NewDecoder().String(s); err == nil {
			return clean(out), false
		}
	}
	if utf8.ValidString(s) {
		return clean(s), false
	}
	if out, ok := japaneseText(s); ok {
		return clean(out), true
	}
	out, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		out = strings.ToValidUTF8(s, "\uFFFD")
	}
	return clean(out), true
}

// japaneseText reads s as Shift JIS and reports whether that is likely what it is: all of it can be read, it has signs of two
// bytes, and none of the others stands beside a Latin letter, as those do that a Western accent and its neighbour would make.
func japaneseText(s string) (string, bool) {
	out, err := japanese.ShiftJIS.NewDecoder().String(s)
	if err != nil || strings.ContainsRune(out, utf8.RuneError) {
		return "", false
	}
	wide, narrow, before := 0, 0, ' '
	for _, r := range out {
		if letter := func(r rune) bool { return 'a' <= r|' ' && r|' ' <= 'z' }; letter(r) && before >= utf8.RuneSelf || r >= utf8.RuneSelf && letter(before) {
			return "", false
		}
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && (r < 0xff00 || r > 0xffef):
			wide++
		case r >= utf8.RuneSelf:
			narrow++
		}
		before = r
	}
	return out, wide >= 2 && wide >= narrow || wide > 0 && narrow == 0
}

func clean(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func codeOf(name string) charset.Encoding {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name)) {
	case "iso88591", "latin1", "windows1252", "cp1252", "ansi":
		return charmap.Windows1252 // which is Latin-1 and more: what is called Latin-1 is often this
	case "iso885915", "latin9":
		return charmap.ISO8859_15
	case "iso88592", "latin2":
		return charmap.ISO8859_2
	case "windows1250", "cp1250":
		return charmap.Windows1250
	case "windows1251", "cp1251":
		return charmap.Windows1251
	case "windows1253", "cp1253", "iso88597":
		return charmap.Windows1253
	case "windows1254", "cp1254", "iso88599":
		return charmap.Windows1254
	case "koi8r":
		return charmap.KOI8R
	case "macintosh", "macroman", "xmacroman":
		return charmap.Macintosh
	case "shiftjis", "sjis", "xsjis", "cp932", "windows31j", "mskanji":
		return japanese.ShiftJIS
	case "eucjp":
		return japanese.EUCJP
	}
	return nil
}

// text takes the escapes out of a value.
func text(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'N':
			b = append(b, '\n')
		case '\\', ',', ';', ':':
			b = append(b, s[i])
		default:
			b = append(b, '\\', s[i])
		}
	}
	return string(b)
}

// parts cuts a value at each sep that is not escaped, and takes the escapes out of the parts.
func parts(s string, sep byte) []string {
	list := rawParts(s, sep)
	for i := range list {
		list[i] = text(list[i])
	}
	return list
}

func rawParts(s string, sep byte) (list []string) {
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case sep:
			list = append(list, s[from:i])
			from = i + 1
		}
	}
	return append(list, s[from:])
}

var escaper = strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, ",", `\,`, ";", `\;`)

// escaped is the opposite of text.
func escaped(s string) string { return escaper.Replace(s) }
