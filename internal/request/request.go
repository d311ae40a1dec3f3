// Package request tells a request that is sent again from another one. Whoever creates something may name it by an id of
// their own; what they asked for is kept beside it as a fingerprint.
package request

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/google/uuid"

	"kith/internal/fault"
)

// ID is the id a request brings, as it is stored, or a fresh UUIDv7 (RFC 9562) when it brings none.
func ID(id string) (string, error) {
	if id == "" {
		return uuid.Must(uuid.NewV7()).String(), nil
	}
	u, err := uuid.Parse(id)
	if err != nil || len(id) != 36 {
		return "", fault.Invalid("bad_id", "id", "An id of your own is a UUID, such as 0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d.")
	}
	return u.String(), nil
}

// Fingerprint is of what was asked for, which is plain values without the id: 32 hexadecimal digits.
func Fingerprint(asked any) string {
	b, _ := json.Marshal(asked) // plain values: cannot fail
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Reused refuses an id that is taken by a request with another fingerprint.
func Reused() error {
	return fault.Conflict("id_reused", "id", "This id was used for another request. Make a fresh one.")
}
