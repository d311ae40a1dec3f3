package cli

import (
	"context"
	"fmt"

	"kith/internal/client"
)

type whyCmd struct {
	Number int    `arg:"" optional:"" default:"1" help:"Which of today's suggestions; the first without it."`
	Answer string `placeholder:"ANSWER" help:"Answer it: not_now, not_this, not_kind, never_person or accepted."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run says why a suggestion is made, in one sentence of facts, and what decided its place.
func (c *whyCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		t, err := k.Today(ctx)
		if err != nil {
			return err
		}
		if c.Number < 1 || c.Number > len(t.Opportunities) {
			return usagef("today has no suggestion %d", c.Number)
		}
		o := t.Opportunities[c.Number-1]
		if c.Answer != "" {
			if err := k.AnswerOpportunity(ctx, o.ID, c.Answer); err != nil {
				return err
			}
		}
		if c.JSON {
			return a.printJSON(o)
		}
		s := a.screen
		s.paragraph(0, tint(ember, "›")+" "+clean(o.Text))
		s.paragraph(2, clean(o.Why))
		for _, r := range o.Reasons {
			s.line(quiet(fmt.Sprintf("  %+5.1f  %s", r.Points, r.Name)))
		}
		return nil
	})
}
