package account

import (
	"context"
	"errors"

	"kith/internal/db"
	"kith/internal/fault"
)

const columns = "user_id, email, name, zone, locale, day_start, admin, revision, created_at, updated_at"

func scan(s db.Scanner) (User, error) {
	var (
		u                User
		created, updated int64
	)
	err := s.Scan(&u.ID, &u.Email, &u.Name, &u.Zone, &u.Locale, &u.DayStart, &u.Admin, &u.Revision, &created, &updated)
	u.CreatedAt, u.UpdatedAt = db.Time(created), db.Time(updated)
	return u, err
}

func get(ctx context.Context, r db.Reader, id ID) (User, error) {
	u, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM account WHERE user_id = $1", string(id))
	return u, notFound(err)
}

func byEmail(ctx context.Context, r db.Reader, email string) (User, error) {
	u, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM account WHERE email_fold = $1", FoldEmail(email))
	return u, notFound(err)
}

func notFound(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return fault.NotFound("account")
	}
	return err
}

func list(ctx context.Context, r db.Reader) ([]User, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+" FROM account ORDER BY created_at, user_id")
}

func count(ctx context.Context, r db.Reader) (int64, error) {
	return db.One(ctx, r, db.Value[int64], "SELECT COUNT(*) FROM account")
}

func insert(ctx context.Context, tx *db.Tx, u User) error {
	_, err := tx.Exec(ctx, `INSERT INTO account (user_id, email, email_fold, name, zone, locale, day_start, admin, revision, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(u.ID), u.Email, FoldEmail(u.Email), u.Name, u.Zone, u.Locale, u.DayStart, u.Admin, u.Revision, db.Micros(u.CreatedAt), db.Micros(u.UpdatedAt))
	return err
}

func update(ctx context.Context, tx *db.Tx, u User) error {
	_, err := tx.Exec(ctx, `UPDATE account SET email = $1, email_fold = $2, name = $3, zone = $4, locale = $5, day_start = $6, admin = $7,
		revision = $8, created_at = $9, updated_at = $10 WHERE user_id = $11`,
		u.Email, FoldEmail(u.Email), u.Name, u.Zone, u.Locale, u.DayStart, u.Admin, u.Revision, db.Micros(u.CreatedAt), db.Micros(u.UpdatedAt), string(u.ID))
	return err
}

func remove(ctx context.Context, tx *db.Tx, id ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM account WHERE user_id = $1", string(id))
	return err
}
