package db

import (
	"context"
	"errors"
	"fmt"
)

// Versions are the number of the newest migration that was applied and of the newest that this program knows. It changes
// nothing, so that a database from another version can be looked at.
func (d *DB) Versions(ctx context.Context) (have, want int64, err error) {
	pool, closer, err := d.forMigration()
	if err != nil {
		return 0, 0, err
	}
	defer closer()
	applied, err := appliedTo(ctx, pool, d.dialect)
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema version: %w", d.explain(err))
	}
	return newestOf(applied), d.newest(), nil
}

// CheckIntegrity reads the whole of a SQLite file and says whether its pages and indexes agree. PostgreSQL checks its
// own files; there it only asks for an answer.
func (d *DB) CheckIntegrity(ctx context.Context) error {
	if d.dialect == Postgres {
		return d.Ping(ctx)
	}
	list, err := All(ctx, d, Value[string], "PRAGMA integrity_check(1)")
	if err != nil {
		return d.explain(err)
	}
	if len(list) != 1 || list[0] != "ok" {
		return errors.New("the file is damaged: some of its pages or indexes do not agree")
	}
	return nil
}
