package client_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/api"
	"kith/internal/auth"
	"kith/internal/client"
	"kith/internal/dav"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/forge"
	"kith/internal/guess"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/reflection"
	"kith/internal/transfer"
)

// house is a Kith with one account, and a token of it.
func house(t *testing.T) (http.Handler, string) {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t))
	now := time.Now
	accounts := account.New(d, now)
	people := person.New(d, now)
	jobs := job.New(d, job.Options{Now: now})
	moments := moment.New(d, moment.Options{Accounts: accounts, People: people, Jobs: jobs, Live: live.New(d), Now: now})
	intentions, opportunities := intention.New(d, now), opportunity.New(d, now)
	doors := auth.New(d, accounts, auth.Options{Now: now})
	u, err := accounts.Create(t.Context(), account.Draft{Email: "ana@example.org", Name: "Ana"})
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := doors.NewToken(t.Context(), auth.Identity{User: u.ID, Local: true}, "", auth.TokenDraft{Name: "test", Scopes: auth.Own})
	if err != nil {
		t.Fatal(err)
	}
	reflections := reflection.New(d, moments, now)
	return api.New(api.Services{
		Accounts: accounts, Auth: doors, People: people, Moments: moments, Practices: practice.New(d, now), Intentions: intentions, Opportunities: opportunities, Guesses: guess.New(d, now), Now: now,
		Reflections: reflections,
		Imports:     intake.New(d, intake.Needs{People: people, Now: now}),
		Transfer:    transfer.New(d, transfer.Nouns{Accounts: accounts, People: people, Moments: moments, Intentions: intentions, Opportunities: opportunities, Reflections: reflections, Calendars: dav.New(d, dav.Options{Accounts: accounts, Now: now}), Forges: forge.New(d, people, now)}),
	}), token
}

// local is what serve puts in front of its socket: whoever reaches it is the operator.
func local(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(auth.WithLocal(r.Context())))
	})
}

// ways are the three ways to one Kith.
func ways(t *testing.T) map[string]*client.Client {
	t.Helper()
	h, token := house(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	remote, err := client.Remote(server.URL, token)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path) //nolint:noctx // a test's own socket
	if err != nil {
		t.Fatal(err)
	}
	behind := &http.Server{Handler: local(h), ReadHeaderTimeout: time.Minute}
	go func() { _ = behind.Serve(l) }()
	t.Cleanup(func() { _ = behind.Close() })
	return map[string]*client.Client{"remote": remote, "socket": client.Socket(path, ""), "local": client.Local(local(h), "ana@example.org")}
}

//nolint:tparallel // one way after the other: an undo takes back what the account did last, whichever way that came
func TestThreeWaysAreAlike(t *testing.T) {
	t.Parallel()
	for name, c := range ways(t) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			id := uuid.Must(uuid.NewV7()).String()
			word := "word" + name
			m, err := c.Log(ctx, api.MomentDraft{ID: id, Text: "a laugh with @Sam " + word})
			if err != nil || m.ID != id || m.Kind != "laugh" {
				t.Fatalf("logged %+v, %v", m, err)
			}
			page, err := c.Moments(ctx, client.Filter{Query: word}, 10, "")
			if err != nil || len(page.Items) != 1 || !cmp.Equal(page.Items[0], m) {
				t.Errorf("found %+v, %v", page, err)
			}
			two := 2
			m, err = c.ChangeMoment(ctx, id, api.MomentChange{Felt: api.SetNumber(&two)}, m.Revision)
			if err != nil || m.Felt == nil || *m.Felt != 2 {
				t.Errorf("changed to %+v, %v", m, err)
			}
			m, err = c.ChangeMoment(ctx, id, api.MomentChange{Felt: api.SetNumber(nil)}, m.Revision)
			if err != nil || m.Felt != nil {
				t.Errorf("cleared to %+v, %v", m, err)
			}
			if _, err = c.ChangeMoment(ctx, id, api.MomentChange{}, 1); !fault.Is(err, fault.KindStale) {
				t.Errorf("a stale change gave %v", err)
			}
			if _, err = c.Log(ctx, api.MomentDraft{ID: id, Text: "something else"}); fault.As(err) == nil || fault.As(err).Code != "id_reused" {
				t.Errorf("a used id gave %v", err)
			}
			if err = c.DeleteMoment(ctx, id, m.Revision); err != nil {
				t.Error(err)
			}
			if _, err = c.Moment(ctx, id); !fault.Is(err, fault.KindGone) {
				t.Errorf("a deleted moment gave %v", err)
			}
			if u, err := c.UndoLast(ctx); err != nil || u.Did != "restored" || u.Moment.ID != id {
				t.Errorf("undo gave %+v, %v", u, err)
			}
			if day, err := c.Today(ctx); err != nil || len(day.Moments) == 0 {
				t.Errorf("today is %+v, %v", day, err)
			}
			var archive bytes.Buffer
			if err := c.Export(ctx, &archive, "", ""); err != nil {
				t.Fatal(err)
			}
			done, err := c.Import(ctx, bytes.NewReader(archive.Bytes()), int64(archive.Len()), client.ImportOptions{})
			if err != nil || done.Counts["moments"] != 0 || done.Known["moments"] == 0 {
				t.Errorf("the import gave %+v, %v", done, err)
			}
			_, err = c.Capture(ctx, api.Line{})
			if f := fault.As(err); f == nil || f.Kind != fault.KindInvalid || !strings.Contains(f.Message, "text") {
				t.Errorf("an empty line gave %v", err)
			}
		})
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	if _, err := client.Remote("kith.example.org", ""); err == nil || !strings.Contains(err.Error(), "https://") {
		t.Errorf("an address without a scheme gave %v", err)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	for address, want := range map[string]string{closed.URL: "is it running", other.URL: "is the address right"} {
		c, err := client.Remote(address, "kith_x")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Today(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	}
}

// TestHalfAnAnswerIsNone breaks an export off in the middle, as the API does when the database fails then.
func TestHalfAnAnswerIsNone(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "PK")
		panic(http.ErrAbortHandler)
	})
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	remote, err := client.Remote(server.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*client.Client{"local": client.Local(h, ""), "remote": remote} {
		if err := c.Export(context.Background(), io.Discard, "", ""); err == nil {
			t.Errorf("%s took half an archive for a whole one", name)
		}
	}
}
