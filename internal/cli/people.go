package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clipperhouse/displaywidth"
	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fault"
	"kith/internal/fold"
)

type peopleCmd struct {
	Query      []string `arg:"" optional:"" help:"Only those whose name has words that begin so, and those who are known by them: Ida's father, a group, an employer, a street, a number."`
	Sort       string   `enum:"name,last,ring" default:"name" help:"By name, by last contact or by ring: name, last or ring."`
	Ring       string   `enum:",inner,close,friends,wider,none" placeholder:"RING" help:"Only this ring: inner, close, friends, wider, or none."`
	Group      string   `placeholder:"NAME" help:"Only this group."`
	Standing   string   `enum:",active,paused,let_go,grieving,deceased" placeholder:"S" help:"Only this standing."`
	Archived   bool     `help:"Only those who are archived."`
	Duplicates bool     `help:"Pairs that are likely one person, instead."`
	Limit      int      `default:"200" placeholder:"N" help:"At most so many (200)."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists people with their last contact.
func (c *peopleCmd) Run(ctx context.Context, a *app) error {
	if c.Limit < 1 || c.Limit > 200 {
		return usagef("--limit must be between 1 and 200")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		if c.Duplicates {
			return showDuplicates(ctx, a, k, c.JSON)
		}
		f := client.PeopleFilter{Query: strings.Join(c.Query, " "), Sort: c.Sort, Ring: c.Ring, Standing: c.Standing}
		if c.Archived {
			f.Archived = "only"
		}
		if c.Group != "" {
			g, err := findGroup(ctx, k, c.Group)
			if err != nil {
				return err
			}
			f.Group = g.ID
		}
		page, err := k.People(ctx, f, c.Limit, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(page)
		}
		if narrowed := f != (client.PeopleFilter{Sort: c.Sort}); len(page.Items) == 0 && narrowed {
			a.screen.line("Nobody is found so.")
		} else if len(page.Items) == 0 {
			a.screen.line(`Nobody yet. People appear as you log moments: kith add "coffee with @Sam"`)
		}
		for _, p := range page.Items {
			name := clean(p.Name)
			pad := strings.Repeat(" ", max(1, 33-displaywidth.String(name)))
			a.screen.line(name, pad, quiet(strings.Join(append(foundWords(p), standsWords(p, a.now())...), " · ")))
		}
		return nil
	})
}

// foundWords are what somebody was found by who is not called so.
func foundWords(p api.Person) []string {
	if p.Found == nil {
		return nil
	}
	words, _, _ := strings.Cut(clean(p.Found.Text), "\n")
	if p.Found.With != "" {
		words = clean(p.Found.With) + "'s " + words
	}
	return []string{displaywidth.TruncateString(words, 60, "…")}
}

// standsWords are what a list says of a person: last contact, ring, and how they stand where that is not as usual.
func standsWords(p api.Person, now time.Time) []string {
	words := []string{lastWords(p, now)}
	if p.Ring != "" {
		words = append(words, p.Ring)
	}
	if p.Standing != "active" {
		words = append(words, strings.ReplaceAll(p.Standing, "_", " "))
	}
	if p.ArchivedAt != nil {
		words = append(words, "archived")
	}
	return words
}

func showDuplicates(ctx context.Context, a *app, k *client.Client, json bool) error {
	page, err := k.Duplicates(ctx)
	if err != nil {
		return err
	}
	if json {
		return a.printJSON(page)
	}
	if len(page.Items) == 0 {
		a.screen.line("Nobody looks like somebody else.")
	}
	for _, d := range page.Items {
		a.screen.paragraph(0, clean(d.One.Name)+" and "+clean(d.Other.Name)+quiet(" · the same "+d.Reason))
	}
	return nil
}

// findGroup is the group of this name.
func findGroup(ctx context.Context, k *client.Client, name string) (api.Group, error) {
	groups, err := k.Groups(ctx)
	if err != nil {
		return api.Group{}, err
	}
	for _, g := range groups.Items {
		if fold.Fold(g.Name) == fold.Fold(strings.TrimSpace(name)) {
			return g, nil
		}
	}
	return api.Group{}, fault.NotFound("group")
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

// findPerson is the one person of this name, or when nobody is called so the one who is known by it: the exact name wins
// over a part of it, and nobody is guessed. It is for who looks; what writes takes namedPerson.
func findPerson(ctx context.Context, k *client.Client, name string) (api.Person, error) {
	name = strings.TrimPrefix(strings.TrimSpace(name), "@")
	if name == "" {
		return api.Person{}, usagef("give a name")
	}
	if uuid.Validate(name) == nil {
		d, err := k.Person(ctx, name)
		return d.Person, err
	}
	f := client.PeopleFilter{Query: name, Named: true, Sort: "name", Archived: "with"}
	page, err := k.People(ctx, f, 200, "")
	if err == nil && len(page.Items) == 0 {
		f.Named = false
		page, err = k.People(ctx, f, 200, "")
	}
	if err != nil {
		return api.Person{}, err
	}
	meant := slices.DeleteFunc(slices.Clone(page.Items), func(p api.Person) bool {
		return fold.Fold(p.Name) != fold.Fold(name) && (p.Nickname == "" || fold.Fold(p.Nickname) != fold.Fold(name))
	})
	if len(meant) == 0 {
		meant = page.Items
	}
	switch len(meant) {
	case 0:
		return api.Person{}, fault.NotFound("person")
	case 1:
		return meant[0], nil
	}
	var names []string
	for i, p := range meant {
		said := clean(p.Name)
		if slices.ContainsFunc(meant, func(o api.Person) bool { return o.ID != p.ID && fold.Fold(o.Name) == fold.Fold(p.Name) }) {
			said += " (" + p.ID + ")"
		}
		if names = append(names, said); i == 4 {
			break
		}
	}
	return api.Person{}, fmt.Errorf("that could be %s: give more of the name, or the id", strings.Join(names, ", "))
}

// namedPerson is findPerson for what writes, where nobody is guessed at: somebody has to be called so.
func namedPerson(ctx context.Context, k *client.Client, name string) (api.Person, error) {
	p, err := findPerson(ctx, k, name)
	if err == nil && p.Found != nil {
		return api.Person{}, fmt.Errorf("nobody is called so; that may be %s: give the name", clean(p.Name))
	}
	return p, err
}
