package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kith/internal/api"
	"kith/internal/client"
)

type tokenCmd struct {
	New    tokenNewCmd    `cmd:"" help:"Make a token and print it alone; it is shown this once."`
	List   tokenListCmd   `cmd:"" help:"List tokens, without their secrets."`
	Revoke tokenRevokeCmd `cmd:"" help:"Make a token useless."`
}

// ownerFlags name the account and the store of an operator's command.
type ownerFlags struct {
	storeFlags `embed:""`
	User       string `group:"store" env:"KITH_USER" placeholder:"EMAIL" help:"Whose; one account needs none."`
}

type tokenNewCmd struct {
	Scope   []string      `default:"read,capture,write,delete" placeholder:"SCOPE" help:"What it may do: read, capture, write, delete, admin (all but admin)."`
	Name    string        `default:"command line" placeholder:"NAME" help:"What it is for."`
	Expires time.Duration `placeholder:"DURATION" help:"How long it works, such as 720h (default: until revoked)."`

	jsonFlag   `embed:""`
	ownerFlags `embed:""`
}

// Run makes a token.
func (c *tokenNewCmd) Run(ctx context.Context, a *app) error {
	in := newToken{Email: c.User, Name: c.Name, Scopes: c.Scope}
	if c.Expires > 0 {
		at := a.now().Add(c.Expires).UTC()
		in.ExpiresAt = &at
	}
	return c.with(ctx, a, func(k *client.Client) error {
		var t api.Token
		if err := operate(ctx, k, "tokens/new", in, &t); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(t)
		}
		_, err := fmt.Fprintln(a.out, t.Secret)
		return err
	})
}

type tokenListCmd struct {
	jsonFlag   `embed:""`
	ownerFlags `embed:""`
}

// Run lists tokens.
func (c *tokenListCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		var list tokenList
		if err := operate(ctx, k, "tokens/list", byEmail{c.User}, &list); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		for _, t := range list.Items {
			used := "never used"
			if t.UsedAt != nil {
				used = "used " + t.UsedAt.Format(time.DateOnly)
			}
			a.screen.line(fmt.Sprintf("%s  %-20s %s  %s", t.ID, clean(t.Name), strings.Join(t.Scopes, " "), quiet(used)))
		}
		if len(list.Items) == 0 {
			a.screen.line("No token. Make one with: kith token new")
		}
		return nil
	})
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"The token's id."`

	ownerFlags `embed:""`
}

// Run revokes a token.
func (c *tokenRevokeCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		if err := operate(ctx, k, "tokens/revoke", tokenRef{c.User, c.ID}, &nothing{}); err != nil {
			return err
		}
		a.screen.line("Revoked.")
		return nil
	})
}
