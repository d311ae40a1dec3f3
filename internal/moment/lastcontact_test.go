package moment_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/person"
)

// last is a last contact.
type last struct {
	At     time.Time
	Moment string
}

// kept is what is stored for everybody.
func kept(t *rapid.T, ctx context.Context, h *house, by account.ID) map[string]last {
	t.Helper()
	page, err := h.people.List(ctx, by, person.Filter{Archived: person.ArchivedWith}, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]last{}
	for _, p := range page.Items {
		if p.LastContactAt != nil {
			got[p.ID] = last{*p.LastContactAt, p.LastContactMoment}
		} else if p.LastContactMoment != "" {
			t.Fatalf("%s was never met, in %s", p.Name, p.LastContactMoment)
		}
	}
	return got
}

// recomputed is the same from all moments, by the rule alone: the newest in which they were in touch.
func recomputed(t *rapid.T, ctx context.Context, h *house, by account.ID) map[string]last {
	t.Helper()
	page, err := h.moments.List(ctx, by, moment.Filter{}, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]last{}
	for _, m := range slices.Backward(page.Items) {
		for _, p := range m.People {
			if m.Contact == capture.ContactYes {
				want[p.ID] = last{m.HappenedAt.UTC(), m.ID}
			}
		}
	}
	return want
}

// Whatever is done, last contact is what a plain look at all moments says.
func TestLastContact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			ctx := t.Context()
			c := &clock{now: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)}
			accounts := account.New(d, c.Now)
			h := &house{people: person.New(d, c.Now), clock: c}
			h.moments = moment.New(d, moment.Options{Accounts: accounts, People: h.people, Jobs: job.New(d, job.Options{Now: c.Now}), Live: live.New(d), Now: c.Now})
			h.people.OnMerged(h.moments.Mover())
			join := func() account.ID {
				n++
				u, err := accounts.Create(ctx, account.Draft{Email: fmt.Sprintf("a%d@example.org", n), Name: "A", Zone: "Europe/Berlin", Locale: "en"})
				if err != nil {
					rt.Fatal(err)
				}
				return u.ID
			}
			by := join()
			var people []string
			for _, name := range []string{"Ana", "Bo", "Cy", "Di"} {
				p, _, err := h.people.Create(ctx, by, person.Draft{Name: name})
				if err != nil {
					rt.Fatal(err)
				}
				people = append(people, p.ID)
			}
			var moments, merges []string
			with := func() *[]moment.Ref {
				refs := []moment.Ref{}
				for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(people), 0, 3, rapid.ID[string]).Draw(rt, "people") {
					refs = append(refs, moment.Ref{ID: id})
				}
				return &refs
			}
			at := func() *time.Time { // a few instants, so that some are the same
				t := time.Date(2026, 11, rapid.IntRange(1, 5).Draw(rt, "day"), 12, 0, 0, 0, time.UTC)
				return &t
			}
			contact := func() *string {
				s := rapid.SampledFrom([]string{capture.ContactYes, capture.ContactYes, capture.ContactNo, capture.ContactAttempt}).Draw(rt, "contact")
				return &s
			}
			some := func(list []string) string {
				if len(list) == 0 {
					return "" // there is none yet, which is refused
				}
				return rapid.SampledFrom(list).Draw(rt, "which")
			}
			done := func(err error) { // refusals are right answers here: gone, merged, nothing to undo
				if err != nil && kind(err) == "" {
					rt.Fatal(err)
				}
			}
			log := func(*rapid.T) {
				m, _, err := h.moments.Log(ctx, by, moment.Draft{Text: "x", People: with(), HappenedAt: at(), Contact: contact()})
				done(err)
				moments = append(moments, m.ID)
			}
			rt.Repeat(map[string]func(*rapid.T){
				"log": log, "log too": log,
				"by name": func(*rapid.T) {
					m, _, err := h.moments.Log(ctx, by, moment.Draft{Text: "tea with @" + rapid.SampledFrom([]string{"Ana", "Bo", "Cy", "Di"}).Draw(rt, "name"), HappenedAt: at()})
					done(err)
					moments = append(moments, m.ID)
				},
				"edit": func(*rapid.T) {
					change := moment.Change{Contact: contact()}
					if rapid.Bool().Draw(rt, "time") {
						change.HappenedAt = at()
					}
					if rapid.Bool().Draw(rt, "who") {
						change.People = with()
					}
					_, err := h.moments.Update(ctx, by, some(moments), change, 0)
					done(err)
				},
				"delete":    func(*rapid.T) { _, err := h.moments.Delete(ctx, by, some(moments), 0); done(err) },
				"undo":      func(*rapid.T) { _, err := h.moments.Undo(ctx, by, some(moments)); done(err) },
				"undo last": func(*rapid.T) { _, _, err := h.moments.UndoLast(ctx, by); done(err) },
				"repeat": func(*rapid.T) {
					c.Add(time.Minute)
					m, err := h.moments.Repeat(ctx, by, some(moments), "")
					done(err)
					moments = append(moments, m.ID)
				},
				"merge": func(*rapid.T) {
					m, _, err := h.people.Merge(ctx, by, "", some(people), some(people))
					done(err)
					if err == nil {
						merges = append(merges, m.ID)
					}
				},
				"undo merge": func(*rapid.T) { _, err := h.people.UndoMerge(ctx, by, some(merges)); done(err) },
				"": func(rt *rapid.T) {
					if diff := cmp.Diff(recomputed(rt, ctx, h, by), kept(rt, ctx, h, by)); diff != "" {
						rt.Fatalf("last contact (-recomputed +kept):\n%s", diff)
					}
				},
			})
			// The same in another account, out of an archive.
			var (
				who  []person.Record
				what []moment.Record
			)
			other := join()
			if err := h.people.Records(ctx, d, by, func(v person.Record) error { who = append(who, v); return nil }); err != nil {
				rt.Fatal(err)
			}
			if err := moment.Records(ctx, d, by, func(v moment.Record) error { what = append(what, v); return nil }); err != nil {
				rt.Fatal(err)
			}
			if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				for _, v := range who {
					if _, err := h.people.Restore(ctx, tx, other, v); err != nil {
						return err
					}
				}
				for _, v := range what {
					if _, err := h.moments.Restore(ctx, tx, other, v); err != nil {
						return err
					}
				}
				return h.moments.RestoreLastContact(ctx, tx, other)
			}); err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(recomputed(rt, ctx, h, other), kept(rt, ctx, h, other)); diff != "" {
				rt.Fatalf("last contact after an import (-recomputed +kept):\n%s", diff)
			}
			if diff := cmp.Diff(kept(rt, ctx, h, by), kept(rt, ctx, h, other)); diff != "" {
				rt.Fatalf("last contact here and there:\n%s", diff)
			}
		})
	})
}
