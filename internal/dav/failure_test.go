package dav_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/httpsafe"
)

func TestService_Sync_failures(t *testing.T) {
	t.Parallel()
	event := func(lines string) string { return calendar("BEGIN:VEVENT\r\nUID:1\r\n" + lines + "\r\nEND:VEVENT\r\n") }
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.says(http.StatusOK, calendar(lunch))
		c := w.sync(w.add(dav.Draft{}).ID)
		failures := 0
		for _, tt := range []struct {
			name   string
			answer http.HandlerFunc
			code   string
			line   any
		}{
			{"a web page", text(200, "<!doctype html><title>Sign in</title>"), "calendar_unreadable", nil},
			{"half a calendar", text(200, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"), "calendar_truncated", nil},
			{"the year 1", text(200, event("DTSTART:00010101T000000Z")), "calendar_date", 5},
			{"an unknown zone", text(200, event("DTSTART;TZID=Mordor:20261125T110000\r\nDURATION:PT1H")), "calendar_zone", 5},
			{"an invalid recurrence", text(200, event("DTSTART:20261125T110000Z\r\nRRULE:FREQ=SOMETIMES")), "calendar_rule", 6},
			{"one without end", text(200, event("DTSTART:20261125T110000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY")), "calendar_too_large", nil},
			{"401", text(401, ""), "calendar_refused", nil},
			{"404", text(404, ""), "calendar_missing", nil},
			{"412", text(412, ""), "calendar_condition", nil},
			{"418", text(418, ""), "calendar_server_odd", nil},
			{"429", text(429, ""), "calendar_wait", nil},
			{"500", text(500, ""), "calendar_server_error", nil},
			{"507", text(507, ""), "calendar_server_full", nil},
			{"a body without end", func(out http.ResponseWriter, r *http.Request) {
				line := []byte(strings.Repeat("X-NOTHING:"+strings.Repeat("x", 60)+"\r\n", 1000))
				_, _ = out.Write([]byte("BEGIN:VCALENDAR\r\n"))
				for r.Context().Err() == nil {
					if _, err := out.Write(line); err != nil {
						return
					}
				}
			}, "response_too_large", nil},
			{"a lie about the size", func(out http.ResponseWriter, _ *http.Request) {
				out.Header().Set("Content-Length", "999999999999")
				_, _ = out.Write([]byte(calendar(lunch)))
			}, "response_too_large", nil},
			{"less than promised", func(out http.ResponseWriter, _ *http.Request) {
				out.Header().Set("Content-Length", "5000")
				_, _ = out.Write([]byte(calendar(lunch)))
			}, "calendar_unreachable", nil},
			{"a way into the network", func(out http.ResponseWriter, r *http.Request) {
				http.Redirect(out, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
			}, "address_not_public", nil},
		} {
			w.answers(tt.answer)
			got := w.sync(c.ID)
			failures++
			if got.Failure == nil || got.Failure.Code != tt.code || got.Failure.Params["line"] != tt.line && tt.line != nil {
				t.Errorf("%s: %+v, want %s in line %v", tt.name, got.Failure, tt.code, tt.line)
			}
			if got.Failures != failures || got.RetryAt == nil || !got.RetryAt.After(w.now) || got.RetryAt.After(w.now.Add(25*time.Hour)) {
				t.Errorf("%s: after %d failures it is tried again at %v", tt.name, got.Failures, got.RetryAt)
			}
			if diff := cmp.Diff([]string{"11-25 11:00-12:00"}, w.busy()); diff != "" {
				t.Errorf("%s: what was known is gone: %s", tt.name, diff)
			}
		}
		w.says(http.StatusTooManyRequests, "", "Retry-After", "7200")
		w.sync(c.ID)
		w.says(http.StatusOK, calendar(lunch))
		if got := w.sync(c.ID); got.Failure != nil || got.Failures != 0 || got.RetryAt != nil {
			t.Errorf("when all is well again: %+v", got)
		}
		w.says(http.StatusTooManyRequests, "", "Retry-After", "7200")
		if got := w.sync(c.ID); got.RetryAt == nil || !got.RetryAt.Equal(w.now.Add(2*time.Hour)) {
			t.Errorf("a server that asks for two hours is asked again at %v", got.RetryAt)
		}
	})
}

func text(status int, body string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.WriteHeader(status)
		_, _ = out.Write([]byte(body))
	}
}

// A server that never ends its answer is given up, and one that is not there is named.
func TestService_Sync_stalls(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	w := newWorld(t, d)
	allow, err := httpsafe.ParseAllow([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	accounts := account.New(d, func() time.Time { return w.now })
	s := dav.New(d, dav.Options{Accounts: accounts, Now: func() time.Time { return w.now }, HTTP: httpsafe.Options{Allow: allow, Timeout: 200 * time.Millisecond}})
	w.answers(func(out http.ResponseWriter, r *http.Request) {
		_, _ = out.Write([]byte("BEGIN:VCALENDAR\r\n"))
		_ = http.NewResponseController(out).Flush()
		<-r.Context().Done()
	})
	c, _, err := s.Add(t.Context(), w.by, dav.Draft{URL: w.web.URL})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = s.Sync(t.Context(), w.by, c.ID); err != nil || c.Failure == nil || c.Failure.Code != "destination_slow" {
		t.Errorf("a server that stalls: %+v, %v", c.Failure, err)
	}
	w.web.Close()
	if c, err = s.Sync(t.Context(), w.by, c.ID); err != nil || c.Failure == nil || c.Failure.Code != "destination_closed" {
		t.Errorf("a server that is gone: %+v, %v", c.Failure, err)
	}
}
