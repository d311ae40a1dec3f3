package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kith/internal/auth"
)

func TestRefusalsAreProblemsThatEchoNothing(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	const secret = "Xanadu"
	long := `{"text":"` + strings.Repeat("a", 1<<20) + `"}`
	for name, c := range map[string]struct {
		method, path, body string
		headers            []header
		status             int
		code, field        string
	}{
		"no such page":          {"GET", "/api/v1/" + secret, "", nil, 404, "no_such_page", ""},
		"an unclean path":       {"GET", "/api/v1//moments", "", nil, 404, "no_such_page", ""},
		"a slash too many":      {"GET", "/api/v1/moments/", "", nil, 404, "no_such_page", ""},
		"a path that escapes":   {"GET", "/api/v1/../v1/moments", "", nil, 404, "no_such_page", ""},
		"a path with NUL":       {"GET", "/api/v1/moments/%00", "", nil, 404, "no_such_page", ""},
		"no such method":        {"PUT", "/api/v1/moments", "", nil, 405, "method_not_allowed", ""},
		"an unknown method":     {"BREW", "/api/v1/moments", "", nil, 405, "method_not_allowed", ""},
		"no body":               {"POST", "/api/v1/moments", "", nil, 400, "body_missing", ""},
		"not JSON":              {"POST", "/api/v1/moments", secret, nil, 400, "malformed_json", ""},
		"JSON cut short":        {"POST", "/api/v1/moments", `{"text":"` + secret, nil, 400, "malformed_json", ""},
		"two documents":         {"POST", "/api/v1/moments", `{"text":"a"}{"text":"b"}`, nil, 400, "malformed_json", ""},
		"not an object":         {"POST", "/api/v1/moments", `["` + secret + `"]`, nil, 422, "wrong_type", ""},
		"not UTF-8":             {"POST", "/api/v1/moments", "{\"text\":\"\xff" + secret + "\"}", nil, 400, "not_utf8", ""},
		"a name twice":          {"POST", "/api/v1/moments", `{"text":"a","text":"` + secret + `"}`, nil, 400, "duplicate_name", ""},
		"NUL":                   {"POST", "/api/v1/moments", `{"text":"` + secret + `\u0000"}`, nil, 400, "nul_character", ""},
		"half a character":      {"POST", "/api/v1/moments", `{"text":"` + secret + `\ud83d"}`, nil, 400, "not_unicode", ""},
		"halves in reverse":     {"POST", "/api/v1/moments", `{"text":"` + secret + `\ude00\ud83d"}`, nil, 400, "not_unicode", ""},
		"nothing to see":        {"POST", "/api/v1/moments", `{"text":"\u200b\u202e\u2066"}`, nil, 422, "text_missing", "text"},
		"nothing to read":       {"POST", "/api/v1/capture", `{"text":"\u200b\ufeff"}`, nil, 422, "text_missing", "text"},
		"nested without end":    {"POST", "/api/v1/moments", strings.Repeat("[", 100000), nil, 400, "too_deep", ""},
		"a number beyond all":   {"POST", "/api/v1/moments", `{"text":"a","felt":1e999}`, nil, 400, "number_too_large", ""},
		"no text":               {"POST", "/api/v1/moments", `{}`, nil, 422, "required", "text"},
		"a text of spaces":      {"POST", "/api/v1/moments", `{"text":"  "}`, nil, 422, "text_missing", "text"},
		"a text too long":       {"POST", "/api/v1/moments", `{"text":"` + strings.Repeat("ä", 4001) + `"}`, nil, 422, "too_long", "text"},
		"a text of no text":     {"POST", "/api/v1/moments", `{"text":7}`, nil, 422, "wrong_type", "text"},
		"an unknown field":      {"POST", "/api/v1/moments", `{"text":"a","mood":"` + secret + `"}`, nil, 422, "unknown_field", "mood"},
		"a private field name":  {"POST", "/api/v1/moments", `{"text":"a","` + secret + ` wept":1}`, nil, 422, "unknown_field", ""},
		"an upper-case field":   {"POST", "/api/v1/moments", `{"Text":"a"}`, nil, 422, "invalid_request", "text"},
		"an unknown kind":       {"POST", "/api/v1/moments", `{"text":"a","kind":"` + secret + `"}`, nil, 422, "not_offered", "kind"},
		"a felt too bright":     {"POST", "/api/v1/moments", `{"text":"a","felt":3}`, nil, 422, "too_large", "felt"},
		"half a felt":           {"POST", "/api/v1/moments", `{"text":"a","felt":0.5}`, nil, 422, "wrong_type", "felt"},
		"a time of no time":     {"POST", "/api/v1/moments", `{"text":"a","happened_at":"` + secret + `"}`, nil, 422, "wrong_type", "happened_at"},
		"a zone of no place":    {"POST", "/api/v1/moments", `{"text":"a","zone":"` + secret + `"}`, nil, 422, "unknown_zone", "zone"},
		"an id of no form":      {"POST", "/api/v1/moments", `{"text":"a","id":"` + secret + `"}`, nil, 422, "bad_id", "id"},
		"too large":             {"POST", "/api/v1/moments", long, nil, 413, "body_too_large", ""},
		"another type":          {"POST", "/api/v1/moments", `{"text":"a"}`, []header{{"Content-Type", "text/plain"}}, 415, "unsupported_media_type", ""},
		"a form":                {"POST", "/api/v1/moments", "text=" + secret, []header{{"Content-Type", "application/x-www-form-urlencoded"}}, 415, "unsupported_media_type", ""},
		"an archive of no sort": {"POST", "/api/v1/import", secret, []header{{"Content-Type", "text/html"}}, 415, "unsupported_media_type", ""},
		"no address book":       {"POST", "/api/v1/import", secret, []header{{"Content-Type", "text/csv"}}, 422, "format_unknown", "file"},
		"no vCard":              {"POST", "/api/v1/import?format=vcard", "Name,Given Name\n" + secret + ",x", []header{{"Content-Type", "text/csv"}}, 422, "other_format", "file"},
		"no import":             {"GET", "/api/v1/imports/" + secret, "", nil, 404, "import_not_found", ""},
		"a broken archive":      {"POST", "/api/v1/import", secret, []header{{"Content-Type", "application/zip"}}, 422, "not_an_archive", "archive"},
		"an unknown parameter":  {"GET", "/api/v1/moments?query=" + secret, "", nil, 422, "unknown_field", "query"},
		"a limit of no number":  {"GET", "/api/v1/moments?limit=" + secret, "", nil, 422, "wrong_type", "limit"},
		"a limit too large":     {"GET", "/api/v1/moments?limit=1000", "", nil, 422, "too_large", "limit"},
		"a cursor of no list":   {"GET", "/api/v1/moments?cursor=" + secret, "", nil, 422, "bad_cursor", "cursor"},
		"a query not UTF-8":     {"GET", "/api/v1/moments?q=%ff", "", nil, 400, "bad_query", ""},
		"a query cut short":     {"GET", "/api/v1/moments?q=%f", "", nil, 400, "bad_query", ""},
		"a moment of nobody":    {"GET", "/api/v1/moments/" + secret, "", nil, 404, "moment_not_found", ""},
		"no practice":           {"GET", "/api/v1/practices/" + secret, "", nil, 404, "practice_not_found", ""},
		"nothing to repeat":     {"POST", "/api/v1/moments/x/repeat", "", nil, 404, "moment_not_found", ""},
		"a wrong password":      {"DELETE", "/api/v1/me", `{"password":"` + secret + `"}`, nil, 422, "wrong_password", "password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := h.in(t)
			var body any
			if c.body != "" {
				body = c.body
			}
			r := h.do(c.method, c.path, h.ana.token, body, c.headers...).want(c.status, c.code)
			p := into[Problem](r)
			if p.Field != c.field || p.Title == "" || p.Detail == "" {
				t.Errorf("got %s", r.body)
			}
			if bytes.Contains(r.body, []byte(secret)) {
				t.Errorf("it repeats what was sent: %s", r.body)
			}
			if c.status == http.StatusMethodNotAllowed && r.header.Get("Allow") == "" {
				t.Error("it does not say which methods it allows")
			}
		})
	}
}

