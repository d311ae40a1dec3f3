package dav

import (
	"context"
	"errors"
	"sync"

	"kith/internal/account"
)

// Progress says how far the reading of a calendar is.
type Progress struct {
	Done int // events or cards read
	Of   int // to be read; 0: not known yet
}

// reader is a calendar that this process reads just now.
type reader struct {
	mu   sync.Mutex
	at   Progress
	over chan struct{}
	stop context.CancelCauseFunc
}

func (r *reader) tell(p Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = p
}

// Doing says how far the reading of a calendar is; false: this process does not read it.
func (s *Service) Doing(by account.ID, id string) (Progress, bool) {
	v, ok := s.doing.Load(string(by) + " " + id)
	if !ok {
		return Progress{}, false
	}
	r := v.(*reader) //nolint:forcetypeassert // nothing else is stored
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at, true
}

// errAsked ends the reading of a calendar that somebody asked to stop.
var errAsked = errors.New("asked to stop")

// Stop ends the reading of a calendar; false: this process does not read it. What was known of it stays, and it is left alone
// for an hour unless it is read on purpose.
func (s *Service) Stop(by account.ID, id string) bool {
	v, ok := s.doing.Load(string(by) + " " + id)
	if ok {
		v.(*reader).stop(errAsked) //nolint:forcetypeassert // nothing else is stored
	}
	return ok
}

// once reads a calendar, or waits for whoever of this process reads it already.
func (s *Service) once(ctx context.Context, by account.ID, id string, read func(context.Context, *reader) (Calendar, error)) (Calendar, error) {
	within, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	mine := &reader{over: make(chan struct{}), stop: stop}
	key := string(by) + " " + id
	other, busy := s.doing.LoadOrStore(key, mine)
	if !busy {
		defer func() {
			s.doing.Delete(key)
			close(mine.over)
		}()
		return read(within, mine)
	}
	select {
	case <-other.(*reader).over: //nolint:forcetypeassert // nothing else is stored
		return s.Get(ctx, by, id)
	case <-ctx.Done():
		return Calendar{}, ctx.Err()
	}
}
