package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fault"
)

type presenceCmd struct {
	Start presenceStartCmd `cmd:"" help:"Begin to be present; nothing interrupts while it lasts."`
	End   presenceEndCmd   `cmd:"" help:"End the presence that began last, with one line to savour if you like."`
	List  presenceListCmd  `cmd:"" help:"List presences, newest first."`
}

type presenceStartCmd struct {
	Name    []string `arg:"" optional:"" help:"With whom; a name of several words in quotes."`
	Minutes int      `default:"30" placeholder:"N" help:"For how long (30)."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run begins a presence with people.
func (c *presenceStartCmd) Run(ctx context.Context, a *app) error {
	if c.Minutes < 1 || c.Minutes > 720 {
		return usagef("--minutes must be between 1 and 720")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	d := api.PresenceDraft{ID: id.String(), Kind: "people", PlannedSeconds: c.Minutes * 60}
	for _, name := range c.Name {
		d.People = append(d.People, api.PersonChoice{Name: strings.TrimPrefix(name, "@")})
	}
	return c.with(ctx, a, func(k *client.Client) error {
		p, err := k.StartPresence(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(p)
		}
		until := p.StartedAt.Add(time.Duration(p.PlannedSeconds) * time.Second).In(a.now().Location())
		a.screen.paragraph(0, presenceWords(p)+", until "+until.Format("15:04")+". Kith is silent.")
		return nil
	})
}

type presenceEndCmd struct {
	Line []string `arg:"" optional:"" help:"One line to savour: it becomes a moment with everyone who was there."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run ends the presence that began last.
func (c *presenceEndCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		page, err := k.Presences(ctx, 1, "")
		if err != nil {
			return err
		}
		if len(page.Items) == 0 {
			return fault.NotFound("presence")
		}
		p, err := k.EndPresence(ctx, page.Items[0].ID, api.PresenceEnd{Line: strings.Join(c.Line, " ")})
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(p)
		}
		words := presenceWords(p) + ", " + presenceLength(p)
		if p.Moment != "" {
			words += ". Kept."
		}
		a.screen.paragraph(0, words)
		return nil
	})
}

type presenceListCmd struct {
	Limit  int    `default:"20" placeholder:"N" help:"At most so many (20)."`
	Cursor string `placeholder:"CURSOR" help:"Go on after a page: its next_cursor."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists presences.
func (c *presenceListCmd) Run(ctx context.Context, a *app) error {
	if c.Limit < 1 || c.Limit > 200 {
		return usagef("--limit must be between 1 and 200")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		page, err := k.Presences(ctx, c.Limit, c.Cursor)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(page)
		}
		if len(page.Items) == 0 {
			a.screen.line("Nothing yet. Begin with: kith presence start Sam, or alone with: kith breathe")
		}
		for _, p := range page.Items {
			a.screen.line(quiet(p.StartedAt.In(a.now().Location()).Format("2 Jan 15:04")), "  ", presenceWords(p), quiet("  "+presenceLength(p)))
		}
		return nil
	})
}

func presenceWords(p api.Presence) string {
	var names []string
	for _, r := range p.People {
		names = append(names, clean(r.Name))
	}
	switch {
	case len(names) > 0:
		return "With " + strings.Join(names, ", ")
	case p.Kind == "people":
		return "With people"
	case p.Pattern != "":
		return "Breath " + clean(p.Pattern)
	}
	return strings.ToUpper(p.Kind[:1]) + clean(p.Kind[1:])
}

func presenceLength(p api.Presence) string {
	if p.EndedAt == nil {
		return "under way"
	}
	d := p.EndedAt.Sub(p.StartedAt).Round(time.Second)
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
}
