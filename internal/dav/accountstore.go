package dav

import (
	"context"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// accountRow is an account with what its owner does not see.
type accountRow struct {
	Account
	fingerprint string
	deletedAt   *time.Time
}

const accountColumns = "id, name, url, login, password, fingerprint, revision, created_at, updated_at, deleted_at"

func (c codecs) scanAccount(by account.ID) func(s db.Scanner) (accountRow, error) {
	return func(s db.Scanner) (v accountRow, err error) {
		var (
			created, updated int64
			deleted          *int64
		)
		if err := s.Scan(&v.ID, &v.Name, &v.Address, &v.Login, &v.Password, &v.fingerprint, &v.Revision, &created, &updated, &deleted); err != nil {
			return v, err
		}
		v.CreatedAt, v.UpdatedAt, v.deletedAt = db.Time(created), db.Time(updated), db.TimeOrNil(deleted)
		return v, errors.Join(unseal(c.accountURL, by, v.ID, &v.Address), unseal(c.accountLogin, by, v.ID, &v.Login), unseal(c.accountPassword, by, v.ID, &v.Password))
	}
}

// findAccount returns the row of an id, whatever became of it, or nil.
func (s *Service) findAccount(ctx context.Context, r db.Reader, by account.ID, id string) (*accountRow, error) {
	v, err := db.One(ctx, r, s.codecs.scanAccount(by), "SELECT "+accountColumns+" FROM calendar_account WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &v, err
}

func (s *Service) getAccount(ctx context.Context, r db.Reader, by account.ID, id string) (accountRow, error) {
	v, err := s.findAccount(ctx, r, by, id)
	switch {
	case err != nil:
		return accountRow{}, err
	case v == nil:
		return accountRow{}, inWords(fault.NotFound("calendar_account"), "There is no such account.")
	case v.deletedAt != nil:
		return accountRow{}, goneAccount()
	}
	return *v, nil
}

func (s *Service) eachAccount(ctx context.Context, r db.Reader, by account.ID, f func(accountRow) error) error {
	return db.Each(ctx, r, s.codecs.scanAccount(by), f, "SELECT "+accountColumns+" FROM calendar_account WHERE user_id = $1 ORDER BY id", string(by))
}

// of lists what an account holds, followed or not.
func (s *Service) of(ctx context.Context, r db.Reader, by account.ID, id string) ([]row, error) {
	return db.All(ctx, r, s.codecs.scan(by), "SELECT "+columns+" FROM calendar WHERE user_id = $1 AND account_id = $2 AND deleted_at IS NULL ORDER BY id", string(by), id)
}

func (s *Service) insertAccount(ctx context.Context, tx *db.Tx, by account.ID, v accountRow) error {
	_, err := tx.Exec(ctx, "INSERT INTO calendar_account (user_id, "+accountColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		string(by), v.ID, v.Name, seal(s.codecs.accountURL, by, v.ID, v.Address), seal(s.codecs.accountLogin, by, v.ID, v.Login),
		seal(s.codecs.accountPassword, by, v.ID, v.Password), v.fingerprint, v.Revision, db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt))
	return err
}

func (s *Service) saveAccount(ctx context.Context, tx *db.Tx, by account.ID, v accountRow) error {
	_, err := tx.Exec(ctx, `UPDATE calendar_account SET name = $1, url = $2, login = $3, password = $4, revision = $5, updated_at = $6, deleted_at = $7
		WHERE user_id = $8 AND id = $9`, v.Name, seal(s.codecs.accountURL, by, v.ID, v.Address), seal(s.codecs.accountLogin, by, v.ID, v.Login),
		seal(s.codecs.accountPassword, by, v.ID, v.Password), v.Revision, db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt), string(by), v.ID)
	return err
}

func countAccounts(ctx context.Context, r db.Reader, by account.ID) (int, error) {
	return db.One(ctx, r, db.Value[int], "SELECT COUNT(*) FROM calendar_account WHERE user_id = $1 AND deleted_at IS NULL", string(by))
}

func touchAccount(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE calendar_account SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// itemsOf are the items of a collection that were read, with the digests of their ETags.
func itemsOf(ctx context.Context, r db.Reader, by account.ID, id string) (map[string]string, error) {
	known := map[string]string{}
	return known, db.Each(ctx, r, func(s db.Scanner) (v [2]string, err error) {
		err = s.Scan(&v[0], &v[1])
		return v, err
	}, func(v [2]string) error {
		known[v[0]] = v[1]
		return nil
	}, "SELECT item, etag FROM calendar_item WHERE user_id = $1 AND calendar_id = $2", string(by), id)
}

func itemRows() *db.Rows {
	return db.NewRows("calendar_item", "user_id, calendar_id, item, etag", "ON CONFLICT (user_id, calendar_id, item) DO UPDATE SET etag = excluded.etag")
}

func removeItem(ctx context.Context, tx *db.Tx, by account.ID, id, item string) error {
	_, err := tx.Exec(ctx, "DELETE FROM calendar_item WHERE user_id = $1 AND calendar_id = $2 AND item = $3", string(by), id, item)
	return err
}

func dropItems(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "DELETE FROM calendar_item WHERE user_id = $1 AND calendar_id = $2", string(by), id)
	return err
}

func countBusy(ctx context.Context, r db.Reader, by account.ID, id string) (int, error) {
	return db.One(ctx, r, db.Value[int], "SELECT COUNT(*) FROM calendar_busy WHERE user_id = $1 AND calendar_id = $2", string(by), id)
}

func goneAccount() error { return inWords(fault.Gone("calendar_account"), "This account was removed.") }

func inWords(f *fault.Error, words string) error {
	f.Message = words
	return f
}
