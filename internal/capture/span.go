package capture

// side is one end of a span of time: "3", "4pm", "12:30", "halb 9".
type side struct {
	minutes int
	half    int  // 1 before noon, 2 after it, 0 not said
	vague   bool // may be either half of the day
	marked  bool // it cannot be anything but a clock
	dotted  bool // 9.30, a clock only beside something marked
}

// spanAt reads from when to when at token i: "3-4pm", "from 6 to 7pm", "19:00-23:30", "von halb neun bis zehn". It gives
// the clock at which it began, and how long it took. Two bare numbers are prices and scores unless a date or a word shows
// that they are hours.
func (p *parser) spanAt(i int, w *when) int {
	j, pair, said := i, cTill, false
	if _, end := p.phrase(i, cSpan); end > i {
		j, said = end, true
		if p.is(i, cSpanAnd) {
			pair = cTillAnd
		}
	} else if _, end := p.phrase(i, cAt); end > i {
		j = end
	} else if p.other(i, '@') || p.other(i, '＠') {
		j = i + 1
	}
	if j >= len(p.toks) || j > i && p.toks[j].newline || j == i && p.glued(i) && i > 0 &&
		p.stuck(i-1) {
		return i
	}
	if j > i && !said {
		var v when
		if p.minutesTo(j, &v) > j { // at 10 to 9
			return i
		}
	}
	a, end := p.sideAt(j)
	if end == j || end >= len(p.toks) || p.toks[end].newline {
		return i
	}
	till := end
	if p.other(till, '-') || p.other(till, '–') || p.other(till, '—') || p.other(till, '〜') || p.other(till, '～') {
		till++
	} else if _, after := p.phrase(till, pair); after > till {
		till = after
	} else {
		return i
	}
	if till >= len(p.toks) || p.toks[till].newline {
		return i
	}
	b, after := p.sideAt(till)
	if after == till {
		return i
	}
	marked := a.marked || b.marked
	dated := w.date && w.prec == Day
	if !marked && said && after < len(p.toks) {
		var v when
		dated = dated || p.dateAt(after, &v) > after
	}
	if !marked && (!dated || a.dotted || b.dotted) || !b.marked && !p.follows(after) || p.unit(after) != 0 && p.word(after) != nil ||
		p.glued(after) && (p.other(after, '-') || p.other(after, '/') || p.other(after, '%')) {
		return i
	}
	length, ok := a.to(b)
	if !ok {
		return i
	}
	w.clock, w.minutes, w.vague = true, a.minutes, a.vague
	w.length, w.lengthFrom, w.lengthTo = length, end, after
	return after
}

// sideAt reads one end of a span at token i.
func (p *parser) sideAt(i int) (s side, end int) {
	if e, end := p.phrase(i, cClock); e != nil {
		return side{minutes: e.minutes, half: 1 + e.minutes/(12*60), marked: true}, end
	}
	var v when
	if end := p.spoken(i, &v); end > i {
		return side{minutes: v.minutes, vague: v.vague, marked: true}, end
	}
	h, end := p.hourAt(i)
	if end == i {
		return s, i
	}
	digits := p.toks[i].typ == tNumber
	s.minutes, s.vague = h%24*60, h >= 1 && h <= 12
	if digits && p.glued(end) && p.glued(end+1) && (p.other(end, ':') || p.other(end, '.')) {
		if m, ok := p.number(end + 1); ok && p.digits(end+1) == 2 && m < 60 && (h < 24 || m == 0) {
			s.minutes += m
			s.marked, s.dotted = p.other(end, ':'), p.other(end, '.')
			s.vague = s.vague && !p.lex.clock24 && p.digits(i) == 1 && h <= 6
			end += 2
		}
	}
	if pm, after := p.meridiem(end); after > end && h >= 1 && h <= 12 {
		s.minutes %= 12 * 60
		s.half, s.vague, s.marked = 1, false, true
		if pm {
			s.minutes += 12 * 60
			s.half = 2
		}
		return s, after
	}
	switch {
	case p.is(end, cHourWord):
		s.vague = s.vague && (!digits || p.toks[end].key != "uhr")
		s.marked = true
		if m, ok := p.number(end + 1); ok && digits && m < 60 && p.digits(end+1) == 2 && !p.toks[end+1].newline && p.unit(end+2) == 0 {
			s.minutes += m
			end++
		}
		end++
	case digits && end < len(p.toks) && p.glued(end) && p.toks[end].key == "h" && h < 24:
		s.vague, s.marked = false, true
		end++
	}
	return s, end
}

// to settles which half of the day the first end is in, by what the second says, and returns the minutes between them.
// When neither says it, s stays vague.
func (s *side) to(end side) (minutes int, ok bool) {
	const half = 12 * 60
	turn := 2 * half // after so many minutes the clock shows the same again
	switch {
	case s.vague && end.half != 0: // 3-4pm, 11-1pm
		s.minutes %= half
		if (end.half == 2) == (s.minutes <= end.minutes%half) {
			s.minutes += half
		}
		s.vague = false
	case end.vague: // 3-4, 15:00-4
		turn = half
	case s.vague: // 9-10 Uhr, 11-1 Uhr
		s.vague = false
		if end.minutes < s.minutes {
			turn = half
		}
	}
	minutes = ((end.minutes-s.minutes)%turn + turn) % turn
	return minutes, minutes > 0
}
