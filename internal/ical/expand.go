package ical

import (
	"slices"
	"time"
)

// Budget is how much may be looked at in all to expand recurrences. One that is shared bounds many calendars together.
type Budget struct{ left int }

// NewBudget returns some seconds of work.
func NewBudget() *Budget { return &Budget{maxSteps} }

func (b *Budget) spend(n int) bool {
	b.left -= n
	return b.left >= 0
}

// each calls f with the wall clock times of the rule from start on, in order, those before from left out where that
// changes nothing, until after to or until f says false. What costs more than is left of steps is an error.
func (r *rule) each(start, from, to time.Time, steps *Budget, f func(time.Time) bool) error {
	x := expansion{rule: r.filled(start), start: start, to: to, steps: steps, f: f}
	if r.until != nil {
		end := r.until.wall
		if r.until.date {
			end = end.Add(24*time.Hour - time.Second)
		}
		if end.Before(x.to) {
			x.to = end
		}
	}
	if r.freq >= hourly {
		x.within(from)
	} else {
		x.periods(from)
	}
	if x.over {
		return &Problem{TooMuch, r.no}
	}
	return nil
}

// filled is the rule with what it takes from the first time.
func (r *rule) filled(start time.Time) rule {
	c := *r
	if len(c.weekdays) == 0 && len(c.days) == 0 && len(c.yearDays) == 0 {
		switch {
		case c.freq == yearly && len(c.weeks) > 0, c.freq == weekly:
			c.weekdays = []nthDay{{0, start.Weekday()}}
		case c.freq == yearly:
			if c.days = []int{start.Day()}; len(c.months) == 0 {
				c.months = []int{int(start.Month())}
			}
		case c.freq == monthly:
			c.days = []int{start.Day()}
		}
	}
	if len(c.hours) == 0 && c.freq < hourly {
		c.hours = []int{start.Hour()}
	}
	if len(c.minutes) == 0 && c.freq < minutely {
		c.minutes = []int{start.Minute()}
	}
	if len(c.seconds) == 0 && c.freq < secondly {
		c.seconds = []int{start.Second()}
	}
	for _, l := range []*[]int{&c.hours, &c.minutes, &c.seconds, &c.months} {
		*l = slices.Clone(*l)
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
	for i, s := range c.seconds { // a leap second
		c.seconds[i] = min(s, 59)
	}
	c.seconds = slices.Compact(c.seconds)
	return c
}

// expansion is one walk along a rule.
type expansion struct {
	rule
	start, to time.Time
	steps     *Budget
	f         func(time.Time) bool
	made      int
	over      bool
}

// emit counts a time and reports whether to go on.
func (x *expansion) emit(t time.Time) bool {
	if t.Before(x.start) {
		return true
	}
	if t.After(x.to) {
		return false
	}
	x.made++
	return x.f(t) && (x.count == 0 || x.made < x.count)
}

// spend reports whether n more steps may be made.
func (x *expansion) spend(n int) bool {
	if !x.steps.spend(n) {
		x.over = true
		return false
	}
	return true
}

// begin is the first day of the period that t is in, and what comes after n periods.
func (x *expansion) begin(n int) (first, next time.Time) {
	y, m, d := x.start.Date()
	switch x.freq { //nolint:exhaustive // the others have no days in them
	case yearly:
		y += n * x.interval
		return midnight(y, 1, 1), midnight(y+1, 1, 1)
	case monthly:
		return midnight(y, int(m)+n*x.interval, 1), midnight(y, int(m)+n*x.interval+1, 1)
	case weekly:
		back := (int(x.start.Weekday()) - int(x.rule.begin) + 7) % 7
		d += 7*n*x.interval - back
		return midnight(y, int(m), d), midnight(y, int(m), d+7)
	}
	return midnight(y, int(m), d+n*x.interval), midnight(y, int(m), d+n*x.interval+1)
}

func midnight(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

// periods walks years, months, weeks or days.
func (x *expansion) periods(from time.Time) {
	n := 0
	if days := int(from.Sub(x.start).Hours() / 24); x.count == 0 && days > 0 { // what lies before is not counted
		longest := map[frequency]int{yearly: 366, monthly: 31, weekly: 7, daily: 1}[x.freq]
		n = max(0, days/longest/x.interval-2)
		if x.freq == yearly || x.freq == monthly {
			n = max(0, n-1)
		}
	}
	for ; ; n++ {
		first, next := x.begin(n)
		if first.After(x.to) || first.Year() > lastYear {
			return
		}
		if !x.spend(1 + int(next.Sub(first).Hours()/24)) {
			return
		}
		if set, ok := x.set(first, next); !ok || !x.all(set) {
			return
		}
	}
}

// set is every time of a period.
func (x *expansion) set(first, next time.Time) (set []time.Time, ok bool) {
	if x.freq == monthly && len(x.months) > 0 && !slices.Contains(x.months, int(first.Month())) {
		return nil, true
	}
	for d := first; d.Before(next); d = d.AddDate(0, 0, 1) {
		if !x.day(d) {
			continue
		}
		for _, h := range x.hours {
			for _, m := range x.minutes {
				if !x.spend(len(x.seconds)) {
					return nil, false
				}
				for _, s := range x.seconds {
					set = append(set, d.Add(time.Duration(h*3600+m*60+s)*time.Second))
				}
			}
		}
	}
	return x.placed(set), true
}

// placed are the ones that BYSETPOS names.
func (x *expansion) placed(set []time.Time) []time.Time {
	if len(x.places) == 0 {
		return set
	}
	var list []time.Time
	for i := range set {
		if slices.Contains(x.places, i+1) || slices.Contains(x.places, i-len(set)) {
			list = append(list, set[i])
		}
	}
	return list
}

func (x *expansion) all(set []time.Time) bool {
	for _, t := range set {
		if !x.emit(t) {
			return false
		}
	}
	return true
}

// within walks hours, minutes or seconds, and jumps over days and hours that cannot be meant.
func (x *expansion) within(from time.Time) {
	unit := map[frequency]time.Duration{hourly: time.Hour, minutely: time.Minute, secondly: time.Second}[x.freq]
	step := unit * time.Duration(x.interval)
	t := x.start.Truncate(unit)
	if gap := from.Sub(t); x.count == 0 && gap > step {
		t = t.Add(gap - gap%step)
	}
	jump := func(to time.Time) { // to the first time that is not before
		gap := max(to.Sub(t), 1) + step - 1
		t = t.Add(gap - gap%step)
	}
	for !t.After(x.to) {
		if !x.spend(1) {
			return
		}
		switch {
		case !x.day(t):
			jump(midnight(t.Year(), int(t.Month()), t.Day()+1))
			continue
		case len(x.hours) > 0 && !slices.Contains(x.hours, t.Hour()):
			jump(t.Truncate(time.Hour).Add(time.Hour))
			continue
		case x.freq > hourly && len(x.minutes) > 0 && !slices.Contains(x.minutes, t.Minute()):
			jump(t.Truncate(time.Minute).Add(time.Minute))
			continue
		case x.freq == secondly && len(x.seconds) > 0 && !slices.Contains(x.seconds, t.Second()):
			t = t.Add(step)
			continue
		}
		var set []time.Time
		switch x.freq {
		case hourly:
			for _, m := range x.minutes {
				for _, s := range x.seconds {
					set = append(set, t.Add(time.Duration(m*60+s)*time.Second))
				}
			}
		case minutely:
			for _, s := range x.seconds {
				set = append(set, t.Add(time.Duration(s)*time.Second))
			}
		default:
			set = append(set, t)
		}
		if !x.spend(len(set)) || !x.all(x.placed(set)) {
			return
		}
		t = t.Add(step)
	}
}

// day reports whether the rule may name a time on a day.
func (x *expansion) day(d time.Time) bool {
	if len(x.months) > 0 && !slices.Contains(x.months, int(d.Month())) {
		return false
	}
	if len(x.weeks) > 0 && !x.week(d) {
		return false
	}
	if inYear := daysIn(d.Year(), 0); len(x.yearDays) > 0 && !counted(x.yearDays, d.YearDay(), inYear) {
		return false
	}
	if len(x.days) > 0 && !counted(x.days, d.Day(), daysIn(d.Year(), d.Month())) {
		return false
	}
	return len(x.weekdays) == 0 || slices.ContainsFunc(x.weekdays, func(w nthDay) bool { return x.nth(w, d) })
}

// counted reports whether n, or its place from the end, is on the list.
func counted(list []int, n, of int) bool {
	return slices.Contains(list, n) || slices.Contains(list, n-of-1)
}

func daysIn(y int, m time.Month) int {
	if m == 0 {
		return midnight(y, 12, 31).YearDay()
	}
	return midnight(y, int(m)+1, 0).Day()
}

// nth reports whether d is that weekday, and the nth of its month or year if the rule counts.
func (x *expansion) nth(w nthDay, d time.Time) bool {
	if d.Weekday() != w.day {
		return false
	}
	at, of := d.Day(), daysIn(d.Year(), d.Month())
	switch {
	case w.n == 0 || x.freq > monthly || len(x.weeks) > 0:
		return true
	case x.freq == yearly && len(x.months) == 0:
		at, of = d.YearDay(), daysIn(d.Year(), 0)
	}
	return w.n == (at-1)/7+1 || w.n == -((of-at)/7+1)
}

// week reports whether d is in one of the weeks of its year that the rule names.
func (x *expansion) week(d time.Time) bool {
	y := d.Year()
	first, next := x.firstWeek(y), x.firstWeek(y+1)
	switch {
	case d.Before(first):
		first, next = x.firstWeek(y-1), first
	case !d.Before(next):
		first, next = next, x.firstWeek(y+2)
	}
	n := int(d.Sub(first).Hours()/24)/7 + 1
	return counted(x.weeks, n, int(next.Sub(first).Hours()/24)/7)
}

// firstWeek is where week 1 begins: the first with four days in the year.
func (x *expansion) firstWeek(y int) time.Time {
	d := midnight(y, 1, 4)
	return d.AddDate(0, 0, -((int(d.Weekday()) - int(x.rule.begin) + 7) % 7))
}
