package auth_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
)

const (
	password = "a plain sentence"
	address  = "203.0.113.7"
)

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	if err != nil {
		return "internal: " + err.Error()
	}
	return ""
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// house is the service on a fresh database, with a clock that the test moves.
type house struct {
	*auth.Service
	accounts *account.Service
	db       *db.DB
	us       atomic.Int64
}

func (h *house) now() time.Time { return time.UnixMicro(h.us.Load()).UTC() }

func (h *house) pass(d time.Duration) { h.us.Add(d.Microseconds()) }

func (h *house) rows(t *testing.T, table string) int64 {
	t.Helper()
	n, err := db.One(t.Context(), h.db, db.Value[int64], "SELECT COUNT(*) FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// open hashes cheaply, openSlow as in life.
func open(d *db.DB) *house {
	h := openSlow(d)
	auth.Hasten(h.Service)
	return h
}

func openSlow(d *db.DB) *house {
	h := &house{db: d}
	h.us.Store(time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC).UnixMicro())
	h.accounts = account.New(d, h.now)
	h.Service = auth.New(d, h.accounts, auth.Options{Now: h.now})
	h.accounts.OnErasedAll(auth.Tables, h.Erase)
	return h
}

func (h *house) user(t *testing.T, name string) account.User {
	t.Helper()
	u, err := h.Register(t.Context(), account.Draft{Email: name + "@example.org", Name: name}, password)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (h *house) begin(t *testing.T, u account.User) (auth.Session, string) {
	t.Helper()
	s, secret, err := h.Begin(t.Context(), u.ID, "test")
	if err != nil {
		t.Fatal(err)
	}
	return s, secret
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana, ben := h.user(t, "ana"), h.user(t, "ben")
		s, secret, err := h.SignIn(t.Context(), " ANA@example.org", password, address, "Firefox\n on Linux")
		if err != nil {
			t.Fatal(err)
		}
		want := auth.Session{ID: s.ID, Device: "Firefox on Linux", CreatedAt: h.now(), SeenAt: h.now(), ExpiresAt: h.now().Add(90 * 24 * time.Hour)}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Error(diff)
		}
		who, err := h.Session(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(auth.Identity{
			User: ana.ID, Session: s.ID, Scopes: auth.Own | auth.NewScopes(auth.Admin), ProvedAt: s.CreatedAt, Lock: auth.Lock{OpenTo: time.UnixMicro(0).UTC()},
		}, who); diff != "" {
			t.Error(diff)
		}
		_, second, err := h.SignIn(t.Context(), ben.Email, password, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if who, err := h.Session(t.Context(), second); err != nil || who.Can(auth.Admin) || !who.Can(auth.Delete) {
			t.Errorf("ben: %+v, %v", who, err)
		}
		_, _, wrong := h.SignIn(t.Context(), ana.Email, "a plain sentencE", address, "")
		_, _, unknown := h.SignIn(t.Context(), "nobody@example.org", password, address, "")
		wantCode(t, wrong, "wrong_credentials")
		if diff := cmp.Diff(wrong.Error(), unknown.Error()); diff != "" {
			t.Errorf("the refusals differ: %s", diff)
		}
		for _, bad := range []string{"", secret[1:], secret + "0", strings.Repeat("0", len(secret)), "' OR 1=1 --"} {
			_, err := h.Session(t.Context(), bad)
			wantCode(t, err, "not_signed_in")
		}
		if err := h.SignOut(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		_, err = h.Session(t.Context(), secret)
		wantCode(t, err, "not_signed_in")
		if err := h.SignOut(t.Context(), secret); err != nil {
			t.Errorf("signed out twice: %v", err)
		}
		if _, err := h.Session(t.Context(), second); err != nil {
			t.Errorf("another's session ended: %v", err)
		}
	})
}

// Nothing that opens a door may be found in the database.
func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		setup, _, err := h.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ana := h.user(t, "ana")
		_, session := h.begin(t, ana)
		_, token := h.token(t, ana, auth.Own)
		reset, err := h.ResetLink(t.Context(), ana.Email)
		if err != nil {
			t.Fatal(err)
		}
		_, _, _ = h.SignIn(t.Context(), "eve@example.org", password, address, "")
		var all strings.Builder
		for table, columns := range map[string]string{
			"auth_password": "hash", "auth_session": "id || secret_hash || device", "auth_token": "id || secret_hash || name || scopes",
			"auth_link": "id || kind || secret_hash", "auth_place": "place", "auth_attempt": "subject",
		} {
			list, err := db.All(t.Context(), d, db.Value[string], "SELECT "+columns+" FROM "+table)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&all, table, list)
		}
		for what, secret := range map[string]string{"set-up": setup, "session": session, "token": token, "reset": reset, "password": password, "address": address, "e-mail": "eve"} {
			if strings.Contains(all.String(), secret) {
				t.Errorf("the %s is kept as it is", what)
			}
		}
	})
}

