// Package practice is the library: small exercises that take seconds to minutes, each with how it is done, the studies
// behind it, and how strong they are; and beside it the practices that people add for themselves, which have no study.
//
// The library is data: library/library.json holds what is the same in every language, library/LANGUAGE.json the words.
// A part of it is on from the start; further ones are off until somebody switches them on. A grade belongs to the outcome
// beside it, not to the practice as such, and no sentence words an association as a cause. It suggests nothing; package
// opportunity chooses.
//
// Invariants: an id, once released, keeps its meaning, because intentions and answers are stored by it. Every practice of
// the library has all its words in every language, and every practice has one of the kinds a moment can have. The id of
// an own one is a UUID, which none in the library is. A deleted one leaves its id and what kind it was, but no words. What
// Library, Further and Get return is the caller's own.
package practice

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"kith/internal/i18n"
	"kith/internal/packed"
)

// Grades of evidence.
const (
	Strong = "strong" // several randomised studies or a bias-checked meta-analysis; the effect may still be small
	Mixed  = "mixed"  // few or small trials, or trials that disagree
	Weak   = "weak"   // one small or uncontrolled study, or a mechanism only
)

// Source is a study behind a practice.
type Source struct {
	Citation string `json:"citation"` // "Liu et al. 2023"
	DOI      string `json:"doi"`
	Verified bool   `json:"verified"` // the DOI was looked up and led to this study
}

// Practice is one exercise in one language.
type Practice struct {
	ID          string
	Name        string
	Kind        string   // of the moment it makes
	Also        []string // further kinds of moment that fulfil it
	Context     string   // personal, professional, or empty for both
	Seconds     int
	How         string
	Suggest     string // one finished sentence that proposes it for today
	Why         string // the reason to, in one honest sentence
	Evidence    string // what the studies found
	Sources     []Source
	DOI         string // of the first source
	Outcome     string // what the grade is about
	Grade       string
	Cautions    []string // sentences to be read before doing it
	NeedsPerson bool     // it is done with or for somebody one knows
	Further     bool     // of the library, but off until it is switched on
	Own         bool     // it is the account's, not the library's
	On          bool     // it is in the deck; what was put away since, package opportunity knows
	Revision    int64    // of an own one
}

// Duration is how long it takes.
func (p Practice) Duration() time.Duration { return time.Duration(p.Seconds) * time.Second }

// Fits reports whether a moment of this kind fulfils the practice.
func (p Practice) Fits(kind string) bool { return p.Kind == kind || slices.Contains(p.Also, kind) }

// fact is what every language shares.
type fact struct {
	ID          string   `json:"id"`
	Seconds     int      `json:"seconds"`
	Kind        string   `json:"kind"`
	Also        []string `json:"also"`
	Context     string   `json:"context"`
	Grade       string   `json:"grade"`
	NeedsPerson bool     `json:"needs_person"`
	Cautions    []string `json:"cautions"`
	Further     bool     `json:"further"`
	Sources     []Source `json:"sources"`
}

// spoken is a practice in one language.
type spoken struct {
	Name     string `json:"name"`
	How      string `json:"how"`
	Suggest  string `json:"suggest"`
	Why      string `json:"why"`
	Evidence string `json:"evidence"`
	Outcome  string `json:"outcome"`
}

type book struct {
	list  []Practice
	index map[string]int
}

// books holds, for each language, a function that reads the library on first use: start-up does not wait for it.
var books = sync.OnceValue(func() map[string]func() book { //nolint:gochecknoglobals // a cache of embedded files
	m := map[string]func() book{}
	for _, l := range i18n.Locales() {
		m[l.Tag] = sync.OnceValue(func() book {
			b, err := read(l.Tag)
			if err != nil {
				panic(fmt.Sprintf("practice: embedded library: %v", err)) // the files are part of the program
			}
			return b
		})
	}
	return m
})

func decode(name string, v any) error {
	b, err := packed.Read("practice/library/" + name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func read(tag string) (book, error) {
	var facts []fact
	if err := decode("library.json", &facts); err != nil {
		return book{}, err
	}
	var said struct {
		Cautions  map[string]string `json:"cautions"`
		Practices map[string]spoken `json:"practices"`
	}
	if err := decode(tag+".json", &said); err != nil {
		return book{}, err
	}
	b := book{index: make(map[string]int, len(facts))}
	for i, f := range facts {
		w := said.Practices[f.ID]
		p := Practice{
			ID: f.ID, Name: w.Name, Kind: f.Kind, Also: f.Also, Context: f.Context, Seconds: f.Seconds, How: w.How,
			Suggest: w.Suggest, Why: w.Why, Evidence: w.Evidence, Sources: f.Sources, Outcome: w.Outcome, Grade: f.Grade,
			NeedsPerson: f.NeedsPerson, Further: f.Further, On: !f.Further,
		}
		if len(f.Sources) > 0 {
			p.DOI = f.Sources[0].DOI
		}
		for _, code := range f.Cautions {
			p.Cautions = append(p.Cautions, said.Cautions[code])
		}
		b.list = append(b.list, p)
		b.index[f.ID] = i
	}
	return b, nil
}

func in(locale string) book { return books()[i18n.For(locale).Locale()]() }

// own returns a copy that shares nothing with the library.
func own(p Practice) Practice {
	p.Also, p.Sources, p.Cautions = slices.Clone(p.Also), slices.Clone(p.Sources), slices.Clone(p.Cautions)
	return p
}

// Library returns the practices that are on from the start, in the language of the locale and the order of pages.
func Library(locale string) []Practice { return some(locale, false) }

// Further returns the practices of the library that are off until they are switched on.
func Further(locale string) []Practice { return some(locale, true) }

func some(locale string, further bool) []Practice {
	var list []Practice
	for _, p := range in(locale).list {
		if p.Further == further {
			list = append(list, own(p))
		}
	}
	return list
}

// Get returns the practice of the library that has this id, in the language of the locale.
func Get(id, locale string) (Practice, bool) {
	b := in(locale)
	i, ok := b.index[id]
	if !ok {
		return Practice{}, false
	}
	return own(b.list[i]), true
}

// Fulfils reports whether a moment of this kind fulfils the practice of the library that has this id.
func Fulfils(id, kind string) bool {
	b := in(i18n.Default)
	i, ok := b.index[id]
	return ok && b.list[i].Fits(kind)
}
