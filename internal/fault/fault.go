// Package fault holds the errors that mean something to the person or program that caused them.
//
// An error that is not a fault is internal: it is logged once, at the edge, and its text never leaves the process. A
// fault carries a Kind (which decides the HTTP status and the exit code), a stable Code that clients may depend on and
// that pages translate by, the Field it belongs to, and a Message in plain English that never repeats what was sent.
package fault

import (
	"errors"
	"fmt"
	"net/http"
)

// Kind says what sort of refusal a fault is. Its text is stable: the HTTP API shows it.
type Kind string

// The kinds of fault.
const (
	KindInvalid  Kind = "invalid"   // 422: what was sent cannot be kept as it is
	KindNotFound Kind = "not_found" // 404: there is no such thing, or it is somebody else's
	KindGone     Kind = "gone"      // 410: it was here and its owner deleted it
	KindConflict Kind = "conflict"  // 409: it collides with what is already kept
	KindStale    Kind = "stale"     // 412: it changed since it was read (If-Match)
	KindUnknown  Kind = "unknown"   // 401: nobody is signed in, or the token is not known
	KindDenied   Kind = "denied"    // 403: signed in, and not allowed
	KindBusy     Kind = "busy"      // 429: too often, or too much at once; try again later
	KindTooLarge Kind = "too_large" // 413: more than is read in one piece
	KindFull     Kind = "full"      // 507: the disk is full
)

// Status is the HTTP status that a fault of this kind is answered with.
func (k Kind) Status() int {
	switch k {
	case KindInvalid:
		return http.StatusUnprocessableEntity
	case KindNotFound:
		return http.StatusNotFound
	case KindGone:
		return http.StatusGone
	case KindConflict:
		return http.StatusConflict
	case KindStale:
		return http.StatusPreconditionFailed
	case KindUnknown:
		return http.StatusUnauthorized
	case KindDenied:
		return http.StatusForbidden
	case KindBusy:
		return http.StatusTooManyRequests
	case KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case KindFull:
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

// Error is a fault. The zero value is of no use; make one with Invalid, NotFound and the other makers.
type Error struct {
	Kind    Kind
	Code    string         // stable, snake case, unique to the rule: "day_in_future"
	Field   string         // the field it belongs to, as the API names it; empty when it is about the whole
	Message string         // plain English, says what to do, never repeats what was sent
	Params  map[string]any // numbers and words a translated message needs ("max": 4000)
	Err     error          // the cause, for the log only
}

// Error returns the message, with the field before it when there is one.
func (e *Error) Error() string {
	if e.Field != "" {
		return e.Field + ": " + e.Message
	}
	return e.Message
}

// Unwrap returns the cause, if one is known.
func (e *Error) Unwrap() error { return e.Err }

// With adds a parameter for the translated message and returns the same fault.
func (e *Error) With(name string, value any) *Error {
	if e.Params == nil {
		e.Params = map[string]any{}
	}
	e.Params[name] = value
	return e
}

// Because adds the cause, which is logged and never shown, and returns the same fault.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

func newError(k Kind, code, field, format string, args []any) *Error {
	return &Error{Kind: k, Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Invalid says that a field cannot be kept as it was sent.
func Invalid(code, field, format string, args ...any) *Error {
	return newError(KindInvalid, code, field, format, args)
}

// NotFound says that there is no such thing, for this person. The noun is the code's first word: "moment" gives
// "moment_not_found".
func NotFound(noun string) *Error {
	return &Error{Kind: KindNotFound, Code: noun + "_not_found", Message: "There is no such " + noun + "."}
}

// Gone says that the thing was deleted by its owner.
func Gone(noun string) *Error {
	return &Error{Kind: KindGone, Code: noun + "_gone", Message: "This " + noun + " was deleted."}
}

// Conflict says that the request collides with what is already kept.
func Conflict(code, field, format string, args ...any) *Error {
	return newError(KindConflict, code, field, format, args)
}

// Stale says that the thing was changed since the caller read it.
func Stale(noun string) *Error {
	return &Error{Kind: KindStale, Code: noun + "_changed", Message: "This " + noun + " was changed since you read it. Read it again, then repeat the change."}
}

// Unknown says that nobody is signed in.
func Unknown(code, format string, args ...any) *Error {
	return newError(KindUnknown, code, "", format, args)
}

// Denied says that the caller is known and not allowed.
func Denied(code, format string, args ...any) *Error {
	return newError(KindDenied, code, "", format, args)
}

// Busy says that the same will work later.
func Busy(code, format string, args ...any) *Error { return newError(KindBusy, code, "", format, args) }

// TooLarge says that more was sent than is read in one piece.
func TooLarge(code, field, format string, args ...any) *Error {
	return newError(KindTooLarge, code, field, format, args)
}

// Full says that the disk under the data has no room left.
func Full(err error) *Error {
	return &Error{Kind: KindFull, Code: "disk_full", Message: "That did not save: the disk is full. Nothing was lost; free some space and try again.", Err: err}
}

// As returns the fault in err's chain, or nil when err is internal.
func As(err error) *Error {
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return nil
}

// Is reports whether err is a fault of this kind.
func Is(err error, k Kind) bool {
	f := As(err)
	return f != nil && f.Kind == k
}
