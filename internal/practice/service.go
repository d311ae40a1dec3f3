package practice

import (
	"context"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/request"
)

// Service is the door to what an account added and switched on. It is safe for concurrent use.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// New returns a service over d. now is the clock.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d, now} }

// Create adds a practice of one's own. With a client's own id the same request again returns the practice as it now is
// and false; another request under that id is a conflict, and an id that was deleted is gone.
func (s *Service) Create(ctx context.Context, by account.ID, d Draft) (Practice, bool, error) {
	d, err := d.clean()
	if err != nil {
		return Practice{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Practice{}, false, err
	}
	var (
		got     Row
		created bool
	)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, err := find(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case was != nil && was.DeletedAt != nil:
			return fault.Gone("practice")
		case was != nil && was.Fingerprint != d.fingerprint():
			return request.Reused()
		case was != nil:
			got = *was
			return touch(ctx, tx, by, id)
		}
		n, err := count(ctx, tx, by)
		if err != nil {
			return err
		}
		if n >= MaxOwn {
			return fault.Conflict("practices_full", "", "You have %d practices of your own. Delete one first.", MaxOwn).With("max", MaxOwn)
		}
		now := db.Micros(s.now())
		got = Row{
			ID: id, Name: d.Name, How: d.How, Kind: d.Kind, Context: d.Context, Seconds: d.Seconds, Fingerprint: d.fingerprint(),
			Revision: 1, CreatedAt: now, UpdatedAt: now,
		}
		created = true
		return insert(ctx, tx, by, got)
	})
	if err != nil {
		return Practice{}, false, err
	}
	return got.practice(), created, nil
}

// Update changes an own practice. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, id string, c Change, ifRevision int64) (Practice, error) {
	var got Row
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := s.current(ctx, tx, by, id, ifRevision)
		if err != nil {
			return err
		}
		got = was
		for to, from := range map[*string]*string{&got.Name: c.Name, &got.How: c.How, &got.Kind: c.Kind, &got.Context: c.Context} {
			if from != nil {
				*to = *from
			}
		}
		if c.Seconds != nil {
			got.Seconds = *c.Seconds
		}
		if got.Name, err = cleanName(got.Name); err != nil {
			return err
		}
		if got.How, err = cleanHow(got.How); err != nil {
			return err
		}
		if err := check(got.Kind, got.Context, got.Seconds); err != nil {
			return err
		}
		if got.same(was) {
			return touch(ctx, tx, by, id)
		}
		got.Revision++
		got.UpdatedAt = db.Micros(s.now())
		return save(ctx, tx, by, got)
	})
	if err != nil {
		return Practice{}, err
	}
	return got.practice(), nil
}

// Delete removes an own practice for good. What was meant and done with it stays. ifRevision is the revision the caller
// read; 0 accepts any.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := s.current(ctx, tx, by, id, ifRevision)
		if err != nil {
			return err
		}
		now := db.Micros(s.now())
		row.Name, row.How, row.DeletedAt, row.UpdatedAt = "", "", &now, now
		row.Revision++
		return save(ctx, tx, by, row)
	})
}

// current is the own practice that is to be changed.
func (s *Service) current(ctx context.Context, tx *db.Tx, by account.ID, id string, ifRevision int64) (Row, error) {
	if _, ok := Get(id, ""); ok {
		return Row{}, fault.Conflict("practice_of_library", "id", "A practice of the library cannot be changed. It can be switched off.")
	}
	row, err := get(ctx, tx, by, id)
	if err == nil && ifRevision != 0 && ifRevision != row.Revision {
		err = fault.Stale("practice")
	}
	return row, err
}

// Switch switches a further practice of the library on or off.
func Switch(ctx context.Context, tx *db.Tx, by account.ID, id string, on bool, now time.Time) error {
	p, ok := Get(id, "")
	if !ok || !p.Further {
		return fault.NotFound("practice")
	}
	was, err := switches(ctx, tx, by)
	if err != nil || was[id].On == on {
		return err
	}
	return putSwitch(ctx, tx, by, SwitchRow{Practice: id, On: on, ChangedAt: db.Micros(now)})
}

