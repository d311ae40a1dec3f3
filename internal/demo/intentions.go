package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kith/internal/db"
	"kith/internal/intention"
	"kith/internal/practice"
)

// intended is a line of intentions.txt: key or nothing | text | cue or nothing | kind.
type intended struct{ who, text, cue, kind string }

func (s *Story) intended() ([]intended, error) {
	list, err := lines(s.Lang, "intentions.txt")
	if err != nil {
		return nil, err
	}
	out := make([]intended, 0, len(list))
	for _, l := range list {
		part := strings.Split(l, "|")
		if len(part) != 4 {
			return nil, fmt.Errorf("demo: intentions: %q", l)
		}
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		out = append(out, intended{part[0], part[1], part[2], part[3]})
	}
	return out, nil
}

// intentions are what was meant for about four days in six: kept more often than not, and today's still open.
func (s *Story) intentions() ([]intention.Row, error) {
	own, err := s.intended()
	if err != nil {
		return nil, err
	}
	library := practice.Library(s.Lang)
	r := s.chance("intentions")
	var rows []intention.Row
	for _, d := range s.Days {
		if d.Ago > 0 && (gaps(d.Ago) < 1 || r.IntN(6) > 3) {
			continue
		}
		set := d.Date.Add(time.Duration(-300+r.IntN(100)) * time.Minute)
		if set.After(s.Now) {
			set = s.Now.Add(-time.Minute)
		}
		row := intention.Row{Intention: intention.Intention{
			ID: s.id(r, set), Day: d.Name, State: intention.LetGo, Revision: 2, CreatedAt: set, UpdatedAt: d.Date.Add(24 * time.Hour),
		}}
		if row.UpdatedAt.After(s.Now) {
			row.UpdatedAt = s.Now
		}
		row.Fingerprint = fingerprint(row.ID)
		closed, ok := s.chooseIntention(r, &row, d, own, library)
		if d.Ago == 0 {
			row.State, row.Revision, row.UpdatedAt = intention.Open, 1, set
		} else if ok {
			row.State, row.ClosedBy, row.UpdatedAt = intention.Done, s.Moments[closed].ID, s.Moments[closed].Captured
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// chooseIntention gives the row its words, and says which moment of the day closed it, if one did.
func (s *Story) chooseIntention(r *rand.Rand, row *intention.Row, d Day, own []intended, library []practice.Practice) (closed int, ok bool) {
	if d.Ago == 0 { // for whoever has a birthday soon, or the like: the last line is today's
		i := own[len(own)-1]
		row.Text, row.Person, row.Cue = i.text, s.Person[i.who], i.cue
		return 0, false
	}
	if r.IntN(10) < 4 { // own words
		var fits []intended
		for _, i := range own[:len(own)-1] {
			if f, found := s.figure(i.who); found && (d.Ago > f.From || d.Ago < f.To) || f.Context == "professional" && away(d) {
				continue
			}
			fits = append(fits, i)
		}
		i := fits[r.IntN(len(fits))]
		for range 6 { // rather one that the day answered
			if _, answered := s.answered(d, i.who, row.CreatedAt, func(kind string) bool { return kind == i.kind }); answered {
				break
			}
			i = fits[r.IntN(len(fits))]
		}
		row.Text, row.Person, row.Cue = i.text, s.Person[i.who], i.cue
		if i.who == "" {
			return 0, false
		}
		return s.answered(d, i.who, row.CreatedAt, func(string) bool { return true })
	}
	p := library[r.IntN(len(library))]
	for range 4 {
		if _, answered := s.answered(d, "", row.CreatedAt, p.Fits); answered {
			break
		}
		p = library[r.IntN(len(library))]
	}
	row.Text, row.Practice = p.Suggest, p.ID
	return s.answered(d, "", row.CreatedAt, p.Fits)
}

// answered finds the day's first moment after that instant of such a kind, with that person if one is named.
func (s *Story) answered(d Day, who string, after time.Time, kind func(string) bool) (int, bool) {
	for _, i := range d.Moments {
		m := s.Moments[i]
		if m.Captured.After(after) && kind(m.Read.Kind) && (who == "" || slices.Contains(m.People, who)) {
			return i, true
		}
	}
	return 0, false
}

func writeIntentions(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	rows, err := s.intentions()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := n.Intentions.Restore(ctx, tx, s.User.ID, row); err != nil {
			return err
		}
	}
	return nil
}
