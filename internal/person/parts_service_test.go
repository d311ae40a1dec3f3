package person_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/person"
)

// whole is a person with one of everything.
func (h *house) whole(t testing.TB, name string) person.Detail {
	t.Helper()
	p := h.make(t, person.Draft{
		Name: name, Channels: []person.Channel{{Kind: person.Phone, Value: "0171 " + fmt.Sprint(1000000+len(name))}, {Kind: person.Email, Value: name[:1] + "@example.org"}},
		Dates: []person.Date{{Kind: person.Birthday, Month: 2, Day: 29, Year: new(1988)}}, Facts: []person.Fact{{Text: "fears " + name, Private: true}, {Text: "likes tea"}},
		FollowUps: []person.FollowUp{{Text: "ask " + name, Due: "2026-12-01"}}, Groups: []string{"climbers", name},
	})
	return h.detail(t, p.ID)
}

func (h *house) detail(t testing.TB, id string) person.Detail {
	t.Helper()
	d, err := h.Detail(t.Context(), h.ana, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// one is a kind of thing that people have, in the form in which all can be tested alike.
type one struct {
	noun   string
	add    func(by account.ID, p, id string) (bool, error)
	other  func(by account.ID, p, id string) (bool, error) // another request
	change func(by account.ID, p, id string, revision int64) error
	remove func(by account.ID, p, id string, revision int64) error
}

func (h *house) kinds(ctx context.Context, to string) []one {
	return []one{
		{
			"channel",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddChannel(ctx, by, p, person.Channel{Meta: person.Meta{ID: id}, Kind: person.Phone, Value: "0171 1234567"})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddChannel(ctx, by, p, person.Channel{Meta: person.Meta{ID: id}, Kind: person.Phone, Value: "0171 7654321"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeChannel(ctx, by, p, id, person.ChannelChange{Label: new("work")}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveChannel(ctx, by, p, id, r) },
		},
		{
			"date",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddDate(ctx, by, p, person.Date{Meta: person.Meta{ID: id}, Kind: person.Met, Month: 2, Day: 29})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddDate(ctx, by, p, person.Date{Meta: person.Meta{ID: id}, Kind: person.Met, Month: 2, Day: 28})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeDate(ctx, by, p, id, person.DateChange{Year: new(2000)}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveDate(ctx, by, p, id, r) },
		},
		{
			"fact",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFact(ctx, by, p, person.Fact{Meta: person.Meta{ID: id}, Text: "a secret", Private: true})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFact(ctx, by, p, person.Fact{Meta: person.Meta{ID: id}, Text: "a secret"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				f, err := h.ChangeFact(ctx, by, p, id, person.FactChange{Private: new(true)}, r)
				if err == nil && f.Text != "a secret" {
					return fmt.Errorf("it became %q", f.Text)
				}
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveFact(ctx, by, p, id, r) },
		},
		{
			"follow_up",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFollowUp(ctx, by, p, person.FollowUp{Meta: person.Meta{ID: id}, Text: "ask", Due: "2026-12-01"})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFollowUp(ctx, by, p, person.FollowUp{Meta: person.Meta{ID: id}, Text: "ask", Due: "2026-12-02"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeFollowUp(ctx, by, p, id, person.FollowUpChange{State: new(person.Done)}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveFollowUp(ctx, by, p, id, r) },
		},
		{
			"relation",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddRelation(ctx, by, p, person.Relation{Meta: person.Meta{ID: id}, Other: to, Role: "Daughter"})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddRelation(ctx, by, p, person.Relation{Meta: person.Meta{ID: id}, Other: to, Role: "son"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeRelation(ctx, by, p, id, person.RelationChange{Role: new("child")}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveRelation(ctx, by, p, id, r) },
		},
	}
}

func TestService_parts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		p, to := h.named(t, "Ida"), h.named(t, "Sam")
		theirs, _, err := h.Create(ctx, h.ben, person.Draft{Name: "Ida"})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range h.kinds(ctx, to.ID) {
			id := uuid.Must(uuid.NewV7()).String()
			made := func(want string, wantMade bool, by account.ID, who string, add func(account.ID, string, string) (bool, error)) {
				t.Helper()
				created, err := add(by, who, id)
				if code(err) != want || created != wantMade {
					t.Errorf("%s: created %v, %v; want %q", k.noun, created, err, want)
				}
			}
			made("person_not_found", false, h.ben, p.ID, k.add)
			made("", true, h.ana, p.ID, k.add)
			made("", false, h.ana, p.ID, k.add)
			made("id_reused", false, h.ana, p.ID, k.other)
			if k.noun != "relation" {
				made("id_reused", false, h.ana, to.ID, k.other)
			}
			for want, err := range map[string]error{
				"person_not_found":     k.change(h.ben, p.ID, id, 0),
				k.noun + "_not_found":  k.change(h.ben, theirs.ID, id, 0),
				k.noun + "_not_found ": k.change(h.ana, p.ID, uuid.NewString(), 0),
				k.noun + "_changed":    k.change(h.ana, p.ID, id, 7),
				"":                     k.change(h.ana, p.ID, id, 1),
				k.noun + "_changed ":   k.remove(h.ana, p.ID, id, 1),
				"person_not_found ":    k.remove(h.ben, p.ID, id, 0),
			} {
				if code(err) != strings.TrimSpace(want) {
					t.Errorf("%s: %v, want %q", k.noun, err, want)
				}
			}
			for _, want := range []string{"", k.noun + "_gone"} {
				if err := k.remove(h.ana, p.ID, id, 0); code(err) != want {
					t.Errorf("%s: removed: %v, want %q", k.noun, err, want)
				}
			}
			made(k.noun+"_gone", false, h.ana, p.ID, k.add)
		}
		det := h.detail(t, p.ID)
		if n := len(det.Channels) + len(det.Dates) + len(det.Facts) + len(det.FollowUps) + len(det.Relations); n != 0 {
			t.Errorf("%d things are left", n)
		}
		for i := range 60 {
			_, _, err := h.AddChannel(ctx, h.ana, p.ID, person.Channel{Kind: person.Phone, Value: fmt.Sprintf("+49 171 10000%02d", i)})
			if want := map[bool]string{true: "person_full"}[i >= person.MaxChannels]; code(err) != want {
				t.Fatalf("channel %d: %v", i, err)
			}
		}
	})
}

func TestService_sealsFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		det := h.whole(t, "Ida")
		if det.Facts[0].Text != "likes tea" || det.Facts[1].Text != "fears Ida" {
			t.Errorf("facts: %+v", det.Facts)
		}
		rest, err := db.All(ctx, d, db.Value[string], "SELECT text FROM person_fact WHERE user_id = $1 ORDER BY text", string(h.ana))
		if err != nil || len(rest) != 2 || rest[0] != "likes tea" || !strings.HasPrefix(rest[1], "sealed:") {
			t.Errorf("at rest: %q, %v", rest, err)
		}
	})
}

func TestService_relations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		ida, sam := h.named(t, "Ida"), h.named(t, "Sam")
		r, _, err := h.AddRelation(ctx, h.ana, ida.ID, person.Relation{Other: sam.ID, Role: "daughter"})
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string][3]string{ida.ID: {"Sam", "parent", "daughter"}, sam.ID: {"Ida", "daughter", "parent"}} {
			if got := h.detail(t, id).Relations; len(got) != 1 || [3]string{got[0].WithName, got[0].Is, got[0].Me} != want {
				t.Errorf("%+v, want %v", got, want)
			}
		}
		for other, want := range map[string]string{ida.ID: "relation_to_self", uuid.NewString(): "unknown_person"} {
			if _, _, err := h.AddRelation(ctx, h.ana, ida.ID, person.Relation{Other: other, Role: "x"}); code(err) != want {
				t.Errorf("with %s: %v", want, err)
			}
		}
		if err := h.RemoveRelation(ctx, h.ana, sam.ID, r.ID, 0); err != nil { // from the other side
			t.Error(err)
		}
		if got := h.detail(t, ida.ID).Relations; len(got) != 0 {
			t.Errorf("left: %+v", got)
		}
	})
}

