// Package job does work later and outside of requests: Enqueue in a transaction, Handle, Every, Run, Stop.
//
// The queue is one table on both databases, with a wake-up at each commit: in the process on SQLite, which is one process,
// and by NOTIFY on PostgreSQL, for all nodes. What a caller may rely on, one test holds on both:
//
//   - A job exists if and only if the transaction that enqueued it was committed.
//   - A job runs at least once. What a crash interrupted runs again, so a handler must be idempotent.
//   - A job that fails is tried again, with growing pauses, at most MaxAttempts times; then it is kept as failed for a week.
//   - With Unique, a job is swallowed while another of its kind and key waits. One that already runs swallows nothing,
//     because it may have read the tables before the change that the second job is about.
//   - Periodic work runs once an interval, however many nodes run.
//
// Jobs are hints, not truth: what is due can be derived from the tables again. There is no order between jobs.
//
// Arguments hold identifiers only, never words of a person: they are not erased with an account, they vanish when the
// job has run, and a failed job's with the job. A handler that no longer finds what an
// identifier names has nothing to do and returns nil.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"kith/internal/db"
)

// Args are what a job is told. They are kept as JSON; Kind names the handler, in snake case, and never changes.
type Args interface{ Kind() string }

// Options change how a queue works. The zero value is right for serving.
type Options struct {
	Log *slog.Logger     // nil is silent
	Now func() time.Time // nil is time.Now

	Workers     int                             // handlers that run at once in this process; 0 is 8
	MaxAttempts int                             // how often a job is tried; 0 is 12
	Timeout     time.Duration                   // when a handler's context ends; 0 is 5 minutes
	Lease       time.Duration                   // how long after a crash its jobs run again, at the latest after Timeout too; 0 is a minute
	Backoff     func(attempt int) time.Duration // the pause after a failed attempt, counted from 1; nil is Backoff
}

// keepFailed is how long a failed job is kept, for an operator to see.
const keepFailed = 7 * 24 * time.Hour

// Queue is a job queue on a database. It is safe for concurrent use.
type Queue struct {
	d     *db.DB
	o     Options
	table *table

	mu       sync.Mutex
	handlers map[string]func(ctx context.Context, args []byte) error
	periods  []period
	started  bool
	stopped  bool
	stop     context.CancelFunc // has Run take no more jobs
	abort    context.CancelFunc // ends the contexts of running handlers
	done     chan struct{}      // closed when Run has returned
}

// entry is a job about to be kept.
type entry struct {
	kind       string
	args       []byte
	at         time.Time // zero: at once
	key, token string
}

// Failure is a job that was given up.
type Failure struct {
	Kind     string
	Attempts int
	Reason   string // see reason: holds no words of a person
}

// New makes a queue on d, which was migrated.
func New(d *db.DB, o Options) *Queue {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Workers == 0 {
		o.Workers = 8
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 12
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Minute
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Backoff == nil {
		o.Backoff = Backoff
	}
	q := &Queue{
		d: d, o: o,
		handlers: map[string]func(context.Context, []byte) error{},
		done:     make(chan struct{}),
	}
	q.table = newTable(q)
	return q
}

// Backoff is the pause after a failed attempt: ten seconds, doubled each time up to an hour, a fifth more or less so that
// jobs which failed together do not come back together.
func Backoff(attempt int) time.Duration {
	pause := min(10*time.Second<<min(max(attempt-1, 0), 20), time.Hour)
	return pause + time.Duration((rand.Float64()-0.5)*0.4*float64(pause)) //nolint:gosec // jitter, not a secret
}

// Option changes one job.
type Option func(*entry)

// At has the job run at t, not before.
func At(t time.Time) Option { return func(e *entry) { e.at = t } }

// Unique swallows the job while another of the same kind and key waits, whenever that one is due.
func Unique(key string) Option { return func(e *entry) { e.key = key } }

// Enqueue adds a job in the transaction: it exists if that is committed, and not otherwise.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, args Args, options ...Option) error {
	b, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("encode the arguments of job %s: %w", args.Kind(), err)
	}
	one := entry{kind: args.Kind(), args: b}
	for _, o := range options {
		o(&one)
	}
	now := q.o.Now()
	if !one.at.After(now) {
		one.at = time.Time{}
	}
	if one.key != "" {
		mine, err := q.claimKey(ctx, tx, &one, now)
		if err != nil {
			return fmt.Errorf("claim the key of job %s: %w", one.kind, err)
		}
		if !mine {
			return nil
		}
	}
	if err := q.table.insert(ctx, tx, one); err != nil {
		return fmt.Errorf("enqueue job %s: %w", one.kind, err)
	}
	return nil
}

