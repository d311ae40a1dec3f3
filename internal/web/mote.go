package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/capture"
	"kith/internal/i18n"
	"kith/internal/moment"
)

// moteShape is the outline of each kind in a box from -8 to 8. Together with the hue it tells the kinds apart, also for
// eyes that see hues differently.
func moteShape(kind string) string {
	switch kind {
	case capture.CheckIn: // a dot
		return "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"
	case capture.Conversation: // two that overlap
		return "M-7.6-1.8a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0-9.2 0zM-1.6 1.8a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0-9.2 0z"
	case capture.Thanks: // a heart
		return "M0 6.6C-9.2.8-7.8-6.2-3.7-6.2-1.9-6.2-.6-5.1 0-3.7.6-5.1 1.9-6.2 3.7-6.2 7.8-6.2 9.2.8 0 6.6z"
	case capture.Compliment: // a spark
		return "M0-8C.9-2.8 2.8-.9 8 0 2.8.9.9 2.8 0 8-.9 2.8-2.8.9-8 0-2.8-.9-.9-2.8 0-8z"
	case capture.Laugh: // an open mouth
		return "M-7.2-3.6h14.4c.5 0 .8.3.8.8a8 8 0 0 1-16 0c0-.5.3-.8.8-.8z"
	case capture.Kindness: // four petals
		return "M-3-3a3.5 3.5 0 1 1 6 0a3.5 3.5 0 1 1 0 6a3.5 3.5 0 1 1-6 0a3.5 3.5 0 1 1 0-6z"
	case capture.Celebration: // a paper hat
		return "M0-7.2c.6 0 1.1.3 1.4.9L7 4.2c.5 1-.1 2-1.3 2H-5.7c-1.2 0-1.8-1-1.3-2l5.6-10.5c.3-.6.8-.9 1.4-.9z"
	case capture.Presence: // a dot that is held
		return "M-7.2 0a7.2 7.2 0 1 0 14.4 0a7.2 7.2 0 1 0-14.4 0zM-5 0a5 5 0 1 1 10 0a5 5 0 1 1-10 0zM-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z"
	case capture.Pause: // a moon
		return "M2.2-6.8a7.1 7.1 0 1 0 4.6 9a6.4 6.4 0 0 1-4.6-9z"
	case capture.Gratitude: // a drop
		return "M0-7.8C3.5-3.5 5.7-.6 5.7 1.9a5.7 5.7 0 0 1-11.4 0C-5.7-.6-3.5-3.5 0-7.8z"
	}
	return "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"
}

// line is a drawn line with motes on it: a day from morning to night, or the last year with a person.
type line struct {
	Title, Desc string
	Height      int    // px
	Y           int    // of the line itself
	Gone        string // how far the time has come, in percent; empty when it has not begun
	Now         bool   // whether to draw the ring that is now
	Ticks       []tick
	Motes       []moteAt
}

type tick struct {
	X, Anchor, Label string
}

type moteAt struct {
	X     string // percent
	Y     int    // px
	Scale string
	Kind  string
	Title string
	Halo  bool
}

const (
	moteRow  = 21 // px between motes that would lie on each other
	moteRows = 5
)

// moteScale makes bright moments larger and heavy ones smaller.
func moteScale(felt *int) string {
	if felt == nil {
		return "1"
	}
	return map[int]string{-2: ".76", -1: ".88", 0: "1", 1: "1.2", 2: "1.4"}[*felt]
}

func percent(part, whole int) string {
	if whole <= 0 {
		return "0%"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 1, 64) + "%"
}

// stack gives each position a row, so that motes closer than gap lie above each other. at must be sorted.
func stack(at []int, gap int) (rows []int, top int) {
	last := [moteRows]int{}
	for i := range last {
		last[i] = -1 << 30
	}
	rows = make([]int, len(at))
	for i, x := range at {
		row := moteRows - 1
		for r := range moteRows {
			if x-last[r] >= gap {
				row = r
				break
			}
		}
		last[row], rows[i] = x, row
		top = max(top, row)
	}
	return rows, top
}