func TestService_aheadAndDue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		ida := h.make(t, person.Draft{Name: "Ida", Ring: "inner", Dates: []person.Date{{Kind: person.Birthday, Month: 12, Day: 3}, {Kind: person.Death, Month: 12, Day: 4}}, FollowUps: []person.FollowUp{{Text: "a", Due: "2026-11-20"}, {Text: "b", Due: "2026-12-20"}}})
		h.make(t, person.Draft{Name: "Paused", Ring: "inner", Standing: person.Paused, FollowUps: []person.FollowUp{{Text: "c", Due: "2026-11-20"}}})
		coming, err := h.Ahead(ctx, d, h.ana, "2026-11-24", -1)
		if err != nil || len(coming) != 1 || coming[0].On != "2026-12-03" || coming[0].Name != "Ida" {
			t.Errorf("ahead: %+v, %v", coming, err)
		}
		ups, err := h.FollowUpsDue(ctx, d, h.ana, "2026-11-24")
		if err != nil || len(ups) != 1 || ups[0].Text != "a" {
			t.Errorf("follow-ups: %+v, %v", ups, err)
		}
		due, err := h.Due(ctx, h.ana, time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC))
		if err != nil || len(due) != 1 || due[0].ID != ida.ID {
			t.Errorf("due: %+v, %v", due, err)
		}
	})
}
