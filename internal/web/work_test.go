package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestWorkPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		read := func(r *http.Request, v *visitor, want int) string {
			t.Helper()
			got := h.ask(r, v)
			defer func() { _ = got.Body.Close() }()
			b, err := io.ReadAll(got.Body)
			if err != nil || got.StatusCode != want {
				t.Errorf("%s %s: %d, %v, wants %d: %s", r.Method, r.URL.Path, got.StatusCode, err, want, b)
			}
			return string(b)
		}
		get := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }
		const id = "0192f0c1-7c1e-7a3b-9c1d-0000000000b1"
		page := read(post("/work", "id", id, "name", "Forge <b>"), &h.ana, http.StatusOK)
		address := regexp.MustCompile(`http://example\.com(/hooks/[\w-]+)`).FindStringSubmatch(page)
		secret := regexp.MustCompile(`whsec_[\w+/=]+`).FindString(page)
		if address == nil || secret == "" || !strings.Contains(page, "Forge &lt;b&gt;") {
			t.Fatal(page)
		}
		read(post("/work", "id", id, "name", "Forge <b>"), &h.ana, http.StatusSeeOther)
		for _, path := range []string{"/work", "/work/" + id} {
			if page := read(get(path), &h.ana, http.StatusOK); strings.Contains(page, secret) {
				t.Errorf("%s shows the secret again", path)
			}
		}
		tell := func(event, body, secret string, want int) {
			t.Helper()
			m := hmac.New(sha256.New, []byte(secret))
			_, _ = m.Write([]byte(body))
			r := httptest.NewRequest(http.MethodPost, address[1], strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Forgejo-Event", event)
			r.Header.Set("X-Forgejo-Signature", hex.EncodeToString(m.Sum(nil)))
			read(r, nil, want)
		}
		const change = `{"action": "closed", "pull_request": {"number": 7, "title": "Fewer <frost> tables", "merged": true,
			"html_url": "https://forge.example.org/a/b/pulls/7", "user": {"login": "Sam", "full_name": "Sam K."}},
			"repository": {"full_name": "a/b", "html_url": "https://forge.example.org/a/b"}}`
		tell("pull_request", change, secret, http.StatusCreated)
		tell("pull_request", change, secret, http.StatusOK)
		tell("push", `{"ref": "refs/heads/main"}`, secret, http.StatusNoContent)
		tell("pull_request", change, secret+"x", http.StatusUnauthorized)
		tell("pull_request", "hello", secret, http.StatusUnprocessableEntity)
		tell("pull_request", strings.Repeat("x", 5<<20), secret, http.StatusRequestEntityTooLarge)
		page = read(get("/work"), &h.ana, http.StatusOK)
		for _, want := range []string{"Fewer &lt;frost&gt; tables", "Sam K.", "forge.example.org/sam", "Forgejo last told something today", "3 deliveries were refused", "larger than four"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		read(httptest.NewRequest(http.MethodPost, "/hooks/nowhere", strings.NewReader("{}")), nil, http.StatusNotFound)

		read(post("/work/author", "author", "forge.example.org/sam", "act", "tie", "who", "Sam"), &h.ana, http.StatusUnprocessableEntity)
		read(post("/capture", "text", "tea with @Sam"), &h.ana, http.StatusSeeOther)
		read(post("/work/author", "author", "forge.example.org/sam", "act", "tie", "who", "Sam"), &h.ana, http.StatusSeeOther)
		if page := read(get("/work"), &h.ana, http.StatusOK); strings.Contains(page, "Who is this?") || !strings.Contains(page, "by Sam<") {
			t.Error("who is known is asked about, or not named")
		}
		read(post("/work/author", "author", "@", "act", "me", "from", "yours"), &h.ana, http.StatusUnprocessableEntity)
		read(post("/work/author", "author", "sam", "act", "me", "from", "yours"), &h.ana, http.StatusSeeOther)
		if page := read(get("/work"), &h.ana, http.StatusOK); !strings.Contains(page, "@sam") || !strings.Contains(page, "yours ·") && !strings.Contains(page, "yours") {
			t.Error("one's own is not said to be")
		}
		read(post("/work/author", "author", "@sam", "act", ""), &h.ana, http.StatusSeeOther)

		for _, r := range []*http.Request{get("/work/" + id), post("/work/"+id, "name", "Mine"), post("/work/"+id+"/secret", "secret", ""), post("/work/" + id + "/delete")} {
			read(r, &h.bo, http.StatusNotFound)
		}
		if page := read(get("/work"), &h.bo, http.StatusOK); strings.Contains(page, "frost") || strings.Contains(page, "Forge &lt;b") {
			t.Error("somebody else reads it")
		}
		read(post("/work/"+id, "name", ""), &h.ana, http.StatusUnprocessableEntity)
		read(post("/work/"+id, "name", "Office"), &h.ana, http.StatusSeeOther)
		if page := read(post("/work/"+id+"/secret", "secret", "hunter2"), &h.ana, http.StatusUnprocessableEntity); strings.Contains(page, "hunter2") || !strings.Contains(page, "between 16 and 500") {
			t.Error("a short secret is not refused in words, or comes back")
		}
		page = read(post("/work/"+id+"/secret"), &h.ana, http.StatusOK)
		if fresh := regexp.MustCompile(`whsec_[\w+/=]+`).FindString(page); fresh == "" || fresh == secret {
			t.Error("there is no other secret")
		}
		tell("pull_request", change, secret, http.StatusUnauthorized)
		read(post("/work/"+id+"/delete"), &h.ana, http.StatusSeeOther)
		read(get("/work/"+id), &h.ana, http.StatusGone)
		if page := read(get("/work"), &h.ana, http.StatusOK); strings.Contains(page, "frost") {
			t.Error("what it told is still there")
		}
	})
}
