package opportunity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/person"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string {
	return []string{"opportunity_answer", "opportunity_put_away", "opportunity_wish"}
}

const columns = "day, opportunity, answer, answered_at"

func scan(s db.Scanner) (Row, error) {
	var (
		r  Row
		at int64
	)
	err := s.Scan(&r.Day, &r.Opportunity, &r.Answer, &at)
	r.AnsweredAt = db.Time(at)
	return r, err
}

// standing returns the answers since a day, and those of any day that never end.
func standing(ctx context.Context, r db.Reader, by account.ID, since string) ([]Row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+` FROM opportunity_answer WHERE user_id = $1 AND day >= $2
		UNION ALL SELECT `+columns+` FROM opportunity_answer WHERE user_id = $1 AND answer = 'not_this' AND day < $2`, string(by), since)
}

func neverAnswers(ctx context.Context, r db.Reader, by account.ID) ([]Row, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+` FROM opportunity_answer WHERE user_id = $1 AND answer = 'not_this' ORDER BY day DESC, opportunity`, string(by))
}

// put keeps the last answer to a suggestion on a day. An answer given twice leaves a log record both times.
func put(ctx context.Context, tx *db.Tx, by account.ID, r Row) error {
	_, err := tx.Exec(ctx, `INSERT INTO opportunity_answer (user_id, day, opportunity, answer, answered_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id, day, opportunity) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at`,
		string(by), r.Day, r.Opportunity, r.Answer, db.Micros(r.AnsweredAt))
	return err
}

func exists(ctx context.Context, r db.Reader, by account.ID, day, id string) (bool, error) {
	return db.One(ctx, r, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM opportunity_answer
		WHERE user_id = $1 AND day = $2 AND opportunity = $3)`, string(by), day, id)
}

func reset(ctx context.Context, tx *db.Tx, by account.ID) error {
	if _, err := tx.Exec(ctx, "DELETE FROM opportunity_put_away WHERE user_id = $1", string(by)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM opportunity_answer WHERE user_id = $1 AND answer = 'not_this'", string(by))
	return err
}

func again(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "DELETE FROM opportunity_answer WHERE user_id = $1 AND opportunity = $2 AND answer = 'not_this'", string(by), id)
	return err
}

func each(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
	return db.Each(ctx, r, scan, f, "SELECT "+columns+" FROM opportunity_answer WHERE user_id = $1 ORDER BY day, opportunity", string(by))
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	for _, table := range Tables() {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1", string(id)); err != nil {
			return err
		}
	}
	return nil
}

func nevers(ctx context.Context, r db.Reader, by account.ID) ([]Never, error) {
	return db.All(ctx, r, func(s db.Scanner) (n Never, err error) {
		err = s.Scan(&n.Subject, &n.Since)
		return n, err
	}, "SELECT subject, day FROM opportunity_put_away WHERE user_id = $1 ORDER BY subject", string(by))
}

func eachNever(ctx context.Context, r db.Reader, by account.ID, f func(NeverRow) error) error {
	return db.Each(ctx, r, func(s db.Scanner) (n NeverRow, err error) {
		err = s.Scan(&n.Subject, &n.Day, &n.SaidAt)
		return n, err
	}, f, "SELECT subject, day, said_at FROM opportunity_put_away WHERE user_id = $1 ORDER BY subject", string(by))
}

func putNever(ctx context.Context, tx *db.Tx, by account.ID, v NeverRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO opportunity_put_away (user_id, subject, day, said_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, subject) DO UPDATE SET day = excluded.day, said_at = excluded.said_at`, string(by), v.Subject, v.Day, v.SaidAt)
	return err
}

func takeNever(ctx context.Context, tx *db.Tx, by account.ID, subject string) error {
	_, err := tx.Exec(ctx, "DELETE FROM opportunity_put_away WHERE user_id = $1 AND subject = $2", string(by), subject)
	return err
}

func hasNever(ctx context.Context, r db.Reader, by account.ID, subject string) (bool, error) {
	return db.One(ctx, r, db.Value[bool], "SELECT EXISTS (SELECT 1 FROM opportunity_put_away WHERE user_id = $1 AND subject = $2)", string(by), subject)
}

