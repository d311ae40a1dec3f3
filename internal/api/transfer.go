package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/transfer"
)

// importBody is how large an archive may be.
const importBody = 256 << 20

// importTime is how long an archive may take to arrive.
const importTime = 30 * time.Minute

const zipType = "application/zip"

// stream is an answer that is written as it is made.
type stream struct {
	Body func(huma.Context)
}

// raw gives an operation the request itself, whose body is not read before it.
type raw struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve implements huma.Resolver.
func (i *raw) Resolve(ctx huma.Context) []error {
	i.r, i.w = humago.Unwrap(ctx)
	return nil
}

func (s *server) registerTransfer(t *table) {
	handle(s, t, operation{
		ID: "export", Method: http.MethodGet, Path: "/export", Scope: auth.Read, Tag: "data", Summary: "Everything that is yours, as one archive",
		Doc: "A ZIP file with one JSON Lines file a noun. It can be imported again without loss.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*stream, error) {
		return &stream{Body: func(c huma.Context) { s.export(ctx, who, c) }}, nil
	})
	export := t.api.OpenAPI().Paths[Prefix+"/export"].Get
	export.Responses["200"].Content = map[string]*huma.MediaType{zipType: {Schema: binary()}}

	handle(s, t, operation{
		ID: "import", Method: http.MethodPost, Path: "/import", Scope: auth.Write, Tag: "data", Summary: "Read an archive back in",
		Doc: "What is already there is left as it is, so an import may be repeated. With dry_run nothing is kept; the counts say what would be. " +
			"Send the archive as the body, or as the file of a form.",
		Refuse: []int{http.StatusConflict, http.StatusGone},
		Body: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			zipType: {Schema: binary()},
			"multipart/form-data": {Schema: &huma.Schema{
				Type: "object", Required: []string{"archive"}, Properties: map[string]*huma.Schema{"archive": binary()},
			}},
		}},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		raw
		DryRun bool `query:"dry_run" doc:"Only count."`
	},
	) (*plain[Imported], error) {
		return s.importArchive(ctx, who, in.raw, in.DryRun)
	})
}

func binary() *huma.Schema { return &huma.Schema{Type: "string", Format: "binary"} }

// export sends the archive. Its headers go out with the first byte, so that a fault before it is still a problem; after it
// only a broken connection can say that the file is not whole.
func (s *server) export(ctx context.Context, who auth.Identity, c huma.Context) {
	_, w := humago.Unwrap(c)
	out := &late{w: w, before: func() {
		h := w.Header()
		h.Set("Content-Type", zipType)
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "kith-" + s.now().UTC().Format(time.DateOnly) + ".zip"}))
		h.Set("Cache-Control", "no-store")
	}}
	err := s.Transfer.Export(ctx, who.User, out)
	if err == nil {
		return
	}
	p := s.problemFor(ctx, err)
	if out.sent {
		panic(http.ErrAbortHandler)
	}
	writeProblem(w, p)
}

type late struct {
	w      http.ResponseWriter
	before func()
	sent   bool
}

// Write implements io.Writer.
func (l *late) Write(b []byte) (int, error) {
	if !l.sent {
		l.sent = true
		l.before()
	}
	return l.w.Write(b)
}

// importArchive keeps the archive in a file while it is read: a ZIP is read from its end.
func (s *server) importArchive(ctx context.Context, who auth.Identity, in raw, dryRun bool) (*plain[Imported], error) {
	body, err := archiveOf(in)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "kith-import-*.zip")
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	size, err := io.Copy(file, body)
	if err != nil {
		return nil, unreadable(err)
	}
	if size == 0 {
		return nil, problem(http.StatusBadRequest, "body_missing", "Send the archive as the body of the request.")
	}
	report, err := s.Transfer.Import(ctx, who.User, file, size, transfer.Options{DryRun: dryRun})
	if err != nil {
		return nil, err
	}
	return &plain[Imported]{Status: http.StatusOK, Body: importedOf(report, dryRun)}, nil
}

func archiveOf(in raw) (io.Reader, error) {
	_ = huma.SetReadDeadline(in.w, time.Now().Add(importTime))
	body := http.MaxBytesReader(in.w, in.r.Body, importBody)
	kind, params, err := mime.ParseMediaType(in.r.Header.Get("Content-Type"))
	switch {
	case err != nil && in.r.Header.Get("Content-Type") != "":
		return nil, notAnArchive()
	case kind == "" || kind == zipType || kind == "application/octet-stream" || kind == "application/x-zip-compressed":
		return body, nil
	case kind != "multipart/form-data" || params["boundary"] == "":
		return nil, notAnArchive()
	}
	in.r.Body = body
	form, err := in.r.MultipartReader()
	if err != nil {
		return nil, unreadable(err)
	}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return nil, fault.Invalid("archive_missing", "archive", "The form holds no file called archive.")
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if part.FormName() == "archive" || part.FileName() != "" {
			return part, nil
		}
	}
}

func notAnArchive() error {
	return problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the archive with Content-Type: application/zip, or as the file of a form.")
}

// unreadable says why a body did not arrive whole. A disk without room is ours to say.
func unreadable(err error) error {
	if p := newError(http.StatusBadRequest, "cannot read request body", err); p.GetStatus() == http.StatusRequestEntityTooLarge {
		return problem(http.StatusRequestEntityTooLarge, "body_too_large", "An archive has at most 256 MiB.")
	}
	if full(err) {
		return fault.Full(err)
	}
	return problem(http.StatusBadRequest, "body_unreadable", "The archive ended before it was complete.")
}

// Imported counts what an import did, or would do. Nouns are named as the files of the archive are.
type Imported struct {
	DryRun bool           `json:"dry_run"`
	Counts map[string]int `json:"counts" doc:"How many were new, by noun."`
	Known  map[string]int `json:"known" doc:"How many were there already and left as they are, by noun."`
	Other  []string       `json:"other,omitempty" doc:"Files in the archive that this version does not know."`
}

func importedOf(r transfer.Report, dryRun bool) Imported {
	out := Imported{DryRun: dryRun, Counts: map[string]int{}, Known: map[string]int{}, Other: r.Other}
	for _, c := range r.Counts {
		noun := strings.TrimSuffix(c.File, path.Ext(c.File))
		out.Counts[noun], out.Known[noun] = c.New, c.Known
	}
	return out
}

// full reports whether the disk had no room.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) }