func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	_, cookie, err := h.services.Auth.Begin(t.Context(), h.ana.user.ID, "a browser")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(change func(r *http.Request) *http.Request) reply {
		r := httptest.NewRequest(http.MethodPost, "http://kith.example/api/v1/moments", strings.NewReader(`{"text":"hello"}`))
		r.RemoteAddr = "127.0.0.1:1"
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, change(r))
		return reply{t, w.Code, w.Header(), w.Body.Bytes()}
	}
	ask(func(r *http.Request) *http.Request { return r }).want(401, "")
	with := func(site string) func(r *http.Request) *http.Request {
		return func(r *http.Request) *http.Request {
			r.AddCookie(&http.Cookie{Name: "kith_session", Value: cookie})
			r.Header.Set("Sec-Fetch-Site", site)
			return r
		}
	}
	ask(with("same-origin")).want(201, "")
	ask(with("cross-site")).want(403, "cross_origin")
	ask(func(r *http.Request) *http.Request { // a page elsewhere cannot send a token it does not know
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Authorization", "Bearer "+h.ana.token)
		return r
	}).want(201, "")
	ask(func(r *http.Request) *http.Request {
		r.Header.Set(auth.UserHeader, "ana@example.org") // from the network it means nothing
		return r
	}).want(401, "")
	local := func(user string) func(r *http.Request) *http.Request {
		return func(r *http.Request) *http.Request {
			if user != "" {
				r.Header.Set(auth.UserHeader, user)
			}
			return r.WithContext(auth.WithLocal(r.Context()))
		}
	}
	ask(local("ana@example.org")).want(201, "")
	ask(local("")).want(401, "user_missing")
	ask(local("nobody@example.org")).want(401, "")
}

func TestTokensGrantNoMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	small := h.tokenFor(h.ana.user, auth.NewScopes(auth.Write))
	h.do("POST", "/api/v1/tokens", small, `{"name":"more","scopes":["delete"]}`).want(403, "scope_missing")
	h.do("POST", "/api/v1/tokens", small, `{"name":"same","scopes":["write"]}`).want(201, "")
	h.do("POST", "/api/v1/tokens", h.ana.token, `{"name":"none","scopes":["all"]}`).want(422, "not_offered")
	k := into[Token](h.do("POST", "/api/v1/tokens", h.ana.token, `{"name":"short","scopes":["read"]}`).want(201, ""))
	h.do("GET", "/api/v1/me", k.Secret, nil).want(200, "")
	if list := h.do("GET", "/api/v1/tokens", h.ana.token, nil).want(200, ""); bytes.Contains(list.body, []byte(k.Secret)) {
		t.Error("the list shows a secret")
	}
	h.do("DELETE", "/api/v1/tokens/"+k.ID, h.ana.token, nil).want(204, "")
	h.do("GET", "/api/v1/me", k.Secret, nil).want(401, "")
}

func TestStrangersAreSlowedDown(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	ask := func(address, token string) int {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/me", nil)
		r.RemoteAddr = address
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("it does not say when to try again")
		}
		return w.Code
	}
	codes := map[int]int{}
	for range 200 {
		codes[ask("192.0.2.7:1", "kith_guess")]++
	}
	if codes[401] < 50 || codes[401] > 100 || codes[429] < 100 {
		t.Errorf("200 guesses gave %v", codes)
	}
	if got := ask("192.0.2.8:1", h.ana.token); got != 200 {
		t.Errorf("somebody else was slowed down too: %d", got)
	}
	if got := ask("127.0.0.1:1", h.ana.token); got != 200 {
		t.Errorf("the machine itself was slowed down: %d", got)
	}
}

func TestPanicIsAProblem(t *testing.T) {
	t.Parallel()
	s := newServer(Services{}) // nothing to stand on: every operation panics
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/api/v1/me", nil)
	s.ServeHTTP(w, r.WithContext(auth.WithLocal(r.Context())))
	reply{t, w.Code, w.Header(), w.Body.Bytes()}.want(500, "internal")
}

