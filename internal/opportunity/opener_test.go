package opportunity_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
)

func (l *life) opening(p, suggestion string) opportunity.Opening {
	l.t.Helper()
	o, err := l.offers.Opening(l.t.Context(), l.u, l.day(), p, suggestion)
	if err != nil {
		l.t.Fatal(err)
	}
	return o
}

func TestOpening(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		ida := l.person(person.Draft{Name: "Ida Okafor", Ring: "close"})
		for text, private := range map[string]bool{"keeps bees": false, "owes money": true} {
			if _, _, err := l.people.AddFact(t.Context(), l.u.ID, ida.ID, person.Fact{Text: text, Private: private}); err != nil {
				t.Fatal(err)
			}
		}
		l.log(capture.Laugh, "laughed about the goat", 2, ida.ID)
		f, _, err := l.people.AddFollowUp(t.Context(), l.u.ID, ida.ID, person.FollowUp{Text: "how the interview went", Due: l.u.Day(l.at.AddDate(0, 0, 3))})
		if err != nil {
			t.Fatal(err)
		}
		l.sleep(4)
		asked := from(l.offered(), opportunity.SourceFollowUp)
		if asked == nil || asked.FollowUp != f.ID {
			t.Fatalf("no follow-up among %+v", l.offered())
		}
		o := l.opening(ida.ID, asked.ID)
		if len(o.Opening) == 0 || !strings.Contains(o.Opening[0], "how the interview went") || o.Why == "" {
			t.Errorf("with the follow-up: %+v", o)
		}
		all := strings.Join(o.Opening, "\n")
		if strings.Contains(all, "owes money") || strings.Contains(all, "{{") || strings.Contains(all, "Okafor") {
			t.Errorf("it drafts %q", all)
		}
		for _, fact := range o.Person.Facts {
			if fact.Private {
				t.Errorf("a private fact stands beside the words: %q", fact.Text)
			}
		}
		if plain := l.opening(ida.ID, ""); len(plain.Opening) == 0 || slices.ContainsFunc(plain.Opening, func(s string) bool { return strings.Contains(s, "interview") }) {
			t.Errorf("without a suggestion: %q", plain.Opening)
		}
		german := "de"
		if _, err := l.people.Update(t.Context(), l.u.ID, ida.ID, person.Change{Locale: &german}, 0); err != nil {
			t.Fatal(err)
		}
		other := l.opening(ida.ID, "")
		for _, opening := range other.Opening { // which of several is drawn changes with the person
			if !strings.HasPrefix(opening, "Hallo Ida, ") {
				t.Errorf("in the language spoken with them: %q", other.Opening)
			}
		}
		if len(other.Opening) == 0 {
			t.Error("in the language spoken with them: nothing")
		}
		ben := newLife(t, d, "ben@example.org")
		if _, err := ben.offers.Opening(t.Context(), ben.u, ben.day(), ida.ID, ""); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("another account: %v", err)
		}
	})
}

func TestReached(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		ida := l.person(person.Draft{Name: "Ida"})
		f, _, err := l.people.AddFollowUp(t.Context(), l.u.ID, ida.ID, person.FollowUp{Text: "the interview", Due: l.day()})
		if err != nil {
			t.Fatal(err)
		}
		o := from(l.offered(), opportunity.SourceFollowUp)
		if o == nil {
			t.Fatal("nothing to ask")
		}
		if err := l.offers.Reached(t.Context(), l.u.ID, l.day(), o.ID); err != nil {
			t.Fatal(err)
		}
		if about(l.offered(), ida.ID) {
			t.Error("offered after it was done")
		}
		detail, err := l.people.Detail(t.Context(), l.u.ID, ida.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, was := range detail.FollowUps {
			if was.ID == f.ID && was.State != person.Done {
				t.Errorf("the follow-up is %s", was.State)
			}
		}
		if err := l.offers.Reached(t.Context(), l.u.ID, l.day(), ""); err != nil {
			t.Errorf("a word without a suggestion: %v", err)
		}
		if err := l.offers.Reached(t.Context(), l.u.ID, l.day(), "due:"+string(l.u.ID)); fault.As(err) == nil {
			t.Errorf("about nobody: %v", err)
		}
	})
}

