package db

import (
	"errors"

	"github.com/lib/pq"

	"kith/internal/fault"
)

// translate turns what a driver says into a fault where it means something above: a collision, a broken reference, a
// broken rule, a full disk. Anything else passes as it is.
func translate(err error) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	if pqErr, ok := errors.AsType[*pq.Error](err); ok {
		switch pqErr.Code {
		case "23505":
			return collision(err)
		case "23503":
			return missing(err)
		case "23514", "23502":
			return broken(err)
		case "53100":
			return fault.Full(err)
		}
		return err
	}
	switch code := sqliteCode(err); {
	case code == codeUnique, code == codePrimaryKey:
		return collision(err)
	case code == codeForeignKey:
		return missing(err)
	case code == codeCheck, code == codeNotNull:
		return broken(err)
	case full(code):
		return fault.Full(err)
	}
	return err
}

// full reports that the disk is; the second is what SQLite says when not even the index of its log finds room.
func full(code int) bool {
	const ioErrShmSize = 4874
	return code&0xff == codeFull || code == ioErrShmSize
}

func collision(err error) error {
	return fault.Conflict("already_exists", "", "This is already kept.").Because(err)
}

func missing(err error) error {
	return fault.Conflict("missing_reference", "", "This names something that is not there, or not there any more.").Because(err)
}

func broken(err error) error {
	return fault.Invalid("not_allowed", "", "One of the values is not allowed here.").Because(err)
}

// IsUnique reports whether err says that a row with this key is already there.
func IsUnique(err error) bool {
	f := fault.As(err)
	return f != nil && f.Code == "already_exists"
}
