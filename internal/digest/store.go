package digest

import (
	"context"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/db"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"digest_setting", "digest_mail"} }

// row is a setting as it is kept.
type row struct {
	Setting
	zone      string
	nextAt    time.Time
	askedAt   time.Time
	secret    string
	updatedAt int64
}

const columns = "enabled, weekday, minute, private, zone, next_at, asked_at, secret, revision, updated_at"

func scan(s db.Scanner) (r row, err error) {
	var next, asked int64
	err = s.Scan(&r.On, &r.Weekday, &r.Minute, &r.Private, &r.zone, &next, &asked, &r.secret, &r.Revision, &r.updatedAt)
	r.nextAt, r.askedAt = db.Time(next), db.Time(asked)
	return r, err
}

// find returns the setting of an account; one that was never chosen has no revision.
func find(ctx context.Context, r db.Reader, by account.ID) (row, error) {
	v, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM digest_setting WHERE user_id = $1", string(by))
	if errors.Is(err, db.ErrNoRows) {
		return row{Setting: untilChosen()}, nil
	}
	return v, err
}

func put(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, `INSERT INTO digest_setting (user_id, enabled, weekday, minute, private, zone, next_at, asked_at, secret, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (user_id) DO UPDATE SET enabled = excluded.enabled, weekday = excluded.weekday, minute = excluded.minute,
		private = excluded.private, zone = excluded.zone, next_at = excluded.next_at, asked_at = excluded.asked_at, secret = excluded.secret,
		revision = excluded.revision, updated_at = excluded.updated_at`,
		string(by), v.On, v.Weekday, v.Minute, v.Private, v.zone, db.Micros(v.nextAt), db.Micros(v.askedAt), v.secret, v.Revision, v.updatedAt)
	return err
}

// due are the accounts whose digest is to be looked at: its hour has come, or its owner has moved since that was worked out.
func due(ctx context.Context, r db.Reader, now time.Time) ([]account.ID, error) {
	return db.All(ctx, r, db.Value[account.ID], `SELECT d.user_id FROM digest_setting d JOIN account a ON a.user_id = d.user_id
		WHERE d.enabled AND (d.next_at <= $1 OR d.zone <> a.zone) ORDER BY d.next_at`, db.Micros(now))
}

// claimedMail is what became of a week, and who is at it.
type claimedMail struct {
	Mail
	claimedAt time.Time // the epoch: nobody is
}

func readMail(s db.Scanner) (c claimedMail, err error) {
	var at, since int64
	err = s.Scan(&c.Week, &c.State, &c.Attempts, &since, &at)
	c.At, c.claimedAt = db.Time(at), db.Time(since)
	return c, err
}

const mailColumns = "week, state, attempts, claimed_at, updated_at"

// findMail returns what became of a week; nothing yet has no state.
func findMail(ctx context.Context, r db.Reader, by account.ID, week string) (claimedMail, error) {
	m, err := db.One(ctx, r, readMail, "SELECT "+mailColumns+" FROM digest_mail WHERE user_id = $1 AND week = $2", string(by), week)
	if errors.Is(err, db.ErrNoRows) {
		return claimedMail{Mail: Mail{Week: week}}, nil
	}
	return m, err
}

// lastMail is the newest week's, or nil.
func lastMail(ctx context.Context, r db.Reader, by account.ID) (*Mail, error) {
	list, err := db.All(ctx, r, readMail, "SELECT "+mailColumns+" FROM digest_mail WHERE user_id = $1 ORDER BY week DESC LIMIT 1", string(by))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0].Mail, nil
}

func putMail(ctx context.Context, tx *db.Tx, by account.ID, m claimedMail) error {
	_, err := tx.Exec(ctx, `INSERT INTO digest_mail (user_id, week, state, attempts, claimed_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id, week) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, claimed_at = excluded.claimed_at,
		updated_at = excluded.updated_at`, string(by), m.Week, m.State, m.Attempts, db.Micros(m.claimedAt), db.Micros(m.At))
	return err
}

func erase(ctx context.Context, tx *db.Tx, by account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM digest_setting WHERE user_id = $1", string(by))
	_, err2 := tx.Exec(ctx, "DELETE FROM digest_mail WHERE user_id = $1", string(by))
	return errors.Join(err, err2)
}
