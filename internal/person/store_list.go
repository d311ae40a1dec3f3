package person

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// quick are the names to offer while one is typed.
func quick(ctx context.Context, r db.Reader, by account.ID) ([]Name, error) {
	return db.All(ctx, r, func(s db.Scanner) (n Name, err error) {
		err = s.Scan(&n.ID, &n.Name, &n.Nickname)
		return n, err
	}, `SELECT id, name, nickname FROM person WHERE user_id = $1 AND deleted_at IS NULL AND archived_at IS NULL
		ORDER BY sort_lang, sort_key, id`, string(by))
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

// never is the last contact of those who have none, in the order of last contact.
const never = "COALESCE(last_contact_at, -9223372036854775807)"

// ringRank numbers the rings in SQL, the nearest first.
var ringRank = func() string { //nolint:gochecknoglobals // made of data
	var b strings.Builder
	for i, r := range Rings() {
		fmt.Fprintf(&b, " WHEN '%s' THEN %d", r.Name, i)
	}
	return fmt.Sprintf("CASE ring%s ELSE %d END", b.String(), len(Rings()))
}()

// list reads one row more than limit, so that the caller knows whether there is a next page. It returns the cursor of
// each row too. query is the condition the filter's Query means.
func list(ctx context.Context, r db.Reader, by account.ID, lang string, f Filter, query func(*params) string, limit int, after string) ([]Person, []string, error) {
	p := &params{args: []any{string(by)}}
	arg := p.arg
	where := []string{"user_id = $1", "deleted_at IS NULL", query(p)}
	if f.Ring == "none" {
		where = append(where, "ring = ''")
	} else if f.Ring != "" {
		where = append(where, "ring = "+arg(f.Ring))
	}
	if f.Standing != "" {
		where = append(where, "standing = "+arg(f.Standing))
	}
	if f.Source != "" {
		where = append(where, "source = "+arg(f.Source))
	}
	if f.Group != "" {
		where = append(where, "id IN (SELECT person_id FROM person_group_member WHERE user_id = $1 AND group_id = "+arg(f.Group)+")")
	}
	switch f.Archived {
	case ArchivedHidden:
		where = append(where, "archived_at IS NULL")
	case ArchivedOnly:
		where = append(where, "archived_at IS NOT NULL")
	}
	order, key := "sort_key, id", "sort_key"
	switch f.Sort {
	case ByLast:
		order, key = never+" DESC, id DESC", "CAST("+never+" AS TEXT)"
	case ByRing:
		order, key = ringRank+", sort_key, id", "CAST("+ringRank+" AS TEXT) || ':' || sort_key"
	}
	if f.Sort != ByLast {
		where = append(where, "sort_lang = "+arg(lang))
	}
	if after != "" {
		cond, err := beyond(f.Sort, after, arg)
		if err != nil {
			return nil, nil, err
		}
		where = append(where, cond)
	}
	text := "SELECT " + columns + ", " + key + " FROM person WHERE " + strings.Join(where, " AND ") + " ORDER BY " + order + " LIMIT " + arg(limit+1)
	type keyed struct {
		Person
		key string
	}
	rows, err := db.All(ctx, r, func(s db.Scanner) (v keyed, err error) {
		v.Person, err = scanAnd(s, &v.key)
		return v, err
	}, text, p.args...)
	people, keys := make([]Person, len(rows)), make([]string, len(rows))
	for i, v := range rows {
		people[i], keys[i] = v.Person, v.key+"~"+v.ID
	}
	return people, keys, err
}

// beyond is the condition for what follows a cursor.
func beyond(sort, after string, arg func(any) string) (string, error) {
	k, id, ok := strings.Cut(after, "~")
	if !ok || strings.ContainsRune(after, 0) || strings.ToValidUTF8(after, "") != after {
		return "", badCursor()
	}
	switch sort {
	case ByLast:
		n, err := strconv.ParseInt(k, 10, 64)
		if err != nil {
			return "", badCursor()
		}
		return fmt.Sprintf("(%s, id) < (CAST(%s AS BIGINT), %s)", never, arg(n), arg(id)), nil
	case ByRing:
		rank, k, _ := strings.Cut(k, ":")
		n, err := strconv.Atoi(rank)
		if err != nil {
			return "", badCursor()
		}
		return fmt.Sprintf("(%s, sort_key, id) > (CAST(%s AS BIGINT), %s, %s)", ringRank, arg(n), arg(k), arg(id)), nil
	}
	return fmt.Sprintf("(sort_key, id) > (%s, %s)", arg(k), arg(id)), nil
}

// strayed returns those whose sort key follows another alphabet than lang.
func strayed(ctx context.Context, r db.Reader, by account.ID, lang string) ([]Name, error) {
	return db.All(ctx, r, func(s db.Scanner) (n Name, err error) {
		err = s.Scan(&n.ID, &n.Name)
		return n, err
	}, `SELECT id, name FROM person WHERE user_id = $1 AND deleted_at IS NULL AND sort_lang < $2
		UNION ALL SELECT id, name FROM person WHERE user_id = $1 AND deleted_at IS NULL AND sort_lang > $2`, string(by), lang)
}

func rekey(ctx context.Context, tx *db.Tx, by account.ID, lang string, n Name) error {
	_, err := tx.Exec(ctx, "UPDATE person SET sort_lang = $1, sort_key = $2 WHERE user_id = $3 AND id = $4 AND deleted_at IS NULL",
		lang, sortKey(lang, n.Name), string(by), n.ID)
	return err
}

// tied are those with a cadence or a ring, who are not archived and whose standing is active.
func tied(ctx context.Context, r db.Reader, by account.ID) ([]Person, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+` FROM person WHERE user_id = $1 AND deleted_at IS NULL AND archived_at IS NULL
		AND standing = 'active' AND (ring <> '' OR cadence IS NOT NULL)`, string(by))
}

func badCursor() error {
	return fault.Invalid("bad_cursor", "cursor", "This cursor was not made by Kith; begin again without one.")
}
