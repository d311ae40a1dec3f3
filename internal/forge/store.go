package forge

import (
	"context"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"forge_hook", "forge_work", "forge_mark"} }

// row is a hook with what its owner does not see.
type row struct {
	Hook
	owner       account.ID
	secret      string
	fingerprint string
	deletedAt   *time.Time
}

const columns = `user_id, id, name, address, secret, forge, heard_at, refused, refused_why, refused_at, fingerprint, revision, created_at, updated_at, deleted_at`

func (s *Service) scan(sc db.Scanner) (row, error) {
	var (
		v                         row
		owner                     string
		created, updated          int64
		heard, refusedAt, deleted *int64
	)
	err := sc.Scan(&owner, &v.ID, &v.Name, &v.Address, &v.secret, &v.Forge, &heard, &v.Refused.Count, &v.Refused.Why, &refusedAt, &v.fingerprint,
		&v.Revision, &created, &updated, &deleted)
	if err != nil {
		return v, err
	}
	v.owner, v.CreatedAt, v.UpdatedAt = account.ID(owner), db.Time(created), db.Time(updated)
	v.HeardAt, v.Refused.At, v.deletedAt = db.TimeOrNil(heard), db.TimeOrNil(refusedAt), db.TimeOrNil(deleted)
	if s.secret != nil {
		v.secret, err = s.secret.Open(owner, v.ID, v.secret)
	}
	if len(v.secret) < minSecret { // its key is lost: what stands there then is no secret
		v.secret = ""
	}
	v.Ready = v.secret != ""
	return v, err
}

// find returns the row of an id, whatever became of it, or nil.
func (s *Service) find(ctx context.Context, r db.Reader, by account.ID, id string) (*row, error) {
	v, err := db.One(ctx, r, s.scan, "SELECT "+columns+" FROM forge_hook WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &v, err
}

func (s *Service) get(ctx context.Context, r db.Reader, by account.ID, id string) (row, error) {
	v, err := s.find(ctx, r, by, id)
	switch {
	case err != nil:
		return row{}, err
	case v == nil:
		return row{}, fault.NotFound("hook")
	case v.deletedAt != nil:
		return row{}, fault.Gone("hook")
	}
	return *v, nil
}

// at finds the hook behind an address, whosever it is.
func (s *Service) at(ctx context.Context, r db.Reader, address string) (row, error) {
	if address == "" || len(address) > 100 {
		return row{}, fault.NotFound("hook")
	}
	v, err := db.One(ctx, r, s.scan, "SELECT "+columns+" FROM forge_hook WHERE address = $1 AND deleted_at IS NULL", address)
	if errors.Is(err, db.ErrNoRows) {
		return row{}, fault.NotFound("hook")
	}
	return v, err
}

func (s *Service) list(ctx context.Context, r db.Reader, by account.ID) ([]row, error) {
	return db.All(ctx, r, s.scan, "SELECT "+columns+" FROM forge_hook WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id", string(by))
}

func (s *Service) each(ctx context.Context, r db.Reader, by account.ID, f func(row) error) error {
	return db.Each(ctx, r, s.scan, f, "SELECT "+columns+" FROM forge_hook WHERE user_id = $1 ORDER BY id", string(by))
}

func count(ctx context.Context, r db.Reader, by account.ID) (int, error) {
	return db.One(ctx, r, db.Value[int], "SELECT COUNT(*) FROM forge_hook WHERE user_id = $1 AND deleted_at IS NULL", string(by))
}

func (s *Service) sealed(by account.ID, v row) string {
	if s.secret == nil {
		return v.secret
	}
	return s.secret.Seal(string(by), v.ID, v.secret)
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, "INSERT INTO forge_hook ("+columns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		string(by), v.ID, v.Name, v.Address, s.sealed(by, v), v.Forge, db.MicrosOrNil(v.HeardAt), v.Refused.Count, v.Refused.Why, db.MicrosOrNil(v.Refused.At),
		v.fingerprint, v.Revision, db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt))
	return err
}

// save writes what its owner changed. With another secret what was refused before is past.
func (s *Service) save(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, `UPDATE forge_hook SET name = $1, address = $2, secret = $3, forge = $4, heard_at = $5, refused = $6, refused_why = $7,
		refused_at = $8, revision = $9, updated_at = $10, deleted_at = $11 WHERE user_id = $12 AND id = $13`,
		v.Name, v.Address, s.sealed(by, v), v.Forge, db.MicrosOrNil(v.HeardAt), v.Refused.Count, v.Refused.Why, db.MicrosOrNil(v.Refused.At),
		v.Revision, db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt), string(by), v.ID)
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE forge_hook SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

