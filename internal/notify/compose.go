package notify

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

var errHeader = errors.New("a message whose addresses or id are no header")

// compose writes a message as it goes over the wire (RFC 5322, 2045, 2369 and 8058).
func (s *Server) compose(m Message) ([]byte, error) {
	_, domain, ok := strings.Cut(s.From.Address, "@")
	if !ok || m.To.Address == "" || broken(s.From.Address, m.To.Address, m.ID, m.Leave) {
		return nil, errHeader
	}
	var b bytes.Buffer
	parts := multipart.NewWriter(&b)
	header := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	header("From", s.From.String())
	header("To", addressed(m.To))
	header("Subject", mime.QEncoding.Encode("utf-8", oneLine(m.Subject)))
	header("Date", m.Date.Format(time.RFC1123Z))
	header("Message-ID", "<"+m.ID+"@"+domain+">")
	header("Auto-Submitted", "auto-generated")
	if m.Leave != "" {
		header("List-Unsubscribe", "<"+m.Leave+">")
		if strings.HasPrefix(m.Leave, "https://") { // RFC 8058 has no one click without TLS
			header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		}
	}
	header("MIME-Version", "1.0")
	header("Content-Type", `multipart/alternative; boundary="`+parts.Boundary()+`"`)
	b.WriteString("\r\n")
	for _, part := range []struct{ kind, words string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		w, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type": {part.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
		})
		if err != nil {
			return nil, err
		}
		q := quotedprintable.NewWriter(w)
		if _, err := io.WriteString(q, strings.ReplaceAll(part.words, "\n", "\r\n")); err != nil {
			return nil, err
		}
		if err := q.Close(); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// addressed is how an address stands in a header. A name that must be encoded and has a backslash is written in base64:
// net/mail leaves the backslash in the "Q" encoding, which RFC 2047, section 5, does not allow in a name, and cannot read that itself.
func addressed(a mail.Address) string {
	if !strings.Contains(a.Name, `\`) {
		return a.String()
	}
	name := mime.BEncoding.Encode("utf-8", a.Name)
	if name == a.Name { // nothing to encode: in quotes
		return a.String()
	}
	return name + " " + (&mail.Address{Address: a.Address}).String()
}

// broken reports whether one of these would end its header or its brackets early.
func broken(values ...string) bool {
	for _, v := range values {
		if strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' }) {
			return true
		}
	}
	return false
}

// oneLine is a text without anything that ends a line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