// keyForgotten is how long past its time a job may be before its key no longer swallows others. A key outlives its job
// only if somebody deletes jobs by hand; an extra run costs nothing, work that never runs again would.
const keyForgotten = time.Hour

// claimKey reports whether the job is to be kept. The row it writes is locked until the transaction ends, so a worker
// cannot take the waiting job before what this transaction wrote can be seen.
func (q *Queue) claimKey(ctx context.Context, tx *db.Tx, one *entry, now time.Time) (bool, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return false, err
	}
	one.token = id.String()
	due := one.at
	if due.IsZero() {
		due = now
	}
	token, err := db.One(ctx, tx, db.Value[string], `
		INSERT INTO job_key (kind, unique_key, token, due_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, unique_key) DO UPDATE SET
			token  = CASE WHEN job_key.due_at < $5 THEN excluded.token ELSE job_key.token END,
			due_at = CASE WHEN job_key.due_at < $5 THEN excluded.due_at ELSE job_key.due_at END
		RETURNING token`,
		one.kind, one.key, one.token, db.Micros(due), db.Micros(now.Add(-keyForgotten)))
	return token == one.token, err
}

// releaseKey ends the time in which a job swallows others; it is about to run.
func releaseKey(ctx context.Context, tx *db.Tx, kind, key, token string) error {
	_, err := tx.Exec(ctx, "DELETE FROM job_key WHERE kind = $1 AND unique_key = $2 AND token = $3", kind, key, token)
	return err
}

// Handle names the handler of the jobs with arguments of type A, before Run. A handler is idempotent, because a job may
// run twice, and heeds its context.
func Handle[A Args](q *Queue, f func(ctx context.Context, args A) error) {
	var zero A
	q.mu.Lock()
	defer q.mu.Unlock()
	kind := zero.Kind()
	if _, twice := q.handlers[kind]; twice || q.started {
		panic("job: a second handler, or one named after Run, for " + kind)
	}
	q.handlers[kind] = func(ctx context.Context, b []byte) error {
		var args A
		if err := json.Unmarshal(b, &args); err != nil {
			return errors.New("the arguments cannot be read")
		}
		return f(ctx, args)
	}
}

// Failed lists the jobs that were given up in the last week, newest first.
func (q *Queue) Failed(ctx context.Context, limit int) ([]Failure, error) {
	list, err := q.table.failed(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("list failed jobs: %w", err)
	}
	return list, nil
}

// Run works on jobs until ctx ends or Stop is called, then waits for the handlers that run. It runs once.
func (q *Queue) Run(ctx context.Context) error {
	q.mu.Lock()
	if q.started {
		q.mu.Unlock()
		return errors.New("the job queue has been run already")
	}
	q.started = true
	soft, stop := context.WithCancel(ctx)
	work, abort := context.WithCancel(context.WithoutCancel(ctx))
	q.stop, q.abort = stop, abort
	if q.stopped {
		stop()
	}
	q.mu.Unlock()
	defer close(q.done)
	defer abort()
	var clock sync.WaitGroup
	clock.Go(func() { q.tick(soft) })
	defer clock.Wait()
	defer stop() // runs before the wait above: the engine may have failed
	return q.table.run(soft, work)
}

// Stop has Run take no more jobs and waits until it has returned. If ctx ends first, the contexts of running handlers end
// too; what they did not finish runs again later.
func (q *Queue) Stop(ctx context.Context) error {
	q.mu.Lock()
	q.stopped = true
	started, abort := q.started, q.abort
	if started {
		q.stop() // before any handler's context ends, or its job would be taken again at once
	}
	q.mu.Unlock()
	if !started {
		return nil
	}
	select {
	case <-q.done:
		return nil
	case <-ctx.Done():
		abort()
		return ctx.Err()
	}
}

func (q *Queue) kinds() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := make([]string, 0, len(q.handlers))
	for kind := range q.handlers {
		list = append(list, kind)
	}
	slices.Sort(list)
	return list
}

// call runs a handler. What it answers is the reason of a failure, safe to keep; the whole error goes to the log, once.
func (q *Queue) call(ctx context.Context, kind string, args []byte, attempt int) (err error) {
	ctx, cancel := context.WithTimeout(ctx, q.o.Timeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			q.o.Log.Error("panic in a job", "kind", kind, "attempt", attempt, "stack", string(debug.Stack()))
			err = errors.New("the handler panicked")
		}
	}()
	q.mu.Lock()
	f := q.handlers[kind]
	q.mu.Unlock()
	if f == nil {
		return errors.New("no handler for this kind")
	}
	if err := f(ctx, args); err != nil {
		q.o.Log.Warn("job failed", "kind", kind, "attempt", attempt, "error", err)
		return errors.New(reason(err))
	}
	return nil
}
