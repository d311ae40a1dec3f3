package intention_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/intention"
	"kith/internal/person"
)

const (
	ana      = account.ID("0192f0c1-7c1e-7a3b-9c1d-000000000001")
	ben      = account.ID("0192f0c1-7c1e-7a3b-9c1d-000000000002")
	id1      = "0192f0c1-7c1e-7a3b-9c1d-0000000000a1"
	momentID = "0192f0c1-7c1e-7a3b-9c1d-0000000000b1"
	today    = "2026-11-24"
	tomorrow = "2026-11-25"
)

// clock is a time that a test moves by days.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { c.now = c.now.Add(time.Second); return c.now }

func newService(d *db.DB) (*intention.Service, *clock) {
	c := &clock{time.Date(2026, time.November, 24, 8, 0, 0, 0, time.UTC)}
	return intention.New(d, c.Now), c
}

func set(t *testing.T, s *intention.Service, by account.ID, day, text string) intention.Intention {
	t.Helper()
	i, created, err := s.Set(t.Context(), by, day, intention.Draft{Text: text})
	if err != nil || !created {
		t.Fatalf("set: %v, %v", created, err)
	}
	return i
}

func texts(t *testing.T, s *intention.Service, by account.ID, day string) []string {
	t.Helper()
	p, err := s.List(t.Context(), by, day, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, i := range p.Items {
		list = append(list, i.Day+" "+i.Text+" "+i.State)
	}
	return list
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestService_Set(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := newService(d)
		if i, err := s.Today(t.Context(), ana, today); i != nil || err != nil {
			t.Fatalf("before the first: %v, %v", i, err)
		}
		first := set(t, s, ana, today, "call Ida")
		if first.State != intention.Open || first.Revision != 1 || first.Day != today {
			t.Errorf("set as %+v", first)
		}
		second := set(t, s, ana, today, "thank Sam")
		if got, err := s.Today(t.Context(), ana, today); err != nil || got == nil || *got != second {
			t.Errorf("today is %+v, %v", got, err)
		}
		if got, _ := s.Get(t.Context(), ana, today, first.ID); got.State != intention.LetGo || got.Revision != 2 {
			t.Errorf("the first is %+v", got)
		}
		if got, err := s.Today(t.Context(), ben, today); got != nil || err != nil {
			t.Errorf("another account sees %v, %v", got, err)
		}
		if _, err := s.Get(t.Context(), ben, today, first.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account gets it: %v", err)
		}

		// Yesterday's open one is let go: read so at once, written when the next is set.
		c.now = c.now.AddDate(0, 0, 1)
		if got, _ := s.Get(t.Context(), ana, tomorrow, second.ID); got.State != intention.LetGo || got.Revision != 1 {
			t.Errorf("yesterday's is read as %+v", got)
		}
		if got, err := s.Today(t.Context(), ana, tomorrow); got != nil || err != nil {
			t.Errorf("yesterday's is today's: %v, %v", got, err)
		}
		set(t, s, ana, tomorrow, "laugh with Ana")
		if got, _ := s.Get(t.Context(), ana, today, second.ID); got.State != intention.LetGo || got.Revision != 2 {
			t.Errorf("yesterday's is kept as %+v", got)
		}
		want := []string{tomorrow + " laugh with Ana open", today + " thank Sam let_go", today + " call Ida let_go"}
		if diff := cmp.Diff(want, texts(t, s, ana, tomorrow)); diff != "" {
			t.Errorf("list (-want +got):\n%s", diff)
		}
		if _, _, err := s.Set(t.Context(), ana, "2026-11-28", intention.Draft{Text: "x"}); code(err) != "day_not_today" {
			t.Errorf("a day ahead: %v", err)
		}
		if _, _, err := s.Set(t.Context(), ana, today, intention.Draft{Text: "x", Person: id1}); code(err) != "unknown_person" {
			t.Errorf("nobody's person: %v", err)
		}
	})
}

