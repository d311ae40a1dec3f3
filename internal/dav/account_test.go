package dav_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/httpsafe"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("calendar")
		c.set("1.ics", event("1", "Tea", hour(25, 8), ""))
		w.answers(c.ServeHTTP)
		const id = "0192f0c1-7c1e-7a3b-9c1d-0000000000a1"
		draft := dav.AccountDraft{ID: id, Name: "Home", Address: w.web.URL, Login: "ana", Password: "sesame"}
		for code1, bad := range map[string]dav.AccountDraft{
			"calendar_refused":   {ID: id, Address: w.web.URL, Login: "ana", Password: "wrong"},
			"account_login":      {ID: id, Address: w.web.URL},
			"address_not_public": {ID: id, Address: "http://10.0.0.1/", Login: "ana"},
			"url_scheme":         {ID: id, Address: "ftp://example.org/", Login: "ana"},
			"destination_closed": {ID: id, Address: "http://127.0.0.1:9/", Login: "ana"},
		} {
			if _, _, err := w.s.AddAccount(t.Context(), w.by, bad); code(err) != code1 {
				t.Errorf("%s is refused with %v, wants %s", bad.Address, err, code1)
			}
		}
		if list, err := w.s.Accounts(t.Context(), w.by); len(list) != 0 || err != nil {
			t.Fatalf("what was refused is kept: %+v, %v", list, err)
		}
		a, created, err := w.s.AddAccount(t.Context(), w.by, draft)
		if err != nil || !created || len(a.Calendars) != 1 || a.Calendars[0].Followed || a.Calendars[0].Name != "Mine" {
			t.Fatalf("added as %+v, %v, %v", a, created, err)
		}
		if _, created, err := w.s.AddAccount(t.Context(), w.by, draft); created || err != nil {
			t.Errorf("the same again: %v, %v", created, err)
		}
		other := draft
		other.Login = "ben"
		if _, _, err := w.s.AddAccount(t.Context(), w.by, other); code(err) != "id_reused" {
			t.Errorf("another under the same id: %v", err)
		}
		stored, err := db.All(t.Context(), d, db.Value[string], "SELECT url || login || password FROM calendar_account")
		if err != nil || len(stored) != 1 || strings.Contains(stored[0], "127.0.0.1") || strings.Contains(stored[0], "sesame") || strings.Contains(stored[0], "ana") {
			t.Errorf("secrets are kept in the open: %q, %v", stored, err)
		}

		// Somebody else's account is not there.
		for name, f := range map[string]func() error{
			"read":   func() error { _, err := w.s.Account(t.Context(), w.other, id); return err },
			"look":   func() error { _, err := w.s.Look(t.Context(), w.other, id); return err },
			"follow": func() error { _, err := w.s.Follow(t.Context(), w.other, id, nil); return err },
			"delete": func() error { return w.s.DeleteAccount(t.Context(), w.other, id, 0) },
		} {
			if err := f(); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s somebody else's account: %v", name, err)
			}
		}

		// What is not followed is not read.
		cal := a.Calendars[0].ID
		if _, err := w.s.Sync(t.Context(), w.by, cal); code(err) != "calendar_not_followed" {
			t.Errorf("what is not followed is read: %v", err)
		}
		if list, err := w.s.List(t.Context(), w.by); len(list) != 0 || err != nil {
			t.Errorf("what is not followed is listed: %+v, %v", list, err)
		}
		w.follow(a, dav.CalDAV)
		w.sync(cal)
		if got := w.busy(); len(got) != 1 {
			t.Fatalf("busy at %q", got)
		}
		address := "https://example.org"
		if _, err := w.s.Update(t.Context(), w.by, cal, dav.Change{URL: &address}, 0); code(err) != "calendar_of_account" {
			t.Errorf("a calendar of an account gets an address of its own: %v", err)
		}

		// A password that ran out, and the new one.
		c.mu.Lock()
		c.broken = func(out http.ResponseWriter, _ *http.Request, _ string) bool {
			out.WriteHeader(http.StatusUnauthorized)
			return true
		}
		c.mu.Unlock()
		if got := w.sync(cal); got.Failure == nil || got.Failure.Code != "calendar_refused" {
			t.Errorf("a password that ran out: %+v", got)
		}
		fresh := "sesame"
		if _, err := w.s.UpdateAccount(t.Context(), w.by, id, dav.AccountChange{Password: &fresh}, 0); code(err) != "calendar_refused" {
			t.Errorf("a password that does not work is kept: %v", err)
		}
		c.mu.Lock()
		c.broken = nil
		c.mu.Unlock()
		if _, err := w.s.UpdateAccount(t.Context(), w.by, id, dav.AccountChange{Password: &fresh}, 7); !fault.Is(err, fault.KindStale) {
			t.Errorf("an old revision: %v", err)
		}
		a, err = w.s.UpdateAccount(t.Context(), w.by, id, dav.AccountChange{Password: &fresh}, 0)
		if err != nil || a.Calendars[0].Failure != nil || a.Calendars[0].RetryAt != nil || !a.Calendars[0].Followed {
			t.Errorf("with its new password: %+v, %v", a, err)
		}
		if got := w.busy(); len(got) != 1 {
			t.Errorf("busy at %q", got)
		}

		// Followed no longer, it stays known; deleted, nothing is left.
		if err := w.s.Delete(t.Context(), w.by, cal, 0); err != nil {
			t.Fatal(err)
		}
		if got := w.busy(); len(got) != 0 {
			t.Errorf("busy times outlive their calendar: %q", got)
		}
		w.follow(a, dav.CalDAV)
		w.sync(cal)
		if got := w.busy(); len(got) != 1 {
			t.Errorf("followed again: %q", got)
		}
		if err := w.s.DeleteAccount(t.Context(), w.by, id, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Account(t.Context(), w.by, id); !fault.Is(err, fault.KindGone) {
			t.Errorf("after its deletion: %v", err)
		}
		stored, err = db.All(t.Context(), d, db.Value[string], "SELECT name || url || login || password FROM calendar_account")
		if err != nil || len(stored) != 1 || stored[0] != "" {
			t.Errorf("after its deletion it keeps %q, %v", stored, err)
		}
		if left := w.written(); strings.Contains(left, w.web.URL) || len(w.busy()) != 0 {
			t.Errorf("after its deletion: %s", left)
		}
	})
}

