package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/moment"
	"kith/internal/person"
)

// sends is what a script sends for a line that waited on a device of the owner's.
func sends(owner string, pairs ...string) *http.Request {
	r := post("/capture", pairs...)
	r.Header.Set("Accept", "application/json")
	r.Header.Set(ownerHeader, owner)
	return r
}

func TestCaptureTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := context.Background()
		tell := func(name string, r *http.Request, v *visitor, status int, state string) told {
			t.Helper()
			res := h.ask(r, v)
			defer func() { _ = res.Body.Close() }()
			var got told
			if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
				if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
					t.Fatal(err)
				}
			}
			if res.StatusCode != status || got.State != state {
				t.Errorf("%s: %d %q, wants %d %q", name, res.StatusCode, got.State, status, state)
			}
			return got
		}
		ana := string(h.ana.id)
		id := newID()
		line := []string{"id", id, "text", "laughed with @Sam yesterday", "captured_at", "2026-11-22T22:30:00Z", "zone", "Europe/Berlin", "drop", "tag:none"}
		for range 3 { // Sam is new the first time and known then: what is read differs, the line is the same
			tell("a line", sends(ana, line...), &h.ana, http.StatusOK, "kept")
		}
		m, err := h.moments.Get(ctx, h.ana.id, id)
		if err != nil {
			t.Fatal(err)
		}
		if m.Day != "2026-11-21" {
			t.Errorf("yesterday is %s, wants the day before it was written", m.Day)
		}
		if page, err := h.moments.List(ctx, h.ana.id, moment.Filter{}, 10, ""); err != nil || len(page.Items) != 1 {
			t.Errorf("%d moments, %v, wants one", len(page.Items), err)
		}

		tell("nobody is signed in", sends(ana, line...), nil, http.StatusUnauthorized, "")
		tell("somebody else is", sends(ana, line...), &h.bo, http.StatusUnauthorized, "")
		if page, err := h.moments.List(ctx, h.bo.id, moment.Filter{}, 10, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("somebody else got %d moments, %v", len(page.Items), err)
		}
		tell("no id", sends(ana, "text", "laughed"), &h.ana, http.StatusUnprocessableEntity, "refused")
		tell("nothing written", sends(ana, "id", newID(), "text", " "), &h.ana, http.StatusUnprocessableEntity, "refused")
		tell("too much", sends(ana, "id", newID(), "text", strings.Repeat("a", moment.MaxText+1)), &h.ana, http.StatusUnprocessableEntity, "refused")

		people := person.New(d, func() time.Time { return now })
		for _, name := range []string{"Ida Berg", "Ida Lund"} {
			if _, _, err := people.Create(ctx, h.ana.id, person.Draft{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
		asked := newID()
		tell("a name of two", sends(ana, "id", asked, "text", "met @Ida"), &h.ana, http.StatusConflict, "ask")
		if _, err := h.moments.Get(ctx, h.ana.id, asked); err == nil {
			t.Error("a name that could mean two was guessed")
		}
		if _, err := h.moments.Delete(ctx, h.ana.id, id, 0); err != nil {
			t.Fatal(err)
		}
		tell("a line that was deleted since", sends(ana, line...), &h.ana, http.StatusOK, "kept")
		if _, err := h.moments.Get(ctx, h.ana.id, id); err == nil {
			t.Error("what was deleted came back")
		}
	})
}

func TestWrittenAt(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339Nano) }
	for name, c := range map[string]struct {
		written, sent string
		want          time.Duration
		before        bool
	}{
		"now":                        {"", "", 0, false},
		"no time":                    {"yesterday", "", 0, false},
		"an hour ago":                {at(-time.Hour), at(0), -time.Hour, true},
		"an hour ago, without a way": {at(-time.Hour), "", -time.Hour, true},
		"sent slowly":                {at(-time.Hour), at(-time.Minute), -time.Hour, true},
		"a clock five hours behind":  {at(-6 * time.Hour), at(-5 * time.Hour), -time.Hour, true},
		"a clock seven hours ahead":  {at(6 * time.Hour), at(7 * time.Hour), -time.Hour, true},
		"ahead, and nothing says so": {at(time.Hour), "", 0, true},
	} {
		got, before := writtenAt(form{Values: url.Values{"captured_at": {c.written}, "sent_at": {c.sent}}}, now)
		if !got.Equal(now.Add(c.want)) || before != c.before {
			t.Errorf("%s: %v %t, wants %v %t", name, got.Sub(now), before, c.want, c.before)
		}
	}
}

func TestSharedLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ title, text, url, want string }{
		{"", "laughed\nwith @Sam", "", "laughed with @Sam"},
		{"Bees", "", "https://example.org/", "Bees https://example.org/"},
		{"Bees", "Bees dance https://example.org/", "https://example.org/", "Bees dance https://example.org/"},
		{"", strings.Repeat("ä", moment.MaxText+5), "", strings.Repeat("ä", moment.MaxText)},
	} {
		got := sharedLine(form{Values: url.Values{"title": {c.title}, "text": {c.text}, "url": {c.url}}})
		if got != c.want {
			t.Errorf("%q, wants %q", got, c.want)
		}
	}
}

// What is kept for everybody names nobody, whoever asked for it.
func TestPocketFiles(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	get := func(path string, v *visitor) (string, http.Header) {
		t.Helper()
		res := h.ask(httptest.NewRequest(http.MethodGet, path, nil), v)
		defer func() { _ = res.Body.Close() }()
		var b strings.Builder
		if err := res.Write(&b); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		_, body, _ := strings.Cut(b.String(), "\r\n\r\n")
		return body, res.Header
	}
	offline, _ := get("/offline", &h.ana)
	if strings.Contains(offline, "ana") || strings.Contains(offline, string(h.ana.id)) {
		t.Error("the page for no network names who is signed in")
	}
	worker, header := get("/sw.js", nil)
	if !strings.HasPrefix(worker, "const SHELL={") || header.Get("Cache-Control") != "no-cache" {
		t.Errorf("the worker begins with %.20q, %q", worker, header.Get("Cache-Control"))
	}
	again := httptest.NewRequest(http.MethodGet, "/sw.js", nil)
	again.Header.Set("If-None-Match", header.Get("ETag"))
	res := h.ask(again, nil)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNotModified {
		t.Errorf("the same worker again: %d", res.StatusCode)
	}
	for _, header := range []struct {
		v    *visitor
		want string
	}{{nil, "none"}, {&h.ana, string(h.ana.id)}} {
		if _, got := get("/", header.v); got.Get(ownerHeader) != header.want {
			t.Errorf("the page is of %q, wants %q", got.Get(ownerHeader), header.want)
		}
	}
}
