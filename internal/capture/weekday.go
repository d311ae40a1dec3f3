package capture

import (
	"time"
)

// weekday is today's, 0 on Monday.
func (p *parser) weekday() int { return (int(p.now.Weekday()) + 6) % 7 }

// weekend sets the date to the Saturday of the last weekend that has begun.
func (p *parser) weekend(w *when) {
	n := (p.weekday() - 5 + 7) % 7
	if n == 0 {
		n = 7
	}
	p.day(w, -n)
}

// weekdayAt reads a weekday, which is the last one before today.
func (p *parser) weekdayAt(i int, w *when) int {
	j, marked, this := i, false, false
	if p.is(i-1, cNext) && !p.is(i-1, cLast) && !p.is(i-1, cOn) { // every friday
		return i
	}
	next := p.is(j, cNext) && !p.is(j, cLast)
	if next && p.is(j+1, cWeekday|cWeekdayShort) {
		j++
	} else {
		next = false
		if p.is(j, cOn) {
			j, marked = j+1, true
		}
		switch {
		case p.is(j, cThis):
			if p.is(j+1, cLast) {
				j++
			} else {
				this = true
			}
			j, marked = j+1, true
		case p.is(j, cLast):
			j, marked, w.said = j+1, true, true
		case p.is(j, cNext) && p.is(j+1, cWeekday|cWeekdayShort):
			j, next = j+1, true
		}
	}
	e, end := p.phrase(j, cWeekday)
	if e == nil {
		e, end = p.phrase(j, cWeekdayShort)
		if e == nil {
			return i
		}
		t := p.toks[j]
		if t.end-t.start <= 2 && !t.upper {
			return i
		}
		if behind := w.clock && (p.stop(end) || p.toks[end].used); !marked && !next && !behind { // 7pm sat
			var v when
			clock := end
			if p.other(end, '.') && p.glued(end) {
				clock++
			}
			verb := p.is(end, cAt) && t.end-t.start > 2 // "sat at", but "Do um 10"
			if t.key == "so" || verb || p.other(end, '@') || p.clockAt(clock, &v) == clock && !p.is(clock, cPart) {
				return i
			}
		}
		if p.other(end, '.') && p.glued(end) {
			end++
		}
	}
	n := (p.weekday() - e.weekday + 7) % 7 // days ago
	if n == 0 {
		n = 7
	}
	if this && n > p.weekday() { // still to come in this week, or today
		next = true
	}
	if e.part != 0 {
		w.part, w.first = e.part, !w.clock
	}
	if p.is(end, cLast) && p.unit(end+1) == week {
		n = p.weekday() - e.weekday + 7
		end += 2
	}
	p.day(w, -n)
	w.future = w.future || next
	return end
}

// lastAt reads "last week", "last month", "last year", "last weekend", "last May", "letzte Woche Freitag".
func (p *parser) lastAt(i int, w *when) int {
	next := p.is(i, cNext) && !p.is(i, cLast)
	if p.is(i, cThis) && !p.is(i, cLast) {
		if _, end := p.phrase(i, cLast); end > i {
			return p.lastFrom(end, i, w)
		}
		if p.is(i+1, cWeekend) {
			p.weekend(w)
			return i + 2
		}
		return i
	}
	if next {
		if p.unit(i+1) >= day && !p.is(i-1, cNext) || p.is(i+1, cWeekend) {
			w.date, w.prec, w.future = true, Day, true
			return i + 2
		}
		return i
	}
	_, j := p.phrase(i, cLast)
	if j == i {
		return i
	}
	return p.lastFrom(j, i, w)
}

func (p *parser) lastFrom(j, i int, w *when) int {
	switch p.unit(j) {
	case week:
		end := j + 1
		if p.is(end, cOn) {
			end++
		}
		if e, after := p.phrase(end, cWeekday); e != nil {
			p.day(w, e.weekday-p.weekday()-7)
			if e.part != 0 {
				w.part, w.first = e.part, true
			}
			return after
		}
		p.day(w, -7)
		return j + 1
	case month:
		t := time.Date(p.now.Year(), p.now.Month()-1, 1, 0, 0, 0, 0, time.UTC)
		w.date, w.y, w.m, w.prec = true, t.Year(), int(t.Month()), Month
		return j + 1
	case year:
		w.date, w.y, w.prec = true, p.now.Year()-1, Year
		return j + 1
	case day, hour, minute, second:
		return i
	}
	if p.is(j, cWeekend) {
		p.weekend(w)
		return j + 1
	}
	if e, end := p.phrase(j, cMonth); e != nil {
		w.date, w.y, w.m, w.prec = true, p.now.Year(), e.month, Month
		if e.month >= int(p.now.Month()) {
			w.y--
		}
		return end
	}
	return i
}

// unit returns the unit of time at i, or 0.
func (p *parser) unit(i int) int {
	if !p.is(i, cUnit) {
		return 0
	}
	return p.word(i).unit
}
