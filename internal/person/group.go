package person

import (
	"context"
	"errors"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/request"
)

const groupColumns = `g.id, g.name, g.revision, g.created_at, g.updated_at,
	(SELECT COUNT(*) FROM person_group_member m JOIN person p ON p.user_id = m.user_id AND p.id = m.person_id
	WHERE m.user_id = g.user_id AND m.group_id = g.id AND p.deleted_at IS NULL)`

func scanGroup(s db.Scanner) (g Group, err error) {
	var created, updated int64
	err = s.Scan(&g.ID, &g.Name, &g.Revision, &created, &updated, &g.Members)
	g.CreatedAt, g.UpdatedAt = db.Time(created), db.Time(updated)
	return g, err
}

// Groups returns all groups of an account, in alphabetical order.
func (s *Service) Groups(ctx context.Context, by account.ID) ([]Group, error) {
	return db.All(ctx, s.db, scanGroup, "SELECT "+groupColumns+" FROM person_group g WHERE g.user_id = $1 AND g.deleted_at IS NULL ORDER BY g.name_fold, g.id", string(by))
}

// Group returns one group.
func (s *Service) Group(ctx context.Context, by account.ID, id string) (Group, error) {
	return getGroup(ctx, s.db, by, id)
}

func getGroup(ctx context.Context, r db.Reader, by account.ID, id string) (Group, error) {
	g, err := db.One(ctx, r, scanGroup, "SELECT "+groupColumns+" FROM person_group g WHERE g.user_id = $1 AND g.id = $2 AND g.deleted_at IS NULL", string(by), id)
	if !errors.Is(err, db.ErrNoRows) {
		return g, err
	}
	_, deleted, err := groupState(ctx, r, by, id)
	switch {
	case err != nil:
		return Group{}, err
	case deleted:
		return Group{}, fault.Gone("group")
	}
	return Group{}, fault.NotFound("group")
}

func groupState(ctx context.Context, r db.Reader, by account.ID, id string) (fingerprint string, deleted bool, err error) {
	v, err := db.One(ctx, r, func(s db.Scanner) (v was, err error) {
		err = s.Scan(&v.fingerprint, &v.deleted)
		return v, err
	}, "SELECT fingerprint, deleted_at IS NOT NULL FROM person_group WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return v.fingerprint, v.deleted, err
}

func groupOfName(ctx context.Context, r db.Reader, by account.ID, name string) (Group, bool, error) {
	list, err := db.All(ctx, r, scanGroup, "SELECT "+groupColumns+` FROM person_group g
		WHERE g.user_id = $1 AND g.name_fold = $2 AND g.deleted_at IS NULL ORDER BY g.id LIMIT 1`, string(by), nameFold(name))
	if err != nil || len(list) == 0 {
		return Group{}, false, err
	}
	return list[0], true, nil
}

func groupsOf(ctx context.Context, r db.Reader, by account.ID, personID string) ([]Group, error) {
	return db.All(ctx, r, scanGroup, "SELECT "+groupColumns+` FROM person_group g JOIN person_group_member o ON o.user_id = g.user_id AND o.group_id = g.id
		WHERE o.user_id = $1 AND o.person_id = $2 AND g.deleted_at IS NULL ORDER BY g.name_fold, g.id`, string(by), personID)
}

// FindGroup returns the group of this name, folded.
func (s *Service) FindGroup(ctx context.Context, by account.ID, name string) (Group, bool, error) {
	return groupOfName(ctx, s.db, by, line(name))
}

// CreateGroup makes a group. With a client's own id it may be repeated; a name that is taken is a conflict.
func (s *Service) CreateGroup(ctx context.Context, by account.ID, id, name string) (g Group, created bool, err error) {
	if name, err = cleanGroup(name); err != nil {
		return Group{}, false, err
	}
	if id, err = request.ID(id); err != nil {
		return Group{}, false, err
	}
	fp := request.Fingerprint(name)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, deleted, err := groupState(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case deleted:
			return fault.Gone("group")
		case was != "" && was != fp:
			return request.Reused()
		case was != "":
			if err := touch(ctx, tx, by, "person_group", id); err != nil {
				return err
			}
			g, err = getGroup(ctx, tx, by, id)
			return err
		}
		if _, taken, err := groupOfName(ctx, tx, by, name); err != nil || taken {
			if taken {
				return groupTaken()
			}
			return err
		}
		created = true
		g, err = s.insertGroup(ctx, tx, by, id, name)
		return err
	})
	return g, created, err
}

