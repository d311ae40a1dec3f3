package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

func openPostgres(ctx context.Context, address string, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read; it looks like postgres://user:password@host:5432/name: %w", withoutPassword(err, address))
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	pool := stdlib.OpenDB(*cfg)
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

func hosts(cfg *pgx.ConnConfig) string {
	list := fmt.Sprintf("%s:%d", cfg.Host, cfg.Port)
	for _, f := range cfg.Fallbacks {
		if one := fmt.Sprintf("%s:%d", f.Host, f.Port); !strings.Contains(list, one) {
			list += ", " + one
		}
	}
	return list
}

// withoutPassword keeps the password of a database address out of an error's text.
func withoutPassword(err error, address string) error {
	u, perr := url.Parse(address)
	if perr != nil || u.User == nil {
		return err
	}
	if p, ok := u.User.Password(); ok && p != "" && strings.Contains(err.Error(), p) {
		return errors.New(strings.ReplaceAll(err.Error(), p, "***"))
	}
	return err
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
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
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
			d.log.Warn("listening was interrupted", "error", err)
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	}
	return nil
}

func (d *DB) listen(ctx context.Context, channel string, ready func(), f func(string)) error {
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return err
	}
	if ready != nil {
		ready()
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		f(n.Payload)
	}
}

// Std returns the pool on PostgreSQL and nil on SQLite. It exists for tests that make schemas.
func (d *DB) Std() *sql.DB {
	if d.dialect == Postgres {
		return d.read
	}
	return nil
}