func TestSessionLife(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		s, secret := h.begin(t, ana)
		seen := func() time.Time {
			t.Helper()
			if _, err := h.Session(t.Context(), secret); err != nil {
				t.Fatal(err)
			}
			list, err := h.Sessions(t.Context(), ana.ID)
			if err != nil || len(list) != 1 {
				t.Fatalf("%v, %v", list, err)
			}
			if want := list[0].SeenAt.Add(auth.SessionLife); !list[0].ExpiresAt.Equal(want) {
				t.Errorf("ends at %v, want %v", list[0].ExpiresAt, want)
			}
			return list[0].SeenAt
		}
		h.pass(9 * time.Minute)
		if got := seen(); !got.Equal(s.SeenAt) {
			t.Error("every request is a write")
		}
		h.pass(time.Minute)
		if got := seen(); !got.Equal(h.now()) {
			t.Errorf("seen at %v", got)
		}
		for range 5 { // far beyond its first end
			h.pass(89 * 24 * time.Hour)
			seen()
		}
		h.pass(90 * 24 * time.Hour)
		_, err := h.Session(t.Context(), secret)
		wantCode(t, err, "not_signed_in")
		if list, err := h.Sessions(t.Context(), ana.ID); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.rows(t, "auth_session"); n != 0 {
			t.Errorf("%d rows after pruning", n)
		}
	})
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana, ben := h.user(t, "ana"), h.user(t, "ben")
		_, other := h.begin(t, ben)
		_, first := h.begin(t, ana)
		var last string
		for range auth.MaxSessions {
			h.pass(time.Second)
			_, last = h.begin(t, ana)
		}
		list, err := h.Sessions(t.Context(), ana.ID)
		if err != nil || len(list) != auth.MaxSessions {
			t.Errorf("%d sessions, %v", len(list), err)
		}
		_, err = h.Session(t.Context(), first)
		wantCode(t, err, "not_signed_in")
		for _, secret := range []string{last, other} {
			if _, err := h.Session(t.Context(), secret); err != nil {
				t.Error(err)
			}
		}
	})
}

// What a second user tries against the first must neither work nor tell anything.
func TestStrangerReachesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana, eve := h.user(t, "ana"), h.user(t, "eve")
		s, session := h.begin(t, ana)
		v, token := h.token(t, ana, auth.Own)
		_, own := h.begin(t, eve)
		wantCode(t, h.RevokeSession(t.Context(), eve.ID, s.ID), "session_not_found")
		wantCode(t, h.RevokeToken(t.Context(), eve.ID, v.ID), "token_not_found")
		wantCode(t, h.RevokeSession(t.Context(), eve.ID, ""), "session_not_found")
		wantCode(t, h.RevokeSession(t.Context(), "", s.ID), "session_not_found")
		wantCode(t, h.RevokeOtherSessions(t.Context(), auth.Identity{User: eve.ID, Session: s.ID, ProvedAt: h.now()}), "not_signed_in")
		if list, err := h.Tokens(t.Context(), eve.ID); err != nil || len(list) != 0 {
			t.Errorf("eve sees tokens %v, %v", list, err)
		}
		if list, err := h.Sessions(t.Context(), ""); err != nil || len(list) != 0 {
			t.Errorf("nobody sees sessions %v, %v", list, err)
		}
		_, err := h.Session(t.Context(), own)
		wantCode(t, err, "") // naming another's to keep ended nothing
		if err := h.accounts.Erase(t.Context(), eve.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Session(t.Context(), session); err != nil {
			t.Errorf("ana's session: %v", err)
		}
		if _, err := h.Token(t.Context(), token); err != nil {
			t.Errorf("ana's token: %v", err)
		}
		wantCode(t, h.RevokeSession(t.Context(), ana.ID, s.ID), "")
		wantCode(t, h.RevokeSession(t.Context(), ana.ID, s.ID), "session_not_found")
		wantCode(t, h.RevokeToken(t.Context(), ana.ID, v.ID), "")
		_, err = h.Session(t.Context(), session)
		wantCode(t, err, "not_signed_in")
		_, err = h.Token(t.Context(), token)
		wantCode(t, err, "token_unknown")
	})
}

