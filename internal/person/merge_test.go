package person_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/person"
)

func TestService_Duplicates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		a := h.make(t, person.Draft{Name: "Sam Small", Channels: []person.Channel{{Kind: person.Phone, Value: "0171 1234567"}}})
		b := h.make(t, person.Draft{Name: "Uncle S", Channels: []person.Channel{{Kind: person.WhatsApp, Value: "+49 171 1234567"}}})
		h.make(t, person.Draft{Name: "Ida", Channels: []person.Channel{{Kind: person.Email, Value: "ida@example.org"}}})
		h.make(t, person.Draft{Name: "I.", Channels: []person.Channel{{Kind: person.Email, Value: "IDA@example.org"}}})
		h.named(t, "José Núñez")
		h.named(t, "nunez jose")
		h.make(t, person.Draft{Name: "Elizabeth", Nickname: "Liz"})
		h.named(t, "liz")
		h.named(t, "Somebody Else")
		pairs := func() []string {
			list, err := h.Duplicates(ctx, h.ana)
			if err != nil {
				t.Fatal(err)
			}
			words := []string{}
			for _, p := range list {
				words = append(words, p.One.Name+"="+p.Other.Name+" "+p.Reason)
			}
			return words
		}
		want := []string{"Ida=I. email", "Sam Small=Uncle S phone", "José Núñez=nunez jose name", "Elizabeth=liz nickname"}
		if diff := cmp.Diff(want, pairs()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if err := h.Distinct(ctx, h.ana, b.ID, a.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Distinct(ctx, h.ben, b.ID, a.ID); code(err) != "person_not_found" {
			t.Errorf("said by somebody else: %v", err)
		}
		if diff := cmp.Diff(slices.Delete(want, 1, 2), pairs()); diff != "" {
			t.Errorf("afterwards (-want +got):\n%s", diff)
		}
	})
}

// A merge that is taken back leaves both as they were, whatever was added since.
func TestService_Merge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		keep, gone, third := h.whole(t, "Ida"), h.whole(t, "Idalina"), h.named(t, "Sam")
		if _, _, err := h.AddRelation(ctx, h.ana, gone.ID, person.Relation{Other: third.ID, Role: "daughter"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.AddRelation(ctx, h.ana, third.ID, person.Relation{Other: gone.ID, Role: "neighbour"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.AddRelation(ctx, h.ana, gone.ID, person.Relation{Other: keep.ID, Role: "sister"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Update(ctx, h.ana, gone.ID, person.Change{
			Ring: new("inner"), Cadence: new(9), Zone: new("Asia/Tokyo"), HoursFrom: new(500), HoursTo: new(1000), Standing: new(person.Grieving), StandingNote: new("lost her cat"),
		}, 0); err != nil {
			t.Fatal(err)
		}
		var photo bytes.Buffer
		if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SetPhoto(ctx, h.ana, gone.ID, photo.Bytes(), 0); err != nil {
			t.Fatal(err)
		}
		keep, gone = h.detail(t, keep.ID), h.detail(t, gone.ID)
		id := uuid.Must(uuid.NewV7()).String()
		if _, _, err := h.Merge(ctx, h.ben, "", keep.ID, gone.ID); code(err) != "person_not_found" {
			t.Errorf("merged by somebody else: %v", err)
		}
		m, created, err := h.Merge(ctx, h.ana, id, keep.ID, gone.ID)
		if err != nil || !created {
			t.Fatal(err)
		}
		if _, created, err := h.Merge(ctx, h.ana, id, keep.ID, gone.ID); err != nil || created {
			t.Errorf("again: %v, %v", created, err)
		}
		one := h.detail(t, keep.ID)
		if len(one.Channels) != 3 || len(one.Dates) != 1 || len(one.Facts) != 3 || len(one.FollowUps) != 2 || len(one.Relations) != 2 || len(one.Groups) != 3 ||
			one.Nickname != "Idalina" || one.Ring != "inner" || *one.Cadence != 9 || one.Photo == "" || one.StandingNote != "lost her cat" {
			t.Errorf("one of two: %+v", one)
		}
		_, err = h.Get(ctx, h.ana, gone.ID)
		if f := fault.As(err); f == nil || f.Kind != fault.KindGone || f.Params["merged_into"] != keep.ID {
			t.Errorf("the one who went: %v", err)
		}
		if p, found, err := h.Find(ctx, d, h.ana, "IDALINA"); err != nil || !found || p.ID != keep.ID {
			t.Errorf("by the name that went: %v, %v", p.Name, err)
		}
		if _, _, err := h.AddFact(ctx, h.ana, keep.ID, person.Fact{Text: "added since"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Update(ctx, h.ana, keep.ID, person.Change{Zone: new("Europe/Rome")}, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.UndoMerge(ctx, h.ben, m.ID); code(err) != "merge_not_found" {
			t.Errorf("undone by somebody else: %v", err)
		}
		for range 2 { // the second time changes nothing
			if _, err := h.UndoMerge(ctx, h.ana, m.ID); err != nil {
				t.Fatal(err)
			}
		}
		now := h.detail(t, keep.ID)
		if now.Zone != "Europe/Rome" || now.Facts[0].Text != "added since" {
			t.Errorf("what was added since is not with the one who stayed: %+v", now)
		}
		now.Zone, now.Facts = "", now.Facts[1:]
		same := cmp.Options{cmpopts.IgnoreFields(person.Person{}, "Revision", "UpdatedAt"), cmpopts.IgnoreFields(person.Meta{}, "Revision", "UpdatedAt")}
		if diff := cmp.Diff(keep, now, same); diff != "" {
			t.Errorf("the one who stayed (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(gone, h.detail(t, gone.ID), same); diff != "" {
			t.Errorf("the one who went (-before +after):\n%s", diff)
		}
		if _, err := h.Photo(ctx, h.ana, gone.ID); err != nil {
			t.Error(err)
		}
		if _, err := h.Photo(ctx, h.ana, keep.ID); code(err) != "photo_not_found" {
			t.Errorf("a photo stayed behind: %v", err)
		}
	})
}

// Merges with the same person are taken back in turn, the last one first; deleting the one who stayed ends them all.
func TestService_Merge_inTurn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		a, b, c := h.named(t, "A"), h.named(t, "B"), h.named(t, "C")
		first, _, err := h.Merge(ctx, h.ana, "", a.ID, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		second, _, err := h.Merge(ctx, h.ana, "", c.ID, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.UndoMerge(ctx, h.ana, first.ID); code(err) != "merge_later" {
			t.Errorf("out of turn: %v", err)
		}
		if now, err := h.Became(ctx, d, h.ana, b.ID); err != nil || now != c.ID {
			t.Errorf("B is %s now, %v", now, err)
		}
		for _, id := range []string{second.ID, first.ID} {
			if _, err := h.UndoMerge(ctx, h.ana, id); err != nil {
				t.Error(err)
			}
		}
		if got := h.names(t, person.Filter{}); !slices.Equal(got, []string{"A", "B", "C"}) {
			t.Errorf("afterwards: %q", got)
		}
		if first, _, err = h.Merge(ctx, h.ana, "", a.ID, b.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Delete(ctx, h.ana, a.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.UndoMerge(ctx, h.ana, first.ID); code(err) != "merge_not_found" {
			t.Errorf("of a person who was deleted: %v", err)
		}
		if _, err := h.Get(ctx, h.ana, b.ID); code(err) != "person_gone" {
			t.Errorf("B: %v", err)
		}
	})
}
