// Package licenses carries the licences of everything that is shipped inside the program, so that whoever holds the
// program holds them too. It does not carry the project's own, and judges none: tools/licenses writes the text and
// refuses a licence that Kith could not be shipped with.
package licenses

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
)

//go:embed licenses.txt.gz
var packed []byte

// WriteTo writes the whole text to w: every module and file that others wrote, each with its licence.
func WriteTo(w io.Writer) error {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("unpack the licences: %w", err)
	}
	if _, err := io.Copy(w, z); err != nil { //nolint:gosec // our own text, packed when the program was built
		return fmt.Errorf("write the licences: %w", err)
	}
	return nil
}
