package pulse

import (
	"context"
	"encoding/json"
	"math"

	"kith/internal/account"
	"kith/internal/db"
)

// ScaleRecord is a definition that somebody brought, as an archive holds it.
type ScaleRecord struct {
	ID         string          `json:"id"`
	Definition json.RawMessage `json:"definition,omitempty"`
	LicensedAt int64           `json:"licensed_at"`
	Revision   int64           `json:"revision"`
	CreatedAt  int64           `json:"created_at"`
	UpdatedAt  int64           `json:"updated_at"`
	DeletedAt  *int64          `json:"deleted_at,omitempty"`
}

// ScaleRecords calls f with every definition an account brought.
func ScaleRecords(ctx context.Context, r db.Reader, by account.ID, f func(ScaleRecord) error) error {
	return db.Each(ctx, r, scanScale, func(v scaleRow) error {
		rec := ScaleRecord{
			ID: v.ID, LicensedAt: db.Micros(v.LicensedAt), Revision: v.Revision, CreatedAt: db.Micros(v.CreatedAt),
			UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: db.MicrosOrNil(v.DeletedAt),
		}
		if v.DeletedAt == nil {
			rec.Definition = json.RawMessage(v.definition)
		}
		return f(rec)
	}, "SELECT "+scaleColumns+" FROM scale WHERE user_id = $1 ORDER BY id", string(by))
}

// RestoreScale puts a definition back unless one of its id is there already, and reports whether it did.
func (s *Service) RestoreScale(ctx context.Context, tx *db.Tx, by account.ID, rec ScaleRecord) (bool, error) {
	if !slug(rec.ID) || rec.Revision < 1 {
		return false, badRow("id", "an id or a revision that cannot be kept")
	}
	if rec.DeletedAt == nil {
		sc, err := ParseScale(rec.Definition)
		if err != nil {
			return false, err
		}
		if sc.ID != rec.ID {
			return false, badRow("definition", "a definition of another id")
		}
	} else if len(rec.Definition) > 0 {
		return false, badRow("definition", "a definition that was deleted")
	}
	was, err := findScale(ctx, tx, by, rec.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, insertScale(ctx, tx, by, scaleRow{
		ID: rec.ID, definition: string(rec.Definition), LicensedAt: db.Time(rec.LicensedAt), Revision: rec.Revision,
		CreatedAt: db.Time(rec.CreatedAt), UpdatedAt: db.Time(rec.UpdatedAt), DeletedAt: db.TimeOrNil(rec.DeletedAt),
	})
}

// AnswerRecord is a filled-in scale as an archive holds it, tombstones included.
type AnswerRecord struct {
	ID          string         `json:"id"`
	Scale       string         `json:"scale,omitempty"`
	Version     int            `json:"version,omitempty"`
	At          int64          `json:"at,omitempty"`
	Zone        string         `json:"zone,omitempty"`
	Day         string         `json:"day,omitempty"`
	Answers     map[string]int `json:"answers,omitempty"`
	Scores      []Score        `json:"scores,omitempty"`
	Fingerprint string         `json:"fingerprint"`
	Revision    int64          `json:"revision"`
	CreatedAt   int64          `json:"created_at"`
	UpdatedAt   int64          `json:"updated_at"`
	DeletedAt   *int64         `json:"deleted_at,omitempty"`
}

// AnswerRecords calls f with every filled-in scale of an account by id. What was deleted does not leave.
func AnswerRecords(ctx context.Context, r db.Reader, by account.ID, f func(AnswerRecord) error) error {
	return db.Each(ctx, r, scanAnswer, func(v answerRow) error {
		rec := AnswerRecord{
			ID: v.ID, Fingerprint: v.fingerprint, Revision: v.Revision, CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt),
			DeletedAt: db.MicrosOrNil(v.DeletedAt),
		}
		if v.DeletedAt == nil {
			rec.Scale, rec.Version, rec.At, rec.Zone, rec.Day, rec.Answers, rec.Scores = v.Scale, v.Version, db.Micros(v.At), v.Zone, v.Day, v.Answers, v.Scores
		}
		return f(rec)
	}, "SELECT "+answerColumns+" FROM scale_answer WHERE user_id = $1 ORDER BY id", string(by))
}

// RestoreAnswer puts a filled-in scale back unless its id is there already, and reports whether it did. Its definition may
// be gone; its scores are what they were.
func (s *Service) RestoreAnswer(ctx context.Context, tx *db.Tx, by account.ID, rec AnswerRecord) (bool, error) {
	if err := checkStamp(rec.ID, rec.Fingerprint, rec.Revision); err != nil {
		return false, err
	}
	r := answerRow{fingerprint: rec.Fingerprint, Answer: Answer{
		ID: rec.ID, Answers: map[string]int{}, Scores: []Score{}, At: db.Time(0), Revision: rec.Revision, CreatedAt: db.Time(rec.CreatedAt),
		UpdatedAt: db.Time(rec.UpdatedAt), DeletedAt: db.TimeOrNil(rec.DeletedAt),
	}}
	if rec.DeletedAt == nil {
		if err := rec.check(); err != nil {
			return false, err
		}
		r.Scale, r.Version, r.At, r.Zone, r.Day, r.Answers, r.Scores = rec.Scale, rec.Version, at(rec.At, rec.Zone), rec.Zone, rec.Day, rec.Answers, rec.Scores
	}
	was, err := findAnswer(ctx, tx, by, rec.ID)
	if err != nil || was != nil {
		return false, err
	}
	return true, insertAnswer(ctx, tx, by, r)
}

func (rec AnswerRecord) check() error {
	if err := checkPlace(rec.Zone, rec.Day); err != nil {
		return err
	}
	if !slug(rec.Scale) || rec.Version < 1 || len(rec.Answers) == 0 || len(rec.Answers) > maxItems || len(rec.Scores) == 0 || len(rec.Scores) > maxItems {
		return badRow("scale", "no scale, no answers or no scores")
	}
	for id, v := range rec.Answers {
		if !slug(id) || v < -1000 || v > 1000 {
			return badRow("answers", "an answer that cannot be kept")
		}
	}
	for _, sc := range rec.Scores {
		if !slug(sc.ID) || sc.N < 0 || sc.N > 2*maxItems || sc.Of < 0 || sc.Of > 2*maxItems || sc.Value != nil && math.Abs(*sc.Value) > 1e9 {
			return badRow("scores", "a score that cannot be kept")
		}
	}
	return nil
}
