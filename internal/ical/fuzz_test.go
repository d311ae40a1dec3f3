package ical_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kith/internal/ical"
)

// FuzzRead: whatever comes, reading ends with spans in the window, in order, or with a problem.
func FuzzRead(f *testing.F) {
	f.Add("0;0=")
	f.Add(calendar(event("UID:1", "DTSTART:20261020T080000Z", "DTEND:20261020T090000Z", "RRULE:FREQ=MONTHLY;BYDAY=-1MO;BYSETPOS=-1", "EXDATE:20261026T080000Z")))
	f.Add(calendar(event("UID:1", "DTSTART;TZID=Europe/Berlin:20261020T080000", "RDATE;VALUE=PERIOD:20261023T080000Z/PT2H"), event("UID:1", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261023T080000Z", "DTSTART:20261023T090000Z")))
	f.Add(calendar("BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16011028T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE",
		event("UID:1", "DTSTART;TZID=X:20261020T080000", "DURATION:P1DT2H", "RRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=1;COUNT=9")))
	f.Add(calendar("BEGIN:VFREEBUSY\nFREEBUSY:20261020T080000Z/PT1H\nEND:VFREEBUSY"))
	f.Fuzz(func(t *testing.T, text string) {
		o := ical.Options{From: day("2026-10-01"), To: day("2026-11-08"), Zone: time.UTC, Titles: true}
		c, err := ical.Read(strings.NewReader(text), o)
		var spans []ical.Span
		if err == nil {
			spans, err = c.Busy()
		}
		if err != nil {
			if p := (*ical.Problem)(nil); !errors.As(err, &p) {
				t.Fatalf("no problem, but %v", err)
			}
			return
		}
		for i, s := range spans {
			if !s.Start.Before(s.End) || !s.End.After(o.From) || !s.Start.Before(o.To) || i > 0 && s.Start.Before(spans[i-1].Start) {
				t.Fatalf("span %d: %v", i, s)
			}
		}
	})
}
