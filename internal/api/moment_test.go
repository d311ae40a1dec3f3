package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestCreationIsIdempotent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		for _, c := range []struct {
			path          string
			body, another map[string]any
			change        map[string]any
		}{
			{"/api/v1/moments", map[string]any{"text": "coffee with @Sam"}, map[string]any{"text": "tea with @Sam"}, map[string]any{"text": "coffee, with cake"}},
			{"/api/v1/people", map[string]any{"name": "Ida"}, map[string]any{"name": "Ada"}, map[string]any{"name": "Ida Maria"}},
			{"/api/v1/intentions", map[string]any{"text": "thank somebody"}, map[string]any{"text": "rest"}, map[string]any{"text": "thank two"}},
		} {
			t.Run(c.path, func(t *testing.T) {
				h := h.in(t)
				id := uuid.Must(uuid.NewV7()).String()
				c.body["id"], c.another["id"] = id, id
				first := h.do("POST", c.path, h.ana.token, c.body).want(http.StatusCreated, "")
				if again := h.do("POST", c.path, h.ana.token, c.body).want(http.StatusOK, ""); string(again.body) != string(first.body) {
					t.Errorf("the same request gave something else:\n%s%s", first.body, again.body)
				}
				h.do("POST", c.path, h.ana.token, c.another).want(http.StatusConflict, "id_reused")
				changed := h.do("PATCH", c.path+"/"+id, h.ana.token, c.change, header{"If-Match", first.header.Get("ETag")}).want(http.StatusOK, "")
				if again := h.do("POST", c.path, h.ana.token, c.body).want(http.StatusOK, ""); string(again.body) != string(changed.body) {
					t.Errorf("after an edit the same request gave not the edited thing:\n%s%s", changed.body, again.body)
				}
				h.do("POST", c.path, h.ben.token, c.body).want(http.StatusCreated, "") // ids are each person's own
				h.do("DELETE", c.path+"/"+id, h.ana.token, nil).want(http.StatusNoContent, "")
				h.do("POST", c.path, h.ana.token, c.body).want(http.StatusGone, "")
				h.do("POST", c.path, h.ana.token, c.another).want(http.StatusGone, "")
				h.do("GET", c.path+"/"+id, h.ben.token, nil).want(http.StatusOK, "")
			})
		}
	})
}

func TestETag(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	made := h.do("POST", "/api/v1/moments", h.ana.token, map[string]any{"text": "a laugh with the barista"}).want(http.StatusCreated, "")
	m := into[Moment](made)
	at := "/api/v1/moments/" + m.ID
	if got := made.header.Get("Location"); got != at {
		t.Errorf("it was made at %q, want %q", got, at)
	}
	tag := made.header.Get("ETag")
	if tag != `"1"` {
		t.Fatalf("the first revision is %s", tag)
	}
	change := map[string]any{"felt": 2}
	if got := h.do("PATCH", at, h.ana.token, change, header{"If-Match", tag}).want(http.StatusOK, "").header.Get("ETag"); got != `"2"` {
		t.Errorf("after a change the tag is %s", got)
	}
	for _, stale := range []string{tag, `"999"`, `"x"`, "nonsense", `"-1"`, `"0"`, `W/"1"`} {
		h.do("PATCH", at, h.ana.token, change, header{"If-Match", stale}).want(http.StatusPreconditionFailed, "moment_changed")
		h.do("DELETE", at, h.ana.token, nil, header{"If-Match", stale}).want(http.StatusPreconditionFailed, "moment_changed")
	}
	h.do("PATCH", at, h.ana.token, change, header{"If-Match", `W/"2"`}).want(http.StatusOK, "")
	h.do("PATCH", at, h.ana.token, change, header{"If-Match", "*"}).want(http.StatusOK, "")
	h.do("PATCH", at, h.ana.token, change).want(http.StatusOK, "")
	if got := h.do("GET", at, h.ana.token, nil).want(http.StatusOK, "").header.Get("ETag"); got != `"5"` {
		t.Errorf("read with tag %s", got)
	}
	for _, have := range []string{`"5"`, `W/"5"`, `"4", "5"`, "*"} {
		same := h.do("GET", at, h.ana.token, nil, header{"If-None-Match", have}, header{"Accept-Encoding", "gzip"}).want(http.StatusNotModified, "")
		if len(same.body) > 0 || same.header.Get("ETag") != `"5"` || same.header.Get("Content-Type") != "" {
			t.Errorf("unchanged, and sent %q with %v", same.body, same.header)
		}
	}
	for _, have := range []string{`"4"`, "5", `""`, "nonsense"} {
		if again := h.do("GET", at, h.ana.token, nil, header{"If-None-Match", have}).want(http.StatusOK, ""); len(again.body) == 0 {
			t.Errorf("nothing came for If-None-Match: %s", have)
		}
	}
	h.do("GET", at, h.ben.token, nil, header{"If-None-Match", "*"}).want(http.StatusNotFound, "moment_not_found")
	h.do("PATCH", "/api/v1/me", h.ana.token, map[string]any{"name": "Ana María"}, header{"If-Match", `"77"`}).want(http.StatusPreconditionFailed, "")
}

