package auth

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/db"
)

// password

func passwordHash(ctx context.Context, r db.Reader, id account.ID) (string, error) {
	h, err := db.One(ctx, r, db.Value[string], "SELECT hash FROM auth_password WHERE user_id = $1", string(id))
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return h, err
}

func writePassword(ctx context.Context, tx *db.Tx, id account.ID, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO auth_password (user_id, hash, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`,
		string(id), hash, db.Micros(now))
	return err
}

// renewHash replaces a hash by one of the same password, unless the password was changed meanwhile.
func renewHash(ctx context.Context, tx *db.Tx, id account.ID, old, hash string) error {
	_, err := tx.Exec(ctx, "UPDATE auth_password SET hash = $1 WHERE user_id = $2 AND hash = $3", hash, string(id), old)
	return err
}

// session

// proof is what a secret was found to be. One read finds it, together with what the account may do: the row of an account
// that was erased, or whose rights were taken away, proves nothing any more.
type proof struct {
	user   account.ID
	id     string
	scopes string
	seenAt int64 // 0: never
	endsAt int64 // 0: never
	admin  bool

	provedAt, lockAfter, openTo int64 // of a session
}

func findSession(ctx context.Context, r db.Reader, hash string) (proof, error) {
	return db.One(ctx, r, func(s db.Scanner) (p proof, err error) {
		err = s.Scan(&p.user, &p.id, &p.seenAt, &p.endsAt, &p.admin, &p.provedAt, &p.lockAfter, &p.openTo)
		return p, err
	}, `SELECT s.user_id, s.id, s.seen_at, s.expires_at, a.admin, s.proved_at, s.lock_after, s.open_to
		FROM auth_session s JOIN account a ON a.user_id = s.user_id WHERE s.secret_hash = $1`, hash)
}

func insertSession(ctx context.Context, tx *db.Tx, id account.ID, v Session, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO auth_session (user_id, id, secret_hash, device, created_at, seen_at, expires_at, proved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $5)`,
		string(id), v.ID, hash, v.Device, db.Micros(v.CreatedAt), db.Micros(v.SeenAt), db.Micros(v.ExpiresAt))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM auth_session WHERE user_id = $1 AND id IN (
		SELECT id FROM auth_session WHERE user_id = $1 ORDER BY seen_at DESC, id DESC LIMIT 1000 OFFSET $2)`, string(id), MaxSessions)
	return err
}

// touchSessionRow notes the last use. The condition leaves one write where many requests come at once.
func touchSessionRow(ctx context.Context, tx *db.Tx, p proof, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE auth_session SET seen_at = $1, expires_at = $2 WHERE user_id = $3 AND id = $4 AND seen_at = $5",
		db.Micros(now), db.Micros(now.Add(SessionLife)), string(p.user), p.id, p.seenAt)
	return err
}

func sessions(ctx context.Context, r db.Reader, by account.ID, now time.Time) ([]Session, error) {
	return db.All(ctx, r, func(s db.Scanner) (v Session, err error) {
		var created, seen, ends int64
		err = s.Scan(&v.ID, &v.Device, &created, &seen, &ends)
		v.CreatedAt, v.SeenAt, v.ExpiresAt = db.Time(created), db.Time(seen), db.Time(ends)
		return v, err
	}, `SELECT id, device, created_at, seen_at, expires_at FROM auth_session
		WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, id DESC`, string(by), db.Micros(now))
}

func removeSession(ctx context.Context, tx *db.Tx, by account.ID, id string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM auth_session WHERE user_id = $1 AND id = $2", string(by), id)
}

func removeSessionBySecret(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := tx.Exec(ctx, "DELETE FROM auth_session WHERE secret_hash = $1", hash)
	return err
}

// removeOtherSessions ends all sessions of by but keep, which may be empty.
func removeOtherSessions(ctx context.Context, tx *db.Tx, by account.ID, keep string) error {
	_, err := tx.Exec(ctx, "DELETE FROM auth_session WHERE user_id = $1 AND id <> $2", string(by), keep)
	return err
}

// token

func findToken(ctx context.Context, r db.Reader, hash string) (proof, error) {
	return db.One(ctx, r, func(s db.Scanner) (p proof, err error) {
		var seen, ends sql.NullInt64
		err = s.Scan(&p.user, &p.id, &p.scopes, &seen, &ends, &p.admin)
		p.seenAt, p.endsAt = seen.Int64, ends.Int64
		return p, err
	}, `SELECT t.user_id, t.id, t.scopes, t.used_at, t.expires_at, a.admin
		FROM auth_token t JOIN account a ON a.user_id = t.user_id WHERE t.secret_hash = $1`, hash)
}

func insertToken(ctx context.Context, tx *db.Tx, by account.ID, v Token, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO auth_token (user_id, id, secret_hash, name, scopes, created_at, used_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)`,
		string(by), v.ID, hash, v.Name, v.Scopes.String(), db.Micros(v.CreatedAt), db.MicrosOrNil(v.ExpiresAt))
	return err
}

func countTokens(ctx context.Context, r db.Reader, by account.ID) (int64, error) {
	return db.One(ctx, r, db.Value[int64], "SELECT COUNT(*) FROM auth_token WHERE user_id = $1", string(by))
}

func touchTokenRow(ctx context.Context, tx *db.Tx, p proof, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE auth_token SET used_at = $1 WHERE user_id = $2 AND id = $3 AND COALESCE(used_at, 0) = $4",
		db.Micros(now), string(p.user), p.id, p.seenAt)
	return err
}

