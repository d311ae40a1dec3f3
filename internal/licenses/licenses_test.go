package licenses

import (
	"errors"
	"strings"
	"testing"
)

func TestWriteTo(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Go, its runtime and standard library", "Redistribution and use"} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the text lacks %q", part)
		}
	}
}

func TestWriteToSaysWhatItCouldNotWrite(t *testing.T) {
	t.Parallel()
	if err := WriteTo(full{}); !errors.Is(err, errFull) {
		t.Errorf("got %v, want the writer's error", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
