package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
)

// Stop waits for the handlers that run, and takes no more jobs.
func TestStopWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := soon()
		o.Workers = 1
		q := open(t, d, o)
		began, goOn, ended := make(chan int, 10), make(chan bool), make(chan int, 10)
		job.Handle(q, func(ctx context.Context, n note) error {
			began <- n.N
			<-goOn
			ended <- n.N
			return ctx.Err()
		})
		enqueue(t, d, q, note{N: 1})
		run := make(chan error, 1)
		go func() { run <- q.Run(context.Background()) }()
		hear(t, began)
		enqueue(t, d, q, note{N: 2})
		stopped := make(chan error, 1)
		go func() { stopped <- q.Stop(context.Background()) }()
		select {
		case err := <-stopped:
			t.Error("Stop did not wait", err)
		case err := <-run:
			t.Error("Run did not wait", err)
		case <-time.After(50 * time.Millisecond): // long enough to notice most that do not wait; never a false alarm
		}
		close(goOn)
		if err := hear(t, stopped); err != nil {
			t.Error(err)
		}
		if err := hear(t, run); err != nil {
			t.Error(err)
		}
		if len(ended) != 1 || len(began) != 0 {
			t.Errorf("%d ended, %d began after Stop", len(ended), len(began))
		}
		if err := q.Run(t.Context()); err == nil {
			t.Error("ran twice")
		}
		// What was not begun is there for the next process.
		next := open(t, d, soon())
		c := heard(next, 10)
		start(t, next)
		if got := hear(t, c); got != 2 {
			t.Errorf("ran %d", got)
		}
	})
}

// When the patience of Stop ends, so do the contexts of the handlers.
func TestStopInAHurry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		began := make(chan bool, 1)
		job.Handle(q, func(ctx context.Context, _ note) error { began <- true; <-ctx.Done(); return ctx.Err() })
		enqueue(t, d, q, note{})
		run := make(chan error, 1)
		go func() { run <- q.Run(context.Background()) }()
		hear(t, began)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := q.Stop(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := hear(t, run); err != nil {
			t.Error(err)
		}
	})
}

func TestStopBeforeRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		heard(q, 1)
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if err := q.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
