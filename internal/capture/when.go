package capture

import (
	"strconv"
	"time"
)

// when is what an expression of time says, before it is held against now.
type when struct {
	date    bool
	y, m, d int    // of the date; d is 0 for a month, m is 0 for a year
	prec    string // Day, Month or Year when date
	part    int    // of the day
	first   bool   // the part came before the clock: "last night at 2" is the small hours that follow
	clock   bool
	minutes int       // of the day
	vague   bool      // may be either half of the day: "at 3"
	unsure  bool      // may be two days: no time at all, nor is a clock beside it
	instant time.Time // when not zero: "20 min ago"

	length               int // minutes from the clock to the end of a span; 0 is unknown
	lengthFrom, lengthTo int // the tokens that say it

	said   bool // cannot be the future: yesterday, last Friday
	future bool // names the future or a day that does not exist: no time at all
}

// whenPass finds the first date and the first clock of the line. They may stand apart ("yesterday ... at 3pm").
func (p *parser) whenPass() {
	var have when
	type where struct{ from, to int }
	var at []where
	unsure := false
	for i := 0; i < len(p.toks); {
		w, end := p.whenAt(i)
		if end == i {
			i++
			continue
		}
		unsure = unsure || w.unsure
		if w.unsure || unsure && !w.date && w.instant.IsZero() {
			if have.clock && !have.date {
				have, at = when{}, nil
			}
			p.kill(i, end)
			i = end
			continue
		}
		if w.clock && !w.date && w.length == 0 && i > 0 && !p.toks[i].newline && p.is(i-1, cTill) && p.toks[i-1].key != "to" { // "until 2am"
			p.kill(i, end)
			i = end
			continue
		}
		if w.date && w.instant.IsZero() && i > 0 && !p.toks[i].newline && (p.is(i-1, cTopic) || p.is(i-1, cTill) && !p.lex.runs) { // "asked about Friday" is no Friday, nor is "moved to Friday"
			p.kill(i, end)
			i = end
			continue
		}
		if w.future || p.ahead && !w.date && w.instant.IsZero() { // "tomorrow, lunch at one"
			p.ahead = p.ahead || len(at) == 0 && !epithet(p.toks[i].key)
			p.kill(i, end)
			i = end
			continue
		}
		joined, ok := have.join(w)
		if ok {
			if _, _, past := p.resolve(joined); past {
				have = joined
				at = append(at, where{i, end})
			} else if len(at) == 0 {
				p.ahead = p.ahead || joined.date // "today at 4pm", said in the morning
				p.kill(i, end)
			}
		}
		i = end
		if have.clock && have.date || !have.instant.IsZero() {
			break
		}
	}
	t, prec, ok := p.resolve(have)
	if len(at) == 0 || !ok {
		p.d.HappenedAt, p.d.Precision = p.now, Minute
		return
	}
	p.d.HappenedAt, p.d.Precision, p.said = t, prec, have.said || !have.instant.IsZero()
	value := t.Format(map[string]string{Minute: time.RFC3339, Day: time.DateOnly, Month: "2006-01", Year: "2006"}[prec])
	for _, w := range at {
		from := w.from
		if have.length > 0 && from < have.lengthFrom && have.lengthTo <= w.to { // "3-4pm": a time, and how long
			p.d.DurationMin = &have.length
			p.span(from, have.lengthFrom, RoleTime, value)
			p.span(have.lengthFrom, have.lengthTo, RoleDuration, strconv.Itoa(have.length))
			from = have.lengthTo
		}
		if from < w.to {
			p.span(from, w.to, RoleTime, value)
		}
	}
}

// join adds to w what it lacks and v has; ok is false when v has nothing to add.
func (w when) join(v when) (when, bool) {
	switch {
	case !w.date && !w.clock && w.part == 0 && w.instant.IsZero():
		return v, true
	case !v.instant.IsZero() || !w.instant.IsZero():
		return w, false
	case w.date && !w.clock && v.clock && !v.date && w.prec == Day:
		w.clock, w.minutes, w.vague = true, v.minutes, v.vague
		w.length, w.lengthFrom, w.lengthTo = v.length, v.lengthFrom, v.lengthTo
		if w.part == 0 {
			w.part, w.first = v.part, v.first
		}
		return w, true
	case w.clock && !w.date && v.date && !v.clock && v.prec == Day:
		w.date, w.y, w.m, w.d, w.prec, w.said = true, v.y, v.m, v.d, v.prec, v.said
		if w.part == 0 {
			w.part, w.first = v.part, true
		}
		return w, true
	}
	return w, false
}

// kill marks an expression that is no time here, so that no part of it is read as one.
func (p *parser) kill(from, to int) {
	for i := from; i < to; i++ {
		p.toks[i].dead = true
	}
}

