package reflection

import (
	"context"
	"unicode/utf8"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Record is a reflection as an archive holds it, tombstones included. Sealed words are opened: the key that seals them
// stays with the installation.
type Record struct {
	Day       string   `json:"day"`
	Good      []string `json:"good,omitempty"`
	Line      string   `json:"line,omitempty"`
	Prompt    string   `json:"prompt,omitempty"`
	Private   bool     `json:"private,omitempty"`
	Revision  int64    `json:"revision"`
	CreatedAt int64    `json:"created_at"`
	UpdatedAt int64    `json:"updated_at"`
	DeletedAt *int64   `json:"deleted_at,omitempty"`
}

// WeekRecord is what a week leaves as an archive holds it.
type WeekRecord struct {
	Week      string `json:"week"`
	Carry     string `json:"carry,omitempty"`
	Revision  int64  `json:"revision"`
	CreatedAt int64  `json:"created_at"`
	UpdatedAt int64  `json:"updated_at"`
}

// SettingRecord is a setting as an archive holds it.
type SettingRecord struct {
	GoodOn    string `json:"good_on"`
	Revision  int64  `json:"revision"`
	UpdatedAt int64  `json:"updated_at"`
}

func badRow(field, what string) error {
	return fault.Invalid("bad_row", field, "A reflection in this file has %s.", what)
}

// Records calls f with every record of an account by day.
func (s *Service) Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return db.Each(ctx, r, s.codecs.scan(by), func(v row) error {
		rec := Record{
			Day: v.Day, Line: v.Line, Prompt: v.Prompt, Private: v.Private, Revision: v.Revision,
			CreatedAt: db.Micros(v.CreatedAt), UpdatedAt: db.Micros(v.UpdatedAt), DeletedAt: db.MicrosOrNil(v.deletedAt),
		}
		if len(v.Good) > 0 {
			rec.Good = v.Good
		}
		return f(rec)
	}, "SELECT "+columns+" FROM reflection WHERE user_id = $1 ORDER BY day", string(by))
}

// Restore puts a record back unless its day is there already, and reports whether it did.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, rec Record) (bool, error) {
	if err := isDay(rec.Day); err != nil {
		return false, badRow("day", "no day")
	}
	if rec.Revision < 1 {
		return false, badRow("revision", "no revision")
	}
	r := row{Reflection: Reflection{
		Day: rec.Day, Good: rec.Good, Line: rec.Line, Prompt: rec.Prompt, Private: rec.Private, Revision: rec.Revision,
		CreatedAt: db.Time(rec.CreatedAt), UpdatedAt: db.Time(rec.UpdatedAt),
	}}
	if len(rec.Good) > MaxGood || utf8.RuneCountInString(rec.Line) > MaxLine || len(rec.Prompt) > 40 || rec.Prompt != text(rec.Prompt) {
		return false, badRow("line", "more than a day holds")
	}
	for _, t := range append([]string{rec.Line}, rec.Good...) {
		if t != text(t) || utf8.RuneCountInString(t) > MaxLine {
			return false, badRow("line", "a text that cannot be kept")
		}
	}
	if rec.DeletedAt != nil {
		r.deletedAt, r.Good, r.Line, r.Prompt, r.Private = db.TimeOrNil(rec.DeletedAt), nil, "", "", false
	}
	was, err := s.codecs.find(ctx, tx, by, rec.Day)
	if err != nil || was != nil {
		return false, err
	}
	return true, s.codecs.put(ctx, tx, by, r)
}

// WeekRecords calls f with what every week left, by week.
func (s *Service) WeekRecords(ctx context.Context, r db.Reader, by account.ID, f func(WeekRecord) error) error {
	return db.Each(ctx, r, func(s db.Scanner) (v WeekRecord, err error) {
		return v, s.Scan(&v.Week, &v.Carry, &v.Revision, &v.CreatedAt, &v.UpdatedAt)
	}, f, "SELECT week, carry, revision, created_at, updated_at FROM reflection_week WHERE user_id = $1 ORDER BY week", string(by))
}

// RestoreWeek puts back what a week left unless something is there already, and reports whether it did.
func (s *Service) RestoreWeek(ctx context.Context, tx *db.Tx, by account.ID, rec WeekRecord) (bool, error) {
	if _, err := Monday(rec.Week); err != nil {
		return false, badRow("week", "no week")
	}
	if line, err := cleanCarry(rec.Carry); err != nil || line != rec.Carry || rec.Revision < 1 {
		return false, badRow("carry", "a line that cannot be kept")
	}
	was, _, err := carryOf(ctx, tx, by, rec.Week)
	if err != nil || was.Revision > 0 {
		return false, err
	}
	return true, putCarry(ctx, tx, by, rec.Week, Carry{rec.Carry, rec.Revision}, rec.CreatedAt, rec.UpdatedAt)
}

// SettingRecords calls f with the setting of an account, if one was chosen.
func (s *Service) SettingRecords(ctx context.Context, r db.Reader, by account.ID, f func(SettingRecord) error) error {
	return db.Each(ctx, r, func(s db.Scanner) (v SettingRecord, err error) {
		return v, s.Scan(&v.GoodOn, &v.Revision, &v.UpdatedAt)
	}, f,
		"SELECT good_on, revision, updated_at FROM reflection_setting WHERE user_id = $1", string(by))
}

// RestoreSetting puts a setting back unless one was chosen here, and reports whether it did.
func (s *Service) RestoreSetting(ctx context.Context, tx *db.Tx, by account.ID, rec SettingRecord) (bool, error) {
	if checkGoodOn(rec.GoodOn) != nil || rec.Revision < 1 {
		return false, badRow("good_on", "a setting that is none")
	}
	was, err := settingOf(ctx, tx, by)
	if err != nil || was.Revision > 0 {
		return false, err
	}
	return true, putSetting(ctx, tx, by, Setting{rec.GoodOn, rec.Revision}, rec.UpdatedAt)
}
