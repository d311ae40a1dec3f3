package addressbook_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kith/internal/addressbook"
)

// endless is a file of n cards, made while it is read.
type endless struct {
	n, at int
	make  func(i int) string
	rest  string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.rest == "" {
		if e.at == e.n {
			return 0, io.EOF
		}
		e.rest = e.make(e.at)
		e.at++
	}
	n := copy(b, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func one(i int) string {
	return fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u-%d\r\nFN:Name %d\r\nN:%d;Name;;;\r\nTEL;TYPE=CELL:+49 170 %07d\r\nEND:VCARD\r\n", i, i, i, i)
}

// TestMemory reads a file of 200 MB, most of it pictures, and holds no more than a card of it.
func TestMemory(t *testing.T) { //nolint:paralleltest // it measures the heap
	picture := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xFF, 0xD8, 7}, 25_000))
	card := strings.Replace(one(1), "END:", "PHOTO;ENCODING=b;TYPE=JPEG:"+picture+"\r\nEND:", 1)
	n := 200<<20/len(card) + 1
	in, err := addressbook.NewReader(&endless{n: n, make: func(int) string { return card }})
	if err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	count, peak := 0, uint64(0)
	for {
		e, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || e.Refused != nil || len(e.Photo) != 75_000 {
			t.Fatalf("card %d: %v %+v", count, err, e.Refused)
		}
		if count++; count%100 == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
	}
	if count != n || in.Bytes() < 200<<20 {
		t.Errorf("read %d cards of %d, %d bytes", count, n, in.Bytes())
	}
	if peak > 64<<20 {
		t.Errorf("held %d MiB of a file of 200", peak>>20)
	}
}

func TestTooLargeCards(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("A", addressbook.MaxCard)
	for what, card := range map[string]string{
		"one line":     "BEGIN:VCARD\nFN:Big\nNOTE:" + big + "\nEND:VCARD\n",
		"many lines":   "BEGIN:VCARD\nFN:Big\n" + strings.Repeat("NOTE:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", addressbook.MaxCard/40) + "END:VCARD\n",
		"no line ends": "BEGIN:VCARD\nFN:Big\nPHOTO;ENCODING=b:" + big + big + "\nEND:VCARD\n",
	} {
		list := read(t, strings.NewReader(one(1)+card+one(2)))
		if len(list) != 3 || list[1].Refused == nil || list[1].Refused.Code != addressbook.CardTooLarge || list[1].Refused.Line != 8 {
			t.Errorf("%s: %d cards, %+v", what, len(list), list[min(1, len(list)-1)].Refused)
			continue
		}
		if list[2].Name.Full != "Name 2" {
			t.Errorf("%s: the next one is %q", what, list[2].Name.Full)
		}
	}
}

func TestTenThousandPhones(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("BEGIN:VCARD\nFN:Call Centre\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "TEL:%d\n", i)
	}
	b.WriteString("EMAIL:x@example.com\nEND:VCARD\n")
	list := read(t, strings.NewReader(b.String()))
	if len(list) != 1 || len(list[0].Channels) != addressbook.MaxChannels || list[0].Refused != nil {
		t.Fatalf("%d cards, %d channels", len(list), len(list[0].Channels))
	}
	if !slices.ContainsFunc(list[0].Problems, func(p addressbook.Problem) bool { return p.Code == addressbook.TooManyChannels }) {
		t.Errorf("nothing is said: %+v", list[0].Problems)
	}
}

// TestCutAnywhere cuts files at every byte: the cards before the cut are there, and nothing of the cut one is taken for
// whole.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	whole := one(1) + one(2)
	for at := len(one(1)); at < len(whole)-len("\r\n"); at++ {
		list := read(t, strings.NewReader(whole[:at]))
		if len(list) == 0 || list[0].Name.Full != "Name 1" || list[0].Refused != nil {
			t.Fatalf("cut at %d: %+v", at, list)
		}
		if len(list) > 1 && (list[1].Refused == nil || list[1].Refused.Code != addressbook.CardTruncated) {
			t.Fatalf("cut at %d: %+v", at, list[1])
		}
	}
	rows := "Name,Given Name,Family Name,Notes\nA B,A,B,\"never closed\n" + strings.Repeat("x,y,z\n", 100)
	list := read(t, strings.NewReader(rows))
	if len(list) != 1 || list[0].Refused == nil || list[0].Refused.Code != addressbook.QuoteNeverClosed || list[0].Refused.Line != 2 {
		t.Errorf("an open quote: %+v", list)
	}
	rows = "Name,Given Name,Family Name,Notes\nA B,A,B,\"" + strings.Repeat("x", addressbook.MaxCard) + "\"\nC D,C,D,\n"
	list = read(t, strings.NewReader(rows))
	if len(list) != 2 || list[0].Refused == nil || list[0].Refused.Code != addressbook.CardTooLarge || list[1].Name.Full != "C D" {
		t.Errorf("a large row: %+v", list)
	}
}

func TestUnknownIsBounded(t *testing.T) {
	t.Parallel()
	card := "BEGIN:VCARD\nFN:Odd\nX-BIG:" + strings.Repeat("b", addressbook.MaxUnknown) + "\nX-SMALL:kept\nEND:VCARD\n"
	e := read(t, strings.NewReader(card))[0]
	if len(e.Unknown) != 1 || e.Unknown[0].Name != "X-SMALL" || len(e.Problems) != 1 || e.Problems[0].Code != addressbook.PropertyTooLarge {
		t.Errorf("kept %d, said %+v", len(e.Unknown), e.Problems)
	}
}

func seeds(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds")
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

func fuzzed(t *testing.T, b []byte) {
	in, err := addressbook.NewReader(bytes.NewReader(b))
	if err != nil {
		return
	}
	for _, e := range all(t, in) {
		if e.Line < 1 || len(e.Channels) > addressbook.MaxChannels || len(e.Note) > addressbook.MaxNote {
			t.Fatalf("out of bounds: %+v", e)
		}
		if e.Refused == nil {
			for _, v := range []addressbook.Version{addressbook.Four, addressbook.Three} {
				first := write(t, e, v)
				list := read(t, strings.NewReader(first))
				if len(list) != 1 || list[0].Refused != nil {
					t.Fatalf("from %q came %+v", first, list)
				}
				if second := write(t, list[0], v); second != first {
					third := write(t, read(t, strings.NewReader(second))[0], v)
					if third != second {
						t.Errorf("never settles:\n%q\n%q\n%q", first, second, third)
					}
				}
			}
		}
	}
}

func FuzzReadCards(f *testing.F) {
	seeds(f, "testdata/*.vcf")
	f.Fuzz(fuzzed)
}

func FuzzReadCSV(f *testing.F) {
	seeds(f, "testdata/*.csv")
	f.Fuzz(fuzzed)
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		if n := len(read(b, &endless{n: 5000, make: one})); n != 5000 {
			b.Fatal(n)
		}
	}
}
