package pulse

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/zone"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"pulse", "scale", "scale_answer"} }

// row is a pulse as it is kept.
type row struct {
	Pulse
	fingerprint string
}

const columns = "id, felt_at, zone, day, valence, energy, closeness, words, fingerprint, revision, created_at, updated_at, deleted_at"

func scan(s db.Scanner) (row, error) {
	var (
		r                      row
		felt, created, updated int64
		deleted                *int64
		list                   string
	)
	if err := s.Scan(&r.ID, &felt, &r.Zone, &r.Day, &r.Valence, &r.Energy, &r.Closeness, &list, &r.fingerprint, &r.Revision, &created,
		&updated, &deleted); err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(list), &r.Words); err != nil {
		return r, fmt.Errorf("words of a pulse: %w", err)
	}
	r.At, r.CreatedAt, r.UpdatedAt, r.DeletedAt = at(felt, r.Zone), db.Time(created), db.Time(updated), db.TimeOrNil(deleted)
	return r, nil
}

// at is an instant in the zone it was lived in.
func at(us int64, name string) time.Time {
	if loc, err := zone.Load(name); err == nil {
		return db.Time(us).In(loc)
	}
	return db.Time(us)
}

// find returns the row of an id, whatever became of it, or nil.
func find(ctx context.Context, r db.Reader, by account.ID, id string) (*row, error) {
	v, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM pulse WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &v, err
}

// get returns the row of an id that is neither unknown nor deleted.
func get(ctx context.Context, r db.Reader, by account.ID, id string) (row, error) {
	v, err := find(ctx, r, by, id)
	switch {
	case err != nil:
		return row{}, err
	case v == nil:
		return row{}, fault.NotFound("pulse")
	case v.DeletedAt != nil:
		return row{}, fault.Gone("pulse")
	}
	return *v, nil
}

// list returns up to limit pulses, newest first, after the cursor.
func list(ctx context.Context, r db.Reader, by account.ID, f Filter, limit int, cursor string) ([]row, error) {
	query, args := "SELECT "+columns+" FROM pulse WHERE user_id = $1 AND deleted_at IS NULL", []any{string(by)}
	param := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if f.From != "" {
		query += " AND day >= " + param(f.From)
	}
	if f.To != "" {
		query += " AND day <= " + param(f.To)
	}
	if cursor != "" {
		us, id, err := decode(cursor)
		if err != nil {
			return nil, err
		}
		query += " AND (felt_at, id) < (" + param(us) + ", " + param(id) + ")"
	}
	query += " ORDER BY felt_at DESC, id DESC LIMIT " + param(limit)
	return db.All(ctx, r, scan, query, args...)
}

// encode and decode are a place in a list that is ordered by time.
func encode(t time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(db.Micros(t), 10) + "~" + id))
}

func decode(cursor string) (us int64, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	before, id, ok := strings.Cut(string(b), "~")
	if err == nil && ok {
		us, err = strconv.ParseInt(before, 10, 64)
	}
	if err != nil || !ok || strings.ContainsRune(id, 0) || id != strings.ToValidUTF8(id, "") {
		return 0, "", fault.Invalid("bad_cursor", "cursor", "This place in the list is not known; start again without a cursor.")
	}
	return us, id, nil
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO pulse (user_id, id, felt_at, zone, day, valence, energy, closeness, words, fingerprint, revision,
		created_at, updated_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		string(by), r.ID, db.Micros(r.At), r.Zone, r.Day, r.Valence, r.Energy, r.Closeness, jsonText(r.Words), r.fingerprint,
		r.Revision, db.Micros(r.CreatedAt), db.Micros(r.UpdatedAt), db.MicrosOrNil(r.DeletedAt))
	return err
}

// save writes all that can change.
func save(ctx context.Context, tx *db.Tx, by account.ID, r row) error {
	_, err := tx.Exec(ctx, `UPDATE pulse SET felt_at = $1, day = $2, valence = $3, energy = $4, closeness = $5, words = $6, revision = $7,
		updated_at = $8, deleted_at = $9 WHERE user_id = $10 AND id = $11`,
		db.Micros(r.At), r.Day, r.Valence, r.Energy, r.Closeness, jsonText(r.Words), r.Revision, db.Micros(r.UpdatedAt),
		db.MicrosOrNil(r.DeletedAt), string(by), r.ID)
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE pulse SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// purge empties deletions before the cutoff for good and leaves tombstones.
func purge(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE pulse SET felt_at = 0, zone = '', day = '', valence = 0, energy = 0, closeness = NULL, words = '[]'
		WHERE deleted_at IS NOT NULL AND zone <> '' AND deleted_at < $1`, db.Micros(before))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE scale_answer SET scale = '', version = 0, answered_at = 0, zone = '', day = '', answers = '{}', scores = '[]'
		WHERE deleted_at IS NOT NULL AND zone <> '' AND deleted_at < $1`, db.Micros(before))
	return err
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	for _, query := range []string{
		"DELETE FROM pulse WHERE user_id = $1", "DELETE FROM scale WHERE user_id = $1", "DELETE FROM scale_answer WHERE user_id = $1",
	} {
		if _, err := tx.Exec(ctx, query, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// jsonText writes lists and maps of plain values, which cannot fail.
func jsonText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
