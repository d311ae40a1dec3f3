package person

import (
	"context"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/request"
)

// broughtIn is the fingerprint of rows that no request made.
const broughtIn = "import"

// Bringing makes people of drafts, who are new with all they have: nothing is looked up, and many rows are written with one
// statement, so that thousands come in a few seconds. It lives within one transaction, and nobody of it is there before Flush.
type Bringing struct {
	s      *Service
	tx     *db.Tx
	by     account.ID
	code   string // calling code of phones without one
	lang   string // whose alphabet sorts
	now    time.Time
	people *db.Rows
	parts  [3]*db.Rows // channels, dates, facts
	member *db.Rows
	faces  *db.Rows
}

// Bring begins to bring people in. code is CallingCode.
func (s *Service) Bring(ctx context.Context, tx *db.Tx, by account.ID, code string) (*Bringing, error) {
	lang, err := spelling(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	return &Bringing{
		s: s, tx: tx, by: by, code: code, lang: lang, now: s.instant(),
		people: db.NewRows("person", insertColumns, ""),
		parts: [3]*db.Rows{
			db.NewRows("person_channel", s.channels().columns(), ""),
			db.NewRows("person_date", s.dates().columns(), ""),
			db.NewRows("person_fact", s.facts().columns(), ""),
		},
		member: db.NewRows("person_group_member", "user_id, group_id, person_id", ""),
		faces:  db.NewRows("person_photo", "user_id, person_id, hash, jpeg, added_at", ""),
	}, nil
}

// Person brings somebody in whose draft Fit and Check have passed, and says their id. The draft's groups are ids, none of
// them twice; face is what package-level Face made of a picture, or nothing.
func (b *Bringing) Person(ctx context.Context, d Draft, face []byte) (string, error) {
	p, err := d.person().clean()
	if err != nil {
		return "", err
	}
	if p.ID, err = request.ID(d.ID); err != nil {
		return "", err
	}
	p.Revision, p.CreatedAt, p.UpdatedAt = 1, b.now, b.now
	if len(face) > 0 {
		if err := checkFace(face); err != nil {
			return "", err
		}
		p.Photo = photoHash(face)
		if err := b.faces.Add(ctx, b.tx, string(b.by), p.ID, p.Photo, face, db.Micros(b.now)); err != nil {
			return "", err
		}
	}
	if err := b.people.Add(ctx, b.tx, inserted(b.by, b.s.sealed(b.by, p), b.lang, broughtIn)...); err != nil {
		return "", err
	}
	for i, c := range d.Channels {
		c.Position = i
		if err := bring(ctx, b, b.parts[0], p.ID, b.s.channels(), c, func(c Channel) (Channel, error) { return c.clean(b.code) }); err != nil {
			return "", err
		}
	}
	for _, v := range d.Dates {
		if err := bring(ctx, b, b.parts[1], p.ID, b.s.dates(), v, Date.clean); err != nil {
			return "", err
		}
	}
	for _, v := range d.Facts {
		if err := bring(ctx, b, b.parts[2], p.ID, b.s.facts(), v, Fact.clean); err != nil {
			return "", err
		}
	}
	for _, g := range d.Groups {
		if err := b.member.Add(ctx, b.tx, string(b.by), g, p.ID); err != nil {
			return "", err
		}
	}
	return p.ID, nil
}

// Flush writes what waits.
func (b *Bringing) Flush(ctx context.Context) error {
	for _, rows := range []*db.Rows{b.people, b.parts[0], b.parts[1], b.parts[2], b.member, b.faces} {
		if err := rows.Flush(ctx, b.tx); err != nil {
			return err
		}
	}
	return nil
}

func bring[T any](ctx context.Context, b *Bringing, rows *db.Rows, personID string, p part[T], v T, clean func(T) (T, error)) error {
	v, err := clean(v)
	if err != nil {
		return err
	}
	m := p.meta(&v)
	if m.ID, err = request.ID(""); err != nil {
		return err
	}
	m.Person, m.Revision, m.CreatedAt, m.UpdatedAt = personID, 1, b.now, b.now
	return rows.Add(ctx, b.tx, p.row(b.by, v, broughtIn, nil)...)
}
