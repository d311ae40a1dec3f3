package cli_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const certified = "kith.example.org"

// authority is Pebble, an ACME server made for tests, with a name server to which every name is this machine. It asks at the
// ports given.
type authority struct {
	directory string
	trust     string // file of what vouches for the authority's own address
	roots     *x509.CertPool
	stop      func()
}

func newAuthority(t *testing.T, plain, secure string) authority {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"pebble", "pebble-challtestsrv"} {
		build := exec.CommandContext(t.Context(), "go", "-C", filepath.Join("..", "..", "tools"), "build", "-o", filepath.Join(dir, name), "github.com/letsencrypt/pebble/v2/cmd/"+name)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v: %s", name, err, out)
		}
	}
	a := authority{trust: filepath.Join(dir, "cert.pem")}
	vouch(t, a.trust, filepath.Join(dir, "key.pem"))
	listen, manage, names := free(t), free(t), free(t)
	_, plainPort, _ := net.SplitHostPort(plain)
	_, securePort, _ := net.SplitHostPort(secure)
	config := fmt.Sprintf(`{"pebble": {"listenAddress": %q, "managementListenAddress": %q, "certificate": %q, "privateKey": %q, "httpPort": %s, "tlsPort": %s,
		"retryAfter": {"authz": 1, "order": 1}, "keyAlgorithm": "ecdsa", "profiles": {"default": {"description": "ninety days", "validityPeriod": 7776000}}}}`,
		listen, manage, a.trust, filepath.Join(dir, "key.pem"), plainPort, securePort)
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	helper := peer(t, nil, filepath.Join(dir, "pebble-challtestsrv"), "-dnsserver", names, "-defaultIPv6", "", "-management", free(t), "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "")
	server := peer(t, []string{"PEBBLE_VA_NOSLEEP=1"}, filepath.Join(dir, "pebble"), "-config", filepath.Join(dir, "config.json"), "-dnsserver", names)
	a.stop = func() { server(); helper() }
	a.directory = "https://" + listen + "/dir"

	own := x509.NewCertPool()
	b, err := os.ReadFile(a.trust)
	if err != nil || !own.AppendCertsFromPEM(b) {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: own}}}
	a.roots = x509.NewCertPool()
	if b := patiently(t, client, "https://"+manage+"/roots/0"); !a.roots.AppendCertsFromPEM(b) {
		t.Fatalf("no root: %s", b)
	}
	return a
}

// vouch makes a certificate for this machine.
func vouch(t *testing.T, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "here"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// peer starts another program, and returns how to stop it.
func peer(t *testing.T, env []string, name string, args ...string) func() {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Env = append(os.Environ(), env...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(func() { _ = c.Process.Kill(); _ = c.Wait() })
	t.Cleanup(stop)
	return stop
}

// patiently gets what is at an address, once somebody answers there.
func patiently(t *testing.T, c *http.Client, address string) []byte {
	t.Helper()
	var last error
	for range 600 {
		res, err := c.Get(address) //nolint:noctx // bounded by the loop
		if err == nil {
			b, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d %s %v", address, res.StatusCode, b, err)
			}
			return b
		}
		last = err
		<-time.After(50 * time.Millisecond)
	}
	t.Fatalf("nobody answers at %s: %v", address, last)
	return nil
}

// as is a browser that believes the authority, and to which the name is this machine's address.
func as(a authority, name, address string) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: a.roots, ServerName: name}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
			DialContext: (&rewriting{address}).dial,
		},
	}
}

// TestServe_certificate: with a public address by https and nothing in front, Kith gets its certificate, leads plain HTTP
// to it, and needs the authority no more when it starts again.
func TestServe_certificate(t *testing.T) {
	t.Parallel()
	plain, secure, folder := free(t), free(t), t.TempDir()
	a := newAuthority(t, plain, secure)
	serve := func() (stop func() string) {
		c := program(t, []string{"KITH_DATA=" + folder, "SSL_CERT_FILE=" + a.trust}, "serve", "--tls", "acme", "--addr", secure, "--plain-addr", plain,
			"--public-url", "https://"+certified, "--acme-directory", a.directory)
		var said bytes.Buffer
		c.Stdout, c.Stderr = &said, &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return sync.OnceValue(func() string {
			_ = c.Process.Signal(os.Interrupt)
			_ = c.Wait()
			return said.String()
		})
	}
	stop := serve()
	defer stop()
	browser := as(a, certified, secure)
	if b := patiently(t, browser, "https://"+certified+"/healthz"); strings.TrimSpace(string(b)) != "ok" {
		t.Errorf("it answers %q", b)
	}
	res, err := browser.Get("https://" + certified + "/signin") //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.ProtoMajor != 2 {
		t.Errorf("it speaks %s", res.Proto)
	}
	res, err = as(a, certified, plain).Get("http://" + certified + "/people?q=a") //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusMovedPermanently || to != "https://"+certified+"/people?q=a" {
		t.Errorf("plain HTTP: %d to %q", res.StatusCode, to)
	}
	if _, err := as(a, "other.example.org", secure).Get("https://other.example.org/"); err == nil { //nolint:noctx,bodyclose // refused
		t.Error("another name has a certificate too")
	}
	if said := stop(); !strings.Contains(said, "Kith is at https://"+certified) || strings.Contains(said, "no certificate") {
		t.Errorf("it said %s", said)
	}
	if files, err := os.ReadDir(filepath.Join(folder, "certificates")); err != nil || len(files) == 0 {
		t.Errorf("nothing is kept, %v", err)
	}

	a.stop()
	again := serve()
	defer again()
	patiently(t, browser, "https://"+certified+"/healthz")
}

// TestServe_noCertificate: an authority that cannot be asked is told once, and what to do.
func TestServe_noCertificate(t *testing.T) {
	t.Parallel()
	secure := free(t)
	c := program(t, []string{"KITH_DATA=" + t.TempDir()}, "serve", "--tls", "acme", "--addr", secure, "--plain-addr", free(t), "--log-format", "json",
		"--public-url", "https://"+certified, "--acme-directory", "https://"+free(t)+"/dir")
	out, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	var line struct{ Level, Msg, Host string }
	if err := json.NewDecoder(out).Decode(&line); err != nil {
		t.Fatal(err)
	}
	if line.Level != "WARN" || line.Host != certified || !strings.Contains(line.Msg, "443") {
		t.Errorf("it told %+v", line)
	}
}

// rewriting connects to one address, whatever name was asked for.
type rewriting struct{ address string }

func (r *rewriting) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, r.address)
}
