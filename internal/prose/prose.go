// Package prose reads what people write into boxes with more than one line: paragraphs, lists, *emphasis*, **strength**,
// `code`, [links](https://example.org) and @people. It is a small part of Markdown; everything else is text as typed.
//
// It knows no HTML. What it returns is text in spans, which a page writes escaped; an address is http, https or mailto, or
// it is no link. So nothing that is typed can become markup of a page.
//
// Invariants: it never fails, every rune it returns was typed, in that order (a byte that is no UTF-8 is U+FFFD), and its work grows with the square of the
// text at most.
package prose

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kinds of blocks.
const (
	Paragraph = "paragraph"
	Bullets   = "bullets"
	Numbers   = "numbers"
	Quote     = "quote"
)

// Block is a paragraph, which has one item, or a list.
type Block struct {
	Kind  string
	Items [][]Span
}

// Span is text of one style.
type Span struct {
	Text       string
	Em, Strong bool
	Code       bool
	Break      bool   // the line ends here; there is no text
	Href       string // of a link
	Person     string // id of who is named
}

// Name is somebody whom @ can name.
type Name struct {
	ID   string
	Says []string // every name they go by, without @
}

// maxDepth is how deep emphasis may lie in emphasis.
const maxDepth = 4

// Parse reads a text. people are those whom @ can name; a longer name goes before a shorter one.
func Parse(text string, people []Name) []Block {
	r := reader{people}
	text = strings.ToValidUTF8(text, "\uFFFD") // else bytes on both sides of a sign could become a character
	var (
		blocks []Block
		lines  []string // of the paragraph that is being read
		kind   = Paragraph
	)
	end := func() {
		if len(lines) == 0 {
			return
		}
		b := Block{Kind: kind}
		if kind == Bullets || kind == Numbers {
			for _, l := range lines {
				b.Items = append(b.Items, r.spans(l, Span{}, 0))
			}
		} else {
			var item []Span
			for i, l := range lines {
				if i > 0 {
					item = append(item, Span{Break: true})
				}
				item = append(item, r.spans(l, Span{}, 0)...)
			}
			b.Items = [][]Span{item}
		}
		blocks, lines = append(blocks, b), nil
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		k, rest := kindOf(line)
		if line == "" || k != kind {
			end()
		}
		if kind = k; line != "" {
			lines = append(lines, rest)
		}
	}
	end()
	return blocks
}

// kindOf says what block a line belongs to, and what of it is text.
func kindOf(line string) (kind, rest string) {
	for _, sign := range []string{"- ", "* ", "+ ", "• "} {
		if rest, ok := strings.CutPrefix(line, sign); ok && strings.TrimSpace(rest) != "" {
			return Bullets, strings.TrimSpace(rest)
		}
	}
	if rest, ok := strings.CutPrefix(line, "> "); ok && strings.TrimSpace(rest) != "" {
		return Quote, strings.TrimSpace(rest)
	}
	digits := strings.TrimLeft(line, "0123456789")
	if n := len(line) - len(digits); n > 0 && n <= 3 {
		for _, sign := range []string{". ", ") "} {
			if rest, ok := strings.CutPrefix(digits, sign); ok && strings.TrimSpace(rest) != "" {
				return Numbers, strings.TrimSpace(rest)
			}
		}
	}
	return Paragraph, line
}

type reader struct{ people []Name }

// spans reads one line in a style.
func (r reader) spans(s string, style Span, depth int) []Span {
	var (
		list  []Span
		plain strings.Builder
	)
	flush := func() {
		if plain.Len() > 0 {
			sp := style
			sp.Text = plain.String()
			list = append(list, sp)
			plain.Reset()
		}
	}
	for i := 0; i < len(s); {
		got, n := r.special(s, i, style, depth)
		if n > 0 {
			flush()
			list = append(list, got...)
			i += n
			continue
		}
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\\*_`[]@#>-+.()", s[i+1]) >= 0 {
			plain.WriteByte(s[i+1])
			i += 2
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		plain.WriteString(s[i : i+size])
		i += size
	}
	flush()
	return list
}

// special reads what begins at i, if it is more than text, and says how many bytes it took.
func (r reader) special(s string, i int, style Span, depth int) ([]Span, int) {
	switch s[i] {
	case '`':
		if end := strings.IndexByte(s[i+1:], '`'); end > 0 {
			sp := style
			sp.Text, sp.Code = s[i+1:i+1+end], true
			return []Span{sp}, end + 2
		}
	case '*', '_':
		return r.emphasis(s, i, style, depth)
	case '[':
		return r.link(s, i, style, depth)
	case '@':
		if before, _ := utf8.DecodeLastRuneInString(s[:i]); i > 0 && wordRune(before) || style.Href != "" {
			return nil, 0
		}
		return r.person(s, i, style)
	case 'h':
		if before, _ := utf8.DecodeLastRuneInString(s[:i]); i > 0 && wordRune(before) || style.Href != "" {
			return nil, 0
		}
		if a := address(s[i:]); a != "" {
			sp := style
			sp.Text, sp.Href = a, a
			return []Span{sp}, len(a)
		}
	}
	return nil, 0
}

