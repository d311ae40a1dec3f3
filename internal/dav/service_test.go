package dav_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/httpsafe"
	"kith/internal/intake"
	"kith/internal/job"
	"kith/internal/person"
)

// world is an account, a service and another server.
type world struct {
	t     *testing.T
	db    *db.DB
	s     *dav.Service
	cards *intake.Service
	names *person.Service
	by    account.ID
	other account.ID
	web   *httptest.Server
	now   time.Time

	mu     sync.Mutex
	answer http.HandlerFunc
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, db: d, now: time.Date(2026, time.November, 24, 8, 0, 0, 0, time.UTC)}
	w.web = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.answer(out, r)
	}))
	t.Cleanup(w.web.Close)
	clock := func() time.Time { return w.now }
	accounts := account.New(d, clock)
	for email, to := range map[string]*account.ID{"ana@example.org": &w.by, "ben@example.org": &w.other} {
		u, err := accounts.Create(t.Context(), account.Draft{Email: email, Name: "A", Zone: "Europe/Berlin"})
		if err != nil {
			t.Fatal(err)
		}
		*to = u.ID
	}
	allow, err := httpsafe.ParseAllow([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	w.names = person.New(d, clock)
	w.cards = intake.New(d, intake.Needs{People: w.names, Now: clock})
	w.names.OnDeleted(w.cards.PersonDeleted)
	w.s = dav.New(d, dav.Options{Accounts: accounts, Intake: w.cards, Now: clock, HTTP: httpsafe.Options{Allow: allow}})
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	w.s.Seal(keys)
	return w
}

// says has the other server answer with a text.
func (w *world) says(status int, text string, header ...string) {
	w.answers(func(out http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			out.Header().Set(header[i], header[i+1])
		}
		out.WriteHeader(status)
		_, _ = out.Write([]byte(text))
	})
}

func (w *world) answers(f http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = f
}

func (w *world) add(d dav.Draft) dav.Calendar {
	w.t.Helper()
	if d.URL == "" {
		d.URL = w.web.URL + "/secret/work.ics"
	}
	c, created, err := w.s.Add(w.t.Context(), w.by, d)
	if err != nil || !created {
		w.t.Fatalf("add: %v, %v", created, err)
	}
	return c
}

