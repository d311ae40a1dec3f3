package webauthn

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
)

// Algorithms are the signatures that are taken, by their COSE numbers (RFC 9053), the best first. Every authenticator has
// the first or the last.
var Algorithms = []int{es256, edDSA, rs256} //nolint:gochecknoglobals // a constant list

const (
	es256 = -7
	edDSA = -8
	rs256 = -257
)

// Labels of a COSE key (RFC 9052, 7; RFC 9053, 7; RFC 8230, 4).
const (
	labelKind      = int64(1)
	labelAlgorithm = int64(3)
	labelCurve     = int64(-1) // of curves; the modulus of RSA
	labelX         = int64(-2) // of curves; the exponent of RSA
	labelY         = int64(-3)

	kindOKP, kindEC2, kindRSA = int64(1), int64(2), int64(3)
	curveP256, curveEd25519   = int64(1), int64(6)
)

var (
	errKey       = errors.New("this public key is not one that is taken")
	errSignature = errors.New("the signature is not that of the key")
)

// publicKey reads a COSE key and returns what follows it.
func publicKey(cose []byte) (key crypto.PublicKey, rest []byte, err error) {
	m, rest, err := object(cose)
	if err != nil {
		return nil, nil, err
	}
	bytes := func(label int64) []byte { b, _ := m[label].([]byte); return b }
	switch {
	case m[labelKind] == kindEC2 && m[labelAlgorithm] == int64(es256) && m[labelCurve] == curveP256:
		x, y := bytes(labelX), bytes(labelY)
		if len(x) != 32 || len(y) != 32 {
			return nil, nil, errKey
		}
		point := append(append([]byte{4}, x...), y...)
		k, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point) // refuses what is not on the curve
		if err != nil {
			return nil, nil, errKey
		}
		return k, rest, nil
	case m[labelKind] == kindOKP && m[labelAlgorithm] == int64(edDSA) && m[labelCurve] == curveEd25519:
		x := bytes(labelX)
		if len(x) != ed25519.PublicKeySize {
			return nil, nil, errKey
		}
		return ed25519.PublicKey(x), rest, nil
	case m[labelKind] == kindRSA && m[labelAlgorithm] == int64(rs256):
		n, e := new(big.Int).SetBytes(bytes(labelCurve)), new(big.Int).SetBytes(bytes(labelX))
		if n.BitLen() < 2048 || n.BitLen() > 8192 || e.BitLen() > 31 || e.Int64() < 3 || e.Bit(0) == 0 {
			return nil, nil, errKey
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}, rest, nil
	}
	return nil, nil, errKey
}

// verify reports whether the holder of the key signed the message.
func verify(cose, message, signature []byte) error {
	key, rest, err := publicKey(cose)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errKey
	}
	sum := sha256.Sum256(message)
	ok := false
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(k, sum[:], signature)
	case ed25519.PublicKey:
		ok = ed25519.Verify(k, message, signature)
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], signature) == nil
	}
	if !ok {
		return errSignature
	}
	return nil
}
