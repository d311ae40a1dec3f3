package web

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

func book(t *testing.T, file string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "people.vcf")
	if err != nil {
		t.Fatal(err)
	}
	_, err = part.Write([]byte(file))
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// What address books do wrong is said on the page, and nothing comes of a file before it is taken over.
func TestImport_badInputOnThePage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		look := func(file string) (status int, page, at string) {
			t.Helper()
			status, page, head := h.read(t, book(t, file), &h.ana)
			if at = head.Get("Location"); at != "" {
				_, page, _ = h.read(t, get(at), &h.ana)
			}
			return status, page, at
		}
		nobody := func(what string) {
			t.Helper()
			if _, names, _ := h.read(t, get("/people/names"), &h.ana); names != "[]" {
				t.Errorf("%s: people before anything was taken over: %s", what, names)
			}
		}
		for what, file := range map[string]string{
			"nothing": "", "a page": "<html><body>BEGIN</body></html>", "a picture": "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x01", 500), "noise": strings.Repeat("\xff\x00\x9f", 5000),
		} {
			if status, page, at := look(file); status != http.StatusUnprocessableEntity || at != "" || !strings.Contains(page, `id="file-wrong"`) {
				t.Errorf("%s: %d %s", what, status, at)
			}
			nobody(what)
		}
		card := func(lines ...string) string {
			return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
		}
		coded := func(s string, err error) string {
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		var phones []string
		for i := range 10_000 {
			phones = append(phones, fmt.Sprintf("TEL:+49 170 %07d", i))
		}
		for what, try := range map[string]struct{ file, said string }{
			"truncated":    {card("FN:Whole One") + "BEGIN:VCARD\r\nFN:Cut Sho", "the file ends in the middle of this card"},
			"latin-1":      {coded(charmap.ISO8859_1.NewEncoder().String(card("FN:Jörg Groß"))), "Jörg Groß"},
			"utf-16":       {coded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(card("FN:Zoë Øster"))), "Zoë Øster"},
			"shift-jis":    {coded(japanese.ShiftJIS.NewEncoder().String(card("FN:山田太郎"))), "山田太郎"},
			"phones":       {card(append([]string{"FN:Ten Thousand"}, phones...)...), "Ten Thousand"},
			"photo bomb":   {card("FN:Bomb", "PHOTO;ENCODING=b;TYPE=PNG:"+base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"))), "Bomb"},
			"year 0000":    {card("FN:Nil Year", "BDAY:0000-05-06", "ANNIVERSARY:0000-00-00"), "Nil Year"},
			"an emoji":     {card("FN:🦊"), "🦊"},
			"nested group": {card("FN:Inner", "UID:g1", "KIND:group", "MEMBER:g2") + card("FN:Outer", "UID:g2", "KIND:group", "MEMBER:g1") + card("FN:Fox", "UID:fox"), "Fox"},
			"no name":      {card("FN:", "TEL:+49 170 1111111") + card("FN:Named"), "the card has no name"},
			"markup":       {card("FN:<script>alert(1)</script>"), "&lt;script&gt;"},
		} {
			status, page, at := look(try.file)
			if status != http.StatusSeeOther || !strings.Contains(page, try.said) {
				t.Errorf("%s: %d, and the page does not say %q", what, status, try.said)
				continue
			}
			nobody(what)
			if status, _, _ := h.read(t, post(at+"/discard"), &h.ana); status != http.StatusSeeOther {
				t.Errorf("%s is not put away: %d", what, status)
			}
			nobody(what)
		}
	})
}

// An import is its owner's: another finds none of its pages, changes nothing of it, and takes nothing back.
func TestImport_ofAnother(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const secret = "Xanadu"
		file := "BEGIN:VCARD\nFN:" + secret + " Sam\nUID:s\nEND:VCARD\nBEGIN:VCARD\nFN:" + secret + " Ida\nUID:i\nEND:VCARD\n"
		_, _, head := h.read(t, book(t, file), &h.ana)
		at := head.Get("Location")
		if at == "" {
			t.Fatal("nothing was read")
		}
		_, _, head = h.read(t, book(t, "BEGIN:VCARD\nFN:Mine\nEND:VCARD\n"), &h.bo)
		own := head.Get("Location")
		tries := func() {
			t.Helper()
			for _, path := range []string{"", "/rings"} {
				if status, page, _ := h.read(t, get(at+path), &h.bo); status != http.StatusNotFound || strings.Contains(page, secret) {
					t.Errorf("GET %s as another: %d", path, status)
				}
			}
			if status, page, _ := h.read(t, get(at+"/progress"), &h.bo); status != http.StatusNoContent || page != "" {
				t.Errorf("progress as another: %d %s", status, page)
			}
			for _, path := range []string{"/apply", "/discard", "/undo", "/rings"} {
				if status, page, _ := h.read(t, post(at+path, "ring.x", "inner"), &h.bo); status != http.StatusNotFound || strings.Contains(page, secret) {
					t.Errorf("POST %s as another: %d", path, status)
				}
			}
			if _, page, _ := h.read(t, get("/import"), &h.bo); strings.Contains(page, strings.TrimPrefix(at, "/import/")) {
				t.Error("the list of another shows it")
			}
		}
		tries()
		if status, _, _ := h.read(t, post(at+"/apply"), &h.ana); status != http.StatusSeeOther {
			t.Fatalf("its owner takes it over: %d", status)
		}
		tries()
		_, names, _ := h.read(t, get("/people/names"), &h.ana)
		if strings.Count(names, secret) != 2 {
			t.Fatalf("after another tried: %s", names)
		}
		sam := strings.Split(names, `"`)[3]
		if status, _, _ := h.read(t, post(own+"/rings", "ring."+sam, "inner"), &h.bo); status != http.StatusNotFound {
			t.Errorf("a ring for another's: %d", status)
		}
		if _, page, _ := h.read(t, get("/people?ring=inner"), &h.ana); strings.Contains(page, sam) {
			t.Error("another put hers in a ring")
		}
		for _, path := range []string{"/people/known?q=" + secret, "/people?q=" + secret} {
			if _, page, _ := h.read(t, get(path), &h.bo); strings.Contains(page, secret+" ") {
				t.Errorf("%s shows another's", path)
			}
		}
		if status, _, _ := h.read(t, post(at+"/undo"), &h.ana); status != http.StatusSeeOther {
			t.Errorf("its owner takes it back: %d", status)
		}
		tries()
		if _, names, _ := h.read(t, get("/people/names"), &h.ana); names != "[]" {
			t.Errorf("taken back: %s", names)
		}
	})
}
