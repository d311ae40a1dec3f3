package presence

import (
	"context"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/live"
)

// Shared is all that a guest may see of a presence.
type Shared struct {
	Session Session    // without people, moment and id
	Host    account.ID // to greet the guest with the first name, and for nothing else
}

// Invite makes the code by which others join, and takes back the one before it. Only its hash is kept, so it is shown now
// or never.
func (s *Service) Invite(ctx context.Context, by account.ID, id string) (code string, v Session, err error) {
	code = newCode()
	v, err = s.change(ctx, by, id, 0, func(_ context.Context, _ *db.Tx, r *row) error {
		if !r.Running(s.instant()) {
			return presenceOver()
		}
		if r.Kind != People {
			return fault.Conflict("presence_alone", "kind", "This one is for yourself alone.")
		}
		r.joinHash = hashOf(code)
		return nil
	})
	return code, v, err
}

func presenceOver() error {
	return fault.Conflict("presence_over", "", "This presence is over.")
}

// Opens reports whether the code is the one by which others join that presence, so that its owner's page may show it.
func (s *Service) Opens(ctx context.Context, by account.ID, id, code string) (bool, error) {
	r, err := get(ctx, s.db, by, id)
	return err == nil && r.joinHash != "" && r.joinHash == hashOf(code) && r.Running(s.instant()), err
}

// Joined returns what a guest sees of the presence that a code opens. What never was and what is over are the same to a
// guest: not found.
func (s *Service) Joined(ctx context.Context, code string) (Shared, error) {
	o, err := s.opened(ctx, s.db, code)
	if err != nil {
		return Shared{}, err
	}
	return shared(*o), nil
}

// Join counts a guest who says "I am here".
func (s *Service) Join(ctx context.Context, code string) (Shared, error) {
	var got Shared
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		o, err := s.opened(ctx, tx, code)
		if err != nil {
			return err
		}
		o.Guests = min(o.Guests+1, MaxGuests)
		got = shared(*o)
		if err := guestCame(ctx, tx, o.user, o.ID); err != nil {
			return err
		}
		return s.o.Live.Publish(ctx, tx, o.user, live.Event{Name: Event})
	})
	return got, err
}

func (s *Service) opened(ctx context.Context, r db.Reader, code string) (*owned, error) {
	hash := hashOf(code)
	if hash == "" {
		return nil, fault.NotFound("presence")
	}
	o, err := byCode(ctx, r, hash)
	if err != nil {
		return nil, err
	}
	if o == nil || !o.Running(s.instant()) {
		return nil, fault.NotFound("presence")
	}
	return o, nil
}

func shared(o owned) Shared {
	return Shared{Host: o.user, Session: Session{Kind: o.Kind, Planned: o.Planned, StartedAt: o.StartedAt, Guests: o.Guests, Open: true}}
}
