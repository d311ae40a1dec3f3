package person

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"person"} }

const columns = "id, name, context, last_contact_at, last_contact_moment, revision, created_at, updated_at"

func scan(s db.Scanner) (Person, error) {
	var (
		p                Person
		last             *int64
		created, updated int64
	)
	err := s.Scan(&p.ID, &p.Name, &p.Context, &last, &p.LastContactMoment, &p.Revision, &created, &updated)
	if last != nil {
		t := db.Time(*last)
		p.LastContactAt = &t
	}
	p.CreatedAt, p.UpdatedAt = db.Time(created), db.Time(updated)
	return p, err
}

func get(ctx context.Context, r db.Reader, by account.ID, id string) (Person, error) {
	p, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM person WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return Person{}, fault.NotFound("person")
	}
	return p, err
}

// state tells what became of an id, whatever it is now.
func state(ctx context.Context, r db.Reader, by account.ID, id string) (fingerprint string, deleted, found bool, err error) {
	type row struct {
		fp      string
		deleted bool
	}
	v, err := db.One(ctx, r, func(s db.Scanner) (v row, err error) {
		err = s.Scan(&v.fp, &v.deleted)
		return v, err
	}, "SELECT fingerprint, deleted_at IS NOT NULL FROM person WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return "", false, false, nil
	}
	return v.fp, v.deleted, err == nil, err
}

func byFold(ctx context.Context, r db.Reader, by account.ID, name string) (Person, bool, error) {
	list, err := db.All(ctx, r, scan, "SELECT "+columns+` FROM person
		WHERE user_id = $1 AND sort_key = $2 AND name_fold = $3 AND deleted_at IS NULL ORDER BY id LIMIT 1`,
		string(by), sortKey(name), nameFold(name))
	if err != nil || len(list) == 0 {
		return Person{}, false, err
	}
	return list[0], true, nil
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, p Person, fingerprint string) error {
	_, err := tx.Exec(ctx, `INSERT INTO person (user_id, id, name, name_fold, sort_key, context, last_contact_at, last_contact_moment,
		fingerprint, revision, created_at, updated_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, NULL, '', $7, $8, $9, $10, NULL)`,
		string(by), p.ID, p.Name, nameFold(p.Name), sortKey(p.Name), p.Context, fingerprint, p.Revision, db.Micros(p.CreatedAt), db.Micros(p.UpdatedAt))
	return err
}

func update(ctx context.Context, tx *db.Tx, by account.ID, p Person) error {
	_, err := tx.Exec(ctx, `UPDATE person SET name = $1, name_fold = $2, sort_key = $3, context = $4, revision = $5, updated_at = $6
		WHERE user_id = $7 AND id = $8`,
		p.Name, nameFold(p.Name), sortKey(p.Name), p.Context, p.Revision, db.Micros(p.UpdatedAt), string(by), p.ID)
	return err
}

