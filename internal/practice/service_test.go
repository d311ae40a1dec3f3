package practice_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/practice"
)

const (
	ana = account.ID("0192f0c1-7c1e-7a3b-9c1d-00000000000a")
	ben = account.ID("0192f0c1-7c1e-7a3b-9c1d-00000000000b")
	id1 = "0192f0c1-7c1e-7a3b-9c1d-000000000001"
)

// watch is a clock that tests set.
type watch struct{ at time.Time }

func (w *watch) now() time.Time { return w.at }

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func newService(d *db.DB) (*practice.Service, *watch) {
	w := &watch{time.Date(2026, time.November, 24, 8, 0, 0, 0, time.UTC)}
	return practice.New(d, w.now), w
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestService_own(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		draft := practice.Draft{ID: id1, Name: " Water  the\tplants ", How: "all of them\r\n and the fern ", Kind: capture.Kindness, Seconds: 300}
		p, created, err := s.Create(t.Context(), ana, draft)
		if err != nil || !created || p.Name != "Water the plants" || p.How != "all of them\nand the fern" || !p.Own || !p.On || p.DOI != "" || p.Suggest != p.Name {
			t.Fatalf("%+v, %v, %v", p, created, err)
		}
		if _, created, err := s.Create(t.Context(), ana, draft); created || err != nil {
			t.Errorf("the same again: %v, %v", created, err)
		}
		other := draft
		other.Seconds = 60
		if _, _, err := s.Create(t.Context(), ana, other); code(err) != "id_reused" {
			t.Errorf("another under that id: %v", err)
		}
		for want, bad := range map[string]practice.Draft{
			"practice_missing":      {Name: " \u00a0 "},
			"practice_too_long":     {Name: strings.Repeat("é", practice.MaxName+1)},
			"practice_how_too_long": {Name: "x", How: strings.Repeat("é", practice.MaxHow+1)},
			"unknown_kind":          {Name: "x", Kind: "sport"},
			"unknown_context":       {Name: "x", Context: "school"},
			"practice_length":       {Name: "x", Seconds: practice.MaxSeconds + 1},
			"bad_id":                {Name: "x", ID: "mine"},
		} {
			if _, _, err := s.Create(t.Context(), ana, bad); code(err) != want {
				t.Errorf("%s: %v", want, err)
			}
		}
		name, how := "Water the ferns", ""
		p, err = s.Update(t.Context(), ana, id1, practice.Change{Name: &name, How: &how}, p.Revision)
		if err != nil || p.Name != name || p.How != "" || p.Seconds != 300 || p.Revision != 2 {
			t.Errorf("changed: %+v, %v", p, err)
		}
		if same, err := s.Update(t.Context(), ana, id1, practice.Change{Name: &name}, 0); err != nil || same.Revision != 2 {
			t.Errorf("changed to the same: %+v, %v", same, err)
		}
		if _, err := s.Update(t.Context(), ana, id1, practice.Change{Name: &name}, 1); code(err) != "practice_changed" {
			t.Errorf("an old revision: %v", err)
		}
		if _, err := s.Update(t.Context(), ana, "hug", practice.Change{Name: &name}, 0); code(err) != "practice_of_library" {
			t.Errorf("one of the library: %v", err)
		}
		// Another account has none of it.
		if _, err := practice.Find(t.Context(), d, ben, id1, "en"); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account reads it: %v", err)
		}
		if _, err := s.Update(t.Context(), ben, id1, practice.Change{Name: &name}, 0); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account changes it: %v", err)
		}
		if err := s.Delete(t.Context(), ben, id1, 0); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account deletes it: %v", err)
		}
		if list, err := practice.All(t.Context(), d, ben, "en"); err != nil || list[0].Own {
			t.Errorf("another account lists %v, %v", list[0], err)
		}
		if list, err := practice.All(t.Context(), d, ana, "de"); err != nil || len(list) != 36 || list[0].Name != name || list[1].On != true || list[35].On {
			t.Errorf("%d practices, %v", len(list), err)
		}
		// A deleted one leaves no words, but what kind it was.
		if err := s.Delete(t.Context(), ana, id1, 0); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Create(t.Context(), ana, draft); !fault.Is(err, fault.KindGone) {
			t.Errorf("created after its deletion: %v", err)
		}
		if kind, err := practice.OwnKind(t.Context(), d, ana, id1); err != nil || kind != capture.Kindness {
			t.Errorf("its kind is %q, %v", kind, err)
		}
		if err := s.Records(t.Context(), d, ana, func(r practice.Row) error {
			if r.Name+r.How != "" || r.DeletedAt == nil {
				t.Errorf("it leaves %+v", r)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for n := range practice.MaxOwn {
			if _, _, err := s.Create(t.Context(), ana, practice.Draft{Name: fmt.Sprint("practice ", n)}); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := s.Create(t.Context(), ana, practice.Draft{Name: "one more"}); code(err) != "practices_full" {
			t.Errorf("one more than there may be: %v", err)
		}
	})
}

// A day keeps its draw: what is added or switched on counts from the next day on, what is taken out is still counted.
func TestDeckOf(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, w := newService(d)
		deck := func() practice.Deck {
			t.Helper()
			got, err := practice.DeckOf(t.Context(), d, ana, "en", day(w.at), day)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		flip := func(id string, on bool) {
			t.Helper()
			if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return practice.Switch(ctx, tx, ana, id, on, w.at) }); err != nil {
				t.Fatal(err)
			}
		}
		has := func(got practice.Deck, id string) bool {
			return slices.ContainsFunc(got.Cards, func(p practice.Practice) bool { return p.ID == id })
		}
		if got := deck(); len(got.Cards) != 25 || got.Since != "" {
			t.Errorf("at first %d cards since %q", len(got.Cards), got.Since)
		}
		if _, _, err := s.Create(t.Context(), ana, practice.Draft{ID: id1, Name: "Water the plants"}); err != nil {
			t.Fatal(err)
		}
		flip("awe-walk", true)
		if got := deck(); len(got.Cards) != 25 {
			t.Errorf("on the day itself %d cards", len(got.Cards))
		}
		w.at = w.at.AddDate(0, 0, 1)
		if got := deck(); len(got.Cards) != 27 || !has(got, id1) || !has(got, "awe-walk") || got.Since != "2026-11-25" || got.Out[id1] || got.Out["awe-walk"] {
			t.Errorf("on the next day %d cards since %q, out %v", len(got.Cards), got.Since, got.Out)
		}
		flip("awe-walk", false)
		if err := s.Delete(t.Context(), ana, id1, 0); err != nil {
			t.Fatal(err)
		}
		if got := deck(); len(got.Cards) != 27 || !got.Out[id1] || !got.Out["awe-walk"] {
			t.Errorf("once both are out, %d cards, out %v", len(got.Cards), got.Out)
		}
		w.at = w.at.AddDate(0, 0, 1)
		if got := deck(); len(got.Cards) != 25 || got.Since != "2026-11-26" {
			t.Errorf("a day later %d cards since %q", len(got.Cards), got.Since)
		}
		for _, id := range []string{"hug", id1, "no-such"} {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return practice.Switch(ctx, tx, ana, id, true, w.at) })
			if !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s is switched: %v", id, err)
			}
		}
		if got, err := practice.Find(t.Context(), d, ben, "awe-walk", "en"); err != nil || got.On {
			t.Errorf("another account has it on: %v, %v", got.On, err)
		}
	})
}

func TestRestore_refuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		good := practice.Row{ID: id1, Name: "x", Kind: capture.Pause, Seconds: 60, Revision: 1, CreatedAt: 1, UpdatedAt: 1}
		restore := func(r practice.Row) (is bool, err error) {
			err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				is, err = s.Restore(ctx, tx, ana, r)
				return err
			})
			return is, err
		}
		for what, change := range map[string]func(*practice.Row){
			"no id":         func(r *practice.Row) { r.ID = "hug" },
			"no name":       func(r *practice.Row) { r.Name = "" },
			"a wild name":   func(r *practice.Row) { r.Name = "a\x00b" },
			"no kind":       func(r *practice.Row) { r.Kind = "sport" },
			"no length":     func(r *practice.Row) { r.Seconds = 0 },
			"no revision":   func(r *practice.Row) { r.Revision = 0 },
			"deleted words": func(r *practice.Row) { r.DeletedAt = new(int64(2)) },
		} {
			r := good
			change(&r)
			if _, err := restore(r); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if is, err := restore(good); !is || err != nil {
			t.Errorf("a good row: %v, %v", is, err)
		}
		if is, err := restore(good); is || err != nil {
			t.Errorf("the same again: %v, %v", is, err)
		}
	})
}
