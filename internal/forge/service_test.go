package forge_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/forge"
	"kith/internal/person"
)

type house struct {
	db       *db.DB
	forges   *forge.Service
	people   *person.Service
	ana, ben account.User
	now      time.Time
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{db: d, now: now}
	clock := func() time.Time { return h.now }
	accounts := account.New(d, clock)
	h.people = person.New(d, clock)
	h.forges = forge.New(d, h.people, clock)
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.forges.Seal(keys)
	for to, name := range map[*account.User]string{&h.ana: "ana", &h.ben: "ben"} {
		if *to, err = accounts.Create(t.Context(), account.Draft{Name: name, Email: name + "@example.org", Zone: "UTC", Locale: "en"}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) hook(t *testing.T, name string) (forge.Hook, string) {
	t.Helper()
	v, secret, created, err := h.forges.Add(t.Context(), h.ana.ID, forge.Draft{Name: name})
	if err != nil || !created || secret == "" || v.Address == "" {
		t.Fatal(v, created, err)
	}
	return v, secret
}

func signed(h http.Header, secret, body string) http.Header {
	h.Set("X-Hub-Signature-256", "sha256="+hexMAC(secret, body))
	return h
}

func (h *house) send(t *testing.T, address, secret, body string) (forge.Outcome, error) {
	t.Helper()
	return h.forges.Receive(t.Context(), address, signed(event(forge.GitHub, "pull_request"), secret, body), strings.NewReader(body))
}

func (h *house) work(t *testing.T) []forge.Work {
	t.Helper()
	list, err := h.forges.Work(t.Context(), h.ana, 100)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestReceive(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		v, secret := h.hook(t, "GitHub")
		body := payload(t, "github_change")
		for i, want := range []forge.Outcome{forge.Kept, forge.Known, forge.Known} {
			if got, err := h.send(t, v.Address, secret, body); err != nil || got != want {
				t.Errorf("delivery %d: %v %v, want %v", i, got, err, want)
			}
		}
		ping := `{"zen": "Keep it logically awesome.", "hook_id": 1}`
		if got, err := h.forges.Receive(t.Context(), v.Address, signed(event(forge.GitHub, "ping"), secret, ping), strings.NewReader(ping)); err != nil || got != forge.Ignored {
			t.Errorf("a ping: %v %v", got, err)
		}
		if list := h.work(t); len(list) != 1 || list[0].Title != "Keep seeds apart from seedlings" || list[0].Hook != v.ID {
			t.Errorf("%+v", list)
		}
		got, err := h.forges.Get(t.Context(), h.ana.ID, v.ID)
		if err != nil || got.Forge != forge.GitHub || got.HeardAt == nil || got.Refused.Count != 0 || got.Revision != 1 {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := h.send(t, "nowhere", secret, body); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("an address that is none: %v", err)
		}
		h.now = h.now.Add(forge.KeptFor + 48*time.Hour)
		if err := h.forges.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		n, err := db.One(t.Context(), d, db.Value[int], "SELECT COUNT(*) FROM forge_work")
		if err != nil || n != 0 {
			t.Errorf("%d are kept (%v)", n, err)
		}
		if got, err := h.send(t, v.Address, secret, body); err != nil || got != forge.Ignored {
			t.Errorf("an old delivery, again: %v %v", got, err)
		}
	})
}

func TestReceive_refused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		v, secret := h.hook(t, "GitHub")
		body := payload(t, "github_change")
		count := 0
		refused := func(why string, kind fault.Kind, head http.Header, body string) {
			t.Helper()
			count++
			h.now = h.now.Add(time.Second)
			_, err := h.forges.Receive(t.Context(), v.Address, head, strings.NewReader(body))
			if !fault.Is(err, kind) {
				t.Errorf("%s: %v", why, err)
			}
			got, err := h.forges.Get(t.Context(), h.ana.ID, v.ID)
			if err != nil || got.Refused.Count != count || got.Refused.Why != why || got.Refused.At == nil || !got.Refused.At.Equal(h.now) {
				t.Errorf("recorded is %+v (%v), want %d, %s", got.Refused, err, count, why)
			}
		}
		refused(forge.BadSignature, fault.KindUnknown, signed(event(forge.GitHub, "pull_request"), secret+"x", body), body)
		refused(forge.NoSignature, fault.KindUnknown, event(forge.GitHub, "pull_request"), body)
		refused(forge.Unreadable, fault.KindInvalid, signed(event(forge.GitHub, "pull_request"), secret, "hello"), "hello")
		refused(forge.TooLarge, fault.KindTooLarge, event(forge.GitHub, "pull_request"), strings.Repeat(" ", forge.MaxBody+1))
		if list := h.work(t); len(list) > 0 {
			t.Errorf("a refused delivery left %+v", list)
		}
		own := "a secret of the forge's own"
		got, made, err := h.forges.Update(t.Context(), h.ana.ID, v.ID, forge.Edit{Secret: &own}, v.Revision)
		if err != nil || made != "" || got.Refused.Count != 0 || got.Address != v.Address {
			t.Errorf("%+v %q %v", got, made, err)
		}
		if _, err := h.send(t, v.Address, secret, body); !fault.Is(err, fault.KindUnknown) {
			t.Errorf("the secret before still opens: %v", err)
		}
		if out, err := h.send(t, v.Address, own, body); err != nil || out != forge.Kept {
			t.Errorf("%v %v", out, err)
		}
		// A flood is counted, and then noted once a minute, for whatever reasons it is refused.
		for range 150 {
			_, _ = h.send(t, v.Address, secret, body)
			_, _ = h.forges.Receive(t.Context(), v.Address, event(forge.GitHub, "pull_request"), strings.NewReader(body))
		}
		got, err = h.forges.Get(t.Context(), h.ana.ID, v.ID)
		if err != nil || got.Refused.Count < 100 || got.Refused.Count > 102 {
			t.Errorf("%+v %v", got.Refused, err)
		}
		h.now = h.now.Add(time.Minute)
		_, _ = h.send(t, v.Address, secret, body)
		if later, err := h.forges.Get(t.Context(), h.ana.ID, v.ID); err != nil || later.Refused.Count != got.Refused.Count+1 || !later.Refused.At.Equal(h.now) {
			t.Errorf("a minute later %+v %v", later.Refused, err)
		}
		stored, err := db.One(t.Context(), d, db.Value[string], "SELECT secret FROM forge_hook")
		if err != nil || strings.Contains(stored, own) {
			t.Errorf("the secret lies open: %q %v", stored, err)
		}
	})
}

