package moment_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/person"
)

// house is what a moment stands on, with a clock that the test moves.
type house struct {
	moments *moment.Service
	people  *person.Service
	clock   *clock
	ana     account.ID
	ben     account.ID
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Microsecond)
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	c := &clock{now: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)}
	accounts := account.New(d, c.Now)
	jobs := job.New(d, job.Options{Now: c.Now})
	h := &house{people: person.New(d, c.Now), clock: c}
	h.moments = moment.New(d, moment.Options{Accounts: accounts, People: h.people, Jobs: jobs, Live: live.New(d), Now: c.Now})
	for email, id := range map[string]*account.ID{"ana@example.org": &h.ana, "ben@example.org": &h.ben} {
		u, err := accounts.Create(t.Context(), account.Draft{Email: email, Name: "A name", Zone: "Europe/Berlin", Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		*id = u.ID
	}
	return h
}

func (h *house) log(t *testing.T, text string) moment.Moment {
	t.Helper()
	m, created, err := h.moments.Log(t.Context(), h.ana, moment.Draft{Text: text})
	if err != nil || !created {
		t.Fatalf("log %q: created %v, %v", text, created, err)
	}
	return m
}

func texts(p moment.Page) []string {
	list := []string{}
	for _, m := range p.Items {
		list = append(list, m.Text)
	}
	return list
}

func kind(err error) fault.Kind {
	if f := fault.As(err); f != nil {
		return f.Kind
	}
	return ""
}

func TestService_Log(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		m := h.log(t, "thanked @Sam for the review #work #review yesterday 3pm :)")
		got, err := h.moments.Get(t.Context(), h.ana, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Kind != capture.Thanks || got.Context != capture.Professional || got.Felt == nil || *got.Felt != 1 ||
			got.HappenedAt.Format(time.RFC3339) != "2026-11-23T15:00:00+01:00" || got.Day != "2026-11-23" || got.Contact != capture.ContactYes {
			t.Errorf("it became %+v", got)
		}
		if len(got.People) != 1 || got.People[0].Name != "Sam" {
			t.Fatalf("people: %v", got.People)
		}
		sam, err := h.people.Get(t.Context(), h.ana, got.People[0].ID)
		if err != nil || sam.LastContactAt == nil || !sam.LastContactAt.Equal(got.HappenedAt) || sam.LastContactMoment != m.ID {
			t.Errorf("Sam is %+v, %v", sam, err)
		}
		again := h.log(t, "laughed with @sam")
		if len(again.People) != 1 || again.People[0].ID != sam.ID {
			t.Errorf("a second moment names %v, want the same person", again.People)
		}
	})
}

func TestService_LogIsIdempotentByID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		const id = "0193a1b2-0000-7000-8000-000000000001"
		draft := moment.Draft{ID: id, Text: "called @Mia"}
		if _, created, err := h.moments.Log(t.Context(), h.ana, draft); err != nil || !created {
			t.Fatal(created, err)
		}
		h.clock.Add(time.Hour)
		edited := "called @Mia about the move"
		if _, err := h.moments.Update(t.Context(), h.ana, id, moment.Change{Text: &edited}, 1); err != nil {
			t.Fatal(err)
		}
		m, created, err := h.moments.Log(t.Context(), h.ana, draft)
		if err != nil || created || m.Text != edited {
			t.Errorf("the same request: %q, created %v, %v", m.Text, created, err)
		}
		if _, _, err := h.moments.Log(t.Context(), h.ana, moment.Draft{ID: id, Text: "something else"}); kind(err) != fault.KindConflict {
			t.Errorf("another request under the id: %v", err)
		}
		if _, created, err := h.moments.Log(t.Context(), h.ben, draft); err != nil || !created {
			t.Errorf("the same id of somebody else: created %v, %v", created, err)
		}
		if _, err := h.moments.Delete(t.Context(), h.ana, id, 0); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.moments.Log(t.Context(), h.ana, draft); kind(err) != fault.KindGone {
			t.Errorf("after a deletion: %v", err)
		}
	})
}

func TestService_LogAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				// Pairs share an id: a client that did not hear the answer and sends again at once.
				draft := moment.Draft{ID: fmt.Sprintf("0193a1b2-0000-7000-8000-%012d", i/2), Text: "coffee with @Noor"}
				if _, _, err := h.moments.Log(t.Context(), h.ana, draft); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		p, err := h.moments.List(t.Context(), h.ana, moment.Filter{}, 100, "")
		if err != nil || len(p.Items) != 20 {
			t.Errorf("%d moments, want 20; %v", len(p.Items), err)
		}
		people, err := h.people.List(t.Context(), h.ana, person.Filter{}, 10, "")
		if err != nil || len(people.Items) != 1 {
			t.Errorf("%d people of one name; %v", len(people.Items), err)
		}
	})
}

