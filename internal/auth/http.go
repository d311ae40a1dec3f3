package auth

import (
	"context"
	"net/http"
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
