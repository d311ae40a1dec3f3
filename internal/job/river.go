package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"kith/internal/db"
)

// onRiver is the queue on PostgreSQL. River keeps the jobs, hands each to one node, retries and rescues; unique keys and
// periodic work are ours, because River swallows a job also while another runs, and its periodic work starts anew with
// every leader.
type onRiver struct {
	q       *Queue
	inserts *river.Client[*sql.Tx]
}

// migrateLock keeps nodes that start together from making River's tables twice. Any number that nothing else uses.
const migrateLock = 5484

func newRiver(q *Queue) (*onRiver, error) {
	if err := migrateRiver(context.Background(), q); err != nil {
		return nil, fmt.Errorf("bring the tables of the job queue up to date: %w", err)
	}
	inserts, err := river.NewClient(riverdatabasesql.New(q.d.Std()), &river.Config{
		Logger: quiet(q.o.Log), MaxAttempts: q.o.MaxAttempts, SkipUnknownJobCheck: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return &onRiver{q: q, inserts: inserts}, nil
}

// quiet lets River say what went wrong and keeps its chatter out of the log.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(atLeastWarn{log.Handler()}) }

type atLeastWarn struct{ slog.Handler }

func (h atLeastWarn) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h atLeastWarn) WithAttrs(a []slog.Attr) slog.Handler {
	return atLeastWarn{h.Handler.WithAttrs(a)}
}
func (h atLeastWarn) WithGroup(n string) slog.Handler { return atLeastWarn{h.Handler.WithGroup(n)} }

func migrateRiver(ctx context.Context, q *Queue) (err error) {
	m, err := rivermigrate.New(riverdatabasesql.New(q.d.Std()), &rivermigrate.Config{Logger: quiet(q.o.Log)})
	if err != nil {
		return err
	}
	if ok, err := m.Validate(ctx, nil); err == nil && ok.OK {
		return nil
	}
	conn, err := q.d.Std().Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1, hashtext(current_schema()))", migrateLock); err != nil {
		return err
	}
	defer func() {
		_, e := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1, hashtext(current_schema()))", migrateLock)
		err = errors.Join(err, e)
	}()
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// riverArgs carries our arguments as they are.
type riverArgs struct {
	kind string
	raw  json.RawMessage
}

func (a riverArgs) Kind() string                 { return a.kind }
func (a riverArgs) MarshalJSON() ([]byte, error) { return a.raw, nil }
func (a *riverArgs) UnmarshalJSON(b []byte) error {
	a.raw = append(json.RawMessage(nil), b...)
	return nil
}

// riverKey is what River keeps beside the arguments of a job with a key.
type riverKey struct {
	Key   string `json:"kith_key,omitempty"`
	Token string `json:"kith_token,omitempty"`
}

func (e *onRiver) insert(ctx context.Context, tx *db.Tx, one entry) error {
	opts := &river.InsertOpts{MaxAttempts: e.q.o.MaxAttempts, ScheduledAt: one.at}
	if one.key != "" {
		b, err := json.Marshal(riverKey{Key: one.key, Token: one.token})
		if err != nil {
			return err
		}
		opts.Metadata = b
	}
	if _, err := e.inserts.InsertTx(ctx, tx.Std(), riverArgs{kind: one.kind, raw: one.args}, opts); err != nil {
		return err
	}
	if !one.at.IsZero() {
		return nil
	}
	_, err := tx.Exec(ctx, wakeRiver)
	return err
}

// wakeRiver is the notification that River sends itself, but not a second time within its cooldown, whether or not the
// first one's transaction was committed: that job would wait for the next poll.
const wakeRiver = `SELECT pg_notify(current_schema() || '.river_insert', '{"queue": "` + river.QueueDefault + `"}')`

// worker runs every kind.
type worker struct {
	river.WorkerDefaults[riverArgs]
	q *Queue
}

func (w *worker) Work(ctx context.Context, j *river.Job[riverArgs]) error {
	var key riverKey
	if err := json.Unmarshal(j.Metadata, &key); err != nil {
		return errors.New("the key cannot be read")
	}
	if key.Key != "" {
		err := w.q.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return releaseKey(ctx, tx, j.Kind, key.Key, key.Token)
		})
		if err != nil {
			w.q.o.Log.Warn("the key of a job could not be released", "kind", j.Kind, "error", err)
			return errors.New("the key could not be released")
		}
	}
	return w.q.call(ctx, j.Kind, j.Args.raw, j.Attempt)
}

// retries gives River our pauses.
type retries struct {
	backoff func(attempt int) time.Duration
}

func (r retries) NextRetry(j *rivertype.JobRow) time.Time {
	return time.Now().Add(r.backoff(j.Attempt))
}

// The times of River's own upkeep.
const (
	pollRiver    = 2 * time.Second      // a wake-up that was lost costs this much
	fetchRiver   = 5 * time.Millisecond // between two looks while there is work
	keepFinished = 10 * time.Minute
	cancelGrace  = 5 * time.Second
)

func (e *onRiver) run(soft, work context.Context) error {
	kinds := e.q.kinds()
	if len(kinds) == 0 {
		<-soft.Done()
		return nil
	}
	pool, err := e.q.d.ListenPool(work)
	if err != nil {
		return err
	}
	defer pool.Close()
	workers := river.NewWorkers()
	for _, kind := range kinds {
		river.AddWorkerArgs(workers, riverArgs{kind: kind}, &worker{q: e.q})
	}
	client, err := river.NewClient(riverdatabasesql.NewWithPgxListener(e.q.d.Std(), pool), &river.Config{
		Logger:                      quiet(e.q.o.Log),
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: e.q.o.Workers}},
		Workers:                     workers,
		FetchOnlyKnownKinds:         true,
		FetchCooldown:               fetchRiver,
		FetchPollInterval:           pollRiver,
		JobTimeout:                  e.q.o.Timeout + cancelGrace, // ours comes first, so that its reason is kept
		RescueStuckJobsAfter:        e.q.o.Timeout + cancelGrace + e.q.o.Lease,
		MaxAttempts:                 e.q.o.MaxAttempts,
		RetryPolicy:                 retries{backoff: e.q.o.Backoff},
		CompletedJobRetentionPeriod: keepFinished,
		CancelledJobRetentionPeriod: keepFinished,
		DiscardedJobRetentionPeriod: keepFailed,
	})
	if err != nil {
		return fmt.Errorf("open the job queue: %w", err)
	}
	if err := client.Start(work); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	<-soft.Done()
	// When work ends meanwhile, River cancels the handlers; either way they are waited for.
	if err := client.Stop(context.WithoutCancel(work)); err != nil {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return nil
}

func (e *onRiver) failed(ctx context.Context, limit int) ([]Failure, error) {
	list := []Failure{}
	res, err := e.inserts.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateDiscarded).
		OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc).First(limit))
	if err != nil {
		return nil, err
	}
	for _, j := range res.Jobs {
		f := Failure{Kind: j.Kind, Attempts: j.Attempt}
		if n := len(j.Errors); n > 0 {
			f.Reason = j.Errors[n-1].Error
		}
		list = append(list, f)
	}
	return list, nil
}
