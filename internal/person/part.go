package person

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/request"
)

// part is a table of things that people have. All of them are kept alike: a row has an id of its own, a revision, the
// fingerprint of the request that made it, and leaves a tombstone.
type part[T any] struct {
	shelf
	meta   func(*T) *Meta
	into   func(*T) []any // where the own columns are scanned to
	values func(*T) []any // what they hold
	seal   func(by account.ID, v *T)
	open   func(by account.ID, v *T) error
}

// shelf is what is the same whatever lies on it, so that the program holds it once and not once a kind.
type shelf struct {
	refuse func() refusals
	table  string
	own    string // its columns beside those that all have
	most   int    // of one person
	order  string
}

func (s *Service) channels() part[Channel] {
	return part[Channel]{
		shelf: shelf{
			refuse: func() refusals {
				return refusals{fault.NotFound("channel"), fault.Gone("channel"), fault.Stale("channel")}
			},
			table: "person_channel", own: "kind, value, norm, label, position", most: MaxChannels, order: "position, id",
		},
		meta:   func(c *Channel) *Meta { return &c.Meta },
		into:   func(c *Channel) []any { return []any{&c.Kind, &c.Value, &c.Norm, &c.Label, &c.Position} },
		values: func(c *Channel) []any { return []any{c.Kind, c.Value, c.Norm, c.Label, c.Position} },
	}
}

func (s *Service) dates() part[Date] {
	return part[Date]{
		shelf: shelf{
			refuse: func() refusals { return refusals{fault.NotFound("date"), fault.Gone("date"), fault.Stale("date")} },
			table:  "person_date", own: "kind, label, year, month, day, lead_days", most: MaxDates, order: "month, day, id",
		},
		meta:   func(d *Date) *Meta { return &d.Meta },
		into:   func(d *Date) []any { return []any{&d.Kind, &d.Label, &d.Year, &d.Month, &d.Day, &d.LeadDays} },
		values: func(d *Date) []any { return []any{d.Kind, d.Label, d.Year, d.Month, d.Day, d.LeadDays} },
	}
}

func (s *Service) facts() part[Fact] {
	return part[Fact]{
		shelf: shelf{
			refuse: func() refusals { return refusals{fault.NotFound("fact"), fault.Gone("fact"), fault.Stale("fact")} },
			table:  "person_fact", own: "text, private, text_fold", most: MaxFacts, order: "created_at DESC, id DESC",
		},
		meta:   func(f *Fact) *Meta { return &f.Meta },
		into:   func(f *Fact) []any { return []any{&f.Text, &f.Private, new(string)} },
		values: func(f *Fact) []any { return []any{f.Text, f.Private, f.found()} },
		seal: func(by account.ID, f *Fact) {
			if f.Private && s.fact != nil {
				f.Text = s.fact.Seal(string(by), f.ID, f.Text)
			}
		},
		open: func(by account.ID, f *Fact) (err error) {
			if f.Private && s.fact != nil {
				f.Text, err = s.fact.Open(string(by), f.ID, f.Text)
			}
			return err
		},
	}
}

func (s *Service) followUps() part[FollowUp] {
	return part[FollowUp]{
		shelf: shelf{
			refuse: func() refusals {
				return refusals{fault.NotFound("follow_up"), fault.Gone("follow_up"), fault.Stale("follow_up")}
			},
			table: "person_follow_up", own: "text, due, state, closed_at", most: MaxFollowUp,
			order: "CASE state WHEN 'open' THEN 0 ELSE 1 END, CASE state WHEN 'open' THEN due ELSE '' END, updated_at DESC, id",
		},
		meta:   func(f *FollowUp) *Meta { return &f.Meta },
		into:   func(f *FollowUp) []any { return []any{&f.Text, &f.Due, &f.State, instant{&f.ClosedAt}} },
		values: func(f *FollowUp) []any { return []any{f.Text, f.Due, f.State, db.MicrosOrNil(f.ClosedAt)} },
	}
}

func (s *Service) relations() part[Relation] {
	return part[Relation]{
		shelf: shelf{
			refuse: func() refusals {
				return refusals{fault.NotFound("relation"), fault.Gone("relation"), fault.Stale("relation")}
			},
			table: "person_relation", own: "other_id, role", most: MaxRelation, order: "created_at, id",
		},
		meta:   func(r *Relation) *Meta { return &r.Meta },
		into:   func(r *Relation) []any { return []any{&r.Other, &r.Role} },
		values: func(r *Relation) []any { return []any{r.Other, r.Role} },
	}
}

