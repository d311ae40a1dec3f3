package moment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/zone"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"moment", "moment_person", "moment_tag", "moment_search"} }

// listed are the columns of a moment in a list, columns are all. The short words come as one text with a mark between them
// that none of them can hold (the lists among them are JSON): drivers take as long for a column as for the row it is in.
const (
	mark   = "\x1f"
	listed = "concat_ws('" + mark + `', m.id, m.kind, m.context, m.zone, m.day, m."precision", m.contact, m.started_by, m.people, m.someone, m.tags),
	m.text, m.order_key, m.happened_at, m.duration_min, m.felt, m.captured_at, m.revision, m.created_at, m.updated_at`
	columns = listed + ", m.fingerprint, m.deleted_at"
)

// row is a moment as it is stored. people holds ids.
type row struct {
	Moment
	key         *int64
	people      []string
	fingerprint string
}

func scan(s db.Scanner) (row, error) {
	var (
		fingerprint string
		deleted     *int64
	)
	v, err := scanListed(s, &fingerprint, &deleted)
	v.fingerprint, v.DeletedAt = fingerprint, db.TimeOrNil(deleted)
	return v, err
}

// scanListed reads what is listed, and what follows it into more.
func scanListed(s db.Scanner, more ...any) (row, error) {
	var (
		v                                    row
		happened, captured, created, updated int64
		words, people, someone, tags         string
	)
	err := s.Scan(append([]any{
		&words, &v.Text, &v.key, &happened, &v.DurationMin, &v.Felt, &captured, &v.Revision, &created, &updated,
	}, more...)...)
	if err != nil {
		return v, err
	}
	for _, to := range []*string{
		&v.ID, &v.Kind, &v.Context, &v.Zone, &v.Day, &v.Precision, &v.Contact, &v.StartedBy, &people, &someone, &tags,
	} {
		*to, words, _ = strings.Cut(words, mark)
	}
	loc, err := zone.Load(v.Zone)
	if err != nil {
		loc = time.UTC // a zone that was since abolished must not hide the moment
	}
	v.HappenedAt = db.Time(happened).In(loc)
	v.CapturedAt, v.CreatedAt, v.UpdatedAt = db.Time(captured), db.Time(created), db.Time(updated)
	return v, errors.Join(unpack(people, &v.people), unpack(someone, &v.Someone), unpack(tags, &v.Tags))
}

// pack keeps a list in one column that only Go reads; no word is the empty string.
func pack(list []string) string {
	if len(list) == 0 {
		return ""
	}
	b, _ := json.Marshal(list) // strings alone: cannot fail
	return string(b)
}

func unpack(s string, to *[]string) error {
	if s == "" {
		return nil
	}
	if inner, ok := strings.CutPrefix(s, `["`); ok && !strings.Contains(s, `\`) && strings.HasSuffix(inner, `"]`) {
		// No escape, so a quote is the edge of a word. Nearly all are such, and json.Unmarshal takes ten times as long.
		*to = strings.Split(strings.TrimSuffix(inner, `"]`), `","`)
		return nil
	}
	return json.Unmarshal([]byte(s), to)
}

// keyBits is how many moments of one microsecond keep their order before the next microsecond is used.
const keyBits = 11

func keyOf(t time.Time) int64 { return t.UnixMicro() << keyBits }

// freeKey returns the order_key for a moment at t: the first free one of its microsecond, after those that are there.
// look is false on the first try for a time that is surely alone: the unique index then decides, and the retry looks.
func freeKey(ctx context.Context, r db.Reader, t time.Time, look bool) (int64, error) {
	if !look {
		return keyOf(t), nil
	}
	for from := keyOf(t); ; from += 1 << keyBits {
		last, err := db.One(ctx, r, db.Value[*int64], "SELECT MAX(order_key) FROM moment WHERE order_key >= $1 AND order_key < $2", from, from+1<<keyBits)
		switch {
		case err != nil:
			return 0, err
		case last == nil:
			return from, nil
		case *last < from+1<<keyBits-1:
			return *last + 1, nil
		}
	}
}

