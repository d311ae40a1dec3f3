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
	Change    string        `placeholder:"ID" help:"Change a pulse, by the end of its id: what you say again is changed, the rest stays."`
	Delete    string        `placeholder:"ID" help:"Delete a pulse; --undo brings it back for ten minutes."`
	Undo      string        `placeholder:"ID" help:"Bring a deleted pulse back, by its whole id."`

	NoCloseness bool `help:"With --change: take the closeness away."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run keeps a pulse, or shows the last two weeks.
func (c *pulseCmd) Run(ctx context.Context, a *app) error {
	if c.NoCloseness && (c.Change == "" || c.Closeness != nil) {
		return usagef("--no-closeness goes with --change, and without --closeness")
	}
	switch {
	case c.Change != "":
		return c.change(ctx, a)
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
	var err error
	if d.Valence, d.Energy, err = pulseNumbers(c.Values); err != nil {
		return err
	}
	if d.At, err = c.at(a); err != nil {
		return err
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

// change says anew how it was.
func (c *pulseCmd) change(ctx context.Context, a *app) error {
	var (
		d   api.PulseChange
		err error
	)
	switch {
	case len(c.Values) == 1:
		return usagef("say both, how pleasant and how energetic: kith pulse --change %s 70 40", c.Change)
	case len(c.Values) > 1:
		v, e, err := pulseNumbers(c.Values)
		if err != nil {
			return err
		}
		d.Valence, d.Energy = &v, &e
		if words := pulseWords(c.Values[2:]); len(words) > 0 {
			d.Words = &words
		}
	}
	if d.At, err = c.at(a); err != nil {
		return err
	}
	if c.Closeness != nil || c.NoCloseness {
		d.Closeness = api.SetNumber(c.Closeness)
	}
	if d.Valence == nil && d.At == nil && !d.Closeness.Set {
		return usagef("say what it should be: kith pulse --change %s 70 40 content", c.Change)
	}
	return c.with(ctx, a, func(k *client.Client) error {
		id, err := pulseID(ctx, k, c.Change)
		if err != nil {
			return err
		}
		p, err := k.Pulse(ctx, id)
		if err != nil {
			return err
		}
		if p, err = k.ChangePulse(ctx, id, d, p.Revision); err != nil {
			return err
		}
		return c.print(a, p)
	})
}

// at is when it was felt, if not now.
func (c *pulseCmd) at(a *app) (*time.Time, error) {
	if c.Ago < 0 {
		return nil, usagef("--ago is how long ago, such as 2h30m")
	}
	if c.Ago == 0 {
		return nil, nil //nolint:nilnil // nothing said is no error
	}
	at := a.now().Add(-c.Ago)
	return &at, nil
}

// pulseNumbers are how pleasant and how energetic it was.
func pulseNumbers(values []string) (valence, energy int, err error) {
	for i, to := range []*int{&valence, &energy} {
		n, err := strconv.Atoi(values[i])
		if err != nil || n < 0 || n > 100 {
			return 0, 0, usagef("how pleasant and how energetic are whole numbers from 0 to 100")
		}
		*to = n
	}
	return valence, energy, nil
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

// pulseID is the id of which word is all or the end, as lists show it.
func pulseID(ctx context.Context, k *client.Client, word string) (string, error) {
	if len(word) == 36 {
		return word, nil
	}
	page, err := k.Pulses(ctx, "", 200, "")
	if err != nil {
		return "", err
	}
	p, err := byEnd(page.Items, func(p api.Pulse) string { return p.ID }, word, "of your newest pulses have an id that ends so; give more of it")
	return p.ID, err
}

// remove deletes a pulse.
func (c *pulseCmd) remove(ctx context.Context, a *app, k *client.Client) error {
	id, err := pulseID(ctx, k, c.Delete)
	if err != nil {
		return err
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
