package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/webauthn"
)

// Limits of passkeys.
const (
	MaxPasskeys    = 20
	MaxPasskeyName = 100 // characters
)

// Passkey is a key that a device keeps for its owner and shows nobody.
type Passkey struct {
	ID        string
	Name      string
	Party     string // the host it was made for, the only one at which it works
	Backed    bool   // its maker keeps a copy of it beyond the device
	CreatedAt time.Time
	UsedAt    *time.Time

	credential webauthn.Credential
}

func refusedPasskey(err error) error {
	return fault.Invalid("passkey_refused", "", "That passkey does not open this account here.").Because(err)
}

type descriptor struct {
	Type       string   `json:"type"`
	ID         string   `json:"id"`
	Transports []string `json:"transports,omitempty"`
}

func descriptors(list []Passkey, party string) []descriptor {
	out := []descriptor{}
	for _, p := range list {
		if p.Party == party {
			out = append(out, descriptor{"public-key", encode(p.credential.ID), p.credential.Transports})
		}
	}
	return out
}

// AskNew asks the browser of by for a passkey that by does not have yet.
func (s *Service) AskNew(ctx context.Context, by Identity, party webauthn.Party) (Question, error) {
	if err := s.NeedProof(by); err != nil {
		return Question{}, err
	}
	u, err := s.accounts.Get(ctx, by.User)
	if err != nil {
		return Question{}, err
	}
	list, err := passkeys(ctx, s.db, by.User)
	if err != nil {
		return Question{}, fmt.Errorf("read the passkeys: %w", err)
	}
	if len(list) >= MaxPasskeys {
		return Question{}, tooManyPasskeys()
	}
	challenge, state, err := s.ask(toAdd, by)
	if err != nil {
		return Question{}, err
	}
	var algorithms []map[string]any
	for _, a := range webauthn.Algorithms {
		algorithms = append(algorithms, map[string]any{"type": "public-key", "alg": a})
	}
	return Question{map[string]any{
		"challenge":        challenge,
		"rp":               map[string]string{"id": party.ID, "name": "Kith"},
		"user":             map[string]string{"id": encode([]byte(by.User)), "name": u.Email, "displayName": u.Name},
		"pubKeyCredParams": algorithms, "attestation": "none", "timeout": ceremonyLife.Milliseconds(),
		"excludeCredentials":     descriptors(list, party.ID),
		"authenticatorSelection": map[string]any{"residentKey": "required", "requireResidentKey": true, "userVerification": "required"},
	}, state}, nil
}

func tooManyPasskeys() error {
	return fault.Conflict("too_many_passkeys", "", "There are %d passkeys already. Remove one that is not used any more.", MaxPasskeys).With("max", MaxPasskeys)
}

// AddPasskey keeps the passkey that a browser made when it was asked by AskNew.
func (s *Service) AddPasskey(ctx context.Context, by Identity, party webauthn.Party, state, answer, name string) (Passkey, error) {
	if err := s.NeedProof(by); err != nil {
		return Passkey{}, err
	}
	name, err := passkeyName(name)
	if err != nil {
		return Passkey{}, err
	}
	c, err := s.asked(toAdd, by, state)
	if err != nil {
		return Passkey{}, err
	}
	made, err := party.Register([]byte(answer), c.Challenge)
	if err != nil {
		return Passkey{}, refusedPasskey(err)
	}
	id, err := newID()
	if err != nil {
		return Passkey{}, err
	}
	p := Passkey{ID: id, Name: name, Party: party.ID, Backed: made.Backed, CreatedAt: s.stamp(), credential: made}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.answered(ctx, tx, c); err != nil {
			return err
		}
		if err := stillSignedIn(ctx, tx, by); err != nil {
			return err
		}
		list, err := passkeys(ctx, tx, by.User)
		if err != nil {
			return err
		}
		if len(list) >= MaxPasskeys {
			return tooManyPasskeys()
		}
		if _, _, err := passkeyByCredential(ctx, tx, encode(made.ID)); !errors.Is(err, db.ErrNoRows) {
			if err == nil {
				err = fault.Conflict("passkey_known", "", "This device has a passkey for Kith already.")
			}
			return err
		}
		return insertPasskey(ctx, tx, by.User, p)
	})
	if err != nil {
		return Passkey{}, fmt.Errorf("keep the passkey: %w", err)
	}
	return p, nil
}

