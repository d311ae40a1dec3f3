// Package db opens the database and is the only door to its drivers and migrations.
//
// Kith speaks one portable SQL set over database/sql, with $1 parameters, on SQLite (the default, one machine) and on
// PostgreSQL (many nodes). The seam between the two is the driver. What a caller may rely on is the same on both:
//
//   - Write runs a callback in a transaction; when it returns nil, the write is durable (SQLite: WAL with
//     synchronous=FULL; PostgreSQL: SERIALIZABLE, retried when it lost a race, so a callback may run more than once).
//   - Reads go through Reader, which *DB and *Tx both satisfy; View gives several reads one snapshot.
//   - Unique, foreign key and check violations and a full disk leave as fault values; nothing above looks at a driver.
//   - Parameters are numbered in order of first appearance, because SQLite drivers other than the default one bind them
//     so; a statement that is not is refused when it is first used.
//
// It knows no noun. Tables belong to the packages that own them.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Dialect names a database.
type Dialect string

// The two databases Kith stands on.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Reader is what a function that only reads needs. Both *DB and *Tx satisfy it.
type Reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	Dialect() Dialect
}

// Options change how a database is opened. The zero value is right for serving.
type Options struct {
	Log      *slog.Logger // nil is silent
	MaxConns int          // PostgreSQL: open connections at most; 0 is 20. SQLite: readers; 0 is 4
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect Dialect
	url     string // PostgreSQL: the address; SQLite: the file, as a file: address spells it
	log     *slog.Logger
	read    *sql.DB // SQLite: read-only pool; PostgreSQL: the one pool
	writer  *writer // SQLite only
	writes  *counters

	mu    sync.RWMutex
	stmts map[string]*sql.Stmt // prepared reads by their text; SQLite only; a PostgreSQL connection keeps its own
}

// Open opens the database at url: "sqlite:PATH" or "postgres://...". A path without a scheme is SQLite. It does not
// migrate; see Migrate. The error says what an operator can do about it.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return openPostgres(ctx, url, o)
	}
	path, ok := strings.CutPrefix(url, "sqlite:")
	if !ok && strings.Contains(url, "://") {
		return nil, errors.New("the database address must begin with sqlite: or postgres://")
	}
	return openSQLite(ctx, strings.TrimPrefix(path, "//"), o)
}

// Dialect says which database this is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Close waits for writes under way and closes all connections.
func (d *DB) Close() error {
	if d.writer != nil {
		d.writer.stop()
	}
	d.mu.Lock()
	for _, s := range d.stmts {
		_ = s.Close()
	}
	d.stmts = nil
	d.mu.Unlock()
	err := d.read.Close()
	if d.writer != nil {
		err = errors.Join(err, d.writer.close())
	}
	return err
}

// Ping answers whether the database can be reached.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// maxStmts bounds the prepared reads that are kept. Filters make a few dozen shapes; a bug that made endless ones must
// not eat memory.
const maxStmts = 512

// QueryContext reads outside any transaction.
func (d *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if d.dialect == Postgres {
		if err := checkOnce(query); err != nil {
			return nil, err
		}
		rows, err := d.read.QueryContext(ctx, query, args...)
		return rows, translate(err)
	}
	d.mu.RLock()
	stmt, ok := d.stmts[query]
	full := len(d.stmts) >= maxStmts
	d.mu.RUnlock()
	if !ok {
		if err := checkOnce(query); err != nil {
			return nil, err
		}
		if full {
			rows, err := d.read.QueryContext(ctx, query, args...)
			return rows, translate(err)
		}
		fresh, err := d.read.PrepareContext(ctx, query)
		if err != nil {
			return nil, translate(err)
		}
		d.mu.Lock()
		if d.stmts == nil {
			d.mu.Unlock()
			_ = fresh.Close() //nolint:sqlclosecheck // not kept, so closed at once
			return nil, sql.ErrConnDone
		}
		if stmt, ok = d.stmts[query]; ok {
			_ = fresh.Close()
		} else {
			stmt, d.stmts[query] = fresh, fresh
		}
		d.mu.Unlock()
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return rows, translate(err)
}

// View runs f with a Reader whose every read sees the same snapshot. Use it where several reads must agree (an export).
func (d *DB) View(ctx context.Context, f func(ctx context.Context, r Reader) error) error {
	level := sql.LevelDefault
	if d.dialect == Postgres {
		level = sql.LevelRepeatableRead
	}
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{Isolation: level, ReadOnly: true})
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback() }()
	return f(ctx, &Tx{dialect: d.dialect, std: tx})
}

// Write runs f in a transaction and returns when it is durable or refused. f gets its own context, does no I/O, hashing
// or waiting, and may run more than once; an error or a panic in it undoes what it wrote and nothing else.
func (d *DB) Write(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	return d.WriteOrdered(ctx, 0, f)
}

