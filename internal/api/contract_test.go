package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"kith/internal/auth"
)

var update = flag.Bool("update", false, "write openapi.yaml anew")

// operations are those of a path by method.
func operations(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
	}
	for method, op := range all {
		if op == nil {
			delete(all, method)
		}
	}
	return all
}

func TestDocumentIsTheOneCommitted(t *testing.T) {
	t.Parallel()
	got, err := newServer(Services{}).built().api.OpenAPI().YAML()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.yaml", got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the API is not what openapi.yaml says. If that is meant: go test ./internal/api -update, and read the difference.")
	}
}

// elsewhere are the operations that cannot succeed here and do in other tests: one presence runs at a time, and every other
// request here ends it; nothing is on its way or being read while another request is made.
var elsewhere = []string{"erase-me", "invite-to-presence", "get-transfer", "stop-transfer", "stop-calendar-sync"}

// TestContract throws generated and mangled requests at every operation and holds each answer to the document.
func TestContract(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	seen := map[string]map[int]int{}
	for seed := range uint64(7000) {
		op, status := c.try(t, seed, nil)
		if seen[op] == nil {
			seen[op] = map[int]int{}
		}
		seen[op][status]++
	}
	for _, target := range c.targets {
		succeeded := false
		for status := range seen[target.op.OperationID] {
			succeeded = succeeded || status < 300
		}
		if !succeeded && !slices.Contains(elsewhere, target.op.OperationID) {
			t.Errorf("%s never succeeded: %v", target.op.OperationID, seen[target.op.OperationID])
		}
	}
}

// FuzzAPI is TestContract with bodies and seeds of the fuzzer's choice.
func FuzzAPI(f *testing.F) {
	c := newContract(f)
	f.Add(uint64(1), []byte(`{"text":"hello @Sam","felt":1}`))
	f.Add(uint64(2), []byte("{\"text\":\"\\u0000\xff\"}"))
	f.Add(uint64(3), []byte(`{"text":"a","text":"b"}`))
	f.Fuzz(func(t *testing.T, seed uint64, body []byte) { c.try(t, seed, body) })
}

