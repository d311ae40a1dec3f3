package live_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/live"
)

// two makes accounts that no other test has: all schemas of a PostgreSQL share the channel.
func two(t *testing.T) (ana, ben account.ID) {
	t.Helper()
	return one(t), one(t)
}

func one(t *testing.T) account.ID {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return account.ID(id.String())
}

func hear(t *testing.T, c <-chan live.Event) string {
	t.Helper()
	select {
	case e, ok := <-c:
		if !ok {
			return "closed"
		}
		return e.Name
	case <-time.After(60 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}

// run starts a hub and returns when events reach it.
func run(t *testing.T, d *db.DB) *live.Hub {
	t.Helper()
	h := live.New(d)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	if d.Dialect() == db.Postgres { // it says "resync" once it listens
		c, done := h.Subscribe("nobody")
		defer done()
		defer hear(t, c)
	}
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return h
}

func publish(t testing.TB, d *db.DB, h *live.Hub, to account.ID, name string, after error) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := h.Publish(ctx, tx, to, live.Event{Name: name}); err != nil {
			return err
		}
		return after
	})
	if !errors.Is(err, after) {
		t.Fatal(err)
	}
}

func TestDeliversOnCommitToTheAccountAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ana, ben := two(t)
		h := run(t, d)
		first, cancelOne := h.Subscribe(ana)
		defer cancelOne()
		second, cancelTwo := h.Subscribe(ana)
		defer cancelTwo()
		other, cancelOther := h.Subscribe(ben)
		defer cancelOther()
		publish(t, d, h, ana, "undone", errors.New("undone"))
		publish(t, d, h, ana, "moments", nil)
		publish(t, d, h, ben, "people", nil)
		got := []string{hear(t, first), hear(t, second), hear(t, other)}
		if diff := cmp.Diff([]string{"moments", "moments", "people"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Two nodes on one PostgreSQL: what one publishes, both deliver. On SQLite there is one.
func TestReachesEveryNode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ana := one(t)
		here := run(t, d)
		there := here
		if d.Dialect() == db.Postgres {
			there = run(t, d)
		}
		near, cancelNear := here.Subscribe(ana)
		defer cancelNear()
		far, cancelFar := there.Subscribe(ana)
		defer cancelFar()
		publish(t, d, here, ana, "moments", nil)
		publish(t, d, there, ana, "people", nil)
		for _, c := range []<-chan live.Event{near, far} {
			if diff := cmp.Diff([]string{"moments", "people"}, []string{hear(t, c), hear(t, c)}); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// Who does not read loses events, is told so by the last one, and hears the next ones after reading.
func TestSlowSubscriber(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ana, ben := two(t)
		h := run(t, d)
		slow, cancel := h.Subscribe(ana)
		defer cancel()
		mark, cancelMark := h.Subscribe(ben)
		defer cancelMark()
		for range 100 {
			publish(t, d, h, ana, "moments", nil)
		}
		publish(t, d, h, ben, "mark", nil)
		hear(t, mark) // all hundred were handed over, in order, before this one
		n, last := 0, ""
		for len(slow) > 0 {
			last = hear(t, slow)
			n++
		}
		if n >= 100 || last != live.Resync {
			t.Errorf("%d events waited, the last was %q", n, last)
		}
		publish(t, d, h, ana, "moments", nil)
		if got := hear(t, slow); got != "moments" {
			t.Errorf("then heard %q", got)
		}
	})
}

// A subscription ends by cancel, as often as one likes, and by the end of Run.
func TestEnds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ana := one(t)
		h := live.New(d)
		c, cancel := h.Subscribe(ana)
		cancel()
		cancel()
		if got := hear(t, c); got != "closed" {
			t.Errorf("after cancel: %q", got)
		}
		c, cancel = h.Subscribe(ana)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.Run(ctx) }()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for got := ""; got != "closed"; { // PostgreSQL may have said "resync"
			got = hear(t, c)
		}
		cancel()
		late, cancel := h.Subscribe(ana)
		if got := hear(t, late); got != "closed" {
			t.Errorf("after Run: %q", got)
		}
		cancel()
		publish(t, d, h, ana, "moments", nil) // to nobody
	})
}

// Ten thousand pages that come and go leave nothing behind.
func TestSubscriptionsLeaveNothing(t *testing.T) {
	t.Parallel()
	ana, ben := two(t)
	h := live.New(dbtest.Open(t, dbtest.SQLite(t)))
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.Mallocs - m.Frees
	}
	come := func(n int) {
		for range n {
			_, one := h.Subscribe(ana)
			_, two := h.Subscribe(ben)
			one()
			two()
		}
	}
	come(10)
	before := heap()
	come(10_000)
	if grown := int64(heap()) - int64(before); grown > 5_000 { // other tests run meanwhile
		t.Errorf("%d objects were left", grown)
	}
}

func TestRefusesWhatCannotTravel(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := live.New(d)
		for _, to := range []account.ID{"", "a b"} {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return h.Publish(ctx, tx, to, live.Event{Name: "moments"})
			})
			if err == nil {
				t.Errorf("published to %q", to)
			}
		}
	})
}

// A connection that is lost is taken anew, and everyone is told to read again.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ana := one(t)
		if d.Dialect() == db.Postgres { // under a name of its own, by which its connections are found
			d = dbtest.Open(t, dbtest.Postgres(t)+"&application_name=kith_lost")
		}
		h := run(t, d)
		c, cancel := h.Subscribe(ana)
		defer cancel()
		if d.Dialect() == db.Postgres {
			_, err := d.Std().ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE application_name = 'kith_lost' AND query LIKE 'LISTEN%'`)
			if err != nil {
				t.Fatal(err)
			}
			if got := hear(t, c); got != live.Resync {
				t.Errorf("heard %q", got)
			}
		}
		publish(t, d, h, ana, "moments", nil)
		if got := hear(t, c); got != "moments" {
			t.Errorf("heard %q", got)
		}
	})
}
