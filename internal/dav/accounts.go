package dav

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/request"
)

// AddAccount signs in where somebody's calendars and address books are, and finds them; none is followed yet. What cannot
// be reached or has nothing is refused, and nothing is kept. The same request under a client's own id answers what is there.
func (s *Service) AddAccount(ctx context.Context, by account.ID, d AccountDraft) (Account, bool, error) {
	d, err := d.clean(s.o.HTTP)
	if err != nil {
		return Account{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Account{}, false, err
	}
	if d.ID != "" {
		if was, err := s.findAccount(ctx, s.db, by, id); err != nil || was != nil {
			if err != nil {
				return Account{}, false, err
			}
			return s.againAccount(ctx, by, *was, d)
		}
	}
	found, err := s.discover(ctx, Account{Address: d.Address, Login: d.Login, Password: d.Password})
	if err != nil {
		return Account{}, false, err
	}
	now := s.now()
	v := accountRow{Account: Account{
		ID: id, Name: d.Name, Address: d.Address, Login: d.Login, Password: d.Password, Revision: 1, CreatedAt: now, UpdatedAt: now,
	}, fingerprint: d.fingerprint()}
	created := true
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := s.findAccount(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if created = was == nil; !created { // the same request came twice at once
			return again(ctx, tx, by, *was, d)
		}
		n, err := countAccounts(ctx, tx, by)
		if err != nil {
			return err
		}
		if n >= maxAccounts {
			return fault.Conflict("too_many_accounts", "", "You have %d accounts, which is as many as there can be. Remove one first.", n).With("max", maxAccounts)
		}
		if err := s.insertAccount(ctx, tx, by, v); err != nil {
			return err
		}
		return s.keepFound(ctx, tx, by, v.Account, nil, found)
	})
	if err != nil {
		return Account{}, false, err
	}
	got, err := s.Account(ctx, by, id)
	return got, created, err
}

func (s *Service) againAccount(ctx context.Context, by account.ID, was accountRow, d AccountDraft) (Account, bool, error) {
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return again(ctx, tx, by, was, d) })
	if err != nil {
		return Account{}, false, err
	}
	got, err := s.Account(ctx, by, was.ID)
	return got, false, err
}

// again answers a request whose id was used before.
func again(ctx context.Context, tx *db.Tx, by account.ID, was accountRow, d AccountDraft) error {
	switch {
	case was.deletedAt != nil:
		return goneAccount()
	case was.fingerprint != d.fingerprint():
		return request.Reused()
	}
	return touchAccount(ctx, tx, by, was.ID)
}

// keepFound makes what is known of an account be what was found. What is followed stays, even if it was not found: its
// next sync says what is wrong.
func (s *Service) keepFound(ctx context.Context, tx *db.Tx, by account.ID, a Account, known []row, found []place) error {
	now := s.now()
	for _, p := range found {
		if slices.ContainsFunc(known, func(v row) bool { return v.URL == p.address && v.Kind == p.kind }) {
			continue
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		err = s.insert(ctx, tx, by, row{Calendar: Calendar{
			ID: id.String(), Kind: p.kind, Account: a.ID, Name: p.name, URL: p.address, Revision: 1, CreatedAt: now, UpdatedAt: now,
		}})
		if err != nil {
			return err
		}
	}
	for _, v := range known {
		if v.Followed || slices.ContainsFunc(found, func(p place) bool { return v.URL == p.address && v.Kind == p.kind }) {
			continue
		}
		if err := s.remove(ctx, tx, by, v); err != nil {
			return err
		}
	}
	return nil
}

// Account returns an account with all that was found in it.
func (s *Service) Account(ctx context.Context, by account.ID, id string) (Account, error) {
	v, err := s.getAccount(ctx, s.db, by, id)
	if err != nil {
		return Account{}, err
	}
	rows, err := s.of(ctx, s.db, by, id)
	for _, c := range rows {
		v.Calendars = append(v.Calendars, c.Calendar)
	}
	return v.Account, err
}

// Accounts returns all accounts, the one that was added first first.
func (s *Service) Accounts(ctx context.Context, by account.ID) ([]Account, error) {
	var list []Account
	err := s.eachAccount(ctx, s.db, by, func(v accountRow) error {
		if v.deletedAt == nil {
			list = append(list, v.Account)
		}
		return nil
	})
	for i := range list {
		rows, err := s.of(ctx, s.db, by, list[i].ID)
		if err != nil {
			return nil, err
		}
		for _, c := range rows {
			list[i].Calendars = append(list[i].Calendars, c.Calendar)
		}
	}
	return list, err
}

// Look signs in again and finds what is new in an account, and what is not there any more.
func (s *Service) Look(ctx context.Context, by account.ID, id string) (Account, error) {
	return s.UpdateAccount(ctx, by, id, AccountChange{}, 0)
}

// UpdateAccount changes an account and looks at it again. What does not work with the change is refused, and all stays.
// ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) UpdateAccount(ctx context.Context, by account.ID, id string, c AccountChange, ifRevision int64) (Account, error) {
	was, err := s.getAccount(ctx, s.db, by, id)
	if err != nil {
		return Account{}, err
	}
	if ifRevision != 0 && ifRevision != was.Revision {
		return Account{}, inWords(fault.Stale("calendar_account"), "The account was changed meanwhile. Read it again.")
	}
	d := AccountDraft{Name: was.Name, Address: was.Address, Login: was.Login, Password: was.Password}
	for to, from := range map[*string]*string{&d.Name: c.Name, &d.Address: c.Address, &d.Login: c.Login, &d.Password: c.Password} {
		if from != nil {
			*to = *from
		}
	}
	if d, err = d.clean(s.o.HTTP); err != nil {
		return Account{}, err
	}
	v := was
	v.Name, v.Address, v.Login, v.Password = d.Name, d.Address, d.Login, d.Password
	var found []place
	renamed := c.Name != nil && c.Address == nil && c.Login == nil && c.Password == nil
	if !renamed {
		if found, err = s.discover(ctx, v.Account); err != nil {
			return Account{}, err
		}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := s.getAccount(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if now.Revision != was.Revision {
			return inWords(fault.Stale("calendar_account"), "The account was changed meanwhile. Read it again.")
		}
		if v.Name != was.Name || v.Address != was.Address || v.Login != was.Login || v.Password != was.Password {
			v.Revision, v.UpdatedAt = was.Revision+1, s.now()
			if err := s.saveAccount(ctx, tx, by, v); err != nil {
				return err
			}
		}
		if renamed {
			return nil
		}
		known, err := s.of(ctx, tx, by, id)
		if err != nil {
			return err
		}
		for _, one := range known { // what failed may do better now
			if one.failure != "" {
				one.failure, one.failureLine, one.failureItem, one.Failures, one.RetryAt = "", 0, "", 0, nil
				if err := s.keepState(ctx, tx, by, one); err != nil {
					return err
				}
			}
		}
		return s.keepFound(ctx, tx, by, v.Account, known, found)
	})
	if err != nil {
		return Account{}, err
	}
	return s.Account(ctx, by, id)
}

