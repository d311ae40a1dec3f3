package web

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/digest"
	"kith/internal/forge"
	"kith/internal/guess"
	"kith/internal/httpd"
	"kith/internal/httpsafe"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/notify"
	"kith/internal/notify/mailtest"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/presence"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/transfer"
)

var now = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)

// house is all pages over one database, with two people in it.
type house struct {
	h       http.Handler
	moments *moment.Service
	ana, bo visitor
	jobs    *job.Queue
	sink    *mailtest.Server
	clock   func() time.Time
}

type visitor struct {
	id     account.ID
	cookie *http.Cookie
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	clock := func() time.Time { return now }
	ctx := context.Background()
	accounts := account.New(d, clock)
	keys := auth.New(d, accounts, auth.Options{Now: clock})
	seal, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	keys.Seal(seal)
	jobs := job.New(d, job.Options{Now: clock})
	hub, people, intentions, opportunities := live.New(d), person.New(d, clock), intention.New(d, clock), opportunity.New(d, clock)
	moments := moment.New(d, moment.Options{Accounts: accounts, People: people, Jobs: jobs, Live: hub, Now: clock})
	moments.OnLogged(func(ctx context.Context, tx *db.Tx, by account.ID, m moment.Moment) error {
		var with []string
		for _, p := range m.People {
			with = append(with, p.ID)
		}
		return intentions.MomentLogged(ctx, tx, by, m.Kind, with, m.ID, m.Day)
	})
	reflections := reflection.New(d, moments, clock)
	sink := mailtest.Start(t, mailtest.Options{})
	server, err := notify.ParseServer("smtp+plain://"+sink.Host+":"+sink.Port, "", "kith@example.org")
	if err != nil {
		t.Fatal(err)
	}
	digests := digest.New(d, digest.Options{Accounts: accounts, Reflections: reflections, Jobs: jobs, Server: server, Base: "https://kith.example.org", Now: clock})
	allow, err := httpsafe.ParseAllow([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	calendars := dav.New(d, dav.Options{Accounts: accounts, Now: clock, HTTP: httpsafe.Options{Allow: allow}})
	forges := forge.New(d, people, clock)
	s := Services{
		Calendars:   calendars,
		Forges:      forges,
		Reflections: reflections, Digests: digests, Pulses: pulse.New(d, pulse.Options{Accounts: accounts, Jobs: jobs, Now: clock}),
		Accounts: accounts, Auth: keys, People: people, Moments: moments, Practices: practice.New(d, clock), Intentions: intentions, Opportunities: opportunities, Live: hub, Guesses: guess.New(d, clock), Now: clock,
		Presence: presence.New(d, presence.Options{People: people, Moments: moments, Live: hub, Now: clock}),
		Imports:  intake.New(d, intake.Needs{People: people, Now: clock}),
		Transfer: transfer.New(d, transfer.Nouns{Accounts: accounts, People: people, Moments: moments, Intentions: intentions, Opportunities: opportunities, Reflections: reflections, Digests: digests, Calendars: calendars, Forges: forges}),
	}
	visit := func(name string) visitor {
		u, err := accounts.Create(ctx, account.Draft{Name: name, Email: name + "@example.org", Zone: "Europe/Berlin", Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		_, secret, err := keys.Begin(ctx, u.ID, "test")
		if err != nil {
			t.Fatal(err)
		}
		return visitor{u.ID, &http.Cookie{Name: "kith_session", Value: secret}}
	}
	return &house{h: httpd.Wrap(New(s), httpd.Options{}), clock: clock, jobs: jobs, sink: sink, moments: moments, ana: visit("ana"), bo: visit("bo")}
}

func (h *house) ask(r *http.Request, v *visitor) *http.Response {
	if v != nil {
		r.AddCookie(v.cookie)
	}
	w := httptest.NewRecorder()
	h.h.ServeHTTP(w, r)
	return w.Result()
}

func post(path string, pairs ...string) *http.Request {
	body := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		body.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		m, _, err := h.moments.Log(context.Background(), h.ana.id, moment.Draft{Text: "thanked @Sam <b>for</b> soup"})
		if err != nil {
			t.Fatal(err)
		}
		sam := m.People[0].ID
		status := func(name string, r *http.Request, v *visitor, want int, location string) {
			t.Helper()
			got := h.ask(r, v)
			defer func() { _ = got.Body.Close() }()
			if got.StatusCode != want || !strings.HasPrefix(got.Header.Get("Location"), location) {
				t.Errorf("%s: %d to %q, wants %d to %q", name, got.StatusCode, got.Header.Get("Location"), want, location)
			}
		}
		get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

		for _, path := range []string{"/", "/capture", "/moments", "/moments/" + m.ID, "/moments/" + m.ID + "/edit", "/people", "/people/" + sam, "/settings", "/settings/export", "/calendars", "/work"} {
			status("hers "+path, get(path), &h.ana, http.StatusOK, "")
		}
		for _, path := range []string{"/capture", "/moments", "/people", "/settings", "/calendars", "/work", "/live"} {
			status("nobody's "+path, get(path), nil, http.StatusSeeOther, "/signin?next=%2F")
		}
		for _, r := range []*http.Request{
			get("/moments/" + m.ID), get("/moments/" + m.ID + "/edit"), get("/people/" + sam), get("/nowhere"), get("/setup/guess"), get("/reset/guess"),
			post("/moments/"+m.ID, "text", "mine now"), post("/moments/" + m.ID + "/delete"), post("/moments/" + m.ID + "/repeat"), post("/people/"+sam, "name", "Mine"),
		} {
			got := h.ask(r, &h.bo)
			_ = got.Body.Close()
			if got.StatusCode != http.StatusNotFound && got.StatusCode != http.StatusGone {
				t.Errorf("%s %s as another: %d, wants not found", r.Method, r.URL.Path, got.StatusCode)
			}
		}

		evil := post("/capture", "text", "laughed")
		evil.Header.Set("Sec-Fetch-Site", "cross-site")
		status("another site's form", evil, &h.ana, http.StatusForbidden, "")
		status("a line", post("/capture", "text", "laughed with @Sam", "id", m.ID), &h.ana, http.StatusSeeOther, "/?kept=")
		status("nothing written", post("/capture", "text", "  "), &h.ana, http.StatusUnprocessableEntity, "")
		status("too much written", post("/capture", "text", strings.Repeat("a", moment.MaxText+1)), &h.ana, http.StatusUnprocessableEntity, "")
		status("an intention", post("/intention", "text", "call Ida"), &h.ana, http.StatusSeeOther, "/")
		status("no intention", post("/intention", "text", ""), &h.ana, http.StatusUnprocessableEntity, "")
		status("a day that is none", get("/moments?from=tomorrow"), &h.ana, http.StatusUnprocessableEntity, "")
		status("deleted", post("/moments/"+m.ID+"/delete"), &h.ana, http.StatusSeeOther, "/?gone="+m.ID)
		status("gone", get("/moments/"+m.ID), &h.ana, http.StatusGone, "")
		status("brought back", post("/moments/"+m.ID+"/undo"), &h.ana, http.StatusSeeOther, "/moments/"+m.ID)
		status("the last again", post("/moments/repeat-last"), &h.ana, http.StatusSeeOther, "/?kept=")
		status("a key for nothing", post("/settings/tokens", "name", "x"), &h.ana, http.StatusUnprocessableEntity, "")
		status("signed out", post("/signout"), &h.ana, http.StatusSeeOther, "/")
		status("and stays out", get("/settings"), &h.ana, http.StatusSeeOther, "/signin")
	})
}

func TestStatic(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kith.css", "kith.js", "mark.svg"} {
		w := httptest.NewRecorder()
		mux := http.NewServeMux()
		mux.HandleFunc("GET /static/{name}", serveStatic)
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, asset(name), nil))
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: %d, %q", name, w.Code, w.Header().Get("Cache-Control"))
		}
		plain := w.Body.String()
		w = httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, asset(name), nil)
		r.Header.Set("Accept-Encoding", "br, gzip")
		mux.ServeHTTP(w, r)
		z, err := gzip.NewReader(w.Body)
		if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s compressed: %q, %v", name, w.Header().Get("Content-Encoding"), err)
		}
		if b, err := io.ReadAll(z); err != nil || string(b) != plain {
			t.Errorf("%s compressed is another file: %v", name, err)
		}
		w = httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/static/"+name, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s without its hash: %d, wants 404", name, w.Code)
		}
	}
}
