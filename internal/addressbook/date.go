package addressbook

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads a day in any of the forms that address books write: 20120606, 2012-06-06, with a time behind it,
// --0203, --02-03, 1604-... and 0000-... for a year that is not known, 2012/06/06, 6.6.2012, and 25/12/2012 where only
// one order can be meant. code says why there is none.
func parseDate(s, omitYear string) (d Date, code string) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "Tt "); i > 4 {
		s = s[:i]
	}
	y, m, day, ok := cutDate(s)
	if !ok {
		return Date{}, DateUnreadable
	}
	// Apple marks an unknown year by 1604, a leap year, also where its parameter got lost.
	if y == 1604 || omitYear != "" && strconv.Itoa(y) == omitYear {
		y = 0
	}
	in := y
	if in == 0 {
		in = 2000 // 29 February is a day of the year
	}
	if m < 1 || m > 12 || day < 1 || day > time.Date(in, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return Date{}, DateImpossible
	}
	return Date{Year: y, Month: m, Day: day}, ""
}

// noDate knows the ways to say none: 0/0/00 is Outlook's, 0000-00-00 that of databases.
func noDate(s string) bool { return strings.Trim(s, "0-/.: TZ") == "" }

func cutDate(s string) (y, m, d int, ok bool) {
	if rest, found := strings.CutPrefix(s, "--"); found { // no year
		if m, d, ok := strings.Cut(rest, "-"); ok { // --4-5
			return numbers("0", m, d)
		}
		if len(rest) != 4 {
			return 0, 0, 0, false
		}
		return numbers("0", rest[:2], rest[2:])
	}
	if len(s) == 8 && allDigits(s) {
		return numbers(s[:4], s[4:6], s[6:])
	}
	for _, sep := range []string{"-", "/", "."} {
		p := strings.Split(s, sep)
		if len(p) != 3 {
			continue
		}
		for i := range p {
			p[i] = strings.TrimSpace(p[i])
		}
		if len(p[0]) == 4 {
			return numbers(p[0], p[1], p[2])
		}
		if len(p[2]) != 4 || len(p[0]) > 2 || len(p[1]) > 2 {
			return 0, 0, 0, false
		}
		y, m, d, ok := numbers(p[2], p[1], p[0])
		switch {
		case !ok:
			return 0, 0, 0, false
		case sep == "." || m == d: // day first, or either
			return y, m, d, true
		case m <= 12 && d > 12:
			return y, m, d, true
		case m > 12 && d <= 12:
			return y, d, m, true
		}
		return 0, 0, 0, false // 4/5/1985 may be April or May
	}
	return 0, 0, 0, false
}

func numbers(a, b, c string) (y, m, d int, ok bool) {
	if !allDigits(a) || !allDigits(b) || !allDigits(c) || len(b) > 2 || len(c) > 2 {
		return 0, 0, 0, false
	}
	y, _ = strconv.Atoi(a)
	m, _ = strconv.Atoi(b)
	d, _ = strconv.Atoi(c)
	return y, m, d, true
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
