package person_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
	keys, err := db.LoadKeys(filepath.Join(t.TempDir(), "keys"))
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

// whole is a person with one of everything.
func (h *house) whole(t testing.TB, name string) person.Detail {
	t.Helper()
	p := h.make(t, person.Draft{
		Name: name, Channels: []person.Channel{{Kind: person.Phone, Value: "0171 " + fmt.Sprint(1000000+len(name))}, {Kind: person.Email, Value: name[:1] + "@example.org"}},
		Dates: []person.Date{{Kind: person.Birthday, Month: 2, Day: 29, Year: new(1988)}}, Facts: []person.Fact{{Text: "fears " + name, Private: true}, {Text: "likes tea"}},
		FollowUps: []person.FollowUp{{Text: "ask " + name, Due: "2026-12-01"}}, Groups: []string{"climbers", name},
	})
	return h.detail(t, p.ID)
}

func (h *house) detail(t testing.TB, id string) person.Detail {
	t.Helper()
	d, err := h.Detail(t.Context(), h.ana, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// one is a kind of thing that people have, in the form in which all can be tested alike.
type one struct {
	noun   string
	add    func(by account.ID, p, id string) (bool, error)
	other  func(by account.ID, p, id string) (bool, error) // another request
	change func(by account.ID, p, id string, revision int64) error
	remove func(by account.ID, p, id string, revision int64) error
}

func (h *house) kinds(ctx context.Context, to string) []one {
	return []one{
		{
			"channel",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddChannel(ctx, by, p, person.Channel{Meta: person.Meta{ID: id}, Kind: person.Phone, Value: "0171 1234567"})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddChannel(ctx, by, p, person.Channel{Meta: person.Meta{ID: id}, Kind: person.Phone, Value: "0171 7654321"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeChannel(ctx, by, p, id, person.ChannelChange{Label: new("work")}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveChannel(ctx, by, p, id, r) },
		},
		{
			"date",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddDate(ctx, by, p, person.Date{Meta: person.Meta{ID: id}, Kind: person.Met, Month: 2, Day: 29})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddDate(ctx, by, p, person.Date{Meta: person.Meta{ID: id}, Kind: person.Met, Month: 2, Day: 28})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeDate(ctx, by, p, id, person.DateChange{Year: new(2000)}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveDate(ctx, by, p, id, r) },
		},
		{
			"fact",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFact(ctx, by, p, person.Fact{Meta: person.Meta{ID: id}, Text: "a secret", Private: true})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFact(ctx, by, p, person.Fact{Meta: person.Meta{ID: id}, Text: "a secret"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				f, err := h.ChangeFact(ctx, by, p, id, person.FactChange{Private: new(true)}, r)
				if err == nil && f.Text != "a secret" {
					return fmt.Errorf("it became %q", f.Text)
				}
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveFact(ctx, by, p, id, r) },
		},
		{
			"follow_up",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFollowUp(ctx, by, p, person.FollowUp{Meta: person.Meta{ID: id}, Text: "ask", Due: "2026-12-01"})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddFollowUp(ctx, by, p, person.FollowUp{Meta: person.Meta{ID: id}, Text: "ask", Due: "2026-12-02"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeFollowUp(ctx, by, p, id, person.FollowUpChange{State: new(person.Done)}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveFollowUp(ctx, by, p, id, r) },
		},
		{
			"relation",
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddRelation(ctx, by, p, person.Relation{Meta: person.Meta{ID: id}, Other: to, Role: "Daughter"})
				return created, err
			},
			func(by account.ID, p, id string) (bool, error) {
				_, created, err := h.AddRelation(ctx, by, p, person.Relation{Meta: person.Meta{ID: id}, Other: to, Role: "son"})
				return created, err
			},
			func(by account.ID, p, id string, r int64) error {
				_, err := h.ChangeRelation(ctx, by, p, id, person.RelationChange{Role: new("child")}, r)
				return err
			},
			func(by account.ID, p, id string, r int64) error { return h.RemoveRelation(ctx, by, p, id, r) },
		},
	}
}

func TestService_parts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		p, to := h.named(t, "Ida"), h.named(t, "Sam")
		theirs, _, err := h.Create(ctx, h.ben, person.Draft{Name: "Ida"})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range h.kinds(ctx, to.ID) {
			id := uuid.Must(uuid.NewV7()).String()
			made := func(want string, wantMade bool, by account.ID, who string, add func(account.ID, string, string) (bool, error)) {
				t.Helper()
				created, err := add(by, who, id)
				if code(err) != want || created != wantMade {
					t.Errorf("%s: created %v, %v; want %q", k.noun, created, err, want)
				}
			}
			made("person_not_found", false, h.ben, p.ID, k.add)
			made("", true, h.ana, p.ID, k.add)
			made("", false, h.ana, p.ID, k.add)
			made("id_reused", false, h.ana, p.ID, k.other)
			if k.noun != "relation" {
				made("id_reused", false, h.ana, to.ID, k.other)
			}
			for want, err := range map[string]error{
				"person_not_found":     k.change(h.ben, p.ID, id, 0),
				k.noun + "_not_found":  k.change(h.ben, theirs.ID, id, 0),
				k.noun + "_not_found ": k.change(h.ana, p.ID, uuid.NewString(), 0),
				k.noun + "_changed":    k.change(h.ana, p.ID, id, 7),
				"":                     k.change(h.ana, p.ID, id, 1),
				k.noun + "_changed ":   k.remove(h.ana, p.ID, id, 1),
				"person_not_found ":    k.remove(h.ben, p.ID, id, 0),
			} {
				if code(err) != strings.TrimSpace(want) {
					t.Errorf("%s: %v, want %q", k.noun, err, want)
				}
			}
			for _, want := range []string{"", k.noun + "_gone"} {
				if err := k.remove(h.ana, p.ID, id, 0); code(err) != want {
					t.Errorf("%s: removed: %v, want %q", k.noun, err, want)
				}
			}
			made(k.noun+"_gone", false, h.ana, p.ID, k.add)
		}
		det := h.detail(t, p.ID)
		if n := len(det.Channels) + len(det.Dates) + len(det.Facts) + len(det.FollowUps) + len(det.Relations); n != 0 {
			t.Errorf("%d things are left", n)
		}
		for i := range 60 {
			_, _, err := h.AddChannel(ctx, h.ana, p.ID, person.Channel{Kind: person.Phone, Value: fmt.Sprintf("+49 171 10000%02d", i)})
			if want := map[bool]string{true: "person_full"}[i >= person.MaxChannels]; code(err) != want {
				t.Fatalf("channel %d: %v", i, err)
			}
		}
	})
}

func TestService_sealsFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		det := h.whole(t, "Ida")
		if det.Facts[0].Text != "likes tea" || det.Facts[1].Text != "fears Ida" {
			t.Errorf("facts: %+v", det.Facts)
		}
		rest, err := db.All(ctx, d, db.Value[string], "SELECT text FROM person_fact WHERE user_id = $1 ORDER BY text", string(h.ana))
		if err != nil || len(rest) != 2 || rest[0] != "likes tea" || !strings.HasPrefix(rest[1], "sealed:") {
			t.Errorf("at rest: %q, %v", rest, err)
		}
	})
}

