package intake

import (
	"context"
	"encoding/json"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// changedPerson is a row of import_change.
type changedPerson struct {
	person string
	changed
}

func changesOf(ctx context.Context, r db.Reader, by account.ID, importID string) ([]changedPerson, error) {
	return db.All(ctx, r, func(s db.Scanner) (v changedPerson, err error) {
		var text string
		if err := s.Scan(&v.person, &text); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(text), &v.changed)
	}, "SELECT person_id, change FROM import_change WHERE user_id = $1 AND import_id = $2 ORDER BY person_id", string(by), importID)
}

func forgetChangesOf(ctx context.Context, tx *db.Tx, by account.ID, importID string) error {
	_, err := tx.Exec(ctx, "DELETE FROM import_change WHERE user_id = $1 AND import_id = $2", string(by), importID)
	return err
}

// forgetChanges takes the words away that changes hold about somebody.
func forgetChanges(ctx context.Context, tx *db.Tx, by account.ID, personID string) error {
	_, err := tx.Exec(ctx, "DELETE FROM import_change WHERE user_id = $1 AND person_id = $2", string(by), personID)
	return err
}

func forgetItem(ctx context.Context, tx *db.Tx, by account.ID, key string) error {
	_, err := tx.Exec(ctx, "DELETE FROM import_item WHERE user_id = $1 AND card_key = $2", string(by), key)
	return err
}

// ChangeRecord is what an import changed of somebody, as an archive holds it.
type ChangeRecord struct {
	Import string          `json:"import"`
	Person string          `json:"person"`
	Change json.RawMessage `json:"change"`
}

// ChangeRecords calls f with everything that imports changed, by import and person.
func ChangeRecords(ctx context.Context, r db.Reader, by account.ID, f func(ChangeRecord) error) error {
	return db.Each(ctx, r, func(s db.Scanner) (v ChangeRecord, err error) {
		var text string
		err = s.Scan(&v.Import, &v.Person, &text)
		v.Change = json.RawMessage(text)
		return v, err
	}, f, "SELECT import_id, person_id, change FROM import_change WHERE user_id = $1 ORDER BY import_id, person_id", string(by))
}

// RestoreChange puts a change back unless it is there already, and reports whether it did.
func RestoreChange(ctx context.Context, tx *db.Tx, by account.ID, v ChangeRecord) (bool, error) {
	var c changed
	if v.Import == "" || v.Person == "" || json.Unmarshal(v.Change, &c) != nil {
		return false, fault.Invalid("bad_row", "change", "A row of this file cannot be kept.")
	}
	there, err := db.One(ctx, tx, db.Value[bool], "SELECT EXISTS (SELECT 1 FROM import_change WHERE user_id = $1 AND import_id = $2 AND person_id = $3)",
		string(by), v.Import, v.Person)
	if err != nil || there {
		return false, err
	}
	_, err = tx.Exec(ctx, "INSERT INTO import_change (user_id, import_id, person_id, change) VALUES ($1, $2, $3, $4)", string(by), v.Import, v.Person, string(v.Change))
	return err == nil, err
}
