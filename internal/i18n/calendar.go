package i18n

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/number"
)

// dayLayout is how a local day is stored.
const dayLayout = "2006-01-02"

// Number writes an int, int64 or float64 the way the language does.
func (p *Printer) Number(n any) string { return p.numbers.Sprint(number.Decimal(n)) }

// Date writes the day of t as it is in t's own zone. Styles: "long" (Tuesday, 24 November 2026), "day" (Tuesday, 24
// November), "short" (24 Nov 2026), "weekday" (Tuesday), "month" (November 2026), "date" (24 November) and "full"
// (24 November 2026).
func (p *Printer) Date(t time.Time, style string) string {
	pattern, ok := p.plain["date."+style]
	if !ok {
		pattern = p.plain["date.long"]
	}
	month := strconv.Itoa(int(t.Month()))
	return strings.NewReplacer(
		"{weekday}", p.plain["date.weekday."+strconv.Itoa(int(t.Weekday()))],
		"{day}", strconv.Itoa(t.Day()),
		"{month}", p.plain["date.month."+month],
		"{mon}", p.plain["date.mon."+month],
		"{year}", strconv.Itoa(t.Year()),
	).Replace(pattern)
}

// Weekdays lists the days of a week, from the one on which it begins for the speakers of the language.
func (p *Printer) Weekdays() (days [7]time.Weekday) {
	first, err := strconv.Atoi(p.plain["locale.week"])
	if err != nil {
		first = int(time.Monday)
	}
	for i := range days {
		days[i] = time.Weekday((first + i) % len(days))
	}
	return days
}

// Span writes stored local days from one to another, with the year once.
func (p *Printer) Span(from, to string) string {
	return strings.NewReplacer(
		"{from}", p.Day(from, "date"), "{from_full}", p.Day(from, "full"),
		"{to}", p.Day(to, "date"), "{to_full}", p.Day(to, "full"),
	).Replace(p.plain["date.span"])
}

// Day writes a stored local day ("2026-11-24") in a style of Date. Text that is no day comes back as it is.
func (p *Printer) Day(day, style string) string {
	t, err := time.Parse(dayLayout, day)
	if err != nil {
		return day
	}
	return p.Date(t, style)
}

// ShortWeekday is the weekday of a stored local day in the few letters that tell the seven apart. Text that is no day has none.
func (p *Printer) ShortWeekday(day string) string {
	t, err := time.Parse(dayLayout, day)
	if err != nil {
		return ""
	}
	return p.T("date.wd." + strconv.Itoa(int(t.Weekday())))
}

// Time writes the hour and minute of t as they are in t's own zone.
func (p *Printer) Time(t time.Time) string {
	if p.clock24 {
		return t.Format("15:04")
	}
	return t.Format(p.plain["time.layout"])
}

// RelativeDay names a stored local day as seen from another: today, yesterday, tomorrow, a weekday within the last
// week, else the date, with its year when that is another.
func (p *Printer) RelativeDay(day, today string) string {
	d, err := time.Parse(dayLayout, day)
	if err != nil {
		return day
	}
	now, err := time.Parse(dayLayout, today)
	if err != nil {
		return p.Date(d, "full")
	}
	switch n := int(now.Sub(d).Hours() / 24); {
	case n == 0:
		return p.T("date.today")
	case n == 1:
		return p.T("date.yesterday")
	case n == -1:
		return p.T("date.tomorrow")
	case n > 1 && n < 7:
		return p.Date(d, "weekday")
	case d.Year() == now.Year():
		return p.Date(d, "date")
	}
	return p.Date(d, "full")
}

// Duration writes a length of time in the largest unit that says it: seconds below a minute and a half, minutes below
// an hour and a half, else hours and minutes.
func (p *Printer) Duration(d time.Duration) string {
	switch {
	case d < 90*time.Second && d%time.Minute != 0:
		return p.N("time.seconds", int(d.Round(time.Second)/time.Second))
	case d < 90*time.Minute && d%time.Hour != 0:
		return p.N("time.minutes", int(d.Round(time.Minute)/time.Minute))
	}
	d = d.Round(time.Minute)
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	if minutes == 0 {
		return p.N("time.hours", hours)
	}
	return p.N("time.hours", hours) + " " + p.N("time.minutes", minutes)
}

// Kind names a kind of moment.
func (p *Printer) Kind(kind string) string { return p.T("kind." + kind) }

// Context names a context; no context is an empty text.
func (p *Printer) Context(context string) string {
	if context == "" {
		return ""
	}
	return p.T("context." + context)
}

// Felt names how a moment felt, from -2 to +2.
func (p *Printer) Felt(felt int) string { return p.T("felt." + strconv.Itoa(felt)) }
