package auth

import (
	"strings"

	"kith/internal/fault"
)

// Scope is one thing an identity may do. Its text is stable: tokens and the HTTP API show it.
type Scope string

// The scopes.
const (
	Read    Scope = "read"    // see what is one's own
	Capture Scope = "capture" // add moments
	Write   Scope = "write"   // make and change anything of one's own; includes capture
	Delete  Scope = "delete"
	Admin   Scope = "admin" // see and make accounts; administrators only
)

// scopeOrder is the order in which scopes are kept and shown; the place is the bit.
var scopeOrder = [...]Scope{Read, Capture, Write, Delete, Admin} //nolint:gochecknoglobals // a constant list

// Scopes is a set of scopes. The zero value is empty.
type Scopes uint8

// Own are the scopes over all of one's own: what a signed-in person has.
const Own Scopes = 1<<4 - 1

// NewScopes is the set of these scopes.
func NewScopes(list ...Scope) Scopes {
	var set Scopes
	for _, s := range list {
		set |= bit(s)
	}
	return set
}

// ParseScopes reads scopes as a person or a program names them.
func ParseScopes(words []string) (Scopes, error) {
	var set Scopes
	for _, w := range words {
		b := bit(Scope(w))
		if b == 0 {
			return 0, fault.Invalid("unknown_scope", "scopes", "A scope is one of read, capture, write, delete and admin.")
		}
		set |= b
	}
	return set, nil
}

func bit(s Scope) Scopes {
	for i, known := range scopeOrder {
		if s == known {
			return 1 << i
		}
	}
	return 0
}

// Has reports whether the set holds s, or one that includes it.
func (set Scopes) Has(s Scope) bool {
	b := bit(s)
	if s == Capture {
		b |= bit(Write)
	}
	return set&b != 0
}

// List returns the scopes of the set in a fixed order.
func (set Scopes) List() []Scope {
	list := []Scope{}
	for i, s := range scopeOrder {
		if set&(1<<i) != 0 {
			list = append(list, s)
		}
	}
	return list
}

// Words is List as plain strings.
func (set Scopes) Words() []string {
	list := []string{}
	for _, s := range set.List() {
		list = append(list, string(s))
	}
	return list
}

// String is how the set is kept: its words between blanks.
func (set Scopes) String() string { return strings.Join(set.Words(), " ") }

// keptScopes reads String back. A word it does not know, from a newer Kith, grants nothing.
func keptScopes(kept string) Scopes {
	var set Scopes
	for w := range strings.SplitSeq(kept, " ") {
		set |= bit(Scope(w))
	}
	return set
}
