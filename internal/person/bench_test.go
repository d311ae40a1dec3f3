package person_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/person"
)

// BenchmarkPeople reads as a page does, with 5,000 people of whom each has what an address book gives, on SQLite, and with
// TEST_POSTGRES_URL on PostgreSQL too.
func BenchmarkPeople(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkPeople(b, dbtest.SQLite(b)) })
	if os.Getenv("TEST_POSTGRES_URL") != "" {
		b.Run("postgres", func(b *testing.B) { benchmarkPeople(b, dbtest.Postgres(b)) })
	}
}

func benchmarkPeople(b *testing.B, address string) {
	b.Helper()
	h := build(b, dbtest.Open(b, address))
	ctx := b.Context()
	first := []string{"Ana", "Bo", "Chloé", "Dmitri", "Esra", "Fatou", "Gül", "Haruki", "Ida", "José"}
	last := []string{"Núñez", "O'Brien", "Müller", "Small", "Øster", "Kowalski", "Traoré", "Yılmaz", "Tanaka", "Ivanova"}
	id := ""
	var related [][2]string
	for from := 0; from < 5000; from += 500 {
		if err := h.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for i := from; i < from+500; i++ {
				p, _, err := h.CreateIn(ctx, tx, h.ana, person.Draft{
					Name: fmt.Sprintf("%s %s %d", first[i%10], last[i/10%10], i), Ring: []string{"", "", "", "wider", "close"}[i%5],
					Channels: []person.Channel{{Kind: person.Phone, Value: fmt.Sprintf("+49 171 %07d", i)}, {Kind: person.Email, Value: fmt.Sprintf("p%d@example.org", i)}},
					Dates:    []person.Date{{Kind: person.Birthday, Month: i%12 + 1, Day: i%28 + 1}},
					Facts:    []person.Fact{{Text: fmt.Sprintf("Works at %s & Co., met in %d", last[i/7%10], 1990+i%30)}},
				})
				if err != nil {
					return err
				}
				if i%25 == 24 {
					related = append(related, [2]string{id, p.ID})
				}
				id = p.ID
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	for _, r := range related {
		if _, _, err := h.AddRelation(ctx, h.ana, r[0], person.Relation{Other: r[1], Role: "daughter"}); err != nil {
			b.Fatal(err)
		}
	}
	now := time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)
	for name, f := range map[string]func() error{
		"list by name": func() error { _, err := h.List(ctx, h.ana, person.Filter{}, 50, ""); return err },
		"list by last": func() error { _, err := h.List(ctx, h.ana, person.Filter{Sort: person.ByLast}, 50, ""); return err },
		"list by ring": func() error { _, err := h.List(ctx, h.ana, person.Filter{Sort: person.ByRing}, 50, ""); return err },
		"find one":     func() error { _, err := h.List(ctx, h.ana, person.Filter{Query: "4711"}, 50, ""); return err },
		"find known":   func() error { _, err := h.List(ctx, h.ana, person.Filter{Query: "tanaka 2003"}, 50, ""); return err },
		"find kin":     func() error { _, err := h.List(ctx, h.ana, person.Filter{Query: "Ana's mother"}, 50, ""); return err },
		"find phone":   func() error { _, err := h.List(ctx, h.ana, person.Filter{Query: "0171 000 47"}, 50, ""); return err },
		"find nobody":  func() error { _, err := h.List(ctx, h.ana, person.Filter{Query: "xyz"}, 50, ""); return err },
		"names":        func() error { _, err := h.Quick(ctx, h.ana); return err },
		"detail":       func() error { _, err := h.Detail(ctx, h.ana, id); return err },
		"due":          func() error { _, err := h.Due(ctx, h.ana, now); return err },
		"ahead":        func() error { _, err := h.Ahead(ctx, h.db, h.ana, "2026-11-24", -1); return err },
		"duplicates":   func() error { _, err := h.Duplicates(ctx, h.ana); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
