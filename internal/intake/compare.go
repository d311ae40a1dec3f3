package intake

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"kith/internal/account"
	"kith/internal/addressbook"
	"kith/internal/db"
	"kith/internal/person"
)

// verdict is what an import does with a card.
type verdict int

const (
	isNew verdict = iota
	isChanged
	isSame
	isGone // its person was deleted in Kith, and stays so
)

// decision is a verdict with what it needs.
type decision struct {
	verdict verdict
	person  string // who is there
	item    *item  // what an earlier import knew of the card; nil: none did
	draft   made
	change  person.Revision
	face    bool // to be set
	known   bool // an earlier import took exactly this card
}

// comparer decides about the cards of one file against the people who are there.
type comparer struct {
	s     *Service
	by    account.ID
	code  string              // calling code of the account
	named map[string][]string // ids by folded name
	met   map[string]bool     // people a card of this file was already found to be
	items map[string]knownItem
	alive map[string]bool
}

func (s *Service) comparer(ctx context.Context, r db.Reader, by account.ID) (*comparer, error) {
	code, err := s.o.People.CallingCode(ctx, r, by)
	if err != nil {
		return nil, err
	}
	c := &comparer{s: s, by: by, code: code, met: map[string]bool{}, alive: map[string]bool{}}
	if c.named, err = s.o.People.NamedLike(ctx, r, by); err != nil {
		return nil, err
	}
	for _, ids := range c.named {
		for _, id := range ids {
			c.alive[id] = true
		}
	}
	c.items, err = knownItems(ctx, r, by)
	return c, err
}

// became is who a person of an earlier import is now, or nobody.
func (c *comparer) became(ctx context.Context, r db.Reader, id string) (string, error) {
	if c.alive[id] {
		return id, nil
	}
	return c.s.o.People.Became(ctx, r, c.by, id)
}

func (c *comparer) decide(ctx context.Context, r db.Reader, v card) (decision, error) {
	d := decision{draft: draftOf(v.entry, c.code)}
	var err error
	if known, ok := c.items[v.key]; ok {
		if d.person, err = c.became(ctx, r, known.person); err != nil {
			return d, err
		}
		switch {
		case d.person == "":
			d.verdict = isGone
			return d, nil
		case known.digest == v.digest:
			d.verdict, d.known = isSame, true
			return d, nil
		}
		if d.item, err = getItem(ctx, r, c.by, v.key); err != nil {
			return d, err
		}
	} else if d.person, err = c.alike(ctx, r, v.entry, d.draft); err != nil || d.person == "" {
		return d, err
	}
	c.met[d.person] = true
	return c.compare(ctx, r, v, d)
}

// compare says what the card changes of a person who is there.
func (c *comparer) compare(ctx context.Context, r db.Reader, v card, d decision) (decision, error) {
	now, err := c.s.o.People.DetailIn(ctx, r, c.by, d.person)
	if err != nil {
		return d, err
	}
	var was *made
	face := ""
	if d.item != nil {
		var old addressbook.Entry
		if err := json.Unmarshal([]byte(d.item.entry), &old); err != nil {
			return d, err
		}
		m := draftOf(old, c.code)
		was, face = &m, d.item.face
	}
	d.change = revise(was, d.draft, now)
	d.face = len(v.face) > 0 && person.FaceHash(v.face) != now.Photo && (now.Photo == "" || now.Photo == face)
	d.verdict = isSame
	if !d.change.Empty() || d.face {
		d.verdict = isChanged
	}
	return d, nil
}

// alike finds whom a card that no import knew describes: the person whose id it carries (a card that Kith wrote), or the
// one of the same name who has one of its numbers or addresses. Others of the same name may be somebody else: they are
// made, and offered as duplicates.
func (c *comparer) alike(ctx context.Context, r db.Reader, e addressbook.Entry, m made) (string, error) {
	if len(e.UID) == 36 {
		id, err := c.s.o.People.Became(ctx, r, c.by, strings.ToLower(e.UID))
		if err != nil || id != "" {
			return id, err
		}
	}
	for _, id := range c.named[person.FoldName(m.Name)] {
		if c.met[id] {
			continue
		}
		now, err := c.s.o.People.DetailIn(ctx, r, c.by, id)
		if err != nil {
			return "", err
		}
		for _, ch := range m.Channels {
			norm := person.Norm(ch.Kind, ch.Value, c.code)
			if norm != "" && slices.ContainsFunc(now.Channels, func(o person.Channel) bool { return o.Kind == ch.Kind && o.Norm == norm }) {
				return id, nil
			}
		}
	}
	return "", nil
}

