package pulse

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/zone"
)

// Record is a pulse as an archive holds it, tombstones included.
type Record struct {
	ID          string   `json:"id"`
	At          int64    `json:"at,omitempty"` // microseconds since 1970, UTC
	Zone        string   `json:"zone,omitempty"`
	Day         string   `json:"day,omitempty"`
	Valence     int      `json:"valence"`
	Energy      int      `json:"energy"`
	Closeness   *int     `json:"closeness,omitempty"`
	Words       []string `json:"words,omitempty"`
	Fingerprint string   `json:"fingerprint"`
	Revision    int64    `json:"revision"`
	CreatedAt   int64    `json:"created_at"`
	UpdatedAt   int64    `json:"updated_at"`
	DeletedAt   *int64   `json:"deleted_at,omitempty"`
}

// Records calls f with every record of an account by id. What was deleted does not leave, also while the deletion could
// still be undone.
func Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return db.Each(ctx, r, scan, func(v row) error {
		rec := Record{
			ID: v.ID, Fingerprint: v.fingerprint, Revision: v.Revision, CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt),
			DeletedAt: db.MicrosOrNil(v.DeletedAt),
		}
		if v.DeletedAt == nil {
			rec.At, rec.Zone, rec.Day, rec.Valence, rec.Energy, rec.Closeness = db.Micros(v.At), v.Zone, v.Day, v.Valence, v.Energy, v.Closeness
			rec.Words = v.Words
		}
		return f(rec)
	}, "SELECT "+columns+" FROM pulse WHERE user_id = $1 ORDER BY id", string(by))
}

// Restore puts a record back unless its id is there already, and reports whether it did.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, rec Record) (bool, error) {
	if err := checkStamp(rec.ID, rec.Fingerprint, rec.Revision); err != nil {
		return false, err
	}
	r := row{fingerprint: rec.Fingerprint, Pulse: Pulse{
		ID: rec.ID, Words: []string{}, Revision: rec.Revision, CreatedAt: db.Time(rec.CreatedAt), UpdatedAt: db.Time(rec.UpdatedAt),
		DeletedAt: db.TimeOrNil(rec.DeletedAt),
	}}
	if rec.DeletedAt == nil {
		r.At, r.Zone, r.Day, r.Valence, r.Energy, r.Closeness = at(rec.At, rec.Zone), rec.Zone, rec.Day, rec.Valence, rec.Energy, rec.Closeness
		if err := checkPlace(rec.Zone, rec.Day); err != nil {
			return false, err
		}
		for field, v := range map[string]*int{"valence": &rec.Valence, "energy": &rec.Energy, "closeness": rec.Closeness} {
			if v != nil && (*v < 0 || *v > Top) {
				return false, badRow(field, "a number outside of 0 to 100")
			}
		}
		if len(rec.Words) > MaxWords || slices.ContainsFunc(rec.Words, func(w string) bool { return w == "" || w != line(w) || utf8.RuneCountInString(w) > MaxWord }) {
			return false, badRow("words", "words that cannot be kept")
		}
		r.Words = append(r.Words, rec.Words...)
	} else {
		r.At = db.Time(0)
	}
	was, err := find(ctx, tx, by, rec.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, insert(ctx, tx, by, r)
}

// checkStamp checks what every line of an archive has.
func checkStamp(id, fingerprint string, revision int64) error {
	if u, err := uuid.Parse(id); err != nil || u.String() != id {
		return badRow("id", "an id that is no UUID")
	}
	if len(fingerprint) > 64 || !plain(fingerprint) {
		return badRow("fingerprint", "a fingerprint that cannot be kept")
	}
	if revision < 1 {
		return badRow("revision", "no revision")
	}
	return nil
}

func checkPlace(name, day string) error {
	if _, err := zone.Load(name); err != nil {
		return err
	}
	return checkDay(day, "day")
}

// plain reports whether every database can keep a text.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
