package opportunity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/moment"
	"kith/internal/packed"
	"kith/internal/person"
)

// openers are first sentences by what they are drawn from, in each language: data, several for each.
var openers = sync.OnceValue(func() map[string]map[string][]string { //nolint:gochecknoglobals // a cache of embedded files
	all := map[string]map[string][]string{}
	for _, l := range i18n.Locales() {
		b, err := packed.Read("opportunity/openers/" + l.Tag + ".json")
		list := map[string][]string{}
		if err == nil {
			err = json.Unmarshal(b, &list)
		}
		if err != nil {
			panic(fmt.Sprintf("opportunity: embedded openers: %v", err)) // the files are part of the program
		}
		all[l.Tag] = list
	}
	return all
})

// maxFact is how long a fact may be that is quoted in a message, in characters.
const maxFact = 60

// Opening is how a word to somebody may begin.
type Opening struct {
	Person  person.Detail // without what is private
	Why     string        // of the suggestion, if it is one of today's
	Opening []string      // the one that fits best first; to be changed, and sent by nobody but its owner
}

// Opening drafts the first words to somebody from what is known of them: the follow-up or the day that a suggestion is
// about, the last time the two were in touch, a fact that is not private. They are in the language spoken with them.
func (s *Service) Opening(ctx context.Context, u account.User, day, personID, suggestion string) (Opening, error) {
	d, err := s.people.Detail(ctx, u.ID, personID)
	if err != nil {
		return Opening{}, err
	}
	o := Opening{Person: d.For(account.Shared)} // it is quoted in words for somebody else
	locale := u.Locale
	if d.Locale != "" && i18n.Spoken(d.Locale) {
		locale = d.Locale
	}
	p := i18n.For(locale)
	say := func(key string, kv ...string) {
		list := openers()[p.Locale()][key]
		if len(list) == 0 {
			return
		}
		words := list[int(turn(string(u.ID)+"/"+day+"/"+personID+"/"+key)*float64(len(list)))]
		name, _, _ := strings.Cut(called(d.Person), " ")
		words = strings.ReplaceAll(words, "{{.name}}", name)
		for i := 0; i+1 < len(kv); i += 2 {
			words = strings.ReplaceAll(words, "{{."+kv[i]+"}}", kv[i+1])
		}
		o.Opening = append(o.Opening, words)
	}
	source, rest, _ := sourceOf(suggestion)
	_, part, _ := strings.Cut(rest, ":")
	for _, f := range d.FollowUps {
		if source == SourceFollowUp && f.ID == part {
			say("follow_up", "text", f.Text)
		}
	}
	for _, date := range d.Dates {
		if on, _ := date.Next(day); source == SourceDate && date.ID == part && date.Kind == person.Birthday && on == day {
			say("birthday")
		}
	}
	if source == SourceFinished {
		done, err := s.finishedBy(ctx, u, d.ID)
		if err != nil {
			return Opening{}, err
		}
		if done != "" {
			say("finished", "title", done)
		}
	}
	if d.LastContactMoment != "" {
		last, err := moment.Glance(ctx, s.db, u.ID, d.LastContactMoment)
		if err != nil {
			return Opening{}, err
		}
		key := "last"
		if openers()[p.Locale()][last.Kind] != nil {
			key = last.Kind
		}
		if last.Precision == "minute" || last.Precision == "day" {
			say(key, "on", p.Day(last.Day, "date"))
		}
	}
	for _, f := range o.Person.Facts {
		if utf8.RuneCountInString(f.Text) <= maxFact && !strings.Contains(f.Text, "\n") {
			say("fact", "fact", strings.TrimRight(f.Text, ". "))
			break
		}
	}
	say("plain")
	if suggestion != "" {
		list, err := s.Today(ctx, u, day)
		if err != nil {
			return Opening{}, err
		}
		for _, c := range list {
			if c.ID == suggestion {
				o.Why = c.Why
			}
		}
	}
	return o, nil
}

// Reached records that a suggestion about somebody was carried out: it was taken, and its follow-up is done.
func (s *Service) Reached(ctx context.Context, by account.ID, day, suggestion string) error {
	if suggestion == "" {
		return nil
	}
	source, rest, _ := sourceOf(suggestion)
	personID, part, _ := strings.Cut(rest, ":")
	if source == SourceFollowUp {
		done := person.Done
		if _, err := s.people.ChangeFollowUp(ctx, by, personID, part, person.FollowUpChange{State: &done}, 0); err != nil && fault.As(err) == nil {
			return err
		}
	}
	return s.Answer(ctx, by, day, suggestion, Accepted)
}