// calendarServer is another server, with one calendar.
func calendarServer(t testing.TB) (address string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusMultiStatus)
		_, _ = io.WriteString(w, `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/</d:href><d:propstat><d:prop>
			<d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

type target struct {
	method, path string
	op           *huma.Operation
}

type contract struct {
	h       *house
	valid   validator.Validator
	targets []target
	ids     map[string][]string // by the first part of the path they belong to
	parts   map[string][]string // of a person, by their id and the third part of the path
	photo   []byte
	archive []byte

	elsewhere string // a server of calendars
}

func newContract(t testing.TB) *contract {
	t.Helper()
	c := &contract{h: sqliteHouse(t)}
	doc, err := libopenapi.NewDocument(c.h.server.built().document())
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, problems := v.ValidateDocument(); !ok {
		for _, p := range problems {
			t.Errorf("the document itself: %s %s %v", p.Message, p.Reason, p.SchemaValidationErrors)
		}
	}
	c.valid = v
	for path, item := range c.h.server.built().api.OpenAPI().Paths {
		for method, op := range operations(item) {
			c.targets = append(c.targets, target{method, path, op})
		}
	}
	slices.SortFunc(c.targets, func(a, b target) int { return strings.Compare(a.op.OperationID, b.op.OperationID) })
	c.ids = map[string][]string{"any": {"nobody", "0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d"}}
	c.elsewhere = calendarServer(t)
	for i := range 40 {
		m := into[Moment](c.h.do("POST", "/api/v1/moments", c.h.ana.token, map[string]any{"text": fmt.Sprintf("walked with @Friend%d", i)}).want(http.StatusCreated, ""))
		n := into[Intention](c.h.do("POST", "/api/v1/intentions", c.h.ana.token, map[string]any{"text": "rest"}).want(http.StatusCreated, ""))
		k := into[Token](c.h.do("POST", "/api/v1/tokens", c.h.ana.token, map[string]any{"name": "k", "scopes": []string{"read"}}).want(http.StatusCreated, ""))
		c.ids["moments"] = append(c.ids["moments"], m.ID)
		c.ids["people"] = append(c.ids["people"], m.People[0].ID)
		c.ids["intentions"] = append(c.ids["intentions"], n.ID)
		c.ids["tokens"] = append(c.ids["tokens"], k.ID)
		p := into[Pulse](c.h.do("POST", "/api/v1/pulses", c.h.ana.token, map[string]any{"valence": i, "energy": 50}).want(http.StatusCreated, ""))
		c.ids["pulses"] = append(c.ids["pulses"], p.ID)
		a := into[ScaleAnswer](c.h.do("POST", "/api/v1/scales/ons4/answers", c.h.ana.token, map[string]any{"answers": map[string]int{"happy": 7}}).want(http.StatusCreated, ""))
		c.ids["scale-answers"] = append(c.ids["scale-answers"], a.ID)
		c.h.do("POST", "/api/v1/scales", c.h.ana.token, ownScale(fmt.Sprintf("own-%d", i))).want(http.StatusCreated, "")
		c.ids["scales"] = append(c.ids["scales"], fmt.Sprintf("own-%d", i), "ons4")
		v := into[Presence](c.h.do("POST", "/api/v1/presence", c.h.ana.token, map[string]any{"kind": "people"}).want(http.StatusCreated, ""))
		cal := into[Calendar](c.h.do("POST", "/api/v1/calendars", c.h.ana.token, map[string]any{"url": "http://127.0.0.1:1/x.ics"}).want(http.StatusCreated, ""))
		c.ids["calendars"] = append(c.ids["calendars"], cal.ID)
		hook := into[Hook](c.h.do("POST", "/api/v1/hooks", c.h.ana.token, map[string]any{"name": "a forge"}).want(http.StatusCreated, ""))
		c.ids["hooks"] = append(c.ids["hooks"], hook.ID)
		if i%4 == 0 { // there can be twenty
			c.ids["calendar-accounts"] = append(c.ids["calendar-accounts"], into[CalendarAccount](c.account(c.h).want(http.StatusCreated, "")).ID)
		}
		c.ids["presence"] = append(c.ids["presence"], v.ID)
	}
	for i := range 24 {
		day := fmt.Sprintf("2026-11-%02d", i+1)
		c.h.do("PUT", "/api/v1/reflections/"+day, c.h.ana.token, map[string]any{"line": "quiet"}).want(http.StatusCreated, "")
		c.ids["reflections"], c.ids["days"] = append(c.ids["reflections"], day), append(c.ids["days"], day)
		c.ids["weeks"] = append(c.ids["weeks"], fmt.Sprintf("2026-W%02d", i+1))
	}
	for i, id := range c.ids["people"] {
		q := into[Guess](c.h.do("POST", "/api/v1/guesses", c.h.ana.token, map[string]any{"person": id, "value": i % 11}).want(http.StatusCreated, ""))
		c.ids["guesses"] = append(c.ids["guesses"], q.ID)
		if i%2 == 0 { // the others wait
			c.h.do("POST", "/api/v1/moments", c.h.ana.token, map[string]any{"text": fmt.Sprintf("called @Friend%d", i)}).want(http.StatusCreated, "")
		}
	}
	c.ids["put-away"] = []string{"kind:laugh", "source:due", "practice:hug"}
	c.ids["years"] = []string{"2025", "2026"}
	c.befriend()
	c.ids["sessions"] = []string{c.session(t)}
	for range auth.MaxPasskeys {
		c.ids["passkeys"] = append(c.ids["passkeys"], c.h.passkey("a device").ID)
	}
	for i := range 8 {
		card := fmt.Sprintf("BEGIN:VCARD\nVERSION:3.0\nUID:c%d\nFN:Card %d\nEND:VCARD\n", i, i)
		v := into[Imported](c.h.do("POST", "/api/v1/import", c.h.ana.token, card, header{"Content-Type", cardType}).want(http.StatusOK, ""))
		c.ids["imports"] = append(c.ids["imports"], v.Import.ID)
	}
	for i := range 30 {
		c.h.do("POST", "/api/v1/practices", c.h.ana.token, map[string]any{"name": fmt.Sprintf("practice %d", i)}).want(http.StatusCreated, "")
	}
	for _, p := range into[List[Practice]](c.h.do("GET", "/api/v1/practices", c.h.ana.token, nil)).Items {
		c.ids["practices"] = append(c.ids["practices"], p.ID)
		c.ids["opportunities"] = append(c.ids["opportunities"], "practice:"+p.ID)
	}
	for _, list := range c.ids {
		c.ids["any"] = append(c.ids["any"], list[0])
	}
	slices.Sort(c.ids["any"])
	c.archive = c.h.do("GET", "/api/v1/export", c.h.ana.token, nil).want(http.StatusOK, "").body
	return c
}

// session is the id of a browser that has just signed in.
func (c *contract) session(t testing.TB) string {
	t.Helper()
	b, _, err := c.h.services.Auth.Begin(t.Context(), c.h.ana.user.ID, "a browser")
	if err != nil {
		t.Fatal(err)
	}
	return b.ID
}

// account adds a server of calendars; there can be twenty.
func (c *contract) account(h *house) reply {
	return h.do("POST", "/api/v1/calendar-accounts", h.ana.token, map[string]any{"address": c.elsewhere, "login": "ana"})
}

// befriend makes people with one of everything that people have.
func (c *contract) befriend() {
	post := func(path string, body map[string]any) string {
		return into[struct{ ID string }](reply{c.h.t, 0, nil, onlyID(c.h.do("POST", path, c.h.ana.token, body).want(http.StatusCreated, ""))}).ID
	}
	c.parts = map[string][]string{}
	var photo bytes.Buffer
	_ = png.Encode(&photo, image.NewGray(image.Rect(0, 0, 3, 3)))
	c.photo = photo.Bytes()
	for i := range 140 {
		id := post("/api/v1/people", map[string]any{"name": fmt.Sprintf("Person %d", i), "ring": "close"})
		at := "/api/v1/people/" + id
		c.ids["people"] = append(c.ids["people"], id)
		for noun, body := range map[string]map[string]any{
			"channels": {"value": "+49 171 1234567"}, "dates": {"kind": "birthday", "month": 2, "day": 29}, "facts": {"text": "likes tea"},
			"follow-ups": {"text": "ask", "due": "2026-12-01"}, "relations": {"other": c.ids["people"][0], "role": "friend"},
		} {
			for range 4 {
				c.parts[id+noun] = append(c.parts[id+noun], post(at+"/"+noun, body))
			}
		}
		if i%2 == 0 {
			c.h.do("PUT", at+"/photo", c.h.ana.token, string(c.photo)).want(http.StatusOK, "")
		}
		if i < 20 {
			c.ids["groups"] = append(c.ids["groups"], post("/api/v1/groups", map[string]any{"name": fmt.Sprintf("group %d", i)}))
		}
		if i%6 == 5 {
			c.ids["merges"] = append(c.ids["merges"], post(at+"/merge", map[string]any{"with": c.ids["people"][len(c.ids["people"])-2]}))
		}
	}
}

// onlyID is the id of a body, as a body.
func onlyID(r reply) []byte {
	var v struct{ ID string }
	_ = json.Unmarshal(r.body, &v)
	b, _ := json.Marshal(v)
	return b
}

// try sends the request that the seed makes and reports what was asked and how it was answered.
func (c *contract) try(t *testing.T, seed uint64, body []byte) (string, int) {
	t.Helper()
	g := &generator{rand.New(rand.NewPCG(seed, 7)), c}
	to := c.targets[g.IntN(len(c.targets))]
	id := g.id(to.path)
	if to.op.OperationID == "end-session" && g.IntN(2) == 0 {
		id = c.session(t) // another request ends them all
	}
	if to.op.OperationID == "follow-of-calendar-account" && g.IntN(2) == 0 {
		if r := c.account(c.h.in(t)); r.status == http.StatusCreated { // others are soon gone, and with them what they had
			id = into[CalendarAccount](r).ID
		}
	}
	path := strings.NewReplacer("{id}", url.PathEscape(id), "{day}", url.PathEscape(id), "{week}", url.PathEscape(id), "{year}", url.PathEscape(id)).Replace(to.path)
	path = strings.ReplaceAll(path, "{part}", url.PathEscape(g.part(to.path, id)))
	if q := g.query(to.op); q != "" {
		path += "?" + q
	}
	kind := "application/json"
	if body == nil && to.op.RequestBody != nil {
		body = g.body(to.op)
		switch to.op.OperationID {
		case "import":
			kind = "application/zip"
		case "set-photo":
			kind = "image/png"
		case "follow-of-calendar-account":
			if g.IntN(4) == 0 {
				body = []byte(`{"ids":[]}`)
			}
		case "add-calendar-account":
			if g.IntN(4) == 0 { // no generated address is a server's
				body = fmt.Appendf(nil, `{"address":%q,"login":"ana"}`, c.elsewhere)
			}
		}
	}
	if g.IntN(40) == 0 {
		kind = []string{"text/plain", "application/xml", "", "application/json; charset=latin1", "multipart/form-data", "multipart/form-data; boundary=x", ";;"}[g.IntN(7)]
	}
	req := httptest.NewRequest(to.method, path, bytes.NewReader(body))
	req.RemoteAddr = "127.0.0.1:1"
	if len(body) > 0 {
		req.Header.Set("Content-Type", kind)
	}
	token := c.h.ana.token
	if g.IntN(50) == 0 {
		token = "kith_" + g.words()
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if g.IntN(10) == 0 {
		req.Header.Set("If-Match", []string{`"1"`, `"2"`, "*", g.words(), `W/"3"`}[g.IntN(5)])
	}
	w := httptest.NewRecorder()
	c.h.handler.ServeHTTP(w, req)
	res := w.Result()
	if w.Code >= http.StatusInternalServerError {
		t.Fatalf("seed %d: %s %s with %q gave %d: %s", seed, to.method, path, body, w.Code, w.Body)
	}
	if w.Code == http.StatusNotFound && strings.Contains(w.Body.String(), "no_such_page") {
		return to.op.OperationID, w.Code // the path was mangled out of the document
	}
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	req.Body = io.NopCloser(bytes.NewReader(body))
	if ok, problems := c.valid.ValidateHttpResponse(req, res); !ok {
		for _, p := range problems {
			t.Errorf("seed %d: %s %s with %q gave %d %s\n%s: %s %v", seed, to.method, path, body, w.Code, answer, p.Message, p.Reason, p.SchemaValidationErrors)
		}
	}
	return to.op.OperationID, w.Code
}
