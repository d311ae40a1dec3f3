package capture

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kith/internal/fold"
)

const (
	maxNameRunes = 100 // a longer one is text
	maxNameWords = 8   // of a known name that is looked for behind @
)

// quotes are the closing signs of the quotation marks a name may stand in.
var quotes = map[rune]string{ //nolint:gochecknoglobals // a constant
	'"': "\"", '“': "”", '„': "“”", '”': "”", '«': "»", '»': "«", '\'': "'", '‘': "’", '‚': "‘’", '「': "」", '‹': "›",
}

// part of the line that may be a name.
type written struct {
	text       string // as written
	start, end int
}

// mention reads @name at token i.
func (p *parser) mention(i int) {
	t := p.toks[i]
	if !p.free(i) || len(p.d.People) >= maxPeople {
		return
	}
	if name, start, end, ok := p.quoted(t.end); ok {
		p.name(i, end, p.known([]written{{text: name, start: start, end: end}}, true), name)
		return
	}
	at := t.end
	if r, size := utf8.DecodeRuneInString(p.s[at:]); quotes[r] != "" { // never closed
		at += size
	}
	first, ok := p.nameAt(at)
	if !ok {
		return
	}
	if end := p.host(first.end); end > 0 { // @sam@mastodon.social
		p.name(i, end, p.known([]written{first}, false), first.text)
		return
	}
	words := []written{first}
	for len(words) < maxNameWords {
		last := words[len(words)-1]
		at := last.end
		for at < len(p.s) && (p.s[at] == ' ' || p.s[at] == '-') && at < last.end+2 {
			at++
		}
		if at == last.end || at < len(p.s) && p.s[at] == ' ' {
			break
		}
		next, ok := p.nameAt(at)
		if !ok {
			break
		}
		words = append(words, next)
	}
	m := p.known(words, false)
	if own, n := p.owner(words, m.length); n > 0 {
		end := words[n-1].end
		p.name(i, end, own, p.s[first.start:end])
		return
	}
	if m.length == 0 {
		if context, ok := p.lex.contexts[lower(first.text)]; ok { // lunch @work
			if p.d.Context == "" {
				p.d.Context = context
			}
			p.spanBytes(t.start, first.end, RoleContext, context)
			p.cover(i, first.end)
			return
		}
		if w := p.lex.root[lower(first.text)]; w != nil && w.word != nil && w.word.class&cClock != 0 { // lunch @noon
			return
		}
		first = cutScript(first)
		p.name(i, first.end, m, first.text)
		return
	}
	end := words[m.length-1].end
	if m.cut > 0 {
		end = m.cut
	}
	p.name(i, end, m, p.s[first.start:end])
}

// host returns where the host of a handle ends that may begin with the @ at byte at, or 0.
func (p *parser) host(at int) int {
	if at >= len(p.s) || p.s[at] != '@' {
		return 0
	}
	if host, ok := p.nameAt(at + 1); ok && strings.Contains(host.text, ".") {
		return host.end
	}
	return 0
}

// owner reads a genitive without an apostrophe, as German writes it: @Anas Tochter names Ana when no Anas is known. It
// returns who is meant by how many of the words, if that is more than the words say as they stand.
func (p *parser) owner(words []written, known int) (match, int) {
	for n := len(words); n > known; n-- {
		last := words[n-1]
		for _, ending := range p.lex.genitive {
			stem, ok := strings.CutSuffix(last.text, ending)
			if !ok || utf8.RuneCountInString(stem) < 2 {
				continue
			}
			cut := append(slices.Clone(words[:n-1]), written{text: stem, start: last.start, end: last.end})
			if m := p.known(cut, false); m.length == n && m.cut == 0 {
				return m, n
			}
		}
	}
	return match{}, 0
}

// name adds the person named from token i up to byte end.
func (p *parser) name(i, end int, m match, name string) {
	start := p.toks[i].start
	var person Person
	value := name
	switch len(m.people) {
	case 0:
		person = Person{Name: name, New: true}
	case 1:
		k := p.in.People[m.people[0]]
		person = Person{ID: k.ID, Name: k.Name}
		value = k.ID
	default:
		person = Person{Name: name}
		for _, k := range m.people {
			person.Maybe = append(person.Maybe, p.in.People[k].ID)
		}
	}
	p.spanBytes(start, end, RolePerson, value)
	p.cover(i, end)
	p.mentions = append(p.mentions, i)
	for _, have := range p.d.People {
		if have.ID == person.ID && (have.ID != "" || fold.Fold(have.Name) == fold.Fold(person.Name)) {
			return
		}
	}
	p.d.People = append(p.d.People, person)
}

