package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kith/internal/capture"
)

// teller makes moments.
type teller struct {
	*Story
	r    *rand.Rand
	list []Moment
	last map[int]int    // template to the days ago of its last use
	told map[string]int // how often a text was said
}

// arcs are the lines that have their day.
func (t *teller) arcs() error {
	for _, a := range t.words.arcs {
		ago := a.ago
		if a.date != "" {
			ago = t.since(a.date)
		}
		for n := 0; len(a.days) > 0 && n < 7 && !slices.Contains(a.days, t.day(ago).Weekday()); n++ {
			ago++
		}
		if ago > yearDays {
			continue
		}
		at := t.at(ago, a.clock)
		if ago == 0 && at.After(t.Now.Add(-2*time.Minute)) {
			continue
		}
		if err := t.say(a.line, a.kind, a.contact, a.who, at, true); err != nil {
			return err
		}
	}
	return t.early()
}

// early makes sure that Today has something also for who starts at dawn.
func (t *teller) early() error {
	n := 0
	for _, m := range t.list {
		if t.dayOf(m) == t.Today.Format(time.DateOnly) {
			n++
		}
	}
	for _, a := range t.words.arcs {
		if n >= 2 || a.date != "" || a.ago != 0 || len(a.days) > 0 {
			continue
		}
		begin := time.Date(t.Today.Year(), t.Today.Month(), t.Today.Day(), 0, dayStart, 0, 0, t.Loc)
		at := begin.Add(t.Now.Sub(begin) / time.Duration(3-n))
		if t.at(0, a.clock).Before(t.Now.Add(-2 * time.Minute)) {
			continue // it was told
		}
		n++
		if err := t.say(a.line, a.kind, a.contact, a.who, at, true); err != nil {
			return err
		}
	}
	return nil
}

// since is how many days ago that date was last.
func (t *teller) since(date string) int {
	for ago := range yearDays + 1 {
		if t.day(ago).Format("01-02") == date {
			return ago
		}
	}
	return yearDays + 1 // 29 February
}

// at is the instant when clocks showed that minute.
func (t *teller) at(ago, minutes int) time.Time {
	y, m, d := t.Today.Date()
	return time.Date(y, m, d-ago, 0, minutes, 0, 0, t.Loc).Add(time.Duration(t.r.IntN(60_000_000)) * time.Microsecond)
}

// rate is how many moments a week somebody makes, and alone and someone.
type rate struct {
	key    string
	weekly float64
}

func (t *teller) chances() error {
	rates := []rate{{"alone", 2.2}, {"someone", 1.6}}
	for _, f := range t.Cast {
		rates = append(rates, rate{f.Key, f.Weekly})
	}
	for _, d := range t.Days {
		if d.Ago == 0 {
			continue // today is told by the arcs
		}
		for _, who := range rates {
			const more = 1.32 // thinned afterwards
			p := who.weekly / 7 * gaps(d.Ago) * more
			if f, ok := t.figure(who.key); ok {
				if d.Ago > f.From || d.Ago < f.To {
					continue
				}
				p = f.onDay(d, p)
			}
			for ; p > 0 && t.r.Float64() < p; p-- {
				if err := t.chanced(who.key, d); err != nil {
					return err
				}
			}
		}
	}
	return t.birthdays()
}

// onDay is the chance of a moment with somebody on that day.
func (f Figure) onDay(d Day, p float64) float64 {
	weekend := d.Date.Weekday() == time.Saturday || d.Date.Weekday() == time.Sunday
	switch {
	case f.Context == capture.Professional && away(d):
		return 0
	case f.Context == capture.Professional:
		return p * 7 / 5
	case slices.Contains(f.Groups, "home") && weekend:
		return p * 1.4
	case slices.Contains(f.Groups, "friend") && weekend:
		return p * 1.5
	}
	if f.Key == "chloe" && d.Ago > 60 && d.Ago < 165 { // ill
		return p * 2
	}
	return p
}

// chanced makes a moment of chance: a line that fits the person and the day and was not said lately.
func (t *teller) chanced(who string, d Day) error {
	type candidate struct {
		line
		sec *section
	}
	var pool []candidate
	f, _ := t.figure(who)
	for i := range t.words.sections {
		sec := &t.words.sections[i]
		own := slices.Contains(sec.who, who)
		if !own && !slices.ContainsFunc(f.Groups, func(g string) bool { return slices.Contains(sec.who, g) }) {
			continue
		}
		for _, l := range sec.lines {
			if !l.fits(d) {
				continue
			}
			if used, ok := t.last[l.id]; ok && used-d.Ago < 7 {
				continue
			}
			c := candidate{l, sec}
			pool = append(pool, c)
			if own {
				pool = append(pool, c)
			}
		}
	}
	for try := range 16 {
		if len(pool) == 0 {
			return nil
		}
		c := pool[t.r.IntN(len(pool))]
		text := c.variant(t.r.IntN(c.variants()))
		if t.told[text+"/"+who] > try/9 || t.told[text] > 2 { // rather something new; some things are said again
			continue
		}
		t.told[text+"/"+who]++
		t.told[text]++
		t.last[c.id] = d.Ago
		from, to := c.from, c.to
		if to == 0 {
			from, to = f.hours(d)
		}
		l := c.line
		l.text = text
		return t.say(l, c.sec.kind, c.sec.contact, who, t.at(d.Ago, from*60+t.r.IntN((to-from)*60)), false)
	}
	return nil
}

