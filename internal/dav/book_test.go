package dav_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/person"
)

func TestBook(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := newCollection("addressbook")
		c.home = "<a:addressbook-home-set><d:href>/</d:href></a:addressbook-home-set>"
		for i := range 3 {
			c.set(fmt.Sprintf("%d.vcf", i), vcard(fmt.Sprint(i), fmt.Sprintf("Friend %d", i), "EMAIL:f@example.org\r\n"))
		}
		a, id := w.calendarOf(c)
		if v := w.sync(id); v.Failure != nil || v.Found != 3 || v.Kind != dav.CardDAV {
			t.Fatalf("read as %+v, %v", v, v.Failure)
		}
		if diff := cmp.Diff([]string{"Friend 0", "Friend 1", "Friend 2"}, w.people()); diff != "" {
			t.Fatal(diff)
		}
		before := w.written()
		w.now = w.now.Add(time.Hour)
		w.sync(id)
		if diff := cmp.Diff(before, w.written()); diff != "" {
			t.Errorf("a sync without news writes: %s", diff)
		}

		// A server that forgot everything and made all ETags anew says nothing new: no import is left of it.
		imports := func() int {
			t.Helper()
			list, err := w.cards.List(t.Context(), w.by, "", 50)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		for i := range 3 {
			c.set(fmt.Sprintf("%d.vcf", i), vcard(fmt.Sprint(i), fmt.Sprintf("Friend %d", i), "EMAIL:f@example.org\r\n"))
		}
		c.oldest = c.at
		w.sync(id)
		if n := imports(); n != 1 || len(w.people()) != 3 {
			t.Errorf("%d imports, %q", n, w.people())
		}

		// What its owner edited stays; who vanishes there stays here.
		list, err := w.names.List(t.Context(), w.by, person.Filter{}, 10, "")
		if err != nil || len(list.Items) != 3 {
			t.Fatal(list, err)
		}
		mine := "My friend"
		if _, err := w.names.Update(t.Context(), w.by, list.Items[0].ID, person.Change{Name: &mine}, 0); err != nil {
			t.Fatal(err)
		}
		c.set("0.vcf", vcard("0", "Friend Zero", "EMAIL:f@example.org\r\n"))
		c.set("1.vcf", "")
		c.set("2.vcf", vcard("2", "Friend Two", ""))
		if v := w.sync(id); v.Failure != nil || v.Found != 2 {
			t.Errorf("news are read as %+v, %v", v, v.Failure)
		}
		if diff := cmp.Diff([]string{"Friend 1", "Friend Two", "My friend"}, w.people()); diff != "" {
			t.Error(diff)
		}

		// It can be taken back, and stays taken back.
		all, err := w.cards.List(t.Context(), w.by, "", 50)
		if err != nil || len(all) != 2 || all[0].File != "Mine" {
			t.Fatalf("%+v, %v", all, err)
		}
		for _, one := range all {
			if _, err := w.cards.Undo(t.Context(), w.by, one.ID); err != nil {
				t.Fatal(err)
			}
		}
		w.sync(id)
		if diff := cmp.Diff([]string{"My friend"}, w.people()); diff != "" {
			t.Errorf("after it was taken back: %s", diff)
		}

		// What goes wrong leaves nothing half taken over.
		for name, tt := range map[string]struct {
			code   string
			answer func(http.ResponseWriter, *http.Request, string) bool
		}{
			"half an answer": {"calendar_truncated", func(out http.ResponseWriter, _ *http.Request, asked string) bool {
				if asked != "multiget" {
					return false
				}
				out.WriteHeader(http.StatusMultiStatus)
				text := `<d:multistatus xmlns:d="DAV:" xmlns:a="urn:ietf:params:xml:ns:carddav"><d:response><d:href>/cal/9.vcf</d:href><d:propstat><d:prop><a:address-data>` +
					vcard("9", "Nobody", "") + `</a:address-data></d:prop></d:propstat></d:response><d:resp`
				_, _ = out.Write([]byte(text))
				return true
			}},
			"no storage": {"calendar_server_full", func(out http.ResponseWriter, _ *http.Request, _ string) bool {
				out.WriteHeader(http.StatusInsufficientStorage)
				return true
			}},
		} {
			c.set("9.vcf", vcard("9", "Nobody", ""))
			c.mu.Lock()
			c.broken = tt.answer
			c.mu.Unlock()
			if v := w.sync(id); v.Failure == nil || v.Failure.Code != tt.code {
				t.Errorf("%s: %+v", name, v.Failure)
			}
			if got := strings.Join(w.people(), " "); strings.Contains(got, "Nobody") {
				t.Errorf("%s: %s", name, got)
			}
		}
		c.mu.Lock()
		c.broken = nil
		c.mu.Unlock()
		if err := w.s.DeleteAccount(t.Context(), w.by, a.ID, 0); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"My friend"}, w.people()); diff != "" {
			t.Errorf("people go with their account: %s", diff)
		}
	})
}
