package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type calendarAccountsCmd struct {
	List   calendarAccountsListCmd   `cmd:"" help:"List accounts and what was found in them."`
	Add    calendarAccountsAddCmd    `cmd:"" help:"Sign in to an account; what is there is found, and nothing is written there."`
	Follow calendarAccountsFollowCmd `cmd:"" help:"Choose which calendars and address books of an account are followed, and read them."`
	Look   calendarAccountsLookCmd   `cmd:"" help:"Look for new calendars in an account."`
	Change calendarAccountsChangeCmd `cmd:"" help:"Rename an account, or sign in with another name or password."`
	Remove calendarAccountsRemoveCmd `cmd:"" help:"Forget an account, its password and what its calendars said; people stay."`
}

func (a *app) calendarAccount(v api.CalendarAccount) {
	a.screen.line(v.ID, "  ", clean(v.Name), quiet("  "+clean(v.Login)+"  "+clean(v.Host)))
	for _, c := range v.Calendars {
		mark, what := "  [ ] ", "calendar"
		if c.Followed {
			mark = "  [x] "
		}
		if c.Kind == "carddav" {
			what = "address book"
		}
		a.screen.line(mark, clean(c.Name), quiet("  "+what))
	}
}

type calendarAccountsListCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists accounts.
func (c *calendarAccountsListCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		list, err := k.CalendarAccounts(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		if len(list.Items) == 0 {
			a.screen.line("None yet. Sign in to one with: kith calendars accounts add https://... --login NAME")
		}
		for _, v := range list.Items {
			a.calendarAccount(v)
		}
		return nil
	})
}

type calendarAccountsAddCmd struct {
	Address string `arg:"" help:"Of the server, or for mail: where the calendars are is found out."`
	Name    string `placeholder:"NAME" help:"What you call it (default: where it lives)."`
	Login   string `placeholder:"NAME" help:"The name to sign in with (default: the address for mail); the password is asked for."`

	PasswordStdin bool `help:"Read the password from the first line of standard input."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run signs in to an account.
func (c *calendarAccountsAddCmd) Run(ctx context.Context, a *app) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	d := api.CalendarAccountDraft{ID: id.String(), Name: c.Name, Address: c.Address, Login: c.Login}
	if d.Password, err = a.password(c.PasswordStdin); err != nil {
		return err
	}
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := k.AddCalendarAccount(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.calendarAccount(v)
		a.screen.line("Choose with: kith calendars accounts follow ", v.ID[len(v.ID)-6:], " NAME...")
		return nil
	})
}

type calendarAccountsFollowCmd struct {
	ID    string   `arg:"" help:"The account's id, or the end of it."`
	Names []string `arg:"" optional:"" help:"Names of calendars and address books; exactly these are followed from now on. Without, none."`

	All bool `help:"Follow all of them."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run chooses what is followed.
func (c *calendarAccountsFollowCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findCalendarAccount(ctx, k, c.ID)
		if err != nil {
			return err
		}
		ids := []string{}
		for _, one := range v.Calendars {
			if c.All || slices.ContainsFunc(c.Names, func(n string) bool { return strings.EqualFold(n, one.Name) }) {
				ids = append(ids, one.ID)
			}
		}
		for _, n := range c.Names {
			if !slices.ContainsFunc(v.Calendars, func(one api.Calendar) bool { return strings.EqualFold(n, one.Name) }) {
				return usagef("this account has nothing called %s: see kith calendars accounts list", clean(n))
			}
		}
		if v, err = k.FollowOfCalendarAccount(ctx, v.ID, ids); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.calendarAccount(v)
		if len(ids) > 0 {
			a.screen.line("They are read soon; to read them now: kith calendars sync")
		}
		return nil
	})
}

type calendarAccountsLookCmd struct {
	ID string `arg:"" help:"The account's id, or the end of it."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run looks at an account again.
func (c *calendarAccountsLookCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findCalendarAccount(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if v, err = k.LookAtCalendarAccount(ctx, v.ID); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.calendarAccount(v)
		return nil
	})
}

type calendarAccountsChangeCmd struct {
	ID      string `arg:"" help:"The account's id, or the end of it."`
	Name    string `placeholder:"NAME" help:"What you call it."`
	Address string `placeholder:"ADDRESS" help:"Another address."`
	Login   string `placeholder:"NAME" help:"Another name to sign in with."`

	Password      bool `help:"Enter a new password."`
	PasswordStdin bool `help:"Read a new password from the first line of standard input."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run changes an account.
func (c *calendarAccountsChangeCmd) Run(ctx context.Context, a *app) error {
	var d api.CalendarAccountChange
	for to, from := range map[**string]*string{&d.Name: &c.Name, &d.Address: &c.Address, &d.Login: &c.Login} {
		if *from != "" {
			*to = from
		}
	}
	if c.Password || c.PasswordStdin {
		password, err := a.password(c.PasswordStdin)
		if err != nil {
			return err
		}
		d.Password = &password
	}
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findCalendarAccount(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if v, err = k.ChangeCalendarAccount(ctx, v.ID, d, 0); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.calendarAccount(v)
		return nil
	})
}

type calendarAccountsRemoveCmd struct {
	ID string `arg:"" help:"The account's id, or the end of it."`

	personFlags `embed:""`
}

// Run forgets an account.
func (c *calendarAccountsRemoveCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findCalendarAccount(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if err := k.DeleteCalendarAccount(ctx, v.ID); err != nil {
			return err
		}
		a.screen.line("Forgotten: ", clean(v.Name))
		return nil
	})
}

// findCalendarAccount finds an account by its id or the end of it.
func findCalendarAccount(ctx context.Context, k *client.Client, id string) (api.CalendarAccount, error) {
	list, err := k.CalendarAccounts(ctx)
	if err != nil {
		return api.CalendarAccount{}, err
	}
	return byEnd(list.Items, func(v api.CalendarAccount) string { return v.ID }, id, "accounts have this id: see kith calendars accounts list")
}
