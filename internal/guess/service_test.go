package guess_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/guess"
	"kith/internal/intention"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/person"
)

const id1 = "0192f0c1-7c1e-7a3b-9c1d-0000000000a1"

// house is guesses with what they hang on.
type house struct {
	t          *testing.T
	d          *db.DB
	now        time.Time
	guesses    *guess.Service
	moments    *moment.Service
	people     *person.Service
	intentions *intention.Service
	accounts   *account.Service
	ana, ben   account.ID
	sam, ida   string
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, d: d, now: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { h.now = h.now.Add(time.Millisecond); return h.now }
	h.accounts, h.people, h.intentions, h.guesses = account.New(d, clock), person.New(d, clock), intention.New(d, clock), guess.New(d, clock)
	h.moments = moment.New(d, moment.Options{Accounts: h.accounts, People: h.people, Jobs: job.New(d, job.Options{Now: clock}), Live: live.New(d), Now: clock})
	h.moments.OnLogged(func(ctx context.Context, tx *db.Tx, by account.ID, m moment.Moment) error {
		ids := []string{}
		for _, p := range m.People {
			ids = append(ids, p.ID)
		}
		return h.intentions.MomentLogged(ctx, tx, by, m.Kind, ids, m.ID, m.Day)
	})
	h.moments.OnLogged(h.guesses.MomentLogged)
	h.moments.OnChanged(func(ctx context.Context, tx *db.Tx, by account.ID, _, after moment.Moment) error {
		return h.guesses.MomentChanged(ctx, tx, by, after)
	})
	h.people.OnDeleted(h.guesses.PersonDeleted)
	h.people.OnMerged(h.moments.Mover())
	h.people.OnMerged(h.guesses.Mover())
	h.accounts.OnErasedAll(guess.Tables(), h.guesses.Erase)
	for _, to := range []*account.ID{&h.ana, &h.ben} {
		u, err := h.accounts.Create(t.Context(), account.Draft{Email: fmt.Sprintf("%p@example.org", to), Name: "Somebody", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		*to = u.ID
	}
	h.sam, h.ida = h.person("Sam", "close"), h.person("Ida", "")
	return h
}

func (h *house) person(name, ring string) string {
	h.t.Helper()
	p, _, err := h.people.Create(h.t.Context(), h.ana, person.Draft{Name: name, Ring: ring})
	if err != nil {
		h.t.Fatal(err)
	}
	return p.ID
}

func (h *house) make(d guess.Draft) guess.Guess {
	h.t.Helper()
	g, _, err := h.guesses.Make(h.t.Context(), h.ana, d)
	if err != nil {
		h.t.Fatal(err)
	}
	return g
}

func (h *house) log(text string) moment.Moment {
	h.t.Helper()
	m, _, err := h.moments.Log(h.t.Context(), h.ana, moment.Draft{Text: text})
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func (h *house) get(id string) guess.Guess {
	h.t.Helper()
	g, err := h.guesses.Get(h.t.Context(), h.ana, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return g
}

func (h *house) ask() string {
	h.t.Helper()
	g, err := h.guesses.Ask(h.t.Context(), h.ana, h.now.Format(time.DateOnly))
	if err != nil {
		h.t.Fatal(err)
	}
	if g == nil {
		return ""
	}
	return g.ID
}

func (h *house) later(d time.Duration) { h.now = h.now.Add(d) }

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestService_Make(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		draft := guess.Draft{ID: id1, Person: h.sam, Value: 4}
		g := h.make(draft)
		if g.State != guess.Waiting || g.Person != h.sam || g.Value != 4 || g.Revision != 1 {
			t.Errorf("made %+v", g)
		}
		again, created, err := h.guesses.Make(t.Context(), h.ana, draft)
		if err != nil || created || again.ID != g.ID {
			t.Errorf("again: %+v, %v, %v", again, created, err)
		}
		other := draft
		other.Value = 5
		if _, _, err := h.guesses.Make(t.Context(), h.ana, other); code(err) != "id_reused" {
			t.Errorf("another under the id: %v", err)
		}
		// Another guess about the same takes its place; about somebody else it does not.
		h.make(guess.Draft{Person: h.ida, Value: 1})
		newer := h.make(guess.Draft{Person: h.sam, Value: 9})
		if _, _, err := h.guesses.Make(t.Context(), h.ana, draft); !fault.Is(err, fault.KindGone) {
			t.Errorf("the one that was replaced: %v", err)
		}
		if w, err := h.guesses.WaitingFor(t.Context(), h.ana, h.sam, ""); err != nil || w == nil || w.ID != newer.ID || w.Name != "Sam" {
			t.Errorf("waiting is %+v, %v", w, err)
		}
		page, err := h.guesses.List(t.Context(), h.ana, 1, "")
		if err != nil || len(page.Items) != 1 || page.Next == "" {
			t.Fatalf("the first page is %+v, %v", page, err)
		}
		rest, err := h.guesses.List(t.Context(), h.ana, 5, page.Next)
		if err != nil || len(rest.Items) != 1 || rest.Items[0].Person != h.ida || rest.Next != "" {
			t.Errorf("the second page is %+v, %v", rest, err)
		}
		for want, d := range map[string]guess.Draft{
			"welcome_range": {Person: h.sam, Value: 11}, "guess_about_nothing": {Value: 3}, "unknown_person": {Person: id1, Value: 3},
			"unknown_intention": {Intention: id1, Value: 3}, "bad_id": {ID: "mine", Person: h.sam},
		} {
			if _, _, err := h.guesses.Make(t.Context(), h.ana, d); code(err) != want {
				t.Errorf("%s: %v", want, err)
			}
		}
	})
}

// A second user reads and changes nothing of the first's.
func TestService_another(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		g := h.make(guess.Draft{Person: h.sam, Value: 4})
		h.log("called @Sam")
		h.later(5 * time.Hour)
		ctx := t.Context()
		_, get := h.guesses.Get(ctx, h.ben, g.ID)
		_, change := h.guesses.Change(ctx, h.ben, g.ID, 3, 0)
		_, land := h.guesses.Land(ctx, h.ben, g.ID, new(3), 0)
		_, _, about := h.guesses.Make(ctx, h.ben, guess.Draft{Person: h.sam, Value: 3})
		for what, err := range map[string]error{"get": get, "change": change, "land": land, "delete": h.guesses.Delete(ctx, h.ben, g.ID, 0)} {
			if !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if code(about) != "unknown_person" {
			t.Errorf("about her person: %v", about)
		}
		page, err := h.guesses.List(ctx, h.ben, 10, "")
		q, err2 := h.guesses.Ask(ctx, h.ben, "2026-11-24")
		w, err3 := h.guesses.WaitingFor(ctx, h.ben, h.sam, "")
		gap, err4 := h.guesses.Gap(ctx, h.ben)
		if len(page.Items) != 0 || q != nil || w != nil || gap.Asked != 0 || err != nil || err2 != nil || err3 != nil || err4 != nil {
			t.Errorf("he sees %+v, %+v, %+v, %+v", page, q, w, gap)
		}
		if got := h.get(g.ID); got.State != guess.Happened || got.Revision != 2 {
			t.Errorf("hers is %+v", got)
		}
	})
}

func TestService_moments(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.log("called @Sam") // before the guess
		g := h.make(guess.Draft{Person: h.sam, Value: 4})
		h.later(time.Minute)
		for _, text := range []string{"called @Ida", "called @Sam, no answer", "@Sam called me", "called @Sam yesterday"} {
			h.log(text)
			if got := h.get(g.ID); got.State != guess.Waiting {
				t.Fatalf("%q made it %+v", text, got)
			}
		}
		if _, err := h.guesses.Land(t.Context(), h.ana, g.ID, new(8), 0); code(err) != "guess_not_happened" {
			t.Errorf("landed before: %v", err)
		}
		if got, err := h.guesses.Change(t.Context(), h.ana, g.ID, 3, 1); err != nil || got.Value != 3 {
			t.Errorf("changed to %+v, %v", got, err)
		}
		m := h.log("called @Sam")
		got := h.get(g.ID)
		if got.State != guess.Happened || got.Moment != m.ID || got.Kind != m.Kind || got.Ring != "close" {
			t.Errorf("it is %+v", got)
		}
		if _, err := h.guesses.Change(t.Context(), h.ana, g.ID, 9, 0); code(err) != "guess_over" {
			t.Errorf("changed after: %v", err)
		}
		// A moment that is taken back lets it wait for the next one.
		if _, err := h.moments.Delete(t.Context(), h.ana, m.ID, 0); err != nil {
			t.Fatal(err)
		}
		if got := h.get(g.ID); got.State != guess.Waiting || got.Moment != "" {
			t.Errorf("without its moment it is %+v", got)
		}
		if _, err := h.moments.Undo(t.Context(), h.ana, m.ID); err != nil {
			t.Fatal(err)
		}
		landed, err := h.guesses.Land(t.Context(), h.ana, g.ID, new(8), 0)
		if err != nil || landed.State != guess.Landed || *landed.Landed != 8 {
			t.Errorf("landed as %+v, %v", landed, err)
		}
		// What landed comes back with its moment, and goes when the moment turns out to be somebody else's.
		if _, err := h.moments.Delete(t.Context(), h.ana, m.ID, 0); err != nil {
			t.Fatal(err)
		}
		if gap, err := h.guesses.Gap(t.Context(), h.ana); err != nil || gap.Pairs != 0 {
			t.Errorf("a pair without its moment counts: %+v, %v", gap, err)
		}
		if _, err := h.moments.Undo(t.Context(), h.ana, m.ID); err != nil {
			t.Fatal(err)
		}
		if gap, err := h.guesses.Gap(t.Context(), h.ana); err != nil || gap.Pairs != 1 || gap.Answered != 1 {
			t.Errorf("a pair that is back does not count: %+v, %v", gap, err)
		}
		if _, err := h.moments.Update(t.Context(), h.ana, m.ID, moment.Change{People: &[]moment.Ref{{ID: h.ida}}}, 0); err != nil {
			t.Fatal(err)
		}
		if got := h.get(g.ID); got.Moment != "" || got.Landed != nil || got.State != guess.Waiting {
			t.Errorf("it was Ida, and it is %+v", got)
		}
		h.later(guess.Waits)
		if got := h.get(g.ID); got.State != guess.Faded {
			t.Errorf("three days later it is %+v", got)
		}
		h.log("called @Sam")
		if got := h.get(g.ID); got.State != guess.Faded {
			t.Errorf("a late moment made it %+v", got)
		}
	})
}

