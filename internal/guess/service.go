package guess

import (
	"context"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/person"
	"kith/internal/request"
)

// Service is the door to guesses. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	people *person.Service
	now    func() time.Time
	newest *db.Memo[int64] // when the newest guess of an account was made that is not answered
}

// New returns a service over d. now is the clock.
func New(d *db.DB, now func() time.Time) *Service {
	return &Service{db: d, people: person.New(d, now), now: now, newest: db.NewMemo[int64](d, Tables()...)}
}

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Make keeps a guess, and takes the place of one that waits about the same. With a client's own id the same request again
// returns the guess as it now is and false; another request under that id is a conflict, and an id that was deleted, or
// whose guess a newer one replaced, is gone.
func (s *Service) Make(ctx context.Context, by account.ID, d Draft) (Guess, bool, error) {
	d, err := d.clean()
	if err != nil {
		return Guess{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Guess{}, false, err
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
			return fault.Gone("guess")
		case was != nil && was.fingerprint != d.fingerprint():
			return request.Reused()
		case was != nil:
			got = *was
			return touch(ctx, tx, by, id)
		}
		about, err := s.about(ctx, tx, by, d)
		if err != nil {
			return err
		}
		now := s.instant()
		waiting, err := s.waiting(ctx, tx, by, about, d.Intention, now)
		if err != nil {
			return err
		}
		for _, v := range waiting {
			if err := bury(ctx, tx, by, v, now); err != nil {
				return err
			}
		}
		got = row{Guess: Guess{ID: id, Person: about, Intention: d.Intention, Value: d.Value, Revision: 1, CreatedAt: now, UpdatedAt: now}, fingerprint: d.fingerprint()}
		created = true
		return insert(ctx, tx, by, got)
	})
	if err != nil {
		return Guess{}, false, err
	}
	return got.asOf(s.instant()), created, nil
}

// about is the person a guess is about: the one named, else the intention's.
func (s *Service) about(ctx context.Context, tx *db.Tx, by account.ID, d Draft) (string, error) {
	about := d.Person
	if d.Intention != "" {
		of, ok, err := intended(ctx, tx, by, d.Intention)
		if err != nil {
			return "", err
		}
		if !ok {
			return "", unknownIntention()
		}
		if about == "" {
			about = of
		}
	}
	if about == "" {
		return "", nil
	}
	names, err := s.people.Names(ctx, tx, by, []string{about})
	if err != nil {
		return "", err
	}
	if _, ok := names[about]; !ok {
		if d.Person == "" {
			return "", nil // the intention's person was deleted since
		}
		return "", unknownPerson()
	}
	return about, nil
}

// waiting are the guesses that wait about a person, or about an intention that names nobody.
func (s *Service) waiting(ctx context.Context, r db.Reader, by account.ID, personID, intentionID string, now time.Time) ([]row, error) {
	rows, err := open(ctx, r, by, now.Add(-Waits))
	if err != nil {
		return nil, err
	}
	var list []row
	for _, v := range rows {
		same := personID != "" && v.Person == personID || personID == "" && v.Person == "" && v.Intention == intentionID
		if same && v.asOf(now).State == Waiting {
			list = append(list, v)
		}
	}
	return list, nil
}

// WaitingFor returns the guess that waits about a person, or about an intention that names nobody, or nil.
func (s *Service) WaitingFor(ctx context.Context, by account.ID, personID, intentionID string) (*Guess, error) {
	now := s.instant()
	list, err := s.waiting(ctx, s.db, by, personID, intentionID, now)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	g := list[len(list)-1].asOf(now)
	return &g, nil
}

// Get returns one guess.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Guess, error) {
	v, err := get(ctx, s.db, by, id)
	return v.asOf(s.instant()), err
}

// List returns guesses newest first, page by page. limit is at most 200; the cursor is what the page before gave as Next.
func (s *Service) List(ctx context.Context, by account.ID, limit int, cursor string) (Page, error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	rows, err := list(ctx, s.db, by, limit+1, cursor)
	if err != nil {
		return Page{}, err
	}
	now := s.instant()
	page := Page{Items: make([]Guess, 0, len(rows))}
	for i, v := range rows {
		if i == limit {
			page.Next = encode(rows[limit-1].Guess)
			break
		}
		page.Items = append(page.Items, v.asOf(now))
	}
	return page, nil
}

