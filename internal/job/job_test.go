package job_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/job"
)

// note is the job of most tests.
type note struct {
	N int `json:"n"`
}

func (note) Kind() string { return "note" }

// soon are options for tests: pauses too short to wait for.
func soon() job.Options {
	return job.Options{Backoff: func(int) time.Duration { return time.Millisecond }, MaxAttempts: 3}
}

func open(t testing.TB, d *db.DB, o job.Options) *job.Queue {
	t.Helper()
	q := job.New(d, o)
	return q
}

// start runs the queue until the test ends.
func start(t testing.TB, q *job.Queue) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- q.Run(context.Background()) }()
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func enqueue(t testing.TB, d *db.DB, q *job.Queue, args job.Args, options ...job.Option) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, args, options...) })
	if err != nil {
		t.Fatal(err)
	}
}

// hear fails the test instead of waiting for ever.
func hear[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(60 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// heard gives a handler that reports the number of each note it was given.
func heard(q *job.Queue, room int) <-chan int {
	c := make(chan int, room)
	job.Handle(q, func(_ context.Context, n note) error { c <- n.N; return nil })
	return c
}

func TestRunsWhatWasCommittedAndNothingElse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		c := heard(q, 10)
		start(t, q)
		undone := errors.New("undone")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := q.Enqueue(ctx, tx, note{N: 1}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		enqueue(t, d, q, note{N: 2})
		if got := hear(t, c); got != 2 {
			t.Errorf("ran note %d, whose transaction was undone", got)
		}
	})
}

// A job that waits swallows others of its key; one that runs does not, and neither do another kind or key.
func TestUnique(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		began, goOn := make(chan int, 10), make(chan bool)
		job.Handle(q, func(_ context.Context, n note) error { began <- n.N; <-goOn; return nil })
		for i := 1; i <= 3; i++ {
			enqueue(t, d, q, note{N: i}, job.Unique("a")) // 2 and 3 are swallowed
		}
		start(t, q)
		if got := hear(t, began); got != 1 {
			t.Errorf("ran %d first", got)
		}
		enqueue(t, d, q, note{N: 4}, job.Unique("a")) // 1 runs: it may have read before this
		enqueue(t, d, q, note{N: 5}, job.Unique("b"))
		got := map[int]bool{hear(t, began): true, hear(t, began): true}
		if diff := cmp.Diff(map[int]bool{4: true, 5: true}, got); diff != "" {
			t.Error(diff)
		}
		close(goOn)
		enqueue(t, d, q, note{N: 6})
		if got := hear(t, began); got != 6 {
			t.Errorf("ran %d, which was swallowed", got)
		}
	})
}

// Two transactions at once, one of which is undone: the key is free again, and never lost.
func TestUniqueAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					if err := q.Enqueue(ctx, tx, note{N: i}, job.Unique("k")); err != nil {
						return err
					}
					if i%2 == 1 {
						return errors.New("undone")
					}
					return nil
				})
				if (err != nil) != (i%2 == 1) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		c := heard(q, 30)
		start(t, q)
		if got := hear(t, c); got%2 == 1 {
			t.Errorf("ran %d, which was undone", got)
		}
		enqueue(t, d, q, note{N: 100}, job.Unique("k"))
		if got := hear(t, c); got != 100 {
			t.Errorf("ran %d as well", got)
		}
	})
}

func TestDelayed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		c := make(chan time.Time, 1)
		job.Handle(q, func(context.Context, note) error { c <- time.Now(); return nil })
		at := time.Now().Add(300 * time.Millisecond)
		enqueue(t, d, q, note{}, job.At(at))
		start(t, q)
		if ran := hear(t, c); ran.Before(at) {
			t.Errorf("ran %v early", at.Sub(ran))
		}
	})
}

// Errors and panics are tried again; after the last attempt the job is kept, with the reason and no foreign words.
func TestRetries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		attempts := make(chan int, 100)
		job.Handle(q, func(_ context.Context, n note) error {
			attempts <- n.N
			switch n.N {
			case 1:
				panic("Grandmother")
			case 2:
				return fmt.Errorf("read the list: %w", fault.NotFound("person"))
			}
			_, err := time.Parse(time.RFC3339, "Grandmother")
			return fmt.Errorf("read the day: %w", err)
		})
		for i := 1; i <= 3; i++ {
			enqueue(t, d, q, note{N: i})
		}
		start(t, q)
		count := map[int]int{}
		for range 9 {
			count[hear(t, attempts)]++
		}
		if diff := cmp.Diff(map[int]int{1: 3, 2: 3, 3: 3}, count); diff != "" {
			t.Error(diff)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := q.Failed(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		reasons := map[string]int{}
		for _, f := range got {
			reasons[f.Kind+": "+f.Reason] = f.Attempts
		}
		want := map[string]int{
			"note: the handler panicked":            3,
			"note: read the list: person_not_found": 3,
			"note: read the day: *time.ParseError":  3,
		}
		if diff := cmp.Diff(want, reasons); diff != "" {
			t.Error(diff)
		}
	})
}

// failedOnce fails the first time and then works.
func TestSecondAttemptSucceeds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		c := make(chan bool, 1)
		failed := false
		job.Handle(q, func(context.Context, note) error {
			if !failed {
				failed = true
				return errors.New("not yet")
			}
			c <- true
			return nil
		})
		enqueue(t, d, q, note{}, job.Unique("once"))
		start(t, q)
		hear(t, c)
	})
}

// A thousand jobs from many writers, each at least once, and jobs that handlers enqueue.
func TestMany(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := open(t, d, soon())
		const many = 1000
		c := make(chan int, 4*many)
		job.Handle(q, func(ctx context.Context, n note) error {
			if n.N < many/2 {
				err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					return q.Enqueue(ctx, tx, note{N: many/2 + n.N})
				})
				if err != nil {
					return err
				}
			}
			c <- n.N
			return nil
		})
		start(t, q)
		var all sync.WaitGroup
		for w := range 4 {
			all.Go(func() {
				for i := range many / 8 {
					enqueue(t, d, q, note{N: w*many/8 + i})
				}
			})
		}
		all.Wait()
		seen := map[int]bool{}
		for len(seen) < many {
			seen[hear(t, c)] = true
		}
	})
}
