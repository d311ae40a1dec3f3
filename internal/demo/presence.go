package demo

import (
	"context"
	"time"

	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/presence"
)

// presences are what lies behind the moments of presence and of pause, and now and then a breath that left no line.
func (s *Story) presences() []presence.Record {
	r := s.chance("presence")
	var list []presence.Record
	add := func(rec presence.Record, at time.Time, lasted time.Duration) {
		if at.Add(lasted).After(s.Now) {
			return
		}
		rec.ID, rec.StartedAt, rec.Told = s.id(r, at), at.UnixMicro(), true
		end := at.Add(lasted).UnixMicro()
		rec.EndedAt, rec.Fingerprint, rec.Revision = &end, fingerprint(rec.ID), 2
		rec.CreatedAt, rec.UpdatedAt = rec.StartedAt, end
		list = append(list, rec)
	}
	breath := func(rec presence.Record, at time.Time) {
		p := presence.Named()[r.IntN(3)]
		rec.Kind, rec.Pattern, rec.PlannedSeconds = presence.Breath, p.ID, int64(p.Usual/time.Second)
		add(rec, at, p.Usual)
	}
	for _, d := range s.Days {
		for _, i := range d.Moments {
			m := s.Moments[i]
			if m.Read.Precision != capture.Minute || r.IntN(3) == 0 {
				continue
			}
			rec := presence.Record{Moment: m.ID}
			switch m.Read.Kind {
			case capture.Presence:
				for _, key := range m.People {
					if id := s.Person[key]; id != "" {
						rec.People = append(rec.People, id)
					}
				}
				rec.Kind, rec.PlannedSeconds, rec.Guests = presence.People, 3600, r.IntN(2)*len(rec.People)
				add(rec, m.HappenedAt, time.Duration(20+r.IntN(40))*time.Minute)
			case capture.Pause:
				breath(rec, m.HappenedAt)
			}
		}
		if gaps(d.Ago) == 1 && r.IntN(9) == 0 {
			breath(presence.Record{}, d.Date.Add(time.Duration(540+r.IntN(60))*time.Minute))
		}
	}
	return list
}

func writePresence(ctx context.Context, tx *db.Tx, _ Nouns, s *Story) error {
	for _, rec := range s.presences() {
		if _, err := presence.Restore(ctx, tx, s.User.ID, rec); err != nil {
			return err
		}
	}
	return nil
}
