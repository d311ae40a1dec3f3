package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// SignIn proves a password and begins a session. The secret goes into the cookie and is kept nowhere; it is new at every
// sign-in, so nobody can plant one. address is where the request came from, empty at the machine itself; device is what
// the browser says of itself.
func (s *Service) SignIn(ctx context.Context, email, password, address, device string) (Session, string, error) {
	u, err := s.accounts.ByEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return Session{}, "", fmt.Errorf("look for the account: %w", err)
	}
	// The same reads and writes follow whether or not there is an account: u.ID is then empty and finds nothing.
	own, subjects, err := s.atTheDoor(ctx, u.ID, email, address)
	if err != nil {
		return Session{}, "", err
	}
	if err := s.charge(ctx, subjects); err != nil {
		return Session{}, "", err
	}
	kept, err := passwordHash(ctx, s.db, u.ID)
	if err != nil {
		return Session{}, "", fmt.Errorf("read the password: %w", err)
	}
	ok, stale, err := s.compare(ctx, password, kept, subjects)
	if err != nil {
		return Session{}, "", err
	}
	if !ok {
		return Session{}, "", fault.Unknown("wrong_credentials", "This e-mail and this password do not belong together.")
	}
	renewed := ""
	if stale {
		if renewed, err = s.hasher.hash(ctx, password); err != nil {
			return Session{}, "", err
		}
	}
	return s.begin(ctx, u.ID, device, func(ctx context.Context, tx *db.Tx) error {
		// The account or its password may have changed while the hash was made; then this proof is void.
		if now, err := passwordHash(ctx, tx, u.ID); err != nil {
			return err
		} else if now != kept {
			return fault.Unknown("wrong_credentials", "This e-mail and this password do not belong together.")
		}
		if renewed != "" {
			if err := renewHash(ctx, tx, u.ID, kept, renewed); err != nil {
				return err
			}
		}
		if err := forgetAttempts(ctx, tx, []subject{own}); err != nil {
			return err
		}
		return s.welcome(ctx, tx, u.ID, address)
	})
}

// atTheDoor is against what a try to sign in is counted: what names the account, which is forgotten when it succeeds, and
// all of it.
func (s *Service) atTheDoor(ctx context.Context, id account.ID, email, address string) (own subject, all []subject, err error) {
	place := placeOf(id, address)
	familiar, err := knowsPlace(ctx, s.db, id, place)
	if err != nil {
		return subject{}, nil, fmt.Errorf("look for the place: %w", err)
	}
	own = emailSubject(email)
	if familiar {
		own = placeSubject(place)
	}
	all = []subject{own}
	if from, ok := addressSubject(address); ok {
		all = append(all, from)
	}
	return own, all, nil
}

// welcome gives back the try that let somebody in, and remembers from where it was.
func (s *Service) welcome(ctx context.Context, tx *db.Tx, id account.ID, address string) error {
	from, hasAddress := addressSubject(address)
	if !hasAddress {
		return nil
	}
	if err := refund(ctx, tx, from); err != nil {
		return err
	}
	return writePlace(ctx, tx, id, placeOf(id, address), s.now())
}

// begin starts a session of id. first runs in the same transaction; what it refuses begins none.
func (s *Service) begin(ctx context.Context, id account.ID, device string, first func(ctx context.Context, tx *db.Tx) error) (Session, string, error) {
	session, secret, err := s.newSession(device)
	if err != nil {
		return Session{}, "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := first(ctx, tx); err != nil {
			return err
		}
		return insertSession(ctx, tx, id, session, digest(secret))
	})
	if err != nil {
		return Session{}, "", fmt.Errorf("begin a session: %w", err)
	}
	return session, secret, nil
}

func (s *Service) newSession(device string) (Session, string, error) {
	id, err := newID()
	if err != nil {
		return Session{}, "", err
	}
	now := s.stamp()
	return Session{ID: id, Device: oneLine(device, maxDevice), CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(SessionLife)}, newSecret(), nil
}

// Begin starts a session without a password, for somebody who has proved themselves otherwise just now: by the set-up
// link, by a reset, or by owning the demonstration.
func (s *Service) Begin(ctx context.Context, id account.ID, device string) (Session, string, error) {
	return s.begin(ctx, id, device, func(ctx context.Context, tx *db.Tx) error {
		_, err := s.accounts.GetFrom(ctx, tx, id)
		return err
	})
}

// oneLine cuts what a program says of itself to one readable line.
func oneLine(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	text = strings.Join(strings.Fields(text), " ")
	n := 0
	for i := range text {
		if n == most {
			return strings.TrimSpace(text[:i])
		}
		n++
	}
	return text
}

// Session says who holds this secret. Its life goes on from here.
func (s *Service) Session(ctx context.Context, secret string) (Identity, error) {
	if !secretShaped(secret) {
		return Identity{}, signedOut()
	}
	hash := digest(secret)
	p, err := s.knownSessions.Get(ctx, hash, func(ctx context.Context) (proof, error) { return findSession(ctx, s.db, hash) })
	if errors.Is(err, db.ErrNoRows) {
		return Identity{}, signedOut()
	}
	if err != nil {
		return Identity{}, fmt.Errorf("look for the session: %w", err)
	}
	now := s.now()
	if p.endsAt <= db.Micros(now) {
		return Identity{}, signedOut()
	}
	if p.seenAt <= db.Micros(now.Add(-touchSession)) {
		s.seen(ctx, func(ctx context.Context, tx *db.Tx) error { return touchSessionRow(ctx, tx, p, now) })
	}
	i := Identity{User: p.user, Scopes: Own, Session: p.id, ProvedAt: db.Time(p.provedAt), Lock: lockOf(p)}
	if p.admin {
		i.Scopes |= bit(Admin)
	}
	return i, nil
}

func signedOut() error {
	return fault.Unknown("not_signed_in", "Nobody is signed in, or the session has ended. Sign in.")
}

// SignOut ends the session with this secret. That there is none is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	if !secretShaped(secret) {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return removeSessionBySecret(ctx, tx, digest(secret)) })
}

// Sessions are the places where by is signed in, last seen first.
func (s *Service) Sessions(ctx context.Context, by account.ID) ([]Session, error) {
	return sessions(ctx, s.db, by, s.now())
}

// RevokeSession ends one session of by.
func (s *Service) RevokeSession(ctx context.Context, by account.ID, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := removeSession(ctx, tx, by, id)
		if err == nil && n == 0 {
			return fault.NotFound("session")
		}
		return err
	})
}

// RevokeOtherSessions ends all sessions of by but the one that asks.
func (s *Service) RevokeOtherSessions(ctx context.Context, by Identity) error {
	if err := s.NeedProof(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := stillSignedIn(ctx, tx, by); err != nil {
			return err
		}
		return removeOtherSessions(ctx, tx, by.User, by.Session)
	})
}
