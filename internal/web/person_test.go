package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/i18n"
	"kith/internal/moment"
	"kith/internal/person"
)

func (h *house) read(t *testing.T, r *http.Request, v *visitor) (int, string, http.Header) {
	t.Helper()
	got := h.ask(r, v)
	defer func() { _ = got.Body.Close() }()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(b), got.Header
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func upload(t *testing.T, path string, file []byte) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("photo", "face.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func TestPeople_Pages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		m, _, err := h.moments.Log(context.Background(), h.ana.id, moment.Draft{Text: "laughed with @Sam"})
		if err != nil {
			t.Fatal(err)
		}
		sam := "/people/" + m.People[0].ID
		kept := func(r *http.Request) string {
			t.Helper()
			status, body, head := h.read(t, r, &h.ana)
			if status != http.StatusSeeOther {
				t.Fatalf("%s: %d: %s", r.URL.Path, status, body)
			}
			return head.Get("Location")
		}
		refused := func(r *http.Request, words ...string) string {
			t.Helper()
			status, body, _ := h.read(t, r, &h.ana)
			if status != http.StatusUnprocessableEntity {
				t.Fatalf("%s: %d, wants 422", r.URL.Path, status)
			}
			for _, w := range words {
				if !strings.Contains(body, w) {
					t.Errorf("%s does not say %q", r.URL.Path, w)
				}
			}
			return body
		}

		refused(post("/people", "name", " "), "name")
		ida := kept(post("/people", "name", "Ida Berg"))
		kept(post(sam, "name", "Sam Ortiz", "nickname", "Sammy", "context", "personal"))
		kept(post(sam+"/facts", "text", "two cats <b>", "private", "1"))
		kept(post(sam+"/channels", "kind", person.Phone, "value", "+49 151 2345678"))
		kept(post(sam+"/dates", "kind", person.Birthday, "day", "29", "month", "2", "year", ""))
		kept(post(sam+"/follow-ups", "text", "ask how it went", "due", "2026-11-23"))
		kept(post(sam+"/relations", "name", "ida berg", "role", "daughter"))
		kept(post(sam+"/groups", "groups", "choir, the old flat"))
		kept(post(sam+"/closeness", "ring", "close", "cadence", "10"))
		kept(post(sam+"/times", "zone", "America/New_York", "hours_from", "09:00", "hours_to", "21:00"))
		kept(post(sam+"/standing", "standing", person.Grieving, "standing_note", "her mother"))
		_, page, _ := h.read(t, get(sam), &h.ana)
		for _, want := range []string{
			"Last: today, a laugh", "two cats &lt;b&gt;", "29 February", "ask how it went", "Ida Berg is Sammy’s daughter", "choir", "the old flat",
			"about every 10 days", "It is 10:00", `href="sms:&#43;491512345678"`, `href="tel:&#43;491512345678"`, "is grieving",
		} {
			if !strings.Contains(page, want) && !strings.Contains(page, strings.ReplaceAll(want, "&#43;", "+")) {
				t.Errorf("the page does not say %q", want)
			}
		}

		// What goes for good is asked for once more, with every typed word.
		cats := regexp.MustCompile(`id="(fact-([^"]+))"`).FindStringSubmatch(page)
		status, body, _ := h.read(t, post(sam+"/facts/"+cats[2]+"/delete", "text", "two cats, not three"), &h.ana)
		if status != http.StatusOK || !strings.Contains(body, "two cats, not three") || !strings.Contains(body, "Keep it") {
			t.Fatalf("removing a fact did not ask with its words: %d", status)
		}
		kept(post(sam+"/facts/"+cats[2]+"/delete", "sure", "1"))
		if _, after, _ := h.read(t, get(sam), &h.ana); strings.Contains(after, "two cats") {
			t.Error("a fact that was removed is still there")
		}

		refused(post(sam+"/channels", "kind", person.Email, "value", "not <an> address", "label", "work"), "not &lt;an&gt; address", "work", "channel-new-value-wrong")
		refused(post(sam+"/dates", "kind", person.Birthday, "day", "31", "month", "4", "year", "1990", "label", "x"), "no such day")
		refused(post(sam+"/dates", "kind", person.Birthday, "day", "soon", "month", "4"), "soon", "day-wrong")
		refused(post(sam+"/facts", "text", strings.Repeat("a", person.MaxFact+1)), "fact-new-text-wrong")
		refused(post(sam+"/follow-ups", "text", "ask", "due", "whenever"), "whenever", "due-wrong")
		refused(post(sam+"/relations", "name", "", "role", "son"), "relation-name-wrong")
		refused(post(sam+"/relations", "name", "Nobody Yet", "role", ""), "Nobody Yet", "relation-role-wrong")
		refused(post(sam+"/closeness", "ring", "best", "cadence", "often"), "often", "cadence-wrong")
		refused(post(sam+"/times", "zone", "Atlantis/Main", "hours_from", "late", "hours_to", "9:00"), "Atlantis/Main")
		refused(post(sam+"/standing", "standing", "furious"), "standing-wrong")
		refused(post(sam, "name", "", "context", ""), "own-name-wrong")
		refused(upload(t, sam+"/photo", []byte("not a picture")), "photo-wrong")
		refused(upload(t, sam+"/photo", nil), "photo-wrong")

		// Edited elsewhere meanwhile: said, nothing lost, and the next save goes through.
		body = refused(post(sam, "name", "Samuel Ortiz", "nickname", "Sammy", "context", "", "revision", "1"), "Samuel Ortiz", "changed elsewhere")
		form := regexp.MustCompile(`name="revision" value="(\d+)"`).FindAllStringSubmatch(body[strings.Index(body, `id="name"`):], 1)
		kept(post(sam, "name", "Samuel Ortiz", "nickname", "Sammy", "context", "", "revision", form[0][1]))

		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
			t.Fatal(err)
		}
		kept(upload(t, sam+"/photo", picture.Bytes()))
		for _, path := range []string{sam + "/photo", "/people/names"} {
			status, _, head := h.read(t, get(path), &h.ana)
			if status != http.StatusOK || head.Get("ETag") == "" || !strings.HasPrefix(head.Get("Cache-Control"), "private") {
				t.Fatalf("%s: %d, %v", path, status, head)
			}
			again := get(path)
			again.Header.Set("If-None-Match", head.Get("ETag"))
			if status, body, _ := h.read(t, again, &h.ana); status != http.StatusNotModified || body != "" {
				t.Errorf("%s again: %d, %d bytes", path, status, len(body))
			}
		}

		// Somebody else finds nothing at any address that is hers.
		fact := regexp.MustCompile(`/facts/([0-9a-f-]{36})"`).FindStringSubmatch(page)[1]
		for _, path := range []string{"", "/photo", "/merge", "/merge?with=" + strings.TrimPrefix(ida, "/people/"), "/delete"} {
			if status, _, _ := h.read(t, get(sam+path), &h.bo); status != http.StatusNotFound {
				t.Errorf("GET %s as another: %d", path, status)
			}
		}
		for _, path := range []string{
			"", "/closeness", "/times", "/standing", "/groups", "/archive", "/unarchive", "/delete", "/photo/delete", "/channels", "/dates", "/facts", "/follow-ups",
			"/relations", "/merge", "/apart", "/facts/" + fact, "/facts/" + fact + "/delete", "/follow-ups/" + fact + "/close", "/relations/" + fact + "/delete",
		} {
			r := post(sam+path, "name", "Mine", "text", "mine", "due", "2026-12-01", "kind", "phone", "value", "+491701234567", "day", "1", "month", "1",
				"role", "son", "standing", "active", "with", strings.TrimPrefix(ida, "/people/"))
			if status, _, _ := h.read(t, r, &h.bo); status != http.StatusNotFound {
				t.Errorf("POST %s as another: %d", path, status)
			}
		}
		if status, _, _ := h.read(t, upload(t, sam+"/photo", picture.Bytes()), &h.bo); status != http.StatusNotFound {
			t.Errorf("a photo by another: %d", status)
		}
		if _, body, _ := h.read(t, get("/people/names"), &h.bo); body != "[]" {
			t.Errorf("another's names: %s", body)
		}

		// Joined, parted, put away, deleted.
		twin := kept(post("/people", "name", "Ortiz Samuel"))
		if _, body, _ := h.read(t, get("/people"), &h.ana); !strings.Contains(body, "much the same name") {
			t.Error("twins are not offered")
		}
		at := kept(post(sam+"/merge", "with", strings.TrimPrefix(twin, "/people/")))
		if _, later, _ := h.read(t, get(sam), &h.ana); !strings.Contains(later, " joined this page today.") || !strings.Contains(later, "/undo\"") {
			t.Error("later the page does not offer to take the merge back")
		}
		_, body, _ = h.read(t, get(at), &h.ana)
		undo := regexp.MustCompile(`action="(/people/[^"]+/merge/[^"]+/undo)"`).FindStringSubmatch(body)
		if undo == nil {
			t.Fatal("a merge cannot be taken back")
		}
		if status, _, _ := h.read(t, post(undo[1]), &h.bo); status != http.StatusNotFound {
			t.Errorf("a merge taken back by another: %d", status)
		}
		if to := kept(get(twin)); to != sam {
			t.Errorf("the page that went leads to %s", to)
		}
		if to := kept(post(undo[1])); to != twin+"?parted=1" {
			t.Errorf("parted: %s", to)
		}
		kept(post(sam+"/apart", "with", strings.TrimPrefix(twin, "/people/")))
		if _, body, _ := h.read(t, get("/people"), &h.ana); strings.Contains(body, "much the same name") {
			t.Error("twins are offered again")
		}
		kept(post(sam + "/archive"))
		if _, body, _ := h.read(t, get("/people"), &h.ana); strings.Contains(body, "Samuel Ortiz") {
			t.Error("who is put away is in the list")
		}
		kept(post(sam + "/delete"))
		if status, _, _ := h.read(t, get(sam), &h.ana); status != http.StatusGone {
			t.Errorf("a deleted page: %d", status)
		}
	})
}

