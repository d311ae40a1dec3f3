package dav

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/ical"
	"kith/internal/person"
)

// NewFeed makes the secret link under which birthdays and follow-ups can be read, and ends the one before it. The secret
// is answered this once; its digest is kept.
func (s *Service) NewFeed(ctx context.Context, by account.ID) (secret string, err error) {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	secret = base64.RawURLEncoding.EncodeToString(b)
	token, now := digest(secret), s.now()
	return secret, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO calendar_feed (user_id, token, created_at) VALUES ($1, $2, $3)
			ON CONFLICT (user_id) DO UPDATE SET token = excluded.token, created_at = excluded.created_at`, string(by), token, db.Micros(now))
		return err
	})
}

// EndFeed makes the link useless. Without one there is nothing to do.
func (s *Service) EndFeed(ctx context.Context, by account.ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM calendar_feed WHERE user_id = $1", string(by))
		return err
	})
}

// FeedSince is when the link was made; nil: there is none.
func (s *Service) FeedSince(ctx context.Context, by account.ID) (*time.Time, error) {
	us, err := db.One(ctx, s.db, db.Value[int64], "SELECT created_at FROM calendar_feed WHERE user_id = $1", string(by))
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is an answer here
	}
	return db.TimeOrNil(&us), err
}

// Feed returns the calendar behind a link: birthdays of people whose standing is active, and open follow-ups of the next two years.
func (s *Service) Feed(ctx context.Context, secret string) ([]byte, error) {
	owner, err := db.One(ctx, s.db, db.Value[string], "SELECT user_id FROM calendar_feed WHERE token = $1", digest(secret))
	if errors.Is(err, db.ErrNoRows) {
		return nil, fault.NotFound("calendar")
	}
	if err != nil {
		return nil, err
	}
	by := account.ID(owner)
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return nil, err
	}
	p := i18n.For(u.Locale)
	days, err := birthdays(ctx, s.db, by, p)
	if err != nil {
		return nil, err
	}
	people := person.New(s.db, s.o.Now)
	open, err := people.FollowUpsDue(ctx, s.db, by, s.now().AddDate(2, 0, 0).Format(time.DateOnly))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, f := range open {
		ids = append(ids, f.Person)
	}
	names, err := people.Names(ctx, s.db, by, ids)
	if err != nil {
		return nil, err
	}
	for _, f := range open {
		on, err := time.Parse(time.DateOnly, f.Due)
		if err != nil {
			continue
		}
		days = append(days, ical.Day{UID: f.ID + "@kith", On: on, Title: names[f.Person] + ": " + f.Text, Changed: f.CreatedAt})
	}
	return ical.Write(p.T("calendar.feed.name"), days), nil
}

func birthdays(ctx context.Context, r db.Reader, by account.ID, p *i18n.Printer) ([]ical.Day, error) {
	return db.All(ctx, r, func(sc db.Scanner) (d ical.Day, err error) {
		var (
			id, name   string
			year       *int
			month, day int
			changed    int64
			unknown    = 1972
		)
		if err := sc.Scan(&id, &name, &year, &month, &day, &changed); err != nil {
			return d, err
		}
		if year == nil || *year < firstFeedYear {
			year = &unknown
		}
		return ical.Day{
			UID: id + "@kith", On: time.Date(*year, time.Month(month), day, 0, 0, 0, 0, time.UTC), Yearly: true,
			Title: p.T("calendar.feed.birthday", "name", name), Changed: db.Time(changed),
		}, nil
	}, `SELECT d.id, p.name, d.year, d.month, d.day, d.updated_at FROM person_date d JOIN person p ON p.user_id = d.user_id AND p.id = d.person_id
		WHERE d.user_id = $1 AND d.kind = 'birthday' AND d.deleted_at IS NULL AND p.deleted_at IS NULL AND p.archived_at IS NULL AND p.standing = 'active'
		ORDER BY d.id`, string(by))
}

// firstFeedYear is the first in which calendar programs repeat an event; 1972 is a leap year.
const firstFeedYear = 1900
