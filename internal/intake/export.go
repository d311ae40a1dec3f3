package intake

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"kith/internal/account"
	"kith/internal/addressbook"
	"kith/internal/db"
	"kith/internal/person"
)

// Cards writes everybody as vCards, in the order in which they came. Of whom an import brought, what Kith has no place for
// is written as it came. Private facts and standing notes stay.
func (s *Service) Cards(ctx context.Context, by account.ID, w io.Writer, version addressbook.Version) error {
	return s.db.View(ctx, func(ctx context.Context, r db.Reader) error {
		ids, err := db.All(ctx, r, db.Value[string], "SELECT id FROM person WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id", string(by))
		if err != nil {
			return err
		}
		groups, err := s.o.People.Memberships(ctx, r, by)
		if err != nil {
			return err
		}
		code, err := s.o.People.CallingCode(ctx, r, by)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := s.entry(ctx, r, by, id, code, groups[id])
			if err != nil {
				return err
			}
			if err := addressbook.Write(w, e, version); err != nil {
				return err
			}
		}
		return nil
	})
}

// entry is a person as a card.
func (s *Service) entry(ctx context.Context, r db.Reader, by account.ID, id, code string, groups []person.Group) (addressbook.Entry, error) {
	d, err := s.o.People.CardIn(ctx, r, by, id)
	if err != nil {
		return addressbook.Entry{}, err
	}
	d.Groups = groups
	var e addressbook.Entry
	items, err := db.All(ctx, r, scanItem, "SELECT "+itemColumns+" FROM import_item WHERE user_id = $1 AND person_id = $2 ORDER BY taken_at DESC, card_key LIMIT 1",
		string(by), id)
	if err != nil {
		return e, err
	}
	if len(items) > 0 {
		if err := json.Unmarshal([]byte(items[0].entry), &e); err != nil {
			return e, err
		}
	}
	fill(&e, d, draftOf(e, code))
	if d.Photo != "" {
		if e.Photo, err = s.o.People.PhotoIn(ctx, r, by, id); err != nil {
			return e, err
		}
	}
	return e, nil
}

// fill puts what a person is now on the card they came with. was is what the card said.
func fill(e *addressbook.Entry, d person.Detail, was made) {
	if e.UID == "" {
		e.UID = d.ID
	}
	if d.Name != was.Name {
		e.Name = addressbook.Name{Full: d.Name}
	}
	if d.Nickname != was.Nickname {
		e.Nicknames = slices.DeleteFunc(append([]string{d.Nickname}, e.Nicknames...), func(s string) bool { return s == "" || s == was.Nickname })
	}
	e.Revised = d.UpdatedAt.UTC().Format("20060102T150405Z")
	left := map[string]bool{} // facts of the card that are still there
	var own []string
	for _, f := range d.Facts {
		at := slices.IndexFunc(was.Facts, func(o person.Fact) bool { return o.Text == f.Text })
		switch {
		case at >= 0:
			left[was.slots[at]] = true
		case slices.ContainsFunc(e.Relations, func(r addressbook.Relation) bool { return relationText(r) == f.Text }):
			left["relation:"+f.Text] = true
		case !f.Private:
			own = append(own, f.Text)
		}
	}
	if !left["work"] {
		e.Title, e.Role = "", ""
		if e.Kind != addressbook.KindOrg {
			e.Org = nil
		}
	}
	if !left["note"] {
		e.Note = ""
	}
	slices.Reverse(own) // oldest first
	e.Note = strings.Join(slices.DeleteFunc(append([]string{e.Note}, own...), func(s string) bool { return s == "" }), "\n\n")
	fillChannels(e, d, left)
	e.Dates = nil
	for _, v := range d.Dates {
		date := addressbook.Date{Kind: v.Kind, Label: v.Label, Month: v.Month, Day: v.Day}
		if v.Year != nil {
			date.Year = *v.Year
		}
		if v.Kind == person.Met {
			date.Kind, date.Label = addressbook.OtherDate, "met"
		}
		if date.Label == "X-ABDATE" {
			date.Label = ""
		}
		e.Dates = append(e.Dates, date)
	}
	e.Relations = slices.DeleteFunc(e.Relations, func(r addressbook.Relation) bool { return !left["relation:"+relationText(r)] })
	for _, v := range d.Relations {
		e.Relations = append(e.Relations, addressbook.Relation{Label: v.Is, Name: v.WithName})
	}
	e.Groups = nil
	for _, g := range d.Groups {
		e.Groups = append(e.Groups, g.Name)
	}
}

func fillChannels(e *addressbook.Entry, d person.Detail, left map[string]bool) {
	var list []addressbook.Channel
	for _, c := range d.Channels {
		v := addressbook.Channel{Value: c.Value}
		switch c.Kind {
		case person.Phone, person.Email, person.Address:
			v.Kind = c.Kind
		case person.URL:
			v.Kind = addressbook.Link
		default:
			v.Kind, v.Service = addressbook.Social, c.Kind
		}
		// As it came, with its parts and whatever is tied to it.
		at := slices.IndexFunc(e.Channels, func(o addressbook.Channel) bool {
			return o.Value == c.Value && (o.Kind == v.Kind && o.Service == v.Service || o.Kind == addressbook.Social && c.Kind == person.URL)
		})
		if at >= 0 {
			v = e.Channels[at]
		} else if v.Kind == addressbook.Address {
			v.Parts[2] = strings.ReplaceAll(c.Value, "\n", ", ")
		}
		if v.Kind != addressbook.Social || c.Label != v.Service {
			v.Label = c.Label
		}
		list = append(list, v)
	}
	for _, c := range e.Channels {
		if c.Kind == addressbook.Social && left["social:"+c.Service+":"+c.Value] {
			list = append(list, c)
		}
	}
	e.Channels = list
}
