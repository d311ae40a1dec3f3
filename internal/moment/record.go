package moment

import (
	"context"
	"slices"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/request"
	"kith/internal/zone"
)

// Record is a moment as an archive holds it, tombstones included. What is derived (keys, index, last contact) is not in it;
// the order of records is the order of moments.
type Record struct {
	ID          string   `json:"id"`
	Kind        string   `json:"kind,omitempty"`
	Text        string   `json:"text,omitempty"`
	People      []string `json:"people,omitempty"` // ids
	Someone     []string `json:"someone,omitempty"`
	Context     string   `json:"context,omitempty"`
	HappenedAt  int64    `json:"happened_at,omitempty"` // microseconds since 1970, UTC
	Zone        string   `json:"zone,omitempty"`
	Day         string   `json:"day,omitempty"`
	Precision   string   `json:"precision,omitempty"`
	DurationMin *int     `json:"duration_min,omitempty"`
	Felt        *int     `json:"felt,omitempty"`
	Contact     string   `json:"contact,omitempty"`
	StartedBy   string   `json:"started_by,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	CapturedAt  int64    `json:"captured_at,omitempty"`
	Fingerprint string   `json:"fingerprint"`
	Revision    int64    `json:"revision"`
	CreatedAt   int64    `json:"created_at"`
	UpdatedAt   int64    `json:"updated_at"`
	DeletedAt   *int64   `json:"deleted_at,omitempty"`
}

// Records calls f with every record of an account: moments oldest first, then tombstones by id. Words of a deleted moment
// do not leave, also while the deletion could still be undone.
func Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	one := func(v row) error { return f(v.record()) }
	if err := db.Each(ctx, r, scan, one, "SELECT "+columns+" FROM moment m WHERE m.user_id = $1 AND m.deleted_at IS NULL ORDER BY m.order_key", string(by)); err != nil {
		return err
	}
	return db.Each(ctx, r, scan, one, "SELECT "+columns+" FROM moment m WHERE m.user_id = $1 AND m.deleted_at IS NOT NULL ORDER BY m.id", string(by))
}

func (v *row) record() Record {
	rec := Record{ID: v.ID, Fingerprint: v.fingerprint, Revision: v.Revision, CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt)}
	if v.DeletedAt != nil {
		rec.DeletedAt = db.MicrosOrNil(v.DeletedAt)
		return rec
	}
	rec.Kind, rec.Text, rec.People, rec.Someone, rec.Context = v.Kind, v.Text, v.people, v.Someone, v.Context
	rec.HappenedAt, rec.Zone, rec.Day, rec.Precision = db.Micros(v.HappenedAt), v.Zone, v.Day, v.Precision
	rec.DurationMin, rec.Felt, rec.Contact, rec.StartedBy, rec.Tags, rec.CapturedAt = v.DurationMin, v.Felt, v.Contact, v.StartedBy, v.Tags, db.Micros(v.CapturedAt)
	return rec
}

// Restore puts a record back unless its id is there already, and reports whether it did. It does not run the hooks of a
// fresh moment: what they would derive is in the archive too. Call RestoreLastContact when all are back.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, rec Record) (bool, error) {
	id, err := request.ID(rec.ID)
	if err != nil || rec.ID == "" {
		return false, fault.Invalid("bad_id", "id", "An id is a UUID.")
	}
	v := row{fingerprint: rec.Fingerprint}
	v.ID, v.Revision, v.CreatedAt, v.UpdatedAt = id, rec.Revision, db.Time(rec.CreatedAt), db.Time(rec.UpdatedAt)
	if rec.DeletedAt != nil {
		n, err := tx.Exec(ctx, `INSERT INTO moment (user_id, id, order_key, kind, text, happened_at, zone, day, "precision", contact, captured_at,
			fingerprint, revision, created_at, updated_at, deleted_at) VALUES ($1, $2, NULL, '', '', 0, '', '', 'minute', 'no', 0, $3, $4, $5, $6, $7)
			ON CONFLICT (user_id, id) DO NOTHING`, string(by), id, v.fingerprint, v.Revision, rec.CreatedAt, rec.UpdatedAt, *rec.DeletedAt)
		return n == 1, err
	}
	loc, err := zone.Load(rec.Zone)
	if err != nil {
		return false, err
	}
	v.Moment = Moment{
		ID: id, Kind: rec.Kind, Someone: rec.Someone, Context: rec.Context, HappenedAt: db.Time(rec.HappenedAt).In(loc), Zone: rec.Zone, Day: rec.Day,
		Precision: rec.Precision, DurationMin: rec.DurationMin, Felt: rec.Felt, Contact: rec.Contact, StartedBy: rec.StartedBy, Tags: rec.Tags,
		CapturedAt: db.Time(rec.CapturedAt), Revision: rec.Revision, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if v.Text, err = cleanText(rec.Text); err != nil {
		return false, err
	}
	if err := checkDay(rec.Day, "day"); err != nil {
		return false, err
	}
	if err := v.check(s.now()); err != nil {
		return false, err
	}
	if len(rec.People) > MaxPeople {
		return false, fault.Invalid("too_many_people", "people", "A moment names at most %d people.", MaxPeople).With("max", MaxPeople)
	}
	for _, p := range rec.People {
		if !slices.Contains(v.people, p) {
			v.people = append(v.people, p)
		}
	}
	if _, err := getRow(ctx, tx, by, id); err == nil {
		return false, nil
	} else if !fault.Is(err, fault.KindNotFound) {
		return false, err
	}
	key, err := freeKey(ctx, tx, v.HappenedAt, true)
	if err != nil {
		return false, err
	}
	v.key = &key
	if _, _, err := insert(ctx, tx, by, &v); err != nil {
		return false, err
	}
	return true, link(ctx, tx, by, &v)
}

// RestoreLastContact derives the last contact of all an account's people again.
func (s *Service) RestoreLastContact(ctx context.Context, tx *db.Tx, by account.ID) error {
	people, err := db.All(ctx, tx, db.Value[string], "SELECT DISTINCT person_id FROM moment_person WHERE user_id = $1", string(by))
	if err != nil {
		return err
	}
	return s.refreshLast(ctx, tx, by, people)
}

// Count is how many moments an account has.
func (s *Service) Count(ctx context.Context, by account.ID) (int64, error) {
	return db.One(ctx, s.db, db.Value[int64], "SELECT COUNT(*) FROM moment WHERE user_id = $1 AND deleted_at IS NULL", string(by))
}

// Reindex builds the search index of an account anew, for a version of Kith whose folding is another.
func (s *Service) Reindex(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		forget := "DELETE FROM moment_search"
		if tx.Dialect() == db.SQLite {
			forget = "INSERT INTO moment_search (moment_search) VALUES ('delete-all')"
		}
		if _, err := tx.Exec(ctx, forget); err != nil {
			return err
		}
		type owned struct {
			row
			by account.ID
		}
		rows, err := db.All(ctx, tx, func(sc db.Scanner) (o owned, err error) {
			o.row, err = scan(tail{sc, &o.by})
			return o, err
		}, "SELECT "+columns+", m.user_id FROM moment m WHERE m.deleted_at IS NULL ORDER BY m.order_key")
		if err != nil {
			return err
		}
		for i := range rows {
			n++
			if err := indexWords(ctx, tx, *rows[i].key, searchWords(rows[i].by, &rows[i].Moment)); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// tail scans one more column than the scanner it wraps was asked for.
type tail struct {
	db.Scanner
	more any
}

// Scan reads the columns asked for and the one more.
func (t tail) Scan(dest ...any) error { return t.Scanner.Scan(append(dest, t.more)...) }
