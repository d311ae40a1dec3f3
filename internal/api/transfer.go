package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/addressbook"
	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/intake"
	"kith/internal/transfer"
)

// importBody is how large an archive may be.
const importBody = 256 << 20

// importTime is how long an archive may take to arrive.
const importTime = 30 * time.Minute

const (
	zipType = "application/zip"
	csvType = "text/csv"
)

// fileTypes are what an archive or an address book may be sent as.
//
//nolint:gochecknoglobals // a constant list
var fileTypes = []string{
	zipType, "application/octet-stream", "application/x-zip-compressed", cardType, "text/x-vcard", "text/directory", csvType, "application/csv",
	"application/vnd.ms-excel",
}

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
		Doc: "A ZIP file with one JSON Lines file a noun. It can be imported again without loss. With format=vcard the people alone, as vCard 4.0 for other " +
			"programs; vcard3 is what older ones read. A browser needs a proof from the last ten minutes.",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Format string `query:"format" enum:"kith,vcard,vcard3" default:"kith" doc:"What to write."`
		ID     string `query:"id" maxLength:"36" doc:"A UUID of your own, under which an archive is asked for while it goes out, and stopped."`
	},
	) (*stream, error) {
		if err := s.Auth.NeedProof(who); err != nil {
			return nil, err
		}
		return &stream{Body: func(c huma.Context) {
			switch in.Format {
			case "vcard":
				s.exportCards(ctx, who, c, addressbook.Four)
			case "vcard3":
				s.exportCards(ctx, who, c, addressbook.Three)
			default:
				s.export(ctx, who, c, in.ID)
			}
		}}, nil
	})
	export := t.api.OpenAPI().Paths[Prefix+"/export"].Get
	export.Responses["200"].Content = map[string]*huma.MediaType{zipType: {Schema: binary()}, cardType: {Schema: binary()}}

	handle(s, t, operation{
		ID: "import", Method: http.MethodPost, Path: "/import", Scope: auth.Write, Tag: "data", Summary: "Read an archive or an address book",
		Doc: "An archive of Kith (ZIP), vCards, or the CSV file of Google Contacts or Outlook; which one is found out. What is already there is left as it is, so an " +
			"import may be repeated. All of it is taken over, or nothing. With dry_run nothing is kept; the counts say what would be. Of an address book, import says " +
			"who is new, who changed, and why a card is not taken. Send the file as the body, or as the file of a form.",
		Refuse: []int{http.StatusConflict, http.StatusGone},
		Body: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			zipType:  {Schema: binary()},
			cardType: {Schema: binary()},
			csvType:  {Schema: binary()},
			"multipart/form-data": {Schema: &huma.Schema{
				Type: "object", Required: []string{"archive"}, Properties: map[string]*huma.Schema{"archive": binary()},
			}},
		}},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		raw
		DryRun bool   `query:"dry_run" doc:"Only count."`
		Format string `query:"format" enum:"kith,vcard,google,outlook,csv" doc:"What the file must be; left out, it is found out."`
		ID     string `query:"id" maxLength:"36" doc:"A UUID of your own makes the import of an address book safe to repeat; under it an archive is asked for while it comes in, and stopped."`
		File   string `query:"file" maxLength:"300" doc:"The name of the file, for the list of imports."`
	},
	) (*plain[Imported], error) {
		format, err := formatOf(in.Format)
		if err != nil {
			return nil, err
		}
		body, name, archive, err := archiveOf(in.raw)
		if err != nil {
			return nil, err
		}
		if in.File != "" {
			name = in.File
		}
		if !archive && in.Format == "" {
			archive, body = isZip(body)
		}
		if format != "" || !archive && in.Format != "kith" {
			return s.importBook(ctx, who, body, intake.Options{ID: in.ID, File: name, Format: format}, in.DryRun)
		}
		return s.importArchive(ctx, who, body, transfer.Options{DryRun: in.DryRun, ID: in.ID})
	})
}

// TransferDoing is how far an archive is on its way out or in.
type TransferDoing struct {
	Done int    `json:"done" doc:"Lines written or read."`
	Of   int    `json:"of" doc:"All of them; 0 while that is not known."`
	Is   string `json:"is" enum:"running,whole,broken" doc:"Whole: all of it went out or was kept. Broken: it was stopped or failed; of an import nothing was kept."`
}

