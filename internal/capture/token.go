package capture

import (
	"unicode"
	"unicode/utf8"

	"kith/internal/i18n"
)

// What a token is.
const (
	tWord   = iota + 1 // a run of letters, with apostrophes inside
	tNumber            // a run of digits: European, Arabic or full width
	tFelt              // an emoticon or emoji
	tOpaque            // a web address: nothing in it means anything
	tOther             // one other character
)

// token is a piece of the line. White space lies between tokens.
type token struct {
	start, end int
	typ        int
	r          rune   // the character, when tOther
	n          int    // the number, when tNumber; -1 when it is longer than nine digits
	felt       int    // when tFelt and known
	known      bool   // tFelt: means something
	key        string // the lower-case word
	node       *node  // where phrases that begin with this word go on
	upper      bool   // the word begins with a capital
	owner      bool   // the word ends in 's, which key and node leave out
	newline    bool   // a line ends before it
	used       bool   // belongs to a span
	dead       bool   // read as something that is no meaning: tomorrow
}

// tokenize cuts s into tokens appended to toks.
func tokenize(s string, toks []token) []token {
	felt := i18n.Felt()
	newline := false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if r == '\n' {
			newline = true
		}
		if r == ' ' || r == '\n' || unicode.IsSpace(r) {
			i += size
			continue
		}
		t := token{start: i, end: i + size, typ: tOther, r: r, newline: newline}
		newline = false
		if end, v, ok := emoticon(s, i, felt); ok {
			t.typ, t.end, t.felt, t.known = tFelt, end, v, true
		} else if end, v, known, ok := emoji(s, i, r, size, felt); ok {
			t.typ, t.end, t.felt, t.known = tFelt, end, v, known
		} else if n, _ := digitAt(s, i); n >= 0 {
			t.typ = tNumber
			t.n, t.end = numberAt(s, i)
		} else if isLetter(r) {
			t.typ = tWord
			t.upper = unicode.IsUpper(r)
			t.end = wordEnd(s, t.end)
			if w := s[t.start:t.end]; (w == "http" || w == "https" || w == "www") && t.end < len(s) && (s[t.end] == ':' || s[t.end] == '.') {
				t.typ = tOpaque
				for t.end < len(s) && s[t.end] > ' ' {
					t.end++
				}
			}
		}
		toks = append(toks, t)
		i = t.end
	}
	return toks
}

// wordEnd returns where the word that reaches i ends: letters, marks, and an apostrophe or joiner between letters.
func wordEnd(s string, i int) int {
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if isASCIILetter(c) {
				i++
				continue
			}
			if c == '\'' && i+1 < len(s) {
				if r, _ := utf8.DecodeRuneInString(s[i+1:]); isLetter(r) {
					i++
					continue
				}
			}
			return i
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if isLetter(r) || unicode.Is(unicode.M, r) && r != 0xFE0F && r != 0x20E3 {
			i += size
			continue
		}
		if r == '’' || r == 0x200C || r == 0x200D || r == 0x00AD {
			if next, _ := utf8.DecodeRuneInString(s[i+size:]); isLetter(next) {
				i += size
				continue
			}
		}
		return i
	}
	return i
}

// emoticon reads the longest sign at i that stands alone: "(see list:a)" and "12:30" have none.
func emoticon(s string, i int, felt map[string]int) (end, value int, ok bool) {
	switch s[i] {
	case ':', ';', '=', '<', '>', '^', '(', 'x', 'X', 'T':
	default:
		return 0, 0, false
	}
	for n := min(4, len(s)-i); n >= 2; n-- {
		v, found := felt[s[i:i+n]]
		if !found {
			continue
		}
		first, last, end := s[i], s[i+n-1], i+n
		for end < len(s) && s[end] == last && (last == ')' || last == '(' || last == 'D') {
			end++
		}
		if end > i+n && v != 0 {
			v = 2 * v / max(v, -v)
		}
		alnum := isASCIILetter(last) || isDigit(last)
		if before, _ := utf8.DecodeLastRuneInString(s[:i]); i > 0 && (alnum || isASCIILetter(first) || first == '<') && wordly(before) {
			continue
		}
		if after, _ := utf8.DecodeRuneInString(s[end:]); end < len(s) && (wordly(after) || after == '/' || after == '\\') {
			continue
		}
		return end, v, true
	}
	return 0, 0, false
}

// emoji reads one emoji with its skin tone, variation selector and joined parts.
func emoji(s string, i int, r rune, size int, felt map[string]int) (end, value int, known, ok bool) {
	if !isEmoji(r) {
		return 0, 0, false, false
	}
	first := s[i : i+size]
	plain := first // without tones and selectors; a copy is made only when something was left out
	end = i + size
	joined := false
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		switch {
		case r == 0x200D:
			next, n := utf8.DecodeRuneInString(s[end+size:])
			if !isEmoji(next) && next != 0x2194 && next != 0x2195 {
				return found(felt, plain, first, end, joined)
			}
			if len(plain) < 64 {
				plain += s[end+size : end+size+n]
			}
			joined = true
			end += size + n
			continue
		case r == 0xFE0F || r == 0xFE0E || r == 0x20E3 || 0x1F3FB <= r && r <= 0x1F3FF || 0xE0020 <= r && r <= 0xE007F:
			end += size
			continue
		}
		break
	}
	return found(felt, plain, first, end, joined)
}

func found(felt map[string]int, plain, first string, end int, joined bool) (int, int, bool, bool) {
	v, known := felt[plain]
	if !known && joined {
		v, known = felt[first]
	}
	return end, v, known, true
}

func isEmoji(r rune) bool {
	return 0x1F000 <= r && r <= 0x1FAFF || 0x2600 <= r && r <= 0x27BF || 0x2B00 <= r && r <= 0x2BFF && r != 0x2B0A ||
		0x2300 <= r && r <= 0x23FF
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIILetter(byte(r))
	}
	return unicode.IsLetter(r)
}

// wordly reports what can be part of a word or number.
func wordly(r rune) bool {
	return isLetter(r) || '0' <= r && r <= '9' || r >= utf8.RuneSelf && (unicode.IsDigit(r) || unicode.Is(unicode.M, r))
}
