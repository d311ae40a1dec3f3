package capture

import "time"

// clockAt reads a time of day at token i.
func (p *parser) clockAt(i int, w *when) int {
	if i >= len(p.toks) || p.toks[i].used || p.toks[i].dead {
		return i
	}
	if e, end := p.phrase(i, cClock); e != nil {
		w.clock, w.minutes, w.vague = true, e.minutes, false
		return p.minutesBehind(end, w)
	}
	j, at, bare := i, false, false
	if _, end := p.phrase(i, cAt); end > i {
		j, at, bare = end, true, p.phraseIs(i, cAtBare)
	} else if p.other(i, '@') || p.other(i, '＠') {
		j, at, bare = i+1, true, true
	}
	if j >= len(p.toks) || at && p.toks[j].newline {
		return i
	}
	if j > i {
		if e, end := p.phrase(j, cClock); e != nil {
			w.clock, w.minutes, w.vague = true, e.minutes, false
			return end
		}
	}
	end := p.spoken(j, w)
	if end == j && at {
		end = p.minutesTo(j, w)
	}
	if end == j {
		end = p.digital(j, at, bare, w)
	}
	if end == j {
		return i
	}
	return p.minutesBehind(end, w)
}

// minutesBehind reads the minutes that some languages put behind the hour: las cinco y media.
func (p *parser) minutesBehind(end int, w *when) int {
	if e, after := p.phrase(end, cClockAfter); e != nil && w.minutes%60 == 0 {
		w.minutes = (w.minutes + e.minutes + 24*60) % (24 * 60)
		if w.vague && w.minutes >= 12*60 {
			w.minutes -= 12 * 60
		}
		return p.half(after, w)
	}
	return end
}

// minutesTo reads "10 to 9", "5 vor 12", behind a word that shows it to be a clock.
func (p *parser) minutesTo(i int, w *when) int {
	n, ok := p.number(i)
	if !ok || n%5 != 0 || n <= 0 || n >= 30 {
		return i
	}
	e, j := p.phrase(i+1, cPast)
	if e == nil {
		e, j = p.phrase(i+1, cTo)
		n = -n
	}
	if e == nil || e.minutes != 0 {
		return i
	}
	h, end := p.hourAt(j)
	if end == j || h == 0 || h > 12 {
		return i
	}
	v := when{clock: true, minutes: (60*h%(12*60) + n + 12*60) % (12 * 60), vague: true}
	after := p.half(end, &v)
	if after == end && !p.follows(end) {
		return i
	}
	w.clock, w.minutes, w.vague = true, v.minutes, v.vague
	return after
}

// hourAt reads the hour of a spoken clock: a number or its word, up to 24.
func (p *parser) hourAt(i int) (h, end int) {
	if n, ok := p.number(i); ok && n <= 24 && p.digits(i) <= 2 {
		return n, i + 1
	}
	if e, end := p.phrase(i, cNumber); e != nil && e.number >= 1 && e.number <= 24 && e.number == float64(int(e.number)) {
		return int(e.number), end
	}
	return 0, i
}

// spoken reads "half past three", "quarter to 4", "halb vier", "Viertel nach 3".
func (p *parser) spoken(i int, w *when) int {
	offset := 0
	var j int
	if e, end := p.phrase(i, cPast); e != nil && e.minutes != 0 {
		offset, j = e.minutes, end
	} else if e, end := p.phrase(i, cTo); e != nil && e.minutes != 0 {
		offset, j = -e.minutes, end
	} else if _, end := p.phrase(i, cHalfTo); end > i {
		offset, j = -30, end
	} else {
		return i
	}
	h, end := p.hourAt(j)
	if end == j || h == 0 {
		return i
	}
	w.clock, w.minutes, w.vague = true, (h*60+offset+24*60)%(24*60), h <= 12
	if w.minutes >= 12*60 && h <= 12 {
		w.minutes -= 12 * 60
	}
	return p.half(end, w)
}

// half reads am, pm or "Uhr" behind a clock and settles which half of the day it is in.
func (p *parser) half(end int, w *when) int {
	if pm, after := p.meridiem(end); after > end {
		h := w.minutes / 60
		if pm && h < 12 {
			w.minutes += 12 * 60
		} else if !pm && h == 12 {
			w.minutes -= 12 * 60
		}
		w.vague = false
		return after
	}
	if p.is(end, cHourWord) {
		return end + 1
	}
	return end
}

// meridiem reads am, pm, a.m. or p.m.
func (p *parser) meridiem(i int) (pm bool, end int) {
	if i >= len(p.toks) || p.toks[i].newline {
		return false, i
	}
	t := &p.toks[i]
	if p.is(i, cPM) || p.is(i, cAM) {
		// "at 3 am Montag" is German; "I am" is not a clock at all.
		if p.is(i, cAM) && !p.glued(i) && p.is(i, cOn) && (p.is(i+1, cWeekday|cPart|cWeekdayShort|cWeekend) || p.phraseIs(i, cPartAlone)) {
			return false, i
		}
		return p.is(i, cPM), i + 1
	}
	if t.typ == tWord && (t.key == "p" || t.key == "a") && p.other(i+1, '.') && p.glued(i+1) && i+2 < len(p.toks) &&
		p.toks[i+2].key == "m" && p.glued(i+2) {
		end = i + 3
		if p.other(end, '.') && p.glued(end) {
			end++
		}
		return t.key == "p", end
	}
	return false, i
}

