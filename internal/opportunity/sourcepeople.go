package opportunity

import (
	"context"
	"time"

	"kith/internal/moment"
)

// Bounds of what is looked at for a day. The best of these are far more than a day has room for.
const (
	dueLooked   = 30
	driftLooked = 60
)

// Nobody is said to drift before there is a rhythm, nor so soon that a holiday would do it, nor when it was long ago.
const (
	rhythmDays  = 4 // on which the two were in touch
	driftFactor = 3
	driftLeast  = 21  // days
	driftMost   = 400 // days
)

// sourceDue offers people whose cadence, their own or their ring's, has passed since the last real contact.
func sourceDue(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	people, err := due(ctx, s.db, sc.u.ID, sc.now, dueLooked)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, p := range people {
		every := p.Every()
		c, ok := sc.person(SourceDue, SourceDue+":"+p.ID, p.ID, restOf(SourceDue, every))
		if !ok || !sc.decent(p) {
			continue
		}
		c.Facts.Ring, c.Facts.Late = p.Ring, sc.now.Sub(*p.DueAt()).Hours()/24/float64(every)
		name := called(p)
		c.Name, c.Text = name, sc.say("due.text", c.ID, "name", name)
		if p.LastContactAt == nil {
			c.Why = sc.p.N("opportunity.due.why.never", every, "name", name, "added", sc.since(p.CreatedAt))
		} else {
			c.Why = sc.p.N("opportunity.due.why", every, "name", name, "last", sc.since(*p.LastContactAt))
		}
		list = append(list, c)
	}
	return list, nil
}

// sourceDrift notices, gently, people without a cadence with whom it has grown quiet against the two's own rhythm.
func sourceDrift(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	day := 24 * time.Hour
	people, err := quietPeople(ctx, s.db, sc.u.ID, sc.now.Add(-driftMost*day), sc.now.Add(-driftLeast*day), driftLooked)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	rhythms, err := moment.Rhythms(ctx, s.db, sc.u.ID, ids)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, p := range people {
		r, known := rhythms[p.ID]
		if !known || r.Days < rhythmDays {
			continue
		}
		silent := sc.now.Sub(*p.LastContactAt)
		if silent < driftFactor*r.Every {
			continue
		}
		c, ok := sc.person(SourceDrift, SourceDrift+":"+p.ID, p.ID, restOf(SourceDrift, 0))
		if !ok || !sc.decent(p) {
			continue
		}
		every := max(1, int(r.Every.Round(day)/day))
		c.Facts.Late = float64(silent) / float64(r.Every+day)
		c.Name = called(p)
		c.Text = sc.say("drift.text", c.ID, "name", c.Name)
		c.Why = sc.p.N("opportunity.drift.why", every, "name", c.Name, "last", sc.since(*p.LastContactAt))
		list = append(list, c)
	}
	return list, nil
}
