package dav

import (
	"context"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string {
	return []string{"calendar", "calendar_account", "calendar_busy", "calendar_feed", "calendar_item"}
}

// codecs seal what must not be readable in a stolen database. A nil one keeps in the open.
type codecs struct{ url, login, password, title, invited, accountURL, accountLogin, accountPassword *db.Column }

func seal(c *db.Column, by account.ID, id, plain string) string {
	if c == nil {
		return plain
	}
	return c.Seal(string(by), id, plain)
}

func unseal(c *db.Column, by account.ID, id string, to *string) error {
	if c == nil {
		return nil
	}
	plain, err := c.Open(string(by), id, *to)
	*to = plain
	return err
}

// sealSome seals words; nothing stays nothing, so that it can be told apart without a key.
func sealSome(c *db.Column, by account.ID, id, plain string) string {
	if plain == "" {
		return ""
	}
	return seal(c, by, id, plain)
}

func unsealSome(c *db.Column, by account.ID, id string, to *string) error {
	if *to == "" {
		return nil
	}
	return unseal(c, by, id, to)
}

// row is a calendar with what its owner does not see.
type row struct {
	Calendar
	etag, modified, digest, token, zone string
	failure                             string
	failureLine                         int
	failureItem                         string
	fingerprint                         string
	deletedAt                           *time.Time
}

const columns = `id, kind, name, url, login, password, titles, etag, modified, digest, token, zone, covered_to, found, failure, failure_line,
	failures, retry_at, synced_at, fingerprint, revision, created_at, updated_at, deleted_at, account_id, followed, failure_item`

func (c codecs) scan(by account.ID) func(s db.Scanner) (row, error) {
	return func(s db.Scanner) (row, error) {
		var (
			v                         row
			covered, created, updated int64
			retry, synced, deleted    *int64
		)
		err := s.Scan(&v.ID, &v.Kind, &v.Name, &v.URL, &v.Login, &v.Password, &v.Titles, &v.etag, &v.modified, &v.digest, &v.token, &v.zone, &covered,
			&v.Found, &v.failure, &v.failureLine, &v.Failures, &retry, &synced, &v.fingerprint, &v.Revision, &created, &updated, &deleted,
			&v.Account, &v.Followed, &v.failureItem)
		if err != nil {
			return v, err
		}
		v.CoveredTo, v.CreatedAt, v.UpdatedAt = db.Time(covered), db.Time(created), db.Time(updated)
		v.RetryAt, v.SyncedAt, v.deletedAt = db.TimeOrNil(retry), db.TimeOrNil(synced), db.TimeOrNil(deleted)
		if err := unsealSome(c.url, by, v.ID, &v.failureItem); err != nil {
			return v, err
		}
		v.Failure = failure(v.failure, v.failureLine, v.failureItem)
		return v, errors.Join(unseal(c.url, by, v.ID, &v.URL), unseal(c.login, by, v.ID, &v.Login), unseal(c.password, by, v.ID, &v.Password))
	}
}

// find returns the row of an id, whatever became of it, or nil.
func (s *Service) find(ctx context.Context, r db.Reader, by account.ID, id string) (*row, error) {
	v, err := db.One(ctx, r, s.codecs.scan(by), "SELECT "+columns+" FROM calendar WHERE user_id = $1 AND id = $2", string(by), id)
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
		return row{}, fault.NotFound("calendar")
	case v.deletedAt != nil:
		return row{}, fault.Gone("calendar")
	}
	return *v, nil
}

func (s *Service) list(ctx context.Context, r db.Reader, by account.ID) ([]row, error) {
	return db.All(ctx, r, s.codecs.scan(by), "SELECT "+columns+" FROM calendar WHERE user_id = $1 AND deleted_at IS NULL AND followed ORDER BY id", string(by))
}

func (s *Service) each(ctx context.Context, r db.Reader, by account.ID, f func(row) error) error {
	return db.Each(ctx, r, s.codecs.scan(by), f, "SELECT "+columns+" FROM calendar WHERE user_id = $1 ORDER BY id", string(by))
}

