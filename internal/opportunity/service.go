package opportunity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/practice"
)

// Service is the door to opportunities. It is safe for concurrent use.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// New returns a service over d. now is the clock.
func New(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Today returns what is timely on the day, which is the user's today: at most three, the one to show first first. What
// was answered today is not among them, nor is a kind of which a moment was logged today.
func (s *Service) Today(ctx context.Context, u account.User, day string) ([]Opportunity, error) {
	on, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, checkDay(day)
	}
	answers, err := standing(ctx, s.db, u.ID, day)
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	done, err := moment.Kinds(ctx, s.db, u.ID, day)
	if err != nil {
		return nil, fmt.Errorf("read kinds of the day: %w", err)
	}
	first, _ := time.Parse(time.DateOnly, u.Day(u.CreatedAt)) // a day that was just made
	never, answered := map[string]bool{}, map[string]bool{}
	for _, a := range answers {
		id, _ := practiceOf(a.Opportunity)
		switch {
		case a.Day == day:
			answered[id] = true
		case a.Day < day:
			// The deck changes on the day after; the walk begins anew with it, for its length is the deck's.
			never[id] = true
			if after, err := time.Parse(time.DateOnly, a.Day); err == nil && !after.Before(first) {
				first = after.AddDate(0, 0, 1)
			}
		}
	}
	list := []Opportunity{}
	for _, p := range draw(deckOf(u.Locale, never), string(u.ID), first, on) {
		if !answered[p.ID] && !slices.Contains(done, p.Kind) {
			list = append(list, of(p))
		}
	}
	return list, nil
}

// Answer records what was answered to a suggestion on a day; the last answer of the day counts.
func (s *Service) Answer(ctx context.Context, by account.ID, day, id, answer string) error {
	if err := checkAnswer(answer); err != nil {
		return err
	}
	if err := checkDay(day); err != nil {
		return err
	}
	name, ok := practiceOf(id)
	if _, known := practice.Get(name, ""); !ok || !known {
		return fault.NotFound("opportunity")
	}
	r := Row{Day: day, Opportunity: id, Answer: answer, AnsweredAt: s.now()}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, by, r) })
}

// Reset takes every "never this" back.
func (s *Service) Reset(ctx context.Context, by account.ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return reset(ctx, tx, by) })
}

// Export calls f with every answer of an account, oldest first.
func (s *Service) Export(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
	return each(ctx, r, by, f)
}

// Restore keeps an answer of an archive as it was and reports whether it was new. One that is here already stays.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, r Row) (bool, error) {
	if err := r.check(); err != nil {
		return false, err
	}
	there, err := exists(ctx, tx, by, r.Day, r.Opportunity)
	if err != nil || there {
		return false, err
	}
	return true, put(ctx, tx, by, r)
}

// Erase removes every answer of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
