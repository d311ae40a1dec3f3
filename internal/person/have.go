package person

import (
	"cmp"
	"context"
	"sort"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/request"
)

// ChannelChange holds what is to be changed of a channel; nil leaves a field as it is.
type ChannelChange struct {
	Kind, Value, Label *string
	Position           *int
}

// DateChange holds what is to be changed of a date. Clear flags empty optional numbers.
type DateChange struct {
	Kind, Label          *string
	Year, Month, Day     *int
	LeadDays             *int
	ClearYear, ClearLead bool
}

// FactChange holds what is to be changed of a fact.
type FactChange struct {
	Text    *string
	Private *bool
}

// FollowUpChange holds what is to be changed of a follow-up.
type FollowUpChange struct{ Text, Due, State *string }

// RelationChange holds what is to be changed of a relation.
type RelationChange struct{ Role *string }

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// write runs f in a transaction after it saw that the person is there.
func (s *Service) write(ctx context.Context, by account.ID, personID string, f func(ctx context.Context, tx *db.Tx, p Person) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := get(ctx, tx, by, personID)
		if err != nil {
			return err
		}
		return f(ctx, tx, p)
	})
}

func added[T any](ctx context.Context, s *Service, by account.ID, personID string, p part[T], clean func(ctx context.Context, tx *db.Tx, who Person) (T, error), fp string) (v T, created bool, err error) {
	err = s.write(ctx, by, personID, func(ctx context.Context, tx *db.Tx, who Person) error {
		v, err = clean(ctx, tx, who)
		if err != nil {
			return err
		}
		v, created, err = p.add(ctx, tx, by, personID, v, fp, s.instant())
		return err
	})
	return v, created, err
}

func changed[T any](ctx context.Context, s *Service, by account.ID, personID, id string, ifRevision int64, p part[T], f func(ctx context.Context, tx *db.Tx, who Person, v *T) error) (v T, err error) {
	err = s.write(ctx, by, personID, func(ctx context.Context, tx *db.Tx, who Person) (err error) {
		v, err = p.change(ctx, tx, by, personID, id, ifRevision, s.instant(), func(v *T) error { return f(ctx, tx, who, v) })
		return err
	})
	return v, err
}

func removed[T any](ctx context.Context, s *Service, by account.ID, personID, id string, ifRevision int64, p part[T]) error {
	return s.write(ctx, by, personID, func(ctx context.Context, tx *db.Tx, _ Person) error {
		return p.remove(ctx, tx, by, personID, id, ifRevision, s.instant())
	})
}

// codeFor is the calling code of phones that are written without one: where the person is, else where the account is.
func codeFor(ctx context.Context, r db.Reader, by account.ID, p Person) (string, error) {
	if code := CallingCode(p.Zone); code != "" {
		return code, nil
	}
	zones, err := db.All(ctx, r, db.Value[string], "SELECT zone FROM account WHERE user_id = $1", string(by))
	if err != nil || len(zones) == 0 {
		return "", err
	}
	return CallingCode(zones[0]), nil
}

// AddChannel adds a way to reach a person. With a client's own id it may be repeated.
func (s *Service) AddChannel(ctx context.Context, by account.ID, personID string, c Channel) (Channel, bool, error) {
	fp := request.Fingerprint([]any{personID, c.Kind, c.Value, c.Label, c.Position})
	var err error
	if c.ID, err = request.ID(c.ID); err != nil {
		return Channel{}, false, err
	}
	return added(ctx, s, by, personID, s.channels(), func(ctx context.Context, tx *db.Tx, who Person) (Channel, error) {
		code, err := codeFor(ctx, tx, by, who)
		if err != nil {
			return c, err
		}
		v, err := c.clean(code)
		if err != nil || v.Position != 0 {
			return v, err
		}
		v.Position, err = s.channels().count(ctx, tx, by, personID)
		return v, err
	}, fp)
}

// ChangeChannel changes a channel. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) ChangeChannel(ctx context.Context, by account.ID, personID, id string, c ChannelChange, ifRevision int64) (Channel, error) {
	return changed(ctx, s, by, personID, id, ifRevision, s.channels(), func(ctx context.Context, tx *db.Tx, who Person, v *Channel) error {
		set(&v.Kind, c.Kind)
		set(&v.Value, c.Value)
		set(&v.Label, c.Label)
		set(&v.Position, c.Position)
		code, err := codeFor(ctx, tx, by, who)
		if err != nil {
			return err
		}
		*v, err = v.clean(code)
		return err
	})
}

// RemoveChannel removes a channel for good.
func (s *Service) RemoveChannel(ctx context.Context, by account.ID, personID, id string, ifRevision int64) error {
	return removed(ctx, s, by, personID, id, ifRevision, s.channels())
}

// AddDate adds a date to a person. With a client's own id it may be repeated.
func (s *Service) AddDate(ctx context.Context, by account.ID, personID string, d Date) (Date, bool, error) {
	fp := request.Fingerprint([]any{personID, d.Kind, d.Label, d.Year, d.Month, d.Day, d.LeadDays})
	var err error
	if d.ID, err = request.ID(d.ID); err != nil {
		return Date{}, false, err
	}
	return added(ctx, s, by, personID, s.dates(), func(context.Context, *db.Tx, Person) (Date, error) { return d.clean() }, fp)
}

