package auth_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/descope/virtualwebauthn"
	"github.com/fxamacker/cbor/v2"
	"github.com/go-webauthn/webauthn/protocol"
	library "github.com/go-webauthn/webauthn/webauthn"

	"kith/internal/webauthn"
)

// The oracle is the library that does all of Web Authentication. Package webauthn must never take what it refuses; and it
// takes what it takes, where that is of the one profile that is used here.
type oracle struct {
	t     *testing.T
	rp    *library.WebAuthn
	party webauthn.Party
}

// holder is the library's view of an account.
type holder struct{ keys []library.Credential }

func (holder) WebAuthnID() []byte                          { return []byte("ana") }
func (holder) WebAuthnName() string                        { return "ana" }
func (holder) WebAuthnDisplayName() string                 { return "Ana" }
func (h holder) WebAuthnCredentials() []library.Credential { return h.keys }
func (o *oracle) session(challenge []byte) library.SessionData {
	return library.SessionData{
		Challenge: base64.RawURLEncoding.EncodeToString(challenge), RelyingPartyID: o.party.ID, UserID: []byte("ana"),
		UserVerification: protocol.VerificationRequired,
		CredParams:       []protocol.CredentialParameter{{Type: "public-key", Algorithm: -7}, {Type: "public-key", Algorithm: -8}, {Type: "public-key", Algorithm: -257}},
	}
}

func (o *oracle) registers(sent, challenge []byte) bool {
	p, err := protocol.ParseCredentialCreationResponseBytes(sent)
	if err != nil {
		return false
	}
	_, err = o.rp.CreateCredential(holder{}, o.session(challenge), p)
	return err == nil
}

func (o *oracle) asserts(sent, challenge []byte, c webauthn.Credential) bool {
	p, err := protocol.ParseCredentialRequestResponseBytes(sent)
	if err != nil {
		return false
	}
	kept := library.Credential{
		ID: c.ID, PublicKey: c.PublicKey, Flags: library.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: c.Eligible, BackupState: c.Backed},
		Authenticator: library.Authenticator{SignCount: c.Count},
	}
	got, err := o.rp.ValidateLogin(holder{[]library.Credential{kept}}, o.session(challenge), p)
	return err == nil && !got.Authenticator.CloneWarning
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	rp, err := library.New(&library.Config{RPID: "kith.example.org", RPDisplayName: "Kith", RPOrigins: []string{site}})
	if err != nil {
		t.Fatal(err)
	}
	return &oracle{t, rp, webauthn.Party{ID: "kith.example.org", Origins: []string{site}}}
}

// ceremony is an authenticator's two answers to one challenge.
type answers struct{ made, used []byte }

func virtual(kind virtualwebauthn.KeyType, eligible bool, challenge []byte) answers {
	v := newDevice(kind)
	v.Options.BackupEligible, v.Options.BackupState, v.Options.UserHandle = eligible, eligible, []byte("ana")
	a := answers{made: plain([]byte(virtualwebauthn.CreateAttestationResponse(v.rp, v.Authenticator, v.key, virtualwebauthn.AttestationOptions{Challenge: challenge})))}
	v.key.Counter = 7
	a.used = []byte(virtualwebauthn.CreateAssertionResponse(v.rp, v.Authenticator, v.key, virtualwebauthn.AssertionOptions{Challenge: challenge}))
	return a
}

// plain takes the statement about its maker out of an answer, as a browser does that was asked for none. The library would
// check it, and package webauthn does not read it.
func plain(sent []byte) []byte {
	var whole map[string]any
	_ = json.Unmarshal(sent, &whole)
	response, ok := whole["response"].(map[string]any)
	if !ok {
		return sent
	}
	text, _ := response["attestationObject"].(string)
	b, _ := base64.RawURLEncoding.DecodeString(text)
	var object map[string]any
	if cbor.Unmarshal(b, &object) != nil {
		return sent
	}
	object["fmt"], object["attStmt"] = "none", map[string]any{}
	b, _ = cbor.Marshal(object)
	response["attestationObject"] = base64.RawURLEncoding.EncodeToString(b)
	b, _ = json.Marshal(whole)
	return b
}

