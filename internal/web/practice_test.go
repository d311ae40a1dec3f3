package web

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/moment"
)

// page asks and returns status, where it leads, and the page.
func (h *house) page(t *testing.T, r *http.Request, v *visitor) (int, string, string) {
	t.Helper()
	got := h.ask(r, v)
	defer func() { _ = got.Body.Close() }()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, got.Header.Get("Location"), string(b)
}

func TestPracticePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		status, at, _ := h.page(t, post("/practices", "name", "Water the <b>plants</b>", "how", "all of them", "kind", "pause", "context", "", "seconds", "300"), &h.ana)
		if status != http.StatusSeeOther || !strings.HasPrefix(at, "/practices/") {
			t.Fatalf("%d to %q", status, at)
		}
		for name, want := range map[string][]string{
			at:           {"your own", "no study stands behind it", "Delete for good", "Water the &lt;b&gt;plants"},
			"/practices": {"Water the &lt;b&gt;plants", "Awe walk", "off until you switch them on"},
		} {
			_, _, page := h.page(t, get(name), &h.ana)
			for _, words := range want {
				if !strings.Contains(page, words) {
					t.Errorf("%s lacks %q", name, words)
				}
			}
			if name == at && strings.Contains(page, "Sources") {
				t.Error("one's own has sources")
			}
		}
		for name, r := range map[string]*http.Request{"no name": post("/practices", "name", " ", "seconds", "60"), "no length": post("/practices", "name", "x", "seconds", "soon")} {
			if status, _, page := h.page(t, r, &h.ana); status != http.StatusUnprocessableEntity || !strings.Contains(page, "class=\"wrong\"") {
				t.Errorf("%s: %d", name, status)
			}
		}
		if status, to, _ := h.page(t, post(at, "name", "Water the ferns", "how", "", "kind", "kindness", "context", "personal", "seconds", "60", "revision", "1"), &h.ana); status != http.StatusSeeOther || to != at {
			t.Errorf("changed: %d to %q", status, to)
		}
		if status, _, page := h.page(t, post(at, "name", "Mine", "kind", "pause", "seconds", "60", "revision", "1"), &h.ana); status != http.StatusUnprocessableEntity || !strings.Contains(page, "changed since") {
			t.Errorf("an old revision: %d", status)
		}
		for _, r := range []*http.Request{get(at), post(at, "name", "Mine", "kind", "pause", "seconds", "60"), post(at + "/delete"), post(at + "/off"), post(at + "/today")} {
			if status, _, _ := h.page(t, r, &h.bo); status != http.StatusNotFound {
				t.Errorf("%s %s as another: %d", r.Method, r.URL.Path, status)
			}
		}
		for act, want := range map[string]string{"/practices/awe-walk": "Have it suggested", at: "Do not suggest it"} {
			if _, _, page := h.page(t, get(act), &h.ana); !strings.Contains(page, want) {
				t.Errorf("%s does not offer %q", act, want)
			}
		}
		_, _, _ = h.page(t, post("/practices/awe-walk/on"), &h.ana)
		if _, _, page := h.page(t, get("/practices/awe-walk"), &h.ana); strings.Contains(page, "Have it suggested") {
			t.Error("switched on, it is still off")
		}
		_, _, _ = h.page(t, post(at+"/off"), &h.ana)
		if _, _, page := h.page(t, get("/suggestions"), &h.ana); !strings.Contains(page, "Water the ferns") {
			t.Error("put away, it is not among what was")
		}
		if status, to, _ := h.page(t, post("/suggestions/again", "subject", "practice:"+strings.TrimPrefix(at, "/practices/")), &h.ana); status != http.StatusSeeOther || to != "/suggestions?saved" {
			t.Errorf("wanted again: %d to %q", status, to)
		}
		if status, _, _ := h.page(t, post(at+"/today"), &h.ana); status != http.StatusSeeOther {
			t.Errorf("meant for today: %d", status)
		}
		if status, to, _ := h.page(t, post(at+"/delete"), &h.ana); status != http.StatusSeeOther || to != "/practices?gone" {
			t.Errorf("deleted: %d to %q", status, to)
		}
		if status, _, _ := h.page(t, get(at), &h.ana); status != http.StatusGone {
			t.Errorf("after its deletion: %d", status)
		}
		if _, _, page := h.page(t, get("/"), &h.ana); !strings.Contains(page, "Water the ferns") {
			t.Error("what was meant went with it")
		}
	})
}

func TestSuggestionPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		if _, _, page := h.page(t, get("/settings"), &h.ana); !strings.Contains(page, `href="/suggestions"`) {
			t.Error("the settings do not lead to the wishes")
		}
		_, _, today := h.page(t, get("/"), &h.ana)
		id := regexp.MustCompile(`name="id" value="(practice:[^"]+)"`).FindStringSubmatch(today)
		if id == nil {
			t.Fatal("nothing is suggested")
		}
		if status, _, _ := h.page(t, post("/suggestion", "id", id[1], "answer", "not_this"), &h.ana); status != http.StatusSeeOther {
			t.Errorf("never this: %d", status)
		}
		if _, _, page := h.page(t, get("/suggestions"), &h.ana); strings.Count(page, "/suggestions/again") != 1 {
			t.Error("it is not among what was put away")
		}
		if status, to, _ := h.page(t, post("/suggestions", "rest", "0", "rest", "6", "loss", "1"), &h.ana); status != http.StatusSeeOther || to != "/suggestions?saved" {
			t.Errorf("wishes: %d to %q", status, to)
		}
		if _, _, page := h.page(t, get("/suggestions"), &h.ana); strings.Count(page, " checked") != 3 {
			t.Errorf("the wishes are not kept")
		}
		if _, _, page := h.page(t, get("/suggestions"), &h.bo); strings.Contains(page, " checked") || strings.Contains(page, "/suggestions/again") {
			t.Error("another account has them")
		}
	})
}

// A name in the form makes the intention about that person, so that a moment with them closes it.
func TestIntentionWithSomebody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		log := func(text string) moment.Moment {
			t.Helper()
			m, _, err := h.moments.Log(t.Context(), h.ana.id, moment.Draft{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		ida := log("tea with @Ida").People[0].ID
		if _, _, page := h.page(t, get("/people/"+ida), &h.ana); !strings.Contains(page, `href="/reach/`+ida+`"`) {
			t.Error("their page does not lead to a word to them")
		}
		if status, _, page := h.page(t, post("/intention", "text", "ask about the boat", "with", "Nobody"), &h.ana); status != http.StatusUnprocessableEntity || !strings.Contains(page, "with-wrong") || !strings.Contains(page, "ask about the boat") {
			t.Errorf("nobody of that name: %d", status)
		}
		log("walked with @\"Ida Berg\"")
		log("walked with @\"Ida Cole\"")
		if status, _, page := h.page(t, post("/intention", "text", "ask about the boat", "with", "Id"), &h.ana); status != http.StatusUnprocessableEntity || !strings.Contains(page, `name="person"`) {
			t.Errorf("three of that name: %d", status)
		}
		if status, _, _ := h.page(t, post("/intention", "text", "ask about the boat", "with", "ida"), &h.ana); status != http.StatusSeeOther {
			t.Errorf("with Ida: %d", status)
		}
		if _, _, page := h.page(t, get("/"), &h.ana); !strings.Contains(page, "/let-go") {
			t.Error("it is not open")
		}
		log("talked with @Ida")
		if _, _, page := h.page(t, get("/"), &h.ana); strings.Contains(page, "/let-go") {
			t.Error("a moment with Ida did not close it")
		}
		if status, _, _ := h.page(t, post("/intention", "text", "mine", "person", ida), &h.bo); status != http.StatusUnprocessableEntity {
			t.Errorf("another account's person: %d", status)
		}
	})
}
