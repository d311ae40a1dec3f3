package pulse_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/pulse"
)

type house struct {
	*pulse.Service
	db       *db.DB
	accounts *account.Service
	jobs     *job.Queue
	now      time.Time
	ana, ben account.ID
}

// build makes two people in Berlin, on a Tuesday at noon there.
func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{db: d, now: time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	h.accounts, h.jobs = account.New(d, clock), job.New(d, job.Options{Now: clock})
	h.Service = pulse.New(d, pulse.Options{Accounts: h.accounts, Jobs: h.jobs, Now: clock})
	for email, to := range map[string]*account.ID{"ana@example.org": &h.ana, "ben@example.org": &h.ben} {
		u, err := h.accounts.Create(t.Context(), account.Draft{Email: email, Name: email, Zone: "Europe/Berlin", Locale: "de", DayStart: 240})
		if err != nil {
			t.Fatal(err)
		}
		*to = u.ID
	}
	return h
}

func (h *house) log(t *testing.T, d pulse.Draft) pulse.Pulse {
	t.Helper()
	p, _, err := h.Log(t.Context(), h.ana, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wants(t *testing.T, err error, code string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

const someID = "0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d"

func TestService_Log(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		draft := pulse.Draft{ID: someID, Valence: 80, Energy: 20, Words: []string{"zufrieden", "nach dem Regen"}, Zone: "Asia/Tokyo"}
		p, created, err := h.Log(ctx, h.ana, draft)
		if err != nil || !created {
			t.Fatal(created, err)
		}
		got, err := h.Get(ctx, h.ana, someID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, got); diff != "" {
			t.Error(diff)
		}
		if got.Day != "2026-11-24" || got.At.Format("15:04") != "20:00" || got.Quadrant() != pulse.Calm || got.Words[0] != "calm.content" {
			t.Errorf("kept as %+v", got)
		}
		h.now = h.now.Add(48 * time.Hour) // a retry that comes late
		if again, created, err := h.Log(ctx, h.ana, draft); err != nil || created || again.ID != someID {
			t.Errorf("the same again: %v %v", created, err)
		}
		draft.Energy++
		_, _, err = h.Log(ctx, h.ana, draft)
		wants(t, err, "id_reused")
		for code, d := range map[string]pulse.Draft{
			"pulse_range":      {Valence: 101},
			"pulse_in_future":  {At: new(h.now.Add(time.Hour))},
			"pulse_too_old":    {At: new(h.now.Add(-25 * time.Hour))},
			"closeness_by_day": {Closeness: new(50)},
			"unknown_zone":     {Zone: "Local"},
			"bad_id":           {ID: "x"},
		} {
			_, _, err := h.Log(ctx, h.ana, d)
			wants(t, err, code)
		}
		evening := h.log(t, pulse.Draft{At: new(h.now.Add(-9 * time.Hour)), Closeness: new(0)}) // three in the morning
		if evening.Day != "2026-11-25" || *evening.Closeness != 0 {
			t.Errorf("the night belongs to the day before: %+v", evening)
		}
		if _, err := h.Get(ctx, h.ben, someID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		if _, err := h.Update(ctx, h.ben, someID, pulse.Change{Valence: new(1)}, 0); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		if page, err := h.List(ctx, h.ben, pulse.Filter{}, 50, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("somebody else reads %v %v", page, err)
		}
		if own, err := h.OwnWords(ctx, h.ben); err != nil || len(own) != 0 {
			t.Errorf("somebody else's words: %v %v", own, err)
		}
	})
}

func TestService_ChangeAndDelete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		p := h.log(t, pulse.Draft{Valence: 80, Energy: 20, Words: []string{"wetterfühlig"}})
		got, err := h.Update(ctx, h.ana, p.ID, pulse.Change{Valence: new(10), Words: new([]string{"müde Beine"})}, p.Revision)
		if err != nil || got.Valence != 10 || got.Energy != 20 || got.Revision != 2 || got.Words[0] != "müde Beine" {
			t.Fatalf("%+v %v", got, err)
		}
		_, err = h.Update(ctx, h.ana, p.ID, pulse.Change{Valence: new(11)}, 1)
		wants(t, err, "pulse_changed")
		_, err = h.Update(ctx, h.ana, p.ID, pulse.Change{At: new(h.now.Add(-30 * time.Hour))}, 0)
		wants(t, err, "pulse_too_old")
		_, err = h.Update(ctx, h.ana, p.ID, pulse.Change{Energy: new(-1)}, 0)
		wants(t, err, "pulse_range")
		moved, err := h.Update(ctx, h.ana, p.ID, pulse.Change{At: new(h.now.Add(-14 * time.Hour)), Closeness: new(70)}, 0)
		if err != nil || moved.Day != "2026-11-23" || *moved.Closeness != 70 {
			t.Fatalf("%+v %v", moved, err)
		}
		if moved, err = h.Update(ctx, h.ana, p.ID, pulse.Change{ClearCloseness: true}, 0); err != nil || moved.Closeness != nil {
			t.Fatalf("%+v %v", moved, err)
		}
		if err := h.Delete(ctx, h.ana, p.ID, 0); err != nil {
			t.Fatal(err)
		}
		_, err = h.Get(ctx, h.ana, p.ID)
		wants(t, err, "pulse_gone")
		if page, err := h.List(ctx, h.ana, pulse.Filter{}, 50, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("a deleted one is listed: %v %v", page, err)
		}
		_, err = h.Undo(ctx, h.ben, p.ID)
		wants(t, err, "pulse_not_found")
		back, err := h.Undo(ctx, h.ana, p.ID)
		if err != nil || back.Valence != 10 || back.Revision <= moved.Revision {
			t.Fatalf("%+v %v", back, err)
		}
		if err := h.Delete(ctx, h.ana, p.ID, 0); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(pulse.UndoFor + time.Minute)
		h.runJobs(t)
		_, err = h.Undo(ctx, h.ana, p.ID)
		wants(t, err, "pulse_gone")
		left, err := db.One(ctx, d, db.Value[string], "SELECT words FROM pulse WHERE user_id = $1 AND id = $2", string(h.ana), p.ID)
		if err != nil || left != "[]" {
			t.Errorf("after the purge: %q, %v", left, err)
		}
		_, _, err = h.Log(ctx, h.ana, pulse.Draft{ID: p.ID})
		wants(t, err, "pulse_gone")
	})
}

