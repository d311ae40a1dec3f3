package opportunity_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/opportunity"
	"kith/internal/person"
)

// event has a calendar hold an event that ended some time ago.
func (l *life) event(t testing.TB, d *db.DB, ended, lasted time.Duration, title, invited string) {
	t.Helper()
	end := l.at.Add(-ended)
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO calendar_busy (user_id, calendar_id, item, start_at, end_at, title, invited) VALUES ($1, 'c', $2, $3, $4, $2, $5)",
			string(l.u.ID), title, db.Micros(end.Add(-lasted)), db.Micros(end), invited)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An event that is over and was with somebody is offered to be logged; nothing else is.
func TestService_Today_event(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, title, invited string
		ended, lasted        time.Duration
		logged               bool
		why                  string // a part of it; empty: it is not offered
	}{
		{"a title that names her", "Lunch with Ida", "", time.Hour, time.Hour, false, "names Ida"},
		{"an invitation", "Planning", "someone@example.org IDA@Example.org", time.Hour, time.Hour, false, "Ida was invited"},
		{"yesterday", "Tea: Ida Šimić", "", 20 * time.Hour, time.Hour, false, "names Ida"},
		{"still going on", "Lunch with Ida", "", -time.Minute, time.Hour, false, ""},
		{"long ago", "Lunch with Ida", "", 50 * time.Hour, time.Hour, false, ""},
		{"a whole day", "Birthday of Ida", "", time.Hour, 24 * time.Hour, false, ""},
		{"nobody who is known", "Lunch with Omar", "omar@example.org", time.Hour, time.Hour, false, ""},
		{"a part of a word", "Idaho planning", "", time.Hour, time.Hour, false, ""},
		{"a crowd", "All hands", "ida@example.org a@x.org b@x.org c@x.org d@x.org e@x.org f@x.org", time.Hour, time.Hour, false, ""},
		{"an address two people share", "Planning", "home@example.org", time.Hour, time.Hour, false, ""},
		{"no title is allowed", "", "", time.Hour, time.Hour, false, ""},
		{"it is logged already", "Lunch with Ida", "", 20 * time.Hour, time.Hour, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := newLife(t, d, "ana@example.org")
				clock := func() time.Time { return l.at }
				l.offers.Calendars(dav.New(d, dav.Options{Accounts: account.New(d, clock), Now: clock}))
				ida := l.person(person.Draft{Name: "Ida Šimić", Nickname: "Ida", Ring: "close", Channels: []person.Channel{{Kind: person.Email, Value: "ida@example.org"}, {Kind: person.Email, Value: "home@example.org"}}})
				l.person(person.Draft{Name: "Idan", Channels: []person.Channel{{Kind: person.Email, Value: "home@example.org"}}})
				l.log("conversation", "a long talk", 1, ida.ID)
				l.at = l.at.AddDate(0, 0, 6)
				if tt.logged {
					l.at = l.at.Add(-20 * time.Hour)
					l.log("conversation", "lunch", 0, ida.ID)
					l.at = l.at.Add(20 * time.Hour)
				}
				l.event(t, d, tt.ended, tt.lasted, tt.title, strings.ToLower(tt.invited))
				other := newLife(t, d, "ben@example.org")
				other.event(t, d, time.Hour, time.Hour, "Secret with Ida", "")
				var found opportunity.Opportunity
				for _, o := range l.offered() {
					if o.Source == opportunity.SourceEvent {
						found = o
					}
				}
				if tt.why == "" {
					if found.ID != "" {
						t.Fatalf("offered %+v", found)
					}
					return
				}
				if found.Person != ida.ID || found.Act != opportunity.ActLog || !strings.Contains(found.Why, tt.why) || !strings.Contains(found.Text, tt.title) ||
					found.Line != tt.title+" @Ida Šimić" || !found.At.Equal(l.at.Add(-tt.ended-tt.lasted)) {
					t.Fatalf("offered %+v", found)
				}
				if err := l.offers.Answer(t.Context(), l.u.ID, l.u.Day(l.at), found.ID, opportunity.NotNow); err != nil {
					t.Fatal(err)
				}
				for _, o := range l.offered() {
					if o.Source == opportunity.SourceEvent {
						t.Errorf("after not now it is offered again: %+v", o)
					}
				}
			})
		})
	}
}

// Where words are not parted, the first two whom a title names are the same each time.
func TestService_Today_eventDense(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	l := newLife(t, d, "ana@example.org")
	clock := func() time.Time { return l.at }
	l.offers.Calendars(dav.New(d, dav.Options{Accounts: account.New(d, clock), Now: clock}))
	for _, name := range []string{"鈴木", "高橋", "田中", "佐藤", "伊藤"} {
		l.person(person.Draft{Name: name, Ring: "close"})
	}
	l.event(t, d, time.Hour, time.Hour, "佐藤と田中と高橋と伊藤でlunch", "")
	for range 20 {
		var named []string
		for _, o := range l.offered() {
			if o.Source == opportunity.SourceEvent {
				named = append(named, o.Name)
			}
		}
		slices.Sort(named)
		if diff := cmp.Diff([]string{"佐藤", "田中"}, named); diff != "" {
			t.Fatal(diff)
		}
	}
}
