package client

import (
	"io"
	"maps"
	"net/http"
	"sync"
)

// inProcess carries requests to a handler in this process. The answer's body is streamed, so that an export needs no
// more memory here than over a socket.
type inProcess struct {
	h    http.Handler
	busy *sync.WaitGroup
}

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.Host = r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	body, feed := io.Pipe()
	w := &writer{header: http.Header{}, feed: feed, head: make(chan struct{})}
	t.busy.Go(func() {
		defer func() { _ = in.Body.Close() }()
		defer func() {
			if recover() == nil {
				return
			}
			// What net/http does with a connection: a handler breaks an answer off so that half of it is not taken for the whole.
			w.WriteHeader(http.StatusInternalServerError)
			_ = feed.CloseWithError(io.ErrUnexpectedEOF)
		}()
		t.h.ServeHTTP(w, in)
		w.WriteHeader(http.StatusOK) // if nothing was written
		_ = feed.Close()
	})
	select {
	case <-w.head:
	case <-r.Context().Done():
		_ = body.CloseWithError(r.Context().Err()) // whatever the handler still writes goes nowhere
		return nil, r.Context().Err()
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: body, ContentLength: -1, Request: r,
	}, nil
}

// writer is the handler's side of an answer.
type writer struct {
	header http.Header
	feed   *io.PipeWriter
	once   sync.Once
	head   chan struct{} // closed when status and sent are set
	status int
	sent   http.Header
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	if status < 200 {
		return
	}
	w.once.Do(func() {
		w.status, w.sent = status, maps.Clone(w.header)
		close(w.head)
	})
}

func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.feed.Write(b)
}

// Flush implements http.Flusher: a pipe holds nothing back.
func (w *writer) Flush() { w.WriteHeader(http.StatusOK) }
