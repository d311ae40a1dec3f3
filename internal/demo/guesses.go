package demo

import (
	"context"
	"slices"
	"time"

	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/guess"
)

// guessedFor is for how many days there have been guesses, and thoughtOf how long before a word its guess is made.
const (
	guessedFor = 190
	thoughtOf  = 7 * time.Minute
)

// guesses are made before one word in three that went out to somebody. They mostly land better than was thought, with the
// near ones less so; some answers are left open, and the newest is still to be asked about.
func (s *Story) guesses() []guess.Record {
	r := s.chance("guesses")
	var list []guess.Record
	for _, m := range s.Moments {
		ago := s.Now.Sub(m.HappenedAt)
		by := m.Read.StartedBy
		if len(m.People) != 1 || m.Read.Contact != capture.ContactYes || by == capture.ByThem || ago > guessedFor*24*time.Hour || ago < guess.AskAfter {
			continue
		}
		if !slices.Contains([]string{capture.CheckIn, capture.Thanks, capture.Compliment, capture.Kindness, capture.Celebration}, m.Read.Kind) {
			continue // nobody guesses before a laugh
		}
		newest := ago < 40*time.Hour
		if r.IntN(3) > 0 && !newest {
			continue
		}
		value := 3 + r.IntN(5)
		landed := min(guess.Max, max(0, value+r.IntN(6)-1))
		f, _ := s.figure(m.People[0])
		if f.Weekly > 1 { // whom one sees all the time one can read
			value = 6 + r.IntN(3)
			landed = min(guess.Max, value+r.IntN(4)-1)
		}
		made := m.HappenedAt.Add(-thoughtOf)
		rec := guess.Record{
			ID: s.id(r, made), Person: s.Person[m.People[0]], Value: value, Moment: m.ID, Revision: 2, CreatedAt: made.UnixMicro(), UpdatedAt: m.Captured.UnixMicro(),
		}
		rec.Fingerprint = fingerprint(rec.ID)
		if at := m.Captured.Add(guess.AskAfter + time.Duration(r.IntN(90))*time.Minute); !newest && at.Before(s.Now) {
			us := at.UnixMicro()
			rec.AskedOn, rec.AnsweredAt, rec.Revision, rec.UpdatedAt = s.User.Day(at.In(s.Loc)), &us, 4, us
			switch r.IntN(9) {
			case 0: // left
				rec.AnsweredAt, rec.Revision = nil, 3
			case 1: // not known
			default:
				rec.Landed = &landed
			}
		}
		list = append(list, rec)
	}
	return list
}

func writeGuesses(ctx context.Context, tx *db.Tx, _ Nouns, s *Story) error {
	for _, rec := range s.guesses() {
		if _, err := guess.Restore(ctx, tx, s.User.ID, rec); err != nil {
			return err
		}
	}
	return nil
}