func count(ctx context.Context, r db.Reader, by account.ID) (int, error) {
	return db.One(ctx, r, db.Value[int], "SELECT COUNT(*) FROM calendar WHERE user_id = $1 AND deleted_at IS NULL AND followed", string(by))
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, `INSERT INTO calendar (user_id, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
		$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`, string(by), v.ID, v.Kind, v.Name, seal(s.codecs.url, by, v.ID, v.URL),
		seal(s.codecs.login, by, v.ID, v.Login), seal(s.codecs.password, by, v.ID, v.Password), v.Titles, v.etag, v.modified, v.digest, v.token, v.zone,
		covered(v.CoveredTo), v.Found, v.failure, v.failureLine, v.Failures, db.MicrosOrNil(v.RetryAt), db.MicrosOrNil(v.SyncedAt), v.fingerprint, v.Revision,
		db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt), v.Account, v.Followed, s.sealItem(by, v))
	return err
}

// save writes what its owner changed, and starts the sync anew where that changed what is read.
func (s *Service) save(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, `UPDATE calendar SET name = $1, url = $2, login = $3, password = $4, titles = $5, revision = $6, updated_at = $7, deleted_at = $8, followed = $9
		WHERE user_id = $10 AND id = $11`, v.Name, seal(s.codecs.url, by, v.ID, v.URL), seal(s.codecs.login, by, v.ID, v.Login),
		seal(s.codecs.password, by, v.ID, v.Password), v.Titles, v.Revision, db.Micros(v.UpdatedAt), db.MicrosOrNil(v.deletedAt), v.Followed, string(by), v.ID)
	return err
}

// keepState writes what a sync learned. It changes no revision: that is for what its owner changes.
func (s *Service) keepState(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	_, err := tx.Exec(ctx, `UPDATE calendar SET etag = $1, modified = $2, digest = $3, token = $4, zone = $5, covered_to = $6, found = $7, failure = $8,
		failure_line = $9, failures = $10, retry_at = $11, synced_at = $12, failure_item = $13 WHERE user_id = $14 AND id = $15`, v.etag, v.modified, v.digest, v.token,
		v.zone, covered(v.CoveredTo), v.Found, v.failure, v.failureLine, v.Failures, db.MicrosOrNil(v.RetryAt), db.MicrosOrNil(v.SyncedAt), s.sealItem(by, v),
		string(by), v.ID)
	return err
}

