// Package auth knows who is asking: passwords, passkeys, recovery codes, sessions in a browser, API tokens, and links that
// work once. It is the only door to password hashing.
//
// It is not authorisation of single things: whether a moment may be seen is the moment's own rule. It keeps no profile;
// that is package account's.
//
// Invariants:
//   - No secret is kept as it is. Passwords are argon2id; sessions, tokens, links and recovery codes are 128 to 256 random
//     bits of which the database holds the SHA-256, so that a copy of it opens nothing. They are found through an index on that hash: what
//     its timing could tell is about the hash, from which no secret follows.
//   - Nothing answers whether an e-mail has an account: an unknown one costs the same time, is refused by the same words
//     and is throttled alike.
//   - Every try is counted before its password is looked at, in the database, so the limit holds over parallel requests
//     and over nodes. Nobody is shut out for longer than a quarter of an hour, and not at all where they signed in before.
//   - Functions that take by read and revoke what is by's own; another's id is not found.
//   - Hashing happens outside transactions.
//   - Every account has a password: no passkey that is removed takes the last way in. Dangerous acts of a browser need a
//     proof no older than ProofLife.
package auth

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// How long things last.
const (
	SessionLife = 90 * 24 * time.Hour // since it was last seen
	ResetLife   = 24 * time.Hour

	touchSession = 10 * time.Minute // last seen is no more exact than this: reading must not cost a write
	touchToken   = time.Hour
	keepExpired  = 30 * 24 * time.Hour  // a token stays in the list so long after its end, so that its owner sees why
	keepPlace    = 180 * 24 * time.Hour // since the last sign-in from there
)

// Limits of what is kept.
const (
	MaxSessions  = 50 // the longest unseen are ended beyond it
	MaxTokens    = 100
	MaxTokenName = 100 // characters
	maxDevice    = 200 // characters
	maxSetup     = 5   // links of earlier starts that still work
)

// Tables are the tables of this package, emptied of an account by Erase.
var Tables = []string{"auth_password", "auth_session", "auth_token", "auth_link", "auth_place", "auth_attempt", "auth_passkey", "auth_recovery", "auth_ceremony"} //nolint:gochecknoglobals // a constant list

// Identity is who is asking, and what they may ask for.
type Identity struct {
	User    account.ID
	Scopes  Scopes
	Session string // id of the session that proved it, if one did
	Token   string // id of the token that proved it, if one did
	Local   bool   // the operator, at the machine itself

	ProvedAt time.Time // when the session's owner last gave a password, a passkey or a recovery code
	Lock     Lock      // of the session
}

// Can reports whether the identity has the scope.
func (i Identity) Can(s Scope) bool { return i.Scopes.Has(s) }

// Need refuses an identity without the scope.
func (i Identity) Need(s Scope) error {
	if i.Can(s) {
		return nil
	}
	return fault.Denied("scope_missing", "This needs the scope %q.", string(s)).With("scope", string(s))
}

// MayGrant refuses to hand on more than the identity has itself, so that a token cannot make a stronger one.
func (i Identity) MayGrant(wanted Scopes) error {
	for _, s := range wanted.List() {
		if err := i.Need(s); err != nil {
			return err
		}
	}
	return nil
}

// Session is a browser that is signed in.
type Session struct {
	ID        string
	Device    string // what the browser said of itself
	CreatedAt time.Time
	SeenAt    time.Time // to some minutes
	ExpiresAt time.Time
}

// Token is a key for programs, without its secret, which is shown once.
type Token struct {
	ID        string
	Name      string
	Scopes    Scopes
	CreatedAt time.Time
	UsedAt    *time.Time // to an hour; nil: never
	ExpiresAt *time.Time // nil: never
}

// TokenDraft is a token to be made.
type TokenDraft struct {
	Name      string
	Scopes    Scopes
	ExpiresAt *time.Time
}

// Options change a Service. The zero value is right for serving.
type Options struct {
	Now func() time.Time // nil is the real clock
	Log *slog.Logger     // nil is silent
	URL string           // the address that people open, on which passkeys hang; empty: localhost
}

// Service is what may be done about identity. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	accounts *account.Service
	now      func() time.Time
	log      *slog.Logger
	hasher   *hasher
	url      string
	state    db.Column // seals what a browser keeps of a question about passkeys
	sealed   bool

	knownTokens   *db.Memo[proof]
	knownSessions *db.Memo[proof]
}

// New returns a service on d.
func New(d *db.DB, accounts *account.Service, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		db: d, accounts: accounts, now: o.Now, log: o.Log, hasher: newHasher(), url: o.URL,
		knownTokens:   db.NewMemo[proof](d, "auth_token", "account"),
		knownSessions: db.NewMemo[proof](d, "auth_session", "account"),
	}
}

// Seal gives the keys without which nobody is asked for a passkey.
func (s *Service) Seal(k *db.Keys) {
	s.state = k.Column("auth_ceremony.state")
	s.sealed = true
}

// stamp is the present as it is kept: in whole microseconds, so that what is returned equals what is read later.
func (s *Service) stamp() time.Time { return db.Time(db.Micros(s.now())) }

// Erase removes all that proves who the account is, and the failures counted against it. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	u, err := s.accounts.GetFrom(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := s.forgive(ctx, tx, u); err != nil {
		return err
	}
	return eraseUser(ctx, tx, id)
}

// Prune removes what has expired: sessions, tokens, links, places and failures.
func (s *Service) Prune(ctx context.Context) error {
	now := s.now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return prune(ctx, tx, now) })
}

// seen runs a rare write that notes a last use. It must not fail the request it rides on: a full disk still lets people
// read.
func (s *Service) seen(ctx context.Context, f func(ctx context.Context, tx *db.Tx) error) {
	if err := s.db.Write(ctx, f); err != nil && !errors.Is(err, context.Canceled) {
		s.log.Warn("last use was not noted", "error", err)
	}
}