func TestMomentsThroughADay(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	say := func(text string) Moment {
		t.Helper()
		return into[Moment](h.do("POST", "/api/v1/moments", h.ana.token, map[string]any{"text": text}).want(http.StatusCreated, ""))
	}
	first := say("thanked @José for the review #work yesterday 3pm :)")
	if first.Kind != "thanks" || first.Context != "professional" || first.Felt == nil || *first.Felt != 1 || len(first.People) != 1 {
		t.Errorf("it was read as %+v", first)
	}
	second := say("called @Ida, no answer #chess")
	third := say("laughed with the barista")
	list := func(query string) []string {
		t.Helper()
		got := into[List[Moment]](h.do("GET", "/api/v1/moments"+query, h.ana.token, nil).want(http.StatusOK, ""))
		ids := []string{}
		for _, m := range got.Items {
			ids = append(ids, m.ID)
		}
		return ids
	}
	all := []string{third.ID, second.ID, first.ID}
	for query, want := range map[string][]string{
		"": all, "?q=jose": {first.ID}, "?person=" + first.People[0].ID: {first.ID}, "?kind=laugh": {third.ID},
		"?context=professional": {first.ID}, "?tag=chess": {second.ID}, "?felt=1": {first.ID}, "?felt=0": {},
		"?from=2026-11-24": {third.ID, second.ID}, "?to=2026-11-23": {first.ID}, "?limit=2": all[:2],
	} {
		if diff := cmp.Diff(want, list(query)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	page := into[List[Moment]](h.do("GET", "/api/v1/moments?limit=2", h.ana.token, nil))
	rest := into[List[Moment]](h.do("GET", "/api/v1/moments?limit=2&cursor="+page.NextCursor, h.ana.token, nil))
	if len(rest.Items) != 1 || rest.Items[0].ID != first.ID || rest.NextCursor != "" {
		t.Errorf("the second page holds %+v", rest)
	}
	if body := h.do("GET", "/api/v1/moments", h.ana.token, nil).body; strings.Contains(string(body), "next_cursor") {
		t.Error("there is a cursor at the end")
	}

	cleared := into[Moment](h.do("PATCH", "/api/v1/moments/"+first.ID, h.ana.token, `{"felt":null,"people":[{"name":"José"},{"name":"Kim"}]}`).want(http.StatusOK, ""))
	if cleared.Felt != nil || len(cleared.People) != 2 {
		t.Errorf("after clearing: %+v", cleared)
	}
	h.do("DELETE", "/api/v1/moments/"+third.ID, h.ana.token, nil).want(http.StatusNoContent, "")
	h.do("GET", "/api/v1/moments/"+third.ID, h.ana.token, nil).want(http.StatusGone, "moment_gone")
	if u := into[Undone](h.do("POST", "/api/v1/moments/undo", h.ana.token, nil).want(http.StatusOK, "")); u.Did != "restored" || u.Moment.ID != third.ID {
		t.Errorf("undo did %+v", u)
	}
	again := into[Moment](h.do("POST", "/api/v1/moments/"+third.ID+"/repeat", h.ana.token, nil).want(http.StatusCreated, ""))
	if last := into[Moment](h.do("GET", "/api/v1/moments/last", h.ana.token, nil)); last.ID != again.ID || last.Text != third.Text {
		t.Errorf("the last is %+v", last)
	}
	day := into[Today](h.do("GET", "/api/v1/today", h.ana.token, nil).want(http.StatusOK, ""))
	if day.Day != "2026-11-24" || len(day.Moments) != 3 {
		t.Errorf("today holds %+v", day)
	}
	found := into[Found](h.do("GET", "/api/v1/search?q=jose", h.ana.token, nil).want(http.StatusOK, ""))
	if len(found.Items) != 1 || len(found.People) != 1 {
		t.Errorf("search found %+v", found)
	}
}

func TestCaptureShowsWhatALineWouldBecome(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	d := into[Draft](h.do("POST", "/api/v1/capture", h.ana.token,
		map[string]any{"text": "thanked @Sam yesterday 3pm :)", "captured_at": "2026-11-20T09:00:00+01:00", "zone": "Europe/Berlin"}).want(http.StatusOK, ""))
	if d.Kind != "thanks" || !d.People[0].New || d.HappenedAt.Format("2006-01-02T15:04Z07:00") != "2026-11-19T15:00+01:00" || len(d.Spans) == 0 {
		t.Errorf("got %+v", d)
	}
	if n := len(into[List[Moment]](h.do("GET", "/api/v1/moments", h.ana.token, nil)).Items); n != 0 {
		t.Errorf("%d moments were kept", n)
	}
	h.do("POST", "/api/v1/capture", h.ana.token, map[string]any{"text": " "}).want(http.StatusUnprocessableEntity, "text_missing")
}

func TestAnotherPersonSeesAndTouchesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const secret = "Xanadu"
		m := into[Moment](h.do("POST", "/api/v1/moments", h.ana.token, map[string]any{"text": "whispered " + secret + " to @" + secret}).want(http.StatusCreated, ""))
		i := into[Intention](h.do("POST", "/api/v1/intentions", h.ana.token, map[string]any{"text": secret}).want(http.StatusCreated, ""))
		k := into[Token](h.do("POST", "/api/v1/tokens", h.ana.token, map[string]any{"name": secret, "scopes": []string{"read"}}).want(http.StatusCreated, ""))
		browser, _, err := h.services.Auth.SignIn(t.Context(), "ana@example.org", password, "192.0.2.1", secret)
		if err != nil {
			t.Fatal(err)
		}
		before := h.do("GET", "/api/v1/moments", h.ana.token, nil)
		ids := []string{m.ID, m.People[0].ID, i.ID, k.ID, browser.ID, string(h.ana.user.ID)}
		for path, item := range h.server.built().api.OpenAPI().Paths {
			for method := range operations(item) {
				if !strings.Contains(path, "{id}") {
					if method != http.MethodGet || path == Prefix+"/export" {
						continue
					}
					for _, query := range []string{"", "?q=" + secret, "?person=" + m.People[0].ID} {
						if r := h.do(method, path+query, h.ben.token, nil); strings.Contains(string(r.body), secret) {
							t.Errorf("%s %s%s shows what is Ana's: %s", method, path, query, r.body)
						}
					}
					continue
				}
				for _, id := range ids {
					for _, body := range []any{nil, "{}", `{"text":"mine now"}`, `{"name":"mine now"}`, `{"answer":"not_now"}`} {
						r := h.do(method, strings.ReplaceAll(path, "{id}", id), h.ben.token, body)
						if r.status < 400 && !strings.HasSuffix(path, "/answers") {
							t.Errorf("%s %s with Ana's id gave %d: %s", method, path, r.status, r.body)
						}
						if strings.Contains(string(r.body), secret) {
							t.Errorf("%s %s shows what is Ana's: %s", method, path, r.body)
						}
					}
				}
			}
		}
		h.do("POST", "/api/v1/moments", h.ben.token, map[string]any{"text": "hello", "people": []any{map[string]any{"id": m.People[0].ID}}}).
			want(http.StatusUnprocessableEntity, "")
		if after := h.do("GET", "/api/v1/moments", h.ana.token, nil); string(after.body) != string(before.body) {
			t.Errorf("Ana's moments changed from\n%s to\n%s", before.body, after.body)
		}
		h.do("GET", "/api/v1/intentions/"+i.ID, h.ana.token, nil).want(http.StatusOK, "")
		h.do("GET", "/api/v1/me", k.Secret, nil).want(http.StatusOK, "")
	})
}

