// Package fold makes texts comparable: it says when two spellings are the same for searching, sorting into buckets and
// matching names ("José", "JOSE" and "jose" are), and cuts a text into the tokens that the search index and a query share.
//
// It is not collation (order is a matter of language) and not stemming. It is pure and imports nothing of Kith.
//
// Invariants: Fold is deterministic and idempotent, its result is valid UTF-8 in NFKC without marks. Every token is
// folded and never empty. A query finds a text exactly when each of its terms is among the text's tokens, so both must
// come from here, and changing either means building every index again.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns s in the form in which texts are compared: compatibility forms unified (NFKC), case folded, marks and
// invisible characters removed, and letters with a stroke taken as their base letter. Bytes that are not UTF-8 become
// U+FFFD. Text that is already plain lower-case ASCII is returned as it is, without allocation.
func Fold(s string) string {
	ascii, lower := true, true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			ascii = false
			break
		}
		if 'A' <= c && c <= 'Z' {
			lower = false
		}
	}
	switch {
	case ascii && lower:
		return s
	case ascii:
		return strings.ToLower(s)
	}
	return foldUnicode(s)
}

// Blank reports that there is nothing in s to see: white space, and characters that only steer others.
func Blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.In(r, unicode.Cf, unicode.Cc) }) < 0
}

// Words cuts a folded text where its words end, as they are found by their beginnings.
func Words(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("-.,_\"()[]/@", r)
	})
}

// Findable is a text as it is kept to be found by the beginnings of its words: folded, a space before each.
func Findable(s string) string { return " " + strings.Join(Words(Fold(s)), " ") }

// foldUnicode strips before it folds: in the other order the Greek iota subscript, a mark, would become a letter.
func foldUnicode(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	b := make([]byte, 0, len(s)+8)
	plain := true // nothing beyond ASCII is left
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b = append(b, c)
			i++
			continue
		}
		p := norm.NFKD.PropertiesString(s[i:])
		size := p.Size()
		if size == 0 { // cannot happen in valid text; never loop for ever
			size = 1
		}
		part := s[i : i+size]
		i += size
		if d := p.Decomposition(); d != nil {
			for len(d) > 0 {
				r, n := utf8.DecodeRune(d)
				d = d[n:]
				b, plain = appendBase(b, r, plain)
			}
			continue
		}
		r, _ := utf8.DecodeRuneInString(part)
		b, plain = appendBase(b, r, plain)
	}
	if plain {
		return string(b)
	}
	return norm.NFKC.String(cases.Fold().String(string(b)))
}

// appendBase appends r unless it is a mark or invisible, and reports whether all so far is ASCII.
func appendBase(b []byte, r rune, plain bool) ([]byte, bool) {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(b, byte(r)), plain
	}
	// Unicode gives these letters no decomposition, yet people type the base letter when they look for them.
	switch r {
	case 'ł', 'Ł':
		return append(b, 'l'), plain
	case 'ø', 'Ø':
		return append(b, 'o'), plain
	case 'đ', 'Đ', 'ð', 'Ð':
		return append(b, 'd'), plain
	case 'ħ', 'Ħ':
		return append(b, 'h'), plain
	case 'ŧ', 'Ŧ':
		return append(b, 't'), plain
	case 'ı':
		return append(b, 'i'), plain
	case 'æ', 'Æ':
		return append(b, "ae"...), plain
	case 'œ', 'Œ':
		return append(b, "oe"...), plain
	case 'ß', 'ẞ':
		return append(b, "ss"...), plain
	case '’', '‘', 'ʼ':
		return append(b, '\''), plain
	}
	// cases.Fold swaps the two cases of Cherokee instead of choosing one, so one is chosen here.
	switch {
	case 0xAB70 <= r && r <= 0xABBF:
		r -= 0xAB70 - 0x13A0
	case 0x13F8 <= r && r <= 0x13FD:
		r -= 8
	}
	if unicode.Is(unicode.M, r) || invisible(r) {
		return b, plain
	}
	return utf8.AppendRune(b, r), false
}

// invisible reports joiners, direction marks and other characters that show nothing and would keep equal words apart.
func invisible(r rune) bool {
	switch {
	case r == 0x00AD, r == 0x061C, r == 0x180E, r == 0xFEFF:
		return true
	case 0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F:
		return true
	case 0xE0000 <= r && r <= 0xE0FFF:
		return true
	}
	return false
}
