package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/lib/pq"
)

func openPostgres(ctx context.Context, address string, o Options) (*DB, error) {
	address = withDefaults(address)
	cfg, err := pq.NewConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read; it looks like postgres://user:password@host:5432/name: %w", withoutPassword(err, address))
	}
	dialer, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("the database address does not say how to connect: %w", withoutPassword(err, address))
	}
	pool := sql.OpenDB(connector{dialer})
	n := o.MaxConns
	if n == 0 {
		n = 20
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("the PostgreSQL server at %s does not answer; check that it runs and that the address, user and password are right: %w",
			hosts(cfg), withoutPassword(err, address))
	}
	return &DB{dialect: Postgres, url: address, log: o.Log, read: pool}, nil
}

// withDefaults says what the driver would decide otherwise than psql does: TLS where the server offers it, unless the
// address, the environment or a service says more; and to give up after five seconds.
func withDefaults(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	if !q.Has("sslmode") && !q.Has("service") && !q.Has("sslrootcert") &&
		os.Getenv("PGSSLMODE") == "" && os.Getenv("PGSERVICE") == "" && os.Getenv("PGSSLROOTCERT") == "" {
		q.Set("sslmode", "prefer")
	}
	if !q.Has("connect_timeout") && os.Getenv("PGCONNECT_TIMEOUT") == "" {
		q.Set("connect_timeout", "5")
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func hosts(cfg pq.Config) string {
	list := []string{fmt.Sprintf("%s:%d", cfg.Host, cfg.Port)}
	for _, m := range cfg.Multi {
		list = append(list, fmt.Sprintf("%s:%d", m.Host, m.Port))
	}
	return strings.Join(list, ", ")
}

// withoutPassword keeps the password of a database address out of an error's text, also when the address cannot be read.
func withoutPassword(err error, address string) error {
	_, rest, _ := strings.Cut(address, "://")
	rest, _, _ = strings.Cut(rest, "?")
	user := rest[:max(0, strings.LastIndexByte(rest, '@'))]
	_, typed, _ := strings.Cut(user, ":")
	text := err.Error()
	for _, p := range []string{typed, unescaped(typed)} {
		if p != "" {
			text = strings.ReplaceAll(text, p, "***")
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

func unescaped(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// maxTries bounds how often a transaction that lost a race is run again.
const maxTries = 12

// writePostgres runs f at SERIALIZABLE, so that a transaction means what it means on SQLite, and again when it lost a
// race against another.
func (d *DB) writePostgres(ctx context.Context, f func(context.Context, *Tx) error) error {
	for try := 1; ; try++ {
		tx, err := d.tryPostgres(ctx, f)
		if err == nil {
			tx.committed()
			return nil
		}
		if !lostRace(err) || try == maxTries {
			return translate(err)
		}
		pause := time.Duration(rand.Int64N(int64(time.Millisecond) << min(try, 6))) //nolint:gosec // jitter, not a secret
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *DB) tryPostgres(ctx context.Context, f func(context.Context, *Tx) error) (_ *Tx, err error) {
	std, err := d.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if r := recover(); r != nil {
			d.log.Error("panic in a write", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in a write: %v", r)
		}
		if err != nil {
			_ = std.Rollback()
		}
	}()
	tx := &Tx{dialect: Postgres, std: std}
	if err := f(ctx, tx); err != nil {
		return nil, err
	}
	if err := tx.end(ctx); err != nil {
		return nil, err
	}
	if err := std.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	return tx, nil
}

func lostRace(err error) bool {
	pqErr, ok := errors.AsType[*pq.Error](err)
	return ok && (pqErr.Code == "40001" || pqErr.Code == "40P01")
}

// Notify sends words to every Listen on the channel, on every node, once the transaction commits. On SQLite, which is one
// process, it does nothing: use OnCommit.
func (t *Tx) Notify(ctx context.Context, channel, words string) error {
	if t.dialect != Postgres {
		return nil
	}
	_, err := t.Exec(ctx, "SELECT pg_notify($1, $2)", channel, words)
	return err
}

// Listen calls f with what Notify sent, until ctx ends. It holds one connection of its own and takes a new one when it is
// lost; ready, if not nil, is called each time it listens (again), since what was sent in between is lost.
func (d *DB) Listen(ctx context.Context, channel string, ready func(), f func(words string)) error {
	if d.dialect != Postgres {
		<-ctx.Done()
		return nil
	}
	for ctx.Err() == nil {
		if err := d.listen(ctx, channel, ready, f); err != nil && ctx.Err() == nil {
			d.log.Warn("listening was interrupted", "error", withoutPassword(err, d.url))
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	}
	return nil
}

// listen returns with ctx, or with what the server has against listening. The connection itself is taken anew by the driver.
func (d *DB) listen(ctx context.Context, channel string, ready func(), f func(string)) error {
	l := pq.NewListener(d.url, time.Second, time.Second, func(_ pq.ListenerEventType, err error) {
		if err != nil && ctx.Err() == nil {
			d.log.Warn("listening was interrupted", "error", withoutPassword(err, d.url))
		}
	})
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	defer func() { _ = l.Close() }()
	if err := l.Listen(channel); err != nil {
		return err
	}
	if ready == nil {
		ready = func() {}
	}
	ready()
	for {
		select {
		case n := <-l.Notify:
			switch {
			case ctx.Err() != nil:
				return nil
			case n == nil: // a new connection
				ready()
			default:
				f(n.Extra)
			}
		case <-time.After(askAfter):
			_ = l.Ping() // a connection that is lost unseen is replaced
		case <-ctx.Done():
			return nil
		}
	}
}

// askAfter is how long a listening connection may be silent before the server is asked whether it is there.
const askAfter = 90 * time.Second

// Std returns the pool on PostgreSQL and nil on SQLite. It exists for tests that make schemas.
func (d *DB) Std() *sql.DB {
	if d.dialect == Postgres {
		return d.read
	}
	return nil
}
