package person

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/request"
)

// Mover is who holds references to people: it moves them in the transaction of a merge, and back. Name is stable: what
// Move returns (JSON, or nothing) is kept under it and given to Back.
type Mover struct {
	Name string
	Move func(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string) (json.RawMessage, error)
	Back func(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string, moved json.RawMessage) error
}

// OnMerged registers who holds references to people. Last contact is for package moment to set again, on both ways.
func (s *Service) OnMerged(m Mover) { s.merges = append(s.merges, m) }

// Merge is two people made one.
type Merge struct {
	ID       string
	Keep     string // id of the one who stays
	Gone     string // id of the one who became the other
	GoneName string
	MergedAt time.Time
	UndoneAt *time.Time
}

// moved is what a merge did, for taking it back.
type moved struct {
	Gone   stored                     `json:"gone"`             // as they were
	Filled map[string][2]any          `json:"filled,omitempty"` // fields of the one who stayed: before, after
	Rows   map[string][]string        `json:"rows,omitempty"`   // ids by table
	Others []string                   `json:"others,omitempty"` // relations whose other side was moved
	Groups []string                   `json:"groups,omitempty"` // joined for the one who went
	Was    []string                   `json:"was,omitempty"`    // groups the one who went was in
	Photo  bool                       `json:"photo,omitempty"`  // taken over
	Hooks  map[string]json.RawMessage `json:"hooks,omitempty"`
}

// stored is a person as a row holds them; the note is still sealed.
type stored struct {
	Name       string `json:"name"`
	Nickname   string `json:"nickname,omitempty"`
	Context    string `json:"context,omitempty"`
	Standing   string `json:"standing"`
	Note       string `json:"note,omitempty"`
	Ring       string `json:"ring,omitempty"`
	Cadence    *int   `json:"cadence,omitempty"`
	Zone       string `json:"zone,omitempty"`
	Locale     string `json:"locale,omitempty"`
	HoursFrom  *int   `json:"hours_from,omitempty"`
	HoursTo    *int   `json:"hours_to,omitempty"`
	Photo      string `json:"photo,omitempty"`
	ArchivedAt *int64 `json:"archived_at,omitempty"`
	Source     string `json:"source,omitempty"`
}

func storedOf(p Person) stored {
	return stored{p.Name, p.Nickname, p.Context, p.Standing, p.StandingNote, p.Ring, p.Cadence, p.Zone, p.Locale, p.HoursFrom, p.HoursTo, p.Photo, db.MicrosOrNil(p.ArchivedAt), p.Source}
}

func (v stored) on(p Person) Person {
	p.Name, p.Nickname, p.Context, p.Standing, p.StandingNote, p.Ring, p.Cadence = v.Name, v.Nickname, v.Context, v.Standing, v.Note, v.Ring, v.Cadence
	p.Zone, p.Locale, p.HoursFrom, p.HoursTo, p.Photo, p.ArchivedAt, p.Source = v.Zone, v.Locale, v.HoursFrom, v.HoursTo, v.Photo, db.TimeOrNil(v.ArchivedAt), v.Source
	return p
}

// owned are the tables whose rows follow a person.
var owned = []string{"person_channel", "person_date", "person_fact", "person_follow_up", "person_relation"} //nolint:gochecknoglobals // a constant

// Merge makes two people one: keep stays, and gets what gone has and it has not. The id of gone answers from now on with
// the one it became. id may be the client's own: the same merge again is answered with what it was.
func (s *Service) Merge(ctx context.Context, by account.ID, id, keep, gone string) (m Merge, created bool, err error) {
	if id, err = request.ID(id); err != nil {
		return Merge{}, false, err
	}
	if keep == gone {
		return Merge{}, false, fault.Invalid("merge_self", "with", "Choose two different people.")
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, created, err = s.mergeIn(ctx, tx, by, id, keep, gone)
		return err
	})
	return m, created, err
}

