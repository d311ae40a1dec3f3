package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"kith/internal/fold"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is a step of the schema: what makes it is run, and noted, in one transaction. It is a file, or statements that
// cannot be the same on both databases, or what only Go can work out.
type migration struct {
	version    int64 // the second in which it was thought of: 20261124090500
	file       string
	statements string
	fill       func(context.Context, *sql.Tx) error
}

// Migrate brings the schema up to date. It refuses a database that a newer Kith has written.
func (d *DB) Migrate(ctx context.Context) error {
	// Nearly every start finds the schema as it should be, and the reading pool can tell.
	if have, err := d.SchemaVersion(ctx); err == nil && have == d.newest() {
		return nil
	}
	pool, closer, err := d.forMigration()
	if err != nil {
		return err
	}
	defer closer()
	steps, err := migrations(d.dialect)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	applied, err := appliedTo(ctx, pool, d.dialect)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", d.explain(err))
	}
	have, want := newestOf(applied), d.newest()
	if have > want {
		return fmt.Errorf("this database was written by a newer Kith (schema %d, this one knows %d): install that version or a later one; nothing was changed", have, want)
	}
	if err := bringUp(ctx, pool, d.dialect, steps, applied); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", d.explain(err))
	}
	return nil
}

// bringUp runs the steps that were not applied, in their order.
func bringUp(ctx context.Context, pool *sql.DB, dialect Dialect, steps []migration, applied []int64) error {
	err := alone(ctx, pool, dialect, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, versionTable)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range steps {
		if slices.Contains(applied, m.version) {
			continue
		}
		if have := newestOf(applied); m.version < have {
			return fmt.Errorf("migration %d is older than the schema, which is at %d, and was never applied", m.version, have)
		}
		if err := alone(ctx, pool, dialect, func(tx *sql.Tx) error { return m.apply(ctx, tx) }); err != nil {
			return fmt.Errorf("migration %d: %w", m.version, err)
		}
	}
	return nil
}

// alone runs f in a transaction while nobody else migrates this database: nodes are started together, and two commands may
// be the first on a folder. SQLite's transactions are begun with its write lock.
func alone(ctx context.Context, pool *sql.DB, dialect Dialect, f func(*sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if dialect == Postgres {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(20261124, hashtext(current_schema()))"); err != nil {
			return err
		}
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// apply makes the step and notes it, if nobody has meanwhile.
func (m migration) apply(ctx context.Context, tx *sql.Tx) error {
	var done int
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM goose_db_version WHERE version_id = $1", m.version).Scan(&done); err != nil || done > 0 {
		return err
	}
	statements := m.statements
	if m.file != "" {
		b, err := migrationFiles.ReadFile("migrations/" + m.file)
		if err != nil {
			return err
		}
		statements = string(b)
	}
	if _, err := tx.ExecContext(ctx, statements); err != nil {
		return err
	}
	if m.fill != nil {
		if err := m.fill(ctx, tx); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)", m.version)
	return err
}

// versionTable notes what was applied. Its name and its columns are those of goose, which kept it in the first databases.
const versionTable = `CREATE TABLE IF NOT EXISTS goose_db_version (
	version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`

// appliedTo are the numbers of the migrations that a database has. A database without the table has none.
func appliedTo(ctx context.Context, pool *sql.DB, dialect Dialect) ([]int64, error) {
	there := "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'"
	if dialect == Postgres {
		there = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'goose_db_version'"
	}
	var n int
	if err := pool.QueryRowContext(ctx, there).Scan(&n); err != nil || n == 0 {
		return nil, err
	}
	rows, err := pool.QueryContext(ctx, "SELECT version_id FROM goose_db_version")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []int64
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// newestOf is the highest of the numbers, or 0.
func newestOf(versions []int64) int64 {
	var n int64
	for _, v := range versions {
		n = max(n, v)
	}
	return n
}

// newest is the number of the newest migration that this program knows.
func (d *DB) newest() int64 {
	list, err := migrations(d.dialect)
	if err != nil || len(list) == 0 {
		return 0 // Migrate says why
	}
	return list[len(list)-1].version
}

func (d *DB) explain(err error) error {
	if d.dialect == SQLite {
		return explainSQLite(err)
	}
	return err
}

// forMigration opens what migrations run on. On SQLite that is a connection of its own, since the writer's belongs to the
// writer.
func (d *DB) forMigration() (pool *sql.DB, closer func(), err error) {
	if d.dialect == Postgres {
		return d.read, func() {}, nil
	}
	own, err := sql.Open(sqliteDriver, sqliteDSN(d.url, false))
	if err != nil {
		return nil, nil, fmt.Errorf("open for migration: %w", err)
	}
	own.SetMaxOpenConns(1)
	closer = func() { _ = own.Close() }
	if err := hurryIfEmpty(own); err != nil {
		closer()
		return nil, nil, fmt.Errorf("open for migration: %w", explainSQLite(err))
	}
	return own, closer, nil
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

// migrations are all steps in the order of their numbers: a file is one, run on both databases as it stands, and so is what
// cannot be the same on both.
func migrations(dialect Dialect) ([]migration, error) {
	files, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	list := []migration{searchIndex(dialect), {version: 20261130204701, fill: foldFacts}}
	for _, f := range files {
		number, _, _ := strings.Cut(f.Name(), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		list = append(list, migration{version: version, file: f.Name()})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].version < list[j].version })
	return list, nil
}

// searchIndex makes the index of words. On SQLite a full-text table without a copy of the words (its content is empty), whose
// rows carry the moment's order_key, so that it is walked newest first; columnsize=0 because nothing is ranked. On PostgreSQL
// a vector of the same tokens under GIN. Owner: moment.
func searchIndex(dialect Dialect) migration {
	statements := `CREATE VIRTUAL TABLE moment_search USING fts5(words, content='', columnsize=0, tokenize="unicode61 remove_diacritics 0")`
	if dialect == Postgres {
		statements = `CREATE TABLE moment_search (order_key BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
			CREATE INDEX moment_search_words ON moment_search USING gin (words)`
	}
	return migration{version: 20261124090500, statements: statements}
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
			fold.Findable(f.text), f.user, f.id); err != nil {
			return err
		}
	}
	return nil
}