// change runs f on a guess and keeps what it made of it, with a new revision.
func (s *Service) change(ctx context.Context, by account.ID, id string, ifRevision int64, f func(v *row, now time.Time) error) (Guess, error) {
	var got row
	now := s.instant()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != v.Revision {
			return fault.Stale("guess")
		}
		if err := f(&v, now); err != nil {
			return err
		}
		v.Revision++
		v.UpdatedAt = now
		got = v
		return save(ctx, tx, by, v)
	})
	return got.asOf(now), err
}

// Change makes another guess of one that waits; afterwards a guess is what it was. ifRevision is the revision the caller
// read; 0 accepts any.
func (s *Service) Change(ctx context.Context, by account.ID, id string, value int, ifRevision int64) (Guess, error) {
	if err := checkValue("value", value); err != nil {
		return Guess{}, err
	}
	return s.change(ctx, by, id, ifRevision, func(v *row, now time.Time) error {
		if v.asOf(now).State != Waiting {
			return fault.Conflict("guess_over", "value", "A guess is made before. This one can no longer be changed.")
		}
		v.Value = value
		return nil
	})
}

// Land says how welcome it was; nil is that nobody can tell. It may be said again, with another answer. ifRevision is the
// revision the caller read; 0 accepts any.
func (s *Service) Land(ctx context.Context, by account.ID, id string, landed *int, ifRevision int64) (Guess, error) {
	if landed != nil {
		if err := checkValue("landed", *landed); err != nil {
			return Guess{}, err
		}
	}
	return s.change(ctx, by, id, ifRevision, func(v *row, now time.Time) error {
		if v.Moment == "" {
			return fault.Conflict("guess_not_happened", "landed", "No moment came of this guess, so nothing could land.")
		}
		v.Landed, v.AnsweredAt = landed, &now
		return nil
	})
}

// Delete takes a guess and how it landed away for good. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != v.Revision {
			return fault.Stale("guess")
		}
		return bury(ctx, tx, by, v, s.instant())
	})
}

// bury leaves the tombstone of a guess.
func bury(ctx context.Context, tx *db.Tx, by account.ID, v row, now time.Time) error {
	v.Person, v.Intention, v.Value, v.link, v.AskedOn, v.Landed, v.AnsweredAt = "", "", 0, "", "", nil, nil
	v.Revision, v.UpdatedAt, v.deletedAt = v.Revision+1, now, &now
	return save(ctx, tx, by, v)
}

// Ask returns the one guess of which it is asked on the local day today how it landed, or nil. A question is asked on the
// day it is first returned, and on no other: whoever leaves it is not asked again.
func (s *Service) Ask(ctx context.Context, by account.ID, today string) (*Guess, error) {
	now := s.instant()
	v, err := asked(ctx, s.db, by, today, now)
	if err != nil || v == nil {
		return nil, err
	}
	if v.AskedOn == "" {
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if v, err = asked(ctx, tx, by, today, now); err != nil || v == nil || v.AskedOn != "" {
				return err
			}
			v.AskedOn, v.UpdatedAt, v.Revision = today, now, v.Revision+1
			return save(ctx, tx, by, *v)
		})
		if err != nil || v == nil {
			return nil, err
		}
	}
	g := v.asOf(now)
	return &g, nil
}

// asked is the guess to ask about: one that was asked about today already, else the oldest that is due, or nil.
func asked(ctx context.Context, r db.Reader, by account.ID, today string, now time.Time) (*row, error) {
	rows, err := open(ctx, r, by, now.Add(-Waits-AskWithin))
	if err != nil {
		return nil, err
	}
	var next *row
	for i := range rows {
		v := &rows[i]
		if !v.asks(today, now) {
			continue
		}
		if v.AskedOn == today {
			return v, nil
		}
		if next == nil {
			next = v
		}
	}
	return next, nil
}

// Gap is what the pairs of an account say.
func (s *Service) Gap(ctx context.Context, by account.ID) (Gap, error) {
	rows, err := answered(ctx, s.db, by)
	if err != nil {
		return Gap{}, err
	}
	var pairs []Pair
	said := 0
	for _, v := range rows {
		if v.AnsweredAt != nil {
			said++
		}
		if v.Landed != nil {
			pairs = append(pairs, Pair{v.Value, *v.Landed, v.Kind, v.Ring, v.Day})
		}
	}
	g := gapOf(pairs)
	g.Asked, g.Answered = len(rows), said
	return g, nil
}

// Erase removes every guess of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM guess WHERE user_id = $1", string(id))
	return err
}
