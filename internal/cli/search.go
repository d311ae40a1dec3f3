package cli

import (
	"context"
	"strings"
	"time"

	"kith/internal/api"
	"kith/internal/client"
)

type searchCmd struct {
	Query   []string `arg:"" optional:"" help:"Words to find; case and accents do not matter."`
	Person  string   `placeholder:"NAME" help:"Only with this person."`
	Kind    string   `placeholder:"KIND" help:"Only this kind: thanks, laugh, ..."`
	Context string   `placeholder:"CONTEXT" enum:",personal,professional" default:"" help:"Only personal or professional."`
	Tag     string   `placeholder:"TAG" help:"Only with this tag."`
	Felt    *int     `placeholder:"N" help:"Only felt so, from -2 to 2."`
	From    string   `placeholder:"DAY" help:"Not before this day (2026-11-24)."`
	To      string   `placeholder:"DAY" help:"Not after this day."`
	Limit   int      `default:"20" placeholder:"N" help:"At most so many (20)."`
	Cursor  string   `placeholder:"CURSOR" help:"Go on where a list with next_cursor ended."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists what matches, newest first. Words alone find evenings too: they have no person, kind or feeling to be narrowed by.
func (c *searchCmd) Run(ctx context.Context, a *app) error {
	if c.Limit < 1 || c.Limit > 200 {
		return usagef("--limit must be between 1 and 200")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		f := client.Filter{
			Query: strings.Join(c.Query, " "), Kind: c.Kind, Context: c.Context, Tag: strings.TrimPrefix(c.Tag, "#"),
			Felt: c.Felt, From: c.From, To: c.To,
		}
		if c.Person != "" {
			p, err := findPerson(ctx, k, c.Person)
			if err != nil {
				return err
			}
			f.Person = p.ID
		}
		if f.Query != "" && f == (client.Filter{Query: f.Query}) {
			found, err := k.Search(ctx, f.Query, c.Limit, c.Cursor)
			if err != nil {
				return err
			}
			if c.JSON {
				return a.printJSON(found)
			}
			a.screen.found(found, a.now())
			return nil
		}
		page, err := k.Moments(ctx, f, c.Limit, c.Cursor)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(page)
		}
		a.screen.found(api.Found{Items: page.Items, NextCursor: page.NextCursor}, a.now())
		return nil
	})
}

// found prints what a search found: moments, then evenings.
func (s *screen) found(f api.Found, now time.Time) {
	s.moments(f.Items, now)
	if f.NextCursor != "" {
		s.line(quiet("There are more: narrow the search, or raise --limit."))
	}
	for _, r := range f.Reflections {
		s.line()
		s.line(bold("Written about " + dayName(r.Day, now)))
		s.reflection(r)
	}
	if len(f.Items) == 0 && len(f.Reflections) == 0 {
		s.line("Nothing matches.")
	}
}
