package reflection_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/reflection"
)

const today = "2026-11-24"

type house struct {
	*reflection.Service
	db       *db.DB
	moments  *moment.Service
	ana, ben account.ID
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	now := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	accounts, people := account.New(d, clock), person.New(d, clock)
	h := &house{db: d, moments: moment.New(d, moment.Options{
		Accounts: accounts, People: people, Jobs: job.New(d, job.Options{Now: clock}), Live: live.New(d), Now: clock,
	})}
	h.Service = reflection.New(d, h.moments, clock)
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.Seal(keys)
	for name, to := range map[string]*account.ID{"ana": &h.ana, "ben": &h.ben} {
		u, err := accounts.Create(t.Context(), account.Draft{Email: name + "@example.org", Name: name, Zone: "UTC", Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		*to = u.ID
	}
	return h
}

func (h *house) save(t *testing.T, day string, d reflection.Draft) reflection.Reflection {
	t.Helper()
	r, _, err := h.Save(t.Context(), h.ana, today, day, d, 0)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) log(t *testing.T, day, text string) {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	at = at.Add(10 * time.Hour)
	if _, _, err := h.moments.Log(t.Context(), h.ana, moment.Draft{Text: text, HappenedAt: &at}); err != nil {
		t.Fatal(err)
	}
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestService_Save(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		draft := reflection.Draft{Good: []string{"tea", "rain"}, Line: "with *Ida*", Prompt: "smile"}
		r, created, err := h.Save(ctx, h.ana, today, today, draft, 0)
		if err != nil || !created || r.Revision != 1 {
			t.Fatalf("%+v, %v, %v", r, created, err)
		}
		if again, created, err := h.Save(ctx, h.ana, today, today, draft, 0); err != nil || created || again.Revision != 1 {
			t.Errorf("the same again: %+v, %v, %v", again, created, err)
		}
		draft.Line = "with Ida and the dog"
		if r, _, err = h.Save(ctx, h.ana, today, today, draft, 1); err != nil || r.Revision != 2 {
			t.Errorf("changed: %+v, %v", r, err)
		}
		got, err := h.Get(ctx, h.ana, today)
		if diff := cmp.Diff(r, got); err != nil || diff != "" {
			t.Errorf("%v (-saved +read):\n%s", err, diff)
		}
		draft.Line = "late"
		if _, _, err := h.Save(ctx, h.ana, today, today, draft, 1); code(err) != "reflection_changed" {
			t.Errorf("an old copy: %v", err)
		}
		for day, want := range map[string]string{"2026-11-25": "day_not_come", "24.11.2026": "bad_day", "1899-12-31": "bad_day"} {
			if _, _, err := h.Save(ctx, h.ana, today, day, draft, 0); code(err) != want {
				t.Errorf("%s: %v", day, err)
			}
		}
		if _, err := h.Get(ctx, h.ben, today); code(err) != "reflection_not_found" {
			t.Errorf("somebody else reads it: %v", err)
		}
		if err := h.Delete(ctx, h.ben, today, 0); code(err) != "reflection_not_found" {
			t.Errorf("somebody else deletes it: %v", err)
		}
		if err := h.Delete(ctx, h.ana, today, 1); code(err) != "reflection_changed" {
			t.Errorf("deleting an old copy: %v", err)
		}
		if err := h.Delete(ctx, h.ana, today, 2); err != nil {
			t.Fatal(err)
		}
		if err := h.Delete(ctx, h.ana, today, 0); code(err) != "reflection_not_found" {
			t.Errorf("deleting it twice: %v", err)
		}
		left, err := db.One(ctx, d, db.Value[string], "SELECT good || line || words FROM reflection WHERE user_id = $1", string(h.ana))
		if err != nil || left != "" {
			t.Errorf("words are left: %q, %v", left, err)
		}
		if r, created, err := h.Save(ctx, h.ana, today, today, draft, 0); err != nil || !created || r.Revision != 4 {
			t.Errorf("written anew: %+v, %v, %v", r, created, err)
		}
	})
}

func TestService_privateWords(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		const day = "2026-11-17"
		h.save(t, day, reflection.Draft{Good: []string{"quiet secret"}, Line: "secret words", Private: true})
		kept, err := db.All(ctx, d, db.Value[string], "SELECT good || line || words FROM reflection WHERE user_id = $1", string(h.ana))
		if err != nil || len(kept) != 1 || strings.Contains(kept[0], "secret") || strings.Count(kept[0], "sealed:") != 2 {
			t.Errorf("kept as %q, %v", kept, err)
		}
		if r, err := h.Get(ctx, h.ana, day); err != nil || r.Line != "secret words" || r.Good[0] != "quiet secret" {
			t.Errorf("%+v, %v", r, err)
		}
		if list, err := h.Search(ctx, h.ana, "secret", 10); err != nil || len(list) > 0 {
			t.Errorf("found: %+v, %v", list, err)
		}
		if list, err := h.OnThisDay(ctx, h.ana, today); err != nil || len(list) > 0 {
			t.Errorf("on this day: %+v, %v", list, err)
		}
		if m, err := h.Day(ctx, h.ana, day, account.OwnPage); err != nil || m.Reflection == nil {
			t.Errorf("on its own page: %+v, %v", m, err)
		}
		week, err := h.Week(ctx, h.ana, reflection.WeekOf(day))
		if err != nil || week.Days[1].Day != day || week.Days[1].Reflection != nil {
			t.Errorf("in the week: %+v, %v", week, err)
		}
		h.save(t, day, reflection.Draft{Line: "secret no more"})
		if list, err := h.Search(ctx, h.ana, "SECRET", 10); err != nil || len(list) != 1 {
			t.Errorf("found: %+v, %v", list, err)
		}
	})
}

