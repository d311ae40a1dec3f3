package ical_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/ical"
	"kith/internal/zone"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// calendar wraps lines; an event is written as its lines alone.
func calendar(parts ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.ReplaceAll(strings.Join(parts, "\n"), "\n", "\r\n") + "\r\nEND:VCALENDAR\r\n"
}

func event(lines ...string) string {
	return "BEGIN:VEVENT\n" + strings.Join(lines, "\n") + "\nEND:VEVENT"
}

func options(t *testing.T, from, to, where string) ical.Options {
	t.Helper()
	loc, err := zone.Load(where)
	if err != nil {
		t.Fatal(err)
	}
	return ical.Options{From: day(from), To: day(to), Zone: loc}
}

// busy reads a calendar and writes its spans as they are in the zone.
func busy(t *testing.T, text string, o ical.Options) []string {
	t.Helper()
	c, err := ical.Read(strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	spans, err := c.Busy()
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, s := range spans {
		line := s.Start.In(o.Zone).Format("2006-01-02 15:04") + " " + s.End.Sub(s.Start).String()
		if s.Title != "" {
			line += " " + s.Title
		}
		list = append(list, line)
	}
	return list
}

func TestBusy(t *testing.T) {
	t.Parallel()
	const weekly = "UID:w\nDTSTART;TZID=Europe/Berlin:20261005T090000\nDTEND;TZID=Europe/Berlin:20261005T093000\nRRULE:FREQ=WEEKLY;UNTIL=20261102T080000Z"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"one in UTC", event("UID:1", "DTSTART:20261020T080000Z", "DTEND:20261020T090000Z"), []string{"2026-10-20 10:00 1h0m0s"}},
		{"in another zone", event("UID:1", "DTSTART;TZID=America/New_York:20261020T080000", "DURATION:PT45M"), []string{"2026-10-20 14:00 45m0s"}},
		{"a zone behind a prefix", event("UID:1", "DTSTART;TZID=/citadel.org/20210210_1/Europe/London:20261020T080000", "DURATION:PT45M"), []string{"2026-10-20 09:00 45m0s"}},
		{"floating", event("UID:1", "DTSTART:20261020T080000", "DTEND:20261020T083000"), []string{"2026-10-20 08:00 30m0s"}},
		{"floating in the calendar's zone", "X-WR-TIMEZONE:Asia/Tokyo\n" + event("UID:1", "DTSTART:20261020T080000", "DTEND:20261020T083000"), []string{"2026-10-20 01:00 30m0s"}},
		{"a whole day", event("UID:1", "DTSTART;VALUE=DATE:20261020"), []string{"2026-10-20 00:00 24h0m0s"}},
		{"a day of 25 hours", event("UID:1", "DTSTART;VALUE=DATE:20261025", "DTEND;VALUE=DATE:20261026"), []string{"2026-10-25 00:00 25h0m0s"}},
		{"transparent", event("UID:1", "DTSTART;VALUE=DATE:20261020", "TRANSP:TRANSPARENT"), []string{}},
		{"cancelled", event("UID:1", "DTSTART:20261020T080000Z", "DTEND:20261020T090000Z", "STATUS:CANCELLED"), []string{}},
		{"free by Outlook", event("UID:1", "DTSTART:20261020T080000Z", "DTEND:20261020T090000Z", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), []string{}},
		{"no length", event("UID:1", "DTSTART:20261020T080000Z"), []string{}},
		{"the end before the start", event("UID:1", "DTSTART:20261020T080000Z", "DTEND:20261020T070000Z"), []string{}},
		{"far away", event("UID:1", "DTSTART:19910101T080000Z", "DTEND:19910101T090000Z"), []string{}},
		{"weekly over a change of clocks", event(weekly), []string{
			"2026-10-05 09:00 30m0s", "2026-10-12 09:00 30m0s", "2026-10-19 09:00 30m0s", "2026-10-26 09:00 30m0s", "2026-11-02 09:00 30m0s",
		}},
		{"without one", event(weekly, "EXDATE;TZID=Europe/Berlin:20261012T090000,20261019T090000", "EXDATE:20261102T080000Z"), []string{
			"2026-10-05 09:00 30m0s", "2026-10-26 09:00 30m0s",
		}},
		{"one moved, one cancelled", event("UID:w\nRECURRENCE-ID;TZID=Europe/Berlin:20261012T090000\nDTSTART;TZID=Europe/Berlin:20261013T160000\nDURATION:PT1H") + "\n" +
			event(weekly) + "\n" + event("UID:w\nRECURRENCE-ID:20261019T070000Z\nDTSTART;TZID=Europe/Berlin:20261019T090000\nDURATION:PT1H\nSTATUS:CANCELLED"), []string{
			"2026-10-05 09:00 30m0s", "2026-10-13 16:00 1h0m0s", "2026-10-26 09:00 30m0s", "2026-11-02 09:00 30m0s",
		}},
		{"all from one on moved", event(weekly) + "\n" +
			event("UID:w\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261019T090000\nDTSTART;TZID=Europe/Berlin:20261019T100000\nDURATION:PT30M"), []string{
			"2026-10-05 09:00 30m0s", "2026-10-12 09:00 30m0s", "2026-10-19 10:00 30m0s", "2026-10-26 10:00 30m0s", "2026-11-02 10:00 30m0s",
		}},
		{"more dates", event("UID:1", "DTSTART:20261020T080000Z", "DTEND:20261020T083000Z", "RDATE:20261022T080000Z",
			"RDATE;VALUE=PERIOD:20261023T080000Z/PT2H,20261024T080000Z/20261024T090000Z"), []string{
			"2026-10-20 10:00 30m0s", "2026-10-22 10:00 30m0s", "2026-10-23 10:00 2h0m0s", "2026-10-24 10:00 1h0m0s",
		}},
		{"busy times alone", "BEGIN:VFREEBUSY\nFREEBUSY:20261020T080000Z/PT1H,20261021T080000Z/20261021T083000Z\nFREEBUSY;FBTYPE=FREE:20261022T080000Z/PT1H\nEND:VFREEBUSY", []string{
			"2026-10-20 10:00 1h0m0s", "2026-10-21 10:00 30m0s",
		}},
		{"folded, with an alarm and a task", event("UI", " D:1", "DTSTART:20261020T08", " 0000Z", "DTEND:20261020T090000Z", "BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:nonsense", "END:VALARM") +
			"\nBEGIN:VTODO\nDTSTART:00010101\nEND:VTODO", []string{"2026-10-20 10:00 1h0m0s"}},
		{"every day for twenty years", event("UID:1", "DTSTART:20061020T080000Z", "DTEND:20061020T083000Z", "RRULE:FREQ=DAILY;INTERVAL=20"), []string{
			"2026-10-15 10:00 30m0s", "2026-11-04 09:00 30m0s",
		}},
		{"a zone by its Windows name", event("UID:1", "DTSTART;TZID=Eastern Standard Time:20261020T080000", "DTEND;TZID=Eastern Standard Time:20261020T090000"), []string{"2026-10-20 14:00 1h0m0s"}},
		{"floating in a Windows zone", "X-WR-TIMEZONE:Tokyo Standard Time\n" + event("UID:1", "DTSTART:20261020T080000", "DURATION:PT1H"), []string{"2026-10-20 01:00 1h0m0s"}},
		{"UTC as Teams writes it", event("UID:1", "DTSTART;TZID=\"tzone://Microsoft/Utc\":20261020T080000", "DURATION:PT1H"), []string{"2026-10-20 10:00 1h0m0s"}},
		{"a zone of one offset", event("UID:1", "DTSTART;TZID=GMT+0200:20261020T080000", "DURATION:PT1H"), []string{"2026-10-20 08:00 1h0m0s"}},
		{"an escaped zone", event("UID:1", "DTSTART;TZID=America\\/New_York:20261020T080000", "DURATION:PT1H"), []string{"2026-10-20 14:00 1h0m0s"}},
		{"a birthday of an unknown year", event("UID:1", "DTSTART;VALUE=DATE:16041020", "RRULE:FREQ=YEARLY"), []string{"2026-10-20 00:00 24h0m0s"}},
		{"a rule of another calendar on a free day", event("UID:1", "DTSTART;VALUE=DATE:20241020", "RRULE:RSCALE=CHINESE;FREQ=YEARLY", "TRANSP:TRANSPARENT"), []string{}},
		{"a rule that names its calendar", event("UID:1", "DTSTART;VALUE=DATE:20241020", "RRULE:RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT"), []string{"2026-10-20 00:00 24h0m0s"}},
		{"a rule with an empty part, blanks and small letters", event("UID:1", "DTSTART:20261020T080000Z", "DURATION:PT1H", "RRULE:freq=WEEKLY; count=1;BYDAY="), []string{"2026-10-20 10:00 1h0m0s"}},
		{"the last working day of a month", event("UID:1", "DTSTART:20260130T080000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"), []string{"2026-10-30 09:00 1h0m0s"}},
		{"an exception and an end without their zone", event("UID:1", "DTSTART;TZID=America/New_York:20261012T090000", "DTEND:20261012T100000", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261013T090000"), []string{
			"2026-10-12 15:00 1h0m0s", "2026-10-14 15:00 1h0m0s",
		}},
		{"whole days without some, named by a time", event("UID:1", "DTSTART;VALUE=DATE:20261012", "RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20261013T000000Z", "EXDATE:20261013T220000Z",
			"EXDATE;TZID=America/New_York:20261015T000000"), []string{"2026-10-12 00:00 24h0m0s", "2026-10-16 00:00 24h0m0s"}},
		{"a whole day moved, named by a time", event("UID:1", "DTSTART;VALUE=DATE:20261012", "RRULE:FREQ=DAILY;COUNT=2") + "\n" +
			event("UID:1", "RECURRENCE-ID:20261013T000000Z", "DTSTART;VALUE=DATE:20261020"), []string{"2026-10-12 00:00 24h0m0s", "2026-10-20 00:00 24h0m0s"}},
		{"all from one on longer, and one of them moved", event(weekly) + "\n" +
			event("UID:w\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261019T090000\nDTSTART;TZID=Europe/Berlin:20261019T100000\nDURATION:PT2H") + "\n" +
			event("UID:w\nRECURRENCE-ID;TZID=Europe/Berlin:20261026T090000\nDTSTART;TZID=Europe/Berlin:20261027T080000\nDURATION:PT1H"), []string{
			"2026-10-05 09:00 30m0s", "2026-10-12 09:00 30m0s", "2026-10-19 10:00 2h0m0s", "2026-10-27 08:00 1h0m0s", "2026-11-02 10:00 2h0m0s",
		}},
		{"one more day of a timed event", event("UID:1", "DTSTART:20261020T080000Z", "DURATION:PT1H", "RDATE;VALUE=DATE:20261022"), []string{"2026-10-20 10:00 1h0m0s", "2026-10-22 10:00 1h0m0s"}},
		{"times written otherwise", event("UID:1", "DTSTART:2026-10-20T08:00:00Z", "DTEND:20261020T0900Z") + "\n" + event("UID:2", "DTSTART:20261021T080000+0530", "DURATION:PT1H"), []string{
			"2026-10-20 10:00 1h0m0s", "2026-10-21 04:30 1h0m0s",
		}},
		{"a text that was not folded", event("UID:1", "DTSTART:20261020T080000Z", "DURATION:PT1H", "DESCRIPTION:agenda", "BEGIN: with a song", "END: we go home"), []string{"2026-10-20 10:00 1h0m0s"}},
		{"over midnight into the window", event("UID:1", "DTSTART:20260920T220000Z", "DTEND:20261002T020000Z"), []string{"2026-09-21 00:00 268h0m0s"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := busy(t, calendar(tt.text), options(t, "2026-10-01", "2026-11-08", "Europe/Berlin"))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A zone that the calendar describes itself, as Outlook does.
func TestBusy_ownZone(t *testing.T) {
	t.Parallel()
	const own = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16011028T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n" +
		"TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010325T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n" +
		"TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE"
	e := event("UID:1", "DTSTART;TZID=\"Customized Time Zone\":20261023T090000", "DTEND;TZID=\"Customized Time Zone\":20261023T100000", "RRULE:FREQ=DAILY;COUNT=4")
	want := []string{"2026-10-23 07:00 1h0m0s", "2026-10-24 07:00 1h0m0s", "2026-10-25 08:00 1h0m0s", "2026-10-26 08:00 1h0m0s"}
	for name, text := range map[string]string{"before": own + "\n" + e, "behind": e + "\n" + own} {
		if diff := cmp.Diff(want, busy(t, calendar(text), options(t, "2026-10-01", "2026-11-08", "UTC"))); diff != "" {
			t.Errorf("described %s it is used: %s", name, diff)
		}
	}
}

func TestBusy_titles(t *testing.T) {
	t.Parallel()
	text := calendar(event("UID:1", `SUMMARY:Lunch with Ida\, at last\nand more`, "DTSTART:20261020T080000Z", "DTEND:20261020T090000Z"))
	o := options(t, "2026-10-01", "2026-11-08", "UTC")
	if got := busy(t, text, o); got[0] != "2026-10-20 08:00 1h0m0s" {
		t.Errorf("a title is kept that nobody allowed: %q", got)
	}
	o.Titles = true
	if got := busy(t, text, o); got[0] != "2026-10-20 08:00 1h0m0s Lunch with Ida, at last" {
		t.Errorf("with titles: %q", got)
	}
}

func TestRead_refuses(t *testing.T) {
	t.Parallel()
	const begin, end = "DTSTART:20261020T080000Z", "DTEND:20261020T090000Z"
	rule := func(r string) string { return calendar(event("UID:1", begin, end, "RRULE:"+r)) }
	for _, tt := range []struct {
		name, text, code string
		line             int
	}{
		{"nothing", "", ical.NotCalendar, 0},
		{"a web page", "\n<!doctype html>\n<title>Sign in</title>", ical.NotCalendar, 2},
		{"four bytes", "0;0=", ical.NotCalendar, 1},
		{"an address book", "BEGIN:VCARD\r\nEND:VCARD\r\n", ical.NotCalendar, 1},
		{"half of it", "BEGIN:VCALENDAR\r\n" + strings.ReplaceAll(event("UID:1", begin), "\n", "\r\n"), ical.Truncated, 5},
		{"ends that do not match", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", ical.BadNesting, 3},
		{"the year 1", calendar(event("UID:1", "DTSTART:00010101T000000Z")), ical.BadDate, 5},
		{"the 30th of February", calendar(event("UID:1", "DTSTART;VALUE=DATE:20260230")), ical.BadDate, 5},
		{"no start", calendar(event("UID:1")), ical.BadDate, 3},
		{"an unknown zone", calendar(event("UID:1", "DTSTART;TZID=Middle Earth:20261020T080000", "DURATION:PT1H")), ical.BadZone, 5},
		{"a rule without frequency", rule("COUNT=3"), ical.BadRule, 7},
		{"a rule of no frequency", rule("FREQ=OFTEN"), ical.BadRule, 7},
		{"an interval of nothing", rule("FREQ=DAILY;INTERVAL=0"), ical.BadRule, 7},
		{"an end twice", rule("FREQ=DAILY;COUNT=3;UNTIL=20261101"), ical.BadRule, 7},
		{"a month 13", rule("FREQ=YEARLY;BYMONTH=13"), ical.BadRule, 7},
		{"a day of no week", rule("FREQ=WEEKLY;BYDAY=XX"), ical.BadRule, 7},
		{"a rule of another calendar", rule("RSCALE=CHINESE;FREQ=YEARLY"), ical.BadRule, 7},
		{"a clock with a broken offset", calendar(event("UID:1", "DTSTART:20261020T080000+9")), ical.BadDate, 5},
		{"an unknown part", rule("FREQ=WEEKLY;BYMOON=FULL"), ical.BadRule, 7},
		{"every second", rule("FREQ=SECONDLY"), ical.TooMuch, 0},
		{"a length nobody can read", calendar(event("UID:1", begin, "DURATION:long")), ical.BadDate, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := ical.Read(strings.NewReader(tt.text), options(t, "2026-10-01", "2026-11-08", "UTC"))
			if err == nil {
				_, err = c.Busy()
			}
			var p *ical.Problem
			if !errors.As(err, &p) || p.Code != tt.code || p.Line != tt.line {
				t.Errorf("got %v, want %s in line %d", err, tt.code, tt.line)
			}
		})
	}
}

// Rules that never come true end, and so do those that come true too often.
func TestBusy_ends(t *testing.T) {
	t.Parallel()
	for _, r := range []string{
		"FREQ=HOURLY;INTERVAL=2;BYHOUR=1", "FREQ=MINUTELY;INTERVAL=120;BYHOUR=1,3", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000000", "FREQ=SECONDLY;INTERVAL=100000;COUNT=2000000000;BYSETPOS=2",
		"FREQ=YEARLY;INTERVAL=100000", "FREQ=MONTHLY;BYSETPOS=366;BYDAY=MO", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6",
	} {
		text := calendar(event("UID:1", "DTSTART:20000102T000000Z", "DTEND:20000102T000100Z", "RRULE:"+r))
		c, err := ical.Read(strings.NewReader(text), options(t, "2026-10-01", "2026-11-08", "UTC"))
		if err != nil {
			t.Fatalf("%s: %v", r, err)
		}
		spans, err := c.Busy()
		if len(spans) > 0 || err != nil && !strings.Contains(fmt.Sprint(err), ical.TooMuch) {
			t.Errorf("%s: %d spans, %v", r, len(spans), err)
		}
	}
}
