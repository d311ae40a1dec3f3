// Package demo tells a year of one person's life and puts it into an empty account: some forty people, 1,500 moments, what
// was meant for the day, and whatever other nouns add. It is for looking at: every page is alive in it.
//
// A story is made of a seed, a language, a zone and the present: the same four are the same rows, ids included, and the
// year always ends now. It is written by the nouns' own Restore, in one transaction; this package holds no SQL. The words
// are data: data/LANGUAGE, each written natively; words.go says how a line is written.
//
// How another noun joins the story:
//  1. Make a file NOUN.go with one function that writes its rows through the noun's Restore; see intentions.go.
//  2. Name it in chapters below, behind the nouns it refers to, and its service in Nouns, if it has one.
//  3. Take chance from s.chance("NOUN") and ids from s.id, so that no other noun's rows change; words are data/*/NOUN.txt.
//  4. s.Days tells what happened on each day; s.Person[key] is somebody's id. Nothing lies after s.Now.
//  5. The test of the tables fails for a user's table without a row, until it has one or a reason in it.
package demo

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/forge"
	"kith/internal/intention"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/zone"
)

// Email is the address of the one who lives in the demo. Nobody can have it.
const Email = "robin@demo.invalid"

// Languages a story can be told in.
func Languages() []string { return []string{"en", "de"} }

// Options decide a story.
type Options struct {
	Seed int
	Lang string // one of Languages
	Zone string // IANA name of where it is lived
	Now  time.Time
}

// Nouns are the services a story is written through.
type Nouns struct {
	Accounts      *account.Service
	People        *person.Service
	Moments       *moment.Service
	Practices     *practice.Service
	Intentions    *intention.Service
	Opportunities *opportunity.Service
	Pulses        *pulse.Service
	Reflections   *reflection.Service
	Forges        *forge.Service
	Calendars     *dav.Service
}

// chapter writes what one noun has in the story.
type chapter struct {
	name  string
	write func(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error
}

// chapters are written in this order: whoever is named comes before who names them.
func chapters() []chapter {
	return []chapter{
		{"account", writeAccount},
		{"people", writePeople},
		{"belongings", writeBelongings},
		{"moments", writeMoments},
		{"practices", writePractices},
		{"intentions", writeIntentions},
		{"guesses", writeGuesses},
		{"answers", writeAnswers},
		{"pulses", writePulses},
		{"presence", writePresence},
		{"reflections", writeReflections},
		{"forge", writeForge},
		{"calendar", writeCalendar},
	}
}

// Fill tells the story and keeps it, all or nothing, unless the account is there already. It returns whose life it is.
func Fill(ctx context.Context, d *db.DB, n Nouns, o Options) (account.ID, error) {
	s, err := Tell(o)
	if err != nil {
		return "", err
	}
	list, err := n.Accounts.List(ctx)
	if err != nil {
		return "", err
	}
	for _, u := range list {
		if u.Email == Email {
			return u.ID, nil
		}
	}
	err = d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, c := range chapters() {
			if err := c.write(ctx, tx, n, s); err != nil {
				return fmt.Errorf("write the demo's %s: %w", c.name, err)
			}
		}
		return n.Moments.RestoreLastContact(ctx, tx, s.User.ID)
	})
	return s.User.ID, err
}

// Story is what is told.
type Story struct {
	Options
	User    account.User
	Loc     *time.Location
	Today   time.Time // noon of the person's own day
	Cast    []Figure
	Person  map[string]string // key of the cast to the person's id
	Moments []Moment          // oldest first
	Days    []Day             // from a year ago to today

	words words
}

// Day is one local day of the story.
type Day struct {
	Date    time.Time // noon
	Name    string    // 2026-11-24
	Ago     int       // 0 is today
	Moments []int     // of Story.Moments
}

// dayStart is when the days of the demo begin: at night it is still the evening before, and Today is not empty.
const dayStart = 4 * 60

// Tell makes the story. The same options tell the same.
func Tell(o Options) (*Story, error) {
	if !slices.Contains(Languages(), o.Lang) {
		return nil, fmt.Errorf("the demo is not told in the language %q", o.Lang)
	}
	loc, err := zone.Load(o.Zone)
	if err != nil {
		return nil, err
	}
	w, err := readWords(o.Lang)
	if err != nil {
		return nil, err
	}
	o.Now = o.Now.In(loc).Truncate(time.Microsecond)
	s := &Story{Options: o, Loc: loc, Person: map[string]string{}, words: w}
	s.User = account.User{
		Email: Email, Name: w.cast["robin"].name, Zone: o.Zone, Locale: o.Lang, DayStart: dayStart, Admin: true,
	}
	today, err := time.ParseInLocation(time.DateOnly, s.User.Day(o.Now), loc)
	if err != nil {
		return nil, err
	}
	s.Today = today.Add(12 * time.Hour)
	born := s.day(yearDays + 1)
	s.User.ID = account.ID(s.id(s.chance("account"), born))
	s.User.Revision, s.User.CreatedAt, s.User.UpdatedAt = 1, born, born
	if err := s.meet(); err != nil {
		return nil, err
	}
	return s, s.live()
}

// day is the noon of so many days ago.
func (s *Story) day(ago int) time.Time {
	y, m, d := s.Today.Date()
	return time.Date(y, m, d-ago, 12, 0, 0, 0, s.Loc)
}

// chance is a noun's own source of chance, so that nouns do not shift each other.
func (s *Story) chance(noun string) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s/%d/%s", noun, s.Seed, s.Lang)
	return rand.New(rand.NewPCG(h.Sum64(), uint64(s.Seed))) //nolint:gosec // a story, no secret
}

// id is a UUIDv7 of that instant.
func (s *Story) id(r *rand.Rand, at time.Time) string {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|r.Uint64()&0xffff)
	binary.BigEndian.PutUint64(u[8:], r.Uint64())
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// fingerprint stands for the request that would have made the row.
func fingerprint(id string) string { return "demo-" + id }

func writeAccount(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	u, err := n.Accounts.CreateTx(ctx, tx, account.Draft{
		ID: s.User.ID, Email: s.User.Email, Name: s.User.Name, Zone: s.User.Zone, Locale: s.User.Locale, DayStart: s.User.DayStart,
	})
	if err != nil {
		return err
	}
	return n.Accounts.Restore(ctx, tx, u.ID, s.User)
}
