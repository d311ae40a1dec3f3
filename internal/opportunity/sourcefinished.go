package opportunity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/forge"
	"kith/internal/moment"
	"kith/internal/person"
)

// finishedFor is for how many days what somebody finished is worth a word; a word that comes later is about something else.
const finishedFor = 7

// sourceFinished offers a word about what somebody finished, as a code forge told it: their newest work, unless there was a
// moment with them since, which may have been the word.
func sourceFinished(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	done, err := newest(ctx, s, sc)
	if err != nil || len(done) == 0 {
		return nil, err
	}
	coming := make([]person.Coming, len(done))
	for i, w := range done {
		coming[i].Person = w.Person
	}
	people, err := s.alive(ctx, sc, coming)
	if err != nil {
		return nil, err
	}
	var (
		list  []Candidate
		after []moment.After
	)
	for _, w := range done {
		p, ok := people[w.Person]
		if !ok {
			continue
		}
		c, ok := sc.person(SourceFinished, SourceFinished+":"+p.ID, p.ID, restOf(SourceFinished, 0))
		if !ok || !sc.decent(p) {
			continue
		}
		day := sc.u.Day(w.FinishedAt)
		on, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return nil, err
		}
		began, _, err := account.Bounds(day, sc.u.Location(), sc.u.DayStart)
		if err != nil {
			return nil, err
		}
		after = append(after, moment.After{Person: p.ID, Day: began, At: w.FinishedAt})
		c.Facts.Waiting = max(0, int(sc.on.Sub(on).Hours())/24)
		c.Name, c.Kind = called(p), capture.Thanks
		c.Text = sc.say("finished.text", c.ID, "name", c.Name)
		c.Why = finishedWhy(sc, w, c.Name, c.Facts.Waiting)
		list = append(list, c)
	}
	met, err := moment.Since(ctx, s.db, sc.u.ID, after)
	if err != nil {
		return nil, fmt.Errorf("read moments since: %w", err)
	}
	return slices.DeleteFunc(list, func(c Candidate) bool { return met[c.Person] }), nil
}

func finishedWhy(sc *scene, w forge.Work, name string, ago int) string {
	key, title := "opportunity.finished.why."+w.Kind, clip(w.Title, 90)
	if ago == 0 {
		return sc.p.T(key+".today", "name", name, "title", title)
	}
	return sc.p.N(key, ago, "name", name, "title", title)
}

// newest is the newest work of each person within the days in which it is worth a word.
func newest(ctx context.Context, s *Service, sc *scene) (list []forge.Work, err error) {
	found, err := forge.Finished(ctx, s.db, sc.u, sc.now.Add(-finishedFor*24*time.Hour))
	if err != nil {
		return nil, fmt.Errorf("read finished work: %w", err)
	}
	seen := map[string]bool{}
	for _, w := range found {
		if !seen[w.Person] && !w.FinishedAt.After(sc.now) {
			seen[w.Person] = true
			list = append(list, w)
		}
	}
	return list, nil
}

// finishedBy is the title of what somebody finished last, for the first words of a message; empty: nothing lately.
func (s *Service) finishedBy(ctx context.Context, u account.User, personID string) (string, error) {
	done, err := newest(ctx, s, &scene{u: u, now: s.now()})
	if err != nil {
		return "", err
	}
	for _, w := range done {
		if w.Person == personID {
			return clip(w.Title, 90), nil
		}
	}
	return "", nil
}
