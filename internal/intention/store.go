package intention

import (
	"context"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"intention"} }

const columns = "id, day, text, practice, person, cue, state, closed_by, revision, created_at, updated_at, fingerprint, deleted_at"

func scan(s db.Scanner) (Row, error) {
	var (
		r                Row
		created, updated int64
		deleted          *int64
	)
	err := s.Scan(&r.ID, &r.Day, &r.Text, &r.Practice, &r.Person, &r.Cue, &r.State, &r.ClosedBy, &r.Revision, &created, &updated,
		&r.Fingerprint, &deleted)
	r.CreatedAt, r.UpdatedAt, r.DeletedAt = db.Time(created), db.Time(updated), db.TimeOrNil(deleted)
	return r, err
}

// find returns the row of an id, whatever became of it, or nil.
func find(ctx context.Context, r db.Reader, by account.ID, id string) (*Row, error) {
	row, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM intention WHERE user_id = $1 AND id = $2", string(by), id)
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
		return Row{}, fault.NotFound("intention")
	case row.DeletedAt != nil:
		return Row{}, fault.Gone("intention")
	}
	return *row, nil
}

// ofDay returns the day's open intention, else the one that was set last, or nil.
func ofDay(ctx context.Context, r db.Reader, by account.ID, day string) (*Row, error) {
	rows, err := db.All(ctx, r, scan, "SELECT "+columns+` FROM intention
		WHERE user_id = $1 AND day = $2 AND deleted_at IS NULL ORDER BY created_at DESC, id DESC`, string(by), day)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	for i := range rows {
		if rows[i].State == Open {
			return &rows[i], nil
		}
	}
	return &rows[0], nil
}

// list returns up to limit intentions, newest first, after the cursor.
func list(ctx context.Context, r db.Reader, by account.ID, limit int, cursor string) ([]Row, error) {
	query := "SELECT " + columns + " FROM intention WHERE user_id = $1 AND deleted_at IS NULL"
	args := []any{string(by)}
	if cursor != "" {
		day, created, id, err := decode(cursor)
		if err != nil {
			return nil, err
		}
		query += " AND (day, created_at, id) < ($2, $3, $4) ORDER BY day DESC, created_at DESC, id DESC LIMIT $5"
		args = append(args, day, created, id)
	} else {
		query += " ORDER BY day DESC, created_at DESC, id DESC LIMIT $2"
	}
	return db.All(ctx, r, scan, query, append(args, limit)...)
}

func encode(i Intention) string {
	return base64.RawURLEncoding.EncodeToString([]byte(i.Day + "~" + strconv.FormatInt(db.Micros(i.CreatedAt), 10) + "~" + i.ID))
}

func decode(cursor string) (day string, created int64, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(b), "~")
	if err == nil && len(parts) == 3 {
		created, err = strconv.ParseInt(parts[1], 10, 64)
	}
	if err != nil || len(parts) != 3 || strings.ContainsRune(string(b), 0) || string(b) != strings.ToValidUTF8(string(b), "") {
		return "", 0, "", fault.Invalid("bad_cursor", "cursor", "This place in the list is not known; start again without a cursor.")
	}
	return parts[0], created, parts[2], nil
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, r Row) error {
	_, err := tx.Exec(ctx, `INSERT INTO intention (user_id, id, day, text, practice, person, cue, state, closed_by, fingerprint,
		revision, created_at, updated_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		string(by), r.ID, r.Day, r.Text, r.Practice, r.Person, r.Cue, r.State, r.ClosedBy, r.Fingerprint,
		r.Revision, db.Micros(r.CreatedAt), db.Micros(r.UpdatedAt), db.MicrosOrNil(r.DeletedAt))
	return err
}

// save writes all that can change.
func save(ctx context.Context, tx *db.Tx, by account.ID, r Row) error {
	_, err := tx.Exec(ctx, `UPDATE intention SET text = $1, practice = $2, person = $3, cue = $4, state = $5, closed_by = $6,
		revision = $7, updated_at = $8, deleted_at = $9 WHERE user_id = $10 AND id = $11`,
		r.Text, r.Practice, r.Person, r.Cue, r.State, r.ClosedBy, r.Revision, db.Micros(r.UpdatedAt), db.MicrosOrNil(r.DeletedAt),
		string(by), r.ID)
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE intention SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// letGo closes every open intention up to and with the day, but the one named.
func letGo(ctx context.Context, tx *db.Tx, by account.ID, day, but string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE intention SET state = 'let_go', revision = revision + 1, updated_at = $1
		WHERE user_id = $2 AND state = 'open' AND day <= $3 AND id <> $4 AND deleted_at IS NULL`,
		db.Micros(now), string(by), day, but)
	return err
}

// closedBy returns the intention that a moment closed, or nil.
func closedBy(ctx context.Context, r db.Reader, by account.ID, momentID string) (*Row, error) {
	row, err := db.One(ctx, r, scan, "SELECT "+columns+` FROM intention
		WHERE user_id = $1 AND closed_by = $2 AND closed_by <> '' AND deleted_at IS NULL`, string(by), momentID)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &row, err
}

func openOn(ctx context.Context, r db.Reader, by account.ID, day string) (*Row, error) {
	row, err := db.One(ctx, r, scan, "SELECT "+columns+` FROM intention
		WHERE user_id = $1 AND day = $2 AND state = 'open' AND deleted_at IS NULL`, string(by), day)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &row, err
}

func each(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
	return db.Each(ctx, r, scan, f, "SELECT "+columns+" FROM intention WHERE user_id = $1 ORDER BY id", string(by))
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM intention WHERE user_id = $1", string(id))
	return err
}

// about are the ids of the intentions about a person.
func about(ctx context.Context, r db.Reader, by account.ID, personID string) ([]string, error) {
	return db.All(ctx, r, db.Value[string], "SELECT id FROM intention WHERE user_id = $1 AND person = $2 AND deleted_at IS NULL ORDER BY id", string(by), personID)
}

// setPerson makes an intention about one person be about another.
func setPerson(ctx context.Context, tx *db.Tx, by account.ID, id, from, to string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE intention SET person = $1, revision = revision + 1, updated_at = $2
		WHERE user_id = $3 AND id = $4 AND person = $5 AND deleted_at IS NULL`, to, db.Micros(now), string(by), id, from)
	return err
}
