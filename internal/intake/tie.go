package intake

import (
	"context"
	"slices"
	"strings"

	"kith/internal/addressbook"
	"kith/internal/fault"
	"kith/internal/person"
)

// groupIDs are the groups of these names; they are made while there is room.
func (t *taking) groupIDs(ctx context.Context, names []string, one card) (ids []string, err error) {
	for _, name := range names {
		f := person.FoldName(name)
		if t.known[f] == "" {
			if f == "" || len(t.known) >= person.MaxGroups {
				t.v.Report.note(Note{Line: one.entry.Line, Name: shortName(one.entry), Code: GroupRefused, Property: "CATEGORIES"})
				continue
			}
			if t.known[f], err = t.s.o.People.GroupIn(ctx, t.tx, t.by, name); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(ids, t.known[f]) {
			ids = append(ids, t.known[f])
		}
	}
	return ids, nil
}

// relate ties people to each other. Whoever the file and Kith do not know is kept as a fact, in the card's own words.
func (t *taking) relate(ctx context.Context) error {
	for _, p := range t.pending {
		other := t.uids[p.relation.UID]
		if p.relation.UID == "" {
			name := person.FoldName(p.relation.Name)
			found := t.names[name]
			if len(found) == 0 {
				found = t.named[name]
			}
			if len(found) == 1 {
				other = found[0]
			}
		}
		if other == p.person {
			continue
		}
		if other != "" {
			id, err := t.s.o.People.RelateIn(ctx, t.tx, t.by, person.Relation{Meta: person.Meta{Person: other}, Other: p.person, Role: roleOf(p.relation.Label)})
			if err != nil {
				return err
			}
			if id != "" {
				t.did(p.person, person.Past{Relations: []string{id}}, "", nil)
			}
			continue
		}
		if p.relation.Name == "" {
			continue // a card that is not in the file
		}
		id, err := t.s.o.People.FactIn(ctx, t.tx, t.by, p.person, relationText(p.relation))
		if fault.As(err) != nil { // no room for one more
			continue
		}
		if err != nil {
			return err
		}
		t.did(p.person, person.Past{Facts: []string{id}}, "", nil)
	}
	return nil
}

// relationText is a relation to somebody Kith does not know, as a fact.
func relationText(r addressbook.Relation) string {
	s := []rune(strings.TrimPrefix(r.Label+": "+r.Name, ": "))
	return string(s[:min(len(s), person.MaxFact)])
}

// gather puts people into the groups of the file. A group within a group gives its people to both.
func (t *taking) gather(ctx context.Context) error {
	byUID := map[string]card{}
	for _, g := range t.groups {
		if g.entry.UID != "" {
			byUID[g.entry.UID] = g
		}
	}
	for _, g := range t.groups {
		old, err := getItem(ctx, t.tx, t.by, g.key)
		if err != nil {
			return err
		}
		if old != nil && old.digest == g.digest {
			continue
		}
		d := decision{item: old}
		if err := t.remember(g, d, ""); err != nil {
			return err
		}
		name := person.GroupName(g.entry.Display())
		ids, err := t.groupIDs(ctx, []string{name}, g)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.join(ctx, id, g, byUID, map[string]bool{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *taking) join(ctx context.Context, group string, g card, byUID map[string]card, seen map[string]bool) error {
	if seen[g.entry.UID] {
		return nil // a group that is in itself
	}
	seen[g.entry.UID] = true
	for _, uid := range g.entry.Members {
		if inner, ok := byUID[uid]; ok {
			if err := t.join(ctx, group, inner, byUID, seen); err != nil {
				return err
			}
			continue
		}
		id := t.uids[uid]
		if id == "" {
			it, err := getItem(ctx, t.tx, t.by, "uid:"+uid)
			if err != nil {
				return err
			}
			if it == nil {
				continue
			}
			if id, err = t.s.o.People.Became(ctx, t.tx, t.by, it.person); err != nil {
				return err
			}
		}
		if id == "" || seen["person "+id] {
			continue
		}
		seen["person "+id] = true
		joined, err := t.s.o.People.JoinIn(ctx, t.tx, t.by, group, id)
		if err != nil {
			return err
		}
		if joined {
			t.did(id, person.Past{Groups: []string{group}}, "", nil)
		}
	}
	return nil
}
