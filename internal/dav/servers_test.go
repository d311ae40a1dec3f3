package dav_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// server is a real server of calendars and address books, in a process of its own.
type server struct {
	t    *testing.T
	url  string // where its collections are made
	root string
}

// program finds a program the tests need. None is left out in silence: ./test installs them.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing; ./test installs it (as Debian calls it)", name)
	}
	return path
}

// start runs a server until the test ends, and returns once it answers.
func start(t *testing.T, address, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program(t, name), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is ended by its signal
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-again.C:
		case <-ended:
			t.Fatalf("%s ended before it answered: %s", name, said.String())
		case <-t.Context().Done():
			t.Fatalf("%s does not answer", name)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// radicale has ana, who signs in with her password.
func radicale(t *testing.T) *server {
	t.Helper()
	at, dir := freeAddress(t), t.TempDir()
	users := filepath.Join(dir, "users")
	if err := os.WriteFile(users, []byte("ana:sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, at, "radicale", "--config", "", "--server-hosts", at, "--storage-filesystem-folder", filepath.Join(dir, "kept"), "--auth-type", "htpasswd",
		"--auth-htpasswd-filename", users, "--auth-htpasswd-encryption", "plain", "--auth-delay", "0")
	s := &server{t: t, url: "http://" + at + "/ana/", root: "http://" + at}
	s.do("MKCALENDAR", "work/", "", http.StatusCreated)
	s.do("PROPPATCH", "work/", `<?xml version="1.0"?><propertyupdate xmlns="DAV:"><set><prop><displayname>Work &amp; play</displayname></prop></set></propertyupdate>`, http.StatusMultiStatus)
	s.do("MKCOL", "friends/", `<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:a="urn:ietf:params:xml:ns:carddav"><set><prop>
		<resourcetype><collection/><a:addressbook/></resourcetype><displayname>Friends</displayname></prop></set></mkcol>`, http.StatusCreated)
	return s
}

// xandikos lets everybody in.
func xandikos(t *testing.T) *server {
	t.Helper()
	at, dir := freeAddress(t), t.TempDir()
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	start(t, at, "xandikos", "-d", dir, "--defaults", "-l", host, "-p", port)
	return &server{t: t, url: "http://" + at + "/user/", root: "http://" + at}
}

// do sends a request as ana.
func (s *server) do(method, where, body string, want ...int) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+where, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.SetBasicAuth("ana", "sesame")
	switch {
	case strings.HasSuffix(where, ".ics"):
		r.Header.Set("Content-Type", "text/calendar; charset=utf-8")
	case strings.HasSuffix(where, ".vcf"):
		r.Header.Set("Content-Type", "text/vcard; charset=utf-8")
	default:
		r.Header.Set("Content-Type", "application/xml; charset=utf-8")
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	said, _ := io.ReadAll(res.Body)
	if slices.Contains(want, res.StatusCode) {
		return
	}
	s.t.Fatalf("%s %s: %d %s", method, where, res.StatusCode, said)
}

func (s *server) put(where, body string) {
	s.t.Helper()
	s.do(http.MethodPut, where, body, http.StatusCreated, http.StatusNoContent, http.StatusOK)
}

// event is a calendar with one event, as servers keep it.
func event(uid, title, start, more string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:" + title +
		"\r\nDTSTART:" + start + "\r\nDURATION:PT1H\r\n" + more + "END:VEVENT\r\nEND:VCALENDAR\r\n"
}

// vcard is a card, as servers keep it.
func vcard(uid, name, more string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:" + name + "\r\nN:" + name + ";;;;\r\n" + more + "END:VCARD\r\n"
}

// people are the names of all people.
func (w *world) people() []string {
	w.t.Helper()
	list, err := db.All(w.t.Context(), w.db, db.Value[string], "SELECT name FROM person WHERE user_id = $1 AND deleted_at IS NULL ORDER BY name", string(w.by))
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// beside follows an address book beside a calendar.
func (w *world) beside(a dav.Account, calendar string) string {
	w.t.Helper()
	for _, c := range a.Calendars {
		if c.Kind == dav.CardDAV {
			if _, err := w.s.Follow(w.t.Context(), w.by, a.ID, []string{calendar, c.ID}); err != nil {
				w.t.Fatal(err)
			}
			return c.ID
		}
	}
	w.t.Fatal("no address book was found")
	return ""
}

// follow follows what is of these kinds.
func (w *world) follow(a dav.Account, kinds ...string) []string {
	w.t.Helper()
	var ids []string
	for _, c := range a.Calendars {
		for _, k := range kinds {
			if c.Kind == k {
				ids = append(ids, c.ID)
			}
		}
	}
	fresh, err := w.s.Follow(w.t.Context(), w.by, a.ID, ids)
	if err != nil || len(fresh) != len(ids) {
		w.t.Fatalf("follow %v: %v, %v", ids, fresh, err)
	}
	return ids
}

func TestRealServers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		start    func(*testing.T) *server
		calendar string // where it is below url
		title    string
		friends  string
		book     string
	}{
		{"radicale", radicale, "work/", "Work & play", "friends/", "Friends"},
		{"xandikos", xandikos, "calendars/calendar/", "calendar", "contacts/addressbook/", "addressbook"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) { // at once: each has a server of its own
				there, w := tt.start(t), newWorld(t, d)
				a, _, err := w.s.AddAccount(t.Context(), w.by, dav.AccountDraft{Address: there.root, Login: "ana", Password: "sesame"})
				if err != nil {
					t.Fatal(err)
				}
				var names []string
				for _, c := range a.Calendars {
					names = append(names, c.Kind+" "+c.Name)
				}
				if diff := cmp.Diff([]string{"caldav " + tt.title, "carddav " + tt.book}, names); diff != "" {
					t.Fatal(diff)
				}
				id := w.follow(a, dav.CalDAV)[0]
				there.put(tt.calendar+"one.ics", event("one", "Lunch", "20261125T110000Z", "RRULE:FREQ=DAILY;COUNT=3\r\nEXDATE:20261126T110000Z\r\n"))
				there.put(tt.calendar+"two.ics", event("two", "Dinner", "20261125T180000Z", ""))
				if c := w.sync(id); c.Failure != nil || c.Found != 3 {
					t.Fatalf("read as %+v, %v", c, c.Failure)
				}
				if diff := cmp.Diff([]string{"11-25 11:00-12:00", "11-25 18:00-19:00", "11-27 11:00-12:00"}, w.busy()); diff != "" {
					t.Error(diff)
				}
				before := w.written()
				w.now = w.now.Add(time.Hour)
				w.sync(id)
				if diff := cmp.Diff(before, w.written()); diff != "" {
					t.Errorf("a sync without news writes: %s", diff)
				}
				there.put(tt.calendar+"two.ics", event("two", "Dinner", "20261125T190000Z", ""))
				there.put(tt.calendar+"three.ics", event("three", "Tea", "20261128T150000Z", ""))
				there.do(http.MethodDelete, tt.calendar+"one.ics", "", http.StatusOK, http.StatusNoContent)
				if c := w.sync(id); c.Failure != nil || !c.SyncedAt.Equal(w.now) {
					t.Errorf("news are read as %+v, %v", c, c.Failure)
				}
				if diff := cmp.Diff([]string{"11-25 19:00-20:00", "11-28 15:00-16:00"}, w.busy()); diff != "" {
					t.Error(diff)
				}

				there.put(tt.friends+"ida.vcf", vcard("ida", "Ida Šimić", "TEL:+49 30 1234567\r\n"))
				there.put(tt.friends+"omar.vcf", vcard("omar", "Omar", "BDAY:--0503\r\n"))
				book := w.beside(a, id)
				if c := w.sync(book); c.Failure != nil || c.Found != 2 {
					t.Fatalf("contacts are read as %+v, %v", c, c.Failure)
				}
				if diff := cmp.Diff([]string{"Ida Šimić", "Omar"}, w.people()); diff != "" {
					t.Error(diff)
				}
				before = w.written()
				w.now = w.now.Add(time.Hour)
				w.sync(book)
				if diff := cmp.Diff(before, w.written()); diff != "" {
					t.Errorf("a sync of contacts without news writes: %s", diff)
				}
				there.put(tt.friends+"ida.vcf", vcard("ida", "Ida Novak", "TEL:+49 30 1234567\r\n"))
				there.do(http.MethodDelete, tt.friends+"omar.vcf", "", http.StatusOK, http.StatusNoContent)
				if c := w.sync(book); c.Failure != nil || c.Found != 1 {
					t.Errorf("news of contacts are read as %+v, %v", c, c.Failure)
				}
				if diff := cmp.Diff([]string{"Ida Novak", "Omar"}, w.people()); diff != "" {
					t.Errorf("who left an address book stays, and who changed their name has it: %s", diff)
				}
			})
		})
	}
}

// What is entered may be any address of the server; who may not sign in is told so, and nothing is kept.
func TestAddAccount_radicale(t *testing.T) {
	t.Parallel()
	there := radicale(t)
	w := newWorld(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, address := range []string{there.root, there.root + "/", there.root + "/ana/", there.root + "/ana/work/", there.root + "/.well-known/caldav", there.root + "/nowhere/"} {
		a, _, err := w.s.AddAccount(t.Context(), w.by, dav.AccountDraft{Address: address, Login: "ana", Password: "sesame"})
		if err != nil || len(a.Calendars) != 2 {
			t.Errorf("%s: %d found, %v", address, len(a.Calendars), err)
		}
	}
	before := w.written()
	if _, _, err := w.s.AddAccount(t.Context(), w.by, dav.AccountDraft{Address: there.root, Login: "ana", Password: "wrong"}); code(err) != "calendar_refused" {
		t.Errorf("a wrong password: %v", err)
	}
	if diff := cmp.Diff(before, w.written()); diff != "" {
		t.Error(diff)
	}
}
