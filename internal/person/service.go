package person

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
)

// Service is the door to people. It is safe for concurrent use.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// New returns a service over d. now is the clock.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d, now} }

// Get returns one person, or a NotFound fault, also when the person is somebody else's.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Person, error) {
	return get(ctx, s.db, by, id)
}

// List returns people page by page. limit is at most 200; the cursor is what the page before gave as Next.
func (s *Service) List(ctx context.Context, by account.ID, f Filter, limit int, cursor string) (Page, error) {
	after, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return Page{}, badCursor()
	}
	if limit < 1 || limit > 200 {
		limit = 50
	}
	people, keys, err := list(ctx, s.db, by, f, limit, string(after))
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: people}
	if len(people) > limit {
		page.Items = people[:limit]
		page.Next = base64.RawURLEncoding.EncodeToString([]byte(keys[limit-1]))
	}
	return page, nil
}

// Known returns everybody by name, as capture wants them.
func (s *Service) Known(ctx context.Context, r db.Reader, by account.ID) ([]capture.Known, error) {
	return known(ctx, r, by)
}

// Names returns the names of those of ids that are still there.
func (s *Service) Names(ctx context.Context, r db.Reader, by account.ID, ids []string) (map[string]string, error) {
	return names(ctx, r, by, ids)
}

// Create makes a person. With a client's own id the same request again returns the person as they are now and false;
// another request under that id is a conflict, and an id that was deleted is gone.
func (s *Service) Create(ctx context.Context, by account.ID, d Draft) (Person, bool, error) {
	name, err := cleanName(d.Name)
	if err != nil {
		return Person{}, false, err
	}
	if err := checkContext(d.Context); err != nil {
		return Person{}, false, err
	}
	id, err := cleanID(d.ID)
	if err != nil {
		return Person{}, false, err
	}
	now := s.now().UTC().Truncate(time.Microsecond)
	p := Person{ID: id, Name: name, Context: d.Context, Revision: 1, CreatedAt: now, UpdatedAt: now}
	fp := fingerprint(d)
	created := false
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, deleted, found, err := state(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case deleted:
			return fault.Gone("person")
		case found && was != fp:
			return idReused()
		case found:
			p, err = get(ctx, tx, by, id)
			return err
		}
		created = true
		return insert(ctx, tx, by, p, fp)
	})
	if err != nil {
		return Person{}, false, err
	}
	return p, created, nil
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
	now := s.now().UTC().Truncate(time.Microsecond)
	p = Person{ID: id, Name: name, Context: inContext, Revision: 1, CreatedAt: now, UpdatedAt: now}
	return p, insert(ctx, tx, by, p, fingerprint(Draft{Name: name, Context: inContext}))
}

// Update changes a person. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, id string, c Change, ifRevision int64) (Person, error) {
	if c.Name != nil {
		name, err := cleanName(*c.Name)
		if err != nil {
			return Person{}, err
		}
		c.Name = &name
	}
	if c.Context != nil {
		if err := checkContext(*c.Context); err != nil {
			return Person{}, err
		}
	}
	var p Person
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = get(ctx, tx, by, id); err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != p.Revision {
			return fault.Stale("person")
		}
		if c.Name != nil {
			p.Name = *c.Name
		}
		if c.Context != nil {
			p.Context = *c.Context
		}
		p.Revision++
		p.UpdatedAt = s.now().UTC().Truncate(time.Microsecond)
		return update(ctx, tx, by, p)
	})
	return p, err
}

// Delete removes a person for good. Moments keep their words; the person is no longer named beside them.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := get(ctx, tx, by, id)
		if err != nil {
			_, deleted, found, serr := state(ctx, tx, by, id)
			if serr == nil && found && deleted {
				return fault.Gone("person")
			}
			return err
		}
		if ifRevision != 0 && ifRevision != p.Revision {
			return fault.Stale("person")
		}
		return bury(ctx, tx, by, id, s.now())
	})
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

func fingerprint(d Draft) string {
	d.ID = ""
	b, _ := json.Marshal(d) // strings alone: cannot fail
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

func cleanID(id string) (string, error) {
	if id == "" {
		return uuid.Must(uuid.NewV7()).String(), nil
	}
	u, err := uuid.Parse(id)
	if err != nil || len(id) != 36 {
		return "", fault.Invalid("bad_id", "id", "An id of your own is a UUID, such as 0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d.")
	}
	return u.String(), nil
}

func idReused() error {
	return fault.Conflict("id_reused", "id", "This id was used for another request. Make a fresh one.")
}

// Find returns the person of exactly this name, folded.
func (s *Service) Find(ctx context.Context, r db.Reader, by account.ID, name string) (Person, bool, error) {
	name, err := cleanName(name)
	if err != nil {
		return Person{}, false, err
	}
	return byFold(ctx, r, by, name)
}
