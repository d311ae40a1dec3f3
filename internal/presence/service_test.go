package presence_test

import (
	"fmt"
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
	"kith/internal/presence"
)

const (
	id1 = "0192f0c1-7c1e-7a3b-9c1d-0000000000a1"
	id2 = "0192f0c1-7c1e-7a3b-9c1d-0000000000a2"
)

type house struct {
	*presence.Service
	db       *db.DB
	moments  *moment.Service
	people   *person.Service
	ana, ben account.ID
	mu       sync.Mutex
	now      time.Time
	tick     time.Duration // what passes at every look at the clock
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(h.tick)
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{db: d, now: time.Date(2026, time.November, 24, 18, 0, 0, 0, time.UTC)}
	accounts, hub := account.New(d, h.clock), live.New(d)
	h.people = person.New(d, h.clock)
	h.moments = moment.New(d, moment.Options{Accounts: accounts, People: h.people, Jobs: job.New(d, job.Options{Now: h.clock}), Live: hub, Now: h.clock})
	h.Service = presence.New(d, presence.Options{People: h.people, Moments: h.moments, Live: hub, Now: h.clock})
	for name, id := range map[string]*account.ID{"Ana": &h.ana, "Ben": &h.ben} {
		u, err := accounts.Create(t.Context(), account.Draft{Email: name + "@example.org", Name: name, Zone: "Europe/Berlin"})
		if err != nil {
			t.Fatal(err)
		}
		*id = u.ID
	}
	return h
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

func (h *house) start(t *testing.T, by account.ID, d presence.Draft) presence.Session {
	t.Helper()
	v, created, err := h.Start(t.Context(), by, d)
	if err != nil || !created {
		t.Fatalf("start: %v, %v", created, err)
	}
	return v
}

func (h *house) holds(t *testing.T, by account.ID, at time.Time) bool {
	t.Helper()
	v, err := h.Holding(t.Context(), h.db, by, at)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestService_Start(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		began := h.now
		if h.holds(t, h.ana, began) {
			t.Error("it holds before it began")
		}
		draft := presence.Draft{ID: id1, Kind: presence.People, People: []moment.Ref{{Name: "Sam"}, {Name: "Ida"}, {Name: "sam"}}, Planned: 20 * time.Minute}
		v := h.start(t, h.ana, draft)
		if len(v.People) != 2 || v.People[0].Name != "Sam" || v.Until() != began.Add(20*time.Minute) || v.Revision != 1 {
			t.Errorf("started as %+v", v)
		}
		for at, want := range map[time.Duration]bool{-time.Second: false, 0: true, 19 * time.Minute: true, 20 * time.Minute: false} {
			if h.holds(t, h.ana, began.Add(at)) != want || h.holds(t, h.ben, began.Add(at)) {
				t.Errorf("after %v it should hold %v, and hers alone", at, want)
			}
		}
		if got, created, err := h.Start(t.Context(), h.ana, draft); err != nil || created || got.ID != id1 {
			t.Errorf("again: %+v, %v, %v", got, created, err)
		}
		other := draft
		other.Planned = time.Hour
		if _, _, err := h.Start(t.Context(), h.ana, other); code(err) != "id_reused" {
			t.Errorf("another request under the id: %v", err)
		}
		if _, err := h.Get(t.Context(), h.ben, id1); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account gets it: %v", err)
		}
		if _, _, err := h.Start(t.Context(), h.ben, presence.Draft{Kind: presence.People, People: []moment.Ref{{ID: v.People[0].ID}}}); code(err) != "unknown_person" {
			t.Errorf("somebody else's person: %v", err)
		}

		// Another ends it.
		h.pass(5 * time.Minute)
		h.start(t, h.ana, presence.Draft{ID: id2, Kind: presence.Breath})
		if got, _ := h.Get(t.Context(), h.ana, id1); got.EndedAt == nil || !got.EndedAt.Equal(h.now) || got.Told {
			t.Errorf("the first is %+v", got)
		}
		if got, err := h.Running(t.Context(), h.ana); err != nil || got == nil || got.ID != id2 || got.Pattern != "cyclic-sigh" || got.Planned != 5*time.Minute {
			t.Errorf("what runs is %+v, %v", got, err)
		}
		// Its plan ends it, though nobody said so.
		h.pass(5 * time.Minute)
		got, err := h.Get(t.Context(), h.ana, id2)
		if err != nil || got.EndedAt == nil || !got.EndedAt.Equal(h.now) {
			t.Errorf("after its plan: %+v, %v", got, err)
		}
		if r, err := h.Running(t.Context(), h.ana); r != nil || err != nil {
			t.Errorf("after its plan runs %+v, %v", r, err)
		}
		if err := h.Delete(t.Context(), h.ana, id1, 99); !fault.Is(err, fault.KindStale) {
			t.Errorf("an old revision: %v", err)
		}
		if err := h.Delete(t.Context(), h.ana, id1, 0); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Start(t.Context(), h.ana, draft); !fault.Is(err, fault.KindGone) {
			t.Errorf("after the deletion: %v", err)
		}
		page, err := h.List(t.Context(), h.ana, 1, "")
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != id2 || page.Next != "" {
			t.Errorf("the list is %+v, %v", page, err)
		}
	})
}

