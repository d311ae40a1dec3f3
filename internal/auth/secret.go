package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
)

const (
	alphabet    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	secretLen   = 43 // 62^43 is a little more than 2^256
	sumLen      = 6  // 62^6 is more than 2^32
	prefix      = "kith_"
	tokenLen    = len(prefix) + secretLen + sumLen
	maxUnbiased = 256 / len(alphabet) * len(alphabet)
)

// newSecret returns 43 random letters and digits: more than 256 bits.
func newSecret() string {
	out := make([]byte, 0, secretLen)
	var buf [64]byte
	for len(out) < secretLen {
		_, _ = rand.Read(buf[:]) // never fails, see crypto/rand
		for _, b := range buf {
			if int(b) < maxUnbiased && len(out) < secretLen {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}

// newToken returns a secret that scanners for leaked keys can recognise: it says whose it is and carries a check sum.
func newToken() string {
	s := prefix + newSecret()
	return s + checksum(s)
}

func checksum(s string) string {
	var out [sumLen]byte
	n := crc32.ChecksumIEEE([]byte(s))
	for i := range out {
		out[sumLen-1-i] = alphabet[n%uint32(len(alphabet))]
		n /= uint32(len(alphabet))
	}
	return string(out[:])
}

// tokenShaped reports whether s can be a token at all. A mistyped one is refused without asking the database.
func tokenShaped(s string) bool {
	return len(s) == tokenLen && s[:len(prefix)] == prefix && s[tokenLen-sumLen:] == checksum(s[:tokenLen-sumLen])
}

// secretShaped reports whether s can be the secret of a session or a link.
func secretShaped(s string) bool {
	if len(s) != secretLen {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// digest is what the database keeps of a secret. One round is enough: 256 random bits cannot be guessed.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
