package presence

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Record is a presence as an archive holds it, tombstones included. The code to join does not leave.
type Record struct {
	ID             string   `json:"id"`
	Kind           string   `json:"kind"`
	Pattern        string   `json:"pattern,omitempty"`
	People         []string `json:"people,omitempty"` // ids
	PlannedSeconds int64    `json:"planned_seconds"`
	StartedAt      int64    `json:"started_at"` // microseconds since 1970, UTC
	EndedAt        *int64   `json:"ended_at,omitempty"`
	Told           bool     `json:"told,omitempty"`
	Moment         string   `json:"moment,omitempty"`
	Guests         int      `json:"guests,omitempty"`
	Fingerprint    string   `json:"fingerprint"`
	Revision       int64    `json:"revision"`
	CreatedAt      int64    `json:"created_at"`
	UpdatedAt      int64    `json:"updated_at"`
	DeletedAt      *int64   `json:"deleted_at,omitempty"`
}

// Records calls f with every record of an account in the order of their ids.
func Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return db.Each(ctx, r, scan, func(v row) error {
		return f(Record{
			ID: v.ID, Kind: v.Kind, Pattern: v.Pattern, People: v.people, PlannedSeconds: int64(v.Planned / time.Second), StartedAt: db.Micros(v.StartedAt),
			EndedAt: db.MicrosOrNil(v.EndedAt), Told: v.Told, Moment: v.Moment, Guests: v.Guests, Fingerprint: v.fingerprint, Revision: v.Revision,
			CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: db.MicrosOrNil(v.deletedAt),
		})
	}, "SELECT "+columns+" FROM presence WHERE user_id = $1 ORDER BY id", string(by))
}

// Restore keeps a record of an archive as it was and reports whether it was new. One that is here already stays as it is.
func Restore(ctx context.Context, tx *db.Tx, by account.ID, rec Record) (bool, error) {
	if err := rec.check(); err != nil {
		return false, err
	}
	was, err := find(ctx, tx, by, rec.ID)
	if err != nil || was != nil {
		return false, err
	}
	v := row{Session: Session{
		ID: rec.ID, Kind: rec.Kind, Pattern: rec.Pattern, Planned: time.Duration(rec.PlannedSeconds) * time.Second, StartedAt: db.Time(rec.StartedAt),
		EndedAt: db.TimeOrNil(rec.EndedAt), Told: rec.Told, Moment: rec.Moment, Guests: rec.Guests, Revision: rec.Revision,
		CreatedAt: db.Time(rec.CreatedAt), UpdatedAt: db.Time(rec.UpdatedAt),
	}, people: rec.People, fingerprint: rec.Fingerprint, deletedAt: db.TimeOrNil(rec.DeletedAt)}
	if v.EndedAt == nil && v.deletedAt == nil {
		other, err := running(ctx, tx, by)
		if err != nil {
			return false, err
		}
		if other != nil { // one runs here already
			v.finish(v.Until())
		}
	}
	return true, insert(ctx, tx, by, v)
}

func (rec Record) check() error {
	bad := func(field, what string) error {
		return fault.Invalid("bad_row", field, "A presence in this file has %s.", what)
	}
	if u, err := uuid.Parse(rec.ID); err != nil || u.String() != rec.ID {
		return bad("id", "an id that is no UUID")
	}
	if !slices.Contains(Kinds(), rec.Kind) {
		return bad("kind", "an unknown kind")
	}
	if rec.PlannedSeconds < int64(MinPlanned/time.Second) || rec.PlannedSeconds > int64(MaxPlanned/time.Second) {
		return bad("planned_seconds", "no plan")
	}
	for field, text := range map[string]string{"pattern": rec.Pattern, "moment": rec.Moment, "fingerprint": rec.Fingerprint, "people": strings.Join(rec.People, "")} {
		if len(text) > 64*MaxPeople || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return bad(field, "a text that cannot be kept")
		}
	}
	if len(rec.People) > MaxPeople {
		return bad("people", "too many people")
	}
	if rec.EndedAt != nil && *rec.EndedAt < rec.StartedAt {
		return bad("ended_at", "an end before its beginning")
	}
	if rec.Guests < 0 || rec.Guests > MaxGuests {
		return bad("guests", "no number of guests")
	}
	if rec.Revision < 1 || rec.CreatedAt == 0 || rec.UpdatedAt == 0 || rec.StartedAt == 0 {
		return bad("revision", "no revision or no time")
	}
	return nil
}
