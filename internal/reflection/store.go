package reflection

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fold"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"reflection", "reflection_week", "reflection_setting"} }

// row is a reflection as it is kept, tombstones included.
type row struct {
	Reflection
	deletedAt *time.Time
}

// codecs seal private words. Without them private words are kept in the open.
type codecs struct{ good, line *db.Column }

const columns = "day, good, line, prompt, private, revision, created_at, updated_at, deleted_at"

// scan reads rows of an account, and opens what is sealed.
func (c codecs) scan(by account.ID) func(s db.Scanner) (row, error) {
	return func(s db.Scanner) (row, error) {
		var (
			r                row
			good             string
			created, updated int64
			deleted          *int64
		)
		if err := s.Scan(&r.Day, &good, &r.Line, &r.Prompt, &r.Private, &r.Revision, &created, &updated, &deleted); err != nil {
			return r, err
		}
		r.CreatedAt, r.UpdatedAt, r.deletedAt, r.Good = db.Time(created), db.Time(updated), db.TimeOrNil(deleted), []string{}
		if r.Private && c.good != nil {
			var err1, err2 error
			good, err1 = c.good.Open(string(by), r.Day, good)
			r.Line, err2 = c.line.Open(string(by), r.Day, r.Line)
			if err := errors.Join(err1, err2); err != nil {
				return r, err
			}
		}
		if good == "" {
			return r, nil
		}
		if err := json.Unmarshal([]byte(good), &r.Good); err != nil {
			return r, fmt.Errorf("good things of a day: %w", err)
		}
		return r, nil
	}
}

// stored are the three columns of words as they are kept.
func (c codecs) stored(by account.ID, r Reflection) (good, line, words string) {
	line = r.Line
	if len(r.Good) > 0 {
		b, _ := json.Marshal(r.Good) // strings alone: cannot fail
		good = string(b)
	}
	if account.Shown(r.Private, account.Search) {
		return good, line, fold.Fold(strings.Join(append(append([]string{}, r.Good...), r.Line), "\n"))
	}
	if c.good != nil {
		good, line = c.good.Seal(string(by), r.Day, good), c.line.Seal(string(by), r.Day, line)
	}
	return good, line, ""
}

// find returns the row of a day, whatever became of it, or nil.
func (c codecs) find(ctx context.Context, r db.Reader, by account.ID, day string) (*row, error) {
	v, err := db.One(ctx, r, c.scan(by), "SELECT "+columns+" FROM reflection WHERE user_id = $1 AND day = $2", string(by), day)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is an answer here
	}
	return &v, err
}

// list returns up to limit reflections, newest day first.
func (c codecs) list(ctx context.Context, r db.Reader, by account.ID, from, to string, words []string, limit int) ([]row, error) {
	query, args := "SELECT "+columns+" FROM reflection WHERE user_id = $1 AND deleted_at IS NULL", []any{string(by)}
	param := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if from != "" {
		query += " AND day >= " + param(from)
	}
	if to != "" {
		query += " AND day <= " + param(to)
	}
	for _, w := range words {
		query += " AND words LIKE " + param("%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(w)+"%") + ` ESCAPE '\'`
	}
	query += " ORDER BY day DESC LIMIT " + param(limit)
	return db.All(ctx, r, c.scan(by), query, args...)
}

// put inserts a row, or replaces the one of its day.
func (c codecs) put(ctx context.Context, tx *db.Tx, by account.ID, r row) error {
	good, line, words := c.stored(by, r.Reflection)
	_, err := tx.Exec(ctx, `INSERT INTO reflection (user_id, day, good, line, words, prompt, private, revision, created_at, updated_at,
		deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (user_id, day) DO UPDATE SET good = excluded.good, line = excluded.line, words = excluded.words, prompt = excluded.prompt,
		private = excluded.private, revision = excluded.revision, created_at = excluded.created_at, updated_at = excluded.updated_at,
		deleted_at = excluded.deleted_at`,
		string(by), r.Day, good, line, words, r.Prompt, r.Private, r.Revision, db.Micros(r.CreatedAt), db.Micros(r.UpdatedAt), db.MicrosOrNil(r.deletedAt))
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, day string) error {
	_, err := tx.Exec(ctx, "UPDATE reflection SET day = day WHERE user_id = $1 AND day = $2", string(by), day)
	return err
}

// answered counts how often each question was answered, but on one day.
func answered(ctx context.Context, r db.Reader, by account.ID, but string) (map[string]int, error) {
	m := map[string]int{}
	err := db.Each(ctx, r, db.Value[string], func(id string) error {
		m[id]++
		return nil
	}, "SELECT prompt FROM reflection WHERE user_id = $1 AND day <> $2 AND prompt <> '' AND deleted_at IS NULL", string(by), but)
	return m, err
}

// daysWritten are the days of a span that have a reflection.
func daysWritten(ctx context.Context, r db.Reader, by account.ID, from, to string) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT day FROM reflection
		WHERE user_id = $1 AND day >= $2 AND day <= $3 AND deleted_at IS NULL ORDER BY day`, string(by), from, to)
}

func carryOf(ctx context.Context, r db.Reader, by account.ID, week string) (c Carry, created int64, err error) {
	c, err = db.One(ctx, r, func(s db.Scanner) (c Carry, err error) { return c, s.Scan(&c.Text, &c.Revision, &created) },
		"SELECT carry, revision, created_at FROM reflection_week WHERE user_id = $1 AND week = $2", string(by), week)
	if errors.Is(err, db.ErrNoRows) {
		return Carry{}, 0, nil
	}
	return c, created, err
}

func putCarry(ctx context.Context, tx *db.Tx, by account.ID, week string, c Carry, created, updated int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO reflection_week (user_id, week, carry, revision, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (user_id, week) DO UPDATE SET carry = excluded.carry, revision = excluded.revision, updated_at = excluded.updated_at`,
		string(by), week, c.Text, c.Revision, created, updated)
	return err
}

func settingOf(ctx context.Context, r db.Reader, by account.ID) (Setting, error) {
	v, err := db.One(ctx, r, func(s db.Scanner) (v Setting, err error) { return v, s.Scan(&v.GoodOn, &v.Revision) },
		"SELECT good_on, revision FROM reflection_setting WHERE user_id = $1", string(by))
	if errors.Is(err, db.ErrNoRows) {
		return Setting{GoodOn: "0"}, nil
	}
	return v, err
}

func putSetting(ctx context.Context, tx *db.Tx, by account.ID, v Setting, updated int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO reflection_setting (user_id, good_on, revision, updated_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id) DO UPDATE SET good_on = excluded.good_on, revision = excluded.revision, updated_at = excluded.updated_at`,
		string(by), v.GoodOn, v.Revision, updated)
	return err
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	for _, query := range []string{
		"DELETE FROM reflection WHERE user_id = $1", "DELETE FROM reflection_week WHERE user_id = $1", "DELETE FROM reflection_setting WHERE user_id = $1",
	} {
		if _, err := tx.Exec(ctx, query, string(id)); err != nil {
			return err
		}
	}
	return nil
}
