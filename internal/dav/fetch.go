package dav

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"kith/internal/fault"
)

// doer is the HTTP client: httpsafe's, behind which the outside world stands.
type doer interface {
	Do(r *http.Request) (*http.Response, error)
}

// request makes a request to where a calendar lives, as its owner.
func (s *Service) request(ctx context.Context, as sign, method, address string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, &stop{code: "calendar_server_odd", err: err}
	}
	r.Header.Set("User-Agent", "Kith")
	if as.login != "" || as.password != "" {
		r.SetBasicAuth(as.login, as.password)
	}
	return r, nil
}

// send sends it. What cannot be reached is a stop; every status is an answer. The client's own errors hold the address,
// which may be secret: none leaves as it is.
func (s *Service) send(with doer, r *http.Request) (*http.Response, error) {
	res, err := with.Do(r)
	if err == nil {
		return res, nil
	}
	if over := r.Context().Err(); over != nil {
		return nil, over
	}
	if f := fault.As(err); f != nil {
		return nil, &stop{code: f.Code, err: err}
	}
	return nil, &stop{code: "calendar_unreachable", err: err}
}

// retryAfter is what a server asks for, in seconds.
func retryAfter(res *http.Response, now time.Time) int {
	v := res.Header.Get("Retry-After")
	n, err := strconv.Atoi(v)
	if err != nil {
		at, err := http.ParseTime(v)
		if err != nil {
			return 0
		}
		n = int(at.Sub(now) / time.Second)
	}
	return min(max(n, 0), int(longestPause/time.Second))
}

// reading is a calendar that arrives.
type reading struct {
	body           io.ReadCloser // nil: it is as it was
	etag, modified string
}

// fetch asks for a calendar. With validators of the last answer it may hear that nothing changed.
func (s *Service) fetch(ctx context.Context, c *Calendar, etag, modified string) (reading, error) {
	for {
		r, err := s.request(ctx, sign{c.Login, c.Password}, http.MethodGet, c.URL, nil)
		if err != nil {
			return reading{}, err
		}
		r.Header.Set("Accept", "text/calendar, text/plain;q=0.5, */*;q=0.1")
		if etag != "" {
			r.Header.Set("If-None-Match", etag)
		}
		if modified != "" {
			r.Header.Set("If-Modified-Since", modified)
		}
		res, err := s.send(s.client, r)
		if err != nil {
			return reading{}, err
		}
		if res.StatusCode == http.StatusOK {
			return reading{res.Body, short(res.Header.Get("ETag")), short(res.Header.Get("Last-Modified"))}, nil
		}
		_ = res.Body.Close()
		conditional := etag != "" || modified != ""
		switch {
		case res.StatusCode == http.StatusNotModified && conditional:
			return reading{}, nil
		case res.StatusCode == http.StatusPreconditionFailed && conditional:
			etag, modified = "", "" // it does not understand the condition: once without
		default:
			return reading{}, refusal(res.StatusCode, retryAfter(res, s.now()))
		}
	}
}

// short keeps a validator that is no longer than one is.
func short(s string) string {
	if len(s) > 500 {
		return ""
	}
	return s
}

// watched remembers how reading ended, since whoever parses may only see that it did.
type watched struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// broken is how reading ended, as a stop; nil where it ended well.
func (w *watched) broken() error {
	switch f := fault.As(w.err); {
	case w.err == nil:
		return nil
	case f != nil:
		return &stop{code: f.Code, err: w.err}
	}
	return &stop{code: "calendar_unreachable", err: w.err}
}
