package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"kith/internal/account"
	"kith/internal/addressbook"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/live"
	"kith/internal/person"
)

// Apply takes a staged file over, all of it or nothing. Again it changes nothing and answers what was done.
func (s *Service) Apply(ctx context.Context, by account.ID, id string, progress func(Progress)) (Import, error) {
	return s.applied(ctx, by, id, s.watch(by, id, progress), false)
}

// applied is Apply. A file that arrives to be taken over at once was not looked at before, and is in the state Reading.
func (s *Service) applied(ctx context.Context, by account.ID, id string, progress func(Progress), atOnce bool) (v Import, err error) {
	defer s.unwatch(by, id)
	caller := ctx
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if v, err = get(ctx, tx, by, id); err != nil {
			return err
		}
		switch {
		case v.State == Done || v.State == Undone:
			return nil
		case v.State == Reading && !atOnce:
			return fault.Conflict("import_reading", "", "This file is still being read.")
		}
		if err := s.apply(ctx, caller, tx, by, &v, progress, atOnce); err != nil {
			return err
		}
		if err := dropCards(ctx, tx, by, id); err != nil {
			return err
		}
		v.State = Done
		if err := save(ctx, tx, by, &v, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, by)
	})
	return v, err
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, by account.ID) error {
	if s.o.Live == nil {
		return nil
	}
	return s.o.Live.Publish(ctx, tx, by, live.Event{Name: "people"})
}

// taking is one Apply under way.
type taking struct {
	*comparer
	tx      *db.Tx
	v       *Import
	bring   *person.Bringing
	notes   bool                // what is cut and left out was not noted before
	past    map[string]*changed // what was done to those who were there
	uids    map[string]string   // people by the UID of their card
	names   map[string][]string // people of this file by folded name
	items   []item              // to be kept when all is done
	pending []pending
	groups  []card
	known   map[string]string // groups that are there, by folded name
	before  map[string]person.Stamp
}

// pending is a relation whose other side may come later in the file.
type pending struct {
	person   string
	relation addressbook.Relation
}

func (s *Service) apply(ctx, caller context.Context, tx *db.Tx, by account.ID, v *Import, progress func(Progress), notes bool) error {
	c, err := s.comparer(ctx, tx, by)
	if err != nil {
		return err
	}
	t := &taking{
		comparer: c, tx: tx, v: v, notes: notes, uids: map[string]string{}, names: map[string][]string{}, known: map[string]string{}, past: map[string]*changed{},
	}
	if t.bring, err = s.o.People.Bring(ctx, tx, by, c.code); err != nil {
		return err
	}
	groups, err := s.o.People.GroupsIn(ctx, tx, by)
	if err != nil {
		return err
	}
	for _, g := range groups {
		t.known[person.FoldName(g.Name)] = g.ID
	}
	if t.before, err = s.o.People.Stamps(ctx, tx, by); err != nil {
		return err
	}
	// What the preview counted is counted again: people may have changed since.
	r := &v.Report
	of := r.Cards - r.Skipped + r.Gone - r.Doubles
	r.New, r.Changed, r.Same, r.Skipped, r.Gone, r.Samples = 0, 0, r.Doubles, r.Skipped-r.Gone, 0, nil
	n := 0
	err = eachCard(ctx, tx, by, v.ID, func(one card) error {
		if n++; n%100 == 0 {
			if err := caller.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(Progress{Cards: n, Of: of})
			}
		}
		if one.entry.Kind == addressbook.KindGroup {
			t.groups = append(t.groups, one)
			return nil
		}
		return t.take(ctx, one)
	})
	if err != nil {
		return err
	}
	if err := t.bring.Flush(ctx); err != nil {
		return err
	}
	if err := t.relate(ctx); err != nil {
		return err
	}
	if err := t.gather(ctx); err != nil {
		return err
	}
	if err := t.keep(ctx); err != nil {
		return err
	}
	after, err := s.o.People.GroupsIn(ctx, tx, by)
	if err != nil {
		return err
	}
	r.Made = nil
	for _, g := range after {
		if !slices.ContainsFunc(groups, func(o person.Group) bool { return o.ID == g.ID }) {
			r.Made = append(r.Made, g.ID)
		}
	}
	sort.SliceStable(r.Notes, func(i, j int) bool { return r.Notes[i].Line < r.Notes[j].Line })
	return nil
}

