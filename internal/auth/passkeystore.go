package auth

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
)

// passkey

const columnsOfKey = "id, credential_id, party, public_key, sign_count, eligible, backed, transports, name, created_at, used_at"

func scanPasskey(s db.Scanner, before ...any) (p Passkey, err error) {
	var (
		id, transports string
		count, created int64
		used           *int64
	)
	c := &p.credential
	err = s.Scan(append(before, &p.ID, &id, &p.Party, &c.PublicKey, &count, &c.Eligible, &p.Backed, &transports, &p.Name, &created, &used)...)
	if err != nil {
		return p, err
	}
	if c.ID, err = base64.RawURLEncoding.DecodeString(id); err != nil {
		return p, fmt.Errorf("a passkey's id is damaged: %w", err)
	}
	c.Count, c.Backed, c.Transports = uint32(count), p.Backed, strings.Fields(transports)
	p.CreatedAt, p.UsedAt = db.Time(created), db.TimeOrNil(used)
	return p, nil
}

func passkeys(ctx context.Context, r db.Reader, by account.ID) ([]Passkey, error) {
	return db.All(ctx, r, func(s db.Scanner) (Passkey, error) { return scanPasskey(s) },
		"SELECT "+columnsOfKey+" FROM auth_passkey WHERE user_id = $1 ORDER BY created_at, id", string(by))
}

func countPasskeys(ctx context.Context, r db.Reader, by account.ID, party string) (int64, error) {
	return db.One(ctx, r, db.Value[int64], "SELECT COUNT(*) FROM auth_passkey WHERE user_id = $1 AND party = $2", string(by), party)
}

// passkeyByCredential returns whose it is as well; ErrNoRows when there is none.
func passkeyByCredential(ctx context.Context, r db.Reader, credential string) (account.ID, Passkey, error) {
	var u account.ID
	p, err := db.One(ctx, r, func(s db.Scanner) (Passkey, error) { return scanPasskey(s, &u) },
		"SELECT user_id, "+columnsOfKey+" FROM auth_passkey WHERE credential_id = $1", credential)
	return u, p, err
}

func insertPasskey(ctx context.Context, tx *db.Tx, by account.ID, p Passkey) error {
	c := p.credential
	_, err := tx.Exec(ctx, `INSERT INTO auth_passkey (user_id, `+columnsOfKey+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL)`,
		string(by), p.ID, encode(c.ID), p.Party, c.PublicKey, int64(c.Count), c.Eligible, c.Backed, strings.Join(c.Transports, " "), p.Name, db.Micros(p.CreatedAt))
	return err
}

// touchPasskey notes a use. Of two that come at once with the same count, one finds it changed.
func touchPasskey(ctx context.Context, tx *db.Tx, by account.ID, id string, was, count uint32, backed bool, now time.Time) (int64, error) {
	return tx.Exec(ctx, "UPDATE auth_passkey SET sign_count = $1, backed = $2, used_at = $3 WHERE user_id = $4 AND id = $5 AND sign_count = $6",
		int64(count), backed, db.Micros(now), string(by), id, int64(was))
}

func renamePasskey(ctx context.Context, tx *db.Tx, by account.ID, id, name string) (int64, error) {
	return tx.Exec(ctx, "UPDATE auth_passkey SET name = $1 WHERE user_id = $2 AND id = $3", name, string(by), id)
}

func removePasskey(ctx context.Context, tx *db.Tx, by account.ID, id string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM auth_passkey WHERE user_id = $1 AND id = $2", string(by), id)
}

// insertCeremony reports 0 when the question was answered before.
func insertCeremony(ctx context.Context, tx *db.Tx, hash string, ends int64) (int64, error) {
	return tx.Exec(ctx, "INSERT INTO auth_ceremony (challenge_hash, expires_at) VALUES ($1, $2) ON CONFLICT (challenge_hash) DO NOTHING", hash, ends)
}

// recovery

func insertRecovery(ctx context.Context, tx *db.Tx, by account.ID, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, "INSERT INTO auth_recovery (user_id, code_hash, created_at) VALUES ($1, $2, $3)", string(by), hash, db.Micros(now))
	return err
}

func removeRecovery(ctx context.Context, tx *db.Tx, by account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM auth_recovery WHERE user_id = $1", string(by))
	return err
}

// spendRecovery reports 0 when there is no such code (any more).
func spendRecovery(ctx context.Context, tx *db.Tx, by account.ID, hash string) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM auth_recovery WHERE user_id = $1 AND code_hash = $2", string(by), hash)
}

func countRecovery(ctx context.Context, r db.Reader, by account.ID) (int64, error) {
	return db.One(ctx, r, db.Value[int64], "SELECT COUNT(*) FROM auth_recovery WHERE user_id = $1", string(by))
}

// what a session has proved

func countSession(ctx context.Context, r db.Reader, by account.ID, id string) (int64, error) {
	return db.One(ctx, r, db.Value[int64], "SELECT COUNT(*) FROM auth_session WHERE user_id = $1 AND id = $2", string(by), id)
}

func proveSession(ctx context.Context, tx *db.Tx, by account.ID, id string, now, openTo time.Time) (int64, error) {
	return tx.Exec(ctx, "UPDATE auth_session SET proved_at = $1, open_to = $2 WHERE user_id = $3 AND id = $4",
		db.Micros(now), db.Micros(openTo), string(by), id)
}

func lockSession(ctx context.Context, tx *db.Tx, by account.ID, id string, after time.Duration, openTo time.Time) (int64, error) {
	return tx.Exec(ctx, "UPDATE auth_session SET lock_after = $1, open_to = $2 WHERE user_id = $3 AND id = $4",
		int64(after/time.Second), db.Micros(openTo), string(by), id)
}

func closeSession(ctx context.Context, tx *db.Tx, by account.ID, id string, now time.Time) (int64, error) {
	return tx.Exec(ctx, "UPDATE auth_session SET open_to = $1 WHERE user_id = $2 AND id = $3", db.Micros(now), string(by), id)
}

// openSession moves the time until which private pages are open, unless somebody moved it meanwhile.
func openSession(ctx context.Context, tx *db.Tx, by account.ID, id string, was, to time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE auth_session SET open_to = $1 WHERE user_id = $2 AND id = $3 AND open_to = $4",
		db.Micros(to), string(by), id, db.Micros(was))
	return err
}