func wishes(ctx context.Context, r db.Reader, by account.ID) (WishRow, error) {
	row, err := db.One(ctx, r, func(s db.Scanner) (w WishRow, err error) {
		err = s.Scan(&w.RestDays, &w.LossNotes, &w.Revision, &w.UpdatedAt)
		return w, err
	}, "SELECT rest_days, loss_notes, revision, updated_at FROM opportunity_wish WHERE user_id = $1", string(by))
	if errors.Is(err, db.ErrNoRows) {
		return WishRow{}, nil
	}
	return row, err
}

func putWishes(ctx context.Context, tx *db.Tx, by account.ID, w WishRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO opportunity_wish (user_id, rest_days, loss_notes, revision, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id) DO UPDATE SET rest_days = excluded.rest_days, loss_notes = excluded.loss_notes, revision = excluded.revision,
		updated_at = excluded.updated_at`, string(by), w.RestDays, w.LossNotes, w.Revision, w.UpdatedAt)
	return err
}

// people are read with what a suggestion needs of them and no more: a day looks at many.
const peopleColumns = "id, name, nickname, ring, cadence, zone, locale, hours_from, hours_to, last_contact_at, last_contact_moment, created_at"

func scanPerson(s db.Scanner) (person.Person, error) {
	var (
		p       = person.Person{Standing: person.Active}
		last    *int64
		created int64
	)
	err := s.Scan(&p.ID, &p.Name, &p.Nickname, &p.Ring, &p.Cadence, &p.Zone, &p.Locale, &p.HoursFrom, &p.HoursTo, &last, &p.LastContactMoment, &created)
	p.CreatedAt, p.LastContactAt = db.Time(created), db.TimeOrNil(last)
	return p, err
}

// nearby is the condition that everybody meets who may be suggested at all.
const nearby = "user_id = $1 AND deleted_at IS NULL AND archived_at IS NULL AND standing = 'active'"

// due returns the people whose cadence has passed at now, those first who are left longest by their own measure.
func due(ctx context.Context, r db.Reader, by account.ID, now time.Time, limit int) ([]person.Person, error) {
	var every strings.Builder
	every.WriteString("COALESCE(cadence, CASE ring")
	for _, ring := range person.Rings() {
		fmt.Fprintf(&every, " WHEN '%s' THEN %d", ring.Name, ring.Cadence)
	}
	every.WriteString(" END)")
	const day = int64(24 * time.Hour / time.Microsecond)
	return db.All(ctx, r, scanPerson, "SELECT "+peopleColumns+" FROM person WHERE "+nearby+` AND (ring <> '' OR cadence IS NOT NULL)
		AND COALESCE(last_contact_at, created_at) + `+every.String()+" * "+fmt.Sprint(day)+` <= $2
		ORDER BY ($2 - COALESCE(last_contact_at, created_at)) / `+every.String()+" DESC, id LIMIT $3", string(by), db.Micros(now), limit)
}

// quietPeople returns people without a cadence whose last contact lies between two instants, the nearest first.
func quietPeople(ctx context.Context, r db.Reader, by account.ID, from, to time.Time, limit int) ([]person.Person, error) {
	return db.All(ctx, r, scanPerson, "SELECT "+peopleColumns+" FROM person WHERE "+nearby+` AND ring = '' AND cadence IS NULL
		AND COALESCE(last_contact_at, -9223372036854775807) >= $2 AND COALESCE(last_contact_at, -9223372036854775807) < $3
		ORDER BY COALESCE(last_contact_at, -9223372036854775807) DESC, id LIMIT $4`, string(by), db.Micros(from), db.Micros(to), limit)
}

// active returns those of ids who may be suggested.
func active(ctx context.Context, r db.Reader, by account.ID, ids []string) (map[string]person.Person, error) {
	found := map[string]person.Person{}
	if len(ids) == 0 {
		return found, nil
	}
	in, args := db.In(2, ids[:min(len(ids), 500)])
	list, err := db.All(ctx, r, scanPerson, "SELECT "+peopleColumns+" FROM person WHERE "+nearby+" AND id IN ("+in+")", append([]any{string(by)}, args...)...)
	for _, p := range list {
		found[p.ID] = p
	}
	return found, err
}
