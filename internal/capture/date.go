package capture

import "time"

// numericDate reads a date that begins with a number: 2026-11-01, 1.11.2025, 13/11/2025, 1st of November. on says that
// a word before shows it to be a date ("am 1.11").
func (p *parser) numericDate(i int, w *when, on bool) int {
	n, ok := p.number(i)
	if !ok || p.glued(i) && i > 0 && p.stuck(i-1) {
		return i
	}
	if end := p.markedDate(i, w); end > i {
		return end
	}
	if p.digits(i) == 4 {
		for _, sep := range "-/." {
			if m, d, ok := p.two(i+1, sep); ok {
				end := p.isoClock(i+5, w)
				p.setDate(w, n, m, d)
				return end
			}
		}
		return i
	}
	if p.digits(i) > 2 {
		return i
	}
	if p.lex.runs { // 3日に, 11/3に
		if end := p.dayAlone(i, w, false); end > i {
			return end
		}
		if d, ok := p.number(i + 2); ok && p.other(i+1, '/') && p.glued(i+1) && p.glued(i+2) && n >= 1 && n <= 12 && d >= 1 && d <= 31 &&
			p.digits(i+2) <= 2 && i+3 < len(p.toks) && p.is(i+3, cFollows) {
			p.lastDate(w, n, d)
			return i + 3
		}
	}
	if b, y, ok := p.two(i+1, '/'); ok && p.digits(i+4) == 4 {
		d, m := n, b
		if m > 12 {
			d, m = m, d
		} else if d <= 12 && d != m { // 1/11/2025 is two days
			p.setDate(w, y, m, d)
			w.unsure = true
			return i + 5
		}
		p.setDate(w, y, m, d)
		return i + 5
	}
	if m, ok := p.number(i + 2); ok && on && p.other(i+1, '/') && p.glued(i+1) && p.glued(i+2) && p.digits(i+2) <= 2 &&
		(!p.other(i+3, '/') || !p.glued(i+3)) && n >= 1 && m >= 1 && min(n, m) <= 12 && max(n, m) <= 31 {
		d := n
		if m > 12 {
			d, m = m, d
		} else if d <= 12 && d != m {
			w.unsure = true
		}
		p.lastDate(w, m, d)
		return i + 3
	}
	if p.other(i+1, '.') && p.glued(i+1) {
		if m, ok := p.number(i + 2); ok && p.glued(i+2) && p.digits(i+2) <= 2 && n >= 1 && n <= 31 && m >= 1 && m <= 12 {
			return p.dotted(i, n, m, w, on)
		}
	}
	// 1 Nov, 1. November, 1st of November, with or without a year
	j := i + 1
	switch {
	case p.other(j, '.') && p.glued(j):
		j++
	case p.glued(j) && p.ordinal(j):
		j++
	}
	ordinal := j > i+1
	if p.is(j, cOf) {
		j++
	}
	e, end := p.phrase(j, cMonth)
	if e == nil || n < 1 || n > 31 {
		return i
	}
	if e.unsure && !ordinal && !on && !p.toks[j].upper && !p.follows(end) {
		return i
	}
	return p.yearAfter(end, n, e, w)
}

// dayAlone reads the day of a month that is not named: "on the 3rd", "am 3.", "el 3", 3日に. It is the last one, unless
// that is long past: then it may as well be the next.
func (p *parser) dayAlone(i int, w *when, bare bool) int {
	if bare && p.unit(i) == day { // el día 3
		i++
	}
	n, ok := p.number(i)
	if !ok || n < 1 || n > 31 || p.digits(i) > 2 {
		return i
	}
	end := i + 1
	switch {
	case p.glued(end) && p.ordinal(end):
		end++
	case p.lex.genitive != nil && p.other(end, '.') && p.glued(end): // German
		end++
	case p.lex.runs && p.mark(end, day):
		end++
	case !bare || p.glued(end):
		return i
	}
	if _, till := p.phrase(end, cTill); !p.follows(end) || till == end+1 && till < len(p.toks) && p.toks[till].typ == tNumber { // el 2 a 1
		return i
	}
	const recent = 14
	now := time.Date(p.now.Year(), p.now.Month(), p.now.Day(), 12, 0, 0, 0, time.UTC)
	t := time.Date(now.Year(), now.Month(), n, 12, 0, 0, 0, time.UTC)
	if t.After(now) {
		t = time.Date(now.Year(), now.Month()-1, n, 12, 0, 0, 0, time.UTC)
		w.unsure = now.Sub(t) > recent*24*time.Hour
	}
	w.date, w.y, w.m, w.d, w.prec = true, t.Year(), int(t.Month()), n, Day
	w.unsure = w.unsure || t.Day() != n
	return end
}