// insert keeps a new row. When the id is there already it writes nothing new, yet makes a log record, so that a retry is
// acknowledged only once a standby has it too; it then returns the kept fingerprint and false.
func insert(ctx context.Context, tx *db.Tx, by account.ID, v *row) (kept string, created bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO moment (user_id, id, order_key, kind, text, context, happened_at, zone, day, "precision", duration_min, felt, contact,
		started_by, people, someone, tags, captured_at, fingerprint, revision, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
		ON CONFLICT (user_id, id) DO NOTHING`,
		string(by), v.ID, v.key, v.Kind, v.Text, v.Context, db.Micros(v.HappenedAt), v.Zone, v.Day, v.Precision, v.DurationMin, v.Felt, v.Contact,
		v.StartedBy, pack(v.people), pack(v.Someone), pack(v.Tags), db.Micros(v.CapturedAt), v.fingerprint, v.Revision, db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt))
	if err != nil || n == 1 {
		return v.fingerprint, true, err
	}
	type was struct {
		fp      string
		deleted *int64
	}
	got, err := db.One(ctx, tx, func(s db.Scanner) (w was, err error) {
		err = s.Scan(&w.fp, &w.deleted)
		return w, err
	}, "UPDATE moment SET id = id WHERE user_id = $1 AND id = $2 RETURNING fingerprint, deleted_at", string(by), v.ID)
	if err == nil && got.deleted != nil {
		return "", false, fault.Gone("moment")
	}
	return got.fp, false, err
}

func update(ctx context.Context, tx *db.Tx, by account.ID, v *row) error {
	_, err := tx.Exec(ctx, `UPDATE moment SET order_key = $1, kind = $2, text = $3, context = $4, happened_at = $5, zone = $6, day = $7,
		"precision" = $8, duration_min = $9, felt = $10, contact = $11, started_by = $12, people = $13, someone = $14, tags = $15,
		revision = $16, updated_at = $17, deleted_at = $18 WHERE user_id = $19 AND id = $20`,
		v.key, v.Kind, v.Text, v.Context, db.Micros(v.HappenedAt), v.Zone, v.Day, v.Precision, v.DurationMin, v.Felt, v.Contact, v.StartedBy,
		pack(v.people), pack(v.Someone), pack(v.Tags), v.Revision, db.Micros(v.UpdatedAt), db.MicrosOrNil(v.DeletedAt), string(by), v.ID)
	return err
}

// link writes what is found by: the search index, the people, the tags.
func link(ctx context.Context, tx *db.Tx, by account.ID, v *row) error {
	if err := indexWords(ctx, tx, *v.key, searchWords(by, &v.Moment)); err != nil {
		return err
	}
	for _, id := range v.people {
		if _, err := tx.Exec(ctx, "INSERT INTO moment_person (user_id, person_id, order_key, contact) VALUES ($1, $2, $3, $4)", string(by), id, *v.key, v.Contact); err != nil {
			return err
		}
	}
	for _, tag := range v.Tags {
		if _, err := tx.Exec(ctx, "INSERT INTO moment_tag (user_id, tag_fold, order_key) VALUES ($1, $2, $3)", string(by), fold.Fold(tag), *v.key); err != nil {
			return err
		}
	}
	return nil
}

// unlink undoes link for the row as it was.
func unlink(ctx context.Context, tx *db.Tx, by account.ID, v *row) error {
	if err := unindexWords(ctx, tx, *v.key, searchWords(by, &v.Moment)); err != nil {
		return err
	}
	for _, id := range v.people {
		if _, err := tx.Exec(ctx, "DELETE FROM moment_person WHERE user_id = $1 AND person_id = $2 AND order_key = $3", string(by), id, *v.key); err != nil {
			return err
		}
	}
	for _, tag := range v.Tags {
		if _, err := tx.Exec(ctx, "DELETE FROM moment_tag WHERE user_id = $1 AND tag_fold = $2 AND order_key = $3", string(by), fold.Fold(tag), *v.key); err != nil {
			return err
		}
	}
	return nil
}

func getRow(ctx context.Context, r db.Reader, by account.ID, id string) (row, error) {
	v, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM moment m WHERE m.user_id = $1 AND m.id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return row{}, fault.NotFound("moment")
	}
	return v, err
}

// lastContact returns the newest moment in which a person was met, or nil.
func lastContact(ctx context.Context, r db.Reader, by account.ID, personID string) (at *time.Time, id string, err error) {
	type found struct {
		id string
		at int64
	}
	list, err := db.All(ctx, r, func(s db.Scanner) (f found, err error) {
		err = s.Scan(&f.id, &f.at)
		return f, err
	}, `SELECT m.id, m.happened_at FROM moment_person p JOIN moment m ON m.order_key = p.order_key
		WHERE p.user_id = $1 AND p.person_id = $2 AND p.contact = $3 ORDER BY p.order_key DESC LIMIT 1`, string(by), personID, capture.ContactYes)
	if err != nil || len(list) == 0 {
		return nil, "", err
	}
	t := db.Time(list[0].at)
	return &t, list[0].id, nil
}

// list reads the newest rows below the key before, without their fingerprints.
func list(ctx context.Context, r db.Reader, by account.ID, f Filter, terms []fold.Term, limit int, before *int64) ([]row, error) {
	var (
		args  []any
		arg   = func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
		where []string
		from  = "moment m"
		key   = "m.order_key"
	)
	switch {
	case len(terms) > 0:
		var match, query string
		from, key, match, query = matching(r.Dialect(), by, terms)
		arg(query) // $1, as matching names it
		where = append(where, match, "m.user_id = "+arg(string(by)))
	case f.Person != "":
		from, key = "moment_person p JOIN moment m ON m.order_key = p.order_key", "p.order_key"
		where = append(where, "p.user_id = "+arg(string(by)), "p.person_id = "+arg(f.Person))
	case f.Tag != "":
		from, key = "moment_tag t JOIN moment m ON m.order_key = t.order_key", "t.order_key"
		where = append(where, "t.user_id = "+arg(string(by)), "t.tag_fold = "+arg(fold.Fold(f.Tag)))
	default:
		where = append(where, "m.user_id = "+arg(string(by)))
	}
	where = append(where, "m.deleted_at IS NULL")
	if f.Person != "" && !strings.HasPrefix(from, "moment_person") {
		where = append(where, fmt.Sprintf("EXISTS (SELECT 1 FROM moment_person p WHERE p.user_id = %s AND p.person_id = %s AND p.order_key = m.order_key)", arg(string(by)), arg(f.Person)))
	}
	if f.Tag != "" && !strings.HasPrefix(from, "moment_tag") {
		where = append(where, fmt.Sprintf("EXISTS (SELECT 1 FROM moment_tag t WHERE t.user_id = %s AND t.tag_fold = %s AND t.order_key = m.order_key)", arg(string(by)), arg(fold.Fold(f.Tag))))
	}
	if f.Kind != "" {
		where = append(where, "m.kind = "+arg(f.Kind))
	}
	if f.Context != "" {
		where = append(where, "m.context = "+arg(f.Context))
	}
	if f.Felt != nil {
		where = append(where, "m.felt = "+arg(*f.Felt))
	}
	// A local day lies within two days of the same day in UTC wherever it was lived; the key range lets the index skip.
	if f.From != "" {
		where = append(where, "m.day >= "+arg(f.From), key+" >= "+arg(keyOf(dayUTC(f.From).AddDate(0, 0, -2))))
	}
	if f.To != "" {
		where = append(where, "m.day <= "+arg(f.To), key+" < "+arg(keyOf(dayUTC(f.To).AddDate(0, 0, 3))))
	}
	if before != nil {
		where = append(where, key+" < "+arg(*before))
	}
	rows := make([]row, 0, min(limit, DefaultLimit+1))
	err := db.Each(ctx, r, func(s db.Scanner) (row, error) { return scanListed(s) }, func(v row) error {
		rows = append(rows, v)
		return nil
	}, "SELECT "+listed+" FROM "+from+" WHERE "+strings.Join(where, " AND ")+" ORDER BY "+key+" DESC LIMIT "+arg(limit), args...)
	return rows, err
}

func dayUTC(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day) // checked by the caller
	return t
}

// lastDeleted returns the newest deletion since the cutoff that can still be undone.
func lastDeleted(ctx context.Context, r db.Reader, by account.ID, since time.Time) (row, bool, error) {
	rows, err := db.All(ctx, r, scan, "SELECT "+columns+` FROM moment m
		WHERE m.deleted_at >= $1 AND m.order_key IS NOT NULL AND m.user_id = $2 ORDER BY m.deleted_at DESC LIMIT 1`, db.Micros(since), string(by))
	if err != nil || len(rows) == 0 {
		return row{}, false, err
	}
	return rows[0], true, nil
}

// purge takes the words of deletions before the cutoff away for good and leaves tombstones.
func purge(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE moment SET order_key = NULL, kind = '', text = '', context = '', happened_at = 0, zone = '', day = '', "precision" = 'minute',
		duration_min = NULL, felt = NULL, contact = 'no', started_by = '', people = '', someone = '', tags = '', captured_at = 0
		WHERE deleted_at IS NOT NULL AND order_key IS NOT NULL AND deleted_at < $1`, db.Micros(before))
}

