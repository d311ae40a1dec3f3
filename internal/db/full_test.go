package db_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
)

// A full disk refuses what does not fit, keeps what was acknowledged, and is forgotten once there is room.
func TestWrite_FullDisk(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), dbtest.SQLite(t), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	room := func(pages int) {
		t.Helper()
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	size, err := db.One(t.Context(), d, db.Value[int64], "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	room(int(size) + 60)

	var mu sync.Mutex
	var kept []string
	refused := 0
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for j := range 4 {
				id := fmt.Sprintf("%d-%d-%s", i, j, strings.Repeat("x", 3000))
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, id) })
				mu.Lock()
				switch f := fault.As(err); {
				case err == nil:
					kept = append(kept, id)
				case f != nil && f.Kind == fault.KindFull:
					refused++
				default:
					t.Errorf("a write to a full disk: %v", err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(kept) == 0 || refused == 0 {
		t.Fatalf("%d were kept and %d refused; the test needs both", len(kept), refused)
	}
	if n := count(t, d); n != int64(len(kept)) {
		t.Errorf("%d rows are there, %d were acknowledged", n, len(kept))
	}

	room(int(size) + 10_000)
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "there is room again") }); err != nil {
		t.Error(err)
	}
	if n := count(t, d); n != int64(len(kept))+1 {
		t.Errorf("%d rows are there, want %d", n, len(kept)+1)
	}
}
