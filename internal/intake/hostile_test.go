package intake_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/addressbook"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/intake"
	"kith/internal/person"
)

// A file that breaks, is cancelled or is too much leaves nothing behind.
func TestImport_nothingHalf(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		left := func() string {
			n, err := db.One(t.Context(), d, db.Value[int], "SELECT (SELECT COUNT(*) FROM import) + (SELECT COUNT(*) FROM import_card) + (SELECT COUNT(*) FROM person)")
			return fmt.Sprint(n, err)
		}
		broken := io.MultiReader(strings.NewReader(strings.Repeat(two, 300)), &breaks{})
		if _, _, err := h.intake.Stage(t.Context(), h.ana, broken, intake.Options{}); !errors.Is(err, errBroken) || left() != "0 <nil>" {
			t.Errorf("broken: %v, left %s", err, left())
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, _, err := h.intake.Stage(ctx, h.ana, strings.NewReader(many(2000)), intake.Options{Progress: func(intake.Progress) { cancel() }})
		if !errors.Is(err, context.Canceled) || left() != "0 <nil>" {
			t.Errorf("cancelled while reading: %v, left %s", err, left())
		}
		staged := h.stage(t, many(500))
		ctx, cancel = context.WithCancel(t.Context())
		_, err = h.intake.Apply(ctx, h.ana, staged.ID, func(intake.Progress) { cancel() })
		if !errors.Is(err, context.Canceled) || len(h.all(t, h.ana)) != 0 {
			t.Errorf("cancelled while taking over: %v, %d people", err, len(h.all(t, h.ana)))
		}
		if err := h.intake.Discard(t.Context(), h.ben, staged.ID); code(err) != "import_not_found" {
			t.Errorf("somebody else's: %v", err)
		}
		if err := h.intake.Discard(t.Context(), h.ana, staged.ID); err != nil || left() != "0 <nil>" {
			t.Errorf("discarded: %v, left %s", err, left())
		}
		cut := h.stage(t, two+"BEGIN:VCARD\nFN:Cut Sho")
		if counts(cut) != [4]int{2, 0, 0, 1} || cut.Report.Notes[0].Code != addressbook.CardTruncated || cut.Report.Notes[0].Line != 16 {
			t.Errorf("a cut file: %+v", cut.Report)
		}
		if _, _, err := h.intake.Stage(t.Context(), h.ana, strings.NewReader("<html>"), intake.Options{}); code(err) != "format_unknown" {
			t.Errorf("no address book: %v", err)
		}
		if _, _, err := h.intake.Stage(t.Context(), h.ana, strings.NewReader(two), intake.Options{Format: "google"}); code(err) != "other_format" {
			t.Errorf("another format: %v", err)
		}
	})
}

var errBroken = errors.New("the line broke")

type breaks struct{}

func (*breaks) Read([]byte) (int, error) { return 0, errBroken }

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "BEGIN:VCARD\nVERSION:3.0\nUID:m-%d\nFN:Mona Example %d\nN:Example %d;Mona;;;\nEMAIL;TYPE=HOME:mona%d@example.com\nTEL;TYPE=CELL:+49 151 %07d\n"+
			"ADR;TYPE=HOME:;;Street %d;Berlin;;10115;Germany\nBDAY:19%02d-03-0%d\nORG:Example %d\nCATEGORIES:G%d\nEND:VCARD\n", i, i, i, i, i, i, i%100, i%9+1, i%50, i%20)
	}
	return b.String()
}

func TestImport_badInput(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		var phones strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&phones, "TEL:+49 170 %07d\n", i)
		}
		bomb := base64.StdEncoding.EncodeToString(pngSaying(t, 60_000))
		v := h.take(t, "BEGIN:VCARD\nFN:Phones\n"+phones.String()+"END:VCARD\n"+
			"BEGIN:VCARD\nFN:Bomb\nPHOTO;ENCODING=b;TYPE=PNG:"+bomb+"\nEND:VCARD\n"+
			"BEGIN:VCARD\nFN:Year Zero\nBDAY:0000-05-06\nX-ABDATE:0000-00-00\nEND:VCARD\n"+
			"BEGIN:VCARD\nFN:🦊\nEND:VCARD\n"+
			"BEGIN:VCARD\nFN:"+strings.Repeat("Long ", 100)+"\nEND:VCARD\n"+
			"BEGIN:VCARD\nTEL:+49 170 1\nEND:VCARD\n"+
			"BEGIN:VCARD\nFN:Inner\nUID:g1\nKIND:group\nMEMBER:fox\nMEMBER:g2\nEND:VCARD\n"+
			"BEGIN:VCARD\nFN:Outer\nUID:g2\nKIND:group\nMEMBER:g1\nMEMBER:g2\nEND:VCARD\n"+
			"BEGIN:VCARD\nFN:Fox\nUID:fox\nEMAIL:not an address\nEND:VCARD\n")
		if counts(v) != [4]int{6, 0, 0, 1} {
			t.Errorf("taken as %+v", v.Report)
		}
		var codes []string
		for _, n := range v.Report.Notes {
			if !slices.Contains(codes, n.Code) {
				codes = append(codes, n.Code)
			}
		}
		slices.Sort(codes)
		want := []string{addressbook.TooManyProperties, addressbook.TooManyChannels, intake.ChannelRefused, intake.NameCut, intake.NameMissing, intake.PhotoRefused}
		slices.Sort(want)
		if diff := cmp.Diff(want, codes); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
		if n := len(h.named(t, "Phones").Channels); n != person.MaxChannels {
			t.Errorf("%d phones", n)
		}
		if d := h.named(t, "Year Zero").Dates; len(d) != 1 || d[0].Year != nil || d[0].Month != 5 {
			t.Errorf("dates %+v", d)
		}
		if fox := h.named(t, "Fox"); len(fox.Groups) != 2 {
			t.Errorf("nested groups: %+v", fox.Groups)
		}
		if h.named(t, "🦊").Name != "🦊" {
			t.Error("no fox")
		}
	})
}

// pngSaying is a small file that says it is a very large picture.
func pngSaying(t testing.TB, side int) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.Black})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	out := b.Bytes()
	for i := range 4 { // width and height in the header; its checksum is no longer right, which is the least of it
		out[16+i], out[20+i] = byte(side>>(24-8*i)), byte(side>>(24-8*i))
	}
	return out
}

func TestImport_sameIDAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		const id = "0192f0c1-7c1e-7a3b-9c1d-00000000000a"
		stage := func(text string) (intake.Import, bool, error) {
			return h.intake.Stage(t.Context(), h.ana, strings.NewReader(text), intake.Options{ID: id})
		}
		if v, created, err := stage(two); err != nil || !created || v.ID != id {
			t.Fatalf("%+v %v %v", v, created, err)
		}
		if v, created, err := stage(two); err != nil || created || v.State != intake.Ready {
			t.Errorf("again: %+v %v %v", v, created, err)
		}
		if _, _, err := stage(two + " "); code(err) != "id_reused" {
			t.Errorf("another file: %v", err)
		}
	})
}
