package pulse

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/i18n"
)

func TestQuadrant(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		valence, energy int
		want            string
	}{{100, 100, Bright}, {50, 50, Bright}, {50, 49, Calm}, {100, 0, Calm}, {49, 50, Tense}, {0, 100, Tense}, {49, 49, Heavy}, {0, 0, Heavy}} {
		if got := Quadrant(tt.valence, tt.energy); got != tt.want {
			t.Errorf("%d, %d lies in %s, want %s", tt.valence, tt.energy, got, tt.want)
		}
	}
}

func TestEvening(t *testing.T) {
	t.Parallel()
	for clock, want := range map[string]bool{"16:59": false, "17:00": true, "23:59": true, "02:00": true, "03:59": true, "04:00": false, "12:00": false} {
		at, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := Evening(at, 240); got != want {
			t.Errorf("%s with days that begin at four: %v", clock, got)
		}
	}
}

// Every language has the same words in the same order, about a dozen a quadrant, each one once, and no own word looks
// like an id.
func TestWords(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, l := range i18n.Locales() {
		var here []string
		count, texts := map[string]int{}, map[string]bool{}
		for _, w := range Words(l.Tag) {
			here = append(here, w.ID)
			count[w.Quadrant]++
			if key := fold.Fold(w.Text); texts[key] || w.Text != line(w.Text) || len([]rune(w.Text)) > MaxWord {
				t.Errorf("%s: %q stands there twice or is not clean", l.Tag, w.Text)
			}
			texts[fold.Fold(w.Text)] = true
		}
		for _, q := range Quadrants() {
			if count[q] < 12 {
				t.Errorf("%s has %d words for %s", l.Tag, count[q], q)
			}
		}
		if ids == nil {
			ids = here
		}
		if diff := cmp.Diff(ids, here); diff != "" {
			t.Errorf("%s: %s", l.Tag, diff)
		}
	}
}

func TestCleanWords(t *testing.T) {
	t.Parallel()
	got, err := cleanWords([]string{"Zufrieden", "content", " schön   müde\n", "SCHÖN MÜDE", "", "calm.rested"}, "de")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"calm.content", "schön müde", "calm.rested"}, got); diff != "" {
		t.Error(diff)
	}
	said := Say(got, "de")
	if said[0].Text != "zufrieden" || said[0].Quadrant != Calm || said[1].ID != "" || Say(got, "en")[2].Text != "rested" {
		t.Errorf("said as %+v", said)
	}
	for code, list := range map[string][]string{
		"pulse_word_too_long":  {strings.Repeat("a", MaxWord+1)},
		"too_many_pulse_words": strings.Split("a,b,c,d,e,f,g,h,i,j,k,l,m", ","),
	} {
		if _, err := cleanWords(list, "en"); fault.As(err) == nil || fault.As(err).Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}