func (w *world) sync(id string) dav.Calendar {
	w.t.Helper()
	c, err := w.s.Sync(w.t.Context(), w.by, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// busy writes what is known of the days around.
func (w *world) busy() []string {
	w.t.Helper()
	spans, err := w.s.Busy(w.t.Context(), w.by, w.now.AddDate(0, 0, -7), w.now.AddDate(0, 0, 30))
	if err != nil {
		w.t.Fatal(err)
	}
	list := []string{}
	for _, s := range spans {
		list = append(list, strings.TrimSpace(s.Start.Format("01-02 15:04")+"-"+s.End.Format("15:04")+" "+s.Title))
	}
	return list
}

// written is what a sync could write: everything of the tables of this package.
func (w *world) written() string {
	w.t.Helper()
	var all strings.Builder
	for _, q := range []string{
		`SELECT id || '|' || etag || '|' || modified || '|' || digest || '|' || token || '|' || zone || '|' || CAST(covered_to AS TEXT) || '|' || CAST(found AS TEXT) || '|' ||
			failure || '|' || CAST(failures AS TEXT) || '|' || COALESCE(CAST(retry_at AS TEXT), '') || '|' || COALESCE(CAST(synced_at AS TEXT), '') || '|' || CAST(updated_at AS TEXT)
			FROM calendar ORDER BY id`,
		"SELECT id || state || report || CAST(revision AS TEXT) FROM import ORDER BY id",
		"SELECT card_key || digest || stamp || CAST(taken_at AS TEXT) FROM import_item ORDER BY card_key",
		"SELECT id || name || CAST(revision AS TEXT) || CAST(updated_at AS TEXT) FROM person ORDER BY id",
		"SELECT calendar_id || item || etag FROM calendar_item ORDER BY calendar_id, item",
		"SELECT id || '|' || url || '|' || CAST(revision AS TEXT) || '|' || CAST(updated_at AS TEXT) FROM calendar_account ORDER BY id",
		"SELECT calendar_id || item || CAST(start_at AS TEXT) || '-' || CAST(end_at AS TEXT) || title FROM calendar_busy ORDER BY calendar_id, item, start_at, end_at",
	} {
		rows, err := db.All(w.t.Context(), w.db, db.Value[string], q)
		if err != nil {
			w.t.Fatal(err)
		}
		all.WriteString(strings.Join(rows, "\n") + "\n")
	}
	return all.String()
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

const lunch = "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Lunch with Ida\r\nDTSTART:20261125T110000Z\r\nDTEND:20261125T120000Z\r\nEND:VEVENT\r\n"

func calendar(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func TestService_Sync(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.says(http.StatusOK, calendar(lunch), "ETag", `"1"`, "Last-Modified", "Tue, 24 Nov 2026 07:00:00 GMT")
		c := w.add(dav.Draft{})
		if c.Name != strings.TrimPrefix(w.web.URL, "http://") || c.SyncedAt != nil {
			t.Errorf("added as %+v", c)
		}
		if c = w.sync(c.ID); c.Failure != nil || c.Found != 1 || c.SyncedAt == nil {
			t.Fatalf("read as %+v", c)
		}
		want := []string{"11-25 11:00-12:00"}
		if diff := cmp.Diff(want, w.busy()); diff != "" {
			t.Error(diff)
		}

		// Nothing new: nothing is written, whether the server says so or sends the same again.
		before := w.written()
		w.now = w.now.Add(time.Hour)
		w.answers(func(out http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") != `"1"` || r.Header.Get("If-Modified-Since") == "" {
				t.Errorf("asked without a condition: %v", r.Header)
			}
			out.WriteHeader(http.StatusNotModified)
		})
		w.sync(c.ID)
		w.says(http.StatusOK, calendar(lunch), "ETag", `"2"`)
		w.sync(c.ID)
		if diff := cmp.Diff(before, w.written()); diff != "" {
			t.Errorf("a sync without news writes: %s", diff)
		}

		// News: what is gone goes, what is new comes.
		w.says(http.StatusOK, calendar(strings.ReplaceAll(lunch, "T1", "T2")))
		if c = w.sync(c.ID); !c.SyncedAt.Equal(w.now) {
			t.Errorf("news are dated %v", c.SyncedAt)
		}
		if diff := cmp.Diff([]string{"11-25 21:00-22:00"}, w.busy()); diff != "" {
			t.Error(diff)
		}

		// The window moves on, though the calendar is the same.
		w.says(http.StatusOK, calendar(lunch), "ETag", `"3"`)
		w.sync(c.ID)
		w.now = w.now.AddDate(0, 0, 75)
		w.answers(func(out http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") != "" {
				t.Error("asked with a condition, though the busy times come to their end")
			}
			_, _ = out.Write([]byte(calendar(lunch)))
		})
		if moved := w.sync(c.ID); !moved.CoveredTo.After(c.CoveredTo) {
			t.Errorf("busy times are known to %v", moved.CoveredTo)
		}
	})
}

func TestService_Add(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		const id = "0192f0c1-7c1e-7a3b-9c1d-0000000000a1"
		draft := dav.Draft{ID: id, Name: "Work", URL: "webcal://calendar.example.org/secret.ics", Login: "ana", Password: "hunter2"}
		c := w.add(draft)
		if c.URL != "https://calendar.example.org/secret.ics" || c.Host() != "calendar.example.org" {
			t.Errorf("kept as %q at %q", c.URL, c.Host())
		}
		if _, created, err := w.s.Add(t.Context(), w.by, draft); created || err != nil {
			t.Errorf("the same again: %v, %v", created, err)
		}
		other := draft
		other.Name = "Home"
		if _, _, err := w.s.Add(t.Context(), w.by, other); code(err) != "id_reused" {
			t.Errorf("another under the same id: %v", err)
		}
		for _, tt := range []struct{ url, code string }{
			{"", "url_unreadable"},
			{"ftp://example.org", "url_scheme"},
			{"http://10.0.0.1/x.ics", "address_not_public"},
			{"https://ana:pw@example.org/x.ics", "url_credentials"},
			{"https://" + strings.Repeat("x", 3000), "url_unreadable"},
		} {
			if _, _, err := w.s.Add(t.Context(), w.by, dav.Draft{URL: tt.url}); code(err) != tt.code {
				t.Errorf("%.40q is refused with %v", tt.url, err)
			}
		}
		stored, err := db.All(t.Context(), d, db.Value[string], "SELECT url || login || password FROM calendar")
		if err != nil || len(stored) != 1 || strings.Contains(stored[0], "secret") || strings.Contains(stored[0], "hunter2") || strings.Contains(stored[0], "ana") {
			t.Errorf("secrets are kept in the open: %q, %v", stored, err)
		}

		if _, err := w.s.Get(t.Context(), w.other, id); code(err) != "calendar_not_found" {
			t.Errorf("somebody else's calendar: %v", err)
		}
		if _, err := w.s.Sync(t.Context(), w.other, id); code(err) != "calendar_not_found" {
			t.Errorf("somebody else's calendar is read: %v", err)
		}
		name := "Office"
		if _, err := w.s.Update(t.Context(), w.by, id, dav.Change{Name: &name}, 7); code(err) != "calendar_changed" && fault.As(err).Kind != fault.KindStale {
			t.Errorf("an old revision: %v", err)
		}
		if c, err = w.s.Update(t.Context(), w.by, id, dav.Change{Name: &name}, 1); err != nil || c.Name != "Office" || c.Revision != 2 || c.Password != "hunter2" {
			t.Errorf("renamed to %+v, %v", c, err)
		}
		if err := w.s.Delete(t.Context(), w.by, id, 2); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Get(t.Context(), w.by, id); code(err) != "calendar_gone" && fault.As(err).Kind != fault.KindGone {
			t.Errorf("after its deletion: %v", err)
		}
		if _, _, err := w.s.Add(t.Context(), w.by, draft); fault.As(err) == nil || fault.As(err).Kind != fault.KindGone {
			t.Errorf("added again under the id of one that was deleted: %v", err)
		}
		stored, err = db.All(t.Context(), d, db.Value[string], "SELECT name || url || login || password FROM calendar")
		if err != nil || len(stored) != 1 || stored[0] != "" {
			t.Errorf("after its deletion it keeps %q, %v", stored, err)
		}
	})
}