// runJobs runs what is due.
func (h *house) runJobs(t *testing.T) {
	t.Helper()
	if err := h.PurgeNow(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestService_List(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		for i := range 7 {
			h.log(t, pulse.Draft{Valence: i, Energy: i, Words: []string{"Föhn", []string{"wach", "leise"}[i%2]}})
			h.now = h.now.Add(12 * time.Hour)
		}
		var got []int
		cursor := ""
		for range 4 {
			page, err := h.List(ctx, h.ana, pulse.Filter{}, 2, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Items {
				got = append(got, p.Valence)
			}
			cursor = page.Next
		}
		if diff := cmp.Diff([]int{6, 5, 4, 3, 2, 1, 0}, got); diff != "" || cursor != "" {
			t.Error(diff, cursor)
		}
		page, err := h.List(ctx, h.ana, pulse.Filter{From: "2026-11-25", To: "2026-11-25"}, 50, "")
		if err != nil || len(page.Items) != 2 {
			t.Errorf("one day has %v %v", page.Items, err)
		}
		_, err = h.List(ctx, h.ana, pulse.Filter{From: "25.11."}, 50, "")
		wants(t, err, "bad_day")
		_, err = h.List(ctx, h.ana, pulse.Filter{}, 50, "zzz")
		wants(t, err, "bad_cursor")
		own, err := h.OwnWords(ctx, h.ana)
		if err != nil {
			t.Fatal(err)
		}
		want := []pulse.Word{{Text: "Föhn", Quadrant: pulse.Heavy}, {Text: "wach", Quadrant: pulse.Heavy}, {Text: "leise", Quadrant: pulse.Heavy}}
		if diff := cmp.Diff(want, own); diff != "" {
			t.Error(diff)
		}
	})
}

const ownScale = `{"id": "own", "version": 1, "interval_weeks": 2, "licence": {"name": "held"}, "credit": "somebody", "validated": true,
	"answers": {"a": {"from": 0, "to": 5}}, "items": [{"id": "q", "answers": "a"}],
	"scores": [{"id": "s", "rule": "value", "items": ["q"], "min": 0, "max": 5}],
	"languages": {"en": {"official": true, "name": "Own", "intro": "", "items": {"q": "Q?"}, "answers": {"a": {"low": "no", "high": "yes"}}, "scores": {"s": "S"}}}}`

func TestService_Scales(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		_, _, err := h.ImportScale(ctx, h.ana, []byte(ownScale), false)
		wants(t, err, "licence_unconfirmed")
		sc, created, err := h.ImportScale(ctx, h.ana, []byte(ownScale), true)
		if err != nil || !created || sc.ID != "own" {
			t.Fatal(sc, created, err)
		}
		if _, created, err = h.ImportScale(ctx, h.ana, []byte(ownScale), true); err != nil || created {
			t.Fatalf("the same again: %v %v", created, err)
		}
		_, err = h.Scale(ctx, h.ben, "own")
		wants(t, err, "scale_not_found")
		draft := pulse.AnswerDraft{ID: someID, Scale: "own", Answers: map[string]int{"q": 3}}
		a, created, err := h.Answer(ctx, h.ana, draft)
		if err != nil || !created || *a.Scores[0].Value != 3 {
			t.Fatalf("%+v %v", a, err)
		}
		got, err := h.GetAnswer(ctx, h.ana, someID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Error(diff)
		}
		o, err := h.Scale(ctx, h.ana, "own")
		if err != nil || o.N != 1 || o.Last != "2026-11-24" || o.Next != "2026-12-08" || o.Again {
			t.Errorf("offered as %+v %v", o, err)
		}
		h.now = h.now.AddDate(0, 0, 14)
		if o, err = h.Scale(ctx, h.ana, "own"); err != nil || !o.Again {
			t.Errorf("two weeks later %+v %v", o, err)
		}
		if err := h.DeleteScale(ctx, h.ana, "own"); err != nil {
			t.Fatal(err)
		}
		wants(t, h.DeleteScale(ctx, h.ana, "own"), "scale_gone")
		wants(t, h.DeleteScale(ctx, h.ana, "spane"), "scale_comes_with_kith")
		wants(t, h.DeleteScale(ctx, h.ana, "nothing"), "scale_not_found")
		if again, created, err := h.Answer(ctx, h.ana, draft); err != nil || created || again.ID != someID {
			t.Errorf("a retry after the definition is gone: %v %v", created, err)
		}
		_, _, err = h.Answer(ctx, h.ana, pulse.AnswerDraft{Scale: "own", Answers: map[string]int{"q": 3}})
		wants(t, err, "scale_not_found")
		page, err := h.Answers(ctx, h.ana, "own", 50, "")
		if err != nil || len(page.Items) != 1 || *page.Items[0].Scores[0].Value != 3 {
			t.Errorf("answers go with their definition: %v %v", page.Items, err)
		}
		if page, err := h.Answers(ctx, h.ben, "", 50, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("somebody else reads %v %v", page, err)
		}
		wants(t, h.DeleteAnswer(ctx, h.ben, someID, 0), "scale_answer_not_found")
		wants(t, h.DeleteAnswer(ctx, h.ana, someID, 9), "scale_answer_changed")
		if err := h.DeleteAnswer(ctx, h.ana, someID, 1); err != nil {
			t.Fatal(err)
		}
		if back, err := h.UndoAnswer(ctx, h.ana, someID); err != nil || back.Answers["q"] != 3 {
			t.Errorf("%+v %v", back, err)
		}
		if err := h.DeleteAnswer(ctx, h.ana, someID, 0); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(pulse.UndoFor + time.Minute)
		h.runJobs(t)
		_, err = h.UndoAnswer(ctx, h.ana, someID)
		wants(t, err, "scale_answer_gone")
		if _, created, err := h.ImportScale(ctx, h.ana, []byte(ownScale), true); err != nil || !created {
			t.Errorf("brought again: %v %v", created, err)
		}
	})
}