func TestService_Set_twice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := newService(d)
		draft := intention.Draft{ID: id1, Text: "call Ida", Cue: "after lunch", Practice: "catch-up"}
		if _, created, err := s.Set(t.Context(), ana, today, draft); err != nil || !created {
			t.Fatalf("%v, %v", created, err)
		}
		text := "call Ida at last"
		if _, err := s.Update(t.Context(), ana, today, id1, intention.Change{Text: &text}, 1); err != nil {
			t.Fatal(err)
		}
		c.now = c.now.AddDate(0, 0, 5) // a retry from a phone that was offline for days
		got, created, err := s.Set(t.Context(), ana, "2026-11-29", draft)
		if err != nil || created || got.Text != text || got.Day != today || got.Revision != 2 || got.State != intention.LetGo {
			t.Errorf("again: %+v, %v, %v", got, created, err)
		}
		other := draft
		other.Cue = "before lunch"
		if _, _, err := s.Set(t.Context(), ana, "2026-11-29", other); code(err) != "id_reused" || !fault.Is(err, fault.KindConflict) {
			t.Errorf("another request under the id: %v", err)
		}
		if _, created, err := s.Set(t.Context(), ben, "2026-11-29", other); err != nil || !created {
			t.Errorf("the id in another account: %v, %v", created, err)
		}
		if err := s.Delete(t.Context(), ana, id1, 0); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"set":    func() error { _, _, err := s.Set(t.Context(), ana, "2026-11-29", draft); return err }(),
			"get":    func() error { _, err := s.Get(t.Context(), ana, today, id1); return err }(),
			"delete": func() error { return s.Delete(t.Context(), ana, id1, 0) }(),
		} {
			if !fault.Is(err, fault.KindGone) {
				t.Errorf("%s after the deletion: %v", name, err)
			}
		}
		draft.ID = "mine"
		if _, _, err := s.Set(t.Context(), ana, today, draft); code(err) != "bad_id" {
			t.Errorf("an id that is none: %v", err)
		}
	})
}

// However many set at once, one is open afterwards.
func TestService_Set_atOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, time.November, 24, 8, 0, 0, 0, time.UTC)
		s := intention.New(d, func() time.Time { return now })
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				if _, _, err := s.Set(t.Context(), ana, today, intention.Draft{Text: fmt.Sprint("goal ", n)}); err != nil && fault.As(err) == nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		p, err := s.List(t.Context(), ana, today, 100, "")
		if err != nil {
			t.Fatal(err)
		}
		open := 0
		for _, i := range p.Items {
			if i.State == intention.Open {
				open++
			}
		}
		if open != 1 {
			t.Errorf("%d are open of %d", open, len(p.Items))
		}
	})
}

func TestService_Update(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := newService(d)
		sam, _, err := person.New(d, c.Now).Create(t.Context(), ana, person.Draft{Name: "Sam"})
		if err != nil {
			t.Fatal(err)
		}
		i := set(t, s, ana, today, "thank someone")
		text, cue, long := "thank Sam", "at lunch", string(make([]byte, 300))
		got, err := s.Update(t.Context(), ana, today, i.ID, intention.Change{Text: &text, Cue: &cue, Person: &sam.ID}, i.Revision)
		if err != nil || got.Text != text || got.Cue != cue || got.Person != sam.ID || got.Revision != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		if again, err := s.Update(t.Context(), ana, today, i.ID, intention.Change{Text: &text}, 0); err != nil || again != got {
			t.Errorf("a change to the same made %+v, %v", again, err)
		}
		other := "thank Ida"
		if _, err := s.Update(t.Context(), ana, today, i.ID, intention.Change{Text: &other}, i.Revision); !fault.Is(err, fault.KindStale) {
			t.Errorf("an old revision: %v", err)
		}
		if err := s.Delete(t.Context(), ana, i.ID, i.Revision); !fault.Is(err, fault.KindStale) {
			t.Errorf("a deletion at an old revision: %v", err)
		}
		if _, err := s.Update(t.Context(), ben, today, i.ID, intention.Change{Text: &other}, 0); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account: %v", err)
		}
		if _, err := s.Update(t.Context(), ana, today, i.ID, intention.Change{Text: &long}, 0); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("no text: %v", err)
		}
		if got, _ := s.Get(t.Context(), ana, today, i.ID); got.Text != text {
			t.Errorf("a refused change left %q", got.Text)
		}
	})
}

