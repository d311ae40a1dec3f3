package opportunity

import (
	"context"
	"fmt"
	"time"

	"kith/internal/capture"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/person"
)

// What fits into a gap between two things in one's calendars. Longer than gapMost is no gap but free time, of which the
// calendar says nothing worth saying.
const (
	gapText = 5 * time.Minute
	gapCall = 20 * time.Minute
	gapMost = 3 * time.Hour
	// gapAhead is how soon a cadence passes for whom a gap is a good moment.
	gapAhead = 7 * 24 * time.Hour
)

// sourceGap offers whoever is due, or soon will be, while a gap in the calendars fits a call or a few lines. Without
// calendars it offers nothing, and neither does it while they say that one is busy.
func sourceGap(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	until, ok, err := gap(ctx, s.db, sc)
	if err != nil || !ok {
		return nil, err
	}
	people, err := due(ctx, s.db, sc.u.ID, sc.now.Add(gapAhead), dueLooked)
	if err != nil {
		return nil, err
	}
	call := until.Sub(sc.now) >= gapCall
	var list []Candidate
	for _, p := range people {
		every := p.Every()
		c, ok := sc.person(SourceGap, SourceGap+":"+p.ID, p.ID, restOf(SourceGap, every))
		if !ok || !sc.decent(p) {
			continue
		}
		c.Facts.Ring, c.Facts.Late = p.Ring, max(0, sc.now.Sub(*p.DueAt()).Hours()/24/float64(every))
		c.Name, c.Seconds = called(p), int(gapText/time.Second)
		key := "gap.text"
		if call {
			key, c.Kind, c.Seconds = "gap.call", capture.Conversation, int(gapCall/time.Second)
		}
		c.Text, c.Why = sc.say(key, c.ID, "name", c.Name), sc.gapWhy(p, until)
		list = append(list, c)
	}
	return list, nil
}

func (sc *scene) gapWhy(p person.Person, until time.Time) string {
	at := sc.p.Time(until.In(sc.u.Location()))
	if p.LastContactAt == nil {
		return sc.p.T("opportunity.gap.why.never", "name", called(p), "until", at)
	}
	return sc.p.T("opportunity.gap.why", "name", called(p), "until", at, "last", sc.since(*p.LastContactAt))
}

// gap is until when one is free, if that is now and soon over.
func gap(ctx context.Context, r db.Reader, sc *scene) (until time.Time, ok bool, err error) {
	busy, err := dav.BusyTimes(ctx, r, sc.u.ID, sc.now, sc.now.Add(gapMost))
	if err != nil {
		return until, false, fmt.Errorf("read busy times: %w", err)
	}
	if len(busy) == 0 || !busy[0].Start.After(sc.now) {
		return until, false, nil
	}
	return busy[0].Start, busy[0].Start.Sub(sc.now) >= gapText, nil
}
