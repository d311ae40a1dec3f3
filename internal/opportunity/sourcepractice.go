package opportunity

import (
	"context"
	"slices"
	"time"

	"kith/internal/practice"
)

// sourcePractice offers exercises, which need no data and, the weak-tie ones, nobody one knows.
func sourcePractice(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	cards, err := practice.DeckOf(ctx, s.db, sc.u.ID, sc.u.Locale, sc.day, sc.u.Day)
	if err != nil {
		return nil, err
	}
	first, _ := time.Parse(time.DateOnly, max(sc.u.Day(sc.u.CreatedAt), cards.Since)) // days that were just made
	never, answered := map[string]bool{}, map[string]bool{}
	for _, a := range sc.answers {
		id, ok := practiceOf(a.Opportunity)
		switch {
		case !ok:
		case a.Day == sc.day:
			answered[id] = true
		case a.Day < sc.day && a.Answer == NotThis:
			// The deck changes on the day after; the walk begins anew with it, for its length is the deck's.
			never[id] = true
			if after, err := time.Parse(time.DateOnly, a.Day); err == nil && !after.Before(first) {
				first = after.AddDate(0, 0, 1)
			}
		}
	}
	var list []Candidate
	for _, p := range draw(deckOf(cards.Cards, never, sc.never), string(sc.u.ID), first, sc.on) {
		if answered[p.ID] || cards.Out[p.ID] || slices.Contains(sc.done, p.Kind) {
			continue
		}
		list = append(list, sc.practice(p))
	}
	return list, nil
}

func (sc *scene) practice(p *practice.Practice) Candidate {
	c := Candidate{Opportunity: Opportunity{
		ID: SourcePractice + ":" + p.ID, Source: SourcePractice, Practice: p.ID, Kind: p.Kind, Seconds: p.Seconds,
		Text: p.Suggest, Why: p.Why, Act: ActIntend,
	}}
	if p.Own {
		c.Why = sc.p.T("opportunity.practice.own")
	}
	c.Facts = sc.facts(SourcePractice, SourcePractice)
	return c
}

// tiny is a smallest step that was not done, answered or put away: another one each day.
func (s *Service) tiny(ctx context.Context, sc *scene) ([]Candidate, error) {
	cards, err := practice.DeckOf(ctx, s.db, sc.u.ID, sc.u.Locale, sc.day, sc.u.Day)
	if err != nil {
		return nil, err
	}
	never, answered := map[string]bool{}, map[string]bool{}
	for _, a := range sc.answers {
		if id, ok := practiceOf(a.Opportunity); ok {
			never[id] = never[id] || a.Answer == NotThis
			answered[id] = answered[id] || a.Day == sc.day
		}
	}
	deck := slices.DeleteFunc(deckOf(cards.Cards, never, sc.never), func(p *practice.Practice) bool {
		return answered[p.ID] || cards.Out[p.ID] || slices.Contains(sc.done, p.Kind)
	})
	if len(deck) == 0 {
		return nil, nil
	}
	deck = shuffle(deck, sc.seed("tiny"))
	return []Candidate{sc.practice(slices.MinFunc(deck, func(a, b *practice.Practice) int { return max(a.Seconds, 30) - max(b.Seconds, 30) }))}, nil
}

// deckOf returns the practices without what the account does not want to see.
func deckOf(all []practice.Practice, never map[string]bool, put map[string]string) []*practice.Practice {
	var deck []*practice.Practice
	for _, p := range all {
		if !never[p.ID] && put["kind:"+p.Kind] == "" && put["source:"+SourcePractice] == "" {
			deck = append(deck, &p)
		}
	}
	return deck
}
