package web

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/internal/i18n"
	"kith/internal/person"
)

const dayHours = 24 * time.Hour

// lately names a day the way one speaks of it: yesterday, Tuesday, 3 November, early May, May 2024.
func lately(p *i18n.Printer, day, today string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return p.Date(d, "full")
	}
	const recent, year, early, mid = 28 * dayHours, 340 * dayHours, 10, 20
	switch gone := now.Sub(d); {
	case gone < recent:
		return p.RelativeDay(day, today)
	case gone >= year:
		return p.Date(d, "month")
	case d.Day() <= early:
		return p.T("web.when.early", "month", p.T("date.month."+itoa(int(d.Month()))))
	case d.Day() <= mid:
		return p.T("web.when.mid", "month", p.T("date.month."+itoa(int(d.Month()))))
	default:
		return p.T("web.when.late", "month", p.T("date.month."+itoa(int(d.Month()))))
	}
}

// ahead names a day to come: today, tomorrow, Friday, 3 December.
func ahead(p *i18n.Printer, day, today string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return p.Date(d, "full")
	}
	if gone := d.Sub(now); gone > dayHours && gone < 7*dayHours {
		return p.Date(d, "weekday")
	}
	return p.RelativeDay(day, today)
}

// phoneLink is a number as links want it: digits, with the plus that makes it one of the world.
func phoneLink(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '+' && b.Len() == 0 || r >= '0' && r <= '9' || (r == '*' || r == '#') && b.Len() > 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// worldwide is a number with its country, without the plus, as wa.me wants it; false when the country is not known.
func worldwide(s string) (string, bool) {
	n, ok := strings.CutPrefix(phoneLink(s), "+")
	const shortest, longest = 6, 15
	return n, ok && len(n) >= shortest && len(n) <= longest && strings.IndexFunc(n, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// handle is a name on a service, from the name itself or a link to it.
func handle(s string) string {
	s = strings.TrimSpace(s)
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		s = strings.Trim(u.Path, "/")
	}
	s = strings.TrimPrefix(s, "@")
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' && r != '-' {
			return ""
		}
	}
	return s
}

// everyWords says a cadence the way one means it: about every week, about every three weeks, about every two months.
func everyWords(p *i18n.Printer, days int) string {
	const week, month, year = 7, 30, 365
	switch {
	case days%year == 0:
		return p.N("web.every.years", days/year)
	case days >= 2*month && days%month == 0 || days >= 120:
		return p.N("web.every.months", (days+month/2)/month)
	case days%week == 0:
		return p.N("web.every.weeks", days/week)
	case days == month:
		return p.N("web.every.months", 1)
	}
	return p.N("web.every.days", days)
}

// upperFirst begins a sentence.
func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// dateName is what a date is called: its own word, or what kind of day it is.
func dateName(p *i18n.Printer, d person.Date) string {
	if d.Label != "" {
		return d.Label
	}
	return upperFirst(p.DateKind(d.Kind))
}
