package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"kith/internal/api"
	"kith/internal/client"
)

type dayCmd struct {
	Day       string `arg:"" optional:"" help:"today, yesterday, random, or 2026-11-24."`
	OnThisDay bool   `help:"Show what happened a week, a month and years before instead."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows one day as it was.
func (c *dayCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		today, err := k.Today(ctx)
		if err != nil {
			return err
		}
		word, day := c.Day, ""
		if c.Day == "random" || c.OnThisDay {
			if c.Day == "random" {
				word = ""
			}
			if day, err = dayArg(word, today.Day); err != nil {
				return err
			}
			v, err := k.LookBack(ctx, day)
			if err != nil {
				return err
			}
			if c.OnThisDay {
				return c.onThisDay(a, v)
			}
			if word = v.Random; word == "" {
				a.screen.line(quiet("There is nothing to look back on yet."))
				return nil
			}
		}
		if day, err = dayArg(word, today.Day); err != nil {
			return err
		}
		m, err := k.Day(ctx, day)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(m)
		}
		a.screen.memory(m, dayName(m.Day, a.now()))
		return nil
	})
}

func (c *dayCmd) onThisDay(a *app, v api.LookBack) error {
	if c.JSON {
		return a.printJSON(v)
	}
	if len(v.OnThisDay) == 0 {
		a.screen.line(quiet("Nothing on this day yet: a week, a month or a year ago."))
	}
	for i, m := range v.OnThisDay {
		if i > 0 {
			a.screen.line()
		}
		ago := "A " + m.Span + " ago"
		if m.Years > 1 {
			ago = strconv.Itoa(m.Years) + " years ago"
		}
		a.screen.memory(m, ago+", "+dayName(m.Day, a.now()))
	}
	return nil
}

// memory prints a day: its line, what was meant, what happened and what was written.
func (s *screen) memory(m api.Memory, title string) {
	s.line(bold(title))
	var motes []mote
	for _, x := range m.Moments {
		if x.Precision == "minute" {
			motes = append(motes, mote{x.HappenedAt, x.Kind, x.Felt != nil && *x.Felt > 0})
		}
	}
	if len(motes) > 0 {
		s.line(dayLine(s.width, motes))
	}
	if i := m.Intention; i != nil {
		s.paragraph(0, map[string]string{"done": "Done: ", "let_go": "Let go: "}[i.State]+clean(i.Text))
	}
	for _, x := range m.Moments {
		s.moment(x, false)
	}
	if m.Reflection != nil {
		s.reflection(*m.Reflection)
	}
	if len(m.Moments) == 0 && m.Reflection == nil {
		s.line(quiet("Nothing is written about this day."))
	}
}

type weekCmd struct {
	Week  string `arg:"" optional:"" help:"A week such as 2026-W48, or a day in it; without it, this week."`
	Carry string `placeholder:"LINE" help:"Keep a line to carry on into the next week."`
	Drop  bool   `help:"Take the line to carry on away."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run looks back on a week.
func (c *weekCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		week := c.Week
		if !strings.Contains(week, "W") {
			today, err := k.Today(ctx)
			if err != nil {
				return err
			}
			day, err := dayArg(week, today.Day)
			if err != nil {
				return err
			}
			t, _ := time.Parse(time.DateOnly, day) // checked above
			year, n := t.ISOWeek()
			week = strconv.Itoa(year) + "-W" + strconv.Itoa(n/10) + strconv.Itoa(n%10)
		}
		var (
			v   api.Week
			err error
		)
		if c.Carry != "" || c.Drop {
			v, err = k.CarryOn(ctx, week, c.Carry)
		} else {
			v, err = k.Week(ctx, week)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.screen.week(v, a.now())
		return nil
	})
}

func (s *screen) week(v api.Week, now time.Time) {
	s.line(bold(v.Week))
	if v.CarriedIn != "" {
		s.paragraph(0, quiet("From the week before: ")+clean(v.CarriedIn))
	}
	for _, m := range v.Days {
		if len(m.Moments) > 0 || m.Reflection != nil {
			s.line()
			s.memory(m, dayName(m.Day, now))
		}
	}
	s.line()
	if len(v.People) > 0 {
		names := make([]string, len(v.People))
		for i, p := range v.People {
			names[i] = clean(p.Name)
		}
		s.paragraph(0, quiet("With: ")+strings.Join(names, ", "))
	}
	if v.Carry != "" {
		s.paragraph(0, quiet("To carry on: ")+clean(v.Carry))
	}
}

func shiftDay(day string, by int) (string, error) {
	t, err := time.Parse(time.DateOnly, day)
	return t.AddDate(0, 0, by).Format(time.DateOnly), err
}
