package dav

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/ical"
	"kith/internal/zone"
)

// Pauses after failures: the first, doubled each time up to the longest.
const (
	firstPause   = 10 * time.Minute
	longestPause = 24 * time.Hour
	afterStop    = time.Hour // after its owner stopped it
)

// readTime is how long a calendar may take to be read. It is less than a job has (package job), so that who waits for a
// calendar that never ends is told.
const readTime = 4 * time.Minute

// batch is how many rows one transaction writes: the writer has others to serve.
const batch = 500

// errChanged ends a sync whose calendar was changed or removed meanwhile.
var errChanged = errors.New("the calendar was changed while it was read")

// Sync reads a calendar now. What goes wrong with it is in the calendar that is returned; an error is a fault of the
// caller's or our own.
func (s *Service) Sync(ctx context.Context, by account.ID, id string) (Calendar, error) {
	return s.once(ctx, by, id, func(ctx context.Context, r *reader) (Calendar, error) { return s.sync(ctx, by, id, r.tell) })
}

func (s *Service) sync(ctx context.Context, by account.ID, id string, tell func(Progress)) (Calendar, error) {
	was, err := s.get(ctx, s.db, by, id)
	if err != nil {
		return Calendar{}, err
	}
	if !was.Followed {
		return Calendar{}, fault.Conflict("calendar_not_followed", "", "This calendar of an account is not followed.")
	}
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Calendar{}, err
	}
	v := was
	within, cancel := context.WithTimeout(ctx, s.readTime)
	defer cancel()
	changed, err := s.read(within, by, u.Zone, &v, tell)
	now := s.now()
	if errors.Is(err, errChanged) {
		return s.Get(ctx, by, id)
	}
	if err != nil {
		why := stopped(err)
		if tooSlow(ctx, within) {
			why = &stop{code: "destination_slow", err: err}
		}
		if errors.Is(context.Cause(ctx), errAsked) {
			ctx, why = context.WithoutCancel(ctx), &stop{code: "calendar_stopped", after: int(afterStop / time.Second), err: err}
		}
		if why == nil || ctx.Err() != nil {
			return Calendar{}, fmt.Errorf("sync a calendar: %w", err)
		}
		v = was
		v.failure, v.failureLine, v.failureItem = why.code, why.line, why.item
		pause := time.Duration(0)
		if why.code != "calendar_stopped" { // which says nothing about the calendar
			v.Failures++
			pause = min(firstPause<<min(v.Failures-1, 10), longestPause)
		}
		at := now.Add(max(pause, time.Duration(why.after)*time.Second))
		v.RetryAt = &at
	} else {
		ctx = context.WithoutCancel(ctx) // it is written already
		v.failure, v.failureLine, v.failureItem, v.Failures, v.RetryAt = "", 0, "", 0, nil
		if changed || v.SyncedAt == nil {
			v.SyncedAt = &now
		}
	}
	v.Failure = failure(v.failure, v.failureLine, v.failureItem)
	if same(was, v) {
		return v.Calendar, nil
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := current(ctx, tx, by, id, v.Revision); err != nil {
			return err
		}
		return s.keepState(ctx, tx, by, v)
	})
	if errors.Is(err, errChanged) {
		return s.Get(ctx, by, id)
	}
	return v.Calendar, err
}

// same reports whether a sync left nothing to write.
func same(a, b row) bool {
	return a.etag == b.etag && a.modified == b.modified && a.digest == b.digest && a.token == b.token && a.zone == b.zone && a.Found == b.Found &&
		a.CoveredTo.Equal(b.CoveredTo) && a.failure == b.failure && a.Failures == b.Failures && a.SyncedAt != nil && b.SyncedAt != nil && a.SyncedAt.Equal(*b.SyncedAt)
}

// read brings what is kept up to date and v with it, and reports whether anything was new.
func (s *Service) read(ctx context.Context, by account.ID, zoneName string, v *row, tell func(Progress)) (bool, error) {
	loc, err := zone.Load(zoneName)
	if err != nil {
		loc = time.UTC
	}
	if v.Account == "" {
		return s.readICS(ctx, by, loc, v)
	}
	a, err := s.getAccount(ctx, s.db, by, v.Account)
	if err != nil {
		return false, err
	}
	if v.Kind == CardDAV {
		return s.readBook(ctx, by, sign{a.Login, a.Password}, v, tell)
	}
	return s.readCollection(ctx, by, loc, sign{a.Login, a.Password}, v, tell)
}

