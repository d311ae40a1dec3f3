package auth_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
)

const fresh = "another sentence"

func TestChangePassword(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana, ben := h.user(t, "ana"), h.user(t, "ben")
		s, here := h.begin(t, ana)
		_, there := h.begin(t, ana)
		_, bens := h.begin(t, ben)
		_, token := h.token(t, ana, auth.Own)
		reset, err := h.ResetLink(t.Context(), ana.Email)
		if err != nil {
			t.Fatal(err)
		}
		by := auth.Identity{User: ana.ID, Session: s.ID}
		wantCode(t, h.ChangePassword(t.Context(), by, "wrong", fresh), "wrong_password")
		wantCode(t, h.ChangePassword(t.Context(), by, password, "short"), "password_too_short")
		wantCode(t, h.ChangePassword(t.Context(), by, password, fresh), "")
		if _, err := h.Session(t.Context(), here); err != nil {
			t.Errorf("this session: %v", err)
		}
		_, err = h.Session(t.Context(), there)
		wantCode(t, err, "not_signed_in")
		if _, err := h.Session(t.Context(), bens); err != nil {
			t.Errorf("another's session: %v", err)
		}
		if _, err := h.Token(t.Context(), token); err != nil {
			t.Errorf("token: %v", err)
		}
		_, err = h.CheckReset(t.Context(), reset)
		wantCode(t, err, "link_gone")
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ana.ID}, password), "wrong_password")
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ana.ID}, fresh), "")
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ben.ID}, password), "")
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: "nobody"}, password), "wrong_password")
	})
}

func TestChangeEmail(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		h.user(t, "ben")
		change := func(password, email string) error {
			_, err := h.ChangeEmail(t.Context(), auth.Identity{User: ana.ID}, password, email)
			return err
		}
		wantCode(t, change("wrong", "new@example.org"), "wrong_password")
		wantCode(t, change(password, "BEN@example.org"), "email_taken")
		wantCode(t, change(password, "nothing"), "email_invalid")
		_, _, _ = h.SignIn(t.Context(), ana.Email, "wrong", "", "")
		wantCode(t, change(password, "new@example.org"), "")
		if n := h.rows(t, "auth_attempt"); n != 0 {
			t.Errorf("%d failures of the old e-mail left", n)
		}
		_, _, err := h.SignIn(t.Context(), ana.Email, password, "", "")
		wantCode(t, err, "wrong_credentials")
		if _, _, err := h.SignIn(t.Context(), "new@example.org", password, "", ""); err != nil {
			t.Error(err)
		}
	})
}

func TestReset(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana, ben := h.user(t, "ana"), h.user(t, "ben")
		_, err := h.ResetLink(t.Context(), "nobody@example.org")
		wantCode(t, err, "account_not_found")
		link := func(email string) string {
			t.Helper()
			secret, err := h.ResetLink(t.Context(), email)
			if err != nil {
				t.Fatal(err)
			}
			return secret
		}
		old, bens := link(ana.Email), link(ben.Email)
		late := link(strings.ToUpper(ana.Email))
		_, err = h.CheckReset(t.Context(), old)
		wantCode(t, err, "link_gone") // the newer one replaced it
		h.pass(24 * time.Hour)
		_, err = h.UseReset(t.Context(), late, fresh)
		wantCode(t, err, "link_gone")
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.rows(t, "auth_link"); n != 0 {
			t.Errorf("%d links after pruning", n)
		}
		_, err = h.CheckReset(t.Context(), bens)
		wantCode(t, err, "link_gone")

		secret := link(ana.Email)
		_, session := h.begin(t, ana)
		wantCode(t, h.CheckSetup(t.Context(), secret), "link_gone") // a reset is no set-up
		_, err = h.UseReset(t.Context(), secret, "short")
		wantCode(t, err, "password_too_short")
		if id, err := h.CheckReset(t.Context(), secret); err != nil || id != ana.ID {
			t.Errorf("a refused password used the link up: %v, %v", id, err)
		}
		if id, err := h.UseReset(t.Context(), secret, fresh); err != nil || id != ana.ID {
			t.Errorf("%v, %v", id, err)
		}
		_, err = h.UseReset(t.Context(), secret, "a third sentence")
		wantCode(t, err, "link_gone")
		_, err = h.Session(t.Context(), session)
		wantCode(t, err, "not_signed_in")
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ana.ID}, fresh), "")
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ben.ID}, password), "")
	})
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		_, session := h.begin(t, ana)
		for range 5 {
			_, _, _ = h.SignIn(t.Context(), ana.Email, "wrong", address, "")
		}
		_, _, err := h.SignIn(t.Context(), ana.Email, password, address, "")
		wantCode(t, err, "too_many_attempts")
		wantCode(t, h.SetPassword(t.Context(), ana.ID, "ana@example.org"), "password_is_name")
		wantCode(t, h.SetPassword(t.Context(), "nobody", fresh), "account_not_found")
		wantCode(t, h.SetPassword(t.Context(), ana.ID, fresh), "")
		_, err = h.Session(t.Context(), session)
		wantCode(t, err, "not_signed_in")
		if _, _, err := h.SignIn(t.Context(), ana.Email, fresh, address, ""); err != nil {
			t.Errorf("the door stayed closed: %v", err)
		}
	})
}

func TestThrottleByAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		h.user(t, "ana")
		h.user(t, "ben")
		const stranger, home, office = "198.51.100.9", "203.0.113.7", "203.0.113.8"
		try := func(name, password, from string) error {
			_, _, err := h.SignIn(t.Context(), name+"@example.org", password, from, "")
			return err
		}
		wait := func(err error) int {
			t.Helper()
			wantCode(t, err, "too_many_attempts")
			var f *fault.Error
			if !errors.As(err, &f) {
				return 0
			}
			seconds, _ := f.Params["retry_after"].(int)
			return seconds
		}
		wantCode(t, try("ana", password, home), "")
		// An e-mail without an account is throttled like one with.
		for _, name := range []string{"ana", "nobody"} {
			for range 5 {
				wantCode(t, try(name, "wrong", ""), "wrong_credentials")
			}
			if got := wait(try(name, password, "")); got != 5 {
				t.Errorf("%s: wait %d s", name, got)
			}
		}
		if got := wait(try("ana", password, stranger)); got != 5 {
			t.Errorf("wait %d s", got)
		}
		wantCode(t, try("ana", password, home), "")   // where she signed in before the door is open
		wantCode(t, try("ben", password, office), "") // and it is hers alone
		wait(try("ana", password, office))
		h.pass(5 * time.Second)
		wantCode(t, try("ana", "wrong", ""), "wrong_credentials")
		if got := wait(try("ana", password, "")); got != 10 {
			t.Errorf("wait %d s", got)
		}
		for range 20 {
			h.pass(15 * time.Minute)
			wantCode(t, try("ana", "wrong", ""), "wrong_credentials")
		}
		if got := wait(try("ana", password, "")); got != 900 {
			t.Errorf("wait %d s", got)
		}
		h.pass(15 * time.Minute)
		wantCode(t, try("ana", password, office), "") // nobody is shut out for ever
		wantCode(t, try("ana", "wrong", ""), "wrong_credentials")
		wantCode(t, try("ana", password, ""), "") // success made a clean sheet
	})
}

func TestThrottleByAddress(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		h.user(t, "eve")
		sign := func(email, password, from string) error {
			_, _, err := h.SignIn(t.Context(), email, password, from, "")
			return err
		}
		for i := range 20 { // spread over accounts, with a success of her own in between
			wantCode(t, sign(string(rune('a'+i))+"@example.net", "wrong", "2001:db8::1"), "wrong_credentials")
			if i == 10 {
				wantCode(t, sign("eve@example.org", password, "2001:db8::1"), "")
			}
		}
		wantCode(t, sign("z@example.net", "wrong", "2001:db8::2"), "too_many_attempts") // the same /64
		wantCode(t, sign("eve@example.org", password, "2001:db8::2"), "too_many_attempts")
		wantCode(t, sign("eve@example.org", password, "2001:db8:0:1::2"), "")
		h.pass(time.Hour)
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.pass(23 * time.Hour)
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.rows(t, "auth_attempt"); n != 0 {
			t.Errorf("%d failures after a day", n)
		}
		h.pass(180 * 24 * time.Hour)
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.rows(t, "auth_place"); n != 0 {
			t.Errorf("%d places after half a year", n)
		}
	})
}

// Whoever guesses over many accounts does not open the door again with one of their own, by whatever they come in.
func TestThrottleByAddress_OwnAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		eve := h.user(t, "eve")
		by, _ := h.enter(t, eve)
		phone := newDevice(virtualwebauthn.KeyTypeEC2)
		h.add(t, by, phone, "Phone")
		codes, err := h.NewRecoveryCodes(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		own := []func() error{
			func() error { _, err := h.signInBy(t, phone); return err },
			func() error { _, _, err := h.SignIn(t.Context(), eve.Email, password, address, ""); return err },
			func() error { _, _, err := h.SignInRecovery(t.Context(), eve.Email, codes[0], address, ""); return err },
		}
		for i := range 20 {
			_, _, err := h.SignIn(t.Context(), string(rune('a'+i))+"@example.net", "wrong", address, "")
			wantCode(t, err, "wrong_credentials")
			if i >= 16 && i-16 < len(own) {
				wantCode(t, own[i-16](), "")
			}
		}
		_, _, err = h.SignIn(t.Context(), "z@example.net", "wrong", address, "")
		wantCode(t, err, "too_many_attempts")
	})
}