func bury(ctx context.Context, tx *db.Tx, by account.ID, id string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE person SET name = '', name_fold = '', sort_key = '', context = '', last_contact_at = NULL,
		last_contact_moment = '', revision = revision + 1, updated_at = $1, deleted_at = $1 WHERE user_id = $2 AND id = $3`,
		db.Micros(now), string(by), id)
	return err
}

func setLast(ctx context.Context, tx *db.Tx, by account.ID, id string, at *time.Time, momentID string) error {
	var us *int64
	if at != nil {
		v := db.Micros(*at)
		us = &v
	}
	_, err := tx.Exec(ctx, "UPDATE person SET last_contact_at = $1, last_contact_moment = $2 WHERE user_id = $3 AND id = $4 AND deleted_at IS NULL",
		us, momentID, string(by), id)
	return err
}

// raiseLast sets last contact if the moment is newer than what is kept.
func raiseLast(ctx context.Context, tx *db.Tx, by account.ID, id string, at time.Time, momentID string) error {
	_, err := tx.Exec(ctx, `UPDATE person SET last_contact_at = $1, last_contact_moment = $2
		WHERE user_id = $3 AND id = $4 AND deleted_at IS NULL AND (last_contact_at IS NULL OR last_contact_at <= $1)`,
		db.Micros(at), momentID, string(by), id)
	return err
}

func known(ctx context.Context, r db.Reader, by account.ID) ([]capture.Known, error) {
	return db.All(ctx, r, func(s db.Scanner) (k capture.Known, err error) {
		err = s.Scan(&k.ID, &k.Name, &k.Context)
		return k, err
	}, "SELECT id, name, context FROM person WHERE user_id = $1 AND deleted_at IS NULL ORDER BY sort_key, id", string(by))
}

// names returns the names of those of ids that are still there.
func names(ctx context.Context, r db.Reader, by account.ID, ids []string) (map[string]string, error) {
	found := make(map[string]string, len(ids))
	for len(ids) > 0 {
		some := ids[:min(len(ids), 500)] // both databases bound the number of parameters
		ids = ids[len(some):]
		in, args := db.In(2, some)
		err := db.Each(ctx, r, func(s db.Scanner) (v [2]string, err error) {
			err = s.Scan(&v[0], &v[1])
			return v, err
		}, func(v [2]string) error {
			found[v[0]] = v[1]
			return nil
		}, "SELECT id, name FROM person WHERE user_id = $1 AND id IN ("+in+") AND deleted_at IS NULL", append([]any{string(by)}, args...)...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// list reads one page more by one row than limit, so that the caller knows whether there is a next.
func list(ctx context.Context, r db.Reader, by account.ID, f Filter, limit int, after string) ([]Person, []string, error) {
	var (
		where = []string{"user_id = $1", "deleted_at IS NULL"}
		args  = []any{string(by)}
		arg   = func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	)
	if q := nameFold(strings.TrimSpace(f.Query)); q != "" {
		like := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(q)
		where = append(where, fmt.Sprintf("(name_fold LIKE %s ESCAPE '!' OR name_fold LIKE %s ESCAPE '!')", arg(like+"%"), arg("% "+like+"%")))
	}
	order, key := "sort_key, id", "sort_key"
	if f.Sort == ByLast {
		order, key = "COALESCE(last_contact_at, -9223372036854775807) DESC, id DESC", "CAST(COALESCE(last_contact_at, -9223372036854775807) AS TEXT)"
	}
	if after != "" {
		k, id, ok := strings.Cut(after, "~")
		if !ok {
			return nil, nil, badCursor()
		}
		if f.Sort == ByLast {
			n, err := strconv.ParseInt(k, 10, 64)
			if err != nil {
				return nil, nil, badCursor()
			}
			where = append(where, fmt.Sprintf("(COALESCE(last_contact_at, -9223372036854775807), id) < (CAST(%s AS BIGINT), %s)", arg(n), arg(id)))
		} else {
			where = append(where, fmt.Sprintf("(sort_key, id) > (%s, %s)", arg(k), arg(id)))
		}
	}
	query := "SELECT " + columns + ", " + key + " FROM person WHERE " + strings.Join(where, " AND ") + " ORDER BY " + order + " LIMIT " + arg(limit+1)
	var (
		people []Person
		keys   []string
	)
	err := db.Each(ctx, r, func(s db.Scanner) (v struct{}, err error) {
		var (
			p                Person
			last             *int64
			created, updated int64
			k                string
		)
		if err = s.Scan(&p.ID, &p.Name, &p.Context, &last, &p.LastContactMoment, &p.Revision, &created, &updated, &k); err != nil {
			return v, err
		}
		if last != nil {
			t := db.Time(*last)
			p.LastContactAt = &t
		}
		p.CreatedAt, p.UpdatedAt = db.Time(created), db.Time(updated)
		people, keys = append(people, p), append(keys, k+"~"+p.ID)
		return v, nil
	}, func(struct{}) error { return nil }, query, args...)
	return people, keys, err
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM person WHERE user_id = $1", string(id))
	return err
}

func badCursor() error {
	return fault.Invalid("bad_cursor", "cursor", "This cursor was not made by Kith; begin again without one.")
}

// Record is a person as an archive holds them, tombstones included. Last contact is not in it: it follows from moments.
type Record struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Context     string `json:"context,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

// Records calls f with every record of an account, by id.
func Records(ctx context.Context, r db.Reader, by account.ID, f func(Record) error) error {
	return db.Each(ctx, r, func(s db.Scanner) (v Record, err error) {
		err = s.Scan(&v.ID, &v.Name, &v.Context, &v.Fingerprint, &v.Revision, &v.CreatedAt, &v.UpdatedAt, &v.DeletedAt)
		return v, err
	}, f, "SELECT id, name, context, fingerprint, revision, created_at, updated_at, deleted_at FROM person WHERE user_id = $1 ORDER BY id", string(by))
}

// Restore puts a record back unless its id is there already, and reports whether it did.
func Restore(ctx context.Context, tx *db.Tx, by account.ID, v Record) (bool, error) {
	if v.DeletedAt == nil {
		name, err := cleanName(v.Name)
		if err != nil {
			return false, err
		}
		v.Name = name
	} else {
		v.Name = ""
	}
	if err := checkContext(v.Context); err != nil {
		return false, err
	}
	key := ""
	if v.Name != "" {
		key = sortKey(v.Name)
	}
	n, err := tx.Exec(ctx, `INSERT INTO person (user_id, id, name, name_fold, sort_key, context, last_contact_at, last_contact_moment,
		fingerprint, revision, created_at, updated_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, NULL, '', $7, $8, $9, $10, $11)
		ON CONFLICT (user_id, id) DO NOTHING`,
		string(by), v.ID, v.Name, nameFold(v.Name), key, v.Context, v.Fingerprint, v.Revision, v.CreatedAt, v.UpdatedAt, v.DeletedAt)
	return n == 1, err
}
