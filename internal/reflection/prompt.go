package reflection

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"kith/internal/account"
	"kith/internal/i18n"
	"kith/internal/packed"
)

// Prompt is a question for an evening.
type Prompt struct{ ID, Text string }

// decks are the questions of each language, in the same order: a line of its file is "id | question".
var decks = sync.OnceValue(func() map[string][]Prompt { //nolint:gochecknoglobals // a cache of embedded files
	m := map[string][]Prompt{}
	for _, l := range i18n.Locales() {
		d, err := readDeck(l.Tag)
		if err != nil {
			panic("reflection: embedded deck: " + err.Error()) // the files are part of the program
		}
		m[l.Tag] = d
	}
	return m
})

func readDeck(tag string) ([]Prompt, error) {
	b, err := packed.Read("reflection/deck/" + tag + ".txt")
	if err != nil {
		return nil, err
	}
	var list []Prompt
	for l := range strings.Lines(string(b)) {
		id, text, ok := strings.Cut(strings.TrimSpace(l), " | ")
		if !ok {
			return nil, fmt.Errorf("%s: %q", tag, l)
		}
		list = append(list, Prompt{id, text})
	}
	return list, nil
}

func deck(locale string) []Prompt { return decks()[i18n.For(locale).Locale()] }

func deckHas(id string) bool {
	return slices.ContainsFunc(deck(i18n.Default), func(p Prompt) bool { return p.ID == id })
}

// PromptOf is the question of an id in a language; one that left the deck has no text.
func PromptOf(id, locale string) Prompt {
	for _, p := range deck(locale) {
		if p.ID == id {
			return p
		}
	}
	return Prompt{ID: id}
}

// draw chooses the question of a day among those answered least often: the deck is gone through before one comes again.
// Each person has an order of their own; turn is how many were passed over this evening. The same answers, day and turn
// draw the same.
func draw(by account.ID, answered map[string]int, day string, turn int, locale string) Prompt {
	list := deck(locale)
	least := answered[list[0].ID]
	for _, p := range list {
		least = min(least, answered[p.ID])
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(by))
	order := rand.New(rand.NewPCG(h.Sum64(), uint64(least))).Perm(len(list)) //nolint:gosec // an order, no secret
	left := order[:0]
	for _, i := range order {
		if answered[list[i].ID] == least {
			left = append(left, i)
		}
	}
	t, _ := time.Parse(time.DateOnly, day)
	n := int(t.Unix()/(24*60*60)) + max(0, turn)
	return list[left[((n%len(left))+len(left))%len(left)]]
}

// Prompts is the whole deck in a language.
func Prompts(locale string) []Prompt { return slices.Clone(deck(locale)) }
