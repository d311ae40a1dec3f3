package capture

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What scripts need that are written otherwise than English and German: Japanese, which has no spaces, and Arabic, which
// writes small words onto the next one and has digits of its own.

// longestWord is the longest word of a list that is looked for inside a run of letters, in characters.
const longestWord = 12

// splitRuns cuts the runs of a script without spaces at the words that are known, the longest first. What lies between
// two of them is a word nobody knows. A word of a single ideograph is one only when it stands for itself or behind a
// number: 日 in 3日前, but not in 日記.
func (p *parser) splitRuns() {
	var out []token
	for i := range p.toks {
		t := p.toks[i]
		if t.typ != tWord || !spaceless(lastRune(t.key)) && !spaceless(firstRune(t.key)) {
			if out != nil {
				out = append(out, t)
			}
			continue
		}
		if out == nil {
			out = append(make([]token, 0, len(p.toks)+8), p.toks[:i]...)
		}
		text := p.s[t.start:t.end]
		counted := i > 0 && p.toks[i-1].typ == tNumber && p.toks[i-1].end == t.start
		begin, before := 0, rune(0)
		piece := func(from, to int) {
			if from < to {
				c := t
				c.start, c.end, c.key, c.newline = t.start+from, t.start+to, lower(text[from:to]), t.newline && from == 0
				out = append(out, c)
			}
		}
		for at := 0; at < len(text); {
			n := p.wordIn(text[at:], before, counted)
			if n == 0 {
				r, size := utf8.DecodeRuneInString(text[at:])
				before, counted = r, false
				at += size
				continue
			}
			piece(begin, at)
			piece(at, at+n)
			before = lastRune(text[at : at+n])
			at += n
			begin = at
		}
		piece(begin, len(text))
	}
	if out != nil {
		p.toks = out
	}
}

// wordIn returns how many bytes the longest known word at the beginning of s has, or 0.
func (p *parser) wordIn(s string, before rune, counted bool) int {
	ends, n := [longestWord]int{}, 0
	for i, r := range s {
		ends[n] = i + utf8.RuneLen(r)
		if n++; n == longestWord {
			break
		}
	}
	for n--; n >= 0; n-- {
		w := s[:ends[n]]
		if strings.ContainsFunc(w, func(r rune) bool { return 'A' <= r && r <= 'Z' }) { // LINE
			w = lower(w)
		}
		if p.lex.root[w] == nil {
			continue
		}
		if n > 0 || counted {
			return ends[n]
		}
		r, _ := utf8.DecodeRuneInString(w)
		next, _ := utf8.DecodeRuneInString(s[ends[n]:])
		if !unicode.Is(unicode.Han, r) || !unicode.Is(unicode.Han, before) && !unicode.Is(unicode.Han, next) {
			return ends[n]
		}
	}
	return 0
}

// spokenIn is the language that a script alone shows: kana are Japanese.
func spokenIn(key string) string {
	for _, r := range key {
		if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
			return "ja"
		}
		if r < utf8.RuneSelf {
			return ""
		}
	}
	return ""
}

// subjectMarked reports that the last person or someone before token i is followed by the particle of a subject.
func (p *parser) subjectMarked(i int) bool {
	for _, m := range slices.Backward(p.mentions) {
		if m >= i {
			continue
		}
		at := p.toks[m].end
		for _, s := range p.d.Spans {
			if s.Start == p.toks[m].start {
				at = s.End
			}
		}
		rest := p.s[at:]
		for _, title := range []string{"さん", "くん", "ちゃん", "君", "様", "先生"} {
			if cut, ok := strings.CutPrefix(rest, title); ok {
				rest = cut
				break
			}
		}
		return strings.HasPrefix(rest, "が")
	}
	return false
}

// wholeAt reads "la semana pasada", 先月, and the weekday of such a week: 先週の金曜日.
func (p *parser) wholeAt(i int, w *when) int {
	e, end := p.phrase(i, cWhole)
	if e == nil {
		return i
	}
	unit := e.whole
	switch unit {
	case month:
		w.date, w.y, w.m, w.prec = true, p.now.Year(), int(p.now.Month())-1, Month
		if w.m == 0 {
			w.y, w.m = w.y-1, 12
		}
	case year:
		w.date, w.y, w.prec = true, p.now.Year()-1, Year
	default:
		j := end
		if p.is(j, cOf) || p.is(j, cOn) {
			j++
		}
		if e, after := p.phrase(j, cWeekday); e != nil {
			p.day(w, e.weekday-p.weekday()-7)
			return after
		}
		p.day(w, -7)
	}
	return end
}

