package job_test

import (
	"context"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
)

// Periodic work runs once an interval over all queues on a database, soon after the first start and not again after
// another.
func TestEvery(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := make(chan int, 100)
		build := func() *job.Queue {
			q := open(t, d, soon())
			job.Handle(q, func(_ context.Context, n note) error { c <- n.N; return nil })
			q.Every("hourly", time.Hour, note{N: 1})
			return q
		}
		one, two := build(), build()
		start(t, one)
		if d.Dialect() == db.Postgres { // SQLite is one process
			start(t, two)
		}
		if got := hear(t, c); got != 1 {
			t.Errorf("ran %d", got)
		}
		if err := one.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		three := build()
		start(t, three)
		enqueue(t, d, three, note{N: 2})
		if got := hear(t, c); got != 2 {
			t.Errorf("ran %d again within the hour", got)
		}
	})
}

// An interval that was made shorter holds from the next start on.
func TestEveryMadeShorter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		long := open(t, d, soon())
		c := heard(long, 100)
		long.Every("often", 1000*time.Hour, note{N: 1})
		start(t, long)
		hear(t, c)
		if err := long.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		short := open(t, d, soon())
		c = heard(short, 100)
		short.Every("often", 20*time.Millisecond, note{N: 2})
		start(t, short)
		for range 3 {
			if got := hear(t, c); got != 2 {
				t.Errorf("ran %d", got)
			}
		}
	})
}

// A key whose job was deleted by hand does not swallow for ever.
func TestForgottenKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		c := heard(q, 10)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO job_key (kind, unique_key, token, due_at) VALUES ($1, $2, $3, $4)",
				"note", "k", "of a job that is gone", db.Micros(time.Now().Add(-2*time.Hour)))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		enqueue(t, d, q, note{N: 1}, job.Unique("k"))
		start(t, q)
		hear(t, c)
	})
}
