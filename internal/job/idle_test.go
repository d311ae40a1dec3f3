package job_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
)

// On SQLite an idle queue sleeps: a day without work is a day without a write, and a job in the far future, one that
// waits to be tried again and a failed one are written when their time comes and not in between. The clock is made up,
// which PostgreSQL's cannot be.
func TestIdleMakesNoWrites(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		d := dbtest.Open(t, url)
		q := open(t, d, job.Options{MaxAttempts: 2})
		ran := make(chan time.Time, 10)
		job.Handle(q, func(_ context.Context, n note) error {
			ran <- time.Now()
			if n.N == 1 {
				return errors.New("never works")
			}
			return nil
		})
		q.Every("weekly", 7*24*time.Hour, note{N: 3})
		ended := make(chan error, 1)
		go func() { ended <- q.Run(context.Background()) }()
		<-ran // the first time of the weekly work
		begin := time.Now()
		enqueue(t, d, q, note{N: 1})
		enqueue(t, d, q, note{N: 2}, job.At(begin.Add(50*time.Hour)))
		<-ran
		if late := (<-ran).Sub(begin); late < 8*time.Second || late > 12*time.Second {
			t.Errorf("tried again after %v", late)
		}
		synctest.Wait()
		before := changes(t, d)
		time.Sleep(49 * time.Hour) //nolint:forbidigo // of synctest's clock: takes no time
		synctest.Wait()
		if after := changes(t, d); after != before {
			t.Errorf("%d rows changed while idle", after-before)
		}
		if late := (<-ran).Sub(begin); late != 50*time.Hour {
			t.Errorf("the delayed job ran after %v", late)
		}
		failed := func() int {
			list, err := q.Failed(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if n := failed(); n != 1 {
			t.Errorf("%d failed jobs are kept", n)
		}
		time.Sleep(8 * 24 * time.Hour) //nolint:forbidigo // of synctest's clock: takes no time
		synctest.Wait()
		if n := failed(); n != 0 {
			t.Errorf("%d failed jobs are kept after a week", n)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A long handler keeps its lease, and a clock of many leases passes without a second run.
func TestLongHandlerKeepsItsLease(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLite(t)
	synctest.Test(t, func(t *testing.T) {
		d := dbtest.Open(t, url)
		q := open(t, d, job.Options{Timeout: 10 * time.Hour})
		runs := make(chan bool, 10)
		job.Handle(q, func(context.Context, note) error {
			runs <- true
			time.Sleep(3 * time.Hour) //nolint:forbidigo // of synctest's clock: takes no time
			return nil
		})
		enqueue(t, d, q, note{})
		ended := make(chan error, 1)
		go func() { ended <- q.Run(context.Background()) }()
		time.Sleep(4 * time.Hour) //nolint:forbidigo // of synctest's clock: takes no time
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if len(runs) != 1 {
			t.Errorf("ran %d times", len(runs))
		}
	})
}

// changes is how many rows the one writing connection has changed since it was opened.
func changes(t *testing.T, d *db.DB) int64 {
	t.Helper()
	var n int64
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		n, err = db.One(ctx, tx, db.Value[int64], "SELECT total_changes()")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
