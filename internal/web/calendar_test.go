package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestCalendarPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		answer := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T080000Z\r\nDTEND:20261201T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
		t.Cleanup(other.Close)
		read := func(r *http.Request, v *visitor, want int) string {
			t.Helper()
			got := h.ask(r, v)
			defer func() { _ = got.Body.Close() }()
			b, err := io.ReadAll(got.Body)
			if err != nil || got.StatusCode != want {
				t.Errorf("%s %s: %d, %v, wants %d", r.Method, r.URL.Path, got.StatusCode, err, want)
			}
			return string(b)
		}
		get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }
		const id = "0192f0c1-7c1e-7a3b-9c1d-0000000000a1"
		read(post("/calendars", "id", id, "url", other.URL+"/secret.ics", "name", "Work <b>"), &h.ana, http.StatusSeeOther)
		if page := read(get("/calendars"), &h.ana, http.StatusOK); !strings.Contains(page, "Work &lt;b&gt;") || !strings.Contains(page, "One busy time") {
			t.Errorf("what was read is not on the page: %s", page)
		}
		if page := read(get("/calendars/"+id), &h.ana, http.StatusOK); strings.Contains(page, "secret.ics") {
			t.Error("the page shows the secret address")
		}
		answer = "<!doctype html>"
		read(post("/calendars/"+id+"/sync"), &h.ana, http.StatusSeeOther)
		if page := read(get("/calendars"), &h.ana, http.StatusOK); !strings.Contains(page, "no calendar") || !strings.Contains(page, "One busy time") {
			t.Error("a failure is not said, or what was known is not there any more")
		}
		read(post("/calendars/"+id, "name", "Office", "titles", "yes"), &h.ana, http.StatusSeeOther)
		if page := read(get("/calendars/"+id), &h.ana, http.StatusOK); !strings.Contains(page, "Office") || !strings.Contains(page, "checked") {
			t.Error("what was changed is not kept")
		}
		if page := read(post("/calendars", "id", id, "url", "http://10.0.0.1/", "password", "hunter2"), &h.ana, http.StatusUnprocessableEntity); strings.Contains(page, "hunter2") || !strings.Contains(page, "private or reserved") {
			t.Error("a private address is not refused in words, or the password comes back")
		}
		for _, r := range []*http.Request{get("/calendars/" + id), post("/calendars/"+id, "name", "Mine"), post("/calendars/" + id + "/sync"), post("/calendars/" + id + "/delete")} {
			read(r, &h.bo, http.StatusNotFound)
		}
		read(post("/calendars/"+id+"/delete"), &h.ana, http.StatusSeeOther)
		read(get("/calendars/"+id), &h.ana, http.StatusGone)
	})
}
