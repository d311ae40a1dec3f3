package job_test

import (
	"context"
	"os"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
)

// each runs f on both databases, on one of its own each.
func each(b *testing.B, f func(b *testing.B, d *db.DB)) {
	b.Run("sqlite", func(b *testing.B) { f(b, dbtest.Open(b, dbtest.SQLite(b))) })
	if os.Getenv("TEST_POSTGRES_URL") != "" {
		b.Run("postgres", func(b *testing.B) { f(b, dbtest.Open(b, dbtest.Postgres(b))) })
	}
}

// BenchmarkEnqueue is one job in a transaction of its own, from many writers.
func BenchmarkEnqueue(b *testing.B) {
	each(b, func(b *testing.B, d *db.DB) {
		q := open(b, d, job.Options{})
		b.SetParallelism(8)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				enqueue(b, d, q, note{})
			}
		})
	})
}

// BenchmarkWork is a job that waits, taken, run and settled.
func BenchmarkWork(b *testing.B) {
	each(b, func(b *testing.B, d *db.DB) {
		q := open(b, d, job.Options{})
		c := heard(q, b.N)
		err := d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range b.N {
				if err := q.Enqueue(ctx, tx, note{N: i}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		start(b, q)
		for range b.N {
			hear(b, c)
		}
	})
}

// BenchmarkLatency is the time from the commit of a job to its handler, in an idle queue.
func BenchmarkLatency(b *testing.B) {
	each(b, func(b *testing.B, d *db.DB) {
		q := open(b, d, job.Options{})
		c := make(chan time.Time, 1)
		job.Handle(q, func(context.Context, note) error { c <- time.Now(); return nil })
		start(b, q)
		enqueue(b, d, q, note{})
		hear(b, c)
		var sum time.Duration
		for b.Loop() {
			enqueue(b, d, q, note{})
			committed := time.Now()
			sum += hear(b, c).Sub(committed)
		}
		b.ReportMetric(float64(sum.Microseconds())/float64(b.N), "us/latency")
	})
}
