// Package httpsafe makes the HTTP client through which every outgoing request of Kith goes.
//
// People type addresses into Kith (webhooks, calendars, push endpoints), and Kith stands inside networks its users
// cannot otherwise reach. So the client refuses private, loopback, link-local and other special addresses, unless the
// operator allows them. It is not a general client: it has no cookies, and knows nothing of what it carries.
//
// Invariants:
//   - An address is judged after its name was resolved, in the same step that connects to it, at every connection: a
//     name that answers differently the second time gains nothing.
//   - Every hop of a redirect passes the same checks; from https it never falls back to http.
//   - Nobody waits longer than Options.Timeout, redirects and body included, and no body is read beyond
//     Options.MaxBody, counted after decompression.
//   - What a person can mend leaves as a fault that says how.
package httpsafe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"kith/internal/fault"
)

// What a zero Options stands for.
const (
	DefaultTimeout      = 20 * time.Second
	DefaultMaxBody      = 4 << 20
	DefaultMaxRedirects = 3
)

const (
	connectTimeout = 10 * time.Second
	maxHeader      = 64 << 10
)

// Options are the bounds of a client. The zero value refuses every special address and uses the defaults above.
type Options struct {
	Allow        Allow         // what the operator allows although it is private
	Timeout      time.Duration // for one request with its redirects and its whole body; 0 is DefaultTimeout
	MaxBody      int64         // bytes of a response, decompressed; 0 is DefaultMaxBody
	MaxRedirects int           // 0 is DefaultMaxRedirects, a negative number follows none and is an error at the first
	Resolver     *net.Resolver // nil is the system's

	// Proxy is asked which proxy a request takes; nil takes none, whatever the environment says. Behind a proxy it is
	// the proxy that resolves names, so it must do the refusing: only addresses written as numbers are judged here.
	Proxy func(*http.Request) (*url.URL, error)
}

// New returns a client that keeps to o. It can be handed to any library that takes an *http.Client, and is meant to be
// kept: it holds the connections.
func New(o Options) *http.Client {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxRedirects == 0 {
		o.MaxRedirects = DefaultMaxRedirects
	}
	g := &guard{opts: o}
	g.next = &http.Transport{
		Proxy:                  g.proxy,
		DialContext:            g.dial,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    connectTimeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
	}
	return &http.Client{Transport: g, CheckRedirect: g.redirect}
}

// Check says whether a client with these options would set out for raw at all. It resolves no name: it is for the
// moment in which a person types an address, and takes nothing away from the checks of the request itself.
func (o Options) Check(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's error repeats what was typed, which may hold a secret.
		return fault.Invalid("url_unreadable", "url", "This is not a web address. Write it like https://example.org/path.")
	}
	return o.Allow.checkURL(u)
}

// guard is the transport: it checks each hop before it leaves and bounds what comes back.
type guard struct {
	opts    Options
	next    *http.Transport
	proxies sync.Map // "host:port" of every proxy that Options.Proxy has named
}

// RoundTrip sends one hop.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.opts.Allow.checkURL(req.URL); err != nil {
		closeBody(req)
		return nil, err
	}
	deadline := time.Now().Add(g.opts.Timeout)
	if req.Response != nil && req.Response.Request != nil {
		// A later hop goes on under the deadline of the first; its context is over, its deadline can still be read.
		if d, ok := req.Response.Request.Context().Deadline(); ok && d.Before(deadline) {
			deadline = d
		}
	}
	ctx, cancel := context.WithDeadline(req.Context(), deadline)
	resp, err := g.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		defer cancel()
		return nil, g.explain(req.Context(), ctx, err)
	}
	if resp.ContentLength > g.opts.MaxBody {
		_ = resp.Body.Close()
		cancel()
		return nil, tooLarge(g.opts.MaxBody)
	}
	limited := &body{
		ReadCloser: resp.Body, left: g.opts.MaxBody, limit: g.opts.MaxBody, cancel: cancel,
		explain: func(err error) error { return g.explain(req.Context(), ctx, err) },
	}
	resp.Body = limited
	if rw, ok := limited.ReadCloser.(io.Writer); ok {
		// A switched protocol (101) is written through its body.
		resp.Body = struct {
			*body
			io.Writer
		}{limited, rw}
	}
	return resp, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the connections.
func (g *guard) CloseIdleConnections() { g.next.CloseIdleConnections() }