// edwards is an authenticator with a key on Ed25519, extensions, and no attestation: what the virtual one lacks.
func edwards(t *testing.T, challenge []byte) answers {
	t.Helper()
	pack := func(v any) []byte {
		b, err := cbor.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b64 := base64.RawURLEncoding.EncodeToString
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := func(kind string) []byte {
		b, err := json.Marshal(map[string]any{"type": kind, "challenge": b64(challenge), "origin": site, "crossOrigin": false})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	id := bytes.Repeat([]byte{7}, 24)
	party := sha256.Sum256([]byte("kith.example.org"))
	data := append(bytes.Clone(party[:]), 0x01|0x04|0x40|0x80, 0, 0, 0, 0)
	data = append(data, make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(id)))
	data = append(data, id...)
	data = append(data, pack(map[int]any{1: 1, 3: -8, -1: 6, -2: []byte(public)})...)
	data = append(data, pack(map[string]any{"credProtect": 2})...)
	answer := func(response map[string]any) []byte {
		b, err := json.Marshal(map[string]any{"id": b64(id), "rawId": b64(id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	made := answer(map[string]any{
		"clientDataJSON": b64(client("webauthn.create")), "transports": []string{"internal", "nonsense"},
		"attestationObject": b64(pack(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})),
	})
	said := append(bytes.Clone(party[:]), 0x01|0x04, 0, 0, 0, 0)
	sum := sha256.Sum256(client("webauthn.get"))
	used := answer(map[string]any{
		"clientDataJSON": b64(client("webauthn.get")), "authenticatorData": b64(said), "userHandle": b64([]byte("ana")),
		"signature": b64(ed25519.Sign(private, append(bytes.Clone(said), sum[:]...))),
	})
	return answers{made, used}
}

func TestOracle(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	challenge := bytes.Repeat([]byte{42}, 32)
	for name, a := range map[string]answers{
		"P-256":         virtual(virtualwebauthn.KeyTypeEC2, false, challenge),
		"RSA, a synced": virtual(virtualwebauthn.KeyTypeRSA, true, challenge),
		"Ed25519":       edwards(t, challenge),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := o.party.Register(a.made, challenge)
			if err != nil || !o.registers(a.made, challenge) {
				t.Fatalf("%v; the library: %v", err, o.registers(a.made, challenge))
			}
			check := func(sent []byte) bool {
				read, err := webauthn.ReadAssertion(sent)
				if err != nil || len(read.User) > 0 && string(read.User) != "ana" { // which package auth looks at
					return false
				}
				_, err = o.party.Check(read, c, challenge)
				return err == nil
			}
			if !check(a.used) || !o.asserts(a.used, challenge, c) {
				t.Fatalf("%v; the library: %v", check(a.used), o.asserts(a.used, challenge, c))
			}
			// Neither takes the answer to one question for that to another.
			if _, err := o.party.Register(a.used, challenge); err == nil || o.registers(a.used, challenge) || check(a.made) {
				t.Error("an answer was taken for another")
			}
			chance := rand.New(rand.NewPCG(1, uint64(len(name)))) // the same damage every time
			for range 3000 {
				made, used := damaged(chance, a.made), damaged(chance, a.used)
				_, err := o.party.Register(made, challenge)
				if err == nil && !o.registers(plain(made), challenge) {
					t.Fatalf("taken, and the library refuses it: %s", made)
				}
				if check(used) && !o.asserts(used, challenge, c) {
					t.Fatalf("taken, and the library refuses it: %s", used)
				}
			}
		})
	}
}

// damaged changes one bit of one of the parts of an answer, drops a byte of it or adds one.
func damaged(chance *rand.Rand, sent []byte) []byte {
	var whole struct {
		ID       string                     `json:"id"`
		RawID    string                     `json:"rawId"`
		Type     string                     `json:"type"`
		Response map[string]json.RawMessage `json:"response"`
	}
	_ = json.Unmarshal(sent, &whole)
	names := []string{"rawId"}
	for _, n := range []string{"clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"} {
		if whole.Response[n] != nil {
			names = append(names, n)
		}
	}
	change := func(text string) string {
		b, _ := base64.RawURLEncoding.DecodeString(text)
		if len(b) == 0 {
			return text
		}
		switch i := chance.IntN(len(b)); chance.IntN(8) {
		case 0:
			b = append(b[:i], b[i+1:]...)
		case 1:
			b = append(b, byte(chance.IntN(256)))
		default:
			b[i] ^= 1 << chance.IntN(8)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	if name := names[chance.IntN(len(names))]; name == "rawId" {
		whole.RawID = change(whole.RawID)
		whole.ID = whole.RawID
	} else {
		var text string
		_ = json.Unmarshal(whole.Response[name], &text)
		whole.Response[name], _ = json.Marshal(change(text))
	}
	b, _ := json.Marshal(whole)
	return b
}
