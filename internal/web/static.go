package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static/dist/*.css static/dist/*.js static/dist/*.png assets/mark.svg
var files embed.FS

// static is one file that browsers keep for ever: its address changes with its bytes.
type static struct {
	href, mime string
	plain      []byte
	zipped     func() []byte // compressed when first asked for, so that the first page does not wait for it
}

// statics holds the files, hashed once, when the first page is asked for.
var statics = sync.OnceValue(func() map[string]*static { //nolint:gochecknoglobals // a cache of embedded files
	m := map[string]*static{}
	mimes := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
	built, err := fs.Glob(files, "static/dist/*")
	if err != nil {
		panic("web: embedded files: " + err.Error()) // a constant pattern
	}
	for _, from := range append(built, "assets/mark.svg") {
		mime := mimes[path.Ext(from)]
		b, err := files.ReadFile(from)
		if err != nil {
			panic("web: embedded file " + from) // the files are part of the program
		}
		name := path.Base(from)
		ext := path.Ext(name)
		zipped := sync.OnceValue(func() []byte {
			var z bytes.Buffer
			w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
			_, _ = w.Write(b)
			_ = w.Close()
			return z.Bytes()
		})
		s := &static{strings.TrimSuffix(name, ext) + "." + tagOf(b) + ext, mime, b, zipped}
		m[name], m[s.href] = s, s
	}
	return m
})

// tagOf names bytes by what they are.
func tagOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// asset is the address of a static file.
func asset(name string) string { return "/static/" + statics()[name].href }

func serveStatic(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	s := statics()[name]
	if s == nil || s.href != name {
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
	body := s.plain
	if s.mime != "image/png" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = s.zipped()
	}
	_, _ = w.Write(body)
}
