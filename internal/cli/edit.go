package cli

import (
	"context"
	"strings"

	"kith/internal/api"
	"kith/internal/client"
)

type editCmd struct {
	ID   string   `arg:"" help:"The id, or the end of it that lists show."`
	Text []string `arg:"" help:"The new line; everything is read from it again."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run gives a moment new words.
func (c *editCmd) Run(ctx context.Context, a *app) error {
	text := strings.Join(c.Text, " ")
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		m, err = k.ChangeMoment(ctx, m.ID, api.MomentChange{Text: &text, Reread: true}, m.Revision)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(m)
		}
		a.screen.logged(m)
		return nil
	})
}
