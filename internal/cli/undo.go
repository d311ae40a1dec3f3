package cli

import (
	"context"

	"kith/internal/client"
)

type undoCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run takes back the last thing.
func (c *undoCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		u, err := k.UndoLast(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(u)
		}
		if u.Did == "restored" {
			a.screen.line("Back again:")
		} else {
			a.screen.line("Taken back:")
		}
		a.screen.moment(u.Moment, false)
		return nil
	})
}