// erase removes everything an account has here. The search index of SQLite must be told the words it is to forget.
func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	rows, err := db.All(ctx, tx, scan, "SELECT "+columns+" FROM moment m WHERE m.user_id = $1 AND m.deleted_at IS NULL", string(id))
	if err != nil {
		return err
	}
	for i := range rows {
		if err := unindexWords(ctx, tx, *rows[i].key, searchWords(id, &rows[i].Moment)); err != nil {
			return err
		}
	}
	for _, table := range []string{"moment_person", "moment_tag", "moment"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1", string(id)); err != nil {
			return err
		}
	}
	return nil
}

// lastLogged returns the moment made last, if that was since the cutoff. It looks where such a moment can be without an
// index of its own: among ids made since (UUIDv7 begins with the time) and among the newest.
func lastLogged(ctx context.Context, r db.Reader, by account.ID, since time.Time) (row, bool, error) {
	var best row
	ms := since.Add(-time.Hour).UnixMilli()
	fromID := fmt.Sprintf("%08x-%04x", ms>>16, ms&0xffff)
	for _, q := range []struct {
		where string
		args  []any
	}{
		{"m.user_id = $1 AND m.id >= $2 AND m.deleted_at IS NULL AND m.created_at >= $3 ORDER BY m.created_at DESC LIMIT 1", []any{string(by), fromID, db.Micros(since)}},
		{"m.user_id = $1 AND m.deleted_at IS NULL ORDER BY m.order_key DESC LIMIT 200", []any{string(by)}},
	} {
		rows, err := db.All(ctx, r, scan, "SELECT "+columns+" FROM moment m WHERE "+q.where, q.args...)
		if err != nil {
			return row{}, false, err
		}
		for _, v := range rows {
			if !v.CreatedAt.Before(since) && v.CreatedAt.After(best.CreatedAt) {
				best = v
			}
		}
	}
	return best, best.ID != "", nil
}
