package opportunity

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/practice"
)

// Never is something that is not suggested until its owner wants it again.
type Never struct {
	Subject string // "kind:celebration", "source:due", "person:ID", "practice:ID"
	Name    string // of a person, or of an own practice
	Since   string // local day
}

// NeverRow is a Never as it is archived.
type NeverRow struct {
	Subject string `json:"subject"`
	Day     string `json:"day"`
	SaidAt  int64  `json:"said_at"`
}

func checkSubject(subject string) error {
	what, which, _ := strings.Cut(subject, ":")
	ok := false
	switch what {
	case "kind":
		ok = slices.Contains(capture.Kinds, which)
	case "source":
		_, _, ok = sourceOf(which + ":x")
	case "person", "practice":
		ok = which != "" && len(which) <= 100 && clean(which)
	}
	if !ok {
		return fault.Invalid("unknown_subject", "subject", "This is nothing that could be suggested.")
	}
	return nil
}

// Nevers are all that was put away, the newest first.
func (s *Service) Nevers(ctx context.Context, by account.ID) ([]Never, error) {
	list, err := nevers(ctx, s.db, by)
	if err != nil {
		return nil, err
	}
	answers, err := neverAnswers(ctx, s.db, by)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, a := range answers {
		if id, ok := practiceOf(a.Opportunity); ok && !seen[id] {
			seen[id] = true
			list = append(list, Never{Subject: "practice:" + id, Since: a.Day})
		}
	}
	var people []string
	for _, n := range list {
		if id, ok := strings.CutPrefix(n.Subject, "person:"); ok {
			people = append(people, id)
		}
	}
	names, err := s.people.Names(ctx, s.db, by, people)
	if err != nil {
		return nil, err
	}
	out := []Never{}
	for _, n := range list {
		if id, ok := strings.CutPrefix(n.Subject, "practice:"); ok && practice.IsOwn(id) {
			p, err := practice.Find(ctx, s.db, by, id, "")
			if fault.As(err) != nil {
				continue // it is gone, and so is the wish
			}
			if err != nil {
				return nil, err
			}
			n.Name = p.Name
		}
		if id, ok := strings.CutPrefix(n.Subject, "person:"); ok {
			if n.Name = names[id]; n.Name == "" {
				continue // they are gone, and so is the wish
			}
		}
		out = append(out, n)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Since > out[j].Since })
	return out, nil
}

// Put puts something away: a kind, a source, a person, a practice.
func (s *Service) Put(ctx context.Context, by account.ID, day, subject string) error {
	if err := checkSubject(subject); err != nil {
		return err
	}
	if err := checkDay(day); err != nil {
		return err
	}
	now := s.now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if id, ok := strings.CutPrefix(subject, "practice:"); ok {
			return put(ctx, tx, by, Row{Day: day, Opportunity: SourcePractice + ":" + id, Answer: NotThis, AnsweredAt: now})
		}
		return putNever(ctx, tx, by, NeverRow{subject, day, db.Micros(now)})
	})
}

// Again takes one thing back that was put away.
func (s *Service) Again(ctx context.Context, by account.ID, subject string) error {
	if err := checkSubject(subject); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if id, ok := strings.CutPrefix(subject, "practice:"); ok {
			return again(ctx, tx, by, SourcePractice+":"+id)
		}
		return takeNever(ctx, tx, by, subject)
	})
}

// Offer says whether a practice is to be suggested. A further one of the library is switched on or off; any other is put
// away, or taken back.
func (s *Service) Offer(ctx context.Context, by account.ID, day, id string, on bool) error {
	if err := checkDay(day); err != nil {
		return err
	}
	now := s.now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := practice.Find(ctx, tx, by, id, "")
		if err != nil {
			return err
		}
		if p.Further {
			if err := practice.Switch(ctx, tx, by, id, on, now); err != nil {
				return err
			}
		}
		subject := SourcePractice + ":" + id
		switch {
		case on:
			return again(ctx, tx, by, subject)
		case p.Further:
			return nil
		}
		return put(ctx, tx, by, Row{Day: day, Opportunity: subject, Answer: NotThis, AnsweredAt: now})
	})
}

// Practices are the account's own and the whole library, each with whether it is suggested.
func (s *Service) Practices(ctx context.Context, by account.ID, locale string) ([]practice.Practice, error) {
	list, err := practice.All(ctx, s.db, by, locale)
	if err != nil {
		return nil, err
	}
	away, err := s.awayPractices(ctx, by)
	for i, p := range list {
		list[i].On = p.On && !away[p.ID]
	}
	return list, err
}