// Many at once get no more tries than one after the other.
func TestThrottleAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		var wg sync.WaitGroup
		var tried, refused atomic.Int64
		for range 16 {
			wg.Go(func() {
				switch _, _, err := h.SignIn(t.Context(), ana.Email, "wrong", "", ""); code(err) {
				case "wrong_credentials":
					tried.Add(1)
				case "too_many_attempts":
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tried.Load() != 5 || refused.Load() != 11 {
			t.Errorf("%d tried, %d refused", tried.Load(), refused.Load())
		}
	})
}

func TestConfirmIsThrottledApart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		for range 5 {
			wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ana.ID}, "wrong"), "wrong_password")
		}
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ana.ID}, password), "too_many_attempts")
		_, err := h.ChangeEmail(t.Context(), auth.Identity{User: ana.ID}, password, "x@example.org")
		wantCode(t, err, "too_many_attempts")
		if _, _, err := h.SignIn(t.Context(), ana.Email, password, address, ""); err != nil {
			t.Errorf("a thief of a session closes the door: %v", err)
		}
		h.pass(5 * time.Second)
		wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ana.ID}, password), "")
	})
}

// An e-mail without an account, and an account without a password, must cost a comparison like any other; and one that
// could not be made is no failure.
func TestEveryTryIsCompared(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		if _, err := h.accounts.Create(t.Context(), account.Draft{Email: "bare@example.org", Name: "Bare"}); err != nil {
			t.Fatal(err)
		}
		auth.Crowd(h.Service, true)
		for range 30 {
			for _, email := range []string{ana.Email, "nobody@example.org", "bare@example.org", "", "not an e-mail"} {
				_, _, err := h.SignIn(t.Context(), email, password, address, "")
				wantCode(t, err, "too_many_at_once")
			}
			wantCode(t, h.Vouch(t.Context(), auth.Identity{User: ana.ID}, password), "too_many_at_once")
		}
		if n := h.rows(t, "auth_attempt"); n != 0 {
			t.Errorf("%d counted", n)
		}
		auth.Crowd(h.Service, false)
		for _, email := range []string{"nobody@example.org", "bare@example.org", "", "not an e-mail"} {
			_, _, err := h.SignIn(t.Context(), email, "", address, "")
			wantCode(t, err, "wrong_credentials")
		}
		if _, _, err := h.SignIn(t.Context(), ana.Email, password, address, ""); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkToken(b *testing.B) {
	h := openSlow(dbtest.Open(b, dbtest.SQLite(b)))
	secret := benchUser(b, h)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Token(b.Context(), secret); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTokenRefused(b *testing.B) {
	h := openSlow(dbtest.Open(b, dbtest.SQLite(b)))
	secret := benchUser(b, h)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = h.Token(b.Context(), secret[:len(secret)-1]+"-")
	}
}

func BenchmarkSession(b *testing.B) {
	h := openSlow(dbtest.Open(b, dbtest.SQLite(b)))
	benchUser(b, h)
	u, err := h.accounts.ByEmail(b.Context(), "ana@example.org")
	if err != nil {
		b.Fatal(err)
	}
	_, secret, err := h.Begin(b.Context(), u.ID, "")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Session(b.Context(), secret); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSignIn(b *testing.B) {
	h := openSlow(dbtest.Open(b, dbtest.SQLite(b)))
	benchUser(b, h)
	for b.Loop() {
		if _, _, err := h.SignIn(b.Context(), "ana@example.org", password, address, ""); err != nil {
			b.Fatal(err)
		}
	}
}

func benchUser(b *testing.B, h *house) string {
	b.Helper()
	u, err := h.Register(b.Context(), account.Draft{Email: "ana@example.org", Name: "Ana"}, password)
	if err != nil {
		b.Fatal(err)
	}
	_, secret, err := h.NewToken(b.Context(), auth.Identity{User: u.ID, Local: true}, "", auth.TokenDraft{Name: "bench", Scopes: auth.Own})
	if err != nil {
		b.Fatal(err)
	}
	return secret
}
