package demo

import (
	"context"
	"time"

	"kith/internal/db"
	"kith/internal/pulse"
)

// writePulses gives about every second evening a pulse, and some mornings. Evenings after a day with moments are a little
// brighter, as they are for most people; the year has its own slow swell.
func writePulses(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	r := s.chance("pulses")
	library := map[string][]string{}
	for _, w := range pulse.Words(s.Lang) {
		library[w.Quadrant] = append(library[w.Quadrant], w.ID)
	}
	own := map[string][]string{"en": {"Sunday feeling", "wide awake"}, "de": {"Sonntagsgefühl", "hellwach"}}[s.Lang]
	within := func(v int) int { return max(2, min(98, v)) }
	keep := func(d Day, at time.Time, valence, energy int, evening bool) error {
		if at.After(s.Now) {
			return nil
		}
		rec := pulse.Record{
			ID: s.id(r, at), At: db.Micros(at), Zone: s.Zone, Day: d.Name, Valence: within(valence), Energy: within(energy), Revision: 1,
			CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at),
		}
		rec.Fingerprint = fingerprint(rec.ID)
		words := library[pulse.Quadrant(rec.Valence, rec.Energy)]
		if r.IntN(3) > 0 {
			rec.Words = append(rec.Words, words[r.IntN(len(words))])
		}
		if r.IntN(12) == 0 {
			rec.Words = append(rec.Words, own[r.IntN(len(own))])
		}
		if evening && r.IntN(4) > 0 {
			felt := within(22 + 9*min(4, len(d.Moments)) + r.IntN(34))
			rec.Closeness = &felt
		}
		_, err := n.Pulses.Restore(ctx, tx, s.User.ID, rec)
		return err
	}
	swell := 0
	for _, d := range s.Days {
		swell = swell*5/6 + r.IntN(31) - 16 // today is much like yesterday
		if d.Ago > 1 && gaps(d.Ago) < 1 {
			continue
		}
		if r.IntN(4) == 0 {
			at := d.Date.Add(time.Duration(-270+r.IntN(120)) * time.Minute)
			if err := keep(d, at, 55+swell+r.IntN(25)-10, 40+r.IntN(40), false); err != nil {
				return err
			}
		}
		if r.IntN(9) < 5 {
			at := d.Date.Add(time.Duration(8*60+r.IntN(140)) * time.Minute)
			if err := keep(d, at, 48+swell+4*min(5, len(d.Moments))+r.IntN(31)-15, 18+r.IntN(50), true); err != nil {
				return err
			}
		}
	}
	return writeScales(ctx, tx, n, s)
}

// writeScales answers two scales month by month, and a third one in spring and autumn.
func writeScales(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	r := s.chance("scales")
	centre := map[string]float64{"ons4": 0.7, "ons-loneliness": 0.62, "flourishing": 0.76}
	every := map[string]int{"ons4": 29, "ons-loneliness": 29, "flourishing": 150}
	for _, sc := range pulse.Library() {
		for ago := yearDays - 20; every[sc.ID] > 0 && ago > 3; ago -= every[sc.ID] + r.IntN(4) {
			d := s.Days[len(s.Days)-1-ago]
			at := d.Date.Add(time.Duration(7*60+r.IntN(90)) * time.Minute)
			answers := map[string]int{}
			for _, it := range sc.Items {
				set := sc.Answers[it.Answers]
				part := centre[sc.ID] + (r.Float64()-0.5)*0.4
				if it.ID == "anxious" {
					part = 1 - part
				}
				answers[it.ID] = min(set.To, max(set.From, set.From+int(part*float64(set.To-set.From)+0.5)))
			}
			scores, err := sc.Score(answers)
			if err != nil {
				return err
			}
			rec := pulse.AnswerRecord{
				ID: s.id(r, at), Scale: sc.ID, Version: sc.Version, At: db.Micros(at), Zone: s.Zone, Day: d.Name, Answers: answers, Scores: scores,
				Revision: 1, CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at),
			}
			rec.Fingerprint = fingerprint(rec.ID)
			if _, err := n.Pulses.RestoreAnswer(ctx, tx, s.User.ID, rec); err != nil {
				return err
			}
		}
	}
	return nil
}
