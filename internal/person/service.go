package person

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"sort"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/request"
)

// Service is the door to people. It is safe for concurrent use once serving begins; keys and hooks are set before that.
type Service struct {
	db     *db.DB
	now    func() time.Time
	note   *db.Column // codec of the standing note; nil keeps it in the open
	fact   *db.Column // codec of a private fact
	merges []Mover

	deletions []func(ctx context.Context, tx *db.Tx, by account.ID, id string) error
}

// New returns a service over d. now is the clock. Without Seal private words are kept in the open.
func New(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Seal has standing notes and private facts sealed from now on.
func (s *Service) Seal(k *db.Keys) {
	note, fact := k.Column("person.standing_note"), k.Column("person_fact.text")
	s.note, s.fact = &note, &fact
}

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// sealed is p as it is stored.
func (s *Service) sealed(by account.ID, p Person) Person {
	if s.note != nil {
		p.StandingNote = s.note.Seal(string(by), p.ID, p.StandingNote)
	}
	return p
}

// opened is p as its owner reads it.
func (s *Service) opened(by account.ID, p Person) (Person, error) {
	if s.note == nil || p.StandingNote == "" {
		return p, nil
	}
	var err error
	p.StandingNote, err = s.note.Open(string(by), p.ID, p.StandingNote)
	return p, err
}

// Get returns one person: a NotFound fault also when they are somebody else's, a Gone one when they were deleted; the one
// of a person who was merged away has the parameter merged_into.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Person, error) {
	p, err := get(ctx, s.db, by, id)
	if err != nil {
		return Person{}, err
	}
	return s.opened(by, p)
}

// List returns people page by page. limit is at most 200; the cursor is what the page before gave as Next. Standing notes
// are left out: they are read one by one.
func (s *Service) List(ctx context.Context, by account.ID, f Filter, limit int, cursor string) (Page, error) {
	after, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return Page{}, badCursor()
	}
	if limit < 1 || limit > 200 {
		limit = 50
	}
	lang := ""
	if f.Sort != ByLast {
		if lang, err = s.sorted(ctx, by); err != nil {
			return Page{}, err
		}
	}
	page, err := s.page(ctx, by, lang, f, limit, string(after))
	for i := range page.Items {
		page.Items[i].StandingNote = ""
	}
	return page, err
}

// byWhy begins the cursor of those who are found by what is known about them.
const byWhy = "?"

// page reads those who are called so, and when there are no more of them, those who are found by something else.
func (s *Service) page(ctx context.Context, by account.ID, lang string, f Filter, limit int, after string) (Page, error) {
	terms := termsOf(f.Query)
	called := func(p *params) string { return p.called(terms) }
	after, further := strings.CutPrefix(after, byWhy)
	page := Page{}
	if !further && !f.Known {
		people, keys, err := list(ctx, s.db, by, lang, f, called, limit, after)
		if err != nil {
			return Page{}, err
		}
		if page.Items = people; len(people) > limit {
			page.Items, page.Next = people[:limit], cursorOf(keys[limit-1])
			return page, nil
		}
		after = ""
	}
	meant := soughtFor(terms)
	if f.Named || !meant.says() {
		return page, nil
	}
	used, err := usedRoles(ctx, s.db, by)
	if err != nil {
		return Page{}, err
	}
	known := func(p *params) string { return p.known(used, meant) + " AND NOT (" + p.called(terms) + ")" }
	room := limit - len(page.Items)
	people, keys, err := list(ctx, s.db, by, lang, f, known, room, after)
	if err != nil {
		return Page{}, err
	}
	if len(people) > room {
		people = people[:room]
		page.Next = cursorOf(byWhy + append([]string{""}, keys...)[room])
	}
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	page.Items = append(page.Items, people...)
	page.Why, err = why(ctx, s.db, by, used, meant, ids)
	return page, err
}

