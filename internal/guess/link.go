package guess

import (
	"context"
	"encoding/json"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/moment"
	"kith/internal/person"
)

// MomentLogged has a moment take up the guesses it is the answer to. It is a hook on logged moments, behind the one that
// closes intentions.
func (s *Service) MomentLogged(ctx context.Context, tx *db.Tx, by account.ID, m moment.Moment) error {
	now := s.instant()
	// Every moment asks, and nearly all are told no. Only that no is kept.
	newest, err := s.newest.In(ctx, tx, string(by), func(ctx context.Context) (int64, error) { return newestOpen(ctx, tx, by) })
	since := now.Add(-Waits)
	if err != nil || newest <= db.Micros(since) {
		return err
	}
	rows, err := open(ctx, tx, by, since)
	if err != nil {
		return err
	}
	intention, looked := "", false
	for _, v := range rows {
		if v.Moment != "" || !v.inTime(m) {
			continue
		}
		if v.Person == "" && !looked {
			if intention, err = closed(ctx, tx, by, m.ID); err != nil {
				return err
			}
			looked = true
		}
		if !v.takenUp(m, intention) {
			continue
		}
		v.link, v.AskedOn, v.Revision, v.UpdatedAt = m.ID, "", v.Revision+1, now
		if err := save(ctx, tx, by, v); err != nil {
			return err
		}
	}
	return nil
}

// MomentChanged lets go of the guesses that a moment no longer answers, and takes up others. A deleted moment keeps its
// guesses: they count for nothing until the deletion is undone. It is a hook on changed moments.
func (s *Service) MomentChanged(ctx context.Context, tx *db.Tx, by account.ID, after moment.Moment) error {
	if after.DeletedAt != nil {
		return nil
	}
	rows, err := ofMoment(ctx, tx, by, after.ID)
	if err != nil {
		return err
	}
	for _, v := range rows {
		forgotten := v.Person == "" && v.Intention == "" // the person was deleted since
		if forgotten || v.takenUp(after, v.Intention) {
			continue
		}
		v.link, v.AskedOn, v.Landed, v.AnsweredAt, v.Revision, v.UpdatedAt = "", "", nil, nil, v.Revision+1, s.instant()
		if err := save(ctx, tx, by, v); err != nil {
			return err
		}
	}
	return s.MomentLogged(ctx, tx, by, after)
}

// PersonDeleted forgets whom guesses were about. Figures of what was stay; what waits is gone. It is a hook on people.
func (s *Service) PersonDeleted(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	rows, err := about(ctx, tx, by, id)
	if err != nil {
		return err
	}
	for _, v := range rows {
		if v.AnsweredAt == nil {
			err = bury(ctx, tx, by, v, s.instant())
		} else {
			v.Person, v.Revision, v.UpdatedAt = "", v.Revision+1, s.instant()
			err = save(ctx, tx, by, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Mover moves the guesses about a person who is merged into another, and back.
func (s *Service) Mover() person.Mover {
	return person.Mover{
		Name: "guesses",
		Move: func(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string) (json.RawMessage, error) {
			rows, err := about(ctx, tx, by, gone)
			if err != nil || len(rows) == 0 {
				return nil, err
			}
			ids := make([]string, len(rows))
			for i, v := range rows {
				ids[i] = v.ID
				if err := s.setPerson(ctx, tx, by, v, keep); err != nil {
					return nil, err
				}
			}
			return json.Marshal(ids)
		},
		Back: func(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string, moved json.RawMessage) error {
			var ids []string
			if len(moved) > 0 {
				if err := json.Unmarshal(moved, &ids); err != nil {
					return err
				}
			}
			for _, id := range ids {
				v, err := find(ctx, tx, by, id)
				if err != nil {
					return err
				}
				if v == nil || v.deletedAt != nil || v.Person != keep {
					continue
				}
				if err := s.setPerson(ctx, tx, by, *v, gone); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (s *Service) setPerson(ctx context.Context, tx *db.Tx, by account.ID, v row, to string) error {
	v.Person, v.Revision, v.UpdatedAt = to, v.Revision+1, s.instant()
	return save(ctx, tx, by, v)
}
