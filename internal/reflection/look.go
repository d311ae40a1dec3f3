package reflection

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/moment"
)

// yearsBack is how many years On this day looks back.
const yearsBack = 10

// Day is one day as it was: its moments and what was written. where is what it is read for: private words are left out
// where they must not be read, unless their owner allowed that place.
func (s *Service) Day(ctx context.Context, by account.ID, day string, where account.Place, allowed ...account.Place) (Memory, error) {
	m := Memory{Day: day}
	r, err := s.Find(ctx, by, day)
	if err != nil {
		return m, err
	}
	if r != nil && account.Shown(r.Private, where, allowed...) {
		m.Reflection = r
	}
	m.Moments, err = s.moments.Day(ctx, by, day)
	return m, err
}

// OnThisDay returns the days a week, a month and whole years before, those that have something. Private words are not in it.
func (s *Service) OnThisDay(ctx context.Context, by account.ID, day string) ([]Memory, error) {
	if err := isDay(day); err != nil {
		return nil, err
	}
	t, _ := time.Parse(time.DateOnly, day)
	at := []Memory{
		{Day: t.AddDate(0, 0, -7).Format(time.DateOnly), Span: SpanWeek},
		{Day: back(t, 1).Format(time.DateOnly), Span: SpanMonth},
	}
	for n := 1; n <= yearsBack; n++ {
		at = append(at, Memory{Day: back(t, 12*n).Format(time.DateOnly), Span: SpanYear, Years: n})
	}
	list := make([]Memory, 0, len(at))
	for _, a := range at {
		if a.Day < firstDay {
			continue
		}
		m, err := s.Day(ctx, by, a.Day, account.Overview)
		if err != nil {
			return nil, err
		}
		if len(m.Moments) > 0 || m.Reflection != nil {
			m.Span, m.Years = a.Span, a.Years
			list = append(list, m)
		}
	}
	return list, nil
}

// Random draws a day with a moment on it, more than a week ago; NotFound when there is none yet. Every stretch of time is
// as likely as another, however much happened in it.
func (s *Service) Random(ctx context.Context, by account.ID) (string, error) {
	first, err := moment.DayAfter(ctx, s.db, by, time.Unix(0, 0))
	if err != nil {
		return "", err
	}
	begin, _ := time.Parse(time.DateOnly, first)
	now := s.instant()
	end := now.AddDate(0, 0, -7)
	if first == "" || !begin.Before(end) {
		return "", fault.NotFound("memory")
	}
	r := rand.New(rand.NewPCG(uint64(now.UnixNano()), 0)) //nolint:gosec // a day, no secret
	at := begin.Add(time.Duration(r.Int64N(int64(end.Sub(begin)))))
	day, err := moment.DayAfter(ctx, s.db, by, at)
	if err != nil || day <= end.Format(time.DateOnly) && day != "" {
		return day, err
	}
	return first, nil // nothing between then and last week
}

// Week looks back on a week: its days, who was there, and what it leaves. Private words are not in it.
func (s *Service) Week(ctx context.Context, by account.ID, week string) (Review, error) {
	return s.WeekIn(ctx, by, week, account.Overview)
}

// WeekIn is Week for another place to read it in; private words are in it where their owner allowed them.
func (s *Service) WeekIn(ctx context.Context, by account.ID, week string, where account.Place, allowed ...account.Place) (Review, error) {
	monday, err := Monday(week)
	if err != nil {
		return Review{}, err
	}
	v := Review{Week: week}
	seen := map[string]bool{}
	for i := range 7 {
		m, err := s.Day(ctx, by, monday.AddDate(0, 0, i).Format(time.DateOnly), where, allowed...)
		if err != nil {
			return Review{}, err
		}
		v.Days = append(v.Days, m)
		for _, x := range m.Moments {
			for _, who := range x.People {
				if !seen[who.ID] {
					seen[who.ID] = true
					v.People = append(v.People, who)
				}
			}
		}
	}
	if v.Carry, _, err = carryOf(ctx, s.db, by, week); err != nil {
		return Review{}, err
	}
	before, _, err := carryOf(ctx, s.db, by, weekOf(monday.AddDate(0, 0, -7)))
	v.CarriedIn = before.Text
	return v, err
}

// Year returns the days of a year that have something, oldest first.
func (s *Service) Year(ctx context.Context, by account.ID, year int) ([]YearDay, error) {
	if year < 1900 || year > 9998 {
		return nil, fault.Invalid("bad_year", "year", "A year is written as 2026.")
	}
	from, to := strconv.Itoa(year)+"-01-01", strconv.Itoa(year)+"-12-31"
	var list []YearDay
	err := s.db.View(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		counts, err := moment.Counts(ctx, r, by, from, to)
		if err != nil {
			return err
		}
		written, err := daysWritten(ctx, r, by, from, to)
		if err != nil {
			return err
		}
		for _, c := range counts {
			for len(written) > 0 && written[0] < c.Day {
				list, written = append(list, YearDay{Day: written[0], Written: true}), written[1:]
			}
			d := YearDay{Day: c.Day, Moments: c.N}
			if len(written) > 0 && written[0] == c.Day {
				d.Written, written = true, written[1:]
			}
			list = append(list, d)
		}
		for _, day := range written {
			list = append(list, YearDay{Day: day, Written: true})
		}
		return nil
	})
	return list, err
}