func cursorOf(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// sorted makes the keys follow the account's language if it changed since they were made, and returns whose alphabet it is.
func (s *Service) sorted(ctx context.Context, by account.ID) (string, error) {
	lang, err := spelling(ctx, s.db, by)
	if err != nil {
		return "", err
	}
	stray, err := strayed(ctx, s.db, by, lang)
	if err != nil || len(stray) == 0 {
		return lang, err
	}
	return lang, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		stray, err := strayed(ctx, tx, by, lang)
		if err != nil {
			return err
		}
		for _, n := range stray {
			if err := rekey(ctx, tx, by, lang, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// Known returns everybody by name, as capture wants them.
func (s *Service) Known(ctx context.Context, r db.Reader, by account.ID) ([]capture.Known, error) {
	return known(ctx, r, by)
}

// Quick returns the names to offer while one is typed: everybody who is not archived, in alphabetical order.
func (s *Service) Quick(ctx context.Context, by account.ID) ([]Name, error) {
	return quick(ctx, s.db, by)
}

// Names returns the names of those of ids that are still there.
func (s *Service) Names(ctx context.Context, r db.Reader, by account.ID, ids []string) (map[string]string, error) {
	return names(ctx, r, by, ids)
}

// Became returns who an id is now: itself, the person it was merged into, or nobody (empty).
func (s *Service) Became(ctx context.Context, r db.Reader, by account.ID, id string) (string, error) {
	return became(ctx, r, by, id)
}

// Find returns the person of exactly this name, nickname or former name, folded.
func (s *Service) Find(ctx context.Context, r db.Reader, by account.ID, name string) (Person, bool, error) {
	name, err := cleanName(name)
	if err != nil {
		return Person{}, false, err
	}
	return byFold(ctx, r, by, name)
}

// Due returns who is due at now, longest first. The list is for choosing from, not for showing: nobody is late.
func (s *Service) Due(ctx context.Context, by account.ID, now time.Time) ([]Person, error) {
	people, err := tied(ctx, s.db, by)
	if err != nil {
		return nil, err
	}
	people = slices.DeleteFunc(people, func(p Person) bool { return !Due(p, now) })
	sort.Slice(people, func(i, j int) bool {
		a, b := &people[i], &people[j]
		return cmp.Or(a.DueAt().Compare(*b.DueAt()), cmp.Compare(a.ID, b.ID)) < 0
	})
	for i := range people {
		people[i].StandingNote = ""
	}
	return people, nil
}

// Create makes a person. With a client's own id the same request again returns the person as they are now and false;
// another request under that id is a conflict, and an id that was deleted is gone.
func (s *Service) Create(ctx context.Context, by account.ID, d Draft) (p Person, created bool, err error) {
	if d, err = d.clean(); err != nil {
		return Person{}, false, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, created, err = s.CreateIn(ctx, tx, by, d)
		return err
	})
	if err != nil {
		return Person{}, false, err
	}
	p, err = s.opened(by, p)
	return p, created, err
}

// clean checks a draft without its parts and gives it an id.
func (d Draft) clean() (Draft, error) {
	if _, err := d.person().clean(); err != nil {
		return d, err
	}
	var err error
	d.ID, err = request.ID(d.ID)
	return d, err
}

// CreateIn is Create inside a transaction, for imports. What the draft has beside the person is made with them.
func (s *Service) CreateIn(ctx context.Context, tx *db.Tx, by account.ID, d Draft) (Person, bool, error) {
	p, err := d.person().clean()
	if err != nil {
		return Person{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Person{}, false, err
	}
	fp := d.fingerprint()
	old, err := state(ctx, tx, by, id)
	switch {
	case err != nil:
		return Person{}, false, err
	case old.deleted:
		_, err := get(ctx, tx, by, id)
		return Person{}, false, err
	case old.found && old.fingerprint != fp:
		return Person{}, false, request.Reused()
	case old.found:
		if err := touch(ctx, tx, by, "person", id); err != nil {
			return Person{}, false, err
		}
		p, err := get(ctx, tx, by, id)
		return p, false, err
	}
	now := s.instant()
	p.ID, p.Revision, p.CreatedAt, p.UpdatedAt = id, 1, now, now
	p = s.sealed(by, p)
	if err := insert(ctx, tx, by, p, fp); err != nil {
		return Person{}, false, err
	}
	return p, true, s.addParts(ctx, tx, by, p, d)
}

// Ensure returns the person of this name, making one with the id given if there is none. It is for capture, inside its
// transaction: two captures at once that name the same new person end with one.
func (s *Service) Ensure(ctx context.Context, tx *db.Tx, by account.ID, id, name, inContext string) (Person, error) {
	name, err := cleanName(name)
	if err != nil {
		return Person{}, err
	}
	p, found, err := byFold(ctx, tx, by, name)
	if err != nil || found {
		return p, err
	}
	now := s.instant()
	p = Person{ID: id, Name: name, Context: inContext, Standing: Active, Revision: 1, CreatedAt: now, UpdatedAt: now}
	return p, insert(ctx, tx, by, p, Draft{Name: name, Context: inContext}.fingerprint())
}

// Update changes a person. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, id string, c Change, ifRevision int64) (Person, error) {
	var p Person
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = s.change(ctx, tx, by, id, ifRevision, func(p *Person) (err error) {
			c.apply(p, s.instant())
			*p, err = p.clean()
			return err
		})
		return err
	})
	return p, err
}

// change runs f on a person and keeps what it made of them.
func (s *Service) change(ctx context.Context, tx *db.Tx, by account.ID, id string, ifRevision int64, f func(*Person) error) (Person, error) {
	p, err := get(ctx, tx, by, id)
	if err != nil {
		return Person{}, err
	}
	if ifRevision != 0 && ifRevision != p.Revision {
		return Person{}, fault.Stale("person")
	}
	if p, err = s.opened(by, p); err != nil {
		return Person{}, err
	}
	if err := f(&p); err != nil {
		return Person{}, err
	}
	p.Revision++
	p.UpdatedAt = s.instant()
	return p, update(ctx, tx, by, s.sealed(by, p))
}

// Delete removes a person and everything of theirs for good. Moments keep their words; the person is no longer named
// beside them.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.DeleteIn(ctx, tx, by, id, ifRevision) })
}

