package person_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/person"
)

type house struct {
	*person.Service
	db       *db.DB
	accounts *account.Service
	ana, ben account.ID
}

func build(t testing.TB, d *db.DB) *house {
	t.Helper()
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Millisecond); return now }
	h := &house{person.New(d, clock), d, account.New(d, clock), "", ""}
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.Seal(keys)
	for email, id := range map[string]*account.ID{"ana@example.org": &h.ana, "ben@example.org": &h.ben} {
		u, err := h.accounts.Create(t.Context(), account.Draft{Email: email, Name: "A name", Zone: "Europe/Berlin", Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		*id = u.ID
	}
	return h
}

func (h *house) make(t testing.TB, d person.Draft) person.Person {
	t.Helper()
	p, created, err := h.Create(t.Context(), h.ana, d)
	if err != nil || !created {
		t.Fatalf("%+v: created %v, %v", d, created, err)
	}
	return p
}

func (h *house) named(t testing.TB, name string) person.Person {
	t.Helper()
	return h.make(t, person.Draft{Name: name})
}

func (h *house) names(t testing.TB, f person.Filter) []string {
	t.Helper()
	list, cursor := []string{}, ""
	for {
		page, err := h.List(t.Context(), h.ana, f, 3, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Items {
			list = append(list, p.Name)
		}
		if cursor = page.Next; cursor == "" {
			return list
		}
	}
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestService_people(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		id := uuid.Must(uuid.NewV7()).String()
		draft := person.Draft{ID: id, Name: "Ida", Nickname: "Idchen", Ring: "close", Standing: person.LetGo, StandingNote: "a hard year", Zone: "Asia/Tokyo", HoursFrom: new(480), HoursTo: new(1200)}
		p := h.make(t, draft)
		if p.StandingNote != "a hard year" {
			t.Errorf("the note came back as %q", p.StandingNote)
		}
		note, err := db.One(ctx, d, db.Value[string], "SELECT standing_note FROM person WHERE id = $1", id)
		if err != nil || strings.Contains(note, "hard") || !strings.HasPrefix(note, "sealed:") {
			t.Errorf("at rest the note is %q, %v", note, err)
		}
		if again, created, err := h.Create(ctx, h.ana, draft); err != nil || created || cmp.Diff(p, again) != "" {
			t.Errorf("again: %v %v\n%s", created, err, cmp.Diff(p, again))
		}
		draft.Name = "Iris"
		if _, _, err := h.Create(ctx, h.ana, draft); code(err) != "id_reused" {
			t.Errorf("another under the same id: %v", err)
		}
		q, err := h.Update(ctx, h.ana, id, person.Change{Standing: new(person.Paused), Cadence: new(10), ClearHours: true, Archived: new(true)}, p.Revision)
		if err != nil || q.Standing != person.Paused || q.HoursFrom != nil || *q.Cadence != 10 || q.ArchivedAt == nil || q.Revision != 2 || q.Name != "Ida" || q.StandingNote != "a hard year" {
			t.Errorf("%+v, %v", q, err)
		}
		if got, err := h.Get(ctx, h.ana, id); err != nil || cmp.Diff(q, got) != "" {
			t.Errorf("%v %s", err, cmp.Diff(q, got))
		}
		if _, err := h.Update(ctx, h.ana, id, person.Change{Name: new("x")}, p.Revision); code(err) != "person_changed" {
			t.Errorf("on an old revision: %v", err)
		}
		for what, c := range map[string]person.Change{
			"unknown_standing": {Standing: new("enemy")}, "unknown_ring": {Ring: new("best")}, "cadence_range": {Cadence: new(0)}, "name_missing": {Name: new(" ")},
			"hours_half": {HoursFrom: new(1)}, "hours_range": {HoursFrom: new(1), HoursTo: new(1)}, "unknown_zone": {Zone: new("Mars/Base")}, "bad_locale": {Locale: new("d e")},
			"too_long": {StandingNote: new(strings.Repeat("a", 2001))}, "unknown_context": {Context: new("x")},
		} {
			if _, err := h.Update(ctx, h.ana, id, c, 0); code(err) != what {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := h.Delete(ctx, h.ana, id, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Get(ctx, h.ana, id); code(err) != "person_gone" {
			t.Errorf("after the deletion: %v", err)
		}
		draft.Name = "Ida"
		if _, _, err := h.Create(ctx, h.ana, draft); code(err) != "person_gone" {
			t.Errorf("made again after the deletion: %v", err)
		}
	})
}

// Somebody is found by the beginning of any word, in any script, and nobody else is.
func TestService_List(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		for _, name := range []string{"Ana María Núñez", "Jean-Luc O'Brien", "陳大文", "Ольга", "🦊", "مريم", "Müller_100%", "Zoë", "andrea"} {
			h.named(t, name)
		}
		sam := h.make(t, person.Draft{Name: "Samuel Small", Nickname: "Biggles", Ring: "inner"})
		h.make(t, person.Draft{Name: "Old Friend", Ring: "wider"})
		for q, want := range map[string][]string{
			"":  {"Ana María Núñez", "andrea", "Jean-Luc O'Brien", "Müller_100%", "Old Friend", "Samuel Small", "Zoë", "Ольга", "مريم", "陳大文", "🦊"},
			"a": {"Ana María Núñez", "andrea"}, "nunez": {"Ana María Núñez"}, "mar an": {"Ana María Núñez"}, "luc": {"Jean-Luc O'Brien"}, "obr": {"Jean-Luc O'Brien"},
			"brien": {"Jean-Luc O'Brien"}, "大": {"陳大文"}, "文": {"陳大文"}, "陈": {}, "ол": {"Ольга"}, "🦊": {"🦊"}, "مر": {"مريم"}, "%": {}, "100%": {"Müller_100%"},
			"zoe": {"Zoë"}, "big": {"Samuel Small"}, "mall": {}, "rea": {}, "sam biggles": {"Samuel Small"},
		} {
			if diff := cmp.Diff(want, h.names(t, person.Filter{Query: q})); diff != "" {
				t.Errorf("%q (-want +got):\n%s", q, diff)
			}
		}
		if got := h.names(t, person.Filter{Sort: person.ByRing}); !slices.Equal(got[:2], []string{"Samuel Small", "Old Friend"}) || len(got) != 11 {
			t.Errorf("by ring: %q", got)
		}
		if got := h.names(t, person.Filter{Sort: person.ByLast}); len(got) != 11 {
			t.Errorf("by last contact: %q", got)
		}
		if got := h.names(t, person.Filter{Ring: "inner"}); !slices.Equal(got, []string{"Samuel Small"}) {
			t.Errorf("in the inner ring: %q", got)
		}
		if got := h.names(t, person.Filter{Ring: "none"}); len(got) != 9 {
			t.Errorf("in no ring: %q", got)
		}
		g, _, err := h.CreateGroup(ctx, h.ana, "", "Choir")
		if err != nil || h.Join(ctx, h.ana, g.ID, sam.ID) != nil || h.Join(ctx, h.ana, g.ID, sam.ID) != nil {
			t.Fatal(err)
		}
		if got := h.names(t, person.Filter{Group: g.ID}); !slices.Equal(got, []string{"Samuel Small"}) {
			t.Errorf("in the choir: %q", got)
		}
		if _, err := h.Update(ctx, h.ana, sam.ID, person.Change{Archived: new(true)}, 0); err != nil {
			t.Fatal(err)
		}
		if got := h.names(t, person.Filter{Query: "sam"}); len(got) != 0 {
			t.Errorf("archived: %q", got)
		}
		if got := h.names(t, person.Filter{Archived: person.ArchivedOnly}); !slices.Equal(got, []string{"Samuel Small"}) {
			t.Errorf("only archived: %q", got)
		}
		// Another language, another order.
		if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE account SET locale = 'nb' WHERE user_id = $1", string(h.ana))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		h.named(t, "Aage")
		if got := h.names(t, person.Filter{}); !slices.Equal(got[5:7], []string{"Zoë", "Aage"}) {
			t.Errorf("in Norwegian: %q", got)
		}
		if _, err := h.List(ctx, h.ana, person.Filter{}, 3, "bm8"); code(err) != "bad_cursor" {
			t.Errorf("a cursor of nobody's: %v", err)
		}
	})
}

func TestService_capture(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		p := h.make(t, person.Draft{Name: "Samuel Small", Nickname: "Biggles"})
		read := func(text string) capture.Person {
			t.Helper()
			known, err := h.Known(ctx, d, h.ana)
			if err != nil {
				t.Fatal(err)
			}
			people := capture.Parse(capture.Input{Text: text, Now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), People: known}).People
			if len(people) != 1 {
				t.Fatalf("%s: %+v", text, people)
			}
			return people[0]
		}
		for _, text := range []string{"tea with @Samuel", "tea with @biggles", "tea with @Small"} {
			if got := read(text); got.ID != p.ID {
				t.Errorf("%s: %+v", text, got)
			}
		}
		if _, err := h.Update(ctx, h.ana, p.ID, person.Change{Archived: new(true)}, 0); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]string{"tea with @Samuel": "", "tea with @biggles": p.ID, "tea with @Samuel Small": p.ID, `tea with @"samuel small"`: p.ID, `tea with @"small"`: ""} {
			if got := read(text); got.ID != want {
				t.Errorf("archived, %s: %+v", text, got)
			}
		}
		if list, err := h.Quick(ctx, h.ana); err != nil || len(list) != 0 {
			t.Errorf("offered while archived: %v, %v", list, err)
		}
	})
}
