package ical

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
)

// Day is an event of a whole day that Kith gives out. Nobody is busy because of it.
type Day struct {
	UID     string
	On      time.Time
	Yearly  bool
	Title   string
	Changed time.Time
}

// Write returns a calendar of days. The same days are the same bytes.
func Write(name string, days []Day) []byte {
	var b bytes.Buffer
	line := func(key, value string) { fold(&b, key+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Kith//Kith//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escape(name))
	for _, d := range days {
		line("BEGIN", "VEVENT")
		line("UID", escape(d.UID))
		line("DTSTAMP", d.Changed.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", d.On.Format("20060102"))
		line("DTEND;VALUE=DATE", d.On.AddDate(0, 0, 1).Format("20060102"))
		switch {
		case d.Yearly && d.On.Month() == time.February && d.On.Day() == 29: // the last of February where there is no 29th
			line("RRULE", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1")
		case d.Yearly:
			line("RRULE", "FREQ=YEARLY")
		}
		line("SUMMARY", escape(d.Title))
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.Bytes()
}

func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// fold writes a line in pieces of at most 75 bytes, never within a letter (RFC 5545, 3.1).
func fold(b *bytes.Buffer, s string) {
	room := 75
	for len(s) > room {
		n := room
		for !utf8.RuneStart(s[n]) {
			n--
		}
		b.WriteString(s[:n] + "\r\n ")
		s, room = s[n:], 74
	}
	b.WriteString(s + "\r\n")
}
