package transfer

import (
	"context"
	"sync/atomic"
	"time"

	"kith/internal/account"
	"kith/internal/fault"
)

// Progress says how far an archive is on its way out or in.
type Progress struct {
	Done int // lines
	Of   int // all of them; 0: not known yet
	Is   string
}

// What an archive is: on its way, or for a minute after that what became of it.
const (
	Running = "running"
	Whole   = "whole"  // all of it went out or was kept
	Broken  = "broken" // stopped or failed: of an import nothing was kept
)

const remembered = time.Minute // how it ended

// ErrStopped is what an export or an import gets that Stop ended: nothing of it was kept.
var ErrStopped = fault.Conflict("stopped", "", "It was stopped, and nothing of it was kept.")

// work is an archive that this process writes or reads just now.
type work struct {
	done, of atomic.Int64
	is       atomic.Value // of string
	stop     context.CancelCauseFunc
}

// begin makes work known to Doing and Stop until end, which says how it went. Without an id nobody asks.
func (s *Service) begin(ctx context.Context, by account.ID, id string) (_ context.Context, w *work, end func(error)) {
	ctx, stop := context.WithCancelCause(ctx)
	w = &work{stop: stop}
	w.is.Store(Running)
	key := string(by) + " " + id
	if id != "" {
		s.doing.Store(key, w)
	}
	return ctx, w, func(err error) {
		w.is.Store(Broken)
		if err == nil {
			w.is.Store(Whole)
		}
		time.AfterFunc(remembered, func() { s.doing.CompareAndDelete(key, w) })
		stop(nil)
	}
}

// Doing says how far the archive is that was begun under an id of the caller's own, and for a minute how it ended; false: this
// process knows of none.
func (s *Service) Doing(by account.ID, id string) (Progress, bool) {
	v, ok := s.doing.Load(string(by) + " " + id)
	if !ok {
		return Progress{}, false
	}
	w := v.(*work) //nolint:forcetypeassert // nothing else is stored
	of := int(w.of.Load())
	return Progress{Done: min(int(w.done.Load()), of), Of: of, Is: w.is.Load().(string)}, true //nolint:forcetypeassert // nothing else is stored
}

// Stop ends what was begun under an id; false: there is nothing to end. What has ended by itself meanwhile stays.
func (s *Service) Stop(by account.ID, id string) bool {
	v, ok := s.doing.Load(string(by) + " " + id)
	if !ok || v.(*work).is.Load() != Running { //nolint:forcetypeassert // nothing else is stored
		return false
	}
	v.(*work).stop(ErrStopped) //nolint:forcetypeassert // nothing else is stored
	return true
}

// stopped is err, or why ctx ended when it did: the database says that in its own way.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
