package dav

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/httpsafe"
	"kith/internal/intake"
	"kith/internal/job"
	"kith/internal/request"
)

// Service is the door to calendars. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	o      Options
	client doer
	dav    doer // follows no redirect by itself
	codecs codecs
	doing  sync.Map // readers by user and calendar

	findTime, readTime time.Duration
}

// Options are what calendars stand on.
type Options struct {
	Accounts *account.Service
	Intake   *intake.Service // takes the people of address books over
	Jobs     *job.Queue      // nil: nothing is looked at again by itself
	HTTP     httpsafe.Options
	Now      func() time.Time
}

// New returns a service over d. Without Seal secrets are kept in the open.
func New(d *db.DB, o Options) *Service {
	if o.HTTP.Timeout == 0 {
		o.HTTP.Timeout = time.Minute
	}
	o.HTTP.MaxBody, o.HTTP.MaxRedirects = maxBody, maxHops
	client := httpsafe.New(o.HTTP)
	asked := *client
	asked.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &Service{db: d, o: o, client: client, dav: &asked, findTime: findTime, readTime: readTime}
	s.handle()
	return s
}

// Seal has secrets sealed from now on.
func (s *Service) Seal(k *db.Keys) {
	column := func(name string) *db.Column {
		c := k.Column(name)
		return &c
	}
	s.codecs = codecs{
		column("calendar.url"), column("calendar.login"), column("calendar.password"), column("calendar_busy.title"), column("calendar_busy.invited"),
		column("calendar_account.url"), column("calendar_account.login"), column("calendar_account.password"),
	}
}

func (s *Service) now() time.Time { return s.o.Now().UTC().Truncate(time.Microsecond) }

// Add follows a calendar; Sync reads it. With a client's own id the same request again returns the calendar as it now is
// and false; another request under that id is a conflict, and an id that was deleted is gone.
func (s *Service) Add(ctx context.Context, by account.ID, d Draft) (Calendar, bool, error) {
	d, err := d.clean(s.o.HTTP)
	if err != nil {
		return Calendar{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Calendar{}, false, err
	}
	var (
		got     Calendar
		created bool
	)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, err := s.find(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case was != nil && was.deletedAt != nil:
			return fault.Gone("calendar")
		case was != nil && was.fingerprint != d.fingerprint():
			return request.Reused()
		case was != nil:
			got = was.Calendar
			return touch(ctx, tx, by, id)
		}
		n, err := count(ctx, tx, by)
		if err != nil {
			return err
		}
		if n >= maxCalendars {
			return fault.Conflict("too_many_calendars", "", "You follow %d calendars, which is as many as there can be. Remove one first.", n).With("max", maxCalendars)
		}
		now := s.now()
		v := row{Calendar: Calendar{
			ID: id, Kind: d.Kind, Name: d.Name, URL: d.URL, Login: d.Login, Password: d.Password, Titles: d.Titles, Followed: true, Revision: 1, CreatedAt: now,
			UpdatedAt: now,
		}, fingerprint: d.fingerprint()}
		got, created = v.Calendar, true
		return s.insert(ctx, tx, by, v)
	})
	if err != nil {
		return Calendar{}, false, err
	}
	return got, created, nil
}

// Get returns one calendar.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Calendar, error) {
	v, err := s.get(ctx, s.db, by, id)
	return v.Calendar, err
}

// List returns all calendars of an account, the one that was added first first.
func (s *Service) List(ctx context.Context, by account.ID) ([]Calendar, error) {
	rows, err := s.list(ctx, s.db, by)
	if err != nil {
		return nil, err
	}
	list := make([]Calendar, len(rows))
	for i, v := range rows {
		list[i] = v.Calendar
	}
	return list, nil
}

// Update changes a calendar. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, id string, c Change, ifRevision int64) (Calendar, error) {
	c, err := s.cleanChange(c)
	if err != nil {
		return Calendar{}, err
	}
	var got Calendar
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != v.Revision {
			return fault.Stale("calendar")
		}
		if v.Account != "" && (c.URL != nil || c.Login != nil || c.Password != nil) {
			return fault.Conflict("calendar_of_account", "", "Address, name and password of this calendar are those of its account. Change them there.")
		}
		before := v.Calendar
		for to, from := range map[*string]*string{&v.Name: c.Name, &v.URL: c.URL, &v.Login: c.Login, &v.Password: c.Password} {
			if from != nil {
				*to = *from
			}
		}
		if c.Titles != nil {
			v.Titles = *c.Titles
		}
		got = v.Calendar
		if before == v.Calendar {
			return nil
		}
		v.Revision++
		v.UpdatedAt = s.now()
		renamed := before
		renamed.Name = v.Name
		if renamed != got { // what is read is another thing now
			v.etag, v.modified, v.digest, v.token = "", "", "", ""
			v.failure, v.failureLine, v.failureItem, v.Failure, v.Failures, v.RetryAt = "", 0, "", nil, 0, nil
			if err := s.keepState(ctx, tx, by, v); err != nil {
				return err
			}
		}
		if before.Titles && !v.Titles {
			if err := forgetTitles(ctx, tx, by, id); err != nil {
				return err
			}
		}
		got = v.Calendar
		return s.save(ctx, tx, by, v)
	})
	return got, err
}

func (s *Service) cleanChange(c Change) (Change, error) {
	if c.Name != nil {
		name, err := cleanName(*c.Name)
		if err == nil && name == "" {
			err = fault.Invalid("calendar_nameless", "name", "A calendar needs a name.")
		}
		if c.Name = &name; err != nil {
			return c, err
		}
	}
	if c.URL != nil {
		address, err := cleanURL(*c.URL, s.o.HTTP)
		if c.URL = &address; err != nil {
			return c, err
		}
	}
	for field, v := range map[string]*string{"login": c.Login, "password": c.Password} {
		if v != nil {
			if err := checkSecret(field, *v); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// Delete follows a calendar no longer and forgets what it said. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != v.Revision {
			return fault.Stale("calendar")
		}
		if v.Account != "" { // it stays known to be there
			if !v.Followed {
				return fault.NotFound("calendar")
			}
			return s.unfollow(ctx, tx, by, v)
		}
		return s.remove(ctx, tx, by, v)
	})
}

// remove leaves a tombstone.
func (s *Service) remove(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	now := s.now()
	gone := row{Calendar: Calendar{ID: v.ID, Account: v.Account, Revision: v.Revision + 1, UpdatedAt: now}, deletedAt: &now}
	return errors.Join(s.keepState(ctx, tx, by, gone), s.save(ctx, tx, by, gone), dropBusy(ctx, tx, by, v.ID), dropItems(ctx, tx, by, v.ID))
}

// Busy returns the times that touch a stretch of time, in order. Those that overlap stay apart.
func (s *Service) Busy(ctx context.Context, by account.ID, from, to time.Time) ([]Span, error) {
	return s.busy(ctx, s.db, by, from, to)
}

// Erase removes everything of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