// ChangeDate changes a date. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) ChangeDate(ctx context.Context, by account.ID, personID, id string, c DateChange, ifRevision int64) (Date, error) {
	return changed(ctx, s, by, personID, id, ifRevision, s.dates(), func(_ context.Context, _ *db.Tx, _ Person, v *Date) (err error) {
		if c.ClearYear {
			v.Year = nil
		}
		if c.ClearLead {
			v.LeadDays = nil
		}
		if c.Year != nil {
			v.Year = c.Year
		}
		if c.LeadDays != nil {
			v.LeadDays = c.LeadDays
		}
		set(&v.Kind, c.Kind)
		set(&v.Label, c.Label)
		set(&v.Month, c.Month)
		set(&v.Day, c.Day)
		*v, err = v.clean()
		return err
	})
}

// RemoveDate removes a date for good.
func (s *Service) RemoveDate(ctx context.Context, by account.ID, personID, id string, ifRevision int64) error {
	return removed(ctx, s, by, personID, id, ifRevision, s.dates())
}

// AddFact adds something worth remembering. With a client's own id it may be repeated.
func (s *Service) AddFact(ctx context.Context, by account.ID, personID string, f Fact) (Fact, bool, error) {
	fp := request.Fingerprint([]any{personID, f.Text, f.Private})
	var err error
	if f.ID, err = request.ID(f.ID); err != nil {
		return Fact{}, false, err
	}
	return added(ctx, s, by, personID, s.facts(), func(context.Context, *db.Tx, Person) (Fact, error) { return f.clean() }, fp)
}

// ChangeFact changes a fact. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) ChangeFact(ctx context.Context, by account.ID, personID, id string, c FactChange, ifRevision int64) (Fact, error) {
	return changed(ctx, s, by, personID, id, ifRevision, s.facts(), func(_ context.Context, _ *db.Tx, _ Person, v *Fact) (err error) {
		set(&v.Text, c.Text)
		set(&v.Private, c.Private)
		*v, err = v.clean()
		return err
	})
}

// RemoveFact removes a fact for good.
func (s *Service) RemoveFact(ctx context.Context, by account.ID, personID, id string, ifRevision int64) error {
	return removed(ctx, s, by, personID, id, ifRevision, s.facts())
}

// AddFollowUp adds something to ask or do, with a day. With a client's own id it may be repeated.
func (s *Service) AddFollowUp(ctx context.Context, by account.ID, personID string, f FollowUp) (FollowUp, bool, error) {
	fp := request.Fingerprint([]any{personID, f.Text, f.Due, f.State})
	var err error
	if f.ID, err = request.ID(f.ID); err != nil {
		return FollowUp{}, false, err
	}
	return added(ctx, s, by, personID, s.followUps(), func(context.Context, *db.Tx, Person) (FollowUp, error) {
		v, err := f.clean()
		return v.closed(s.instant()), err
	}, fp)
}

// closed keeps the time of closing in step with the state.
func (f FollowUp) closed(now time.Time) FollowUp {
	switch {
	case f.State == Open:
		f.ClosedAt = nil
	case f.ClosedAt == nil:
		f.ClosedAt = &now
	}
	return f
}

// ChangeFollowUp changes a follow-up; a state of Done, Dropped or Open closes or opens it. ifRevision is the revision the
// caller read; 0 accepts any.
func (s *Service) ChangeFollowUp(ctx context.Context, by account.ID, personID, id string, c FollowUpChange, ifRevision int64) (FollowUp, error) {
	return changed(ctx, s, by, personID, id, ifRevision, s.followUps(), func(_ context.Context, _ *db.Tx, _ Person, v *FollowUp) (err error) {
		set(&v.Text, c.Text)
		set(&v.Due, c.Due)
		set(&v.State, c.State)
		*v, err = v.clean()
		*v = v.closed(s.instant())
		return err
	})
}

// RemoveFollowUp removes a follow-up for good.
func (s *Service) RemoveFollowUp(ctx context.Context, by account.ID, personID, id string, ifRevision int64) error {
	return removed(ctx, s, by, personID, id, ifRevision, s.followUps())
}

// FollowUpsDue returns the open follow-ups of all people up to and with a local day, the oldest first. Those of people
// who are archived, or whose standing is not active, are left out.
func (s *Service) FollowUpsDue(ctx context.Context, r db.Reader, by account.ID, day string) ([]FollowUp, error) {
	if err := checkDay(day, "day"); err != nil {
		return nil, err
	}
	p := s.followUps()
	return db.All(ctx, r, p.scan(by), "SELECT "+partColumns+p.own+` FROM person_follow_up f WHERE user_id = $1 AND deleted_at IS NULL AND state = 'open'
		AND due <= $2 AND EXISTS (SELECT 1 FROM person p WHERE p.user_id = f.user_id AND p.id = f.person_id AND p.deleted_at IS NULL AND
		p.archived_at IS NULL AND p.standing = 'active') ORDER BY due, id`, string(by), day)
}