// take takes one card over.
func (t *taking) take(ctx context.Context, one card) error {
	d, err := t.decide(ctx, t.tx, one)
	if err != nil {
		return err
	}
	r, people := &t.v.Report, t.s.o.People
	if t.notes {
		r.noteAll(one, d)
	}
	made := ""
	switch d.verdict {
	case isGone:
		r.Skipped++
		r.Gone++
		return nil
	case isSame:
		r.Same++
	case isNew:
		r.New++
		made = t.v.ID
		d.draft.Source = t.v.ID
		if d.draft.Groups, err = t.groupIDs(ctx, d.draft.Groups, one); err != nil {
			return err
		}
		if d.person, err = t.bring.Person(ctx, d.draft.Draft, one.face); err != nil {
			return fmt.Errorf("line %d: %w", one.entry.Line, err)
		}
		t.met[d.person] = true
	case isChanged:
		r.Changed++
		groups, err := t.groupIDs(ctx, d.change.Groups, one)
		if err != nil {
			return err
		}
		d.change.Groups = nil
		past, err := people.ReviseIn(ctx, t.tx, t.by, d.person, d.change)
		if err != nil {
			return fmt.Errorf("line %d: %w", one.entry.Line, err)
		}
		for _, g := range groups {
			joined, err := people.JoinIn(ctx, t.tx, t.by, g, d.person)
			if err != nil {
				return err
			}
			if joined {
				past.Groups = append(past.Groups, g)
			}
		}
		if d.face {
			if past.Face, err = people.FaceIn(ctx, t.tx, t.by, d.person, one.face); err != nil {
				return fmt.Errorf("line %d: %w", one.entry.Line, err)
			}
		}
		t.did(d.person, past, one.key, d.item)
	}
	if one.entry.UID != "" {
		t.uids[one.entry.UID] = d.person
	}
	name := person.FoldName(d.draft.Name)
	t.names[name] = append(t.names[name], d.person)
	if d.known {
		return nil // nothing is written for what is known
	}
	var was addressbook.Entry
	if d.item != nil {
		made = d.item.madeBy
		if err := json.Unmarshal([]byte(d.item.entry), &was); err != nil {
			return err
		}
	}
	for _, rel := range one.entry.Relations {
		if !slices.ContainsFunc(was.Relations, func(o addressbook.Relation) bool {
			return o.Label == rel.Label && o.Name == rel.Name && o.UID == rel.UID
		}) {
			t.pending = append(t.pending, pending{d.person, rel})
		}
	}
	return t.remember(one, d, made)
}

func (t *taking) remember(one card, d decision, made string) error {
	one.entry.Line = 0
	text, err := json.Marshal(one.entry)
	if err != nil {
		return err
	}
	v := item{key: one.key, person: d.person, importID: t.v.ID, madeBy: made, digest: one.digest, entry: string(text), takenAt: db.Micros(t.s.now())}
	if d.item != nil {
		v.face, v.stamp = d.item.face, d.item.stamp
	}
	if len(one.face) > 0 {
		v.face = person.FaceHash(one.face)
	}
	t.items = append(t.items, v)
	return nil
}

// keep writes down which card is whom, with what the people are like now: whoever is touched from here on stays when the
// import is taken back. Somebody who was touched before stays so.
func (t *taking) keep(ctx context.Context) error {
	if err := t.keepPast(ctx); err != nil || len(t.items) == 0 {
		return err
	}
	now, err := t.s.o.People.Stamps(ctx, t.tx, t.by)
	if err != nil {
		return err
	}
	rows := itemRows()
	for _, v := range t.items {
		if v.person != "" && (v.stamp == "" || v.stamp == stampText(t.before[v.person])) {
			v.stamp = stampText(now[v.person])
		}
		if err := rows.Add(ctx, t.tx, v.row(t.by)...); err != nil {
			return err
		}
	}
	return rows.Flush(ctx, t.tx)
}

func stampText(v person.Stamp) string { return fmt.Sprintf("%d.%d.%d", v.Revision, v.Rows, v.Changes) }