func passkeyName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", fault.Invalid("passkey_name_missing", "name", "Give the passkey a name, such as that of the device.")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", fault.Invalid("name_invalid", "name", "A name is one line of text.")
	case utf8.RuneCountInString(name) > MaxPasskeyName:
		return "", fault.Invalid("name_too_long", "name", "A name has at most %d characters.", MaxPasskeyName).With("max", MaxPasskeyName)
	}
	return name, nil
}

// AskAny asks a browser in which nobody is signed in for any passkey it has for this site.
func (s *Service) AskAny(party webauthn.Party) (Question, error) {
	return s.askFor(toSignIn, Identity{}, party, []descriptor{})
}

// AskOwn asks the browser of by for one of by's passkeys.
func (s *Service) AskOwn(ctx context.Context, by Identity, party webauthn.Party) (Question, error) {
	list, err := passkeys(ctx, s.db, by.User)
	if err != nil {
		return Question{}, fmt.Errorf("read the passkeys: %w", err)
	}
	own := descriptors(list, party.ID)
	if len(own) == 0 {
		return Question{}, fault.Conflict("no_passkey", "", "There is no passkey of yours for this address yet.")
	}
	return s.askFor(toConfirm, by, party, own)
}

func (s *Service) askFor(kind string, by Identity, party webauthn.Party, allow []descriptor) (Question, error) {
	challenge, state, err := s.ask(kind, by)
	if err != nil {
		return Question{}, err
	}
	return Question{map[string]any{
		"challenge": challenge, "rpId": party.ID, "timeout": ceremonyLife.Milliseconds(), "userVerification": "required", "allowCredentials": allow,
	}, state}, nil
}

// SignInPasskey proves a passkey and begins a session. Nobody says whose passkey it is: it says so itself.
func (s *Service) SignInPasskey(ctx context.Context, party webauthn.Party, state, answer, address, device string) (Session, string, error) {
	from, hasAddress := addressSubject(address)
	if hasAddress {
		if err := s.charge(ctx, []subject{from}); err != nil {
			return Session{}, "", err
		}
	}
	c, err := s.asked(toSignIn, Identity{}, state)
	if err != nil {
		return Session{}, "", err
	}
	u, p, used, err := s.match(ctx, party, c, answer)
	if err != nil {
		return Session{}, "", err
	}
	return s.begin(ctx, u, device, func(ctx context.Context, tx *db.Tx) error {
		if err := s.use(ctx, tx, c, u, p, used); err != nil {
			return err
		}
		return s.welcome(ctx, tx, u, address)
	})
}

// ConfirmPasskey proves by again, by one of by's own passkeys.
func (s *Service) ConfirmPasskey(ctx context.Context, by Identity, party webauthn.Party, state, answer string) error {
	own := confirmSubject(by.User)
	if err := s.charge(ctx, []subject{own}); err != nil {
		return err
	}
	c, err := s.asked(toConfirm, by, state)
	if err != nil {
		return err
	}
	u, p, used, err := s.match(ctx, party, c, answer)
	if err != nil {
		return err
	}
	if u != by.User {
		return refusedPasskey(nil)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.use(ctx, tx, c, u, p, used); err != nil {
			return err
		}
		if err := forgetAttempts(ctx, tx, []subject{own}); err != nil {
			return err
		}
		return s.prove(ctx, tx, by)
	})
}

