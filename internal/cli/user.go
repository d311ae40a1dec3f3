package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"

	"kith/internal/client"
	"kith/internal/i18n"
)

type userCmd struct {
	Add           userAddCmd   `cmd:"" help:"Make an account. The first one is an administrator."`
	List          userListCmd  `cmd:"" help:"List accounts."`
	ResetPassword userResetCmd `cmd:"" help:"Print a link that sets a new password, once."`
	Passkeys      userKeysCmd  `cmd:"" help:"List an account's passkeys, or remove them."`
	Erase         userEraseCmd `cmd:"" help:"Erase an account and everything in it, for good."`
}

type userAddCmd struct {
	Email         string `required:"" placeholder:"EMAIL" help:"Address to sign in with."`
	Name          string `placeholder:"NAME" help:"What to call them (default: the part before the @)."`
	Zone          string `placeholder:"IANA" help:"Time zone (default: this machine's)."`
	Locale        string `placeholder:"LANG" help:"Language: ar, de, en, es or ja (default: this terminal's)."`
	Admin         bool   `help:"May see accounts, not lives."`
	PasswordStdin bool   `help:"Read the password from the first line of standard input."`

	jsonFlag   `embed:""`
	storeFlags `embed:""`
}

// Run makes an account.
func (c *userAddCmd) Run(ctx context.Context, a *app) error {
	password, err := a.password(c.PasswordStdin)
	if err != nil {
		return err
	}
	u := newUser{Email: c.Email, Name: c.Name, Zone: c.Zone, Locale: c.Locale, Admin: c.Admin, Password: password}
	if u.Name == "" {
		u.Name, _, _ = strings.Cut(c.Email, "@")
	}
	if u.Zone == "" {
		u.Zone = localZone(a.getenv)
	}
	if u.Locale == "" {
		if u.Locale = terminalLocale(a.getenv); !i18n.Spoken(u.Locale) {
			u.Locale = i18n.Default
		}
	}
	return c.with(ctx, a, func(k *client.Client) error {
		var made userInfo
		if err := operate(ctx, k, "users/add", u, &made); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(made)
		}
		a.screen.line("Added " + clean(made.Email) + ".")
		return nil
	})
}

type userListCmd struct {
	jsonFlag   `embed:""`
	storeFlags `embed:""`
}

// Run lists accounts, and nothing of what is in them.
func (c *userListCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		var list userList
		if err := operate(ctx, k, "users/list", nothing{}, &list); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		for _, u := range list.Items {
			role := ""
			if u.Admin {
				role = "administrator"
			}
			if u.Passkeys > 0 {
				role = strings.TrimSpace(fmt.Sprintf("%s  passkeys: %d", role, u.Passkeys))
			}
			a.screen.line(fmt.Sprintf("%-32s %-20s %s  %s", clean(u.Email), clean(u.Name), u.CreatedAt.Format("2006-01-02"), role))
		}
		if len(list.Items) == 0 {
			a.screen.line("No account yet. Make one with: kith user add --email EMAIL")
		}
		return nil
	})
}

type userResetCmd struct {
	Email     string `required:"" placeholder:"EMAIL" help:"Whose password."`
	PublicURL string `env:"KITH_PUBLIC_URL" placeholder:"URL" default:"http://${addr}" help:"The address people open."`

	jsonFlag   `embed:""`
	storeFlags `embed:""`
}

// Run prints the link alone, so that it can be copied or sent on.
func (c *userResetCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		var link resetLink
		if err := operate(ctx, k, "users/reset-password", byEmail{c.Email}, &link); err != nil {
			return err
		}
		url := strings.TrimRight(c.PublicURL, "/") + "/reset/" + link.Secret
		if c.JSON {
			return a.printJSON(map[string]string{"url": url})
		}
		_, err := fmt.Fprintln(a.out, url)
		return err
	})
}

type userKeysCmd struct {
	Email       string `required:"" placeholder:"EMAIL" help:"Whose passkeys."`
	Remove      string `placeholder:"ID" help:"Remove this one."`
	RemoveAll   bool   `help:"Remove all of them."`
	ForgetCodes bool   `help:"End the recovery codes too; their owner makes new ones."`

	jsonFlag   `embed:""`
	storeFlags `embed:""`
}

// Run removes what is named and lists what is left.
func (c *userKeysCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		var list passkeyList
		in := passkeysOf{Email: c.Email, Remove: c.Remove, RemoveAll: c.RemoveAll, ForgetCodes: c.ForgetCodes}
		if err := operate(ctx, k, "users/passkeys", in, &list); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		for _, p := range list.Items {
			used := "never used"
			if p.UsedAt != nil {
				used = "used " + p.UsedAt.Format("2006-01-02")
			}
			a.screen.line(fmt.Sprintf("%s  %-24s %s  %s  %s", p.ID, clean(p.Name), clean(p.Host), p.CreatedAt.Format("2006-01-02"), used))
		}
		if len(list.Items) == 0 {
			a.screen.line("No passkeys. The password and what is left of the recovery codes let in.")
		}
		a.screen.line(fmt.Sprintf("Recovery codes left: %d", list.Codes))
		return nil
	})
}

type userEraseCmd struct {
	Email string `required:"" placeholder:"EMAIL" help:"Whose account."`
	Yes   bool   `help:"Do not ask."`

	storeFlags `embed:""`
}

// Run erases an account after asking.
func (c *userEraseCmd) Run(ctx context.Context, a *app) error {
	if !c.Yes {
		fmt.Fprintf(a.err, "This erases the account and everything in it for good. Type the address again to go on: ")
		line, err := bufio.NewReader(a.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if !strings.EqualFold(strings.TrimSpace(line), strings.TrimSpace(c.Email)) {
			return errors.New("nothing was erased")
		}
	}
	return c.with(ctx, a, func(k *client.Client) error {
		if err := operate(ctx, k, "users/erase", byEmail{c.Email}, &nothing{}); err != nil {
			return err
		}
		a.screen.line("Erased.")
		return nil
	})
}

// operate calls one of the operator's routes.
func operate(ctx context.Context, k *client.Client, path string, in, out any) error {
	return k.Do(ctx, http.MethodPost, operatorPrefix+path, in, out)
}

// password reads a new password: from standard input, or twice from the terminal without showing it.
func (a *app) password(stdin bool) (string, error) {
	if stdin {
		line, err := bufio.NewReader(a.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	f, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return "", usagef("there is no terminal to ask for the password: use --password-stdin")
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(a.err, prompt)
		b, err := term.ReadPassword(f.Fd())
		fmt.Fprintln(a.err)
		return string(b), err
	}
	first, err := ask("Password: ")
	if err != nil {
		return "", err
	}
	second, err := ask("Once more: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passwords differ; nothing was made")
	}
	return first, nil
}

// localZone is this machine's zone by its IANA name, or UTC when it has none.
func localZone(getenv func(string) string) string {
	if tz := strings.TrimPrefix(getenv("TZ"), ":"); tz != "" && !strings.HasPrefix(tz, "/") {
		return tz
	}
	if target, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "zoneinfo/"); ok {
			return name
		}
	}
	if b, err := os.ReadFile("/etc/timezone"); err == nil {
		if name := strings.TrimSpace(string(b)); name != "" {
			return name
		}
	}
	return "UTC"
}
