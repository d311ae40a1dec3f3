package cli

import (
	"context"
	"fmt"
	"strings"

	"kith/internal/api"
	"kith/internal/client"
)

type showCmd struct {
	ID string `arg:"" optional:"" help:"The id, or the end of it that lists show."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows one moment with everything that is kept of it.
func (c *showCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(m)
		}
		a.screen.line(bold(dayName(m.Day, a.now())))
		a.screen.moment(m, true)
		return nil
	})
}

// recent is how many moments the end of an id is looked for among.
const recent = 600

// findMoment is the moment with this id or this end of an id; without either, the last one logged.
func findMoment(ctx context.Context, k *client.Client, id string) (api.Moment, error) {
	if strings.TrimSpace(id) == "" {
		return k.LastMoment(ctx)
	}
	id, err := idEnd(id)
	if err != nil {
		return api.Moment{}, err
	}
	if len(id) == 36 {
		return k.Moment(ctx, id)
	}
	var found []api.Moment
	cursor := ""
	for seen := 0; seen < recent; {
		page, err := k.Moments(ctx, client.Filter{}, 200, cursor)
		if err != nil {
			return api.Moment{}, err
		}
		for _, m := range page.Items {
			if strings.HasSuffix(m.ID, id) {
				found = append(found, m)
			}
		}
		seen += len(page.Items)
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	switch len(found) {
	case 0:
		return api.Moment{}, fmt.Errorf("no moment among the newest %d has an id that ends so; give the whole id", recent)
	case 1:
		return found[0], nil
	}
	return api.Moment{}, fmt.Errorf("%d moments have an id that ends so; give more of it", len(found))
}