// match finds the passkey that an answer comes from, and checks that it does.
func (s *Service) match(ctx context.Context, party webauthn.Party, c ceremony, answer string) (account.ID, Passkey, webauthn.Credential, error) {
	none := func(err error) (account.ID, Passkey, webauthn.Credential, error) {
		return "", Passkey{}, webauthn.Credential{}, err
	}
	a, err := webauthn.ReadAssertion([]byte(answer))
	if err != nil {
		return none(refusedPasskey(err))
	}
	u, p, err := passkeyByCredential(ctx, s.db, encode(a.Credential))
	switch {
	case errors.Is(err, db.ErrNoRows):
		return none(fault.Invalid("passkey_unknown", "", "This passkey is not known here any more. Remove it from your device, or sign in another way and make a new one."))
	case err != nil:
		return none(fmt.Errorf("look for the passkey: %w", err))
	case p.Party != party.ID, len(a.User) > 0 && string(a.User) != string(u):
		return none(refusedPasskey(nil))
	}
	used, err := party.Check(a, p.credential, c.Challenge)
	if err != nil {
		return none(refusedPasskey(err))
	}
	return u, p, used, nil
}

// use notes the use of a passkey, unless the question was answered or the passkey removed or used meanwhile.
func (s *Service) use(ctx context.Context, tx *db.Tx, c ceremony, u account.ID, p Passkey, used webauthn.Credential) error {
	if err := s.answered(ctx, tx, c); err != nil {
		return err
	}
	n, err := touchPasskey(ctx, tx, u, p.ID, p.credential.Count, used.Count, used.Backed, s.now())
	if err == nil && n == 0 {
		return refusedPasskey(nil)
	}
	return err
}

// Passkeys are the passkeys of by, oldest first.
func (s *Service) Passkeys(ctx context.Context, by account.ID) ([]Passkey, error) {
	return passkeys(ctx, s.db, by)
}

// RenamePasskey gives a passkey of by another name.
func (s *Service) RenamePasskey(ctx context.Context, by account.ID, id, name string) error {
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := renamePasskey(ctx, tx, by, id, name)
		if err == nil && n == 0 {
			return fault.NotFound("passkey")
		}
		return err
	})
}

// RemovePasskey takes a passkey of by away: it opens nothing any more. The last one needs the password where there is no
// recovery code either, so that nobody is left with a password they have forgotten. Sessions that it began go on.
func (s *Service) RemovePasskey(ctx context.Context, by Identity, id, password string) error {
	if err := s.NeedProof(by); err != nil {
		return err
	}
	kept := ""
	if password != "" {
		var err error
		if kept, err = s.confirm(ctx, by.User, password); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if kept != "" {
			if err := unchanged(ctx, tx, by.User, kept); err != nil {
				return err
			}
		} else if last, err := s.lastWayIn(ctx, tx, by); err != nil {
			return err
		} else if last == id {
			return fault.Invalid("last_way_in", "password", "This is your last passkey, and you have no recovery code. Give your password, so that it is sure that you can come in again.")
		}
		return dropPasskey(ctx, tx, by.User, id)
	})
}

// LastWayIn is the passkey of by that goes only with the password, or empty.
func (s *Service) LastWayIn(ctx context.Context, by Identity) (string, error) {
	return s.lastWayIn(ctx, s.db, by)
}

// lastWayIn is the last passkey of somebody who has no recovery code. The operator has none: they can make a link for a new
// password.
func (s *Service) lastWayIn(ctx context.Context, r db.Reader, by Identity) (string, error) {
	if by.Local {
		return "", nil
	}
	list, err := passkeys(ctx, r, by.User)
	if err != nil {
		return "", err
	}
	list = slices.DeleteFunc(list, func(p Passkey) bool { return p.Party != s.host() }) // those made for another host open nothing here
	if len(list) != 1 {
		return "", nil
	}
	codes, err := countRecovery(ctx, r, by.User)
	if err != nil || codes > 0 {
		return "", err
	}
	return list[0].ID, nil
}

func dropPasskey(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	n, err := removePasskey(ctx, tx, by, id)
	if err == nil && n == 0 {
		return fault.NotFound("passkey")
	}
	return err
}
