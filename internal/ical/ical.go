// Package ical reads iCalendar (RFC 5545) for one question: when is somebody busy? It reads a calendar line by line,
// expands recurrences with their exceptions in their own time zones, and answers with stretches of time. It also writes
// the small calendar that Kith gives out.
//
// It is no general library: what does not bear on that question (alarms, attachments, tasks) is passed over unread.
//
// Invariants: whatever bytes come in, reading ends, within the bounds below, with spans or with a *Problem that names the
// line. A calendar that lies about a date, a zone or a recurrence is a Problem rather than a guess: whoever reads a wrong
// time as free would be disturbed. Nothing of an event but its times is kept unless the caller asks for titles.
package ical

import (
	"fmt"
	"time"
)

// Bounds of what is read.
const (
	maxValue  = 16 << 10 // bytes of a value that are kept; the rest is passed over
	maxDepth  = 16       // components within components
	maxEvents = 50_000   // that bear on the window
	maxDates  = 5_000    // RDATE and EXDATE values of an event
	maxZones  = 500
	maxSpans  = 50_000
	maxPeople = 20 // of an event that are kept
	// maxSteps is how many days and times are looked at in all to expand recurrences: some seconds of work.
	maxSteps  = 20_000_000
	firstYear = 1583 // unknown years of birthdays are written 1604
	lastYear  = 2400
)

// Codes of problems.
const (
	NotCalendar = "calendar_unreadable"   // something else, such as a web page
	Truncated   = "calendar_truncated"    // it ends in the middle
	BadDate     = "calendar_date"         // no date, or one of the year 1
	BadZone     = "calendar_zone"         // a zone nobody knows
	BadRule     = "calendar_rule"         // a recurrence that cannot be
	TooMuch     = "calendar_too_large"    // more than is read
	BadNesting  = "calendar_broken_parts" // BEGIN and END do not match
)

// Problem is why a calendar cannot be read.
type Problem struct { //nolint:errname // it is called what it is: ical.Problem
	Code string
	Line int // from 1; 0 where it is about the whole
}

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("iCalendar: %s in line %d", p.Code, p.Line) }

// Span is a time in which somebody is busy.
type Span struct {
	Start, End time.Time
	UID        string // of the event; empty unless Options.Titles
	Title      string // its first line; empty unless Options.Titles
	Invited    string // addresses for mail, in lower case and parted by blanks; empty unless Options.Titles
}

// Options say what is wanted of a calendar.
type Options struct {
	From, To time.Time      // the window: only spans that touch it are answered
	Zone     *time.Location // where dates and times without a zone are meant; nil is UTC
	Titles   bool
	Budget   *Budget // nil is one of its own
}
