package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
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
	"kith/internal/httpsafe"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/notify"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/presence"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/transfer"
)

const password = "a few plain words"

// house is the whole API on a database of its own, with two people in it.
type house struct {
	t        testing.TB
	services Services
	handler  http.Handler
	server   *server
	ana, ben caller
}

// caller is somebody with a token that may do everything.
type caller struct {
	user  account.User
	token string
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	now := (&clock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}).read
	accounts := account.New(d, now)
	people := person.New(d, now)
	hub := live.New(d)
	queue := job.New(d, job.Options{Now: now})
	moments := moment.New(d, moment.Options{Accounts: accounts, People: people, Jobs: queue, Live: hub, Now: now})
	intentions, opportunities := intention.New(d, now), opportunity.New(d, now)
	pulses := pulse.New(d, pulse.Options{Accounts: accounts, Jobs: queue, Now: now})
	reflections := reflection.New(d, moments, now)
	server, err := notify.ParseServer("smtp+plain://127.0.0.1:1", "", "kith@example.org") // the queue does not run: nothing is sent
	if err != nil {
		t.Fatal(err)
	}
	digests := digest.New(d, digest.Options{Accounts: accounts, Reflections: reflections, Jobs: queue, Server: server, Base: "https://kith.example.org", Now: now})
	// Requests that are made up here ask nobody: no name is known, and nothing answers on this machine.
	allow, err := httpsafe.ParseAllow([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	nobody := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }}
	calendars := dav.New(d, dav.Options{Accounts: accounts, Now: now, HTTP: httpsafe.Options{Allow: allow, Resolver: nobody}})
	forges := forge.New(d, people, now)
	people.OnMerged(moments.Mover())
	people.OnMerged(intentions.Mover())
	guesses := guess.New(d, now)
	moments.OnLogged(guesses.MomentLogged)
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	doors := auth.New(d, accounts, auth.Options{Now: now})
	doors.Seal(keys)
	h := &house{t: t, services: Services{
		Accounts: accounts, Auth: doors, People: people, Moments: moments,
		Presence:  presence.New(d, presence.Options{People: people, Moments: moments, Live: hub, Now: now}),
		Practices: practice.New(d, now), Intentions: intentions, Opportunities: opportunities, Pulses: pulses, Reflections: reflections, Guesses: guesses, Digests: digests, Now: now,
		Transfer:  transfer.New(d, transfer.Nouns{Accounts: accounts, People: people, Moments: moments, Intentions: intentions, Opportunities: opportunities, Pulses: pulses, Reflections: reflections, Digests: digests, Calendars: calendars, Forges: forges}),
		Calendars: calendars, Forges: forges,
		Imports: intake.New(d, intake.Needs{People: people, Live: hub, Now: now}),
	}}
	h.server = newServer(h.services)
	h.handler = h.server
	h.ana = h.join("ana@example.org", "Ana")
	h.ben = h.join("ben@example.org", "Ben")
	return h
}

func (h *house) join(email, name string) caller {
	h.t.Helper()
	u, err := h.services.Auth.Register(h.t.Context(), account.Draft{Email: email, Name: name, Zone: "Europe/Berlin"}, password)
	if err != nil {
		h.t.Fatal(err)
	}
	return caller{u, h.tokenFor(u, auth.Own)}
}

func (h *house) tokenFor(u account.User, scopes auth.Scopes) string {
	h.t.Helper()
	_, secret, err := h.services.Auth.NewToken(h.t.Context(), auth.Identity{User: u.ID, Local: true}, "", auth.TokenDraft{Name: "test", Scopes: scopes})
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// in is the same house in a subtest.
func (h *house) in(t testing.TB) *house {
	t.Helper()
	sub := *h
	sub.t = t
	return &sub
}

// reply is what came back.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// header is a header of a request.
type header struct{ name, value string }

func (h *house) do(method, path, token string, body any, headers ...header) reply {
	h.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		if err != nil {
			h.t.Fatal(err)
		}
		r = bytes.NewReader(j)
	}
	req := httptest.NewRequest(method, path, r)
	req.RemoteAddr = "127.0.0.1:1"
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for _, x := range headers {
		req.Header.Set(x.name, x.value)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, req)
	return reply{h.t, w.Code, w.Header(), w.Body.Bytes()}
}

// want fails the test unless the status, and for a problem the code, are these.
func (r reply) want(status int, code string) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("got %d, want %d: %s", r.status, status, r.body)
	}
	if status >= 400 {
		if got := r.header.Get("Content-Type"); got != problemType {
			r.t.Fatalf("a refusal came as %q", got)
		}
		p := into[Problem](r)
		if code != "" && p.Code != code {
			r.t.Fatalf("got the code %q, want %q: %s", p.Code, code, r.body)
		}
		if p.Status != status {
			r.t.Fatalf("the problem says %d, the status is %d", p.Status, status)
		}
	}
	return r
}

func into[T any](r reply) T {
	r.t.Helper()
	var v T
	dec := json.NewDecoder(bytes.NewReader(r.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		r.t.Fatalf("%v in %s", err, r.body)
	}
	return v
}

func sqliteHouse(t testing.TB) *house {
	t.Helper()
	return newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
}
