package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/webauthn"
)

const site = "https://kith.example.org"

// openAt is open for a Kith that people open at an address.
func openAt(t *testing.T, d *db.DB, url string) *house {
	t.Helper()
	h := open(d)
	h.Service = auth.New(d, h.accounts, auth.Options{Now: h.now, URL: url})
	auth.Hasten(h.Service)
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.Seal(keys)
	return h
}

func (h *house) site(t *testing.T) webauthn.Party {
	t.Helper()
	p, ok := h.PasskeySite(httptest.NewRequest(http.MethodGet, "/", nil))
	if !ok {
		t.Fatal("passkeys work nowhere")
	}
	return p
}

// device is an authenticator with at most one passkey for this Kith.
type device struct {
	virtualwebauthn.Authenticator
	rp  virtualwebauthn.RelyingParty
	key virtualwebauthn.Credential
}

func newDevice(kind virtualwebauthn.KeyType) *device {
	key := virtualwebauthn.NewCredential(kind)
	for kind == virtualwebauthn.KeyTypeEC2 && len(key.Key.AttestationData()) != 77 {
		key = virtualwebauthn.NewCredential(kind) // the virtual authenticator drops leading zeros of coordinates, which the standard wants
	}
	return &device{
		Authenticator: virtualwebauthn.NewAuthenticator(),
		rp:            virtualwebauthn.RelyingParty{ID: "kith.example.org", Name: "Kith", Origin: site},
		key:           key,
	}
}

func options(t *testing.T, q auth.Question) string {
	t.Helper()
	b, err := json.Marshal(q.Options)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// create answers a question for a new passkey.
func (v *device) create(t *testing.T, q auth.Question) string {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(options(t, q))
	if err != nil {
		t.Fatal(err)
	}
	v.Options.UserHandle = []byte(o.UserID)
	v.key.Counter++
	return virtualwebauthn.CreateAttestationResponse(v.rp, v.Authenticator, v.key, *o)
}

// use answers a question for a passkey.
func (v *device) use(t *testing.T, q auth.Question) string {
	t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(options(t, q))
	if err != nil {
		t.Fatal(err)
	}
	v.key.Counter++
	return virtualwebauthn.CreateAssertionResponse(v.rp, v.Authenticator, v.key, *o)
}

// enter begins a session and says who asks in it.
func (h *house) enter(t *testing.T, u account.User) (auth.Identity, string) {
	t.Helper()
	_, secret := h.begin(t, u)
	return h.who(t, secret), secret
}

func (h *house) who(t *testing.T, secret string) auth.Identity {
	t.Helper()
	by, err := h.Session(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

// add gives by a passkey on the device.
func (h *house) add(t *testing.T, by auth.Identity, v *device, name string) auth.Passkey {
	t.Helper()
	q, err := h.AskNew(t.Context(), by, h.site(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.AddPasskey(t.Context(), by, h.site(t), q.State, v.create(t, q), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *house) signInBy(t *testing.T, v *device) (string, error) {
	t.Helper()
	q, err := h.AskAny(h.site(t))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := h.SignInPasskey(t.Context(), h.site(t), q.State, v.use(t, q), address, "a browser")
	return secret, err
}

func TestPasskey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		ana, ben := h.user(t, "ana"), h.user(t, "ben")
		by, _ := h.enter(t, ana)
		phone, laptop := newDevice(virtualwebauthn.KeyTypeEC2), newDevice(virtualwebauthn.KeyTypeRSA)
		one := h.add(t, by, phone, "  Phone ")
		two := h.add(t, by, laptop, "Laptop")
		if list, err := h.Passkeys(t.Context(), ana.ID); err != nil || len(list) != 2 || list[0].Name != "Phone" || list[0].UsedAt != nil || list[1].Party != "kith.example.org" {
			t.Fatalf("%+v, %v", list, err)
		}

		for _, v := range []*device{phone, laptop, phone} {
			h.pass(time.Second)
			secret, err := h.signInBy(t, v)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.who(t, secret); got.User != ana.ID || !h.Proved(got) {
				t.Errorf("%+v", got)
			}
		}
		if n := h.rows(t, "auth_attempt"); n != 0 {
			t.Errorf("%d tries left after success", n)
		}

		q, err := h.AskNew(t.Context(), by, h.site(t))
		if err != nil || !strings.Contains(options(t, q), "excludeCredentials") {
			t.Fatal(err)
		}
		_, err = h.AddPasskey(t.Context(), by, h.site(t), q.State, phone.create(t, q), "Phone again")
		wantCode(t, err, "passkey_known")
		other, _ := h.enter(t, ben)
		_, err = h.AddPasskey(t.Context(), other, h.site(t), q.State, newDevice(virtualwebauthn.KeyTypeEC2).create(t, q), "Ben's")
		wantCode(t, err, "ceremony_over") // it was asked of somebody else

		// What is ben's to try against ana's.
		wantCode(t, h.RenamePasskey(t.Context(), ben.ID, one.ID, "mine"), "passkey_not_found")
		wantCode(t, h.RemovePasskey(t.Context(), other, one.ID, ""), "passkey_not_found")
		_, err = h.AskOwn(t.Context(), other, h.site(t))
		wantCode(t, err, "no_passkey")

		wantCode(t, h.RenamePasskey(t.Context(), ana.ID, one.ID, "Old phone"), "")
		for name, want := range map[string]string{"": "passkey_name_missing", "a\nb": "name_invalid", strings.Repeat("ü", 101): "name_too_long"} {
			wantCode(t, h.RenamePasskey(t.Context(), ana.ID, one.ID, name), want)
		}
		wantCode(t, h.RemovePasskey(t.Context(), by, two.ID, ""), "")
		_, err = h.signInBy(t, laptop)
		wantCode(t, err, "passkey_unknown")
		if _, err = h.signInBy(t, phone); err != nil {
			t.Error(err)
		}
	})
}

// The last passkey goes only when it is sure that its owner can come in again.
func TestLastWayIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		ana := h.user(t, "ana")
		by, _ := h.enter(t, ana)
		p := h.add(t, by, newDevice(virtualwebauthn.KeyTypeEC2), "Phone")
		last := func(want string, by auth.Identity) {
			t.Helper()
			if got, err := h.LastWayIn(t.Context(), by); err != nil || got != want {
				t.Errorf("the last way in is %q, %v, wants %q", got, err, want)
			}
		}
		last(p.ID, by)
		last("", auth.Identity{User: ana.ID, Local: true})
		wantCode(t, h.RemovePasskey(t.Context(), by, p.ID, ""), "last_way_in")
		wantCode(t, h.RemovePasskey(t.Context(), by, "another", ""), "passkey_not_found")
		wantCode(t, h.RemovePasskey(t.Context(), by, p.ID, "wrong"), "wrong_password")
		if _, err := h.NewRecoveryCodes(t.Context(), by); err != nil {
			t.Fatal(err)
		}
		last("", by)
		wantCode(t, h.RemovePasskey(t.Context(), by, p.ID, ""), "")
		p = h.add(t, by, newDevice(virtualwebauthn.KeyTypeEC2), "Phone")
		wantCode(t, h.ForgetRecovery(t.Context(), ana.ID), "")
		wantCode(t, h.RemovePasskey(t.Context(), auth.Identity{User: ana.ID, Token: "x"}, p.ID, ""), "last_way_in")
		wantCode(t, h.RemovePasskey(t.Context(), by, p.ID, password), "")
		p = h.add(t, by, newDevice(virtualwebauthn.KeyTypeEC2), "Phone")
		wantCode(t, h.RemovePasskey(t.Context(), auth.Identity{User: ana.ID, Local: true}, p.ID, ""), "") // the operator

		// One made for the address of before is no way in, and does not count as one.
		old := h.add(t, by, newDevice(virtualwebauthn.KeyTypeEC2), "Old address")
		h.Service = auth.New(d, h.accounts, auth.Options{Now: h.now, URL: "https://new.example.org"})
		last("", by)
		wantCode(t, h.RemovePasskey(t.Context(), by, old.ID, ""), "")
	})
}

