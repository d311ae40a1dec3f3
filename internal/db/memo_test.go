package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestMemo_ForgetsWithTheWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		memo := db.NewMemo[int64](d, "opportunity_answer")
		loads := 0
		get := func() int64 {
			t.Helper()
			n, err := memo.Get(t.Context(), "count", func(ctx context.Context) (int64, error) {
				loads++
				return db.One(ctx, d, db.Value[int64], "SELECT COUNT(*) FROM opportunity_answer")
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		write := func(query string, args ...any) {
			t.Helper()
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := db.All(ctx, tx, db.Value[string], query+" RETURNING opportunity", args...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []int64{0, 1, 1, 0} {
			switch i {
			case 1:
				write("INSERT INTO opportunity_answer (user_id, day, opportunity, answer, answered_at) VALUES ('u', 'd', 'o', 'not_now', 1)")
			case 2:
				write("UPDATE opportunity_answer SET answer = 'not_this'")
			case 3:
				write("DELETE FROM opportunity_answer")
			}
			if got := get(); got != want {
				t.Errorf("after write %d: %d, want %d", i, got, want)
			}
		}
		before := loads
		get()
		if kept := loads == before; kept != (d.Dialect() == db.SQLite) {
			t.Errorf("kept: %v on %s", kept, d.Dialect())
		}
	})
}

// TestMemo_NeverOlderThanAnAnsweredWrite reads and writes at once: a reader that begins after a write was answered sees it.
func TestMemo_NeverOlderThanAnAnsweredWrite(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	memo := db.NewMemo[int64](d, "opportunity_answer")
	get := func() (int64, error) {
		return memo.Get(t.Context(), "count", func(ctx context.Context) (int64, error) {
			return db.One(ctx, d, db.Value[int64], "SELECT COUNT(*) FROM opportunity_answer")
		})
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := get(); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for i := range int64(200) {
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return put(ctx, tx, string(rune('a'+i%26))+string(rune('0'+i/26)))
		}); err != nil {
			t.Error(err)
		}
		if n, err := get(); err != nil || n != i+1 {
			t.Errorf("after write %d: %d, %v", i+1, n, err)
		}
	}
	close(stop)
	wg.Wait()
}

// TestMemo_InAWrite sees what the write itself has done, and does not keep it when it is undone.
func TestMemo_InAWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		memo := db.NewMemo[int64](d, "opportunity_answer")
		count := func(ctx context.Context, tx *db.Tx, want int64) error {
			got, err := memo.In(ctx, tx, "count", func(ctx context.Context) (int64, error) {
				return db.One(ctx, tx, db.Value[int64], "SELECT COUNT(*) FROM opportunity_answer")
			})
			if err == nil && got != want {
				err = fmt.Errorf("counted %d, want %d", got, want)
			}
			return err
		}
		undone := errors.New("undone")
		for i, outcome := range []error{undone, nil, undone} {
			had := int64(i / 2)
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if err := count(ctx, tx, had); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, "INSERT INTO opportunity_answer (user_id, day, opportunity, answer, answered_at) VALUES ('u', 'd', $1, 'not_now', 1)", fmt.Sprint(i))
				return errors.Join(err, count(ctx, tx, had+1), outcome)
			})
			if !errors.Is(err, outcome) {
				t.Fatalf("write %d: %v", i, err)
			}
		}
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return count(ctx, tx, 1) }); err != nil {
			t.Error(err)
		}
	})
}
