package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/auth"
	"kith/internal/person"
)

// photoTime is how long a photo may take to arrive.
const photoTime = 2 * time.Minute

// picture is an answer that is a JPEG.
type picture struct {
	Status      int
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag" doc:"Changes with the picture."`
	Body        []byte
}

func (s *server) registerPhotos(t *table) {
	handle(s, t, operation{
		ID: "get-photo", Method: http.MethodGet, Path: "/people/{id}/photo", Scope: auth.Read, Tag: "people", Summary: "The face of a person",
		Doc: "A small square JPEG, made when the photo was sent.", Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*picture, error) {
		p, err := s.People.Get(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		jpg, err := s.People.Photo(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &picture{Status: http.StatusOK, ContentType: "image/jpeg", ETag: `"` + p.Photo + `"`, Body: jpg}, nil
	})
	get := t.api.OpenAPI().Paths[Prefix+"/people/{id}/photo"].Get
	get.Responses["200"].Content = map[string]*huma.MediaType{"image/jpeg": {Schema: binary()}}
	delete(get.Responses["200"].Headers, "Content-Type")
	handle(s, t, operation{
		ID: "set-photo", Method: http.MethodPut, Path: "/people/{id}/photo", Scope: auth.Write, Tag: "people", Summary: "Give a person a face",
		Doc:    "Send a JPEG, PNG, GIF or WebP of at most 16 MB. What is kept is its middle, upright, small, and nothing else of the file.",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
		Body: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"image/jpeg": {Schema: binary()}, "image/png": {Schema: binary()}, "image/gif": {Schema: binary()}, "image/webp": {Schema: binary()},
		}},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		raw
	},
	) (*one[Person], error) {
		photo, err := photoOf(in.raw)
		if err != nil {
			return nil, err
		}
		p, err := s.People.SetPhoto(ctx, who.User, in.ID, photo, in.revision())
		if err != nil {
			return nil, err
		}
		return found(PersonOf(p), p.Revision), nil
	})
	handle(s, t, operation{
		ID: "remove-photo", Method: http.MethodDelete, Path: "/people/{id}/photo", Scope: auth.Delete, Tag: "people", Summary: "Take the face of a person away",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		_, err := s.People.RemovePhoto(ctx, who.User, in.ID, in.revision())
		return &none{}, err
	})
}

// photoOf reads a picture whole. What it is is read from its bytes, not from what the client says of it.
func photoOf(in raw) ([]byte, error) {
	_ = huma.SetReadDeadline(in.w, time.Now().Add(photoTime))
	photo, err := io.ReadAll(http.MaxBytesReader(in.w, in.r.Body, person.MaxPhoto))
	switch {
	case err == nil && len(photo) == 0:
		return nil, problem(http.StatusBadRequest, "body_missing", "Send the picture as the body of the request.")
	case err == nil:
		return photo, nil
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge(large.Limit)
	}
	return nil, problem(http.StatusBadRequest, "body_unreadable", "The picture ended before it was complete.")
}