// Everything about an answer that can be wrong is refused, and lets nobody in.
func TestPasskey_Refused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		by, _ := h.enter(t, h.user(t, "ana"))
		phone := newDevice(virtualwebauthn.KeyTypeEC2)
		h.add(t, by, phone, "Phone")
		sessions := h.rows(t, "auth_session")
		ask := func() auth.Question {
			q, err := h.AskAny(h.site(t))
			if err != nil {
				t.Fatal(err)
			}
			return q
		}
		try := func(state, answer, want string) {
			t.Helper()
			_, _, err := h.SignInPasskey(t.Context(), h.site(t), state, answer, "", "")
			wantCode(t, err, want)
		}
		q := ask()
		try("", phone.use(t, q), "ceremony_over")
		try("sealed:1:x:y", phone.use(t, q), "ceremony_over")
		try(`{"c":"AAAA","e":9999999999999999}`, phone.use(t, q), "ceremony_over") // not sealed at all
		try(q.State, "", "passkey_refused")
		try(q.State, "{}", "passkey_refused")
		try(ask().State, phone.use(t, q), "passkey_refused") // the answer to another question
		phone.Options.UserNotVerified = true
		try(q.State, phone.use(t, q), "passkey_refused")
		phone.Options.UserNotVerified, phone.Options.BackupEligible = false, true // another kind of key than it was
		try(q.State, phone.use(t, q), "passkey_refused")
		phone.Options.BackupEligible = false
		phone.rp.Origin = "https://kith.example.org.evil.example"
		try(q.State, phone.use(t, q), "passkey_refused")
		phone.rp.Origin, phone.rp.ID = site, "example.org"
		try(q.State, phone.use(t, q), "passkey_refused")
		phone.rp.ID = "kith.example.org"
		handle := phone.Options.UserHandle
		phone.Options.UserHandle = []byte("somebody else")
		try(q.State, phone.use(t, q), "passkey_refused")
		phone.Options.UserHandle = handle
		forged := *phone
		forged.key.Key = newDevice(virtualwebauthn.KeyTypeEC2).key.Key
		try(q.State, forged.use(t, q), "passkey_refused")

		own, err := h.AskOwn(t.Context(), by, h.site(t))
		if err != nil {
			t.Fatal(err)
		}
		try(own.State, phone.use(t, own), "ceremony_over")                       // it was asked for another purpose
		for _, mark := range []string{"", "sealed:", "sealed:1:", "sealed:2:"} { // nobody sealed it
			try(mark+`{"c":"AAAA","e":9999999999999999}`, phone.use(t, q), "ceremony_over")
		}
		wantCode(t, h.ConfirmPasskey(t.Context(), by, h.site(t), q.State, phone.use(t, q)), "ceremony_over")

		answer := phone.use(t, q)
		try(q.State, answer, "")
		try(q.State, answer, "passkey_refused") // its count was used
		try(q.State, phone.use(t, q), "ceremony_over")
		copied := *phone
		copied.key.Counter -= 2
		q = ask()
		try(q.State, copied.use(t, q), "passkey_refused")
		h.pass(10 * time.Minute)
		try(q.State, phone.use(t, q), "ceremony_over")
		if n := h.rows(t, "auth_session"); n != sessions+1 {
			t.Errorf("%d sessions, there were %d", n, sessions)
		}
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.rows(t, "auth_ceremony"); n != 0 {
			t.Errorf("%d questions left", n)
		}
	})
}

