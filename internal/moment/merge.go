package moment

import (
	"context"
	"encoding/json"
	"slices"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/live"
	"kith/internal/person"
)

// Mover moves the moments of a person who is merged into another, and back.
func (s *Service) Mover() person.Mover {
	return person.Mover{Name: "moments", Move: s.movePerson, Back: s.movePersonBack}
}

// taken is one moment that was moved. Before is its people where there were others beside the one who went.
type taken struct {
	ID     string   `json:"id"`
	Before []string `json:"before,omitempty"`
}

// movePerson gives the moments of gone to keep, also those whose deletion can still be undone.
func (s *Service) movePerson(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string) (json.RawMessage, error) {
	rows, err := withPerson(ctx, tx, by, gone)
	if err != nil {
		return nil, err
	}
	list := make([]taken, len(rows))
	for i := range rows {
		v := &rows[i]
		list[i].ID = v.ID
		if len(v.people) > 1 {
			list[i].Before = v.people
		}
		if err := s.setPeople(ctx, tx, by, v, replaced(v.people, gone, keep)); err != nil {
			return nil, err
		}
	}
	if err := s.refreshLast(ctx, tx, by, []string{keep}); err != nil || len(list) == 0 {
		return nil, err
	}
	if err := s.o.Live.Publish(ctx, tx, by, live.Event{Name: "moments"}); err != nil {
		return nil, err
	}
	return json.Marshal(list)
}

// movePersonBack gives each moment back the people it had, unless they were changed since: then only the one who went
// takes the place of the one who stayed.
func (s *Service) movePersonBack(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string, moved json.RawMessage) error {
	var list []taken
	if len(moved) > 0 {
		if err := json.Unmarshal(moved, &list); err != nil {
			return err
		}
	}
	for _, t := range list {
		v, err := getRow(ctx, tx, by, t.ID)
		if err != nil {
			return err
		}
		if v.key == nil { // deleted for good since
			continue
		}
		before := t.Before
		if len(before) == 0 {
			before = []string{gone}
		}
		after := before
		switch {
		case slices.Equal(v.people, replaced(before, gone, keep)):
		case !slices.Contains(v.people, keep):
			continue
		case slices.Contains(before, keep): // both had been there
			after = slices.Insert(slices.Clone(v.people), slices.Index(v.people, keep)+1, gone)
		default:
			after = replaced(v.people, keep, gone)
		}
		if err := s.setPeople(ctx, tx, by, &v, after); err != nil {
			return err
		}
	}
	if err := s.refreshLast(ctx, tx, by, []string{keep, gone}); err != nil {
		return err
	}
	return s.o.Live.Publish(ctx, tx, by, live.Event{Name: "moments"})
}

// replaced is a list of people in which to stands where from did, each once.
func replaced(people []string, from, to string) []string {
	list := make([]string, 0, len(people))
	for _, p := range people {
		if p == from {
			p = to
		}
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// setPeople writes whom a moment names, and nothing else of it.
func (s *Service) setPeople(ctx context.Context, tx *db.Tx, by account.ID, v *row, people []string) error {
	if _, err := tx.Exec(ctx, "UPDATE moment SET people = $1, revision = revision + 1, updated_at = $2 WHERE user_id = $3 AND id = $4",
		pack(people), db.Micros(s.now()), string(by), v.ID); err != nil {
		return err
	}
	if v.DeletedAt != nil {
		return nil
	}
	for _, id := range v.people {
		if !slices.Contains(people, id) {
			if _, err := tx.Exec(ctx, "DELETE FROM moment_person WHERE user_id = $1 AND person_id = $2 AND order_key = $3", string(by), id, *v.key); err != nil {
				return err
			}
		}
	}
	for _, id := range people {
		if !slices.Contains(v.people, id) {
			if _, err := tx.Exec(ctx, "INSERT INTO moment_person (user_id, person_id, order_key, contact) VALUES ($1, $2, $3, $4)", string(by), id, *v.key, v.Contact); err != nil {
				return err
			}
		}
	}
	return nil
}

// withPerson are the moments that name a person, newest first, and then those that are deleted and not yet gone for good.
func withPerson(ctx context.Context, r db.Reader, by account.ID, personID string) ([]row, error) {
	rows, err := db.All(ctx, r, scan, "SELECT "+columns+` FROM moment_person p JOIN moment m ON m.order_key = p.order_key
		WHERE p.user_id = $1 AND p.person_id = $2 ORDER BY p.order_key DESC`, string(by), personID)
	if err != nil {
		return nil, err
	}
	deleted, err := db.All(ctx, r, scan, "SELECT "+columns+` FROM moment m
		WHERE m.deleted_at IS NOT NULL AND m.order_key IS NOT NULL AND m.user_id = $1 ORDER BY m.id`, string(by))
	for _, v := range deleted {
		if slices.Contains(v.people, personID) {
			rows = append(rows, v)
		}
	}
	return rows, err
}
