package pulse

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"kith/internal/fold"
	"kith/internal/i18n"
	"kith/internal/packed"
)

// The words are data: words/LANGUAGE.json holds, for each quadrant, the id of every word and how the language says it. An
// id, once released, keeps its meaning. Pulses hold "quadrant.id", which no own word looks like by chance.

// Word is a word for how one feels.
type Word struct {
	ID       string // "calm.content"; empty for an own word
	Text     string
	Quadrant string
}

type vocabulary struct {
	list   []Word
	byID   map[string]string // id to text
	byText map[string]string // folded text to id
}

var vocabularies = sync.OnceValue(func() map[string]func() vocabulary { //nolint:gochecknoglobals // a cache of embedded files
	m := map[string]func() vocabulary{}
	for _, l := range i18n.Locales() {
		m[l.Tag] = sync.OnceValue(func() vocabulary {
			v, err := readWords(l.Tag)
			if err != nil {
				panic(fmt.Sprintf("pulse: embedded words: %v", err)) // the files are part of the program
			}
			return v
		})
	}
	return m
})

func readWords(tag string) (vocabulary, error) {
	v := vocabulary{byID: map[string]string{}, byText: map[string]string{}}
	b, err := packed.Read("pulse/words/" + tag + ".json")
	if err != nil {
		return v, err
	}
	var file map[string][][2]string
	if err := json.Unmarshal(b, &file); err != nil {
		return v, fmt.Errorf("%s: %w", tag, err)
	}
	for _, q := range Quadrants() {
		for _, pair := range file[q] {
			w := Word{ID: q + "." + pair[0], Text: pair[1], Quadrant: q}
			v.list = append(v.list, w)
			v.byID[w.ID], v.byText[fold.Fold(w.Text)] = w.Text, w.ID
		}
	}
	return v, nil
}

func words(locale string) vocabulary { return vocabularies()[i18n.For(locale).Locale()]() }

// Words lists the library in the language of the locale, quadrant by quadrant. The list is the caller's to read only.
func Words(locale string) []Word { return words(locale).list }

// known is the id of a word of the library, given by id or as the language or English says it; others stay as they are.
func known(word, locale string) string {
	v := words(locale)
	if _, ok := v.byID[word]; ok {
		return word
	}
	if id, ok := v.byText[fold.Fold(word)]; ok {
		return id
	}
	if id, ok := words(i18n.Default).byText[fold.Fold(word)]; ok {
		return id
	}
	return word
}

// Say gives the words of a pulse in the language of the locale.
func Say(list []string, locale string) []Word {
	v := words(locale)
	out := make([]Word, 0, len(list))
	for _, w := range list {
		text, ok := v.byID[w]
		if !ok {
			out = append(out, Word{Text: w})
			continue
		}
		q, _, _ := strings.Cut(w, ".")
		out = append(out, Word{ID: w, Text: text, Quadrant: q})
	}
	return out
}
