package guess

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
func Tables() []string { return []string{"guess"} }

// columns are a guess, its moment while that is there, and how near its person is.
const columns = `g.id, g.person, g.intention, g.value, g.moment, g.asked_on, g.landed, g.answered_at, g.fingerprint, g.revision, g.created_at,
	g.updated_at, g.deleted_at, COALESCE(m.id, ''), COALESCE(m.kind, ''), COALESCE(m.day, ''), COALESCE(m.happened_at, 0),
	COALESCE(m."precision", ''), COALESCE(m.captured_at, 0), COALESCE(p.ring, ''),
	COALESCE(p.name, ''), COALESCE(p.nickname, '')`

const from = ` FROM guess g LEFT JOIN moment m ON m.user_id = g.user_id AND m.id = g.moment AND m.deleted_at IS NULL
	LEFT JOIN person p ON p.user_id = g.user_id AND p.id = g.person AND p.deleted_at IS NULL `

func scan(s db.Scanner) (row, error) {
	var (
		v                                    row
		created, updated, happened, captured int64
		answered, deleted                    *int64
		nickname                             string
	)
	err := s.Scan(&v.ID, &v.Person, &v.Intention, &v.Value, &v.link, &v.AskedOn, &v.Landed, &answered, &v.fingerprint, &v.Revision, &created,
		&updated, &deleted, &v.Moment, &v.Kind, &v.Day, &happened, &v.precision, &captured, &v.Ring, &v.Name, &nickname)
	if nickname != "" {
		v.Name = nickname
	}
	v.CreatedAt, v.UpdatedAt, v.HappenedAt, v.capturedAt = db.Time(created), db.Time(updated), db.Time(happened), db.Time(captured)
	v.AnsweredAt, v.deletedAt = db.TimeOrNil(answered), db.TimeOrNil(deleted)
	return v, err
}

// find returns the row of an id, whatever became of it, or nil.
func find(ctx context.Context, r db.Reader, by account.ID, id string) (*row, error) {
	v, err := db.One(ctx, r, scan, "SELECT "+columns+from+"WHERE g.user_id = $1 AND g.id = $2", string(by), id)
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
		return row{}, fault.NotFound("guess")
	case v.deletedAt != nil:
		return row{}, fault.Gone("guess")
	}
	return *v, nil
}

// open returns the guesses since an instant that are not answered, oldest first.
func open(ctx context.Context, r db.Reader, by account.ID, since time.Time) ([]row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+from+`WHERE g.user_id = $1 AND g.answered_at IS NULL AND g.deleted_at IS NULL AND g.created_at > $2
		ORDER BY g.created_at, g.id`, string(by), db.Micros(since))
}

// newestOpen is when the newest guess was made that is not answered; 0 is never.
func newestOpen(ctx context.Context, r db.Reader, by account.ID) (int64, error) {
	return db.One(ctx, r, db.Value[int64], `SELECT COALESCE(MAX(created_at), 0) FROM guess
		WHERE user_id = $1 AND answered_at IS NULL AND deleted_at IS NULL`, string(by))
}

// ofMoment returns the guesses that a moment took up.
func ofMoment(ctx context.Context, r db.Reader, by account.ID, momentID string) ([]row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+from+`WHERE g.user_id = $1 AND g.moment = $2 AND g.moment <> '' AND g.deleted_at IS NULL
		ORDER BY g.id`, string(by), momentID)
}

// about returns the guesses about a person.
func about(ctx context.Context, r db.Reader, by account.ID, personID string) ([]row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+from+"WHERE g.user_id = $1 AND g.person = $2 AND g.deleted_at IS NULL ORDER BY g.id", string(by), personID)
}

// answered returns the guesses that have their moment and were asked about or answered, oldest first.
func answered(ctx context.Context, r db.Reader, by account.ID) ([]row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+from+`WHERE g.user_id = $1 AND g.deleted_at IS NULL AND m.id IS NOT NULL
		AND (g.asked_on <> '' OR g.answered_at IS NOT NULL) ORDER BY g.created_at, g.id`, string(by))
}

