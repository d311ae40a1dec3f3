package cli

import (
	"context"
	"errors"
	"strings"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fault"
)

type reflectCmd struct {
	Line    []string `arg:"" optional:"" help:"One line about the day. Without it, and without --good: show what is written, or what to write about."`
	Good    []string `placeholder:"TEXT" help:"Good things, three at most; between commas, or the flag again."`
	Day     string   `placeholder:"DAY" help:"Another day than today: yesterday, or 2026-11-24."`
	Private bool     `help:"Seal the words: no search, overview or digest has them."`
	Delete  bool     `help:"Take the words of the day away for good."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run keeps or shows the reflection of a day.
func (c *reflectCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		today, err := k.Today(ctx)
		if err != nil {
			return err
		}
		day, err := dayArg(c.Day, today.Day)
		if err != nil {
			return err
		}
		if c.Delete {
			if err := k.DeleteReflection(ctx, day); err != nil {
				return err
			}
			a.screen.line("Gone for good: what was written about " + dayName(day, a.now()))
			return nil
		}
		was, err := k.Reflection(ctx, day)
		none := fault.Is(err, fault.KindNotFound)
		if err != nil && !none {
			return err
		}
		line := strings.TrimSpace(strings.Join(c.Line, " "))
		if line == "" && len(c.Good) == 0 && !c.Private {
			return c.show(ctx, a, k, day, was, none)
		}
		// What is not said again stays: a good thing can be added to a line, and a line to good things.
		d := api.ReflectionDraft{Good: c.Good, Line: line, Private: c.Private || was.Private}
		if len(d.Good) == 0 {
			d.Good = was.Good
		}
		if d.Line == "" {
			d.Line, d.Prompt = was.Line, was.Prompt
		}
		r, err := k.Reflect(ctx, day, d, was.Revision)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(r)
		}
		a.screen.line(bold(dayName(day, a.now())))
		a.screen.reflection(r)
		return nil
	})
}

func (c *reflectCmd) show(ctx context.Context, a *app, k *client.Client, day string, r api.Reflection, none bool) error {
	if !none {
		if c.JSON {
			return a.printJSON(r)
		}
		a.screen.line(bold(dayName(day, a.now())))
		a.screen.reflection(r)
		return nil
	}
	p, err := k.Prompt(ctx, day)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(map[string]any{"day": day, "question": p})
	}
	a.screen.line(bold(dayName(day, a.now())))
	a.screen.paragraph(0, tint(ember, "›")+" "+clean(p.Text))
	a.screen.line(quiet(`kith reflect "one line", or kith reflect --good "tea, rain, Ida's joke"`))
	return nil
}

// reflection prints what was written about a day.
func (s *screen) reflection(r api.Reflection) {
	for _, g := range r.Good {
		s.paragraph(2, tint(ember, "+")+" "+clean(g))
	}
	if r.Question != "" {
		s.paragraph(2, quiet(clean(r.Question)))
	}
	for l := range strings.SplitSeq(r.Line, "\n") {
		if l = clean(l); l != "" {
			s.paragraph(2, l)
		}
	}
	if r.Private {
		s.paragraph(2, quiet("private"))
	}
}

var errDay = errors.New("a day is today, yesterday or written as 2026-11-24")

// dayArg is the day that a word means.
func dayArg(word, today string) (string, error) {
	switch word {
	case "", "today":
		return today, nil
	case "yesterday":
		return shiftDay(today, -1)
	}
	if _, err := shiftDay(word, 0); err != nil {
		return "", &usageError{errDay.Error()}
	}
	return word, nil
}
