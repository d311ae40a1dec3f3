package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kith/internal/db/dbtest"
	"kith/internal/moment"
)

func (h *house) fetch(t *testing.T, method, path, body string, v *visitor) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res := h.ask(r, v)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// The week by mail from the page, to the mail server, and out again by one click without being signed in.
func TestDigest(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	if _, _, err := h.moments.Log(t.Context(), h.ana.id, moment.Draft{Text: "laughed with @Ida last monday"}); err != nil {
		t.Fatal(err)
	}
	if status, body := h.fetch(t, "GET", "/digest", "", &h.ana); status != 200 || strings.Contains(body, "checked") || !strings.Contains(body, "ana@example.org") {
		t.Errorf("before a choice: %d\n%s", status, body)
	}
	if status, body := h.fetch(t, "POST", "/digest", url.Values{"on": {"1"}, "weekday": {"5"}, "time": {"nine"}}.Encode(), &h.ana); status != 422 || !strings.Contains(body, `id="time-wrong"`) || !strings.Contains(body, "checked") {
		t.Errorf("no time: %d\n%s", status, body)
	}
	if status, _ := h.fetch(t, "POST", "/digest", url.Values{"on": {"1"}, "weekday": {"5"}, "time": {"18:30"}, "revision": {"0"}}.Encode(), &h.ana); status != http.StatusSeeOther {
		t.Fatalf("not kept: %d", status)
	}
	if _, body := h.fetch(t, "GET", "/digest?done=kept", "", &h.ana); !strings.Contains(body, "The next one comes on Friday") || !strings.Contains(body, "6:30") {
		t.Errorf("kept:\n%s", body)
	}
	if _, body := h.fetch(t, "GET", "/settings", "", &h.ana); !strings.Contains(body, "It comes on Fridays at 6:30") {
		t.Error("the settings do not say so")
	}
	if _, body := h.fetch(t, "GET", "/digest", "", &h.bo); strings.Contains(body, "Ida") || strings.Contains(body, "checked") {
		t.Errorf("somebody else's:\n%s", body)
	}
	if status, _ := h.fetch(t, "POST", "/digest/send", "", &h.ana); status != http.StatusSeeOther {
		t.Fatalf("not sent: %d", status)
	}
	if status, body := h.fetch(t, "POST", "/digest/send", "", &h.ana); status != 422 || !strings.Contains(body, "moment ago") {
		t.Errorf("sent twice: %d", status)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.jobs.Run(ctx) }()
	<-h.sink.Came()
	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
	way := regexp.MustCompile(`List-Unsubscribe: <https://kith\.example\.org(/digest/off/[^>]+)>`).FindSubmatch(h.sink.Got()[0].Data)
	if way == nil {
		t.Fatalf("no way out in:\n%s", h.sink.Got()[0].Data)
	}
	off := string(way[1])
	if status, body := h.fetch(t, "GET", off, "", nil); status != 200 || !strings.Contains(body, `action="`+off+`"`) {
		t.Errorf("looking: %d\n%s", status, body)
	}
	if _, body := h.fetch(t, "GET", "/settings", "", &h.ana); !strings.Contains(body, "It comes on Fridays") {
		t.Error("looking at the way out went through it")
	}
	for _, wrong := range []string{off + "x", strings.Replace(off, string(h.ana.id), string(h.bo.id), 1), "/digest/off/x/y"} {
		if status, _ := h.fetch(t, "POST", wrong, "List-Unsubscribe=One-Click", nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", wrong, status)
		}
	}
	if status, _ := h.fetch(t, "POST", off, "List-Unsubscribe=One-Click", nil); status != 200 {
		t.Errorf("one click: %d", status)
	}
	if _, body := h.fetch(t, "GET", "/settings", "", &h.ana); !strings.Contains(body, "It is not sent.") {
		t.Error("one click did not end it")
	}
}
