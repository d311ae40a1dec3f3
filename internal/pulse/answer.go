package pulse

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/request"
)

// Answer is one filled-in scale.
type Answer struct {
	ID        string
	Scale     string
	Version   int // of the definition that was answered
	At        time.Time
	Zone      string
	Day       string
	Answers   map[string]int // by item; what was left out is not there
	Scores    []Score
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt *time.Time
}

// AnswerDraft is a scale to be kept. ID may be the client's own.
type AnswerDraft struct {
	ID      string         `json:"-"`
	Scale   string         `json:"scale"`
	Answers map[string]int `json:"answers"`
	Zone    string         `json:"zone"`
}

// Offer is a scale with when it was answered last, for one account.
type Offer struct {
	Scale *Scale
	Last  string // local day; empty if never
	Next  string // the day from which it is suggested again; empty if it is not
	Again bool   // that day has come
	N     int    // how often it was answered
}

// Scales lists the scales there are for an account: those of Kith, then its own.
func (s *Service) Scales(ctx context.Context, by account.ID) ([]Offer, error) {
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return nil, err
	}
	brought, err := listScales(ctx, s.db, by)
	if err != nil {
		return nil, err
	}
	last, err := lastAnswers(ctx, s.db, by)
	if err != nil {
		return nil, err
	}
	var offers []Offer
	for _, sc := range builtIn() {
		offers = append(offers, offer(sc, last, u.Day(s.now())))
	}
	for _, b := range brought {
		sc, err := ParseScale([]byte(b.definition))
		if err != nil {
			return nil, err
		}
		offers = append(offers, offer(sc, last, u.Day(s.now())))
	}
	return offers, nil
}

func offer(sc *Scale, last map[string]lastAnswer, today string) Offer {
	l := last[sc.ID]
	o := Offer{Scale: sc, Last: l.day, N: l.n}
	if o.Last != "" {
		o.Next = sc.Next(o.Last)
		o.Again = o.Next != "" && o.Next <= today
	}
	return o
}

// Scale returns one scale as it is offered.
func (s *Service) Scale(ctx context.Context, by account.ID, id string) (Offer, error) {
	offers, err := s.Scales(ctx, by)
	if err != nil {
		return Offer{}, err
	}
	for _, o := range offers {
		if o.Scale.ID == id {
			return o, nil
		}
	}
	return Offer{}, fault.NotFound("scale")
}

// ImportScale keeps a definition that its owner brings. Confirmed is their word that they may use it. The same id again
// replaces the definition; answers that were given stay. It reports whether the scale was not there before.
func (s *Service) ImportScale(ctx context.Context, by account.ID, definition []byte, confirmed bool) (*Scale, bool, error) {
	sc, err := ParseScale(definition)
	if err != nil {
		return nil, false, err
	}
	if !confirmed {
		return nil, false, fault.Invalid("licence_unconfirmed", "licensed", "Confirm that you hold a licence for this scale, or that none is needed.")
	}
	for _, own := range builtIn() {
		if own.ID == sc.ID {
			return nil, false, fault.Conflict("scale_built_in", "id", "A scale with this id comes with Kith. Give yours another id.")
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, definition); err != nil {
		return nil, false, err
	}
	created := false
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		was, err := findScale(ctx, tx, by, sc.ID)
		if err != nil {
			return err
		}
		r := scaleRow{ID: sc.ID, definition: compact.String(), Revision: 1, LicensedAt: now, CreatedAt: now, UpdatedAt: now}
		if created = was == nil || was.DeletedAt != nil; was == nil {
			return insertScale(ctx, tx, by, r)
		}
		if was.definition == r.definition {
			r = *was
		} else {
			r.CreatedAt, r.Revision = was.CreatedAt, was.Revision+1
		}
		return saveScale(ctx, tx, by, r)
	})
	return sc, created, err
}

// DeleteScale removes a definition that its owner brought. Answers stay, with their scores.
func (s *Service) DeleteScale(ctx context.Context, by account.ID, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := findScale(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case r == nil:
			for _, own := range builtIn() {
				if own.ID == id {
					return fault.Conflict("scale_comes_with_kith", "id", "This scale comes with Kith and cannot be removed; it never asks by itself.")
				}
			}
			return fault.NotFound("scale")
		case r.DeletedAt != nil:
			return fault.Gone("scale")
		}
		now := s.now()
		r.definition, r.DeletedAt, r.UpdatedAt, r.Revision = "", &now, now, r.Revision+1
		return saveScale(ctx, tx, by, *r)
	})
}

