package dav_test

import (
	"strings"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/ical"
	"kith/internal/person"
)

func TestService_Feed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		people := person.New(d, func() time.Time { return w.now })
		name := "Ida, the one with the very long name that has to be folded; " + strings.Repeat("ä", 40)
		for _, p := range []person.Draft{
			{Name: name, Dates: []person.Date{{Kind: person.Birthday, Month: 2, Day: 29}}},
			{Name: "Late", Standing: "deceased", Dates: []person.Date{{Kind: person.Birthday, Month: 3, Day: 1}}},
		} {
			if _, _, err := people.Create(ctx, w.by, p); err != nil {
				t.Fatal(err)
			}
		}
		first, err := w.s.NewFeed(ctx, w.by)
		if err != nil {
			t.Fatal(err)
		}
		b, err := w.s.Feed(ctx, first)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for line := range strings.SplitSeq(text, "\r\n") {
			if len(line) > 75 || line != strings.ToValidUTF8(line, "") {
				t.Errorf("a line of %d bytes, or one that ends within a letter: %q", len(line), line)
			}
		}
		unfolded := strings.ReplaceAll(text, "\r\n ", "")
		if !strings.Contains(unfolded, `Ida\, the one with the very long name that has to be folded\; ä`) || !strings.Contains(unfolded, "BYMONTHDAY=-1") || strings.Contains(text, "Late") {
			t.Errorf("the feed is %s", unfolded)
		}
		if _, err := ical.Read(strings.NewReader(text), ical.Options{From: w.now, To: w.now.AddDate(1, 0, 0)}); err != nil {
			t.Errorf("our own reader cannot read it: %v", err)
		}
		stored, err := db.One(ctx, d, db.Value[string], "SELECT token FROM calendar_feed")
		if err != nil || strings.Contains(stored, first) {
			t.Errorf("the secret is kept as %q, %v", stored, err)
		}
		second, err := w.s.NewFeed(ctx, w.by)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Feed(ctx, first); code(err) != "calendar_not_found" {
			t.Errorf("the link before still works: %v", err)
		}
		if err := w.s.EndFeed(ctx, w.by); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Feed(ctx, second); code(err) != "calendar_not_found" {
			t.Errorf("a link that was ended still works: %v", err)
		}
	})
}
