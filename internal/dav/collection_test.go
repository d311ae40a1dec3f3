package dav_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// calendarOf adds an account at a server of the test's own and follows what is there.
func (w *world) calendarOf(c *collection) (dav.Account, string) {
	w.t.Helper()
	w.answers(c.ServeHTTP)
	a, created, err := w.s.AddAccount(w.t.Context(), w.by, dav.AccountDraft{Address: w.web.URL, Login: "ana", Password: "sesame"})
	if err != nil || !created || len(a.Calendars) != 1 {
		w.t.Fatalf("add: %+v, %v, %v", a, created, err)
	}
	return a, w.follow(a, dav.CalDAV, dav.CardDAV)[0]
}

func hour(day, hour int) string { return fmt.Sprintf("202611%02dT%02d0000Z", day, hour) }

func TestCollection(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		tokens, ctags bool
		few, heavy    int
		first, second string // what is asked
	}{
		{"tokens", true, true, 0, 0, "PROPFIND0 sync-collection multiget", "sync-collection"},
		{"tokens in small pieces", true, false, 2, 0, "PROPFIND0 sync-collection sync-collection sync-collection multiget", "sync-collection"},
		{"tags", false, true, 0, 0, "PROPFIND0 PROPFIND1 multiget", "PROPFIND0"},
		{"nothing but ETags", false, false, 0, 0, "PROPFIND0 PROPFIND1 multiget", "PROPFIND0 PROPFIND1"},
		{"large events", true, true, 0, 1, "PROPFIND0 sync-collection multiget multiget multiget multiget multiget multiget", "sync-collection"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				c := newCollection("calendar")
				c.tokens, c.ctags, c.few, c.heavy = tt.tokens, tt.ctags, tt.few, tt.heavy
				for i := range 5 {
					c.set(fmt.Sprintf("%d.ics", i), event(fmt.Sprint(i), "Tea", hour(25, 8+i), ""))
				}
				_, id := w.calendarOf(c)
				c.questions()
				if v := w.sync(id); v.Failure != nil || v.Found != 5 {
					t.Fatalf("read as %+v, %v", v, v.Failure)
				}
				if got := c.questions(); !strings.HasPrefix(got, tt.first) {
					t.Errorf("asked %q", got)
				}
				before := w.written()
				w.now = w.now.Add(time.Hour)
				w.sync(id)
				if got := c.questions(); got != tt.second {
					t.Errorf("without news it asked %q", got)
				}
				if diff := cmp.Diff(before, w.written()); diff != "" {
					t.Errorf("a sync without news writes: %s", diff)
				}
				c.set("0.ics", event("0", "Tea", hour(26, 8), ""))
				c.set("1.ics", "")
				c.set("5.ics", event("5", "Tea", hour(25, 20), ""))
				w.sync(id)
				want := []string{"11-25 10:00-11:00", "11-25 11:00-12:00", "11-25 12:00-13:00", "11-25 20:00-21:00", "11-26 08:00-09:00"}
				if diff := cmp.Diff(want, w.busy()); diff != "" {
					t.Error(diff)
				}
				// A server that lost its memory says so; nothing is lost here, and what is as it was is not asked for.
				c.oldest = c.at + 1
				c.set("2.ics", "")
				c.questions()
				w.sync(id)
				if diff := cmp.Diff(want[1:], w.busy()); diff != "" {
					t.Error(diff)
				}
				if got := c.questions(); strings.Contains(got, "multiget") {
					t.Errorf("after a token ran out it asked %q", got)
				}
				// The window moves on: all is read again.
				w.now = w.now.AddDate(0, 0, 75)
				if v := w.sync(id); v.Failure != nil || v.Found != 0 || !v.CoveredTo.After(w.now) {
					t.Errorf("months later: %+v", v)
				}
			})
		})
	}
}

