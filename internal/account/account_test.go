package account_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"kith/internal/account"
	"kith/internal/fault"
)

func TestDay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, zone, at string
		dayStart       int
		want           string
	}{
		{"midnight", "Europe/Berlin", "2026-11-23T23:00:00Z", 0, "2026-11-24"},
		{"before midnight", "Europe/Berlin", "2026-11-23T22:59:59Z", 0, "2026-11-23"},
		{"night owl", "Europe/Berlin", "2026-11-24T02:59:00Z", 4 * 60, "2026-11-23"},
		{"night owl's morning", "Europe/Berlin", "2026-11-24T03:00:00Z", 4 * 60, "2026-11-24"},
		{"far ahead", "Pacific/Kiritimati", "2026-11-24T10:00:00Z", 0, "2026-11-25"},
		{"far behind", "Pacific/Niue", "2026-11-24T10:59:00Z", 0, "2026-11-23"},
		// Berlin goes from 03:00 back to 02:00 at 01:00Z; 02:40 comes twice, the day begins at the first.
		{"twice, the first", "Europe/Berlin", "2026-10-25T00:40:00Z", 160, "2026-10-25"},
		{"twice, in between", "Europe/Berlin", "2026-10-25T01:10:00Z", 160, "2026-10-25"},
		{"twice, before", "Europe/Berlin", "2026-10-25T00:39:59Z", 160, "2026-10-24"},
		// Berlin jumps from 02:00 to 03:00 at 01:00Z; a day that begins at 02:30 begins with the jump.
		{"jumped over", "Europe/Berlin", "2026-03-29T01:00:00Z", 150, "2026-03-29"},
		{"before the jump", "Europe/Berlin", "2026-03-29T00:59:59Z", 150, "2026-03-28"},
		// Cairo's days have begun at 01:00 when clocks are put forward at midnight.
		{"no midnight", "Africa/Cairo", "2026-04-23T22:00:00Z", 0, "2026-04-24"},
		// Samoa left out 30 December 2011.
		// Go's ZoneBounds end 2040, a leap year past its tables, a day early.
		{"a leap year's last day", "Europe/Berlin", "2040-12-31T12:00:00Z", 0, "2040-12-31"},
		{"the day after it", "America/St_Johns", "2041-01-01T03:30:00Z", 0, "2041-01-01"},
		{"a moment before", "America/St_Johns", "2041-01-01T03:29:59Z", 0, "2040-12-31"},
		{"a day left out", "Pacific/Apia", "2011-12-30T10:00:00Z", 0, "2011-12-31"},
		{"the day before", "Pacific/Apia", "2011-12-30T09:59:59Z", 0, "2011-12-29"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := (account.User{Zone: tt.zone, DayStart: tt.dayStart}).Day(at); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for day, hours := range map[string]float64{"2026-03-29": 23, "2026-10-25": 25, "2026-11-24": 24} {
		from, to, err := account.Bounds(day, berlin, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := to.Sub(from).Hours(); got != hours {
			t.Errorf("%s has %v hours, want %v", day, got, hours)
		}
	}
	for _, day := range []string{"", "2026-2-3", "2026-02-30", "today"} {
		if _, _, err := account.Bounds(day, berlin, 0); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%q: got %v", day, err)
		}
	}
}

// Days follow each other without gap or overlap: every instant lies within the bounds of its day.
func TestDaysTile(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "America/Havana", "Asia/Kathmandu", "Antarctica/Troll", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		u := account.User{Zone: rapid.SampledFrom(zones).Draw(t, "zone"), DayStart: rapid.IntRange(0, account.MaxDayStart).Draw(t, "start")}
		at := time.Unix(rapid.Int64Range(0, 2_500_000_000).Draw(t, "at"), 0)
		day := u.Day(at)
		from, to, err := account.Bounds(day, u.Location(), u.DayStart)
		if err != nil {
			t.Fatal(err)
		}
		if at.Before(from) || !at.Before(to) {
			t.Fatalf("%v is not within %s: %v to %v", at, day, from, to)
		}
		if u.Day(from) != day || u.Day(to) == day || u.Day(to.Add(-1)) != day {
			t.Fatalf("the bounds of %s are not its own: %v to %v", day, from, to)
		}
	})
}

func BenchmarkDay(b *testing.B) {
	u := account.User{Zone: "Europe/Berlin", DayStart: 240}
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		_ = u.Day(at)
	}
}
