package job

import (
	"context"
	"time"

	"kith/internal/db"
)

// period is work that comes back.
type period struct {
	name  string
	every time.Duration
	args  Args
}

// Every enqueues args once in each interval, over all nodes, before Run. The first time is soon after the first start
// ever; the times are kept, so a restart neither repeats nor skips one. An interval in which nothing ran is made up for
// once, however many were missed. The name never changes.
func (q *Queue) Every(name string, every time.Duration, args Args) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if every <= 0 || q.started {
		panic("job: periodic work needs an interval, and is named before Run: " + name)
	}
	q.periods = append(q.periods, period{name: name, every: every, args: args})
}

// retryClock is the pause after the database could not be asked for the time of periodic work.
const retryClock = 5 * time.Second

// tick enqueues periodic work when it is due, until ctx ends. It sleeps in between and writes only when something is due.
func (q *Queue) tick(ctx context.Context) {
	q.mu.Lock()
	periods := q.periods
	q.mu.Unlock()
	if len(periods) == 0 {
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	known := false
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		next, err := q.ring(ctx, periods, !known)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			q.o.Log.Warn("periodic jobs could not be enqueued", "error", err)
			timer.Reset(retryClock)
			continue
		}
		known = true
		timer.Reset(max(next.Sub(q.o.Now()), 0))
	}
}

// ring enqueues what is due and returns when the next is.
func (q *Queue) ring(ctx context.Context, periods []period, first bool) (time.Time, error) {
	if first {
		if err := q.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return q.setClocks(ctx, tx, periods) }); err != nil {
			return time.Time{}, err
		}
	}
	var next time.Time
	for _, p := range periods {
		at, err := db.One(ctx, q.d, db.Value[int64], "SELECT next_at FROM job_clock WHERE name = $1", p.name)
		if err != nil {
			return time.Time{}, err
		}
		if now := q.o.Now(); !db.Time(at).After(now) {
			err := q.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				var err error
				at, err = q.advance(ctx, tx, p, now)
				return err
			})
			if err != nil {
				return time.Time{}, err
			}
		}
		if next.IsZero() || db.Time(at).Before(next) {
			next = db.Time(at)
		}
	}
	return next, nil
}

// setClocks gives new periods their first time, and brings one near that an interval made shorter, or a clock that was
// wrong, left far away.
func (q *Queue) setClocks(ctx context.Context, tx *db.Tx, periods []period) error {
	now := q.o.Now()
	for _, p := range periods {
		_, err := tx.Exec(ctx, `
			INSERT INTO job_clock (name, next_at) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET next_at = CASE WHEN job_clock.next_at > $3 THEN $3 ELSE job_clock.next_at END`,
			p.name, db.Micros(now), db.Micros(now.Add(p.every)))
		if err != nil {
			return err
		}
	}
	return nil
}

// advance moves the time of p on and enqueues it, unless another node did so since it was read.
func (q *Queue) advance(ctx context.Context, tx *db.Tx, p period, now time.Time) (int64, error) {
	at, err := db.One(ctx, tx, db.Value[int64], "SELECT next_at FROM job_clock WHERE name = $1", p.name)
	if err != nil || db.Time(at).After(now) {
		return at, err
	}
	next := db.Micros(now.Add(p.every))
	if grid := db.Micros(db.Time(at).Add(p.every)); grid > db.Micros(now) {
		next = grid // on its beat, so that a late wake-up does not shift all that follow
	}
	if _, err := tx.Exec(ctx, "UPDATE job_clock SET next_at = $1 WHERE name = $2", next, p.name); err != nil {
		return 0, err
	}
	return next, q.Enqueue(ctx, tx, p.args, Unique("every "+p.name))
}
