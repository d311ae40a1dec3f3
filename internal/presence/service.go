package presence

import (
	"context"
	"fmt"
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
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/request"
)

// Event is the name of the live event that says a presence changed: a guest came, or it began or ended elsewhere.
const Event = "presence"

// Options are what a Service stands on.
type Options struct {
	People  *person.Service
	Moments *moment.Service
	Live    *live.Hub
	Now     func() time.Time
}

// Service is the door to presence. It is safe for concurrent use.
type Service struct {
	db *db.DB
	o  Options
}

// New returns a service over d.
func New(d *db.DB, o Options) *Service { return &Service{d, o} }

func (s *Service) instant() time.Time { return s.o.Now().UTC().Truncate(time.Microsecond) }

// Start begins a presence and ends the one that runs. With a client's own id the same request again returns it as it now
// is and false; another request under that id is a conflict, and an id that was deleted is gone.
func (s *Service) Start(ctx context.Context, by account.ID, d Draft) (Session, bool, error) {
	now := s.instant()
	d, err := d.clean(now)
	if err != nil {
		return Session{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Session{}, false, err
	}
	fresh := make([]string, len(d.People)) // ids for whoever turns out to be new
	for i := range fresh {
		fresh[i] = uuid.Must(uuid.NewV7()).String()
	}
	var (
		got     row
		created bool
	)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, err := find(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case was != nil && was.deletedAt != nil:
			return fault.Gone("presence")
		case was != nil && was.fingerprint != d.fingerprint():
			return request.Reused()
		case was != nil:
			got = *was
			return touch(ctx, tx, by, id)
		}
		got = row{Session: Session{
			ID: id, Kind: d.Kind, Pattern: d.Pattern, Planned: d.Planned, StartedAt: now, Revision: 1, CreatedAt: now, UpdatedAt: now,
		}, fingerprint: d.fingerprint()}
		if d.StartedAt != nil {
			got.StartedAt = *d.StartedAt
		}
		if got.people, err = s.resolve(ctx, tx, by, d.People, fresh); err != nil {
			return err
		}
		if now.Before(got.Until()) {
			if err := s.endRunning(ctx, tx, by, got.StartedAt, now); err != nil {
				return err
			}
		} else {
			got.finish(got.Until())
		}
		created = true
		if err := insert(ctx, tx, by, got); err != nil {
			return err
		}
		return s.o.Live.Publish(ctx, tx, by, live.Event{Name: Event})
	})
	if err != nil {
		return Session{}, false, err
	}
	v, err := s.shown(ctx, by, now, []row{got})
	if err != nil {
		return Session{}, false, err
	}
	return v[0], created, nil
}

// endRunning ends what runs, because another begins.
func (s *Service) endRunning(ctx context.Context, tx *db.Tx, by account.ID, at, now time.Time) error {
	r, err := running(ctx, tx, by)
	if err != nil || r == nil {
		return err
	}
	r.finish(at)
	r.Revision++
	r.UpdatedAt = now
	return save(ctx, tx, by, *r)
}

// resolve returns the ids of people: known ids are checked, names are found or made under a fresh id.
func (s *Service) resolve(ctx context.Context, tx *db.Tx, by account.ID, people []moment.Ref, fresh []string) ([]string, error) {
	var ids []string
	for _, p := range people {
		if p.ID != "" {
			ids = append(ids, p.ID)
		}
	}
	known, err := s.o.People.Names(ctx, tx, by, ids)
	if err != nil {
		return nil, fmt.Errorf("look up the people of a presence: %w", err)
	}
	byName := map[string]string{}
	if len(ids) < len(people) {
		all, err := s.o.People.Known(ctx, tx, by)
		if err != nil {
			return nil, fmt.Errorf("look up the people of a presence: %w", err)
		}
		for _, k := range all {
			byName[fold.Fold(k.Name)] = k.ID
		}
	}
	ids = nil
	for i, p := range people {
		id := p.ID
		if id != "" {
			if _, ok := known[id]; !ok {
				return nil, fault.Invalid("unknown_person", "people", "There is no such person.")
			}
		} else if key := fold.Fold(strings.Join(strings.Fields(p.Name), " ")); key == "" {
			return nil, fault.Invalid("name_missing", "people", "A person needs a name or an id.")
		} else if id = byName[key]; id == "" {
			made, err := s.o.People.Ensure(ctx, tx, by, fresh[i], p.Name, "")
			if err != nil {
				return nil, err
			}
			id, byName[key] = made.ID, made.ID
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// shown gives rows the names of their people, as they are now. Whoever was deleted is no longer named.
func (s *Service) shown(ctx context.Context, by account.ID, now time.Time, rows []row) ([]Session, error) {
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.people...)
	}
	slices.Sort(ids)
	names, err := s.o.People.Names(ctx, s.db, by, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	list := make([]Session, len(rows))
	for i, r := range rows {
		list[i] = asOf(r, now).Session
		for _, id := range r.people {
			if name, ok := names[id]; ok {
				list[i].People = append(list[i].People, moment.Ref{ID: id, Name: name})
			}
		}
	}
	return list, nil
}

// Get returns one presence.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Session, error) {
	r, err := get(ctx, s.db, by, id)
	if err != nil {
		return Session{}, err
	}
	v, err := s.shown(ctx, by, s.instant(), []row{r})
	if err != nil {
		return Session{}, err
	}
	return v[0], nil
}

// Running returns the presence that lasts now, or nil.
func (s *Service) Running(ctx context.Context, by account.ID) (*Session, error) {
	r, err := running(ctx, s.db, by)
	now := s.instant()
	if err != nil || r == nil || !r.Running(now) {
		return nil, err
	}
	v, err := s.shown(ctx, by, now, []row{*r})
	if err != nil {
		return nil, err
	}
	return &v[0], nil
}

// Holding reports whether the account is present at an instant: then nothing may interrupt it. It reads through r, so that
// whoever decides to interrupt can ask in its own transaction.
func (s *Service) Holding(ctx context.Context, r db.Reader, by account.ID, at time.Time) (bool, error) {
	return holding(ctx, r, by, at)
}

// List returns presences newest first, page by page. limit is at most 200; the cursor is what the page before gave as Next.
func (s *Service) List(ctx context.Context, by account.ID, limit int, cursor string) (Page, error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	rows, err := list(ctx, s.db, by, limit+1, cursor)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = encode(rows[limit-1].Session)
	}
	page.Items, err = s.shown(ctx, by, s.instant(), rows)
	return page, err
}