func (s *Service) sealItem(by account.ID, v row) string {
	return sealSome(s.codecs.url, by, v.ID, v.failureItem)
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE calendar SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// current fails unless a calendar is still what a sync began with.
func current(ctx context.Context, r db.Reader, by account.ID, id string, revision int64) error {
	same, err := db.One(ctx, r, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM calendar WHERE user_id = $1 AND id = $2 AND revision = $3
		AND deleted_at IS NULL AND followed)`, string(by), id, revision)
	if err == nil && !same {
		return errChanged
	}
	return err
}

// busyRow is a busy time as it is kept. What is open is sealed when it is written.
type busyRow struct {
	item           string
	start, end     int64
	title, invited string
}

// says reports whether two rows say the same.
func (b busyRow) says(o busyRow) bool { return b.title == o.title && b.invited == o.invited }

func (b busyRow) key() busyKey { return busyKey{b.item, b.start, b.end} }

type busyKey struct {
	item       string
	start, end int64
}

func (s *Service) busyOf(ctx context.Context, r db.Reader, by account.ID, id string, f func(busyRow) error) error {
	return db.Each(ctx, r, func(sc db.Scanner) (b busyRow, err error) {
		if err := sc.Scan(&b.item, &b.start, &b.end, &b.title, &b.invited); err != nil {
			return b, err
		}
		return b, errors.Join(unsealSome(s.codecs.title, by, id, &b.title), unsealSome(s.codecs.invited, by, id, &b.invited))
	}, f, "SELECT item, start_at, end_at, title, invited FROM calendar_busy WHERE user_id = $1 AND calendar_id = $2", string(by), id)
}

func (s *Service) insertBusy(ctx context.Context, tx *db.Tx, by account.ID, id string, list []busyRow) error {
	rows := db.NewRows("calendar_busy", "user_id, calendar_id, item, start_at, end_at, title, invited",
		"ON CONFLICT (user_id, calendar_id, item, start_at, end_at) DO UPDATE SET title = excluded.title, invited = excluded.invited")
	for _, b := range list {
		title, invited := sealSome(s.codecs.title, by, id, b.title), sealSome(s.codecs.invited, by, id, b.invited)
		if err := rows.Add(ctx, tx, string(by), id, b.item, b.start, b.end, title, invited); err != nil {
			return err
		}
	}
	return rows.Flush(ctx, tx)
}

func removeBusy(ctx context.Context, tx *db.Tx, by account.ID, id string, rows []busyRow) error {
	for _, b := range rows {
		if _, err := tx.Exec(ctx, `DELETE FROM calendar_busy WHERE user_id = $1 AND calendar_id = $2 AND item = $3 AND start_at = $4 AND end_at = $5`,
			string(by), id, b.item, b.start, b.end); err != nil {
			return err
		}
	}
	return nil
}

func dropBusy(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "DELETE FROM calendar_busy WHERE user_id = $1 AND calendar_id = $2", string(by), id)
	return err
}

// forgetTitles lets the words of events go at once when they are no longer allowed.
func forgetTitles(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "UPDATE calendar_busy SET title = '', invited = '' WHERE user_id = $1 AND calendar_id = $2 AND (title <> '' OR invited <> '')", string(by), id)
	return err
}

// busy returns the times of all calendars that touch a stretch of time. None is longer than maxPiece.
func (s *Service) busy(ctx context.Context, r db.Reader, by account.ID, from, to time.Time) ([]Span, error) {
	return db.All(ctx, r, func(sc db.Scanner) (v Span, err error) {
		var start, end int64
		if err := sc.Scan(&v.Calendar, &start, &end, &v.Title); err != nil {
			return v, err
		}
		v.Start, v.End = db.Time(start), db.Time(end)
		return v, unsealSome(s.codecs.title, by, v.Calendar, &v.Title)
	}, `SELECT calendar_id, start_at, end_at, title FROM calendar_busy WHERE user_id = $1 AND start_at >= $2 AND start_at < $3 AND end_at > $4
		ORDER BY start_at, end_at, calendar_id`, string(by), db.Micros(from.Add(-maxPiece)), db.Micros(to), db.Micros(from))
}

// BusyTimes returns when somebody is busy in a stretch of time, in order and without titles. It is for package opportunity.
func BusyTimes(ctx context.Context, r db.Reader, by account.ID, from, to time.Time) ([]Span, error) {
	return db.All(ctx, r, func(sc db.Scanner) (v Span, err error) {
		var start, end int64
		err = sc.Scan(&start, &end)
		v.Start, v.End = db.Time(start), db.Time(end)
		return v, err
	}, `SELECT start_at, end_at FROM calendar_busy WHERE user_id = $1 AND start_at >= $2 AND start_at < $3 AND end_at > $4 ORDER BY start_at, end_at`,
		string(by), db.Micros(from.Add(-maxPiece)), db.Micros(to), db.Micros(from))
}

// due is whose calendar is to be looked at, and when it was told to wait until.
type due struct {
	user, id string
	retry    *int64
	covered  int64
	failures int
}

func all(ctx context.Context, r db.Reader, f func(due) error) error {
	return db.Each(ctx, r, func(s db.Scanner) (d due, err error) {
		err = s.Scan(&d.user, &d.id, &d.retry, &d.covered, &d.failures)
		return d, err
	}, f, "SELECT user_id, id, retry_at, covered_to, failures FROM calendar WHERE deleted_at IS NULL AND followed ORDER BY user_id, id")
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	for _, table := range Tables() {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1", string(id)); err != nil {
			return err
		}
	}
	return nil
}

// covered keeps "never" as 0.
func covered(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return db.Micros(t)
}
