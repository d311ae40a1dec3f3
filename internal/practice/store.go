package practice

import (
	"context"
	"errors"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"practice_own", "practice_switch"} }

const columns = "id, name, how, kind, context, seconds, fingerprint, revision, created_at, updated_at, deleted_at"

func scan(s db.Scanner) (Row, error) {
	var r Row
	err := s.Scan(&r.ID, &r.Name, &r.How, &r.Kind, &r.Context, &r.Seconds, &r.Fingerprint, &r.Revision, &r.CreatedAt, &r.UpdatedAt, &r.DeletedAt)
	return r, err
}

func scanSwitch(s db.Scanner) (SwitchRow, error) {
	var r SwitchRow
	err := s.Scan(&r.Practice, &r.On, &r.ChangedAt)
	return r, err
}

// find returns the row of an id, whatever became of it, or nil.
func find(ctx context.Context, r db.Reader, by account.ID, id string) (*Row, error) {
	row, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM practice_own WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &row, err
}

// get returns the row of an id that is neither unknown nor deleted.
func get(ctx context.Context, r db.Reader, by account.ID, id string) (Row, error) {
	row, err := find(ctx, r, by, id)
	switch {
	case err != nil:
		return Row{}, err
	case row == nil:
		return Row{}, fault.NotFound("practice")
	case row.DeletedAt != nil:
		return Row{}, fault.Gone("practice")
	}
	return *row, nil
}

// rows are all of an account, tombstones included, the oldest first.
func rows(ctx context.Context, r db.Reader, by account.ID) ([]Row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+" FROM practice_own WHERE user_id = $1 ORDER BY created_at, id", string(by))
}

func count(ctx context.Context, r db.Reader, by account.ID) (int, error) {
	return db.One(ctx, r, db.Value[int], "SELECT COUNT(*) FROM practice_own WHERE user_id = $1 AND deleted_at IS NULL", string(by))
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, r Row) error {
	_, err := tx.Exec(ctx, `INSERT INTO practice_own (user_id, id, name, how, kind, context, seconds, fingerprint, revision, created_at, updated_at, deleted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(by), r.ID, r.Name, r.How, r.Kind, r.Context, r.Seconds, r.Fingerprint, r.Revision, r.CreatedAt, r.UpdatedAt, r.DeletedAt)
	return err
}

// save writes all that can change.
func save(ctx context.Context, tx *db.Tx, by account.ID, r Row) error {
	_, err := tx.Exec(ctx, `UPDATE practice_own SET name = $1, how = $2, kind = $3, context = $4, seconds = $5, revision = $6, updated_at = $7, deleted_at = $8
		WHERE user_id = $9 AND id = $10`,
		r.Name, r.How, r.Kind, r.Context, r.Seconds, r.Revision, r.UpdatedAt, r.DeletedAt, string(by), r.ID)
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE practice_own SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// switches are by practice.
func switches(ctx context.Context, r db.Reader, by account.ID) (map[string]SwitchRow, error) {
	list, err := db.All(ctx, r, scanSwitch, "SELECT practice, switched_on, changed_at FROM practice_switch WHERE user_id = $1", string(by))
	m := make(map[string]SwitchRow, len(list))
	for _, v := range list {
		m[v.Practice] = v
	}
	return m, err
}

func putSwitch(ctx context.Context, tx *db.Tx, by account.ID, r SwitchRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO practice_switch (user_id, practice, switched_on, changed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, practice) DO UPDATE SET switched_on = excluded.switched_on, changed_at = excluded.changed_at`,
		string(by), r.Practice, r.On, r.ChangedAt)
	return err
}

func each(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
	return db.Each(ctx, r, scan, f, "SELECT "+columns+" FROM practice_own WHERE user_id = $1 ORDER BY id", string(by))
}

func eachSwitch(ctx context.Context, r db.Reader, by account.ID, f func(SwitchRow) error) error {
	return db.Each(ctx, r, scanSwitch, f, "SELECT practice, switched_on, changed_at FROM practice_switch WHERE user_id = $1 ORDER BY practice", string(by))
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	if _, err := tx.Exec(ctx, "DELETE FROM practice_own WHERE user_id = $1", string(id)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM practice_switch WHERE user_id = $1", string(id))
	return err
}
