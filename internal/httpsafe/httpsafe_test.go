package httpsafe

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"kith/internal/fault"
)

// The test servers listen on 127.0.0.1, which the tests allow; everything else special stays refused.
func loopback(t *testing.T, more ...string) Allow {
	t.Helper()
	a, err := ParseAllow(append([]string{"127.0.0.1"}, more...))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, c *http.Client, target string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	f := fault.As(err)
	if f == nil {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
	if f.Code != code {
		t.Fatalf("got the fault %s, want %s", f.Code, code)
	}
}

func TestSpecial(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "100.100.100.200", "127.0.0.1",
		"127.255.255.254", "168.63.129.16", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.192",
		"192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
		"239.255.255.250", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1",
		"2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "4000::1", "64:ff9b:1::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3",
		"64:ff9b::169.254.169.254",
	} {
		if !special(netip.MustParseAddr(s)) {
			t.Errorf("%s passes", s)
		}
	}
	for _, s := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
		"168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
		"192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888", "2003::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
	} {
		if special(netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
	if !special(netip.Addr{}) {
		t.Error("an address that is none passes")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for raw, code := range map[string]string{
		"https://example.org/hook":          "",
		"http://example.org:8080":           "",
		"https://[2606:4700::1111]/":        "",
		"ftp://example.org/":                "url_scheme",
		"file:///etc/passwd":                "url_scheme",
		"gopher://example.org":              "url_scheme",
		"example.org/hook":                  "url_scheme",
		"":                                  "url_scheme",
		"https://sam:secret@example.org/":   "url_credentials",
		"https://sam@example.org/":          "url_credentials",
		"https:///path":                     "url_without_host",
		"https://:443/":                     "url_without_host",
		"https://exa mple.org/":             "url_unreadable",
		"http://10.0.0.1/":                  "address_not_public",
		"http://[::1]:80/":                  "address_not_public",
		"http://[::ffff:127.0.0.2]/":        "address_not_public",
		"http://[fe80::1%25eth0]/":          "address_not_public",
		"http://169.254.169.254/latest":     "address_not_public",
		"http://127.0.0.1:9/allowed-number": "",
		"http://192.168.7.9/allowed-range":  "",
		"http://192.168.8.9/beside-it":      "address_not_public",
		"http://NAS.local./allowed-name":    "",
	} {
		err := Options{Allow: loopback(t, " 192.168.7.77/24", "nas.local", "")}.Check(raw)
		if code == "" {
			if err != nil {
				t.Errorf("%q: %v", raw, err)
			}
			continue
		}
		if f := fault.As(err); f == nil || f.Code != code {
			t.Errorf("%q: got %v, want %s", raw, err, code)
		} else if strings.Contains(f.Error(), "secret") {
			t.Errorf("%q: the message repeats a secret", raw)
		}
	}
}

func TestParseAllow(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"http://nas.local", "10.0.0.0/33", "nas.local:80", "*.local", "a b", "sam@nas"} {
		if _, err := ParseAllow([]string{bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	a, err := ParseAllow([]string{"::ffff:10.0.0.1", "[fd00::1]"})
	if err != nil {
		t.Fatal(err)
	}
	for s, ok := range map[string]bool{"10.0.0.1": true, "10.0.0.2": false, "fd00::1": true, "fd00::2": false} {
		if got := a.checkAddr(netip.MustParseAddr(s)) == nil; got != ok {
			t.Errorf("%s: allowed %v, want %v", s, got, ok)
		}
	}
}

func TestZeroOptionsRefuseLoopback(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"} {
		_, err := get(t, New(Options{}), "http://"+host+":"+port+"/")
		wantCode(t, err, "address_not_public")
		if !fault.Is(err, fault.KindDenied) {
			t.Errorf("%s: %v is of another kind", host, err)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests arrived", hits.Load())
	}
}

func TestRefusedRequestClosesItsBody(t *testing.T) {
	t.Parallel()
	var closed atomic.Bool
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://10.0.0.1/", closer{strings.NewReader("x"), &closed})
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := New(Options{}).Do(req); err == nil {
		_ = resp.Body.Close()
		t.Fatal("the request went out")
	}
	if !closed.Load() {
		t.Error("the body stays open")
	}
}

type closer struct {
	io.Reader
	closed *atomic.Bool
}

func (c closer) Close() error { c.closed.Store(true); return nil }

func TestRedirects(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
			return
		}
		if ref := r.Header.Get("Referer"); ref != "" {
			t.Errorf("the secret address arrives as Referer %q", ref)
		}
		_, _ = io.WriteString(w, "arrived")
	})
	c := New(Options{Allow: loopback(t), MaxRedirects: 2})
	hop := func(to string) string { return s.URL + "/?to=" + url.QueryEscape(to) }

	if got, err := get(t, c, hop(hop("/"))); err != nil || got != "arrived" {
		t.Errorf("two redirects: %q, %v", got, err)
	}
	for _, tt := range []struct{ target, code string }{
		{hop(hop(hop("/"))), "too_many_redirects"},
		{hop("http://127.0.0.2:1/"), "address_not_public"},
		{hop("http://169.254.169.254/latest/meta-data/"), "address_not_public"},
		{hop("http://[::ffff:10.0.0.1]/"), "address_not_public"},
		{hop("http://localhost.:1/"), "address_not_public"},
		{hop("http://sam:secret@127.0.0.1/"), "url_credentials"},
		{hop("file:///etc/passwd"), "url_scheme"},
	} {
		c := c
		if strings.Contains(tt.target, "localhost") {
			c = New(Options{Allow: loopback(t), Resolver: nameserver(t, "127.0.0.2")})
		}
		_, err := get(t, c, tt.target)
		wantCode(t, err, tt.code)
	}
	_, err := get(t, New(Options{Allow: loopback(t), MaxRedirects: -1}), hop("/"))
	wantCode(t, err, "too_many_redirects")
}

func TestRedirectLeavesHTTPSNever(t *testing.T) {
	t.Parallel()
	plain := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the request arrives in the clear") })
	s := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(s.Close)
	c := New(Options{Allow: loopback(t)})
	tlsOf(t, c).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	_, err := get(t, c, s.URL)
	wantCode(t, err, "redirect_not_secure")
}

// tlsOf reaches the transport, so that a test can trust the certificate of its own server.
func tlsOf(t *testing.T, c *http.Client) *http.Transport {
	t.Helper()
	return c.Transport.(*guard).next
}

func TestNamesAreJudgedAtEveryConnection(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { hits.Add(1); w.Header().Set("Connection", "close") })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	// The name answers with an allowed address first, then with the one it was after from the start.
	c := New(Options{Allow: loopback(t), Resolver: nameserver(t, "127.0.0.1", "127.0.0.2")})
	if _, err := get(t, c, "http://rebind.test:"+port+"/"); err != nil {
		t.Fatal(err)
	}
	_, err := get(t, c, "http://rebind.test:"+port+"/")
	wantCode(t, err, "address_not_public")
	if hits.Load() != 1 {
		t.Errorf("%d requests arrived, want 1", hits.Load())
	}
}

