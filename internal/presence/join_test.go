package presence_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/presence"
)

func TestService_Join(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		v := h.start(t, h.ana, presence.Draft{ID: id1, Kind: presence.People, People: []moment.Ref{{Name: "Sam"}}})
		first, _, err := h.Invite(t.Context(), h.ana, id1)
		if err != nil {
			t.Fatal(err)
		}
		link, got, err := h.Invite(t.Context(), h.ana, id1)
		if err != nil || !got.Open || link == first {
			t.Fatalf("invited: %+v, %v", got, err)
		}
		if _, _, err := h.Invite(t.Context(), h.ben, id1); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account invites: %v", err)
		}
		for name, c := range map[string]string{"taken back": first, "guessed": "0000000000000000", "none": "", "long": link + "0"} {
			if _, err := h.Join(t.Context(), c); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		s, err := h.Join(t.Context(), link)
		if err != nil || s.Host != h.ana || s.Session.Guests != 1 || s.Session.People != nil || s.Session.ID != "" || s.Session.Moment != "" {
			t.Errorf("a guest sees %+v, %v", s, err)
		}
		if _, err := h.Joined(t.Context(), link); err != nil {
			t.Error(err)
		}
		if got, _ := h.Get(t.Context(), h.ana, id1); got.Guests != 1 || got.Revision != 3 {
			t.Errorf("with a guest: %+v", got)
		}
		if ok, err := h.Opens(t.Context(), h.ana, id1, link); !ok || err != nil {
			t.Errorf("it opens: %v, %v", ok, err)
		}
		h.pass(v.Planned)
		if _, err := h.Joined(t.Context(), link); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("after its plan: %v", err)
		}
		h.pass(-time.Minute)
		if _, err := h.End(t.Context(), h.ana, id1, presence.End{}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Joined(t.Context(), link); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("after its end: %v", err)
		}
		if _, _, err := h.Invite(t.Context(), h.ana, id1); code(err) != "presence_over" {
			t.Errorf("invite to what is over: %v", err)
		}
		alone := h.start(t, h.ana, presence.Draft{Kind: presence.Pause})
		if _, _, err := h.Invite(t.Context(), h.ana, alone.ID); code(err) != "presence_alone" {
			t.Errorf("invite to be alone: %v", err)
		}
	})
}

func TestService_Mover(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.people.OnMerged(h.Mover())
		v := h.start(t, h.ana, presence.Draft{ID: id1, Kind: presence.People, People: []moment.Ref{{Name: "Sam"}, {Name: "Samuel"}, {Name: "Ida"}}})
		keep, gone := v.People[1].ID, v.People[0].ID
		names := func() (list []string) {
			t.Helper()
			got, err := h.Get(t.Context(), h.ana, id1)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range got.People {
				list = append(list, p.Name)
			}
			return list
		}
		m, _, err := h.people.Merge(t.Context(), h.ana, id2, keep, gone)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"Samuel", "Ida"}, names()); diff != "" {
			t.Errorf("merged (-want +got):\n%s", diff)
		}
		if _, err := h.people.UndoMerge(t.Context(), h.ana, m.ID); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"Sam", "Samuel", "Ida"}, names()); diff != "" {
			t.Errorf("taken back (-want +got):\n%s", diff)
		}
	})
}