// revise is what of a card is news: what it says now and did not before, where its owner has not decided otherwise. was is
// nil when the person did not come from the card.
func revise(was *made, m made, now person.Detail) person.Revision {
	var v person.Revision
	if was == nil {
		was = &made{}
	} else if m.Name != was.Name && now.Name == was.Name {
		v.Name = &m.Name
	}
	if m.Nickname != was.Nickname && now.Nickname == was.Nickname {
		v.Nickname = &m.Nickname
	}
	same := func(a, b person.Channel) bool { return a.Kind == b.Kind && a.Value == b.Value }
	for _, c := range was.Channels {
		if slices.ContainsFunc(m.Channels, func(o person.Channel) bool { return same(o, c) }) {
			continue
		}
		for _, o := range now.Channels {
			if same(o, c) && o.Revision == 1 {
				v.NoChannels = append(v.NoChannels, o.ID)
			}
		}
	}
	room := person.MaxChannels - len(now.Channels) + len(v.NoChannels)
	for _, c := range m.Channels {
		known := func(o person.Channel) bool { return same(o, c) }
		if room > 0 && !slices.ContainsFunc(was.Channels, known) && !slices.ContainsFunc(now.Channels, known) {
			v.Channels = append(v.Channels, c)
			room--
		}
	}
	reviseDates(&v, was, m, now)
	for i, f := range m.Facts {
		at := slices.Index(was.slots, m.slots[i])
		has := slices.IndexFunc(now.Facts, func(o person.Fact) bool { return o.Text == f.Text })
		switch {
		case has >= 0, at >= 0 && was.Facts[at].Text == f.Text:
		case at < 0:
			v.Facts = append(v.Facts, f)
		default:
			old := slices.IndexFunc(now.Facts, func(o person.Fact) bool { return o.Text == was.Facts[at].Text && o.Revision == 1 })
			if old >= 0 { // as the import left it
				if v.Rewrite == nil {
					v.Rewrite = map[string]string{}
				}
				v.Rewrite[now.Facts[old].ID] = f.Text
			}
		}
	}
	for _, g := range m.Groups {
		in := slices.ContainsFunc(now.Groups, func(o person.Group) bool { return person.FoldName(o.Name) == person.FoldName(g) })
		if !in && !slices.Contains(was.Groups, g) {
			v.Groups = append(v.Groups, g)
		}
	}
	return v
}

func reviseDates(v *person.Revision, was *made, m made, now person.Detail) {
	year := func(d person.Date) int {
		if d.Year == nil {
			return 0
		}
		return *d.Year
	}
	same := func(a, b person.Date) bool {
		return a.Kind == b.Kind && a.Label == b.Label && a.Month == b.Month && a.Day == b.Day && year(a) == year(b)
	}
	for _, d := range was.Dates {
		if slices.ContainsFunc(m.Dates, func(o person.Date) bool { return same(o, d) }) {
			continue
		}
		for _, o := range now.Dates {
			if same(o, d) && o.Revision == 1 {
				v.NoDates = append(v.NoDates, o.ID)
			}
		}
	}
	for _, d := range m.Dates {
		if slices.ContainsFunc(was.Dates, func(o person.Date) bool { return same(o, d) }) {
			continue
		}
		// A birthday its owner wrote or corrected stays the only one.
		taken := slices.ContainsFunc(now.Dates, func(o person.Date) bool {
			return o.Kind == d.Kind && o.Label == d.Label && !slices.Contains(v.NoDates, o.ID)
		})
		if !taken {
			v.Dates = append(v.Dates, d)
		}
	}
}