// bareDay reports a word behind which a number alone is a day of the month.
func bareDay(key string) bool { return key == "el" || key == "يوم" }

// opens reports a character right behind which a date may begin.
func opens(r rune) bool {
	return r == '(' || r == '[' || r == '"' || r == '\'' || r == ',' || r == ':' || r == '@' || r == '~' || r == '、' || r == '，' || r == '。' || r == '（' || r == '「'
}

// two reads "-11-01" at i with its separator.
func (p *parser) two(i int, sep rune) (a, b int, ok bool) {
	if !p.other(i, sep) || !p.other(i+2, sep) || !p.glued(i) || !p.glued(i+1) || !p.glued(i+2) || !p.glued(i+3) {
		return 0, 0, false
	}
	a, okA := p.number(i + 1)
	b, okB := p.number(i + 3)
	return a, b, okA && okB && p.digits(i+1) <= 2 && (!p.glued(i+4) || !p.other(i+4, sep))
}

// dotted reads 1.11. and 1.11.2025. Without a year the last dot is needed, or a word before, so that 1.5 stays a number.
func (p *parser) dotted(i, d, m int, w *when, on bool) int {
	if p.other(i+3, '.') && p.glued(i+3) {
		if y, ok := p.number(i + 4); ok && p.glued(i+4) {
			switch p.digits(i + 4) {
			case 4:
				p.setDate(w, y, m, d)
				return i + 5
			case 2:
				p.setDate(w, 2000+y, m, d)
				return i + 5
			}
			return i
		}
		if on || p.digits(i+2) == 2 || p.lex.foreign {
			p.lastDate(w, m, d)
			return i + 4
		}
		return i
	}
	if on && !p.glued(i+3) {
		p.lastDate(w, m, d)
		return i + 3
	}
	return i
}

