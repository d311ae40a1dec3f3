package forge

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/person"
	"kith/internal/request"
)

// Service is the door to what forges tell. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	people *person.Service
	now    func() time.Time
	secret *db.Column // nil keeps secrets in the open
}

// New returns a service over d. now is the clock. Without Seal secrets are kept in the open.
func New(d *db.DB, people *person.Service, now func() time.Time) *Service {
	return &Service{db: d, people: people, now: func() time.Time { return now().UTC().Truncate(time.Microsecond) }}
}

// Seal has secrets sealed from now on.
func (s *Service) Seal(k *db.Keys) {
	c := k.Column("forge_hook.secret")
	s.secret = &c
}

func newAddress() string {
	b := make([]byte, 18)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// Add makes a hook. Its secret is returned this once, if Kith made it. With a client's own id the same request again
// returns the hook as it now is and no secret; another request under that id is a conflict, and an id that was deleted is
// gone.
func (s *Service) Add(ctx context.Context, by account.ID, d Draft) (v Hook, secret string, created bool, err error) {
	d, err = d.clean()
	if err != nil {
		return Hook{}, "", false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Hook{}, "", false, err
	}
	keep, address := d.Secret, newAddress()
	if keep == "" {
		secret = newSecret()
		keep = secret
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, created = Hook{}, false
		was, err := s.find(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case was != nil && was.deletedAt != nil:
			return fault.Gone("hook")
		case was != nil && was.fingerprint != d.fingerprint():
			return request.Reused()
		case was != nil:
			v = was.Hook
			return touch(ctx, tx, by, id)
		}
		n, err := count(ctx, tx, by)
		if err != nil {
			return err
		}
		if n >= maxHooks {
			return fault.Conflict("too_many_hooks", "", "You have %d hooks, which is as many as there can be. Remove one first.", n).With("max", maxHooks)
		}
		now := s.now()
		v = Hook{ID: id, Name: d.Name, Address: address, Ready: true, Revision: 1, CreatedAt: now, UpdatedAt: now}
		created = true
		return s.insert(ctx, tx, by, row{Hook: v, secret: keep, fingerprint: d.fingerprint()})
	})
	if err != nil {
		return Hook{}, "", false, err
	}
	if !created {
		secret = ""
	}
	return v, secret, created, nil
}

// Get returns one hook.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Hook, error) {
	v, err := s.get(ctx, s.db, by, id)
	return v.Hook, err
}

// List returns all hooks of an account, the one that was made first first.
func (s *Service) List(ctx context.Context, by account.ID) ([]Hook, error) {
	rows, err := s.list(ctx, s.db, by)
	if err != nil {
		return nil, err
	}
	list := make([]Hook, len(rows))
	for i, v := range rows {
		list[i] = v.Hook
	}
	return list, nil
}

// Update changes a hook. A secret that Kith makes is returned this once. ifRevision is the revision the caller read; 0
// accepts any.
func (s *Service) Update(ctx context.Context, by account.ID, id string, e Edit, ifRevision int64) (v Hook, secret string, err error) {
	if e.Name != nil {
		name, err := cleanName(*e.Name)
		if e.Name = &name; err != nil {
			return Hook{}, "", err
		}
	}
	if e.Secret != nil {
		own, err := cleanSecret(*e.Secret)
		if err != nil {
			return Hook{}, "", err
		}
		if own == "" {
			secret = newSecret()
			own = secret
		}
		e.Secret = &own
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := s.get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != was.Revision {
			return fault.Stale("hook")
		}
		now := was
		if e.Name != nil {
			now.Name = *e.Name
		}
		if e.Secret != nil {
			now.secret, now.Ready, now.Refused = *e.Secret, true, Refused{}
		}
		v = was.Hook
		if e.Secret == nil && now.Name == was.Name {
			return nil
		}
		now.Revision, now.UpdatedAt = was.Revision+1, s.now()
		v = now.Hook
		return s.save(ctx, tx, by, now)
	})
	if err != nil {
		return Hook{}, "", err
	}
	return v, secret, nil
}

// Delete removes a hook and forgets what it told. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Delete(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := s.get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != was.Revision {
			return fault.Stale("hook")
		}
		now := s.now()
		gone := row{Hook: Hook{ID: id, Revision: was.Revision + 1, UpdatedAt: now}, deletedAt: &now}
		if err := s.save(ctx, tx, by, gone); err != nil {
			return err
		}
		return dropWork(ctx, tx, by, id)
	})
}

// Work returns what was finished lately, the newest first, each with whose it is.
func (s *Service) Work(ctx context.Context, u account.User, limit int) (list []Work, err error) {
	err = s.db.View(ctx, func(ctx context.Context, r db.Reader) error {
		if list, err = work(ctx, r, u.ID, s.now().Add(-KeptFor), limit); err != nil {
			return err
		}
		return place(ctx, r, u, list)
	})
	return list, err
}

// Finished returns what people of an account's finished since an instant, the newest first. It is for package opportunity.
func Finished(ctx context.Context, r db.Reader, u account.User, since time.Time) ([]Work, error) {
	list, err := work(ctx, r, u.ID, since, maxWork)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := place(ctx, r, u, list); err != nil {
		return nil, err
	}
	theirs := list[:0]
	for _, w := range list {
		if w.Person != "" {
			theirs = append(theirs, w)
		}
	}
	return theirs, nil
}

// place says whose each piece of work is: one's own, by a mark or by the address of the account; nobody's, by a mark; or
// that of the person whose channels name its author.
func place(ctx context.Context, r db.Reader, u account.User, list []Work) error {
	said, err := marks(ctx, r, u.ID)
	if err != nil {
		return err
	}
	of := map[string]string{}
	for _, m := range said {
		of[m.Author] = m.Mark
	}
	if own := cleanEmail(u.Email); own != "" {
		of[own] = Me
	}
	var channels []string
	for i, w := range list {
		for _, key := range w.Author.keys() {
			if list[i].Mark != Me && of[key] != "" {
				list[i].Mark = of[key]
			}
		}
		if list[i].Mark == "" {
			channels = append(channels, w.Author.channels()...)
		}
	}
	people, err := person.Reached(ctx, r, u.ID, channels)
	if err != nil {
		return err
	}
	for i, w := range list {
		for _, c := range w.Author.channels() {
			if theirs := people[c]; w.Mark == "" && list[i].Person == "" && len(theirs) > 0 {
				list[i].Person, list[i].Name = theirs[0].ID, theirs[0].Name
			}
		}
	}
	return nil
}

// Erase removes everything of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	for _, table := range Tables() {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1", string(id)); err != nil {
			return err
		}
	}
	return nil
}

// Forget lets go of what was finished long ago. It is a job.
func (s *Service) Forget(ctx context.Context) error {
	before := s.now().Add(-KeptFor)
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM forge_work WHERE finished_at < $1", db.Micros(before))
		return err
	})
}
