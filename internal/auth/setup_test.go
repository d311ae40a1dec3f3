package auth_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestSetup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		var secrets []string
		for range 7 {
			h.pass(time.Second)
			secret, needed, err := h.SetupLink(t.Context())
			if err != nil || !needed {
				t.Fatalf("%v, %v", needed, err)
			}
			secrets = append(secrets, secret)
		}
		wantCode(t, h.CheckSetup(t.Context(), secrets[0]), "link_gone") // only the newest few work
		wantCode(t, h.CheckSetup(t.Context(), "x"), "link_gone")
		wantCode(t, h.CheckSetup(t.Context(), secrets[2]), "")
		draft := account.Draft{Email: "ana@example.org", Name: "Ana", Zone: "Europe/Berlin", Locale: "de"}
		_, err := h.UseSetup(t.Context(), secrets[6], draft, "short")
		wantCode(t, err, "password_too_short") // and the link still works
		_, err = h.UseSetup(t.Context(), secrets[0], draft, password)
		wantCode(t, err, "link_gone")

		var wg sync.WaitGroup
		var made, refused atomic.Int64
		for i := range 6 {
			wg.Go(func() {
				one := draft
				one.Email = fmt.Sprintf("u%d@example.org", i)
				switch u, err := h.UseSetup(t.Context(), secrets[2+i%5], one, password); {
				case err == nil && u.Admin:
					made.Add(1)
				case code(err) == "link_gone":
					refused.Add(1)
				default:
					t.Errorf("%+v, %v", u, err)
				}
			})
		}
		wg.Wait()
		if n, err := h.accounts.Count(t.Context()); err != nil || n != 1 || made.Load() != 1 || refused.Load() != 5 {
			t.Errorf("%d accounts, %d made, %d refused, %v", n, made.Load(), refused.Load(), err)
		}
		if secret, needed, err := h.SetupLink(t.Context()); secret != "" || needed || err != nil {
			t.Errorf("needed again: %v, %v", needed, err)
		}
		if n := h.rows(t, "auth_link"); n != 0 {
			t.Errorf("%d links left", n)
		}
		list, err := h.accounts.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.SignIn(t.Context(), list[0].Email, password, address, ""); err != nil {
			t.Error(err)
		}
	})
}

// A link printed before somebody made an account otherwise opens nothing.
func TestSetupAfterAnAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		secret, _, err := h.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.user(t, "ana")
		wantCode(t, h.CheckSetup(t.Context(), secret), "link_gone")
		_, err = h.UseSetup(t.Context(), secret, account.Draft{Email: "eve@example.org", Name: "Eve"}, password)
		wantCode(t, err, "link_gone")
	})
}

func TestRegisterIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		h.user(t, "ana")
		_, err := h.Register(t.Context(), account.Draft{Email: "ANA@example.org", Name: "Eve"}, password)
		wantCode(t, err, "email_taken")
		_, err = h.Register(t.Context(), account.Draft{Email: "eve@example.org", Name: "Eve"}, "eve@example.org")
		wantCode(t, err, "password_is_name")
		if n := h.rows(t, "account") + h.rows(t, "auth_password"); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestOnlyOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(d)
		ana := h.user(t, "ana")
		secret, err := h.ResetLink(t.Context(), ana.Email)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var used atomic.Int64
		for i := range 4 {
			wg.Go(func() {
				switch _, err := h.UseReset(context.WithoutCancel(t.Context()), secret, fmt.Sprintf("another sentence %d", i)); code(err) {
				case "":
					used.Add(1)
				case "link_gone":
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if used.Load() != 1 {
			t.Errorf("used %d times", used.Load())
		}
	})
}
