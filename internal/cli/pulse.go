package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type pulseCmd struct {
	Values    []string      `arg:"" optional:"" help:"How pleasant and how energetic, each 0 to 100, then words for it if you like. Without any: the last two weeks."`
	Closeness *int          `placeholder:"N" help:"In the evening: how close you felt to someone, 0 to 100."`
	Ago       time.Duration `placeholder:"DURATION" help:"How long ago that was, at most 24h."`
	Delete    string        `placeholder:"ID" help:"Delete a pulse; --undo brings it back for ten minutes."`
	Undo      string        `placeholder:"ID" help:"Bring a deleted pulse back, by its whole id."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run keeps a pulse, or shows the last two weeks.
func (c *pulseCmd) Run(ctx context.Context, a *app) error {
	switch {
	case c.Delete != "":
		return c.with(ctx, a, func(k *client.Client) error { return c.remove(ctx, a, k) })
	case c.Undo != "":
		return c.with(ctx, a, func(k *client.Client) error {
			p, err := k.UndoPulse(ctx, c.Undo)
			if err != nil {
				return err
			}
			return c.print(a, p)
		})
	case len(c.Values) == 0:
		if c.Closeness != nil || c.Ago != 0 {
			return usagef("say how pleasant and how energetic it was: kith pulse 70 40")
		}
		return c.with(ctx, a, func(k *client.Client) error { return c.list(ctx, a, k) })
	case len(c.Values) == 1:
		return usagef("say both, how pleasant and how energetic: kith pulse 70 40")
	}
	d := api.PulseDraft{Closeness: c.Closeness, Words: pulseWords(c.Values[2:])}
	for i, to := range []*int{&d.Valence, &d.Energy} {
		n, err := strconv.Atoi(c.Values[i])
		if err != nil || n < 0 || n > 100 {
			return usagef("how pleasant and how energetic are whole numbers from 0 to 100")
		}
		*to = n
	}
	if c.Ago < 0 {
		return usagef("--ago is how long ago, such as 2h30m")
	}
	if c.Ago > 0 {
		at := a.now().Add(-c.Ago)
		d.At = &at
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	d.ID = id.String()
	return c.with(ctx, a, func(k *client.Client) error {
		p, err := k.LogPulse(ctx, d)
		if err != nil {
			return err
		}
		return c.print(a, p)
	})
}

// pulseWords are the words after the numbers: one each, or several between commas for those with spaces.
func pulseWords(args []string) []string {
	joined := strings.Join(args, " ")
	if strings.Contains(joined, ",") {
		return strings.Split(joined, ",")
	}
	return args
}

func (c *pulseCmd) print(a *app, p api.Pulse) error {
	if c.JSON {
		return a.printJSON(p)
	}
	a.screen.line(dayName(p.Day, a.now()))
	a.screen.pulse(p)
	return nil
}

// remove deletes the pulse of an id or of the end of it that lists show.
func (c *pulseCmd) remove(ctx context.Context, a *app, k *client.Client) error {
	page, err := k.Pulses(ctx, "", 200, "")
	if err != nil {
		return err
	}
	id := c.Delete
	for _, p := range page.Items {
		if len(c.Delete) >= 4 && strings.HasSuffix(p.ID, c.Delete) {
			id = p.ID
			break
		}
	}
	if err := k.DeletePulse(ctx, id); err != nil {
		return err
	}
	a.screen.paragraph(0, "Deleted. For ten minutes, this brings it back: kith pulse --undo "+clean(id))
	return nil
}

func (c *pulseCmd) list(ctx context.Context, a *app, k *client.Client) error {
	page, err := k.Pulses(ctx, a.now().AddDate(0, 0, -13).Format(time.DateOnly), 200, "")
	if err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(page)
	}
	if len(page.Items) == 0 {
		a.screen.paragraph(0, "Nothing in the last two weeks. How pleasant and how energetic is it now? kith pulse 70 40 content")
		return nil
	}
	day := ""
	for _, p := range page.Items {
		if p.Day != day {
			day = p.Day
			a.screen.line(bold(dayName(day, a.now())))
		}
		a.screen.pulse(p)
	}
	return a.screen.help(ctx, k)
}

// pulse prints one pulse: time, both numbers, where on the pad, words.
func (s *screen) pulse(p api.Pulse) {
	said := []string{p.Quadrant}
	for _, w := range p.Words {
		said = append(said, clean(w.Text))
	}
	if p.Closeness != nil {
		said = append(said, fmt.Sprintf("closeness %d", *p.Closeness))
	}
	s.line("  ", quiet(p.At.Format("15:04")), "  ", tint(quadrantColor(p.Quadrant), "●"), fmt.Sprintf(" pleasant %3d  energy %3d  ", p.Valence, p.Energy),
		strings.Join(said, ", "), "  ", quiet(p.ID[max(0, len(p.ID)-6):]))
}

func quadrantColor(quadrant string) int {
	switch quadrant {
	case "bright":
		return kindColor("laugh")
	case "calm":
		return kindColor("presence")
	case "tense":
		return kindColor("kindness")
	}
	return kindColor("pause")
}

// help mentions where there is help, when low mood or loneliness has lasted.
func (s *screen) help(ctx context.Context, k *client.Client) error {
	h, err := k.Help(ctx)
	if err != nil || h.Reason == "" {
		return err
	}
	s.line()
	s.paragraph(0, clean(h.Intro))
	for _, r := range h.Resources {
		words := []string{clean(r.Name)}
		for _, w := range []string{r.Where, r.Phone, r.URL} {
			if w != "" {
				words = append(words, clean(w))
			}
		}
		s.paragraph(2, strings.Join(words, " · "))
	}
	return nil
}
