package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type hooksCmd struct {
	List   hooksListCmd   `cmd:"" help:"List the addresses at which code forges tell what was finished, and what they refused."`
	Add    hooksAddCmd    `cmd:"" help:"Make an address for a forge, and a secret, which is shown this once."`
	Change hooksChangeCmd `cmd:"" help:"Rename a hook, or give it another secret."`
	Work   hooksWorkCmd   `cmd:"" help:"List what was finished in the last sixty days, and who it was."`
	Author hooksAuthorCmd `cmd:"" help:"Say who an author is: one of your people, you, or nobody you know."`
	Remove hooksRemoveCmd `cmd:"" help:"Remove a hook, and forget what it told."`
}

type hooksListCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists hooks.
func (c *hooksListCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		list, err := k.Hooks(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		if len(list.Items) == 0 {
			a.screen.line("None yet. Make one with: kith hooks add NAME")
		}
		for _, v := range list.Items {
			a.hook(v)
		}
		return nil
	})
}

// hookReasons say why a delivery was refused, and what to do.
func hookReasons() map[string]string {
	return map[string]string{
		"no_secret":     "the hook has no secret",
		"no_signature":  "it was not signed; put the secret into the forge",
		"bad_signature": "the forge has another secret",
		"stale":         "the two clocks differ by more than five minutes",
		"too_large":     "it was larger than four megabytes",
		"unreadable":    "it is not what a forge sends",
	}
}

func (a *app) hook(v api.Hook) {
	said := "nothing heard yet"
	if v.HeardAt != nil {
		said = v.Forge + ", last heard " + v.HeardAt.In(a.now().Location()).Format("2 January 15:04")
	}
	a.screen.line(v.ID, "  ", clean(v.Name), quiet("  "+said))
	a.screen.line("  ", v.Path)
	if !v.Ready {
		a.screen.paragraph(2, "It has no secret and refuses everything: kith hooks change "+v.ID+" --new-secret")
	}
	if v.Refused.Count > 0 {
		a.screen.paragraph(2, fmt.Sprintf("Refused: %d, the last one because %s.", v.Refused.Count, hookReasons()[v.Refused.Reason]))
	}
	if v.Secret != "" {
		a.screen.line("  secret, shown this once: ", v.Secret)
	}
}

// secretFromStdin is one that the forge made.
func (a *app) secretFromStdin() (string, error) {
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return "", usagef("standard input holds no secret")
	}
	return line, nil
}

type hooksAddCmd struct {
	Name        string `arg:"" help:"What you call it, such as Codeberg."`
	SecretStdin bool   `help:"Read a secret that the forge made from the first line of standard input."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run makes a hook.
func (c *hooksAddCmd) Run(ctx context.Context, a *app) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	d := api.HookDraft{ID: id.String(), Name: c.Name}
	if c.SecretStdin {
		if d.Secret, err = a.secretFromStdin(); err != nil {
			return err
		}
	}
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := k.MakeHook(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.hook(v)
		return nil
	})
}

type hooksChangeCmd struct {
	ID          string `arg:"" help:"Its id, or the end of it."`
	Name        string `placeholder:"NAME" help:"What you call it."`
	NewSecret   bool   `help:"Make another secret; the one before stops working at once."`
	SecretStdin bool   `help:"Read a secret that the forge made from the first line of standard input."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run changes a hook.
func (c *hooksChangeCmd) Run(ctx context.Context, a *app) error {
	d := api.HookChange{NewSecret: c.NewSecret}
	if c.Name != "" {
		d.Name = &c.Name
	}
	if c.SecretStdin {
		secret, err := a.secretFromStdin()
		if err != nil {
			return err
		}
		d.Secret = &secret
	}
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findHook(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if v, err = k.ChangeHook(ctx, v.ID, d, 0); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.hook(v)
		return nil
	})
}

type hooksWorkCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists finished work.
func (c *hooksWorkCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		list, err := k.FinishedWork(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		if len(list.Items) == 0 {
			a.screen.line("Nothing was told yet.")
		}
		for _, w := range list.Items {
			who := clean(w.Author.Name) + " (" + clean(w.Author.Author) + ")"
			switch w.Author.Is {
			case "person":
				who = clean(w.Author.Person.Name)
			case "me":
				who = "you"
			case "unknown":
				who += ", who is not known: kith hooks author " + clean(w.Author.Author) + " --person NAME"
			}
			a.screen.line(quiet(w.FinishedAt.In(a.now().Location()).Format("Mon 2 Jan  ")), w.Kind, "  ", clean(w.Title), quiet("  "+clean(w.Place)))
			a.screen.paragraph(2, "by "+who)
		}
		return nil
	})
}

type hooksAuthorCmd struct {
	Author  string `arg:"" help:"A handle such as codeberg.org/sam, or an e-mail address."`
	Person  string `placeholder:"NAME" help:"They are this one of your people; the handle becomes a channel of theirs."`
	Me      bool   `help:"They are you: your own work is never suggested."`
	Nobody  bool   `help:"They are nobody you know."`
	Unknown bool   `help:"Take back that they are you or nobody."`

	personFlags `embed:""`
}

// Run says who an author is.
func (c *hooksAuthorCmd) Run(ctx context.Context, a *app) error {
	m := api.AuthorMark{Author: c.Author}
	said := 0
	for is, on := range map[string]bool{"person": c.Person != "", "me": c.Me, "nobody": c.Nobody, "unknown": c.Unknown} {
		if on {
			m.Is = is
			said++
		}
	}
	if said != 1 {
		return usagef("say one of --person, --me, --nobody and --unknown")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		if c.Person != "" {
			p, err := namedPerson(ctx, k, c.Person)
			if err != nil {
				return err
			}
			m.Person = p.ID
		}
		return k.MarkAuthor(ctx, m)
	})
}

type hooksRemoveCmd struct {
	ID string `arg:"" help:"Its id, or the end of it."`

	personFlags `embed:""`
}

// Run removes a hook.
func (c *hooksRemoveCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findHook(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if err := k.DeleteHook(ctx, v.ID); err != nil {
			return err
		}
		a.screen.line("Removed: ", clean(v.Name))
		return nil
	})
}

// findHook finds a hook by its id or the end of it.
func findHook(ctx context.Context, k *client.Client, id string) (api.Hook, error) {
	list, err := k.Hooks(ctx)
	if err != nil {
		return api.Hook{}, err
	}
	return byEnd(list.Items, func(v api.Hook) string { return v.ID }, id, "hooks have this id: see kith hooks list")
}
