package moment

import (
	"context"
	"slices"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/zone"
)

// Update changes a moment. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, id string, c Change, ifRevision int64) (Moment, error) {
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Moment{}, err
	}
	before, err := getRow(ctx, s.db, by, id)
	if err != nil {
		return Moment{}, err
	}
	if before.DeletedAt != nil {
		return Moment{}, fault.Gone("moment")
	}
	if ifRevision != 0 && ifRevision != before.Revision {
		return Moment{}, fault.Stale("moment")
	}
	after, fresh, err := s.changedRow(ctx, u, before, c)
	if err != nil {
		return Moment{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := getRow(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case now.DeletedAt != nil:
			return fault.Gone("moment")
		case now.Revision != before.Revision: // changed between reading and writing
			return fault.Stale("moment")
		}
		w := after
		w.people, w.People = slices.Clone(after.people), slices.Clone(after.People)
		if _, err := s.ensure(ctx, tx, by, &w, fresh); err != nil {
			return err
		}
		return s.replace(ctx, tx, by, &now, &w)
	})
	if err != nil {
		return Moment{}, err
	}
	return s.Get(ctx, by, id)
}

// changedRow applies a change to a row and checks the result.
func (s *Service) changedRow(ctx context.Context, u account.User, before row, c Change) (row, map[string]string, error) {
	after := before
	after.People = nil
	for _, id := range before.people {
		after.People = append(after.People, Ref{ID: id})
	}
	set(&after.Zone, c.Zone)
	loc, err := zone.Load(after.Zone)
	if err != nil {
		return row{}, nil, err
	}
	if c.Text != nil {
		if after.Text, err = cleanText(*c.Text); err != nil {
			return row{}, nil, err
		}
		if c.Reread {
			draft, err := s.read(ctx, u, after.Text, after.CapturedAt, loc)
			if err != nil {
				return row{}, nil, err
			}
			m := understood(draft)
			m.ID, m.Zone, m.Text, m.CapturedAt, m.Revision, m.CreatedAt = after.ID, after.Zone, after.Text, after.CapturedAt, after.Revision, after.CreatedAt
			after.Moment = m
		}
	}
	if c.ClearDuration {
		after.DurationMin = nil
	}
	if c.ClearFelt {
		after.Felt = nil
	}
	after.HappenedAt = after.HappenedAt.In(loc)
	precision := after.Precision
	Draft{
		Kind: c.Kind, People: c.People, Someone: c.Someone, Context: c.Context, HappenedAt: c.HappenedAt, Precision: c.Precision,
		DurationMin: c.DurationMin, Felt: c.Felt, Contact: c.Contact, StartedBy: c.StartedBy, Tags: c.Tags,
	}.override(&after.Moment, loc)
	if c.HappenedAt != nil && c.Precision == nil && c.HappenedAt.Equal(before.HappenedAt) {
		after.Precision = precision // the same time sent back does not make it more exact
	}
	after.UpdatedAt = s.now()
	after.Revision++
	if err := after.check(s.now()); err != nil {
		return row{}, nil, err
	}
	after.Day = dayOf(u, &after.Moment)
	// People who were deleted since are simply no longer named; only people the caller names must exist.
	if c.People == nil && !c.Reread {
		after.people = before.people
		return after, nil, nil
	}
	fresh, err := s.resolve(ctx, s.db, u.ID, &after)
	return after, fresh, err
}

// replace writes a changed row and keeps everything derived in step: keys, links, last contact, hooks, open pages.
func (s *Service) replace(ctx context.Context, tx *db.Tx, by account.ID, before, after *row) error {
	if before.DeletedAt == nil {
		if err := unlink(ctx, tx, by, before); err != nil {
			return err
		}
	}
	if !after.HappenedAt.Equal(before.HappenedAt) {
		key, err := freeKey(ctx, tx, after.HappenedAt, true)
		if err != nil {
			return err
		}
		after.key = &key
	}
	if err := update(ctx, tx, by, after); err != nil {
		return err
	}
	if after.DeletedAt == nil {
		if err := link(ctx, tx, by, after); err != nil {
			return err
		}
	}
	if err := s.refreshLast(ctx, tx, by, slices.Concat(before.people, after.people)); err != nil {
		return err
	}
	for _, f := range s.changed {
		if err := f(ctx, tx, by, before.naming(), after.naming()); err != nil {
			return err
		}
	}
	return s.o.Live.Publish(ctx, tx, by, live.Event{Name: "moments"})
}

