package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/webauthn"
)

// ceremonyLife is how long a question waits for its answer.
const ceremonyLife = 10 * time.Minute

// Why a passkey is asked for. An answer to one is none to another.
const (
	toAdd     = "add"
	toSignIn  = "sign-in"
	toConfirm = "confirm"
)

// PasskeySite says at which host and address passkeys work, or false where they cannot: they need https or localhost, and
// a host that has a name.
func (s *Service) PasskeySite(r *http.Request) (webauthn.Party, bool) {
	if !s.sealed {
		return webauthn.Party{}, false
	}
	u, err := url.Parse(s.url)
	if s.url == "" {
		u = &url.URL{Scheme: "http", Host: r.Host}
		if host := hostOf(r.Host); host != "localhost" {
			if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
				return webauthn.Party{}, false
			}
			u.Host = "localhost" // the same machine by its name
			if _, port, err := net.SplitHostPort(r.Host); err == nil {
				u.Host = net.JoinHostPort("localhost", port)
			}
		}
	}
	if err != nil || u.Hostname() == "" {
		return webauthn.Party{}, false
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return webauthn.Party{}, false
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		u.Host = u.Hostname() // as a browser writes an origin
	}
	return webauthn.Party{ID: s.host(), Origins: []string{u.Scheme + "://" + u.Host}}, true
}

func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// ceremony is what the browser keeps, sealed, between a question and its answer.
type ceremony struct {
	User      account.ID `json:"u,omitempty"`
	Session   string     `json:"s,omitempty"`
	Challenge []byte     `json:"c"`
	Ends      int64      `json:"e"`
}

// Question is what a browser is asked: Options for its script, and State for its cookie.
type Question struct {
	Options any
	State   string
}

// ask makes a challenge and seals it together with whom it is for.
func (s *Service) ask(kind string, by Identity) (challenge string, state string, err error) {
	c := ceremony{User: by.User, Session: by.Session, Challenge: make([]byte, 32), Ends: db.Micros(s.now().Add(ceremonyLife))}
	_, _ = rand.Read(c.Challenge) // never fails, see crypto/rand
	b, err := json.Marshal(c)
	if err != nil {
		return "", "", fmt.Errorf("keep a question: %w", err)
	}
	return encode(c.Challenge), s.state.Seal(kind, "", string(b)), nil
}

// asked opens what ask sealed, for the same purpose and the same browser.
func (s *Service) asked(kind string, by Identity, state string) (ceremony, error) {
	over := func() error {
		return fault.Invalid("ceremony_over", "", "That took too long, or was answered already. Try it once more.")
	}
	if !s.sealed {
		return ceremony{}, over()
	}
	text, err := s.state.OpenSealed(kind, "", state)
	var c ceremony
	if err != nil || json.Unmarshal([]byte(text), &c) != nil || c.User != by.User || c.Session != by.Session || c.Ends <= db.Micros(s.now()) {
		return ceremony{}, over()
	}
	return c, nil
}

// answered takes a question as answered, once.
func (s *Service) answered(ctx context.Context, tx *db.Tx, c ceremony) error {
	n, err := insertCeremony(ctx, tx, digest(string(c.Challenge)), c.Ends)
	if err == nil && n == 0 {
		return fault.Invalid("ceremony_over", "", "That took too long, or was answered already. Try it once more.")
	}
	return err
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// host is the one at which passkeys work.
func (s *Service) host() string {
	if u, err := url.Parse(s.url); err == nil && s.url != "" {
		return strings.ToLower(u.Hostname())
	}
	return "localhost"
}