// Practice is one of them.
func (s *Service) Practice(ctx context.Context, by account.ID, id, locale string) (practice.Practice, error) {
	p, err := practice.Find(ctx, s.db, by, id, locale)
	if err != nil {
		return p, err
	}
	away, err := s.awayPractices(ctx, by)
	p.On = p.On && !away[id]
	return p, err
}

func (s *Service) awayPractices(ctx context.Context, by account.ID) (map[string]bool, error) {
	list, err := neverAnswers(ctx, s.db, by)
	away := map[string]bool{}
	for _, a := range list {
		if id, ok := practiceOf(a.Opportunity); ok {
			away[id] = true
		}
	}
	return away, err
}

// NeverRecords calls f with everything an account put away.
func (s *Service) NeverRecords(ctx context.Context, r db.Reader, by account.ID, f func(NeverRow) error) error {
	return eachNever(ctx, r, by, f)
}

// RestoreNever keeps one of an archive and reports whether it was new.
func (s *Service) RestoreNever(ctx context.Context, tx *db.Tx, by account.ID, v NeverRow) (bool, error) {
	if err := checkSubject(v.Subject); err != nil {
		return false, err
	}
	if err := checkDay(v.Day); err != nil {
		return false, err
	}
	there, err := hasNever(ctx, tx, by, v.Subject)
	if err != nil || there {
		return false, err
	}
	return true, putNever(ctx, tx, by, v)
}

// Wishes are what an account wants of its suggestions.
type Wishes struct {
	RestDays  []time.Weekday // on which only what has its day is suggested
	LossNotes bool           // whether the day of somebody's death is quietly named
	Revision  int64
}

// WishRow is a Wishes as it is archived.
type WishRow struct {
	RestDays  string `json:"rest_days,omitempty"` // "06" is Sunday and Saturday
	LossNotes bool   `json:"loss_notes,omitempty"`
	Revision  int64  `json:"revision"`
	UpdatedAt int64  `json:"updated_at"`
}

func (w Wishes) days() string {
	var b strings.Builder
	for d := time.Sunday; d <= time.Saturday; d++ {
		if slices.Contains(w.RestDays, d) {
			b.WriteByte(byte('0' + d))
		}
	}
	return b.String()
}

func weekdays(s string) (list []time.Weekday) {
	for _, c := range s {
		if c >= '0' && c <= '6' {
			list = append(list, time.Weekday(c-'0'))
		}
	}
	return list
}

// Wishes returns what the account wants; without a word, the usual.
func (s *Service) Wishes(ctx context.Context, by account.ID) (Wishes, error) {
	row, err := wishes(ctx, s.db, by)
	return Wishes{weekdays(row.RestDays), row.LossNotes, row.Revision}, err
}

// Wish sets what the account wants. ifRevision is the revision the caller read; 0 accepts any.
func (s *Service) Wish(ctx context.Context, by account.ID, w Wishes, ifRevision int64) (Wishes, error) {
	var got Wishes
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := wishes(ctx, tx, by)
		if err != nil {
			return err
		}
		if ifRevision != 0 && ifRevision != was.Revision {
			return fault.Stale("wishes")
		}
		row := WishRow{w.days(), w.LossNotes, was.Revision + 1, db.Micros(s.now())}
		got = Wishes{weekdays(row.RestDays), row.LossNotes, row.Revision}
		return putWishes(ctx, tx, by, row)
	})
	return got, err
}

// WishRecords calls f with what the account wants, if it ever said so.
func (s *Service) WishRecords(ctx context.Context, r db.Reader, by account.ID, f func(WishRow) error) error {
	row, err := wishes(ctx, r, by)
	if err != nil || row.Revision == 0 {
		return err
	}
	return f(row)
}

// RestoreWishes keeps those of an archive and reports whether they were new.
func (s *Service) RestoreWishes(ctx context.Context, tx *db.Tx, by account.ID, row WishRow) (bool, error) {
	if row.Revision < 1 || row.UpdatedAt == 0 || (Wishes{RestDays: weekdays(row.RestDays)}).days() != row.RestDays {
		return false, fault.Invalid("bad_row", "rest_days", "The wishes in this file cannot be kept.")
	}
	was, err := wishes(ctx, tx, by)
	if err != nil || was.Revision > 0 {
		return false, err
	}
	return true, putWishes(ctx, tx, by, row)
}
