package demo

import (
	"context"
	"time"

	"kith/internal/dav"
	"kith/internal/db"
)

// calendar is one whose address leads nowhere, and when it says that its owner is busy: weekdays from last Monday on, with
// gaps between things that are worth a call.
func (s *Story) calendar(name string) (dav.Record, []dav.Span) {
	r := s.chance("calendar")
	born := s.day(40)
	id := s.id(r, born)
	var spans []dav.Span
	for ahead := -7; ahead <= 21; ahead++ {
		day := s.day(-ahead)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		for _, at := range []int{-150, 0, 120, 180}[:2+r.IntN(3)] { // minutes from noon
			start := day.Add(time.Duration(at+15*r.IntN(3)) * time.Minute)
			spans = append(spans, dav.Span{Start: start, End: start.Add(time.Duration(30+15*r.IntN(3)) * time.Minute)})
		}
	}
	return dav.Record{
		ID: id, Kind: dav.ICS, Name: name, URL: "https://calendar.demo.invalid/robin.ics", Fingerprint: fingerprint(id), Revision: 1,
		CreatedAt: db.Micros(born), UpdatedAt: db.Micros(born),
	}, spans
}

func writeCalendar(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	name, err := lines(s.Lang, "calendar.txt")
	if err != nil {
		return err
	}
	rec, spans := s.calendar(name[0])
	if _, err := n.Calendars.Restore(ctx, tx, s.User.ID, rec); err != nil {
		return err
	}
	return n.Calendars.Told(ctx, tx, s.User.ID, rec.ID, spans)
}
