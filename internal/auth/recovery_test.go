package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestRecovery(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana, ben := h.user(t, "ana"), h.user(t, "ben")
		by, _ := h.enter(t, ana)
		old, err := h.NewRecoveryCodes(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		codes, err := h.NewRecoveryCodes(t.Context(), by)
		if err != nil || len(codes) != auth.RecoveryCodes {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, c := range codes {
			if len(strings.ReplaceAll(c, "-", "")) != 26 || seen[c] {
				t.Errorf("%q", c)
			}
			seen[c] = true
		}
		in := func(email, c string) (string, error) {
			h.pass(time.Hour)
			_, secret, err := h.SignInRecovery(t.Context(), email, c, address, "a browser")
			return secret, err
		}
		for _, bad := range []string{old[0], "", "-", strings.Repeat("a", 1000), codes[0][1:]} {
			_, err := in(ana.Email, bad)
			wantCode(t, err, "wrong_recovery")
		}
		for _, email := range []string{ben.Email, "nobody@example.org", ""} {
			_, err := in(email, codes[0])
			wantCode(t, err, "wrong_recovery")
		}
		typed := " " + strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(codes[0], "0", "o"), "-", " "))
		secret, err := in(ana.Email, typed)
		if err != nil {
			t.Fatal(err)
		}
		// It stands for its owner: a forgotten password can be replaced.
		came := h.who(t, secret)
		if !h.Proved(came) {
			t.Error("not proved")
		}
		wantCode(t, h.ChangePassword(t.Context(), came, "", "another plain sentence"), "")
		_, err = in(ana.Email, codes[0])
		wantCode(t, err, "wrong_recovery") // it is spent
		if n, err := h.RecoveryLeft(t.Context(), ana.ID); err != nil || n != auth.RecoveryCodes-1 {
			t.Errorf("%d left, %v", n, err)
		}
		if _, err := in(ana.Email, codes[1]); err != nil {
			t.Error(err)
		}
		wantCode(t, h.ForgetRecovery(t.Context(), ana.ID), "")
		_, err = in(ana.Email, codes[2])
		wantCode(t, err, "wrong_recovery")
	})
}

// Codes are counted with the passwords of the same e-mail: there is one door.
func TestRecovery_Throttled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		for range 3 {
			_, _, err := h.SignInRecovery(t.Context(), ana.Email, "wrong", "", "")
			wantCode(t, err, "wrong_recovery")
			_, _, err = h.SignIn(t.Context(), ana.Email, "wrong", "", "")
			if got := code(err); got != "wrong_credentials" && got != "too_many_attempts" {
				t.Errorf("got %q", got)
			}
		}
		_, _, err := h.SignInRecovery(t.Context(), ana.Email, "wrong", "", "")
		wantCode(t, err, "too_many_attempts")
	})
}

func TestProof(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		ana := h.user(t, "ana")
		by, secret := h.enter(t, ana)
		phone := newDevice(virtualwebauthn.KeyTypeEC2)
		p := h.add(t, by, phone, "Phone")
		wantCode(t, h.NeedProof(by), "")
		h.pass(auth.ProofLife)
		by = h.who(t, secret)
		phoneToken := auth.TokenDraft{Name: "phone", Scopes: auth.NewScopes(auth.Read)}
		dangerous := map[string]func() error{
			"the act itself":      func() error { return h.NeedProof(by) },
			"a new passkey":       func() error { _, err := h.AskNew(t.Context(), by, h.site(t)); return err },
			"removing a passkey":  func() error { return h.RemovePasskey(t.Context(), by, p.ID, "") },
			"recovery codes":      func() error { _, err := h.NewRecoveryCodes(t.Context(), by); return err },
			"ending all sessions": func() error { return h.RevokeOtherSessions(t.Context(), by) },
			"a new token":         func() error { _, _, err := h.NewToken(t.Context(), by, "", phoneToken); return err },
			"the lock":            func() error { return h.SetLock(t.Context(), by, 0) },
		}
		for what, act := range dangerous {
			if got := code(act()); got != "proof_needed" {
				t.Errorf("%s: %q", what, got)
			}
		}
		for range 10 { // which guesses nothing, and closes no door
			wantCode(t, h.ChangePassword(t.Context(), by, "", "another plain sentence"), "password_missing")
			_, err := h.ChangeEmail(t.Context(), by, "", "new@example.org")
			wantCode(t, err, "password_missing")
			wantCode(t, h.Vouch(t.Context(), by, ""), "password_missing")
		}

		_, secretless, err := h.NewToken(t.Context(), by, "wrong", phoneToken)
		if wantCode(t, err, "wrong_password"); secretless != "" {
			t.Error("a secret all the same")
		}
		_, _, err = h.NewToken(t.Context(), by, password, phoneToken)
		wantCode(t, err, "")
		wantCode(t, h.NeedProof(h.who(t, secret)), "proof_needed") // the password stood for the token alone

		wantCode(t, h.Confirm(t.Context(), by, "wrong"), "wrong_password")
		wantCode(t, h.NeedProof(h.who(t, secret)), "proof_needed")
		wantCode(t, h.Confirm(t.Context(), by, password), "")
		wantCode(t, h.NeedProof(h.who(t, secret)), "")
		h.pass(auth.ProofLife)
		by = h.who(t, secret)
		q, err := h.AskOwn(t.Context(), by, h.site(t))
		if err != nil {
			t.Fatal(err)
		}
		answer := phone.use(t, q)
		wantCode(t, h.ConfirmPasskey(t.Context(), by, h.site(t), q.State, answer), "")
		by = h.who(t, secret)
		wantCode(t, h.NeedProof(by), "")
		_, err = h.ChangeEmail(t.Context(), by, "", "new@example.org")
		wantCode(t, err, "")
		wantCode(t, h.ChangePassword(t.Context(), by, "", "another plain sentence"), "")

		// What was proved in a session ends with it.
		wantCode(t, h.SignOut(t.Context(), secret), "")
		wantCode(t, h.ChangePassword(t.Context(), by, "", "one more plain sentence"), "not_signed_in")
		_, err = h.NewRecoveryCodes(t.Context(), by)
		wantCode(t, err, "not_signed_in")
		_, _, err = h.NewToken(t.Context(), by, "", phoneToken)
		wantCode(t, err, "not_signed_in")
		wantCode(t, h.NeedProof(auth.Identity{User: ana.ID}), "proof_needed")
	})
}