func TestCollection_failures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("calendar")
		c.set("1.ics", event("1", "Tea", hour(25, 8), ""))
		_, id := w.calendarOf(c)
		w.sync(id)
		at := func(what string, status int, text string, header ...string) func(http.ResponseWriter, *http.Request, string) bool {
			return func(out http.ResponseWriter, _ *http.Request, asked string) bool {
				if !strings.HasPrefix(asked, what) {
					return false
				}
				for i := 0; i+1 < len(header); i += 2 {
					out.Header().Set(header[i], header[i+1])
				}
				out.WriteHeader(status)
				_, _ = out.Write([]byte(text))
				return true
			}
		}
		html := "<!doctype html><title>Sign in</title>"
		failures := 0
		for _, tt := range []struct {
			name, code string
			answer     func(http.ResponseWriter, *http.Request, string) bool
			event      string
		}{
			{"401", "calendar_refused", at("", 401, ""), ""},
			{"412 at every question", "calendar_condition", at("", 412, ""), ""},
			{"429", "calendar_wait", at("", 429, "", "Retry-After", "7200"), ""},
			{"507", "calendar_server_full", at("", 507, ""), ""},
			{"500 in the middle", "calendar_server_error", at("multiget", 500, ""), ""},
			{"a web page", "account_unreadable", at("", 200, html, "Content-Type", "text/html"), ""},
			{"a web page as an answer", "account_unreadable", at("", 207, html), ""},
			{"half an answer", "calendar_truncated", at("multiget", 207, answered[:200]), ""},
			{"another answer than asked for", "calendar_server_odd", at("multiget", 207, `<d:multistatus xmlns:d="DAV:"/>`), ""},
			{"an answer about nothing", "calendar_missing", at("", 207, `<d:multistatus xmlns:d="DAV:"/>`), ""},
			{"sent on for ever", "too_many_redirects", at("", 302, "", "Location", "/elsewhere/"), ""},
			{"sent on into a private network", "redirect_not_secure", at("", 302, "", "Location", "http://10.0.0.1/"), ""},
			{"sent on into a private network, securely", "address_not_public", at("", 302, "", "Location", "https://10.0.0.1/"), ""},
			{"the year 1", "event_date", nil, event("2", "Tea", "00010101T000000Z", "")},
			{"an unknown zone", "event_zone", nil, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:2\nDTSTART;TZID=Mordor:20261125T110000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"},
			{"an invalid recurrence", "event_rule", nil, event("2", "Tea", hour(25, 9), "RRULE:FREQ=SOMETIMES\r\n")},
			{"no event at all", "event_broken", nil, "hello"},
			{"one that recurs without end", "calendar_too_large", nil, event("2", "Tea", hour(25, 9), "RRULE:FREQ=SECONDLY\r\n")},
		} {
			c.mu.Lock()
			c.broken = tt.answer
			c.mu.Unlock()
			c.set("2.ics", orTea(tt.event))
			failures++
			got := w.sync(id)
			if got.Failure == nil || got.Failure.Code != tt.code || got.Failures != failures || got.RetryAt == nil {
				t.Errorf("%s: %v, %d in a row", tt.name, got.Failure, got.Failures)
			}
			if tt.event != "" && strings.HasPrefix(tt.code, "event") && !strings.Contains(got.Failure.Message, "2.ics") {
				t.Errorf("%s: it is not said which event: %q", tt.name, got.Failure.Message)
			}
			if tt.name == "429" && got.RetryAt.Before(w.now.Add(2*time.Hour)) {
				t.Errorf("a server that asks for two hours is asked again at %v", got.RetryAt)
			}
			if diff := cmp.Diff([]string{"11-25 08:00-09:00"}, w.busy()); diff != "" {
				t.Errorf("%s: what was known is gone: %s", tt.name, diff)
			}
		}
		c.mu.Lock()
		c.broken = nil
		c.mu.Unlock()
		c.set("2.ics", event("2", "Tea", hour(25, 9), ""))
		if got := w.sync(id); got.Failure != nil || got.Failures != 0 || got.Found != 2 {
			t.Errorf("when all is well again: %+v", got)
		}
	})
}

// orTea is the event a server has while it misbehaves otherwise.
func orTea(text string) string {
	if text != "" {
		return text
	}
	return event("2", "Tea", hour(25, 9), "")
}

// multi is an answer of a server's own making.
func multi(out http.ResponseWriter, text string) bool {
	out.WriteHeader(http.StatusMultiStatus)
	_, _ = out.Write([]byte(`<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">` + text + `</d:multistatus>`))
	return true
}

func (c *collection) breaks(f func(http.ResponseWriter, *http.Request, string) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = f
}

// news are pages in which a server tells what changed.
func pages(list ...string) func(http.ResponseWriter, *http.Request, string) bool {
	n := 0
	return func(out http.ResponseWriter, _ *http.Request, asked string) bool {
		if asked != "sync-collection" {
			return false
		}
		page := list[min(n, len(list)-1)]
		n++
		if n < len(list) {
			page += "<d:response><d:href>/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"
		}
		return multi(out, page+fmt.Sprintf("<d:sync-token>page%d</d:sync-token>", n))
	}
}

