package dav

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// sign is what one signs in with.
type sign struct{ login, password string }

// maxHops is how often an answer may send on.
const maxHops = 3

// question is a request of WebDAV.
type question struct {
	method, depth string
	address       *url.URL
	body          string
}

// dead are answers that say that a question is not understood here, or not any more, rather than that something is wrong.
type dead struct{ status int }

func (d *dead) Error() string { return "the question is not understood" }

// ask puts a question and reads the multistatus it is answered with. It returns where the answer came from, which may be
// elsewhere than asked.
//
// It follows redirects by itself, since net/http makes a GET of a PROPFIND that is sent on. The password goes along: who
// sends on has it already. It never leaves https for http.
func (s *Service) ask(ctx context.Context, as sign, q question, f func(*resource) error) (from *url.URL, token string, err error) {
	at := q.address
	for range maxHops + 1 {
		r, err := s.request(ctx, as, q.method, at.String(), strings.NewReader(q.body))
		if err != nil {
			return nil, "", err
		}
		r.Header.Set("Content-Type", "application/xml; charset=utf-8")
		r.Header.Set("Depth", q.depth)
		res, err := s.send(s.dav, r)
		if err != nil {
			return nil, "", err
		}
		if res.StatusCode == http.StatusMultiStatus {
			token, err := readMultistatus(res.Body, f)
			return at, token, err
		}
		next, err := sentOn(at, res)
		if err != nil {
			_ = res.Body.Close()
			return nil, "", err
		}
		if next == nil {
			return nil, "", s.answered(res)
		}
		_ = res.Body.Close()
		at = next
	}
	return nil, "", &stop{code: "too_many_redirects"}
}

func readMultistatus(body io.ReadCloser, f func(*resource) error) (string, error) {
	defer func() { _ = body.Close() }()
	arriving := &watched{r: body}
	var own error // of f: not to be taken for the server's
	token, err := multistatus(arriving, func(r *resource) error {
		own = f(r)
		return own
	})
	if broken := arriving.broken(); broken != nil {
		return "", broken
	}
	var syntax *xml.SyntaxError
	switch {
	case err == nil || own != nil:
		return token, err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		return "", &stop{code: "calendar_truncated", err: err}
	case stopped(err) != nil:
		return "", err
	}
	return "", &stop{code: "account_unreadable", err: err}
}

// sentOn is where an answer sends on to; nil where it does not.
func sentOn(at *url.URL, res *http.Response) (*url.URL, error) {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil //nolint:nilnil // nowhere is an answer here
	}
	next, err := resolve(at, res.Header.Get("Location"))
	if err != nil {
		return nil, err
	}
	return next, nil
}

// resolve reads an address that a server at another one names.
func resolve(at *url.URL, href string) (*url.URL, error) {
	next, err := at.Parse(href)
	if err != nil || href == "" || len(href) > maxURL || next.Host == "" {
		return nil, &stop{code: "calendar_server_odd", err: err}
	}
	next.Fragment, next.User = "", nil
	if at.Scheme == "https" && next.Scheme != "https" || at.Scheme != next.Scheme && next.Scheme != "https" {
		return nil, &stop{code: "redirect_not_secure"}
	}
	if at.Scheme == "http" && next.Scheme == "http" && at.Host != next.Host { // in the open, a password stays where it was meant for
		return nil, &stop{code: "redirect_not_secure"}
	}
	return next, nil
}

// answered is what an answer means that is no multistatus.
func (s *Service) answered(res *http.Response) error {
	defer func() { _ = res.Body.Close() }()
	switch res.StatusCode {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusMethodNotAllowed, http.StatusNotImplemented,
		http.StatusUnsupportedMediaType, http.StatusNotFound, http.StatusGone:
		return &stop{code: refusal(res.StatusCode, 0).code, err: &dead{res.StatusCode}}
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode/100 == 2 || res.StatusCode/100 == 4 && kind == "text/html" && res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusTooManyRequests {
		return &stop{code: "account_unreadable", err: &dead{res.StatusCode}}
	}
	return refusal(res.StatusCode, retryAfter(res, s.now()))
}

// notUnderstood reports whether a question can be put otherwise, or elsewhere.
func notUnderstood(err error) bool {
	var d *dead
	return errors.As(err, &d)
}

// propfind asks for properties.
func propfind(at *url.URL, depth string, properties ...string) question {
	return question{method: "PROPFIND", depth: depth, address: at, body: xmlHead + "<d:propfind" + xmlSpaces + "><d:prop><" +
		strings.Join(properties, "/><") + "/></d:prop></d:propfind>"}
}

const (
	xmlHead   = `<?xml version="1.0" encoding="utf-8"?>` + "\n"
	xmlSpaces = ` xmlns:d="` + nsDAV + `" xmlns:c="` + nsCalDAV + `" xmlns:a="` + nsCard + `" xmlns:s="` + nsCS + `"`
)

// syncCollection asks what changed since a token (RFC 6578); without one, for everything.
func syncCollection(at *url.URL, token string) question {
	return question{method: "REPORT", depth: "0", address: at, body: xmlHead + "<d:sync-collection" + xmlSpaces + "><d:sync-token>" + escape(token) +
		"</d:sync-token><d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"}
}

// multiget asks for what stands at some addresses.
func multiget(at *url.URL, kind string, hrefs []string) question {
	report, data := "c:calendar-multiget", "c:calendar-data"
	if kind == CardDAV {
		report, data = "a:addressbook-multiget", "a:address-data"
	}
	var b strings.Builder
	b.WriteString(xmlHead + "<" + report + xmlSpaces + "><d:prop><d:getetag/><" + data + "/></d:prop>")
	for _, h := range hrefs {
		b.WriteString("<d:href>" + escape(h) + "</d:href>")
	}
	b.WriteString("</" + report + ">")
	return question{method: "REPORT", depth: "1", address: at, body: b.String()}
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
