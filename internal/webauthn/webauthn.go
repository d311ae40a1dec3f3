// Package webauthn checks what a browser answers when a passkey is made or used: Web Authentication, Level 3. It is pure:
// it keeps nothing, draws no chance and asks no clock.
//
// It takes one profile of the standard, because no other is used here: attestation "none" (who made an authenticator is
// nobody's business, so a statement about it is not read), ES256, EdDSA on Ed25519 and RS256, and always a user who was
// present and verified. The library that does all of it would be a twelfth of the whole program
// (docs/decisions/0022-passkeys.md); it is this package's oracle in the tests of package auth, which put every ceremony and
// thousands of damaged ones to both.
//
// Invariants: what is refused is refused with an error that repeats nothing of what was sent. An answer that is taken was
// made for this party, from one of its origins, for the challenge that is named.
package webauthn

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
)

// Limits of what is read.
const (
	MaxAnswer     = 64 << 10
	maxCredential = 1023 // bytes of an id, by the standard
	maxTransports = 10
)

// Party is who asks: the host that passkeys hang on, and the origins at which it is.
type Party struct {
	ID      string // a host, such as kith.example.org
	Origins []string
}

// Credential is what is kept of a passkey. None of it is secret.
type Credential struct {
	ID         []byte
	PublicKey  []byte // COSE
	Count      uint32 // of signatures; 0 where the authenticator does not count
	Eligible   bool   // it may be copied to other devices
	Backed     bool   // it was
	Transports []string
}

// Assertion is an answer that claims to come from a passkey, until Party.Check says that it does.
type Assertion struct {
	Credential []byte // whose it claims to be
	User       []byte // the handle that the passkey was made for; empty when the authenticator keeps none
	client     []byte
	data       []byte
	signature  []byte
}

var (
	errAnswer    = errors.New("this is not the answer of a browser to a question about passkeys")
	errParty     = errors.New("the answer was made for another site")
	errChallenge = errors.New("the answer is to another question")
	errUser      = errors.New("the authenticator did not verify its user")
	errCopied    = errors.New("the authenticator has signed less often than it had before: it may be a copy")
)

// b64 is the alphabet of the standard: base64url without padding.
type b64 []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *b64) UnmarshalText(text []byte) (err error) {
	*b, err = base64.RawURLEncoding.Strict().AppendDecode(nil, bytes.TrimRight(text, "="))
	return err
}

// answer is what a browser sends, as PublicKeyCredential.toJSON writes it.
type answer struct {
	RawID    b64    `json:"rawId"`
	Type     string `json:"type"`
	Response struct {
		Client      b64      `json:"clientDataJSON"`
		Attestation b64      `json:"attestationObject"`
		Data        b64      `json:"authenticatorData"`
		Signature   b64      `json:"signature"`
		User        b64      `json:"userHandle"`
		Transports  []string `json:"transports"`
	} `json:"response"`
}

func read(sent []byte) (answer, error) {
	var a answer
	if len(sent) > MaxAnswer || json.Unmarshal(sent, &a) != nil || a.Type != "public-key" || len(a.RawID) == 0 || len(a.RawID) > maxCredential {
		return answer{}, errAnswer
	}
	return a, nil
}

// Register checks the answer to a question for a new passkey, and returns what is to be kept of it.
func (p Party) Register(sent, challenge []byte) (Credential, error) {
	a, err := read(sent)
	if err != nil {
		return Credential{}, err
	}
	if err := p.client(a.Response.Client, "webauthn.create", challenge); err != nil {
		return Credential{}, err
	}
	object, rest, err := object(a.Response.Attestation)
	if err != nil || len(rest) > 0 {
		return Credential{}, errAnswer
	}
	_, named := object["fmt"].(string)
	_, stated := object["attStmt"].(map[any]any) // and what it states is not read
	raw, _ := object["authData"].([]byte)
	if !named || !stated {
		return Credential{}, errAnswer
	}
	d, err := p.data(raw)
	if err != nil {
		return Credential{}, err
	}
	if d.flags&flagCredential == 0 || !bytes.Equal(d.credential, a.RawID) {
		return Credential{}, errAnswer
	}
	c := Credential{ID: d.credential, PublicKey: d.key, Count: d.count, Eligible: d.flags&flagEligible != 0, Backed: d.flags&flagBacked != 0}
	for _, t := range a.Response.Transports {
		if slices.Contains([]string{"ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"}, t) && len(c.Transports) < maxTransports {
			c.Transports = append(c.Transports, t)
		}
	}
	return c, nil
}

