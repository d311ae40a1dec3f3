package dav

import (
	"context"
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
			ID: v.ID, Kind: v.Kind, Name: v.Name, URL: v.URL, Login: v.Login, Titles: v.Titles, Fingerprint: v.fingerprint, Revision: v.Revision,
			CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: microsOrNil(v.deletedAt),
		}
		if v.deletedAt != nil {
			rec.Kind, rec.Name, rec.URL, rec.Login, rec.Titles = "", "", "", "", false
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
		if err != nil || secret != nil || name != v.Name || name == "" || !slices.Contains(Kinds(), v.Kind) || v.URL == "" || len(v.URL) > maxURL {
			return false, bad
		}
	}
	was, err := s.find(ctx, tx, by, v.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, s.insert(ctx, tx, by, row{Calendar: Calendar{
		ID: v.ID, Kind: v.Kind, Name: v.Name, URL: v.URL, Login: v.Login, Titles: v.Titles, Revision: v.Revision,
		CreatedAt: db.Time(v.CreatedAt), UpdatedAt: db.Time(v.UpdatedAt),
	}, fingerprint: v.Fingerprint, deletedAt: timeOrNil(v.DeletedAt)})
}
