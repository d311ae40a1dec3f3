package guess

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func pairsOf(differences ...int) []Pair {
	list := []Pair{}
	for i, d := range differences {
		list = append(list, Pair{Guess: 5, Landed: 5 + d, Kind: "thanks", Ring: "close", Day: "2026-11-" + string(rune('1'+i%9)) + "0"})
	}
	return list
}

// The quantiles are those of R: qt(0.975, df).
func TestQuantile(t *testing.T) {
	t.Parallel()
	for df, want := range map[int]float64{
		1: 12.706204736, 2: 4.302652730, 3: 3.182446305, 4: 2.776445105, 5: 2.570581836, 9: 2.262157163, 10: 2.228138852,
		29: 2.045229642, 30: 2.042272456, 120: 1.979930405, 999: 1.962341461,
	} {
		if got := quantile(df); math.Abs(got-want) > 1e-6 {
			t.Errorf("t(0.975, %d) is %.9f, want %.9f", df, got, want)
		}
	}
}

// Against R: t.test(c(1,2,3,0,-1,4)), of which the mean is 1.5 and the interval -0.4634 to 3.4634.
func TestGapOf_interval(t *testing.T) {
	t.Parallel()
	g := gapOf(pairsOf(1, 2, 3, 0, -1, 4))
	if g.Pairs != 6 || g.Missing != 0 || g.Gap != 1.5 || g.Guess != 5 || g.Landed != 6.5 || g.Kinds != nil || g.Rings != nil {
		t.Errorf("the gap is %+v", g)
	}
	if g.Interval == nil || math.Abs(g.Interval.Low+0.463346) > 1e-4 || math.Abs(g.Interval.High-3.463346) > 1e-4 || !g.Chance() {
		t.Errorf("the interval is %+v", g.Interval)
	}
	if want := 2.8 * 0.7637626; math.Abs(g.Missed-want) > 1e-5 {
		t.Errorf("a gap of %f would have been missed, want %f", g.Missed, want)
	}
	if g := gapOf(pairsOf(2, 3, 2, 3, 2)); g.Chance() || g.Interval.Low < 1.5 {
		t.Errorf("a clear gap is chance: %+v", g)
	}
}

func TestGapOf_few(t *testing.T) {
	t.Parallel()
	if g := gapOf(nil); g.Missing != 5 || g.Pairs != 0 || g.Interval != nil {
		t.Errorf("nothing is %+v", g)
	}
	if g := gapOf(pairsOf(1, 2, 3, 4)); g.Missing != 1 || g.Gap != 0 || g.Interval != nil || g.Pairs != 4 {
		t.Errorf("four pairs say %+v", g)
	}
	if g := gapOf(pairsOf(2, 2, 2, 2, 2)); g.Gap != 2 || g.Interval != nil || g.Chance() {
		t.Errorf("five that are the same say %+v", g)
	}
	if g := gapOf(pairsOf(0, 0, 0, 0, 0)); !g.Chance() {
		t.Errorf("no gap at all is %+v", g)
	}
}

func TestGapOf_groups(t *testing.T) {
	t.Parallel()
	nine := pairsOf(1, 2, 3, 1, 2, 3, 1, 2, 3)
	if g := gapOf(nine); g.Kinds != nil || g.Rings != nil {
		t.Errorf("nine pairs are split: %+v", g)
	}
	ten := append(nine, Pair{Guess: 1, Landed: 9, Kind: "laugh", Day: "2026-01-01"})
	ten[0].Ring, ten[1].Ring, ten[2].Ring, ten[3].Ring = "", "", "", "wider"
	g := gapOf(ten)
	names := func(list []Group) (out []string) {
		for _, x := range list {
			out = append(out, x.Name)
		}
		return out
	}
	if diff := cmp.Diff([][]string{{"thanks"}, {"close"}}, [][]string{names(g.Kinds), names(g.Rings)}); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if g.Kinds[0].Pairs != 9 || g.Rings[0].Pairs != 5 || g.From != "2026-01-01" || g.To != "2026-11-90" {
		t.Errorf("the groups are %+v", g)
	}
	for i := 4; i < 6; i++ {
		ten[i].Ring = ""
	}
	if diff := cmp.Diff([]string{"none"}, names(gapOf(ten).Rings)); diff != "" {
		t.Errorf("without a ring (-want +got):\n%s", diff)
	}
}

func FuzzRecord_check(f *testing.F) {
	f.Add("0192f0c1-7c1e-7a3b-9c1d-0000000000a1", 5, 7, "2026-11-24", "m", int64(1))
	f.Add("", -1, 11, "yesterday", "\x00", int64(0))
	f.Fuzz(func(t *testing.T, id string, value, landed int, day, moment string, at int64) {
		rec := Record{ID: id, Value: value, Landed: &landed, AskedOn: day, Moment: moment, AnsweredAt: &at, Revision: at, CreatedAt: at, UpdatedAt: at}
		if rec.check() == nil && (rec.Value < 0 || rec.Value > Max || *rec.Landed < 0 || *rec.Landed > Max || rec.Revision < 1) {
			t.Errorf("%+v can be kept", rec)
		}
	})
}
