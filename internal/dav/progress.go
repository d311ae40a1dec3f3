package dav

import (
	"context"
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

// once reads a calendar, or waits for whoever of this process reads it already.
func (s *Service) once(ctx context.Context, by account.ID, id string, read func(*reader) (Calendar, error)) (Calendar, error) {
	mine := &reader{over: make(chan struct{})}
	key := string(by) + " " + id
	other, busy := s.doing.LoadOrStore(key, mine)
	if !busy {
		defer func() {
			s.doing.Delete(key)
			close(mine.over)
		}()
		return read(mine)
	}
	select {
	case <-other.(*reader).over: //nolint:forcetypeassert // nothing else is stored
		return s.Get(ctx, by, id)
	case <-ctx.Done():
		return Calendar{}, ctx.Err()
	}
}