// clockMinute is the minute at which t's clock stands on the day that begins at from, counting on past midnight.
func clockMinute(t, from time.Time) int {
	days := int(midnight(t).Sub(midnight(from)).Hours() / 24)
	return days*24*60 + t.Hour()*60 + t.Minute()
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// dayLine draws a day that begins at from, local. It spans six in the morning to midnight, and further where a moment
// lies outside. A moment whose hour is not known floats above the middle.
func dayLine(p *i18n.Printer, moments []moment.Moment, from time.Time, now time.Time) line {
	const hour = 60
	start, end := 6*hour, 24*hour
	type placed struct {
		m  moment.Moment
		at int
	}
	var known, unknown []*placed // pointers sort in code that is there already: each struct sorted by value adds its own
	for _, m := range moments {
		if m.Precision != capture.Minute {
			unknown = append(unknown, &placed{m, 0})
			continue
		}
		at := clockMinute(m.HappenedAt.In(from.Location()), from)
		start, end = min(start, at/hour*hour), max(end, (at/hour+1)*hour)
		known = append(known, &placed{m, at})
	}
	slices.SortStableFunc(known, func(a, b *placed) int { return cmp.Compare(a.at, b.at) })
	at := make([]int, len(known))
	for i, k := range known {
		at[i] = k.at
	}
	whole := end - start
	rows, top := stack(at, whole*55/1000)
	lift := 0
	if len(unknown) > 0 {
		lift = 26
	}
	l := line{Y: 22 + top*moteRow + lift}
	l.Height = l.Y + 32
	for i, k := range known {
		title := p.List([]string{p.Time(k.m.HappenedAt.In(from.Location())), momentSaid(p, k.m)})
		l.Motes = append(l.Motes, moteAt{X: percent(k.at-start, whole), Y: l.Y - rows[i]*moteRow, Scale: moteScale(k.m.Felt), Kind: k.m.Kind, Title: title, Halo: k.m.Felt != nil && *k.m.Felt == 2})
	}
	for i, u := range unknown {
		x := 500 + (2*i-len(unknown)+1)*28
		l.Motes = append(l.Motes, moteAt{X: percent(min(max(x, 20), 980), 1000), Y: 14, Scale: moteScale(u.m.Felt), Kind: u.m.Kind, Title: momentSaid(p, u.m)})
	}
	for h := (start + 6*hour - 1) / (6 * hour) * 6; h*hour <= end; h += 6 {
		t := tick{X: percent(h*hour-start, whole), Anchor: "middle", Label: p.Time(time.Date(2000, 1, 1, h%24, 0, 0, 0, time.UTC))}
		switch h * hour {
		case start:
			t.Anchor = "start"
		case end:
			t.Anchor = "end"
		}
		l.Ticks = append(l.Ticks, t)
	}
	if n := clockMinute(now.In(from.Location()), from); n > start {
		l.Gone, l.Now = percent(min(n, end)-start, whole), n < end
	}
	l.Title = p.N("web.line.day", len(moments))
	said := make([]string, len(l.Motes))
	for i, m := range l.Motes {
		said[i] = m.Title
	}
	l.Desc = strings.Join(said, "; ")
	return l
}

// yearLine draws the last year with somebody; what lies between is simply space.
func yearLine(p *i18n.Printer, moments []moment.Moment, now time.Time) line {
	from := now.AddDate(-1, 0, 0)
	whole := int(now.Sub(from).Hours())
	l := line{Gone: "100%"}
	var in []*moment.Moment
	for i := range moments {
		if m := &moments[i]; !m.HappenedAt.Before(from) && !m.HappenedAt.After(now) && m.Precision != capture.Year {
			in = append(in, m)
		}
	}
	slices.SortStableFunc(in, func(a, b *moment.Moment) int { return a.HappenedAt.Compare(b.HappenedAt) })
	at := make([]int, len(in))
	for i, m := range in {
		at[i] = int(m.HappenedAt.Sub(from).Hours())
	}
	rows, top := stack(at, whole*45/1000)
	l.Y = 22 + top*moteRow
	l.Height = l.Y + 32
	for i, m := range in {
		l.Motes = append(l.Motes, moteAt{X: percent(at[i], whole), Y: l.Y - rows[i]*moteRow, Scale: moteScale(m.Felt), Kind: m.Kind, Title: p.Day(m.Day, "short") + ", " + p.Kind(m.Kind)})
	}
	for i := range 4 {
		t := from.AddDate(0, 4*i, 0)
		anchor := "middle"
		switch i {
		case 0:
			anchor = "start"
		case 3:
			t, anchor = now, "end"
		}
		l.Ticks = append(l.Ticks, tick{X: percent(int(t.Sub(from).Hours()), whole), Anchor: anchor, Label: p.T("date.mon." + itoa(int(t.Month())))})
	}
	l.Title = p.N("web.line.year", len(in))
	said := make([]string, len(l.Motes))
	for i, m := range l.Motes {
		said[i] = m.Title
	}
	l.Desc = strings.Join(said, "; ")
	return l
}

// momentSaid is a moment in a few words: its kind and with whom.
func momentSaid(p *i18n.Printer, m moment.Moment) string {
	return p.List(append([]string{p.Kind(m.Kind)}, momentNames(m)...))
}

func momentNames(m moment.Moment) []string {
	names := make([]string, 0, len(m.People)+len(m.Someone))
	for _, r := range m.People {
		names = append(names, r.Name)
	}
	return append(names, m.Someone...)
}
