package opportunity_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
)

// life is somebody who lives with Kith in a test, and the clock they live by.
type life struct {
	t       testing.TB
	at      time.Time
	u       account.User
	people  *person.Service
	moments *moment.Service
	offers  *opportunity.Service
}

func newLife(t testing.TB, d *db.DB, email string) *life {
	t.Helper()
	l := &life{t: t, at: time.Date(2027, time.March, 1, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return l.at }
	accounts := account.New(d, now)
	u, err := accounts.Create(t.Context(), account.Draft{Email: email, Name: "Ana", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	l.u, l.people, l.offers = u, person.New(d, now), opportunity.New(d, now)
	l.moments = moment.New(d, moment.Options{Accounts: accounts, People: l.people, Jobs: job.New(d, job.Options{Now: now}), Live: live.New(d), Now: now})
	return l
}

func (l *life) day() string { return l.u.Day(l.at) }

func (l *life) person(d person.Draft) person.Person {
	l.t.Helper()
	p, _, err := l.people.Create(l.t.Context(), l.u.ID, d)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

func (l *life) log(kind, text string, felt int, people ...string) moment.Moment {
	l.t.Helper()
	refs := []moment.Ref{}
	for _, id := range people {
		refs = append(refs, moment.Ref{ID: id})
	}
	d := moment.Draft{Text: text, Kind: &kind, People: &refs}
	if felt != 0 {
		d.Felt = &felt
	}
	if contact := capture.ContactYes; len(people) > 0 {
		d.Contact = &contact
	}
	m, _, err := l.moments.Log(l.t.Context(), l.u.ID, d)
	if err != nil {
		l.t.Fatal(err)
	}
	return m
}

func (l *life) offered() []opportunity.Opportunity {
	l.t.Helper()
	return offered(l.t, l.offers, l.u, l.day())
}

func (l *life) answer(id, answer string) {
	l.t.Helper()
	if err := l.offers.Answer(l.t.Context(), l.u.ID, l.day(), id, answer); err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) sleep(days int) { l.at = l.at.AddDate(0, 0, days) }

func from(list []opportunity.Opportunity, source string) *opportunity.Opportunity {
	for i := range list {
		if list[i].Source == source {
			return &list[i]
		}
	}
	return nil
}

func about(list []opportunity.Opportunity, id string) bool {
	return slices.ContainsFunc(list, func(o opportunity.Opportunity) bool { return o.Person == id })
}

func TestSources(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		imported := l.person(person.Draft{Name: "Imported", Source: "vcard"})
		ida := l.person(person.Draft{Name: "Ida", Ring: "inner"})
		bo := l.person(person.Draft{Name: "Bo", Cadence: new(30), Zone: "Asia/Tokyo"}) // 9 in Berlin is 17 there
		far := l.person(person.Draft{Name: "Far", Cadence: new(5), Zone: "Pacific/Auckland", HoursFrom: new(600), HoursTo: new(1200)})
		gone := l.person(person.Draft{Name: "Gone", Ring: "inner", Standing: person.Deceased, Dates: []person.Date{
			{Kind: person.Birthday, Month: 3, Day: 9}, {Kind: person.Death, Month: 3, Day: 9, Year: new(2020)},
		}})
		leap := l.person(person.Draft{Name: "Leap", Dates: []person.Date{{Kind: person.Birthday, Month: 2, Day: 29, Year: new(1988)}}})
		l.log(capture.CheckIn, "hello", 0, ida.ID)
		l.sleep(8)
		list := l.offered()
		o := from(list, opportunity.SourceDue)
		if o == nil || o.Person != ida.ID || !strings.Contains(o.Why, "1 March") || !strings.Contains(o.Why, "7 days") {
			t.Errorf("after 8 days: %+v", list)
		}
		for _, p := range []person.Person{imported, bo, far, gone} {
			if about(list, p.ID) {
				t.Errorf("%s is suggested", p.Name)
			}
		}
		if notes, err := l.offers.Quiet(t.Context(), l.u, l.day()); err != nil || len(notes) != 0 {
			t.Errorf("without the wish a loss is named: %v, %v", notes, err)
		}
		if _, err := l.offers.Wish(t.Context(), l.u.ID, opportunity.Wishes{LossNotes: true}, 0); err != nil {
			t.Fatal(err)
		}
		if notes, err := l.offers.Quiet(t.Context(), l.u, l.day()); err != nil || len(notes) != 1 || notes[0].Person != gone.ID {
			t.Errorf("with the wish: %v, %v", notes, err)
		}
		// What is done today is not suggested today, nor at night, nor whom the owner never wants to see here.
		night := *l
		l.at = time.Date(2027, time.March, 9, 23, 0, 0, 0, time.UTC)
		if about(l.offered(), ida.ID) {
			t.Error("suggested at midnight")
		}
		l.at = night.at
		l.answer("due:"+ida.ID, opportunity.NeverPerson)
		if about(l.offered(), ida.ID) {
			t.Error("suggested after never")
		}
		put, err := l.offers.Nevers(t.Context(), l.u.ID)
		if err != nil || len(put) != 1 || put[0].Name != "Ida" {
			t.Errorf("put away: %v, %v", put, err)
		}
		if err := l.offers.Again(t.Context(), l.u.ID, put[0].Subject); err != nil {
			t.Fatal(err)
		}
		if !about(l.offered(), ida.ID) {
			t.Error("not suggested after all")
		}
		l.log(capture.CheckIn, "wrote", 0, ida.ID)
		if about(l.offered(), ida.ID) {
			t.Error("suggested after it was done")
		}
		// A follow-up comes on its day; a date in its lead time, not on its eve, and 29 February on the 28th.
		f, _, err := l.people.AddFollowUp(t.Context(), l.u.ID, bo.ID, person.FollowUp{Text: "how the interview went", Due: l.u.Day(l.at.AddDate(0, 0, 1))})
		if err != nil {
			t.Fatal(err)
		}
		if about(l.offered(), bo.ID) {
			t.Error("a follow-up before its day")
		}
		l.sleep(1)
		if o := from(l.offered(), opportunity.SourceFollowUp); o == nil || o.FollowUp != f.ID || !strings.Contains(o.Text, "interview") {
			t.Errorf("on its day: %+v", l.offered())
		}
		for day, want := range map[string]bool{"2028-02-10": false, "2028-02-20": true, "2028-02-28": false, "2028-02-29": true, "2029-02-28": true} {
			l.at = at(t, day, 9)
			l.log(capture.Gratitude, "for the quiet", 0) // or it would be an absence
			if got := about(l.offered(), leap.ID); got != want {
				t.Errorf("on %s a birthday on 29 February is offered: %v", day, got)
			}
		}
		// Another account sees none of it.
		other := newLife(t, d, "ben@example.org")
		other.at = l.at
		for _, o := range other.offered() {
			if o.Person != "" || o.Moment != "" {
				t.Errorf("another account is offered %+v", o)
			}
		}
	})
}

func at(t *testing.T, day string, hour int) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return d.Add(time.Duration(hour) * time.Hour)
}

func TestDriftAndAbsence(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		sam := l.person(person.Draft{Name: "Sam"})
		for range 6 {
			l.log(capture.Laugh, "laughed about the cat", 2, sam.ID)
			l.sleep(8)
		}
		for range 20 { // a life goes on
			if about(l.offered(), sam.ID) {
				break
			}
			l.log(capture.Pause, "a pause", 0)
			l.sleep(1)
		}
		o := from(l.offered(), opportunity.SourceDrift)
		if o == nil || o.Person != sam.ID || !strings.Contains(o.Why, "about every 8 days") {
			t.Fatalf("nobody noticed: %+v", l.offered())
		}
		l.sleep(40)
		list := l.offered()
		if len(list) != 2 || list[0].Source != opportunity.SourceMemory || list[1].Source != opportunity.SourcePractice || list[1].Seconds > 60 {
			t.Errorf("after an absence: %+v", list)
		}
		archived := true
		if _, err := l.people.Update(t.Context(), l.u.ID, sam.ID, person.Change{Archived: &archived}, 0); err != nil {
			t.Fatal(err)
		}
		if o := from(l.offered(), opportunity.SourceMemory); o != nil {
			t.Errorf("a moment with somebody who was put aside: %+v", o)
		}
	})
}

