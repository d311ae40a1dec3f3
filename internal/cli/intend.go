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
		i, err := k.SetIntention(ctx, api.IntentionDraft{ID: id.String(), Text: text, Practice: c.Practice, Cue: c.Cue})
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
