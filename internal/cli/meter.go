package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime/metrics"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"time"
)

// meter counts what the server does, and shows it in the text format that Prometheus reads. It is shown on the admin
// address alone, and holds no names and no paths. The format is written here in a few lines, because the usual library
// would be a tenth of the program (it brings protocol buffers).
type meter struct {
	began    time.Time
	requests [len(methods)][6]atomic.Int64 // by method and hundreds of the status
	buckets  [len(bounds) + 1]atomic.Int64
	micros   atomic.Int64
}

// methods are those that are told apart; made-up ones must not make endless series.
var methods = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "other"} //nolint:gochecknoglobals // a constant

// bounds of the histogram, in microseconds.
var bounds = [...]int64{500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 10_000_000} //nolint:gochecknoglobals // a constant

// gauges are the runtime's figures that an operator watches.
var gauges = [...]struct{ name, key, kind, help string }{ //nolint:gochecknoglobals // a constant
	{"go_goroutines", "/sched/goroutines:goroutines", "gauge", "Goroutines that exist."},
	{"go_heap_bytes", "/memory/classes/heap/objects:bytes", "gauge", "Memory of live and not yet swept objects."},
	{"go_memory_bytes", "/memory/classes/total:bytes", "gauge", "Memory the runtime holds."},
	{"go_gc_cycles_total", "/gc/cycles/total:gc-cycles", "counter", "Garbage collections."},
	{"go_alloc_bytes_total", "/gc/heap/allocs:bytes", "counter", "Memory ever allocated."},
}

func newMeter() *meter { return &meter{began: time.Now()} }

// count wraps the public handler.
func (m *meter) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		s := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(s, r)
		took := time.Since(began).Microseconds()
		method := len(methods) - 1
		for i, name := range methods {
			if name == r.Method {
				method = i
			}
		}
		m.requests[method][min(5, max(0, s.status/100))].Add(1)
		bucket := 0
		for bucket < len(bounds) && took > bounds[bucket] {
			bucket++
		}
		m.buckets[bucket].Add(1)
		m.micros.Add(took)
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Flush implements http.Flusher: pages that wait for events need it.
func (s *statusWriter) Flush() { _ = http.NewResponseController(s.ResponseWriter).Flush() }

func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// show writes every figure.
func (m *meter) show(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	head := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	v := thisVersion()
	head("kith_build_info", "gauge", "The version that runs.")
	fmt.Fprintf(&b, "kith_build_info{version=%q,go=%q} 1\n", v.Version, v.Go)
	head("kith_start_time_seconds", "gauge", "When it was started.")
	fmt.Fprintf(&b, "kith_start_time_seconds %d\n", m.began.Unix())
	head("kith_http_requests_total", "counter", "Requests answered, by method and class of status.")
	for i, method := range methods {
		for class := range m.requests[i] {
			if n := m.requests[i][class].Load(); n > 0 {
				fmt.Fprintf(&b, "kith_http_requests_total{method=%q,status=\"%dxx\"} %d\n", method, class, n)
			}
		}
	}
	head("kith_http_request_seconds", "histogram", "Time to answer a request.")
	var sum int64
	for i, bound := range bounds {
		sum += m.buckets[i].Load()
		fmt.Fprintf(&b, "kith_http_request_seconds_bucket{le=%q} %d\n", strconv.FormatFloat(float64(bound)/1e6, 'g', -1, 64), sum)
	}
	sum += m.buckets[len(bounds)].Load()
	fmt.Fprintf(&b, "kith_http_request_seconds_bucket{le=\"+Inf\"} %d\nkith_http_request_seconds_sum %g\nkith_http_request_seconds_count %d\n",
		sum, float64(m.micros.Load())/1e6, sum)
	samples := make([]metrics.Sample, len(gauges))
	for i, g := range gauges {
		samples[i].Name = g.key
	}
	metrics.Read(samples)
	for i, g := range gauges {
		head(g.name, g.kind, g.help)
		fmt.Fprintf(&b, "%s %d\n", g.name, samples[i].Value.Uint64())
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// handler is the admin address: metrics and profiles.
func (m *meter) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", m.show)
	mux.HandleFunc("GET /debug/pprof/profile", cpuProfile)
	mux.HandleFunc("GET /debug/pprof/{name}", namedProfile)
	return mux
}

// The profiles are served as net/http/pprof does, at the same addresses, for go tool pprof. That package itself brings
// pages and symbol look-up which cost 0.4 MB of binary.

// cpuProfile records for ?seconds= (30).
func cpuProfile(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.Atoi(r.FormValue("seconds"))
	if err != nil || seconds < 1 || seconds > 300 {
		seconds = 30
	}
	// The server's write timeout is for answers, not for recordings.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Duration(seconds+10) * time.Second))
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := pprof.StartCPUProfile(w); err != nil {
		http.Error(w, "another recording is under way", http.StatusConflict)
		return
	}
	defer pprof.StopCPUProfile()
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
	case <-r.Context().Done():
	}
}

// namedProfile writes heap, goroutine, allocs, block, mutex or threadcreate; ?debug=1 as text.
func namedProfile(w http.ResponseWriter, r *http.Request) {
	p := pprof.Lookup(r.PathValue("name"))
	if p == nil {
		http.NotFound(w, r)
		return
	}
	debug, _ := strconv.Atoi(r.FormValue("debug")) // none is the binary form
	w.Header().Set("Content-Type", "application/octet-stream")
	if debug > 0 {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	_ = p.WriteTo(w, debug) // the reader went away
}