func TestService_Advise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		for range 8 {
			h.log(t, pulse.Draft{Valence: 12, Energy: 20})
			h.now = h.now.AddDate(0, 0, 1)
		}
		a, err := h.Advise(ctx, h.ana)
		if err != nil || a.Reason != pulse.LastingMood || a.Help.Resources[0].Phone == "" {
			t.Errorf("%+v %v", a, err)
		}
		if a, err := h.Advise(ctx, h.ben); err != nil || a.Reason != pulse.NoReason {
			t.Errorf("somebody else: %+v %v", a, err)
		}
		for range 2 {
			if _, _, err := h.Answer(ctx, h.ben, pulse.AnswerDraft{Scale: "ons-loneliness", Answers: map[string]int{"lonely": 1}}); err != nil {
				t.Fatal(err)
			}
			h.now = h.now.AddDate(0, 0, 28)
		}
		if a, err := h.Advise(ctx, h.ben); err != nil || a.Reason != pulse.LastingLonging {
			t.Errorf("lonely: %+v %v", a, err)
		}
	})
}

func TestService_Erase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for _, by := range []account.ID{h.ana, h.ben} {
			if _, _, err := h.Log(t.Context(), by, pulse.Draft{}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.ImportScale(t.Context(), by, []byte(ownScale), true); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.Answer(t.Context(), by, pulse.AnswerDraft{Scale: "own", Answers: map[string]int{"q": 3}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return h.Erase(ctx, tx, h.ana) }); err != nil {
			t.Fatal(err)
		}
		for _, table := range pulse.Tables() {
			n, err := db.One(t.Context(), d, db.Value[int], "SELECT COUNT(*) FROM "+table)
			if err != nil || n != 1 {
				t.Errorf("%s has %d rows left, want the other's one, %v", table, n, err)
			}
		}
	})
}
