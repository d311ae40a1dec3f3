package forge

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// HookRecord is a hook as an archive holds it, tombstones included. Its address and secret stay behind: brought elsewhere
// it has another address, and waits for a secret.
type HookRecord struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

// WorkRecord is what was finished, as an archive holds it.
type WorkRecord struct {
	Hook       string `json:"hook"`
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	Title      string `json:"title"`
	Place      string `json:"place,omitempty"`
	URL        string `json:"url,omitempty"`
	Handle     string `json:"handle,omitempty"`
	Email      string `json:"email,omitempty"`
	Who        string `json:"who,omitempty"`
	FinishedAt int64  `json:"finished_at"`
}

// MarkRecord is a Mark as an archive holds it.
type MarkRecord struct {
	Author   string `json:"author"`
	Mark     string `json:"mark"`
	MarkedAt int64  `json:"marked_at"`
}

// Records calls f with every hook of an account by id.
func (s *Service) Records(ctx context.Context, r db.Reader, by account.ID, f func(HookRecord) error) error {
	return s.each(ctx, r, by, func(v row) error {
		return f(HookRecord{v.ID, v.Name, v.fingerprint, v.Revision, db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt)})
	})
}

// Restore puts a hook back unless its id is there already, and reports whether it did.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, v HookRecord) (bool, error) {
	bad := fault.Invalid("bad_row", "id", "A hook of this file cannot be kept.")
	if u, err := uuid.Parse(v.ID); err != nil || u.String() != v.ID || v.Revision < 1 {
		return false, bad
	}
	now := row{Hook: Hook{ID: v.ID, Revision: v.Revision, CreatedAt: db.Time(v.CreatedAt), UpdatedAt: db.Time(v.UpdatedAt)}, fingerprint: v.Fingerprint, deletedAt: db.TimeOrNil(v.DeletedAt)}
	if v.DeletedAt == nil {
		name, err := cleanName(v.Name)
		if err != nil || name != v.Name {
			return false, bad
		}
		now.Name, now.Address = name, newAddress()
	}
	was, err := s.find(ctx, tx, by, v.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, s.insert(ctx, tx, by, now)
}

// WorkRecords calls f with everything finished that an account was told of.
func (s *Service) WorkRecords(ctx context.Context, r db.Reader, by account.ID, f func(WorkRecord) error) error {
	return eachWork(ctx, r, by, func(w Work) error {
		return f(WorkRecord{w.Hook, w.ID, w.Kind, w.Title, w.Place, w.URL, w.Author.Handle, w.Author.Email, w.Author.Name, db.Micros(w.FinishedAt)})
	})
}

// RestoreWork puts one back unless it is there already, and reports whether it did.
func (s *Service) RestoreWork(ctx context.Context, tx *db.Tx, by account.ID, v WorkRecord) (bool, error) {
	w := Work{
		Hook: v.Hook, ID: "x", Kind: v.Kind, Title: v.Title, Place: v.Place, URL: v.URL, FinishedAt: db.Time(v.FinishedAt),
		Author: Author{Handle: v.Handle, Email: v.Email, Name: v.Who},
	}
	tidy, ok := w.clean()
	tidy.ID, w.ID = v.ID, v.ID
	if !ok || tidy != w || len(v.ID) != len(digest("")) || !slices.Contains([]string{Change, Issue, Release}, v.Kind) {
		return false, fault.Invalid("bad_row", "id", "Finished work of this file cannot be kept.")
	}
	hook, err := s.find(ctx, tx, by, v.Hook)
	if err != nil || hook == nil || hook.deletedAt != nil {
		return false, err
	}
	return addWork(ctx, tx, *hook, w)
}

// MarkRecords calls f with every mark of an account.
func (s *Service) MarkRecords(ctx context.Context, r db.Reader, by account.ID, f func(MarkRecord) error) error {
	return db.Each(ctx, r, func(sc db.Scanner) (v MarkRecord, err error) {
		err = sc.Scan(&v.Author, &v.Mark, &v.MarkedAt)
		return v, err
	}, f, "SELECT author, mark, marked_at FROM forge_mark WHERE user_id = $1 ORDER BY author", string(by))
}

// RestoreMark puts one back unless its author has one, and reports whether it did.
func (s *Service) RestoreMark(ctx context.Context, tx *db.Tx, by account.ID, v MarkRecord) (bool, error) {
	author, err := cleanAuthor(v.Author)
	if err != nil || author != v.Author || v.Mark != Me && v.Mark != Nobody {
		return false, fault.Invalid("bad_row", "author", "A mark of this file cannot be kept.")
	}
	n, err := tx.Exec(ctx, `INSERT INTO forge_mark (user_id, author, mark, marked_at) VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, author) DO NOTHING`,
		string(by), v.Author, v.Mark, v.MarkedAt)
	return n > 0, err
}

// Revive gives a restored hook a secret nobody knows, and has it heard from a forge. It is for the demo, whose hook would
// else wait for a secret.
func (s *Service) Revive(ctx context.Context, tx *db.Tx, by account.ID, id, forge string, heardAt time.Time) error {
	v, err := s.get(ctx, tx, by, id)
	if err != nil {
		return err
	}
	v.secret, v.Forge, v.HeardAt = newSecret(), forge, &heardAt
	return s.save(ctx, tx, by, v)
}
