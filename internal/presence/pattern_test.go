package presence

import (
	"testing"
	"time"

	"kith/internal/fault"
	"kith/internal/i18n"
)

func TestParsePattern(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		id     string
		phases int
		round  time.Duration
		holds  bool
	}{
		"":            {"cyclic-sigh", 3, 11 * time.Second, false},
		" Box ":       {"box", 4, 16 * time.Second, true},
		"4-7-8":       {"4-7-8", 3, 19 * time.Second, true},
		"4-7-8-0":     {"4-7-8-0", 3, 19 * time.Second, true},
		"5-5":         {"5-0-5-0", 2, 10 * time.Second, false},
		"4-0-6":       {"4-0-6-0", 2, 10 * time.Second, false},
		"4 / 2 / 6":   {"4-2-6-0", 3, 12 * time.Second, true},
		"5,5-0-5.5-1": {"5.5-0-5.5-1", 3, 12 * time.Second, false},
	} {
		p, err := ParsePattern(text)
		if err != nil || p.ID != want.id || len(p.Phases) != want.phases || p.Round() != want.round || p.Holds() != want.holds {
			t.Errorf("%q: %+v, %v, %v", text, p, p.Round(), err)
		}
	}
	for _, text := range []string{"sigh", "4", "0-4-4-4", "21-1", "4-21-4", "4-4-4-4-4", "NaN-4", "1e1-x", "4.3-4", "-4-4-", "4-4-Inf"} {
		if p, err := ParsePattern(text); err == nil && p.Own() && text != "-4-4-" {
			t.Errorf("%q is read as %+v", text, p)
		} else if err != nil && fault.As(err).Code != "bad_pattern" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParsePattern(f *testing.F) {
	for _, text := range []string{"", "box", "4-2-6-0", "5,5/5,5", "NaN-1-1", "9999999999-1", "4--6"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePattern(text)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatal(err)
			}
			return
		}
		if r := p.Round(); r < 2*time.Second || r > 80*time.Second {
			t.Errorf("%q has rounds of %v", text, r)
		}
		again, err := ParsePattern(p.ID)
		if err != nil || again.ID != p.ID || again.Round() != p.Round() {
			t.Errorf("%q is %q, which is read as %+v, %v", text, p.ID, again, err)
		}
	})
}

// Every step has its words in every language, and all steps together are as long as their kind is.
func TestSteps(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]time.Duration{
		Pause: time.Minute, Savour: time.Minute, Wishes: 7 * time.Minute, Scan: 10 * time.Minute,
	} {
		if got := Usual(kind, ""); got != want {
			t.Errorf("%s is %v long, wants %v", kind, got, want)
		}
		for _, l := range i18n.Locales() {
			for _, s := range Steps(kind) {
				if !i18n.For(l.Tag).Has(s.Key) {
					t.Errorf("%s has no %q", l.Tag, s.Key)
				}
			}
		}
	}
	if Steps(Breath) != nil {
		t.Error("a breath has a paced text")
	}
}

func FuzzHashOf(f *testing.F) {
	f.Add("0123456789abcdef")
	f.Add("O1-il")
	f.Fuzz(func(t *testing.T, code string) {
		if h := hashOf(code); h != "" && len(h) != 64 {
			t.Errorf("%q is kept as %q", code, h)
		}
	})
}

func TestCodes(t *testing.T) {
	t.Parallel()
	a, b := newCode(), newCode()
	if a == b || len(a) != codeLength || hashOf(a) == "" || hashOf(a) == hashOf(b) {
		t.Errorf("codes %q and %q", a, b)
	}
	if hashOf("0123456789ABCDEF") != hashOf("o123-4567-89ab-cdef") {
		t.Error("a code that is typed by hand is another")
	}
	if hashOf("") != "" || hashOf("0123456789abcde") != "" || hashOf("0123456789abcdeu") != "" {
		t.Error("what is no code has a hash")
	}
}
