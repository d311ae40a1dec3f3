package person

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Colours is how many colours Colour chooses from.
const Colours = 10

// Colour is the number of the colour behind somebody's initials, from 0. It follows from the id, so that it stays when the
// name changes.
func (p Person) Colour() int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(p.ID))
	return int(h.Sum32() % Colours)
}

// Initials are the first signs of the first and last words of a name, at most two: "AM" of Ana María; of a name without
// letters its first sign, such as an emoji with all that belongs to it.
func (p Person) Initials() string { return Initials(p.Name) }

// Initials are the first signs of the first and the last word of a name.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"“”„()[],", r) })
	if len(words) == 0 {
		return ""
	}
	first := firstSign(words[0])
	r, _ := utf8.DecodeRuneInString(first)
	if len(words) == 1 || !unicode.IsLetter(r) {
		return upper(first)
	}
	last := firstSign(words[len(words)-1])
	if r, _ := utf8.DecodeRuneInString(last); !unicode.IsLetter(r) {
		return upper(first)
	}
	return upper(first + last)
}

// upper raises plain initials and leaves what has more than one character, or would grow by it, as it is.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 'ß' {
			return 'S'
		}
		return unicode.ToUpper(r)
	}, s)
}

// firstSign is the first character of a word with its marks and, for emoji, what is joined to it.
func firstSign(word string) string {
	end, joined := 0, false
	flag := 0
	for i, r := range word {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			size = 1
		}
		regional := r >= 0x1F1E6 && r <= 0x1F1FF
		switch {
		case i == 0:
		case unicode.Is(unicode.M, r), r == 0x200D, r >= 0xFE00 && r <= 0xFE0F, r >= 0x1F3FB && r <= 0x1F3FF, r >= 0xE0020 && r <= 0xE007F:
		case regional && flag == 1:
		case joined:
		default:
			return word[:end]
		}
		if regional {
			flag++
		}
		joined = r == 0x200D
		end = i + size
	}
	return word[:end]
}