// An address for mail is enough where the DNS says the rest (RFC 6764); it is not followed out of the domain.
func TestStarts(t *testing.T) {
	t.Parallel()
	allow, err := httpsafe.ParseAllow([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	s := dav.New(dbtest.Open(t, dbtest.SQLite(t)), dav.Options{HTTP: httpsafe.Options{Allow: allow, Resolver: nameserver(t)}})
	for _, tt := range []struct {
		address, kind string
		want          []string
		elsewhere     string
	}{
		{"ana@example.org", dav.CalDAV, []string{
			"https://dav.example.org:8443/calendars/", "https://dav.example.org:8443/.well-known/caldav",
			"https://example.org/.well-known/caldav", "https://example.org/",
		}, ""},
		{"ana@elsewhere.test", dav.CalDAV, []string{"https://elsewhere.test/.well-known/caldav", "https://elsewhere.test/"}, "dav.example.org"},
		{"ana@none.test", dav.CardDAV, []string{"https://none.test/.well-known/carddav", "https://none.test/"}, ""},
		{"https://dav.example.org/home/", dav.CardDAV, []string{
			"https://dav.example.org/home/", "https://dav.example.org/.well-known/carddav", "https://dav.example.org/",
		}, ""},
	} {
		got, elsewhere := dav.Starts(t.Context(), s, tt.address, tt.kind)
		if diff := cmp.Diff(tt.want, got); diff != "" || elsewhere != tt.elsewhere {
			t.Errorf("%s: leads to %q, %s", tt.address, elsewhere, diff)
		}
	}
}

// nameserver knows where two domains have their calendars.
func nameserver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
			switch name := q.Name.String(); {
			case q.Type == dnsmessage.TypeSRV && (name == "_caldavs._tcp.example.org." || name == "_caldavs._tcp.elsewhere.test."):
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.SRVResource{Port: 8443, Target: dnsmessage.MustNewName("dav.example.org.")}}}
			case q.Type == dnsmessage.TypeTXT && name == "_caldavs._tcp.example.org.":
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.TXTResource{TXT: []string{"path=/calendars/"}}}}
			default:
				m.RCode = dnsmessage.RCodeNameError
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// The same request twice at once adds one account, and both are answered with it.
func TestAddAccount_atOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("calendar")
		draft := dav.AccountDraft{ID: "0192f0c1-7c1e-7a3b-9c1d-0000000000a1", Address: w.web.URL, Login: "ana", Password: "sesame"}
		type answer struct {
			a       dav.Account
			created bool
			err     error
		}
		add := func() (v answer) {
			v.a, v.created, v.err = w.s.AddAccount(context.Background(), w.by, draft)
			return v
		}
		var one answer
		begun := false
		w.answers(func(out http.ResponseWriter, r *http.Request) {
			if !begun { // while the first looks for its calendars, the second comes and is done
				begun = true
				w.mu.Unlock()
				one = add()
				w.mu.Lock()
			}
			c.ServeHTTP(out, r)
		})
		two := add()
		if one.err != nil || two.err != nil || one.created == two.created || one.a.ID != draft.ID || two.a.ID != draft.ID || len(two.a.Calendars) != 1 {
			t.Errorf("%+v and %+v", one, two)
		}
	})
}
