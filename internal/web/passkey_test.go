package web

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/person"
)

// browser is a visitor at the address on which passkeys hang, with an authenticator.
type browser struct {
	t       *testing.T
	h       *house
	host    string // empty: where passkeys work
	cookies map[string]string
	rp      virtualwebauthn.RelyingParty
	device  virtualwebauthn.Authenticator
	key     virtualwebauthn.Credential
}

// newKey draws a key whose coordinates are as long as the standard wants them: the virtual authenticator drops leading zeros.
func newKey() virtualwebauthn.Credential {
	for {
		if k := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(k.Key.AttestationData()) == 77 {
			return k
		}
	}
}

func (h *house) browser(t *testing.T, v *visitor) *browser {
	t.Helper()
	b := &browser{
		t: t, h: h, cookies: map[string]string{}, rp: virtualwebauthn.RelyingParty{ID: "localhost", Name: "Kith", Origin: "http://localhost:5484"},
		device: virtualwebauthn.NewAuthenticator(), key: newKey(),
	}
	if v != nil {
		b.cookies[v.cookie.Name] = v.cookie.Value
	}
	return b
}

// send asks and follows nothing. It says the status, where it leads, and the page.
func (b *browser) send(r *http.Request) (status int, to, page string) {
	b.t.Helper()
	r.Host = cmp.Or(b.host, "localhost:5484")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.h.h.ServeHTTP(w, r)
	res := w.Result()
	defer func() { _ = res.Body.Close() }()
	for _, c := range res.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(body)
}

func (b *browser) want(what string, r *http.Request, status int, to string) string {
	b.t.Helper()
	got, at, page := b.send(r)
	if got != status || at != to {
		b.t.Errorf("%s: %d to %q, wants %d to %q", what, got, at, status, to)
	}
	return page
}

// ask fetches a question as the script does.
func (b *browser) ask(path string) string {
	b.t.Helper()
	r := post(path)
	r.Header.Set("Accept", "application/json")
	status, _, body := b.send(r)
	if status != http.StatusOK || !json.Valid([]byte(body)) {
		b.t.Fatalf("%s: %d %s", path, status, body)
	}
	return body
}

func (b *browser) create(options string) string {
	b.t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(options)
	if err != nil {
		b.t.Fatal(err)
	}
	b.device.Options.UserHandle = []byte(o.UserID)
	return virtualwebauthn.CreateAttestationResponse(b.rp, b.device, b.key, *o)
}

func (b *browser) use(options string) string {
	b.t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(options)
	if err != nil {
		b.t.Fatal(err)
	}
	b.key.Counter++
	return virtualwebauthn.CreateAssertionResponse(b.rp, b.device, b.key, *o)
}

func TestPasskeyPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		set := func(query string) {
			t.Helper()
			if err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, query); return err }); err != nil {
				t.Fatal(err)
			}
		}
		b := h.browser(t, &h.ana)
		b.want("nothing yet", get("/passkeys"), http.StatusOK, "")
		b.want("no name", post("/passkeys", "answer", b.create(b.ask("/passkeys/ask")), "name", " "), http.StatusUnprocessableEntity, "")
		b.want("made", post("/passkeys", "answer", b.create(b.ask("/passkeys/ask")), "name", "Phone <b>"), http.StatusSeeOther, "/passkeys?done=added")
		if page := b.want("listed", get("/passkeys?done=added"), http.StatusOK, ""); !strings.Contains(page, "Phone &lt;b&gt;") {
			t.Error("it is not listed")
		}
		if page := b.want("counted", get("/settings"), http.StatusOK, ""); !strings.Contains(page, "1 passkey") {
			t.Error("it is not counted")
		}
		var id string
		if _, after, ok := strings.Cut(b.want("its form", get("/passkeys"), http.StatusOK, ""), `id="passkey-0`); ok {
			id, _, _ = strings.Cut("0"+after, `"`)
		}
		other := h.browser(t, &h.bo)
		other.want("renamed by another", post("/passkeys/"+id, "name", "mine"), http.StatusNotFound, "")
		other.want("removed by another", post("/passkeys/"+id+"/remove"), http.StatusNotFound, "")
		b.want("renamed", post("/passkeys/"+id, "name", "Old phone"), http.StatusSeeOther, "/passkeys?done=kept")

		// In by the passkey alone, to where one meant to go, and to no other site.
		stranger := h.browser(t, nil)
		stranger.device, stranger.key = b.device, b.key
		stranger.want("a wrong answer", post("/signin/passkey", "answer", "{}", "next", "/people"), http.StatusUnprocessableEntity, "")
		stranger.want("in", post("/signin/passkey", "answer", stranger.use(stranger.ask("/signin/passkey/ask")), "next", "/people"), http.StatusSeeOther, "/people")
		stranger.want("signed in", get("/settings"), http.StatusOK, "")
		again := h.browser(t, nil)
		again.device, again.key = stranger.device, stranger.key
		again.want("nowhere else", post("/signin/passkey", "answer", again.use(again.ask("/signin/passkey/ask")), "next", "https://evil.example"), http.StatusSeeOther, "/")
		b.key = again.key

		// Long after, dangerous acts ask who it is; typed words come back.
		set("UPDATE auth_session SET proved_at = 0")
		b.want("export", get("/settings/export"), http.StatusSeeOther, "/confirm?next="+url.QueryEscape("/settings#transfer"))
		b.want("all others out", post("/settings/sessions/revoke-others"), http.StatusSeeOther, "/confirm?next="+url.QueryEscape("/settings#sessions"))
		b.want("codes", post("/passkeys/codes"), http.StatusSeeOther, "/confirm?next=%2Fpasskeys")
		b.want("removal", post("/passkeys/"+id+"/remove"), http.StatusSeeOther, "/confirm?next=%2Fpasskeys")
		b.want("the lock", post("/passkeys/lock", "after", "60"), http.StatusSeeOther, "/confirm?next=%2Fpasskeys")
		if page := b.want("a key", post("/settings/tokens", "name", "the kitchen laptop", "scope", "read"), http.StatusUnprocessableEntity, ""); !strings.Contains(page, "the kitchen laptop") {
			t.Error("what was typed is gone")
		}
		b.want("an e-mail", post("/settings/email", "email", "new@example.org"), http.StatusUnprocessableEntity, "")
		b.want("leaving", post("/settings/delete"), http.StatusUnprocessableEntity, "")
		b.want("no password", post("/confirm", "password", "", "next", "/passkeys"), http.StatusUnprocessableEntity, "")
		b.want("it is she", post("/confirm/passkey", "answer", b.use(b.ask("/confirm/ask")), "next", "/passkeys"), http.StatusSeeOther, "/passkeys")
		b.want("a key", post("/settings/tokens", "name", "the kitchen laptop", "scope", "read"), http.StatusOK, "")
		if page := b.want("codes", post("/passkeys/codes"), http.StatusOK, ""); strings.Count(page, "<li><code>") != 10 {
			t.Error("there are not ten codes")
		}

		// A lock closes what is private in this browser alone.
		people := person.New(d, h.clock)
		sam, _, err := people.Create(context.Background(), h.ana.id, person.Draft{Name: "Sam"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := people.AddFact(context.Background(), h.ana.id, sam.ID, person.Fact{Text: "afraid of storms", Private: true}); err != nil {
			t.Fatal(err)
		}
		b.want("a time that is none", post("/passkeys/lock", "after", "7"), http.StatusUnprocessableEntity, "")
		b.want("the lock", post("/passkeys/lock", "after", "60"), http.StatusSeeOther, "/passkeys?done=kept#lock")
		if page := b.want("a fact", get("/people/"+sam.ID), http.StatusOK, ""); !strings.Contains(page, "afraid of storms") || !strings.Contains(page, `data-lock="60"`) {
			t.Error("an open device hides what is private, or does not close it")
		}
		b.want("now", post("/passkeys/close"), http.StatusSeeOther, "/")
		for _, path := range []string{"/reflect", "/reflect/2026-11-20", "/look-back", "/look-back/random", "/day/2026-11-20", "/week/2026-W47", "/year/2026"} {
			b.want(path, get(path), http.StatusSeeOther, "/unlock?next="+url.QueryEscape(path))
		}
		if page := b.want("a fact", get("/people/"+sam.ID), http.StatusOK, ""); strings.Contains(page, "afraid of storms") {
			t.Error("a locked device shows what is private")
		}
		b.want("what was written meanwhile", post("/reflect/2026-11-23", "line", "kept all the same"), http.StatusSeeOther, "/day/2026-11-23?saved")
		b.want("what cannot be kept", post("/reflect/2026-11-23", "line", strings.Repeat("a", 100_000)), http.StatusSeeOther, "/unlock?next="+url.QueryEscape("/reflect/2026-11-23"))
		b.want("what is not private", get("/moments"), http.StatusOK, "")
		stranger.want("another device", get("/look-back"), http.StatusOK, "")
		b.want("the door", get("/unlock?next=%2Flook-back"), http.StatusOK, "")
		b.want("opened", post("/confirm/passkey", "answer", b.use(b.ask("/confirm/ask")), "next", "/look-back", "unlock", "1"), http.StatusSeeOther, "/look-back")
		b.want("open", get("/look-back"), http.StatusOK, "")

		b.want("removed", post("/passkeys/"+id+"/remove"), http.StatusSeeOther, "/passkeys?done=removed")
	})
}

