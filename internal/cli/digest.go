package cli

import (
	"context"
	"strings"
	"time"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/digest"
)

type digestCmd struct {
	Week    string `arg:"" optional:"" help:"A week such as 2026-W48; without it, the one that would be sent now."`
	Send    bool   `help:"Mail it to your address now."`
	HTML    bool   `name:"html" help:"Print it as mail programs show it."`
	Setting bool   `help:"Say whether and when it comes, and what became of the last one."`
	On      string `placeholder:"WHEN" help:"Have it mailed each week: monday 07:00."`
	Off     bool   `help:"Have it mailed no more."`
	Private string `placeholder:"yes|no" enum:",yes,no" default:"" help:"Whether private words may be in it (no, until you say yes)."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows the week as it is mailed, sends it, or says when it comes.
func (c *digestCmd) Run(ctx context.Context, a *app) error {
	if c.On != "" && c.Off {
		return usagef("--on and --off cannot both be meant")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		switch {
		case c.Setting, c.On != "", c.Off, c.Private != "":
			return c.set(ctx, a, k)
		case c.Send:
			if err := k.SendDigest(ctx, c.Week); err != nil {
				return err
			}
			a.screen.line("It is on its way to you.")
			return nil
		}
		v, err := k.Digest(ctx, c.Week)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return a.printJSON(v)
		case c.HTML:
			a.screen.line(v.HTML)
			return nil
		}
		a.screen.line(quiet("Subject: ") + clean(v.Subject))
		a.screen.line()
		for l := range strings.SplitSeq(strings.TrimRight(v.Text, "\n"), "\n") {
			a.screen.line(clean(l))
		}
		return nil
	})
}

func (c *digestCmd) set(ctx context.Context, a *app, k *client.Client) error {
	v, err := k.DigestSetting(ctx)
	if err != nil {
		return err
	}
	if c.On != "" || c.Off || c.Private != "" {
		d := api.DigestChange{On: (v.On || c.On != "") && !c.Off, Weekday: v.Weekday, Minute: v.Minute, Private: v.Private}
		if c.Private != "" {
			d.Private = c.Private == "yes"
		}
		if c.On != "" {
			if d.Weekday, d.Minute, err = weekHour(c.On, v.Weekday, v.Minute); err != nil {
				return err
			}
		}
		if v, err = k.SetDigest(ctx, d, v.Revision); err != nil {
			return err
		}
	}
	if c.JSON {
		return a.printJSON(v)
	}
	if !v.On {
		a.screen.line("The week is not mailed.")
	} else {
		a.screen.line("The week is mailed on " + time.Weekday(v.Weekday).String() + "s at " + digest.Clock(v.Minute) + ", next on " + v.Next.Format("2 January") + ".")
		if v.Private {
			a.screen.line("Private words may be in it.")
		}
	}
	if !v.Ready {
		a.screen.paragraph(0, quiet("No mail goes out from here: kith serve needs --mail-server for that."))
	}
	said := map[string]string{
		"sending": " was not taken by the mail server yet; it is tried again.", "sent": " went out.", "quiet": " was empty, so nothing was sent.",
		"refused": " was not sent: the mail server does not take mail for your address.",
	}
	if words := said[v.LastState]; words != "" {
		a.screen.line(v.LastWeek + words)
	}
	return nil
}

// weekHour reads "monday 07:00", or one of both.
func weekHour(when string, weekday, minute int) (int, int, error) {
	for w := range strings.FieldsSeq(when) {
		if at, err := time.Parse("15:04", w); err == nil {
			minute = at.Hour()*60 + at.Minute()
			continue
		}
		known := false
		for d := time.Sunday; d <= time.Saturday; d++ {
			if len(w) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), strings.ToLower(w)) {
				weekday, known = int(d), true
			}
		}
		if !known {
			return 0, 0, usagef("--on is a weekday and an hour: --on \"monday 07:00\"")
		}
	}
	return weekday, minute, nil
}