// list returns up to limit guesses, newest first, after the cursor.
func list(ctx context.Context, r db.Reader, by account.ID, limit int, cursor string) ([]row, error) {
	query := "SELECT " + columns + from + "WHERE g.user_id = $1 AND g.deleted_at IS NULL"
	args := []any{string(by)}
	if cursor != "" {
		created, id, err := decode(cursor)
		if err != nil {
			return nil, err
		}
		query += " AND (g.created_at, g.id) < ($2, $3) ORDER BY g.created_at DESC, g.id DESC LIMIT $4"
		args = append(args, created, id)
	} else {
		query += " ORDER BY g.created_at DESC, g.id DESC LIMIT $2"
	}
	return db.All(ctx, r, scan, query, append(args, limit)...)
}

func encode(g Guess) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(db.Micros(g.CreatedAt), 10) + "~" + g.ID))
}

func decode(cursor string) (created int64, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	at, id, ok := strings.Cut(string(b), "~")
	if err == nil && ok {
		created, err = strconv.ParseInt(at, 10, 64)
	}
	if err != nil || !ok || strings.ContainsRune(id, 0) || id != strings.ToValidUTF8(id, "") {
		return 0, "", fault.Invalid("bad_cursor", "cursor", "This place in the list is not known; start again without a cursor.")
	}
	return created, id, nil
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, `INSERT INTO guess (user_id, id, person, intention, value, moment, asked_on, landed, answered_at, fingerprint,
		revision, created_at, updated_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		string(by), v.ID, v.Person, v.Intention, v.Value, v.link, v.AskedOn, v.Landed, db.MicrosOrNil(v.AnsweredAt), v.fingerprint,
		v.Revision, db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt))
	return err
}

// save writes all that can change.
func save(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, `UPDATE guess SET person = $1, intention = $2, value = $3, moment = $4, asked_on = $5, landed = $6, answered_at = $7,
		revision = $8, updated_at = $9, deleted_at = $10 WHERE user_id = $11 AND id = $12`,
		v.Person, v.Intention, v.Value, v.link, v.AskedOn, v.Landed, db.MicrosOrNil(v.AnsweredAt),
		v.Revision, db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt), string(by), v.ID)
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE guess SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// intended returns whom an intention is about; ok is whether there is such an intention.
func intended(ctx context.Context, r db.Reader, by account.ID, id string) (personID string, ok bool, err error) {
	personID, err = db.One(ctx, r, db.Value[string], "SELECT person FROM intention WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return "", false, nil
	}
	return personID, err == nil, err
}

// closed returns the intention that a moment closed, or nothing.
func closed(ctx context.Context, r db.Reader, by account.ID, momentID string) (string, error) {
	id, err := db.One(ctx, r, db.Value[string], `SELECT id FROM intention WHERE user_id = $1 AND closed_by = $2 AND closed_by <> ''
		AND deleted_at IS NULL`, string(by), momentID)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// Records calls f with every record of an account, tombstones included, in the order of their ids.
func Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return db.Each(ctx, r, scan, func(v row) error {
		return f(Record{
			ID: v.ID, Person: v.Person, Intention: v.Intention, Value: v.Value, Moment: v.link, AskedOn: v.AskedOn, Landed: v.Landed,
			AnsweredAt: db.MicrosOrNil(v.AnsweredAt), Fingerprint: v.fingerprint, Revision: v.Revision, CreatedAt: db.Micros(v.CreatedAt),
			UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: db.MicrosOrNil(v.deletedAt),
		})
	}, "SELECT "+columns+from+"WHERE g.user_id = $1 ORDER BY g.id", string(by))
}

// Restore keeps a record of an archive as it was and reports whether it was new. One that is here already stays as it is.
func Restore(ctx context.Context, tx *db.Tx, by account.ID, rec Record) (bool, error) {
	if err := rec.check(); err != nil {
		return false, err
	}
	was, err := find(ctx, tx, by, rec.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, insert(ctx, tx, by, row{
		Guess: Guess{
			ID: rec.ID, Person: rec.Person, Intention: rec.Intention, Value: rec.Value, AskedOn: rec.AskedOn, Landed: rec.Landed,
			AnsweredAt: db.TimeOrNil(rec.AnsweredAt), Revision: rec.Revision, CreatedAt: db.Time(rec.CreatedAt), UpdatedAt: db.Time(rec.UpdatedAt),
		},
		link: rec.Moment, fingerprint: rec.Fingerprint, deletedAt: db.TimeOrNil(rec.DeletedAt),
	})
}
