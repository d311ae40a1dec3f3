package digest

import (
	"testing"
	"time"

	"kith/internal/account"
)

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestSetting_after(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		zone          string
		weekday       int
		minute        int
		now           string
		before, after string
	}{
		{"a Monday in Berlin", "Europe/Berlin", 1, 420, "2026-11-24T12:00:00Z", "2026-11-23T06:00:00Z", "2026-11-30T06:00:00Z"},
		{"at the very instant", "Europe/Berlin", 1, 420, "2026-11-23T06:00:00Z", "2026-11-23T06:00:00Z", "2026-11-30T06:00:00Z"},
		{"a moment before", "Europe/Berlin", 1, 420, "2026-11-23T05:59:59Z", "2026-11-16T06:00:00Z", "2026-11-23T06:00:00Z"},
		{"a Sunday that is Monday in UTC", "America/Los_Angeles", 0, 20 * 60, "2026-11-23T03:00:00Z", "2026-11-16T04:00:00Z", "2026-11-23T04:00:00Z"},
		{"an hour that is jumped over", "Europe/Berlin", 0, 150, "2026-03-28T12:00:00Z", "2026-03-22T01:30:00Z", "2026-03-29T01:30:00Z"},
		{"an hour that comes twice", "Europe/Berlin", 0, 150, "2026-10-25T02:00:00Z", "2026-10-25T01:30:00Z", "2026-11-01T01:30:00Z"},
		{"the last minute", "Pacific/Kiritimati", 6, 1439, "2026-11-28T09:59:00Z", "2026-11-28T09:59:00Z", "2026-12-05T09:59:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, s, now := account.User{Zone: tt.zone}, Setting{Weekday: tt.weekday, Minute: tt.minute}, instant(t, tt.now)
			if got := s.before(u, now); !got.Equal(instant(t, tt.before)) {
				t.Errorf("before is %s, want %s", got.UTC(), tt.before)
			}
			if got := s.after(u, now); !got.Equal(instant(t, tt.after)) {
				t.Errorf("after is %s, want %s", got.UTC(), tt.after)
			}
		})
	}
}

// Whatever the zone and the hour, a year of instants has every week once.
func TestWeekAt_everyWeekOnce(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"} {
		for weekday := range 7 {
			for _, minute := range []int{0, 150, 720, 1439} {
				u, s := account.User{Zone: zone, DayStart: 240}, Setting{Weekday: weekday, Minute: minute}
				at := s.after(u, time.Date(2025, 12, 20, 0, 0, 0, 0, time.UTC))
				seen := map[string]bool{}
				for range 56 {
					week := weekAt(u, at)
					if seen[week] {
						t.Fatalf("%s, %d at %d: %s comes twice, at %s", zone, weekday, minute, week, at)
					}
					seen[week] = true
					next := s.after(u, at)
					if gap := next.Sub(at); gap < 6*24*time.Hour || gap > 8*24*time.Hour {
						t.Fatalf("%s, %d at %d: %s after %s", zone, weekday, minute, gap, at)
					}
					if !s.before(u, next.Add(-time.Second)).Equal(at) {
						t.Fatalf("%s: before %s is not %s", zone, next, at)
					}
					at = next
				}
				for w, day := 0, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC); w < 50; w, day = w+1, day.AddDate(0, 0, 7) {
					year, n := day.ISOWeek()
					if week := weekName(year, n); !seen[week] {
						t.Errorf("%s, %d at %d: %s is left out", zone, weekday, minute, week)
					}
				}
			}
		}
	}
}

func weekName(year, n int) string {
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") + "-W" + string(rune('0'+n/10)) + string(rune('0'+n%10))
}
