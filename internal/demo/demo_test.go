package demo

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/forge"
	"kith/internal/intention"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/transfer"
)

func services(d *db.DB, now time.Time) Nouns {
	clock := func() time.Time { return now }
	n := Nouns{Accounts: account.New(d, clock), People: person.New(d, clock), Practices: practice.New(d, clock), Intentions: intention.New(d, clock), Opportunities: opportunity.New(d, clock)}
	jobs := job.New(d, job.Options{Now: clock})
	n.Moments = moment.New(d, moment.Options{Accounts: n.Accounts, People: n.People, Jobs: jobs, Live: live.New(d), Now: clock})
	n.Pulses = pulse.New(d, pulse.Options{Accounts: n.Accounts, Jobs: jobs, Now: clock})
	n.Reflections = reflection.New(d, n.Moments, clock)
	n.Forges = forge.New(d, n.People, clock)
	n.Calendars = dav.New(d, dav.Options{Accounts: n.Accounts, Now: clock})
	return n
}

func fill(t testing.TB, d *db.DB, o Options) account.ID {
	t.Helper()
	by, err := Fill(t.Context(), d, services(d, o.Now), o)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

func archive(t *testing.T, o Options) []byte {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t))
	by := fill(t, d, o)
	n := services(d, o.Now)
	var b bytes.Buffer
	all := transfer.New(d, transfer.Nouns{Accounts: n.Accounts, People: n.People, Moments: n.Moments, Practices: n.Practices, Intentions: n.Intentions, Opportunities: n.Opportunities, Reflections: n.Reflections, Calendars: n.Calendars, Forges: n.Forges})
	if err := all.Export(t.Context(), by, &b, ""); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFill_isTheSameForASeed(t *testing.T) {
	t.Parallel()
	o := Options{Seed: 3, Lang: "en", Zone: "Europe/Berlin", Now: noon()}
	one := archive(t, o)
	if !bytes.Equal(one, archive(t, o)) {
		t.Error("the same options made two archives")
	}
	for what, other := range map[string]Options{
		"seed": {Seed: 4, Lang: "en", Zone: o.Zone, Now: o.Now}, "language": {Seed: 3, Lang: "de", Zone: o.Zone, Now: o.Now},
		"day": {Seed: 3, Lang: "en", Zone: o.Zone, Now: o.Now.AddDate(0, 0, 1)},
	} {
		if bytes.Equal(one, archive(t, other)) {
			t.Errorf("another %s made the same archive", what)
		}
	}
}

