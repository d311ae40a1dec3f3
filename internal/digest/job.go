package digest

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/notify"
)

// look wakes up what is due. Each digest wakes itself up at its hour; this finds those whose wake-up was lost, and those of
// people who have moved.
type look struct{}

// Kind implements job.Args.
func (look) Kind() string { return "digest_look" }

// send sends an account's digest if it is due.
type send struct{ User string }

// Kind implements job.Args.
func (send) Kind() string { return "digest_send" }

// asked sends the digest of a week out of turn.
type asked struct{ User, Week string }

// Kind implements job.Args.
func (asked) Kind() string { return "digest_asked" }

const (
	lookEvery = 10 * time.Minute
	claimFor  = 10 * time.Minute // longer than a job may run
)

func (s *Service) registerJobs() {
	job.Handle(s.o.Jobs, func(ctx context.Context, _ look) error { return s.Look(ctx) })
	job.Handle(s.o.Jobs, func(ctx context.Context, a send) error { return s.SendDue(ctx, account.ID(a.User)) })
	job.Handle(s.o.Jobs, func(ctx context.Context, a asked) error { return s.sendAsked(ctx, account.ID(a.User), a.Week) })
	if s.Ready() {
		s.o.Jobs.Every("digest_look", lookEvery, look{})
	}
}

// Look has every digest looked at that is due.
func (s *Service) Look(ctx context.Context) error {
	list, err := due(ctx, s.db, s.instant())
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, id := range list {
			if err := s.o.Jobs.Enqueue(ctx, tx, send{string(id)}, job.Unique(string(id))); err != nil {
				return err
			}
		}
		return nil
	})
}

// SendDue sends an account's digest if its hour has come and its week was not mailed. What the server does not take now is
// tried again, with growing pauses; that is kept in the tables and not in the queue, so it does not end.
func (s *Service) SendDue(ctx context.Context, by account.ID) error {
	if !s.Ready() {
		return nil
	}
	var (
		u    account.User
		v    row
		m    claimedMail
		mine bool
	)
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		mine = false
		if v, err = find(ctx, tx, by); err != nil || !v.On {
			return err
		}
		u, err = s.o.Accounts.GetFrom(ctx, tx, by)
		if fault.Is(err, fault.KindNotFound) {
			return nil // erased meanwhile
		}
		if err != nil {
			return err
		}
		now := s.instant()
		if v.zone != u.Zone { // moved: the hour is another one
			return s.plan(ctx, tx, u, v, v.after(u, now))
		}
		if v.nextAt.After(now) {
			return nil
		}
		if m, err = findMail(ctx, tx, by, weekAt(u, v.before(u, now))); err != nil {
			return err
		}
		switch {
		case m.State != "" && m.State != Sending:
			return s.plan(ctx, tx, u, v, v.after(u, now))
		case now.Sub(m.claimedAt) < claimFor:
			return nil // another node is at it, or has just died: it is looked at again
		}
		m.State, m.claimedAt, m.At, mine = Sending, now, now, true
		return putMail(ctx, tx, by, m)
	})
	if err != nil || !mine {
		return err
	}
	state, err := s.mail(ctx, u, v, m.Week, "week."+m.Week, true)
	if err != nil {
		s.o.Log.WarnContext(ctx, "a digest was not taken by the mail server, it is tried again", slog.String("user_id", string(by)),
			slog.Int("attempt", m.Attempts+1), slog.Any("error", err))
	}
	return s.done(context.WithoutCancel(ctx), u, m, state)
}

// done keeps what became of a mail, and when to look next.
func (s *Service) done(ctx context.Context, u account.User, m claimedMail, state string) error {
	m.State, m.claimedAt = state, time.Unix(0, 0)
	m.Attempts++
	pause := job.Backoff(m.Attempts)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := find(ctx, tx, u.ID) // it may have been changed while the mail went out
		if err != nil || v.Revision == 0 {
			return err
		}
		m.At = s.instant()
		if err := putMail(ctx, tx, u.ID, m); err != nil {
			return err
		}
		next := v.after(u, m.At)
		if again := m.At.Add(pause); state == Sending && again.Before(next) {
			next = again
		}
		return s.plan(ctx, tx, u, v, next)
	})
}

// mail sends the digest of a week and says what became of it. After an error it is to be tried again.
func (s *Service) mail(ctx context.Context, u account.User, v row, week, id string, leaveOut bool) (string, error) {
	letter, err := s.letter(ctx, u, v, week)
	if err != nil {
		return Sending, err
	}
	if letter.Empty && leaveOut {
		return Quiet, nil
	}
	err = s.o.Server.Send(ctx, notify.Message{
		ID: strings.Join([]string{"digest", id, string(u.ID)}, "."), To: mail.Address{Name: u.Name, Address: u.Email}, Date: s.o.Now().In(u.Location()),
		Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML, Leave: s.leave(u, v),
	})
	if _, ok := errors.AsType[*notify.RefusedError](err); ok {
		return Refused, nil
	}
	if err != nil {
		return Sending, err
	}
	return Sent, nil
}

// sendAsked sends a digest out of turn. The queue tries it again while the server does not answer.
func (s *Service) sendAsked(ctx context.Context, by account.ID, week string) error {
	u, err := s.o.Accounts.Get(ctx, by)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v, err := find(ctx, s.db, by)
	if err != nil || !s.Ready() {
		return err
	}
	_, err = s.mail(ctx, u, v, week, "asked."+v.askedAt.Format("20060102150405"), false)
	return err
}

// leave is the address at which one click switches the digest off.
func (s *Service) leave(u account.User, v row) string {
	return s.o.Base + "/digest/off/" + string(u.ID) + "/" + v.secret
}
