package demo

import (
	"context"

	"kith/internal/db"
	"kith/internal/person"
)

func writePeople(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	for _, f := range s.Cast {
		id, at := s.Person[f.Key], db.Micros(s.met(f))
		_, err := n.People.Restore(ctx, tx, s.User.ID, person.Record{
			ID: id, Name: f.Name, Context: f.Context, Fingerprint: fingerprint(id), Revision: 1, CreatedAt: at, UpdatedAt: at,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
