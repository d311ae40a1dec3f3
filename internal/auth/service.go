package auth

import (
	"context"
	"errors"
	"fmt"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Kinds of link, as they are kept.
const (
	linkSetup = "setup"
	linkReset = "reset"
)

// Register makes an account with a password, or neither.
func (s *Service) Register(ctx context.Context, d account.Draft, password string) (account.User, error) {
	return s.register(ctx, d, password, func(context.Context, *db.Tx) error { return nil })
}

// register runs first in the transaction that makes the account; what it refuses undoes all.
func (s *Service) register(ctx context.Context, d account.Draft, password string, first func(context.Context, *db.Tx) error) (account.User, error) {
	if err := d.Check(); err != nil { // before the cost of hashing
		return account.User{}, err
	}
	if err := CheckNewPassword(password, d.Email, d.Name); err != nil {
		return account.User{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return account.User{}, err
	}
	var u account.User
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := first(ctx, tx); err != nil {
			return err
		}
		if u, err = s.accounts.CreateTx(ctx, tx, d); err != nil {
			return err
		}
		return writePassword(ctx, tx, u.ID, hash, u.CreatedAt)
	})
	if err != nil {
		return account.User{}, fmt.Errorf("make the account: %w", err)
	}
	return u, nil
}

// SetPassword gives the account a new password without asking for the old one, and ends all its sessions and open resets.
// It is the operator's; a person uses ChangePassword.
func (s *Service) SetPassword(ctx context.Context, id account.ID, password string) error {
	u, err := s.accounts.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, u, password, "", func(context.Context, *db.Tx) error { return nil })
}

// setPassword keeps one session, or none, and opens every door that failures had closed. first may refuse it all.
func (s *Service) setPassword(ctx context.Context, u account.User, password, keep string, first func(context.Context, *db.Tx) error) error {
	if err := CheckNewPassword(password, u.Email, u.Name); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	now := s.now()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := first(ctx, tx); err != nil {
			return err
		}
		u, err := s.accounts.GetFrom(ctx, tx, u.ID) // it may have gone while the hash was made
		if err != nil {
			return err
		}
		if err := writePassword(ctx, tx, u.ID, hash, now); err != nil {
			return err
		}
		if err := removeOtherSessions(ctx, tx, u.ID, keep); err != nil {
			return err
		}
		if err := removeLinks(ctx, tx, u.ID, linkReset); err != nil {
			return err
		}
		return s.forgive(ctx, tx, u)
	})
	if err != nil {
		return fmt.Errorf("set the password: %w", err)
	}
	return nil
}

// forgive forgets all failures counted against the account.
func (s *Service) forgive(ctx context.Context, tx *db.Tx, u account.User) error {
	list := []subject{emailSubject(u.Email), confirmSubject(u.ID)}
	known, err := places(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	for _, p := range known {
		list = append(list, placeSubject(p))
	}
	return forgetAttempts(ctx, tx, list)
}

// ChangePassword replaces the password of the one who asks, and ends their other sessions and open resets. Tokens and
// passkeys stay: a person revokes those one by one. The old one may be left out by whoever has proved themselves lately.
func (s *Service) ChangePassword(ctx context.Context, by Identity, old, password string) error {
	u, err := s.accounts.Get(ctx, by.User)
	if err != nil {
		return err
	}
	if err := CheckNewPassword(password, u.Email, u.Name); err != nil {
		return err
	}
	kept, err := s.vouch(ctx, by, old)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, u, password, by.Session, func(ctx context.Context, tx *db.Tx) error { return s.stands(ctx, tx, by, kept) })
}

// Vouch accepts a password, or none from whoever has proved themselves lately.
func (s *Service) Vouch(ctx context.Context, by Identity, password string) error {
	_, err := s.vouch(ctx, by, password)
	return err
}

// confirm asks somebody who is signed in for their password again. Failures are counted apart from those at the door, so
// that neither closes the other. It returns the hash that matched.
func (s *Service) confirm(ctx context.Context, by account.ID, password string) (string, error) {
	own := confirmSubject(by)
	if err := s.charge(ctx, []subject{own}); err != nil {
		return "", err
	}
	kept, err := passwordHash(ctx, s.db, by)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	ok, _, err := s.compare(ctx, password, kept, []subject{own})
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fault.Invalid("wrong_password", "password", "That is not your password.")
	}
	if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return forgetAttempts(ctx, tx, []subject{own}) }); err != nil {
		return "", fmt.Errorf("forget failures: %w", err)
	}
	return kept, nil
}

// unchanged refuses what was proved with a password that is none any more.
func unchanged(ctx context.Context, tx *db.Tx, id account.ID, kept string) error {
	now, err := passwordHash(ctx, tx, id)
	if err == nil && now != kept {
		return fault.Invalid("wrong_password", "password", "That is not your password.")
	}
	return err
}

