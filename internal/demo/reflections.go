package demo

import (
	"context"
	"strings"
	"time"

	"kith/internal/db"
	"kith/internal/reflection"
)

// writeReflections gives most Sundays three good things, every third day or so a line, a few of them private, and now and
// then a week something to carry on. Questions come in the order of the deck.
func writeReflections(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	r := s.chance("reflections")
	var good [][]string
	// three good things of a Sunday
	if err := s.wordsOf("good.txt", 3, func(part []string) error {
		good = append(good, append([]string{}, part...))
		return nil
	}); err != nil {
		return err
	}
	list, err := lines(s.Lang, "journal.txt")
	if err != nil {
		return err
	}
	carry, err := lines(s.Lang, "carry.txt")
	if err != nil {
		return err
	}
	order := r.Perm(len(list))
	prompts, said, rounds, week := reflection.Prompts(s.Lang), 0, 0, 0
	for _, d := range s.Days {
		at := d.Date.Add(time.Duration(9*60+r.IntN(80)) * time.Minute)
		sunday := d.Date.Weekday() == time.Sunday && r.IntN(8) > 0
		if at.After(s.Now) || gaps(d.Ago) < 0.3 || !sunday && r.IntN(3) > 0 {
			continue
		}
		rec := reflection.Record{Day: d.Name, Revision: 1, CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at)}
		if sunday && week < len(good) {
			rec.Good = good[week]
			week++
		}
		if !sunday || r.IntN(3) > 0 {
			t, err := readLine(list[order[said%len(order)]])
			if err != nil {
				return err
			}
			text, private := strings.CutPrefix(strings.ReplaceAll(t.variant(rounds+r.IntN(t.variants())), `\n`, "\n"), "! ")
			if rec.Line, _, err = s.named(text, ""); err != nil {
				return err
			}
			rec.Private = private
			if r.IntN(3) == 0 {
				rec.Prompt = prompts[said%len(prompts)].ID
			}
			if said++; said%len(order) == 0 {
				rounds++
			}
		}
		if len(rec.Good) == 0 && rec.Line == "" {
			continue
		}
		if _, err := n.Reflections.Restore(ctx, tx, s.User.ID, rec); err != nil {
			return err
		}
		if sunday && r.IntN(3) == 0 {
			w := reflection.WeekRecord{
				Week: reflection.WeekOf(d.Name), Carry: carry[(d.Ago/7)%len(carry)], Revision: 1, CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at),
			}
			if _, err := n.Reflections.RestoreWeek(ctx, tx, s.User.ID, w); err != nil {
				return err
			}
		}
	}
	_, err = n.Reflections.RestoreSetting(ctx, tx, s.User.ID, reflection.SettingRecord{GoodOn: "0", Revision: 1, UpdatedAt: db.Micros(s.day(yearDays))})
	return err
}