// markedDate reads 2026年11月3日 and 11月3日, and 2019年11月 without a day.
func (p *parser) markedDate(i int, w *when) int {
	if !p.lex.runs {
		return i
	}
	n, _ := p.number(i)
	y, end := 0, i
	if p.mark(i+1, year) {
		if p.digits(i) != 4 || n < 1900 {
			return i
		}
		y, end = n, i+2
		n, _ = p.number(end)
	}
	if p.mark(end+1, month) && n >= 1 && n <= 12 {
		d, ok := p.number(end + 2)
		if ok && p.mark(end+3, day) && d >= 1 && d <= 31 {
			if y == 0 {
				p.lastDate(w, n, d)
			} else {
				p.setDate(w, y, n, d)
			}
			return end + 4
		}
		if y != 0 {
			w.date, w.y, w.m, w.prec = true, y, n, Month
			w.future = y > p.now.Year() || y == p.now.Year() && n > int(p.now.Month())
			return end + 2
		}
		return i
	}
	if y != 0 {
		w.date, w.y, w.prec, w.future = true, y, Year, y > p.now.Year()
	}
	return end
}

// mark reports the sign of a unit right behind the number of a date.
func (p *parser) mark(i, unit int) bool {
	return p.is(i, cDateMark) && p.glued(i) && p.word(i).unit == unit
}

// stuck reports that token i is one to which a number glued behind it belongs: a word of a script with spaces, or a sign.
func (p *parser) stuck(i int) bool {
	t := &p.toks[i]
	return t.typ == tWord && !spaceless(lastRune(p.s[t.start:t.end])) || t.typ == tOther && !opens(t.r)
}

// digitAt returns the digit at byte i of s and its length, or -1.
func digitAt(s string, i int) (n, size int) {
	if c := s[i]; c < utf8.RuneSelf {
		if isDigit(c) {
			return int(c - '0'), 1
		}
		return -1, 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	for _, zero := range [...]rune{'٠', '۰', '０'} {
		if zero <= r && r <= zero+9 {
			return int(r - zero), size
		}
	}
	return -1, size
}

// numberAt reads the digits at byte i of s; a number of more than nine is -1.
func numberAt(s string, i int) (n, end int) {
	count := 0
	for end = i; end < len(s); count++ {
		d, size := digitAt(s, end)
		if d < 0 {
			break
		}
		if count < 9 {
			n = 10*n + d
		}
		end += size
	}
	if count > 9 {
		n = -1
	}
	return n, end
}

// plainArabic leaves out the marks for vowels and the stretching line, and writes every alif alike, as people do in a hurry.
func plainArabic(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return 0x0600 <= r && r <= 0x06FF }) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 0x064B <= r && r <= 0x0652 || r == 0x0670 || r == 0x0640:
			return -1
		case r == 'أ' || r == 'إ' || r == 'آ':
			return 'ا'
		case r == 'ى':
			return 'ي'
		}
		return r
	}, s)
}

// behindAnd finds a word behind the "and" that Arabic writes onto it.
func (p *parser) behindAnd(key string) *node {
	if rest, ok := strings.CutPrefix(key, "و"); ok && len(rest) > 4 {
		return p.lex.root[rest]
	}
	return nil
}

// laughter finds what people write who laugh longer than the lists do: hahahaha, jajajaja, ههههه.
func (p *parser) laughter(key string) *node {
	for _, one := range [...]string{"ha", "ja", "ه"} {
		if strings.HasPrefix(key, one+one+one) && strings.Trim(key, one) == "" {
			return p.lex.root[one+one+one]
		}
	}
	return nil
}

// arabicPrefix reports one of the small words that are written onto a name: بـ@سارة.
func arabicPrefix(word string) bool {
	switch plainArabic(word) {
	case "ب", "ل", "و", "ك", "ف", "وب", "ول":
		return true
	}
	return false
}
