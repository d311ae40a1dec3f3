package person

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/request"
)

// What imports need beside CreateIn, DeleteIn and SetPhotoIn: everything here runs in the importer's transaction.

// CallingCode is the calling code of phones that are written without one, where the account is.
func (s *Service) CallingCode(ctx context.Context, r db.Reader, by account.ID) (string, error) {
	return codeFor(ctx, r, by, Person{})
}

// Fit leaves out of a draft what CreateIn would refuse, and says what: names and texts that are too long are the caller's
// to cut. The draft's person is not looked at.
func Fit(d Draft, code string) (Draft, []*fault.Error) {
	var refused []*fault.Error
	d.Channels = fit(d.Channels, MaxChannels, &refused, func(c Channel) (Channel, error) {
		v, err := c.clean(code)
		c.Kind, c.Value, c.Label = v.Kind, v.Value, v.Label
		return c, err
	})
	d.Dates = fit(d.Dates, MaxDates, &refused, Date.clean)
	d.Facts = fit(d.Facts, MaxFacts, &refused, Fact.clean)
	d.Groups = fit(d.Groups, MaxGroups, &refused, cleanGroup)
	return d, refused
}

func fit[T any](list []T, most int, refused *[]*fault.Error, clean func(T) (T, error)) []T {
	var kept []T
	for _, v := range list {
		v, err := clean(v)
		f := fault.As(err)
		if err == nil && len(kept) == most {
			f = fault.Conflict("person_full", "", "This person has %d of these already, and there is no room for more.", most).With("max", most)
		}
		if f != nil {
			*refused = append(*refused, f)
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// Check says whether a draft's person, without what they have, can be kept.
func Check(d Draft) error {
	_, err := d.person().clean()
	return err
}

// GroupIn is the id of the group of a name, which is made if there is none.
func (s *Service) GroupIn(ctx context.Context, tx *db.Tx, by account.ID, name string) (string, error) {
	name, err := cleanGroup(name)
	if err != nil {
		return "", err
	}
	g, found, err := groupOfName(ctx, tx, by, name)
	if err != nil || found {
		return g.ID, err
	}
	id, err := request.ID("")
	if err != nil {
		return "", err
	}
	g, err = s.insertGroup(ctx, tx, by, id, name)
	return g.ID, err
}

// JoinIn puts a person into a group, and reports whether they were not in it.
func (s *Service) JoinIn(ctx context.Context, tx *db.Tx, by account.ID, groupID, personID string) (bool, error) {
	in, err := db.One(ctx, tx, db.Value[bool], "SELECT EXISTS (SELECT 1 FROM person_group_member WHERE user_id = $1 AND group_id = $2 AND person_id = $3)",
		string(by), groupID, personID)
	if err != nil || in {
		return false, err
	}
	return true, join(ctx, tx, by, groupID, personID)
}

// DetailIn is Detail inside a transaction or view.
func (s *Service) DetailIn(ctx context.Context, r db.Reader, by account.ID, id string) (Detail, error) {
	return s.detail(ctx, r, by, id)
}

// CardIn is DetailIn without follow-ups and groups, for writing many; Memberships has the groups.
func (s *Service) CardIn(ctx context.Context, r db.Reader, by account.ID, id string) (d Detail, err error) {
	if d.Person, err = get(ctx, r, by, id); err != nil {
		return d, err
	}
	var errs [4]error
	d.Channels, errs[0] = s.channels().of(ctx, r, by, id)
	d.Dates, errs[1] = s.dates().of(ctx, r, by, id)
	d.Facts, errs[2] = s.facts().of(ctx, r, by, id)
	d.Relations, errs[3] = s.Relations(ctx, r, by, id)
	d.StandingNote = "" // which is private, and still sealed here
	return d, errors.Join(errs[:]...)
}

// Memberships are the groups of everybody, by person.
func (s *Service) Memberships(ctx context.Context, r db.Reader, by account.ID) (map[string][]Group, error) {
	found := map[string][]Group{}
	err := db.Each(ctx, r, func(sc db.Scanner) (v [2]string, err error) {
		err = sc.Scan(&v[0], &v[1])
		return v, err
	}, func(v [2]string) error {
		found[v[0]] = append(found[v[0]], Group{Name: v[1]})
		return nil
	}, `SELECT m.person_id, g.name FROM person_group g JOIN person_group_member m ON m.user_id = g.user_id AND m.group_id = g.id
		WHERE g.user_id = $1 AND g.deleted_at IS NULL ORDER BY g.name_fold, g.id`, string(by))
	return found, err
}

// Revision is what an import changes of a person who is there. What is removed is named by id.
type Revision struct {
	Name, Nickname *string
	Channels       []Channel
	Dates          []Date
	Facts          []Fact
	Groups         []string // names
	NoChannels     []string
	NoDates        []string
	Rewrite        map[string]string // facts by id: their new text
}

// Empty reports whether it changes nothing.
func (v Revision) Empty() bool {
	return v.Name == nil && v.Nickname == nil && len(v.Channels)+len(v.Dates)+len(v.Facts)+len(v.Groups)+len(v.NoChannels)+len(v.NoDates)+len(v.Rewrite) == 0
}

// ReviseIn changes a person and what they have, and says what it did.
func (s *Service) ReviseIn(ctx context.Context, tx *db.Tx, by account.ID, id string, v Revision) (past Past, err error) {
	d, err := s.detail(ctx, tx, by, id)
	if err != nil {
		return past, err
	}
	if v.Name != nil || v.Nickname != nil {
		changed, err := s.change(ctx, tx, by, id, 0, func(p *Person) (err error) {
			set(&p.Name, v.Name)
			set(&p.Nickname, v.Nickname)
			*p, err = p.clean()
			return err
		})
		if err != nil {
			return past, err
		}
		if changed.Name != d.Name {
			past.Name = &Was{Was: d.Name, Now: changed.Name}
		}
		if changed.Nickname != d.Nickname {
			past.Nickname = &Was{Was: d.Nickname, Now: changed.Nickname}
		}
	}
	now := s.instant()
	for _, c := range d.Channels {
		if !slices.Contains(v.NoChannels, c.ID) {
			continue
		}
		if err := s.channels().remove(ctx, tx, by, id, c.ID, 0, now); err != nil {
			return past, err
		}
		past.NoChannels = append(past.NoChannels, PastChannel{c.Kind, c.Value, c.Label, c.Position})
	}
	for _, o := range d.Dates {
		if !slices.Contains(v.NoDates, o.ID) {
			continue
		}
		if err := s.dates().remove(ctx, tx, by, id, o.ID, 0, now); err != nil {
			return past, err
		}
		past.NoDates = append(past.NoDates, PastDate{o.Kind, o.Label, o.Year, o.Month, o.Day, o.LeadDays})
	}
	for _, old := range d.Facts {
		text, ok := v.Rewrite[old.ID]
		if !ok {
			continue
		}
		f, err := s.facts().change(ctx, tx, by, id, old.ID, 0, now, func(f *Fact) (err error) {
			f.Text = text
			*f, err = f.clean()
			return err
		})
		if err != nil {
			return past, err
		}
		past.Rewritten = append(past.Rewritten, Was{old.ID, old.Text, f.Text})
	}
	// The ids are made here, so that they are known to Past.
	name := func(m *Meta, ids *[]string) {
		m.ID = uuid.Must(uuid.NewV7()).String()
		*ids = append(*ids, m.ID)
	}
	for i := range v.Channels {
		v.Channels[i].Position = min(1000, 100+i) // behind those that are there
		name(&v.Channels[i].Meta, &past.Channels)
	}
	for i := range v.Dates {
		name(&v.Dates[i].Meta, &past.Dates)
	}
	for i := range v.Facts {
		name(&v.Facts[i].Meta, &past.Facts)
	}
	return past, s.addParts(ctx, tx, by, d.Person, Draft{Channels: v.Channels, Dates: v.Dates, Facts: v.Facts, Groups: v.Groups})
}

// FactIn adds one fact to what is known of a person, and says its id.
func (s *Service) FactIn(ctx context.Context, tx *db.Tx, by account.ID, id, text string) (string, error) {
	f := Fact{Meta: Meta{ID: uuid.Must(uuid.NewV7()).String()}, Text: text}
	return f.ID, addPart(ctx, tx, s, by, id, s.facts(), f, Fact.clean)
}

// FaceIn gives somebody another picture, and says which one they had.
func (s *Service) FaceIn(ctx context.Context, tx *db.Tx, by account.ID, id string, face []byte) (*PastFace, error) {
	was, err := s.PhotoIn(ctx, tx, by, id)
	if err != nil {
		return nil, err
	}
	return &PastFace{Was: was, Now: photoHash(face)}, s.SetPhotoIn(ctx, tx, by, id, face)
}

// RelateIn says how a person belongs to another, unless the two are tied already; it answers the relation's id, or nothing.
func (s *Service) RelateIn(ctx context.Context, tx *db.Tx, by account.ID, r Relation) (string, error) {
	tied, err := db.One(ctx, tx, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM person_relation WHERE user_id = $1 AND person_id = $2 AND other_id = $3
		AND deleted_at IS NULL) OR EXISTS (SELECT 1 FROM person_relation WHERE user_id = $1 AND person_id = $3 AND other_id = $2 AND deleted_at IS NULL)`,
		string(by), r.Person, r.Other)
	if err != nil || tied {
		return "", err
	}
	r.ID = uuid.Must(uuid.NewV7()).String()
	err = addPart(ctx, tx, s, by, r.Person, s.relations(), r, Relation.clean)
	if fault.As(err) != nil {
		return "", nil //nolint:nilerr // no room for one more: the two are not tied
	}
	return r.ID, err
}

// FaceHash is what Person.Photo is of a face.
func FaceHash(face []byte) string { return photoHash(face) }

// Stamp tells whether anything of a person was touched since another stamp was taken: their own revision, and how many
// rows they have with what those were changed.
type Stamp struct{ Revision, Rows, Changes int64 }

// Stamps returns the stamps of everybody who is there.
func (s *Service) Stamps(ctx context.Context, r db.Reader, by account.ID) (map[string]Stamp, error) {
	stamps := map[string]Stamp{}
	type row struct {
		id             string
		rows, revision int64
	}
	scan := func(sc db.Scanner) (v row, err error) { err = sc.Scan(&v.id, &v.rows, &v.revision); return v, err }
	err := db.Each(ctx, r, scan, func(v row) error {
		stamps[v.id] = Stamp{Revision: v.revision}
		return nil
	}, "SELECT id, 0, revision FROM person WHERE user_id = $1 AND deleted_at IS NULL", string(by))
	add := func(v row) error {
		if t, ok := stamps[v.id]; ok {
			stamps[v.id] = Stamp{t.Revision, t.Rows + v.rows, t.Changes + v.revision}
		}
		return nil
	}
	for _, table := range slices.Concat(owned, []string{"person_relation AS other", "person_group_member"}) {
		// Sums are NUMERIC on PostgreSQL, which a count of rows is not.
		sql := "SELECT person_id, COUNT(*), CAST(SUM(revision) AS BIGINT) FROM " + table + " WHERE user_id = $1 GROUP BY person_id"
		switch table {
		case "person_relation AS other":
			sql = "SELECT other_id, COUNT(*), CAST(SUM(revision) AS BIGINT) FROM person_relation WHERE user_id = $1 GROUP BY other_id"
		case "person_group_member":
			sql = "SELECT person_id, COUNT(*), 0 FROM person_group_member WHERE user_id = $1 GROUP BY person_id"
		}
		err = errors.Join(err, db.Each(ctx, r, scan, add, sql, string(by)))
	}
	return stamps, err
}

// NamedLike returns the ids of those whose folded name is the same, by that name, for all who are there.
func (s *Service) NamedLike(ctx context.Context, r db.Reader, by account.ID) (map[string][]string, error) {
	found := map[string][]string{}
	err := db.Each(ctx, r, func(sc db.Scanner) (v [2]string, err error) {
		err = sc.Scan(&v[0], &v[1])
		return v, err
	}, func(v [2]string) error {
		found[v[1]] = append(found[v[1]], v[0])
		return nil
	}, "SELECT id, name_fold FROM person WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id", string(by))
	return found, err
}

// FoldName is the form of a name by which NamedLike finds.
func FoldName(name string) string { return nameFold(line(name)) }

// Norm is the form in which a channel is compared. code is the calling code of a phone that is written without one.
func Norm(kind, value, code string) string { return normalise(kind, value, code) }

// GroupsIn is Groups inside a transaction or view.
func (s *Service) GroupsIn(ctx context.Context, r db.Reader, by account.ID) ([]Group, error) {
	return db.All(ctx, r, scanGroup, "SELECT "+groupColumns+" FROM person_group g WHERE g.user_id = $1 AND g.deleted_at IS NULL ORDER BY g.name_fold, g.id", string(by))
}

// GroupName cuts a name to what a group may have.
func GroupName(name string) string {
	r := []rune(line(name))
	return string(r[:min(len(r), MaxLabel)])
}

// DropEmptyGroupsIn removes those groups that nobody is in and nobody renamed.
func (s *Service) DropEmptyGroupsIn(ctx context.Context, tx *db.Tx, by account.ID, ids []string) error {
	for _, id := range ids {
		_, err := tx.Exec(ctx, `UPDATE person_group SET name = '', name_fold = '', revision = revision + 1, updated_at = $1, deleted_at = $1
			WHERE user_id = $2 AND id = $3 AND deleted_at IS NULL AND revision = 1
			AND NOT EXISTS (SELECT 1 FROM person_group_member m WHERE m.user_id = $2 AND m.group_id = $3)`, db.Micros(s.instant()), string(by), id)
		if err != nil {
			return err
		}
	}
	return nil
}

// PhotoIn is Photo inside a transaction or view; nothing is an answer.
func (s *Service) PhotoIn(ctx context.Context, r db.Reader, by account.ID, id string) ([]byte, error) {
	faces, err := db.All(ctx, r, db.Value[[]byte], "SELECT jpeg FROM person_photo WHERE user_id = $1 AND person_id = $2", string(by), id)
	if err != nil || len(faces) == 0 {
		return nil, err
	}
	return faces[0], nil
}
