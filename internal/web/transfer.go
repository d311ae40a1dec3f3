package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/transfer"
)

// importView is what an archive holds, or what came in from it.
type importView struct {
	Done   bool
	Counts []count
}

type count struct{ Value, Label string }

// partMemory is how much of an upload is held in memory; the rest waits in a temporary file.
const partMemory = 4 << 20

func (h *Handler) settingsExport(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !h.proved(w, r, v, "/settings#transfer") {
		return nil
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "kith-" + v.today() + ".zip"}))
	if err := h.Transfer.Export(r.Context(), v.User.ID, w, r.URL.Query().Get("id")); err != nil {
		if r.Context().Err() == nil && !errors.Is(err, transfer.ErrStopped) {
			h.Log.LogAttrs(r.Context(), slog.LevelError, "export failed", slog.Any("error", err))
		}
		panic(http.ErrAbortHandler) // part of the archive has gone out: a broken download says so, a short file would not
	}
	return nil
}

// transferProgress says how far an archive is, for the page that waits for it. No content is: nobody works on it.
func (h *Handler) transferProgress(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, ok := h.Transfer.Doing(v.User.ID, r.PathValue("id"))
	if !ok {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	switch {
	case p.Is == transfer.Whole:
		return sayProgress(w, v.P.T("web.transfer.saved"), 1, true)
	case p.Is == transfer.Broken:
		return sayProgress(w, v.P.T("web.transfer.stopped"), 1, true)
	case p.Of == 0: // just begun
		return sayProgress(w, "", 0, false)
	}
	return sayProgress(w, v.P.T("web.transfer.lines", "count", v.P.Number(p.Done), "of", v.P.Number(p.Of)), float64(p.Done)/float64(p.Of), false)
}

// transferStop ends an archive on its way. It is no error when it has ended by itself.
func (h *Handler) transferStop(w http.ResponseWriter, r *http.Request, v *visit) error {
	h.Transfer.Stop(v.User.ID, r.PathValue("id"))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// sayProgress answers a page that waits: in words, which part of it is done, and whether it is over.
func sayProgress(w http.ResponseWriter, said string, part float64, over bool) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(struct {
		Said string  `json:"said"`
		Part float64 `json:"part"`
		Over bool    `json:"over"`
	}{said, part, over})
}

func (h *Handler) settingsImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := form{}
	if err := r.ParseMultipartForm(partMemory); err != nil { //nolint:gosec // the route bounds the body
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return fault.TooLarge("body_too_large", "", "That was more than is read at once. Send less, or in parts.")
		}
		f.wrong("archive", v.P.T("web.transfer.nothing"))
		return h.refused(w, r, v, "import", f, nil)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, head, err := r.FormFile("archive")
	if err != nil {
		f.wrong("archive", v.P.T("web.transfer.nothing"))
		return h.refused(w, r, v, "import", f, nil)
	}
	defer func() { _ = file.Close() }()
	only := r.PostForm.Get("act") != "import"
	report, err := h.Transfer.Import(r.Context(), v.User.ID, file, head.Size, transfer.Options{DryRun: only, ID: r.URL.Query().Get("id")})
	if err != nil {
		return h.refused(w, r, v, "import", f, err, "archive")
	}
	return h.settings(w, r, v, http.StatusOK, settingsView{Import: &importView{Done: !only, Counts: counts(v.P, report)}})
}

// counts are what an import did, or would do, in words.
func counts(p *i18n.Printer, r transfer.Report) []count {
	var list []count
	for _, c := range r.Counts {
		if c.New+c.Known == 0 {
			continue
		}
		var key string
		switch name, _, _ := strings.Cut(c.File, "."); name {
		case "account":
			key = "web.transfer.count.account"
		case "people", "persons":
			key = "web.transfer.count.people"
		case "moments":
			key = "web.transfer.count.moments"
		case "intentions":
			key = "web.transfer.count.intentions"
		case "answers", "opportunity_answers":
			key = "web.transfer.count.answers"
		default:
			key = "web.transfer.count.other"
		}
		label := p.T(key)
		if c.Known > 0 {
			label += " " + p.N("web.transfer.known", c.Known)
		}
		list = append(list, count{Value: p.Number(c.New), Label: label})
	}
	return list
}
