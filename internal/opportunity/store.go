package opportunity

import (
	"context"

	"kith/internal/account"
	"kith/internal/db"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"opportunity_answer"} }

const columns = "day, opportunity, answer, answered_at"

func scan(s db.Scanner) (Row, error) {
	var (
		r  Row
		at int64
	)
	err := s.Scan(&r.Day, &r.Opportunity, &r.Answer, &at)
	r.AnsweredAt = db.Time(at)
	return r, err
}

// standing returns the answers of a day and those of any day that never end.
func standing(ctx context.Context, r db.Reader, by account.ID, day string) ([]Row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+` FROM opportunity_answer WHERE user_id = $1 AND day = $2
		UNION ALL SELECT `+columns+` FROM opportunity_answer WHERE user_id = $1 AND answer = 'not_this' AND day <> $2`, string(by), day)
}

// put keeps the last answer to a suggestion on a day. An answer given twice leaves a log record both times.
func put(ctx context.Context, tx *db.Tx, by account.ID, r Row) error {
	_, err := tx.Exec(ctx, `INSERT INTO opportunity_answer (user_id, day, opportunity, answer, answered_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id, day, opportunity) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at`,
		string(by), r.Day, r.Opportunity, r.Answer, db.Micros(r.AnsweredAt))
	return err
}

func exists(ctx context.Context, r db.Reader, by account.ID, day, id string) (bool, error) {
	return db.One(ctx, r, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM opportunity_answer
		WHERE user_id = $1 AND day = $2 AND opportunity = $3)`, string(by), day, id)
}

func reset(ctx context.Context, tx *db.Tx, by account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM opportunity_answer WHERE user_id = $1 AND answer = 'not_this'", string(by))
	return err
}

func each(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
	return db.Each(ctx, r, scan, f, "SELECT "+columns+" FROM opportunity_answer WHERE user_id = $1 ORDER BY day, opportunity", string(by))
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM opportunity_answer WHERE user_id = $1", string(id))
	return err
}