func TestService_Start_refuses(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.Open(t, dbtest.SQLite(t)))
	ahead, old := h.now.Add(time.Hour), h.now.AddDate(0, 0, -8)
	for want, d := range map[string]presence.Draft{
		"unknown_presence_kind":  {Kind: "nap"},
		"pattern_without_breath": {Kind: presence.Scan, Pattern: "box"},
		"bad_pattern":            {Kind: presence.Breath, Pattern: "99-1"},
		"planned_range":          {Kind: presence.Timer, Planned: time.Second},
		"people_of_one":          {Kind: presence.Pause, People: []moment.Ref{{Name: "Sam"}}},
		"too_many_people":        {Kind: presence.People, People: make([]moment.Ref, presence.MaxPeople+1)},
		"name_missing":           {Kind: presence.People, People: []moment.Ref{{Name: " "}}},
		"presence_in_future":     {Kind: presence.Timer, StartedAt: &ahead},
		"presence_too_old":       {Kind: presence.Timer, StartedAt: &old},
		"bad_id":                 {Kind: presence.Timer, ID: "mine"},
	} {
		if _, _, err := h.Start(t.Context(), h.ana, d); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// A phone that was without a network tells everything later, twice.
func TestService_End(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		v := h.start(t, h.ana, presence.Draft{ID: id1, Kind: presence.People, People: []moment.Ref{{Name: "Sam"}}, Planned: time.Hour})
		end := presence.End{Line: "Sam laughed, and @Bo came by :)"}
		at := h.now.Add(25 * time.Minute)
		end.At = &at
		h.pass(3 * time.Hour)
		var first presence.Session
		for range 3 {
			got, err := h.End(t.Context(), h.ana, id1, end)
			if err != nil || got.Moment == "" || !got.EndedAt.Equal(at) {
				t.Fatalf("ended as %+v, %v", got, err)
			}
			if first.ID != "" && !cmp.Equal(first, got) {
				t.Errorf("again:\n%s", cmp.Diff(first, got))
			}
			first = got
			h.pass(time.Minute)
		}
		page, err := h.moments.List(t.Context(), h.ana, moment.Filter{}, 10, "")
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("%d moments, %v", len(page.Items), err)
		}
		m := page.Items[0]
		if m.Kind != capture.Presence || m.Contact != capture.ContactYes || *m.DurationMin != 25 || !m.HappenedAt.Equal(v.StartedAt) || len(m.People) != 2 || *m.Felt != 1 {
			t.Errorf("the moment is %+v", m)
		}
		if sam, _, _ := h.people.Find(t.Context(), d, h.ana, "Sam"); sam.LastContactAt == nil || !sam.LastContactAt.Equal(v.StartedAt) {
			t.Errorf("last contact is %v", sam.LastContactAt)
		}
		if _, err := h.End(t.Context(), h.ana, id1, presence.End{Line: "something else"}); code(err) != "id_reused" {
			t.Errorf("another line: %v", err)
		}
		if _, err := h.End(t.Context(), h.ben, id1, end); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account ends it: %v", err)
		}

		// One that began and ended offline arrives whole, and does not end what runs.
		running := h.start(t, h.ana, presence.Draft{Kind: presence.Timer})
		began := h.now.Add(-2 * time.Hour)
		late := presence.Draft{ID: id2, Kind: presence.Breath, Pattern: "box", StartedAt: &began}
		for range 2 {
			if _, _, err := h.Start(t.Context(), h.ana, late); err != nil {
				t.Fatal(err)
			}
			if _, err := h.End(t.Context(), h.ana, id2, presence.End{Line: "breathed"}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := h.Get(t.Context(), h.ana, id2)
		if err != nil || !got.EndedAt.Equal(began.Add(4*time.Minute)) {
			t.Errorf("the late one is %+v, %v", got, err)
		}
		if m, err := h.moments.Get(t.Context(), h.ana, got.Moment); err != nil || m.Kind != capture.Pause || m.Contact != capture.ContactNo || *m.DurationMin != 4 {
			t.Errorf("its moment is %+v, %v", m, err)
		}
		if r, err := h.Running(t.Context(), h.ana); err != nil || r == nil || r.ID != running.ID {
			t.Errorf("what runs is %+v, %v", r, err)
		}
		if got, err := h.End(t.Context(), h.ana, running.ID, presence.End{}); err != nil || got.Moment != "" || !got.Told {
			t.Errorf("without a line: %+v, %v", got, err)
		}
	})
}

// However many begin and end at once, one runs and one moment is kept.
func TestService_atOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.start(t, h.ana, presence.Draft{ID: id1, Kind: presence.People})
		h.tick = time.Microsecond
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := h.End(t.Context(), h.ana, id1, presence.End{Line: "tea"}); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if _, _, err := h.Start(t.Context(), h.ana, presence.Draft{Kind: presence.Pause}); err != nil && fault.As(err) == nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n, err := h.moments.Count(t.Context(), h.ana); err != nil || n != 1 {
			t.Errorf("%d moments, %v", n, err)
		}
		page, err := h.List(t.Context(), h.ana, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		run := 0
		for _, v := range page.Items {
			if v.EndedAt == nil {
				run++
			}
		}
		if run != 1 || len(page.Items) != 5 {
			t.Errorf("%d run of %d", run, len(page.Items))
		}
	})
}