// quoted reads a name in quotation marks at byte at.
func (p *parser) quoted(at int) (name string, start, end int, ok bool) {
	open, size := utf8.DecodeRuneInString(p.s[at:])
	closing, ok := quotes[open]
	if !ok {
		return "", 0, 0, false
	}
	start = at + size
	for n, i := 0, start; i < len(p.s) && n <= maxNameRunes; n++ {
		r, size := utf8.DecodeRuneInString(p.s[i:])
		if r == '\n' || r == utf8.RuneError {
			return "", 0, 0, false
		}
		if strings.ContainsRune(closing, r) {
			name = strings.Join(strings.Fields(p.s[start:i]), " ")
			return name, start, i + size, strings.ContainsFunc(name, wordly)
		}
		i += size
	}
	return "", 0, 0, false
}

// nameAt reads one word of a name at byte at: letters, marks and digits, beginning with a letter, with . _ ' between.
func (p *parser) nameAt(at int) (written, bool) {
	r, _ := utf8.DecodeRuneInString(p.s[at:])
	if at >= len(p.s) || !isLetter(r) {
		return written{}, false
	}
	end, runes := at, 0
	for end < len(p.s) {
		r, size := utf8.DecodeRuneInString(p.s[end:])
		if !wordly(r) && (r != 0x200C && r != 0x200D) {
			next, _ := utf8.DecodeRuneInString(p.s[end+size:])
			if !strings.ContainsRune("._'’-", r) || !wordly(next) {
				break
			}
		}
		end += size
		if runes++; runes > maxNameRunes {
			return written{}, false
		}
	}
	w := written{text: p.s[at:end], start: at, end: end}
	for _, own := range []string{"'s", "’s", "'S", "’S"} {
		if cut, ok := strings.CutSuffix(w.text, own); ok && cut != "" {
			w.text, w.end = cut, end-len(own)
		}
	}
	return w, true
}

func abs(n int) int { return max(n, -n) }

// nameWords cuts a folded name at spaces, hyphens and dots.
func nameWords(folded string) []string {
	if folded != "" && !strings.ContainsFunc(folded, nameGap) {
		return []string{folded}
	}
	return strings.FieldsFunc(folded, nameGap)
}

func nameGap(r rune) bool {
	return r == '-' || r == '.' || r == ',' || r == '_' || r == '"' || unicode.IsSpace(r)
}

// cutScript ends an unknown name in Han or katakana where hiragana begins: @田中さん names 田中.
func cutScript(w written) written {
	first, _ := utf8.DecodeRuneInString(w.text)
	if unicode.Is(unicode.Hiragana, first) { // @さくらさんと: a title ends the name, else a particle does
		for _, end := range []string{"さん", "ちゃん", "くん", "と", "に", "が", "から", "は", "を", "へ", "の"} {
			if at := strings.Index(w.text, end); at >= 6 {
				w.text, w.end = w.text[:at], w.start+at
				break
			}
		}
		return w
	}
	if !unicode.In(first, unicode.Han, unicode.Katakana) {
		return w
	}
	for i, r := range w.text {
		if unicode.Is(unicode.Hiragana, r) {
			w.text, w.end = w.text[:i], w.start+i
			break
		}
	}
	return w
}

// contextOfPeople takes the context of the people named when the line says none and they agree.
func (p *parser) contextOfPeople() {
	if p.d.Context != "" {
		return
	}
	context := ""
	for _, person := range p.d.People {
		for k := range p.in.People {
			c := p.in.People[k].Context
			if person.ID == "" || p.in.People[k].ID != person.ID || c == "" {
				continue
			}
			if context != "" && c != context {
				return
			}
			context = c
			break
		}
	}
	if context == Personal || context == Professional {
		p.d.Context = context
	}
}