// hours are those in which one would be together.
func (f Figure) hours(d Day) (from, to int) {
	switch {
	case f.Context == capture.Professional:
		return 9, 17
	case f.Key == "":
		return 7, 20
	case away(d) || d.Date.Weekday() == 0 || d.Date.Weekday() == 6:
		return 9, 22
	case slices.Contains(f.Groups, "abroad"):
		return 7, 9
	}
	return 17, 22
}

// birthdays are congratulated on.
func (t *teller) birthdays() error {
	for _, f := range t.Cast {
		if f.Born == nil || f.Weekly == 0 {
			continue
		}
		ago := t.since(f.Born.Format("01-02"))
		if ago == 0 || ago > yearDays-3 || gaps(ago) == 0 || ago > f.From || f.To > 30 && ago < f.To || f.Key == "gran" && ago < funeral+4 {
			continue
		}
		if f.Context == capture.Professional && away(Day{Date: t.day(ago), Ago: ago}) {
			continue
		}
		d := Day{Date: t.day(ago), Ago: ago}
		who := "birthday"
		if slices.Contains(f.Groups, "home") || slices.Contains(f.Groups, "kids") {
			who = "birthday-home"
		}
		for i := range t.words.sections {
			sec := &t.words.sections[i]
			if !slices.Contains(sec.who, who) {
				continue
			}
			l := sec.lines[t.r.IntN(len(sec.lines))]
			l.text = l.variant(t.r.IntN(l.variants()))
			from, to := f.hours(d)
			if err := t.say(l, sec.kind, sec.contact, f.Key, t.at(ago, from*60+t.r.IntN((to-from)*60)), true); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// signs are how it felt, as it is written.
func signs(felt int) []string {
	switch felt {
	case 2:
		return []string{":D", "<3", "😄", "🥰"}
	case 1:
		return []string{":)", ":)", "🙂", "😊"}
	case 0:
		return []string{":|"}
	case -1:
		return []string{":/", ":("}
	}
	return []string{":'(", "😢"}
}

// say writes one line down.
func (t *teller) say(l line, kind, contact, who string, at time.Time, whole bool) error {
	text, keys, err := t.named(l.variant(0), who)
	if err != nil {
		return err
	}
	m := Moment{Kind: kind, Contact: contact, People: keys, Captured: at, HappenedAt: at, Zone: t.Zone, Felt: l.felt, Arc: whole}
	if m.Contact == "" {
		switch {
		case kind == capture.Pause || kind == capture.Gratitude, kind == capture.Presence && len(keys) == 0:
			m.Contact = capture.ContactNo
		case len(keys) > 0 || who == "someone":
			m.Contact = capture.ContactYes
		}
	}
	if whole && l.felt == nil && t.r.IntN(4) > 0 && contact == "" {
		one := 1
		m.Felt = &one
	}
	if !whole && t.r.IntN(5) == 0 {
		m.Felt = nil // not everything is felt about
	}
	if !whole && m.Felt != nil && t.r.IntN(4) == 0 { // days differ
		shift := []int{-1, 1}
		switch kind {
		case capture.Conversation, capture.CheckIn, capture.Presence, capture.Pause:
			shift = []int{-2, -2, -1, -1, 1}
		}
		n := min(2, max(-2, *m.Felt+shift[t.r.IntN(len(shift))]))
		m.Felt = &n
	}
	if !whole && t.r.IntN(14) == 0 { // written down the next morning
		text, at = t.late(text, at)
		m.Captured = at
		if at.After(t.Now) {
			return nil
		}
		m.HappenedAt = m.HappenedAt.Truncate(time.Minute)
	}
	if tag := t.tag(who); tag != "" && !whole && t.r.IntN(3) == 0 {
		text += " #" + tag
	}
	if m.Felt != nil && t.r.IntN(5) < 2 {
		list := signs(*m.Felt)
		text += " " + list[t.r.IntN(len(list))]
		m.InText = true
	}
	if m.HappenedAt.After(t.Now) {
		return nil
	}
	m.Text = strings.TrimSpace(text)
	t.list = append(t.list, m)
	return nil
}

// tag is what lines about somebody often have.
func (t *teller) tag(who string) string {
	if tag := t.words.tags[who]; tag != "" {
		return tag
	}
	f, _ := t.figure(who)
	for _, g := range f.Groups {
		if tag := t.words.tags[g]; tag != "" {
			return tag
		}
	}
	return ""
}

// late says when it was, to the minute.
func (t *teller) late(text string, at time.Time) (string, time.Time) {
	format, layout := "%s, yesterday at %s", "3:04pm"
	if t.Lang == "de" {
		format, layout = "%s, gestern um %s Uhr", "15:04"
	}
	y, m, d := at.Date()
	next := time.Date(y, m, d+1, 7, 5+t.r.IntN(80), t.r.IntN(60), t.r.IntN(1000)*1_000_000, t.Loc)
	return fmt.Sprintf(format, text, at.Format(layout)), next
}