func groupTaken() error {
	return fault.Conflict("group_taken", "name", "There is a group of this name already.")
}

func (s *Service) insertGroup(ctx context.Context, tx *db.Tx, by account.ID, id, name string) (Group, error) {
	n, err := db.One(ctx, tx, db.Value[int], "SELECT COUNT(*) FROM person_group WHERE user_id = $1 AND deleted_at IS NULL", string(by))
	if err != nil {
		return Group{}, err
	}
	if n >= MaxGroups {
		return Group{}, fault.Conflict("too_many_groups", "", "There are %d groups already, and there is no room for more.", MaxGroups).With("max", MaxGroups)
	}
	now := s.instant()
	_, err = tx.Exec(ctx, `INSERT INTO person_group (user_id, id, name, name_fold, fingerprint, revision, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $6)`, string(by), id, name, nameFold(name), request.Fingerprint(name), db.Micros(now))
	return Group{ID: id, Name: name, Revision: 1, CreatedAt: now, UpdatedAt: now}, err
}

// RenameGroup changes the name of a group. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) RenameGroup(ctx context.Context, by account.ID, id, name string, ifRevision int64) (g Group, err error) {
	if name, err = cleanGroup(name); err != nil {
		return Group{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if g, err = getGroup(ctx, tx, by, id); err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != g.Revision {
			return fault.Stale("group")
		}
		other, taken, err := groupOfName(ctx, tx, by, name)
		if err != nil {
			return err
		}
		if taken && other.ID != id {
			return groupTaken()
		}
		g.Name, g.UpdatedAt, g.Revision = name, s.instant(), g.Revision+1
		_, err = tx.Exec(ctx, "UPDATE person_group SET name = $1, name_fold = $2, revision = $3, updated_at = $4 WHERE user_id = $5 AND id = $6",
			name, nameFold(name), g.Revision, db.Micros(g.UpdatedAt), string(by), id)
		return err
	})
	return g, err
}

