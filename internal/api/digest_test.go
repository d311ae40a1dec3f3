package api

import (
	"net/http"
	"strings"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestDigest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.do("PUT", "/api/v1/reflections/2026-11-23", h.ana.token, map[string]any{"line": "open words"}).want(http.StatusCreated, "")
		h.do("PUT", "/api/v1/reflections/2026-11-24", h.ana.token, map[string]any{"line": "closed words", "private": true}).want(http.StatusCreated, "")
		if got := into[Found](h.do("GET", "/api/v1/search?q=words", h.ana.token, nil).want(http.StatusOK, "")); len(got.Reflections) != 1 || got.Reflections[0].Line != "open words" {
			t.Errorf("found %+v", got.Reflections)
		}
		if got := into[Found](h.do("GET", "/api/v1/search?q=words", h.ben.token, nil).want(http.StatusOK, "")); len(got.Reflections) != 0 {
			t.Errorf("somebody else finds %+v", got.Reflections)
		}
		read := func(who caller) string {
			return string(h.do("GET", "/api/v1/digest?week=2026-W48", who.token, nil).want(http.StatusOK, "").body)
		}
		if got := read(h.ana); !strings.Contains(got, "open words") || strings.Contains(got, "closed words") {
			t.Errorf("%s", got)
		}
		if got := read(h.ben); strings.Contains(got, "words") || !strings.Contains(got, `"empty":true`) {
			t.Errorf("somebody else reads %s", got)
		}
		setting := map[string]any{"on": true, "weekday": 5, "minute": 1080, "private": true}
		if got := string(h.do("PUT", "/api/v1/digest-setting", h.ana.token, setting).want(http.StatusOK, "").body); !strings.Contains(got, `"next":"2026-11-27T18:00:00+01:00"`) {
			t.Errorf("%s", got)
		}
		if got := read(h.ana); !strings.Contains(got, "closed words") {
			t.Errorf("allowed, and left out: %s", got)
		}
		if got := string(h.do("GET", "/api/v1/digest-setting", h.ben.token, nil).want(http.StatusOK, "").body); strings.Contains(got, `"on":true`) {
			t.Errorf("somebody else's setting is %s", got)
		}
		h.do("POST", "/api/v1/digest", h.ana.token, nil).want(http.StatusNoContent, "")
		h.do("POST", "/api/v1/digest", h.ana.token, nil).want(http.StatusTooManyRequests, "digest_just_sent")
		h.do("POST", "/api/v1/digest", h.ben.token, nil).want(http.StatusNoContent, "")
		h.do("PUT", "/api/v1/digest-setting", h.ana.token, map[string]any{"on": true, "weekday": 9, "minute": 0}).want(http.StatusUnprocessableEntity, "")
	})
}
