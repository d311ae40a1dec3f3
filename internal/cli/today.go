package cli

import (
	"context"
	"time"

	"kith/internal/api"
	"kith/internal/client"
)

type todayCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows the day as the page does, and ends.
func (c *todayCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		t, err := k.Today(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(t)
		}
		a.screen.today(t, a.now())
		return nil
	})
}

func (s *screen) today(t api.Today, now time.Time) {
	if loc, err := time.LoadLocation(t.Zone); err == nil {
		now = now.In(loc)
	}
	motes := make([]mote, 0, len(t.Moments))
	for _, m := range t.Moments {
		if m.Precision == "minute" {
			motes = append(motes, mote{m.HappenedAt, m.Kind, m.Felt != nil && *m.Felt > 0})
		}
	}
	s.line(bold(dayName(t.Day, now)))
	s.line(dayLine(s.width, motes))
	s.line()
	if i := t.Intention; i != nil {
		words := clean(i.Text)
		if i.Cue != "" {
			words += " (" + clean(i.Cue) + ")"
		}
		switch i.State {
		case "done":
			words = "Done: " + words
		case "let_go":
			words = "Let go: " + words
		default:
			words = "Today: " + words
		}
		s.paragraph(0, words)
		s.line()
	}
	for n, o := range t.Opportunities {
		if n == 0 {
			s.paragraph(0, tint(ember, "›")+" "+clean(o.Text))
			s.paragraph(2, quiet(clean(o.Why)))
			continue
		}
		s.paragraph(2, quiet("or: ")+clean(o.Text))
	}
	if len(t.Opportunities) > 0 {
		s.line()
	}
	if len(t.Moments) == 0 {
		s.line(quiet(`Nothing yet. Log what happens: kith add "thanked @Sam for the review :)"`))
		return
	}
	for _, m := range t.Moments {
		s.moment(m, false)
	}
	s.line(quiet("·"))
}
