package intention

import (
	"strings"
	"testing"
	"time"

	"kith/internal/fault"
)

func TestDraft_clean(t *testing.T) {
	t.Parallel()
	d, err := Draft{Text: " \tthank\n Sam\x00 \u0001", Cue: " when I  get coffee ", Practice: "thanks-specific"}.clean()
	if err != nil || d.Text != "thank Sam" || d.Cue != "when I get coffee" {
		t.Errorf("cleaned to %+v, %v", d, err)
	}
	if _, err := (Draft{Text: strings.Repeat("é", MaxText)}).clean(); err != nil {
		t.Errorf("%d characters are refused: %v", MaxText, err)
	}
	for code, d := range map[string]Draft{
		"intention_missing":  {Text: " \u00a0\n"},
		"intention_too_long": {Text: strings.Repeat("é", MaxText+1)},
		"cue_too_long":       {Text: "x", Cue: strings.Repeat("y", MaxCue+1)},
		"unknown_practice":   {Text: "x", Practice: "no-such"},
		"unknown_person":     {Text: "x", Person: "Sam"},
	} {
		if _, err := d.clean(); fault.As(err) == nil || fault.As(err).Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestDraft_fingerprint(t *testing.T) {
	t.Parallel()
	a := Draft{ID: "1", Text: "x", Cue: "y"}
	if b := (Draft{ID: "2", Text: "x", Cue: "y"}); a.fingerprint() != b.fingerprint() {
		t.Error("the id is in the fingerprint")
	}
	if b := (Draft{Text: "xy"}); a.fingerprint() == b.fingerprint() {
		t.Error("two requests have one fingerprint")
	}
}

func TestIntention_closes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		i      Intention
		kind   string
		people []string
		want   bool
		own    string
	}{
		"practice, its kind":             {Intention{Practice: "thanks-specific"}, "thanks", nil, true, ""},
		"practice, a kind that fits too": {Intention{Practice: "catch-up"}, "check-in", []string{"sam"}, true, ""},
		"practice, another kind":         {Intention{Practice: "thanks-specific"}, "laugh", nil, false, ""},
		"practice, its person":           {Intention{Practice: "compliment", Person: "sam"}, "compliment", []string{"ida", "sam"}, true, ""},
		"practice, another person":       {Intention{Practice: "compliment", Person: "sam"}, "compliment", []string{"ida"}, false, ""},
		"own words, its person":          {Intention{Person: "sam"}, "laugh", []string{"sam"}, true, ""},
		"own words, another person":      {Intention{Person: "sam"}, "laugh", []string{"ida"}, false, ""},
		"own words alone":                {Intention{}, "thanks", []string{"sam"}, false, ""},
		"an own practice, its kind":      {Intention{Practice: "x"}, "thanks", nil, true, "thanks"},
		"an own practice, another kind":  {Intention{Practice: "x"}, "laugh", nil, false, "thanks"},
		"a practice that is gone":        {Intention{Practice: "old"}, "thanks", nil, false, ""},
	} {
		if got := c.i.closes(c.kind, c.own, c.people); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCheckToday(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 24, 23, 30, 0, 0, time.UTC)
	for day, ok := range map[string]bool{
		"2026-11-24": true, "2026-11-25": true, "2026-11-23": true, "2026-11-22": true,
		"2026-11-21": false, "2026-11-26": false, "24.11.2026": false, "": false, "2026-11-31": false,
	} {
		if err := checkToday(day, now); (err == nil) != ok {
			t.Errorf("%q: %v", day, err)
		}
	}
}