func TestService_relations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		ida, sam := h.named(t, "Ida"), h.named(t, "Sam")
		r, _, err := h.AddRelation(ctx, h.ana, ida.ID, person.Relation{Other: sam.ID, Role: "daughter"})
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string][3]string{ida.ID: {"Sam", "parent", "daughter"}, sam.ID: {"Ida", "daughter", "parent"}} {
			if got := h.detail(t, id).Relations; len(got) != 1 || [3]string{got[0].WithName, got[0].Is, got[0].Me} != want {
				t.Errorf("%+v, want %v", got, want)
			}
		}
		for other, want := range map[string]string{ida.ID: "relation_to_self", uuid.NewString(): "unknown_person"} {
			if _, _, err := h.AddRelation(ctx, h.ana, ida.ID, person.Relation{Other: other, Role: "x"}); code(err) != want {
				t.Errorf("with %s: %v", want, err)
			}
		}
		if err := h.RemoveRelation(ctx, h.ana, sam.ID, r.ID, 0); err != nil { // from the other side
			t.Error(err)
		}
		if got := h.detail(t, ida.ID).Relations; len(got) != 0 {
			t.Errorf("left: %+v", got)
		}
	})
}

func TestService_Duplicates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		a := h.make(t, person.Draft{Name: "Sam Small", Channels: []person.Channel{{Kind: person.Phone, Value: "0171 1234567"}}})
		b := h.make(t, person.Draft{Name: "Uncle S", Channels: []person.Channel{{Kind: person.WhatsApp, Value: "+49 171 1234567"}}})
		h.make(t, person.Draft{Name: "Ida", Channels: []person.Channel{{Kind: person.Email, Value: "ida@example.org"}}})
		h.make(t, person.Draft{Name: "I.", Channels: []person.Channel{{Kind: person.Email, Value: "IDA@example.org"}}})
		h.named(t, "José Núñez")
		h.named(t, "nunez jose")
		h.make(t, person.Draft{Name: "Elizabeth", Nickname: "Liz"})
		h.named(t, "liz")
		h.named(t, "Somebody Else")
		pairs := func() []string {
			list, err := h.Duplicates(ctx, h.ana)
			if err != nil {
				t.Fatal(err)
			}
			words := []string{}
			for _, p := range list {
				words = append(words, p.One.Name+"="+p.Other.Name+" "+p.Reason)
			}
			return words
		}
		want := []string{"Ida=I. email", "Sam Small=Uncle S phone", "José Núñez=nunez jose name", "Elizabeth=liz nickname"}
		if diff := cmp.Diff(want, pairs()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if err := h.Distinct(ctx, h.ana, b.ID, a.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Distinct(ctx, h.ben, b.ID, a.ID); code(err) != "person_not_found" {
			t.Errorf("said by somebody else: %v", err)
		}
		if diff := cmp.Diff(slices.Delete(want, 1, 2), pairs()); diff != "" {
			t.Errorf("afterwards (-want +got):\n%s", diff)
		}
	})
}