func (s *Service) mergeIn(ctx context.Context, tx *db.Tx, by account.ID, id, keep, gone string) (Merge, bool, error) {
	old, _, err := getMerge(ctx, tx, by, id)
	switch {
	case err == nil && (old.Keep != keep || old.Gone != gone):
		return Merge{}, false, request.Reused()
	case err == nil:
		return old, false, touch(ctx, tx, by, "person_merge", id)
	case !fault.Is(err, fault.KindNotFound):
		return Merge{}, false, err
	}
	a, err := get(ctx, tx, by, keep)
	if err != nil {
		return Merge{}, false, err
	}
	b, err := get(ctx, tx, by, gone)
	if err != nil {
		if f := fault.As(err); f != nil && f.Kind == fault.KindNotFound {
			return Merge{}, false, unknownPerson("with")
		}
		return Merge{}, false, err
	}
	now := s.instant()
	did := moved{Gone: storedOf(b), Filled: map[string][2]any{}, Rows: map[string][]string{}, Hooks: map[string]json.RawMessage{}}
	if err := s.moveRows(ctx, tx, by, keep, gone, &did, now); err != nil {
		return Merge{}, false, err
	}
	if a, err = s.fill(by, a, b, &did); err != nil {
		return Merge{}, false, err
	}
	if did.Photo {
		if err := copyPhoto(ctx, tx, by, gone, keep); err != nil {
			return Merge{}, false, err
		}
	}
	a.Revision++
	a.UpdatedAt = now
	if err := update(ctx, tx, by, a); err != nil {
		return Merge{}, false, err
	}
	if err := bury(ctx, tx, by, gone, keep, now); err != nil {
		return Merge{}, false, err
	}
	for _, h := range s.merges {
		if did.Hooks[h.Name], err = h.Move(ctx, tx, by, keep, gone); err != nil {
			return Merge{}, false, err
		}
		if did.Hooks[h.Name] == nil {
			delete(did.Hooks, h.Name)
		}
	}
	m := Merge{ID: id, Keep: keep, Gone: gone, GoneName: b.Name, MergedAt: now}
	text, err := json.Marshal(did)
	if err != nil {
		return Merge{}, false, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO person_merge (user_id, id, keep, gone, gone_name, gone_fold, moved, merged_at, undone_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)`, string(by), id, keep, gone, b.Name, nameFold(b.Name), string(text), db.Micros(now))
	return m, true, err
}

// fill gives a what b has and a has not, and notes it.
func (s *Service) fill(by account.ID, a, b Person, did *moved) (Person, error) {
	nickname := b.Nickname
	if nickname == "" && nameFold(a.Name) != nameFold(b.Name) {
		nickname = b.Name
	}
	for _, f := range []struct {
		name string
		to   *string
		from string
	}{
		{"nickname", &a.Nickname, nickname}, {"context", &a.Context, b.Context}, {"ring", &a.Ring, b.Ring}, {"zone", &a.Zone, b.Zone}, {"locale", &a.Locale, b.Locale},
	} {
		if *f.to == "" && f.from != "" {
			*f.to = f.from
			did.Filled[f.name] = [2]any{"", f.from}
		}
	}
	if a.Cadence == nil && b.Cadence != nil {
		a.Cadence = b.Cadence
		did.Filled["cadence"] = [2]any{nil, *b.Cadence}
	}
	if a.HoursFrom == nil && b.HoursFrom != nil {
		a.HoursFrom, a.HoursTo = b.HoursFrom, b.HoursTo
		did.Filled["hours"] = [2]any{nil, *b.HoursFrom*10000 + *b.HoursTo}
	}
	if a.Photo == "" && b.Photo != "" {
		a.Photo, did.Photo = b.Photo, true
		did.Filled["photo"] = [2]any{"", b.Photo}
	}
	if a.StandingNote == "" && b.StandingNote != "" { // sealed for b: sealed anew for a
		open, err := s.opened(by, b)
		if err != nil {
			return a, err
		}
		a.StandingNote = open.StandingNote
		a = s.sealed(by, a)
		did.Filled["note"] = [2]any{"", a.StandingNote}
	}
	return a, nil
}

// moveRows moves what gone has to keep. What keep has already, and what ties the two to each other, stays behind with
// gone, unseen, and is there again when the merge is taken back.
func (s *Service) moveRows(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string, did *moved, now time.Time) error {
	take := func(table string, ids []string) error {
		for _, id := range ids {
			if _, err := tx.Exec(ctx, "UPDATE "+table+" SET person_id = $1, updated_at = $2, revision = revision + 1 WHERE user_id = $3 AND id = $4", keep, db.Micros(now), string(by), id); err != nil {
				return err
			}
		}
		did.Rows[table] = ids
		return nil
	}
	channels, err := differing(ctx, tx, by, keep, gone, s.channels(), func(c Channel) string { return c.Kind + " " + c.Norm })
	if err != nil {
		return err
	}
	dates, err := differing(ctx, tx, by, keep, gone, s.dates(), func(d Date) string {
		return request.Fingerprint([]any{d.Kind, nameFold(d.Label), d.Month, d.Day})
	})
	if err != nil {
		return err
	}
	facts, err := differing(ctx, tx, by, keep, gone, s.facts(), func(f Fact) string { return request.Fingerprint([]any{f.Text, f.Private}) })
	if err != nil {
		return err
	}
	asks, err := differing(ctx, tx, by, keep, gone, s.followUps(), func(f FollowUp) string { return f.Text + f.Due + f.State })
	if err != nil {
		return err
	}
	relations, others, err := s.movingRelations(ctx, tx, by, keep, gone)
	if err != nil {
		return err
	}
	if err := errors.Join(take("person_channel", channels), take("person_date", dates), take("person_fact", facts), take("person_follow_up", asks),
		take("person_relation", relations)); err != nil {
		return err
	}
	for _, id := range others {
		if _, err := tx.Exec(ctx, "UPDATE person_relation SET other_id = $1, updated_at = $2, revision = revision + 1 WHERE user_id = $3 AND id = $4", keep, db.Micros(now), string(by), id); err != nil {
			return err
		}
	}
	did.Others = others
	return moveGroups(ctx, tx, by, keep, gone, did)
}

// movingRelations are the ids of the relations of gone, by the side on which it stands.
func (s *Service) movingRelations(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string) (mine, others []string, err error) {
	kept, err := s.Relations(ctx, tx, by, keep)
	if err != nil {
		return nil, nil, err
	}
	has := map[string]bool{}
	for _, r := range kept {
		has[r.With+" "+r.Is+" "+r.Me] = true
	}
	theirs, err := s.Relations(ctx, tx, by, gone)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range theirs {
		switch {
		case r.With == keep || has[r.With+" "+r.Is+" "+r.Me]:
		case r.Person == gone:
			mine = append(mine, r.ID)
		default:
			others = append(others, r.ID)
		}
	}
	return mine, others, nil
}

// Merges returns the merges that can be taken back, the newest first; with a person, those into them.
func (s *Service) Merges(ctx context.Context, by account.ID, personID string) ([]Merge, error) {
	return db.All(ctx, s.db, scanMerge, "SELECT "+mergeColumns+` FROM person_merge WHERE user_id = $1 AND undone_at IS NULL
		AND (CAST($2 AS TEXT) = '' OR keep = $2) ORDER BY merged_at DESC, id DESC`, string(by), personID)
}
