package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"time"

	"kith/internal/fault"
	"kith/internal/person"
)

// noTime is for answers whose age says nothing: their tag does.
var noTime time.Time //nolint:gochecknoglobals // a constant

// personPhoto answers a face, to its owner alone.
func (h *Handler) personPhoto(w http.ResponseWriter, r *http.Request, v *visit) error {
	jpg, err := h.People.Photo(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(jpg)
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Disposition", "inline")
	private(w, base64.RawURLEncoding.EncodeToString(sum[:12]))
	http.ServeContent(w, r, "", noTime, bytes.NewReader(jpg))
	return nil
}

func (h *Handler) personPhotoSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := form{}
	if _, err := h.People.Get(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	photo, err := sentFile(r, "photo")
	switch {
	case err != nil:
	case len(photo) == 0:
		f.wrong("photo", v.P.T("web.person.photo.none"))
	default:
		_, err = h.People.SetPhoto(r.Context(), v.User.ID, r.PathValue("id"), photo, 0)
	}
	return h.kept(w, r, v, "face", "", f, err, "photo")
}

// sentFile reads a file of a form; none is empty.
func sentFile(r *http.Request, name string) ([]byte, error) {
	tooLarge := fault.TooLarge("photo_too_large", name, "A photo has at most %d MB.", person.MaxPhoto>>20).With("max", person.MaxPhoto>>20)
	if err := r.ParseMultipartForm(photoBody); err != nil { //nolint:gosec // the route bounds the body
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, tooLarge
		}
		return nil, nil // a form without a file
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, _, err := r.FormFile(name)
	if err != nil {
		return nil, nil // a form without a file
	}
	defer func() { _ = file.Close() }()
	b, err := io.ReadAll(io.LimitReader(file, person.MaxPhoto+1))
	if err != nil {
		return nil, tooLarge
	}
	return b, nil
}

func (h *Handler) personPhotoDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := h.People.RemovePhoto(r.Context(), v.User.ID, r.PathValue("id"), 0); err != nil {
		return err
	}
	return goTo(w, r, personOf(r, ""))
}
