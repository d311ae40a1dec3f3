package web

import (
	"errors"
	"log/slog"
	"mime"
	"net/http"

	"kith/internal/fault"
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
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "kith-" + v.today() + ".zip"}))
	if err := h.Transfer.Export(r.Context(), v.User.ID, w); err != nil {
		h.Log.LogAttrs(r.Context(), slog.LevelError, "export failed", slog.Any("error", err))
		panic(http.ErrAbortHandler) // part of the archive has gone out: a broken download says so, a short file would not
	}
	return nil
}

func (h *Handler) settingsImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := form{}
	if err := r.ParseMultipartForm(partMemory); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
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
	report, err := h.Transfer.Import(r.Context(), v.User.ID, file, head.Size, transfer.Options{DryRun: only})
	if err != nil {
		return h.refused(w, r, v, "import", f, err, "archive")
	}
	return h.settings(w, r, v, http.StatusOK, settingsView{Import: &importView{Done: !only, Counts: counts(v.P, report)}})
}