func TestPagesOfTheAPI(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	page := string(h.do("GET", "/api/docs", "", nil).want(200, "").body)
	for path, item := range h.server.built().api.OpenAPI().Paths {
		for _, op := range operations(item) {
			if !strings.Contains(page, `id="`+op.OperationID+`"`) || !strings.Contains(page, path) {
				t.Errorf("the page lacks %s", op.OperationID)
			}
		}
	}
	for _, bad := range []string{"<script", "style=", "%!", "http://", "https://"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	h.do("GET", "/api/docs.css", "", nil).want(200, "")
	if got := h.do("GET", "/api/v1/openapi.json", "", nil).want(200, "").header.Get("Content-Type"); got != "application/openapi+json" {
		t.Errorf("the document came as %s", got)
	}
	if r := h.do("HEAD", "/api/v1/moments", h.ana.token, nil); r.status != 200 {
		t.Errorf("HEAD gave %d", r.status)
	}
}

func TestExportComesBack(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	h.do("POST", "/api/v1/moments", h.ana.token, `{"text":"walked with @Ida"}`).want(201, "")
	archive := h.do("GET", "/api/v1/export", h.ana.token, nil).want(200, "")
	if archive.header.Get("Content-Type") != zipType || !strings.Contains(archive.header.Get("Content-Disposition"), "kith-2026-11-24.zip") {
		t.Errorf("the archive came with %v", archive.header)
	}
	zip := header{"Content-Type", zipType}
	dry := into[Imported](h.do("POST", "/api/v1/import?dry_run=true", h.ben.token, string(archive.body), zip).want(200, ""))
	if !dry.DryRun || dry.Counts["moments"] != 1 || dry.Counts["people"] != 1 {
		t.Errorf("it would count %+v", dry)
	}
	if n := len(into[List[Moment]](h.do("GET", "/api/v1/moments", h.ben.token, nil)).Items); n != 0 {
		t.Errorf("a dry run kept %d moments", n)
	}
	form := "--x\r\nContent-Disposition: form-data; name=\"archive\"; filename=\"a.zip\"\r\n\r\n" + string(archive.body) + "\r\n--x--\r\n"
	for want := 1; want >= 0; want-- { // the second time everything is known
		done := into[Imported](h.do("POST", "/api/v1/import", h.ben.token, form, header{"Content-Type", "multipart/form-data; boundary=x"}).want(200, ""))
		if done.DryRun || done.Counts["moments"] != want || done.Known["moments"] != 1-want {
			t.Errorf("it counted %+v", done)
		}
	}
	if n := len(into[List[Moment]](h.do("GET", "/api/v1/moments", h.ben.token, nil)).Items); n != 1 {
		t.Errorf("%d moments came back", n)
	}
}

func TestGoodbye(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	for _, tables := range [][]string{auth.Tables} {
		h.services.Accounts.OnErasedAll(tables, h.services.Auth.Erase)
	}
	h.do("PATCH", "/api/v1/me", h.ben.token, `{"email":"b@example.org"}`).want(422, "password_missing")
	h.do("PATCH", "/api/v1/me", h.ben.token, `{"email":"b@example.org","password":"wrong"}`).want(422, "wrong_password")
	me := into[Me](h.do("PATCH", "/api/v1/me", h.ben.token, `{"email":"b@example.org","name":"Benedikt","password":"`+password+`"}`).want(200, ""))
	if me.Email != "b@example.org" || me.Name != "Benedikt" {
		t.Errorf("changed to %+v", me)
	}
	h.do("DELETE", "/api/v1/me", h.ben.token, `{"password":"wrong"}`).want(422, "wrong_password")
	h.do("DELETE", "/api/v1/me", h.ben.token, `{"password":"`+password+`"}`).want(204, "")
	h.do("GET", "/api/v1/me", h.ben.token, nil).want(401, "")
	h.do("GET", "/api/v1/me", h.ana.token, nil).want(200, "")
}
