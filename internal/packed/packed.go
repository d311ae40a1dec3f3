// Package packed holds the files that come with Kith, compressed: exercises, decks, scales, the words of the demo, what
// browsers get. They stay readable where their packages are, in the folders that tools/packed names; scripts/generate packs
// them into one archive, and a test holds that it is what they say.
//
// A file is known by its path below internal, "practice/library/en.json". It is unpacked when it is asked for, each time
// anew, and nothing at start: who asks keeps what it made of it.
package packed

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

//go:embed files.zip
var archive []byte

var files = sync.OnceValue(func() *zip.Reader { //nolint:gochecknoglobals // a cache of the archive's directory
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		panic(fmt.Sprintf("packed: embedded files: %v", err)) // they are part of the program
	}
	return z
})

// Read returns a file.
func Read(name string) ([]byte, error) { return fs.ReadFile(files(), name) }

// Glob lists the files whose paths match a pattern.
func Glob(pattern string) ([]string, error) { return fs.Glob(files(), pattern) }

// Gzip returns a file as it is sent to those who read gzip: the bytes are those of the archive, in another envelope.
func Gzip(name string) ([]byte, error) {
	for _, f := range files().File {
		if f.Name != name {
			continue
		}
		r, err := f.OpenRaw()
		if err != nil {
			return nil, err
		}
		b := bytes.NewBuffer([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff}) // RFC 1952: deflate, no name, no time
		if _, err := io.Copy(b, r); err != nil {
			return nil, err
		}
		b.Write(binary.LittleEndian.AppendUint32(nil, f.CRC32))
		b.Write(binary.LittleEndian.AppendUint32(nil, uint32(f.UncompressedSize64))) // modulo 2^32, as it is defined
		return b.Bytes(), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
