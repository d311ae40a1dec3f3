package presence

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/fault"
)

// Phases of a breath.
const (
	In   = "in"
	Top  = "top" // a second, short breath in on top of the first
	Hold = "hold"
	Out  = "out"
	Rest = "rest" // empty
)

// Phase is a part of a breath.
type Phase struct {
	Name    string
	Seconds float64
}

// Pattern is a breath that is repeated.
type Pattern struct {
	ID     string // its name, or seconds such as 4-2-6-0
	Phases []Phase
	Usual  time.Duration // how long it is done
}

// Named are the patterns with a name, in the order in which they are offered. Their lengths are those of the studies that
// the library of practices names: 4-7-8 is four rounds, and no more.
func Named() []Pattern {
	return []Pattern{
		{"cyclic-sigh", []Phase{{In, 3}, {Top, 1}, {Out, 7}}, 5 * time.Minute},
		{"slow-six", []Phase{{In, 5}, {Out, 5}}, 5 * time.Minute},
		{"box", []Phase{{In, 4}, {Hold, 4}, {Out, 4}, {Rest, 4}}, 4 * time.Minute},
		{"4-7-8", []Phase{{In, 4}, {Hold, 7}, {Out, 8}}, 76 * time.Second},
	}
}

// Limits of an own pattern, in seconds.
const (
	minBreath = 1
	maxBreath = 20
	maxHold   = 20
)

// ParsePattern reads the name of a pattern, or an own one as seconds in, hold, out and hold: "4-2-6" or "4-2-6-0". An
// empty text is the first of Named.
func ParsePattern(text string) (Pattern, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return Named()[0], nil
	}
	if i := slices.IndexFunc(Named(), func(p Pattern) bool { return p.ID == text }); i >= 0 {
		return Named()[i], nil
	}
	bad := func() (Pattern, error) {
		return Pattern{}, fault.Invalid("bad_pattern", "pattern",
			"A pattern is a name, or seconds in, hold, out and hold, such as 4-2-6-0: %d to %d for a breath, at most %d for a hold.", minBreath, maxBreath, maxHold)
	}
	if len(text) > 40 {
		return bad()
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '/' || r == ' ' })
	if len(parts) == 2 {
		parts = []string{parts[0], "0", parts[1]}
	}
	if len(parts) == 3 {
		parts = append(parts, "0")
	}
	if len(parts) != 4 {
		return bad()
	}
	p := Pattern{Usual: 5 * time.Minute}
	for i, name := range []string{In, Hold, Out, Rest} {
		n, err := strconv.ParseFloat(strings.Replace(parts[i], ",", ".", 1), 64)
		if err != nil || n != float64(int(n*2))/2 { // halves are as fine as anybody breathes by
			return bad()
		}
		breath := name == In || name == Out
		if breath && (n < minBreath || n > maxBreath) || !breath && (n < 0 || n > maxHold) {
			return bad()
		}
		parts[i] = strconv.FormatFloat(n, 'f', -1, 64)
		if n > 0 {
			p.Phases = append(p.Phases, Phase{name, n})
		}
	}
	p.ID = strings.Join(parts, "-")
	return p, nil
}

// Own reports whether the pattern is nobody's but the user's.
func (p Pattern) Own() bool {
	return !slices.ContainsFunc(Named(), func(n Pattern) bool { return n.ID == p.ID })
}

// Round is how long one breath is.
func (p Pattern) Round() time.Duration {
	var s float64
	for _, f := range p.Phases {
		s += f.Seconds
	}
	return time.Duration(s * float64(time.Second))
}

// Holds reports whether breath is held in it: the cautions about that are shown then.
func (p Pattern) Holds() bool {
	return slices.ContainsFunc(p.Phases, func(f Phase) bool { return (f.Name == Hold || f.Name == Rest) && f.Seconds >= 2 })
}

// Rounds is how many whole breaths fit into a time, at least one.
func (p Pattern) Rounds(d time.Duration) int { return max(1, int(d/p.Round())) }

// Step is a part of a paced text. Its words are in the catalogs.
type Step struct {
	Key     string // of the words, such as presence.scan.3
	Seconds int
}

// Steps are the parts of a paced text, or nil for a kind that has none.
func Steps(kind string) []Step {
	lengths := map[string][]int{
		Pause:  {12, 16, 16, 16},
		Savour: {12, 12, 12, 12, 12},
		Wishes: {30, 40, 50, 50, 50, 50, 50, 50, 50},
		Scan:   {40, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 60},
	}[kind]
	var list []Step
	for i, s := range lengths {
		list = append(list, Step{"presence." + kind + "." + strconv.Itoa(i+1), s})
	}
	return list
}

// Usual is how long a presence of this kind is when nothing is said.
func Usual(kind, pattern string) time.Duration {
	switch kind {
	case People:
		return 30 * time.Minute
	case Timer:
		return 10 * time.Minute
	case Breath:
		if p, err := ParsePattern(pattern); err == nil {
			return p.Usual
		}
		return 5 * time.Minute
	}
	var total int
	for _, s := range Steps(kind) {
		total += s.Seconds
	}
	return time.Duration(total) * time.Second
}
