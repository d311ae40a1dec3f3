package opportunity

import (
	"context"
	"time"

	"kith/internal/person"
)

// followLooked is how many follow-ups of a day are looked at.
const followLooked = 30

// sourceFollowUp offers what one wanted to ask somebody, from its day on.
func sourceFollowUp(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	open, err := s.people.FollowUpsDue(ctx, s.db, sc.u.ID, sc.day)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	open = open[max(0, len(open)-followLooked):] // the newest: what waited for months can wait on
	coming := make([]person.Coming, len(open))
	for i, f := range open {
		coming[i].Person = f.Person
	}
	people, err := s.alive(ctx, sc, coming)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, f := range open {
		p, ok := people[f.Person]
		if !ok {
			continue
		}
		c, ok := sc.person(SourceFollowUp, SourceFollowUp+":"+f.Person+":"+f.ID, f.Person, restOf(SourceFollowUp, 0))
		if !ok || !sc.decent(p) {
			continue
		}
		since, err := time.Parse(time.DateOnly, f.Due)
		if err != nil {
			continue
		}
		c.Facts.Waiting = int(sc.on.Sub(since).Hours()) / 24
		c.Name, c.FollowUp = called(p), f.ID
		c.Text = sc.p.T("opportunity.follow.text", "name", c.Name, "text", f.Text)
		c.Why = sc.p.T("opportunity.follow.why", "on", sc.p.Day(f.Due, "day"), "noted", sc.since(f.CreatedAt))
		if c.Facts.Waiting == 0 {
			c.Why = sc.p.T("opportunity.follow.why.today", "noted", sc.since(f.CreatedAt))
		}
		list = append(list, c)
	}
	return list, nil
}
