package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
)

func clock() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC) }

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	if err != nil {
		return "internal: " + err.Error()
	}
	return ""
}

func create(t *testing.T, s *account.Service, email string) account.User {
	t.Helper()
	u, err := s.Create(t.Context(), account.Draft{Email: email, Name: "Ana", Zone: "Europe/Berlin", Locale: "de"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestCreate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := account.New(d, clock)
		first := create(t, s, " Ana@Example.org ")
		if !first.Admin || first.Email != "Ana@Example.org" || first.Revision != 1 {
			t.Errorf("first: %+v", first)
		}
		second, err := s.Create(t.Context(), account.Draft{Email: "ben@example.org", Name: "Ben", Locale: "de-AT"})
		if err != nil {
			t.Fatal(err)
		}
		if second.Admin || second.Zone != "UTC" || second.Locale != "de" {
			t.Errorf("second: %+v", second)
		}
		if _, err := s.Create(t.Context(), account.Draft{Email: "ANA@example.ORG", Name: "Other"}); code(err) != "email_taken" {
			t.Errorf("same e-mail: %v", err)
		}
		got, err := s.ByEmail(t.Context(), "aNA@EXAMPLE.org ")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Error(diff)
		}
		list, err := s.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]account.User{first, second}, list); diff != "" {
			t.Error(diff)
		}
		if _, err := s.Get(t.Context(), "nobody"); code(err) != "account_not_found" {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := account.Draft{Email: "ana@example.org", Name: "Ana", Zone: "Europe/Berlin", Locale: "en"}
	tests := []struct {
		want   string
		change func(d *account.Draft)
	}{
		{"", func(*account.Draft) {}},
		{"", func(d *account.Draft) { d.Email = "josé@münchen.example" }},
		{"", func(d *account.Draft) { d.Name = strings.Repeat("é", 100) }},
		{"email_missing", func(d *account.Draft) { d.Email = "  " }},
		{"email_invalid", func(d *account.Draft) { d.Email = "ana" }},
		{"email_invalid", func(d *account.Draft) { d.Email = "Ana <ana@example.org>" }},
		{"email_invalid", func(d *account.Draft) { d.Email = "ana@example.org\nBcc: x@example.org" }},
		{"email_invalid", func(d *account.Draft) { d.Email = "ana\u200b@example.org" }},
		{"email_invalid", func(d *account.Draft) { d.Email = "a@b@example.org" }},
		{"email_invalid", func(d *account.Draft) { d.Email = "\xff@example.org" }},
		{"email_too_long", func(d *account.Draft) { d.Email = strings.Repeat("a", 250) + "@b.org" }},
		{"name_missing", func(d *account.Draft) { d.Name = "\t" }},
		{"name_too_long", func(d *account.Draft) { d.Name = strings.Repeat("é", 101) }},
		{"name_invalid", func(d *account.Draft) { d.Name = "a\x00b" }},
		{"name_invalid", func(d *account.Draft) { d.Name = "\xff" }},
		{"unknown_zone", func(d *account.Draft) { d.Zone = "Local" }},
		{"unknown_zone", func(d *account.Draft) { d.Zone = "../../etc/passwd" }},
		{"unknown_zone", func(d *account.Draft) { d.Zone = "Europe/Atlantis" }},
		{"unknown_locale", func(d *account.Draft) { d.Locale = "tlh" }},
		{"bad_day_start", func(d *account.Draft) { d.DayStart = -1 }},
		{"bad_day_start", func(d *account.Draft) { d.DayStart = 721 }},
		{"bad_id", func(d *account.Draft) { d.ID = "1" }},
	}
	for _, tt := range tests {
		d := good
		tt.change(&d)
		if got := code(d.Check()); got != tt.want {
			t.Errorf("%+v: got %q, want %q", d, got, tt.want)
		}
	}
}

func TestFirstAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := account.New(d, clock)
		var wg sync.WaitGroup
		for _, name := range []string{"a", "b", "c", "d"} {
			wg.Go(func() {
				if _, err := s.Create(t.Context(), account.Draft{Email: name + "@example.org", Name: name}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		list, err := s.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		admins := 0
		for _, u := range list {
			if u.Admin {
				admins++
			}
		}
		if len(list) != 4 || admins != 1 {
			t.Errorf("%d accounts, %d administrators", len(list), admins)
		}
	})
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := clock()
		s := account.New(d, func() time.Time { return now })
		ana, ben := create(t, s, "ana@example.org"), create(t, s, "ben@example.org")
		now = now.Add(time.Hour)
		name, zone, start := "Ana María", "America/Lima", 240
		want := ana
		want.Name, want.Zone, want.DayStart, want.Revision, want.UpdatedAt = name, zone, start, 2, now
		got, err := s.Update(t.Context(), ana.ID, account.Change{Name: &name, Zone: &zone, DayStart: &start}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if got, err = s.Update(t.Context(), ana.ID, account.Change{Name: &name}, 2); err != nil || got.Revision != 2 {
			t.Errorf("a change of nothing: revision %d, %v", got.Revision, err)
		}
		if _, err := s.Update(t.Context(), ana.ID, account.Change{Name: &name}, 1); code(err) != "account_changed" {
			t.Errorf("stale: %v", err)
		}
		email := "BEN@example.org"
		if _, err := s.Update(t.Context(), ana.ID, account.Change{Email: &email}, 0); code(err) != "email_taken" {
			t.Errorf("another's e-mail: %v", err)
		}
		email = "Ana@Example.org"
		if got, err = s.Update(t.Context(), ana.ID, account.Change{Email: &email}, 0); err != nil || got.Email != email {
			t.Errorf("own e-mail in another spelling: %+v, %v", got, err)
		}
		bad := "Mars/Olympus"
		if _, err := s.Update(t.Context(), ana.ID, account.Change{Zone: &bad}, 0); code(err) != "unknown_zone" {
			t.Errorf("zone: %v", err)
		}
		if err := s.SetAdmin(t.Context(), ben.ID, true); err != nil {
			t.Error(err)
		}
		if got, err := s.Get(t.Context(), ben.ID); err != nil || !got.Admin || got.Name != "Ana" {
			t.Errorf("ben: %+v, %v", got, err)
		}
	})
}

func TestRestore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := account.New(d, clock)
		u := create(t, s, "ana@example.org")
		row := account.User{Email: "other@example.org", Name: "Old", Zone: "Asia/Tokyo", Locale: "en", DayStart: 60, Revision: 7, CreatedAt: clock().Add(-time.Hour), UpdatedAt: clock()}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.Restore(ctx, tx, u.ID, row) })
		if err != nil {
			t.Fatal(err)
		}
		want := row
		want.ID, want.Email, want.Admin = u.ID, u.Email, true
		got, err := s.Get(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestErase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := account.New(d, clock)
		ana, ben := create(t, s, "ana@example.org"), create(t, s, "ben@example.org")
		broken := errors.New("broken")
		var fail error
		var erased account.ID
		s.OnErased("moment", func(ctx context.Context, tx *db.Tx, id account.ID) error {
			if _, err := s.GetFrom(ctx, tx, id); err != nil {
				return err // the row is still there for hooks
			}
			erased = id
			return nil
		})
		s.OnErasedAll([]string{"person", "auth_token"}, func(context.Context, *db.Tx, account.ID) error { return fail })
		if diff := cmp.Diff([]string{"account", "auth_token", "moment", "person"}, s.Erased()); diff != "" {
			t.Error(diff)
		}
		fail = broken
		if err := s.Erase(t.Context(), ana.ID); !errors.Is(err, broken) {
			t.Errorf("a hook failed: %v", err)
		}
		if _, err := s.Get(t.Context(), ana.ID); err != nil {
			t.Errorf("half erased: %v", err)
		}
		fail = nil
		if err := s.Erase(t.Context(), ana.ID); err != nil {
			t.Fatal(err)
		}
		if erased != ana.ID {
			t.Errorf("hook got %s", erased)
		}
		if err := s.Erase(t.Context(), ana.ID); code(err) != "account_not_found" {
			t.Errorf("again: %v", err)
		}
		if _, err := s.Get(t.Context(), ben.ID); err != nil {
			t.Errorf("another's account: %v", err)
		}
	})
}
