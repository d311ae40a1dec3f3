package cli

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/capture"
	"kith/internal/client"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/moment"
	"kith/internal/zone"
)

type addCmd struct {
	Text   []string `arg:"" help:"What happened, in one line: thanked @Sam for the review #work yesterday 3pm :)"`
	DryRun bool     `help:"Show what would be kept, and keep nothing."`
	Now    string   `placeholder:"RFC3339" help:"Read the line as if written at this instant."`
	Zone   string   `placeholder:"IANA" help:"The zone it was lived in, if not your own (Europe/Berlin)."`
	ID     string   `name:"id" placeholder:"UUID" help:"An id of your own: the same command again logs nothing twice."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// line checks what does not need the store.
func (c *addCmd) line() (api.Line, error) {
	l := api.Line{Text: strings.Join(c.Text, " "), Zone: c.Zone}
	if fold.Blank(l.Text) {
		return l, fault.Invalid("text_missing", "text", "Write a few words about what happened.")
	}
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return l, usagef("--now must be an instant such as 2026-11-24T15:04:05+01:00")
		}
		l.CapturedAt = &at
	}
	if c.Zone != "" {
		if _, err := zone.Load(c.Zone); err != nil {
			return l, usagef("--zone must be a name such as Europe/Berlin")
		}
	}
	return l, nil
}

// Run logs the moment, or shows what it would be.
func (c *addCmd) Run(ctx context.Context, a *app) error {
	l, err := c.line()
	if err != nil {
		return err
	}
	if c.DryRun {
		return c.dryRun(ctx, a, l)
	}
	id := c.ID
	if id == "" {
		fresh, err := uuid.NewV7()
		if err != nil {
			return err
		}
		id = fresh.String()
	}
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := k.Log(ctx, api.MomentDraft{ID: id, Text: l.Text, CapturedAt: l.CapturedAt, Zone: l.Zone})
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

// dryRun reads the line with the people known, if there is a store and an account, else without.
func (c *addCmd) dryRun(ctx context.Context, a *app, l api.Line) error {
	show := func(d api.Draft) error {
		if c.JSON {
			return a.printJSON(d)
		}
		a.screen.draft(d)
		return nil
	}
	err := c.with(ctx, a, func(k *client.Client) error {
		d, err := k.Capture(ctx, l)
		if err != nil {
			return err
		}
		return show(d)
	})
	if f := fault.As(err); f == nil || f.Code != "no_account" {
		return err
	}
	in := capture.Input{Text: l.Text, Now: a.now(), Zone: time.Local, Locale: terminalLocale(a.getenv)}
	if n := len([]rune(l.Text)); n > moment.MaxText {
		return fault.Invalid("text_too_long", "text", "A moment has at most %d characters; this has %d.", moment.MaxText, n)
	}
	if l.CapturedAt != nil {
		in.Now = *l.CapturedAt
	}
	if l.Zone != "" {
		if in.Zone, err = zone.Load(l.Zone); err != nil {
			return err
		}
	}
	return show(api.DraftOf(capture.Parse(in)))
}

// terminalLocale is the language of the terminal, as two letters.
func terminalLocale(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); len(v) >= 2 && v != "C" && !strings.HasPrefix(v, "C.") && v != "POSIX" {
			return strings.ToLower(v[:2])
		}
	}
	return "en"
}
