package packed_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kith/internal/packed"
)

// What is packed is what the folders hold, to the byte and to the file, plain and as gzip.
func TestPackedIsWhatItsSourcesSay(t *testing.T) {
	t.Parallel()
	var names []string
	for _, pattern := range []string{"*/*/*", "*/*/*/*"} {
		found, err := packed.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if info, err := os.Stat(filepath.Join("..", name)); err != nil || !info.IsDir() {
				names = append(names, name)
			}
		}
	}
	if len(names) < 80 {
		t.Fatalf("only %d files are packed", len(names))
	}
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Errorf("%v: run scripts/generate", err)
			continue
		}
		if have, err := packed.Read(name); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is not what was packed (%v): run scripts/generate", name, err)
		}
		zipped, err := packed.Gzip(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := gzip.NewReader(bytes.NewReader(zipped))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if have, err := io.ReadAll(r); err != nil || !bytes.Equal(have, want) { // reading checks sum and length too
			t.Errorf("%s as gzip is another file: %v", name, err)
		}
		beside, err := os.ReadDir(filepath.Dir(filepath.Join("..", name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range beside {
			if other := filepath.ToSlash(filepath.Join(filepath.Dir(name), b.Name())); !b.IsDir() && !slices.Contains(names, other) {
				t.Errorf("%s is not packed: run scripts/generate", other)
			}
		}
	}
}

func TestNoSuchFile(t *testing.T) {
	t.Parallel()
	if _, err := packed.Read("practice/library/tlh.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read: %v", err)
	}
	if _, err := packed.Gzip("practice/library/tlh.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Gzip: %v", err)
	}
}
