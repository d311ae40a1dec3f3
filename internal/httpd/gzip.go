package httpd

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// gzipFrom is the size from which compressing is worth its time; below it an answer fits in a packet or two anyway.
const gzipFrom = 1400

var gzips = sync.Pool{New: func() any { //nolint:gochecknoglobals // a pool
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return z
}}

// Gzip compresses text that is long enough, for clients that accept it. An answer that already has an encoding, an event
// stream and a part of a file pass as they are. So does an answer to a request that another site caused: whoever can put
// words of their own beside somebody's and measures what goes over the wire would learn from the length (BREACH,
// CVE-2013-3587).
func Gzip(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead || !acceptsGzip(r.Header) || fromElsewhere(r.Header) {
			next.ServeHTTP(w, r)
			return
		}
		g := &gzipWriter{ResponseWriter: w}
		defer g.close()
		next.ServeHTTP(g, r)
	})
}

// fromElsewhere tells whether a browser says that another site caused the request (Fetch Metadata, W3C).
func fromElsewhere(h http.Header) bool {
	site := h.Get("Sec-Fetch-Site")
	return site == "cross-site" || site == "same-site"
}

func acceptsGzip(h http.Header) bool {
	for _, line := range h["Accept-Encoding"] {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !ok || (err == nil && weight > 0)
		}
	}
	return false
}

// gzipWriter holds back the first bytes until it is known whether compressing pays.
type gzipWriter struct {
	http.ResponseWriter
	status  int
	held    []byte
	z       *gzip.Writer
	decided bool
}

// WriteHeader implements http.ResponseWriter.
func (g *gzipWriter) WriteHeader(status int) {
	if status < http.StatusOK {
		g.ResponseWriter.WriteHeader(status)
		return
	}
	if g.status == 0 {
		g.status = status
	}
	if !g.decided && !g.compressible() {
		g.decide(false)
	}
}

func (g *gzipWriter) compressible() bool {
	h := g.Header()
	if g.status == http.StatusNoContent || g.status == http.StatusNotModified || g.status == http.StatusPartialContent || h.Get("Content-Encoding") != "" {
		return false
	}
	if n, err := strconv.Atoi(h.Get("Content-Length")); err == nil && n < gzipFrom {
		return false
	}
	t := h.Get("Content-Type")
	if strings.HasPrefix(t, "text/event-stream") {
		return false
	}
	return strings.HasPrefix(t, "text/") || strings.Contains(t, "json") || strings.Contains(t, "javascript") ||
		strings.Contains(t, "xml") || strings.Contains(t, "yaml")
}

// Write implements http.ResponseWriter.
func (g *gzipWriter) Write(b []byte) (int, error) {
	if g.status == 0 {
		if g.Header().Get("Content-Type") == "" {
			g.Header().Set("Content-Type", http.DetectContentType(b))
		}
		g.WriteHeader(http.StatusOK)
	}
	if !g.decided {
		if len(g.held)+len(b) < gzipFrom {
			g.held = append(g.held, b...)
			return len(b), nil
		}
		g.decide(true)
	}
	if g.z != nil {
		return g.z.Write(b)
	}
	return g.ResponseWriter.Write(b)
}

// decide sends the header and what was held back.
func (g *gzipWriter) decide(compress bool) {
	g.decided = true
	h := g.Header()
	if compress || g.held != nil {
		h.Add("Vary", "Accept-Encoding")
	}
	if compress {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
			h.Set("ETag", "W/"+tag) // the bytes differ by encoding, what they say does not
		}
		g.z, _ = gzips.Get().(*gzip.Writer)
		g.z.Reset(g.ResponseWriter)
	}
	if g.status != 0 {
		g.ResponseWriter.WriteHeader(g.status)
	}
	if len(g.held) > 0 {
		if g.z != nil {
			_, _ = g.z.Write(g.held)
		} else {
			_, _ = g.ResponseWriter.Write(g.held)
		}
		g.held = nil
	}
}

// Flush implements http.Flusher: what is there goes out now.
func (g *gzipWriter) Flush() {
	if !g.decided {
		g.decide(g.status != 0 && g.compressible())
	}
	if g.z != nil {
		_ = g.z.Flush()
	}
	_ = http.NewResponseController(g.ResponseWriter).Flush()
}

// Unwrap gives http.ResponseController the writer below, for deadlines.
func (g *gzipWriter) Unwrap() http.ResponseWriter { return g.ResponseWriter }

func (g *gzipWriter) close() {
	if !g.decided && (g.status != 0 || len(g.held) > 0) {
		g.decide(false)
	}
	if g.z != nil {
		_ = g.z.Close()
		g.z.Reset(nil)
		gzips.Put(g.z)
		g.z = nil
	}
}