// ordinal reports st, nd, rd, th at i.
func (p *parser) ordinal(i int) bool {
	if i >= len(p.toks) || p.toks[i].typ != tWord {
		return false
	}
	switch p.toks[i].key {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// monthAt reads "November 1st", "Nov 1, 2025", "May 2019", and the month alone when in says that a word before shows it.
func (p *parser) monthAt(i int, w *when, in bool) int {
	if i >= len(p.toks) {
		return i
	}
	e, end := p.phrase(i, cMonth)
	if e == nil {
		return i
	}
	j := end
	if e.short && p.other(j, '.') && p.glued(j) {
		j++
	}
	if n, ok := p.number(j); ok && !p.toks[j].newline {
		if p.digits(j) == 4 && n >= 1900 && n <= 2999 {
			w.date, w.y, w.m, w.prec = true, n, e.month, Month
			w.future = n > p.now.Year() || n == p.now.Year() && e.month > int(p.now.Month())
			return j + 1
		}
		after := j + 1
		ordinal := p.glued(after) && p.ordinal(after)
		if ordinal {
			after++
		}
		if n >= 1 && n <= 31 && p.digits(j) <= 2 && (!p.glued(after) || p.stop(after) && !p.other(after, ':')) && p.unit(after) == 0 &&
			(!e.unsure || ordinal || in || p.toks[i].upper && p.follows(after) || p.follows(after)) {
			if _, ok := p.number(after + 1); !ok || p.other(after, ',') || !p.stop(after) {
				return p.yearAfter(after, n, e, w)
			}
		}
	}
	if !in {
		return i
	}
	if e.unsure && !p.toks[i].upper && !p.follows(end) {
		return i
	}
	w.date, w.y, w.m, w.prec = true, p.now.Year(), e.month, Month
	if e.month > int(p.now.Month()) {
		w.y--
	}
	return end
}

// yearAfter reads the year behind day and month, if there is one.
func (p *parser) yearAfter(end, d int, e *word, w *when) int {
	j := end
	if e.short && p.other(j, '.') && p.glued(j) {
		end, j = j+1, j+1
	}
	if p.other(j, ',') {
		j++
	}
	if y, ok := p.number(j); ok && p.digits(j) == 4 && y >= 1900 && y <= 2999 && !p.toks[j].newline {
		p.setDate(w, y, e.month, d)
		return j + 1
	}
	p.lastDate(w, e.month, d)
	return end
}

// follows reports that what comes at i may follow a bare hour, or a month that is also another word: nothing, a sign, or
// a word such as "with"; not a noun.
func (p *parser) follows(i int) bool {
	if i >= len(p.toks) || p.toks[i].newline || p.toks[i].used || p.toks[i].typ == tFelt {
		return true
	}
	t := &p.toks[i]
	if t.typ == tOther {
		return !p.glued(i) || t.r != '%' && t.r != '/' && t.r != '-' && t.r != '.' && t.r != ':' && t.r != '°' || t.r == '.' && !p.glued(i+1)
	}
	return p.is(i, cFollows|cAct|cDay|cWeekday|cAt|cLast) || p.phraseIs(i, cDayPart|cPart|cDay|cAct|cNow|cClockAfter)
}

func (p *parser) phraseIs(i int, c class) bool {
	w, _ := p.phrase(i, c)
	return w != nil
}

// setDate sets a day that was given with its year.
func (p *parser) setDate(w *when, y, m, d int) {
	w.date, w.y, w.m, w.d, w.prec = true, y, m, d, Day
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 1900 || int(t.Month()) != m || t.Day() != d || p.after(y, m, d) {
		w.future = true
	}
}

// lastDate sets the last day and month of that name that is not in the future.
func (p *parser) lastDate(w *when, m, d int) {
	y := p.now.Year()
	for range 9 { // leap years are at most eight years apart
		t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		if int(t.Month()) == m && t.Day() == d && !p.after(y, m, d) {
			break
		}
		y--
	}
	p.setDate(w, y, m, d)
}

// after reports that the day is after today.
func (p *parser) after(y, m, d int) bool {
	ny, nm, nd := p.now.Date()
	if y != ny {
		return y > ny
	}
	return m > int(nm) || m == int(nm) && d > nd
}

// agoAt reads "3 days ago", "an hour and a half ago", "vor drei Tagen". Minutes and hours give an instant, days and
// weeks a day, months a month, years a year.
func (p *parser) agoAt(i int, w *when) int {
	j := i
	before := p.is(i, cAgoBefore)
	if before {
		j++
		for _, after := p.phrase(j, cAbout); after > j; _, after = p.phrase(j, cAbout) {
			if j = after; p.other(j, '.') && p.glued(j) { // vor ca. 2 Stunden
				j++
			}
		}
	}
	n, unit, minutes, end := p.quantity(j)
	if end == j && before { // قبل شهر
		if e, after := p.phrase(j, cUnit); e != nil && len(p.toks[j].key) > 1 && p.lex.bareUnits {
			n, unit, end = 1, e.unit, after
			minutes = map[int]float64{minute: 1, hour: 60}[unit]
		}
	}
	if end == j {
		return i
	}
	if !before {
		if !p.is(end, cAgo) {
			return i
		}
		end++
	}
	if n < 0 {
		n = -n
	}
	if n > 100000 {
		return i
	}
	switch unit {
	case second, minute, hour:
		if w.date || w.clock {
			return i
		}
		w.instant = p.now.Add(-time.Duration(minutes * float64(time.Minute)))
		if w.instant.Year() < 1900 || w.instant.After(p.now) {
			w.future = true
		}
	case day:
		p.day(w, -int(n))
	case week:
		p.day(w, -int(n*7))
	case month:
		t := time.Date(p.now.Year(), p.now.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		w.date, w.y, w.m, w.prec = true, t.Year(), int(t.Month()), Month
	case year:
		if part := n - float64(int(n)); part > 0 { // half a year ago
			t := time.Date(p.now.Year(), p.now.Month()-time.Month(12*n), 1, 0, 0, 0, 0, time.UTC)
			w.date, w.y, w.m, w.prec = true, t.Year(), int(t.Month()), Month
			break
		}
		w.date, w.y, w.prec = true, p.now.Year()-int(n), Year
	}
	if w.date && w.y < 1900 {
		w.future = true
	}
	return end
}
