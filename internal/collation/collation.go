// Package collation puts names into alphabetical order: it makes keys whose byte order is the order of the Unicode Collation
// Algorithm (UTS 10), in the root order or in that of a language.
//
// It is not folding (fold says what is the same) and not searching, and it orders no numbers by their value. It is pure and
// imports nothing of Kith.
//
// Invariants: a key is, byte for byte, the one golang.org/x/text/collate makes of s in NFD, out of which the tables are generated; keys
// are stored, so tables that give other keys need a migration that makes the stored ones anew. Keys of two languages
// are never compared.
package collation

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Key returns the key of s in the order of a language, given as "da" or "sv". A language without rules of its own, and the
// empty one, has the root order.
func Key(lang, s string) []byte {
	t := tables()[lang]
	if t == nil {
		t = tables()[""]
	}
	var room [128]rune
	rs := room[:0]
	for _, r := range norm.NFD.String(s) {
		rs = append(rs, r)
	}
	var secondRoom, thirdRoom [256]byte
	primary, secondary, tertiary := make([]byte, 0, 5*len(rs)+8), secondRoom[:0], thirdRoom[:0]
	for len(rs) > 0 {
		e, n := t.match(rs)
		if e == 0 {
			primary = appendPrimary(primary, implicit(rs[0]))
			secondary = append(secondary, 0, 0x20)
			tertiary = append(tertiary, 2)
		} else {
			one, two, three := weights[e:].split()
			primary, secondary, tertiary = append(primary, one...), append(secondary, two...), append(tertiary, three...)
		}
		rs = rs[n:]
	}
	primary = append(append(primary, 0, 0), secondary...)
	return append(append(primary, 0, 0), tertiary...)
}

// match returns where the weights of the first character of rs begin, with as many of the following as are weighed together with it,
// and how many they are. It may move marks of rs that stand between those behind them. Zero is a character no table names.
func (t *table) match(rs []rune) (entry uint32, n int) {
	longest, ok := t.longest[rs[0]]
	if !ok {
		return t.single(rs[0]), 1
	}
	n = min(longest, len(rs))
	for ; n > 1; n-- {
		if entry = t.contraction(string(rs[:n])); entry != 0 {
			break
		}
	}
	if n == 1 {
		entry = t.single(rs[0])
	}
	// A mark belongs to the letter also across other marks, up to two in a row that stand in the same place.
	var before uint8
	for i := n; i < len(rs); i++ {
		class := norm.NFD.PropertiesString(string(rs[i])).CCC()
		if class <= before { // also a letter, whose class is zero
			break
		}
		before = class
		if e := t.contraction(string(rs[:n]) + string(rs[i])); e != 0 && i > n {
			r := rs[i]
			copy(rs[n+1:i+1], rs[n:i])
			rs[n] = r
			entry, n = e, n+1
		}
	}
	return entry, n
}

// implicit is the weight of a character that no table names, behind all that one does: ideographs, the common ones first,
// then everything else, by code point.
func implicit(r rune) int {
	switch {
	case !unicode.Is(unicode.Ideographic, r):
		return int(r) + 0x50000
	case 0x4E00 <= r && r <= 0x9FFF, 0xF900 <= r && r <= 0xFAFF:
		return int(r) + 0x10000
	}
	return int(r) + 0x20000
}

func appendPrimary(b []byte, p int) []byte {
	if p <= 0x7FFF {
		return append(b, byte(p>>8), byte(p))
	}
	return append(b, byte(p>>16)|0x80, byte(p>>8), byte(p))
}