// WriteOrdered is Write with a hint: writes that wait together are run in rising order. The search index is built several
// times faster from rising keys; nothing else depends on it.
func (d *DB) WriteOrdered(ctx context.Context, order int64, f func(ctx context.Context, tx *Tx) error) error {
	if d.dialect == Postgres {
		return d.writePostgres(ctx, f)
	}
	return d.writer.do(ctx, order, f)
}

// Tx is a transaction under way. It is used by one goroutine, inside the callback it was given to.
type Tx struct {
	dialect Dialect
	std     *sql.Tx       // PostgreSQL, and views
	conn    *preparedConn // the SQLite writer
	after   []func()
	last    []func(ctx context.Context) error
}

// Dialect says which database this is.
func (t *Tx) Dialect() Dialect { return t.dialect }

// OnCommit has f called once the write is durable, and not at all if it is undone. f must return at once.
func (t *Tx) OnCommit(f func()) { t.after = append(t.after, f) }

// QueryContext reads inside the transaction.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if t.conn != nil {
		rows, err := t.conn.query(ctx, query, args)
		return rows, translate(err)
	}
	if err := checkOnce(query); err != nil {
		return nil, err
	}
	rows, err := t.std.QueryContext(ctx, query, args...)
	return rows, translate(err)
}

// Exec writes and returns the number of rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	var (
		res sql.Result
		err error
	)
	if t.conn != nil {
		res, err = t.conn.exec(ctx, query, args)
	} else {
		if err := checkOnce(query); err != nil {
			return 0, err
		}
		res, err = t.std.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, translate(err)
	}
	n, err := res.RowsAffected()
	return n, translate(err)
}

// maxLast bounds what AtEnd keeps: an import must not hold all its rows in memory.
const maxLast = 1000

// AtEnd has f run in this transaction when everything else in it has, in the order of the calls. It is for the search
// index: SQLite's full-text tables write a segment at every savepoint once they are touched, so touching them last makes
// the writes of a batch one segment. When f fails, the write fails.
func (t *Tx) AtEnd(ctx context.Context, f func(ctx context.Context) error) error {
	t.last = append(t.last, f)
	if len(t.last) < maxLast {
		return nil
	}
	return t.end(ctx)
}

// end runs what AtEnd kept.
func (t *Tx) end(ctx context.Context) error {
	for _, f := range t.last {
		if err := f(ctx); err != nil {
			return err
		}
	}
	t.last = nil
	return nil
}

func (t *Tx) committed() {
	for _, f := range t.after {
		f()
	}
}

// Micros is an instant as it is stored: microseconds since 1970 in UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time is the instant stored as us, in UTC.
func Time(us int64) time.Time { return time.UnixMicro(us).UTC() }

// MicrosOrNil is t as it is stored where there may be none.
func MicrosOrNil(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	us := Micros(*t)
	return &us
}

// TimeOrNil is the instant stored as us, or nil where none is.
func TimeOrNil(us *int64) *time.Time {
	if us == nil {
		return nil
	}
	t := Time(*us)
	return &t
}

// ErrNoRows is returned by One when nothing matches.
var ErrNoRows = sql.ErrNoRows

// Scanner is a row being read.
type Scanner interface{ Scan(dest ...any) error }

// One reads exactly the first row. It returns ErrNoRows when there is none.
func One[T any](ctx context.Context, r Reader, scan func(Scanner) (T, error), query string, args ...any) (T, error) {
	var one T
	found := false
	err := walk(ctx, r, query, args, func(s Scanner) (more bool, err error) {
		found = true
		one, err = scan(s)
		return false, err
	})
	if err == nil && !found {
		err = ErrNoRows
	}
	return one, err
}

// All reads every row. No row is an empty slice and no error.
func All[T any](ctx context.Context, r Reader, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	list := []T{}
	err := walk(ctx, r, query, args, func(s Scanner) (more bool, err error) {
		v, err := scan(s)
		list = append(list, v)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Each reads row after row without holding them all, and stops at the first error of f.
func Each[T any](ctx context.Context, r Reader, scan func(Scanner) (T, error), f func(T) error, query string, args ...any) error {
	var refused error
	err := walk(ctx, r, query, args, func(s Scanner) (more bool, err error) {
		v, err := scan(s)
		if err == nil {
			refused = f(v)
		}
		return refused == nil, err
	})
	if refused != nil {
		return refused
	}
	return err
}

// walk hands row after row to a function that scans it and says whether it wants more. It is what One, All and Each have in
// common whatever they read into, so that the program holds it once and not once a type.
func walk(ctx context.Context, r Reader, query string, args []any, row func(Scanner) (more bool, err error)) error {
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for more := true; more && rows.Next(); {
		if more, err = row(rows); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	return translate(rows.Err())
}

// Value scans a single column.
func Value[T any](s Scanner) (T, error) {
	var v T
	err := s.Scan(&v)
	return v, err
}

// In expands a list for "col IN (...)": it returns "$n,$n+1,..." counted from first, and the arguments.
func In[T any](first int, list []T) (string, []any) {
	var b strings.Builder
	args := make([]any, len(list))
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", first+i)
		args[i] = v
	}
	return b.String(), args
}
