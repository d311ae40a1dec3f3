package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fault"
	"kith/internal/fold"
)

type peopleCmd struct {
	Query []string `arg:"" optional:"" help:"Only those whose name holds these words."`
	Sort  string   `enum:"name,last" default:"name" help:"By name, or by last contact: name or last."`
	Limit int      `default:"200" placeholder:"N" help:"At most so many (200)."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists people with their last contact.
func (c *peopleCmd) Run(ctx context.Context, a *app) error {
	if c.Limit < 1 || c.Limit > 200 {
		return usagef("--limit must be between 1 and 200")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		page, err := k.People(ctx, strings.Join(c.Query, " "), c.Sort, c.Limit, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(page)
		}
		if len(page.Items) == 0 {
			a.screen.line(`Nobody yet. People appear as you log moments: kith add "coffee with @Sam"`)
		}
		for _, p := range page.Items {
			a.screen.line(fmt.Sprintf("%-32s ", clean(p.Name)), quiet(lastWords(p, a.now())))
		}
		return nil
	})
}

type personCmd struct {
	Name []string `arg:"" help:"The name, or enough of it."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// personShown is a person with the newest moments, as --json prints it.
type personShown struct {
	api.Person
	Moments []api.Moment `json:"moments"`
}

// Run shows a person and what was lived with them.
func (c *personCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		p, err := findPerson(ctx, k, strings.Join(c.Name, " "))
		if err != nil {
			return err
		}
		page, err := k.Moments(ctx, client.Filter{Person: p.ID}, 20, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(personShown{p, page.Items})
		}
		a.screen.line(bold(clean(p.Name)))
		words := lastWords(p, a.now())
		if p.Context != "" {
			words += " · " + p.Context
		}
		a.screen.line(quiet(words))
		a.screen.line()
		a.screen.moments(page.Items, a.now())
		return nil
	})
}

// lastWords says when the last contact was. A gap is a fact here, never a reproach.
func lastWords(p api.Person, now time.Time) string {
	if p.LastContactAt == nil {
		return "no contact noted"
	}
	at := p.LastContactAt.In(now.Location())
	switch days := int(now.Sub(at).Hours() / 24); {
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return "last: today"
	case days < 6:
		return "last: " + at.Format("Monday")
	case at.Year() == now.Year():
		return "last: " + at.Format("2 January")
	}
	return "last: " + at.Format("2 January 2006")
}

// findPerson is the one person of this name: the exact name wins over a part of it, and nobody is guessed.
func findPerson(ctx context.Context, k *client.Client, name string) (api.Person, error) {
	name = strings.TrimPrefix(strings.TrimSpace(name), "@")
	if name == "" {
		return api.Person{}, usagef("give a name")
	}
	page, err := k.People(ctx, name, "name", 50, "")
	if err != nil {
		return api.Person{}, err
	}
	var names []string
	for _, p := range page.Items {
		if fold.Fold(p.Name) == fold.Fold(name) {
			return p, nil
		}
		names = append(names, clean(p.Name))
	}
	switch len(page.Items) {
	case 0:
		return api.Person{}, fault.NotFound("person")
	case 1:
		return page.Items[0], nil
	}
	return api.Person{}, fmt.Errorf("that could be %s: give more of the name", strings.Join(names[:min(5, len(names))], ", "))
}
