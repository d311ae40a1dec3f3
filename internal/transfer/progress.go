package transfer

import (
	"context"
	"sync/atomic"

	"kith/internal/account"
	"kith/internal/fault"
)

// Progress says how far an archive is on its way out or in.
type Progress struct {
	Done int // lines
	Of   int // all of them; 0: not known yet
}

// ErrStopped is what an export or an import gets that Stop ended: nothing of it was kept.
var ErrStopped = fault.Conflict("stopped", "", "It was stopped, and nothing of it was kept.")

// work is an archive that this process writes or reads just now.
type work struct {
	done, of atomic.Int64
	stop     context.CancelCauseFunc
}

// begin makes work known to Doing and Stop until end. Without an id nobody asks.
func (s *Service) begin(ctx context.Context, by account.ID, id string) (_ context.Context, w *work, end func()) {
	ctx, stop := context.WithCancelCause(ctx)
	w = &work{stop: stop}
	key := string(by) + " " + id
	if id != "" {
		s.doing.Store(key, w)
	}
	return ctx, w, func() {
		s.doing.CompareAndDelete(key, w)
		stop(nil)
	}
}

// Doing says how far the archive is that was begun under an id of the caller's own; false: this process works on none.
func (s *Service) Doing(by account.ID, id string) (Progress, bool) {
	v, ok := s.doing.Load(string(by) + " " + id)
	if !ok {
		return Progress{}, false
	}
	w := v.(*work) //nolint:forcetypeassert // nothing else is stored
	of := int(w.of.Load())
	return Progress{Done: min(int(w.done.Load()), of), Of: of}, true
}

// Stop ends what was begun under an id; false: there is nothing to end. What has ended by itself meanwhile stays.
func (s *Service) Stop(by account.ID, id string) bool {
	v, ok := s.doing.Load(string(by) + " " + id)
	if ok {
		v.(*work).stop(ErrStopped) //nolint:forcetypeassert // nothing else is stored
	}
	return ok
}

// stopped is err, or why ctx ended when it did: the database says that in its own way.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
