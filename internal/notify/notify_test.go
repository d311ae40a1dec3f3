package notify

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"kith/internal/notify/mailtest"
)

func message() Message {
	return Message{
		ID: "digest.week.2026-W47.x", To: mail.Address{Name: "Ana María", Address: "ana@example.org"}, Date: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC),
		Subject: "Deine Woche 47: Föhn", Text: "Grüße\n.\n" + strings.Repeat("ü", 2000), HTML: "<p>Grüße</p>", Leave: "https://kith.example.org/digest/off/u/s",
	}
}

func serverOf(t *testing.T, m *mailtest.Server, security, password string) *Server {
	t.Helper()
	user := ""
	if password != "" {
		user = "kith@"
	}
	s, err := ParseServer(security+"://"+user+net.JoinHostPort(m.Host, m.Port), password, "Kith <kith@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	s.Roots = m.Roots
	return s
}

func TestServer_Send(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		o        mailtest.Options
		security string
		password string
		wrong    string // a part of the error; empty: it arrives
	}{
		{"in the open, next door", mailtest.Options{}, Plaintext, "", ""},
		{"STARTTLS", mailtest.Options{StartTLS: true}, StartTLS, "", ""},
		{"STARTTLS with a password", mailtest.Options{StartTLS: true, Password: "open sesame"}, StartTLS, "open sesame", ""},
		{"TLS", mailtest.Options{TLS: true}, Implicit, "", ""},
		{"TLS with a password", mailtest.Options{TLS: true, Password: "open sesame"}, Implicit, "open sesame", ""},
		{"LOGIN alone", mailtest.Options{TLS: true, Password: "open sesame", Login: true}, Implicit, "open sesame", ""},
		{"another password", mailtest.Options{TLS: true, Password: "open sesame"}, Implicit, "sesame", "535 (sign in)"},
		{"another password, LOGIN", mailtest.Options{TLS: true, Password: "open sesame", Login: true}, Implicit, "sesame", "535 (sign in)"},
		{"no password where one is asked for", mailtest.Options{StartTLS: true, Password: "open sesame"}, StartTLS, "", "502 (sender)"},
		{"no STARTTLS", mailtest.Options{}, StartTLS, "", "offers no STARTTLS"},
		{"a password in the open", mailtest.Options{Password: "open sesame"}, Plaintext, "open sesame", "not sent in the open"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := mailtest.Start(t, tt.o)
			err := serverOf(t, m, tt.security, tt.password).Send(t.Context(), message())
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) || len(m.Got()) > 0 {
					t.Errorf("%v, want %q", err, tt.wrong)
				}
				return
			}
			got := m.Got()
			if err != nil || len(got) != 1 || got[0].To != "ana@example.org" || got[0].From != "kith@example.org" {
				t.Fatalf("%+v, %v", got, err)
			}
			check(t, got[0].Data, message())
		})
	}
}

// check reads a message back.
func check(t *testing.T, data []byte, want Message) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	to, err2 := mail.ParseAddress(m.Header.Get("To"))
	if err != nil || err2 != nil || subject != oneLine(want.Subject) || to.Address != want.To.Address {
		t.Errorf("%q to %v, %v, %v", subject, to, err, err2)
	}
	if m.Header.Get("List-Unsubscribe") != "<"+want.Leave+">" || m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("no way out: %v", m.Header)
	}
	if m.Header.Get("Message-Id") != "<"+want.ID+"@example.org>" {
		t.Errorf("named %s", m.Header.Get("Message-Id"))
	}
	if len(m.Header) != 10 {
		t.Errorf("%d headers: %v", len(m.Header), m.Header)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, words := range []string{want.Text, want.HTML} {
		p, err := parts.NextPart() // which undoes quoted-printable
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if got := strings.ReplaceAll(string(b), "\r\n", "\n"); err != nil || got != strings.ReplaceAll(words, "\r\n", "\n") {
			t.Errorf("%q, want %q, %v", got, words, err)
		}
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		t.Errorf("more than two parts: %v", err)
	}
}

