package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"kith/internal/addressbook"
	"kith/internal/fault"
	"kith/internal/httpd"
	"kith/internal/intake"
	"kith/internal/person"
)

// importRoutes are the pages by which an address book comes in.
func (h *Handler) importRoutes(mux *http.ServeMux, mine func(string, handler)) {
	mine("GET /import", h.importShow)
	mux.Handle("POST /import", httpd.Limit(importBody)(h.mine(h.importLook)))
	mine("GET /import/{id}", h.importOne)
	mine("GET /import/{id}/progress", h.importProgress)
	mine("POST /import/{id}/apply", h.importApply)
	mine("POST /import/{id}/discard", h.importDiscard)
	mine("POST /import/{id}/undo", h.importUndo)
	mine("GET /import/{id}/rings", h.importRings)
	mine("POST /import/{id}/rings", h.importRingsKeep)
	mine("GET /people.vcf", h.peopleCards)
}

// importsView is the page that asks for a file.
type importsView struct {
	Form      form
	Past      []importRow
	Discarded bool
}

// importRow is an import in the list.
type importRow struct{ ID, Name, When, Said string }

// bookView is one file: what it holds, or what became of it.
type bookView struct {
	ID, Name string
	State    string
	Stopped  bool // a moment ago, by its owner
	Report   intake.Report
	Skipped  []intake.Note
	Other    []intake.Note
	Kept     []person.Person // after an undo
	Left     []importRow     // of whom something stays
}

// ringsView offers a few of those who came.
type ringsView struct {
	ID     string
	People []personRow
	Rings  []option
}

func importPath(id, more string) string { return "/import/" + url.PathEscape(id) + more }

func (h *Handler) importShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.importForm(w, r, v, form{}, http.StatusOK)
}

func (h *Handler) importForm(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	past, err := h.Imports.List(r.Context(), v.User.ID, "", 20)
	if err != nil {
		return err
	}
	view := importsView{Form: f, Discarded: r.URL.Query().Has("discarded")}
	for _, p := range past {
		if p.Report.New+p.Report.Changed == 0 {
			continue
		}
		row := importRow{ID: p.ID, Name: nameOfFile(v, p), When: v.P.Date(p.CreatedAt.In(v.User.Location()), "long"), Said: v.P.N("web.import.done.new", p.Report.New)}
		if p.State == intake.Undone {
			row.Said = v.P.T("web.import.undone.title")
		}
		view.Past = append(view.Past, row)
	}
	pg := v.page(v.P.T("web.import.title"), "people")
	pg.Area = "import"
	return render(w, r, status, importPage(pg, view))
}

func nameOfFile(v *visit, p intake.Import) string {
	if p.File == "" {
		return v.P.T("web.import.this_file")
	}
	return p.File
}

// importLook reads a file while it arrives. Nothing of it is written to disk but the cards it holds.
func (h *Handler) importLook(w http.ResponseWriter, r *http.Request, v *visit) error {
	wrong := func(message string) error {
		f := form{}
		f.wrong("file", message)
		return h.importForm(w, r, v, f, http.StatusUnprocessableEntity)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return wrong(v.P.T("web.transfer.nothing"))
	}
	part, err := filePart(parts)
	if err != nil {
		return wrong(v.P.T("web.transfer.nothing"))
	}
	one, _, err := h.Imports.Stage(r.Context(), v.User.ID, part, intake.Options{ID: r.URL.Query().Get("id"), File: part.FileName()})
	if f := fault.As(err); f != nil {
		return wrong(v.P.Fault(f))
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.TooLarge("body_too_large", "", "That was more than is read at once. Send less, or in parts.")
	}
	if err != nil {
		return err
	}
	return goTo(w, r, importPath(one.ID, ""))
}

// filePart is the file of a form; a form without one ends with io.EOF.
func filePart(parts *multipart.Reader) (*multipart.Part, error) {
	for {
		p, err := parts.NextPart()
		if err != nil {
			return nil, err
		}
		if p.FormName() == "file" && p.FileName() != "" {
			return p, nil
		}
		if _, err := io.Copy(io.Discard, p); err != nil {
			return nil, err
		}
	}
}