func TestService_intentions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		set := func(d intention.Draft) string {
			t.Helper()
			i, _, err := h.intentions.Set(t.Context(), h.ana, "2026-11-24", d)
			if err != nil {
				t.Fatal(err)
			}
			return i.ID
		}
		thank := set(intention.Draft{Text: "thank somebody", Practice: "thanks-specific"})
		g := h.make(guess.Draft{Intention: thank, Value: 6})
		if g.Person != "" || g.State != guess.Waiting {
			t.Errorf("made %+v", g)
		}
		h.log("laughed with @Ida")
		if got := h.get(g.ID); got.State != guess.Waiting {
			t.Errorf("a laugh made it %+v", got)
		}
		m := h.log("thanked @Ida for the bread")
		if got := h.get(g.ID); got.State != guess.Happened || got.Moment != m.ID {
			t.Errorf("the thanks made it %+v", got)
		}
		about := set(intention.Draft{Text: "ask Sam", Person: h.sam})
		if g := h.make(guess.Draft{Intention: about, Value: 2}); g.Person != h.sam {
			t.Errorf("about Sam: %+v", g)
		}
	})
}

func TestService_Ask(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		sam, ida := h.make(guess.Draft{Person: h.sam, Value: 4}), h.make(guess.Draft{Person: h.ida, Value: 7})
		h.later(time.Minute)
		h.log("called @Sam")
		h.log("called @Ida")
		h.later(guess.AskAfter - time.Minute)
		if got := h.ask(); got != "" {
			t.Errorf("too early it asks about %s", got)
		}
		h.later(time.Minute)
		for range 2 { // the same one all day
			if got := h.ask(); got != sam.ID {
				t.Errorf("it asks about %q", got)
			}
		}
		if got, err := h.guesses.Land(t.Context(), h.ana, sam.ID, nil, 0); err != nil || got.State != guess.Unknown {
			t.Errorf("nobody knows: %+v, %v", got, err)
		}
		if got := h.ask(); got != ida.ID {
			t.Errorf("then it asks about %q", got)
		}
		h.later(24 * time.Hour)
		if got := h.ask(); got != "" {
			t.Errorf("on the next day it asks again about %s", got)
		}
		gap, err := h.guesses.Gap(t.Context(), h.ana)
		if err != nil || gap.Asked != 2 || gap.Answered != 1 || gap.Pairs != 0 {
			t.Errorf("the gap is %+v, %v", gap, err)
		}
		if got, err := h.guesses.Land(t.Context(), h.ana, ida.ID, new(9), 0); err != nil || got.State != guess.Landed {
			t.Errorf("answered later, unasked: %+v, %v", got, err)
		}
		h.make(guess.Draft{Person: h.sam, Value: 4})
		h.log("called @Sam")
		h.later(guess.AskWithin)
		if got := h.ask(); got != "" {
			t.Errorf("days later it asks about %s", got)
		}
	})
}
