package demo

import (
	"context"
	"time"

	"kith/internal/db"
	"kith/internal/opportunity"
	"kith/internal/practice"
)

// never are practices that whoever lives here does not want to see again.
func never() []string { return []string{"body-scan", "gratitude-letter"} }

func writeAnswers(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	r := s.chance("answers")
	library := practice.Library(s.Lang)
	answer := func(d Day, id, answer string) error {
		at := d.Date.Add(time.Duration(-280+r.IntN(200)) * time.Minute)
		if at.After(s.Now) {
			return nil
		}
		_, err := n.Opportunities.Restore(ctx, tx, s.User.ID, opportunity.Row{
			Day: d.Name, Opportunity: opportunity.SourcePractice + ":" + id, Answer: answer, AnsweredAt: at,
		})
		return err
	}
	for i, id := range never() {
		if err := answer(s.Days[yearDays-300+i*70], id, opportunity.NotThis); err != nil {
			return err
		}
	}
	day := s.Days[yearDays-120]
	if _, err := n.Opportunities.RestoreNever(ctx, tx, s.User.ID, opportunity.NeverRow{Subject: "kind:laugh", Day: day.Name, SaidAt: day.Date.UnixMicro()}); err != nil {
		return err
	}
	if _, err := n.Opportunities.RestoreWishes(ctx, tx, s.User.ID, opportunity.WishRow{RestDays: "0", Revision: 1, UpdatedAt: day.Date.UnixMicro()}); err != nil {
		return err
	}
	for _, d := range s.Days[:yearDays] {
		if r.IntN(3) > 0 || gaps(d.Ago) < 1 {
			continue
		}
		said := opportunity.NotNow
		if r.IntN(3) > 0 {
			said = opportunity.Accepted
		}
		if err := answer(d, library[r.IntN(len(library))].ID, said); err != nil {
			return err
		}
	}
	return nil
}
