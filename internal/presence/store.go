package presence

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"presence"} }

const columns = `id, kind, pattern, people, planned_seconds, started_at, ended_at, told, moment_id, join_hash, guests, fingerprint,
	revision, created_at, updated_at, deleted_at`

func scan(s db.Scanner) (row, error) {
	var (
		r                         row
		people                    string
		planned                   int64
		started, created, updated int64
		ended, deleted            *int64
	)
	err := s.Scan(&r.ID, &r.Kind, &r.Pattern, &people, &planned, &started, &ended, &r.Told, &r.Moment, &r.joinHash, &r.Guests,
		&r.fingerprint, &r.Revision, &created, &updated, &deleted)
	if err != nil {
		return r, err
	}
	r.Planned = time.Duration(planned) * time.Second
	r.StartedAt, r.CreatedAt, r.UpdatedAt = db.Time(started), db.Time(created), db.Time(updated)
	r.EndedAt, r.deletedAt = db.TimeOrNil(ended), db.TimeOrNil(deleted)
	if people == "" {
		return r, nil
	}
	return r, json.Unmarshal([]byte(people), &r.people)
}

// owned is a row with whose it is.
type owned struct {
	row
	user account.ID
}

// tail reads one more column than a scan asks for.
type tail struct {
	db.Scanner
	more any
}

func (t tail) Scan(dest ...any) error { return t.Scanner.Scan(append(dest, t.more)...) }

func scanOwned(s db.Scanner) (o owned, err error) {
	o.row, err = scan(tail{s, &o.user})
	return o, err
}

func pack(people []string) string {
	if len(people) == 0 {
		return ""
	}
	b, _ := json.Marshal(people) // strings alone: cannot fail
	return string(b)
}

// find returns the row of an id, whatever became of it, or nil.
func find(ctx context.Context, r db.Reader, by account.ID, id string) (*row, error) {
	return orNil(db.One(ctx, r, scan, "SELECT "+columns+" FROM presence WHERE user_id = $1 AND id = $2", string(by), id))
}

// get returns the row of an id that is neither unknown nor deleted.
func get(ctx context.Context, r db.Reader, by account.ID, id string) (row, error) {
	v, err := find(ctx, r, by, id)
	switch {
	case err != nil:
		return row{}, err
	case v == nil:
		return row{}, fault.NotFound("presence")
	case v.deletedAt != nil:
		return row{}, fault.Gone("presence")
	}
	return *v, nil
}

// running returns the row that was not ended, which its plan may have ended since, or nil.
func running(ctx context.Context, r db.Reader, by account.ID) (*row, error) {
	return orNil(db.One(ctx, r, scan, "SELECT "+columns+" FROM presence WHERE user_id = $1 AND ended_at IS NULL AND deleted_at IS NULL", string(by)))
}

// byCode returns the presence that a code opens, over all accounts, or nil.
func byCode(ctx context.Context, r db.Reader, hash string) (*owned, error) {
	return orNil(db.One(ctx, r, scanOwned, "SELECT "+columns+", user_id FROM presence WHERE join_hash = $1 AND join_hash <> '' AND deleted_at IS NULL", hash))
}

// holding reports whether a presence lasts at an instant.
func holding(ctx context.Context, r db.Reader, by account.ID, at time.Time) (bool, error) {
	return db.One(ctx, r, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM presence WHERE user_id = $1 AND deleted_at IS NULL
		AND started_at <= $2 AND COALESCE(ended_at, started_at + planned_seconds * 1000000) > $2)`, string(by), db.Micros(at))
}

// list returns up to limit sessions, newest first, after the cursor.
func list(ctx context.Context, r db.Reader, by account.ID, limit int, cursor string) ([]row, error) {
	query := "SELECT " + columns + " FROM presence WHERE user_id = $1 AND deleted_at IS NULL"
	args := []any{string(by)}
	if cursor != "" {
		at, id, err := decode(cursor)
		if err != nil {
			return nil, err
		}
		query += " AND (started_at, id) < ($2, $3) ORDER BY started_at DESC, id DESC LIMIT $4"
		args = append(args, at, id)
	} else {
		query += " ORDER BY started_at DESC, id DESC LIMIT $2"
	}
	return db.All(ctx, r, scan, query, append(args, limit)...)
}

func encode(s Session) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(db.Micros(s.StartedAt), 10) + "~" + s.ID))
}

func decode(cursor string) (at int64, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	first, id, ok := strings.Cut(string(b), "~")
	if err == nil && ok {
		at, err = strconv.ParseInt(first, 10, 64)
	}
	if err != nil || !ok || strings.ContainsRune(id, 0) || id != strings.ToValidUTF8(id, "") {
		return 0, "", fault.Invalid("bad_cursor", "cursor", "This place in the list is not known; start again without a cursor.")
	}
	return at, id, nil
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO presence (user_id, id, kind, pattern, people, planned_seconds, started_at, ended_at, told, moment_id,
		join_hash, guests, fingerprint, revision, created_at, updated_at, deleted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		string(by), r.ID, r.Kind, r.Pattern, pack(r.people), int64(r.Planned/time.Second), db.Micros(r.StartedAt), db.MicrosOrNil(r.EndedAt), r.Told,
		r.Moment, r.joinHash, r.Guests, r.fingerprint, r.Revision, db.Micros(r.CreatedAt), db.Micros(r.UpdatedAt), db.MicrosOrNil(r.deletedAt))
	return err
}

// save writes all that can change.
func save(ctx context.Context, tx *db.Tx, by account.ID, r row) error {
	_, err := tx.Exec(ctx, `UPDATE presence SET people = $1, ended_at = $2, told = $3, moment_id = $4, join_hash = $5, guests = $6, pattern = $7,
		revision = $8, updated_at = $9, deleted_at = $10 WHERE user_id = $11 AND id = $12`,
		pack(r.people), db.MicrosOrNil(r.EndedAt), r.Told, r.Moment, r.joinHash, r.Guests, r.Pattern, r.Revision, db.Micros(r.UpdatedAt),
		db.MicrosOrNil(r.deletedAt), string(by), r.ID)
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE presence SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// with returns the presences of a person.
func with(ctx context.Context, r db.Reader, by account.ID, personID string) ([]row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+" FROM presence WHERE user_id = $1 AND deleted_at IS NULL AND people LIKE $2 ORDER BY id",
		string(by), `%"`+personID+`"%`)
}

// setPeople says anew with whom a presence was, unless it was deleted.
func setPeople(ctx context.Context, tx *db.Tx, by account.ID, id string, people []string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE presence SET people = $1, revision = revision + 1, updated_at = $2
		WHERE user_id = $3 AND id = $4 AND deleted_at IS NULL`, pack(people), db.Micros(now), string(by), id)
	return err
}

// guestCame counts a guest. It is no edit: the revision stays.
func guestCame(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE presence SET guests = guests + 1 WHERE user_id = $1 AND id = $2 AND guests < $3", string(by), id, MaxGuests)
	return err
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM presence WHERE user_id = $1", string(id))
	return err
}

func orNil[T any](v T, err error) (*T, error) {
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &v, err
}
