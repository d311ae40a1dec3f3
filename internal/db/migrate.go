package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"kith/internal/fold"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrate brings the schema up to date. It refuses a database that a newer Kith has written.
func (d *DB) Migrate(ctx context.Context) error {
	// Nearly every start finds the schema as it should be. Asking goose costs it a connection and a third of its time.
	if have, err := d.SchemaVersion(ctx); err == nil && have == d.newest() {
		return nil
	}
	p, closer, err := d.provider()
	if err != nil {
		return err
	}
	defer closer()
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", d.explain(err))
	}
	if have > want {
		return fmt.Errorf("this database was written by a newer Kith (schema %d, this one knows %d): install that version or a later one; nothing was changed", have, want)
	}
	if have == want {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", d.explain(err))
	}
	return nil
}

// newest is the number of the newest migration that this program knows.
func (d *DB) newest() int64 {
	var n int64
	files, _ := migrationFiles.ReadDir("migrations") // part of the program
	for _, f := range files {
		number, _, _ := strings.Cut(f.Name(), "_")
		if v, err := strconv.ParseInt(number, 10, 64); err == nil {
			n = max(n, v)
		}
	}
	for _, m := range goMigrations(d.dialect) {
		n = max(n, m.Version)
	}
	return n
}

func (d *DB) explain(err error) error {
	if d.dialect == SQLite {
		return explainSQLite(err)
	}
	return err
}

// provider makes goose's view of the database. On SQLite it runs on the reading pool's file through a connection of its
// own, since the writer's belongs to the writer.
func (d *DB) provider() (*goose.Provider, func(), error) {
	dir, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, nil, err
	}
	pool, closer, dialect := d.read, func() {}, database.DialectPostgres
	if d.dialect == SQLite {
		dialect = database.DialectSQLite3
		own, err := sql.Open(sqliteDriver, sqliteDSN(d.url, false))
		if err != nil {
			return nil, nil, fmt.Errorf("open for migration: %w", err)
		}
		own.SetMaxOpenConns(1)
		pool, closer = own, func() { _ = own.Close() }
		if err := hurryIfEmpty(own); err != nil {
			closer()
			return nil, nil, fmt.Errorf("open for migration: %w", explainSQLite(err))
		}
	}
	p, err := goose.NewProvider(dialect, pool, dir,
		goose.WithGoMigrations(goMigrations(d.dialect)...), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		closer()
		return nil, nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, closer, nil
}

// hurryIfEmpty lets the first migrations of a new file not wait for the disk one by one. Nothing can be lost, since nothing
// is kept yet; a crash leaves the log cut off between two migrations, from where the next start goes on; and the first
// write of the writer, which does wait, makes all of the log before it durable.
func hurryIfEmpty(own *sql.DB) error {
	var tables int
	if err := own.QueryRow("SELECT COUNT(*) FROM sqlite_master").Scan(&tables); err != nil { //nolint:noctx // a new, local file
		return err
	}
	if tables > 0 {
		return nil
	}
	_, err := own.Exec("PRAGMA synchronous = OFF") //nolint:noctx // as above
	return err
}

// SchemaVersion is the number of the newest migration that was applied.
func (d *DB) SchemaVersion(ctx context.Context) (int64, error) {
	v, err := One(ctx, d, Value[int64], "SELECT CAST(COALESCE(MAX(version_id), 0) AS BIGINT) FROM goose_db_version")
	if errors.Is(err, ErrNoRows) {
		return 0, nil
	}
	return v, err
}

// goMigrations are the steps whose statements cannot be the same on both databases.
func goMigrations(dialect Dialect) []*goose.Migration {
	step := func(version int64, statements map[Dialect][]string) *goose.Migration {
		return goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			for _, s := range statements[dialect] {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return fmt.Errorf("%.60s: %w", s, err)
				}
			}
			return nil
		}}, nil)
	}
	return []*goose.Migration{
		// The search index. On SQLite a full-text table without a copy of the words (content=''), whose rows carry the
		// moment's order_key, so that it is walked newest first; columnsize=0 because nothing is ranked. On PostgreSQL a
		// vector of the same tokens under GIN. Owner: moment.
		step(20261124090500, map[Dialect][]string{
			SQLite: {
				`CREATE VIRTUAL TABLE moment_search USING fts5(words, content='', columnsize=0, tokenize="unicode61 remove_diacritics 0")`,
			},
			Postgres: {
				`CREATE TABLE moment_search (order_key BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)`,
				`CREATE INDEX moment_search_words ON moment_search USING gin (words)`,
			},
		}),
		goose.NewGoMigration(20261130204701, &goose.GoFunc{RunTx: foldFacts}, nil),
	}
}

// foldFacts fills in the words by which facts are found: databases fold differently, so that it is done here.
func foldFacts(ctx context.Context, tx *sql.Tx) error {
	type fact struct{ user, id, text string }
	rows, err := tx.QueryContext(ctx, "SELECT user_id, id, text FROM person_fact WHERE deleted_at IS NULL AND private = FALSE")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var facts []fact
	for rows.Next() {
		var f fact
		if err := rows.Scan(&f.user, &f.id, &f.text); err != nil {
			return err
		}
		facts = append(facts, f)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, f := range facts {
		if _, err := tx.ExecContext(ctx, "UPDATE person_fact SET text_fold = $1 WHERE user_id = $2 AND id = $3",
			" "+strings.Join(fold.Words(fold.Fold(f.text)), " "), f.user, f.id); err != nil {
			return err
		}
	}
	return nil
}
