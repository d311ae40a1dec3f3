package addressbook_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/addressbook"
	"kith/internal/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

func read(t testing.TB, r io.Reader) []addressbook.Entry {
	t.Helper()
	in, err := addressbook.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	return all(t, in)
}

func all(t testing.TB, in *addressbook.Reader) (list []addressbook.Entry) {
	t.Helper()
	for {
		e, err := in.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
}

// TestGolden reads files as programs export them; what becomes of each stands beside it.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.[vc][cs][fv]")
	if err != nil || len(files) < 12 {
		t.Fatalf("the examples are missing: %d, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			var out bytes.Buffer
			enc := json.NewEncoder(&out)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			for _, e := range read(t, f) {
				if err := enc.Encode(readable(t, e)); err != nil {
					t.Fatal(err)
				}
			}
			golden := name + ".golden"
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("read differently (-want +got):\n%s", diff)
			}
		})
	}
}

// readable leaves empty fields out and shortens the picture.
func readable(t *testing.T, e addressbook.Entry) any {
	t.Helper()
	photo := e.Photo
	e.Photo = nil
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var m any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	m = prune(m)
	if len(photo) > 0 {
		sum := sha256.Sum256(photo)
		m.(map[string]any)["Photo"] = hex.EncodeToString(sum[:6])
	}
	return m
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if x = prune(x); x == nil {
				delete(v, k)
			} else {
				v[k] = x
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		empty := true
		for i := range v {
			v[i] = prune(v[i])
			empty = empty && v[i] == nil
		}
		if empty {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}

// bare is an entry as another file would give it: without its place and groups in the first.
func bare(e addressbook.Entry) addressbook.Entry {
	e.Line, e.Problems, e.Refused = 0, nil, nil
	e.Channels, e.Dates, e.Relations = slices.Clone(e.Channels), slices.Clone(e.Dates), slices.Clone(e.Relations)
	for i := range e.Channels {
		e.Channels[i].Group = ""
	}
	for i := range e.Dates {
		e.Dates[i].Group = ""
	}
	for i := range e.Relations {
		e.Relations[i].Group = ""
	}
	return e
}

func TestWriteAndReadAgain(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/*.[vc][cs][fv]")
	for _, name := range files {
		for _, version := range []addressbook.Version{addressbook.Four, addressbook.Three} {
			t.Run(filepath.Base(name)+" "+string(version), func(t *testing.T) {
				t.Parallel()
				b, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range read(t, bytes.NewReader(b)) {
					if e.Refused == nil {
						again(t, e, version, !strings.HasSuffix(name, ".csv"))
					}
				}
			})
		}
	}
}

// again writes an entry and reads it back: the same entry, and the same bytes from then on.
func again(t testing.TB, e addressbook.Entry, version addressbook.Version, same bool) {
	t.Helper()
	first := write(t, e, version)
	for line := range strings.SplitSeq(strings.TrimSuffix(first, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	list := read(t, strings.NewReader(first))
	if len(list) != 1 || list[0].Refused != nil {
		t.Fatalf("read %+v from\n%s", list, first)
	}
	if len(list[0].Problems) > 0 {
		for _, p := range list[0].Problems {
			if p.Code != addressbook.DateUnreadable && p.Code != addressbook.DateImpossible {
				t.Errorf("what was written has a problem: %+v\n%s", p, first)
			}
		}
	}
	if diff := cmp.Diff(bare(e), bare(list[0])); same && diff != "" {
		t.Errorf("came back changed (-was +is):\n%s\n%s", diff, first)
	}
	if second := write(t, list[0], version); second != first {
		t.Errorf("written again it differs:\n%s", cmp.Diff(first, second))
	}
}

func write(t testing.TB, e addressbook.Entry, version addressbook.Version) string {
	t.Helper()
	var b strings.Builder
	if err := addressbook.Write(&b, e, version); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]addressbook.Format{
		"apple.vcf": addressbook.VCard, "utf16le.vcf": addressbook.VCard, "google-new.csv": addressbook.Google, "google-old.csv": addressbook.Google,
		"outlook.csv": addressbook.Outlook, "outlook-de.csv": addressbook.Outlook,
	} {
		f, err := os.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		in, err := addressbook.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		if in.Format() != want {
			t.Errorf("%s is %s", name, in.Format())
		}
		_ = f.Close()
	}
	for what, text := range map[string]string{
		"file_empty": " \r\n", "format_unknown": "<html>\n<body>,,,", "format_unknown ": "date,mood,note\n2026-01-01,good,x\n",
		"format_unknown  ": "\x89PNG\r\n\x1a\n,,,,", "format_unknown   ": "hello",
	} {
		_, err := addressbook.NewReader(strings.NewReader(text))
		if f := fault.As(err); f == nil || f.Code != strings.TrimSpace(what) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
