package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
)

func put(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, "INSERT INTO opportunity_answer (user_id, day, opportunity, answer, answered_at) VALUES ($1, $2, $3, $4, $5)", "u", "2026-11-24", id, "not_now", 1)
	return err
}

func count(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := db.One(t.Context(), d, db.Value[int64], "SELECT COUNT(*) FROM opportunity_answer")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWrite_ErrorUndoesItsOwnWriteAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		oops := errors.New("oops")
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					if err := put(ctx, tx, fmt.Sprint(i)); err != nil {
						return err
					}
					switch i % 4 {
					case 1:
						return oops
					case 2:
						panic("in a callback")
					}
					return nil
				})
				if want := i%4 == 1; errors.Is(err, oops) != want {
					t.Errorf("write %d: %v", i, err)
				}
				if want := i%4 == 0 || i%4 == 3; (err == nil) != want {
					t.Errorf("write %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 32 {
			t.Errorf("%d rows are kept, want 32", n)
		}
	})
}

func TestWrite_CommitHooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ran := 0
		hook := func(fail error) error {
			return d.Write(t.Context(), func(_ context.Context, tx *db.Tx) error {
				tx.OnCommit(func() { ran++ })
				return fail
			})
		}
		if err := hook(nil); err != nil || ran != 1 {
			t.Errorf("after a commit: %v, ran %d times", err, ran)
		}
		if err := hook(errors.New("no")); err == nil || ran != 1 {
			t.Errorf("after an error: %v, ran %d times", err, ran)
		}
	})
}

// TestClose_FoldsTheLog: SQLite keeps a connection open, and with it the log beside the file, for as long as one of its
// statements is.
func TestClose_FoldsTheLog(t *testing.T) {
	t.Parallel()
	address := dbtest.SQLite(t)
	d, err := db.Open(t.Context(), address, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "a") }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	files, err := filepath.Glob(strings.TrimPrefix(address, "sqlite:") + "*")
	if err != nil || len(files) != 1 {
		t.Errorf("after it closed, %q are there, %v", files, err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func TestWrite_GivesUpWhileWaiting(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	hold, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = d.Write(context.Background(), func(context.Context, *db.Tx) error {
			close(held)
			<-hold
			return nil
		})
	}()
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, "late") })
	close(hold)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the caller's cancellation", err)
	}
	if n := count(t, d); n != 0 {
		t.Errorf("a write that was given up is kept")
	}
}

func TestErrorsMeanTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(answer string) error {
			return d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO opportunity_answer (user_id, day, opportunity, answer, answered_at) VALUES ($1, $2, $3, $4, $5)", "u", "d", "o", answer, 1)
				return err
			})
		}
		if err := write("maybe"); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("a broken check is %v", err)
		}
		if err := write("not_now"); err != nil {
			t.Fatal(err)
		}
		if err := write("not_now"); !db.IsUnique(err) || !fault.Is(err, fault.KindConflict) {
			t.Errorf("a collision is %v", err)
		}
	})
}

func TestView_SeesOneSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.View(t.Context(), func(ctx context.Context, r db.Reader) error {
			for range 2 {
				n, err := db.One(ctx, r, db.Value[int64], "SELECT COUNT(*) FROM opportunity_answer")
				if err != nil || n != 0 {
					return fmt.Errorf("%d rows: %w", n, err)
				}
				if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, fmt.Sprint(n, r)) }); err != nil && !db.IsUnique(err) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestCheckParams(t *testing.T) {
	for query, ok := range map[string]bool{
		"SELECT $1, $2":          true,
		"SELECT $1, $1, $2":      true,
		"SELECT $2, $1":          false,
		"SELECT '$9', $1":        true,
		"SELECT $1 WHERE a = $3": false,
	} {
		if err := db.CheckParams(query); (err == nil) != ok {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestOpen_SaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	lock, err := db.LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.LockFolder(dir); !errors.Is(err, db.ErrLocked) {
		t.Errorf("a second lock: %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(blocked, "not a database, but long enough to be looked at as one by anything that reads headers"); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"sqlite:" + filepath.Join(blocked, "kith.db"): "--data",
		"sqlite:" + blocked:                           "not a Kith database",
		"mysql://x":                                   "sqlite: or postgres://",
		"postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=1":    "does not answer",
		"postgres://u:hunter2@127.0.0.1:port/x?connect_timeout=1": "cannot be read",
	} {
		d, err := db.Open(t.Context(), address, db.Options{})
		if err == nil {
			err = d.Migrate(t.Context())
			_ = d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want it to say %q and no password", address, err, want)
		}
	}
}

// TestWrite_EndFailsItsOwnWriteAlone holds that work kept for the end of a transaction fails the write it belongs to and
// no other, although it runs past the savepoints of a batch.
func TestWrite_EndFailsItsOwnWriteAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		oops := errors.New("oops")
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					return tx.AtEnd(ctx, func(ctx context.Context) error {
						if err := put(ctx, tx, fmt.Sprint(i)); err != nil || i%4 != 1 {
							return err
						}
						return oops
					})
				})
				if errors.Is(err, oops) != (i%4 == 1) {
					t.Errorf("write %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 48 {
			t.Errorf("%d rows are kept, want 48", n)
		}
	})
}
