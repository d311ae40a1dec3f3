// Package client is Kith's API from outside, for commands: over HTTP, over the socket of the server that holds a data
// folder, or by calling the handler of a house opened in the same process. The three behave alike; what differs is the
// transport and who vouches for the caller (a token, or the operator's own door).
//
// It holds no rules. Refusals of the API come back as fault values with the code, field and words that were sent.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"kith/internal/api"
	"kith/internal/auth"
	"kith/internal/fault"
)

// Client calls one Kith. It is safe for concurrent use.
type Client struct {
	http  *http.Client
	base  string
	token string
	user  string // e-mail of the account an operator acts for; empty: the only one
	busy  sync.WaitGroup
}

// Remote is a Kith somewhere, at the address people open, with an API token.
func Remote(address, token string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errors.New("the address of a Kith looks like https://kith.example.org")
	}
	return &Client{
		// The token must not follow a redirect to somewhere else.
		http: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		base: u.Scheme + "://" + u.Host, token: token,
	}, nil
}

// Socket is the server that holds a data folder, by its operator's socket.
func Socket(path, user string) *Client {
	var d net.Dialer
	t := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "unix", path) }}
	return &Client{http: &http.Client{Transport: t}, base: "http://kith", user: user}
}

// Local is a house in this process, by its operator's handler.
func Local(h http.Handler, user string) *Client {
	c := &Client{base: "http://kith", user: user}
	c.http = &http.Client{Transport: inProcess{h, &c.busy}}
	return c
}

// Bearer is the API in this process, for whoever has the token.
func Bearer(h http.Handler, token string) *Client {
	c := &Client{base: "http://kith", token: token}
	c.http = &http.Client{Transport: inProcess{h, &c.busy}}
	return c
}

// Wait waits for what a handler in this process still does for requests that were broken off: it takes back what they
// had begun. Elsewhere the server does so by itself.
func (c *Client) Wait() { c.busy.Wait() }

// Do calls path with in as JSON (nil: no body) and decodes the answer into out (nil: it is thrown away).
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	return c.do(ctx, method, path, nil, 0, in, out)
}

