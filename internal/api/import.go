package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kith/internal/addressbook"
	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/intake"
)

// cardType is what vCards are sent as.
const cardType = "text/vcard"

// Import is an address book that was taken over, or that a dry run looked at.
type Import struct {
	ID        string         `json:"id,omitempty" doc:"Absent after a dry run."`
	Format    string         `json:"format" enum:"vcard,google,outlook"`
	File      string         `json:"file,omitempty" doc:"Its name."`
	State     string         `json:"state" enum:"reading,ready,done,undone" doc:"reading: it still arrives; ready: looked at, not taken over."`
	Cards     int            `json:"cards" doc:"Cards in the file."`
	New       int            `json:"new" doc:"People who are new."`
	Changed   int            `json:"changed" doc:"People who were there, and whose card says something new. What you edited yourself stays."`
	Same      int            `json:"same" doc:"Cards that say nothing new."`
	Skipped   int            `json:"skipped" doc:"Cards that are not taken; notes say why."`
	Groups    int            `json:"groups" doc:"Group cards."`
	Samples   []ImportSample `json:"samples,omitempty" doc:"A few of the people, before they are taken over."`
	Notes     []ImportNote   `json:"notes,omitempty" doc:"Every card that is not taken and why, and what is left out of others; at most 1000."`
	MoreNotes int            `json:"more_notes,omitempty" doc:"How many notes there are beyond those."`
	Doing     *ImportDoing   `json:"doing,omitempty" doc:"How far it is, while this process works on it."`
	Removed   int            `json:"removed,omitempty" doc:"By taking it back: people who were made."`
	Restored  int            `json:"restored,omitempty" doc:"By taking it back: people who are again as they were."`
	Revision  int64          `json:"revision"`
	CreatedAt time.Time      `json:"created_at"`
	UpdatedAt time.Time      `json:"updated_at"`
}

// ImportDoing is how far an import is.
type ImportDoing struct {
	Cards int `json:"cards" doc:"Cards read, or taken over."`
	Of    int `json:"of,omitempty" doc:"Cards to take over; absent while the file is read."`
}

// ImportSample is somebody in a file.
type ImportSample struct {
	Name string `json:"name"`
	What string `json:"what" enum:"new,changed"`
}

// ImportNote is something that was not taken as it is.
type ImportNote struct {
	Line     int    `json:"line" doc:"In the file, from 1."`
	Name     string `json:"name,omitempty" doc:"Of the card, if it has one."`
	Code     string `json:"code" doc:"Why; stable."`
	Property string `json:"property,omitempty" doc:"Which part of the card."`
	Skipped  bool   `json:"skipped,omitempty" doc:"The whole card is not taken."`
}

// ImportUndone is what taking an import back did.
type ImportUndone struct {
	Import   Import       `json:"import"`
	Removed  int          `json:"removed" doc:"People it had made and nobody had touched since."`
	Restored int          `json:"restored" doc:"People who were there before, and are again as they were."`
	Kept     []ImportKept `json:"kept" doc:"People it had made who were touched since; they stay."`
	Left     []ImportKept `json:"left" doc:"People who were there before, and of whom something stays because it was edited since."`
}