// DeleteGroup removes a group for good; its people stay.
func (s *Service) DeleteGroup(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := getGroup(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != g.Revision {
			return fault.Stale("group")
		}
		if _, err := tx.Exec(ctx, "DELETE FROM person_group_member WHERE user_id = $1 AND group_id = $2", string(by), id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE person_group SET name = '', name_fold = '', revision = revision + 1, updated_at = $1, deleted_at = $1
			WHERE user_id = $2 AND id = $3`, db.Micros(s.instant()), string(by), id)
		return err
	})
}

// Join puts a person in a group; whoever is in it already stays.
func (s *Service) Join(ctx context.Context, by account.ID, groupID, personID string) error {
	return s.write(ctx, by, personID, func(ctx context.Context, tx *db.Tx, _ Person) error {
		if _, err := getGroup(ctx, tx, by, groupID); err != nil {
			return err
		}
		return join(ctx, tx, by, groupID, personID)
	})
}

func join(ctx context.Context, tx *db.Tx, by account.ID, groupID, personID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO person_group_member (user_id, group_id, person_id) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, group_id, person_id) DO UPDATE SET person_id = excluded.person_id`, string(by), groupID, personID)
	return err
}

// Leave takes a person out of a group; whoever is not in it stays so.
func (s *Service) Leave(ctx context.Context, by account.ID, groupID, personID string) error {
	return s.write(ctx, by, personID, func(ctx context.Context, tx *db.Tx, _ Person) error {
		if _, err := getGroup(ctx, tx, by, groupID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM person_group_member WHERE user_id = $1 AND group_id = $2 AND person_id = $3", string(by), groupID, personID)
		return err
	})
}

// addParts makes what a draft has beside the person.
func (s *Service) addParts(ctx context.Context, tx *db.Tx, by account.ID, p Person, d Draft) error {
	if len(d.Channels)+len(d.Dates)+len(d.Facts)+len(d.FollowUps)+len(d.Groups) == 0 {
		return nil
	}
	code, err := codeFor(ctx, tx, by, p)
	if err != nil {
		return err
	}
	for i, c := range d.Channels {
		c.Position = i
		if err := addPart(ctx, tx, s, by, p.ID, s.channels(), c, func(c Channel) (Channel, error) { return c.clean(code) }); err != nil {
			return err
		}
	}
	for _, v := range d.Dates {
		if err := addPart(ctx, tx, s, by, p.ID, s.dates(), v, Date.clean); err != nil {
			return err
		}
	}
	for _, v := range d.Facts {
		if err := addPart(ctx, tx, s, by, p.ID, s.facts(), v, Fact.clean); err != nil {
			return err
		}
	}
	for _, v := range d.FollowUps {
		if err := addPart(ctx, tx, s, by, p.ID, s.followUps(), v, FollowUp.clean); err != nil {
			return err
		}
	}
	for _, name := range d.Groups {
		if name, err = cleanGroup(name); err != nil {
			return err
		}
		g, found, err := groupOfName(ctx, tx, by, name)
		if err == nil && !found {
			id, _ := request.ID("")
			g, err = s.insertGroup(ctx, tx, by, id, name)
		}
		if err != nil {
			return err
		}
		if err := join(ctx, tx, by, g.ID, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func addPart[T any](ctx context.Context, tx *db.Tx, s *Service, by account.ID, personID string, p part[T], v T, clean func(T) (T, error)) error {
	m := p.meta(&v)
	id, err := request.ID(m.ID)
	if err != nil {
		return err
	}
	m.ID, m.Person = id, personID
	fp := request.Fingerprint([]any{personID, p.values(&v)})
	if v, err = clean(v); err != nil {
		return err
	}
	_, _, err = p.add(ctx, tx, by, personID, v, fp, s.instant())
	return err
}

// Detail returns all of a person, as of one instant.
func (s *Service) Detail(ctx context.Context, by account.ID, id string) (Detail, error) {
	var d Detail
	err := s.db.View(ctx, func(ctx context.Context, r db.Reader) (err error) {
		d, err = s.detail(ctx, r, by, id)
		return err
	})
	return d, err
}

func (s *Service) detail(ctx context.Context, r db.Reader, by account.ID, id string) (d Detail, err error) {
	if d.Person, err = get(ctx, r, by, id); err != nil {
		return d, err
	}
	if d.Person, err = s.opened(by, d.Person); err != nil {
		return d, err
	}
	var errs [6]error
	d.Channels, errs[0] = s.channels().of(ctx, r, by, id)
	d.Dates, errs[1] = s.dates().of(ctx, r, by, id)
	d.Facts, errs[2] = s.facts().of(ctx, r, by, id)
	d.FollowUps, errs[3] = s.followUps().of(ctx, r, by, id)
	d.Relations, errs[4] = s.Relations(ctx, r, by, id)
	d.Groups, errs[5] = groupsOf(ctx, r, by, id)
	return d, errors.Join(errs[:]...)
}

// Relations returns how a person belongs to others, seen from them.
func (s *Service) Relations(ctx context.Context, r db.Reader, by account.ID, id string) ([]Related, error) {
	p := s.relations()
	list := []Related{}
	// Asked from each side apart, so that each half walks its own index.
	for _, side := range [][2]string{{"person_id", "other_id"}, {"other_id", "person_id"}} {
		half, err := db.All(ctx, r, func(sc db.Scanner) (v Related, err error) {
			name := ""
			rel, err := p.scan(by)(tail{sc, &name})
			return rel.seen(id, name), err
		}, "SELECT r.id, r.person_id, r.revision, r.created_at, r.updated_at, r.other_id, r.role, p.name FROM person_relation r"+
			" JOIN person p ON p.user_id = r.user_id AND p.id = r."+side[1]+
			" WHERE r.user_id = $1 AND r."+side[0]+" = $2 AND r.deleted_at IS NULL AND p.deleted_at IS NULL ORDER BY r.created_at, r.id", string(by), id)
		if err != nil {
			return nil, err
		}
		list = append(list, half...)
	}
	return list, nil
}

func unknownPerson(field string) error {
	return fault.Invalid("unknown_person", field, "There is no such person.")
}
