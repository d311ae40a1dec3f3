package addressbook

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func unique(list []string) []string {
	seen := map[string]bool{"": true}
	list = slices.DeleteFunc(list, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
	if len(list) == 0 {
		return nil
	}
	return list
}

// cjk reports whether a name is written in a script that puts no blank between family and given name.
func cjk(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && r != '々' && r != 'ー' {
			return false
		}
	}
	return s != ""
}

// unwrap makes "_$!<AssistantPhone>!$_" into "assistant phone". The owner's own words stay as they are.
func unwrap(s string) string {
	inner, ok := strings.CutPrefix(s, "_$!<")
	if !ok {
		return s
	}
	inner = strings.TrimSuffix(inner, ">!$_")
	var b strings.Builder
	small := false
	for _, r := range inner {
		if unicode.IsUpper(r) && small {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// printable takes out control characters, which have no place in a line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7F || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

// tidy makes a value one line of composed characters.
func tidy(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' && (s[i] != ' ' || i == 0 || i == len(s)-1 || s[i-1] == ' ') || s[i] >= utf8.RuneSelf || s[i] == 0x7F {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case r < ' ', r == 0x7F, r == 0xFEFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// tidyText is tidy for texts of more than one line.
func tidyText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7F || r == 0xFEFF {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.TrimSpace(s))
}