// digital reads 15:00, 3:30 pm, 3pm, 15 Uhr 30, 15.30 Uhr, 15h; and a bare 3 when bare says that "at" stands before.
func (p *parser) digital(i int, at, bare bool, w *when) int {
	h, ok := p.number(i)
	if !ok {
		return p.wordHour(i, at, bare, w)
	}
	if p.digits(i) == 4 && h%100 < 60 && h < 2400 && (bare && !p.lex.foreign && p.follows(i+1) || p.is(i+1, cHourWord)) { // at 1830
		w.clock, w.vague, w.minutes = true, false, h/100*60+h%100
		if p.is(i+1, cHourWord) {
			i++
		}
		return i + 1
	}
	if p.digits(i) > 2 || h > 24 || p.glued(i) && i > 0 && !at && p.stuck(i-1) {
		return i
	}
	if p.glued(i+1) && p.glued(i+2) && (p.other(i+1, ':') || p.other(i+1, '.')) {
		if m, ok := p.number(i + 2); ok && p.digits(i+2) == 2 && m < 60 && (h < 24 || m == 0) {
			colon := p.other(i+1, ':')
			end := i + 3
			if colon && p.other(end, ':') && p.glued(end) && p.glued(end+1) { // seconds
				if s, ok := p.number(end + 1); !ok || s > 59 {
					return i
				}
				end += 2
			}
			v := when{clock: true, minutes: h%24*60 + m}
			after := p.half(end, &v)
			if after > end && h > 12 && !p.is(after-1, cHourWord) {
				v.minutes = h%24*60 + m // 15:30 pm
			}
			if !colon && after == end && (!bare || !p.follows(end)) || p.unit(after) == hour || p.glued(end) && p.other(end, '/') {
				return i
			}
			if after == end && at && !p.lex.clock24 && p.digits(i) == 1 && h >= 1 && h <= 6 {
				v.vague = true
			}
			w.clock, w.minutes, w.vague = true, v.minutes, v.vague
			return after
		}
	}
	if pm, after := p.meridiem(i + 1); after > i+1 && h >= 1 && h <= 12 {
		w.clock, w.vague, w.minutes = true, false, h%12*60
		if pm {
			w.minutes += 12 * 60
		}
		return after
	}
	if p.is(i+1, cHourWord) {
		w.clock, w.vague, w.minutes = true, p.toks[i+1].key != "uhr" && h <= 12, h%24*60
		end := i + 2
		if m, ok := p.number(end); ok && m < 60 && p.digits(end) <= 2 && !p.toks[end].newline && p.unit(end+1) == 0 {
			w.minutes += m
			return end + 1
		} else if ok && m < 60 && p.lex.runs && p.unit(end+1) == minute && p.glued(end) { // 3時30分
			w.minutes += m
			return end + 2
		}
		if _, after := p.phrase(end, cAndHalf); after > end && p.lex.runs { // 3時半
			w.minutes += 30
			return after
		}
		return p.half(end, w)
	}
	if p.glued(i+1) && i+1 < len(p.toks) && p.toks[i+1].key == "h" && h < 24 && (at || w.date && h > 12) {
		w.clock, w.vague, w.minutes = true, false, h*60
		if m, ok := p.number(i + 2); ok && p.glued(i+2) && p.digits(i+2) == 2 && m < 60 {
			w.minutes += m
			return i + 3
		}
		return i + 2
	}
	if p.glued(i+1) && i+1 < len(p.toks) && p.toks[i+1].key == "ish" && h < 24 {
		w.clock, w.vague, w.minutes = true, h >= 1 && h <= 12, h%24*60
		return i + 2
	}
	if p.other(i+1, '-') && p.glued(i+1) && p.glued(i+2) && i+2 < len(p.toks) && p.toks[i+2].key == "ish" && h < 24 { // 4-ish
		w.clock, w.vague, w.minutes = true, h >= 1 && h <= 12, h%24*60
		return i + 3
	}
	if bare && h < 24 && p.follows(i+1) {
		w.clock, w.vague, w.minutes = true, h >= 1 && h <= 12, h%24*60
		return i + 1
	}
	return i
}

// wordHour reads an hour written as a word: "at three", "um drei", "drei Uhr".
func (p *parser) wordHour(i int, at, bare bool, w *when) int {
	h, end := p.hourAt(i)
	if end == i || h > 12 {
		return i
	}
	hourWord := p.is(end, cHourWord)
	if !hourWord {
		if pm, after := p.meridiem(end); after > end && (!p.is(end, cAM) || at) {
			w.clock, w.vague, w.minutes = true, false, h%12*60
			if pm {
				w.minutes += 12 * 60
			}
			return after
		}
		if !bare || !p.follows(end) || p.is(i, cDet) {
			return i
		}
		w.clock, w.vague, w.minutes = true, true, h*60
		return end
	}
	w.clock, w.vague, w.minutes = true, true, h*60
	return p.half(end, w)
}

// isoClock reads "T15:00:00Z" behind an ISO date that ends before token i. With an offset it is an instant of its own.
func (p *parser) isoClock(i int, w *when) int {
	if i >= len(p.toks) || p.toks[i].key != "t" || !p.glued(i) || !p.glued(i+1) {
		return i
	}
	start := p.toks[i-5].start
	end := p.toks[i+1].end
	j := i + 2
	for j < len(p.toks) && p.glued(j) && (p.toks[j].typ == tNumber || p.other(j, ':') || p.other(j, '.') || p.other(j, '+') ||
		p.other(j, '-') || p.toks[j].key == "z") && j < i+16 {
		end = p.toks[j].end
		j++
	}
	text := p.s[start:end]
	for len(text) > 0 && (text[len(text)-1] == '.' || text[len(text)-1] == '-') { // the end of a sentence
		text = text[:len(text)-1]
		j--
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if layout == time.RFC3339 || layout == "2006-01-02T15:04Z07:00" {
			w.instant = t.In(p.zone)
			return j
		}
		w.clock, w.minutes, w.vague = true, t.Hour()*60+t.Minute(), false
		return j
	}
	return i
}
