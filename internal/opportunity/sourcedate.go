package opportunity

import (
	"context"
	"slices"
	"time"

	"kith/internal/person"
)

// sourceDate offers what has its day: birthdays, anniversaries and the like, each from its lead time on. On the eve there
// is nothing left to prepare and nothing to say yet, so it waits for the day itself.
func sourceDate(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	coming, err := s.people.Ahead(ctx, s.db, sc.u.ID, sc.day, -1)
	if err != nil || len(coming) == 0 {
		return nil, err
	}
	people, err := s.alive(ctx, sc, coming)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, d := range coming {
		p, ok := people[d.Person]
		if !ok || d.Kind == person.Death || d.Kind == person.Met {
			continue
		}
		on, err := time.Parse(time.DateOnly, d.On)
		if err != nil {
			continue
		}
		ahead := int(on.Sub(sc.on).Hours()) / 24
		if ahead == 1 {
			continue
		}
		c, ok := sc.person(SourceDate, SourceDate+":"+d.Person+":"+d.ID, d.Person, restOf(SourceDate, 0))
		if !ok || ahead == 0 && !sc.decent(p) {
			continue
		}
		c.Facts.Ahead, c.Facts.Lead, c.On = ahead, d.Lead(), d.On
		c.Name = called(p)
		kind := d.Kind
		if kind == person.OtherDate {
			kind = "other"
		}
		when := "ahead"
		if ahead == 0 {
			when = "today"
		}
		what := d.Label
		if what == "" {
			what = sc.p.T("opportunity.date.kind."+kind, "name", c.Name)
		}
		c.Text = sc.p.T("opportunity.date.text."+when+"."+kind, "name", c.Name, "what", what)
		switch {
		case ahead == 0 && kind == person.Birthday && d.Turns > 0:
			c.Why = sc.p.T("opportunity.date.why.today.turns", "name", c.Name, "turns", d.Turns)
		case ahead == 0:
			c.Why = sc.p.T("opportunity.date.why.today", "what", what)
		case kind == person.Birthday && d.Turns > 0:
			c.Why = sc.p.N("opportunity.date.why.ahead.turns", ahead, "name", c.Name, "turns", d.Turns, "on", sc.p.Day(d.On, "day"))
		default:
			c.Why = sc.p.N("opportunity.date.why.ahead", ahead, "what", what, "on", sc.p.Day(d.On, "day"))
		}
		list = append(list, c)
	}
	return list, nil
}

// alive are those of the people of dates who are active: the dates of all others are handled with care, which is to say
// nothing about them here.
func (s *Service) alive(ctx context.Context, sc *scene, coming []person.Coming) (map[string]person.Person, error) {
	ids := make([]string, 0, len(coming))
	for _, d := range coming {
		ids = append(ids, d.Person)
	}
	slices.Sort(ids)
	return active(ctx, s.db, sc.u.ID, slices.Compact(ids))
}

// Note is a quiet line without an act: a day of loss.
type Note struct {
	Person, Name string
	Text         string
}

// notes are the days of loss that are today, for those who asked to be told.
func (s *Service) notes(ctx context.Context, sc *scene) ([]Note, error) {
	coming, err := s.people.Ahead(ctx, s.db, sc.u.ID, sc.day, 0)
	if err != nil {
		return nil, err
	}
	list := []Note{}
	for _, d := range coming {
		if d.Kind != person.Death || sc.never["person:"+d.Person] != "" {
			continue
		}
		n := Note{Person: d.Person, Name: d.Name}
		if d.Turns > 0 {
			n.Text = sc.p.N("opportunity.loss.years", d.Turns, "name", d.Name)
		} else {
			n.Text = sc.p.T("opportunity.loss", "name", d.Name)
		}
		list = append(list, n)
	}
	return list, nil
}
