package person_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/person"
)

// Ten people are found by a stranger in ten tries: by who they are to whom, in any language, by where they belong, work and
// live, by how they are reached, and by what was noted. Who is called so comes first; what is private finds nobody.
func TestService_List_known(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		ida := h.make(t, person.Draft{Name: "Ida Small"})
		sam := h.make(t, person.Draft{
			Name:     "Sam Small",
			Channels: []person.Channel{{Kind: person.Phone, Value: "0171 123 45 67"}, {Kind: person.Email, Value: "sam@bakery.example"}},
			Facts:    []person.Fact{{Text: "Baker at Müller & Söhne"}, {Text: "Owes me a secret", Private: true}},
		})
		ruth := h.make(t, person.Draft{
			Name: "Ruth Weiß", Zone: "America/New_York",
			Channels: []person.Channel{{Kind: person.Address, Value: "5 Rue de la Paix\n75002 Paris"}},
			Facts:    []person.Fact{{Text: "Met at the ice rink in 1998"}},
		})
		mum := h.make(t, person.Draft{Name: "Mum"})
		lea := h.make(t, person.Draft{Name: "Lea"})
		h.make(t, person.Draft{Name: "Father Brown"})
		yui := h.make(t, person.Draft{Name: "結衣"})
		for _, r := range []struct{ who, of, role string }{
			{ida.ID, sam.ID, "daughter"}, {ruth.ID, sam.ID, "mother"}, {lea.ID, ida.ID, "Chorleiterin"}, {yui.ID, ruth.ID, "friend"},
		} {
			if _, _, err := h.AddRelation(ctx, h.ana, r.who, person.Relation{Other: r.of, Role: r.role}); err != nil {
				t.Fatal(err)
			}
		}
		g, _, err := h.CreateGroup(ctx, h.ana, "", "Night choir")
		if err != nil || h.Join(ctx, h.ana, g.ID, lea.ID) != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Merge(ctx, h.ana, "", lea.ID, h.make(t, person.Draft{Name: "Eleonore"}).ID); err != nil {
			t.Fatal(err)
		}
		_ = mum
		for q, want := range map[string][]string{
			"mother": {"Mum", "Ruth Weiß", "Sam Small"}, "Mutter": {"Mum", "Ruth Weiß", "Sam Small"}, "madre": {"Mum", "Ruth Weiß", "Sam Small"},
			"母": {"Mum", "Ruth Weiß", "Sam Small"}, "أم": {"Mum", "Ruth Weiß", "Sam Small"}, "my mother": {"Mum", "Ruth Weiß", "Sam Small"},
			"mum": {"Mum", "Ruth Weiß", "Sam Small"}, "father": {"Father Brown", "Sam Small"}, "fath": {"Father Brown", "Sam Small"},
			"Ida's father": {"Sam Small"}, "Ida’s dad": {"Sam Small"}, "Idas Vater": {"Sam Small"}, "padre de Ida": {"Sam Small"}, "the father of Ida Small": {"Sam Small"},
			"daughter": {"Ida Small", "Sam Small"}, "Tochter": {"Ida Small", "Sam Small"}, "Sams Tochter": {"Ida Small"}, "child": {"Ida Small", "Sam Small"}, "Sam's mother": {"Ruth Weiß"},
			"chorleiterin": {"Lea"}, "choir": {"Lea"}, "night ch": {"Lea"}, "eleonore": {"Lea"}, "結衣の友人": {"Ruth Weiß", "結衣"}, "amiga de Ruth": {"Ruth Weiß", "結衣"},
			"baker": {"Sam Small"}, "muller": {"Sam Small"}, "Söhne": {"Sam Small"}, "small baker": {"Sam Small"}, "sam bakery.example": {"Sam Small"},
			"0171 123": {"Sam Small"}, "+49171123": {"Sam Small"}, "171-12": {"Sam Small"}, "bakery": {"Sam Small"},
			"paris": {"Ruth Weiß"}, "rue": {"Ruth Weiß"}, "york": {"Ruth Weiß"}, "ice rink": {"Ruth Weiß"}, "1998": {"Ruth Weiß"}, "75002": {"Ruth Weiß"},
			"secret": {}, "owes": {}, "at": {}, "xyz": {}, "mother baker": {"Sam Small"}, "Ruth's father": {}, "99999": {},
		} {
			if diff := cmp.Diff(want, h.names(t, person.Filter{Query: q})); diff != "" {
				t.Errorf("%q (-want +got):\n%s", q, diff)
			}
			for _, name := range h.names(t, person.Filter{Query: q, Named: true}) {
				if !slices.Contains(want, name) {
					t.Errorf("%q by name: %q", q, name)
				}
			}
		}
		for q, want := range map[string]person.Why{
			"ida's father": {By: person.ByRelation, Text: "parent", With: "Ida Small"}, "choir": {By: person.ByGroup, Text: "Night choir"},
			"paris": {By: person.ByChannel, Text: "5 Rue de la Paix\n75002 Paris"}, "york": {By: person.ByPlace, Text: "America/New_York"},
			"rink": {By: person.ByFact, Text: "Met at the ice rink in 1998"},
			"mama": {By: person.ByAlias, Text: "Mum"},
		} {
			page, err := h.List(ctx, h.ana, person.Filter{Query: q}, 50, "")
			if err != nil || len(page.Items) == 0 || page.Why[page.Items[0].ID] != want {
				t.Errorf("%q: %+v, %v", q, page.Why, err)
			}
		}
		// Pages go on from those who are called so to those who are known by it, each of them once.
		for i := range 7 {
			h.make(t, person.Draft{Name: fmt.Sprint("Rink ", i), Facts: []person.Fact{{Text: "skates"}}})
			h.make(t, person.Draft{Name: fmt.Sprint("Skater ", i), Facts: []person.Fact{{Text: "goes to the rink"}}})
		}
		for _, sort := range []string{person.ByName, person.ByLast, person.ByRing} {
			for _, size := range []int{1, 3, 7, 8, 50} {
				var all []string
				for cursor := ""; ; {
					page, err := h.List(ctx, h.ana, person.Filter{Query: "rink", Sort: sort}, size, cursor)
					if err != nil || len(page.Items) > size {
						t.Fatal(len(page.Items), err)
					}
					for _, p := range page.Items {
						if _, known := page.Why[p.ID]; known != (len(all) >= 7) || slices.Contains(all, p.Name) {
							t.Errorf("%s %d: %q at %d", sort, size, p.Name, len(all))
						}
						all = append(all, p.Name)
					}
					if cursor = page.Next; cursor == "" {
						break
					}
				}
				if len(all) != 15 {
					t.Errorf("%s %d: %q", sort, size, all)
				}
			}
		}
		// Nobody else's are found, and nothing of somebody who is deleted.
		if page, err := h.List(ctx, h.ben, person.Filter{Query: "mother"}, 50, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("somebody else finds %v, %v", page.Items, err)
		}
		if err := h.Delete(ctx, h.ana, ida.ID, 0); err != nil {
			t.Fatal(err)
		}
		if got := h.names(t, person.Filter{Query: "ida's father"}); len(got) != 0 {
			t.Errorf("of somebody deleted: %q", got)
		}
	})
}
