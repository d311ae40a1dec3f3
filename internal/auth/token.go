package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// NewToken makes a token of by, which needs the password, or another proof lately. The secret is returned this once. Whoever
// asks through a token must not get more than it has: see Identity.MayGrant.
func (s *Service) NewToken(ctx context.Context, by Identity, password string, d TokenDraft) (Token, string, error) {
	name := strings.TrimSpace(d.Name)
	switch {
	case name == "":
		return Token{}, "", fault.Invalid("name_missing", "name", "Say what the token is for.")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return Token{}, "", fault.Invalid("name_invalid", "name", "A name is one line of text.")
	case utf8.RuneCountInString(name) > MaxTokenName:
		return Token{}, "", fault.Invalid("name_too_long", "name", "A name has at most %d characters.", MaxTokenName).With("max", MaxTokenName)
	case len(d.Scopes.List()) == 0:
		return Token{}, "", fault.Invalid("scopes_missing", "scopes", "Choose at least one of read, capture, write and delete.")
	}
	id, err := newID()
	if err != nil {
		return Token{}, "", err
	}
	t := Token{ID: id, Name: name, Scopes: d.Scopes, CreatedAt: s.stamp()}
	if d.ExpiresAt != nil {
		end := db.Time(db.Micros(*d.ExpiresAt))
		if !end.After(t.CreatedAt) {
			return Token{}, "", fault.Invalid("expiry_past", "expires_at", "The end lies in the past.")
		}
		if end.After(t.CreatedAt.AddDate(100, 0, 0)) {
			return Token{}, "", fault.Invalid("expiry_far", "expires_at", "The end lies too far ahead; leave it out for a token without one.")
		}
		t.ExpiresAt = &end
	}
	kept := ""
	if password != "" {
		kept, err = s.confirm(ctx, by.User, password)
	} else {
		err = s.NeedProof(by)
	}
	if err != nil {
		return Token{}, "", err
	}
	secret := newToken()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.stands(ctx, tx, by, kept); err != nil {
			return err
		}
		u, err := s.accounts.GetFrom(ctx, tx, by.User)
		if err != nil {
			return err
		}
		if t.Scopes.Has(Admin) && !u.Admin {
			return fault.Denied("not_an_admin", "Only an administrator's token can have the scope admin.")
		}
		n, err := countTokens(ctx, tx, by.User)
		if err != nil {
			return err
		}
		if n >= MaxTokens {
			return fault.Conflict("too_many_tokens", "", "There are %d tokens already. Revoke one that is not used any more.", MaxTokens).With("max", MaxTokens)
		}
		return insertToken(ctx, tx, by.User, t, digest(secret))
	})
	if err != nil {
		return Token{}, "", fmt.Errorf("keep the token: %w", err)
	}
	return t, secret, nil
}

// Token says who holds this secret, in one indexed read.
func (s *Service) Token(ctx context.Context, secret string) (Identity, error) {
	if !tokenShaped(secret) {
		return Identity{}, unknownToken()
	}
	hash := digest(secret)
	p, err := s.knownTokens.Get(ctx, hash, func(ctx context.Context) (proof, error) { return findToken(ctx, s.db, hash) })
	if errors.Is(err, db.ErrNoRows) {
		return Identity{}, unknownToken()
	}
	if err != nil {
		return Identity{}, fmt.Errorf("look for the token: %w", err)
	}
	now := s.now()
	if p.endsAt != 0 && p.endsAt <= db.Micros(now) {
		return Identity{}, fault.Unknown("token_expired", "This token has expired. Make a new one.")
	}
	if p.seenAt <= db.Micros(now.Add(-touchToken)) {
		s.seen(ctx, func(ctx context.Context, tx *db.Tx) error { return touchTokenRow(ctx, tx, p, now) })
	}
	i := Identity{User: p.user, Scopes: keptScopes(p.scopes), Token: p.id}
	if !p.admin {
		i.Scopes &^= bit(Admin)
	}
	return i, nil
}

func unknownToken() error {
	return fault.Unknown("token_unknown", "This token is not known here. It may have been revoked, or not copied whole.")
}

// Tokens are the tokens of by, newest first, also those that expired lately.
func (s *Service) Tokens(ctx context.Context, by account.ID) ([]Token, error) {
	return tokens(ctx, s.db, by)
}

// RevokeToken ends one token of by.
func (s *Service) RevokeToken(ctx context.Context, by account.ID, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := removeToken(ctx, tx, by, id)
		if err == nil && n == 0 {
			return fault.NotFound("token")
		}
		return err
	})
}

// Expired reports whether the token's end has come.
func (t Token) Expired(now time.Time) bool { return t.ExpiresAt != nil && !t.ExpiresAt.After(now) }
