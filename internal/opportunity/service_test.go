package opportunity_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
)

// today is a Tuesday; accounts of the tests are made on it.
const today = "2026-11-24"

func clock() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) }

func newUser(t *testing.T, d *db.DB, email, locale string) account.User {
	t.Helper()
	u, err := account.New(d, clock).Create(t.Context(), account.Draft{Email: email, Name: "Ana", Zone: "Europe/Berlin", Locale: locale})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func offered(t testing.TB, s *opportunity.Service, u account.User, day string) []opportunity.Opportunity {
	t.Helper()
	list, err := s.Today(t.Context(), u, day)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func ids(list []opportunity.Opportunity) []string {
	out := []string{}
	for _, o := range list {
		out = append(out, o.ID)
	}
	return out
}

func answer(t testing.TB, s *opportunity.Service, u account.User, day, id, answer string) {
	t.Helper()
	if err := s.Answer(t.Context(), u.ID, day, id, answer); err != nil {
		t.Fatal(err)
	}
}

func TestService_Today(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := opportunity.New(d, clock)
		u := newUser(t, d, "ana@example.org", "en")
		list := offered(t, s, u, today)
		if len(list) != 3 {
			t.Fatalf("a first start offers %d", len(list))
		}
		for _, o := range list {
			if o.Text == "" || o.Why == "" || o.Act != opportunity.ActIntend || o.Kind == "" || o.Seconds == 0 || o.Source != opportunity.SourcePractice {
				t.Errorf("%+v is not whole", o)
			}
			if o.ID != "practice:"+o.Practice {
				t.Errorf("%s names the practice %s", o.ID, o.Practice)
			}
		}
		german := u
		german.Locale = "de"
		if other := offered(t, s, german, today); !slices.Equal(ids(other), ids(list)) || other[0].Text == list[0].Text {
			t.Errorf("in German it offers %v", other)
		}
		if _, err := s.Today(t.Context(), u, "soon"); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("a day that is none: %v", err)
		}
	})
}

func TestService_Answer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := opportunity.New(d, clock)
		u, other := newUser(t, d, "ana@example.org", "en"), newUser(t, d, "ben@example.org", "en")
		before, others := ids(offered(t, s, u, today)), ids(offered(t, s, other, today))
		tomorrow := ids(offered(t, s, u, "2026-11-25"))

		answer(t, s, u, today, before[0], opportunity.NotNow)
		if diff := cmp.Diff(before[1:], ids(offered(t, s, u, today))); diff != "" {
			t.Errorf("after not now (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(tomorrow, ids(offered(t, s, u, "2026-11-25"))); diff != "" {
			t.Errorf("not now changed tomorrow (-want +got):\n%s", diff)
		}
		answer(t, s, u, today, before[1], opportunity.Accepted)
		answer(t, s, u, today, before[2], opportunity.NotThis)
		if got := offered(t, s, u, today); len(got) != 0 {
			t.Errorf("all are answered, yet it offers %v", ids(got))
		}
		if diff := cmp.Diff(others, ids(offered(t, s, other, today))); diff != "" {
			t.Errorf("another account's day changed (-want +got):\n%s", diff)
		}

		seen := map[string]int{}
		for i := 1; i <= 24; i++ { // 24 practices are left: each comes three times in 24 days
			for _, id := range ids(offered(t, s, u, clock().AddDate(0, 0, i).Format(time.DateOnly))) {
				seen[id]++
			}
		}
		if seen[before[2]] != 0 || len(seen) != 24 {
			t.Errorf("what was never to come again came %d times, and %d practices came", seen[before[2]], len(seen))
		}
		for id, n := range seen {
			if n != 3 {
				t.Errorf("%s came %d times", id, n)
			}
		}
		if err := s.Reset(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{before[2]}, ids(offered(t, s, u, today))); diff != "" {
			t.Errorf("after a reset (-want +got):\n%s", diff)
		}

		for _, c := range []struct {
			day, id, answer string
			want            fault.Kind
		}{
			{today, "practice:no-such", opportunity.NotNow, fault.KindNotFound},
			{today, "hug", opportunity.NotNow, fault.KindNotFound},
			{today, "practice:hug", "maybe", fault.KindInvalid},
			{"24.11.2026", "practice:hug", opportunity.NotNow, fault.KindInvalid},
		} {
			if err := s.Answer(t.Context(), u.ID, c.day, c.id, c.answer); !fault.Is(err, c.want) {
				t.Errorf("%v: %v", c, err)
			}
		}
	})
}

