package presence_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/moment"
	"kith/internal/presence"
)

func TestRestore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.start(t, h.ana, presence.Draft{ID: id1, Kind: presence.People, People: []moment.Ref{{Name: "Sam"}}})
		link, _, err := h.Invite(t.Context(), h.ana, id1)
		if err != nil {
			t.Fatal(err)
		}
		var recs []presence.Record
		read := func(by account.ID) (list []presence.Record) {
			t.Helper()
			if err := presence.Records(t.Context(), d, by, func(r presence.Record) error { list = append(list, r); return nil }); err != nil {
				t.Fatal(err)
			}
			return list
		}
		recs = read(h.ana)
		if b, _ := json.Marshal(recs); len(recs) != 1 || bytes.Contains(b, []byte(link)) || bytes.Contains(b, []byte("join")) {
			t.Errorf("the archive holds %s", b)
		}
		restore := func(r presence.Record) (ok bool, err error) {
			err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { ok, err = presence.Restore(ctx, tx, h.ben, r); return err })
			return ok, err
		}
		if ok, err := restore(recs[0]); !ok || err != nil {
			t.Fatalf("restore: %v, %v", ok, err)
		}
		if ok, err := restore(recs[0]); ok || err != nil {
			t.Errorf("again: %v, %v", ok, err)
		}
		if diff := cmp.Diff(recs, read(h.ben)); diff != "" {
			t.Errorf("restored (-was +is):\n%s", diff)
		}
		second := recs[0]
		second.ID = id2
		if ok, err := restore(second); !ok || err != nil {
			t.Errorf("a second that runs: %v, %v", ok, err)
		}
		for name, spoil := range map[string]func(*presence.Record){
			"id":       func(r *presence.Record) { r.ID = "x" },
			"kind":     func(r *presence.Record) { r.Kind = "nap" },
			"plan":     func(r *presence.Record) { r.PlannedSeconds = 1 },
			"text":     func(r *presence.Record) { r.Pattern = "a\x00" },
			"end":      func(r *presence.Record) { at := r.StartedAt - 1; r.EndedAt = &at },
			"guests":   func(r *presence.Record) { r.Guests = -1 },
			"revision": func(r *presence.Record) { r.Revision = 0 },
		} {
			r := second
			spoil(&r)
			if _, err := restore(r); code(err) != "bad_row" {
				t.Errorf("a bad %s: %v", name, err)
			}
		}
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return h.Erase(ctx, tx, h.ana) }); err != nil {
			t.Fatal(err)
		}
		if len(read(h.ana)) != 0 || len(read(h.ben)) != 2 {
			t.Error("erasure took the wrong rows")
		}
	})
}
