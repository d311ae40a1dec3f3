package fold

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRunes is the most of one word that is kept; a longer one is cut, in texts and queries alike. Indexes have limits
// on a word (PostgreSQL 2,046 bytes), and nobody types more.
const maxRunes = 64

// maxTerms is the most a query asks for; what follows is left out, which can only find more.
const maxTerms = 64

// Term is one word a query asks for.
type Term struct {
	Text   string // folded
	Prefix bool   // any token that begins with Text will do
}

// Tokens returns the tokens of s in order, repeated as often as they occur: runs of letters and digits of the folded
// text. A run in a script that is written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) gives every pair of
// neighbours and its last character alone, so that each of its characters begins some token.
func Tokens(s string) []string {
	var out []string
	runs(Fold(s), func(run string, pairs bool) {
		if !pairs {
			out = append(out, cut(run))
			return
		}
		out = appendPairs(out, run)
		_, n := utf8.DecodeLastRuneInString(run)
		out = append(out, run[len(run)-n:])
	})
	return out
}

// Query returns the terms of a query, each once, in order; a text matches when it has all of them. In a script without
// spaces two characters or more ask for their pairs, a single one for any token that begins with it. A * at the very
// end makes the last term a prefix. At most 64 terms are taken.
func Query(s string) []Term {
	s = Fold(s)
	var out []Term
	add := func(t Term) {
		if slices.Contains(out, t) {
			return
		}
		if len(out) < maxTerms {
			out = append(out, t)
		}
	}
	last := Term{}
	runs(s, func(run string, pairs bool) {
		switch {
		case !pairs:
			last = Term{Text: cut(run)}
			add(last)
		case utf8.RuneCountInString(run) == 1:
			last = Term{Text: run, Prefix: true}
			add(last)
		default:
			for _, p := range appendPairs(nil, run) {
				if len(out) == maxTerms {
					break
				}
				last = Term{Text: p}
				add(last)
			}
		}
	})
	if last.Text != "" && !last.Prefix && strings.HasSuffix(strings.TrimSpace(s), "*") {
		for i := range out {
			if out[i] == last {
				out[i].Prefix = true
			}
		}
	}
	return out
}

// runs calls f for each run of letters and digits of the folded s; pairs says that the run is in a script without spaces.
func runs(s string, f func(run string, pairs bool)) {
	start, pairs := -1, false
	for i, r := range s {
		word, p := class(r)
		if start >= 0 && (!word || p != pairs) {
			f(s[start:i], pairs)
			start = -1
		}
		if word && start < 0 {
			start, pairs = i, p
		}
	}
	if start >= 0 {
		f(s[start:], pairs)
	}
}

// class says whether r belongs to a word and whether its script is written without spaces.
func class(r rune) (word, pairs bool) {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z', false
	}
	if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
		return false, false
	}
	// The long-vowel sign belongs to both kana and so to neither table.
	if r == 'ー' {
		return true, true
	}
	if r < 0x0E00 || unicode.IsDigit(r) {
		return true, false
	}
	return true, unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}

func appendPairs(out []string, run string) []string {
	prev := 0
	for i := range run {
		if i == 0 {
			continue
		}
		_, n := utf8.DecodeRuneInString(run[i:])
		out = append(out, run[prev:i+n])
		prev = i
	}
	return out
}

func cut(word string) string {
	if len(word) <= maxRunes {
		return word
	}
	n := 0
	for i := range word {
		if n == maxRunes {
			return word[:i]
		}
		n++
	}
	return word
}
