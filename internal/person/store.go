package person

import (
	"context"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string {
	return []string{
		"person", "person_channel", "person_date", "person_fact", "person_follow_up", "person_relation", "person_group",
		"person_group_member", "person_photo", "person_distinct", "person_merge",
	}
}

const columns = `id, name, nickname, context, standing, standing_note, ring, cadence, zone, locale, hours_from, hours_to, photo, archived_at,
	source, last_contact_at, last_contact_moment, revision, created_at, updated_at`

// scan reads a person; their standing note is still sealed.
func scan(s db.Scanner) (Person, error) { return scanAnd(s) }

func scanAnd(s db.Scanner, more ...any) (Person, error) {
	var (
		p                Person
		last, archived   *int64
		created, updated int64
	)
	err := s.Scan(append([]any{
		&p.ID, &p.Name, &p.Nickname, &p.Context, &p.Standing, &p.StandingNote, &p.Ring, &p.Cadence, &p.Zone, &p.Locale, &p.HoursFrom, &p.HoursTo,
		&p.Photo, &archived, &p.Source, &last, &p.LastContactMoment, &p.Revision, &created, &updated,
	}, more...)...)
	p.LastContactAt, p.ArchivedAt = db.TimeOrNil(last), db.TimeOrNil(archived)
	p.CreatedAt, p.UpdatedAt = db.Time(created), db.Time(updated)
	return p, err
}

// get returns a person who is neither unknown nor deleted. One who was merged away is gone with the id they became.
func get(ctx context.Context, r db.Reader, by account.ID, id string) (Person, error) {
	p, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM person WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL", string(by), id)
	if !errors.Is(err, db.ErrNoRows) {
		return p, err
	}
	was, err := state(ctx, r, by, id)
	switch {
	case err != nil:
		return Person{}, err
	case !was.found:
		return Person{}, fault.NotFound("person")
	case was.merged == "":
		return Person{}, fault.Gone("person")
	}
	now, err := became(ctx, r, by, id)
	if err != nil {
		return Person{}, err
	}
	if now == "" {
		return Person{}, fault.Gone("person")
	}
	return Person{}, merged(now)
}

func merged(into string) error {
	f := &fault.Error{Kind: fault.KindGone, Code: "person_merged", Message: "This person was merged with another."}
	return f.With("merged_into", into)
}

// was is what became of an id.
type was struct {
	fingerprint, merged string
	deleted, found      bool
}

// state tells what became of an id, whatever it is now.
func state(ctx context.Context, r db.Reader, by account.ID, id string) (was, error) {
	v, err := db.One(ctx, r, func(s db.Scanner) (v was, err error) {
		v.found = true
		err = s.Scan(&v.fingerprint, &v.deleted, &v.merged)
		return v, err
	}, "SELECT fingerprint, deleted_at IS NOT NULL, merged_into FROM person WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return was{}, nil
	}
	return v, err
}

// became follows merges from an id that went away to the person it is now, or to nobody.
func became(ctx context.Context, r db.Reader, by account.ID, id string) (string, error) {
	for range 100 { // a chain of merges has no loop; this is a fuse
		v, err := state(ctx, r, by, id)
		switch {
		case err != nil:
			return "", err
		case v.found && !v.deleted:
			return id, nil
		case v.merged == "":
			return "", nil
		}
		id = v.merged
	}
	return "", nil
}

// byFold returns the person of exactly this name: by name, else by nickname, else the one that name was merged into.
func byFold(ctx context.Context, r db.Reader, by account.ID, name string) (Person, bool, error) {
	f := nameFold(name)
	for _, where := range []string{"name_fold = $2", "nickname_fold = $2 AND nickname_fold <> ''"} {
		list, err := db.All(ctx, r, scan, "SELECT "+columns+" FROM person WHERE user_id = $1 AND "+where+
			" AND deleted_at IS NULL ORDER BY archived_at IS NOT NULL, id LIMIT 1", string(by), f)
		if err != nil {
			return Person{}, false, err
		}
		if len(list) > 0 {
			return list[0], true, nil
		}
	}
	kept, err := db.All(ctx, r, db.Value[string], `SELECT keep FROM person_merge WHERE user_id = $1 AND gone_fold = $2 AND undone_at IS NULL
		ORDER BY merged_at DESC, id LIMIT 1`, string(by), f)
	if err != nil || len(kept) == 0 {
		return Person{}, false, err
	}
	id, err := became(ctx, r, by, kept[0])
	if err != nil || id == "" {
		return Person{}, false, err
	}
	p, err := get(ctx, r, by, id)
	return p, err == nil, err
}

// spelling is whose alphabet an account's names follow.
func spelling(ctx context.Context, r db.Reader, by account.ID) (string, error) {
	locale, err := db.One(ctx, r, db.Value[string], "SELECT locale FROM account WHERE user_id = $1", string(by))
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return alphabet(locale), err
}

// insertColumns are the columns of somebody new, and inserted their values.
const insertColumns = "user_id, id, name, name_fold, nickname, nickname_fold, find_fold, sort_lang, sort_key, context, standing, standing_note, ring, " +
	"cadence, zone, locale, hours_from, hours_to, photo, archived_at, source, fingerprint, revision, created_at, updated_at"

func inserted(by account.ID, p Person, lang, fingerprint string) []any {
	return []any{
		string(by), p.ID, p.Name, nameFold(p.Name), p.Nickname, nameFold(p.Nickname), findWords(p.Name, p.Nickname), lang, sortKey(lang, p.Name),
		p.Context, p.Standing, p.StandingNote, p.Ring, p.Cadence, p.Zone, p.Locale, p.HoursFrom, p.HoursTo, p.Photo, db.MicrosOrNil(p.ArchivedAt),
		p.Source, fingerprint, p.Revision, db.Micros(p.CreatedAt), db.Micros(p.UpdatedAt),
	}
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, p Person, fingerprint string) error {
	lang, err := spelling(ctx, tx, by)
	if err != nil {
		return err
	}
	args := inserted(by, p, lang, fingerprint)
	marks, _ := db.In(1, args)
	_, err = tx.Exec(ctx, "INSERT INTO person ("+insertColumns+") VALUES ("+marks+")", args...)
	return err
}

// update writes all that can change but last contact, which is moment's to say.
func update(ctx context.Context, tx *db.Tx, by account.ID, p Person) error {
	lang, err := spelling(ctx, tx, by)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE person SET name = $1, name_fold = $2, nickname = $3, nickname_fold = $4, find_fold = $5, sort_lang = $6, sort_key = $7,
		context = $8, standing = $9, standing_note = $10, ring = $11, cadence = $12, zone = $13, locale = $14, hours_from = $15, hours_to = $16, photo = $17,
		archived_at = $18, source = $19, revision = $20, updated_at = $21 WHERE user_id = $22 AND id = $23`,
		p.Name, nameFold(p.Name), p.Nickname, nameFold(p.Nickname), findWords(p.Name, p.Nickname), lang, sortKey(lang, p.Name), p.Context, p.Standing,
		p.StandingNote, p.Ring, p.Cadence, p.Zone, p.Locale, p.HoursFrom, p.HoursTo, p.Photo, db.MicrosOrNil(p.ArchivedAt), p.Source, p.Revision,
		db.Micros(p.UpdatedAt), string(by), p.ID)
	return err
}

// touch makes a retry leave a log record: its answer must not reach the client before the standby has the first one.
func touch(ctx context.Context, tx *db.Tx, by account.ID, table, id string) error {
	_, err := tx.Exec(ctx, "UPDATE "+table+" SET id = id WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

// bury leaves a tombstone of a person, and tells what they were merged into if they were.
func bury(ctx context.Context, tx *db.Tx, by account.ID, id, into string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE person SET name = '', name_fold = '', nickname = '', nickname_fold = '', find_fold = '', sort_key = '', context = '',
		standing = 'active', standing_note = '', ring = '', cadence = NULL, zone = '', locale = '', hours_from = NULL, hours_to = NULL, photo = '',
		archived_at = NULL, source = '', last_contact_at = NULL, last_contact_moment = '', merged_into = $1, revision = revision + 1, updated_at = $2,
		deleted_at = $2 WHERE user_id = $3 AND id = $4`,
		into, db.Micros(now), string(by), id)
	return err
}