// Follow makes the calendars and address books of an account that are followed be these. What is followed no longer is
// forgotten, save for people: they stay. It returns the ids of those that are new; a job reads them.
func (s *Service) Follow(ctx context.Context, by account.ID, id string, ids []string) (fresh []string, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh = nil
		if _, err := s.getAccount(ctx, tx, by, id); err != nil {
			return err
		}
		rows, err := s.of(ctx, tx, by, id)
		if err != nil {
			return err
		}
		for _, one := range ids {
			if !slices.ContainsFunc(rows, func(v row) bool { return v.ID == one }) {
				return fault.NotFound("calendar")
			}
		}
		for _, v := range rows {
			switch want := slices.Contains(ids, v.ID); {
			case want == v.Followed:
			case want:
				v.Followed, v.Revision, v.UpdatedAt = true, v.Revision+1, s.now()
				fresh = append(fresh, v.ID)
				if err := s.save(ctx, tx, by, v); err != nil {
					return err
				}
				if s.o.Jobs != nil {
					if err := s.o.Jobs.Enqueue(ctx, tx, syncOne{string(by), v.ID}, job.Unique(string(by)+v.ID)); err != nil {
						return err
					}
				}
			default:
				if err := s.unfollow(ctx, tx, by, v); err != nil {
					return err
				}
			}
		}
		n, err := count(ctx, tx, by)
		if err == nil && n > maxCalendars {
			return fault.Conflict("too_many_calendars", "", "You follow %d calendars, which is as many as there can be. Remove one first.", maxCalendars).With("max", maxCalendars)
		}
		return err
	})
	return fresh, err
}

// unfollow forgets what a calendar of an account said; that it is there stays known.
func (s *Service) unfollow(ctx context.Context, tx *db.Tx, by account.ID, v row) error {
	now := s.now()
	bare := row{Calendar: Calendar{
		ID: v.ID, Kind: v.Kind, Account: v.Account, Name: v.Name, URL: v.URL, Revision: v.Revision + 1, CreatedAt: v.CreatedAt, UpdatedAt: now,
	}, fingerprint: v.fingerprint}
	for _, f := range []func() error{
		func() error { return s.save(ctx, tx, by, bare) },
		func() error { return s.keepState(ctx, tx, by, bare) },
		func() error { return dropBusy(ctx, tx, by, v.ID) },
		func() error { return dropItems(ctx, tx, by, v.ID) },
	} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// DeleteAccount forgets an account with its password and all that its calendars said. People stay.
func (s *Service) DeleteAccount(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.getAccount(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != v.Revision {
			return inWords(fault.Stale("calendar_account"), "The account was changed meanwhile. Read it again.")
		}
		rows, err := s.of(ctx, tx, by, id)
		if err != nil {
			return err
		}
		for _, one := range rows {
			if err := s.remove(ctx, tx, by, one); err != nil {
				return err
			}
		}
		now := s.now()
		return s.saveAccount(ctx, tx, by, accountRow{Account: Account{ID: id, Revision: v.Revision + 1, UpdatedAt: now}, deletedAt: &now})
	})
}
