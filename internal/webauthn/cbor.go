package webauthn

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// errCBOR is all that is said of bytes that are no CBOR of ours: they come from a stranger and are not repeated.
var errCBOR = errors.New("these bytes are not the CBOR that authenticators write")

// maxDepth is how deep authenticators nest: an attestation object has three floors.
const maxDepth = 6

// reader reads the CBOR (RFC 8949) that authenticators write by CTAP2's rules: definite lengths, no tags, no floats, no
// name twice. Integers become int64, bytes []byte, text string, arrays []any, maps map[any]any.
type reader struct{ rest []byte }

// value reads one value and leaves what follows it.
func (r *reader) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errCBOR
	}
	major, n, err := r.head()
	if err != nil {
		return nil, err
	}
	switch major {
	case 0:
		return int64(n), nil // head refuses what does not fit
	case 1:
		return -1 - int64(n), nil
	case 2:
		return r.take(n)
	case 3:
		b, err := r.take(n)
		if err == nil && !utf8.Valid(b) {
			err = errCBOR
		}
		return string(b), err
	case 4:
		return r.array(n, depth)
	case 5:
		return r.object(n, depth)
	case 7:
		switch n {
		case 20, 21:
			return n == 21, nil
		case 22:
			return nil, nil //nolint:nilnil // null is a value
		}
	}
	return nil, errCBOR
}

// head reads a value's kind, and its number or length.
func (r *reader) head() (major byte, n uint64, err error) {
	first, err := r.take(1)
	if err != nil {
		return 0, 0, err
	}
	major, n = first[0]>>5, uint64(first[0]&31)
	if n < 24 {
		return major, n, nil
	}
	if n > 27 || major == 7 { // of indefinite length, or a float
		return 0, 0, errCBOR
	}
	b, err := r.take(1 << (n - 24))
	if err != nil {
		return 0, 0, err
	}
	var whole [8]byte
	copy(whole[8-len(b):], b)
	if n = binary.BigEndian.Uint64(whole[:]); n > 1<<62 {
		return 0, 0, errCBOR
	}
	return major, n, nil
}

func (r *reader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.rest)) {
		return nil, errCBOR
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b, nil
}

func (r *reader) array(n uint64, depth int) (any, error) {
	if n > uint64(len(r.rest)) { // each takes a byte at least
		return nil, errCBOR
	}
	list := make([]any, n)
	for i := range list {
		var err error
		if list[i], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *reader) object(n uint64, depth int) (any, error) {
	if n > uint64(len(r.rest)) {
		return nil, errCBOR
	}
	m := make(map[any]any, n)
	for range n {
		name, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		switch name.(type) {
		case int64, string:
		default:
			return nil, errCBOR
		}
		if _, twice := m[name]; twice {
			return nil, errCBOR
		}
		if m[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// object reads one map and returns the bytes after it.
func object(b []byte) (m map[any]any, rest []byte, err error) {
	r := reader{b}
	v, err := r.value(0)
	if err != nil {
		return nil, nil, err
	}
	m, ok := v.(map[any]any)
	if !ok {
		return nil, nil, errCBOR
	}
	return m, r.rest, nil
}
