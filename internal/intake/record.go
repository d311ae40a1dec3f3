package intake

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/addressbook"
	"kith/internal/db"
	"kith/internal/fault"
)

// Record is an import as an archive holds it, with the cards it took over. A file that waits is not in it.
type Record struct {
	ID          string `json:"id"`
	Format      string `json:"format"`
	File        string `json:"file,omitempty"`
	State       string `json:"state"`
	Fingerprint string `json:"fingerprint"`
	Report      Report `json:"report"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
}

// ItemRecord is a card that was taken over, as an archive holds it.
type ItemRecord struct {
	Key     string          `json:"key"`
	Person  string          `json:"person,omitempty"`
	Import  string          `json:"import"`
	MadeBy  string          `json:"made_by,omitempty"`
	Digest  string          `json:"digest"`
	Entry   json.RawMessage `json:"entry"`
	Face    string          `json:"face,omitempty"`
	Stamp   string          `json:"stamp,omitempty"`
	TakenAt int64           `json:"taken_at"`
}

// Records calls f with every import that was taken over, by id.
func Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return db.Each(ctx, r, scan, func(v Import) error {
		return f(Record{v.ID, v.Format, v.File, v.State, v.fingerprint, v.Report, v.Revision, db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt)})
	}, "SELECT "+columns+" FROM import WHERE user_id = $1 AND state IN ('done', 'undone') ORDER BY id", string(by))
}

// Restore puts a record back unless its id is there already, and reports whether it did.
func Restore(ctx context.Context, tx *db.Tx, by account.ID, v Record) (bool, error) {
	if u, err := uuid.Parse(v.ID); err != nil || u.String() != v.ID || v.State != Done && v.State != Undone {
		return false, fault.Invalid("bad_row", "id", "A row of this file cannot be kept.")
	}
	switch _, err := get(ctx, tx, by, v.ID); {
	case err == nil:
		return false, nil
	case !fault.Is(err, fault.KindNotFound):
		return false, err
	}
	return true, insert(ctx, tx, by, Import{
		ID: v.ID, Format: v.Format, File: v.File, State: v.State, Report: v.Report, Revision: v.Revision, CreatedAt: db.Time(v.CreatedAt),
		UpdatedAt: db.Time(v.UpdatedAt), fingerprint: v.Fingerprint,
	})
}

// ItemRecords calls f with every card that was taken over, by key.
func ItemRecords(ctx context.Context, r db.Reader, by account.ID, f func(ItemRecord) error) error {
	return db.Each(ctx, r, scanItem, func(v item) error {
		return f(v.record())
	}, "SELECT "+itemColumns+" FROM import_item WHERE user_id = $1 ORDER BY card_key", string(by))
}

// RestoreItem puts a card back unless its key is there already, and reports whether it did.
func RestoreItem(ctx context.Context, tx *db.Tx, by account.ID, v ItemRecord) (bool, error) {
	var e addressbook.Entry
	if v.Key == "" || json.Unmarshal(v.Entry, &e) != nil {
		return false, fault.Invalid("bad_row", "key", "A row of this file cannot be kept.")
	}
	old, err := getItem(ctx, tx, by, v.Key)
	if err != nil || old != nil {
		return false, err
	}
	return true, putItem(ctx, tx, by, v.item())
}

func (v item) record() ItemRecord {
	return ItemRecord{v.key, v.person, v.importID, v.madeBy, v.digest, json.RawMessage(v.entry), v.face, v.stamp, v.takenAt}
}

func (v ItemRecord) item() item {
	return item{v.Key, v.Person, v.Import, v.MadeBy, v.Digest, string(v.Entry), v.Face, v.Stamp, v.TakenAt}
}
