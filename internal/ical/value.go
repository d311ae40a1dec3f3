package ical

import (
	"strconv"
	"strings"
	"time"
)

// when is a date, or a date and time, as it was written. The wall clock is kept as if it were UTC.
type when struct {
	wall time.Time
	date bool   // a day without a time
	utc  bool   // written with a Z
	zone string // TZID
	no   int    // line
}

// parseWhen reads DATE and DATE-TIME. zone is the TZID that goes with it.
func parseWhen(s, zone string, no int) (when, error) {
	w := when{zone: zone, no: no}
	s = strings.TrimSpace(s)
	bad := &Problem{BadDate, no}
	digits, ok := strings.CutSuffix(strings.ToUpper(s), "Z")
	w.utc = ok
	day, clock, timed := strings.Cut(digits, "T")
	w.date = !timed
	if len(day) == 10 && day[4] == '-' && day[7] == '-' { // 2026-10-20T08:00:00
		day = day[:4] + day[5:7] + day[8:]
	}
	clock, ahead, ok := cutOffset(clock)
	if !ok {
		return w, bad
	}
	y, m, d, ok := dateParts(day)
	if !ok || w.date && w.utc {
		return w, bad
	}
	if y < firstYear || y > lastYear {
		return w, bad
	}
	h, mi, sec := 0, 0, 0
	if timed {
		clock = strings.ReplaceAll(clock, ":", "")
		if len(clock) == 4 { // without seconds
			clock += "00"
		}
		if len(clock) != 6 || !digitsOnly(clock) {
			return w, bad
		}
		h, mi, sec = number(clock[:2]), number(clock[2:4]), number(clock[4:])
		if h > 24 || mi > 59 || sec > 60 {
			return w, bad
		}
	}
	w.wall = time.Date(y, time.Month(m), d, h, mi, min(sec, 59), 0, time.UTC)
	if ahead != nil {
		w.wall, w.utc = w.wall.Add(-time.Duration(*ahead)*time.Second), true
	}
	if int(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Month()) != m {
		return w, bad // the 30th of February
	}
	return w, nil
}

// cutOffset takes +0200 off a clock: RFC 5545 has no such times, but programs write them. ahead is nil without one.
func cutOffset(clock string) (rest string, ahead *int, ok bool) {
	i := strings.IndexAny(clock, "+-")
	if i < 0 {
		return clock, nil, true
	}
	n, ok := parseOffset(strings.ReplaceAll(clock[i:], ":", ""))
	return clock[:i], &n, ok
}

func dateParts(s string) (y, m, d int, ok bool) {
	if len(s) != 8 || !digitsOnly(s) {
		return 0, 0, 0, false
	}
	y, m, d = number(s[:4]), number(s[4:6]), number(s[6:])
	return y, m, d, m >= 1 && m <= 12 && d >= 1 && d <= 31
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // digits only
	return n
}

// length is a duration: days by the calendar, and the rest by the clock.
type length struct {
	days int
	rest time.Duration
}

// parseLength reads DURATION. A negative one is none.
func parseLength(s string) (length, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	negative := strings.HasPrefix(s, "-")
	s, ok := strings.CutPrefix(strings.TrimLeft(s, "+-"), "P")
	if !ok || s == "" {
		return length{}, false
	}
	var l length
	timed := false
	for s != "" {
		if s[0] == 'T' {
			timed, s = true, s[1:]
			continue
		}
		i := 0
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i == 0 || i == len(s) || i > 9 {
			return length{}, false
		}
		n := number(s[:i])
		switch unit := s[i]; {
		case unit == 'W' && n < 10_000:
			l.days += 7 * n
		case unit == 'D' && n < 100_000:
			l.days += n
		case unit == 'H' && timed && n < 1_000_000:
			l.rest += time.Duration(n) * time.Hour
		case unit == 'M' && timed && n < 100_000_000:
			l.rest += time.Duration(n) * time.Minute
		case unit == 'S' && timed:
			l.rest += time.Duration(n) * time.Second
		default:
			return length{}, false
		}
		s = s[i+1:]
	}
	if negative {
		return length{}, true
	}
	return l, true
}

// parseOffset reads UTC-OFFSET as seconds.
func parseOffset(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' || !digitsOnly(s[1:]) {
		return 0, false
	}
	n := number(s[1:3])*3600 + number(s[3:5])*60
	if len(s) == 7 {
		n += number(s[5:])
	}
	if n > 26*3600 {
		return 0, false
	}
	if s[0] == '-' {
		n = -n
	}
	return n, true
}
