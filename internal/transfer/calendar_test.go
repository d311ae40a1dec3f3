package transfer_test

import (
	"bytes"
	"testing"

	"kith/internal/dav"
)

// follow follows a calendar with a password, and one no longer.
func (h *house) follow(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	if _, _, err := h.nouns.Calendars.Add(ctx, h.by, dav.Draft{Name: "Work", URL: "https://calendar.example.org/x.ics", Login: "someone", Password: "correct horse", Titles: true}); err != nil {
		t.Fatal(err)
	}
	old, _, err := h.nouns.Calendars.Add(ctx, h.by, dav.Draft{Name: "Old", URL: "https://calendar.example.org/old.ics"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.nouns.Calendars.Delete(ctx, h.by, old.ID, 0); err != nil {
		t.Fatal(err)
	}
	if b := h.export(t); bytes.Contains([]byte(unzip(t, b)), []byte("correct horse")) {
		t.Error("a password leaves with the archive")
	}
}
