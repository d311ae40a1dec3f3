package cli

import (
	"context"

	"github.com/google/uuid"

	"kith/internal/client"
)

type repeatCmd struct {
	ID string `arg:"" optional:"" help:"The id, or the end of it that lists show; without, the last one."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run logs a moment again.
func (c *repeatCmd) Run(ctx context.Context, a *app) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		m, err = k.RepeatMoment(ctx, m.ID, id.String())
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