// Every table of a user's has a row in the demo, so that every page is alive in it.
func TestFill_tables(t *testing.T) {
	t.Parallel()
	without := map[string]string{
		"auth_password":    "a demo has no password",
		"scale":            "who lives here brought none",
		"person_photo":     "a made-up person has no face",
		"person_merge":     "its owner merges; there is a pair to try it on",
		"import":           "its owner imports; an undone import would undo the story",
		"import_card":      "as import",
		"import_item":      "as import",
		"import_change":    "as import",
		"digest_setting":   "who lives here mails nobody: a demo has no mail server",
		"digest_mail":      "as digest_setting",
		"auth_session":     "made when a page is opened",
		"auth_token":       "a secret, shown once",
		"calendar_item":    "of an account",
		"calendar_account": "an account lives elsewhere, and the demo asks nobody",
		"calendar_feed":    "a secret link, shown once",
		"auth_link":        "a secret, of which there is none",
		"auth_place":       "where somebody signed in from, which nobody did",
		"auth_passkey":     "a key on a device, of which a demo has none",
		"auth_recovery":    "a secret, shown once",
	}
	schema, err := os.ReadFile(filepath.Join("..", "db", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := Options{Lang: "de", Zone: "Europe/Berlin", Now: noon()}
		by := fill(t, d, o)
		seen := 0
		for _, m := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`).FindAllStringSubmatch(string(schema), -1) {
			if table := m[1]; regexp.MustCompile(`(?m)^\s*user_id\b`).MatchString(m[2]) && without[table] == "" {
				seen++
				n, err := db.One(t.Context(), d, db.Value[int64], "SELECT COUNT(*) FROM "+table+" WHERE user_id = $1", string(by))
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					t.Errorf("the demo has no row in %s: add it to internal/demo, or say here why not", table)
				}
			}
		}
		if seen < 5 {
			t.Errorf("the schema has only %d tables of a user's", seen)
		}
		people := services(d, o.Now).People
		pairs, err := people.Duplicates(t.Context(), by)
		if err != nil || len(pairs) != 1 || pairs[0].Reason != person.SamePhone {
			t.Errorf("those likely to be one are %v (%v)", pairs, err)
		}
		due, err := people.Due(t.Context(), by, o.Now)
		if err != nil || len(due) == 0 || len(due) > 12 {
			t.Errorf("%d people are due (%v)", len(due), err)
		}
		asks, err := people.FollowUpsDue(t.Context(), d, by, o.Now.Format(time.DateOnly))
		if err != nil || len(asks) == 0 || strings.Contains(asks[0].Text, "{") {
			t.Errorf("to be asked today: %v (%v)", asks, err)
		}
		ahead, err := people.Ahead(t.Context(), d, by, o.Now.Format(time.DateOnly), 14)
		if err != nil || len(ahead) < 2 {
			t.Errorf("the dates ahead are %v (%v)", ahead, err)
		}
		if again := fill(t, d, o); again != by {
			t.Error("a second start made another account")
		}
		n, err := services(d, o.Now).Moments.Count(t.Context(), by)
		if err != nil || n != wanted {
			t.Errorf("%d moments (%v), want %d", n, err, wanted)
		}
		found, err := services(d, o.Now).Moments.List(t.Context(), by, moment.Filter{Query: "Oma"}, 10, "")
		if err != nil || len(found.Items) == 0 {
			t.Errorf("search finds nothing (%v)", err)
		}
	})
}

// A year is a year whenever and wherever it is told, and nothing in it is still to come.
func TestTell_anyDay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range Languages() {
		for zone, now := range map[string]time.Time{
			"Europe/Berlin":       time.Date(2028, 2, 29, 18, 30, 0, 0, berlin),
			"UTC":                 time.Date(2027, 3, 1, 0, 20, 0, 0, time.UTC),
			"Pacific/Kiritimati":  noon(),
			"America/Los_Angeles": time.Date(2026, 3, 29, 12, 4, 0, 0, time.UTC), // four minutes into the day
			"Asia/Kathmandu":      time.Date(2025, 12, 31, 17, 0, 0, 0, time.UTC),
		} {
			s := tell(t, Options{Lang: lang, Zone: zone, Now: now, Seed: int(now.Unix() % 7)})
			if len(s.Moments) != wanted {
				t.Errorf("%s %s: %d moments, want %d", lang, zone, len(s.Moments), wanted)
			}
			for _, m := range s.Moments {
				if diff := s.misread(m, m.Read); diff != "" {
					t.Errorf("%s %s: %q: %s", lang, zone, m.Text, diff)
				}
				if m.HappenedAt.After(now) || m.Captured.After(now) || m.Captured.Before(m.HappenedAt) {
					t.Errorf("%s %s: %q happened %s, was written %s, and it is %s", lang, zone, m.Text, m.HappenedAt, m.Captured, now)
				}
			}
			if n := len(s.Days[yearDays].Moments); n < 2 {
				t.Errorf("%s %s: today has %d moments", lang, zone, n)
			}
			if s.Days[yearDays].Name != s.User.Day(now) || len(s.Days) != yearDays+1 {
				t.Errorf("%s %s: the year ends on %s", lang, zone, s.Days[yearDays].Name)
			}
		}
	}
}

// A life is not made of one sentence, and not of one kind.
func TestTell_isVaried(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		for seed := range 3 {
			s := tell(t, Options{Lang: lang, Seed: seed})
			texts, kinds, people, felt, contacts, weak := map[string]int{}, map[string]int{}, map[string]int{}, map[int]int{}, map[string]int{}, 0
			late := 0
			for _, m := range s.Moments {
				texts[m.Text]++
				kinds[m.Read.Kind]++
				contacts[m.Read.Contact]++
				if m.Captured.After(m.HappenedAt) {
					late++
				}
				if len(m.Read.Someone) > 0 && len(m.People) == 0 {
					weak++
				}
				for _, p := range m.People {
					people[p]++
				}
				if m.Felt != nil {
					felt[*m.Felt]++
				}
			}
			worst := slices.MaxFunc(slices.Collect(maps.Keys(texts)), func(a, b string) int { return cmp.Compare(texts[a], texts[b]) })
			if texts[worst] > 5 {
				t.Errorf("%s: %q is said %d times", lang, worst, texts[worst])
			}
			for _, k := range capture.Kinds {
				if kinds[k] < 20 {
					t.Errorf("%s: only %d of %s", lang, kinds[k], k)
				}
			}
			for _, f := range s.Cast {
				if people[f.Key] == 0 {
					t.Errorf("%s: nothing with %s", lang, f.Name)
				}
			}
			for f := -2; f <= 2; f++ {
				if felt[f] < 5 {
					t.Errorf("%s: %d moments felt %+d", lang, felt[f], f)
				}
			}
			if weak < 40 || late < 30 || contacts[capture.ContactAttempt] < 5 {
				t.Errorf("%s: %d with strangers, %d written the next day, %d attempts", lang, weak, late, contacts[capture.ContactAttempt])
			}
			most := 0
			silent := 0
			for _, d := range s.Days {
				most = max(most, len(d.Moments))
				if len(d.Moments) == 0 {
					silent++
				}
			}
			if most > 16 || silent < 10 {
				t.Errorf("%s: %d moments on one day, %d days of silence", lang, most, silent)
			}
			if testing.Verbose() {
				t.Logf("%s/%d: kinds %v felt %v contacts %v weak %d late %d most %d silent %d texts %d people %v", lang, seed, kinds, felt, contacts, weak, late, most, silent, len(texts), people)
			}
		}
	}
}

// Both languages tell of the same people.
func TestWords_languagesAgree(t *testing.T) {
	t.Parallel()
	keys := map[string][]string{}
	for _, lang := range Languages() {
		w, err := readWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		keys[lang] = slices.Sorted(maps.Keys(w.cast))
		names := map[string]bool{}
		for _, c := range w.cast {
			if names[c.name] || strings.TrimSpace(c.name) == "" {
				t.Errorf("%s: two are called %q", lang, c.name)
			}
			names[c.name] = true
		}
	}
	if diff := gocmp.Diff(keys["en"], keys["de"]); diff != "" {
		t.Error(diff)
	}
	if n := len(cast()); n < 40 {
		t.Errorf("there are %d people", n)
	}
}

func BenchmarkTell(b *testing.B) {
	for b.Loop() {
		tell(b, Options{Lang: "en"})
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		d := dbtest.Open(b, dbtest.SQLite(b))
		b.StartTimer()
		fill(b, d, Options{Lang: "en", Zone: "UTC", Now: noon()})
	}
}