func TestService_List(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := newService(d)
		for n := range 7 {
			set(t, s, ana, c.now.Format(time.DateOnly), fmt.Sprint("goal ", n))
			set(t, s, ana, c.now.Format(time.DateOnly), fmt.Sprint("second goal ", n))
			c.now = c.now.AddDate(0, 0, 1)
		}
		set(t, s, ben, c.now.Format(time.DateOnly), "ben's")
		var all []intention.Intention
		cursor, pages := "", 0
		for {
			p, err := s.List(t.Context(), ana, "2026-12-24", 4, cursor)
			if err != nil {
				t.Fatal(err)
			}
			all, pages, cursor = append(all, p.Items...), pages+1, p.Next
			if cursor == "" {
				break
			}
		}
		if len(all) != 14 || pages != 4 || all[0].Text != "second goal 6" || all[13].Text != "goal 0" {
			t.Errorf("%d in %d pages: %v", len(all), pages, all)
		}
		if !slices.IsSortedFunc(all, func(a, b intention.Intention) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
			t.Error("they are not newest first")
		}
		for _, bad := range []string{"!", "x", "YX5i", "AH5-"} {
			if _, err := s.List(t.Context(), ana, today, 4, bad); code(err) != "bad_cursor" {
				t.Errorf("cursor %q: %v", bad, err)
			}
		}
	})
}

func TestService_exportRestoreErase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		gone := set(t, s, ana, today, "call Ida")
		if err := s.Delete(t.Context(), ana, gone.ID, 0); err != nil {
			t.Fatal(err)
		}
		done := set(t, s, ana, today, "thank Sam")
		if _, err := s.Close(t.Context(), ana, done.ID); err != nil {
			t.Fatal(err)
		}
		open := set(t, s, ana, today, "laugh")

		rows := func(by account.ID) (list []intention.Row) {
			if err := s.Export(t.Context(), d, by, func(r intention.Row) error { list = append(list, r); return nil }); err != nil {
				t.Fatal(err)
			}
			return list
		}
		restore := func(r intention.Row) (added bool, err error) {
			err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				added, err = s.Restore(ctx, tx, ben, r)
				return err
			})
			return added, err
		}
		want := rows(ana)
		if len(want) != 3 || want[0].Text != "" || want[0].DeletedAt == nil {
			t.Fatalf("exported %+v", want)
		}
		for _, expected := range []bool{true, false} {
			for _, r := range want {
				if added, err := restore(r); err != nil || added != expected {
					t.Errorf("restore: %v, %v", added, err)
				}
			}
		}
		if diff := cmp.Diff(want, rows(ben)); diff != "" {
			t.Errorf("restored (-want +got):\n%s", diff)
		}
		second := want[2]
		second.ID = id1
		if added, err := restore(second); err != nil || !added {
			t.Errorf("a second open one of a day: %v, %v", added, err)
		}
		if got, err := s.Today(t.Context(), ben, today); err != nil || got.ID != open.ID {
			t.Errorf("the one that was open is not: %+v, %v", got, err)
		}
		for name, spoil := range map[string]func(*intention.Row){
			"id":       func(r *intention.Row) { r.ID = "x" },
			"day":      func(r *intention.Row) { r.Day = "x" },
			"state":    func(r *intention.Row) { r.State = "late" },
			"text":     func(r *intention.Row) { r.Text = "a\x00" },
			"revision": func(r *intention.Row) { r.Revision = 0 },
		} {
			r := second
			spoil(&r)
			if _, err := restore(r); code(err) != "bad_row" {
				t.Errorf("a bad %s: %v", name, err)
			}
		}
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.Erase(ctx, tx, ana) }); err != nil {
			t.Fatal(err)
		}
		if len(rows(ana)) != 0 || len(rows(ben)) != 4 {
			t.Error("erasure took the wrong rows")
		}
	})
}
