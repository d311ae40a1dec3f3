package person

import (
	"encoding/hex"
	"strings"
	"unicode"

	"kith/internal/collation"
	"kith/internal/fold"
)

// alphabet is whose order names follow for a language of the account: empty is the root order, which English, German and
// most others share, and so far those that order ideographs. Norwegian is sorted by Danish rules (å and aa last), which Unicode gives no rules of its own for.
func alphabet(locale string) string {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
	switch base {
	case "nb", "nn", "no":
		return "da"
	case "da", "sv", "fi", "et", "lv", "lt", "pl", "cs", "sk", "hu", "hr", "sl", "sr", "bs", "ro", "tr", "az", "is", "fo", "es", "cy", "vi", "eo", "sq",
		"uk", "be", "bg", "mk", "ru", "fa", "ar", "he", "th":
		return base
	}
	return ""
}

// sortKey is text whose byte order is the alphabetical order of names.
func sortKey(lang, name string) string {
	return hex.EncodeToString(collation.Key(lang, name))
}

// findWords are the words somebody is found by, each with a space before it: those of the name and the nickname, and of
// O'Brien also brien and obrien.
func findWords(name, nickname string) string {
	var b strings.Builder
	for _, w := range append(fold.Words(fold.Fold(name)), fold.Words(fold.Fold(nickname))...) {
		b.WriteString(" " + w)
		if _, after, ok := strings.Cut(w, "'"); ok && after != "" {
			b.WriteString(" " + after + " " + strings.ReplaceAll(w, "'", ""))
		}
	}
	return b.String()
}

// anywhere reports whether a word is in a script that is written without spaces, where its beginning is nowhere marked.
func anywhere(word string) bool {
	for _, r := range word {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー'
	}
	return false
}