// instant scans an optional time.
type instant struct{ to **time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(v any) error {
	switch us := v.(type) {
	case nil:
		*i.to = nil
	case int64:
		*i.to = db.TimeOrNil(&us)
	default:
		return fmt.Errorf("a time is stored as %T", v)
	}
	return nil
}

const partColumns = "id, person_id, revision, created_at, updated_at, "

func (p part[T]) scan(by account.ID) func(db.Scanner) (T, error) {
	return func(s db.Scanner) (v T, err error) {
		m := p.meta(&v)
		var created, updated int64
		if err := s.Scan(append([]any{&m.ID, &m.Person, &m.Revision, &created, &updated}, p.into(&v)...)...); err != nil {
			return v, err
		}
		m.CreatedAt, m.UpdatedAt = db.Time(created), db.Time(updated)
		if p.open != nil {
			err = p.open(by, &v)
		}
		return v, err
	}
}

// refusals are what is said of a row that is not there, not there any more, or not as it was read.
type refusals struct{ missing, gone, stale *fault.Error }

func (p shelf) missing() error { return said(p.refuse().missing) }
func (p shelf) gone() error    { return said(p.refuse().gone) }
func (p shelf) stale() error   { return said(p.refuse().stale) }

// said writes a noun as a sentence does.
func said(f *fault.Error) error {
	f.Message = strings.ReplaceAll(f.Message, "_", "-")
	return f
}

// get returns a row of a person that is neither unknown nor deleted.
func (p part[T]) get(ctx context.Context, r db.Reader, by account.ID, personID, id string) (T, error) {
	v, err := db.One(ctx, r, p.scan(by), p.selected()+" WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL", string(by), id)
	if err == nil && p.meta(&v).Person != personID {
		return v, p.missing()
	}
	if errors.Is(err, db.ErrNoRows) {
		err = p.absent(ctx, r, by, personID, id)
	}
	return v, err
}

// selected begins a statement that reads rows.
func (p shelf) selected() string { return "SELECT " + partColumns + p.own + " FROM " + p.table }

// absent says why a row of a person is not there: it was deleted, or never was.
func (p shelf) absent(ctx context.Context, r db.Reader, by account.ID, personID, id string) error {
	was, err := p.state(ctx, r, by, id)
	switch {
	case err != nil:
		return err
	case was.found && was.merged == personID: // the person it belonged to
		return p.gone()
	}
	return p.missing()
}

// state tells what became of an id. merged is the person it belongs to.
func (p shelf) state(ctx context.Context, r db.Reader, by account.ID, id string) (was, error) {
	v, err := db.One(ctx, r, func(s db.Scanner) (v was, err error) {
		v.found = true
		err = s.Scan(&v.fingerprint, &v.deleted, &v.merged)
		return v, err
	}, "SELECT fingerprint, deleted_at IS NOT NULL, person_id FROM "+p.table+" WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return was{}, nil
	}
	return v, err
}

// of lists what a person has.
func (p part[T]) of(ctx context.Context, r db.Reader, by account.ID, personID string) ([]T, error) {
	return db.All(ctx, r, p.scan(by), p.selected()+
		" WHERE user_id = $1 AND person_id = $2 AND deleted_at IS NULL ORDER BY "+p.order, string(by), personID)
}

func (p shelf) count(ctx context.Context, r db.Reader, by account.ID, personID string) (int, error) {
	return db.One(ctx, r, db.Value[int], "SELECT COUNT(*) FROM "+p.table+" WHERE user_id = $1 AND person_id = $2 AND deleted_at IS NULL", string(by), personID)
}

// add makes a row of a person who is there. The same request again gives the row as it is now, and false.
func (p part[T]) add(ctx context.Context, tx *db.Tx, by account.ID, personID string, v T, fp string, now time.Time) (T, bool, error) {
	m := p.meta(&v)
	owner, err := p.admit(ctx, tx, by, personID, m.ID, fp)
	if err != nil {
		return v, false, err
	}
	if owner != "" {
		v, err := p.get(ctx, tx, by, owner, m.ID)
		return v, false, err
	}
	m.Person, m.Revision, m.CreatedAt, m.UpdatedAt = personID, 1, now, now
	return v, true, p.insert(ctx, tx, by, v, fp, nil)
}

// admit says whether a person may have one more. When the same request made it before, owner is whose it is now.
func (p shelf) admit(ctx context.Context, tx *db.Tx, by account.ID, personID, id, fp string) (owner string, err error) {
	was, err := p.state(ctx, tx, by, id)
	switch {
	case err != nil:
		return "", err
	case was.deleted:
		return "", p.gone()
	case was.found && was.fingerprint != fp:
		return "", request.Reused()
	case was.found:
		return was.merged, touch(ctx, tx, by, p.table, id)
	}
	n, err := p.count(ctx, tx, by, personID)
	if err == nil && n >= p.most {
		err = fault.Conflict("person_full", "", "This person has %d of these already, and there is no room for more.", p.most).With("max", p.most)
	}
	return "", err
}

// columns are those of a new row, and row their values.
func (p shelf) columns() string {
	return "user_id, id, person_id, fingerprint, revision, created_at, updated_at, deleted_at, " + p.own
}

func (p part[T]) row(by account.ID, v T, fp string, deleted *int64) []any {
	if p.seal != nil {
		p.seal(by, &v)
	}
	m := p.meta(&v)
	return append([]any{string(by), m.ID, m.Person, fp, m.Revision, db.Micros(m.CreatedAt), db.Micros(m.UpdatedAt), deleted}, p.values(&v)...)
}

func (p part[T]) insert(ctx context.Context, tx *db.Tx, by account.ID, v T, fp string, deleted *int64) error {
	return p.put(ctx, tx, p.row(by, v, fp, deleted))
}

// put adds a row that holds values for columns.
func (p shelf) put(ctx context.Context, tx *db.Tx, args []any) error {
	marks, _ := db.In(1, args)
	_, err := tx.Exec(ctx, "INSERT INTO "+p.table+" ("+p.columns()+") VALUES ("+marks+")", args...)
	return err
}

// change runs f on a row and keeps what it made of it.
func (p part[T]) change(ctx context.Context, tx *db.Tx, by account.ID, personID, id string, ifRevision int64, now time.Time, f func(*T) error) (T, error) {
	v, err := p.get(ctx, tx, by, personID, id)
	if err != nil {
		return v, err
	}
	m := p.meta(&v)
	if ifRevision != 0 && ifRevision != m.Revision {
		return v, p.stale()
	}
	if err := f(&v); err != nil {
		return v, err
	}
	m.Revision++
	m.UpdatedAt = now
	return v, p.save(ctx, tx, by, v)
}

func (p part[T]) save(ctx context.Context, tx *db.Tx, by account.ID, v T) error {
	if p.seal != nil {
		p.seal(by, &v)
	}
	return p.replace(ctx, tx, by, p.meta(&v), p.values(&v))
}

// replace gives a row the values of its own columns.
func (p shelf) replace(ctx context.Context, tx *db.Tx, by account.ID, m *Meta, values []any) error {
	args := []any{m.Person, m.Revision, db.Micros(m.UpdatedAt)}
	set := []string{"person_id = $1", "revision = $2", "updated_at = $3"}
	for i, own := range values {
		args = append(args, own)
		set = append(set, fmt.Sprintf("%s = $%d", strings.Split(p.own, ", ")[i], len(args)))
	}
	n := len(args)
	_, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET %s WHERE user_id = $%d AND id = $%d", p.table, strings.Join(set, ", "), n+1, n+2), append(args, string(by), m.ID)...)
	return err
}

// remove leaves a tombstone of a row: its words are gone for good.
func (p part[T]) remove(ctx context.Context, tx *db.Tx, by account.ID, personID, id string, ifRevision int64, now time.Time) error {
	v, err := p.get(ctx, tx, by, personID, id)
	if err != nil {
		return err
	}
	if ifRevision != 0 && ifRevision != p.meta(&v).Revision {
		return p.stale()
	}
	return bury1(ctx, tx, by, p.table, "id", id, now)
}

// blanks are what the words of each table become in a tombstone.
func blanks(table string) string {
	switch table {
	case "person_channel":
		return "value = '', norm = '', label = ''"
	case "person_date":
		return "label = '', year = NULL, month = 1, day = 1, lead_days = NULL"
	case "person_fact":
		return "text = '', text_fold = ''"
	case "person_follow_up":
		return "text = '', due = '', closed_at = NULL"
	case "person_relation":
		return "role = ''"
	}
	return "revision = revision"
}

// bury1 leaves tombstones of the rows of a table whose column has a value.
func bury1(ctx context.Context, tx *db.Tx, by account.ID, table, column, value string, now time.Time) error {
	_, err := tx.Exec(ctx, "UPDATE "+table+" SET "+blanks(table)+", revision = revision + 1, updated_at = $1, deleted_at = $1 WHERE user_id = $2 AND "+
		column+" = $3 AND deleted_at IS NULL", db.Micros(now), string(by), value)
	return err
}

// forget takes everything a person has away, and what would bring back someone merged into them. It returns who they were:
// the person and all who became them.
func forget(ctx context.Context, tx *db.Tx, by account.ID, id string, now time.Time) ([]string, error) {
	all := []string{id} // and whoever was merged into them, and into those
	for i := 0; i < len(all); i++ {
		merged, err := db.All(ctx, tx, db.Value[string], "SELECT gone FROM person_merge WHERE user_id = $1 AND keep = $2 AND undone_at IS NULL", string(by), all[i])
		if err != nil {
			return nil, err
		}
		for _, one := range merged {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	for _, one := range all {
		for _, table := range []string{"person_channel", "person_date", "person_fact", "person_follow_up", "person_relation"} {
			if err := bury1(ctx, tx, by, table, "person_id", one, now); err != nil {
				return nil, err
			}
		}
		if err := bury1(ctx, tx, by, "person_relation", "other_id", one, now); err != nil {
			return nil, err
		}
		for _, table := range []string{"person_group_member", "person_photo"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1 AND person_id = $2", string(by), one); err != nil {
				return nil, err
			}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM person_merge WHERE user_id = $1 AND (keep = $2 OR gone = $2)", string(by), one); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM person_distinct WHERE user_id = $1 AND (one = $2 OR other = $2)", string(by), one); err != nil {
			return nil, err
		}
	}
	return all, nil
}