// Coming is a date that is near.
type Coming struct {
	Date
	Name  string // of the person
	On    string // local day
	Turns int    // which time it is; -1 when the year is not known
}

// Ahead returns the dates of all people that fall within days of a local day, the nearest first. With days below 0 each
// date's own lead time decides. Those of archived people are left out; the dates of the dead are among them, to be
// handled with care.
func (s *Service) Ahead(ctx context.Context, r db.Reader, by account.ID, day string, days int) ([]Coming, error) {
	from, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, checkDay(day, "day")
	}
	// Only the months that can be meant are read; a lead time longer than usual is looked at apart.
	const usual = 14
	within := max(days, usual)
	var months []int
	for m := from.AddDate(0, 0, 1-from.Day()); len(months) < 12 && !m.After(from.AddDate(0, 0, within)); m = m.AddDate(0, 1, 0) {
		months = append(months, int(m.Month()))
	}
	in, args := db.In(3, months)
	p := s.dates()
	type named struct {
		Date
		name string
	}
	all, err := db.All(ctx, r, func(sc db.Scanner) (v named, err error) {
		v.Date, err = p.scan(by)(tail{sc, &v.name})
		return v, err
	}, `SELECT d.id, d.person_id, d.revision, d.created_at, d.updated_at, d.kind, d.label, d.year, d.month, d.day, d.lead_days, p.name FROM person_date d
		JOIN person p ON p.user_id = d.user_id AND p.id = d.person_id WHERE d.user_id = $1 AND d.deleted_at IS NULL AND p.deleted_at IS NULL AND
		p.archived_at IS NULL AND (d.lead_days > $2 OR d.month IN (`+in+"))", append([]any{string(by), usual}, args...)...)
	if err != nil {
		return nil, err
	}
	list := []Coming{}
	for _, d := range all {
		on, turns := d.Next(day)
		within := days
		if days < 0 {
			within = d.Lead()
		}
		if on <= from.AddDate(0, 0, within).Format(time.DateOnly) {
			list = append(list, Coming{d.Date, d.name, on, turns})
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		return cmp.Or(strings.Compare(a.On, b.On), strings.Compare(a.ID, b.ID)) < 0
	})
	return list, nil
}

// tail scans one more column than the scanner it wraps was asked for.
type tail struct {
	db.Scanner
	more any
}

// Scan reads the columns asked for and the one more.
func (t tail) Scan(dest ...any) error { return t.Scanner.Scan(append(dest, t.more)...) }

// AddRelation says how a person belongs to another: the person is r.Other's r.Role. With a client's own id it may be
// repeated.
func (s *Service) AddRelation(ctx context.Context, by account.ID, personID string, r Relation) (Relation, bool, error) {
	fp := request.Fingerprint([]any{personID, r.Other, r.Role})
	var err error
	if r.ID, err = request.ID(r.ID); err != nil {
		return Relation{}, false, err
	}
	return added(ctx, s, by, personID, s.relations(), func(ctx context.Context, tx *db.Tx, _ Person) (Relation, error) {
		r.Person = personID
		v, err := r.clean()
		if err != nil {
			return v, err
		}
		names, err := names(ctx, tx, by, []string{v.Other})
		if err == nil && names[v.Other] == "" {
			err = unknownPerson("other")
		}
		return v, err
	}, fp)
}

// relation is one, from either side.
func (s *Service) relation(ctx context.Context, r db.Reader, by account.ID, personID, id string) (Relation, error) {
	p := s.relations()
	v, err := p.get(ctx, r, by, personID, id)
	if err == nil {
		return v, nil
	}
	list, lerr := db.All(ctx, r, p.scan(by), "SELECT "+partColumns+p.own+" FROM person_relation WHERE user_id = $1 AND id = $2 AND other_id = $3 AND deleted_at IS NULL",
		string(by), id, personID)
	if lerr != nil || len(list) == 0 {
		return v, err
	}
	return list[0], nil
}

// ChangeRelation changes the word of a relation, from either side: the role stays Person's towards Other.
func (s *Service) ChangeRelation(ctx context.Context, by account.ID, personID, id string, c RelationChange, ifRevision int64) (v Relation, err error) {
	err = s.write(ctx, by, personID, func(ctx context.Context, tx *db.Tx, _ Person) error {
		was, err := s.relation(ctx, tx, by, personID, id)
		if err != nil {
			return err
		}
		v, err = s.relations().change(ctx, tx, by, was.Person, id, ifRevision, s.instant(), func(v *Relation) (err error) {
			set(&v.Role, c.Role)
			*v, err = v.clean()
			return err
		})
		return err
	})
	return v, err
}

// RemoveRelation removes a relation for good, from either side.
func (s *Service) RemoveRelation(ctx context.Context, by account.ID, personID, id string, ifRevision int64) error {
	return s.write(ctx, by, personID, func(ctx context.Context, tx *db.Tx, _ Person) error {
		was, err := s.relation(ctx, tx, by, personID, id)
		if err != nil {
			return err
		}
		return s.relations().remove(ctx, tx, by, was.Person, id, ifRevision, s.instant())
	})
}