// Find returns the practice of this id, of the library or the account's own; a NotFound fault when there is none.
func Find(ctx context.Context, r db.Reader, by account.ID, id, locale string) (Practice, error) {
	if p, ok := Get(id, locale); ok {
		if !p.Further {
			return p, nil
		}
		on, err := switches(ctx, r, by)
		p.On = on[id].On
		return p, err
	}
	if !IsOwn(id) {
		return Practice{}, fault.NotFound("practice")
	}
	row, err := get(ctx, r, by, id)
	return row.practice(), err
}

// OwnKind is the kind of an own practice, also of one that was deleted since; empty for any other id.
func OwnKind(ctx context.Context, r db.Reader, by account.ID, id string) (string, error) {
	if !IsOwn(id) {
		return "", nil
	}
	row, err := find(ctx, r, by, id)
	if err != nil || row == nil {
		return "", err
	}
	return row.Kind, nil
}

// All returns the account's own practices and the whole library, in the order in which pages show them.
func All(ctx context.Context, r db.Reader, by account.ID, locale string) ([]Practice, error) {
	mine, err := rows(ctx, r, by)
	if err != nil {
		return nil, err
	}
	on, err := switches(ctx, r, by)
	if err != nil {
		return nil, err
	}
	var list []Practice
	for _, row := range mine {
		if row.DeletedAt == nil {
			list = append(list, row.practice())
		}
	}
	list = append(list, Library(locale)...)
	for _, p := range Further(locale) {
		p.On = on[p.ID].On
		list = append(list, p)
	}
	return list, nil
}

// Deck is what practices are drawn from on one day. A day keeps its draw: what was added or switched on that day comes in
// on the next, and what was taken out is still counted.
type Deck struct {
	Cards []Practice
	Out   map[string]bool // counted, but not to be offered any more
	Since string          // local day on which it became this deck; empty if it always was
}

// DeckOf returns the deck of a day. local tells the day of an instant.
func DeckOf(ctx context.Context, r db.Reader, by account.ID, locale, day string, local func(time.Time) string) (Deck, error) {
	mine, err := rows(ctx, r, by)
	if err != nil {
		return Deck{}, err
	}
	on, err := switches(ctx, r, by)
	if err != nil {
		return Deck{}, err
	}
	d := Deck{Cards: Library(locale), Out: map[string]bool{}}
	// after notes a change and reports whether it counts on the day.
	after := func(at int64) bool {
		changed := local(db.Time(at))
		if changed >= day {
			return false
		}
		if t, err := time.Parse(time.DateOnly, changed); err == nil {
			d.Since = max(d.Since, t.AddDate(0, 0, 1).Format(time.DateOnly))
		}
		return true
	}
	for _, p := range Further(locale) {
		s, known := on[p.ID]
		if !known {
			continue
		}
		counts := after(s.ChangedAt)
		if s.On == counts {
			d.Cards = append(d.Cards, p)
			d.Out[p.ID] = !s.On
		}
	}
	for _, row := range mine {
		if !after(row.CreatedAt) {
			continue
		}
		if row.DeletedAt != nil {
			if after(*row.DeletedAt) {
				continue
			}
			d.Out[row.ID] = true
		}
		d.Cards = append(d.Cards, row.practice())
	}
	return d, nil
}

// Records calls f with every own practice of an account, tombstones included, in the order of their ids.
func (s *Service) Records(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
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
	return true, insert(ctx, tx, by, r)
}

// SwitchRecords calls f with every switch of an account.
func (s *Service) SwitchRecords(ctx context.Context, r db.Reader, by account.ID, f func(SwitchRow) error) error {
	return eachSwitch(ctx, r, by, f)
}

// RestoreSwitch keeps a switch of an archive and reports whether it was new.
func (s *Service) RestoreSwitch(ctx context.Context, tx *db.Tx, by account.ID, r SwitchRow) (bool, error) {
	if err := r.check(); err != nil {
		return false, err
	}
	was, err := switches(ctx, tx, by)
	if err != nil || was[r.Practice].ChangedAt != 0 {
		return false, err
	}
	return true, putSwitch(ctx, tx, by, r)
}

// Erase removes everything of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
