package opportunity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/opportunity"
	"kith/internal/person"
)

// busy has the calendars say that l is busy.
func (l *life) busy(t testing.TB, d *db.DB, spans ...[2]time.Time) {
	t.Helper()
	calendar := uuid.Must(uuid.NewV7()).String()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, s := range spans {
			if _, err := tx.Exec(ctx, "INSERT INTO calendar_busy (user_id, calendar_id, item, start_at, end_at, title) VALUES ($1, $2, '', $3, $4, '')",
				string(l.u.ID), calendar, db.Micros(s[0]), db.Micros(s[1])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A gap between two things is offered for what fits: a call, a few lines, or nothing at all.
func TestService_Today_gap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		free     time.Duration // until the next thing begins; negative: it has begun
		zone     string        // where Ida is
		seconds  int           // of what is offered; 0: nothing about the gap
		calendar bool
	}{
		{"half an hour: a call", 30 * time.Minute, "", 1200, true},
		{"ten minutes: a few lines", 10 * time.Minute, "", 300, true},
		{"three minutes: nothing", 3 * time.Minute, "", 0, true},
		{"in the midst of it: nothing", -time.Minute, "", 0, true},
		{"where she is it is night: nothing", 30 * time.Minute, "America/Los_Angeles", 0, true},
		{"no calendar: nothing", time.Hour, "", 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := newLife(t, d, "ana@example.org")
				ida := l.person(person.Draft{Name: "Ida", Ring: "inner", Zone: tt.zone})
				l.log("conversation", "a long talk", 1, ida.ID)
				l.at = l.at.AddDate(0, 0, 6)
				if tt.calendar {
					start := l.at.Add(tt.free)
					l.busy(t, d, [2]time.Time{start, start.Add(time.Hour)})
				}
				other := newLife(t, d, "ben@example.org")
				other.busy(t, d, [2]time.Time{l.at.Add(-time.Hour), l.at.Add(time.Hour)})
				var found opportunity.Opportunity
				for _, o := range l.offered() {
					if o.Source == opportunity.SourceGap {
						found = o
					}
				}
				if found.Seconds != tt.seconds {
					t.Fatalf("offered %+v", found)
				}
				if tt.seconds > 0 && (found.Person != ida.ID || !strings.Contains(found.Why, "free until") || !strings.Contains(found.Text, "Ida")) {
					t.Errorf("offered %+v", found)
				}
			})
		})
	}
}