func heard(ctx context.Context, tx *db.Tx, at row, forge string, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE forge_hook SET forge = $1, heard_at = $2 WHERE user_id = $3 AND id = $4", forge, db.Micros(now), string(at.owner), at.ID)
	return err
}

// refused counts a refusal, unless others that came meanwhile were enough of them.
func refused(ctx context.Context, tx *db.Tx, at row, why string, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE forge_hook SET refused = refused + 1, refused_why = $1, refused_at = $2 WHERE user_id = $3 AND id = $4 AND deleted_at IS NULL"+
		" AND (refused < $5 OR refused_at <= $6)", why, db.Micros(now), string(at.owner), at.ID, manyRefused, db.Micros(now.Add(-heardEvery)))
	return err
}

const workColumns = "hook_id, id, kind, title, place, url, handle, email, who, finished_at"

func scanWork(s db.Scanner) (w Work, err error) {
	var finished int64
	err = s.Scan(&w.Hook, &w.ID, &w.Kind, &w.Title, &w.Place, &w.URL, &w.Author.Handle, &w.Author.Email, &w.Author.Name, &finished)
	w.FinishedAt = db.Time(finished)
	return w, err
}

func work(ctx context.Context, r db.Reader, by account.ID, since time.Time, limit int) ([]Work, error) {
	return db.All(ctx, r, scanWork, "SELECT "+workColumns+` FROM forge_work WHERE user_id = $1 AND finished_at >= $2
		ORDER BY finished_at DESC, hook_id, id LIMIT $3`, string(by), db.Micros(since), limit)
}

func eachWork(ctx context.Context, r db.Reader, by account.ID, f func(Work) error) error {
	return db.Each(ctx, r, scanWork, f, "SELECT "+workColumns+" FROM forge_work WHERE user_id = $1 ORDER BY hook_id, id", string(by))
}

// addWork keeps what was finished and reports whether it was new.
func addWork(ctx context.Context, tx *db.Tx, at row, w Work) (bool, error) {
	n, err := tx.Exec(ctx, "INSERT INTO forge_work (user_id, "+workColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (user_id, hook_id, id) DO NOTHING`, string(at.owner), at.ID, w.ID, w.Kind, w.Title, w.Place, w.URL, w.Author.Handle, w.Author.Email,
		w.Author.Name, db.Micros(w.FinishedAt))
	return n > 0, err
}

// thin lets the oldest go where a hook told more than is kept.
func thin(ctx context.Context, tx *db.Tx, at row) error {
	_, err := tx.Exec(ctx, `DELETE FROM forge_work WHERE user_id = $1 AND hook_id = $2 AND id IN (SELECT id FROM forge_work
		WHERE user_id = $1 AND hook_id = $2 ORDER BY finished_at DESC, id LIMIT $3 OFFSET $4)`, string(at.owner), at.ID, maxWork, maxWork)
	return err
}

func dropWork(ctx context.Context, tx *db.Tx, by account.ID, hook string) error {
	_, err := tx.Exec(ctx, "DELETE FROM forge_work WHERE user_id = $1 AND hook_id = $2", string(by), hook)
	return err
}

func marks(ctx context.Context, r db.Reader, by account.ID) ([]Mark, error) {
	return db.All(ctx, r, func(s db.Scanner) (m Mark, err error) {
		err = s.Scan(&m.Author, &m.Mark)
		return m, err
	}, "SELECT author, mark FROM forge_mark WHERE user_id = $1 ORDER BY author", string(by))
}

func setMark(ctx context.Context, tx *db.Tx, by account.ID, m Mark, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO forge_mark (user_id, author, mark, marked_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, author) DO UPDATE SET mark = excluded.mark, marked_at = excluded.marked_at`, string(by), m.Author, m.Mark, at)
	return err
}

func unmark(ctx context.Context, tx *db.Tx, by account.ID, author string) error {
	_, err := tx.Exec(ctx, "DELETE FROM forge_mark WHERE user_id = $1 AND author = $2", string(by), author)
	return err
}
