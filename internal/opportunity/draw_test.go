package opportunity

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/internal/capture"
	"kith/internal/practice"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// walk draws n days from first on and fails where a card comes again before every other has come as often.
func walk(t interface {
	Helper()
	Errorf(format string, args ...any)
}, deck []*practice.Practice, seed string, first time.Time, n int,
) [][]*practice.Practice {
	t.Helper()
	seen := map[string]int{}
	days := make([][]*practice.Practice, n)
	for i := range days {
		days[i] = draw(deck, seed, first, first.AddDate(0, 0, i))
		// Within a day the order of drawing is not kept, so the day is judged as a whole.
		for _, p := range days[i] {
			seen[p.ID]++
		}
		low, high := n, 0
		for _, p := range deck {
			low, high = min(low, seen[p.ID]), max(high, seen[p.ID])
		}
		if high-low > 1 {
			t.Errorf("day %d: one card has come %d times, another %d", i, high, low)
		}
	}
	return days
}

func TestDraw_ninetyDays(t *testing.T) {
	t.Parallel()
	deck := deckOf(practice.Library("en"), nil, nil)
	for user := range 60 {
		seed := fmt.Sprintf("user-%d", user)
		first := day("2026-11-24").AddDate(0, 0, user)
		leads := map[string]bool{}
		for i, cards := range walk(t, deck, seed, first, 90) {
			if len(cards) != perDay {
				t.Fatalf("%s: day %d has %d suggestions", seed, i, len(cards))
			}
			leads[cards[0].ID] = true
			on := first.AddDate(0, 0, i)
			for j, p := range cards {
				if has(cards[:j], p.Kind) {
					t.Errorf("%s: day %d has two of kind %s", seed, i, p.Kind)
				}
				if p.Context == capture.Professional && (on.Weekday() == time.Saturday || on.Weekday() == time.Sunday) {
					t.Errorf("%s: %s is suggested on a %s", seed, p.ID, on.Weekday())
				}
			}
		}
		if len(leads) < 10 {
			t.Errorf("%s: in 90 days only %d practices led a day", seed, len(leads))
		}
	}
}

func TestDraw_isDeterministic(t *testing.T) {
	t.Parallel()
	deck := deckOf(practice.Library("en"), nil, nil)
	first := day("2026-11-24")
	a, b := walk(t, deck, "ana", first, 60), walk(t, deckOf(practice.Library("de"), nil, nil), "ana", first, 60)
	ids := func(days [][]*practice.Practice) (list []string) {
		for _, d := range days {
			for _, p := range d {
				list = append(list, p.ID)
			}
		}
		return list
	}
	if diff := cmp.Diff(ids(a), ids(b)); diff != "" {
		t.Errorf("two languages differ:\n%s", diff)
	}
	if slices.Equal(ids(a), ids(walk(t, deck, "ben", first, 60))) {
		t.Error("two accounts get the same")
	}
	if got := draw(deck, "ana", first, day("2026-11-01")); len(got) != perDay {
		t.Errorf("a day before the first has %d suggestions", len(got))
	}
}

// Whatever someone never wants to see again, the rest is still drawn without replacement.
func TestDraw_anyDeck(t *testing.T) {
	t.Parallel()
	whole := deckOf(practice.Library("en"), nil, nil)
	rapid.Check(t, func(t *rapid.T) {
		var deck []*practice.Practice
		for _, i := range rapid.SliceOfDistinct(rapid.IntRange(0, len(whole)-1), rapid.ID[int]).Draw(t, "deck") {
			deck = append(deck, whole[i])
		}
		first := day("2026-01-01").AddDate(0, 0, rapid.IntRange(0, 6).Draw(t, "weekday"))
		for i, cards := range walk(t, deck, rapid.String().Draw(t, "seed"), first, 60) {
			if len(cards) != min(perDay, len(deck)) {
				t.Errorf("day %d has %d suggestions of a deck of %d", i, len(cards), len(deck))
			}
			for j, p := range cards {
				if hasID(cards[:j], p.ID) {
					t.Errorf("day %d has %s twice", i, p.ID)
				}
			}
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	deck := deckOf(practice.Library("en"), nil, nil)
	first := day("2026-11-24")
	for i := 0; b.Loop(); i++ {
		draw(deck, "ana", first, first.AddDate(0, 0, i%1000))
	}
}
