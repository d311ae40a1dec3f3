package guess_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/guess"
	"kith/internal/moment"
)

func TestService_people(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := t.Context()
		landed := h.make(guess.Draft{Person: h.sam, Value: 4})
		h.later(time.Minute)
		m := h.log("called @Sam")
		if _, err := h.guesses.Land(ctx, h.ana, landed.ID, new(9), 0); err != nil {
			t.Fatal(err)
		}
		waiting := h.make(guess.Draft{Person: h.sam, Value: 5})
		merge, _, err := h.people.Merge(ctx, h.ana, "", h.ida, h.sam)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := h.get(landed.ID), h.get(waiting.ID); a.Person != h.ida || b.Person != h.ida {
			t.Errorf("merged: %+v, %+v", a, b)
		}
		if _, err := h.people.UndoMerge(ctx, h.ana, merge.ID); err != nil {
			t.Fatal(err)
		}
		if a, b := h.get(landed.ID), h.get(waiting.ID); a.Person != h.sam || b.Person != h.sam {
			t.Errorf("two again: %+v, %+v", a, b)
		}
		if err := h.people.Delete(ctx, h.ana, h.sam, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.guesses.Get(ctx, h.ana, waiting.ID); !fault.Is(err, fault.KindGone) {
			t.Errorf("what waited: %v", err)
		}
		text := "a call"
		if _, err := h.moments.Update(ctx, h.ana, m.ID, moment.Change{Text: &text}, 0); err != nil {
			t.Fatal(err)
		}
		if a := h.get(landed.ID); a.Person != "" || a.State != guess.Landed || a.Name != "" || *a.Landed != 9 {
			t.Errorf("what landed is %+v", a)
		}
		if err := h.guesses.Delete(ctx, h.ana, landed.ID, 1); !fault.Is(err, fault.KindStale) {
			t.Errorf("a deletion at an old revision: %v", err)
		}
		if err := h.guesses.Delete(ctx, h.ana, landed.ID, 0); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRecords_roundTrip(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		ctx := t.Context()
		gone := h.make(guess.Draft{Person: h.ida, Value: 1})
		g := h.make(guess.Draft{Person: h.sam, Value: 4})
		h.log("called @Sam")
		if _, err := h.guesses.Land(ctx, h.ana, g.ID, new(0), 0); err != nil {
			t.Fatal(err)
		}
		if err := h.guesses.Delete(ctx, h.ana, gone.ID, 0); err != nil {
			t.Fatal(err)
		}
		var list []guess.Record
		records := func(by account.ID) string {
			t.Helper()
			list = nil
			if err := guess.Records(ctx, d, by, func(r guess.Record) error { list = append(list, r); return nil }); err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(list)
			if err != nil {
				t.Fatal(err)
			}
			return string(bytes.TrimSpace(b))
		}
		before := records(h.ana)
		if len(list) != 2 {
			t.Fatalf("records: %s", before)
		}
		for _, fresh := range []bool{true, false} {
			err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				for _, r := range list {
					if did, err := guess.Restore(ctx, tx, h.ben, r); err != nil || did != fresh {
						return fmt.Errorf("restored %v: %w", did, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(before, records(h.ben)); diff != "" {
			t.Errorf("round trip (-want +got):\n%s", diff)
		}
		if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return h.guesses.Erase(ctx, tx, h.ben) }); err != nil {
			t.Fatal(err)
		}
		if records(h.ben) != "null" || records(h.ana) != before {
			t.Error("an erasure left rows, or took another's")
		}
	})
}
