package intention_test

import (
	"context"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/intention"
)

func TestService_CloseLetGoReopen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		i := set(t, s, ana, today, "call Ida")
		for range 2 { // closing twice is closing once
			got, err := s.Close(t.Context(), ana, i.ID)
			if err != nil || got.State != intention.Done || got.Revision != 2 {
				t.Errorf("close: %+v, %v", got, err)
			}
		}
		if got, err := s.Reopen(t.Context(), ana, today, i.ID); err != nil || got.State != intention.Open {
			t.Errorf("reopen: %+v, %v", got, err)
		}
		if got, err := s.LetGo(t.Context(), ana, i.ID); err != nil || got.State != intention.LetGo {
			t.Errorf("let go: %+v, %v", got, err)
		}
		other := set(t, s, ana, today, "thank Sam")
		if _, err := s.Reopen(t.Context(), ana, today, i.ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.Get(t.Context(), ana, today, other.ID); got.State != intention.LetGo {
			t.Errorf("two are open: %+v", got)
		}
		if _, err := s.Reopen(t.Context(), ana, tomorrow, other.ID); code(err) != "intention_over" {
			t.Errorf("reopened on the next day: %v", err)
		}
		if err := s.Delete(t.Context(), ana, i.ID, 0); err != nil { // an open one
			t.Fatal(err)
		}
		set(t, s, ana, today, "laugh")
	})
}

func TestService_MomentLogged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		logged := func(kind, day string) {
			t.Helper()
			if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return s.MomentLogged(ctx, tx, ana, kind, nil, momentID, day)
			}); err != nil {
				t.Fatal(err)
			}
		}
		gone := func() {
			t.Helper()
			if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.MomentGone(ctx, tx, ana, momentID) }); err != nil {
				t.Fatal(err)
			}
		}
		state := func(id string) string {
			t.Helper()
			i, err := s.Get(t.Context(), ana, today, id)
			if err != nil {
				t.Fatal(err)
			}
			return i.State + " " + i.ClosedBy
		}
		logged("thanks", today) // no intention yet
		i, _, err := s.Set(t.Context(), ana, today, intention.Draft{Text: "thank Sam", Practice: "thanks-specific"})
		if err != nil {
			t.Fatal(err)
		}
		logged("laugh", today)
		logged("thanks", tomorrow)
		if got := state(i.ID); got != "open " {
			t.Errorf("another kind or day closed it: %s", got)
		}
		logged("thanks", today)
		if got := state(i.ID); got != "done "+momentID {
			t.Errorf("its kind left it %s", got)
		}
		gone()
		if got := state(i.ID); got != "open " {
			t.Errorf("the moment is gone and it is %s", got)
		}
		logged("thanks", today)
		next := set(t, s, ana, today, "rest")
		gone()
		if got := state(i.ID); got != "let_go " {
			t.Errorf("another took its place, the moment is gone and it is %s", got)
		}
		if got := state(next.ID); got != "open " {
			t.Errorf("the other is %s", got)
		}
		gone() // nothing to take back
	})
}
