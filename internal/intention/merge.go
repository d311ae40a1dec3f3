package intention

import (
	"context"
	"encoding/json"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/person"
)

// Mover moves the intentions about a person who is merged into another, and back.
func (s *Service) Mover() person.Mover {
	return person.Mover{
		Name: "intentions",
		Move: func(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string) (json.RawMessage, error) {
			ids, err := about(ctx, tx, by, gone)
			if err != nil || len(ids) == 0 {
				return nil, err
			}
			for _, id := range ids {
				if err := setPerson(ctx, tx, by, id, gone, keep, s.instant()); err != nil {
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
				if err := setPerson(ctx, tx, by, id, keep, gone, s.instant()); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
