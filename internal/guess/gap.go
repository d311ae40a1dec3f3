package guess

import (
	"math"
	"slices"

	"kith/internal/capture"
	"kith/internal/person"
)

// From how many pairs on something is said: of all, of kinds and rings, and of one of those.
const (
	MinPairs = 5
	MinSplit = 10
	MinGroup = 5
)

// Pair is a guess that landed.
type Pair struct {
	Guess, Landed int
	Kind, Ring    string
	Day           string
}

// Interval is where the gap lies with a confidence of 95 %.
type Interval struct{ Low, High float64 }

// Group is the gap of some pairs: landed minus guess, so that above zero it was more welcome than guessed.
type Group struct {
	Name   string // a kind or a ring; "none" is without a ring; empty is all
	Pairs  int
	Guess  float64 // mean
	Landed float64 // mean
	Gap    float64 // mean of the differences
	// Interval is nil while all differences are the same: then nothing tells how far off they may be.
	Interval *Interval
	// Missed is how large a gap must be to be seen with so many pairs that differ so much, in eight cases of ten; 0 if
	// there is no interval.
	Missed float64
}

// Chance reports whether no gap at all is among what the pairs allow.
func (g Group) Chance() bool {
	return g.Interval == nil && g.Gap == 0 || g.Interval != nil && g.Interval.Low <= 0 && g.Interval.High >= 0
}

// Gap is what somebody's own pairs say.
type Gap struct {
	Group
	Asked    int    // guesses whose moment happened, and that were asked about or answered
	Answered int    // of those; with "don't know" they are more than the pairs
	From, To string // local days of the first and the last pair
	Missing  int    // how many pairs more until anything is said; then Group holds only Pairs
	Kinds    []Group
	Rings    []Group
}

// gapOf reads pairs. From MinPairs on the gap is the mean difference with its paired t interval, mean ± t(0.975, n-1) times
// sd / sqrt(n); what would have been missed is 2.8 standard errors, as for every figure that may read as nothing. Below,
// nothing is said. No correction is made for the number of groups: they are looked at, not tested.
func gapOf(pairs []Pair) Gap {
	g := Gap{Group: Group{Pairs: len(pairs)}}
	for _, p := range pairs {
		if g.From == "" || p.Day < g.From {
			g.From = p.Day
		}
		g.To = max(g.To, p.Day)
	}
	if len(pairs) < MinPairs {
		g.Missing = MinPairs - len(pairs)
		return g
	}
	g.Group = groupOf("", pairs)
	if len(pairs) < MinSplit {
		return g
	}
	rings := []string{}
	for _, r := range person.Rings() {
		rings = append(rings, r.Name)
	}
	g.Kinds = split(pairs, capture.Kinds, func(p Pair) string { return p.Kind })
	g.Rings = split(pairs, append(rings, "none"), func(p Pair) string {
		if p.Ring == "" {
			return "none"
		}
		return p.Ring
	})
	return g
}

// split is the gap of each group that has enough, in the order of names.
func split(pairs []Pair, names []string, of func(Pair) string) []Group {
	var list []Group
	for _, name := range names {
		if some := slices.DeleteFunc(slices.Clone(pairs), func(p Pair) bool { return of(p) != name }); len(some) >= MinGroup {
			list = append(list, groupOf(name, some))
		}
	}
	return list
}

func groupOf(name string, pairs []Pair) Group {
	n := float64(len(pairs))
	g := Group{Name: name, Pairs: len(pairs)}
	for _, p := range pairs {
		g.Guess += float64(p.Guess) / n
		g.Landed += float64(p.Landed) / n
		g.Gap += float64(p.Landed-p.Guess) / n
	}
	same, squares := true, 0.0
	for _, p := range pairs {
		d := float64(p.Landed-p.Guess) - g.Gap
		squares += d * d
		same = same && p.Landed-p.Guess == pairs[0].Landed-pairs[0].Guess
	}
	if same {
		return g
	}
	se := math.Sqrt(squares / (n - 1) / n)
	wide := quantile(len(pairs)-1) * se
	g.Interval, g.Missed = &Interval{g.Gap - wide, g.Gap + wide}, 2.8*se
	return g
}

// quantile is t(0.975, df), found by halving.
func quantile(df int) float64 {
	low, high := 0.0, 64.0 // t(0.975, 1) is 12.7
	for range 60 {
		if mid := (low + high) / 2; central(mid, df) < 0.95 {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

// central is the probability that a t with df degrees of freedom lies within -t and t, by the finite series of Abramowitz
// and Stegun 26.7.3 and 26.7.4.
func central(t float64, df int) float64 {
	a := math.Atan(t / math.Sqrt(float64(df)))
	cos := math.Cos(a)
	sum, term := 0.0, 1.0
	if df%2 == 0 {
		for k := 0; k <= df-2; k += 2 {
			sum += term
			term *= cos * cos * float64(k+1) / float64(k+2)
		}
		return math.Sin(a) * sum
	}
	term = cos
	for k := 1; k <= df-2; k += 2 {
		sum += term
		term *= cos * cos * float64(k+1) / float64(k+2)
	}
	return 2 / math.Pi * (a + math.Sin(a)*sum)
}
