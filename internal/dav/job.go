package dav

import (
	"context"
	"hash/fnv"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/job"
)

// tickEvery is how often is looked for calendars to read; each has its turn once an hour.
const (
	tickEvery = 10 * time.Minute
	turns     = 6
)

// tick finds the calendars whose turn it is.
type tick struct{}

// Kind implements job.Args.
func (tick) Kind() string { return "calendar_tick" }

// syncOne reads a calendar.
type syncOne struct {
	User string `json:"user"`
	ID   string `json:"id"`
}

// Kind implements job.Args.
func (syncOne) Kind() string { return "calendar_sync" }

func (s *Service) handle() {
	if s.o.Jobs == nil {
		return
	}
	job.Handle(s.o.Jobs, func(ctx context.Context, a syncOne) error {
		_, err := s.Sync(ctx, account.ID(a.User), a.ID)
		if notFound(err) {
			return nil
		}
		return err
	})
	job.Handle(s.o.Jobs, func(ctx context.Context, _ tick) error { return s.tick(ctx) })
	s.o.Jobs.Every("calendar_tick", tickEvery, tick{})
}

func (s *Service) tick(ctx context.Context) error {
	now := s.now()
	var list []syncOne
	err := all(ctx, s.db, func(d due) error {
		if d.turn(now) {
			list = append(list, syncOne{d.user, d.id})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for len(list) > 0 {
		some := list[:min(len(list), batch)]
		list = list[len(some):]
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, one := range some {
				if err := s.o.Jobs.Enqueue(ctx, tx, one, job.Unique(one.User+one.ID)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// turn reports whether a calendar is to be read now: what failed when its pause is over, what was never read at once,
// and the others once an hour, each at its own time, so that not all servers are asked at once.
func (d due) turn(now time.Time) bool {
	switch {
	case d.retry != nil:
		return *d.retry <= db.Micros(now)
	case d.covered == 0:
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.id)) // a hash never fails
	return int64(h.Sum32()%turns) == now.Unix()/int64(tickEvery/time.Second)%turns
}