// What a device has locked is neither shown nor taken away in it, whatever was proved before.
func TestLockedDevice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := context.Background()
		b := h.browser(t, &h.ana)
		set := func(query string, args ...any) {
			t.Helper()
			if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, query, args...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		has := func(what, page string, want bool, words ...string) {
			t.Helper()
			for _, s := range words {
				if strings.Contains(page, s) != want {
					t.Errorf("%s: %q there is %v", what, s, !want)
				}
			}
		}
		private := regexp.MustCompile(`(?s)<!-- private -->.*?<!-- /private -->`)
		people := person.New(d, h.clock)
		sam, _, err := people.Create(ctx, h.ana.id, person.Draft{Name: "Sam"})
		if err != nil {
			t.Fatal(err)
		}
		at := "/people/" + sam.ID
		b.want("a note", post(at+"/standing", "standing", "paused", "standing_note", "after the quarrel"), http.StatusSeeOther, at)
		b.want("an evening", post("/reflect/2026-11-23", "line", "the green lantern"), http.StatusSeeOther, "/day/2026-11-23?saved")
		b.want("a passkey", post("/passkeys", "answer", b.create(b.ask("/passkeys/ask")), "name", "Phone"), http.StatusSeeOther, "/passkeys?done=added")
		b.want("the lock", post("/passkeys/lock", "after", "60"), http.StatusSeeOther, "/passkeys?done=kept#lock")

		// While it is open, each page with words of these says when it closes, and keeps them open.
		for path, words := range map[string]string{at: "after the quarrel", "/moments?q=lantern": "the green lantern"} {
			set("UPDATE auth_session SET open_to = $1 WHERE user_id = $2", db.Micros(now.Add(time.Second)), string(h.ana.id))
			page := b.want(path, get(path), http.StatusOK, "")
			has(path, page, true, words, `data-lock="60"`)
			has(path+" when there is no network", private.ReplaceAllString(page, ""), path != at, words)
			to, err := db.One(ctx, d, db.Value[int64], "SELECT open_to FROM auth_session WHERE user_id = $1", string(h.ana.id))
			if err != nil || to != db.Micros(now.Add(time.Minute)) {
				t.Errorf("%s: open to %v, %v", path, db.Time(to), err)
			}
		}
		has("a search that finds no evening", b.want("a search", get("/moments?q=nothing"), http.StatusOK, ""), false, `data-lock="60"`)

		b.want("now", post("/passkeys/close"), http.StatusSeeOther, "/")
		has("a locked page", b.want("the person", get(at), http.StatusOK, ""), false, "after the quarrel", `name="standing_note"`)
		has("a locked search", b.want("a search", get("/moments?q=lantern"), http.StatusOK, ""), false, "the green lantern")
		has("what was just sent", b.want("a standing that is none", post(at+"/standing", "standing", "?", "standing_note", "typed"), http.StatusUnprocessableEntity, ""), true, "typed</textarea>")
		b.want("another standing", post(at+"/standing", "standing", "active"), http.StatusSeeOther, at)
		for path, page := range map[string]string{"/digest": "/digest", "/digest/send": "/digest", "/reflect/2026-11-23/delete": "/reflect/2026-11-23"} {
			b.want(path, post(path, "time", "?"), http.StatusSeeOther, "/unlock?next="+url.QueryEscape(page))
		}
		b.want("no lock", post("/passkeys/lock", "after", "0"), http.StatusSeeOther, "/confirm?next=%2Fpasskeys")
		b.want("codes", post("/passkeys/codes"), http.StatusSeeOther, "/confirm?next=%2Fpasskeys")
		b.want("export", get("/settings/export"), http.StatusSeeOther, "/confirm?next="+url.QueryEscape("/settings#transfer"))
		b.want("a password", post("/settings/password", "password", "another plain sentence"), http.StatusUnprocessableEntity, "")
		b.want("an e-mail", post("/settings/email", "email", "new@example.org"), http.StatusUnprocessableEntity, "")
		b.want("a key", post("/settings/tokens", "name", "laptop", "scope", "read"), http.StatusUnprocessableEntity, "")
		b.want("leaving", post("/settings/delete"), http.StatusUnprocessableEntity, "")

		b.want("opened", post("/confirm/passkey", "answer", b.use(b.ask("/confirm/ask")), "next", at, "unlock", "1"), http.StatusSeeOther, at)
		has("opened", b.want("the person", get(at), http.StatusOK, ""), true, "after the quarrel")

		// At an address where passkeys do not work, the last one here still goes with the password alone, which is asked for.
		_, after, _ := strings.Cut(b.want("its form", get("/passkeys"), http.StatusOK, ""), `id="passkey-0`)
		id, _, _ := strings.Cut("0"+after, `"`)
		b.host = "kith.example.org"
		has("the last one", b.want("the last one", get("/passkeys"), http.StatusOK, ""), true, `id="password-`+id+`"`)
		has("refused", b.want("refused", post("/passkeys/"+id+"/remove"), http.StatusUnprocessableEntity, ""), true, `id="password-`+id+`-wrong"`)
		b.host = ""

		// Without a passkey for here, the lock can still be closed and taken away.
		page := b.want("codes", post("/passkeys/codes"), http.StatusOK, "")
		_, after, _ = strings.Cut(page, "<li><code>")
		code, _, _ := strings.Cut(after, "<")
		b.want("removed", post("/passkeys/"+id+"/remove"), http.StatusSeeOther, "/passkeys?done=removed")
		page = b.want("its forms", get("/passkeys"), http.StatusOK, "")
		has("without a passkey", page, true, `action="/passkeys/lock"`, `action="/passkeys/close"`, `<option value="60" selected`)
		has("without a passkey", page, false, `<option value="300"`)
		b.want("another time", post("/passkeys/lock", "after", "300"), http.StatusUnprocessableEntity, "")
		b.want("no lock", post("/passkeys/lock", "after", "0"), http.StatusSeeOther, "/passkeys?done=kept#lock")
		has("without a lock", b.want("its forms", get("/passkeys"), http.StatusOK, ""), false, `action="/passkeys/lock"`)

		// A browser whose lock cannot be kept is not let in without it.
		set("ALTER TABLE auth_passkey RENAME TO auth_gone")
		stranger := h.browser(t, nil)
		stranger.cookies["kith_lock"] = "60"
		stranger.want("in", post("/signin/code", "email", "ana@example.org", "code", code), http.StatusInternalServerError, "")
		if _, in := stranger.cookies["kith_session"]; in {
			t.Error("it is in without a lock")
		}
	})
}
