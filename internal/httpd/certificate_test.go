package httpd_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kith/internal/httpd"
)

func TestCertifiedName(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"kith.example.org": "kith.example.org", "Kith.Example.Org": "kith.example.org", "bücher.example": "xn--bcher-kva.example",
		"192.0.2.7": "", "2001:db8::1": "", "shelf": "", "localhost": "", "kith.example.org.": "", "a b.example": "", "": "",
	} {
		if got, err := httpd.CertifiedName(host); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", host, got, err)
		}
	}
}

// Plain HTTP leads to the public address alone, whatever was asked for, and takes nothing that was sent in the open.
func TestCertificates_Plain(t *testing.T) {
	t.Parallel()
	c, err := httpd.NewCertificates(httpd.CertificateOptions{Host: "kith.example.org", Folder: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	const base = "https://kith.example.org:8443"
	plain := c.Plain(base)
	for _, target := range []string{"/", "/people?q=a+b", "//elsewhere.example/x", "http://elsewhere.example/y", "/a%2Fb"} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		w := httptest.NewRecorder()
		plain.ServeHTTP(w, r)
		if to := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || !strings.HasPrefix(to, base+"/") || strings.HasPrefix(to, base+"//") {
			t.Errorf("%s: %d to %q", target, w.Code, to)
		}
	}
	w := httptest.NewRecorder()
	plain.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader("password=x")))
	if w.Code != http.StatusBadRequest || w.Header().Get("Location") != "" {
		t.Errorf("a form: %d to %q", w.Code, w.Header().Get("Location"))
	}
}
