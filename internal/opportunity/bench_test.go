package opportunity_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/moment"
	"kith/internal/person"
)

// BenchmarkToday is a day of somebody with 500 people, 20,000 moments and 3 calendars with 2,000 events: what is timely, meant and done.
func BenchmarkToday(b *testing.B) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) { benchmarkToday(b, dbtest.Open(b, address(b))) })
	}
}

func benchmarkToday(b *testing.B, d *db.DB) {
	b.Helper()
	l := newLife(b, d, "ana@example.org")
	var ids []string
	rings := []string{"inner", "close", "friends", "wider", "", "", ""}
	for i := range 500 {
		p := l.person(person.Draft{
			Name: fmt.Sprintf("P%d", i), Ring: rings[i%len(rings)],
			Dates: []person.Date{{Kind: person.Birthday, Month: 1 + i%12, Day: 1 + i%28}},
		})
		ids = append(ids, p.ID)
	}
	start := l.at.AddDate(-3, 0, 0)
	var rows []moment.Record
	for i := range 20_000 {
		at := start.Add(time.Duration(i) * 78 * time.Minute)
		felt := i % 3
		rows = append(rows, moment.Record{
			ID: uuid.Must(uuid.NewV7()).String(), Kind: capture.Kinds[i%len(capture.Kinds)], Text: "a moment with somebody", People: []string{ids[(i*i)%500]}, HappenedAt: at.UnixMicro(),
			Zone: "Europe/Berlin", Day: l.u.Day(at), Precision: capture.Minute, Felt: &felt, Contact: capture.ContactYes, CapturedAt: at.UnixMicro(),
			Fingerprint: "x", Revision: 1, CreatedAt: at.UnixMicro(), UpdatedAt: at.UnixMicro(),
		})
	}
	err := d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, row := range rows {
			if _, err := l.moments.Restore(ctx, tx, l.u.ID, row); err != nil {
				return err
			}
		}
		return l.moments.RestoreLastContact(ctx, tx, l.u.ID)
	})
	if err != nil {
		b.Fatal(err)
	}
	for range 3 {
		var spans [][2]time.Time
		for i := range 2000 {
			at := l.at.Add(30*time.Minute + time.Duration(i-60)*75*time.Minute)
			spans = append(spans, [2]time.Time{at, at.Add(40 * time.Minute)})
		}
		l.busy(b, d, spans...)
	}
	u, day := l.u, l.day()
	b.ResetTimer()
	for b.Loop() {
		if _, err := l.offers.Today(b.Context(), u, day); err != nil {
			b.Fatal(err)
		}
		if _, err := l.moments.Day(b.Context(), u.ID, day); err != nil {
			b.Fatal(err)
		}
	}
}