func TestService_ListFiltersAndPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		felt := 2
		anna := h.log(t, "lunch with @José #work #café").People[0].ID
		h.log(t, "2026-11-20 walked with @Lu :D #home")
		h.log(t, "散歩して東京タワーを見た")
		h.log(t, "in 2019 thanked @José")
		if _, _, err := h.moments.Log(t.Context(), h.ben, moment.Draft{Text: "lunch of somebody else"}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			f    moment.Filter
			want []string
		}{
			"all":            {moment.Filter{}, []string{"散歩して東京タワーを見た", "lunch with @José #work #café", "2026-11-20 walked with @Lu :D #home", "in 2019 thanked @José"}},
			"folded":         {moment.Filter{Query: "jose"}, []string{"lunch with @José #work #café", "in 2019 thanked @José"}},
			"capitals":       {moment.Filter{Query: "LUNCH café"}, []string{"lunch with @José #work #café"}},
			"no spaces":      {moment.Filter{Query: "東京"}, []string{"散歩して東京タワーを見た"}},
			"one character":  {moment.Filter{Query: "見"}, []string{"散歩して東京タワーを見た"}},
			"beginning":      {moment.Filter{Query: "thank"}, []string{"in 2019 thanked @José"}},
			"only signs":     {moment.Filter{Query: `"*( AND -`}, []string{}},
			"operator words": {moment.Filter{Query: "lunch OR walked"}, []string{}},
			"person":         {moment.Filter{Person: anna}, []string{"lunch with @José #work #café", "in 2019 thanked @José"}},
			"person, tag":    {moment.Filter{Person: anna, Tag: "Cafe"}, []string{"lunch with @José #work #café"}},
			"kind":           {moment.Filter{Kind: capture.Thanks}, []string{"in 2019 thanked @José"}},
			"context":        {moment.Filter{Context: capture.Professional, Query: "lunch"}, []string{"lunch with @José #work #café"}},
			"felt":           {moment.Filter{Felt: &felt}, []string{"2026-11-20 walked with @Lu :D #home"}},
			"days":           {moment.Filter{From: "2026-11-19", To: "2026-11-21"}, []string{"2026-11-20 walked with @Lu :D #home"}},
		} {
			got := []string{}
			for cursor, pages := "", 0; pages < 10; pages++ {
				p, err := h.moments.List(t.Context(), h.ana, c.f, 1, cursor)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got = append(got, texts(p)...)
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestService_DeleteUndoAndThenForGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		m := h.log(t, "a secret laugh with @Ida #private")
		ida := m.People[0].ID
		gone := func(want bool) {
			t.Helper()
			p, err := h.moments.List(t.Context(), h.ana, moment.Filter{Query: "secret"}, 10, "")
			if err != nil || (len(p.Items) == 0) != want {
				t.Errorf("search finds %d; %v", len(p.Items), err)
			}
			who, err := h.people.Get(t.Context(), h.ana, ida)
			if err != nil || (who.LastContactAt == nil) != want {
				t.Errorf("last contact is %v; %v", who.LastContactAt, err)
			}
		}
		if _, err := h.moments.Delete(t.Context(), h.ana, m.ID, 99); kind(err) != fault.KindStale {
			t.Errorf("a delete of another revision: %v", err)
		}
		if _, err := h.moments.Delete(t.Context(), h.ana, m.ID, m.Revision); err != nil {
			t.Fatal(err)
		}
		gone(true)
		if _, err := h.moments.Get(t.Context(), h.ana, m.ID); kind(err) != fault.KindGone {
			t.Errorf("get: %v", err)
		}
		h.clock.Add(9 * time.Minute)
		if _, what, err := h.moments.UndoLast(t.Context(), h.ana); err != nil || what != moment.Restored {
			t.Errorf("undo: %q, %v", what, err)
		}
		gone(false)
		if _, err := h.moments.Delete(t.Context(), h.ana, m.ID, 0); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(moment.UndoFor + time.Second)
		if _, err := h.moments.Undo(t.Context(), h.ana, m.ID); kind(err) != fault.KindGone {
			t.Errorf("undo too late: %v", err)
		}
		if err := h.moments.PurgeNow(t.Context()); err != nil {
			t.Fatal(err)
		}
		left, err := db.All(t.Context(), d, db.Value[string], "SELECT text FROM moment")
		if err != nil || len(left) != 1 || left[0] != "" {
			t.Errorf("after the purge: %q, %v", left, err)
		}
	})
}

