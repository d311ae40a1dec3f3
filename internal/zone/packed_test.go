package zone

import (
	"archive/zip"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What is packed is what time/tzdata would have brought: every zone, to the byte.
func TestPackedIsWhatGoBrings(t *testing.T) {
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip")) // time/tzdata is made of it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	zones := 0
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		zones++
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		have, err := embedded(f.Name)
		if err != nil || have != string(want) {
			t.Errorf("%s: %d bytes, want %d; %v: run scripts/generate", f.Name, len(have), len(want), err)
			continue
		}
		if _, err := time.LoadLocationFromTZData(f.Name, []byte(have)); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if zones < 500 || len(unpacked()) != zones {
		t.Errorf("%d zones packed, want all %d", len(unpacked()), zones)
	}
	if _, err := embedded("Europe/Nowhere"); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("an unknown zone: %v", err)
	}
}
