package reflection

import (
	"context"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/moment"
)

// Service is the door to reflections. It is safe for concurrent use once serving begins; keys are set before that.
type Service struct {
	db      *db.DB
	moments *moment.Service
	now     func() time.Time
	codecs  codecs
}

// New returns a service over d. now is the clock. Without Seal private words are kept in the open.
func New(d *db.DB, moments *moment.Service, now func() time.Time) *Service {
	return &Service{db: d, moments: moments, now: now}
}

// Seal has private words sealed from now on.
func (s *Service) Seal(k *db.Keys) {
	good, line := k.Column("reflection.good"), k.Column("reflection.line")
	s.codecs = codecs{&good, &line}
}

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// differs reports whether somebody read another revision than the one that is kept.
func differs(ifRevision, revision int64) bool { return ifRevision != 0 && ifRevision != revision }

// Save keeps the reflection of a day and reports whether there was none. The same again changes nothing. ifRevision is
// the revision the caller read; 0 accepts any.
func (s *Service) Save(ctx context.Context, by account.ID, today, day string, d Draft, ifRevision int64) (Reflection, bool, error) {
	if err := CheckDay(day, today); err != nil {
		return Reflection{}, false, err
	}
	d, err := d.clean()
	if err != nil {
		return Reflection{}, false, err
	}
	var (
		got     Reflection
		created bool
	)
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := s.codecs.find(ctx, tx, by, day)
		if err != nil {
			return err
		}
		created = was == nil || was.deletedAt != nil
		if created && ifRevision != 0 {
			return fault.Stale("reflection")
		}
		now := s.instant()
		got = Reflection{Day: day, Revision: 1, CreatedAt: now, UpdatedAt: now}
		if was != nil {
			if differs(ifRevision, was.Revision) {
				return fault.Stale("reflection")
			}
			if !created && was.same(d) {
				got = was.Reflection
				return touch(ctx, tx, by, day)
			}
			got.Revision = was.Revision + 1
			if !created {
				got.CreatedAt = was.CreatedAt
			}
		}
		got.Good, got.Line, got.Prompt, got.Private = d.Good, d.Line, d.Prompt, d.Private
		return s.codecs.put(ctx, tx, by, row{Reflection: got})
	})
	if err != nil {
		return Reflection{}, false, err
	}
	return got, created, nil
}

// Find returns the reflection of a day, or nil.
func (s *Service) Find(ctx context.Context, by account.ID, day string) (*Reflection, error) {
	if err := isDay(day); err != nil {
		return nil, err
	}
	r, err := s.codecs.find(ctx, s.db, by, day)
	if err != nil || r == nil || r.deletedAt != nil {
		return nil, err
	}
	return &r.Reflection, nil
}

// Get returns the reflection of a day; a NotFound fault when there is none.
func (s *Service) Get(ctx context.Context, by account.ID, day string) (Reflection, error) {
	r, err := s.Find(ctx, by, day)
	if err == nil && r == nil {
		err = fault.NotFound("reflection")
	}
	if err != nil {
		return Reflection{}, err
	}
	return *r, nil
}

// List returns reflections, the newest day first, from one day to another; an empty day does not narrow. limit is at most
// 200; the cursor is what the page before gave as Next.
func (s *Service) List(ctx context.Context, by account.ID, from, to string, limit int, cursor string) (Page, error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	for _, day := range []string{from, to} {
		if day != "" {
			if err := isDay(day); err != nil {
				return Page{}, err
			}
		}
	}
	if cursor != "" {
		t, err := time.Parse(time.DateOnly, cursor)
		if err != nil {
			return Page{}, fault.Invalid("bad_cursor", "cursor", "This place in the list is not known; start again without a cursor.")
		}
		if before := t.AddDate(0, 0, -1).Format(time.DateOnly); to == "" || before < to {
			to = before
		}
	}
	rows, err := s.codecs.list(ctx, s.db, by, from, to, nil, limit+1)
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: make([]Reflection, 0, len(rows))}
	for i, r := range rows {
		if i == limit {
			page.Next = rows[limit-1].Day
			break
		}
		page.Items = append(page.Items, r.Reflection)
	}
	return page, nil
}

// Search returns the newest reflections that have all words of a query, wherever in a word they stand. Private ones are
// never found.
func (s *Service) Search(ctx context.Context, by account.ID, query string, limit int) ([]Reflection, error) {
	words := strings.Fields(fold.Fold(text(query)))
	if len(words) == 0 {
		return nil, nil
	}
	const most = 12 // more than that narrows nothing
	rows, err := s.codecs.list(ctx, s.db, by, "", "", words[:min(most, len(words))], limit)
	list := make([]Reflection, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.Reflection)
	}
	return list, err
}

// Delete takes the words of a day away for good. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Delete(ctx context.Context, by account.ID, day string, ifRevision int64) error {
	if err := isDay(day); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.codecs.find(ctx, tx, by, day)
		if err != nil {
			return err
		}
		if r == nil || r.deletedAt != nil {
			return fault.NotFound("reflection")
		}
		if differs(ifRevision, r.Revision) {
			return fault.Stale("reflection")
		}
		now := s.instant()
		gone := row{Reflection: Reflection{Day: day, Revision: r.Revision + 1, CreatedAt: r.CreatedAt, UpdatedAt: now}, deletedAt: &now}
		return s.codecs.put(ctx, tx, by, gone)
	})
}

// Prompt draws the question for a day in a language. turn is how many were passed over.
func (s *Service) Prompt(ctx context.Context, by account.ID, day string, turn int, locale string) (Prompt, error) {
	done, err := answered(ctx, s.db, by, day)
	if err != nil {
		return Prompt{}, err
	}
	const most = 1000
	return draw(by, done, day, min(turn, most), locale), nil
}

// Setting returns how somebody likes the evening page.
func (s *Service) Setting(ctx context.Context, by account.ID) (Setting, error) {
	return settingOf(ctx, s.db, by)
}

// SetGoodOn chooses when three good things are asked for.
func (s *Service) SetGoodOn(ctx context.Context, by account.ID, on string, ifRevision int64) (Setting, error) {
	if err := checkGoodOn(on); err != nil {
		return Setting{}, err
	}
	var got Setting
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := settingOf(ctx, tx, by)
		if err != nil {
			return err
		}
		if differs(ifRevision, was.Revision) {
			return fault.Stale("reflection_setting")
		}
		got = Setting{on, was.Revision + 1}
		return putSetting(ctx, tx, by, got, db.Micros(s.instant()))
	})
	return got, err
}

// CarryOn keeps the line that a week leaves; an empty one takes it away. ifRevision is the revision the caller read; 0
// accepts any.
func (s *Service) CarryOn(ctx context.Context, by account.ID, week, line string, ifRevision int64) (Carry, error) {
	if _, err := Monday(week); err != nil {
		return Carry{}, err
	}
	line, err := cleanCarry(line)
	if err != nil {
		return Carry{}, err
	}
	var got Carry
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, created, err := carryOf(ctx, tx, by, week)
		if err != nil {
			return err
		}
		if differs(ifRevision, was.Revision) {
			return fault.Stale("week")
		}
		if got = was; was.Text == line {
			return nil
		}
		now := db.Micros(s.instant())
		if was.Revision == 0 {
			created = now
		}
		got = Carry{line, was.Revision + 1}
		return putCarry(ctx, tx, by, week, got, created, now)
	})
	return got, err
}

// Erase removes everything an account has here. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
