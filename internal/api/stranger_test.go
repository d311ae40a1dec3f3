package api

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// TestAStrangerFindsNobody lets a second user try every id of the first with requests that are right in all else: each is
// answered as if there were no such thing, and all that the first has is as before.
func TestAStrangerFindsNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const secret = "Xanadu"
		id := func(r reply, status int) string {
			t.Helper()
			var v struct{ ID string }
			if err := json.Unmarshal(r.want(status, "").body, &v); err != nil || v.ID == "" {
				t.Fatalf("no id in %s: %v", r.body, err)
			}
			return v.ID
		}
		post := func(token, path string, body any) string {
			t.Helper()
			return id(h.do("POST", Prefix+path, token, body), http.StatusCreated)
		}
		var photo bytes.Buffer
		if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
			t.Fatal(err)
		}
		ana, ben := h.ana.token, h.ben.token
		sam := post(ana, "/people", map[string]any{"name": secret + " Sam"})
		ida := post(ana, "/people", map[string]any{"name": secret + " Ida"})
		twin := post(ana, "/people", map[string]any{"name": secret + " Sam"})
		mine := post(ben, "/people", map[string]any{"name": "Ben's own"})
		own := post(ben, "/groups", map[string]any{"name": "Ben's own"})
		parts := map[string]map[string]any{
			"channels": {"value": "+49 171 1234567"}, "dates": {"kind": "birthday", "month": 2, "day": 29}, "facts": {"text": secret},
			"follow-ups": {"text": secret, "due": "2026-12-01"}, "relations": {"other": ida, "role": secret},
		}
		changes := map[string]map[string]any{
			"channels": {"label": "mine"}, "dates": {"label": "mine"}, "facts": {"text": "mine"}, "follow-ups": {"text": "mine"}, "relations": {"role": "mine"},
		}
		kept := map[string]string{}
		for noun, body := range parts {
			kept[noun] = post(ana, "/people/"+sam+"/"+noun, body)
		}
		h.do("PUT", Prefix+"/people/"+sam+"/photo", ana, photo.String()).want(http.StatusOK, "")
		group := post(ana, "/groups", map[string]any{"name": secret})
		h.do("PUT", Prefix+"/groups/"+group+"/people/"+sam, ana, nil).want(http.StatusNoContent, "")
		merge := post(ana, "/people/"+sam+"/merge", map[string]any{"with": twin})
		hook := post(ana, "/hooks", map[string]any{"name": secret})
		card := "BEGIN:VCARD\nVERSION:3.0\nUID:x\nFN:" + secret + " Card\nEND:VCARD\n"
		brought := into[Imported](h.do("POST", Prefix+"/import", ana, card, header{"Content-Type", cardType}).want(http.StatusOK, "")).Import.ID

		has := func() string {
			t.Helper()
			all := ""
			for _, path := range []string{
				"/people?sort=name&archived=with", "/people/names", "/people/duplicates", "/people/" + sam, "/people/" + ida, "/people/" + sam + "/photo",
				"/people?group=" + group, "/groups", "/merges", "/imports", "/hooks", "/hooks/" + hook,
			} {
				all += path + " " + string(h.do("GET", Prefix+path, ana, nil).want(http.StatusOK, "").body) + "\n"
			}
			return all
		}
		before := has()

		type try struct {
			method, path string
			body         any
			code         string
		}
		tries := []try{
			{"GET", "/groups/" + group, nil, "group_not_found"},
			{"PATCH", "/groups/" + group, map[string]any{"name": "mine"}, "group_not_found"},
			{"DELETE", "/groups/" + group, nil, "group_not_found"},
			{"PUT", "/groups/" + group + "/people/" + mine, nil, "group_not_found"},
			{"PUT", "/groups/" + own + "/people/" + sam, nil, "person_not_found"},
			{"DELETE", "/groups/" + group + "/people/" + sam, nil, "person_not_found"},
			{"POST", "/merges/" + merge + "/undo", nil, "merge_not_found"},
			{"GET", "/hooks/" + hook, nil, "hook_not_found"},
			{"PATCH", "/hooks/" + hook, map[string]any{"new_secret": true}, "hook_not_found"},
			{"DELETE", "/hooks/" + hook, nil, "hook_not_found"},
			{"POST", "/author-marks", map[string]any{"author": "codeberg.org/sam", "is": "person", "person": sam}, "person_not_found"},
			{"GET", "/imports/" + brought, nil, "import_not_found"},
			{"POST", "/imports/" + brought + "/undo", nil, "import_not_found"},
		}
		for _, one := range []string{sam, ida, twin} {
			at := "/people/" + one
			tries = append(tries,
				try{"GET", at, nil, "person_not_found"},
				try{"PATCH", at, map[string]any{"name": "mine"}, "person_not_found"},
				try{"DELETE", at, nil, "person_not_found"},
				try{"GET", at + "/photo", nil, "person_not_found"},
				try{"PUT", at + "/photo", photo.String(), "person_not_found"},
				try{"DELETE", at + "/photo", nil, "person_not_found"},
				try{"POST", at + "/merge", map[string]any{"with": mine}, "person_not_found"},
				try{"POST", at + "/not-the-same", map[string]any{"with": mine}, "person_not_found"},
			)
			for noun, body := range parts {
				if noun == "relations" {
					body = map[string]any{"other": mine, "role": "friend"}
				}
				tries = append(tries, try{"GET", at + "/" + noun, nil, "person_not_found"}, try{"POST", at + "/" + noun, body, "person_not_found"})
			}
		}
		for noun, part := range kept {
			one := strings.ReplaceAll(strings.TrimSuffix(noun, "s"), "-", "_")
			for person, code := range map[string]string{sam: "person_not_found", mine: one + "_not_found"} {
				at := "/people/" + person + "/" + noun + "/" + part
				tries = append(tries, try{"PATCH", at, changes[noun], code}, try{"DELETE", at, nil, code})
			}
		}
		tried := map[string]bool{}
		for _, x := range tries {
			r := h.do(x.method, Prefix+x.path, ben, x.body)
			if code := into[Problem](r).Code; r.status != http.StatusNotFound || code != x.code {
				t.Errorf("%s %s gave %d %s, not 404 %s", x.method, x.path, r.status, r.body, x.code)
			}
			if strings.Contains(string(r.body), secret) {
				t.Errorf("%s %s shows what is Ana's: %s", x.method, x.path, r.body)
			}
			shape := x.path
			for _, v := range append([]string{sam, ida, twin, mine, own, group, merge, brought, hook}, values(kept)...) {
				shape = strings.ReplaceAll(shape, v, "{}")
			}
			tried[x.method+" "+shape] = true
		}
		// Every operation on people, groups, merges, imports and hooks with an id in its path was tried.
		for path, item := range h.server.built().api.OpenAPI().Paths {
			for method, op := range operations(item) {
				at := strings.NewReplacer(Prefix, "", "{id}", "{}", "{part}", "{}").Replace(path)
				noun, _, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
				switch noun {
				case "people", "groups", "merges", "imports", "hooks":
					if strings.Contains(at, "{}") && !tried[method+" "+at] {
						t.Errorf("%s was not tried: %s %s", op.OperationID, method, at)
					}
				}
			}
		}

		// An id within a body or a query says as little as one in a path.
		for path, body := range map[string]any{
			"/people/" + mine + "/relations": map[string]any{"other": sam, "role": "friend"}, "/people/" + mine + "/merge": map[string]any{"with": sam},
			"/people/" + mine + "/not-the-same": map[string]any{"with": sam},
		} {
			if r := h.do("POST", Prefix+path, ben, body); r.status < 400 || strings.Contains(string(r.body), secret) {
				t.Errorf("POST %s gave %d: %s", path, r.status, r.body)
			}
		}
		for _, path := range []string{
			"/people", "/people?archived=with", "/people?q=" + secret, "/people/names", "/people/due", "/people/duplicates", "/people?group=" + group, "/groups", "/merges",
			"/merges?person=" + sam, "/imports", "/imports?cursor=" + brought, "/hooks", "/finished-work", "/search?q=" + secret,
		} {
			if r := h.do("GET", Prefix+path, ben, nil); strings.Contains(string(r.body), secret) {
				t.Errorf("GET %s shows what is Ana's: %s", path, r.body)
			}
		}
		if diff := cmp.Diff(before, has()); diff != "" {
			t.Errorf("what Ana has changed (-before +after):\n%s", diff)
		}
	})
}

func values(m map[string]string) (list []string) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}
