package person_test

import (
	"fmt"
	"slices"
	"strings"
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
		h.make(t, person.Draft{Name: "Mum"})
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
		named := map[string][]string{
			"mum": {"Mum"}, "father": {"Father Brown"}, "fath": {"Father Brown"}, "eleonore": {"Lea"},
		}
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
			if diff := cmp.Diff(append([]string{}, named[q]...), h.names(t, person.Filter{Query: q, Named: true})); diff != "" {
				t.Errorf("%q by name (-want +got):\n%s", q, diff)
			}
			if diff := cmp.Diff(want[len(named[q]):], h.names(t, person.Filter{Query: q, Known: true})); diff != "" {
				t.Errorf("%q not by name (-want +got):\n%s", q, diff)
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

// A query is as long as somebody likes: of more than eight words the first eight are looked for, however they are joined.
func TestService_List_long(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.make(t, person.Draft{Name: "A. B. C. D. E. F. G. H. Long"})
		h.make(t, person.Draft{Name: "Sam", Facts: []person.Fact{{Text: "one two three four five six seven eight"}}})
		for q, want := range map[string][]string{
			strings.Repeat("a.b.c.d.e.f.g.h.", 125): {"A. B. C. D. E. F. G. H. Long"}, "a b c d e f g h nobody": {"A. B. C. D. E. F. G. H. Long"},
			"one-two-three-four-five-six-seven-eight-nine": {"Sam"}, "one two-three four-five six-seven eight-nine ten": {"Sam"}, "one two-three four-five six-seven nine ten": {},
			"https://example.org/" + strings.Repeat("way/", 495): {}, strings.Repeat("abcdefghij", 200): {}, strings.Repeat("1 ", 1000): {}, strings.Repeat("1", 2000): {},
			strings.Repeat("%", 2000): {}, strings.Repeat("母の", 1000): {}, strings.Repeat("mother ", 285): {}, strings.Repeat("ﷺ", 2000): {}, strings.Repeat("mother's-", 222): {},
			"-の父": {}, "父の-": {}, strings.Repeat("父の母 ", 300): {}, strings.Repeat("of ", 700): {},
		} {
			for _, named := range []bool{false, true} {
				if got := h.names(t, person.Filter{Query: q, Named: named}); !named && !slices.Equal(got, want) {
					t.Errorf("%.40q: %q, want %q", q, got, want)
				}
			}
		}
	})
}
