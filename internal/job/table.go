package job

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"kith/internal/db"
)

// table is the queue: one table and one goroutine a node that sleeps until something is due, is woken by a commit, and
// settles what has ended in the same transaction in which it takes what is due. Nodes that take at once are kept apart by
// the transaction; a run that outlived its lease is kept from settling another's by the attempt it counts.
type table struct {
	q    *Queue
	wake chan struct{} // holds one wake-up: a job was committed
}

func newTable(q *Queue) *table { return &table{q: q, wake: make(chan struct{}, 1)} }

func (e *table) insert(ctx context.Context, tx *db.Tx, one entry) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	now := e.q.o.Now()
	due := one.at
	if due.IsZero() {
		due = now
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO job (id, kind, args, state, due_at, attempt, unique_key, token, reason, created_at)
		VALUES ($1, $2, $3, 'waiting', $4, 0, $5, $6, '', $7)`,
		id.String(), one.kind, string(one.args), db.Micros(due), one.key, one.token, db.Micros(now))
	if err != nil {
		return err
	}
	tx.OnCommit(e.wakeUp)
	return tx.Notify(ctx, channel, "")
}

// channel is where PostgreSQL tells all nodes that a job was committed.
const channel = "kith_job"

func (e *table) wakeUp() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// taken is a job that was taken from the table, and how it ended.
type taken struct {
	id, kind, args, key, token string
	attempt                    int
	err                        error
}

func scanTaken(s db.Scanner) (taken, error) {
	var j taken
	err := s.Scan(&j.id, &j.kind, &j.args, &j.key, &j.token, &j.attempt)
	return j, err
}

// round is the state of the loop between two transactions.
type round struct {
	running map[string]taken // taken and not yet settled, by id
	ended   []taken          // of these, what is to be settled
	forget  time.Time        // when the first failed job is forgotten; zero: there is none
	renewed time.Time        // when the leases of what runs were last written
	pause   time.Time        // no transaction before this, because one failed
	closing int              // transactions that failed since the queue was told to stop
}

// retryTable is the pause after a transaction that failed (a full disk, say).
const retryTable = time.Second

// maxClosing is how often settling is tried at the end. What is left unsettled runs again after its lease.
const maxClosing = 3

func (e *table) run(soft, work context.Context) error {
	// What is begun is ended in the tables, whatever has been cancelled by then.
	own := context.WithoutCancel(work)
	r := &round{running: map[string]taken{}}
	var err error
	if r.forget, err = e.firstFailed(own); err != nil {
		return err
	}
	kinds := e.q.kinds()
	if len(kinds) > 0 && e.q.d.Dialect() == db.Postgres {
		var ears sync.WaitGroup
		ears.Go(func() {
			// What was sent while nobody listened is found by looking: each new connection begins with a wake-up.
			_ = e.q.d.Listen(soft, channel, e.wakeUp, func(string) { e.wakeUp() }) // returns when soft ends
		})
		defer ears.Wait()
	}
	ended := make(chan taken, e.q.o.Workers)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		started, next, err := e.step(own, r, kinds, soft.Err() != nil)
		if err != nil {
			e.q.o.Log.Error("the job table could not be written", "error", err)
			r.pause = e.q.o.Now().Add(retryTable)
			next = r.pause
			if soft.Err() != nil {
				if r.closing++; r.closing == maxClosing {
					for _, j := range r.ended {
						delete(r.running, j.id)
					}
					r.ended = nil
				}
			}
		}
		for _, j := range started {
			go func() {
				j.err = e.q.call(work, j.kind, []byte(j.args), j.attempt)
				ended <- j
			}()
		}
		stopped := soft.Done()
		if soft.Err() != nil {
			if len(r.running) == 0 {
				return nil
			}
			stopped = nil
		}
		if next.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(max(next.Sub(e.q.o.Now()), 0))
		}
		select {
		case j := <-ended:
			r.ended = append(r.ended, j)
		case <-e.wake:
		case <-timer.C:
		case <-stopped:
		}
	more:
		for {
			select {
			case j := <-ended:
				r.ended = append(r.ended, j)
			default:
				break more
			}
		}
	}
}

// step settles what has ended, takes what is due, renews leases and forgets old failures, in one transaction if any of it
// is needed and in none otherwise. It returns what is to be started and when to look again; zero is when woken.
func (e *table) step(ctx context.Context, r *round, kinds []string, closing bool) (started []taken, next time.Time, err error) {
	now := e.q.o.Now()
	if now.Before(r.pause) {
		return nil, r.pause, nil
	}
	free := e.q.o.Workers - (len(r.running) - len(r.ended))
	if closing || len(kinds) == 0 {
		free = 0
	}
	var due time.Time
	if free > 0 {
		if due, err = e.nextDue(ctx, kinds); err != nil {
			return nil, time.Time{}, err
		}
	}
	take := !due.IsZero() && !due.After(now)
	renew := len(r.running) > len(r.ended) && !now.Before(r.renewed.Add(e.q.o.Lease/3))
	forget := !r.forget.IsZero() && !r.forget.After(now)
	if !take && !renew && !forget && len(r.ended) == 0 {
		return nil, e.lookAgain(r, due), nil
	}
	first := r.forget
	err = e.q.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		started, first = nil, r.forget
		gone := map[string]bool{}
		for _, j := range r.ended {
			gone[j.id] = true
			gaveUp, err := e.settle(ctx, tx, j, now)
			if err != nil {
				return err
			}
			if gaveUp && first.IsZero() {
				first = now.Add(keepFailed)
			}
		}
		if renew {
			for id, j := range r.running {
				if !gone[id] {
					_, err := tx.Exec(ctx, "UPDATE job SET due_at = $1 WHERE id = $2 AND attempt = $3",
						db.Micros(now.Add(e.q.o.Lease)), id, j.attempt)
					if err != nil {
						return err
					}
				}
			}
		}
		if forget {
			if _, err := tx.Exec(ctx, "DELETE FROM job WHERE state = 'failed' AND due_at <= $1", db.Micros(now)); err != nil {
				return err
			}
			var err error
			if first, err = firstFailed(ctx, tx); err != nil {
				return err
			}
		}
		if !take {
			return nil
		}
		var worn bool
		var err error
		started, worn, err = e.take(ctx, tx, kinds, free, now)
		if worn && first.IsZero() {
			first = now.Add(keepFailed)
		}
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	r.forget = first
	for _, j := range r.ended {
		delete(r.running, j.id)
	}
	r.ended = nil
	if len(r.running) == 0 || renew {
		r.renewed = now
	}
	for _, j := range started {
		r.running[j.id] = j
	}
	return started, now, nil // what was written may be due, and there may be more: ask again, which is one read
}

// lookAgain is the earliest of what the loop waits for.
func (e *table) lookAgain(r *round, due time.Time) time.Time {
	next := due
	sooner := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	sooner(r.forget)
	if len(r.running) > 0 {
		sooner(r.renewed.Add(e.q.o.Lease / 3))
	}
	return next
}

// nextDue is when the first waiting job is due, or a lease ends; zero when there is none.
func (e *table) nextDue(ctx context.Context, kinds []string) (time.Time, error) {
	in, args := db.In(1, kinds)
	return maybe(db.One(ctx, e.q.d, db.Value[int64],
		"SELECT due_at FROM job WHERE state <> 'failed' AND kind IN ("+in+") ORDER BY due_at LIMIT 1", args...))
}

func (e *table) firstFailed(ctx context.Context) (time.Time, error) { return firstFailed(ctx, e.q.d) }

func firstFailed(ctx context.Context, r db.Reader) (time.Time, error) {
	return maybe(db.One(ctx, r, db.Value[int64], "SELECT due_at FROM job WHERE state = 'failed' ORDER BY due_at LIMIT 1"))
}

func maybe(us int64, err error) (time.Time, error) {
	if errors.Is(err, db.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return db.Time(us), nil
}

// take leases up to n due jobs. One that was begun too often without an end (it may bring the process down) is given up;
// worn says that there was such a one.
func (e *table) take(ctx context.Context, tx *db.Tx, kinds []string, n int, now time.Time) (list []taken, worn bool, err error) {
	in, args := db.In(3, kinds)
	args = append([]any{db.Micros(now.Add(e.q.o.Lease)), db.Micros(now)}, args...)
	limit, rest := db.In(len(args)+1, []int{n})
	all, err := db.All(ctx, tx, scanTaken, `
		UPDATE job SET state = 'running', due_at = $1, attempt = attempt + 1
		WHERE id IN (SELECT id FROM job WHERE state <> 'failed' AND due_at <= $2 AND kind IN (`+in+`) ORDER BY due_at, id LIMIT `+limit+`)
		RETURNING id, kind, args, unique_key, token, attempt`, append(args, rest...)...)
	if err != nil {
		return nil, false, err
	}
	for _, j := range all {
		if j.key != "" {
			if err := releaseKey(ctx, tx, j.kind, j.key, j.token); err != nil {
				return nil, false, err
			}
		}
		if j.attempt > e.q.o.MaxAttempts {
			worn = true
			if err := e.giveUp(ctx, tx, j, "was interrupted each time", now); err != nil {
				return nil, false, err
			}
			continue
		}
		list = append(list, j)
	}
	return list, worn, nil
}

// settle writes how a job ended. It touches nothing when the job's lease has passed on to another run.
func (e *table) settle(ctx context.Context, tx *db.Tx, j taken, now time.Time) (gaveUp bool, err error) {
	switch {
	case j.err == nil:
		_, err = tx.Exec(ctx, "DELETE FROM job WHERE id = $1 AND attempt = $2", j.id, j.attempt)
	case j.attempt >= e.q.o.MaxAttempts:
		return true, e.giveUp(ctx, tx, j, j.err.Error(), now)
	default:
		_, err = tx.Exec(ctx, "UPDATE job SET state = 'waiting', due_at = $1, reason = $2 WHERE id = $3 AND attempt = $4",
			db.Micros(now.Add(e.q.o.Backoff(j.attempt))), j.err.Error(), j.id, j.attempt)
	}
	return false, err
}

func (e *table) giveUp(ctx context.Context, tx *db.Tx, j taken, why string, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE job SET state = 'failed', due_at = $1, reason = $2 WHERE id = $3 AND attempt = $4",
		db.Micros(now.Add(keepFailed)), why, j.id, j.attempt)
	return err
}

func (e *table) failed(ctx context.Context, limit int) ([]Failure, error) {
	return db.All(ctx, e.q.d, func(s db.Scanner) (Failure, error) {
		var f Failure
		err := s.Scan(&f.Kind, &f.Attempts, &f.Reason)
		return f, err
	}, "SELECT kind, attempt, reason FROM job WHERE state = 'failed' ORDER BY due_at DESC, id DESC LIMIT $1", limit)
}
