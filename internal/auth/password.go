package auth

import (
	"context"
	_ "embed"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/fold"
)

// Limits of a password, in characters. There is no rule of composition: length is what helps (NIST SP 800-63B).
const (
	MinPassword = 10
	MaxPassword = 200
)

// params are OWASP's first choice for argon2id: 46 MiB, one pass, one lane. A hash kept under other ones is renewed at the
// next sign-in.
var params = argon2id.Params{Memory: 46 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32} //nolint:gochecknoglobals // a constant

// dummy is compared with where there is no hash, so that an unknown e-mail costs what a wrong password costs. It is no
// password's hash.
const dummy = "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// The commonest passwords of at least MinPassword characters, folded, one a line.
//
//go:embed common.txt
var commonest string

// CheckNewPassword says why a password would not be taken for this account, or nil. It is for forms and commands that ask
// before they make an account; everything that sets a password asks it too.
func CheckNewPassword(password, email, name string) error {
	if !utf8.ValidString(password) {
		return fault.Invalid("password_invalid", "password", "A password is text.")
	}
	tooLong := func() error {
		return fault.Invalid("password_too_long", "password", "A password has at most %d characters.", MaxPassword).With("max", MaxPassword)
	}
	if len(password) > MaxPassword*utf8.UTFMax { // before any work is done on it
		return tooLong()
	}
	password = normal(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return fault.Invalid("password_too_short", "password", "A password has at least %d characters; a few plain words make a good one.", MinPassword).With("min", MinPassword)
	case n > MaxPassword:
		return tooLong()
	}
	folded := fold.Fold(password)
	local, _, _ := strings.Cut(account.FoldEmail(email), "@")
	first, size := utf8.DecodeRuneInString(folded)
	switch {
	case folded != "" && (folded == account.FoldEmail(email) || folded == local || folded == fold.Fold(strings.TrimSpace(name))):
		return fault.Invalid("password_is_name", "password", "A password must not be your e-mail or your name.")
	case size == 0, strings.Count(folded, string(first))*size == len(folded), common(folded):
		return fault.Invalid("password_common", "password", "This password is among the first that are tried; choose another.")
	}
	return nil
}

func common(folded string) bool {
	return slices.Contains(strings.Split(commonest, "\n"), folded)
}

// normal unifies the ways in which keyboards spell the same characters, as NIST SP 800-63B asks.
func normal(password string) string { return norm.NFKC.String(password) }

// hasher bounds the hashing that runs at once: each takes 46 MiB and a core.
type hasher struct {
	params  argon2id.Params
	dummy   string // a hash under params
	slots   chan struct{}
	pending atomic.Int64 // running and waiting
	most    int64
}

func newHasher() *hasher {
	n := runtime.NumCPU()
	return &hasher{params: params, dummy: dummy, slots: make(chan struct{}, n), most: int64(n) * 32} // some seconds' worth of waiting
}

func (h *hasher) do(ctx context.Context, f func() error) error {
	defer func() {
		if h.pending.Add(-1) == 0 {
			debug.FreeOSMemory() // a sign-in is rare; its memory must not stay for days
		}
	}()
	if h.pending.Add(1) > h.most {
		return fault.Busy("too_many_at_once", "Many people sign in right now. Try again in a few seconds.").With("retry_after", 5)
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	return f()
}

// hash returns what is kept of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	var kept string
	err := h.do(ctx, func() (err error) {
		kept, err = argon2id.CreateHash(normal(password), &h.params)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return kept, nil
}

// matches compares in time that depends neither on the password nor on there being a hash. stale says that the hash was
// made under other parameters than today's.
func (h *hasher) matches(ctx context.Context, password, kept string) (ok, stale bool, err error) {
	known := kept != ""
	if !known {
		kept = h.dummy
	}
	if len(password) > MaxPassword*utf8.UTFMax {
		password = "" // never taken as a new password, so it is wrong; hash something all the same
		known = false
	}
	err = h.do(ctx, func() error {
		match, p, err := argon2id.CheckHash(normal(password), kept)
		if err != nil {
			return err
		}
		ok, stale = match && known, *p != h.params
		return nil
	})
	if err != nil {
		return false, false, fmt.Errorf("compare a password: %w", err)
	}
	return ok, stale, nil
}
