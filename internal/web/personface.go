package web

import (
	"net/url"

	"kith/internal/capture"
	"kith/internal/person"
)

// faceOf is how somebody looks: their photo, or initials on one of the ten hues.
func faceOf(p person.Person) face {
	f := face{Initials: p.Initials(), Hue: capture.Kinds[p.Colour()%len(capture.Kinds)]}
	if p.Photo != "" {
		f.Photo = "/people/" + url.PathEscape(p.ID) + "/photo?v=" + url.QueryEscape(p.Photo[:min(len(p.Photo), 12)])
	}
	return f
}
