package opportunity

import (
	"context"
	"time"

	"kith/internal/capture"
	"kith/internal/moment"
)

// yearsBack is how many years a day is looked up in.
const yearsBack = 10

// sourceMemory offers an old moment to savour: a bright one of this day in an earlier year, else of half a year ago.
// Moments with people whose standing is not active rest, and so does what was heavy.
func sourceMemory(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	var days []string
	for n := 1; n <= yearsBack; n++ {
		days = append(days, sc.on.AddDate(-n, 0, 0).Format(time.DateOnly))
	}
	days = append(days, sc.on.AddDate(0, 0, -182).Format(time.DateOnly))
	found, err := moment.Bright(ctx, s.db, sc.u.ID, days)
	if err != nil {
		return nil, err
	}
	return sc.memories(found), nil
}

// anyMemory is for a return after an absence: the brightest day will do.
func (s *Service) anyMemory(ctx context.Context, sc *scene) ([]Candidate, error) {
	list, err := sourceMemory(ctx, s, sc)
	if err != nil || len(list) > 0 {
		return list, err
	}
	found, err := moment.BrightBefore(ctx, s.db, sc.u.ID, sc.on.AddDate(0, 0, -30), 40)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	at := int(turn(sc.seed("memory")) * float64(len(found)))
	return sc.memories(append(found[at:len(found):len(found)], found[:at]...)), nil
}

func (sc *scene) memories(found []moment.Old) []Candidate {
	for _, m := range found {
		id := SourceMemory + ":" + m.ID
		if m.Resting || sc.never["source:"+SourceMemory] != "" || sc.rests(id, "", restOf(SourceMemory, 0)) || sc.avoids(m.People) {
			continue
		}
		c := Candidate{Opportunity: Opportunity{
			ID: id, Source: SourceMemory, Moment: m.ID, Kind: capture.Pause, Seconds: 60, Act: ActSavour,
			Text: sc.p.T("opportunity.memory.text", "text", clip(m.Text, 140)), Why: sc.p.T("opportunity.memory.why", "on", sc.p.Day(m.Day, "date")),
		}}
		if years := sc.on.Year() - yearOf(m.Day); m.Day[4:] == sc.day[4:] && years > 0 {
			c.Why = sc.p.N("opportunity.memory.why.years", years)
		}
		c.Facts = sc.facts(SourceMemory, SourceMemory)
		return []Candidate{c} // one is enough
	}
	return nil
}

func yearOf(day string) int {
	t, _ := time.Parse(time.DateOnly, day) // a day that is kept is one
	return t.Year()
}

// clip shortens a text at a word.
func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	at := most
	for at > most/2 && r[at] != ' ' {
		at--
	}
	return string(r[:at]) + "…"
}