func TestWishes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		ida := l.person(person.Draft{Name: "Ida", Dates: []person.Date{{Kind: person.Birthday, Month: 3, Day: 1}}})
		l.log(capture.Pause, "a pause", 0)
		w, err := l.offers.Wish(t.Context(), l.u.ID, opportunity.Wishes{RestDays: []time.Weekday{time.Monday}}, 0)
		if err != nil || w.Revision != 1 {
			t.Fatalf("%+v, %v", w, err)
		}
		// 1 March 2027 is a Monday: only what has its day is named.
		if list := l.offered(); len(list) != 1 || list[0].Source != opportunity.SourceDate || list[0].Person != ida.ID {
			t.Errorf("on a day of rest: %+v", list)
		}
		if _, err := l.offers.Wish(t.Context(), l.u.ID, opportunity.Wishes{}, 7); !fault.Is(err, fault.KindStale) {
			t.Errorf("an old revision: %v", err)
		}
		if _, err := l.offers.Wish(t.Context(), l.u.ID, opportunity.Wishes{}, w.Revision); err != nil {
			t.Fatal(err)
		}
		if list := l.offered(); len(list) != 3 {
			t.Errorf("on no day of rest any more: %+v", list)
		}
		ben := newLife(t, d, "ben@example.org")
		if w, err := ben.offers.Wishes(t.Context(), ben.u.ID); err != nil || w.Revision != 0 {
			t.Errorf("another account wishes %+v, %v", w, err)
		}
	})
}

// One's own are drawn like any other, say that they are one's own, and can be put away and wanted again.
func TestOwnPractices(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		own := practice.New(d, func() time.Time { return l.at })
		p, _, err := own.Create(t.Context(), l.u.ID, practice.Draft{Name: "Water the plants", Kind: capture.Pause, Seconds: 300})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.offers.Offer(t.Context(), l.u.ID, l.day(), "awe-walk", true); err != nil {
			t.Fatal(err)
		}
		if err := l.offers.Offer(t.Context(), l.u.ID, l.day(), p.ID+"0", true); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("one that is none: %v", err)
		}
		seen := map[string]int{}
		days := func(n int) {
			t.Helper()
			clear(seen)
			for range n {
				l.sleep(1)
				l.log(capture.Celebration, "a life goes on", 0)
				for _, o := range l.offered() {
					seen[o.ID]++
					if o.Practice == p.ID && (o.Text != "Water the plants" || o.Why != "It is one of your own.") {
						t.Errorf("it is offered as %+v", o)
					}
				}
			}
		}
		id := "practice:" + p.ID
		days(27)
		if seen[id] == 0 || seen["practice:awe-walk"] == 0 || seen["practice:box-breath"] != 0 {
			t.Errorf("in 27 days: %v", seen)
		}
		if err := l.offers.Offer(t.Context(), l.u.ID, l.day(), p.ID, false); err != nil {
			t.Fatal(err)
		}
		if away, err := l.offers.Nevers(t.Context(), l.u.ID); err != nil || len(away) != 1 || away[0].Name != "Water the plants" {
			t.Errorf("put away: %v, %v", away, err)
		}
		if got, err := l.offers.Practice(t.Context(), l.u.ID, p.ID, "en"); err != nil || got.On {
			t.Errorf("put away, it is on: %v, %v", got.On, err)
		}
		days(27)
		if seen[id] != 0 {
			t.Errorf("put away, it came %d times", seen[id])
		}
		if err := l.offers.Offer(t.Context(), l.u.ID, l.day(), p.ID, true); err != nil {
			t.Fatal(err)
		}
		if err := own.Delete(t.Context(), l.u.ID, p.ID, 0); err != nil {
			t.Fatal(err)
		}
		if err := l.offers.Answer(t.Context(), l.u.ID, l.day(), id, opportunity.NotNow); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("an answer to one that is gone: %v", err)
		}
		days(3)
		if seen[id] != 0 {
			t.Error("offered after it was deleted")
		}
	})
}