func TestService_UndoLastTakesBackACapture(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		if _, _, err := h.moments.UndoLast(t.Context(), h.ana); kind(err) != fault.KindInvalid {
			t.Errorf("nothing to undo: %v", err)
		}
		h.log(t, "first")
		last := h.log(t, "in 2020 an old one")
		m, what, err := h.moments.UndoLast(t.Context(), h.ana)
		if err != nil || what != moment.Removed || m.ID != last.ID {
			t.Errorf("%q took back %q, %v", what, m.Text, err)
		}
	})
}

func TestService_Update(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		m := h.log(t, "yesterday 3pm laughed with @Sam")
		h.clock.Add(48 * time.Hour)
		text := "yesterday 4pm thanked @Kim"
		m, err := h.moments.Update(t.Context(), h.ana, m.ID, moment.Change{Text: &text, Reread: true}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if m.HappenedAt.Format(time.RFC3339) != "2026-11-23T16:00:00+01:00" || m.Kind != capture.Thanks || len(m.People) != 1 || m.People[0].Name != "Kim" || m.Revision != 2 {
			t.Errorf("it became %+v", m)
		}
		later := m.HappenedAt.AddDate(1, 0, 0)
		for name, c := range map[string]moment.Change{
			"future":         {HappenedAt: &later},
			"no such kind":   {Kind: new("party")},
			"no words":       {Text: new(" \n")},
			"too many words": {Text: new(strings.Repeat("a ", 4000))},
			"unknown zone":   {Zone: new("Mars/Olympus")},
			"not my person":  {People: &[]moment.Ref{{ID: "0193a1b2-0000-7000-8000-000000000009"}}},
		} {
			if _, err := h.moments.Update(t.Context(), h.ana, m.ID, c, 0); kind(err) != fault.KindInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := h.moments.Update(t.Context(), h.ana, m.ID, moment.Change{Text: &text}, 1); kind(err) != fault.KindStale {
			t.Errorf("another revision: %v", err)
		}
		back := m.HappenedAt.AddDate(0, 0, -10)
		if m, err = h.moments.Update(t.Context(), h.ana, m.ID, moment.Change{HappenedAt: &back, Tags: &[]string{"#Rowing"}}, 2); err != nil {
			t.Fatal(err)
		}
		kim, err := h.people.Get(t.Context(), h.ana, m.People[0].ID)
		if err != nil || !kim.LastContactAt.Equal(back) {
			t.Errorf("last contact %v, %v", kim.LastContactAt, err)
		}
		day, err := h.moments.Day(t.Context(), h.ana, "2026-11-13")
		if err != nil || len(day) != 1 || cmp.Diff([]string{"Rowing"}, day[0].Tags) != "" {
			t.Errorf("that day: %v, %v", day, err)
		}
	})
}

func TestService_AnotherAccountSeesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		m := h.log(t, "lunch with @Sam")
		text := "mine now"
		for name, try := range map[string]func() error{
			"get": func() error { _, err := h.moments.Get(t.Context(), h.ben, m.ID); return err },
			"update": func() error {
				_, err := h.moments.Update(t.Context(), h.ben, m.ID, moment.Change{Text: &text}, 0)
				return err
			},
			"delete": func() error { _, err := h.moments.Delete(t.Context(), h.ben, m.ID, 0); return err },
			"undo":   func() error { _, err := h.moments.Undo(t.Context(), h.ben, m.ID); return err },
			"repeat": func() error { _, err := h.moments.Repeat(t.Context(), h.ben, m.ID, ""); return err },
			"person": func() error { _, err := h.people.Get(t.Context(), h.ben, m.People[0].ID); return err },
		} {
			if err := try(); kind(err) != fault.KindNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, _, err := h.moments.Log(t.Context(), h.ben, moment.Draft{Text: "with them", People: &[]moment.Ref{{ID: m.People[0].ID}}})
		if kind(err) != fault.KindInvalid {
			t.Errorf("naming another's person: %v", err)
		}
		for _, f := range []moment.Filter{{}, {Query: "lunch"}, {Query: "u" + strings.ReplaceAll(string(h.ana), "-", "")}, {Person: m.People[0].ID}} {
			if p, err := h.moments.List(t.Context(), h.ben, f, 10, ""); err != nil || len(p.Items) != 0 {
				t.Errorf("%+v: %d moments, %v", f, len(p.Items), err)
			}
		}
	})
}

func TestService_ManyAtOneInstantKeepTheirOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		want := []string{}
		for i := range 12 {
			text := fmt.Sprintf("yesterday number %d", i)
			h.log(t, text)
			want = append([]string{text}, want...)
		}
		p, err := h.moments.List(t.Context(), h.ana, moment.Filter{}, 50, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, texts(p)); diff != "" {
			t.Error(diff)
		}
	})
}
