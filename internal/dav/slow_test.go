package dav_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// How many requests looking for calendars makes is not for a server to say.
func TestAddAccount_manyHomes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLite(t)))
	c := newCollection("calendar")
	var homes strings.Builder
	for i := range 300 {
		fmt.Fprintf(&homes, "<c:calendar-home-set><d:href>/home%d/</d:href></c:calendar-home-set><a:addressbook-home-set><d:href>/book%d/</d:href></a:addressbook-home-set>", i, i)
	}
	c.home = homes.String()
	w.answers(c.ServeHTTP)
	if _, _, err := w.s.AddAccount(t.Context(), w.by, dav.AccountDraft{Address: w.web.URL, Login: "ana", Password: "sesame"}); err == nil {
		t.Error("nothing is there, and yet it is added")
	}
	if n := strings.Count(c.questions(), "PROPFIND1"); n == 0 || n > 10 {
		t.Errorf("it looked at %d homes", n)
	}
}

// A server that takes its time is left after ours, which its owner is told.
func TestSlowServer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("calendar")
		c.set("1.ics", event("1", "Tea", hour(25, 8), ""))
		a, id := w.calendarOf(c)
		w.sync(id)
		c.set("2.ics", event("2", "Tea", hour(25, 9), ""))
		gone := func(r *http.Request) { // a server sees that its client is gone once it has read all
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}
		slow := func(_ http.ResponseWriter, r *http.Request) { gone(r) }
		half := func(out http.ResponseWriter, r *http.Request) {
			out.WriteHeader(http.StatusMultiStatus)
			_, _ = out.Write([]byte(`<d:multistatus xmlns:d="DAV:">`))
			_ = http.NewResponseController(out).Flush()
			gone(r)
		}
		dav.Hurry(w.s, 100*time.Millisecond)
		for name, f := range map[string]http.HandlerFunc{"no answer": slow, "half an answer": half} {
			w.answers(f)
			if _, _, err := w.s.AddAccount(t.Context(), w.by, dav.AccountDraft{Address: w.web.URL, Login: "ana", Password: "sesame"}); code(err) != "destination_slow" {
				t.Errorf("%s: looked for with %v", name, err)
			}
			if _, err := w.s.Look(t.Context(), w.by, a.ID); code(err) != "destination_slow" {
				t.Errorf("%s: looked for again with %v", name, err)
			}
			if v := w.sync(id); v.Failure == nil || v.Failure.Code != "destination_slow" || v.RetryAt == nil || !v.RetryAt.After(w.now) {
				t.Errorf("%s: read as %+v, %v", name, v, v.Failure)
			}
		}
		if len(w.busy()) != 1 {
			t.Errorf("what was known is gone: %q", w.busy())
		}
	})
}

// An address may send on as often as its refusal says, in an account as by itself.
func TestSentOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLite(t)))
	c := newCollection("calendar")
	_, id := w.calendarOf(c)
	for kind, id := range map[string]string{"an account": id, "an address": w.add(dav.Draft{}).ID} {
		for hops, want := range map[int]bool{3: true, 4: false} {
			n := 0
			w.answers(func(out http.ResponseWriter, r *http.Request) {
				if n++; n <= hops {
					http.Redirect(out, r, fmt.Sprintf("/hop%d/", n), http.StatusTemporaryRedirect)
					return
				}
				http.Error(out, "", http.StatusUnauthorized)
			})
			v := w.sync(id)
			if ended := v.Failure != nil && v.Failure.Code == "calendar_refused"; v.Failure == nil || ended != want || !want && v.Failure.Params["max"] != 3 {
				t.Errorf("%s, sent on %d times: %v", kind, hops, v.Failure)
			}
		}
	}
}

// Whoever gives up sees that, and no address: it goes to the log.
func TestSync_givenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLite(t)))
	c := w.add(dav.Draft{})
	var began atomic.Bool
	ctx, cancel := context.WithCancel(t.Context())
	w.answers(func(_ http.ResponseWriter, r *http.Request) {
		began.Store(true)
		cancel()
		<-r.Context().Done()
	})
	_, err := w.s.Sync(ctx, w.by, c.ID)
	if !errors.Is(err, context.Canceled) || !began.Load() || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("given up with %v", err)
	}
	v, err := w.s.Get(t.Context(), w.by, c.ID)
	if err != nil || v.Failure != nil {
		t.Errorf("it counts as a failure: %v, %v", v.Failure, err)
	}
}

// A reading that its owner stops says so, keeps what was known, and is left alone for a while; somebody else cannot stop it.
func TestStop(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("calendar")
		c.set("1.ics", event("1", "Tea", hour(25, 8), ""))
		_, id := w.calendarOf(c)
		w.sync(id)
		if w.s.Stop(w.by, id) {
			t.Error("what is not read was stopped")
		}
		c.set("2.ics", event("2", "Tea", hour(25, 9), ""))
		w.answers(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if w.s.Stop("somebody else", id) {
				t.Error("somebody else stopped it")
			}
			w.s.Stop(w.by, id)
			<-r.Context().Done()
		})
		v := w.sync(id)
		if v.Failure == nil || v.Failure.Code != "calendar_stopped" || v.Failures != 0 || v.RetryAt == nil || v.RetryAt.Sub(w.now) != time.Hour {
			t.Errorf("stopped as %+v, %v", v, v.Failure)
		}
		if len(w.busy()) != 1 {
			t.Errorf("what was known is gone: %q", w.busy())
		}
		w.answers(c.ServeHTTP)
		if v := w.sync(id); v.Failure != nil || len(w.busy()) != 2 {
			t.Errorf("read on purpose: %+v, %q", v, w.busy())
		}
	})
}

// A stop that comes while the times are written down comes too late or in time, and never leaves half of them.
func TestStop_whileWriting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
		var old, fresh strings.Builder
		for i := range 8000 {
			at := first.Add(time.Duration(10*i) * time.Minute)
			for minutes, b := range map[int]*strings.Builder{5: &old, 6: &fresh} {
				fmt.Fprintf(b, "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:%s\r\nDURATION:PT%dM\r\nEND:VEVENT\r\n", i, at.Format("20060102T150405Z"), minutes)
			}
		}
		whole := func(events string) string { return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + events + "END:VCALENDAR\r\n" }
		w.says(http.StatusOK, whole(old.String()))
		id := w.add(dav.Draft{}).ID
		w.sync(id)
		count := func() (before, after int) {
			rows, err := db.All(t.Context(), d, db.Value[int64], "SELECT end_at - start_at FROM calendar_busy WHERE calendar_id = $1", id)
			if err != nil {
				t.Error(err)
			}
			for _, r := range rows {
				if r == (5 * time.Minute).Microseconds() {
					before++
				} else {
					after++
				}
			}
			return before, after
		}
		w.says(http.StatusOK, whole(fresh.String()))
		done := make(chan dav.Calendar)
		go func() { done <- w.sync(id) }()
		for begun := false; !begun; {
			var err error
			if begun, err = db.One(t.Context(), d, db.Value[bool], "SELECT EXISTS (SELECT 1 FROM calendar_busy WHERE user_id = $1 AND start_at = $2 AND end_at = $3)",
				string(w.by), first.UnixMicro(), first.Add(6*time.Minute).UnixMicro()); err != nil {
				t.Fatal(err)
			}
		}
		w.s.Stop(w.by, id)
		v := <-done

		if before, after := count(); before != 0 && after != 0 {
			t.Errorf("%d old times and %d new ones, %v", before, after, v.Failure)
		}
	})
}
