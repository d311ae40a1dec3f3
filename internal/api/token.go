package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/fault"
)

// Token is a key for programs, without its secret.
type Token struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"To an hour; absent: never."`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"Absent: never."`
	Secret    string     `json:"secret,omitempty" doc:"Shown once, in the answer that made the token."`
}

// TokenDraft is a token to be made.
type TokenDraft struct {
	Name      string     `json:"name" minLength:"1" maxLength:"100" doc:"What it is for."`
	Scopes    []string   `json:"scopes" minItems:"1" maxItems:"5" enum:"read,capture,write,delete,admin"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// TokenOf is a token as the API shows it.
func TokenOf(k auth.Token) Token {
	return Token{ID: k.ID, Name: k.Name, Scopes: k.Scopes.Words(), CreatedAt: k.CreatedAt, UsedAt: k.UsedAt, ExpiresAt: k.ExpiresAt}
}

// Instants outside of these cannot be written as RFC 3339 in every zone, or are older than any moment.
//
//nolint:gochecknoglobals // constants
var (
	earliest = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	farthest = time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
)

func (s *server) registerTokens(t *table) {
	handle(s, t, operation{
		ID: "list-tokens", Method: http.MethodGet, Path: "/tokens", Scope: auth.Read, Tag: "account", Summary: "List API tokens",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Token]], error) {
		list, err := s.Auth.Tokens(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", TokenOf), nil
	})
	handle(s, t, operation{
		ID: "create-token", Method: http.MethodPost, Path: "/tokens", Scope: auth.Write, Tag: "account", Summary: "Make an API token",
		Doc:    "The secret is in this answer and nowhere else. A token cannot make one that may do more than itself.",
		Status: http.StatusCreated, Refuse: []int{http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body TokenDraft }) (*plain[Token], error) {
		scopes, err := auth.ParseScopes(in.Body.Scopes)
		if err != nil {
			return nil, err
		}
		if err := who.MayGrant(scopes); err != nil {
			return nil, err
		}
		if at := in.Body.ExpiresAt; at != nil && at.After(farthest) {
			return nil, fault.Invalid("too_far", "expires_at", "That is too far ahead; leave it out for a token that never expires.")
		}
		k, secret, err := s.Auth.NewToken(ctx, who, "", auth.TokenDraft{Name: in.Body.Name, Scopes: scopes, ExpiresAt: in.Body.ExpiresAt})
		if err != nil {
			return nil, err
		}
		out := TokenOf(k)
		out.Secret = secret
		return &plain[Token]{Status: http.StatusCreated, Body: out}, nil
	})
	handle(s, t, operation{
		ID: "revoke-token", Method: http.MethodDelete, Path: "/tokens/{id}", Scope: auth.Delete, Tag: "account", Summary: "Revoke an API token",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*none, error) {
		return &none{}, s.Auth.RevokeToken(ctx, who.User, in.ID)
	})
}
