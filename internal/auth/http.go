package auth

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/fault"
)

// UserHeader names the account a local request acts for. It means nothing on a request from the network.
const UserHeader = "Kith-User"

const (
	cookieName = "kith_session"
	// The prefix has browsers refuse the cookie from anywhere but this very host over https, so that a neighbouring host
	// cannot plant one.
	cookieNameSecure = "__Host-" + cookieName
	// cookieLife is what browsers allow at most. When a session ends is the server's to say.
	cookieLife = 400 * 24 * time.Hour
)

type localKey struct{}

// WithLocal marks what comes through the operator's own socket, or from within the process. Only a listener that nobody
// else can reach may set it; it never comes from a header.
func WithLocal(ctx context.Context) context.Context { return context.WithValue(ctx, localKey{}, true) }

// IsLocal reports whether WithLocal marked the request.
func IsLocal(ctx context.Context) bool { local, _ := ctx.Value(localKey{}).(bool); return local }

// Secure reports whether the browser came over https. Behind a proxy that ends TLS, the middleware that knows which
// proxies to trust sets r.URL.Scheme.
func Secure(r *http.Request) bool { return r.TLS != nil || r.URL.Scheme == "https" }

// FromRequest says who asks: by `Authorization: Bearer TOKEN`, else by the session cookie, else, for the operator at the
// machine, by UserHeader. A token that is not known is refused even where a cookie would do.
func (s *Service) FromRequest(ctx context.Context, r *http.Request) (Identity, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, token, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return Identity{}, fault.Unknown("bad_authorization", "The header Authorization is read as: Bearer TOKEN.")
		}
		return s.Token(ctx, strings.TrimSpace(token))
	}
	if IsLocal(ctx) {
		return s.local(ctx, r.Header.Get(UserHeader))
	}
	return s.Session(ctx, SecretFromRequest(r))
}

// local is the operator, acting for the account that is named, or for the only one.
func (s *Service) local(ctx context.Context, email string) (Identity, error) {
	var (
		u   account.User
		err error
	)
	if email != "" {
		u, err = s.accounts.ByEmail(ctx, email)
	} else {
		u, err = s.only(ctx)
	}
	if err != nil {
		return Identity{}, err
	}
	return Identity{User: u.ID, Scopes: Own | bit(Admin), Local: true}, nil
}

// only is the account a command means that names none.
func (s *Service) only(ctx context.Context) (account.User, error) {
	list, err := s.accounts.List(ctx)
	switch {
	case err != nil:
		return account.User{}, err
	case len(list) == 0:
		return account.User{}, fault.Conflict("no_account", "", "There is no account yet. Make one with: kith user add")
	case len(list) > 1:
		return account.User{}, fault.Invalid("user_missing", "user", "There are several accounts. Say which one with --user EMAIL.")
	}
	return list[0], nil
}

// SecretFromRequest is the secret of the session in the request's cookie, or empty. Over https only the cookie that no
// other host can plant counts.
func SecretFromRequest(r *http.Request) string {
	name := cookieName
	if Secure(r) {
		name = cookieNameSecure
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// WithSession is the request as it will be once the browser has the secret that SetCookie gives it.
func WithSession(r *http.Request, secret string) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Del("Cookie")
	r.AddCookie(cookie(r, secret, 0))
	return r
}

// SetCookie gives the browser the secret of its session.
func SetCookie(w http.ResponseWriter, r *http.Request, secret string) {
	http.SetCookie(w, cookie(r, secret, int(cookieLife/time.Second)))
}

// ClearCookie takes it away again.
func ClearCookie(w http.ResponseWriter, r *http.Request) { http.SetCookie(w, cookie(r, "", -1)) }

// Beside the session a browser may keep what it was asked about passkeys, and after how long it locks its private pages.
// The latter is no secret and outlives the session, so that signing out and in does not take the lock away.
const (
	stateCookie = "kith_asked"
	lockCookie  = "kith_lock"
)

// SetState has the browser keep the State of a Question until it answers; an empty one is forgotten.
func SetState(w http.ResponseWriter, r *http.Request, state string) {
	age := int(ceremonyLife / time.Second)
	if state == "" {
		age = -1
	}
	c := named(cookie(r, state, age), r, stateCookie) //nolint:gosec // as cookie makes it
	c.SameSite = http.SameSiteStrictMode
	http.SetCookie(w, c)
}

// StateFromRequest is what SetState kept.
func StateFromRequest(r *http.Request) string { return valueOf(r, stateCookie) }

// SetLockCookie remembers that this browser locks its private pages.
func SetLockCookie(w http.ResponseWriter, r *http.Request, after time.Duration) {
	age := int(cookieLife / time.Second)
	if after == 0 {
		age = -1
	}
	http.SetCookie(w, named(cookie(r, strconv.Itoa(int(after/time.Second)), age), r, lockCookie))
}

// LockFromRequest is what SetLockCookie remembered, or 0.
func LockFromRequest(r *http.Request) time.Duration {
	n, err := strconv.Atoi(valueOf(r, lockCookie))
	if after := time.Duration(n) * time.Second; err == nil && slices.Contains(LockTimes, after) {
		return after
	}
	return 0
}

func named(c *http.Cookie, r *http.Request, name string) *http.Cookie { //nolint:gosec // as cookie made it
	c.Name = cookieNamed(r, name)
	return c
}

func cookieNamed(r *http.Request, name string) string {
	if Secure(r) {
		return "__Host-" + name
	}
	return name
}

func valueOf(r *http.Request, name string) string {
	c, err := r.Cookie(cookieNamed(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

func cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure follows the connection: a Kith on a home network may have no TLS
		Name: cookieName, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: Secure(r),
	}
	if c.Secure {
		c.Name = cookieNameSecure
	}
	return c
}