func (s *server) registerTransferDoing(t *table) {
	handle(s, t, operation{
		ID: "get-transfer", Method: http.MethodGet, Path: "/transfers/{id}", Scope: auth.Read, Tag: "data", Summary: "How far an archive is",
		Doc: "While an export or an import runs that was given this id, and for a minute after it how it ended.", Refuse: []int{http.StatusNotFound},
	}, func(_ context.Context, who auth.Identity, in *ByID) (*plain[TransferDoing], error) {
		p, ok := s.Transfer.Doing(who.User, in.ID)
		if !ok {
			return nil, fault.NotFound("transfer")
		}
		return &plain[TransferDoing]{Status: http.StatusOK, Body: TransferDoing{p.Done, p.Of, p.Is}}, nil
	})
	handle(s, t, operation{
		ID: "stop-transfer", Method: http.MethodDelete, Path: "/transfers/{id}", Scope: auth.Write, Tag: "data", Summary: "Stop an archive on its way",
		Doc: "Of an import that is stopped nothing is kept. One that ended at the same moment stays.", Refuse: []int{http.StatusNotFound},
	}, func(_ context.Context, who auth.Identity, in *ByID) (*none, error) {
		if !s.Transfer.Stop(who.User, in.ID) {
			return nil, fault.NotFound("transfer")
		}
		return &none{}, nil
	})
}

func binary() *huma.Schema { return &huma.Schema{Type: "string", Format: "binary"} }

// export sends the archive. Its headers go out with the first byte, so that a fault before it is still a problem; after it
// only a broken connection can say that the file is not whole.
func (s *server) export(ctx context.Context, who auth.Identity, c huma.Context, id string) {
	_, w := humago.Unwrap(c)
	out := &late{w: w, before: func() {
		h := w.Header()
		h.Set("Content-Type", zipType)
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "kith-" + s.now().UTC().Format(time.DateOnly) + ".zip"}))
		h.Set("Cache-Control", "no-store")
	}}
	err := s.Transfer.Export(ctx, who.User, out, id)
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
func (s *server) importArchive(ctx context.Context, who auth.Identity, body io.Reader, o transfer.Options) (*plain[Imported], error) {
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
	report, err := s.Transfer.Import(ctx, who.User, file, size, o)
	if err != nil {
		return nil, err
	}
	return &plain[Imported]{Status: http.StatusOK, Body: importedOf(report, o.DryRun)}, nil
}

// archiveOf is the file that was sent, its name if that was sent too, and whether it was sent as an archive.
func archiveOf(in raw) (file io.Reader, name string, archive bool, err error) {
	_ = huma.SetReadDeadline(in.w, time.Now().Add(importTime))
	body := http.MaxBytesReader(in.w, in.r.Body, importBody)
	kind, params, err := mime.ParseMediaType(in.r.Header.Get("Content-Type"))
	switch {
	case err != nil && in.r.Header.Get("Content-Type") != "":
		return nil, "", false, notAnArchive()
	case kind == "" || slices.Contains(fileTypes, kind):
		return body, "", kind == zipType || kind == "application/x-zip-compressed", nil
	case kind != "multipart/form-data" || params["boundary"] == "":
		return nil, "", false, notAnArchive()
	}
	in.r.Body = body
	form, err := in.r.MultipartReader()
	if err != nil {
		return nil, "", false, unreadable(err)
	}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return nil, "", false, fault.Invalid("archive_missing", "archive", "The form holds no file called archive.")
		}
		if err != nil {
			return nil, "", false, unreadable(err)
		}
		if part.FormName() == "archive" || part.FileName() != "" {
			return part, part.FileName(), false, nil
		}
	}
}

// isZip looks at the beginning of a file, and gives it back whole.
func isZip(r io.Reader) (bool, io.Reader) {
	in := bufio.NewReader(r)
	head, _ := in.Peek(4)
	return len(head) == 0 || bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")), in
}

func notAnArchive() error {
	return problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the file with Content-Type: application/zip, text/vcard or text/csv, or as the file of a form.")
}

// unreadable says why a body did not arrive whole. A disk without room is ours to say.
func unreadable(err error) error {
	if p := refused(http.StatusBadRequest, "cannot read request body", err); p.GetStatus() == http.StatusRequestEntityTooLarge {
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
	Import *Import        `json:"import,omitempty" doc:"Of an address book: what it did, or would do."`
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
