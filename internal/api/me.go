package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
)

// Me is whoever asks.
type Me struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Zone      string    `json:"zone" doc:"IANA name of the time zone you live in."`
	Locale    string    `json:"locale" doc:"The language Kith speaks to you."`
	DayStart  int       `json:"day_start" doc:"Minutes after midnight at which your day begins."`
	Admin     bool      `json:"admin" doc:"Sees accounts, not lives."`
	Scopes    []string  `json:"scopes" doc:"What this token or session may do."`
	Revision  int64     `json:"revision"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// MeChange is what is to be changed; what is left out stays. A new e-mail address or password needs the present password,
// or a browser whose owner has proved themselves lately.
type MeChange struct {
	Name        *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
	Zone        *string `json:"zone,omitempty" maxLength:"64"`
	Locale      *string `json:"locale,omitempty" maxLength:"35"`
	DayStart    *int    `json:"day_start,omitempty" minimum:"0" maximum:"720"`
	Email       *string `json:"email,omitempty" minLength:"1" maxLength:"254"`
	NewPassword *string `json:"new_password,omitempty" maxLength:"1000" doc:"Signs other browsers out."`
	Password    string  `json:"password,omitempty" maxLength:"1000" doc:"The present one. A browser whose owner has proved themselves lately needs none."`
}

// Farewell is what erasing oneself asks for.
type Farewell struct {
	Password string `json:"password" minLength:"1" maxLength:"1000" doc:"The present one."`
}

func meOf(u account.User, who auth.Identity) *one[Me] {
	return found(Me{
		ID: string(u.ID), Email: u.Email, Name: u.Name, Zone: u.Zone, Locale: u.Locale, DayStart: u.DayStart, Admin: u.Admin,
		Scopes: who.Scopes.Words(), Revision: u.Revision, CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}, u.Revision)
}

func (s *server) registerMe(t *table) {
	handle(s, t, operation{
		ID: "get-me", Method: http.MethodGet, Path: "/me", Scope: auth.Read, Tag: "account", Summary: "Read your account",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*one[Me], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		return meOf(u, who), nil
	})
	handle(s, t, operation{
		ID: "change-me", Method: http.MethodPatch, Path: "/me", Scope: auth.Write, Tag: "account", Summary: "Change your account",
		Refuse: []int{http.StatusConflict, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		IfMatch
		Body MeChange
	},
	) (*one[Me], error) {
		u, err := s.changeMe(ctx, who, in.Body, in.revision())
		if err != nil {
			return nil, err
		}
		return meOf(u, who), nil
	})
	handle(s, t, operation{
		ID: "erase-me", Method: http.MethodDelete, Path: "/me", Scope: auth.Delete, Tag: "account", Summary: "Erase your account and everything in it, for good",
		Refuse: []int{http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body Farewell }) (*none, error) {
		if err := s.Auth.Vouch(ctx, who, in.Body.Password); err != nil {
			return nil, err
		}
		return &none{}, s.Accounts.Erase(ctx, who.User)
	})
}

// changeMe changes what needs the password last, so that a refused password has changed nothing but what was free to
// change is not half done either: the password is looked at first.
func (s *server) changeMe(ctx context.Context, who auth.Identity, c MeChange, ifRevision int64) (account.User, error) {
	var none account.User
	if c.Email != nil || c.NewPassword != nil {
		if err := s.Auth.Vouch(ctx, who, c.Password); err != nil {
			return none, err
		}
	}
	u, err := s.Accounts.Update(ctx, who.User, account.Change{Name: c.Name, Zone: c.Zone, Locale: c.Locale, DayStart: c.DayStart}, ifRevision)
	if err != nil {
		return none, err
	}
	if c.Email != nil {
		if u, err = s.Auth.ChangeEmail(ctx, who, c.Password, *c.Email); err != nil {
			return none, err
		}
	}
	if c.NewPassword != nil {
		if err := s.Auth.ChangePassword(ctx, who, c.Password, *c.NewPassword); err != nil {
			return none, err
		}
		return s.user(ctx, who)
	}
	return u, nil
}
