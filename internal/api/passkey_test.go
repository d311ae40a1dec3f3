package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/descope/virtualwebauthn"

	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// passkey makes one for Ana, as a browser would.
func (h *house) passkey(name string) auth.Passkey {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
	party, ok := h.services.Auth.PasskeySite(r)
	if !ok {
		h.t.Fatal("passkeys work nowhere")
	}
	_, secret, err := h.services.Auth.Begin(h.t.Context(), h.ana.user.ID, "a browser")
	if err != nil {
		h.t.Fatal(err)
	}
	by, err := h.services.Auth.Session(h.t.Context(), secret)
	if err != nil {
		h.t.Fatal(err)
	}
	q, err := h.services.Auth.AskNew(h.t.Context(), by, party)
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := json.Marshal(q.Options)
	if err != nil {
		h.t.Fatal(err)
	}
	o, err := virtualwebauthn.ParseAttestationOptions(string(b))
	if err != nil {
		h.t.Fatal(err)
	}
	answer := virtualwebauthn.CreateAttestationResponse(
		virtualwebauthn.RelyingParty{ID: party.ID, Origin: party.Origins[0]}, virtualwebauthn.NewAuthenticator(), newKey(), *o)
	k, err := h.services.Auth.AddPasskey(h.t.Context(), by, party, q.State, answer, name)
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

// newKey draws a key whose coordinates are as long as the standard wants them: the virtual authenticator drops leading zeros.
func newKey() virtualwebauthn.Credential {
	for {
		if k := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(k.Key.AttestationData()) == 77 {
			return k
		}
	}
}

func TestPasskeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		one, two := h.passkey("Phone"), h.passkey("Laptop")
		h.do("PATCH", "/api/v1/passkeys/"+one.ID, h.ana.token, map[string]any{"name": "Old phone"}).want(http.StatusNoContent, "")
		h.do("PATCH", "/api/v1/passkeys/"+one.ID, h.ben.token, map[string]any{"name": "Mine"}).want(http.StatusNotFound, "passkey_not_found")
		list := into[List[Passkey]](h.do("GET", "/api/v1/passkeys", h.ana.token, nil).want(http.StatusOK, "")).Items
		if len(list) != 2 || list[0].Name != "Old phone" || list[0].Host != "localhost" || list[0].UsedAt != nil {
			t.Errorf("%+v", list)
		}
		if n := len(into[List[Passkey]](h.do("GET", "/api/v1/passkeys", h.ben.token, nil)).Items); n != 0 {
			t.Errorf("Ben sees %d passkeys", n)
		}
		h.do("DELETE", "/api/v1/passkeys/"+one.ID, h.ben.token, nil).want(http.StatusNotFound, "passkey_not_found")
		h.do("DELETE", "/api/v1/passkeys/"+one.ID, h.ana.token, nil).want(http.StatusNoContent, "")
		h.do("DELETE", "/api/v1/passkeys/"+two.ID, h.ana.token, nil).want(http.StatusUnprocessableEntity, "last_way_in")
		if left := into[RecoveryCodes](h.do("GET", "/api/v1/recovery-codes", h.ana.token, nil).want(http.StatusOK, "")).Left; left != 0 {
			t.Errorf("%d codes", left)
		}
		h.do("DELETE", "/api/v1/sessions", h.ana.token, nil).want(http.StatusNoContent, "")
		if n := len(into[List[Session]](h.do("GET", "/api/v1/sessions", h.ana.token, nil)).Items); n != 0 {
			t.Errorf("%d browsers are still signed in", n)
		}
	})
}

// A browser whose owner has proved themselves lately needs no password again, and any other one does.
func TestProof(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		_, secret, err := h.services.Auth.Begin(t.Context(), h.ana.user.ID, "a browser")
		if err != nil {
			t.Fatal(err)
		}
		browser := header{"Cookie", "kith_session=" + secret}
		token := `{"name":"phone","scopes":["read"]}`
		h.do("PATCH", "/api/v1/me", "", `{"email":"new@example.org"}`, browser).want(http.StatusOK, "")
		h.do("POST", "/api/v1/tokens", "", token, browser).want(http.StatusCreated, "")
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE auth_session SET proved_at = 0")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		h.do("PATCH", "/api/v1/me", "", `{"email":"newer@example.org"}`, browser).want(http.StatusUnprocessableEntity, "password_missing")
		h.do("PATCH", "/api/v1/me", "", `{"email":"newer@example.org","password":"`+password+`"}`, browser).want(http.StatusOK, "")
		h.do("POST", "/api/v1/tokens", "", token, browser).want(http.StatusForbidden, "proof_needed")
		h.do("DELETE", "/api/v1/me", "", `{"password":"wrong"}`, browser).want(http.StatusUnprocessableEntity, "wrong_password")
	})
}
