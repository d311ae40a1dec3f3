package person

import (
	"context"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Record is a person as an archive holds them, tombstones included. Last contact is not in it: it follows from moments.
// Sealed words are opened: the key that seals them stays with the installation.
type Record struct {
	ID           string `json:"id"`
	Name         string `json:"name,omitempty"`
	Nickname     string `json:"nickname,omitempty"`
	Context      string `json:"context,omitempty"`
	Standing     string `json:"standing,omitempty"` // absent is active
	StandingNote string `json:"standing_note,omitempty"`
	Ring         string `json:"ring,omitempty"`
	Cadence      *int   `json:"cadence,omitempty"`
	Zone         string `json:"zone,omitempty"`
	Locale       string `json:"locale,omitempty"`
	HoursFrom    *int   `json:"hours_from,omitempty"`
	HoursTo      *int   `json:"hours_to,omitempty"`
	Photo        []byte `json:"photo,omitempty"` // JPEG
	PhotoAt      *int64 `json:"photo_at,omitempty"`
	ArchivedAt   *int64 `json:"archived_at,omitempty"`
	Source       string `json:"source,omitempty"`
	MergedInto   string `json:"merged_into,omitempty"`
	Fingerprint  string `json:"fingerprint"`
	Revision     int64  `json:"revision"`
	CreatedAt    int64  `json:"created_at"`
	UpdatedAt    int64  `json:"updated_at"`
	DeletedAt    *int64 `json:"deleted_at,omitempty"`
}

// Records calls f with every record of an account, by id.
func (s *Service) Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return db.Each(ctx, r, func(sc db.Scanner) (v Record, err error) {
		err = sc.Scan(&v.ID, &v.Name, &v.Nickname, &v.Context, &v.Standing, &v.StandingNote, &v.Ring, &v.Cadence, &v.Zone, &v.Locale, &v.HoursFrom, &v.HoursTo,
			&v.Photo, &v.PhotoAt, &v.ArchivedAt, &v.Source, &v.MergedInto, &v.Fingerprint, &v.Revision, &v.CreatedAt, &v.UpdatedAt, &v.DeletedAt)
		return v, err
	}, func(v Record) (err error) {
		if v.Standing == Active {
			v.Standing = ""
		}
		if s.note != nil {
			if v.StandingNote, err = s.note.Open(string(by), v.ID, v.StandingNote); err != nil {
				return err
			}
		}
		return f(v)
	}, `SELECT p.id, p.name, p.nickname, p.context, p.standing, p.standing_note, p.ring, p.cadence, p.zone, p.locale, p.hours_from, p.hours_to, f.jpeg, f.added_at,
		p.archived_at, p.source, p.merged_into, p.fingerprint, p.revision, p.created_at, p.updated_at, p.deleted_at FROM person p
		LEFT JOIN person_photo f ON f.user_id = p.user_id AND f.person_id = p.id WHERE p.user_id = $1 ORDER BY p.id`, string(by))
}

// Restore puts a record back unless its id is there already, and reports whether it did.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, v Record) (bool, error) {
	if !isID(v.ID) || v.MergedInto != "" && (!isID(v.MergedInto) || v.DeletedAt == nil || v.MergedInto == v.ID) {
		return false, badRecord("id")
	}
	old, err := state(ctx, tx, by, v.ID)
	if err != nil || old.found {
		return false, err
	}
	p := Person{
		ID: v.ID, Name: v.Name, Nickname: v.Nickname, Context: v.Context, Standing: v.Standing, StandingNote: v.StandingNote, Ring: v.Ring, Cadence: v.Cadence,
		Zone: v.Zone, Locale: v.Locale, HoursFrom: v.HoursFrom, HoursTo: v.HoursTo, ArchivedAt: db.TimeOrNil(v.ArchivedAt), Source: v.Source,
		Revision: v.Revision, CreatedAt: db.Time(v.CreatedAt), UpdatedAt: db.Time(v.UpdatedAt),
	}
	if v.DeletedAt != nil {
		p = Person{ID: v.ID, Standing: Active, Revision: v.Revision, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt}
	} else if p, err = p.clean(); err != nil {
		return false, err
	}
	if len(v.Photo) > 0 && (v.PhotoAt == nil || v.DeletedAt != nil && v.MergedInto == "") {
		return false, badRecord("photo")
	}
	if len(v.Photo) > 0 {
		if err := checkFace(v.Photo); err != nil {
			return false, err
		}
		if err := putPhoto(ctx, tx, by, v.ID, v.Photo, *v.PhotoAt); err != nil {
			return false, err
		}
		if v.DeletedAt == nil {
			p.Photo = photoHash(v.Photo)
		}
	}
	if err := insert(ctx, tx, by, s.sealed(by, p), v.Fingerprint); err != nil {
		return false, err
	}
	if v.DeletedAt == nil {
		return true, nil
	}
	_, err = tx.Exec(ctx, "UPDATE person SET merged_into = $1, deleted_at = $2, sort_key = '' WHERE user_id = $3 AND id = $4", v.MergedInto, *v.DeletedAt, string(by), v.ID)
	return true, err
}

func isID(id string) bool {
	u, err := uuid.Parse(id)
	return err == nil && u.String() == id
}

func badRecord(field string) error {
	return fault.Invalid("bad_row", field, "A row of this file cannot be kept.")
}
