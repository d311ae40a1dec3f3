package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

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

// Run lists what matches, newest first.
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
		page, err := k.Moments(ctx, f, c.Limit, c.Cursor)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(page)
		}
		a.screen.moments(page.Items, a.now())
		if len(page.Items) == 0 {
			a.screen.line("Nothing matches.")
		} else if page.NextCursor != "" {
			a.screen.line(quiet("There are more: narrow the search, or raise --limit."))
		}
		return nil
	})
}

type showCmd struct {
	ID string `arg:"" optional:"" help:"The id, or the end of it that lists show."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run shows one moment with everything that is kept of it.
func (c *showCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(m)
		}
		a.screen.line(bold(dayName(m.Day, a.now())))
		a.screen.moment(m, true)
		return nil
	})
}

type editCmd struct {
	ID   string   `arg:"" help:"The id, or the end of it that lists show."`
	Text []string `arg:"" help:"The new line; everything is read from it again."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run gives a moment new words.
func (c *editCmd) Run(ctx context.Context, a *app) error {
	text := strings.Join(c.Text, " ")
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		m, err = k.ChangeMoment(ctx, m.ID, api.MomentChange{Text: &text, Reread: true}, m.Revision)
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

type deleteCmd struct {
	ID string `arg:"" help:"The id, or the end of it that lists show."`

	personFlags `embed:""`
}

// Run deletes a moment.
func (c *deleteCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		if err := k.DeleteMoment(ctx, m.ID, m.Revision); err != nil {
			return err
		}
		a.screen.line("Deleted. For ten minutes, kith undo brings it back.")
		return nil
	})
}

type undoCmd struct {
	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run takes back the last thing.
func (c *undoCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		u, err := k.UndoLast(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(u)
		}
		if u.Did == "restored" {
			a.screen.line("Back again:")
		} else {
			a.screen.line("Taken back:")
		}
		a.screen.moment(u.Moment, false)
		return nil
	})
}

type repeatCmd struct {
	ID string `arg:"" optional:"" help:"The id, or the end of it that lists show; without, the last one."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run logs a moment again.
func (c *repeatCmd) Run(ctx context.Context, a *app) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return c.with(ctx, a, func(k *client.Client) error {
		m, err := findMoment(ctx, k, c.ID)
		if err != nil {
			return err
		}
		m, err = k.RepeatMoment(ctx, m.ID, id.String())
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

// recent is how many moments the end of an id is looked for among.
const recent = 600

// findMoment is the moment with this id or this end of an id; without either, the last one logged.
func findMoment(ctx context.Context, k *client.Client, id string) (api.Moment, error) {
	id = strings.ToLower(strings.TrimSpace(id))
	if id == "" {
		return k.LastMoment(ctx)
	}
	if len(id) == 36 {
		return k.Moment(ctx, id)
	}
	if len(id) < 4 {
		return api.Moment{}, usagef("an id needs at least its last four characters")
	}
	var found []api.Moment
	cursor := ""
	for seen := 0; seen < recent; {
		page, err := k.Moments(ctx, client.Filter{}, 200, cursor)
		if err != nil {
			return api.Moment{}, err
		}
		for _, m := range page.Items {
			if strings.HasSuffix(m.ID, id) {
				found = append(found, m)
			}
		}
		seen += len(page.Items)
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	switch len(found) {
	case 0:
		return api.Moment{}, fmt.Errorf("no moment among the newest %d has an id that ends so; give the whole id", recent)
	case 1:
		return found[0], nil
	}
	return api.Moment{}, fmt.Errorf("%d moments have an id that ends so; give more of it", len(found))
}

// logged says what was kept.
func (s *screen) logged(m api.Moment) { s.moment(m, true) }

// moments prints a list, a heading for each day.
func (s *screen) moments(list []api.Moment, now time.Time) {
	day := ""
	for _, m := range list {
		if m.Day != day {
			if day != "" {
				s.line()
			}
			day = m.Day
			s.line(bold(dayName(day, now)))
		}
		s.moment(m, false)
	}
}

// moment prints one moment: time, kind and words, and beneath what was understood.
func (s *screen) moment(m api.Moment, whole bool) {
	const indent = 22 // time and kind
	at := "     "
	switch m.Precision {
	case "minute":
		at = m.HappenedAt.Format("15:04")
	case "month", "year":
		at = "about"
	}
	short := m.ID
	if len(short) > 6 && !whole {
		short = short[len(short)-6:]
	}
	kind := fmt.Sprintf("%-12s", m.Kind)
	lines := strings.Split(s.wrap(clean(m.Text), s.width-indent), "\n")
	s.line("  ", quiet(at), " ", tint(kindColor(m.Kind), "● "+kind), " ", lines[0])
	for _, l := range lines[1:] {
		s.line(strings.Repeat(" ", indent), l)
	}
	s.paragraph(indent, quiet(strings.Join(append(details(m), short), " · ")))
}

// details are the words for what a moment holds beside its line.
func details(m api.Moment) []string {
	var list []string
	for _, p := range m.People {
		list = append(list, clean(p.Name))
	}
	for _, w := range m.Someone {
		list = append(list, clean(w))
	}
	if m.Context != "" {
		list = append(list, m.Context)
	}
	for _, t := range m.Tags {
		list = append(list, "#"+clean(t))
	}
	if m.DurationMin != nil {
		list = append(list, fmt.Sprintf("%d min", *m.DurationMin))
	}
	if m.Felt != nil {
		list = append(list, feltWords(*m.Felt))
	}
	if m.Contact == "attempt" {
		list = append(list, "no answer")
	}
	switch m.StartedBy {
	case "me":
		list = append(list, "you began it")
	case "them":
		list = append(list, "they began it")
	case "both":
		list = append(list, "you both began it")
	}
	return list
}

// draft shows what a line would become: the line with what was understood, then the same in words.
func (s *screen) draft(d api.Draft) {
	s.paragraph(2, chips(d))
	m := api.Moment{
		Kind: d.Kind, Someone: d.Someone, Context: d.Context, Tags: d.Tags, DurationMin: d.DurationMin, Felt: d.Felt,
		Contact: d.Contact, StartedBy: d.StartedBy,
	}
	words := []string{tint(kindColor(d.Kind), "● "+d.Kind)}
	switch d.Precision {
	case "minute":
		words = append(words, d.HappenedAt.Format("Monday, 2 January 2006, 15:04"))
	case "month":
		words = append(words, d.HappenedAt.Format("January 2006"))
	case "year":
		words = append(words, d.HappenedAt.Format("2006"))
	default:
		words = append(words, d.HappenedAt.Format("Monday, 2 January 2006"))
	}
	for _, p := range d.People {
		name := clean(p.Name)
		switch {
		case len(p.Maybe) > 0:
			name += fmt.Sprintf(" (one of %d: say which)", len(p.Maybe))
		case p.New:
			name += " (new)"
		}
		words = append(words, name)
	}
	s.paragraph(2, strings.Join(append(words, details(m)...), " · "))
	s.line(quiet("  Nothing was kept."))
}

// chips is the line with every understood part in brackets, coloured where there is colour.
func chips(d api.Draft) string {
	var b strings.Builder
	at := 0
	for _, p := range d.Spans {
		if p.Start < at || p.End > len(d.Text) || p.Start > p.End {
			continue
		}
		b.WriteString(clean(d.Text[at:p.Start]))
		b.WriteString(tint(ember, "["+clean(d.Text[p.Start:p.End])+"]"))
		at = p.End
	}
	b.WriteString(clean(d.Text[at:]))
	return b.String()
}
