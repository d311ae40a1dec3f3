package addressbook

import (
	"testing"

	"kith/internal/fold"
)

// A column under a name that is not folded would never be found.
func TestColumns_areFolded(t *testing.T) {
	t.Parallel()
	for _, m := range []map[string]string{plainColumns, outlookColumns} {
		for name := range m {
			if f := fold.Fold(name); f != name {
				t.Errorf("%q is looked for as %q", name, f)
			}
		}
	}
}
