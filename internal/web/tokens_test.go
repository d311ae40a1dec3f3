package web

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"

	"kith/internal/capture"
)

// colour is an oklch colour; L and C from 0 to 1, H in degrees.
type colour struct{ l, c, h float64 }

// linear is the colour in linear sRGB, clipped as a screen does.
func (k colour) linear() [3]float64 {
	a, b := k.c*math.Cos(k.h*math.Pi/180), k.c*math.Sin(k.h*math.Pi/180)
	l := (k.l + 0.3963377774*a + 0.2158037573*b) * (k.l + 0.3963377774*a + 0.2158037573*b) * (k.l + 0.3963377774*a + 0.2158037573*b)
	m := (k.l - 0.1055613458*a - 0.0638541728*b) * (k.l - 0.1055613458*a - 0.0638541728*b) * (k.l - 0.1055613458*a - 0.0638541728*b)
	s := (k.l - 0.0894841775*a - 1.291485548*b) * (k.l - 0.0894841775*a - 1.291485548*b) * (k.l - 0.0894841775*a - 1.291485548*b)
	rgb := [3]float64{
		4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.707614701*s,
	}
	for i := range rgb {
		rgb[i] = min(1, max(0, rgb[i]))
	}
	return rgb
}

// contrast is the ratio of WCAG 2.
func contrast(a, b colour) float64 {
	light := func(k colour) float64 {
		rgb := k.linear()
		return 0.2126*rgb[0] + 0.7152*rgb[1] + 0.0722*rgb[2]
	}
	x, y := light(a), light(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// tokens reads the pairs of tokens.css: [0] light, [1] dark.
func tokens(t *testing.T) map[string][2]colour {
	t.Helper()
	css, err := os.ReadFile("assets/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	one := `oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)`
	m := map[string][2]colour{}
	for _, f := range regexp.MustCompile(`--([a-z-]+): light-dark\(`+one+`, `+one+`\);`).FindAllStringSubmatch(string(css), -1) {
		n := [6]float64{}
		for i := range n {
			if n[i], err = strconv.ParseFloat(f[i+2], 64); err != nil {
				t.Fatal(err)
			}
		}
		m[f[1]] = [2]colour{{n[0] / 100, n[1], n[2]}, {n[3] / 100, n[4], n[5]}}
	}
	return m
}

func TestTokens_Contrast(t *testing.T) {
	t.Parallel()
	all := tokens(t)
	for _, tt := range []struct {
		on, over string
		atLeast  float64
	}{
		{"ink", "paper", 7},
		{"ink", "leaf", 7},
		{"ink", "glow", 7},
		{"quiet", "paper", 4.5},
		{"quiet", "leaf", 4.5},
		{"ember-ink", "paper", 4.5},
		{"ember-ink", "leaf", 4.5},
		{"ember-press", "paper", 4.5},
		{"alarm", "paper", 4.5},
		{"ember", "paper", 3},
		{"edge", "paper", 3},
	} {
		for theme := range 2 {
			a, b := all[tt.on][theme], all[tt.over][theme]
			if a == (colour{}) || b == (colour{}) {
				t.Fatalf("%s or %s is not among the tokens", tt.on, tt.over)
			}
			if got := contrast(a, b); got < tt.atLeast {
				t.Errorf("%s on %s in theme %d: %.2f, wants %.1f", tt.on, tt.over, theme, got, tt.atLeast)
			}
		}
	}
}

func TestTokens_TenKinds(t *testing.T) {
	t.Parallel()
	all := tokens(t)
	shapes, hues := map[string]string{}, map[float64]string{}
	for _, kind := range capture.Kinds {
		pair := all[kind]
		for theme, k := range pair {
			if got := contrast(k, all["paper"][theme]); got < 3 {
				t.Errorf("%s in theme %d: %.2f, wants 3", kind, theme, got)
			}
			first := all[capture.Kinds[0]][theme]
			if k.l != first.l || k.c != first.c {
				t.Errorf("%s is not as light or as colourful as the others", kind)
			}
		}
		if other, taken := hues[pair[0].h]; taken {
			t.Errorf("%s has the hue of %s", kind, other)
		}
		hues[pair[0].h] = kind
		shape := moteShape(kind)
		if other, taken := shapes[shape]; taken || shape == moteShape("") {
			t.Errorf("%s has the shape of %q", kind, other)
		}
		shapes[shape] = kind
	}
}
