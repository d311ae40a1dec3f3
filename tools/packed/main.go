// Command packed writes internal/packed/files.zip: the files of these folders, compressed as far as they go. It is run by
// scripts/generate, after what makes some of them.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"io/fs"
	"os"
)

const root = "../internal"

var folders = []string{
	"demo/data",
	"opportunity/openers",
	"practice/library",
	"pulse/help",
	"pulse/scales",
	"pulse/words",
	"reflection/deck",
	"web/static/dist",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "packed:", err)
		os.Exit(1)
	}
}

func run() error {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	sources := os.DirFS(root)
	for _, folder := range folders {
		err := fs.WalkDir(sources, folder, func(name string, d fs.DirEntry, err error) error { // in the order of names
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(sources, name)
			if err != nil {
				return err
			}
			w, err := z.Create(name) // without a time, so that the same files are the same archive
			if err != nil {
				return err
			}
			_, err = w.Write(b)
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(root+"/packed/files.zip", out.Bytes(), 0o644)
}