// emphasis reads *one* or **two** signs and what lies between them.
func (r reader) emphasis(s string, i int, style Span, depth int) ([]Span, int) {
	sign := s[i : i+1]
	if strings.HasPrefix(s[i+1:], sign) {
		sign += sign
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	next, _ := utf8.DecodeRuneInString(s[i+len(sign):])
	if depth >= maxDepth || i+len(sign) >= len(s) || unicode.IsSpace(next) || sign[0] == '_' && i > 0 && wordRune(before) {
		return nil, 0
	}
	for at := i + len(sign); at < len(s); at++ {
		if !strings.HasPrefix(s[at:], sign) {
			continue
		}
		if len(sign) == 1 && strings.HasPrefix(s[at+1:], sign) { // two of them belong to something inside
			at++
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(s[:at])
		after, _ := utf8.DecodeRuneInString(s[at+len(sign):])
		if at == i+len(sign) || unicode.IsSpace(last) || last == '\\' || sign[0] == '_' && at+len(sign) < len(s) && wordRune(after) {
			continue
		}
		sp := style
		if len(sign) == 2 {
			sp.Strong = true
		} else {
			sp.Em = true
		}
		return r.spans(s[i+len(sign):at], sp, depth+1), at + len(sign) - i
	}
	return nil, 0
}

// link reads [words](address).
func (r reader) link(s string, i int, style Span, depth int) ([]Span, int) {
	if style.Href != "" || depth >= maxDepth {
		return nil, 0
	}
	mid := strings.Index(s[i:], "](")
	if mid < 2 {
		return nil, 0
	}
	rest := s[i+mid+2:]
	end := strings.IndexByte(rest, ')')
	if end < 1 || !safe(rest[:end]) {
		return nil, 0
	}
	style.Href = rest[:end]
	return r.spans(s[i+1:i+mid], style, depth+1), mid + 2 + end + 1
}

// safe reports whether an address may be followed from a page.
func safe(to string) bool {
	if strings.ContainsFunc(to, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) || c == '\\' }) {
		return false
	}
	u, err := url.Parse(to)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return strings.Contains(u.Opaque, "@")
	}
	return false
}

// address is the address that a text begins with, or nothing. Signs that end a sentence do not belong to it.
func address(s string) string {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return ""
	}
	if end := strings.IndexFunc(s, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("<>\"`", c) }); end >= 0 {
		s = s[:end]
	}
	s = strings.TrimRight(s, ".,;:!?'*_")
	if strings.HasSuffix(s, ")") && !strings.Contains(s, "(") {
		s = strings.TrimRight(s, ")")
	}
	if !safe(s) {
		return ""
	}
	return s
}

// person reads @Name or @"Name of several words".
func (r reader) person(s string, i int, style Span) ([]Span, int) {
	rest, quoted := strings.CutPrefix(s[i+1:], `"`)
	best, id := 0, ""
	for _, p := range r.people {
		for _, name := range p.Says {
			n := begins(rest, name)
			if n > best && (!quoted || strings.HasPrefix(rest[n:], `"`)) {
				best, id = n, p.ID
			}
		}
	}
	if best == 0 {
		return nil, 0
	}
	style.Text, style.Person = "@"+rest[:best], id
	if quoted {
		return []Span{style}, best + 3
	}
	return []Span{style}, best + 1
}

// begins is how many bytes of s say the name, if s begins with it as a whole word.
func begins(s, name string) int {
	if name == "" {
		return 0
	}
	at := 0
	for range utf8.RuneCountInString(name) {
		_, size := utf8.DecodeRuneInString(s[at:])
		if size == 0 {
			return 0
		}
		at += size
	}
	next, size := utf8.DecodeRuneInString(s[at:])
	if size > 0 && wordRune(next) || !strings.EqualFold(s[:at], name) {
		return 0
	}
	return at
}

func wordRune(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) }
