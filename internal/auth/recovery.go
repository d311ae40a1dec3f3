package auth

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// RecoveryCodes is how many codes are made at once.
const RecoveryCodes = 10

const (
	recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // without i, l, o and u, which are misread
	recoveryLen      = 26                                 // 130 bits
)

// newRecoveryCode returns a code as it is shown: five groups that can be typed.
func newRecoveryCode() string {
	var b [recoveryLen]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	var out strings.Builder
	for i, c := range b {
		if i > 0 && i%5 == 0 && i < 25 {
			out.WriteByte('-')
		}
		out.WriteByte(recoveryAlphabet[int(c)%len(recoveryAlphabet)]) // 256 is a multiple of 32: none is likelier
	}
	return out.String()
}

// plainCode is a code as it is kept, however it was typed: without blanks and hyphens, and with what is misread set right.
func plainCode(typed string) string {
	if len(typed) > 200 {
		return ""
	}
	return strings.NewReplacer("-", "", "–", "", " ", "", "\t", "", "\n", "", "\r", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(typed))
}

// NewRecoveryCodes makes codes that each let by in once, and ends those made before. They are returned this once.
func (s *Service) NewRecoveryCodes(ctx context.Context, by Identity) ([]string, error) {
	if err := s.NeedProof(by); err != nil {
		return nil, err
	}
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		codes[i] = newRecoveryCode()
	}
	now := s.now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := stillSignedIn(ctx, tx, by); err != nil {
			return err
		}
		if _, err := s.accounts.GetFrom(ctx, tx, by.User); err != nil {
			return err
		}
		if err := removeRecovery(ctx, tx, by.User); err != nil {
			return err
		}
		for _, code := range codes {
			if err := insertRecovery(ctx, tx, by.User, digest(plainCode(code)), now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keep the recovery codes: %w", err)
	}
	return codes, nil
}

// RecoveryLeft is how many codes of by still work.
func (s *Service) RecoveryLeft(ctx context.Context, by account.ID) (int64, error) {
	return countRecovery(ctx, s.db, by)
}

// ForgetRecovery ends all recovery codes of an account. It is the operator's.
func (s *Service) ForgetRecovery(ctx context.Context, id account.ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return removeRecovery(ctx, tx, id) })
}

// SignInRecovery begins a session with a recovery code, which is spent. It is limited as passwords are, with them.
func (s *Service) SignInRecovery(ctx context.Context, email, code, address, device string) (Session, string, error) {
	u, err := s.accounts.ByEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return Session{}, "", fmt.Errorf("look for the account: %w", err)
	}
	own, subjects, err := s.atTheDoor(ctx, u.ID, email, address)
	if err != nil {
		return Session{}, "", err
	}
	if err := s.charge(ctx, subjects); err != nil {
		return Session{}, "", err
	}
	return s.begin(ctx, u.ID, device, func(ctx context.Context, tx *db.Tx) error {
		n, err := spendRecovery(ctx, tx, u.ID, digest(plainCode(code)))
		if err != nil {
			return err
		}
		if n == 0 { // so it is for an e-mail without an account
			return fault.Unknown("wrong_recovery", "This e-mail and this recovery code do not belong together, or the code was used already.")
		}
		if err := forgetAttempts(ctx, tx, []subject{own}); err != nil {
			return err
		}
		return s.welcome(ctx, tx, u.ID, address)
	})
}