func (h *Handler) importOne(w http.ResponseWriter, r *http.Request, v *visit) error {
	one, err := h.Imports.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := bookView{ID: one.ID, Name: nameOfFile(v, one), State: one.State, Stopped: r.URL.Query().Has("stopped"), Report: one.Report}
	for _, n := range one.Report.Notes {
		if n.Skipped {
			view.Skipped = append(view.Skipped, n)
		} else {
			view.Other = append(view.Other, n)
		}
	}
	title := "web.import.preview.title"
	switch one.State {
	case intake.Done:
		title = "web.import.done.title"
	case intake.Undone:
		title = "web.import.undone.title"
		left, err := h.People.List(r.Context(), v.User.ID, person.Filter{Source: one.ID, Archived: person.ArchivedWith}, 200, "")
		if err != nil {
			return err
		}
		view.Kept = left.Items
		if view.Left, err = h.importLeft(r, v, one.Report.Left); err != nil {
			return err
		}
	}
	pg := v.page(v.P.T(title), "people")
	pg.Area = "import"
	return render(w, r, http.StatusOK, bookPage(pg, view))
}

// importLeft are those of whom something stays, as far as they are still there.
func (h *Handler) importLeft(r *http.Request, v *visit, ids []string) (rows []importRow, err error) {
	for _, id := range ids[:min(len(ids), 200)] {
		p, err := h.People.Get(r.Context(), v.User.ID, id)
		if fault.As(err) != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, importRow{ID: id, Name: p.Name})
	}
	return rows, nil
}

// importProgress says how far a file is, for the page that waits for it. No content is: nobody works on it.
func (h *Handler) importProgress(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, ok := h.Imports.Doing(v.User.ID, r.PathValue("id"))
	if !ok {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	said, part := "", 0.0
	switch {
	case p.Cards == 0: // just begun
	case p.Of == 0:
		said = v.P.N("web.import.read", p.Cards)
	default:
		said, part = v.P.T("web.import.taken", "count", v.P.Number(min(p.Cards, p.Of)), "of", v.P.Number(p.Of)), float64(min(p.Cards, p.Of))/float64(p.Of)
	}
	return sayProgress(w, said, part, false)
}

func (h *Handler) importApply(w http.ResponseWriter, r *http.Request, v *visit) error {
	one, err := h.Imports.Apply(r.Context(), v.User.ID, r.PathValue("id"), nil)
	if err != nil {
		return err
	}
	if one.State == intake.Done && one.Report.New > 0 {
		return goTo(w, r, importPath(one.ID, "/rings"))
	}
	return goTo(w, r, importPath(one.ID, ""))
}

func (h *Handler) importDiscard(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Imports.Discard(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	return goTo(w, r, "/import?discarded")
}

func (h *Handler) importUndo(w http.ResponseWriter, r *http.Request, v *visit) error {
	taken, err := h.Imports.Undo(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	return goTo(w, r, importPath(taken.Import.ID, ""))
}

// importRings offers up to five of those who came to be put in a ring. Nothing has to be answered.
func (h *Handler) importRings(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	near, err := h.Imports.Near(r.Context(), v.User.ID, id, 5)
	if err != nil {
		return err
	}
	view := ringsView{ID: id, Rings: []option{{"", v.P.T("web.import.rings.none")}}}
	for _, ring := range person.Rings() {
		view.Rings = append(view.Rings, option{ring.Name, v.P.Ring(ring.Name)})
	}
	for _, one := range near {
		p, err := h.People.Get(r.Context(), v.User.ID, one)
		if err != nil {
			return err
		}
		view.People = append(view.People, personRow{ID: p.ID, Name: p.Name, Face: faceOf(p)})
	}
	if len(view.People) == 0 {
		return goTo(w, r, importPath(id, ""))
	}
	pg := v.page(v.P.T("web.import.rings.title"), "people")
	pg.Area = "import"
	return render(w, r, http.StatusOK, ringsPage(pg, view))
}

func (h *Handler) importRingsKeep(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := h.Imports.Get(r.Context(), v.User.ID, id); err != nil {
		return err
	}
	kept := 0
	for name := range f.Values {
		of, ok := cutPrefix(name, "ring.")
		ring := f.Get(name)
		if !ok || ring == "" || kept == 5 {
			continue
		}
		kept++
		if _, err := h.People.Update(r.Context(), v.User.ID, of, person.Change{Ring: &ring}, 0); err != nil {
			return err
		}
	}
	return goTo(w, r, importPath(id, ""))
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return "", false
}

// peopleCards is everybody as vCards.
func (h *Handler) peopleCards(w http.ResponseWriter, r *http.Request, v *visit) error {
	w.Header().Set("Content-Type", "text/vcard; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="kith-`+v.today()+`.vcf"`)
	if err := h.Imports.Cards(r.Context(), v.User.ID, w, addressbook.Four); err != nil {
		h.Log.ErrorContext(r.Context(), "export of cards failed", "error", err)
		panic(http.ErrAbortHandler) // as settingsExport
	}
	return nil
}
