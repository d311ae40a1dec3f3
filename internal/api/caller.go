package api

import (
	"context"
	"net/http"
	"net/netip"
	"reflect"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"golang.org/x/time/rate"

	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/httpd"
)

// callerKey holds the identity between the middleware and handle, which passes it on as a parameter.
type callerKey struct{}

func callerOf(ctx context.Context) auth.Identity {
	who, _ := ctx.Value(callerKey{}).(*auth.Identity)
	if who == nil { // identify ran for every operation; without it nobody may do anything
		return auth.Identity{}
	}
	return *who
}

// identify finds out who asks and whether they may, before anything of the request is read.
func (s *server) identify(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	who, err := s.caller(r)
	if err == nil {
		scope, _ := ctx.Operation().Metadata[scopeKey].(auth.Scope)
		err = who.Need(scope)
	}
	if err != nil {
		writeProblem(w, s.problemFor(r.Context(), err))
		return
	}
	next(huma.WithValue(ctx, callerKey{}, &who))
}

func (s *server) caller(r *http.Request) (auth.Identity, error) {
	if auth.IsLocal(r.Context()) {
		return s.local(r)
	}
	address := httpd.Address(r)
	if !s.limits.allow(s.limits.strangers, network(address), address, s.now()) {
		return auth.Identity{}, tooOften()
	}
	if r.Header.Get("Authorization") == "" { // a browser sends its cookie along whoever made it ask
		if err := s.origins.Check(r); err != nil {
			return auth.Identity{}, fault.Denied("cross_origin", "This request came from another site.").Because(err)
		}
	}
	who, err := s.Auth.FromRequest(r.Context(), r)
	if err != nil {
		if fault.Is(err, fault.KindUnknown) {
			s.limits.spend(s.limits.strangers, network(address), address, s.now())
		}
		return auth.Identity{}, err
	}
	if s.Auth.Locked(who) {
		return auth.Identity{}, fault.Denied("device_locked", "This browser has locked its private pages. Unlock them first.")
	}
	key := who.Token
	if key == "" {
		key = who.Session
	}
	if !s.limits.spend(s.limits.known, key, address, s.now()) {
		return auth.Identity{}, tooOften()
	}
	return who, nil
}

func tooOften() error {
	return fault.Busy("too_many_requests", "That was a lot at once. Wait a second, then go on.").With("seconds", 1)
}

// local is the operator at the machine. That no account could be told from the request is, to the API, nobody signed in.
func (s *server) local(r *http.Request) (auth.Identity, error) {
	who, err := s.Auth.FromRequest(r.Context(), r)
	if f := fault.As(err); f != nil {
		return who, fault.Unknown(f.Code, "%s", f.Message)
	}
	return who, err
}

// limits keep one client from crowding out the others: generous for those who are known, narrow for those who guess
// secrets. They hold for a process; what must hold over nodes (passwords) is counted in the database by auth. Requests from the machine
// itself are not limited.
type limits struct {
	known     *buckets
	strangers *buckets
}

func newLimits() *limits {
	return &limits{
		known:     &buckets{each: 100, burst: 1000, of: map[string]*rate.Limiter{}},
		strangers: &buckets{each: 2, burst: 60, of: map[string]*rate.Limiter{}},
	}
}

// buckets are token buckets by key. Full ones are forgotten.
type buckets struct {
	each  rate.Limit
	burst int

	mu sync.Mutex
	of map[string]*rate.Limiter
}

// maxBuckets is when the idle ones are swept away.
const maxBuckets = 4096

func (l *limits) exempt(a netip.Addr) bool { return !a.IsValid() || a.IsLoopback() }

// allow reports whether anything is left.
func (l *limits) allow(b *buckets, key string, a netip.Addr, now time.Time) bool {
	if l.exempt(a) {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.of[key]
	return !ok || k.TokensAt(now) >= 1
}

// spend takes one and reports whether there was one.
func (l *limits) spend(b *buckets, key string, a netip.Addr, now time.Time) bool {
	if l.exempt(a) {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.of[key]
	if !ok {
		if len(b.of) >= maxBuckets {
			for key, k := range b.of {
				if k.TokensAt(now) >= float64(b.burst) {
					delete(b.of, key)
				}
			}
		}
		k = rate.NewLimiter(b.each, b.burst)
		b.of[key] = k
	}
	return k.AllowN(now, 1)
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// network is what one stranger has: an address, or where those are plenty the network they come from.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