// ReadAssertion reads the answer to a question for a passkey, so that the passkey can be looked up.
func ReadAssertion(sent []byte) (Assertion, error) {
	a, err := read(sent)
	if err != nil {
		return Assertion{}, err
	}
	return Assertion{Credential: a.RawID, User: a.Response.User, client: a.Response.Client, data: a.Response.Data, signature: a.Response.Signature}, nil
}

// Check reports whether the assertion was made by the credential for this challenge, and returns the credential as it is
// to be kept from now on.
func (p Party) Check(a Assertion, c Credential, challenge []byte) (Credential, error) {
	if !bytes.Equal(a.Credential, c.ID) {
		return Credential{}, errAnswer
	}
	if err := p.client(a.client, "webauthn.get", challenge); err != nil {
		return Credential{}, err
	}
	d, err := p.data(a.data)
	if err != nil {
		return Credential{}, err
	}
	if c.Eligible != (d.flags&flagEligible != 0) { // a passkey does not change what it is
		return Credential{}, errAnswer
	}
	sum := sha256.Sum256(a.client)
	if err := verify(c.PublicKey, append(bytes.Clone(a.data), sum[:]...), a.signature); err != nil {
		return Credential{}, err
	}
	if (d.count > 0 || c.Count > 0) && d.count <= c.Count {
		return Credential{}, errCopied
	}
	c.Count, c.Backed = d.count, d.flags&flagBacked != 0
	return c, nil
}

// client checks what the browser says it was asked, where and by whom.
func (p Party) client(sent []byte, kind string, challenge []byte) error {
	var c struct {
		Type      string `json:"type"`
		Challenge b64    `json:"challenge"`
		Origin    string `json:"origin"`
		Cross     bool   `json:"crossOrigin"`
		Top       string `json:"topOrigin"`
	}
	switch err := json.Unmarshal(sent, &c); {
	case err != nil || c.Type != kind:
		return errAnswer
	case len(challenge) < 16 || subtle.ConstantTimeCompare(c.Challenge, challenge) != 1:
		return errChallenge
	case !slices.Contains(p.Origins, c.Origin) || c.Cross || c.Top != "":
		return errParty
	}
	return nil
}

// Flags of authenticator data.
const (
	flagPresent    = 1 << 0
	flagVerified   = 1 << 2
	flagEligible   = 1 << 3
	flagBacked     = 1 << 4
	flagCredential = 1 << 6
	flagExtensions = 1 << 7
)

// authData is what the authenticator says.
type authData struct {
	flags      byte
	count      uint32
	credential []byte
	key        []byte
}

// data reads what the authenticator says, and refuses what it says to another party or without having verified its user.
func (p Party) data(b []byte) (authData, error) {
	const head, model = 37, 16
	if len(b) < head {
		return authData{}, errAnswer
	}
	d := authData{flags: b[32], count: binary.BigEndian.Uint32(b[33:head])}
	id := sha256.Sum256([]byte(p.ID))
	switch {
	case subtle.ConstantTimeCompare(b[:32], id[:]) != 1:
		return authData{}, errParty
	case d.flags&flagPresent == 0 || d.flags&flagVerified == 0:
		return authData{}, errUser
	case d.flags&flagBacked != 0 && d.flags&flagEligible == 0:
		return authData{}, errAnswer
	}
	rest := b[head:]
	if d.flags&flagCredential != 0 {
		if len(rest) < model+2 {
			return authData{}, errAnswer
		}
		n := int(binary.BigEndian.Uint16(rest[model:]))
		if rest = rest[model+2:]; n == 0 || n > maxCredential || len(rest) < n {
			return authData{}, errAnswer
		}
		d.credential, rest = rest[:n:n], rest[n:]
		_, after, err := publicKey(rest)
		if err != nil {
			return authData{}, err
		}
		d.key, rest = rest[:len(rest)-len(after):len(rest)-len(after)], after
	}
	if d.flags&flagExtensions != 0 {
		var err error
		if _, rest, err = object(rest); err != nil {
			return authData{}, err
		}
	}
	if len(rest) > 0 {
		return authData{}, errAnswer
	}
	return d, nil
}
