// Package httpd is what stands in front of every request, whether it is for a page or for the API: who is calling from
// where, a request id, security headers, limits, compression, and the log line.
//
// It knows no noun and no account. The access log holds the route's pattern, the status and the time it took; never a
// query, a body, an address or a name. One value in the context carries what later layers may ask for, because each
// further one costs a copy of the request.
package httpd

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// ContentSecurityPolicy is the policy of every page and answer. Nothing is loaded from elsewhere, nothing runs inline.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types sw"

// DefaultBody is how many bytes of a body are read unless a route says otherwise.
const DefaultBody = 1 << 20

// Options change what Wrap does. The zero value is right for a test.
type Options struct {
	Log     *slog.Logger     // nil is silent
	Trusted []netip.Prefix   // proxies whose X-Forwarded-For and X-Forwarded-Proto are believed
	Now     func() time.Time // nil is time.Now
}

// Middleware wraps one handler in another.
type Middleware func(http.Handler) http.Handler

// Wrap is the outermost handler: it identifies the request, sets the security headers, logs, and answers a panic that
// nobody below has caught with a bare 500.
func Wrap(next http.Handler, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &outer{next, o}
}

type outer struct {
	next http.Handler
	o    Options
}

// info is what the context carries for a request.
type info struct {
	id      string
	address netip.Addr
	https   bool
}

type infoKey struct{}

func from(ctx context.Context) *info {
	i, _ := ctx.Value(infoKey{}).(*info)
	return i
}

// ServeHTTP implements http.Handler.
func (h *outer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := h.o.Now()
	in := &info{}
	in.address, in.https = clientAddress(r, h.o.Trusted)
	in.id = requestID()
	r = r.WithContext(context.WithValue(r.Context(), infoKey{}, in))
	if scheme := schemeOf(in.https); r.URL.Scheme != scheme { // what a client writes there is not to be believed
		u := *r.URL
		u.Scheme = scheme
		r.URL = &u
	}

	header := w.Header()
	header["X-Request-Id"] = []string{in.id}
	securityHeaders(header, in.https)

	rec := &recorder{ResponseWriter: w}
	defer func() {
		if cause := recover(); cause != nil {
			if cause == http.ErrAbortHandler { //nolint:errorlint,err113 // the sentinel is compared so by net/http too
				panic(cause)
			}
			LogPanic(h.o.Log, r, cause)
			if rec.status == 0 {
				http.Error(rec, "Something went wrong on our side. It was logged.", http.StatusInternalServerError)
			}
		}
		h.log(r, rec, in, began)
	}()
	h.next.ServeHTTP(rec, r)
}

func (h *outer) log(r *http.Request, rec *recorder, in *info, began time.Time) {
	status := rec.status
	if status == 0 {
		status = http.StatusOK
	}
	level := slog.LevelDebug
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if !h.o.Log.Enabled(r.Context(), level) {
		return
	}
	route := rec.route
	if route == "" {
		route = r.Pattern
	}
	h.o.Log.LogAttrs(r.Context(), level, "request", slog.String("route", route), slog.String("method", method(r.Method)),
		slog.Int("status", status), slog.Duration("took", h.o.Now().Sub(began)), slog.String("request_id", in.id))
}

// schemeOf is what r.URL.Scheme says below Wrap: https when the browser speaks TLS, else nothing, as net/http has it.
func schemeOf(https bool) string {
	if https {
		return "https"
	}
	return ""
}

// method keeps what a stranger sends as a method out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// Route tells the access log the pattern of an inner mux, which the outer one cannot see.
func Route(w http.ResponseWriter, pattern string) {
	for {
		switch v := w.(type) {
		case *recorder:
			v.route = pattern
			return
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return
		}
	}
}

// RequestID is the id under which this request is logged, or empty outside Wrap.
func RequestID(ctx context.Context) string {
	if i := from(ctx); i != nil {
		return i.id
	}
	return ""
}

// Address is the address the request came from, as far as trusted proxies can tell; the peer's outside Wrap.
func Address(r *http.Request) netip.Addr {
	if i := from(r.Context()); i != nil {
		return i.address
	}
	a, _ := clientAddress(r, nil)
	return a
}

// HTTPS reports whether the person's browser speaks TLS, to us or to a trusted proxy.
func HTTPS(r *http.Request) bool {
	if i := from(r.Context()); i != nil {
		return i.https
	}
	return r.TLS != nil
}

// clientAddress believes the peer first. Only while the nearest hop is a trusted proxy is the next one to the left in
// X-Forwarded-For believed, so that a client cannot choose its own address.
func clientAddress(r *http.Request, trusted []netip.Prefix) (netip.Addr, bool) {
	https := r.TLS != nil
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, https // a Unix socket, or a request made in process
	}
	at := peer.Addr().Unmap()
	if !isTrusted(at, trusted) {
		return at, https
	}
	if proto := r.Header.Get("X-Forwarded-Proto"); proto != "" {
		https = strings.EqualFold(proto, "https")
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && isTrusted(at, trusted); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap().WithZone("")
	}
	return at, https
}

func isTrusted(a netip.Addr, trusted []netip.Prefix) bool {
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func requestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	var out [16]byte
	hex.Encode(out[:], b[:])
	return string(out[:])
}

//nolint:gochecknoglobals // shared, read-only header values save an allocation each on every request
var (
	cspValue      = []string{ContentSecurityPolicy}
	nosniffValue  = []string{"nosniff"}
	referrerValue = []string{"same-origin"}
	openerValue   = []string{"same-origin"}
	permValue     = []string{"camera=(), microphone=(), geolocation=(), payment=(), usb=()"}
	hstsValue     = []string{"max-age=31536000"}
)

func securityHeaders(h http.Header, https bool) {
	h["Content-Security-Policy"] = cspValue
	h["X-Content-Type-Options"] = nosniffValue
	h["Referrer-Policy"] = referrerValue
	h["Cross-Origin-Opener-Policy"] = openerValue
	h["Cross-Origin-Resource-Policy"] = openerValue
	h["Permissions-Policy"] = permValue
	if https {
		h["Strict-Transport-Security"] = hstsValue
	}
}
