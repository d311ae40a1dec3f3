package moment

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/live"
	"kith/internal/person"
	"kith/internal/request"
)

// Log keeps a moment. With a client's own id it may be repeated: the same request returns the moment as it now is and
// false, another request under that id is a conflict, and after a deletion the id is gone.
func (s *Service) Log(ctx context.Context, by account.ID, d Draft) (Moment, bool, error) {
	id, err := request.ID(d.ID)
	if err != nil {
		return Moment{}, false, err
	}
	text, err := cleanText(d.Text)
	if err != nil {
		return Moment{}, false, err
	}
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Moment{}, false, err
	}
	zoneName, loc, err := placed(u, d.Zone)
	if err != nil {
		return Moment{}, false, err
	}
	now := s.now()
	captured := now
	if d.CapturedAt != nil && d.CapturedAt.Before(now) { // a clock that runs ahead is set back to ours
		captured = d.CapturedAt.UTC().Truncate(time.Microsecond)
	}
	if captured.Before(earliest) {
		return Moment{}, false, fault.Invalid("too_long_ago", "captured_at", "A moment cannot be older than the year 1900.")
	}
	draft, err := s.read(ctx, u, text, captured, loc)
	if err != nil {
		return Moment{}, false, err
	}
	v := row{Moment: understood(draft), fingerprint: d.fingerprint()}
	v.Text = text
	d.override(&v.Moment, loc)
	v.ID, v.Zone, v.CapturedAt, v.Revision, v.CreatedAt, v.UpdatedAt = id, zoneName, captured, 1, now, now
	if err := v.check(now); err != nil {
		return Moment{}, false, err
	}
	v.Day = dayOf(u, &v.Moment)
	fresh, err := s.resolve(ctx, s.db, by, &v)
	if err != nil {
		return Moment{}, false, err
	}
	created := false
	look := shared(s.db.Dialect(), v.HappenedAt)
	write := func(ctx context.Context, tx *db.Tx) error {
		w := v // a callback may run again: it works on a copy
		w.people, w.People = slices.Clone(v.people), slices.Clone(v.People)
		created = false
		key, err := freeKey(ctx, tx, w.HappenedAt, look)
		if err != nil {
			return err
		}
		w.key = &key
		kept, isNew, err := insert(ctx, tx, by, &w)
		if err != nil {
			return err
		}
		if !isNew {
			if kept != w.fingerprint {
				if old, err := getRow(ctx, tx, by, id); err == nil && old.DeletedAt != nil {
					return fault.Gone("moment") // whatever is sent under it, the id does not come back
				}
				return request.Reused()
			}
			return nil
		}
		created = true
		return s.logRest(ctx, tx, by, &w, fresh)
	}
	err = s.db.WriteOrdered(ctx, keyOf(v.HappenedAt), write)
	if db.IsUnique(err) { // another moment of the same microsecond: look where there is room
		look = true
		err = s.db.WriteOrdered(ctx, keyOf(v.HappenedAt), write)
	}
	if err != nil {
		return Moment{}, false, err
	}
	if created && len(fresh) == 0 {
		return v.Moment, true, nil
	}
	m, err := s.Get(ctx, by, id)
	return m, created, err
}

// shared reports whether other moments may well have this very time, so that their neighbourhood is looked at before and
// not after the unique index refuses. A time read from our clock is alone. A client that sends milliseconds may send many
// of one; on PostgreSQL they are not looked at even so, because reading a neighbourhood under SERIALIZABLE makes every
// two captures at once conflict.
func shared(d db.Dialect, t time.Time) bool {
	unit := time.Millisecond
	if d == db.Postgres {
		unit = time.Minute
	}
	return t.UnixMicro()%unit.Microseconds() == 0
}

// logRest does what belongs to a new moment in its transaction.
func (s *Service) logRest(ctx context.Context, tx *db.Tx, by account.ID, w *row, fresh map[string]string) error {
	moved, err := s.ensure(ctx, tx, by, w, fresh)
	if err != nil {
		return err
	}
	if moved { // somebody else made the person a moment ago
		if err := update(ctx, tx, by, w); err != nil {
			return err
		}
	}
	if err := link(ctx, tx, by, w); err != nil {
		return err
	}
	if w.Contact == capture.ContactYes {
		for _, p := range w.people {
			if err := s.o.People.RaiseLastContact(ctx, tx, by, p, w.HappenedAt, w.ID); err != nil {
				return err
			}
		}
	}
	for _, f := range s.logged {
		if err := f(ctx, tx, by, w.Moment); err != nil {
			return err
		}
	}
	return s.o.Live.Publish(ctx, tx, by, live.Event{Name: "moments"})
}

// resolve settles whom v.People means: known ids are checked and named, names are found or given a fresh id to be made
// under. It returns the fresh ones, id to name.
func (s *Service) resolve(ctx context.Context, r db.Reader, by account.ID, v *row) (map[string]string, error) {
	v.people = nil
	if len(v.People) == 0 {
		return map[string]string{}, nil
	}
	var ids []string
	byName := map[string]person.Person{}
	for _, p := range v.People {
		if p.ID != "" {
			ids = append(ids, p.ID)
		}
	}
	known, err := s.o.People.Names(ctx, r, by, ids)
	if err != nil {
		return nil, err
	}
	fresh := map[string]string{}
	var refs []Ref
	for _, p := range v.People {
		switch {
		case p.ID != "":
			name, ok := known[p.ID]
			if !ok { // written down before a merge, perhaps
				if p.ID, name, err = s.whoNow(ctx, r, by, p.ID); err != nil {
					return nil, err
				}
			}
			p.Name = name
		default:
			key := fold.Fold(strings.TrimSpace(p.Name))
			if key == "" {
				return nil, fault.Invalid("name_missing", "people", "A person needs a name or an id.")
			}
			if _, ok := byName[key]; !ok {
				found, ok, err := s.o.People.Find(ctx, r, by, p.Name)
				if err != nil {
					return nil, err
				}
				if !ok {
					found = person.Person{ID: uuid.Must(uuid.NewV7()).String(), Name: p.Name}
					fresh[found.ID] = p.Name
				}
				byName[key] = found
			}
			p = Ref{ID: byName[key].ID, Name: byName[key].Name}
		}
		if !slices.Contains(v.people, p.ID) {
			v.people = append(v.people, p.ID)
			refs = append(refs, p)
		}
	}
	v.People = refs
	return fresh, nil
}

// whoNow is who somebody became by a merge.
func (s *Service) whoNow(ctx context.Context, r db.Reader, by account.ID, id string) (now, name string, err error) {
	if now, err = s.o.People.Became(ctx, r, by, id); err != nil {
		return "", "", err
	}
	names, err := s.o.People.Names(ctx, r, by, []string{now})
	if err == nil && names[now] == "" {
		err = fault.Invalid("unknown_person", "people", "One of the people named is not among yours.")
	}
	return now, names[now], err
}

// ensure makes the fresh people. When somebody of that name was made meanwhile they take the fresh one's place.
func (s *Service) ensure(ctx context.Context, tx *db.Tx, by account.ID, w *row, fresh map[string]string) (moved bool, err error) {
	for i, id := range w.people {
		name, ok := fresh[id]
		if !ok {
			continue
		}
		p, err := s.o.People.Ensure(ctx, tx, by, id, name, w.Context)
		if err != nil {
			return false, err
		}
		if p.ID != id {
			w.people[i], moved = p.ID, true
		}
		w.People[i] = Ref{ID: p.ID, Name: p.Name}
	}
	return moved, nil
}
