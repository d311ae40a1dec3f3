package moment_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/person"
)

// shelf is a database as a benchmark of reading finds it.
type shelf struct {
	name  string
	users []int // moments of each; the first one asks
	mixed bool  // put in in no order of time, as an import may be
	long  bool  // minutes to fill: left out by -short
}

func shelves() []shelf {
	thousand := make([]int, 1001)
	for i := range thousand {
		thousand[i] = 100
	}
	thousand[0] = 20_000
	return []shelf{
		{name: "100k", users: []int{100_000}},
		{name: "1000_users", users: thousand},
		{name: "100k_out_of_order", users: []int{100_000}, mixed: true},
		{name: "1M", users: []int{1_000_000}, long: true},
	}
}

// BenchmarkList reads pages of 50 through the service. Beside the mean it reports the median and the 99th percentile.
//
//	go test -short -run '^$' -bench List ./internal/moment                    SQLite
//	scripts/with-postgres go test -short -run '^$' -bench List ./internal/moment   and PostgreSQL
//
// Without -short also over a million moments, which takes minutes to fill; give it -timeout 30m.
func BenchmarkList(b *testing.B) {
	for _, dialect := range []string{"sqlite", "postgres"} {
		if dialect == "postgres" && os.Getenv("TEST_POSTGRES_URL") == "" {
			continue
		}
		b.Run(dialect, func(b *testing.B) {
			for _, s := range shelves() {
				if s.long && testing.Short() {
					continue
				}
				b.Run(s.name, func(b *testing.B) {
					address := dbtest.SQLite
					if dialect == "postgres" {
						address = dbtest.Postgres
					}
					d := dbtest.Open(b, address(b))
					moments, by := fill(b, d, s)
					for _, q := range []struct {
						name string
						f    moment.Filter
						rows int
					}{
						{"newest", moment.Filter{}, 50},
						{"rare", moment.Filter{Query: "rare3"}, 1},
						{"common", moment.Filter{Query: "coffee"}, 50},
						{"common_and_rare", moment.Filter{Query: "coffee rare3"}, 1},
						{"two_common", moment.Filter{Query: "coffee weather"}, 50},
						{"no_match", moment.Filter{Query: "xylophone"}, 0},
						{"tag", moment.Filter{Tag: "garden"}, 50},
						{"kind", moment.Filter{Kind: "thanks"}, 50},
						{"a_year", moment.Filter{From: "2023-01-01", To: "2023-12-31"}, 50},
						{"common_in_a_year", moment.Filter{Query: "coffee", From: "2023-01-01", To: "2023-12-31"}, 50},
					} {
						b.Run(q.name, func(b *testing.B) { read(b, moments, by, q.f, q.rows) })
					}
				})
			}
		})
	}
}

func read(b *testing.B, moments *moment.Service, by account.ID, f moment.Filter, rows int) {
	b.Helper()
	var waits []time.Duration
	for b.Loop() {
		began := time.Now()
		p, err := moments.List(b.Context(), by, f, 50, "")
		waits = append(waits, time.Since(began))
		if err != nil || len(p.Items) != rows {
			b.Fatalf("%d rows, want %d: %v", len(p.Items), rows, err)
		}
	}
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(waits[len(waits)*99/100].Nanoseconds()), "p99-ns")
}

// fill puts the moments of a shelf into d, in transactions of 20,000, and returns the first user. Of a user's moments
// every one says coffee, every second weather, one in fifty has the tag garden and one in a thousand a word of its own.
func fill(b *testing.B, d *db.DB, s shelf) (*moment.Service, account.ID) {
	b.Helper()
	ctx := b.Context()
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }
	accounts, jobs := account.New(d, now), job.New(d, job.Options{Now: now})
	moments := moment.New(d, moment.Options{Accounts: accounts, People: person.New(d, now), Jobs: jobs, Live: live.New(d), Now: now})
	type owned struct{ user, n int }
	var (
		ids  []account.ID
		todo []owned
	)
	for u, n := range s.users {
		a, err := accounts.Create(ctx, account.Draft{Email: fmt.Sprintf("user%d@example.org", u), Name: "A name", Zone: "Europe/Berlin", Locale: "en"})
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, a.ID)
		for i := range n {
			todo = append(todo, owned{u, i})
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	if s.mixed || len(s.users) > 1 {
		random.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
	}
	if len(s.users) > 1 && !s.mixed { // many users, each in order, one among the other
		next := make([]int, len(s.users))
		for i, t := range todo {
			todo[i].n = next[t.user]
			next[t.user]++
		}
	}
	first := now().AddDate(-5, 0, 0)
	for chunk := range slices.Chunk(todo, 20_000) {
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, t := range chunk {
				at := first.Add(time.Duration(int64(t.n) * (int64(5*365*24*time.Hour) / int64(s.users[t.user]))))
				if _, err := moments.Restore(ctx, tx, ids[t.user], record(t.user, t.n, at, random)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if d.Dialect() == db.Postgres { // what autovacuum does some time after such an import
		if _, err := d.Std().ExecContext(ctx, "VACUUM ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
	return moments, ids[0]
}

func record(user, n int, at time.Time, random *rand.Rand) moment.Record {
	rec := moment.Record{
		ID: uuid.Must(uuid.NewV7()).String(), Kind: "laugh", Someone: []string{"a neighbour"}, Context: "personal", HappenedAt: db.Micros(at), Zone: "Europe/Berlin",
		Day: at.Format(time.DateOnly), Precision: "minute", Contact: "yes", CapturedAt: db.Micros(at), Fingerprint: "made for a benchmark", Revision: 1,
		CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at),
		Text: fmt.Sprintf("coffee with a neighbour, word%d word%d word%d", random.IntN(5000), random.IntN(5000), random.IntN(5000)),
	}
	if n%2 == 0 {
		rec.Text += " about the weather"
	}
	if n%50 == 0 {
		rec.Tags, rec.Text = []string{"garden"}, rec.Text+" #garden"
	}
	if n%10 == 0 {
		rec.Kind = "thanks"
	}
	if user == 0 && n%1000 == 0 {
		rec.Text += fmt.Sprintf(" rare%d", n/1000)
	}
	return rec
}
