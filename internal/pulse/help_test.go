package pulse

import (
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kith/internal/i18n"
)

func TestPersists(t *testing.T) {
	t.Parallel()
	const today = "2026-11-24"
	day := func(ago int) string {
		d, _ := time.Parse(time.DateOnly, today)
		return d.AddDate(0, 0, -ago).Format(time.DateOnly)
	}
	days := func(valence ...int) []Felt {
		var list []Felt
		for ago, v := range valence {
			if v >= 0 {
				list = append(list, Felt{day(ago), v})
			}
		}
		return list
	}
	for _, tt := range []struct {
		what   string
		pulses []Felt
		lonely []Lonely
		want   string
	}{
		{"nothing known", nil, nil, NoReason},
		{"a week of low days", days(20, 20, 20, 20, 20, 20, 20), nil, LastingMood},
		{"six low days are too few to tell", days(20, 20, 20, 20, 20, 20), nil, NoReason},
		{"low is below thirty", days(30, 30, 30, 30, 30, 30, 30), nil, NoReason},
		{"six of eight", days(20, 20, 20, 20, 20, 20, 80, 80), nil, LastingMood},
		{"five of seven", days(20, 20, 20, 20, 20, 80, 80), nil, NoReason},
		{"it is better today", days(80, 20, 20, 20, 20, 20, 20, 20, 20), nil, NoReason},
		{"gaps between", days(-1, 20, -1, 20, 20, -1, 20, -1, 20, 20, -1, 20), nil, LastingMood},
		{"a fortnight ago is over", days(-1, -1, -1, -1, -1, -1, -1, -1, -1, 20, 20, 20, 20, 20, 20, 20), nil, NoReason},
		{"the average of a day decides", append(days(10, 10, 10, 10, 10, 10, 10), Felt{day(0), 90}), nil, NoReason},
		{"lonely twice, a month apart", nil, []Lonely{{day(1), 1}, {day(29), 1}}, LastingLonging},
		{"lonely twice, in any order", nil, []Lonely{{day(29), 1}, {day(1), 1}}, LastingLonging},
		{"lonely twice in one week", nil, []Lonely{{day(1), 1}, {day(6), 1}}, NoReason},
		{"lonely, three times", nil, []Lonely{{day(1), 1}, {day(6), 1}, {day(30), 1}}, LastingLonging},
		{"better in between", nil, []Lonely{{day(1), 1}, {day(6), 3}, {day(30), 1}}, NoReason},
		{"better since", nil, []Lonely{{day(1), 2}, {day(29), 1}, {day(60), 1}}, NoReason},
		{"long ago", nil, []Lonely{{day(100), 1}, {day(130), 1}}, NoReason},
		{"once", nil, []Lonely{{day(1), 1}}, NoReason},
	} {
		if got := Persists(today, tt.pulses, tt.lonely); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
}

// Good days alone never give a reason, whatever else there is.
func TestPersists_neverForGoodDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []Felt
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			d := time.Date(2026, 11, rapid.IntRange(1, 30).Draw(t, "day"), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			list = append(list, Felt{d, rapid.IntRange(moodLow, Top).Draw(t, "valence")})
		}
		if got := Persists("2026-11-24", list, nil); got != NoReason {
			t.Fatalf("%v gives %q", list, got)
		}
	})
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Locales() {
		if err := (*HelpBook)(nil).In(l.Tag).check(); err != nil {
			t.Errorf("%s: %v", l.Tag, err)
		}
	}
	own, err := ParseHelp([]byte(`{"de": {"intro": "Hier:", "resources": [{"name": "Betriebsarzt", "phone": "+49 30 1234"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := own.In("de-AT"); got.Intro != "Hier:" || len(own.In("en").Resources) < 3 {
		t.Errorf("the operator's list is %+v", got)
	}
	for _, text := range []string{
		``, `[]`, `{"de": {}}`, `{"de": {"intro": "x", "resources": []}}`, `{"de": {"intro": "x", "resources": [{"name": "y"}]}}`,
		`{"de": {"intro": "x", "resources": [{"name": "y", "url": "javascript:alert(1)"}]}}`,
		`{"de": {"intro": "x", "resources": [{"name": "y", "phone": "call me"}]}}`, `{"DE!": {}}`, `{"de": {"intro": "x", "extra": 1}}`,
	} {
		h, err := ParseHelp([]byte(text))
		if err == nil {
			t.Errorf("%s is taken", text)
		}
		if len(h.In("en").Resources) < 3 {
			t.Errorf("%s leaves nobody", text)
		}
	}
	none, err := LoadHelp(filepath.Join(t.TempDir(), "help.json"))
	if err != nil || len(none.In("de").Resources) < 3 {
		t.Errorf("without a file: %v", err)
	}
}

func FuzzParseHelp(f *testing.F) {
	f.Add([]byte(`{"de": {"intro": "Hier:", "resources": [{"name": "Betriebsarzt", "phone": "+49 30 1234", "url": "https://example.org"}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseHelp(b)
		if err == nil {
			for _, l := range i18n.Locales() {
				if err := h.In(l.Tag).check(); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