func TestAllowedNameMayBeAnywhere(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "home") })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	a, err := ParseAllow([]string{"nas.test"})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Allow: a, Resolver: nameserver(t, "127.0.0.1")}
	if got, err := get(t, New(o), "http://nas.test:"+port+"/"); err != nil || got != "home" {
		t.Errorf("%q, %v", got, err)
	}
	_, err = get(t, New(o), "http://other.test:"+port+"/")
	wantCode(t, err, "address_not_public")
}

func TestProxy(t *testing.T) {
	t.Parallel()
	var seen atomic.Value
	p := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.URL.String())
		_, _ = io.WriteString(w, "by proxy")
	})
	at, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := New(Options{Proxy: http.ProxyURL(at)})
	if got, err := get(t, c, "http://example.test/path"); err != nil || got != "by proxy" || seen.Load() != "http://example.test/path" {
		t.Errorf("%q, %v, the proxy saw %v", got, err, seen.Load())
	}
	_, err = get(t, c, "http://10.0.0.1/")
	wantCode(t, err, "address_not_public")
	for raw, want := range map[string]string{
		"http://p.test": "p.test:80", "https://p.test": "p.test:443", "socks5://p.test": "p.test:1080", "http://[::1]:3128": "[::1]:3128",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := proxyAddress(u); got != want {
			t.Errorf("%s is at %s, want %s", raw, got, want)
		}
	}
}

func TestEnvironmentNamesNoProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	c := New(Options{Allow: loopback(t), Resolver: nameserver(t, "127.0.0.1")})
	if got, err := get(t, c, "http://direct.test:"+port+"/"); err != nil || got != "direct" {
		t.Errorf("%q, %v", got, err)
	}
}

// nameserver answers the i-th question for an IPv4 address with the i-th answer, and later ones with the last. Without
// answers there are no names.
func nameserver(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		asked := 0
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if len(answers) == 0 {
				m.RCode = dnsmessage.RCodeNameError
			} else if q.Type == dnsmessage.TypeA {
				ip := netip.MustParseAddr(answers[min(asked, len(answers)-1)]).As4()
				asked++
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: ip},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}
