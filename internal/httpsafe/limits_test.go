package httpsafe

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kith/internal/fault"
)

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	const limit = 1000
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		switch r.URL.Path {
		case "/exact":
			_, _ = io.WriteString(w, strings.Repeat("x", limit))
		case "/announced":
			_, _ = io.WriteString(w, strings.Repeat("x", limit+1))
		case "/stream":
			for range limit + 1 {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(make([]byte, 1<<20))
			_ = z.Close()
		}
	})
	c := New(Options{Allow: loopback(t), MaxBody: limit})
	if got, err := get(t, c, s.URL+"/exact"); err != nil || len(got) != limit {
		t.Errorf("exactly the limit: %d bytes, %v", len(got), err)
	}
	for _, path := range []string{"/announced", "/stream", "/bomb"} {
		got, err := get(t, c, s.URL+path)
		wantCode(t, err, "response_too_large")
		if len(got) > limit {
			t.Errorf("%s: %d bytes were handed on", path, len(got))
		}
	}
	if got := size(4 << 20); got != "4 MiB" {
		t.Errorf("size says %q", got)
	}
}

func TestReadingOnAfterTheLimitStaysRefused(t *testing.T) {
	t.Parallel()
	b := &body{ReadCloser: io.NopCloser(strings.NewReader("abcdef")), left: 2, limit: 2}
	got, err := io.ReadAll(b)
	wantCode(t, err, "response_too_large")
	if string(got) != "ab" {
		t.Errorf("read %q", got)
	}
	_, err = b.Read(make([]byte, 1))
	wantCode(t, err, "response_too_large")
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hop":
			http.Redirect(w, r, "/silent", http.StatusFound)
		case "/slow-body":
			_, _ = io.WriteString(w, "the first words, then nothing")
			_ = http.NewResponseController(w).Flush()
			<-stop
		default:
			<-stop
		}
	}))
	t.Cleanup(func() { close(stop); s.Close() })
	for _, path := range []string{"/silent", "/slow-body", "/hop"} {
		_, err := get(t, New(Options{Allow: loopback(t), Timeout: 100 * time.Millisecond}), s.URL+path)
		wantCode(t, err, "destination_slow")
	}
}

func TestRedirectsShareOneDeadline(t *testing.T) {
	t.Parallel()
	g := &guard{opts: Options{Allow: loopback(t), Timeout: time.Hour}, next: &http.Transport{}}
	first, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Response = &http.Response{Request: req.WithContext(first)}
	resp, err := g.RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	wantCode(t, err, "destination_slow")
}

func TestCallersOwnEndIsNoFault(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(http.ResponseWriter, *http.Request) { cancel() })
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := New(Options{Allow: loopback(t)}).Do(req)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err != nil && (fault.As(err) != nil || !errors.Is(err, context.Canceled)) {
		t.Errorf("got %v, want the caller's own cancellation", err)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := get(t, New(Options{Allow: loopback(t)}), s.URL)
	wantCode(t, err, "destination_closed")
	_, err = get(t, New(Options{Resolver: nameserver(t)}), "http://nobody.test/")
	wantCode(t, err, "host_unknown")
}