// A year of three people who live differently, held to what is promised of every single day of it.
func TestYear(t *testing.T) {
	t.Parallel()
	for _, who := range []struct {
		name          string
		logs, answers float64 // how often they write something down, and answer at all
		notNow        float64
		people        int
	}{
		{"keen", 0.9, 0.9, 0.2, 20},
		{"busy", 0.35, 0.6, 0.7, 40},
		{"shy", 0.15, 0.4, 0.5, 4},
	} {
		t.Run(who.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				days := 365
				if os.Getenv("KITH_FULL_YEAR") == "" && (testing.Short() || d.Dialect() == db.Postgres) { // scripts/proof.d/year
					days = 60
				}
				r := rand.New(rand.NewPCG(7, uint64(len(who.name))))
				l := newLife(t, d, "ana@example.org")
				var ids []string
				zones := []string{"", "Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin"}
				rings := []string{"inner", "close", "friends", "wider", "", ""}
				zoneOf, standing := map[string]string{}, map[string]string{}
				for i := range who.people {
					p := l.person(person.Draft{
						Name: fmt.Sprintf("P%d", i), Ring: rings[i%len(rings)], Zone: zones[i%len(zones)], Standing: person.Standings()[max(0, i%9-4)],
						Dates: []person.Date{{Kind: person.Birthday, Month: 1 + i%12, Day: 1 + i%28}},
					})
					ids, zoneOf[p.ID], standing[p.ID] = append(ids, p.ID), p.Zone, p.Standing
				}
				led, kinds := map[string]int{}, map[string]bool{}
				before, run := "", 0
				refused := map[string]int{} // person to the day on which they were "not now"
				start := l.at
				for n := range days {
					l.at = start.AddDate(0, 0, n).Add(time.Duration(r.IntN(15)-3) * time.Hour)
					list := l.offered()
					if len(list) > 3 {
						t.Fatalf("%s: %d suggestions", l.day(), len(list))
					}
					for _, o := range list {
						if o.Text == "" || o.Why == "" || strings.Contains(o.Text+o.Why, "no value") || strings.Contains(o.Text+o.Why, "opportunity.") {
							t.Fatalf("%s: %+v is not whole", l.day(), o)
						}
						kinds[o.Kind] = true
						if o.Person == "" {
							continue
						}
						if standing[o.Person] != person.Active {
							t.Errorf("%s: somebody %s is suggested", l.day(), standing[o.Person])
						}
						loc := l.u.Location()
						if z := zoneOf[o.Person]; z != "" {
							loc, _ = time.LoadLocation(z)
						}
						if h := l.at.In(loc).Hour(); o.Source != opportunity.SourceDate && (h < 8 || h >= 21) {
							t.Errorf("%s: %s at %d o'clock where they are", l.day(), o.ID, h)
						}
						if last, ok := refused[o.Person]; ok && n-last < 2 {
							t.Errorf("%s: %s again right after not now", l.day(), o.ID)
						}
					}
					if len(list) > 0 {
						led[list[0].Source]++
						if list[0].Source+list[0].Kind == before {
							run++
						} else {
							before, run = list[0].Source+list[0].Kind, 1
						}
						if run > 7 {
							t.Errorf("%s: the same kind leads for %d days", l.day(), run)
						}
					}
					for _, o := range list {
						if r.Float64() > who.answers {
							continue
						}
						if r.Float64() < who.notNow {
							l.answer(o.ID, opportunity.NotNow)
							refused[o.Person] = n
							continue
						}
						l.answer(o.ID, opportunity.Accepted)
						if o.Person != "" {
							l.log(capture.CheckIn, "wrote", 0, o.Person)
						} else if slices.Contains(capture.Kinds, o.Kind) {
							l.log(o.Kind, "did it", 1)
						}
						after := l.offered()
						if slices.ContainsFunc(after, func(a opportunity.Opportunity) bool {
							return a.ID == o.ID || o.Person != "" && a.Person == o.Person
						}) {
							t.Errorf("%s: %s is offered after it was done", l.day(), o.ID)
						}
					}
					delete(refused, "")
					if r.Float64() < who.logs {
						l.log(capture.Kinds[r.IntN(len(capture.Kinds))], "something", r.IntN(3), ids[r.IntN(len(ids))])
					}
				}
				if days > 300 && (len(kinds) < 8 || len(led) < 3) {
					t.Errorf("in a year: kinds %v, sources that led %v", kinds, led)
				}
				t.Log(led)
			})
		})
	}
}