func TestEveryOperationHoldsItsScope(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	all := []auth.Scope{auth.Read, auth.Capture, auth.Write, auth.Delete, auth.Admin}
	tokens := map[auth.Scope]string{}
	for _, scope := range all[:4] {
		tokens[scope] = h.tokenFor(h.ana.user, auth.NewScopes(scope))
	}
	n := 0
	for path, item := range h.server.built().api.OpenAPI().Paths {
		for method, op := range operations(item) {
			n++
			scope, _ := op.Metadata[scopeKey].(auth.Scope)
			declared := fmt.Sprint(op.Security)
			if !strings.Contains(fmt.Sprint(all), string(scope)) || scope == "" || declared != fmt.Sprintf("[map[token:[%s]] map[session:[]]]", scope) {
				t.Errorf("%s %s declares the scope %q and the security %s", method, path, scope, declared)
			}
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s is not described", method, path)
			}
			h.do(method, path, "", nil).want(http.StatusUnauthorized, "")
			h.do(method, path, "kith_nonsense", nil).want(http.StatusUnauthorized, "")
			for owned, token := range tokens {
				got := h.do(method, path, token, nil)
				if may := auth.NewScopes(owned).Has(scope); may == (got.status == http.StatusForbidden) {
					t.Errorf("%s %s needs %s; with %s it gave %d", method, path, scope, owned, got.status)
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d operations were tried", n)
	}
}
