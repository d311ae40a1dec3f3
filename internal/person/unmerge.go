package person

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// unfill takes from a what fill gave, where it is still as it was given.
func (s *Service) unfill(by account.ID, a Person, did moved) (Person, error) {
	for _, f := range []struct {
		name string
		to   *string
	}{
		{"nickname", &a.Nickname}, {"context", &a.Context}, {"ring", &a.Ring}, {"zone", &a.Zone}, {"locale", &a.Locale}, {"photo", &a.Photo},
	} {
		if v, ok := did.Filled[f.name]; ok && v[1] == *f.to {
			*f.to = ""
		}
	}
	if v, ok := did.Filled["cadence"]; ok && a.Cadence != nil && v[1] == float64(*a.Cadence) {
		a.Cadence = nil
	}
	if v, ok := did.Filled["hours"]; ok && a.HoursFrom != nil && v[1] == float64(*a.HoursFrom*10000+*a.HoursTo) {
		a.HoursFrom, a.HoursTo = nil, nil
	}
	if v, ok := did.Filled["note"]; ok { // sealed anew by every change: compared as it is read
		given, _ := v[1].(string)
		was, err := s.openNote(by, a.ID, given)
		if err != nil {
			return a, err
		}
		is, err := s.openNote(by, a.ID, a.StandingNote)
		if err != nil {
			return a, err
		}
		if was == is {
			a.StandingNote = ""
		}
	}
	return a, nil
}

// UndoMerge makes one person two again, as they were: what was moved goes back, with what was changed in it since; what was
// added since stays with the one who stayed. A merge that is undone is returned as it is. Later merges with the same
// person are taken back first.
func (s *Service) UndoMerge(ctx context.Context, by account.ID, id string) (m Merge, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err = s.unmergeIn(ctx, tx, by, id)
		return err
	})
	return m, err
}

func (s *Service) unmergeIn(ctx context.Context, tx *db.Tx, by account.ID, id string) (Merge, error) {
	m, text, err := getMerge(ctx, tx, by, id)
	if err != nil || m.UndoneAt != nil {
		return m, err
	}
	var did moved
	if err := json.Unmarshal([]byte(text), &did); err != nil {
		return m, err
	}
	later, err := db.One(ctx, tx, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM person_merge WHERE user_id = $1 AND undone_at IS NULL AND id <> $2
		AND (gone = $3 OR keep = $3 AND merged_at >= $4))`, string(by), id, m.Keep, db.Micros(m.MergedAt))
	if err != nil {
		return m, err
	}
	if later {
		return m, fault.Conflict("merge_later", "", "This person was merged with somebody else since. Undo that merge first.")
	}
	a, err := get(ctx, tx, by, m.Keep)
	if err != nil {
		return m, err
	}
	if was, err := state(ctx, tx, by, m.Gone); err != nil || !was.deleted || was.merged != m.Keep {
		return m, cmp.Or(err, error(fault.Gone("person")))
	}
	now := s.instant()
	b := did.Gone.on(Person{ID: m.Gone})
	if err := revive(ctx, tx, by, b, now); err != nil {
		return m, err
	}
	for _, table := range owned {
		for _, row := range did.Rows[table] {
			if _, err := tx.Exec(ctx, "UPDATE "+table+" SET person_id = $1, updated_at = $2, revision = revision + 1 WHERE user_id = $3 AND id = $4 AND person_id = $5",
				m.Gone, db.Micros(now), string(by), row, m.Keep); err != nil {
				return m, err
			}
		}
	}
	for _, row := range did.Others {
		if _, err := tx.Exec(ctx, "UPDATE person_relation SET other_id = $1, updated_at = $2, revision = revision + 1 WHERE user_id = $3 AND id = $4 AND other_id = $5",
			m.Gone, db.Micros(now), string(by), row, m.Keep); err != nil {
			return m, err
		}
	}
	if err := backGroups(ctx, tx, by, m, did); err != nil {
		return m, err
	}
	had := a.Photo
	if a, err = s.unfill(by, a, did); err != nil {
		return m, err
	}
	if had != "" && a.Photo == "" {
		if _, err := tx.Exec(ctx, "DELETE FROM person_photo WHERE user_id = $1 AND person_id = $2", string(by), m.Keep); err != nil {
			return m, err
		}
	}
	a.Revision++
	a.UpdatedAt = now
	if err := update(ctx, tx, by, a); err != nil {
		return m, err
	}
	for _, h := range slices.Backward(s.merges) {
		if err := h.Back(ctx, tx, by, m.Keep, m.Gone, did.Hooks[h.Name]); err != nil {
			return m, err
		}
	}
	m.UndoneAt = &now
	// The words of the one who went are in their own row again.
	_, err = tx.Exec(ctx, "UPDATE person_merge SET undone_at = $1, gone_name = '', gone_fold = '', moved = '' WHERE user_id = $2 AND id = $3", db.Micros(now), string(by), id)
	return m, err
}

// revive brings a person back from the tombstone a merge left.
func revive(ctx context.Context, tx *db.Tx, by account.ID, p Person, now time.Time) error {
	if _, err := tx.Exec(ctx, "UPDATE person SET deleted_at = NULL, merged_into = '' WHERE user_id = $1 AND id = $2", string(by), p.ID); err != nil {
		return err
	}
	was, err := db.One(ctx, tx, db.Value[int64], "SELECT revision FROM person WHERE user_id = $1 AND id = $2", string(by), p.ID)
	if err != nil {
		return err
	}
	p.Revision, p.UpdatedAt = was+1, now
	return update(ctx, tx, by, p)
}

// backGroups puts the one who went back into their groups, and takes the one who stayed out of those joined for them.
// A group that was deleted since stays so.
func backGroups(ctx context.Context, tx *db.Tx, by account.ID, m Merge, did moved) error {
	for _, g := range did.Was {
		if _, deleted, err := groupState(ctx, tx, by, g); err != nil {
			return err
		} else if deleted {
			continue
		}
		if err := join(ctx, tx, by, g, m.Gone); err != nil {
			return err
		}
	}
	for _, g := range did.Groups {
		if _, err := tx.Exec(ctx, "DELETE FROM person_group_member WHERE user_id = $1 AND group_id = $2 AND person_id = $3", string(by), g, m.Keep); err != nil {
			return err
		}
	}
	return nil
}
