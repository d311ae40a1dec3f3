package httpd

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/net/idna"
)

// Certificates obtain the certificate of one host by ACME (RFC 8555) and renew it when a third of its time is left, or a month. The authority's
// question is answered on the port of https itself (RFC 8737) or, where plain HTTP is open, there.
type Certificates struct {
	host string
	log  *slog.Logger
	auto *autocert.Manager

	mu     sync.Mutex
	failed string // as it was last told
}

// CertificateOptions say for whom certificates are, and from whom.
type CertificateOptions struct {
	Host      string // a name that is known everywhere
	Folder    string // keeps the account's key and the certificates; made when it is missing
	Directory string // of the authority; empty is Let's Encrypt
	Log       *slog.Logger
}

// CertifiedName is a host as certificates and browsers write it (RFC 5891), or why no authority gives a certificate for it.
func CertifiedName(host string) (string, error) {
	name, err := idna.Lookup.ToASCII(host)
	switch {
	case net.ParseIP(host) != nil:
		return "", errors.New("an address of numbers gets no certificate: use a name")
	case err != nil || strings.HasSuffix(name, "."):
		return "", errors.New("this is not written as a name is, such as kith.example.org")
	case !strings.Contains(name, "."):
		return "", errors.New("only a name that is known everywhere gets a certificate, such as kith.example.org")
	}
	return name, nil
}

// NewCertificates prepares and asks nobody yet.
func NewCertificates(o CertificateOptions) (*Certificates, error) {
	name, err := CertifiedName(o.Host)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("keep certificates: %w", err)
	}
	directory := o.Directory
	if directory == "" {
		directory = acme.LetsEncryptURL
	}
	return &Certificates{host: name, log: o.Log, auto: &autocert.Manager{
		Prompt:     autocert.AcceptTOS, // docs/operate.md says so
		Cache:      autocert.DirCache(o.Folder),
		HostPolicy: autocert.HostWhitelist(name),
		Client:     &acme.Client{DirectoryURL: directory, UserAgent: "kith"},
	}}, nil
}

// TLS is how to answer on the port of https.
func (c *Certificates) TLS() *tls.Config {
	config := c.auto.TLSConfig()
	config.GetCertificate = c.certificate
	return config
}

// Plain answers on the port of plain HTTP: the authority's questions, and everybody else with the way to the same page of
// base, an address without a path.
func (c *Certificates) Plain(base string) http.Handler {
	return c.auto.HTTPHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Use "+base, http.StatusBadRequest) // what was sent in the open is not sent on
			return
		}
		to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, base+to.String(), http.StatusMovedPermanently)
	}))
}

// Obtain asks for the certificate now, so that the first visitor does not wait and a failure is told at once. Whoever
// comes next has it tried again.
func (c *Certificates) Obtain() {
	_, _ = c.certificate(&tls.ClientHelloInfo{ServerName: c.host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}})
}

// certificate tells a failure once for as long as it stays the same. Strangers who ask for other names are no news.
func (c *Certificates) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	cert, err := c.auto.GetCertificate(hello)
	if hello.ServerName != c.host {
		return cert, err
	}
	words := ""
	if err != nil {
		words = err.Error()
	}
	c.mu.Lock()
	news := words != c.failed
	c.failed = words
	c.mu.Unlock()
	switch {
	case !news:
	case err != nil:
		c.log.Warn("there is no certificate: the authority must reach this machine at the host's port 443 or 80", "host", c.host, "err", err)
	case cert.Leaf != nil:
		c.log.Info("there is a certificate again", "host", c.host, "until", cert.Leaf.NotAfter.Format(time.DateOnly))
	}
	return cert, err
}
