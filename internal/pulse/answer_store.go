package pulse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// scaleRow is a definition that somebody brought.
type scaleRow struct {
	ID         string
	definition string
	LicensedAt time.Time
	Revision   int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
	DeletedAt  *time.Time
}

const scaleColumns = "id, definition, licensed_at, revision, created_at, updated_at, deleted_at"

func scanScale(s db.Scanner) (scaleRow, error) {
	var (
		r                          scaleRow
		licensed, created, updated int64
		deleted                    *int64
	)
	err := s.Scan(&r.ID, &r.definition, &licensed, &r.Revision, &created, &updated, &deleted)
	r.LicensedAt, r.CreatedAt, r.UpdatedAt, r.DeletedAt = db.Time(licensed), db.Time(created), db.Time(updated), db.TimeOrNil(deleted)
	return r, err
}

func findScale(ctx context.Context, r db.Reader, by account.ID, id string) (*scaleRow, error) {
	v, err := db.One(ctx, r, scanScale, "SELECT "+scaleColumns+" FROM scale WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &v, err
}

func listScales(ctx context.Context, r db.Reader, by account.ID) ([]scaleRow, error) {
	return db.All(ctx, r, scanScale, "SELECT "+scaleColumns+" FROM scale WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id", string(by))
}

func insertScale(ctx context.Context, tx *db.Tx, by account.ID, r scaleRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO scale (user_id, id, definition, licensed_at, revision, created_at, updated_at, deleted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, string(by), r.ID, r.definition, db.Micros(r.LicensedAt), r.Revision,
		db.Micros(r.CreatedAt), db.Micros(r.UpdatedAt), db.MicrosOrNil(r.DeletedAt))
	return err
}

func saveScale(ctx context.Context, tx *db.Tx, by account.ID, r scaleRow) error {
	_, err := tx.Exec(ctx, `UPDATE scale SET definition = $1, licensed_at = $2, revision = $3, updated_at = $4, deleted_at = $5
		WHERE user_id = $6 AND id = $7`, r.definition, db.Micros(r.LicensedAt), r.Revision, db.Micros(r.UpdatedAt),
		db.MicrosOrNil(r.DeletedAt), string(by), r.ID)
	return err
}

// answerRow is a filled-in scale as it is kept.
type answerRow struct {
	Answer
	fingerprint string
}

const answerColumns = "id, scale, version, answered_at, zone, day, answers, scores, fingerprint, revision, created_at, updated_at, deleted_at"

func scanAnswer(s db.Scanner) (answerRow, error) {
	var (
		r                          answerRow
		answered, created, updated int64
		deleted                    *int64
		answers, scores            string
	)
	if err := s.Scan(&r.ID, &r.Scale, &r.Version, &answered, &r.Zone, &r.Day, &answers, &scores, &r.fingerprint, &r.Revision, &created,
		&updated, &deleted); err != nil {
		return r, err
	}
	if err := errors.Join(json.Unmarshal([]byte(answers), &r.Answers), json.Unmarshal([]byte(scores), &r.Scores)); err != nil {
		return r, fmt.Errorf("a filled-in scale: %w", err)
	}
	r.At, r.CreatedAt, r.UpdatedAt, r.DeletedAt = at(answered, r.Zone), db.Time(created), db.Time(updated), db.TimeOrNil(deleted)
	return r, nil
}

func findAnswer(ctx context.Context, r db.Reader, by account.ID, id string) (*answerRow, error) {
	v, err := db.One(ctx, r, scanAnswer, "SELECT "+answerColumns+" FROM scale_answer WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &v, err
}

func getAnswer(ctx context.Context, r db.Reader, by account.ID, id string) (answerRow, error) {
	v, err := findAnswer(ctx, r, by, id)
	switch {
	case err != nil:
		return answerRow{}, err
	case v == nil:
		return answerRow{}, fault.NotFound("scale_answer")
	case v.DeletedAt != nil:
		return answerRow{}, fault.Gone("scale_answer")
	}
	return *v, nil
}

func listAnswers(ctx context.Context, r db.Reader, by account.ID, scale string, limit int, cursor string) ([]answerRow, error) {
	query, args := "SELECT "+answerColumns+" FROM scale_answer WHERE user_id = $1 AND deleted_at IS NULL", []any{string(by)}
	param := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if scale != "" {
		query += " AND scale = " + param(scale)
	}
	if cursor != "" {
		us, id, err := decode(cursor)
		if err != nil {
			return nil, err
		}
		query += " AND (answered_at, id) < (" + param(us) + ", " + param(id) + ")"
	}
	query += " ORDER BY answered_at DESC, id DESC LIMIT " + param(limit)
	return db.All(ctx, r, scanAnswer, query, args...)
}

type lastAnswer struct {
	scale, day string
	n          int
}

// lastAnswers says for each scale when it was answered last and how often.
func lastAnswers(ctx context.Context, r db.Reader, by account.ID) (map[string]lastAnswer, error) {
	list, err := db.All(ctx, r, func(s db.Scanner) (l lastAnswer, err error) {
		return l, s.Scan(&l.scale, &l.day, &l.n)
	}, "SELECT scale, MAX(day), COUNT(*) FROM scale_answer WHERE user_id = $1 AND deleted_at IS NULL GROUP BY scale", string(by))
	m := make(map[string]lastAnswer, len(list))
	for _, l := range list {
		m[l.scale] = l
	}
	return m, err
}

func insertAnswer(ctx context.Context, tx *db.Tx, by account.ID, r answerRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO scale_answer (user_id, id, scale, version, answered_at, zone, day, answers, scores, fingerprint,
		revision, created_at, updated_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		string(by), r.ID, r.Scale, r.Version, db.Micros(r.At), r.Zone, r.Day, jsonText(r.Answers), jsonText(r.Scores), r.fingerprint,
		r.Revision, db.Micros(r.CreatedAt), db.Micros(r.UpdatedAt), db.MicrosOrNil(r.DeletedAt))
	return err
}

// saveAnswer writes what can change: an answer is taken away or brought back, never edited.
func saveAnswer(ctx context.Context, tx *db.Tx, by account.ID, r answerRow) error {
	_, err := tx.Exec(ctx, "UPDATE scale_answer SET revision = $1, updated_at = $2, deleted_at = $3 WHERE user_id = $4 AND id = $5",
		r.Revision, db.Micros(r.UpdatedAt), db.MicrosOrNil(r.DeletedAt), string(by), r.ID)
	return err
}

func touchAnswer(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE scale_answer SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}
