package capture

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kith/internal/fold"
)

// signs reads the tokens that begin with a sign: @person, #tag or #context, /kind.
func (p *parser) signs() {
	for i := range p.toks {
		t := &p.toks[i]
		if t.typ != tOther || t.used {
			continue
		}
		switch t.r {
		case '@', '＠':
			p.mention(i)
		case '#', '＃':
			p.tag(i)
		case '/', '／':
			p.slashKind(i)
		}
	}
}

// free reports that the sign at i begins a token: nothing a word, an address or another sign is made of stands before.
func (p *parser) free(i int) bool {
	if i == 0 || !p.glued(i) {
		return true
	}
	before := &p.toks[i-1]
	switch before.typ {
	case tWord, tNumber, tOpaque:
		// Scripts without spaces put a sign right behind a word.
		word := p.s[before.start:before.end]
		return before.typ == tWord && (spaceless(lastRune(word)) || p.toks[i].r != '#' && arabicPrefix(word)) && p.toks[i].r != '/'
	case tOther:
		return !strings.ContainsRune("@＠#＃/／._-+%&=~$", before.r)
	}
	return true
}

// cover marks the tokens that lie in the bytes from start to end as used.
func (p *parser) cover(i, end int) {
	for ; i < len(p.toks) && p.toks[i].start < end; i++ {
		p.toks[i].used = true
	}
}

// tag reads #word. A word needs a letter (so #1 is none), and #ff8800 or #fff is a colour.
func (p *parser) tag(i int) {
	t := p.toks[i]
	if !p.free(i) || len(p.d.Tags) >= maxTags {
		return
	}
	start := t.end
	end, letter := start, false
	for end < len(p.s) {
		r, size := utf8.DecodeRuneInString(p.s[end:])
		if !wordly(r) && r != '_' && r != '-' && r != 0x200C || r == utf8.RuneError && size == 1 {
			break
		}
		letter = letter || isLetter(r)
		end += size
	}
	name := strings.TrimRight(p.s[start:end], "-_\u200c")
	end = start + len(name)
	if !letter || strings.HasPrefix(name, "-") || colour(name) || utf8.RuneCountInString(name) > 64 {
		return
	}
	p.cover(i, end)
	if context, ok := p.lex.contexts[lower(name)]; ok {
		if p.d.Context == "" {
			p.d.Context = context
		}
		p.spanBytes(t.start, end, RoleContext, context)
		return
	}
	p.spanBytes(t.start, end, RoleTag, name)
	folded := fold.Fold(name)
	for _, have := range p.d.Tags {
		if fold.Fold(have) == folded {
			return
		}
	}
	p.d.Tags = append(p.d.Tags, name)
}

// colour reports three or six hexadecimal digits that are no word: #0af, #ffffff, but not #dad.
func colour(s string) bool {
	if len(s) != 3 && len(s) != 6 {
		return false
	}
	digit, same := false, true
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if !isDigit(s[i]) && (c < 'a' || c > 'f') {
			return false
		}
		digit = digit || isDigit(s[i])
		same = same && c == s[0]|0x20
	}
	return digit || same
}

// slashKind reads /kind. The first one counts and wins over every word; an unknown one is text, as is a path.
func (p *parser) slashKind(i int) {
	if p.slash || i > 0 && p.glued(i) {
		return
	}
	start := p.toks[i].end
	end := start
	for end < len(p.s) {
		r, size := utf8.DecodeRuneInString(p.s[end:])
		if !wordly(r) && r != '-' {
			break
		}
		end += size
	}
	if end < len(p.s) && (p.s[end] == '/' || p.s[end] == '.' && end+1 < len(p.s) && isASCIILetter(p.s[end+1])) {
		return
	}
	kind, ok := p.lex.kinds[lower(p.s[start:end])]
	if !ok {
		return
	}
	p.slash = true
	p.d.Kind = kind
	p.spanBytes(p.toks[i].start, end, RoleKind, kind)
	p.cover(i, end)
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func spaceless(r rune) bool {
	return r >= 0x0E00 && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai,
		unicode.Lao, unicode.Khmer, unicode.Myanmar))
}
