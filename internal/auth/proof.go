package auth

import (
	"context"
	"slices"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// ProofLife is how long a password, a passkey or a recovery code stands for its owner before a dangerous act.
const ProofLife = 10 * time.Minute

// Proved reports whether the owner of a browser's session has proved themselves lately. A lock that has closed since ends
// it: whoever finds the browser then is not known, and must not take the lock away.
func (s *Service) Proved(by Identity) bool {
	return by.Session != "" && !s.Locked(by) && s.now().Sub(by.ProvedAt) < ProofLife
}

// NeedProof refuses a dangerous act in a browser in which nobody has proved themselves lately: somebody may have left it
// open. A token is held back by its scopes, and the operator has the machine.
func (s *Service) NeedProof(by Identity) error {
	if by.Local || by.Token != "" || s.Proved(by) {
		return nil
	}
	return fault.Denied("proof_needed", "Prove that it is you first: with your password or a passkey.")
}

// Confirm proves by again, by the password.
func (s *Service) Confirm(ctx context.Context, by Identity, password string) error {
	kept, err := s.confirm(ctx, by.User, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := unchanged(ctx, tx, by.User, kept); err != nil {
			return err
		}
		return s.prove(ctx, tx, by)
	})
}

// vouch accepts a password, or none where by has proved themselves lately. It returns the hash that matched, or empty.
func (s *Service) vouch(ctx context.Context, by Identity, password string) (string, error) {
	if password == "" {
		if s.Proved(by) {
			return "", nil
		}
		return "", fault.Invalid("password_missing", "password", "Give your present password.")
	}
	return s.confirm(ctx, by.User, password)
}

// stands refuses what vouch accepted when it was undone meanwhile.
func (s *Service) stands(ctx context.Context, tx *db.Tx, by Identity, kept string) error {
	if kept == "" {
		return stillSignedIn(ctx, tx, by)
	}
	return unchanged(ctx, tx, by.User, kept)
}

// stillSignedIn refuses what was proved in a session that has ended.
func stillSignedIn(ctx context.Context, tx *db.Tx, by Identity) error {
	if by.Session == "" {
		return nil
	}
	n, err := countSession(ctx, tx, by.User, by.Session)
	if err == nil && n == 0 {
		return signedOut()
	}
	return err
}

// prove notes that the owner of the session has proved themselves, which opens its private pages too.
func (s *Service) prove(ctx context.Context, tx *db.Tx, by Identity) error {
	now := s.now()
	n, err := proveSession(ctx, tx, by.User, by.Session, now, now.Add(by.Lock.After))
	if err == nil && n == 0 {
		return signedOut()
	}
	return err
}

// Lock says when a device closes its private pages. The zero value never does.
type Lock struct {
	After  time.Duration // of rest; 0: never
	OpenTo time.Time
}

// LockTimes are the times of rest that can be chosen.
var LockTimes = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour} //nolint:gochecknoglobals // a constant list

func lockOf(p proof) Lock {
	return Lock{After: time.Duration(p.lockAfter) * time.Second, OpenTo: db.Time(p.openTo)}
}

// Locked reports whether private pages are closed in by's browser.
func (s *Service) Locked(by Identity) bool {
	return by.Session != "" && by.Lock.After > 0 && !s.now().Before(by.Lock.OpenTo)
}

// Awake notes that somebody reads private pages, so that they stay open. It costs a write only when it gains something.
func (s *Service) Awake(ctx context.Context, by Identity) {
	if by.Lock.After == 0 || s.Locked(by) {
		return
	}
	to := s.now().Add(by.Lock.After)
	if to.Sub(by.Lock.OpenTo) < by.Lock.After/10 {
		return
	}
	s.seen(ctx, func(ctx context.Context, tx *db.Tx) error {
		return openSession(ctx, tx, by.User, by.Session, by.Lock.OpenTo, to)
	})
}

// SetLock has by's browser close its private pages after a time of rest, or never.
func (s *Service) SetLock(ctx context.Context, by Identity, after time.Duration) error {
	if err := s.NeedProof(by); err != nil {
		return err
	}
	if after != 0 && !slices.Contains(LockTimes, after) {
		return fault.Invalid("lock_unknown", "after", "Choose one of the times that are offered.")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if after != 0 {
			n, err := countPasskeys(ctx, tx, by.User, s.host())
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.Conflict("no_passkey", "", "There is no passkey of yours for this address yet.")
			}
		}
		n, err := lockSession(ctx, tx, by.User, by.Session, after, s.now().Add(after))
		if err == nil && n == 0 {
			return signedOut()
		}
		return err
	})
}

// KeepLock has a session that has just begun lock as the browser did before. It refuses nothing: what no longer applies, such
// as the lock of somebody who has no passkey for this host, is left out.
func (s *Service) KeepLock(ctx context.Context, id account.ID, session string, after time.Duration) error {
	if after == 0 {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := countPasskeys(ctx, tx, id, s.host())
		if err != nil || n == 0 {
			return err
		}
		_, err = lockSession(ctx, tx, id, session, after, s.now().Add(after))
		return err
	})
}

// CloseNow locks by's browser at once, if it has a lock, whatever another of its pages does meanwhile.
func (s *Service) CloseNow(ctx context.Context, by Identity) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := closeSession(ctx, tx, by.User, by.Session, s.now())
		if err == nil && n == 0 {
			return signedOut()
		}
		return err
	})
}
