package capture

import "strconv"

// maxDuration is a week: longer is no moment.
const maxDuration = 7 * 24 * 60

// quantity reads a number and a unit at token i: "20 min", "1h30", "an hour and a half", "eine Viertelstunde". n is the
// number (below 0: about so many); minutes is how long it is when the unit is one of the clock.
func (p *parser) quantity(i int) (n float64, unit int, minutes float64, end int) {
	if i >= len(p.toks) || p.toks[i].used || p.toks[i].dead {
		return 0, 0, 0, i
	}
	var j int
	digits := false
	switch {
	case p.toks[i].typ == tNumber:
		var ok bool
		if n, j, ok = p.decimal(i); !ok {
			return 0, 0, 0, i
		}
		digits = true
	case p.other(i, '½'):
		n, j, digits = 0.5, i+1, true
	default:
		if e, after := p.phrase(i, cScaled); e != nil && e.unit != 0 {
			return 2, e.unit, 0, after
		} else if e != nil {
			return 1, minute, float64(e.minutes), after
		}
		e, after := p.phrase(i, cNumber)
		if e == nil {
			return 0, 0, 0, i
		}
		n, j = e.number, after
	}
	if j >= len(p.toks) || p.toks[j].newline {
		return 0, 0, 0, i
	}
	if digits && p.other(j, '-') && p.glued(j) && p.glued(j+1) { // 20-minute
		j++
	}
	if e, after := p.phrase(j, cScaled); e != nil && n > 0 && e.unit == 0 {
		return n, minute, n * float64(e.minutes), after
	}
	e, after := p.phrase(j, cUnit)
	if e == nil || p.toks[j].key == "m" && !p.glued(j) || len(p.toks[j].key) == 1 && !digits {
		return 0, 0, 0, i
	}
	unit, end = e.unit, after
	switch unit {
	case second:
		minutes = n / 60
	case minute:
		minutes = n
	case hour:
		minutes = n * 60
		if m, ok := p.number(end); ok && m < 60 && digits && !p.toks[end].newline && !p.clockBegins(end) {
			switch {
			case p.unit(end+1) == minute:
				return n, unit, minutes + float64(m), end + 2
			case p.digits(end) == 2 && !p.glued(end+1) && p.unit(end+1) == 0 && !p.is(end+1, cAM|cPM|cHourWord):
				return n, unit, minutes + float64(m), end + 1
			}
		}
		for _, and := range []string{"and", "und"} { // 1 hour and 20 minutes
			if end < len(p.toks) && p.toks[end].key == and && !p.toks[end].used {
				if m, ok := p.number(end + 1); ok && m < 60 && p.unit(end+2) == minute {
					return n, unit, minutes + float64(m), end + 3
				}
			}
		}
	}
	if _, after := p.phrase(end, cAndHalf); after > end {
		n, minutes, end = n+0.5, minutes*(n+0.5)/n, after
	}
	return n, unit, minutes, end
}

// clockBegins reports that the number at i is the hour of a clock: 15:00.
func (p *parser) clockBegins(i int) bool {
	return p.other(i+1, ':') && p.glued(i+1)
}

// decimal reads 1, 1.5, 1,5 and 1½.
func (p *parser) decimal(i int) (n float64, end int, ok bool) {
	whole, ok := p.number(i)
	if !ok || p.digits(i) > 6 || p.glued(i) && i > 0 && p.stuck(i-1) && !p.other(i-1, '~') {
		return 0, i, false
	}
	n, end = float64(whole), i+1
	if (p.other(end, '.') || p.other(end, ',')) && p.glued(end) && p.glued(end+1) {
		if f, ok := p.number(end + 1); ok && p.digits(end+1) <= 2 {
			scale := 10.0
			if p.digits(end+1) == 2 {
				scale = 100
			}
			return n + float64(f)/scale, end + 2, true
		}
	}
	if p.other(end, '½') {
		return n + 0.5, end + 1, true
	}
	return n, end, true
}

// durationPass finds the first length of time that is not a point in it ("in 20 min", "20 min late").
func (p *parser) durationPass() {
	for i := range p.toks {
		t := &p.toks[i]
		if t.used || t.dead || t.typ == tWord && t.node == nil || t.typ == tOther && t.r != '½' {
			continue
		}
		minutes, end := p.lengthAt(i)
		if end == i || minutes <= 0 || minutes > maxDuration {
			continue
		}
		if i > 0 && !p.stop(i-1) && p.is(i-1, cNotDurationBefore) || p.phraseIs(end, cNotDurationAfter) {
			continue
		}
		n := int(minutes + 0.5)
		if n == 0 {
			n = 1
		}
		p.d.DurationMin = &n
		p.span(i, end, RoleDuration, strconv.Itoa(n))
		return
	}
}

func (p *parser) lengthAt(i int) (minutes float64, end int) {
	// 1:30 h
	if h, ok := p.number(i); ok && p.other(i+1, ':') && p.glued(i+1) && p.glued(i+2) && h < 100 {
		if m, ok := p.number(i + 2); ok && m < 60 && p.digits(i+2) == 2 && p.unit(i+3) == hour {
			return float64(h*60 + m), i + 4
		}
	}
	n, unit, minutes, end := p.quantity(i)
	if end == i || unit > hour || n < 0 {
		return 0, i
	}
	if unit == second && p.toks[i].typ != tNumber { // "just a second"
		return 0, i
	}
	if p.toks[end-1].key == "m" && unit == minute && // 20m is a distance too, unless it stands for itself: "chat, 45m"
		(i > 0 && !p.stop(i-1) && p.toks[i-1].key != "for" || end < len(p.toks) && p.toks[end].typ == tWord && !p.toks[end].newline) {
		return 0, i
	}
	return minutes, end
}
