package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fold"
)

// personShown is a person with the newest moments, as --json prints it.
type personShown struct {
	api.PersonDetail
	Moments []api.Moment `json:"moments"`
}

// one makes two people one, or says that they are not, or takes that back.
func (c *personCmd) one(ctx context.Context, a *app, k *client.Client, id string) error {
	if c.Distinct != "" {
		other, err := namedPerson(ctx, k, c.Distinct)
		if err != nil {
			return err
		}
		if err := k.NotTheSame(ctx, id, other.ID); err != nil {
			return err
		}
	}
	if c.Merge != "" {
		other, err := namedPerson(ctx, k, c.Merge)
		if err != nil {
			return err
		}
		if _, err := k.Merge(ctx, id, api.MergeDraft{ID: freshID(), With: other.ID}); err != nil {
			return err
		}
		if !c.JSON {
			a.screen.line(quiet(clean(other.Name) + " is one with them now; --undo takes it back."))
		}
	}
	if !c.Undo {
		return nil
	}
	merges, err := k.Merges(ctx, id)
	if err != nil {
		return err
	}
	if len(merges.Items) == 0 {
		return fmt.Errorf("nobody was merged into them")
	}
	m, err := k.UndoMerge(ctx, merges.Items[0].ID)
	if err == nil && !c.JSON {
		a.screen.line(quiet(clean(merges.Items[0].GoneName) + " is somebody of their own again (" + m.Gone[30:] + ")."))
	}
	return err
}

// person prints all of a person.
func (s *screen) person(d api.PersonDetail, now time.Time) {
	name := bold(clean(d.Name))
	if d.Nickname != "" && fold.Fold(d.Nickname) != fold.Fold(d.Name) {
		name += quiet(" · " + clean(d.Nickname))
	}
	s.paragraph(0, name)
	words := standsWords(d.Person, now)
	if d.Every > 0 {
		words = append(words, "every "+strconv.Itoa(d.Every)+" days")
	}
	if d.Context != "" {
		words = append(words, d.Context)
	}
	for _, g := range d.Groups {
		words = append(words, clean(g.Name))
	}
	s.paragraph(0, quiet(strings.Join(words, " · ")))
	if there, ok := whereTheyAre(d.Person, now); ok {
		s.paragraph(0, quiet(there))
	}
	if d.StandingNote != "" {
		s.paragraph(2, clean(d.StandingNote))
	}
	for _, c := range d.Channels {
		words := clean(c.Value)
		if c.Label != "" {
			words += quiet(" · " + clean(c.Label))
		}
		s.item(c.Kind, words, c.ID)
	}
	for _, v := range d.Dates {
		kind := v.Kind
		if v.Label != "" {
			kind = clean(v.Label)
		}
		s.item(kind, dateWords(v), v.ID)
	}
	for _, r := range d.Relations {
		switch {
		case r.Is != "":
			s.item(clean(r.Is), clean(r.WithName), r.ID)
		default:
			s.item("is "+clean(r.Me)+" of", clean(r.WithName), r.ID)
		}
	}
	for _, f := range d.FollowUps {
		if f.State == "open" {
			s.item(f.Due, clean(f.Text), f.ID)
		}
	}
	for _, f := range d.Facts {
		kind := "fact"
		if f.Private {
			kind = "private"
		}
		s.item(kind, clean(f.Text), f.ID)
	}
}

// item prints one thing: what it is, the words, and the end of its id.
func (s *screen) item(kind, words, id string) {
	const indent = 14
	lines := strings.Split(s.wrap(words+quiet(" · "+id[max(0, len(id)-6):]), s.width-indent), "\n")
	if len([]rune(kind)) > indent-3 {
		s.line("  ", quiet(kind))
		kind = ""
	}
	for i, l := range lines {
		if i > 0 {
			kind = ""
		}
		s.line("  ", quiet(fmt.Sprintf("%-*s", indent-2, kind)), l)
	}
}

func dateWords(d api.Date) string {
	month := time.Month(d.Month).String()
	if d.Year == nil {
		return fmt.Sprintf("%d %s", d.Day, month)
	}
	return fmt.Sprintf("%d %s %d", d.Day, month, *d.Year)
}

// whereTheyAre says what time it is there.
func whereTheyAre(p api.Person, now time.Time) (string, bool) {
	if p.Zone == "" {
		return "", false
	}
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		return "", false
	}
	words := now.In(loc).Format("15:04") + " in " + p.Zone
	if p.HoursFrom != nil && p.HoursTo != nil {
		words += fmt.Sprintf(", good from %d:%02d to %d:%02d", *p.HoursFrom/60, *p.HoursFrom%60, *p.HoursTo/60, *p.HoursTo%60)
	}
	return words, true
}
