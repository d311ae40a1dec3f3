package capture

import "time"

// When only a part of the day is known the precision is Day, and the moment is put at a typical hour of that part, so
// that the moments of a day keep their order. A part that has not begun yet is the future.
var (
	partBegins = [...]int{smallHours: 0, morning: 4, midday: 11, afternoon: 12, evening: 17, night: 20} //nolint:gochecknoglobals // a constant
	partHour   = [...]int{smallHours: 2, morning: 9, midday: 12, afternoon: 15, evening: 19, night: 22} //nolint:gochecknoglobals // a constant
)

// resolve holds w against now. ok is false when it would be the future.
//
// A day alone is its noon, except that today alone is now. A month is its 15th at noon, a year its 1 July at noon; none
// of them is ever after now. A clock alone is the last time it showed that: today, or yesterday if that is still to come.
// A clock that may be either half of the day is the one that suits what was done, else the last one past, in which twelve to four are after noon
// unless it is night; on a day before today, one to six are taken as after noon.
func (p *parser) resolve(w when) (t time.Time, prec string, ok bool) {
	switch {
	case !w.instant.IsZero():
		return w.instant, Minute, !w.instant.After(p.now)
	case w.date && w.prec == Year:
		return p.capped(p.local(w.y, 7, 1, 12*60)), Year, w.y <= p.now.Year()
	case w.date && w.prec == Month:
		return p.capped(p.local(w.y, w.m, 15, 12*60)), Month, w.y < p.now.Year() || w.y == p.now.Year() && w.m <= int(p.now.Month())
	}
	if w.clock && w.vague && w.part == 0 {
		w.part = p.partOfActs(w.minutes / 60 % 12)
	}
	y, m, d := w.y, w.m, w.d
	if !w.date {
		ny, nm, nd := p.now.Date()
		y, m, d = ny, int(nm), nd
	}
	today := p.isToday(y, m, d)
	if w.clock {
		t, ok = p.atClock(w, y, m, d, today)
		return t, Minute, ok
	}
	if w.part != 0 {
		if today && p.now.Before(p.local(y, m, d, partBegins[w.part]*60)) {
			if w.date {
				return t, "", false
			}
			d--
		}
		return p.capped(p.local(y, m, d, partHour[w.part]*60)), Day, true
	}
	if !w.date {
		return p.now, Minute, false
	}
	if today {
		return p.now, Minute, true
	}
	t = p.local(y, m, d, 12*60)
	return t, Day, !t.After(p.now)
}

// partOfActs is the part of the day that what was done shows for an hour of twelve: dinner at eight is not in the morning.
func (p *parser) partOfActs(hour int) int {
	for i := range p.toks {
		switch t := &p.toks[i]; {
		case t.typ != tWord || t.node == nil:
		case hour >= 4 && p.phraseIs(i, cEveningAct):
			return evening
		case hour >= 5 && p.phraseIs(i, cMorningAct):
			return morning
		}
	}
	return 0
}

// atClock puts the clock on the day.
func (p *parser) atClock(w when, y, m, d int, today bool) (time.Time, bool) {
	minutes, vague := w.minutes, w.vague || w.part != 0 && w.minutes <= 12*60+59
	if w.part != 0 && vague {
		var next bool
		minutes, next = inPart(minutes, w.part, w.first && w.date)
		if next {
			d++
		}
		vague = false
	}
	if !vague {
		t := p.local(y, m, d, minutes)
		if t.After(p.now) && !w.date {
			t = p.local(y, m, d-1, minutes)
		}
		return t, !t.After(p.now)
	}
	minutes %= 12 * 60
	if w.date && !today {
		if h := minutes / 60; h < 7 { // twelve is noon, one to six are after it
			minutes += 12 * 60
		}
		t := p.local(y, m, d, minutes)
		return t, !t.After(p.now)
	}
	for _, back := range []int{0, 1} {
		for _, half := range []int{12 * 60, 0} {
			if half == 0 && minutes < 6*60 && back == 0 && p.now.Hour() >= 7 { // nobody means five at night
				continue
			}
			if t := p.local(y, m, d-back, minutes+half); !t.After(p.now) {
				return t, true
			}
		}
		if w.date {
			break
		}
	}
	return time.Time{}, false
}

// inPart returns the minute of the day that a clock of twelve hours means in a part of the day. In a night that the
// line named before the clock ("last night at 2") the small hours belong to the next day.
func inPart(minutes, part int, nightBefore bool) (m int, next bool) {
	h := minutes / 60
	switch part {
	case midday:
		if h < 4 {
			return minutes + 12*60, false
		}
	case afternoon:
		if h < 12 {
			return minutes + 12*60, false
		}
	case evening:
		if h >= 3 && h < 12 {
			return minutes + 12*60, false
		}
		if h == 12 {
			return minutes - 12*60, true
		}
	case night:
		if h >= 6 && h < 12 {
			return minutes + 12*60, false
		}
		return minutes % (12 * 60), nightBefore
	}
	return minutes, false
}

func (p *parser) isToday(y, m, d int) bool {
	ny, nm, nd := p.now.Date()
	return y == ny && m == int(nm) && d == nd
}

func (p *parser) capped(t time.Time) time.Time {
	if t.After(p.now) {
		return p.now
	}
	return t
}

// local is the instant at which clocks in the zone show that minute of that day. Where they show it twice (autumn) it
// is the first; where they never do (spring) it is as long after the gap began as the clock says: 2:30 becomes 3:30.
func (p *parser) local(y, m, d, minutes int) time.Time {
	naive := time.Date(y, time.Month(m), d, 0, minutes, 0, 0, time.UTC)
	_, before := naive.Add(-24 * time.Hour).In(p.zone).Zone()
	_, after := naive.Add(24 * time.Hour).In(p.zone).Zone()
	first := naive.Add(-time.Duration(before) * time.Second).In(p.zone)
	if before == after || shows(first, naive) {
		return first
	}
	if second := naive.Add(-time.Duration(after) * time.Second).In(p.zone); shows(second, naive) {
		return second
	}
	return first
}

func shows(t, naive time.Time) bool {
	return t.Hour() == naive.Hour() && t.Minute() == naive.Minute() && t.Day() == naive.Day()
}
