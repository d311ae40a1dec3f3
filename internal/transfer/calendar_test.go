package transfer_test

import (
	"bytes"
	"context"
	"testing"

	"kith/internal/dav"
	"kith/internal/db"
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
	id, of := "0192f0c1-7c1e-7a3b-9c1d-0000000000c1", "0192f0c1-7c1e-7a3b-9c1d-0000000000c2"
	err = h.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		account := dav.AccountRecord{ID: id, Name: "Cloud", Address: "https://cloud.example.org", Login: "someone", Fingerprint: "x", Revision: 2}
		if _, err := h.nouns.Calendars.RestoreAccount(ctx, tx, h.by, account); err != nil {
			return err
		}
		_, err := h.nouns.Calendars.Restore(ctx, tx, h.by, dav.Record{
			ID: of, Kind: dav.CalDAV, Account: id, Name: "Home", URL: "https://cloud.example.org/home/", Unfollowed: true, Revision: 1,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if b := h.export(t); bytes.Contains([]byte(unzip(t, b)), []byte("correct horse")) {
		t.Error("a password leaves with the archive")
	}
}
