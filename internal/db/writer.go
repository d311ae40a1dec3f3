package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
)

// maxBatch bounds the writes that share one commit, and with it how long the first of them waits.
const maxBatch = 256

// errClosed is what a write gets after Close.
var errClosed = errors.New("the database is closed")

// errLost is what every write of a batch gets when SQLite undid the whole transaction under us (disk full, I/O error).
var errLost = errors.New("the transaction was undone as a whole")

// writer is the one goroutine that writes to SQLite. It takes the writes that wait together into one transaction and
// answers them after the one commit: durability then costs one fsync for all of them.
type writer struct {
	log   *slog.Logger
	pool  *sql.DB // of the one connection below, to be closed with it
	conn  *preparedConn
	count *counters
	queue chan *write
	quit  chan struct{}
	done  chan struct{}
	once  sync.Once
}

// write is one callback waiting for its turn.
type write struct {
	ctx     context.Context //nolint:containedctx // the caller's, to give up while waiting
	order   int64
	run     func(ctx context.Context, tx *Tx) error
	claimed atomic.Bool // set by whoever comes first: the writer to run it, the caller to give up
	tx      *Tx
	err     error
	answer  chan struct{}
}

func startWriter(pool *sql.DB, conn *sql.Conn, count *counters, log *slog.Logger) *writer {
	w := &writer{
		log:   log,
		pool:  pool,
		conn:  &preparedConn{conn: conn, stmts: map[string]*sql.Stmt{}, tables: map[string]string{}, touched: map[string]struct{}{}},
		count: count,
		queue: make(chan *write, maxBatch),
		quit:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	go w.loop()
	return w
}

// stop ends the writing; what began is done. The connection stays open until close.
func (w *writer) stop() {
	w.once.Do(func() { close(w.quit) })
	<-w.done
}

// close closes the connection of a writer that stopped. Whoever closes a file last folds its log into it, which readers
// cannot.
func (w *writer) close() error {
	w.conn.close()
	return w.pool.Close()
}

func (w *writer) do(ctx context.Context, order int64, run func(context.Context, *Tx) error) error {
	one := &write{ctx: ctx, order: order, run: run, answer: make(chan struct{})}
	select {
	case w.queue <- one:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	select {
	case <-one.answer:
		return one.err
	case <-ctx.Done():
		if one.claimed.CompareAndSwap(false, true) {
			return ctx.Err() // it had not begun, and now never will
		}
	case <-w.done:
		if one.claimed.CompareAndSwap(false, true) {
			return errClosed
		}
	}
	<-one.answer // begun: only the commit knows how it ended
	return one.err
}

func (w *writer) loop() {
	defer close(w.done)
	batch := make([]*write, 0, maxBatch)
	for {
		batch = batch[:0]
		select {
		case one := <-w.queue:
			batch = append(batch, one)
		case <-w.quit:
			return
		}
	gather:
		for len(batch) < maxBatch {
			select {
			case one := <-w.queue:
				batch = append(batch, one)
			default:
				break gather
			}
		}
		batch = slices.DeleteFunc(batch, func(one *write) bool { return !one.claimed.CompareAndSwap(false, true) })
		if len(batch) == 0 {
			continue
		}
		slices.SortStableFunc(batch, func(a, b *write) int {
			switch {
			case a.order < b.order:
				return -1
			case a.order > b.order:
				return 1
			}
			return 0
		})
		w.commit(batch)
		w.count.add(w.conn.touched)
		clear(w.conn.touched)
		for _, one := range batch {
			if one.err == nil {
				one.tx.committed()
			}
			close(one.answer)
		}
	}
}

// commit runs the batch in one transaction and leaves each write's outcome in its err. At first without savepoints, which cost
// a tenth of a small write: few writes fail, and when one does the batch is run again with them.
func (w *writer) commit(batch []*write) {
	if w.attempt(batch, false) {
		return
	}
	for _, one := range batch {
		one.err = nil
	}
	w.attempt(batch, true)
}

// attempt runs the batch in one transaction. It reports false, with nothing done, when writes must be told apart to go on.
func (w *writer) attempt(batch []*write, apart bool) bool {
	ctx := context.Background()
	alone := len(batch) == 1
	all := func(err error) bool {
		err = translate(err)
		for _, one := range batch {
			if one.err == nil {
				one.err = err
			}
		}
		w.rollback(ctx)
		return true
	}
	if _, err := w.conn.exec(ctx, "BEGIN IMMEDIATE", nil); err != nil {
		return all(fmt.Errorf("begin: %w", err))
	}
	for _, one := range batch {
		one.tx = &Tx{dialect: SQLite, conn: w.conn}
		if apart {
			if _, err := w.conn.exec(ctx, "SAVEPOINT one", nil); err != nil {
				return all(fmt.Errorf("savepoint: %w", err))
			}
		}
		one.err = w.call(ctx, one)
		if one.err != nil && !apart {
			w.rollback(ctx)
			return alone
		}
		if one.err != nil {
			if _, err := w.conn.exec(ctx, "ROLLBACK TO one", nil); err != nil {
				// SQLite rolls the whole transaction back on some errors (full, I/O). Nobody was answered yet.
				return all(fmt.Errorf("%w: %w", errLost, one.err))
			}
		}
		if apart {
			if _, err := w.conn.exec(ctx, "RELEASE one", nil); err != nil {
				return all(fmt.Errorf("release: %w", err))
			}
		}
	}
	for _, one := range batch {
		if one.err != nil {
			continue
		}
		if err := w.end(ctx, one); err != nil {
			w.rollback(ctx)
			if alone {
				one.err = translate(err)
				return true
			}
			// Past its savepoint one write cannot be undone without the others. Each gets a transaction of its own.
			for _, again := range batch {
				if again.err == nil {
					w.commit([]*write{again})
				}
			}
			return true
		}
	}
	if _, err := w.conn.exec(ctx, "COMMIT", nil); err != nil {
		return all(fmt.Errorf("commit: %w", err))
	}
	return true
}

// end runs what a write kept for the end, and turns a panic into an error.
func (w *writer) end(ctx context.Context, one *write) error {
	last := &write{tx: one.tx, run: func(ctx context.Context, tx *Tx) error { return tx.end(ctx) }}
	return w.call(ctx, last)
}

// rollback ends a failed transaction. SQLite may have ended it already; that is no error here.
func (w *writer) rollback(ctx context.Context) { _, _ = w.conn.exec(ctx, "ROLLBACK", nil) }

// call runs one callback and turns a panic into an error, so that it costs its own write alone.
func (w *writer) call(ctx context.Context, one *write) (err error) {
	defer func() {
		if r := recover(); r != nil {
			w.log.Error("panic in a write", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in a write: %v", r)
		}
	}()
	return one.run(ctx, one.tx)
}
