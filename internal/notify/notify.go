// Package notify carries words out of the house: today by mail, through a server that the operator names.
//
// It decides nothing about whether or when: whoever calls Send was asked to by the person whom the message is for. It
// knows no nouns and keeps nothing; a message that was not taken is its sender's to try again.
//
// Invariants: a message goes to one person. A password is sent only inside TLS. A header cannot be written by the words
// of a message. Errors name steps and answer codes of the server, never an address or a word of the message, so that
// they may be logged.
package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// sendFor is how long sending one message may take.
const sendFor = time.Minute

// How the connection to a server is protected.
const (
	StartTLS  = "smtp"       // in the open first, then TLS; without it nothing is sent
	Implicit  = "smtps"      // TLS from the first byte
	Plaintext = "smtp+plain" // none, unless the server offers it: for a relay on the same machine or network
)

// Server is the mail server of an operator.
type Server struct {
	Security string // StartTLS, Implicit or Plaintext
	Host     string
	Port     string
	User     string // empty: the server asks for none
	Password string
	From     mail.Address
	Roots    *x509.CertPool // whom to trust; nil is whom the system trusts
}

// Message is what is sent to one person, as text and as HTML.
type Message struct {
	ID      string // left half of the Message-ID: the same message again has the same
	To      mail.Address
	Date    time.Time
	Subject string
	Text    string
	HTML    string
	Leave   string // address at which one click ends such messages; empty: there is none
}

// RefusedError is an answer of the server that trying again will not change: it does not take mail for this person.
type RefusedError struct{ Code int }

func (r *RefusedError) Error() string {
	return "the mail server refused the recipient with " + strconv.Itoa(r.Code)
}

// ParseServer reads the address of a server, such as smtp://ana@mail.example.org:587, and the address that mail is from.
// A password in the address gives way to password.
func ParseServer(address, password, from string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("a mail server is written as smtp://user@mail.example.org:587")
	}
	s := &Server{Security: u.Scheme, Host: u.Hostname(), Port: u.Port(), User: u.User.Username(), Password: password}
	if s.Password == "" {
		s.Password, _ = u.User.Password()
	}
	ports := map[string]string{StartTLS: "587", Implicit: "465", Plaintext: "25"}
	if ports[s.Security] == "" {
		return nil, errors.New("a mail server begins with smtp:// (STARTTLS), smtps:// (TLS) or smtp+plain:// (neither, for a relay next door)")
	}
	if s.Port == "" {
		s.Port = ports[s.Security]
	}
	if (s.User == "") != (s.Password == "") {
		return nil, errors.New("a mail server needs both a user and a password, or neither")
	}
	a, err := mail.ParseAddress(from)
	if err != nil {
		return nil, errors.New(`mail needs an address that it is from, such as "Kith <kith@example.org>"`)
	}
	s.From = *a
	return s, nil
}

// Send gives a message to the server and returns once the server has taken it over. An answer that nothing will change is
// a *RefusedError; after any other error the message may be tried again.
func (s *Server) Send(ctx context.Context, m Message) error {
	body, err := s.compose(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, s.Port))
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	if s.Security == Implicit {
		conn = tls.Client(conn, s.tls())
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return step("greet", err)
	}
	if err := s.prepare(c); err != nil {
		return err
	}
	if err := c.Mail(s.From.Address); err != nil {
		return step("sender", err)
	}
	if err := c.Rcpt(m.To.Address); err != nil {
		if answer, ok := errors.AsType[*textproto.Error](err); ok && answer.Code >= 500 {
			return &RefusedError{answer.Code}
		}
		return step("recipient", err)
	}
	w, err := c.Data()
	if err != nil {
		return step("data", err)
	}
	if _, err := w.Write(body); err != nil {
		return step("write", err)
	}
	if err := w.Close(); err != nil { // the server answers here whether it took the message over
		return step("accept", err)
	}
	_ = c.Quit() // it has the message, whatever it says now
	return nil
}

func (s *Server) tls() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// prepare goes over to TLS and signs in.
func (s *Server) prepare(c *smtp.Client) error {
	offered, _ := c.Extension("STARTTLS")
	switch {
	case s.Security == Implicit:
	case offered && s.Security == StartTLS:
		if err := c.StartTLS(s.tls()); err != nil {
			return step("starttls", err)
		}
	case s.Security == StartTLS:
		return errors.New("the mail server offers no STARTTLS: nothing was sent in the open")
	}
	if s.User == "" {
		return nil
	}
	_, methods := c.Extension("AUTH")
	var how smtp.Auth = &login{s.User, s.Password, s.Security != Plaintext}
	if s.Security != Plaintext && strings.Contains(" "+methods+" ", " PLAIN ") {
		how = smtp.PlainAuth("", s.User, s.Password, s.Host)
	}
	if err := c.Auth(how); err != nil {
		return step("sign in", err)
	}
	return nil
}

// step names where it failed. What a server says may repeat an address, so only its code is kept.
func step(name string, err error) error {
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("the mail server answered %d (%s)", answer.Code, name)
	}
	return fmt.Errorf("mail server (%s): %w", name, err)
}

// login is how servers without PLAIN are signed in to.
type login struct {
	user, password string
	safe           bool
}

var errOpen = errors.New("a password is not sent in the open: use smtp:// or smtps://")

// Start implements smtp.Auth.
func (l *login) Start(*smtp.ServerInfo) (string, []byte, error) {
	if !l.safe {
		return "", nil, errOpen
	}
	return "LOGIN", nil, nil
}

// Next implements smtp.Auth: first the name is asked for, then the password.
func (l *login) Next(asked []byte, more bool) ([]byte, error) {
	switch {
	case !more:
		return nil, nil
	case strings.HasPrefix(strings.ToLower(string(asked)), "user"):
		return []byte(l.user), nil
	}
	return []byte(l.password), nil
}