func TestLock(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		ana := h.user(t, "ana")
		by, secret := h.enter(t, ana)
		wantCode(t, h.SetLock(t.Context(), by, time.Minute), "no_passkey")
		phone := newDevice(virtualwebauthn.KeyTypeEC2)
		h.add(t, by, phone, "Phone")
		wantCode(t, h.SetLock(t.Context(), by, 2*time.Minute), "lock_unknown")
		wantCode(t, h.SetLock(t.Context(), by, time.Minute), "")
		locked := func() bool { t.Helper(); return h.Locked(h.who(t, secret)) }
		if locked() {
			t.Error("locked at once")
		}
		for range 5 { // reading keeps it open
			h.pass(50 * time.Second)
			if locked() {
				t.Fatal("locked while somebody reads")
			}
			h.Awake(t.Context(), h.who(t, secret))
		}
		h.pass(time.Minute)
		if !locked() {
			t.Error("open after a rest")
		}
		h.Awake(t.Context(), h.who(t, secret))
		if !locked() {
			t.Error("opened by asking")
		}
		if _, other := h.enter(t, ana); h.Locked(h.who(t, other)) {
			t.Error("the lock of one device closes another")
		}
		q, err := h.AskOwn(t.Context(), h.who(t, secret), h.site(t))
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, h.ConfirmPasskey(t.Context(), h.who(t, secret), h.site(t), q.State, phone.use(t, q)), "")
		if locked() {
			t.Error("locked after its passkey")
		}
		h.pass(20 * time.Second)
		before := h.who(t, secret)
		h.Awake(t.Context(), before) // another page of it is read at the same time
		wantCode(t, h.CloseNow(t.Context(), before), "")
		if !locked() {
			t.Error("open after it was closed")
		}
		wantCode(t, h.NeedProof(h.who(t, secret)), "proof_needed") // what was proved before is behind the lock
		wantCode(t, h.SetLock(t.Context(), h.who(t, secret), 0), "proof_needed")
		wantCode(t, h.ChangePassword(t.Context(), h.who(t, secret), "", "another plain sentence"), "password_missing")
		wantCode(t, h.Confirm(t.Context(), h.who(t, secret), password), "")
		wantCode(t, h.SetLock(t.Context(), h.who(t, secret), 0), "")
		h.pass(24 * time.Hour)
		if locked() {
			t.Error("locked without a lock")
		}
		wantCode(t, h.CloseNow(t.Context(), auth.Identity{User: ana.ID, Session: "gone"}), "not_signed_in")
	})
}

// A passkey that opens nothing here is none to lock with.
func TestLock_AnotherHost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		ana := h.user(t, "ana")
		by, secret := h.enter(t, ana)
		h.add(t, by, newDevice(virtualwebauthn.KeyTypeEC2), "Phone")
		h.Service = auth.New(d, h.accounts, auth.Options{Now: h.now, URL: "https://moved.example.org"})
		wantCode(t, h.SetLock(t.Context(), by, time.Minute), "no_passkey")
		wantCode(t, h.KeepLock(t.Context(), ana.ID, by.Session, time.Minute), "")
		if got := h.who(t, secret).Lock.After; got != 0 {
			t.Errorf("it locks after %v", got)
		}
		wantCode(t, h.SetLock(t.Context(), by, 0), "")
	})
}
