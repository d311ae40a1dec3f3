package cli

import (
	"context"
	"fmt"

	"kith/internal/api"
	"kith/internal/client"
)

type whyCmd struct {
	Number int    `arg:"" optional:"" help:"Which of today's suggestions; the first without it."`
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
		if c.Number == 0 {
			c.Number = 1
		}
		if c.Number < 1 || c.Number > len(t.Opportunities) {
			return usagef("today has %d suggestions", len(t.Opportunities))
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

type practiceCmd struct {
	ID  string `arg:"" optional:"" help:"One practice; without it, all of them."`
	Off bool   `help:"Do not suggest it any more."`
	On  bool   `help:"Suggest it again."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows the library of practices, or one of them with the studies behind it.
func (c *practiceCmd) Run(ctx context.Context, a *app) error {
	if (c.Off || c.On) && (c.ID == "" || c.Off == c.On) {
		return usagef("name one practice, and either --off or --on")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		if c.ID == "" {
			list, err := k.Practices(ctx)
			if err != nil {
				return err
			}
			if c.JSON {
				return a.printJSON(list)
			}
			for _, p := range list.Items {
				a.screen.line(fmt.Sprintf("%-20s %s", p.ID, clean(p.Name)))
			}
			return nil
		}
		p, err := k.Practice(ctx, c.ID)
		if err != nil {
			return err
		}
		switch {
		case c.Off:
			err = k.PutAway(ctx, "practice:"+p.ID)
		case c.On:
			err = k.SuggestAgain(ctx, "practice:"+p.ID)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(p)
		}
		a.screen.practice(p)
		return nil
	})
}

func (s *screen) practice(p api.Practice) {
	s.line(bold(clean(p.Name)))
	s.paragraph(0, clean(p.How))
	for _, caution := range p.Cautions {
		s.paragraph(0, clean(caution))
	}
	s.line()
	s.paragraph(0, quiet(clean(p.Evidence)))
	s.paragraph(0, quiet("Evidence for "+clean(p.Outcome)+": "+p.Grade))
	for _, src := range p.Sources {
		words := "  " + clean(src.Citation) + "  https://doi.org/" + src.DOI
		if !src.Verified {
			words += " (address not checked by us)"
		}
		s.line(quiet(words))
	}
}
