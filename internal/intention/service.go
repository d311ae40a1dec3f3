package intention

import (
	"context"
	"fmt"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/request"
)

// Service is the door to intentions. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	people *person.Service
	now    func() time.Time
	open   *db.Memo[bool] // whether a day of an account has an open intention
}

// New returns a service over d. now is the clock.
func New(d *db.DB, now func() time.Time) *Service {
	return &Service{db: d, people: person.New(d, now), now: now, open: db.NewMemo[bool](d, Tables()...)}
}

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Set makes the intention of the day, which is the person's today, and lets the one before it go. With a client's own id
// the same request again returns the intention as it now is and false; another request under that id is a conflict, and
// an id that was deleted is gone.
func (s *Service) Set(ctx context.Context, by account.ID, day string, d Draft) (Intention, bool, error) {
	d, err := d.clean()
	if err != nil {
		return Intention{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Intention{}, false, err
	}
	var (
		got     Intention
		created bool
	)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, err := find(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case was != nil && was.DeletedAt != nil:
			return fault.Gone("intention")
		case was != nil && was.Fingerprint != d.fingerprint():
			return request.Reused()
		case was != nil:
			got = was.asOf(day)
			return touch(ctx, tx, by, id)
		}
		now := s.instant()
		if err := checkToday(day, now); err != nil {
			return err
		}
		if err := s.checkPerson(ctx, tx, by, d.Person); err != nil {
			return err
		}
		if err := checkOwn(ctx, tx, by, d.Practice); err != nil {
			return err
		}
		if err := letGo(ctx, tx, by, day, id, now); err != nil {
			return err
		}
		got = Intention{
			ID: id, Day: day, Text: d.Text, Practice: d.Practice, Person: d.Person, Cue: d.Cue, State: Open,
			Revision: 1, CreatedAt: now, UpdatedAt: now,
		}
		created = true
		return insert(ctx, tx, by, Row{Intention: got, Fingerprint: d.fingerprint()})
	})
	if err != nil {
		return Intention{}, false, err
	}
	return got, created, nil
}

func (s *Service) checkPerson(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	if id == "" {
		return nil
	}
	names, err := s.people.Names(ctx, tx, by, []string{id})
	if err != nil {
		return fmt.Errorf("look up the person of an intention: %w", err)
	}
	if _, ok := names[id]; !ok {
		return unknownPerson()
	}
	return nil
}

// checkOwn refuses a practice that looks like an own one and is none.
func checkOwn(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	if !practice.IsOwn(id) {
		return nil
	}
	_, err := practice.Find(ctx, tx, by, id, "")
	if fault.As(err) != nil {
		return unknownPractice()
	}
	return err
}

// Today returns the intention of the day: the open one, else the one set last. There may be none: then it is nil.
func (s *Service) Today(ctx context.Context, by account.ID, day string) (*Intention, error) {
	row, err := ofDay(ctx, s.db, by, day)
	if err != nil || row == nil {
		return nil, err
	}
	return &row.Intention, nil
}

// Get returns one intention as it is on the day today.
func (s *Service) Get(ctx context.Context, by account.ID, today, id string) (Intention, error) {
	row, err := get(ctx, s.db, by, id)
	return row.asOf(today), err
}

// List returns intentions newest first, page by page, as they are on the day today. limit is at most 200; the cursor is
// what the page before gave as Next.
func (s *Service) List(ctx context.Context, by account.ID, today string, limit int, cursor string) (Page, error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	rows, err := list(ctx, s.db, by, limit+1, cursor)
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: make([]Intention, 0, len(rows))}
	for i, row := range rows {
		if i == limit {
			page.Next = encode(rows[limit-1].Intention)
			break
		}
		page.Items = append(page.Items, row.asOf(today))
	}
	return page, nil
}

// change runs f on an intention and keeps what it made of it, with a new revision unless nothing changed.
func (s *Service) change(ctx context.Context, by account.ID, id string, ifRevision int64, f func(ctx context.Context, tx *db.Tx, r *Row) error) (Intention, error) {
	var got Intention
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != row.Revision {
			return fault.Stale("intention")
		}
		before := row.Intention
		if err := f(ctx, tx, &row); err != nil {
			return err
		}
		if row.Intention == before && row.DeletedAt == nil {
			got = before
			return nil
		}
		row.Revision++
		row.UpdatedAt = s.instant()
		got = row.Intention
		return save(ctx, tx, by, row)
	})
	if err != nil {
		return Intention{}, err
	}
	return got, nil
}