// A merge that is taken back leaves both as they were, whatever was added since.
func TestService_Merge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		keep, gone, third := h.whole(t, "Ida"), h.whole(t, "Idalina"), h.named(t, "Sam")
		if _, _, err := h.AddRelation(ctx, h.ana, gone.ID, person.Relation{Other: third.ID, Role: "daughter"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.AddRelation(ctx, h.ana, third.ID, person.Relation{Other: gone.ID, Role: "neighbour"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.AddRelation(ctx, h.ana, gone.ID, person.Relation{Other: keep.ID, Role: "sister"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Update(ctx, h.ana, gone.ID, person.Change{
			Ring: new("inner"), Cadence: new(9), Zone: new("Asia/Tokyo"), HoursFrom: new(500), HoursTo: new(1000), Standing: new(person.Grieving), StandingNote: new("lost her cat"),
		}, 0); err != nil {
			t.Fatal(err)
		}
		var photo bytes.Buffer
		if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SetPhoto(ctx, h.ana, gone.ID, photo.Bytes(), 0); err != nil {
			t.Fatal(err)
		}
		keep, gone = h.detail(t, keep.ID), h.detail(t, gone.ID)
		id := uuid.Must(uuid.NewV7()).String()
		if _, _, err := h.Merge(ctx, h.ben, "", keep.ID, gone.ID); code(err) != "person_not_found" {
			t.Errorf("merged by somebody else: %v", err)
		}
		m, created, err := h.Merge(ctx, h.ana, id, keep.ID, gone.ID)
		if err != nil || !created {
			t.Fatal(err)
		}
		if _, created, err := h.Merge(ctx, h.ana, id, keep.ID, gone.ID); err != nil || created {
			t.Errorf("again: %v, %v", created, err)
		}
		one := h.detail(t, keep.ID)
		if len(one.Channels) != 3 || len(one.Dates) != 1 || len(one.Facts) != 3 || len(one.FollowUps) != 2 || len(one.Relations) != 2 || len(one.Groups) != 3 ||
			one.Nickname != "Idalina" || one.Ring != "inner" || *one.Cadence != 9 || one.Photo == "" || one.StandingNote != "lost her cat" {
			t.Errorf("one of two: %+v", one)
		}
		_, err = h.Get(ctx, h.ana, gone.ID)
		if f := fault.As(err); f == nil || f.Kind != fault.KindGone || f.Params["merged_into"] != keep.ID {
			t.Errorf("the one who went: %v", err)
		}
		if p, found, err := h.Find(ctx, d, h.ana, "IDALINA"); err != nil || !found || p.ID != keep.ID {
			t.Errorf("by the name that went: %v, %v", p.Name, err)
		}
		if _, _, err := h.AddFact(ctx, h.ana, keep.ID, person.Fact{Text: "added since"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Update(ctx, h.ana, keep.ID, person.Change{Zone: new("Europe/Rome")}, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.UndoMerge(ctx, h.ben, m.ID); code(err) != "merge_not_found" {
			t.Errorf("undone by somebody else: %v", err)
		}
		for range 2 { // the second time changes nothing
			if _, err := h.UndoMerge(ctx, h.ana, m.ID); err != nil {
				t.Fatal(err)
			}
		}
		now := h.detail(t, keep.ID)
		if now.Zone != "Europe/Rome" || now.Facts[0].Text != "added since" {
			t.Errorf("what was added since is not with the one who stayed: %+v", now)
		}
		now.Zone, now.Facts = "", now.Facts[1:]
		same := cmp.Options{cmpopts.IgnoreFields(person.Person{}, "Revision", "UpdatedAt"), cmpopts.IgnoreFields(person.Meta{}, "Revision", "UpdatedAt")}
		if diff := cmp.Diff(keep, now, same); diff != "" {
			t.Errorf("the one who stayed (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(gone, h.detail(t, gone.ID), same); diff != "" {
			t.Errorf("the one who went (-before +after):\n%s", diff)
		}
		if _, err := h.Photo(ctx, h.ana, gone.ID); err != nil {
			t.Error(err)
		}
		if _, err := h.Photo(ctx, h.ana, keep.ID); code(err) != "photo_not_found" {
			t.Errorf("a photo stayed behind: %v", err)
		}
	})
}

// Merges with the same person are taken back in turn, the last one first; deleting the one who stayed ends them all.
func TestService_Merge_inTurn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		a, b, c := h.named(t, "A"), h.named(t, "B"), h.named(t, "C")
		first, _, err := h.Merge(ctx, h.ana, "", a.ID, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		second, _, err := h.Merge(ctx, h.ana, "", c.ID, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.UndoMerge(ctx, h.ana, first.ID); code(err) != "merge_later" {
			t.Errorf("out of turn: %v", err)
		}
		if now, err := h.Became(ctx, d, h.ana, b.ID); err != nil || now != c.ID {
			t.Errorf("B is %s now, %v", now, err)
		}
		for _, id := range []string{second.ID, first.ID} {
			if _, err := h.UndoMerge(ctx, h.ana, id); err != nil {
				t.Error(err)
			}
		}
		if got := h.names(t, person.Filter{}); !slices.Equal(got, []string{"A", "B", "C"}) {
			t.Errorf("afterwards: %q", got)
		}
		if first, _, err = h.Merge(ctx, h.ana, "", a.ID, b.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Delete(ctx, h.ana, a.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.UndoMerge(ctx, h.ana, first.ID); code(err) != "merge_not_found" {
			t.Errorf("of a person who was deleted: %v", err)
		}
		if _, err := h.Get(ctx, h.ana, b.ID); code(err) != "person_gone" {
			t.Errorf("B: %v", err)
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

func TestService_aheadAndDue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		ida := h.make(t, person.Draft{Name: "Ida", Ring: "inner", Dates: []person.Date{{Kind: person.Birthday, Month: 12, Day: 3}, {Kind: person.Death, Month: 12, Day: 4}}, FollowUps: []person.FollowUp{{Text: "a", Due: "2026-11-20"}, {Text: "b", Due: "2026-12-20"}}})
		h.make(t, person.Draft{Name: "Paused", Ring: "inner", Standing: person.Paused, FollowUps: []person.FollowUp{{Text: "c", Due: "2026-11-20"}}})
		coming, err := h.Ahead(ctx, d, h.ana, "2026-11-24", -1)
		if err != nil || len(coming) != 1 || coming[0].On != "2026-12-03" || coming[0].Name != "Ida" {
			t.Errorf("ahead: %+v, %v", coming, err)
		}
		ups, err := h.FollowUpsDue(ctx, d, h.ana, "2026-11-24")
		if err != nil || len(ups) != 1 || ups[0].Text != "a" {
			t.Errorf("follow-ups: %+v, %v", ups, err)
		}
		due, err := h.Due(ctx, h.ana, time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC))
		if err != nil || len(due) != 1 || due[0].ID != ida.ID {
			t.Errorf("due: %+v, %v", due, err)
		}
	})
}