// whenAt reads an expression that begins at token i: a date, a part of the day and a clock in any sensible order.
func (p *parser) whenAt(i int) (w when, end int) {
	t := &p.toks[i]
	if t.used || t.dead || t.typ != tNumber && t.node == nil && !p.other(i, '@') {
		return w, i
	}
	end = i
	for range 4 {
		j := end
		if j > i && p.other(j, ',') {
			j++
		}
		if j > i && j < len(p.toks) && p.toks[j].newline {
			break
		}
		next := p.whenPart(j, &w)
		if next == j {
			break
		}
		end = next
		if w.future || !w.instant.IsZero() {
			break
		}
	}
	if w.future { // "tomorrow at 3pm" takes its clock along
		var rest when
		if next := p.clockAt(end, &rest); next > end {
			end = next
		}
	}
	return w, end
}

// whenPart reads one more piece of an expression into w and returns the token after it, or i.
func (p *parser) whenPart(i int, w *when) int {
	if !w.date {
		v := *w
		if end := p.dateAt(i, &v); end > i {
			if w.clock && v.prec != Day || w.part != 0 && v.part != 0 {
				return i
			}
			*w = v
			return end
		}
	}
	if !w.clock && (!w.date || w.prec == Day) {
		if end := p.spanAt(i, w); end > i {
			return end
		}
		if end := p.clockAt(i, w); end > i {
			return end
		}
	}
	if w.part == 0 && (w.date && w.prec == Day || w.clock) {
		if e, end := p.phrase(i, cPart); e != nil {
			w.part, w.first = e.part, !w.clock
			return end
		}
	}
	if w.part == 0 && !w.date {
		if e, end := p.phrase(i, cPartAlone); e != nil {
			w.part, w.first = e.part, true
			return end
		}
	}
	return i
}

// dateAt reads a date at token i.
func (p *parser) dateAt(i int, w *when) int {
	if i >= len(p.toks) || p.toks[i].used || p.toks[i].dead {
		return i
	}
	if p.toks[i].typ == tNumber {
		if end := p.agoAt(i, w); end > i {
			return end
		}
		return p.numericDate(i, w, false)
	}
	if p.toks[i].node == nil {
		return i
	}
	if e, end := p.phrase(i, cNow); e != nil {
		w.instant = p.now
		return end
	}
	if e, end := p.phrase(i, cDayPart); e != nil {
		p.day(w, e.day)
		w.said = e.day < 0
		if h := p.now.Hour(); h < 4 && e.day == 0 && (e.part == night || e.part == evening) {
			p.day(w, -1)
		}
		w.part, w.first = e.part, !w.clock
		return end
	}
	if e, end := p.phrase(i, cDay); e != nil {
		// "am Morgen" and "this morning" are parts of a day; "morgen" alone is tomorrow.
		if e.day > 0 && i > 0 && (p.is(i-1, cOn) || p.is(i-1, cDet)) {
			return i
		}
		p.day(w, e.day)
		w.future, w.said = w.future || e.day > 0, e.day < 0
		return end
	}
	if end := p.wholeAt(i, w); end > i {
		w.said = true
		return end
	}
	if end := p.agoAt(i, w); end > i {
		w.said = true
		return end
	}
	if end := p.weekdayAt(i, w); end > i {
		return end
	}
	if end := p.lastAt(i, w); end > i {
		w.said = true
		return end
	}
	if e, end := p.phrase(i, cWeekend); e != nil && (end > i+1 || p.lex.runs) { // over the weekend
		p.weekend(w)
		return end
	}
	if p.is(i, cOn) {
		j := i + 1
		if p.is(j, cOf) && p.toks[j].key != p.toks[i].key {
			j++
		}
		if e, end := p.phrase(j, cWeekend); e != nil {
			p.weekend(w)
			return end
		}
		if end := p.numericDate(j, w, true); end > j {
			return end
		}
		if end := p.monthAt(j, w, false); end > j {
			return end
		}
		if end := p.dayAlone(j, w, bareDay(p.toks[i].key)); end > j {
			return end
		}
		return i
	}
	if _, j := p.phrase(i, cIn); j > i {
		if end := p.monthAt(j, w, true); end > j {
			return end
		}
		if n, ok := p.number(j); ok && p.digits(j) == 4 && n >= 1900 && !p.is(j+1, cUnit) && !p.glued(j+1) {
			w.date, w.y, w.prec = true, n, Year
			w.future = n > p.now.Year()
			return j + 1
		}
	}
	return p.monthAt(i, w, false)
}

// day sets the date to n days from today.
func (p *parser) day(w *when, n int) {
	t := time.Date(p.now.Year(), p.now.Month(), p.now.Day()+n, 12, 0, 0, 0, time.UTC)
	w.date, w.y, w.m, w.d, w.prec = true, t.Year(), int(t.Month()), t.Day(), Day
}

// epithet reports a word that says what a day is like and not when it comes: "call with @Ana, a good day".
func epithet(key string) bool { return key == "good" || key == "black" || key == "casual" }