// Titles come when they are allowed, sealed, and go at once when they are not.
func TestService_titles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.says(http.StatusOK, calendar(lunch), "ETag", `"1"`)
		c := w.sync(w.add(dav.Draft{}).ID)
		yes, no := true, false
		if _, err := w.s.Update(t.Context(), w.by, c.ID, dav.Change{Titles: &yes}, 0); err != nil {
			t.Fatal(err)
		}
		w.sync(c.ID)
		if diff := cmp.Diff([]string{"11-25 11:00-12:00 Lunch with Ida"}, w.busy()); diff != "" {
			t.Error(diff)
		}
		if strings.Contains(w.written(), "Ida") {
			t.Error("a title is kept in the open")
		}
		before := w.written()
		w.sync(c.ID)
		if w.written() != before {
			t.Error("a sync without news writes titles anew")
		}
		if _, err := w.s.Update(t.Context(), w.by, c.ID, dav.Change{Titles: &no}, 0); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"11-25 11:00-12:00"}, w.busy()); diff != "" {
			t.Error(diff)
		}
		w.sync(c.ID)
		if diff := cmp.Diff([]string{"11-25 11:00-12:00"}, w.busy()); diff != "" {
			t.Error(diff)
		}
		if err := w.s.Delete(t.Context(), w.by, c.ID, 0); err != nil {
			t.Fatal(err)
		}
		if got := w.busy(); len(got) > 0 {
			t.Errorf("busy times outlive their calendar: %q", got)
		}
	})
}

// The job reads what was never read, then each calendar once an hour, and what failed not before its pause is over.
func TestService_job(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.says(http.StatusOK, calendar(lunch))
		id := w.add(dav.Draft{}).ID
		q := job.New(d, job.Options{Now: func() time.Time { return w.now }})
		allow, err := httpsafe.ParseAllow([]string{"127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		clock := func() time.Time { return w.now }
		s := dav.New(d, dav.Options{Accounts: account.New(d, clock), Jobs: q, Now: clock, HTTP: httpsafe.Options{Allow: allow}})
		waiting := func() int {
			t.Helper()
			if err := dav.Tick(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			n, err := db.One(t.Context(), d, db.Value[int], "SELECT COUNT(*) FROM job WHERE kind = 'calendar_sync'")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := waiting(); n != 1 {
			t.Fatalf("%d jobs for a calendar that was never read", n)
		}
		if n := waiting(); n != 1 {
			t.Errorf("%d jobs, though one waits", n)
		}
		w.sync(id)
		turns := 0
		for range 6 {
			if err := clearJobs(t, d); err != nil {
				t.Fatal(err)
			}
			turns += waiting()
			w.now = w.now.Add(10 * time.Minute)
		}
		if turns != 1 {
			t.Errorf("its turn came %d times in an hour", turns)
		}
		w.says(http.StatusInternalServerError, "")
		c := w.sync(id)
		if err := clearJobs(t, d); err != nil {
			t.Fatal(err)
		}
		w.now = c.RetryAt.Add(-time.Minute)
		if n := waiting(); n != 0 {
			t.Errorf("%d jobs before the pause is over", n)
		}
		w.now = *c.RetryAt
		if n := waiting(); n != 1 {
			t.Errorf("%d jobs after the pause", n)
		}
	})
}

func clearJobs(t *testing.T, d *db.DB) error {
	t.Helper()
	return d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM job")
		if err == nil {
			_, err = tx.Exec(ctx, "DELETE FROM job_key")
		}
		return err
	})
}
