package httpd_test

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"kith/internal/httpd"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"a stranger cannot choose its address":    {"203.0.113.9:1", []string{"198.51.100.1"}, "203.0.113.9"},
		"a trusted proxy is believed":             {"10.1.2.3:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"the nearest untrusted hop counts":        {"10.1.2.3:1", []string{"6.6.6.6, 198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		"headers are read as one list":            {"10.1.2.3:1", []string{"6.6.6.6", "198.51.100.1"}, "198.51.100.1"},
		"nonsense stops at the proxy":             {"10.1.2.3:1", []string{"198.51.100.1, junk"}, "10.1.2.3"},
		"no header leaves the proxy":              {"10.1.2.3:1", nil, "10.1.2.3"},
		"a mapped address is the one it maps":     {"[::ffff:203.0.113.9]:1", nil, "203.0.113.9"},
		"a trusted proxy by six":                  {"[::1]:1", []string{"2001:db8::7%eth0"}, "2001:db8::7"},
		"a socket has no address":                 {"@", []string{"198.51.100.1"}, "invalid IP"},
		"all trusted gives the farthest":          {"10.1.2.3:1", []string{"10.0.0.1, 10.0.0.2"}, "10.0.0.1"},
		"an empty forwarded header is no address": {"10.1.2.3:1", []string{""}, "10.1.2.3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got string
			h := httpd.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = httpd.Address(r).String() }), httpd.Options{Trusted: trusted})
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.peer
			r.Header["X-Forwarded-For"] = c.forwarded
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	mux := http.NewServeMux()
	mux.HandleFunc("GET /fine/{what}", func(_ http.ResponseWriter, _ *http.Request) {})
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("a private word") })
	h := httpd.Wrap(mux, httpd.Options{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})

	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/panic?q=secret", nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("a panic gave %d", w.Code)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/fine/Ana?q=secret", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Security-Policy") != httpd.ContentSecurityPolicy || w.Header().Get("X-Request-Id") == "" {
		t.Errorf("got %d with %v", w.Code, w.Header())
	}
	if w.Header().Get("Strict-Transport-Security") != "" {
		t.Error("a plain connection was told to insist on TLS")
	}
	lines := log.String()
	for _, private := range []string{"secret", "Ana", "private word"} {
		if strings.Contains(lines, private) {
			t.Errorf("the log holds %q", private)
		}
	}
	for _, want := range []string{`"route":"GET /fine/{what}"`, `"status":500`, `"status":200`, "panic in a request"} {
		if !strings.Contains(lines, want) {
			t.Errorf("the log lacks %s:\n%s", want, lines)
		}
	}
}

func TestScheme(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for name, c := range map[string]struct{ peer, target, proto, want string }{
		"a trusted proxy ends TLS":           {"10.0.0.1:1", "/", "https", "https"},
		"a stranger cannot claim it":         {"203.0.113.9:1", "/", "https", ""},
		"nor write it into the request line": {"203.0.113.9:1", "https://kith.example/", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := "none"
			h := httpd.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Scheme }), httpd.Options{Trusted: trusted})
			r := httptest.NewRequest(http.MethodGet, c.target, nil)
			r.TLS = nil
			r.RemoteAddr = c.peer
			r.Header.Set("X-Forwarded-Proto", c.proto)
			h.ServeHTTP(httptest.NewRecorder(), r)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestGzip(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a moment ", 1000)
	for name, c := range map[string]struct {
		accept, site, kind, body string
		status                   int
		want                     bool
	}{
		"long text is compressed":       {"br, gzip", "same-origin", "text/html; charset=utf-8", long, 200, true},
		"an address that was typed":     {"br, gzip", "none", "text/html; charset=utf-8", long, 200, true},
		"a program says nothing":        {"gzip", "", "text/html; charset=utf-8", long, 200, true},
		"problems are compressed too":   {"gzip;q=0.5", "", "application/problem+json", long, 422, true},
		"another site caused it":        {"gzip", "cross-site", "text/html", long, 200, false},
		"a sister of ours caused it":    {"gzip", "same-site", "text/html", long, 200, false},
		"short text is not":             {"gzip", "", "text/html", "short", 200, false},
		"a picture is not":              {"gzip", "", "image/png", long, 200, false},
		"events pass at once":           {"gzip", "", "text/event-stream", long, 200, false},
		"nobody asked":                  {"", "", "text/html", long, 200, false},
		"somebody asked not to":         {"gzip;q=0", "", "text/html", long, 200, false},
		"a status without body is kept": {"gzip", "", "text/html", "", 204, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := httpd.Gzip(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.status)
				for part := c.body; part != ""; {
					n := min(100, len(part))
					_, _ = io.WriteString(w, part[:n])
					part = part[n:]
				}
			}))
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Accept-Encoding", c.accept)
			r.Header.Set("Sec-Fetch-Site", c.site)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Fatalf("status %d", w.Code)
			}
			got := w.Header().Get("Content-Encoding") == "gzip"
			if got != c.want {
				t.Fatalf("compressed: %v", got)
			}
			body := w.Body.String()
			if got {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(z)
				if err != nil {
					t.Fatal(err)
				}
				body = string(b)
			}
			if body != c.body {
				t.Errorf("%d bytes came back of %d", len(body), len(c.body))
			}
		})
	}
}
