package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func TestSeal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	keys, err := db.MakeKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	box := keys.Column("reflection.line").Seal("u", "1", "a quiet word")
	if strings.Contains(box, "quiet") {
		t.Error("sealed words can be read")
	}
	rotated, err := db.RotateKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	col := rotated.Column("reflection.line")
	if got, err := col.Open("u", "1", box); err != nil || got != "a quiet word" {
		t.Errorf("after a rotation: %q, %v", got, err)
	}
	if got, err := col.Open("u", "1", "stored in the open"); err != nil || got != "stored in the open" {
		t.Errorf("words from before sealing: %q, %v", got, err)
	}
	if got, err := col.OpenSealed("u", "1", box); err != nil || got != "a quiet word" {
		t.Errorf("opened strictly: %q, %v", got, err)
	}
	for name, open := range map[string]func() (string, error){
		"another owner":     func() (string, error) { return col.Open("v", "1", box) },
		"another row":       func() (string, error) { return col.Open("u", "2", box) },
		"another column":    func() (string, error) { return rotated.Column("person.fact").Open("u", "1", box) },
		"a changed byte":    func() (string, error) { return col.Open("u", "1", box[:len(box)-2]+"AA") },
		"words in the open": func() (string, error) { return col.OpenSealed("u", "1", "a quiet word") },
		"no words":          func() (string, error) { return col.OpenSealed("u", "1", "") },
		"another mark":      func() (string, error) { return col.OpenSealed("u", "1", "sealed:2:"+box[len("sealed:1:"):]) },
	} {
		if got, err := open(); !errors.Is(err, db.ErrSealed) {
			t.Errorf("%s opens it: %q, %v", name, got, err)
		}
	}
}

// TestAgreeOnKeys holds that a database is not opened with other keys than its own, and how it goes on without one.
func TestAgreeOnKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		path := filepath.Join(t.TempDir(), "keys")
		keys, err := d.AgreeOnKeys(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		box := keys.Column("reflection.line").Seal("u", "1", "a quiet word")
		first, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(string(first), " ")
		if _, err := d.AgreeOnKeys(ctx, path); err != nil {
			t.Fatalf("the same file again: %v", err)
		}
		if _, err := db.RotateKeys(path); err != nil {
			t.Fatal(err)
		}
		if _, err := d.AgreeOnKeys(ctx, path); err != nil {
			t.Fatalf("after a rotation: %v", err)
		}
		if err := os.WriteFile(path, first, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := d.AgreeOnKeys(ctx, path); err == nil || !strings.Contains(err.Error(), "does not hold the key") {
			t.Errorf("a file from before the rotation: %v", err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, err := d.AgreeOnKeys(ctx, path); err == nil || !strings.Contains(err.Error(), "is missing") {
			t.Errorf("no file: %v", err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a lost file was replaced in silence")
		}

		for refusal := errors.New("begin"); refusal != nil; { // every key that is named
			_, refusal = d.AgreeOnKeys(ctx, path)
			if refusal == nil {
				break
			}
			_, rest, ok := strings.Cut(refusal.Error(), "kith keys lost ")
			if !ok {
				t.Fatal(refusal)
			}
			name, _, _ := strings.Cut(rest, "`")
			if err := db.GiveUpKey(path, name); err != nil {
				t.Fatal(err)
			}
		}
		keys, err = d.AgreeOnKeys(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := keys.Column("reflection.line").Open("u", "1", box); err != nil || got != "…" {
			t.Errorf("sealed with a lost key: %q, %v", got, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(b), id+" lost\n", string(first), 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if keys, err = d.AgreeOnKeys(ctx, path); err != nil {
			t.Fatal(err)
		}
		if got, err := keys.Column("reflection.line").Open("u", "1", box); err != nil || got != "a quiet word" {
			t.Errorf("the key is found again: %q, %v", got, err)
		}
		for _, wrong := range []string{"", "a b", "a\nb", id} {
			if err := db.GiveUpKey(path, wrong); err == nil {
				t.Errorf("%q was given up", wrong)
			}
		}
	})
}

// TestMakeKeys_Together holds that of those who start first on a folder all have the key that is in its file.
func TestMakeKeys_Together(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	made := make([]*db.Keys, 16)
	var wg sync.WaitGroup
	for i := range made {
		wg.Go(func() { made[i], _ = db.MakeKeys(path) })
	}
	wg.Wait()
	box := made[0].Column("reflection.line").Seal("u", "1", "a quiet word")
	for i, keys := range made {
		if got, err := keys.Column("reflection.line").Open("u", "1", box); err != nil || got != "a quiet word" {
			t.Errorf("the %d. has another key: %q, %v", i, got, err)
		}
	}
}
