package demo

import (
	"context"
	"slices"
	"strings"

	"kith/internal/db"
	"kith/internal/person"
)

func writePeople(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	notes := map[string]string{}
	// key | why somebody stands as they do
	err := s.wordsOf("notes.txt", 2, func(part []string) error {
		notes[part[0]] = part[1]
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range s.Cast {
		id, at := s.Person[f.Key], db.Micros(s.met(f))
		rec := person.Record{
			ID: id, Name: f.Name, Nickname: f.Nickname, Context: f.Context, StandingNote: notes[f.Key], Fingerprint: fingerprint(id),
			Revision: 1, CreatedAt: at, UpdatedAt: at,
		}
		for ring, keys := range rings() {
			if slices.Contains(strings.Fields(keys), f.Key) {
				rec.Ring = ring
			}
		}
		if v, ok := natures()[f.Key]; ok {
			rec.Standing, rec.Zone, rec.Locale = v.standing, v.zone, v.locale
			if v.cadence > 0 {
				rec.Cadence = &v.cadence
			}
			if v.to > 0 {
				rec.HoursFrom, rec.HoursTo = &v.from, &v.to
			}
		}
		if _, err := n.People.Restore(ctx, tx, s.User.ID, rec); err != nil {
			return err
		}
	}
	return nil
}