// ChangeEmail replaces the e-mail of by, which needs the password, or another proof lately: who holds the e-mail signs in.
func (s *Service) ChangeEmail(ctx context.Context, by Identity, password, email string) (account.User, error) {
	kept, err := s.vouch(ctx, by, password)
	if err != nil {
		return account.User{}, err
	}
	var u account.User
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.stands(ctx, tx, by, kept); err != nil {
			return err
		}
		was, err := s.accounts.GetFrom(ctx, tx, by.User)
		if err != nil {
			return err
		}
		if u, err = s.accounts.UpdateTx(ctx, tx, by.User, account.Change{Email: &email}, 0); err != nil {
			return err
		}
		return forgetAttempts(ctx, tx, []subject{emailSubject(was.Email)}) // or its hash would outlive the account
	})
	if err != nil {
		return account.User{}, fmt.Errorf("change the e-mail: %w", err)
	}
	return u, nil
}

// SetupNeeded reports whether there is no account yet.
func (s *Service) SetupNeeded(ctx context.Context) (bool, error) {
	n, err := s.accounts.Count(ctx)
	return n == 0, err
}

// SetupLink makes the secret of a link that makes the first account, once. needed is false, and there is no secret, when
// there is an account already. Links of earlier starts go on working until then, so that several nodes may start at once.
func (s *Service) SetupLink(ctx context.Context) (secret string, needed bool, err error) {
	if needed, err = s.SetupNeeded(ctx); err != nil || !needed {
		return "", false, err
	}
	id, err := newID()
	if err != nil {
		return "", false, err
	}
	secret = newSecret()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := insertLink(ctx, tx, "", id, linkSetup, digest(secret), s.now(), nil); err != nil {
			return err
		}
		return trimSetupLinks(ctx, tx)
	})
	if err != nil {
		return "", false, fmt.Errorf("make the set-up link: %w", err)
	}
	return secret, true, nil
}

// CheckSetup reports as a fault that a set-up link does not work (any more).
func (s *Service) CheckSetup(ctx context.Context, secret string) error {
	return s.openSetup(ctx, s.db, secret)
}

func (s *Service) openSetup(ctx context.Context, r db.Reader, secret string) error {
	if _, err := s.openLink(ctx, r, linkSetup, secret); err != nil {
		return err
	}
	switch n, err := s.accounts.CountFrom(ctx, r); {
	case err != nil:
		return fmt.Errorf("count accounts: %w", err)
	case n > 0:
		return linkGone()
	}
	return nil
}

// openLink returns whose link it is.
func (s *Service) openLink(ctx context.Context, r db.Reader, kind, secret string) (account.ID, error) {
	if !secretShaped(secret) {
		return "", linkGone()
	}
	id, err := findLink(ctx, r, kind, digest(secret), s.now())
	if errors.Is(err, db.ErrNoRows) {
		return "", linkGone()
	}
	if err != nil {
		return "", fmt.Errorf("look for the link: %w", err)
	}
	return id, nil
}

func linkGone() error {
	return &fault.Error{
		Kind: fault.KindGone, Code: "link_gone",
		Message: "This link was used already, has expired, or was not copied whole. Ask for a new one.",
	}
}

// UseSetup makes the first account. A link makes one, however many use it at once.
func (s *Service) UseSetup(ctx context.Context, secret string, d account.Draft, password string) (account.User, error) {
	if err := s.CheckSetup(ctx, secret); err != nil { // a stranger must not make us hash
		return account.User{}, err
	}
	return s.register(ctx, d, password, func(ctx context.Context, tx *db.Tx) error {
		if err := s.openSetup(ctx, tx, secret); err != nil {
			return err
		}
		return removeLinks(ctx, tx, "", linkSetup)
	})
}

// ResetLink makes the secret of a link with which the account's owner sets a new password, once, within ResetLife. Earlier
// ones stop working. It is the operator's, who hands it on.
func (s *Service) ResetLink(ctx context.Context, email string) (string, error) {
	id, err := newID()
	if err != nil {
		return "", err
	}
	secret, now := newSecret(), s.now()
	end := now.Add(ResetLife)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := s.accounts.ByEmailFrom(ctx, tx, email)
		if err != nil {
			return err
		}
		if err := removeLinks(ctx, tx, u.ID, linkReset); err != nil {
			return err
		}
		return insertLink(ctx, tx, u.ID, id, linkReset, digest(secret), now, &end)
	})
	if err != nil {
		return "", fmt.Errorf("make the reset link: %w", err)
	}
	return secret, nil
}

// CheckReset says whose password the link would set, or as a fault that it does not work (any more).
func (s *Service) CheckReset(ctx context.Context, secret string) (account.ID, error) {
	return s.openLink(ctx, s.db, linkReset, secret)
}

// UseReset sets the new password and ends all sessions of the account, whose id it returns.
func (s *Service) UseReset(ctx context.Context, secret, password string) (account.ID, error) {
	id, err := s.CheckReset(ctx, secret)
	if err != nil {
		return "", err
	}
	u, err := s.accounts.Get(ctx, id)
	if err != nil {
		return "", err
	}
	err = s.setPassword(ctx, u, password, "", func(ctx context.Context, tx *db.Tx) error {
		_, err := s.openLink(ctx, tx, linkReset, secret) // setPassword removes it
		return err
	})
	if err != nil {
		return "", err
	}
	return id, nil
}