// What a server tells in several answers may come and go between them.
func TestCollection_pages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("calendar")
		c.set("1.ics", event("1", "Tea", hour(25, 8), ""))
		_, id := w.calendarOf(c)
		w.sync(id)
		c.set("2.ics", event("2", "Tea", hour(25, 9), ""))
		changed := func(name, etag string) string {
			return "<d:response><d:href>/cal/" + name + "</d:href><d:propstat><d:prop><d:getetag>" + etag + "</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
		}
		gone := func(name string) string {
			return "<d:response><d:href>/cal/" + name + "</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
		}
		c.breaks(pages(changed("2.ics", "a")+changed("3.ics", "b"), gone("2.ics")+gone("3.ics"), changed("2.ics", "c")))
		c.questions()
		if v := w.sync(id); v.Failure != nil || v.Found != 2 {
			t.Errorf("what came, went and came back: %+v, %v", v, v.Failure)
		}
		if got := c.questions(); got != "sync-collection sync-collection sync-collection multiget" {
			t.Errorf("asked %q", got)
		}
		if diff := cmp.Diff([]string{"11-25 08:00-09:00", "11-25 09:00-10:00"}, w.busy()); diff != "" {
			t.Error(diff)
		}

		// A server without an end of its news is left.
		n := 0
		c.breaks(func(out http.ResponseWriter, _ *http.Request, asked string) bool {
			n++
			return multi(out, "<d:response><d:href>/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"+fmt.Sprintf("<d:sync-token>%d</d:sync-token>", n))
		})
		if v := w.sync(id); v.Failure == nil || v.Failure.Code != "calendar_too_large" || n > 50 {
			t.Errorf("after %d answers: %v", n, v.Failure)
		}
		// Nor is more kept of it than there is room for: of what is gone as of what is new.
		n = 0
		c.breaks(func(out http.ResponseWriter, _ *http.Request, asked string) bool {
			n++
			var page strings.Builder
			for i := range 8000 {
				page.WriteString(gone(fmt.Sprintf("%d-%d.ics", n, i)))
			}
			return multi(out, page.String()+"<d:response><d:href>/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"+fmt.Sprintf("<d:sync-token>%d</d:sync-token>", n))
		})
		if v := w.sync(id); v.Failure == nil || v.Failure.Code != "calendar_too_large" || n > 26 {
			t.Errorf("after %d answers of things gone: %v", n, v.Failure)
		}
		if diff := cmp.Diff([]string{"11-25 08:00-09:00", "11-25 09:00-10:00"}, w.busy()); diff != "" {
			t.Errorf("what was known is gone: %s", diff)
		}
	})
}

// Only what a server says is not there is gone; what it does not give for another reason stays known.
func TestCollection_withheld(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("calendar")
		c.set("1.ics", event("1", "Tea", hour(25, 8), ""))
		_, id := w.calendarOf(c)
		w.sync(id)
		for i, tt := range []struct{ status, code string }{
			{"403 Forbidden", "calendar_refused"}, {"500 Internal Server Error", "calendar_server_error"}, {"", "calendar_server_odd"}, {"404 Not Found", ""},
		} {
			c.set("1.ics", event("1", "Tea", hour(25, 9+i), ""))
			c.breaks(func(out http.ResponseWriter, _ *http.Request, asked string) bool {
				data := "<d:propstat><d:prop><c:calendar-data/></d:prop><d:status>HTTP/1.1 " + tt.status + "</d:status></d:propstat>"
				if tt.status == "" {
					data = ""
				}
				return asked == "multiget" && multi(out, "<d:response><d:href>/cal/1.ics</d:href><d:propstat><d:prop><d:getetag>x</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"+data+"</d:response>")
			})
			v := w.sync(id)
			if tt.code == "" {
				if v.Failure != nil || v.Found != 0 {
					t.Errorf("%s: %+v, %v", tt.status, v, v.Failure)
				}
				continue
			}
			if v.Failure == nil || v.Failure.Code != tt.code {
				t.Errorf("%s: %v", tt.status, v.Failure)
			}
			if diff := cmp.Diff([]string{"11-25 08:00-09:00"}, w.busy()); diff != "" {
				t.Errorf("%s: what was known is gone: %s", tt.status, diff)
			}
		}
	})
}

// Where an answer grows too large in the middle, what it brought is not asked for again.
func TestCollection_tooLargeInTheMiddle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLite(t)))
	c := newCollection("calendar")
	for i := range 4 {
		c.set(fmt.Sprintf("%d.ics", i), event(fmt.Sprint(i), "Tea", hour(25, 8+i), ""))
	}
	_, id := w.calendarOf(c)
	first, again := "", 0
	c.breaks(func(out http.ResponseWriter, r *http.Request, asked string) bool {
		if asked != "multiget" {
			return false
		}
		b, _ := io.ReadAll(r.Body)
		if first != "" {
			again += strings.Count(string(b), first)
			return false
		}
		first = between(string(b), "<d:href>", "<")
		out.WriteHeader(http.StatusMultiStatus)
		_, _ = io.WriteString(out, `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>`+first+
			`</d:href><d:propstat><d:prop><c:calendar-data>`+event("x", "Tea", hour(26, 8), "")+`</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`)
		_, _ = io.WriteString(out, strings.Repeat(" ", 33<<20))
		return true
	})
	if v := w.sync(id); v.Failure != nil || v.Found != 4 || first == "" || again != 0 {
		t.Errorf("%q came and was asked for %d times more; %+v, %v", first, again, v, v.Failure)
	}
}
