package intake_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/intake"
	"kith/internal/person"
)

func names(list []intake.Kept) (out []string) {
	for _, k := range list {
		out = append(out, k.Name)
	}
	return out
}

// What a later file changed of people goes back, and they are once more as the first file made them.
func TestUndo_changes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		first := h.take(t, two)
		news := strings.NewReplacer("FN:Ida Berg", "FN:Ida Berg-Holm\nNICKNAME:Idi\nCATEGORIES:Choir", "1111111", "3333333", "1980-01-02", "1980-02-02",
			"likes tea", "likes rum", "Sam Low", "Samuel Low").Replace(two)
		was := h.named(t, "Ida Berg")
		second := h.take(t, news)
		if counts(second) != [4]int{0, 2, 0, 0} {
			t.Fatalf("taken as %+v", second.Report)
		}
		taken, err := h.intake.Undo(ctx, h.ana, second.ID)
		if err != nil || taken.Removed != 0 || taken.Restored != 2 || len(taken.Kept)+len(taken.Left) != 0 {
			t.Fatalf("undone: %+v, %v", taken, err)
		}
		ida := h.named(t, "Ida Berg")
		if diff := cmp.Diff(values(was.Channels), values(ida.Channels)); diff != "" || ida.Nickname != "" || len(ida.Groups) != 0 {
			t.Errorf("channels %s nickname %q groups %+v", diff, ida.Nickname, ida.Groups)
		}
		if diff := cmp.Diff(facts(was), facts(ida)); diff != "" || len(ida.Dates) != 1 || ida.Dates[0].Month != 1 {
			t.Errorf("facts %s dates %+v", diff, ida.Dates)
		}
		h.named(t, "Sam Low")
		if again := h.take(t, news); counts(again) != [4]int{0, 2, 0, 0} {
			t.Errorf("the file again: %+v", again.Report)
		} else if _, err := h.intake.Undo(ctx, h.ana, again.ID); err != nil {
			t.Fatal(err)
		}
		// Nobody but imports touched them, so that the first one can still be taken back as a whole.
		if taken, err := h.intake.Undo(ctx, h.ana, first.ID); err != nil || taken.Removed != 2 || len(h.all(t, h.ana)) != 0 {
			t.Errorf("the first import: %+v, %v", taken, err)
		}
	})
}

// What somebody wrote after the import stands, and is said.
func TestUndo_editedSince(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		h.people.OnDeleted(h.intake.PersonDeleted)
		if _, _, err := h.people.Create(ctx, h.ana, person.Draft{Name: "Ida Berg", Channels: []person.Channel{{Kind: person.Phone, Value: "0170 1111111"}}}); err != nil {
			t.Fatal(err)
		}
		v := h.take(t, two)
		ida, text := h.named(t, "Ida Berg"), "likes green tea"
		if _, err := h.people.ChangeFact(ctx, h.ana, ida.ID, ida.Facts[0].ID, person.FactChange{Text: &text}, 0); err != nil {
			t.Fatal(err)
		}
		taken, err := h.intake.Undo(ctx, h.ana, v.ID)
		if err != nil || taken.Removed != 1 || taken.Restored != 0 {
			t.Fatalf("undone: %+v, %v", taken, err)
		}
		if diff := cmp.Diff([]string{"Ida Berg"}, names(taken.Left)); diff != "" {
			t.Errorf("of whom something stays (-want +got):\n%s", diff)
		}
		ida = h.named(t, "Ida Berg")
		if diff := cmp.Diff([]string{text}, facts(ida)); diff != "" || len(ida.Dates) != 0 || len(ida.Channels) != 1 {
			t.Errorf("facts %s dates %+v channels %v", diff, ida.Dates, values(ida.Channels))
		}
		// Who is deleted takes along what imports remember of them.
		v = h.take(t, strings.ReplaceAll(two, "likes tea", "likes rum"))
		if err := h.people.Delete(ctx, h.ana, ida.ID, 0); err != nil {
			t.Fatal(err)
		}
		n, err := db.One(ctx, d, db.Value[int], "SELECT COUNT(*) FROM import_change WHERE user_id = $1", string(h.ana))
		if err != nil || n != 0 {
			t.Errorf("%d changes are left of somebody who is gone, %v", n, err)
		}
		if taken, err := h.intake.Undo(ctx, h.ana, v.ID); err != nil || len(taken.Left) != 0 {
			t.Errorf("undone after that: %+v, %v", taken, err)
		}
	})
}

// Who is deleted takes along what cards said of those who were merged into them.
func TestPersonDeleted_merged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		h.people.OnDeleted(h.intake.PersonDeleted)
		h.take(t, two)
		keep, _, err := h.people.Create(ctx, h.ana, person.Draft{Name: "Ida B."})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.people.Merge(ctx, h.ana, "", keep.ID, h.named(t, "Ida Berg").ID); err != nil {
			t.Fatal(err)
		}
		if err := h.people.Delete(ctx, h.ana, keep.ID, 0); err != nil {
			t.Fatal(err)
		}
		n, err := db.One(ctx, d, db.Value[int], "SELECT COUNT(*) FROM import_item WHERE user_id = $1 AND entry LIKE '%Ida%'", string(h.ana))
		if err != nil || n != 0 {
			t.Errorf("%d cards still say who Ida was, %v", n, err)
		}
		if again := h.take(t, two); counts(again) != [4]int{0, 0, 1, 1} {
			t.Errorf("the file again: %+v", again.Report)
		}
	})
}

// A file that comes in at once says what one says that is looked at first, and a stopped one leaves nothing.
func TestTake(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		seen := h.stage(t, example(t, "apple.vcf"))
		v, err := h.intake.Take(ctx, h.ana, strings.NewReader(example(t, "apple.vcf")), intake.Options{})
		if err != nil || v.State != intake.Done {
			t.Fatalf("taken: %+v, %v", v, err)
		}
		if diff := cmp.Diff(seen.Report.Notes, v.Report.Notes); diff != "" || counts(seen) != counts(v) {
			t.Errorf("notes (-looked at +taken):\n%s counts %v and %v", diff, counts(seen), counts(v))
		}
		if _, ok := h.intake.Doing(h.ana, v.ID); ok {
			t.Error("it is still said to be under way")
		}
		stopped, stop := context.WithCancel(ctx)
		_, err = h.intake.Take(stopped, h.ana, strings.NewReader(many(450)), intake.Options{Progress: func(p intake.Progress) {
			if p.Of > 0 {
				stop()
			}
		}})
		if err == nil {
			t.Error("a stopped import went on")
		}
		n, err := db.One(ctx, d, db.Value[int], "SELECT COUNT(*) FROM import WHERE user_id = $1 AND state = 'reading'", string(h.ana))
		if err != nil || n != 0 || len(h.all(t, h.ana)) != 4 {
			t.Errorf("%d imports hang, %d people, %v", n, len(h.all(t, h.ana)), err)
		}
	})
}