func TestService_SearchAndList(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		for i := range 5 {
			h.save(t, fmt.Sprintf("2026-11-%02d", 10+i), reflection.Draft{Line: fmt.Sprintf("Tea with José, 100%% warm_%d", i)})
		}
		for query, want := range map[string]int{"jose TEA": 5, "warm_3": 1, "100%": 5, "1%0": 0, "tea nobody": 0, " ": 0, `\`: 0} {
			if list, err := h.Search(ctx, h.ana, query, 10); err != nil || len(list) != want {
				t.Errorf("%q finds %d, %v", query, len(list), err)
			}
		}
		if list, err := h.Search(ctx, h.ben, "tea", 10); err != nil || len(list) > 0 {
			t.Errorf("somebody else finds: %v, %v", list, err)
		}
		var days []string
		for cursor := ""; ; {
			p, err := h.List(ctx, h.ana, "2026-11-11", "2026-11-20", 2, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Items {
				days = append(days, r.Day[8:])
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(days, []string{"14", "13", "12", "11"}) {
			t.Errorf("listed %v", days)
		}
		if _, err := h.List(ctx, h.ana, "", "", 2, "what"); code(err) != "bad_cursor" {
			t.Errorf("a cursor that is none: %v", err)
		}
	})
}

func TestService_lookBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		if _, err := h.Random(ctx, h.ana); code(err) != "memory_not_found" {
			t.Errorf("a memory of nothing: %v", err)
		}
		for _, day := range []string{"2026-11-24", "2026-11-17", "2026-10-24", "2024-11-24", "2026-11-16"} {
			h.log(t, day, "walked with @Ida on "+day[5:])
		}
		h.log(t, "2026-11-17", "thanked @Sam")
		h.save(t, "2025-11-24", reflection.Draft{Line: "a year ago"})
		list, err := h.OnThisDay(ctx, h.ana, today)
		got := []string{}
		for _, m := range list {
			got = append(got, fmt.Sprint(m.Day, " ", m.Span, m.Years, " ", len(m.Moments), " ", m.Reflection != nil))
		}
		want := []string{"2026-11-17 week0 2 false", "2026-10-24 month0 1 false", "2025-11-24 year1 0 true", "2024-11-24 year2 1 false"}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		for range 20 {
			if day, err := h.Random(ctx, h.ana); err != nil || day > "2026-11-17" || day < "2024-11-24" {
				t.Errorf("drawn: %s, %v", day, err)
			}
		}
		if _, err := h.Random(ctx, h.ben); code(err) != "memory_not_found" {
			t.Errorf("somebody else remembers: %v", err)
		}
		year, err := h.Year(ctx, h.ana, 2026)
		wantYear := []reflection.YearDay{{"2026-10-24", 1, false}, {"2026-11-16", 1, false}, {"2026-11-17", 2, false}, {"2026-11-24", 1, false}}
		if diff := cmp.Diff(wantYear, year); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		h.save(t, "2026-11-17", reflection.Draft{Line: "x"})
		h.save(t, "2026-11-18", reflection.Draft{Line: "x"})
		h.save(t, "2026-01-01", reflection.Draft{Line: "x"})
		wantYear = append([]reflection.YearDay{{"2026-01-01", 0, true}}, wantYear...)
		wantYear[3].Written = true
		wantYear = slices.Insert(wantYear, 4, reflection.YearDay{Day: "2026-11-18", Written: true})
		if year, err = h.Year(ctx, h.ana, 2026); err != nil || !cmp.Equal(wantYear, year) {
			t.Errorf("%v:\n%s", err, cmp.Diff(wantYear, year))
		}
		if other, err := h.Year(ctx, h.ben, 2026); err != nil || len(other) > 0 {
			t.Errorf("somebody else's year: %v, %v", other, err)
		}
	})
}

func TestService_Week(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		h.log(t, "2026-11-18", "walked with @Sam")
		h.log(t, "2026-11-20", "walked with @Ida")
		h.log(t, "2026-11-20", "thanked @Sam")
		if _, err := h.CarryOn(ctx, h.ana, "2026-W46", " leave earlier\n", 0); err != nil {
			t.Fatal(err)
		}
		c, err := h.CarryOn(ctx, h.ana, "2026-W47", "call Ida", 0)
		if err != nil || c.Revision != 1 {
			t.Fatalf("%+v, %v", c, err)
		}
		if _, err := h.CarryOn(ctx, h.ana, "2026-W47", "x", 7); code(err) != "week_changed" {
			t.Errorf("an old copy: %v", err)
		}
		w, err := h.Week(ctx, h.ana, "2026-W47")
		if err != nil || len(w.Days) != 7 || w.Days[0].Day != "2026-11-16" || len(w.Days[4].Moments) != 2 {
			t.Fatalf("%+v, %v", w, err)
		}
		if w.Carry.Text != "call Ida" || w.CarriedIn != "leave earlier" || len(w.People) != 2 || w.People[0].Name != "Sam" {
			t.Errorf("%+v", w)
		}
		if c, err := h.CarryOn(ctx, h.ana, "2026-W47", "", 1); err != nil || c.Text != "" || c.Revision != 2 {
			t.Errorf("taken away: %+v, %v", c, err)
		}
		if w, err := h.Week(ctx, h.ben, "2026-W47"); err != nil || w.CarriedIn != "" || len(w.People) > 0 {
			t.Errorf("somebody else's week: %+v, %v", w, err)
		}
		if _, err := h.Week(ctx, h.ana, "2026-W60"); code(err) != "bad_week" {
			t.Errorf("no week: %v", err)
		}
	})
}

func TestService_SetGoodOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		if v, err := h.Setting(ctx, h.ana); err != nil || v != (reflection.Setting{GoodOn: "0"}) {
			t.Errorf("before a choice: %+v, %v", v, err)
		}
		if v, err := h.SetGoodOn(ctx, h.ana, "5", 0); err != nil || v.Revision != 1 {
			t.Errorf("%+v, %v", v, err)
		}
		if _, err := h.SetGoodOn(ctx, h.ana, "7", 0); code(err) != "bad_good_on" {
			t.Errorf("no weekday: %v", err)
		}
		if v, err := h.Setting(ctx, h.ben); err != nil || v.GoodOn != "0" {
			t.Errorf("somebody else's: %+v, %v", v, err)
		}
		p, err := h.Prompt(ctx, h.ana, today, 0, "de")
		if err != nil || p.Text == "" {
			t.Fatalf("%+v, %v", p, err)
		}
		h.save(t, "2026-11-23", reflection.Draft{Line: "answered", Prompt: p.ID})
		if q, err := h.Prompt(ctx, h.ana, today, 0, "de"); err != nil || q.ID == p.ID {
			t.Errorf("asked again: %+v, %v", q, err)
		}
		err = d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return h.Erase(ctx, tx, h.ana) })
		n, err2 := db.One(ctx, d, db.Value[int], "SELECT (SELECT COUNT(*) FROM reflection) + (SELECT COUNT(*) FROM reflection_setting)")
		if err != nil || err2 != nil || n != 0 {
			t.Errorf("erased: %d left, %v, %v", n, err, err2)
		}
	})
}
