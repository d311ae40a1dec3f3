package httpd

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
)

// recorder remembers the status. Everything else it passes on, also to http.ResponseController through Unwrap.
type recorder struct {
	http.ResponseWriter
	status int
	route  string
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// ReadFrom lets files be sent without a copy through our memory.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return io.Copy(r.ResponseWriter, src)
}

// Flush implements http.Flusher.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// Hijack implements http.Hijacker.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(r.ResponseWriter).Hijack()
}

// Unwrap gives http.ResponseController the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// LogPanic logs a panic once, with its stack, so that whoever recovers it need only answer. The cause's own text stays
// out: it may hold what a person wrote.
func LogPanic(log *slog.Logger, r *http.Request, cause any) {
	kind := "panic"
	if err, ok := cause.(error); ok {
		if _, ok := err.(interface{ RuntimeError() }); ok {
			kind = err.Error() // written by the runtime: an index, a type, never a text
		}
	}
	log.LogAttrs(r.Context(), slog.LevelError, "panic in a request", slog.String("route", r.Pattern), slog.String("kind", kind),
		slog.String("request_id", RequestID(r.Context())), slog.String("stack", string(debug.Stack())))
}

// Limit bounds the body to n bytes. Reading more gives *http.MaxBytesError.
func Limit(n int64) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Body != nil && r.Body != http.NoBody {
				r.Body = http.MaxBytesReader(w, r.Body, n)
			}
			next.ServeHTTP(w, r)
		})
	}
}
