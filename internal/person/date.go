package person

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kith/internal/fault"
)

// longest is how many days a month can have; a date without its year may be 29 February.
var longest = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31} //nolint:gochecknoglobals // a constant

// MaxLead is the longest time before a date, in days.
const MaxLead = 180

func (d Date) clean() (Date, error) {
	d.Label = line(d.Label)
	switch {
	case !slices.Contains(DateKinds(), d.Kind):
		return d, fault.Invalid("unknown_date_kind", "kind", "A date is one of: %s.", strings.Join(DateKinds(), ", "))
	case d.Kind == OtherDate && d.Label == "":
		return d, fault.Invalid("label_missing", "label", "Say what day this is.")
	case utf8.RuneCountInString(d.Label) > MaxLabel:
		return d, tooLong("label", MaxLabel)
	case d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > longest[d.Month-1]:
		return d, fault.Invalid("no_such_day", "day", "There is no such day in the calendar.")
	case d.Year != nil && (*d.Year < 1 || *d.Year > 2200):
		return d, fault.Invalid("year_range", "year", "A year is between 1 and 2200; leave it out when it is not known.")
	case d.Year != nil && d.Month == 2 && d.Day == 29 && !leap(*d.Year):
		return d, fault.Invalid("no_such_day", "day", "That year had no 29 February.")
	case d.LeadDays != nil && (*d.LeadDays < 0 || *d.LeadDays > MaxLead):
		return d, fault.Invalid("lead_range", "lead_days", "A lead time is between 0 and %d days.", MaxLead).With("max", MaxLead)
	}
	return d, nil
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// On is the day on which the date falls in a year, as 2026-11-24. 29 February falls on 28 February in a year without one:
// the last day of February, so that it stays within its month and never comes after the people who were born with it have
// said good night.
func (d Date) On(year int) string {
	day := d.Day
	if d.Month == 2 && day == 29 && !leap(year) {
		day = 28
	}
	return time.Date(year, time.Month(d.Month), day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// Next is the first day on which the date falls that is not before the local day after, and which time it is: 40 for a
// fortieth birthday, 0 for the day itself; -1 when the year is not known. A date of a year to come is first on that day.
func (d Date) Next(after string) (on string, turns int) {
	t, err := time.Parse(time.DateOnly, after)
	if err != nil {
		return "", -1
	}
	year := t.Year()
	if d.Year != nil && *d.Year > year {
		year = *d.Year
	}
	if d.On(year) < after {
		year++
	}
	if d.Year == nil {
		return d.On(year), -1
	}
	return d.On(year), year - *d.Year
}

// Lead is how many days before it a date is worth a thought: its own, else two weeks for what is celebrated and none for
// a death, which is remembered on its day.
func (d Date) Lead() int {
	switch {
	case d.LeadDays != nil:
		return *d.LeadDays
	case d.Kind == Death:
		return 0
	}
	return 14
}
