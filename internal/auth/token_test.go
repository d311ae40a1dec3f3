package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func (h *house) token(t *testing.T, u account.User, scopes auth.Scopes) (auth.Token, string) {
	t.Helper()
	v, secret, err := h.NewToken(t.Context(), auth.Identity{User: u.ID, Local: true}, "", auth.TokenDraft{Name: "test", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return v, secret
}

func TestToken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		end := h.now().Add(2 * time.Hour)
		v, secret, err := h.NewToken(t.Context(), auth.Identity{User: ana.ID, Local: true}, "", auth.TokenDraft{Name: " phone ", Scopes: auth.NewScopes(auth.Capture), ExpiresAt: &end})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(secret, "kith_") || len(secret) != 54 {
			t.Errorf("%d characters: %.8s", len(secret), secret)
		}
		who, err := h.Token(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(auth.Identity{User: ana.ID, Token: v.ID, Scopes: auth.NewScopes(auth.Capture)}, who); diff != "" {
			t.Error(diff)
		}
		used := h.now()
		want := auth.Token{ID: v.ID, Name: "phone", Scopes: auth.NewScopes(auth.Capture), CreatedAt: used, UsedAt: &used, ExpiresAt: &end}
		check := func() {
			t.Helper()
			list, err := h.Tokens(t.Context(), ana.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]auth.Token{want}, list); diff != "" {
				t.Error(diff)
			}
		}
		check()
		h.pass(59 * time.Minute)
		if _, err := h.Token(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		check() // not every use is a write
		h.pass(2 * time.Minute)
		if _, err := h.Token(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		again := h.now()
		want.UsedAt = &again
		check()
		h.pass(time.Hour)
		_, err = h.Token(t.Context(), secret)
		wantCode(t, err, "token_expired")
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		check() // its owner sees why it stopped
		h.pass(31 * 24 * time.Hour)
		if err := h.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := h.rows(t, "auth_token"); n != 0 {
			t.Errorf("%d rows after pruning", n)
		}
		_, err = h.Token(t.Context(), secret)
		wantCode(t, err, "token_unknown")
		_, session := h.begin(t, ana)
		_, err = h.Token(t.Context(), session)
		wantCode(t, err, "token_unknown") // a session is no token
	})
}

func TestTokenRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana, ben := h.user(t, "ana"), h.user(t, "ben")
		past, far, read := h.now(), h.now().AddDate(200, 0, 0), auth.NewScopes(auth.Read)
		for _, tt := range []struct {
			want string
			by   account.ID
			d    auth.TokenDraft
		}{
			{"name_missing", ana.ID, auth.TokenDraft{Name: " ", Scopes: read}},
			{"name_too_long", ana.ID, auth.TokenDraft{Name: strings.Repeat("é", 101), Scopes: read}},
			{"name_invalid", ana.ID, auth.TokenDraft{Name: "a\nb", Scopes: read}},
			{"scopes_missing", ana.ID, auth.TokenDraft{Name: "a"}},
			{"expiry_past", ana.ID, auth.TokenDraft{Name: "a", Scopes: read, ExpiresAt: &past}},
			{"expiry_far", ana.ID, auth.TokenDraft{Name: "a", Scopes: read, ExpiresAt: &far}},
			{"not_an_admin", ben.ID, auth.TokenDraft{Name: "a", Scopes: auth.NewScopes(auth.Admin)}},
			{"account_not_found", "nobody", auth.TokenDraft{Name: "a", Scopes: read}},
		} {
			_, secret, err := h.NewToken(t.Context(), auth.Identity{User: tt.by, Local: true}, "", tt.d)
			wantCode(t, err, tt.want)
			if secret != "" {
				t.Errorf("%s: a secret all the same", tt.want)
			}
		}
		_, secret := h.token(t, ana, auth.NewScopes(auth.Read, auth.Admin))
		if err := h.accounts.SetAdmin(t.Context(), ana.ID, false); err != nil {
			t.Fatal(err)
		}
		if who, err := h.Token(t.Context(), secret); err != nil || who.Can(auth.Admin) || !who.Can(auth.Read) {
			t.Errorf("no administrator any more: %+v, %v", who, err)
		}
		for range auth.MaxTokens {
			h.token(t, ben, read)
		}
		_, _, err := h.NewToken(t.Context(), auth.Identity{User: ben.ID, Local: true}, "", auth.TokenDraft{Name: "a", Scopes: read})
		wantCode(t, err, "too_many_tokens")
	})
}