// readICS reads a calendar by its address.
func (s *Service) readICS(ctx context.Context, by account.ID, loc *time.Location, v *row) (bool, error) {
	now := s.now()
	from, to := window(now)
	etag, modified := v.etag, v.modified
	if v.zone != loc.String() || v.CoveredTo.Before(now.Add(ahead)) || v.digest == "" {
		etag, modified = "", ""
	}
	in, err := s.fetch(ctx, &v.Calendar, etag, modified)
	if err != nil || in.body == nil {
		return false, err
	}
	defer func() { _ = in.body.Close() }()
	hashed := sha256.New()
	arriving := &watched{r: in.body}
	c, err := ical.Read(io.TeeReader(arriving, hashed), ical.Options{From: from, To: to, Zone: loc, Titles: v.Titles})
	if broken := arriving.broken(); broken != nil {
		return false, broken
	}
	if err != nil {
		return false, err
	}
	sum := hex.EncodeToString(hashed.Sum(nil)[:16])
	if sum == v.digest && v.zone == loc.String() && !v.CoveredTo.Before(now.Add(ahead)) {
		return false, nil // the same bytes, though the server did not say so
	}
	spans, err := c.Busy()
	if err != nil {
		return false, err
	}
	if ctx, err = writing(ctx); err != nil {
		return false, err
	}
	changed, found, err := s.replace(ctx, by, v, rowsOf(spans), nil)
	if err != nil {
		return false, err
	}
	v.etag, v.modified, v.digest, v.zone, v.CoveredTo, v.Found = in.etag, in.modified, sum, loc.String(), to, found
	return changed, nil
}

// writing is what the writing goes on with once all has been read: half of it must not stay, so that a stop, or the end of
// the time, comes too late from now on.
func writing(ctx context.Context) (context.Context, error) {
	return context.WithoutCancel(ctx), ctx.Err()
}

// rowsOf cuts spans into pieces that are kept. Without titles it does not matter which event a time belongs to.
func rowsOf(spans []ical.Span) []busyRow {
	rows := make([]busyRow, 0, len(spans))
	for _, sp := range spans {
		item := ""
		if sp.UID != "" || sp.Title != "" || sp.Invited != "" {
			item = digest(sp.UID)
		}
		for start := sp.Start; start.Before(sp.End); start = start.Add(maxPiece) {
			end := start.Add(maxPiece)
			if sp.End.Before(end) {
				end = sp.End
			}
			rows = append(rows, busyRow{item: item, start: db.Micros(start), end: db.Micros(end), title: sp.Title, invited: sp.Invited})
		}
	}
	return rows
}

// replace makes the busy times of a calendar be these, and writes only what is different. It reports whether anything
// was, and how many there are.
//
// Only those of items that are touched are looked at; nil is all of them.
func (s *Service) replace(ctx context.Context, by account.ID, v *row, rows []busyRow, touched map[string]bool) (changed bool, found int, err error) {
	want := make(map[busyKey]busyRow, len(rows))
	for _, b := range rows {
		if _, twice := want[b.key()]; !twice {
			want[b.key()] = b
		}
	}
	found = len(want)
	var gone, fresh []busyRow
	err = s.busyOf(ctx, s.db, by, v.ID, func(b busyRow) error {
		switch w, ok := want[b.key()]; {
		case touched != nil && !touched[b.item]:
		case !ok:
			gone = append(gone, b)
		case w.says(b):
			delete(want, b.key())
		}
		return nil
	})
	if err != nil {
		return false, 0, err
	}
	for _, b := range rows { // in order: two syncs of one calendar never wait for each other crosswise
		if w, ok := want[b.key()]; ok {
			fresh = append(fresh, w)
			delete(want, b.key())
		}
	}
	changed = len(gone) > 0 || len(fresh) > 0
	for len(gone) > 0 || len(fresh) > 0 {
		out, in := gone[:min(len(gone), batch)], fresh[:min(len(fresh), batch)]
		gone, fresh = gone[len(out):], fresh[len(in):]
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := current(ctx, tx, by, v.ID, v.Revision); err != nil {
				return err
			}
			return errors.Join(removeBusy(ctx, tx, by, v.ID, out), s.insertBusy(ctx, tx, by, v.ID, in))
		})
		if err != nil {
			return false, 0, err
		}
	}
	return changed, found, nil
}

// notFound reports whether there is nothing to do any more.
func notFound(err error) bool {
	return fault.Is(err, fault.KindNotFound) || fault.Is(err, fault.KindGone)
}