func TestErase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		_, _, err := h.SignIn(t.Context(), ana.Email, password, address, "")
		if err != nil {
			t.Fatal(err)
		}
		h.token(t, ana, auth.Own)
		if _, err := h.ResetLink(t.Context(), ana.Email); err != nil {
			t.Fatal(err)
		}
		_, _, _ = h.SignIn(t.Context(), ana.Email, "wrong", address, "") // where she signed in before
		_, _, _ = h.SignIn(t.Context(), ana.Email, "wrong", "", "")
		_ = h.Vouch(t.Context(), auth.Identity{User: ana.ID}, "wrong")
		for table, want := range map[string]int64{"auth_password": 1, "auth_session": 1, "auth_token": 1, "auth_link": 1, "auth_place": 1, "auth_attempt": 4} {
			if got := h.rows(t, table); got != want {
				t.Errorf("%s: %d rows, want %d", table, got, want)
			}
		}
		if err := h.accounts.Erase(t.Context(), ana.ID); err != nil {
			t.Fatal(err)
		}
		for _, table := range auth.Tables {
			want := int64(0)
			if table == "auth_attempt" {
				want = 1 // the address's own, which is not hers, until it is pruned
			}
			if got := h.rows(t, table); got != want {
				t.Errorf("%s: %d rows left", table, got)
			}
		}
		h.pass(time.Hour)
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.rows(t, "auth_attempt"); n != 0 {
			t.Errorf("%d failures left", n)
		}
	})
}

func TestFromRequest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		request := func(change func(r *http.Request)) *http.Request {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			change(r)
			return r
		}
		ask := func(r *http.Request) (auth.Identity, error) { return h.FromRequest(r.Context(), r) }
		local := func(email string) *http.Request {
			r := request(func(r *http.Request) {
				if email != "" {
					r.Header.Set(auth.UserHeader, email)
				}
			})
			return r.WithContext(auth.WithLocal(r.Context()))
		}
		_, err := ask(local(""))
		wantCode(t, err, "no_account")
		ana := h.user(t, "ana")
		if who, err := ask(local("")); err != nil || who.User != ana.ID || !who.Local {
			t.Errorf("%+v, %v", who, err)
		}
		ben := h.user(t, "ben")
		_, err = ask(local(""))
		wantCode(t, err, "user_missing")
		_, err = ask(local("eve@example.org"))
		wantCode(t, err, "account_not_found")
		if who, err := ask(local("BEN@example.org")); err != nil || who.User != ben.ID || !who.Can(auth.Admin) {
			t.Errorf("%+v, %v", who, err)
		}
		// From the network the header means nothing.
		_, err = ask(request(func(r *http.Request) { r.Header.Set(auth.UserHeader, ana.Email) }))
		wantCode(t, err, "not_signed_in")

		_, session := h.begin(t, ana)
		_, token := h.token(t, ben, auth.NewScopes(auth.Read))
		cookie := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "kith_session", Value: session}) }
		if who, err := ask(request(cookie)); err != nil || who.User != ana.ID {
			t.Errorf("%+v, %v", who, err)
		}
		_, err = ask(request(func(r *http.Request) { cookie(r); r.TLS = &tls.ConnectionState{} }))
		wantCode(t, err, "not_signed_in") // over https only the name that cannot be planted
		if who, err := ask(request(func(r *http.Request) { cookie(r); r.Header.Set("Authorization", "bearer "+token) })); err != nil || who.User != ben.ID {
			t.Errorf("%+v, %v", who, err)
		}
		for header, want := range map[string]string{"Bearer x": "token_unknown", "Bearer": "token_unknown", "Basic YTpi": "bad_authorization", token: "bad_authorization"} {
			_, err = ask(request(func(r *http.Request) { cookie(r); r.Header.Set("Authorization", header) }))
			wantCode(t, err, want)
		}
	})
}
