package intake

import (
	"context"
	"encoding/json"
	"slices"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/person"
)

// changed is what an import did to somebody who was there before.
type changed struct {
	Past  []person.Past `json:"past,omitempty"`
	Cards []cardWas     `json:"cards,omitempty"`
}

// cardWas is what was known of a card before; nothing if no import knew it.
type cardWas struct {
	Key string      `json:"key"`
	Was *ItemRecord `json:"was,omitempty"`
}

// did remembers what was done to somebody. Of whom the import made itself nothing is: they go as a whole.
func (t *taking) did(id string, past person.Past, key string, was *item) {
	if !t.alive[id] || past.Empty() {
		return
	}
	if t.past[id] == nil {
		t.past[id] = &changed{}
	}
	c := t.past[id]
	c.Past = append(c.Past, past)
	if key == "" {
		return
	}
	before := cardWas{Key: key}
	if was != nil {
		r := was.record()
		before.Was = &r
	}
	c.Cards = append(c.Cards, before)
}

func (t *taking) keepPast(ctx context.Context) error {
	rows := db.NewRows("import_change", "user_id, import_id, person_id, change", "")
	for id, c := range t.past {
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if err := rows.Add(ctx, t.tx, string(t.by), t.v.ID, id, string(text)); err != nil {
			return err
		}
	}
	return rows.Flush(ctx, t.tx)
}

// Undo takes an import back: the people it made and that nobody touched since are removed, and those who were there before
// are as they were. Whatever their owner edited since stays, and who that is about is named.
func (s *Service) Undo(ctx context.Context, by account.ID, id string) (v Taken, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v = Taken{}
		if v.Import, err = get(ctx, tx, by, id); err != nil {
			return err
		}
		r := &v.Import.Report
		switch v.Import.State {
		case Undone:
			return nil
		case Reading, Ready:
			return fault.Conflict("import_not_done", "", "This file was not taken over; there is nothing to undo.")
		}
		if err := s.undo(ctx, tx, by, &v); err != nil {
			return err
		}
		v.Import.State = Undone
		r.Removed, r.Restored, r.Left = v.Removed, v.Restored, nil
		for _, k := range v.Left {
			r.Left = append(r.Left, k.ID)
		}
		if err := save(ctx, tx, by, &v.Import, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, by)
	})
	return v, err
}

func (s *Service) undo(ctx context.Context, tx *db.Tx, by account.ID, v *Taken) error {
	people := s.o.People
	// All is looked at before anything is removed: who goes leaves a mark on those they are tied to.
	stamps, err := people.Stamps(ctx, tx, by)
	if err != nil {
		return err
	}
	named, err := tied(ctx, tx, by)
	if err != nil {
		return err
	}
	items, err := madeBy(ctx, tx, by, v.Import.ID)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for _, it := range items {
		id, err := people.Became(ctx, tx, by, it.person)
		if err != nil {
			return err
		}
		if id == "" || done[id] { // deleted by their owner
			continue
		}
		done[id] = true
		if id == it.person && !named[id] && it.stamp == stampText(stamps[id]) {
			if err := people.DeleteIn(ctx, tx, by, id, 0); err != nil {
				return err
			}
			if err := forgetPerson(ctx, tx, by, id); err != nil {
				return err
			}
			v.Removed++
			continue
		}
		if v.Kept, err = s.stays(ctx, tx, by, v.Kept, id); err != nil {
			return err
		}
	}
	if err := s.restore(ctx, tx, by, v, stamps); err != nil {
		return err
	}
	if err := forgetGroups(ctx, tx, by, v.Import.ID); err != nil {
		return err
	}
	return people.DropEmptyGroupsIn(ctx, tx, by, v.Import.Report.Made)
}

func (s *Service) stays(ctx context.Context, tx *db.Tx, by account.ID, list []Kept, id string) ([]Kept, error) {
	names, err := s.o.People.Names(ctx, tx, by, []string{id})
	return append(list, Kept{id, names[id]}), err
}

// restore gives people who were there before what the import changed of them.
func (s *Service) restore(ctx context.Context, tx *db.Tx, by account.ID, v *Taken, before map[string]person.Stamp) error {
	changes, err := changesOf(ctx, tx, by, v.Import.ID)
	if err != nil {
		return err
	}
	var cards []cardWas
	who := map[string]string{} // people by card
	for _, one := range changes {
		id, err := s.o.People.Became(ctx, tx, by, one.person)
		if err != nil {
			return err
		}
		if id == "" { // deleted by their owner
			continue
		}
		if id != one.person { // merged into another one since: what belongs to whom is no longer told apart
			if v.Left, err = s.stays(ctx, tx, by, v.Left, id); err != nil {
				return err
			}
			continue
		}
		whole := true
		for _, past := range slices.Backward(one.Past) {
			all, err := s.o.People.RevertIn(ctx, tx, by, id, past)
			if err != nil {
				return err
			}
			whole = whole && all
		}
		if whole {
			v.Restored++
		} else if v.Left, err = s.stays(ctx, tx, by, v.Left, id); err != nil {
			return err
		}
		for _, c := range one.Cards {
			who[c.Key] = id
		}
		cards = append(cards, one.Cards...)
	}
	if err := forgetChangesOf(ctx, tx, by, v.Import.ID); err != nil || len(cards) == 0 {
		return err
	}
	after, err := s.o.People.Stamps(ctx, tx, by)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if err := s.restoreCard(ctx, tx, by, v.Import.ID, c, stampText(before[who[c.Key]]), stampText(after[who[c.Key]])); err != nil {
			return err
		}
	}
	return nil
}

// restoreCard makes a card known as it was, so that the file may come again. A later import that had it since stands.
func (s *Service) restoreCard(ctx context.Context, tx *db.Tx, by account.ID, importID string, c cardWas, before, after string) error {
	now, err := getItem(ctx, tx, by, c.Key)
	if err != nil || now == nil || now.importID != importID {
		return err
	}
	if c.Was == nil {
		return forgetItem(ctx, tx, by, c.Key)
	}
	was := c.Was.item()
	was.person = now.person
	if now.stamp == before { // nobody touched them since
		was.stamp = after
	}
	return putItem(ctx, tx, by, was)
}