// Update changes the words of an intention. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, today, id string, c Change, ifRevision int64) (Intention, error) {
	c, err := c.clean()
	if err != nil {
		return Intention{}, err
	}
	got, err := s.change(ctx, by, id, ifRevision, func(ctx context.Context, tx *db.Tx, r *Row) error {
		if c.Practice != nil && *c.Practice != r.Practice {
			if err := checkOwn(ctx, tx, by, *c.Practice); err != nil {
				return err
			}
		}
		for to, from := range map[*string]*string{&r.Text: c.Text, &r.Practice: c.Practice, &r.Cue: c.Cue} {
			if from != nil {
				*to = *from
			}
		}
		if c.Person != nil && *c.Person != r.Person {
			r.Person = *c.Person
			return s.checkPerson(ctx, tx, by, r.Person)
		}
		return nil
	})
	return got.asOf(today), err
}

// Close says that it was done. One that was let go can still be done.
func (s *Service) Close(ctx context.Context, by account.ID, id string) (Intention, error) {
	return s.change(ctx, by, id, 0, func(_ context.Context, _ *db.Tx, r *Row) error {
		r.State = Done
		return nil
	})
}

// LetGo says that it is not going to be done, which is a valid answer.
func (s *Service) LetGo(ctx context.Context, by account.ID, id string) (Intention, error) {
	return s.change(ctx, by, id, 0, func(_ context.Context, _ *db.Tx, r *Row) error {
		r.State, r.ClosedBy = LetGo, ""
		return nil
	})
}

// Reopen takes a Close or LetGo of today back; another one that is open is let go.
func (s *Service) Reopen(ctx context.Context, by account.ID, today, id string) (Intention, error) {
	got, err := s.change(ctx, by, id, 0, func(ctx context.Context, tx *db.Tx, r *Row) error {
		if r.Day != today {
			return fault.Conflict("intention_over", "day", "The day of this intention is over.")
		}
		r.State, r.ClosedBy = Open, ""
		return letGo(ctx, tx, by, r.Day, r.ID, s.instant())
	})
	return got, err
}

// Delete removes an intention for good. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	_, err := s.change(ctx, by, id, ifRevision, func(_ context.Context, _ *db.Tx, r *Row) error {
		now := s.instant()
		r.Text, r.Practice, r.Person, r.Cue, r.ClosedBy, r.DeletedAt = "", "", "", "", "", &now
		if r.State == Open {
			r.State = LetGo
		}
		return nil
	})
	return err
}

// MomentLogged closes the day's open intention when the moment is what it was about. It is a hook on logged moments.
func (s *Service) MomentLogged(ctx context.Context, tx *db.Tx, by account.ID, kind string, people []string, momentID, day string) error {
	// Every moment asks, and nearly all are told no. Only that no is kept.
	open, err := s.open.In(ctx, tx, string(by)+" "+day, func(ctx context.Context) (bool, error) {
		row, err := openOn(ctx, tx, by, day)
		return row != nil, err
	})
	if err != nil || !open {
		return err
	}
	row, err := openOn(ctx, tx, by, day)
	if err != nil || row == nil {
		return err
	}
	own, err := practice.OwnKind(ctx, tx, by, row.Practice)
	if err != nil || !row.closes(kind, own, people) {
		return err
	}
	row.State, row.ClosedBy = Done, momentID
	row.Revision++
	row.UpdatedAt = s.instant()
	return save(ctx, tx, by, *row)
}

// MomentGone takes back what MomentLogged did for a moment that was deleted or became something else. It is a hook on
// changed moments.
func (s *Service) MomentGone(ctx context.Context, tx *db.Tx, by account.ID, momentID string) error {
	row, err := closedBy(ctx, tx, by, momentID)
	if err != nil || row == nil {
		return err
	}
	other, err := openOn(ctx, tx, by, row.Day)
	if err != nil {
		return err
	}
	row.State, row.ClosedBy = Open, ""
	if other != nil { // a later one took its place
		row.State = LetGo
	}
	row.Revision++
	row.UpdatedAt = s.instant()
	return save(ctx, tx, by, *row)
}

// Export calls f with every row of an account, tombstones included, in the order of their ids.
func (s *Service) Export(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
	return each(ctx, r, by, f)
}

// Restore keeps a row of an archive as it was and reports whether it was new. A row that is here already stays as it is.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, r Row) (bool, error) {
	if err := r.check(); err != nil {
		return false, err
	}
	was, err := find(ctx, tx, by, r.ID)
	if err != nil || was != nil {
		return false, err
	}
	if r.State == Open && r.DeletedAt == nil {
		other, err := openOn(ctx, tx, by, r.Day)
		if err != nil {
			return false, err
		}
		if other != nil {
			r.State = LetGo
		}
	}
	return true, insert(ctx, tx, by, r)
}

// Erase removes every intention of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
