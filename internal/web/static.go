package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"

	"kith/internal/packed"
)

// static is one file that browsers keep for ever: its address changes with its bytes.
type static struct {
	from, mime string
	href       func() string // worked out when a page first asks for it
}

// statics holds the files by their names.
var statics = sync.OnceValue(func() map[string]*static { //nolint:gochecknoglobals // a cache of embedded files
	m := map[string]*static{}
	mimes := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
	built, err := packed.Glob("web/static/dist/*")
	if err != nil {
		panic("web: embedded files: " + err.Error()) // a constant pattern
	}
	for _, from := range built {
		name := path.Base(from)
		ext := path.Ext(name)
		s := &static{from: from, mime: mimes[ext]}
		s.href = sync.OnceValue(func() string { return strings.TrimSuffix(name, ext) + "." + tagOf(s.bytes(packed.Read)) + ext })
		m[name] = s
	}
	return m
})

// bytes are those of the file, as read gives them.
func (s *static) bytes(read func(string) ([]byte, error)) []byte {
	b, err := read(s.from)
	if err != nil {
		panic("web: embedded file " + s.from) // the files are part of the program
	}
	return b
}

// tagOf names bytes by what they are.
func tagOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// asset is the address of a static file.
func asset(name string) string { return "/static/" + statics()[name].href() }

func serveStatic(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name") // kith.0123456789ab.css
	stem, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	s := statics()[strings.TrimSuffix(stem, path.Ext(stem))+ext]
	if s == nil || s.href() != name {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	s.serve(w, r)
}

func serveFavicon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	statics()["mark.svg"].serve(w, r)
}

func (s *static) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", s.mime)
	h.Set("Vary", "Accept-Encoding")
	read := packed.Read
	if s.mime != "image/png" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		read = packed.Gzip // as it is packed
	}
	_, _ = w.Write(s.bytes(read))
}
