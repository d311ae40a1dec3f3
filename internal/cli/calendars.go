package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type calendarsCmd struct {
	List   calendarsListCmd   `cmd:"" help:"List calendars that are followed, and how they do."`
	Add    calendarsAddCmd    `cmd:"" help:"Follow a calendar by its address; only its busy times are kept."`
	Change calendarsChangeCmd `cmd:"" help:"Rename a calendar, give it another address, allow or forbid titles."`
	Sync   calendarsSyncCmd   `cmd:"" help:"Read a calendar now, or all of them."`
	Busy   calendarsBusyCmd   `cmd:"" help:"List when you are busy."`
	Feed   calendarsFeedCmd   `cmd:"" help:"Make a secret link to your birthdays and follow-ups, for a calendar program; it is shown this once."`
	Remove calendarsRemoveCmd `cmd:"" help:"Follow a calendar no longer, and forget what it said."`

	Accounts calendarAccountsCmd `cmd:"" help:"Sign in where calendars and address books are (CalDAV, CardDAV), and choose which are followed."`
}

type calendarsListCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists calendars.
func (c *calendarsListCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		list, err := k.Calendars(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		if len(list.Items) == 0 {
			a.screen.line("None yet. Follow one with: kith calendars add https://...")
		}
		for _, v := range list.Items {
			a.calendar(v)
		}
		return nil
	})
}

func (a *app) calendar(v api.Calendar) {
	said := "not read yet"
	if v.SyncedAt != nil {
		what := "busy time"
		if v.Kind == "carddav" {
			what = "contact"
		}
		said = countOf(v.Found, what)
	}
	a.screen.line(v.ID, "  ", clean(v.Name), quiet("  "+clean(v.Host)+"  "+said))
	if v.Failure != nil {
		a.screen.paragraph(2, clean(v.Failure.Message))
	}
}

type calendarsAddCmd struct {
	URL   string `arg:"" name:"address" help:"Its private iCal address; webcal:// works."`
	Name  string `placeholder:"NAME" help:"What you call it (default: where it lives)."`
	Login string `placeholder:"NAME" help:"If it needs one; the password is asked for."`

	PasswordStdin bool `help:"Read the password from the first line of standard input."`
	Titles        bool `help:"Allow the titles of events to be kept, sealed."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run follows a calendar.
func (c *calendarsAddCmd) Run(ctx context.Context, a *app) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	d := api.CalendarDraft{ID: id.String(), Name: c.Name, URL: c.URL, Login: c.Login, Titles: c.Titles}
	if c.Login != "" {
		if d.Password, err = a.password(c.PasswordStdin); err != nil {
			return err
		}
	}
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := k.FollowCalendar(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.calendar(v)
		return nil
	})
}

type calendarsChangeCmd struct {
	ID     string `arg:"" help:"Its id, or the end of it."`
	Name   string `placeholder:"NAME" help:"What you call it."`
	URL    string `name:"address" placeholder:"URL" help:"Another address."`
	Titles string `placeholder:"YES|NO" enum:",yes,no" help:"Whether the titles of events may be kept."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run changes a calendar.
func (c *calendarsChangeCmd) Run(ctx context.Context, a *app) error {
	var d api.CalendarChange
	if c.Name != "" {
		d.Name = &c.Name
	}
	if c.URL != "" {
		d.URL = &c.URL
	}
	if c.Titles != "" {
		yes := c.Titles == "yes"
		d.Titles = &yes
	}
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findCalendar(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if v, err = k.ChangeCalendar(ctx, v.ID, d, 0); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		a.calendar(v)
		return nil
	})
}

type calendarsSyncCmd struct {
	ID string `arg:"" optional:"" help:"Its id, or the end of it; without, all."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run reads calendars now.
func (c *calendarsSyncCmd) Run(ctx context.Context, a *app) error {
	saveMemory(a.getenv) // a large calendar must not make a large process
	return c.with(ctx, a, func(k *client.Client) error {
		list, err := k.Calendars(ctx)
		if err != nil {
			return err
		}
		done, failed := api.List[api.Calendar]{Items: []api.Calendar{}}, 0
		for _, v := range list.Items {
			if !strings.HasSuffix(v.ID, c.ID) {
				continue
			}
			stop := a.tell(ctx, syncFar(k, v.ID))
			v, err = k.SyncCalendar(ctx, v.ID)
			stop()
			if errors.Is(err, context.Canceled) {
				return &stoppedError{"stopped; what was known stays"}
			}
			if err != nil {
				return err
			}
			if v.Failure != nil {
				failed++
			}
			done.Items = append(done.Items, v)
			if !c.JSON {
				a.calendar(v)
			}
		}
		if len(done.Items) == 0 && c.ID != "" {
			return usagef("no calendar has this id: see kith calendars list")
		}
		if c.JSON {
			err = a.printJSON(done)
		}
		if err == nil && failed > 0 {
			err = fmt.Errorf("%s could not be read; what was known of it stays", countOf(failed, "calendar"))
		}
		return err
	})
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// syncFar asks how far the reading of a calendar is.
func syncFar(k *client.Client, id string) func(context.Context) (far, bool) {
	return func(ctx context.Context) (far, bool) {
		v, err := k.Calendar(ctx, id)
		if err != nil || v.Doing == nil || v.Doing.Of == 0 {
			return far{}, false
		}
		return far{v.Doing.Done, v.Doing.Of, fmt.Sprintf("%s: %d of %d read", clean(v.Name), v.Doing.Done, v.Doing.Of)}, true
	}
}

type calendarsBusyCmd struct {
	Days int `default:"2" placeholder:"N" help:"How many days from now (${default})."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run lists busy times.
func (c *calendarsBusyCmd) Run(ctx context.Context, a *app) error {
	if c.Days < 1 || c.Days > 31 {
		return usagef("--days must be between 1 and 31")
	}
	return c.with(ctx, a, func(k *client.Client) error {
		list, err := k.BusyTimes(ctx, a.now(), a.now().Add(time.Duration(c.Days)*24*time.Hour))
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(list)
		}
		if len(list.Items) == 0 {
			a.screen.line("Nothing: you are free.")
		}
		for _, v := range list.Items {
			start, end := v.Start.In(a.now().Location()), v.End.In(a.now().Location())
			a.screen.line(quiet(start.Format("Mon 2 Jan")), "  ", start.Format("15:04"), " to ", end.Format("15:04"), "  ", clean(v.Title))
		}
		return nil
	})
}

type calendarsFeedCmd struct {
	End bool `help:"Make the link useless instead."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run makes the link, or ends it.
func (c *calendarsFeedCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		if c.End {
			return k.EndCalendarFeed(ctx)
		}
		v, err := k.MakeCalendarFeed(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(v)
		}
		_, err = fmt.Fprintln(a.out, v.Path)
		return err
	})
}

type calendarsRemoveCmd struct {
	ID string `arg:"" help:"Its id, or the end of it."`

	personFlags `embed:""`
}

// Run follows a calendar no longer.
func (c *calendarsRemoveCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		v, err := findCalendar(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if err := k.DeleteCalendar(ctx, v.ID); err != nil {
			return err
		}
		a.screen.line("Followed no longer: ", clean(v.Name))
		return nil
	})
}

// findCalendar finds a calendar by its id or the end of it.
func findCalendar(ctx context.Context, k *client.Client, id string) (api.Calendar, error) {
	list, err := k.Calendars(ctx)
	if err != nil {
		return api.Calendar{}, err
	}
	return byEnd(list.Items, func(v api.Calendar) string { return v.ID }, id, "calendars have this id: see kith calendars list")
}
