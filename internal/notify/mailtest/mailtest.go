// Package mailtest is a mail server for tests: a real one, which keeps what it is given. Only tests import it.
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options say how a server behaves. The zero value takes everything, in the open.
type Options struct {
	TLS      bool   // from the first byte
	StartTLS bool   // offered
	Password string // of the user "kith"; empty: none is asked for
	Login    bool   // offers LOGIN alone
}

// Got is a message as it came.
type Got struct {
	From, To string
	Data     []byte
}

// Server is a mail server. Refuse answers a recipient, when set: nil takes it.
type Server struct {
	Host, Port string
	Roots      *x509.CertPool // trust its certificate

	o      Options
	mu     sync.Mutex
	got    []Got
	refuse func(to string) error
	came   chan struct{}
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{o: o, came: make(chan struct{}, 100)}
	certified := httptest.NewTLSServer(nil) // whose certificate is for 127.0.0.1
	t.Cleanup(certified.Close)
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(certified.Certificate())
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	s.Host, s.Port, _ = net.SplitHostPort(l.Addr().String())
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		_, secure := c.TLSConnectionState()
		return &session{Server: s, secure: secure}, nil
	}))
	server.AllowInsecureAuth = true // so that a client that sends a password in the open is found out
	config := &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
	if o.StartTLS {
		server.TLSConfig = config
	}
	if o.TLS {
		l = tls.NewListener(l, config)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }()
	return s
}

// Refuse answers recipients from now on; nil takes all.
func (s *Server) Refuse(f func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = f
}

// Came yields once for each message that comes.
func (s *Server) Came() <-chan struct{} { return s.came }

// Got returns what came so far.
func (s *Server) Got() []Got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Got{}, s.got...)
}

// Answer is an error that the server answers with a code.
func Answer(code int, words string) error { return &smtp.SMTPError{Code: code, Message: words} }

type session struct {
	*Server
	secure, known bool
	from, to      string
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	switch {
	case s.o.Password == "":
		return nil
	case s.o.Login:
		return []string{sasl.Login}
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(mech string) (sasl.Server, error) {
	check := func(name, password string) error {
		if !s.secure || name != "kith" || password != s.o.Password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}
	if mech == sasl.Plain {
		return sasl.NewPlainServer(func(_, name, password string) error { return check(name, password) }), nil
	}
	return &loginServer{check: check}, nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.o.Password != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = to
	if s.refuse != nil {
		return s.refuse(to)
	}
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, Got{s.from, s.to, b})
	select {
	case s.came <- struct{}{}:
	default: // nobody waits for so many
	}
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() {}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// loginServer asks for a name and then a password.
type loginServer struct {
	check func(name, password string) error
	asked int
	name  string
}

// Next implements sasl.Server.
func (l *loginServer) Next(answer []byte) ([]byte, bool, error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.name = string(answer)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.name, string(answer))
}
