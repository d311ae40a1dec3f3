package moment

import (
	"context"
	"slices"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
)

// around is the range of keys in which the moments of a local day lie, wherever it was lived.
func around(day time.Time) (from, to int64) {
	return keyOf(day.AddDate(0, 0, -2)), keyOf(day.AddDate(0, 0, 3))
}

// Met returns whom a local day's moments name with a contact or an attempt at one: nobody needs to be told to do what
// was just done.
func Met(ctx context.Context, r db.Reader, by account.ID, day string) ([]string, error) {
	if err := checkDay(day, "day"); err != nil {
		return nil, err
	}
	from, to := around(dayUTC(day))
	rows, err := db.All(ctx, r, db.Value[string], `SELECT people FROM moment WHERE user_id = $1 AND deleted_at IS NULL
		AND order_key >= $2 AND order_key < $3 AND day = $4 AND contact IN ('yes', 'attempt') AND people <> ''`, string(by), from, to, day)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, row := range rows {
		var ids []string
		if err := unpack(row, &ids); err != nil {
			return nil, err
		}
		list = append(list, ids...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// After is an instant in somebody's life, on a local day that began at Day.
type After struct {
	Person  string
	Day, At time.Time
}

// Since returns the people with whom there was a moment after their instant: one that happened then, or one of that local
// day that was written down after it; a line without an hour is not known to have come before. Each is named once.
func Since(ctx context.Context, r db.Reader, by account.ID, list []After) (map[string]bool, error) {
	const atOnce = 200
	met := map[string]bool{}
	for part := range slices.Chunk(list, atOnce) {
		after, ids := map[string]After{}, make([]string, len(part))
		first := part[0].Day
		for i, a := range part {
			after[a.Person], ids[i] = a, a.Person
			if a.Day.Before(first) {
				first = a.Day
			}
		}
		in, args := db.In(3, ids)
		err := db.Each(ctx, r, func(s db.Scanner) (v withWhom, err error) {
			err = s.Scan(&v.person, &v.key, &v.happened, &v.captured)
			return v, err
		}, func(v withWhom) error {
			a := after[v.person]
			if v.key >= keyOf(a.Day) && max(v.happened, v.captured) >= db.Micros(a.At) {
				met[v.person] = true
			}
			return nil
		}, `SELECT p.person_id, p.order_key, m.happened_at, m.captured_at FROM moment_person p JOIN moment m ON m.order_key = p.order_key
			WHERE p.user_id = $1 AND p.order_key >= $2 AND p.person_id IN (`+in+`) AND m.deleted_at IS NULL`, append([]any{string(by), keyOf(first)}, args...)...)
		if err != nil {
			return nil, err
		}
	}
	return met, nil
}

type withWhom struct {
	person                  string
	key, happened, captured int64
}

// Lately is how the last days were.
type Lately struct {
	Ever  bool // whether there was ever a moment
	Days  int  // with a moment, today among them
	Begun int  // days before today on which a contact was not begun by the other
}

// Recent tells of a local day and the n days before it.
func Recent(ctx context.Context, r db.Reader, by account.ID, day time.Time, n int) (Lately, error) {
	from, _ := around(day.AddDate(0, 0, -n))
	_, to := around(day)
	first, today := day.AddDate(0, 0, -n).Format(time.DateOnly), day.Format(time.DateOnly)
	return db.One(ctx, r, func(s db.Scanner) (l Lately, err error) {
		err = s.Scan(&l.Ever, &l.Days, &l.Begun)
		return l, err
	}, `SELECT EXISTS (SELECT 1 FROM moment WHERE user_id = $1 AND deleted_at IS NULL),
		(SELECT COUNT(DISTINCT day) FROM moment WHERE user_id = $1 AND deleted_at IS NULL AND order_key >= $2 AND order_key < $3 AND day > $4 AND day <= $5),
		(SELECT COUNT(DISTINCT day) FROM moment WHERE user_id = $1 AND deleted_at IS NULL AND order_key >= $2 AND order_key < $3 AND day > $4 AND day < $5
			AND contact = 'yes' AND started_by <> 'them')`, string(by), from, to, first, today)
}

// Rhythm is how often two people used to be in touch.
type Rhythm struct {
	Days  int           // on which they were
	Every time.Duration // the mean time between those days
}

// Rhythms returns the rhythm of those of people who have one.
func Rhythms(ctx context.Context, r db.Reader, by account.ID, people []string) (map[string]Rhythm, error) {
	type row struct {
		id               string
		days, first, end int64
	}
	found := map[string]Rhythm{}
	if len(people) == 0 {
		return found, nil
	}
	const day = int64(24*time.Hour/time.Microsecond) << keyBits
	in, args := db.In(4, people)
	err := db.Each(ctx, r, func(s db.Scanner) (v row, err error) {
		err = s.Scan(&v.id, &v.days, &v.first, &v.end)
		return v, err
	}, func(v row) error {
		if v.days > 1 {
			found[v.id] = Rhythm{int(v.days), time.Duration(v.end-v.first) * 24 * time.Hour / time.Duration(v.days-1)}
		}
		return nil
	}, `SELECT person_id, COUNT(DISTINCT order_key / $1), MIN(order_key / $1), MAX(order_key / $1) FROM moment_person
		WHERE user_id = $2 AND contact = $3 AND person_id IN (`+in+") GROUP BY person_id", append([]any{day, string(by), capture.ContactYes}, args...)...)
	return found, err
}

// Old is a moment to look at again.
type Old struct {
	ID, Day, Text string
	People        []string
	Resting       bool // it names somebody whose standing is not active, or who is archived or gone
}

func scanOld(s db.Scanner) (o Old, err error) {
	var people string
	if err := s.Scan(&o.ID, &o.Day, &o.Text, &people); err != nil {
		return o, err
	}
	return o, unpack(people, &o.People)
}

// Bright returns moments that felt bright on any of some local days, in the order of those days.
func Bright(ctx context.Context, r db.Reader, by account.ID, days []string) ([]Old, error) {
	var list []Old
	for _, day := range days {
		if checkDay(day, "day") != nil {
			continue
		}
		from, to := around(dayUTC(day))
		found, err := db.All(ctx, r, scanOld, `SELECT m.id, m.day, m.text, m.people FROM moment m WHERE m.user_id = $1 AND m.deleted_at IS NULL
			AND m.order_key >= $2 AND m.order_key < $3 AND m.day = $4 AND m.felt > 0 ORDER BY m.felt DESC, m.order_key LIMIT 5`, string(by), from, to, day)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return rested(ctx, r, by, list)
}

// BrightBefore returns the newest moments before a day that felt bright.
func BrightBefore(ctx context.Context, r db.Reader, by account.ID, day time.Time, limit int) ([]Old, error) {
	list, err := db.All(ctx, r, scanOld, `SELECT m.id, m.day, m.text, m.people FROM moment m WHERE m.user_id = $1 AND m.deleted_at IS NULL
		AND m.order_key < $2 AND m.felt > 0 ORDER BY m.order_key DESC LIMIT $3`, string(by), keyOf(day), limit)
	if err != nil {
		return nil, err
	}
	return rested(ctx, r, by, list)
}

// rested marks those that name somebody who is to be left in peace.
func rested(ctx context.Context, r db.Reader, by account.ID, list []Old) ([]Old, error) {
	var ids []string
	for _, o := range list {
		ids = append(ids, o.People...)
	}
	if len(ids) == 0 {
		return list, nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	in, args := db.In(2, ids[:min(len(ids), 500)])
	fine, err := db.All(ctx, r, db.Value[string], `SELECT id FROM person WHERE user_id = $1 AND deleted_at IS NULL AND archived_at IS NULL
		AND standing = 'active' AND id IN (`+in+")", append([]any{string(by)}, args...)...)
	for i, o := range list {
		list[i].Resting = slices.ContainsFunc(o.People, func(id string) bool { return !slices.Contains(fine, id) })
	}
	return list, err
}

// Exists reports whether there is such a moment.
func Exists(ctx context.Context, r db.Reader, by account.ID, id string) (bool, error) {
	return db.One(ctx, r, db.Value[bool], "SELECT EXISTS (SELECT 1 FROM moment WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL)", string(by), id)
}

// Glance returns in brief one moment that is there, else nothing.
func Glance(ctx context.Context, r db.Reader, by account.ID, id string) (Brief, error) {
	list, err := db.All(ctx, r, func(s db.Scanner) (b Brief, err error) {
		err = s.Scan(&b.ID, &b.Kind, &b.Day, &b.Precision)
		return b, err
	}, `SELECT id, kind, day, "precision" FROM moment WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`, string(by), id)
	if err != nil || len(list) == 0 {
		return Brief{}, err
	}
	return list[0], nil
}
