package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/moment"
)

// wanted is how many moments a year has.
const wanted = 1500

// Moment is one line as it was written, and what whoever wrote it meant.
type Moment struct {
	Text       string
	Captured   time.Time
	HappenedAt time.Time
	Zone       string
	Kind       string
	People     []string // keys
	Felt       *int
	Contact    string // as the line must be read
	ID         string
	Arc        bool // it is a part of something that runs through the year

	InText bool // how it felt is said in the line; else it was tapped
	Read   capture.Draft
}

// gaps are the days in which nothing, or next to nothing, was written down: from, to, and the part that was.
func gaps(ago int) float64 {
	switch {
	case ago >= 262 && ago <= 270: // the flu
		return 0
	case ago >= 129 && ago <= 136: // a week without a phone
		return 0.1
	case ago >= funeral-2 && ago <= funeral+6:
		return 0.35
	case ago >= 30 && ago <= 34:
		return 0
	}
	return 1
}

// away reports that the owner does not work on that day.
func away(d Day) bool {
	wd := d.Date.Weekday()
	md := d.Date.Format("01-02")
	return wd == time.Saturday || wd == time.Sunday || d.Ago >= 124 && d.Ago <= 138 || d.Ago >= moved-2 && d.Ago <= moved+2 ||
		md >= "12-24" || md == "01-01"
}

// live tells the year day by day.
func (s *Story) live() error {
	for ago := yearDays; ago >= 0; ago-- {
		date := s.day(ago)
		s.Days = append(s.Days, Day{Date: date, Name: date.Format(time.DateOnly), Ago: ago})
	}
	r := s.chance("moments")
	t := &teller{Story: s, r: r, last: map[int]int{}, told: map[string]int{}}
	if err := t.arcs(); err != nil {
		return err
	}
	if err := t.chances(); err != nil {
		return err
	}
	list := t.list
	sort.SliceStable(list, func(i, j int) bool { return list[i].Captured.Before(list[j].Captured) })
	list = thin(r, list)
	known := s.known()
	for i := range list {
		m := &list[i]
		m.ID = s.id(r, m.Captured)
		loc := s.Loc
		if m.Zone != s.Zone {
			var err error
			if loc, err = time.LoadLocation(m.Zone); err != nil {
				return err
			}
		}
		m.Read = capture.Parse(capture.Input{Text: m.Text, Now: m.Captured, Zone: loc, Locale: s.Lang, People: known})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].HappenedAt.Before(list[j].HappenedAt) })
	s.Moments = list
	index := map[string]int{}
	for i, d := range s.Days {
		index[d.Name] = i
	}
	for i, m := range list {
		if d, ok := index[s.dayOf(m)]; ok {
			s.Days[d].Moments = append(s.Days[d].Moments, i)
		}
	}
	return nil
}

// thin takes moments of chance away until there are as many as wanted.
func thin(r *rand.Rand, list []Moment) []Moment {
	var loose []int
	for i, m := range list {
		if !m.Arc {
			loose = append(loose, i)
		}
	}
	r.Shuffle(len(loose), func(i, j int) { loose[i], loose[j] = loose[j], loose[i] })
	gone := map[int]bool{}
	for _, i := range loose[:max(0, min(len(loose), len(list)-wanted))] {
		gone[i] = true
	}
	kept := list[:0:0]
	for i, m := range list {
		if !gone[i] {
			kept = append(kept, m)
		}
	}
	return kept
}

// known is everybody, as capture wants them.
func (s *Story) known() []capture.Known {
	list := make([]capture.Known, len(s.Cast))
	for i, f := range s.Cast {
		list[i] = capture.Known{ID: s.Person[f.Key], Name: f.Name, Context: f.Context}
		if f.Nickname != "" {
			list[i].Also = []string{f.Nickname}
		}
	}
	return list
}

// dayOf is the local day of a moment.
func (s *Story) dayOf(m Moment) string {
	if m.Read.Precision != "" && m.Read.Precision != capture.Minute {
		return m.HappenedAt.Format(time.DateOnly)
	}
	return s.User.Day(m.HappenedAt)
}

func writeMoments(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	for _, m := range s.Moments {
		if _, err := n.Moments.Restore(ctx, tx, s.User.ID, s.momentRecord(m)); err != nil {
			return fmt.Errorf("%q: %w", m.Text, err)
		}
	}
	return nil
}

// momentRecord is the moment as it would have been kept, had it been logged then.
func (s *Story) momentRecord(m Moment) moment.Record {
	d := m.Read
	rec := moment.Record{
		ID: m.ID, Kind: d.Kind, Text: m.Text, Someone: d.Someone, Context: d.Context, HappenedAt: db.Micros(d.HappenedAt), Zone: m.Zone,
		Day: s.dayOf(m), Precision: d.Precision, DurationMin: d.DurationMin, Felt: m.Felt, Contact: d.Contact, StartedBy: d.StartedBy,
		Tags: d.Tags, CapturedAt: db.Micros(m.Captured), Fingerprint: fingerprint(m.ID), Revision: 1,
		CreatedAt: db.Micros(m.Captured), UpdatedAt: db.Micros(m.Captured),
	}
	for _, p := range d.People {
		if p.ID != "" {
			rec.People = append(rec.People, p.ID)
		}
	}
	return rec
}
