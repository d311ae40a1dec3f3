package cli

import (
	"context"

	"kith/internal/client"
)

type deleteCmd struct {
	ID string `arg:"" help:"The id, or the end of it that lists show."`

	personFlags `embed:""`
}

// Run deletes a moment.
func (c *deleteCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if err := k.DeleteMoment(ctx, m.ID, m.Revision); err != nil {
			return err
		}
		a.screen.line("Deleted. For ten minutes, kith undo brings it back.")
		return nil
	})
}