func TestService_doneIsNotSuggested(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := opportunity.New(d, clock)
		accounts, people := account.New(d, clock), person.New(d, clock)
		jobs := job.New(d, job.Options{Now: clock})
		moments := moment.New(d, moment.Options{Accounts: accounts, People: people, Jobs: jobs, Live: live.New(d), Now: clock})
		u := newUser(t, d, "ana@example.org", "en")
		before := offered(t, s, u, today)
		kind := before[1].Kind
		m, _, err := moments.Log(t.Context(), u.ID, moment.Draft{Text: "just now", Kind: &kind})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{before[0].ID, before[2].ID}
		if diff := cmp.Diff(want, ids(offered(t, s, u, today))); diff != "" {
			t.Errorf("after a moment of kind %s (-want +got):\n%s", kind, diff)
		}
		if _, err := moments.Delete(t.Context(), u.ID, m.ID, 0); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ids(before), ids(offered(t, s, u, today))); diff != "" {
			t.Errorf("after the moment was deleted (-want +got):\n%s", diff)
		}
	})
}

func TestService_exportRestoreErase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := opportunity.New(d, clock)
		ana, ben := newUser(t, d, "ana@example.org", "en"), newUser(t, d, "ben@example.org", "en")
		answer(t, s, ana, "2026-11-23", "practice:hug", opportunity.NotThis)
		answer(t, s, ana, today, "practice:compliment", opportunity.NotNow)
		answer(t, s, ana, today, "practice:compliment", opportunity.Accepted)

		rows := func(u account.User) (list []opportunity.Row) {
			if err := s.Export(t.Context(), d, u.ID, func(r opportunity.Row) error {
				list = append(list, r)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return list
		}
		restore := func(r opportunity.Row) (added bool, err error) {
			err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				added, err = s.Restore(ctx, tx, ben.ID, r)
				return err
			})
			return added, err
		}
		want := rows(ana)
		if len(want) != 2 || want[1].Answer != opportunity.Accepted {
			t.Fatalf("exported %v", want)
		}
		for _, expected := range []bool{true, false} {
			for _, r := range want {
				if added, err := restore(r); err != nil || added != expected {
					t.Errorf("restore of %v: %v, %v", r, added, err)
				}
			}
		}
		if diff := cmp.Diff(want, rows(ben)); diff != "" {
			t.Errorf("restored (-want +got):\n%s", diff)
		}
		for _, r := range []opportunity.Row{
			{Day: "x", Opportunity: "practice:hug", Answer: "not_now", AnsweredAt: clock()},
			{Day: today, Opportunity: "practice:", Answer: "not_now", AnsweredAt: clock()},
			{Day: today, Opportunity: "practice:\x00", Answer: "not_now", AnsweredAt: clock()},
			{Day: today, Opportunity: "practice:hug", Answer: "yes", AnsweredAt: clock()},
			{Day: today, Opportunity: "practice:hug", Answer: "not_now"},
		} {
			if _, err := restore(r); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("restore of %v: %v", r, err)
			}
		}
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.Erase(ctx, tx, ana.ID) }); err != nil {
			t.Fatal(err)
		}
		if len(rows(ana)) != 0 || len(rows(ben)) != 2 {
			t.Error("erasure took the wrong rows")
		}
		if !slices.Equal(opportunity.Tables(), []string{"opportunity_answer", "opportunity_put_away", "opportunity_wish"}) {
			t.Error("the tables are not what they are")
		}
		stop := errors.New("stop")
		if err := s.Export(t.Context(), d, ben.ID, func(opportunity.Row) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("an export that is stopped says %v", err)
		}
		for _, l := range i18n.Locales() {
			u := ben
			u.Locale = l.Tag
			offered(t, s, u, today)
		}
	})
}
