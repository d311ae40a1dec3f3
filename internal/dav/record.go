package dav

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Record is a calendar as an archive holds it, tombstones included. Its password stays behind, and what it said is read
// again.
type Record struct {
	ID          string `json:"id"`
	Kind        string `json:"kind,omitempty"`
	Name        string `json:"name,omitempty"`
	URL         string `json:"url,omitempty"`
	Login       string `json:"login,omitempty"`
	Titles      bool   `json:"titles,omitempty"`
	Account     string `json:"account,omitempty"`
	Unfollowed  bool   `json:"unfollowed,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

// Records calls f with every calendar of an account by id.
func (s *Service) Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return s.each(ctx, r, by, func(v row) error {
		rec := Record{
			ID: v.ID, Kind: v.Kind, Name: v.Name, URL: v.URL, Login: v.Login, Titles: v.Titles, Account: v.Account, Unfollowed: !v.Followed,
			Fingerprint: v.fingerprint, Revision: v.Revision,
			CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: db.MicrosOrNil(v.deletedAt),
		}
		if v.deletedAt != nil {
			rec.Kind, rec.Name, rec.URL, rec.Login, rec.Titles, rec.Account, rec.Unfollowed = "", "", "", "", false, "", false
		}
		return f(rec)
	})
}

// Restore puts a record back unless its id is there already, and reports whether it did.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, v Record) (bool, error) {
	bad := fault.Invalid("bad_row", "id", "A calendar of this file cannot be kept.")
	if u, err := uuid.Parse(v.ID); err != nil || u.String() != v.ID || v.Revision < 1 {
		return false, bad
	}
	if v.DeletedAt == nil {
		name, err := cleanName(v.Name)
		secret := checkSecret("login", v.Login)
		if err != nil || secret != nil || name != v.Name || name == "" || !slices.Contains(Kinds(), v.Kind) || v.URL == "" || len(v.URL) > maxURL ||
			(v.Kind == ICS) != (v.Account == "") {
			return false, bad
		}
	}
	was, err := s.find(ctx, tx, by, v.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, s.insert(ctx, tx, by, row{Calendar: Calendar{
		ID: v.ID, Kind: v.Kind, Name: v.Name, URL: v.URL, Login: v.Login, Titles: v.Titles, Account: v.Account,
		Followed: !v.Unfollowed, Revision: v.Revision, CreatedAt: db.Time(v.CreatedAt), UpdatedAt: db.Time(v.UpdatedAt),
	}, fingerprint: v.Fingerprint, deletedAt: db.TimeOrNil(v.DeletedAt)})
}

// AccountRecord is an account as an archive holds it, tombstones included. Its password stays behind.
type AccountRecord struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Address     string `json:"address,omitempty"`
	Login       string `json:"login,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

// AccountRecords calls f with every account of CalDAV and CardDAV by id.
func (s *Service) AccountRecords(ctx context.Context, r db.Reader, by account.ID, f func(AccountRecord) error) error {
	return s.eachAccount(ctx, r, by, func(v accountRow) error {
		return f(AccountRecord{
			ID: v.ID, Name: v.Name, Address: v.Address, Login: v.Login, Fingerprint: v.fingerprint, Revision: v.Revision,
			CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: db.MicrosOrNil(v.deletedAt),
		})
	})
}

// RestoreAccount puts a record back unless its id is there already, and reports whether it did.
func (s *Service) RestoreAccount(ctx context.Context, tx *db.Tx, by account.ID, v AccountRecord) (bool, error) {
	bad := fault.Invalid("bad_row", "id", "An account of this file cannot be kept.")
	if u, err := uuid.Parse(v.ID); err != nil || u.String() != v.ID || v.Revision < 1 {
		return false, bad
	}
	if v.DeletedAt == nil {
		name, err := cleanName(v.Name)
		if err != nil || checkSecret("login", v.Login) != nil || name != v.Name || name == "" || v.Address == "" || len(v.Address) > maxURL {
			return false, bad
		}
	}
	was, err := s.findAccount(ctx, tx, by, v.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, s.insertAccount(ctx, tx, by, accountRow{Account: Account{
		ID: v.ID, Name: v.Name, Address: v.Address, Login: v.Login, Revision: v.Revision, CreatedAt: db.Time(v.CreatedAt), UpdatedAt: db.Time(v.UpdatedAt),
	}, fingerprint: v.Fingerprint, deletedAt: db.TimeOrNil(v.DeletedAt)})
}

// Told has a calendar say when somebody is busy without being read, now or ever by itself. It is for the demo, which asks nobody.
func (s *Service) Told(ctx context.Context, tx *db.Tx, by account.ID, id string, spans []Span) error {
	v, err := s.get(ctx, tx, by, id)
	if err != nil {
		return err
	}
	var rows []busyRow
	for _, sp := range spans {
		rows = append(rows, busyRow{start: db.Micros(sp.Start), end: db.Micros(sp.End), title: sp.Title})
		if sp.End.After(v.CoveredTo) {
			v.CoveredTo = sp.End
		}
	}
	now := s.now()
	never := now.AddDate(100, 0, 0)
	v.Found, v.SyncedAt, v.RetryAt = len(rows), &now, &never
	return errors.Join(s.insertBusy(ctx, tx, by, id, rows), s.keepState(ctx, tx, by, v))
}
