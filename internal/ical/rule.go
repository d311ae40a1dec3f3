package ical

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

type frequency int

const (
	yearly frequency = iota
	monthly
	weekly
	daily
	hourly
	minutely
	secondly
)

// rule is an RRULE.
type rule struct {
	freq     frequency
	interval int
	count    int // 0: no end
	until    *when
	months   []int
	weeks    []int
	yearDays []int
	days     []int // of the month
	weekdays []nthDay
	hours    []int
	minutes  []int
	seconds  []int
	places   []int // BYSETPOS
	begin    time.Weekday
	no       int
}

// nthDay is a weekday, each of them or the nth.
type nthDay struct {
	n   int
	day time.Weekday
}

// parseRule reads RRULE. What it does not understand is an error: a rule half followed names wrong days.
func parseRule(s string, no int) (*rule, error) {
	bad := &Problem{BadRule, no}
	r := &rule{freq: -1, interval: 1, begin: time.Monday, no: no}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(s)), ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || seen[key] {
			return nil, bad
		}
		if value == "" { // BYDAY= says nothing
			continue
		}
		seen[key] = true
		if !r.set(key, value, no) {
			return nil, bad
		}
	}
	if r.freq < 0 || r.count > 0 && r.until != nil || len(r.places) > 0 && len(seen) < 3 {
		return nil, bad
	}
	if len(r.weeks) > 0 && r.freq != yearly || len(r.yearDays) > 0 && (r.freq == monthly || r.freq == weekly || r.freq == daily) {
		return nil, bad
	}
	return r, nil
}

func (r *rule) set(key, value string, no int) (ok bool) {
	switch key {
	case "FREQ":
		r.freq = frequency(slices.Index([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}, value))
		return r.freq >= 0
	case "INTERVAL":
		n, err := strconv.Atoi(value)
		r.interval = n
		return err == nil && n >= 1 && n <= 100_000
	case "COUNT":
		n, err := strconv.Atoi(value)
		r.count = n
		return err == nil && n >= 1
	case "UNTIL":
		w, err := parseWhen(value, "", no)
		r.until = &w
		return err == nil
	case "WKST":
		r.begin, ok = weekday(value)
		return ok
	case "BYDAY":
		return r.setDays(value)
	case "BYMONTH":
		return list(&r.months, value, 1, 12, false)
	case "BYWEEKNO":
		return list(&r.weeks, value, 1, 53, true)
	case "BYYEARDAY":
		return list(&r.yearDays, value, 1, 366, true)
	case "BYMONTHDAY":
		return list(&r.days, value, 1, 31, true)
	case "BYHOUR":
		return list(&r.hours, value, 0, 23, false)
	case "BYMINUTE":
		return list(&r.minutes, value, 0, 59, false)
	case "BYSECOND":
		return list(&r.seconds, value, 0, 60, false)
	case "RSCALE": // RFC 7529
		return value == "GREGORIAN"
	case "SKIP":
		return value == "OMIT"
	case "BYSETPOS":
		return list(&r.places, value, 1, 366, true)
	}
	return strings.HasPrefix(key, "X-")
}

func (r *rule) setDays(value string) bool {
	for one := range strings.SplitSeq(value, ",") {
		one = strings.TrimSpace(one)
		if len(one) < 2 {
			return false
		}
		d, ok := weekday(one[len(one)-2:])
		n := 0
		if head := one[:len(one)-2]; head != "" {
			var err error
			if n, err = strconv.Atoi(head); err != nil || n == 0 || n > 53 || n < -53 {
				return false
			}
		}
		if !ok || len(r.weekdays) > 400 {
			return false
		}
		r.weekdays = append(r.weekdays, nthDay{n, d})
	}
	return true
}

func weekday(s string) (time.Weekday, bool) {
	i := slices.Index([]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}, s)
	return time.Weekday(i), i >= 0
}

// list reads numbers from least to most, and their negatives if those count from the end.
func list(to *[]int, value string, least, most int, fromEnd bool) bool {
	for one := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(one), "+"))
		inRange := least <= n && n <= most || fromEnd && -most <= n && n <= -least
		if err != nil || !inRange || len(*to) > 800 {
			return false
		}
		*to = append(*to, n)
	}
	return true
}
