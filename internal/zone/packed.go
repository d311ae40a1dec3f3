package zone

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"syscall"
	_ "unsafe" // for go:linkname
)

// packed holds every zone Go knows, as scripts/generate wrote it: time/tzdata would bring the same, seven times as large.
//
//go:embed zones.gz
var packed []byte

// registerLoadFromEmbeddedTZData is the hook of package time that time/tzdata uses. Through it the zones are known to
// time.LoadLocation, to TZ and to the drivers too, where a scratch container or a phone has no zone files.
//
//go:linkname registerLoadFromEmbeddedTZData time.registerLoadFromEmbeddedTZData
func registerLoadFromEmbeddedTZData(f func(name string) (string, error))

func init() { registerLoadFromEmbeddedTZData(embedded) } //nolint:gochecknoinits // before anybody asks for a zone

// embedded is the file of a zone. Package time asks for it when the machine has none.
func embedded(name string) (string, error) {
	if data, ok := unpacked()[name]; ok {
		return data, nil
	}
	return "", syscall.ENOENT // package time goes on looking for this one only
}

// unpacked are the files by the names of their zones.
var unpacked = sync.OnceValue(func() map[string]string { //nolint:gochecknoglobals // read once, on the machines that need it
	m, err := unpack(packed)
	if err != nil {
		panic(fmt.Sprintf("zone: embedded zones: %v", err)) // they are part of the program
	}
	return m
})

// unpack reads what tools/zones wrote: "Europe/Berlin Arctic/Longyearbyen 705", a line feed, and 705 bytes, for every zone.
func unpack(b []byte) (map[string]string, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	m := map[string]string{}
	for rest := string(all); rest != ""; {
		var head string
		head, rest, _ = strings.Cut(rest, "\n")
		words := strings.Fields(head)
		last := len(words) - 1
		n, err := strconv.Atoi(words[last])
		if err != nil {
			return nil, err
		}
		for _, name := range words[:last] {
			m[name] = rest[:n]
		}
		rest = rest[n:]
	}
	return m, nil
}
