package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type guessCmd struct {
	Name  string `arg:"" help:"Whom you are about to reach; a name of several words in quotes."`
	Value int    `arg:"" placeholder:"0-10" help:"How welcome it will be: 0 is not at all, 10 is very."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run keeps a guess about a person.
func (c *guessCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		who, err := namedPerson(ctx, k, c.Name)
		if err != nil {
			return err
		}
		g, err := makeGuess(ctx, k, api.GuessDraft{Person: who.ID, Value: c.Value})
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(g)
		}
		a.screen.paragraph(0, fmt.Sprintf("You guess %d of 10. When you have reached them, Kith asks once, hours later: kith landed", g.Value))
		return nil
	})
}

func makeGuess(ctx context.Context, k *client.Client, d api.GuessDraft) (api.Guess, error) {
	if d.Value < 0 || d.Value > 10 {
		return api.Guess{}, usagef("how welcome it will be is a whole number from 0 to 10")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return api.Guess{}, err
	}
	d.ID = id.String()
	return k.MakeGuess(ctx, d)
}

type landedCmd struct {
	Answer string `arg:"" optional:"" placeholder:"0-10" help:"How welcome it was, 0 to 10, or unknown. Without it: what is asked now, and how your guesses land."`
	ID     string `placeholder:"ID" help:"Of another guess than the one that is asked about."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run answers how welcome it was, or shows the question and the gap.
func (c *landedCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		if c.Answer == "" {
			return c.show(ctx, a, k)
		}
		var landed *int
		if c.Answer != "unknown" {
			n, err := strconv.Atoi(c.Answer)
			if err != nil || n < 0 || n > 10 {
				return usagef("how welcome it was is a whole number from 0 to 10, or unknown")
			}
			landed = &n
		}
		id := c.ID
		if id == "" {
			q, err := k.AskLanded(ctx)
			if err != nil {
				return err
			}
			if q.Guess == nil {
				return errors.New("nothing is asked now: a question comes once, hours after the moment")
			}
			id = q.Guess.ID
		}
		g, err := k.Land(ctx, id, landed)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(g)
		}
		if g.Landed == nil {
			a.screen.paragraph(0, "Left open.")
			return nil
		}
		a.screen.paragraph(0, fmt.Sprintf("You guessed %d, it landed at %d.", g.Value, *g.Landed))
		return nil
	})
}

func (c *landedCmd) show(ctx context.Context, a *app, k *client.Client) error {
	q, err := k.AskLanded(ctx)
	if err != nil {
		return err
	}
	g, err := k.Gap(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(struct {
			Question *api.Guess `json:"question,omitempty"`
			Gap      api.Gap    `json:"gap"`
		}{q.Guess, g})
	}
	if q.Guess != nil {
		m, err := k.Moment(ctx, q.Guess.Moment)
		if err != nil {
			return err
		}
		a.screen.moments([]api.Moment{m}, a.now())
		a.screen.paragraph(0, tint(ember, "›")+" How welcome was it? kith landed 0 to 10, or kith landed unknown")
		a.screen.line()
	}
	if g.Missing > 0 {
		a.screen.paragraph(0, fmt.Sprintf("%d of 5 pairs of a guess and how it landed. From five on, this shows your gap.", g.Pairs))
		return nil
	}
	a.screen.paragraph(0, gapWords("", g.GapGroup))
	for _, x := range g.Kinds {
		a.screen.paragraph(2, gapWords(x.Name+": ", x))
	}
	for _, x := range g.Rings {
		name := x.Name
		if name == "none" {
			name = "without a ring"
		}
		a.screen.paragraph(2, gapWords(name+": ", x))
	}
	a.screen.paragraph(0, quiet(fmt.Sprintf("Of %d asked you answered %d. Your own answers, before and after: they say how you guessed, not why.", g.Asked, g.Answered)))
	return nil
}

// gapWords says a gap with its n and its interval.
func gapWords(name string, g api.GapGroup) string {
	words := "as welcome as you guessed"
	switch gap := math.Round(*g.Gap*10) / 10; {
	case gap > 0:
		words = fmt.Sprintf("%.1f more welcome than you guessed", gap)
	case gap < 0:
		words = fmt.Sprintf("%.1f less welcome than you guessed", -gap)
	}
	if g.Low == nil {
		return fmt.Sprintf("%s%s (n = %d, each time the same)", name, words, g.Pairs)
	}
	words = fmt.Sprintf("%s%s (n = %d, 95 %% interval %+.1f to %+.1f)", name, words, g.Pairs, *g.Low, *g.High)
	if *g.Low <= 0 && *g.High >= 0 {
		words += "; this may be chance"
	}
	return words
}