func TestPasskey_Throttled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		by, _ := h.enter(t, h.user(t, "ana"))
		phone := newDevice(virtualwebauthn.KeyTypeEC2)
		h.add(t, by, phone, "Phone")
		q, err := h.AskAny(h.site(t))
		if err != nil {
			t.Fatal(err)
		}
		refused := ""
		for i := 0; i < 30 && refused != "too_many_attempts"; i++ {
			_, _, err := h.SignInPasskey(t.Context(), h.site(t), q.State, "{}", address, "")
			refused = code(err)
		}
		if refused != "too_many_attempts" {
			t.Errorf("after 30 tries: %q", refused)
		}
		_, err = h.signInBy(t, phone)
		wantCode(t, err, "too_many_attempts")
		h.pass(time.Hour)
		_, err = h.signInBy(t, phone)
		wantCode(t, err, "")
	})
}

func TestPasskey_TooMany(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openAt(t, d, site)
		by, _ := h.enter(t, h.user(t, "ana"))
		q, err := h.AskNew(t.Context(), by, h.site(t))
		if err != nil {
			t.Fatal(err)
		}
		for range auth.MaxPasskeys {
			h.add(t, by, newDevice(virtualwebauthn.KeyTypeEC2), "One of many")
		}
		_, err = h.AddPasskey(t.Context(), by, h.site(t), q.State, newDevice(virtualwebauthn.KeyTypeEC2).create(t, q), "One more")
		wantCode(t, err, "too_many_passkeys")
		_, err = h.AskNew(t.Context(), by, h.site(t))
		wantCode(t, err, "too_many_passkeys")
	})
}

func TestPasskeySite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, tt := range []struct{ public, host, id, origin string }{
			{"", "localhost:5484", "localhost", "http://localhost:5484"},
			{"", "127.0.0.1:5484", "localhost", "http://localhost:5484"}, // where to go instead
			{"", "[::1]:5484", "localhost", "http://localhost:5484"},
			{"", "192.168.1.5:5484", "", ""},
			{"", "evil.example", "", ""},
			{"http://kith.lan", "kith.lan", "", ""}, // browsers want https
			{"https://192.168.1.5", "192.168.1.5", "", ""},
			{"https://Kith.Example.org", "x", "kith.example.org", "https://kith.example.org"},
			{"https://kith.example.org:443", "x", "kith.example.org", "https://kith.example.org"},
			{"https://kith.example.org:8443", "x", "kith.example.org", "https://kith.example.org:8443"},
			{"http://localhost:80", "x", "localhost", "http://localhost"},
		} {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Host = tt.host
			p, ok := openAt(t, d, tt.public).PasskeySite(r)
			if ok != (tt.id != "") || p.ID != tt.id || ok && p.Origins[0] != tt.origin {
				t.Errorf("%q at %q: %+v, %v", tt.public, tt.host, p, ok)
			}
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = "localhost"
		if _, ok := open(d).PasskeySite(r); ok {
			t.Error("asked without keys to seal with")
		}
	})
}
