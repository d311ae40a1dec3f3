package account

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"kith/internal/db"
	"kith/internal/fault"
)

// Hook empties what a package keeps about an account. It runs inside the erasing transaction, before the account's own
// row goes, and may run more than once.
type Hook func(ctx context.Context, tx *db.Tx, id ID) error

// Service is what may be done with accounts. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	now   func() time.Time
	known *db.Memo[User]

	mu     sync.RWMutex
	hooks  []Hook
	tables []string
}

// New returns a service on d. A nil now is the real clock.
func New(d *db.DB, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{db: d, now: now, known: db.NewMemo[User](d, "account"), tables: []string{"account"}}
}

// Create makes an account. The first one administers, whatever the draft says.
func (s *Service) Create(ctx context.Context, d Draft) (User, error) {
	var u User
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = s.CreateTx(ctx, tx, d)
		return err
	})
	if err != nil {
		return User{}, err
	}
	return u, nil
}

// CreateTx is Create within a transaction under way.
func (s *Service) CreateTx(ctx context.Context, tx *db.Tx, d Draft) (User, error) {
	u, err := d.user()
	if err != nil {
		return User{}, err
	}
	n, err := count(ctx, tx)
	if err != nil {
		return User{}, fmt.Errorf("count accounts: %w", err)
	}
	if n == 0 {
		u.Admin = true
	}
	if err := s.free(ctx, tx, u); err != nil {
		return User{}, err
	}
	u.CreatedAt = s.stamp()
	u.UpdatedAt = u.CreatedAt
	if err := insert(ctx, tx, u); err != nil {
		return User{}, taken(err)
	}
	return u, nil
}

// free refuses an e-mail that another account has. Looking first keeps the refusal apart from a collision of ids; the
// unique index decides where two come at once.
func (s *Service) free(ctx context.Context, tx *db.Tx, u User) error {
	switch other, err := byEmail(ctx, tx, u.Email); {
	case fault.Is(err, fault.KindNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("look for the e-mail: %w", err)
	case other.ID == u.ID:
		return nil
	}
	return emailTaken()
}

func emailTaken() *fault.Error {
	return fault.Conflict("email_taken", "email", "There is an account with this e-mail already.")
}

func taken(err error) error {
	if db.IsUnique(err) {
		return emailTaken().Because(err)
	}
	return fmt.Errorf("keep the account: %w", err)
}

// stamp is the present as it is kept: in whole microseconds, so that what is returned equals what is read later.
func (s *Service) stamp() time.Time { return db.Time(db.Micros(s.now())) }

// Get returns the account.
func (s *Service) Get(ctx context.Context, id ID) (User, error) {
	return s.known.Get(ctx, string(id), func(ctx context.Context) (User, error) { return get(ctx, s.db, id) })
}

// GetFrom is Get through r, so that it can be part of a transaction.
func (s *Service) GetFrom(ctx context.Context, r db.Reader, id ID) (User, error) {
	return get(ctx, r, id)
}

// ByEmail returns the account with this e-mail, however it is spelled.
func (s *Service) ByEmail(ctx context.Context, email string) (User, error) {
	return byEmail(ctx, s.db, email)
}

// ByEmailFrom is ByEmail through r, so that it can be part of a transaction.
func (s *Service) ByEmailFrom(ctx context.Context, r db.Reader, email string) (User, error) {
	return byEmail(ctx, r, email)
}

// List returns all accounts, the oldest first.
func (s *Service) List(ctx context.Context) ([]User, error) { return list(ctx, s.db) }

// Count is the number of accounts.
func (s *Service) Count(ctx context.Context) (int64, error) { return count(ctx, s.db) }

// CountFrom is Count through r, so that it can be part of a transaction.
func (s *Service) CountFrom(ctx context.Context, r db.Reader) (int64, error) { return count(ctx, r) }

// Update changes the account of by and returns it. ifRevision is the revision the caller has seen; 0 changes any.
func (s *Service) Update(ctx context.Context, by ID, c Change, ifRevision int64) (User, error) {
	var u User
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = s.UpdateTx(ctx, tx, by, c, ifRevision)
		return err
	})
	if err != nil {
		return User{}, err
	}
	return u, nil
}

// UpdateTx is Update within a transaction under way. A change that changes nothing leaves the revision as it is.
func (s *Service) UpdateTx(ctx context.Context, tx *db.Tx, by ID, c Change, ifRevision int64) (User, error) {
	was, err := get(ctx, tx, by)
	if err != nil {
		return User{}, err
	}
	if ifRevision != 0 && ifRevision != was.Revision {
		return User{}, fault.Stale("account")
	}
	u := was
	set(&u.Name, c.Name)
	set(&u.Email, c.Email)
	set(&u.Zone, c.Zone)
	set(&u.Locale, c.Locale)
	set(&u.DayStart, c.DayStart)
	if u, err = u.valid(); err != nil {
		return User{}, err
	}
	if u == was {
		return was, nil
	}
	if err := s.free(ctx, tx, u); err != nil {
		return User{}, err
	}
	u.Revision++
	u.UpdatedAt = s.stamp()
	if err := update(ctx, tx, u); err != nil {
		return User{}, taken(err)
	}
	return u, nil
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// SetAdmin says whether the account administers. It is the operator's, who stands at the machine.
func (s *Service) SetAdmin(ctx context.Context, id ID, admin bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := get(ctx, tx, id)
		if err != nil || u.Admin == admin {
			return err
		}
		u.Admin = admin
		u.Revision++
		u.UpdatedAt = s.stamp()
		return update(ctx, tx, u)
	})
}

// Restore puts the name, zone, language, day boundary, revision and times of an archive into the account of by. E-mail and
// administration are this installation's and stay.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by ID, row User) error {
	u, err := get(ctx, tx, by)
	if err != nil {
		return err
	}
	u.Name, u.Zone, u.Locale, u.DayStart = row.Name, row.Zone, row.Locale, row.DayStart
	if u, err = u.valid(); err != nil {
		return err
	}
	u.Revision, u.CreatedAt, u.UpdatedAt = max(row.Revision, 1), row.CreatedAt, row.UpdatedAt
	return update(ctx, tx, u)
}

// OnErased registers f, which empties table, to run when an account is erased. Hooks run in the order they were given.
func (s *Service) OnErased(table string, f Hook) { s.OnErasedAll([]string{table}, f) }

// OnErasedAll registers one hook that empties several tables.
func (s *Service) OnErasedAll(tables []string, f Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables = append(s.tables, tables...)
	s.hooks = append(s.hooks, f)
}

// Erased lists the tables that erasure empties, sorted.
func (s *Service) Erased() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := slices.Clone(s.tables)
	slices.Sort(list)
	return slices.Compact(list)
}

// Erase removes the account and all that belongs to it, for good, or nothing at all.
func (s *Service) Erase(ctx context.Context, id ID) error {
	s.mu.RLock()
	hooks := slices.Clone(s.hooks)
	s.mu.RUnlock()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := get(ctx, tx, id); err != nil {
			return err
		}
		for _, f := range hooks {
			if err := f(ctx, tx, id); err != nil {
				return fmt.Errorf("erase: %w", err)
			}
		}
		return remove(ctx, tx, id)
	})
}