// What stands where a secret was sealed with a key that is lost is known to all, and opens nothing.
func TestReceive_keyLost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		v, _ := h.hook(t, "GitLab")
		stored, err := db.One(t.Context(), d, db.Value[string], "SELECT secret FROM forge_hook")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "keys")
		if _, err := db.MakeKeys(path); err != nil {
			t.Fatal(err)
		}
		line, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lost := append(line, strings.Split(stored, ":")[2]+" lost\n"...)
		if err := os.WriteFile(path, lost, 0o600); err != nil {
			t.Fatal(err)
		}
		keys, err := db.LoadKeys(path)
		if err != nil {
			t.Fatal(err)
		}
		h.forges.Seal(keys)
		head := event(forge.GitLab, "Issue Hook")
		head.Set("X-Gitlab-Token", "…")
		if _, err := h.forges.Receive(t.Context(), v.Address, head, strings.NewReader("{}")); !fault.Is(err, fault.KindUnknown) {
			t.Errorf("%v", err)
		}
		if got, err := h.forges.Get(t.Context(), h.ana.ID, v.ID); err != nil || got.Ready || got.Refused.Why != forge.NoSecret {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestHooks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		const id = "0192f0c1-7c1e-7a3b-9c1d-0000000000f1"
		v, secret, created, err := h.forges.Add(ctx, h.ana.ID, forge.Draft{ID: id, Name: "  Code\u0000berg "})
		if err != nil || !created || v.Name != "Code berg" || !strings.HasPrefix(secret, "whsec_") {
			t.Fatal(v, secret, err)
		}
		again, none, created, err := h.forges.Add(ctx, h.ana.ID, forge.Draft{ID: id, Name: "Code berg"})
		if err != nil || created || none != "" || again.Address != v.Address {
			t.Errorf("the same again: %+v %q %v", again, none, err)
		}
		if _, _, _, err := h.forges.Add(ctx, h.ana.ID, forge.Draft{ID: id, Name: "Other"}); !fault.Is(err, fault.KindConflict) {
			t.Errorf("another under that id: %v", err)
		}
		for what, d := range map[string]forge.Draft{"no name": {}, "a long one": {Name: strings.Repeat("ä", 101)}, "a short secret": {Name: "x", Secret: "hunter2"}, "an id": {ID: "7", Name: "x"}} {
			if _, _, _, err := h.forges.Add(ctx, h.ana.ID, d); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		name := "Mine"
		for what, err := range map[string]error{
			"read":    second(h.forges.Get(ctx, h.ben.ID, id)),
			"changed": func() error { _, _, err := h.forges.Update(ctx, h.ben.ID, id, forge.Edit{Name: &name}, 0); return err }(),
			"removed": h.forges.Delete(ctx, h.ben.ID, id, 0),
		} {
			if !fault.Is(err, fault.KindNotFound) {
				t.Errorf("somebody else's is %s: %v", what, err)
			}
		}
		if _, _, err := h.forges.Update(ctx, h.ana.ID, id, forge.Edit{Name: &name}, 7); !fault.Is(err, fault.KindStale) {
			t.Errorf("an old revision: %v", err)
		}
		if _, err := h.send(t, v.Address, secret, payload(t, "github_change")); err != nil {
			t.Fatal(err)
		}
		if err := h.forges.Delete(ctx, h.ana.ID, id, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.send(t, v.Address, secret, payload(t, "github_change")); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("a removed hook still hears: %v", err)
		}
		if list := h.work(t); len(list) > 0 {
			t.Errorf("what it told is kept: %+v", list)
		}
		if _, err := h.forges.Get(ctx, h.ana.ID, id); !fault.Is(err, fault.KindGone) {
			t.Errorf("it is %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAuthors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		v, secret := h.hook(t, "forges")
		tell := func(file, of, name string) {
			t.Helper()
			body := payload(t, file)
			head := event(of, name)
			head.Set("X-Gitea-Signature", hexMAC(secret, body))
			if of == forge.GitLab {
				head = event(of, name)
				head.Set("X-Gitlab-Token", secret)
			}
			if out, err := h.forges.Receive(ctx, v.Address, head, strings.NewReader(body)); err != nil || out != forge.Kept {
				t.Fatalf("%s: %v %v", file, out, err)
			}
		}
		tell("github_change", forge.GitHub, "pull_request")
		tell("forgejo_change", forge.Forgejo, "pull_request")
		tell("gitlab_release", forge.GitLab, "Release Hook")
		strangers := forge.Strangers(h.work(t))
		if len(strangers) != 3 || strangers[0].Author.Handle != "github.com/SamKowalski" {
			t.Fatalf("%+v", strangers)
		}
		sam, _, err := h.people.Create(ctx, h.ana.ID, person.Draft{Name: "Sam", Channels: []person.Channel{{Value: "Sam@Example.net"}}})
		if err != nil {
			t.Fatal(err)
		}
		of := func() (known, mine, nobodies int) {
			for _, w := range h.work(t) {
				switch {
				case w.Person == sam.ID:
					known++
				case w.Mark == forge.Me:
					mine++
				case w.Mark == forge.Nobody:
					nobodies++
				}
			}
			return known, mine, nobodies
		}
		if known, _, _ := of(); known != 2 {
			t.Errorf("%d by their address, want 2", known)
		}
		if err := h.forges.Tie(ctx, h.ana.ID, "https://GitHub.com/samkowalski", sam.ID); err != nil {
			t.Fatal(err)
		}
		if known, _, _ := of(); known != 3 || len(forge.Strangers(h.work(t))) != 0 {
			t.Errorf("%d by their handle, want 3", known)
		}
		detail, err := h.people.Detail(ctx, h.ana.ID, sam.ID)
		if err != nil || len(detail.Channels) != 2 || detail.Channels[1].Value != "https://github.com/SamKowalski" {
			t.Errorf("%+v %v", detail.Channels, err)
		}
		if err := h.forges.Tie(ctx, h.ana.ID, "github.com/SamKowalski", sam.ID); err != nil {
			t.Fatal(err)
		}
		if detail, _ = h.people.Detail(ctx, h.ana.ID, sam.ID); len(detail.Channels) != 2 {
			t.Error("tied twice, they have it twice")
		}
		if list, err := forge.Finished(ctx, d, h.ana, h.now.Add(-7*24*time.Hour)); err != nil || len(list) != 3 {
			t.Errorf("%+v %v", list, err)
		}
		// Somebody else's people and marks say nothing about one's own.
		if err := h.forges.Tie(ctx, h.ben.ID, "github.com/samkowalski", sam.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("somebody else ties: %v", err)
		}
		if _, err := h.forges.MarkAs(ctx, h.ben.ID, "sam@example.net", forge.Me); err != nil {
			t.Fatal(err)
		}
		if _, mine, _ := of(); mine != 0 {
			t.Error("somebody else's mark counts")
		}
		for said, want := range map[string]string{"@SamKowalski": "@samkowalski", "samkowalski": "@samkowalski", "forge.example.org/SamK/": "forge.example.org/samk", "Sam <SAM@example.net>": "sam@example.net"} {
			m, err := h.forges.MarkAs(ctx, h.ana.ID, said, forge.Me)
			if err != nil || m.Author != want {
				t.Errorf("%q is %+v (%v)", said, m, err)
			}
		}
		if known, mine, _ := of(); known != 0 || mine != 3 {
			t.Errorf("%d are hers, %d Sam's", mine, known)
		}
		if list, err := forge.Finished(ctx, d, h.ana, h.now.Add(-7*24*time.Hour)); err != nil || len(list) != 0 {
			t.Errorf("one's own is offered: %+v %v", list, err)
		}
		list, err := h.forges.Marks(ctx, h.ana.ID)
		if err != nil || len(list) != 3 {
			t.Errorf("%+v %v", list, err)
		}
		for _, m := range list {
			mark := ""
			if strings.HasPrefix(m.Author, "@") {
				mark = forge.Nobody
			}
			if _, err := h.forges.MarkAs(ctx, h.ana.ID, m.Author, mark); err != nil {
				t.Error(err)
			}
		}
		if known, mine, nobodies := of(); known != 2 || mine != 0 || nobodies != 1 {
			t.Errorf("%d %d %d", known, mine, nobodies)
		}
		for _, bad := range []string{"", "@", "/", "https://", "a b", "x@y", "codeberg.org/", strings.Repeat("a", 400)} {
			if _, err := h.forges.MarkAs(ctx, h.ana.ID, bad, forge.Me); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := h.forges.MarkAs(ctx, h.ana.ID, "sam", "friend"); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("a mark that is none: %v", err)
		}
	})
}

// The address of an account is its owner's, without a word.
func TestAuthors_account(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		v, secret := h.hook(t, "GitLab")
		body := strings.ReplaceAll(payload(t, "gitlab_release"), "sam@example.net", "Ana@example.org")
		head := event(forge.GitLab, "Release Hook")
		at := h.now.Add(-time.Minute)
		head.Set("Webhook-Id", "1f2e")
		head.Set("Webhook-Timestamp", "1795510740")
		head.Set("Webhook-Signature", standardMAC(t, secret, "1f2e", at, body))
		if out, err := h.forges.Receive(context.WithoutCancel(t.Context()), v.Address, head, bytes.NewReader([]byte(body))); err != nil || out != forge.Kept {
			t.Fatal(out, err, at.Unix())
		}
		if list := h.work(t); len(list) != 1 || list[0].Mark != forge.Me {
			t.Errorf("%+v", list)
		}
	})
}
