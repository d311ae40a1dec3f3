package person

import (
	"context"
	"slices"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// Past is what a change to somebody did, so that it can be taken back. It is kept as JSON.
type Past struct {
	Name       *Was          `json:"name,omitempty"`
	Nickname   *Was          `json:"nickname,omitempty"`
	Channels   []string      `json:"channels,omitempty"` // ids that were added
	Dates      []string      `json:"dates,omitempty"`
	Facts      []string      `json:"facts,omitempty"`
	Relations  []string      `json:"relations,omitempty"`
	Groups     []string      `json:"groups,omitempty"` // joined
	NoChannels []PastChannel `json:"no_channels,omitempty"`
	NoDates    []PastDate    `json:"no_dates,omitempty"`
	Rewritten  []Was         `json:"rewritten,omitempty"` // facts
	Face       *PastFace     `json:"face,omitempty"`
}

// Was is a text before and after. ID is the fact's, if it is one.
type Was struct {
	ID  string `json:"id,omitempty"`
	Was string `json:"was"`
	Now string `json:"now"`
}

// PastChannel is a channel that was taken away.
type PastChannel struct {
	Kind     string `json:"kind"`
	Value    string `json:"value"`
	Label    string `json:"label,omitempty"`
	Position int    `json:"position,omitempty"`
}

// PastDate is a date that was taken away.
type PastDate struct {
	Kind     string `json:"kind"`
	Label    string `json:"label,omitempty"`
	Year     *int   `json:"year,omitempty"`
	Month    int    `json:"month"`
	Day      int    `json:"day"`
	LeadDays *int   `json:"lead_days,omitempty"`
}

// PastFace is the picture before, which may be none, and the hash of the one after.
type PastFace struct {
	Was []byte `json:"was,omitempty"`
	Now string `json:"now"`
}

// Empty reports whether there is nothing to take back.
func (p Past) Empty() bool {
	return p.Name == nil && p.Nickname == nil && p.Face == nil &&
		len(p.Channels)+len(p.Dates)+len(p.Facts)+len(p.Relations)+len(p.Groups)+len(p.NoChannels)+len(p.NoDates)+len(p.Rewritten) == 0
}

// RevertIn takes a change back wherever its owner decided nothing else since, and reports whether that was everywhere. What
// was added and edited since stays; what they took away stays away.
func (s *Service) RevertIn(ctx context.Context, tx *db.Tx, by account.ID, id string, past Past) (whole bool, err error) {
	d, err := s.detail(ctx, tx, by, id)
	if err != nil {
		return false, err
	}
	whole, err = s.revertSelf(ctx, tx, by, d, past)
	for _, take := range []func() (bool, error){
		func() (bool, error) { return unadd(ctx, tx, s, by, s.channels(), past.Channels) },
		func() (bool, error) { return unadd(ctx, tx, s, by, s.dates(), past.Dates) },
		func() (bool, error) { return unadd(ctx, tx, s, by, s.facts(), past.Facts) },
		func() (bool, error) { return unadd(ctx, tx, s, by, s.relations(), past.Relations) },
		func() (bool, error) { return s.rewriteBack(ctx, tx, by, d, past.Rewritten) },
		func() (bool, error) { return s.bringBack(ctx, tx, by, d, past) },
	} {
		if err != nil {
			return false, err
		}
		var all bool
		all, err = take()
		whole = whole && all
	}
	if err != nil {
		return false, err
	}
	for _, g := range past.Groups {
		if _, err := tx.Exec(ctx, "DELETE FROM person_group_member WHERE user_id = $1 AND group_id = $2 AND person_id = $3", string(by), g, id); err != nil {
			return false, err
		}
	}
	return whole, nil
}

// revertSelf puts the names and the picture back.
func (s *Service) revertSelf(ctx context.Context, tx *db.Tx, by account.ID, now Detail, past Past) (whole bool, err error) {
	whole = true
	back := func(is string, w *Was) *string {
		switch {
		case w == nil || is == w.Was:
			return nil
		case is == w.Now:
			return &w.Was
		}
		whole = false
		return nil
	}
	name, nickname := back(now.Name, past.Name), back(now.Nickname, past.Nickname)
	face := past.Face
	if face != nil && now.Photo != face.Now {
		face, whole = nil, false
	}
	if name == nil && nickname == nil && face == nil {
		return whole, nil
	}
	if _, err := s.change(ctx, tx, by, now.ID, 0, func(p *Person) (err error) {
		set(&p.Name, name)
		set(&p.Nickname, nickname)
		if face != nil {
			p.Photo = ""
			if len(face.Was) > 0 {
				p.Photo = photoHash(face.Was)
			}
		}
		*p, err = p.clean()
		return err
	}); err != nil {
		return false, err
	}
	switch {
	case face == nil:
	case len(face.Was) > 0:
		err = putPhoto(ctx, tx, by, now.ID, face.Was, db.Micros(s.instant()))
	default:
		_, err = tx.Exec(ctx, "DELETE FROM person_photo WHERE user_id = $1 AND person_id = $2", string(by), now.ID)
	}
	return whole, err
}

// unadd removes rows that are still as they were added.
func unadd[T any](ctx context.Context, tx *db.Tx, s *Service, by account.ID, p part[T], ids []string) (whole bool, err error) {
	whole = true
	for _, id := range ids {
		was, err := p.state(ctx, tx, by, id)
		if err != nil {
			return false, err
		}
		if !was.found || was.deleted {
			continue
		}
		v, err := p.get(ctx, tx, by, was.merged, id)
		if err != nil {
			return false, err
		}
		if p.meta(&v).Revision != 1 {
			whole = false
			continue
		}
		if err := bury1(ctx, tx, by, p.table, "id", id, s.instant()); err != nil {
			return false, err
		}
	}
	return whole, nil
}

// rewriteBack gives facts the words they had.
func (s *Service) rewriteBack(ctx context.Context, tx *db.Tx, by account.ID, now Detail, rewritten []Was) (whole bool, err error) {
	whole = true
	for _, w := range rewritten {
		i := slices.IndexFunc(now.Facts, func(f Fact) bool { return f.ID == w.ID })
		if i < 0 {
			continue
		}
		if now.Facts[i].Text != w.Now {
			whole = false
			continue
		}
		if _, err := s.facts().change(ctx, tx, by, now.ID, w.ID, 0, s.instant(), func(f *Fact) error { f.Text = w.Was; return nil }); err != nil {
			return false, err
		}
	}
	return whole, nil
}

// bringBack adds what was taken away, unless it was written again since. The words of a row that was removed are gone, so
// that it comes as a new one.
func (s *Service) bringBack(ctx context.Context, tx *db.Tx, by account.ID, now Detail, past Past) (whole bool, err error) {
	code, err := codeFor(ctx, tx, by, now.Person)
	if err != nil {
		return false, err
	}
	whole = true
	add := func(err error) error {
		if fault.As(err) == nil {
			return err
		}
		whole = false // no room for one more
		return nil
	}
	for _, v := range past.NoChannels {
		if slices.ContainsFunc(now.Channels, func(c Channel) bool { return c.Kind == v.Kind && c.Value == v.Value }) {
			continue
		}
		c := Channel{Kind: v.Kind, Value: v.Value, Label: v.Label, Position: v.Position}
		if err := add(addPart(ctx, tx, s, by, now.ID, s.channels(), c, func(c Channel) (Channel, error) { return c.clean(code) })); err != nil {
			return false, err
		}
	}
	for _, v := range past.NoDates {
		if slices.ContainsFunc(now.Dates, func(d Date) bool { return d.Kind == v.Kind && d.Label == v.Label && d.Revision != 1 }) {
			whole = false // their own word on the day stands
			continue
		}
		d := Date{Kind: v.Kind, Label: v.Label, Year: v.Year, Month: v.Month, Day: v.Day, LeadDays: v.LeadDays}
		if err := add(addPart(ctx, tx, s, by, now.ID, s.dates(), d, Date.clean)); err != nil {
			return false, err
		}
	}
	return whole, nil
}
