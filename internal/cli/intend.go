package cli

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type intendCmd struct {
	Text     []string `arg:"" optional:"" help:"What you mean to do today, in your words."`
	Practice string   `placeholder:"ID" help:"A practice from the library instead of own words."`
	Person   string   `placeholder:"NAME" help:"Whom it is about; a moment with them then closes it."`
	Cue      string   `placeholder:"WHEN" help:"When you will: \"when I get coffee\"."`
	Guess    *int     `placeholder:"N" help:"How welcome it will be, 0 to 10; how it landed is asked once, hours after."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run sets today's intention.
func (c *intendCmd) Run(ctx context.Context, a *app) error {
	text := strings.TrimSpace(strings.Join(c.Text, " "))
	if text == "" && c.Practice == "" {
		return usagef("say what you mean to do, or name a practice with --practice")
	}
	if c.Guess != nil && (*c.Guess < 0 || *c.Guess > 10) {
		return usagef("how welcome it will be is a whole number from 0 to 10")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return c.with(ctx, a, func(k *client.Client) error {
		who, err := c.who(ctx, k)
		if err != nil {
			return err
		}
		i, err := k.SetIntention(ctx, api.IntentionDraft{ID: id.String(), Text: text, Practice: c.Practice, Person: who, Cue: c.Cue})
		if err != nil {
			return err
		}
		if c.Guess != nil {
			if _, err := makeGuess(ctx, k, api.GuessDraft{Intention: i.ID, Value: *c.Guess}); err != nil {
				return err
			}
		}
		if c.JSON {
			return a.printJSON(i)
		}
		words := clean(i.Text)
		if words == "" {
			words = clean(i.Practice)
		}
		a.screen.paragraph(0, "Today: "+words)
		return nil
	})
}

// who is the id of the person that was named.
func (c *intendCmd) who(ctx context.Context, k *client.Client) (string, error) {
	if c.Person == "" {
		return "", nil
	}
	p, err := namedPerson(ctx, k, c.Person)
	return p.ID, err
}
