package transfer_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/transfer"
)

func (h *house) export(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := h.archive.Export(t.Context(), h.by, &b, ""); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRoundTrip goes from each database to each, and back to the same bytes.
func TestRoundTrip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, from *db.DB) {
		source := build(t, from)
		source.live(t)
		source.bring(t)
		source.follow(t)
		source.finish(t)
		first := source.export(t)
		dbtest.Each(t, func(t *testing.T, to *db.DB) {
			h := build(t, to)
			dry, err := h.archive.Import(t.Context(), h.by, bytes.NewReader(first), int64(len(first)), transfer.Options{DryRun: true})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := h.nouns.Moments.Count(t.Context(), h.by); err != nil || n != 0 {
				t.Fatalf("a dry run left %d moments, %v", n, err)
			}
			wet, err := h.archive.Import(t.Context(), h.by, bytes.NewReader(first), int64(len(first)), transfer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range wet.Counts {
				if c != dry.Counts[i] || c.New == 0 || c.Known != 0 {
					t.Errorf("%+v, and the dry run said %+v", c, dry.Counts[i])
				}
			}
			if second := h.export(t); !bytes.Equal(first, second) {
				t.Errorf("the archive changed on the way:\n%s\n---\n%s", unzip(t, first), unzip(t, second))
			}
			again, err := h.archive.Import(t.Context(), h.by, bytes.NewReader(first), int64(len(first)), transfer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range again.Counts {
				if c.New != 0 {
					t.Errorf("a second import made %+v", c)
				}
			}
			p, err := h.nouns.Moments.List(t.Context(), h.by, moment.Filter{Query: "tea"}, 10, "")
			if err != nil || len(p.Items) != 1 {
				t.Errorf("search finds %d, %v", len(p.Items), err)
			}
		})
	})
}

func unzip(t *testing.T, b []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if _, err := text.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		out.WriteString("== " + f.Name + "\n" + text.String())
	}
	return out.String()
}

func pack(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const head = `{"format":"kith","version":1}`

func TestImport_RefusesAndLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	good := `{"id":"0193a1b2-0000-7000-8000-000000000001","name":"Kim","fingerprint":"f","revision":1,"created_at":1,"updated_at":1}` + "\n"
	for name, c := range map[string]struct {
		archive func(t *testing.T) []byte
		code    string
	}{
		"not a zip":   {func(*testing.T) []byte { return []byte("PK\x03\x04 and then nothing") }, "not_an_archive"},
		"another zip": {func(t *testing.T) []byte { return pack(t, "photo.jpg", "x") }, "not_an_archive"},
		"newer":       {func(t *testing.T) []byte { return pack(t, "kith.json", `{"format":"kith","version":99}`) }, "newer_archive"},
		"broken line": {func(t *testing.T) []byte { return pack(t, "kith.json", head, "people.jsonl", good+"{") }, "bad_archive_line"},
		"unknown word": {func(t *testing.T) []byte {
			return pack(t, "kith.json", head, "people.jsonl", good+`{"id":"x","nam":"y"}`)
		}, "bad_archive_line"},
		"endless line": {func(t *testing.T) []byte {
			return pack(t, "kith.json", head, "people.jsonl", good+strings.Repeat("x", transfer.MaxLine+1))
		}, "not_an_archive"},
		"moment in 3000": {func(t *testing.T) []byte {
			return pack(t, "kith.json", head, "people.jsonl", good, "moments.jsonl",
				`{"id":"0193a1b2-0000-7000-8000-000000000002","kind":"laugh","text":"x","happened_at":32503680000000000,"zone":"UTC","day":"2100-01-01","precision":"day","contact":"no","captured_at":1,"fingerprint":"f","revision":1,"created_at":1,"updated_at":1}`)
		}, "bad_archive_line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, dbtest.Open(t, dbtest.SQLite(t)))
			b := c.archive(t)
			_, err := h.archive.Import(t.Context(), h.by, bytes.NewReader(b), int64(len(b)), transfer.Options{})
			if f := fault.As(err); f == nil || f.Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
			p, err := h.people.List(t.Context(), h.by, person.Filter{}, 10, "")
			if err != nil || len(p.Items) != 0 {
				t.Errorf("%d people were left behind, %v", len(p.Items), err)
			}
		})
	}
}

// TestLedger fails when a table has no fate in an archive: whoever makes a table decides what becomes of its rows.
func TestLedger(t *testing.T) {
	schema, err := os.ReadFile(filepath.Join("..", "db", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	ledger := transfer.Ledger()
	for _, m := range regexp.MustCompile(`CREATE (?:VIRTUAL )?TABLE (\w+)`).FindAllStringSubmatch(string(schema), -1) {
		if _, ok := ledger[m[1]]; !ok {
			t.Errorf("table %s has no fate in transfer.Ledger", m[1])
		}
		delete(ledger, m[1])
	}
	for table := range ledger {
		t.Errorf("transfer.Ledger names %s, which is no table", table)
	}
}

// FuzzImport tries archives without bringing them in: each is refused with a fault of its own, and nothing is left behind.
func FuzzImport(f *testing.F) {
	for _, name := range []string{"PK\x05\x06", "PK\x05\x06" + strings.Repeat("\x00", 18)} {
		f.Add([]byte(name))
	}
	h := build(f, dbtest.Open(f, dbtest.SQLite(f)))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := h.archive.Import(t.Context(), h.by, bytes.NewReader(b), int64(len(b)), transfer.Options{DryRun: true})
		if err != nil && fault.As(err) == nil {
			t.Errorf("not a fault: %v", err)
		}
		p, err := h.people.List(t.Context(), h.by, person.Filter{}, 10, "")
		if err != nil || len(p.Items) != 0 {
			t.Errorf("%d people were left behind, %v", len(p.Items), err)
		}
	})
}
