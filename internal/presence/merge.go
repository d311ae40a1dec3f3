package presence

import (
	"context"
	"encoding/json"
	"slices"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/person"
)

// Mover moves the presences of a person who is merged into another, and back. What it moved is kept as it was: two people
// who were both there are one afterwards, and two again.
func (s *Service) Mover() person.Mover {
	return person.Mover{
		Name: "presence",
		Move: func(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string) (json.RawMessage, error) {
			rows, err := with(ctx, tx, by, gone)
			if err != nil || len(rows) == 0 {
				return nil, err
			}
			was := map[string][]string{}
			for _, r := range rows {
				was[r.ID] = r.people
				var people []string
				for _, id := range r.people {
					if id == gone {
						id = keep
					}
					if !slices.Contains(people, id) {
						people = append(people, id)
					}
				}
				if err := setPeople(ctx, tx, by, r.ID, people, s.instant()); err != nil {
					return nil, err
				}
			}
			return json.Marshal(was)
		},
		Back: func(ctx context.Context, tx *db.Tx, by account.ID, _, _ string, moved json.RawMessage) error {
			var was map[string][]string
			if len(moved) > 0 {
				if err := json.Unmarshal(moved, &was); err != nil {
					return err
				}
			}
			for id, people := range was {
				if err := setPeople(ctx, tx, by, id, people, s.instant()); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
