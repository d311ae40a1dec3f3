package pulse

import (
	"context"
	"sort"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/request"
)

// Service is the door to pulses and scales. It is safe for concurrent use.
type Service struct {
	db *db.DB
	o  Options
}

// Options are what the service stands on. Help may be left out: then the list that comes with Kith is shown.
type Options struct {
	Accounts *account.Service
	Jobs     *job.Queue
	Now      func() time.Time
	Help     *HelpBook
}

// New returns a service over d.
func New(d *db.DB, o Options) *Service {
	s := &Service{db: d, o: o}
	job.Handle(o.Jobs, s.purgeJob)
	return s
}

func (s *Service) now() time.Time { return s.o.Now().UTC().Truncate(time.Microsecond) }

// Log keeps a pulse. With a client's own id the same request again returns the pulse as it now is and false; another
// request under that id is a conflict, and an id that was deleted is gone.
func (s *Service) Log(ctx context.Context, by account.ID, d Draft) (Pulse, bool, error) {
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Pulse{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Pulse{}, false, err
	}
	now := s.now()
	p := Pulse{ID: id, At: now, Valence: d.Valence, Energy: d.Energy, Closeness: d.Closeness, Revision: 1, CreatedAt: now, UpdatedAt: now}
	if d.At != nil {
		p.At = d.At.UTC().Truncate(time.Microsecond)
	}
	if p.At, p.Zone, err = placed(u, p.At, d.Zone); err != nil {
		return Pulse{}, false, err
	}
	if p.Words, err = cleanWords(d.Words, u.Locale); err != nil {
		return Pulse{}, false, err
	}
	day, refused := p.check(u, now, now) // a retry a day later must still find what it made
	p.Day = day
	var (
		got     Pulse
		created bool
	)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, err := find(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case was != nil && was.DeletedAt != nil:
			return fault.Gone("pulse")
		case was != nil && was.fingerprint != d.fingerprint():
			return request.Reused()
		case was != nil:
			got = was.Pulse
			return touch(ctx, tx, by, id)
		case refused != nil:
			return refused
		}
		got, created = p, true
		return insert(ctx, tx, by, row{Pulse: p, fingerprint: d.fingerprint()})
	})
	if err != nil {
		return Pulse{}, false, err
	}
	return got, created, nil
}

// Get returns one pulse.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Pulse, error) {
	r, err := get(ctx, s.db, by, id)
	return r.Pulse, err
}

// List returns pulses newest first, page by page. limit is at most 200; the cursor is what the page before gave as Next.
func (s *Service) List(ctx context.Context, by account.ID, f Filter, limit int, cursor string) (Page[Pulse], error) {
	for field, day := range map[string]string{"from": f.From, "to": f.To} {
		if day != "" {
			if err := checkDay(day, field); err != nil {
				return Page[Pulse]{}, err
			}
		}
	}
	limit = clampLimit(limit)
	rows, err := list(ctx, s.db, by, f, limit+1, cursor)
	if err != nil {
		return Page[Pulse]{}, err
	}
	page := Page[Pulse]{Items: make([]Pulse, 0, len(rows))}
	for i, r := range rows {
		if i == limit {
			last := rows[limit-1]
			page.Next = encode(last.At, last.ID)
			break
		}
		page.Items = append(page.Items, r.Pulse)
	}
	return page, nil
}

func clampLimit(limit int) int {
	if limit < 1 || limit > 200 {
		return 50
	}
	return limit
}

// OwnWords are the words of somebody's own that they used lately, the most used first, each in the quadrant where it was
// used last.
func (s *Service) OwnWords(ctx context.Context, by account.ID) ([]Word, error) {
	const lately, most = 300, 24
	rows, err := list(ctx, s.db, by, Filter{}, lately, "")
	if err != nil {
		return nil, err
	}
	var found []Word
	count := map[string]int{}
	for _, r := range rows {
		for _, w := range Say(r.Words, "") {
			if w.ID != "" {
				continue
			}
			if count[w.Text] == 0 {
				found = append(found, Word{Text: w.Text, Quadrant: r.Quadrant()})
			}
			count[w.Text]++
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return count[found[i].Text] > count[found[j].Text] })
	return found[:min(most, len(found))], nil
}

// change runs f on a pulse and keeps what it made of it, with a new revision.
func (s *Service) change(ctx context.Context, by account.ID, id string, ifRevision int64, f func(ctx context.Context, tx *db.Tx, r *row) error) (Pulse, error) {
	var got Pulse
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != r.Revision {
			return fault.Stale("pulse")
		}
		if err := f(ctx, tx, &r); err != nil {
			return err
		}
		r.Revision++
		r.UpdatedAt = s.now()
		got = r.Pulse
		return save(ctx, tx, by, r)
	})
	if err != nil {
		return Pulse{}, err
	}
	return got, nil
}

// Update changes a pulse. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, id string, c Change, ifRevision int64) (Pulse, error) {
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Pulse{}, err
	}
	var kept []string
	if c.Words != nil {
		if kept, err = cleanWords(*c.Words, u.Locale); err != nil {
			return Pulse{}, err
		}
	}
	return s.change(ctx, by, id, ifRevision, func(_ context.Context, _ *db.Tx, r *row) error {
		for to, from := range map[*int]*int{&r.Valence: c.Valence, &r.Energy: c.Energy} {
			if from != nil {
				*to = *from
			}
		}
		if c.Closeness != nil {
			n := *c.Closeness
			r.Closeness = &n
		} else if c.ClearCloseness {
			r.Closeness = nil
		}
		if c.Words != nil {
			r.Words = kept
		}
		if c.At != nil {
			r.At = c.At.UTC().Truncate(time.Microsecond).In(r.At.Location())
		}
		day, err := r.check(u, r.CreatedAt, s.now())
		r.Day = day
		return err
	})
}

// Delete takes a pulse away. For UndoFor it can be brought back; then nothing but its id is left.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	_, err := s.change(ctx, by, id, ifRevision, func(ctx context.Context, tx *db.Tx, r *row) error {
		now := s.now()
		r.DeletedAt = &now
		return s.o.Jobs.Enqueue(ctx, tx, Purge{}, job.At(now.Add(UndoFor+time.Second)))
	})
	return err
}

// Undo brings a deleted pulse back, within UndoFor. One that is not deleted is returned as it is.
func (s *Service) Undo(ctx context.Context, by account.ID, id string) (Pulse, error) {
	var got Pulse
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := find(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case r == nil:
			return fault.NotFound("pulse")
		case r.DeletedAt == nil:
			got = r.Pulse
			return nil
		case r.Zone == "" || s.now().Sub(*r.DeletedAt) > UndoFor:
			return fault.Gone("pulse")
		}
		r.DeletedAt, r.UpdatedAt, r.Revision = nil, s.now(), r.Revision+1
		got = r.Pulse
		return save(ctx, tx, by, *r)
	})
	return got, err
}

// Purge is the job that empties old deletions for good.
type Purge struct{}

// Kind names the job.
func (Purge) Kind() string { return "pulse.purge" }

func (s *Service) purgeJob(ctx context.Context, _ Purge) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return purge(ctx, tx, s.now().Add(-UndoFor)) })
}

// Erase removes everything an account has here. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
