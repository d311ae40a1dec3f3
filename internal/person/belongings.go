package person

import (
	"context"
	"encoding/json"

	"kith/internal/account"
	"kith/internal/db"
)

// Row is what the record of every row of a person's has in an archive.
type Row struct {
	ID          string `json:"id"`
	Person      string `json:"person"`
	Fingerprint string `json:"fingerprint"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

// ChannelRecord is a channel as an archive holds it.
type ChannelRecord struct {
	Row
	Kind     string `json:"kind,omitempty"`
	Value    string `json:"value,omitempty"`
	Norm     string `json:"norm,omitempty"`
	Label    string `json:"label,omitempty"`
	Position int    `json:"position,omitempty"`
}

// DateRecord is a date as an archive holds it.
type DateRecord struct {
	Row
	Kind     string `json:"kind,omitempty"`
	Label    string `json:"label,omitempty"`
	Year     *int   `json:"year,omitempty"`
	Month    int    `json:"month,omitempty"`
	Day      int    `json:"day,omitempty"`
	LeadDays *int   `json:"lead_days,omitempty"`
}

// FactRecord is a fact as an archive holds it, opened.
type FactRecord struct {
	Row
	Text    string `json:"text,omitempty"`
	Private bool   `json:"private,omitempty"`
}

// FollowUpRecord is a follow-up as an archive holds it.
type FollowUpRecord struct {
	Row
	Text     string `json:"text,omitempty"`
	Due      string `json:"due,omitempty"`
	State    string `json:"state,omitempty"`
	ClosedAt *int64 `json:"closed_at,omitempty"`
}

// RelationRecord is a relation as an archive holds it.
type RelationRecord struct {
	Row
	Other string `json:"other"`
	Role  string `json:"role,omitempty"`
}

// GroupRecord is a group as an archive holds it, with the ids of its members.
type GroupRecord struct {
	ID          string   `json:"id"`
	Name        string   `json:"name,omitempty"`
	Members     []string `json:"members,omitempty"`
	Fingerprint string   `json:"fingerprint"`
	Revision    int64    `json:"revision"`
	CreatedAt   int64    `json:"created_at"`
	UpdatedAt   int64    `json:"updated_at"`
	DeletedAt   *int64   `json:"deleted_at,omitempty"`
}

// DistinctRecord is a pair of people who are not the same.
type DistinctRecord struct {
	One       string `json:"one"`
	Other     string `json:"other"`
	DecidedAt int64  `json:"decided_at"`
}

// MergeRecord is a merge as an archive holds it, so that it can be taken back elsewhere too.
type MergeRecord struct {
	ID       string          `json:"id"`
	Keep     string          `json:"keep"`
	Gone     string          `json:"gone"`
	GoneName string          `json:"gone_name,omitempty"`
	Moved    json.RawMessage `json:"moved,omitempty"`
	MergedAt int64           `json:"merged_at"`
	UndoneAt *int64          `json:"undone_at,omitempty"`
}

// records calls f with every row of a table, tombstones included, by id.
func (p part[T]) records(ctx context.Context, r db.Reader, by account.ID, f func(Row, T) error) error {
	type both struct {
		row Row
		v   T
	}
	return db.Each(ctx, r, func(s db.Scanner) (b both, err error) {
		b.v, err = p.scan(by)(tails{s, []any{&b.row.Fingerprint, &b.row.DeletedAt}})
		return b, err
	}, func(b both) error {
		m := p.meta(&b.v)
		b.row.ID, b.row.Person, b.row.Revision, b.row.CreatedAt, b.row.UpdatedAt = m.ID, m.Person, m.Revision, db.Micros(m.CreatedAt), db.Micros(m.UpdatedAt)
		return f(b.row, b.v)
	}, "SELECT "+partColumns+p.own+", fingerprint, deleted_at FROM "+p.table+" WHERE user_id = $1 ORDER BY id", string(by))
}

// tails is tail for several columns.
type tails struct {
	db.Scanner
	more []any
}

// Scan reads the columns asked for and those more.
func (t tails) Scan(dest ...any) error { return t.Scanner.Scan(append(dest, t.more...)...) }

// restore puts a row back unless its id is there already, and reports whether it did.
func (p part[T]) restore(ctx context.Context, tx *db.Tx, by account.ID, row Row, v T, clean func(T) (T, error)) (bool, error) {
	if !isID(row.ID) || !isID(row.Person) {
		return false, badRecord("id")
	}
	if was, err := p.state(ctx, tx, by, row.ID); err != nil || was.found {
		return false, err
	}
	*p.meta(&v) = Meta{row.ID, row.Person, row.Revision, db.Time(row.CreatedAt), db.Time(row.UpdatedAt)}
	if row.DeletedAt == nil {
		var err error
		if v, err = clean(v); err != nil {
			return false, err
		}
	}
	return true, p.insert(ctx, tx, by, v, row.Fingerprint, row.DeletedAt)
}

// ChannelRecords calls f with every channel of an account.
func (s *Service) ChannelRecords(ctx context.Context, r db.Reader, by account.ID, f func(ChannelRecord) error) error {
	return s.channels().records(ctx, r, by, func(row Row, c Channel) error {
		return f(ChannelRecord{row, c.Kind, c.Value, c.Norm, c.Label, c.Position})
	})
}

// RestoreChannel puts a channel back.
func (s *Service) RestoreChannel(ctx context.Context, tx *db.Tx, by account.ID, v ChannelRecord) (bool, error) {
	c := Channel{Kind: v.Kind, Value: v.Value, Norm: v.Norm, Label: v.Label, Position: v.Position}
	return s.channels().restore(ctx, tx, by, v.Row, c, func(c Channel) (Channel, error) {
		norm := c.Norm // made where the account lived then
		c, err := c.clean("")
		c.Norm = line(norm)
		return c, err
	})
}

// DateRecords calls f with every date of an account.
func (s *Service) DateRecords(ctx context.Context, r db.Reader, by account.ID, f func(DateRecord) error) error {
	return s.dates().records(ctx, r, by, func(row Row, d Date) error {
		return f(DateRecord{row, d.Kind, d.Label, d.Year, d.Month, d.Day, d.LeadDays})
	})
}

// RestoreDate puts a date back.
func (s *Service) RestoreDate(ctx context.Context, tx *db.Tx, by account.ID, v DateRecord) (bool, error) {
	d := Date{Kind: v.Kind, Label: v.Label, Year: v.Year, Month: v.Month, Day: v.Day, LeadDays: v.LeadDays}
	return s.dates().restore(ctx, tx, by, v.Row, d, Date.clean)
}

// FactRecords calls f with every fact of an account.
func (s *Service) FactRecords(ctx context.Context, r db.Reader, by account.ID, f func(FactRecord) error) error {
	return s.facts().records(ctx, r, by, func(row Row, v Fact) error { return f(FactRecord{row, v.Text, v.Private}) })
}

// RestoreFact puts a fact back.
func (s *Service) RestoreFact(ctx context.Context, tx *db.Tx, by account.ID, v FactRecord) (bool, error) {
	return s.facts().restore(ctx, tx, by, v.Row, Fact{Text: v.Text, Private: v.Private}, Fact.clean)
}

// FollowUpRecords calls f with every follow-up of an account.
func (s *Service) FollowUpRecords(ctx context.Context, r db.Reader, by account.ID, f func(FollowUpRecord) error) error {
	return s.followUps().records(ctx, r, by, func(row Row, v FollowUp) error {
		return f(FollowUpRecord{row, v.Text, v.Due, v.State, db.MicrosOrNil(v.ClosedAt)})
	})
}

// RestoreFollowUp puts a follow-up back.
func (s *Service) RestoreFollowUp(ctx context.Context, tx *db.Tx, by account.ID, v FollowUpRecord) (bool, error) {
	f := FollowUp{Text: v.Text, Due: v.Due, State: v.State, ClosedAt: db.TimeOrNil(v.ClosedAt)}
	return s.followUps().restore(ctx, tx, by, v.Row, f, FollowUp.clean)
}

// RelationRecords calls f with every relation of an account.
func (s *Service) RelationRecords(ctx context.Context, r db.Reader, by account.ID, f func(RelationRecord) error) error {
	return s.relations().records(ctx, r, by, func(row Row, v Relation) error { return f(RelationRecord{row, v.Other, v.Role}) })
}

// RestoreRelation puts a relation back.
func (s *Service) RestoreRelation(ctx context.Context, tx *db.Tx, by account.ID, v RelationRecord) (bool, error) {
	if !isID(v.Other) {
		return false, badRecord("other")
	}
	return s.relations().restore(ctx, tx, by, v.Row, Relation{Other: v.Other, Role: v.Role}, Relation.clean)
}

// GroupRecords calls f with every group of an account.
func (s *Service) GroupRecords(ctx context.Context, r db.Reader, by account.ID, f func(GroupRecord) error) error {
	members := map[string][]string{}
	if err := db.Each(ctx, r, func(sc db.Scanner) (v [2]string, err error) {
		err = sc.Scan(&v[0], &v[1])
		return v, err
	}, func(v [2]string) error {
		members[v[0]] = append(members[v[0]], v[1])
		return nil
	}, "SELECT group_id, person_id FROM person_group_member WHERE user_id = $1 ORDER BY group_id, person_id", string(by)); err != nil {
		return err
	}
	return db.Each(ctx, r, func(sc db.Scanner) (v GroupRecord, err error) {
		err = sc.Scan(&v.ID, &v.Name, &v.Fingerprint, &v.Revision, &v.CreatedAt, &v.UpdatedAt, &v.DeletedAt)
		v.Members = members[v.ID]
		return v, err
	}, f, "SELECT id, name, fingerprint, revision, created_at, updated_at, deleted_at FROM person_group WHERE user_id = $1 ORDER BY id", string(by))
}

// RestoreGroup puts a group back. One that is there already, by its id, gets no members from an archive.
func (s *Service) RestoreGroup(ctx context.Context, tx *db.Tx, by account.ID, v GroupRecord) (bool, error) {
	if !isID(v.ID) || v.Fingerprint == "" {
		return false, badRecord("id")
	}
	was, _, err := groupState(ctx, tx, by, v.ID)
	if err != nil || was != "" {
		return false, err
	}
	if v.DeletedAt != nil {
		v.Name, v.Members = "", nil
	} else if v.Name, err = cleanGroup(v.Name); err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO person_group (user_id, id, name, name_fold, fingerprint, revision, created_at, updated_at, deleted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, string(by), v.ID, v.Name, nameFold(v.Name), v.Fingerprint, v.Revision, v.CreatedAt, v.UpdatedAt, v.DeletedAt); err != nil {
		return false, err
	}
	for _, m := range v.Members {
		if !isID(m) {
			return false, badRecord("members")
		}
		if err := join(ctx, tx, by, v.ID, m); err != nil {
			return false, err
		}
	}
	return true, nil
}

// DistinctRecords calls f with every pair of an account that is not the same.
func (s *Service) DistinctRecords(ctx context.Context, r db.Reader, by account.ID, f func(DistinctRecord) error) error {
	return db.Each(ctx, r, func(sc db.Scanner) (v DistinctRecord, err error) {
		err = sc.Scan(&v.One, &v.Other, &v.DecidedAt)
		return v, err
	}, f, "SELECT one, other, decided_at FROM person_distinct WHERE user_id = $1 ORDER BY one, other", string(by))
}

// RestoreDistinct puts a pair back.
func (s *Service) RestoreDistinct(ctx context.Context, tx *db.Tx, by account.ID, v DistinctRecord) (bool, error) {
	if !isID(v.One) || !isID(v.Other) || v.One >= v.Other {
		return false, badRecord("one")
	}
	n, err := tx.Exec(ctx, `INSERT INTO person_distinct (user_id, one, other, decided_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, one, other) DO NOTHING`, string(by), v.One, v.Other, v.DecidedAt)
	return n == 1, err
}

// MergeRecords calls f with every merge of an account.
func (s *Service) MergeRecords(ctx context.Context, r db.Reader, by account.ID, f func(MergeRecord) error) error {
	return db.Each(ctx, r, func(sc db.Scanner) (v MergeRecord, err error) {
		text := ""
		err = sc.Scan(&v.ID, &v.Keep, &v.Gone, &v.GoneName, &text, &v.MergedAt, &v.UndoneAt)
		v.Moved = json.RawMessage(text)
		return v, err
	}, func(v MergeRecord) (err error) {
		if v.Moved, err = s.notes(by, v, s.openNote); err != nil {
			return err
		}
		return f(v)
	}, "SELECT id, keep, gone, gone_name, moved, merged_at, undone_at FROM person_merge WHERE user_id = $1 ORDER BY id", string(by))
}

// notes opens or seals the standing notes inside a merge.
func (s *Service) notes(by account.ID, v MergeRecord, f func(by account.ID, id, note string) (string, error)) (json.RawMessage, error) {
	if len(v.Moved) == 0 {
		return nil, nil
	}
	var did moved
	if err := json.Unmarshal(v.Moved, &did); err != nil {
		return nil, badRecord("moved")
	}
	var err error
	if did.Gone.Note, err = f(by, v.Gone, did.Gone.Note); err != nil {
		return nil, err
	}
	if filled, ok := did.Filled["note"]; ok {
		text, _ := filled[1].(string)
		if text, err = f(by, v.Keep, text); err != nil {
			return nil, err
		}
		did.Filled["note"] = [2]any{"", text}
	}
	return json.Marshal(did)
}

func (s *Service) openNote(by account.ID, id, note string) (string, error) {
	p, err := s.opened(by, Person{ID: id, StandingNote: note})
	return p.StandingNote, err
}

func (s *Service) sealNote(by account.ID, id, note string) (string, error) {
	return s.sealed(by, Person{ID: id, StandingNote: note}).StandingNote, nil
}

// RestoreMerge puts a merge back.
func (s *Service) RestoreMerge(ctx context.Context, tx *db.Tx, by account.ID, v MergeRecord) (bool, error) {
	if !isID(v.ID) || !isID(v.Keep) || !isID(v.Gone) || v.Keep == v.Gone || (len(v.Moved) == 0) != (v.UndoneAt != nil) {
		return false, badRecord("id")
	}
	if was, err := state(ctx, tx, by, v.Gone); err != nil || v.UndoneAt == nil && was.merged != v.Keep {
		return false, err // taken back or deleted here since: it is not to be taken back again
	}
	text, err := s.notes(by, v, s.sealNote)
	if err != nil {
		return false, err
	}
	name := line(v.GoneName)
	n, err := tx.Exec(ctx, `INSERT INTO person_merge (user_id, id, keep, gone, gone_name, gone_fold, moved, merged_at, undone_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (user_id, id) DO NOTHING`,
		string(by), v.ID, v.Keep, v.Gone, name, nameFold(name), string(text), v.MergedAt, v.UndoneAt)
	return n == 1, err
}
