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

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run sets today's intention.
func (c *intendCmd) Run(ctx context.Context, a *app) error {
	text := strings.TrimSpace(strings.Join(c.Text, " "))
	if text == "" && c.Practice == "" {
		return usagef("say what you mean to do, or name a practice with --practice")
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
	found, err := k.People(ctx, client.PeopleFilter{Query: c.Person}, 2, "")
	if err != nil {
		return "", err
	}
	if len(found.Items) != 1 {
		return "", usagef("%q is not the name of exactly one person", c.Person)
	}
	return found.Items[0].ID, nil
}