func TestLately(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2026-11-24": "Today", "2026-11-20": "Friday", "2026-11-01": "1 November", "2026-05-04": "early May", "2026-05-15": "mid-May", "2026-05-31": "late May",
		"2025-11-24": "November 2025", "nonsense": "nonsense",
	} {
		if got := lately(i18n.For("en"), day, "2026-11-24"); got != want {
			t.Errorf("%s: %q, wants %q", day, got, want)
		}
	}
}

func TestReaches(t *testing.T) {
	t.Parallel()
	in := []person.Channel{
		{Kind: person.Phone, Value: "0151 2345678", Norm: "+491512345678"},
		{Kind: person.Phone, Value: "javascript:alert(1)"},
		{Kind: person.Email, Value: "sam+x@example.org"},
		{Kind: person.Email, Value: "a@b?bcc=c@d"},
		{Kind: person.WhatsApp, Value: "+49 151 2345678"},
		{Kind: person.WhatsApp, Value: "0151"},
		{Kind: person.Telegram, Value: "@samortiz"},
		{Kind: person.Telegram, Value: "../x"},
		{Kind: person.Signal, Value: "+491512345678"},
		{Kind: person.URL, Value: "javascript:alert(1)"},
		{Kind: person.URL, Value: "example.org/sam"},
		{Kind: person.Address, Value: "Lange Straße 4"},
	}
	var got []string
	for _, r := range reaches(i18n.For("en"), in) {
		got = append(got, r.Href)
	}
	want := []string{
		"sms:+491512345678", "tel:+491512345678", "mailto:sam+x@example.org", "https://wa.me/491512345678", "https://t.me/samortiz",
		"https://signal.me/#p/+491512345678", "https://example.org/sam",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRoleMeant(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"Tochter": "daughter", "tochter": "daughter", "Wahlschwester": "Wahlschwester", "Tante oder Onkel": "aunt or uncle", "Tante": "aunt"} {
		if got := roleMeant(i18n.For("de"), word); got != want {
			t.Errorf("%s: %q, wants %q", word, got, want)
		}
	}
}

// While somebody is typed, the server is asked for those alone whom the names in the browser do not find, however many they are.
func TestPeopleKnown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		var sam string
		for i := range 61 {
			_, _, header := h.read(t, post("/people", "name", fmt.Sprintf("Ann %d", i)), &h.ana)
			if sam = header.Get("Location"); sam == "" {
				t.Fatal("nobody was added")
			}
		}
		h.read(t, post(sam, "name", "Sam", "nickname", ""), &h.ana)
		if status, _, _ := h.read(t, post(sam+"/facts", "text", "Lives next to Ann"), &h.ana); status != http.StatusSeeOther {
			t.Fatalf("a fact: %d", status)
		}
		for query, want := range map[string]string{"ann": `"name":"Sam","also":"Lives next to Ann"`, "ann next": `"name":"Sam"`, "sam": "[]", "": "[]", "oven": "[]"} {
			if _, body, _ := h.read(t, get("/people/known?q="+url.QueryEscape(query)), &h.ana); !strings.Contains(body, want) || strings.Contains(body, `"name":"Ann`) {
				t.Errorf("%q: %.300s", query, body)
			}
		}
	})
}