func tokens(ctx context.Context, r db.Reader, by account.ID) ([]Token, error) {
	return db.All(ctx, r, func(s db.Scanner) (v Token, err error) {
		var (
			scopes     string
			created    int64
			used, ends *int64
		)
		err = s.Scan(&v.ID, &v.Name, &scopes, &created, &used, &ends)
		v.Scopes, v.CreatedAt, v.UsedAt, v.ExpiresAt = keptScopes(scopes), db.Time(created), db.TimeOrNil(used), db.TimeOrNil(ends)
		return v, err
	}, `SELECT id, name, scopes, created_at, used_at, expires_at FROM auth_token
		WHERE user_id = $1 ORDER BY created_at DESC, id DESC`, string(by))
}

func removeToken(ctx context.Context, tx *db.Tx, by account.ID, id string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM auth_token WHERE user_id = $1 AND id = $2", string(by), id)
}

// link

func insertLink(ctx context.Context, tx *db.Tx, id account.ID, linkID, kind, hash string, now time.Time, ends *time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO auth_link (user_id, id, kind, secret_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(id), linkID, kind, hash, db.Micros(now), db.MicrosOrNil(ends))
	return err
}

// findLink returns whose link it is; ErrNoRows when there is none of that kind that still works.
func findLink(ctx context.Context, r db.Reader, kind, hash string, now time.Time) (account.ID, error) {
	return db.One(ctx, r, db.Value[account.ID], `SELECT user_id FROM auth_link
		WHERE secret_hash = $1 AND kind = $2 AND (expires_at IS NULL OR expires_at > $3)`, hash, kind, db.Micros(now))
}

func removeLinks(ctx context.Context, tx *db.Tx, id account.ID, kind string) error {
	_, err := tx.Exec(ctx, "DELETE FROM auth_link WHERE user_id = $1 AND kind = $2", string(id), kind)
	return err
}

// trimSetupLinks leaves the newest few, so that a server that restarts for ever does not fill the table.
func trimSetupLinks(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM auth_link WHERE user_id = '' AND id IN (
		SELECT id FROM auth_link WHERE user_id = '' ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET $1)`, maxSetup)
	return err
}

// place

func knowsPlace(ctx context.Context, r db.Reader, id account.ID, place string) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int64], "SELECT COUNT(*) FROM auth_place WHERE user_id = $1 AND place = $2", string(id), place)
	return n > 0, err
}

func writePlace(ctx context.Context, tx *db.Tx, id account.ID, place string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO auth_place (user_id, place, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, place) DO UPDATE SET seen_at = excluded.seen_at`, string(id), place, db.Micros(now))
	return err
}

func places(ctx context.Context, r db.Reader, id account.ID) ([]string, error) {
	return db.All(ctx, r, db.Value[string], "SELECT place FROM auth_place WHERE user_id = $1", string(id))
}

// attempt

func readAttempt(ctx context.Context, r db.Reader, subject string) (attempt, error) {
	a, err := db.One(ctx, r, func(s db.Scanner) (a attempt, err error) {
		var failed, closed int64
		err = s.Scan(&a.failures, &failed, &closed)
		a.failedAt, a.closedTo = db.Time(failed), db.Time(closed)
		return a, err
	}, "SELECT failures, failed_at, closed_to FROM auth_attempt WHERE subject = $1", subject)
	if errors.Is(err, db.ErrNoRows) {
		return attempt{}, nil
	}
	return a, err
}

func writeAttempt(ctx context.Context, tx *db.Tx, subject string, a attempt) error {
	_, err := tx.Exec(ctx, `INSERT INTO auth_attempt (subject, failures, failed_at, closed_to) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at, closed_to = excluded.closed_to`,
		subject, a.failures, db.Micros(a.failedAt), db.Micros(a.closedTo))
	return err
}

func forgetAttempts(ctx context.Context, tx *db.Tx, list []subject) error {
	for _, s := range list {
		if _, err := tx.Exec(ctx, "DELETE FROM auth_attempt WHERE subject = $1", s.key); err != nil {
			return err
		}
	}
	return nil
}

// all

func eraseUser(ctx context.Context, tx *db.Tx, id account.ID) error {
	for _, q := range []string{
		"DELETE FROM auth_password WHERE user_id = $1",
		"DELETE FROM auth_session WHERE user_id = $1",
		"DELETE FROM auth_token WHERE user_id = $1",
		"DELETE FROM auth_link WHERE user_id = $1",
		"DELETE FROM auth_place WHERE user_id = $1",
		"DELETE FROM auth_passkey WHERE user_id = $1",
		"DELETE FROM auth_recovery WHERE user_id = $1",
	} {
		if _, err := tx.Exec(ctx, q, string(id)); err != nil {
			return err
		}
	}
	return nil
}

func prune(ctx context.Context, tx *db.Tx, now time.Time) error {
	for _, one := range []struct {
		query string
		args  []any
	}{
		{"DELETE FROM auth_session WHERE expires_at <= $1", []any{db.Micros(now)}},
		{"DELETE FROM auth_token WHERE expires_at IS NOT NULL AND expires_at <= $1", []any{db.Micros(now.Add(-keepExpired))}},
		{"DELETE FROM auth_link WHERE expires_at IS NOT NULL AND expires_at <= $1", []any{db.Micros(now)}},
		{"DELETE FROM auth_ceremony WHERE expires_at <= $1", []any{db.Micros(now)}},
		{"DELETE FROM auth_place WHERE seen_at <= $1", []any{db.Micros(now.Add(-keepPlace))}},
		{
			"DELETE FROM auth_attempt WHERE failed_at <= $1 OR (failures < $2 AND failed_at <= $3)",
			[]any{db.Micros(now.Add(-forgetAfter)), accountLimit, db.Micros(now.Add(-forgetFew))},
		},
	} {
		if _, err := tx.Exec(ctx, one.query, one.args...); err != nil {
			return err
		}
	}
	return nil
}