// ImportKept is somebody who stays.
type ImportKept struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ImportOf is an import as the API shows it.
func ImportOf(v intake.Import) Import {
	r := v.Report
	out := Import{
		ID: v.ID, Format: v.Format, File: v.File, State: v.State, Cards: r.Cards, New: r.New, Changed: r.Changed, Same: r.Same, Skipped: r.Skipped,
		Groups: r.Groups, MoreNotes: r.More, Removed: r.Removed, Restored: r.Restored, Revision: v.Revision, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	for _, x := range r.Samples {
		out.Samples = append(out.Samples, ImportSample(x))
	}
	for _, n := range r.Notes {
		out.Notes = append(out.Notes, ImportNote(n))
	}
	return out
}

func (s *server) registerImports(t *table) {
	handle(s, t, operation{
		ID: "list-imports", Method: http.MethodGet, Path: "/imports", Scope: auth.Read, Tag: "data", Summary: "List the address books that were taken over, newest first",
	}, func(ctx context.Context, who auth.Identity, in *Paging) (*plain[List[Import]], error) {
		items, err := s.Imports.List(ctx, who.User, in.Cursor, in.Limit+1)
		if err != nil {
			return nil, err
		}
		next := ""
		if len(items) > in.Limit {
			items = items[:in.Limit]
			next = items[in.Limit-1].ID
		}
		return listOf(items, next, ImportOf), nil
	})
	handle(s, t, operation{
		ID: "get-import", Method: http.MethodGet, Path: "/imports/{id}", Scope: auth.Read, Tag: "data", Summary: "Read an import and its report",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Import], error) {
		v, err := s.Imports.Get(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		out := ImportOf(v)
		if p, ok := s.Imports.Doing(who.User, v.ID); ok {
			out.Doing = &ImportDoing{p.Cards, p.Of}
		}
		return found(out, v.Revision), nil
	})
	handle(s, t, operation{
		ID: "undo-import", Method: http.MethodPost, Path: "/imports/{id}/undo", Scope: auth.Delete, Tag: "data", Summary: "Take an import back",
		Doc:    "The people it made are removed, apart from those who were touched since: they stay, and are named. What it changed of people who were there before is as it was, apart from what was edited since.",
		Refuse: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[ImportUndone], error) {
		v, err := s.Imports.Undo(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		out := ImportUndone{Import: ImportOf(v.Import), Removed: v.Removed, Restored: v.Restored, Kept: []ImportKept{}, Left: []ImportKept{}}
		for _, k := range v.Left {
			out.Left = append(out.Left, ImportKept(k))
		}
		for _, k := range v.Kept {
			out.Kept = append(out.Kept, ImportKept(k))
		}
		return &plain[ImportUndone]{Status: http.StatusOK, Body: out}, nil
	})
}

// importBook takes an address book over while it arrives; with dryRun it only looks.
func (s *server) importBook(ctx context.Context, who auth.Identity, body io.Reader, o intake.Options, dryRun bool) (*plain[Imported], error) {
	var v intake.Import
	var err error
	if dryRun {
		if v, _, err = s.Imports.Stage(ctx, who.User, &arriving{r: body}, o); err == nil && v.State == intake.Ready {
			err = s.Imports.Discard(ctx, who.User, v.ID)
		}
	} else {
		v, err = s.Imports.Take(ctx, who.User, &arriving{r: body}, o)
	}
	if err != nil {
		return nil, err
	}
	b := ImportOf(v)
	if dryRun {
		b.ID = ""
	}
	return &plain[Imported]{Status: http.StatusOK, Body: Imported{
		DryRun: dryRun, Counts: map[string]int{"people": b.New}, Known: map[string]int{"people": b.Changed + b.Same}, Import: &b,
	}}, nil
}

// arriving says why a body did not arrive whole.
type arriving struct{ r io.Reader }

// Read implements io.Reader.
func (a *arriving) Read(b []byte) (int, error) {
	n, err := a.r.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // a reader's end is not wrapped
		err = unreadable(err)
	}
	return n, err
}

// exportCards sends everybody as vCards.
func (s *server) exportCards(ctx context.Context, who auth.Identity, c huma.Context, version addressbook.Version) {
	_, w := humago.Unwrap(c)
	out := &late{w: w, before: func() {
		h := w.Header()
		h.Set("Content-Type", cardType+"; charset=utf-8")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "kith-" + s.now().UTC().Format(time.DateOnly) + ".vcf"}))
		h.Set("Cache-Control", "no-store")
	}}
	err := s.Imports.Cards(ctx, who.User, out, version)
	if err == nil {
		if !out.sent { // nobody is there
			_, _ = out.Write(nil)
		}
		return
	}
	p := s.problemFor(ctx, err)
	if out.sent {
		panic(http.ErrAbortHandler)
	}
	writeProblem(w, p)
}

// formatOf is what the query says of a file, as package intake says it.
func formatOf(format string) (string, error) {
	switch format {
	case "", "kith":
		return "", nil
	case "vcard", "google", "outlook", "csv":
		return format, nil
	}
	return "", fault.Invalid("unknown_format", "format", "A format is kith, vcard, google, outlook or csv.")
}
