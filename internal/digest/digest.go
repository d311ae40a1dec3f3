// Package digest mails the weekly review to whoever asked for it, at an hour of their week, in their zone and language.
//
// It is not a nudge: nothing is sent that was not ordered, and one click in the mail ends it. What a week holds is
// package reflection's to say; how a message travels is package notify's.
//
// Invariants: nobody gets a mail before switching it on. A week is mailed once, whatever becomes of hours, zones, clocks
// and nodes; only a crash between a server's taking a mail over and our keeping of it sends it twice, under one
// Message-ID. A week with nothing in it is not mailed. A server that does not answer is asked again until the next week
// is due, which then goes out in its place. Private words are left out unless the person lets them in. What is due
// follows from the tables; jobs only wake it up.
package digest

import (
	"fmt"
	"strconv"
	"time"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/reflection"
)

// Setting is how somebody wants the week by mail. The zero value is what holds until one is chosen, but for the hour.
type Setting struct {
	On       bool
	Weekday  int  // 0 is Sunday
	Minute   int  // after midnight
	Private  bool // private words may be in it
	Revision int64
}

// untilChosen is Monday morning: the week before is whole.
func untilChosen() Setting { return Setting{Weekday: 1, Minute: 7 * 60} }

// States of a week's mail.
const (
	Sending = "sending" // or to be tried again
	Sent    = "sent"
	Quiet   = "quiet"   // there was nothing to say
	Refused = "refused" // the server does not take mail for this address
)

// Mail is what became of one week.
type Mail struct {
	Week     string
	State    string
	Attempts int
	At       time.Time // of the latest change
}

// Status is all there is to say about somebody's digest.
type Status struct {
	Setting
	Ready bool       // this Kith sends mail
	Next  *time.Time // when the next one is due, in the person's zone; nil while it is off
	Last  *Mail
}

// Letter is a digest as it is sent.
type Letter struct {
	Week    string
	Subject string
	Text    string
	HTML    string
	Empty   bool // nothing is in it: it would not be sent
}

func (s Setting) check() error {
	if s.Weekday < 0 || s.Weekday > 6 {
		return fault.Invalid("bad_weekday", "weekday", "A weekday is a number from 0 (Sunday) to 6.")
	}
	if s.Minute < 0 || s.Minute >= 24*60 {
		return fault.Invalid("bad_minute", "minute", "An hour is given in minutes after midnight, from 0 to 1439.")
	}
	return nil
}

// occurrence is the instant of the setting's hour in the week of t's date, shifted by weeks. Where a change of clocks jumps
// over it, it is as much later.
func (s Setting) occurrence(u account.User, t time.Time, weeks int) time.Time {
	loc := u.Location()
	y, m, d := t.In(loc).Date()
	today := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday())
	return time.Date(y, m, d+s.Weekday-today+7*weeks, s.Minute/60, s.Minute%60, 0, 0, loc)
}

// after is the first instant of the setting's hour after t.
func (s Setting) after(u account.User, t time.Time) time.Time {
	for weeks := 0; ; weeks++ {
		if at := s.occurrence(u, t, weeks); at.After(t) {
			return at
		}
	}
}

// before is the last instant of the setting's hour that is not after t.
func (s Setting) before(u account.User, t time.Time) time.Time {
	for weeks := 0; ; weeks-- {
		if at := s.occurrence(u, t, weeks); !at.After(t) {
			return at
		}
	}
}

// weekAt is the week that a digest of this instant is about: from Friday on the one that ends, before that the last one.
func weekAt(u account.User, t time.Time) string {
	day, _ := time.Parse(time.DateOnly, u.Day(t)) // an account's own day can be read
	return reflection.WeekOf(day.AddDate(0, 0, -4).Format(time.DateOnly))
}

// Clock writes minutes after midnight as a clock shows them.
func Clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// WeekNumber is the number of a week without its leading zero, and its year.
func WeekNumber(week string) (number, year string) {
	n, _ := strconv.Atoi(week[len(week)-2:])
	return strconv.Itoa(n), week[:len(week)-4]
}