// End says that a presence is over, and keeps its line as a moment with everyone who was there. It may be repeated: the
// end that was told first stays, and the same line is kept once; another line is a conflict.
func (s *Service) End(ctx context.Context, by account.ID, id string, e End) (Session, error) {
	now := s.instant()
	at := now
	if e.At != nil && e.At.Before(now) {
		at = e.At.UTC().Truncate(time.Microsecond)
	}
	line := strings.TrimSpace(e.Line)
	got, err := s.change(ctx, by, id, 0, func(_ context.Context, _ *db.Tx, r *row) error {
		if r.Told {
			return nil
		}
		if r.EndedAt != nil && r.EndedAt.Before(at) { // another began meanwhile, or the plan was over
			at = *r.EndedAt
		}
		r.finish(at)
		r.Told = true
		return nil
	})
	if err != nil || line == "" {
		return got, err
	}
	m, err := s.keep(ctx, by, got, line)
	if err != nil {
		return Session{}, err
	}
	return s.change(ctx, by, id, 0, func(_ context.Context, _ *db.Tx, r *row) error {
		r.Moment = m.ID
		return nil
	})
}

// keep logs the line of a presence that is over.
func (s *Service) keep(ctx context.Context, by account.ID, v Session, line string) (moment.Moment, error) {
	kind, contact, precision, minutes, started := v.MomentKind(), capture.ContactNo, capture.Minute, v.Minutes(s.instant()), v.StartedAt
	d := moment.Draft{
		ID: momentID(v.ID), Text: line, Kind: &kind, HappenedAt: &started, Precision: &precision, DurationMin: &minutes, Contact: &contact,
	}
	people := slices.Clone(v.People)
	for i := range people {
		people[i].Name = "" // a person who is renamed makes no other request
	}
	if read, err := s.o.Moments.Read(ctx, by, line, started, ""); err == nil {
		for _, p := range read.People {
			known := slices.ContainsFunc(people, func(q moment.Ref) bool { return q.ID != "" && q.ID == p.ID })
			if !known && (p.ID != "" || p.New) { // by name: who is new now is known when the same is sent again
				people = append(people, moment.Ref{Name: p.Name})
			}
		}
	}
	if v.Kind == People && len(people) > 0 {
		contact = capture.ContactYes
	}
	if len(people) > 0 {
		people = people[:min(len(people), MaxPeople)]
		d.People = &people
	}
	m, _, err := s.o.Moments.Log(ctx, by, d)
	return m, err
}

// change runs f on a presence and keeps what it made of it, with a new revision unless nothing changed.
func (s *Service) change(ctx context.Context, by account.ID, id string, ifRevision int64, f func(ctx context.Context, tx *db.Tx, r *row) error) (Session, error) {
	var got row
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != r.Revision {
			return fault.Stale("presence")
		}
		before := r
		if err := f(ctx, tx, &r); err != nil {
			return err
		}
		got = r
		if r.Told == before.Told && r.Moment == before.Moment && r.joinHash == before.joinHash && r.deletedAt == nil {
			return touch(ctx, tx, by, id)
		}
		got.Revision++
		got.UpdatedAt = s.instant()
		if err := save(ctx, tx, by, got); err != nil {
			return err
		}
		return s.o.Live.Publish(ctx, tx, by, live.Event{Name: Event})
	})
	if err != nil {
		return Session{}, err
	}
	v, err := s.shown(ctx, by, s.instant(), []row{got})
	if err != nil {
		return Session{}, err
	}
	return v[0], nil
}

// Delete removes a presence for good; the moment it became stays. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	_, err := s.change(ctx, by, id, ifRevision, func(_ context.Context, _ *db.Tx, r *row) error {
		now := s.instant()
		if r.EndedAt == nil {
			r.finish(now)
		}
		r.people, r.Pattern, r.Moment, r.Guests, r.deletedAt = nil, "", "", 0, &now
		return nil
	})
	return err
}

// Erase removes every presence of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