// naming is the moment with the ids of those it names, for hooks.
func (v *row) naming() Moment {
	m := v.Moment
	m.People = make([]Ref, len(v.people))
	for i, id := range v.people {
		m.People[i] = Ref{ID: id}
	}
	return m
}

// refreshLast derives the last contact of people from what is there now.
func (s *Service) refreshLast(ctx context.Context, tx *db.Tx, by account.ID, people []string) error {
	slices.Sort(people)
	for _, p := range slices.Compact(people) {
		at, id, err := lastContact(ctx, tx, by, p)
		if err != nil {
			return err
		}
		if err := s.o.People.SetLastContact(ctx, tx, by, p, at, id); err != nil {
			return err
		}
	}
	return nil
}

// Delete takes a moment away. For UndoFor it can be brought back; then its words are gone for good.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) (Moment, error) {
	var after row
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := getRow(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case before.DeletedAt != nil:
			return fault.Gone("moment")
		case ifRevision != 0 && ifRevision != before.Revision:
			return fault.Stale("moment")
		}
		now := s.now()
		after = before
		after.DeletedAt, after.UpdatedAt, after.Revision = &now, now, before.Revision+1
		if err := s.replace(ctx, tx, by, &before, &after); err != nil {
			return err
		}
		return s.o.Jobs.Enqueue(ctx, tx, Purge{}, job.At(now.Add(UndoFor+time.Second)))
	})
	return after.Moment, err
}

// Undo brings a deleted moment back, within UndoFor. A moment that is not deleted is returned as it is.
func (s *Service) Undo(ctx context.Context, by account.ID, id string) (Moment, error) {
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := getRow(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case before.DeletedAt == nil:
			return nil
		case before.key == nil || s.now().Sub(*before.DeletedAt) > UndoFor:
			return fault.Gone("moment")
		}
		after := before
		after.DeletedAt, after.UpdatedAt, after.Revision = nil, s.now(), before.Revision+1
		return s.replace(ctx, tx, by, &before, &after)
	})
	if err != nil {
		return Moment{}, err
	}
	return s.Get(ctx, by, id)
}

// What UndoLast did.
const (
	Restored = "restored"
	Removed  = "deleted"
)

// UndoLast takes back the newest of the last ten minutes: a deletion is restored, a moment just logged is deleted. It
// says which.
func (s *Service) UndoLast(ctx context.Context, by account.ID) (Moment, string, error) {
	since := s.now().Add(-UndoFor)
	gone, deleted, err := lastDeleted(ctx, s.db, by, since)
	if err != nil {
		return Moment{}, "", err
	}
	made, logged, err := lastLogged(ctx, s.db, by, since)
	switch {
	case err != nil:
		return Moment{}, "", err
	case deleted && (!logged || gone.DeletedAt.After(made.CreatedAt)):
		m, err := s.Undo(ctx, by, gone.ID)
		return m, Restored, err
	case logged:
		m, err := s.Delete(ctx, by, made.ID, 0)
		return m, Removed, err
	}
	return Moment{}, "", fault.Invalid("nothing_to_undo", "", "There is nothing to undo: nothing was logged or deleted in the last ten minutes.")
}

// Purge is the job that takes the words of old deletions away for good.
type Purge struct{}

// Kind names the job.
func (Purge) Kind() string { return "moment.purge" }

func (s *Service) purgeJob(ctx context.Context, _ Purge) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := purge(ctx, tx, s.now().Add(-UndoFor))
		return err
	})
}