func TestServer_Send_refused(t *testing.T) {
	t.Parallel()
	m := mailtest.Start(t, mailtest.Options{})
	s := serverOf(t, m, Plaintext, "")
	m.Refuse(func(to string) error { return mailtest.Answer(550, "no such user "+to) })
	err := s.Send(t.Context(), message())
	if r, ok := errors.AsType[*RefusedError](err); !ok || r.Code != 550 || strings.Contains(err.Error(), "ana") {
		t.Errorf("refused for good: %v", err)
	}
	m.Refuse(func(to string) error { return mailtest.Answer(451, "later, "+to) })
	err = s.Send(t.Context(), message())
	if _, ok := errors.AsType[*RefusedError](err); ok || err == nil || strings.Contains(err.Error(), "ana") {
		t.Errorf("refused for now: %v", err)
	}
	s.Port = "1" // nobody listens there
	if err := s.Send(t.Context(), message()); err == nil || strings.Contains(err.Error(), "ana") {
		t.Errorf("a dead server: %v", err)
	}
	untrusting := serverOf(t, mailtest.Start(t, mailtest.Options{TLS: true}), Implicit, "")
	untrusting.Roots = nil
	if err := untrusting.Send(t.Context(), message()); err == nil {
		t.Error("a certificate of nobody is trusted")
	}
}

func TestParseServer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ address, password, from, want string }{
		{"smtp://ana:secret@mail.example.org", "", "kith@example.org", "smtp mail.example.org 587 ana secret"},
		{"smtps://ana@mail.example.org", "other", "Kith <kith@example.org>", "smtps mail.example.org 465 ana other"},
		{"smtp+plain://relay", "", "kith@example.org", "smtp+plain relay 25  "},
		{"smtp://[::1]:2525", "", "kith@example.org", "smtp ::1 2525  "},
		{"mail.example.org:25", "", "kith@example.org", ""},
		{"https://mail.example.org", "", "kith@example.org", ""},
		{"smtp://", "", "kith@example.org", ""},
		{"smtp://host/path", "", "kith@example.org", ""},
		{"smtp://ana@host", "", "kith@example.org", ""},
		{"smtp://host", "secret", "kith@example.org", ""},
		{"smtp://host", "", "", ""},
		{"smtp://host", "", "kith", ""},
	} {
		s, err := ParseServer(tt.address, tt.password, tt.from)
		got := ""
		if err == nil {
			got = strings.Join([]string{s.Security, s.Host, s.Port, s.User, s.Password}, " ")
		}
		if got != tt.want {
			t.Errorf("%s is %q, want %q (%v)", tt.address, got, tt.want, err)
		}
	}
}

// Whatever words a message holds, they come back as they were and write no header.
func FuzzCompose(f *testing.F) {
	f.Add("Deine Woche 47", "Ana", "Grüße\n.\n", "<p>")
	f.Add("a\r\nBcc: eve@example.org", "Ana\r\nBcc: eve@example.org", "\r\n--x\r\n", "")
	f.Add(strings.Repeat("=?utf-8?q?", 40), "\"<>", strings.Repeat("=", 900), "\x00")
	f.Add("a name that net/mail writes and cannot read", "é\\", "", "")
	f.Fuzz(func(t *testing.T, subject, name, text, html string) {
		s := &Server{From: mail.Address{Name: "Kith", Address: "kith@example.org"}}
		m := message()
		m.Subject, m.To.Name, m.Text, m.HTML = strings.ToValidUTF8(subject, ""), strings.ToValidUTF8(name, ""), lines(text), lines(html)
		if strings.Contains(m.Subject, "=?") {
			return // reads as an encoded word in any mail program
		}
		b, err := s.compose(m)
		if err != nil {
			t.Fatal(err)
		}
		for l := range bytes.SplitSeq(b, []byte("\r\n")) {
			if len(l) > 998 && !bytes.HasPrefix(l, []byte("To: ")) && !bytes.HasPrefix(l, []byte("Subject: ")) {
				t.Errorf("a line of %d bytes", len(l))
			}
			if bytes.ContainsAny(l, "\r\n") {
				t.Errorf("a bare end of line in %q", l)
			}
		}
		check(t, b, m)
	})
}

// lines is a text whose lines end as ours do.
func lines(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r", "")
}