// DeleteIn is Delete inside a transaction, for taking an import back.
func (s *Service) DeleteIn(ctx context.Context, tx *db.Tx, by account.ID, id string, ifRevision int64) error {
	p, err := get(ctx, tx, by, id)
	if err != nil {
		return err
	}
	if ifRevision != 0 && ifRevision != p.Revision {
		return fault.Stale("person")
	}
	all, err := forget(ctx, tx, by, id, s.instant())
	if err != nil {
		return err
	}
	for _, one := range all {
		for _, f := range s.deletions {
			if err := f(ctx, tx, by, one); err != nil {
				return err
			}
		}
	}
	return bury(ctx, tx, by, id, "", s.instant())
}

// OnDeleted registers who keeps words about people beside their own rows: f takes them away in the transaction that
// deletes a person. It is called for everybody who was merged into them too.
func (s *Service) OnDeleted(f func(ctx context.Context, tx *db.Tx, by account.ID, id string) error) {
	s.deletions = append(s.deletions, f)
}

// SetLastContact sets when the two were last in touch, and by which moment; nil is never.
func (s *Service) SetLastContact(ctx context.Context, tx *db.Tx, by account.ID, id string, at *time.Time, momentID string) error {
	return setLast(ctx, tx, by, id, at, momentID)
}

// RaiseLastContact sets last contact if the moment is newer than what is kept.
func (s *Service) RaiseLastContact(ctx context.Context, tx *db.Tx, by account.ID, id string, at time.Time, momentID string) error {
	return raiseLast(ctx, tx, by, id, at, momentID)
}

// Erase removes everybody of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}

// fingerprint tells one request from another. The id is left out: it is what the fingerprint is kept under.
func (d Draft) fingerprint() string {
	d.ID = ""
	return request.Fingerprint(d)
}