func setLast(ctx context.Context, tx *db.Tx, by account.ID, id string, at *time.Time, momentID string) error {
	_, err := tx.Exec(ctx, "UPDATE person SET last_contact_at = $1, last_contact_moment = $2 WHERE user_id = $3 AND id = $4 AND deleted_at IS NULL",
		db.MicrosOrNil(at), momentID, string(by), id)
	return err
}

// raiseLast sets last contact if the moment is newer than what is kept.
func raiseLast(ctx context.Context, tx *db.Tx, by account.ID, id string, at time.Time, momentID string) error {
	_, err := tx.Exec(ctx, `UPDATE person SET last_contact_at = $1, last_contact_moment = $2
		WHERE user_id = $3 AND id = $4 AND deleted_at IS NULL AND (last_contact_at IS NULL OR last_contact_at <= $1)`,
		db.Micros(at), momentID, string(by), id)
	return err
}

// known are all people as capture wants them. Those whose owner archived them are meant by their whole name only.
func known(ctx context.Context, r db.Reader, by account.ID) ([]capture.Known, error) {
	type merge struct{ keep, gone, name string }
	merges, err := db.All(ctx, r, func(s db.Scanner) (m merge, err error) {
		err = s.Scan(&m.keep, &m.gone, &m.name)
		return m, err
	}, "SELECT keep, gone, gone_name FROM person_merge WHERE user_id = $1 AND undone_at IS NULL ORDER BY id", string(by))
	if err != nil {
		return nil, err
	}
	into := map[string]string{}
	for _, m := range merges {
		into[m.gone] = m.keep
	}
	also := map[string][]string{}
	for _, m := range merges {
		for range into { // as often as there are merges; a chain of them has no loop
			if into[m.keep] == "" {
				break
			}
			m.keep = into[m.keep]
		}
		also[m.keep] = append(also[m.keep], m.name)
	}
	return db.All(ctx, r, func(s db.Scanner) (k capture.Known, err error) {
		nickname := ""
		if err = s.Scan(&k.ID, &k.Name, &nickname, &k.Context, &k.Whole); err != nil {
			return k, err
		}
		if nickname != "" {
			k.Also = append(k.Also, nickname)
		}
		k.Also = append(k.Also, also[k.ID]...)
		return k, nil
	}, "SELECT id, name, nickname, context, archived_at IS NOT NULL FROM person WHERE user_id = $1 AND deleted_at IS NULL ORDER BY sort_lang, sort_key, id", string(by))
}

func erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	for _, table := range Tables() {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1", string(id)); err != nil {
			return err
		}
	}
	return nil
}
