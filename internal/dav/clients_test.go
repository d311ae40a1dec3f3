package dav_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/db/dbtest"
	"kith/internal/person"
)

// vdirsyncer fetches the feed, and khal shows what is in it: a birthday every year, that of a 29 February too, and a
// follow-up once.
func TestFeed_realClients(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLite(t)))
	ida, _, err := w.names.Create(t.Context(), w.by, person.Draft{Name: "Ida; Šimić, the first", Dates: []person.Date{{Kind: person.Birthday, Month: 5, Day: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.names.Create(t.Context(), w.by, person.Draft{Name: "Leap", Dates: []person.Date{{Kind: person.Birthday, Month: 2, Day: 29}}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.names.AddFollowUp(t.Context(), w.by, ida.ID, person.FollowUp{Text: "how the exam went", Due: "2027-05-04"}); err != nil {
		t.Fatal(err)
	}
	secret, err := w.s.NewFeed(t.Context(), w.by)
	if err != nil {
		t.Fatal(err)
	}
	feed := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		b, err := w.s.Feed(r.Context(), secret)
		if err != nil {
			t.Error(err)
		}
		out.Header().Set("Content-Type", "text/calendar; charset=utf-8")
		_, _ = out.Write(b)
	}))
	t.Cleanup(feed.Close)

	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "DIR", dir)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, name := range []string{"kept", "status"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	syncs := write("vdirsyncer", `[general]
status_path = "DIR/status/"
[pair kith]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "DIR/kept/"
fileext = ".ics"
[storage there]
type = "http"
url = "`+feed.URL+`/feed.ics"
`)
	shows := write("khal", `[calendars]
[[kith]]
path = DIR/kept/
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
[sqlite]
path = DIR/khal.db
`)
	run := func(name string, args ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), program(t, name), args...)
		c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_DATA_HOME="+dir)
		b, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v: %s", name, args, err, b)
		}
		return string(b)
	}
	run("vdirsyncer", "-c", syncs, "discover")
	run("vdirsyncer", "-c", syncs, "sync")
	list := func(from string) string {
		t.Helper()
		return run("khal", "-c", shows, "list", "--day-format", "", "--format", "{start-date} {title}", from, "10d")
	}
	for from, want := range map[string][]string{
		"2027-05-01": {"2027-05-03 Ida; Šimić, the first’s birthday", "2027-05-04 Ida; Šimić, the first: how the exam went"},
		"2031-05-01": {"2031-05-03 Ida; Šimić, the first’s birthday"},
		"2027-02-25": {"2027-02-28 Leap’s birthday"},
		"2028-02-25": {"2028-02-29 Leap’s birthday"},
	} {
		got := list(from)
		for _, one := range want {
			if !strings.Contains(got, one) {
				t.Errorf("from %s khal shows %q, wants %q", from, got, one)
			}
		}
		if strings.Contains(got, "exam") && from != "2027-05-01" {
			t.Errorf("from %s khal shows %q", from, got)
		}
	}
	again := run("vdirsyncer", "-c", syncs, "sync")
	if strings.Contains(again, "Copying") || strings.Contains(again, "Deleting") {
		t.Errorf("the same feed again is news: %s", again)
	}
}