// Answer keeps a filled-in scale, scored as it is published. A client's own id makes it safe to send twice.
func (s *Service) Answer(ctx context.Context, by account.ID, d AnswerDraft) (Answer, bool, error) {
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Answer{}, false, err
	}
	id, err := request.ID(d.ID)
	if err != nil {
		return Answer{}, false, err
	}
	now := s.now()
	a := Answer{ID: id, Scale: d.Scale, Answers: d.Answers, Revision: 1, CreatedAt: now, UpdatedAt: now}
	if a.At, a.Zone, err = placed(u, now, d.Zone); err != nil {
		return Answer{}, false, err
	}
	a.Day = u.Day(now)
	refused := s.scored(ctx, by, &a) // a retry must find what it made even when the definition is gone
	asked := request.Fingerprint(d)
	var (
		got     Answer
		created bool
	)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		created = false
		was, err := findAnswer(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case was != nil && was.DeletedAt != nil:
			return fault.Gone("scale_answer")
		case was != nil && was.fingerprint != asked:
			return request.Reused()
		case was != nil:
			got = was.Answer
			return touchAnswer(ctx, tx, by, id)
		case refused != nil:
			return refused
		}
		got, created = a, true
		return insertAnswer(ctx, tx, by, answerRow{Answer: a, fingerprint: asked})
	})
	if err != nil {
		return Answer{}, false, err
	}
	return got, created, nil
}

func (s *Service) scored(ctx context.Context, by account.ID, a *Answer) error {
	o, err := s.Scale(ctx, by, a.Scale)
	if err != nil {
		return err
	}
	a.Version = o.Scale.Version
	a.Scores, err = o.Scale.Score(a.Answers)
	return err
}

// Answers lists filled-in scales newest first; scale narrows to one.
func (s *Service) Answers(ctx context.Context, by account.ID, scale string, limit int, cursor string) (Page[Answer], error) {
	limit = clampLimit(limit)
	rows, err := listAnswers(ctx, s.db, by, scale, limit+1, cursor)
	if err != nil {
		return Page[Answer]{}, err
	}
	page := Page[Answer]{Items: make([]Answer, 0, len(rows))}
	for i, r := range rows {
		if i == limit {
			page.Next = encode(rows[limit-1].At, rows[limit-1].ID)
			break
		}
		page.Items = append(page.Items, r.Answer)
	}
	return page, nil
}

// GetAnswer returns one filled-in scale.
func (s *Service) GetAnswer(ctx context.Context, by account.ID, id string) (Answer, error) {
	r, err := getAnswer(ctx, s.db, by, id)
	return r.Answer, err
}

// DeleteAnswer takes a filled-in scale away. For UndoFor it can be brought back.
func (s *Service) DeleteAnswer(ctx context.Context, by account.ID, id string, ifRevision int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := getAnswer(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != r.Revision {
			return fault.Stale("scale_answer")
		}
		now := s.now()
		r.DeletedAt, r.UpdatedAt, r.Revision = &now, now, r.Revision+1
		if err := saveAnswer(ctx, tx, by, r); err != nil {
			return err
		}
		return s.o.Jobs.Enqueue(ctx, tx, Purge{}, job.At(now.Add(UndoFor+time.Second)))
	})
}

// UndoAnswer brings a deleted one back, within UndoFor.
func (s *Service) UndoAnswer(ctx context.Context, by account.ID, id string) (Answer, error) {
	var got Answer
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := findAnswer(ctx, tx, by, id)
		switch {
		case err != nil:
			return err
		case r == nil:
			return fault.NotFound("scale_answer")
		case r.DeletedAt == nil:
			got = r.Answer
			return nil
		case r.Zone == "" || s.now().Sub(*r.DeletedAt) > UndoFor:
			return fault.Gone("scale_answer")
		}
		r.DeletedAt, r.UpdatedAt, r.Revision = nil, s.now(), r.Revision+1
		got = r.Answer
		return saveAnswer(ctx, tx, by, *r)
	})
	return got, err
}