func (c *Client) do(ctx context.Context, method, path string, query url.Values, revision int64, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	r, err := c.request(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if revision > 0 {
		r.Header.Set("If-Match", `"`+strconv.FormatInt(revision, 10)+`"`)
	}
	res, err := c.send(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if out == nil || res.StatusCode == http.StatusNoContent {
		_, err = io.Copy(io.Discard, res.Body)
	} else {
		err = json.NewDecoder(res.Body).Decode(out)
	}
	if err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Request, error) {
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.user != "" {
		r.Header.Set(auth.UserHeader, c.user)
	}
	return r, nil
}

// send returns an answer that is no refusal.
func (c *Client) send(r *http.Request) (*http.Response, error) {
	res, err := c.http.Do(r)
	if err != nil {
		if r.Context().Err() != nil {
			return nil, r.Context().Err()
		}
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		return nil, fmt.Errorf("Kith at %s does not answer (%w); is it running, and is the address right?", c.base, err)
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	return nil, refusal(res)
}

// refusal is what a problem of the API says, as the fault it was.
func refusal(res *http.Response) error {
	var p api.Problem
	err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&p)
	if err != nil || p.Code == "" {
		return fmt.Errorf("the server answered %s, which is not how Kith answers; is the address right?", res.Status)
	}
	f := &fault.Error{Kind: kindOf(res.StatusCode), Code: p.Code, Field: p.Field, Message: p.Detail, Params: p.Params}
	if f.Message == "" {
		f.Message = p.Title
	}
	if len(p.Errors) > 0 {
		var words []string
		for _, e := range p.Errors {
			words = append(words, strings.TrimPrefix(e.Location, "body.")+" "+e.Message)
		}
		f.Field, f.Message = "", strings.Join(words, "; ")
	}
	return f
}

func kindOf(status int) fault.Kind {
	for _, k := range []fault.Kind{
		fault.KindNotFound, fault.KindGone, fault.KindConflict, fault.KindStale, fault.KindUnknown, fault.KindDenied,
		fault.KindBusy, fault.KindTooLarge, fault.KindFull,
	} {
		if k.Status() == status {
			return k
		}
	}
	return fault.KindInvalid
}

func v1(parts ...string) string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return api.Prefix + "/" + strings.Join(parts, "/")
}

func paged(q url.Values, limit int, cursor string) url.Values {
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return q
}

// Capture shows what a line would become.
func (c *Client) Capture(ctx context.Context, l api.Line) (d api.Draft, err error) {
	err = c.Do(ctx, http.MethodPost, v1("capture"), l, &d)
	return d, err
}

// Log logs a moment. With an id of the caller's own it may be repeated until it is answered.
func (c *Client) Log(ctx context.Context, d api.MomentDraft) (m api.Moment, err error) {
	err = c.Do(ctx, http.MethodPost, v1("moments"), d, &m)
	return m, err
}

// Filter narrows a list of moments. Empty fields do not narrow.
type Filter struct {
	Query, Person, Kind, Context, Tag string
	Felt                              *int
	From, To                          string // local days
}

// Moments lists moments, newest first.
func (c *Client) Moments(ctx context.Context, f Filter, limit int, cursor string) (page api.List[api.Moment], err error) {
	q := paged(url.Values{}, limit, cursor)
	for name, v := range map[string]string{
		"q": f.Query, "person": f.Person, "kind": f.Kind, "context": f.Context, "tag": f.Tag, "from": f.From, "to": f.To,
	} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if f.Felt != nil {
		q.Set("felt", strconv.Itoa(*f.Felt))
	}
	err = c.do(ctx, http.MethodGet, v1("moments"), q, 0, nil, &page)
	return page, err
}

// Search finds moments by words, and on the first page people and evenings beside them.
func (c *Client) Search(ctx context.Context, words string, limit int, cursor string) (f api.Found, err error) {
	err = c.do(ctx, http.MethodGet, v1("search"), paged(url.Values{"q": {words}}, limit, cursor), 0, nil, &f)
	return f, err
}

// Moment is one moment.
func (c *Client) Moment(ctx context.Context, id string) (m api.Moment, err error) {
	err = c.Do(ctx, http.MethodGet, v1("moments", id), nil, &m)
	return m, err
}

// LastMoment is the one logged last.
func (c *Client) LastMoment(ctx context.Context) (m api.Moment, err error) {
	return c.Moment(ctx, "last")
}

// ChangeMoment changes a moment that is still at this revision.
func (c *Client) ChangeMoment(ctx context.Context, id string, change api.MomentChange, revision int64) (m api.Moment, err error) {
	err = c.do(ctx, http.MethodPatch, v1("moments", id), nil, revision, change, &m)
	return m, err
}

// DeleteMoment deletes a moment that is still at this revision.
func (c *Client) DeleteMoment(ctx context.Context, id string, revision int64) error {
	return c.do(ctx, http.MethodDelete, v1("moments", id), nil, revision, nil, nil)
}

// UndoLast takes back the last deletion or the last moment.
func (c *Client) UndoLast(ctx context.Context) (u api.Undone, err error) {
	err = c.Do(ctx, http.MethodPost, v1("moments", "undo"), nil, &u)
	return u, err
}

// RepeatMoment logs the same again, now, under newID.
func (c *Client) RepeatMoment(ctx context.Context, id, newID string) (m api.Moment, err error) {
	err = c.Do(ctx, http.MethodPost, v1("moments", id, "repeat"), api.Repetition{ID: newID}, &m)
	return m, err
}

// Today is the day as it stands.
func (c *Client) Today(ctx context.Context) (t api.Today, err error) {
	err = c.Do(ctx, http.MethodGet, v1("today"), nil, &t)
	return t, err
}

// SetIntention sets today's intention.
func (c *Client) SetIntention(ctx context.Context, d api.IntentionDraft) (i api.Intention, err error) {
	err = c.Do(ctx, http.MethodPost, v1("intentions"), d, &i)
	return i, err
}

// StartPresence begins to be present.
func (c *Client) StartPresence(ctx context.Context, d api.PresenceDraft) (p api.Presence, err error) {
	err = c.Do(ctx, http.MethodPost, v1("presence"), d, &p)
	return p, err
}

// EndPresence says that it is over.
func (c *Client) EndPresence(ctx context.Context, id string, e api.PresenceEnd) (p api.Presence, err error) {
	err = c.Do(ctx, http.MethodPost, v1("presence", id, "end"), e, &p)
	return p, err
}

// InviteToPresence lets others join.
func (c *Client) InviteToPresence(ctx context.Context, id string) (i api.PresenceInvitation, err error) {
	err = c.Do(ctx, http.MethodPost, v1("presence", id, "invite"), nil, &i)
	return i, err
}

// Presences lists them, newest first.
func (c *Client) Presences(ctx context.Context, limit int, cursor string) (page api.List[api.Presence], err error) {
	err = c.do(ctx, http.MethodGet, v1("presence"), paged(url.Values{}, limit, cursor), 0, nil, &page)
	return page, err
}

// Export writes the archive of everything to w; with the format vcard or vcard3 the people alone, as vCards. Under id, a UUID of
// the caller's own, TransferNow says how far an archive is.
func (c *Client) Export(ctx context.Context, w io.Writer, format, id string) error {
	q := url.Values{"id": {id}}
	if format != "" {
		q.Set("format", format)
	}
	r, err := c.request(ctx, http.MethodGet, v1("export"), q, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "*/*")
	res, err := c.send(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}

// ImportOptions say how a file is read.
type ImportOptions struct {
	DryRun bool   // only count
	Format string // what the file must be; empty finds out
	File   string // its name
	ID     string // a UUID of the caller's own, by which an address book is asked for while it comes in
}

// Import reads an archive or an address book of size bytes.
func (c *Client) Import(ctx context.Context, file io.Reader, size int64, o ImportOptions) (done api.Imported, err error) {
	q := url.Values{}
	if o.DryRun {
		q.Set("dry_run", "true")
	}
	if o.Format != "" {
		q.Set("format", o.Format)
	}
	if o.File != "" {
		q.Set("file", o.File)
	}
	if o.ID != "" {
		q.Set("id", o.ID)
	}
	r, err := c.request(ctx, http.MethodPost, v1("import"), q, file)
	if err != nil {
		return done, err
	}
	r.ContentLength = size
	r.Header.Set("Content-Type", "application/octet-stream")
	res, err := c.send(r)
	if err != nil {
		return done, err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&done); err != nil {
		return done, fmt.Errorf("the answer cannot be read: %w", err)
	}
	return done, nil
}

// Imports lists the address books that were taken over, newest first.
func (c *Client) Imports(ctx context.Context, limit int) (list api.List[api.Import], err error) {
	q := url.Values{}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	return list, c.do(ctx, http.MethodGet, v1("imports"), q, 0, nil, &list)
}

// ImportNow reads one import, also while it comes in.
func (c *Client) ImportNow(ctx context.Context, id string) (v api.Import, err error) {
	return v, c.do(ctx, http.MethodGet, v1("imports", id), nil, 0, nil, &v)
}

// TransferNow says how far an archive is on its way out or in.
func (c *Client) TransferNow(ctx context.Context, id string) (v api.TransferDoing, err error) {
	return v, c.do(ctx, http.MethodGet, v1("transfers", id), nil, 0, nil, &v)
}

// UndoImport takes an import back.
func (c *Client) UndoImport(ctx context.Context, id string) (done api.ImportUndone, err error) {
	return done, c.do(ctx, http.MethodPost, v1("imports", id, "undo"), nil, 0, nil, &done)
}
