package digest

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
	"strconv"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/notify"
	"kith/internal/reflection"
)

// askAgain is how long after a digest that was asked for out of turn another may be.
const askAgain = time.Minute

// Options are what a service stands on.
type Options struct {
	Accounts    *account.Service
	Reflections *reflection.Service
	Jobs        *job.Queue
	Server      *notify.Server // nil: this Kith sends no mail
	Base        string         // the address that people open, for what a mail points to
	Log         *slog.Logger   // nil is silent
	Now         func() time.Time
}

// Service is the door to digests. It is safe for concurrent use.
type Service struct {
	db *db.DB
	o  Options
}

// New returns a service over d, and names the handlers of its jobs.
func New(d *db.DB, o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{d, o}
	s.registerJobs()
	return s
}

// Ready reports whether this Kith sends mail.
func (s *Service) Ready() bool { return s.o.Server != nil }

func (s *Service) instant() time.Time { return s.o.Now().UTC().Truncate(time.Microsecond) }

// Status returns what somebody chose and what became of it.
func (s *Service) Status(ctx context.Context, by account.ID) (Status, error) {
	var v Status
	err := s.db.View(ctx, func(ctx context.Context, r db.Reader) error {
		row, err := find(ctx, r, by)
		if err != nil {
			return err
		}
		v = Status{Setting: row.Setting, Ready: s.Ready()}
		if row.On {
			u, err := s.o.Accounts.GetFrom(ctx, r, by)
			if err != nil {
				return err
			}
			next := row.after(u, s.o.Now())
			v.Next = &next
		}
		v.Last, err = lastMail(ctx, r, by)
		return err
	})
	return v, err
}

// Set keeps a setting. The first mail comes at the next instant of its hour. ifRevision is the revision that was read; 0
// accepts any.
func (s *Service) Set(ctx context.Context, by account.ID, v Setting, ifRevision int64) (Setting, error) {
	if err := v.check(); err != nil {
		return Setting{}, err
	}
	secret := rand.Text()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := find(ctx, tx, by)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != was.Revision {
			return fault.Stale("digest_setting")
		}
		u, err := s.o.Accounts.GetFrom(ctx, tx, by)
		if err != nil {
			return err
		}
		v.Revision = was.Revision + 1
		if was.secret != "" {
			secret = was.secret
		}
		now := s.instant()
		return s.plan(ctx, tx, u, row{Setting: v, askedAt: was.askedAt, secret: secret, updatedAt: db.Micros(now)}, v.after(u, now))
	})
	return v, err
}

// plan keeps a setting that is to be looked at next at an instant, and has it looked at then.
func (s *Service) plan(ctx context.Context, tx *db.Tx, u account.User, v row, next time.Time) error {
	v.zone, v.nextAt = u.Zone, next
	if err := put(ctx, tx, u.ID, v); err != nil || !v.On {
		return err
	}
	return s.o.Jobs.Enqueue(ctx, tx, send{string(u.ID)}, job.At(next), job.Unique(string(u.ID)+"@"+strconv.FormatInt(db.Micros(next), 10)))
}

// Preview is the digest of a week as it would be sent; without a week, the one that would be sent now.
func (s *Service) Preview(ctx context.Context, by account.ID, week string) (Letter, error) {
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Letter{}, err
	}
	v, err := find(ctx, s.db, by)
	if err != nil {
		return Letter{}, err
	}
	if week == "" {
		week = weekAt(u, s.o.Now())
	}
	return s.letter(ctx, u, v, week)
}

// Ask has a week's digest sent at once, to the address of the account. It is not the one that is due: that comes in its turn.
func (s *Service) Ask(ctx context.Context, by account.ID, week string) error {
	if !s.Ready() {
		return fault.Conflict("mail_off", "", "This Kith sends no mail yet: whoever runs it names a mail server.")
	}
	if week != "" {
		if _, err := reflection.Monday(week); err != nil {
			return err
		}
	}
	secret := rand.Text()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := find(ctx, tx, by)
		if err != nil {
			return err
		}
		now := s.instant()
		if now.Sub(v.askedAt) < askAgain {
			return fault.Busy("digest_just_sent", "One was sent a moment ago. Look into your mail, or wait a minute.")
		}
		u, err := s.o.Accounts.GetFrom(ctx, tx, by)
		if err != nil {
			return err
		}
		if week == "" {
			week = weekAt(u, now)
		}
		if v.askedAt = now; v.secret == "" {
			v.secret, v.zone, v.nextAt, v.updatedAt = secret, u.Zone, now, db.Micros(now)
		}
		if err := put(ctx, tx, by, v); err != nil {
			return err
		}
		return s.o.Jobs.Enqueue(ctx, tx, asked{string(by), week}, job.Unique(string(by)))
	})
}

// Owner returns whose way out a link is; a NotFound fault when it is nobody's.
func (s *Service) Owner(ctx context.Context, by account.ID, secret string) (account.User, error) {
	v, err := find(ctx, s.db, by)
	if err != nil {
		return account.User{}, err
	}
	if v.secret == "" || subtle.ConstantTimeCompare([]byte(v.secret), []byte(secret)) != 1 {
		return account.User{}, fault.NotFound("page")
	}
	return s.o.Accounts.Get(ctx, by)
}

// Leave switches the digest off for whoever the link was sent to. The same again changes nothing.
func (s *Service) Leave(ctx context.Context, by account.ID, secret string) (account.User, error) {
	u, err := s.Owner(ctx, by, secret)
	if err != nil {
		return u, err
	}
	return u, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := find(ctx, tx, by)
		if err != nil || !v.On {
			return err
		}
		v.On, v.Revision, v.updatedAt = false, v.Revision+1, db.Micros(s.instant())
		return put(ctx, tx, by, v)
	})
}

// Erase removes everything of an account.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, by account.ID) error {
	return erase(ctx, tx, by)
}