func (g *guard) redirect(req *http.Request, via []*http.Request) error {
	// Addresses of webhooks and push endpoints are secrets; the next server must not read them in a Referer.
	req.Header.Del("Referer")
	if most := max(g.opts.MaxRedirects, 0); len(via) > most {
		return fault.Invalid("too_many_redirects", "url",
			"This address sends on more than %d times. Enter the address it ends at.", most).With("max", most)
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme == "http" {
		return fault.Invalid("redirect_not_secure", "url",
			"This address sends on from https to http, where others can read along. Enter one that stays on https.")
	}
	return nil
}

func (g *guard) proxy(req *http.Request) (*url.URL, error) {
	if g.opts.Proxy == nil {
		return nil, nil //nolint:nilnil // this is how http.Transport spells "no proxy"
	}
	u, err := g.opts.Proxy(req)
	if u != nil {
		g.proxies.Store(proxyAddress(u), true)
	}
	return u, err
}

func proxyAddress(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// dial connects to address, a name or number with its port, and judges each number the name stands for.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: connectTimeout, Resolver: g.opts.Resolver}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("split address and port: %w", err)
	}
	if _, isProxy := g.proxies.Load(address); !isProxy && !g.opts.Allow.host(host) {
		d.Control = func(_, resolved string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(resolved)
			if err != nil {
				return fmt.Errorf("read the resolved address: %w", err)
			}
			return g.opts.Allow.checkAddr(at.Addr())
		}
	}
	return d.DialContext(ctx, network, address)
}

// explain turns what a person can do something about into a fault. The caller's own context comes first: a caller that
// gave up wants to see that.
func (g *guard) explain(caller, own context.Context, err error) error {
	if fault.As(err) != nil || caller.Err() != nil {
		return err
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case own.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return fault.Busy("destination_slow", "The other server did not answer in time. Try again later.").Because(err)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fault.Invalid("host_unknown", "url", "There is no server of this name. Check the spelling.").Because(err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fault.Busy("destination_closed",
			"Nothing answers at this address. Check the port, or try again when the other server runs.").Because(err)
	}
	return err
}

// body ends with a fault where the limit or the deadline ends it.
type body struct {
	io.ReadCloser
	left, limit int64
	cancel      context.CancelFunc
	explain     func(error) error
}

// Read reads at most one byte more than the limit, to know whether there is one.
func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, tooLarge(b.limit)
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, tooLarge(b.limit)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.explain(err)
	}
	return n, err
}

// Close lets go of the connection and the deadline.
func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

func tooLarge(limit int64) error {
	return fault.TooLarge("response_too_large", "url", "The other server answers with more than %s, which is more than is read.",
		size(limit)).With("max", size(limit))
}

func size(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// closeBody does what the contract of RoundTrip asks for, also on errors: the request's body is closed.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// Allow is what the operator lets the client reach although it is special. The zero value allows nothing.
type Allow struct {
	ranges []netip.Prefix
	hosts  map[string]bool
}

// ParseAllow reads the operator's list: ranges ("192.168.1.0/24"), single addresses ("::1") and names of hosts
// ("nas.local"). A named host may stand for any address, so whoever answers for its name is trusted with the network.
func ParseAllow(list []string) (Allow, error) {
	a := Allow{hosts: map[string]bool{}}
	for _, item := range list {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if p, err := netip.ParsePrefix(item); err == nil {
			a.ranges = append(a.ranges, p.Masked())
			continue
		}
		if ip, err := netip.ParseAddr(strings.Trim(item, "[]")); err == nil {
			ip = ip.Unmap().WithZone("")
			a.ranges = append(a.ranges, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		if strings.ContainsAny(item, "/:@*? ") {
			return Allow{}, fmt.Errorf("%q is neither a range like 192.168.1.0/24, an address, nor a bare host name", item)
		}
		a.hosts[hostKey(item)] = true
	}
	return a, nil
}

func hostKey(h string) string { return strings.TrimSuffix(strings.ToLower(h), ".") }

func (a Allow) host(h string) bool { return a.hosts[hostKey(h)] }

func (a Allow) checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fault.Invalid("url_scheme", "url", "Only addresses that begin with https:// or http:// can be reached.")
	case u.User != nil:
		return fault.Invalid("url_credentials", "url", "Leave the name and password out of the address; they have fields of their own.")
	case u.Hostname() == "":
		return fault.Invalid("url_without_host", "url", "The address names no server. Write it like https://example.org/path.")
	}
	if a.host(u.Hostname()) {
		return nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return a.checkAddr(ip)
	}
	return nil
}

func (a Allow) checkAddr(ip netip.Addr) error {
	ip = ip.Unmap().WithZone("")
	for _, p := range a.ranges {
		if p.Contains(ip) {
			return nil
		}
	}
	if special(ip) {
		return fault.Denied("address_not_public",
			"This address leads into a private or reserved network, which Kith does not enter by itself. "+
				"Whoever runs this Kith can add it to the outgoing addresses that are allowed.")
	}
	return nil
}
