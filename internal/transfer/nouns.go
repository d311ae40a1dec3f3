package transfer

import (
	"context"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/intention"
	"kith/internal/opportunity"
)

func (s *Service) exportAccount(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
	u, err := s.o.Accounts.GetFrom(ctx, r, by)
	if err != nil {
		return err
	}
	return put(profile{u.Name, u.Zone, u.Locale, u.DayStart, u.Revision, db.Micros(u.CreatedAt), db.Micros(u.UpdatedAt)})
}

// restoreAccount takes name, zone, language and day boundary over while the account is still empty; an account that is in
// use keeps its own.
func (s *Service) restoreAccount(ctx context.Context, tx *db.Tx, by account.ID, line []byte) (bool, error) {
	var p profile
	if err := decode(line, &p); err != nil {
		return false, err
	}
	used, err := db.One(ctx, tx, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM moment WHERE user_id = $1)
		OR EXISTS (SELECT 1 FROM person WHERE user_id = $1) OR EXISTS (SELECT 1 FROM intention WHERE user_id = $1)`, string(by))
	if err != nil || used {
		return false, err
	}
	return true, s.o.Accounts.Restore(ctx, tx, by, account.User{
		Name: p.Name, Zone: p.Zone, Locale: p.Locale, DayStart: p.DayStart, Revision: p.Revision, CreatedAt: db.Time(p.CreatedAt), UpdatedAt: db.Time(p.UpdatedAt),
	})
}

func (s *Service) exportIntentions(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
	return s.o.Intentions.Export(ctx, r, by, func(v intention.Row) error {
		return put(goal{
			ID: v.ID, Day: v.Day, Text: v.Text, Practice: v.Practice, Person: v.Person, Cue: v.Cue, State: v.State, ClosedBy: v.ClosedBy,
			Fingerprint: v.Fingerprint, Revision: v.Revision, CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: db.MicrosOrNil(v.DeletedAt),
		})
	})
}

func (s *Service) restoreIntention(ctx context.Context, tx *db.Tx, by account.ID, v goal) (bool, error) {
	row := intention.Row{
		Intention: intention.Intention{
			ID: v.ID, Day: v.Day, Text: v.Text, Practice: v.Practice, Person: v.Person, Cue: v.Cue, State: v.State, ClosedBy: v.ClosedBy,
			Revision: v.Revision, CreatedAt: db.Time(v.CreatedAt), UpdatedAt: db.Time(v.UpdatedAt),
		},
		Fingerprint: v.Fingerprint, DeletedAt: db.TimeOrNil(v.DeletedAt),
	}
	return s.o.Intentions.Restore(ctx, tx, by, row)
}

func (s *Service) exportAnswers(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
	return s.o.Opportunities.Export(ctx, r, by, func(v opportunity.Row) error {
		return put(answer{v.Day, v.Opportunity, v.Answer, db.Micros(v.AnsweredAt)})
	})
}

func (s *Service) restoreAnswer(ctx context.Context, tx *db.Tx, by account.ID, v answer) (bool, error) {
	return s.o.Opportunities.Restore(ctx, tx, by, opportunity.Row{Day: v.Day, Opportunity: v.Opportunity, Answer: v.Answer, AnsweredAt: db.Time(v.AnsweredAt)})
}
