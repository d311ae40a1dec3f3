package forge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"kith/internal/db"
	"kith/internal/fault"
)

// Outcome is what became of a delivery.
type Outcome int

// Outcomes.
const (
	Ignored Outcome = iota // it tells of nothing that was finished
	Known                  // it was told before
	Kept
)

// heardEvery is how often it is noted that a forge told something: a busy one tells much that is nothing to us.
const heardEvery = time.Minute

// manyRefused is from how many on refusals are counted once in heardEvery at most, so that a flood of them writes next to nothing.
const manyRefused = 100

// Receive takes a delivery for the hook at an address. A refusal is recorded with its reason and returned as a fault.
func (s *Service) Receive(ctx context.Context, address string, h http.Header, body io.Reader) (Outcome, error) {
	at, err := s.at(ctx, s.db, address)
	if err != nil {
		return Ignored, err
	}
	words, err := io.ReadAll(io.LimitReader(body, MaxBody+1))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return Ignored, s.refuse(ctx, at, TooLarge)
		}
		return Ignored, fault.Invalid("hook_unreadable", "", "The delivery ended in the middle.").Because(err)
	}
	if len(words) > MaxBody {
		return Ignored, s.refuse(ctx, at, TooLarge)
	}
	now := s.now()
	forge, why := verify(at.secret, h, words, now)
	if why != "" {
		return Ignored, s.refuse(ctx, at, why)
	}
	list, err := read(forge, h, words, now)
	if err != nil {
		return Ignored, s.refuse(ctx, at, Unreadable)
	}
	lately := at.HeardAt != nil && now.Sub(*at.HeardAt) < heardEvery && at.Forge == forge
	if lately && len(list) == 0 {
		return Ignored, nil
	}
	out := Ignored
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Ignored
		if _, err := s.at(ctx, tx, address); err != nil { // it was deleted meanwhile
			return err
		}
		if !lately {
			if err := heard(ctx, tx, at, forge, now); err != nil {
				return err
			}
		}
		for _, w := range list {
			fresh, err := addWork(ctx, tx, at, w)
			if err != nil {
				return err
			}
			if fresh {
				out = Kept
			}
			out = max(out, Known)
		}
		if out == Kept {
			return thin(ctx, tx, at)
		}
		return nil
	})
	return out, err
}

// refuse records that a delivery was refused, and says so.
func (s *Service) refuse(ctx context.Context, at row, why string) error {
	now, r := s.now(), at.Refused
	if r.Count < manyRefused || r.At == nil || now.Sub(*r.At) >= heardEvery {
		if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return refused(ctx, tx, at, why, now) }); err != nil {
			return err
		}
	}
	switch why {
	case TooLarge:
		return fault.TooLarge("hook_too_large", "", "A delivery has at most %d bytes.", MaxBody).With("max", MaxBody)
	case Unreadable:
		return fault.Invalid("hook_unreadable", "", "This is not what a forge sends.")
	case NoSecret:
		return fault.Unknown("hook_no_secret", "This hook has no secret yet.")
	case NoSignature:
		return fault.Unknown("hook_no_signature", "The delivery is not signed.")
	case Stale:
		return fault.Unknown("hook_stale", "The delivery's time is too far from ours.")
	}
	return fault.Unknown("hook_bad_signature", "The signature does not hold.")
}
