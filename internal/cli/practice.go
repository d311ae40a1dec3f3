package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type practiceCmd struct {
	ID      string `arg:"" optional:"" help:"One practice; without it, all of them."`
	Off     bool   `help:"Do not suggest it any more."`
	On      bool   `help:"Suggest it, or suggest it again."`
	Add     string `placeholder:"NAME" help:"Add one of your own: what you do, in a few words."`
	Name    string `placeholder:"NAME" help:"Change what your own is called."`
	How     string `placeholder:"TEXT" help:"How your own is done."`
	Kind    string `placeholder:"KIND" help:"Which kind of moment your own makes."`
	Context string `placeholder:"WHERE" help:"Where your own belongs: personal, professional or both."`
	Seconds int    `placeholder:"N" help:"How long your own takes."`
	Delete  bool   `help:"Delete your own for good."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows the practices, or one of them with the studies behind it; adds, changes, switches or deletes one.
func (c *practiceCmd) Run(ctx context.Context, a *app) error {
	ways := 0
	for _, way := range []bool{c.Off, c.On, c.Add != "", c.Delete, c.changes() && c.Add == ""} {
		if way {
			ways++
		}
	}
	switch {
	case ways > 1:
		return usagef("do one thing at a time: --on, --off, --add, --delete or a change")
	case c.Add != "" && c.ID != "":
		return usagef("a practice that is added gets its own id; leave it out")
	case ways == 1 && c.Add == "" && c.ID == "":
		return usagef("name the practice first; kith practice lists them")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		if c.ID == "" && c.Add == "" {
			return c.list(ctx, a, k)
		}
		p, err := c.act(ctx, k)
		if err != nil {
			return err
		}
		if c.Delete {
			if !c.JSON {
				a.screen.line("Deleted for good.")
			}
			return nil
		}
		if c.JSON {
			return a.printJSON(p)
		}
		if c.Add != "" {
			a.screen.line(quiet(p.ID))
		}
		a.screen.practice(p)
		return nil
	})
}

func (c *practiceCmd) changes() bool {
	return c.Name != "" || c.How != "" || c.Kind != "" || c.Context != "" || c.Seconds != 0
}

// setting is the context as it is kept.
func (c *practiceCmd) setting() string {
	if c.Context == "both" {
		return ""
	}
	return c.Context
}

func (c *practiceCmd) act(ctx context.Context, k *client.Client) (api.Practice, error) {
	switch {
	case c.Add != "":
		id, err := uuid.NewV7()
		if err != nil {
			return api.Practice{}, err
		}
		return k.AddPractice(ctx, api.PracticeDraft{ID: id.String(), Name: c.Add, How: c.How, Kind: c.Kind, Context: c.setting(), Seconds: c.Seconds})
	case c.Delete:
		return api.Practice{}, k.DeletePractice(ctx, c.ID)
	case c.On || c.Off:
		return k.OfferPractice(ctx, c.ID, c.On)
	case c.changes():
		var d api.PracticeChange
		for to, from := range map[**string]string{&d.Name: c.Name, &d.How: c.How, &d.Kind: c.Kind} {
			if from != "" {
				*to = &from
			}
		}
		if c.Context != "" {
			d.Context = new(c.setting())
		}
		if c.Seconds != 0 {
			d.Seconds = &c.Seconds
		}
		return k.ChangePractice(ctx, c.ID, d)
	}
	return k.Practice(ctx, c.ID)
}

func (c *practiceCmd) list(ctx context.Context, a *app, k *client.Client) error {
	list, err := k.Practices(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(list)
	}
	for _, p := range list.Items {
		var about []string
		if p.Own {
			about = append(about, "your own")
		}
		if !p.On {
			about = append(about, "off")
		}
		line := fmt.Sprintf("%-20s %s", p.ID, clean(p.Name))
		if len(about) > 0 {
			line += quiet(" (" + strings.Join(about, ", ") + ")")
		}
		a.screen.line(line)
	}
	return nil
}

func (s *screen) practice(p api.Practice) {
	s.line(bold(clean(p.Name)))
	for l := range strings.SplitSeq(p.How, "\n") {
		if l = clean(l); l != "" {
			s.paragraph(0, l)
		}
	}
	for _, caution := range p.Cautions {
		s.paragraph(0, clean(caution))
	}
	if !p.On {
		s.line(quiet("It is off: kith practice " + p.ID + " --on"))
	}
	if p.Own {
		s.line(quiet("Your own; no study stands behind it."))
		return
	}
	s.line()
	s.paragraph(0, quiet(clean(p.Evidence)))
	s.paragraph(0, quiet("Evidence for "+clean(p.Outcome)+": "+p.Grade))
	for _, src := range p.Sources {
		words := "  " + clean(src.Citation) + "  https://doi.org/" + src.DOI
		if !src.Verified {
			words += " (address not checked by us)"
		}
		s.line(quiet(words))
	}
}
