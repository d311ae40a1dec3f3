package digest

import (
	"context"
	"crypto/rand"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Record is a setting as an archive holds it. Which weeks went out, and the way out in them, stay with the installation.
type Record struct {
	On        bool  `json:"on"`
	Weekday   int   `json:"weekday"`
	Minute    int   `json:"minute"`
	Private   bool  `json:"private,omitempty"`
	Revision  int64 `json:"revision"`
	UpdatedAt int64 `json:"updated_at"`
}

// Records calls f with the setting of an account, if one was chosen.
func (s *Service) Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	v, err := find(ctx, r, by)
	if err != nil || v.Revision == 0 {
		return err
	}
	return f(Record{v.On, v.Weekday, v.Minute, v.Private, v.Revision, v.updatedAt})
}

// Restore puts a setting back unless one was chosen here, and reports whether it did. The first mail comes at its next hour.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, rec Record) (bool, error) {
	v := Setting{rec.On, rec.Weekday, rec.Minute, rec.Private, rec.Revision}
	if v.check() != nil || rec.Revision < 1 {
		return false, fault.Invalid("bad_row", "weekday", "A digest in this file has a setting that is none.")
	}
	was, err := find(ctx, tx, by)
	if err != nil || was.Revision > 0 {
		return false, err
	}
	u, err := s.o.Accounts.GetFrom(ctx, tx, by)
	if err != nil {
		return false, err
	}
	if was.secret == "" {
		was.secret = rand.Text()
	}
	return true, s.plan(ctx, tx, u, row{Setting: v, askedAt: was.askedAt, secret: was.secret, updatedAt: rec.UpdatedAt}, v.after(u, s.instant()))
}
