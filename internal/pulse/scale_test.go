package pulse

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/fault"
)

func scaleOf(t *testing.T, id string) *Scale {
	t.Helper()
	for _, s := range builtIn() {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no scale %s", id)
	return nil
}

// all gives every item of a scale the same answer.
func all(s *Scale, v int) map[string]int {
	m := map[string]int{}
	for _, it := range s.Items {
		m[it.ID] = v
	}
	return m
}

// The published ranges and descriptions, scale by scale. Numbers are those of the publications, not of this code:
// SPANE (Diener et al. 2010): P and N are sums of six items, 6 to 30; B is P minus N, -24 to 24. A respondent with 24 "rarely
// or never has any of the negative feelings, and very often or always has all of the positive".
// Flourishing Scale (same): the sum of eight items 1 to 7, 8 (strong disagreement with all) to 56 (strong agreement).
// ONS4: four answers of 0 to 10, never summed. Loneliness: one answer of five. Ladder: one step of 0 to 10.
// Together: the mean of three shares of 0 to 100, our own.
func TestScales_Score(t *testing.T) {
	t.Parallel()
	spane := func(pos, neg int) map[string]int {
		m := map[string]int{}
		for _, id := range []string{"positive", "good", "pleasant", "happy", "joyful", "contented"} {
			m[id] = pos
		}
		for _, id := range []string{"negative", "bad", "unpleasant", "sad", "afraid", "angry"} {
			m[id] = neg
		}
		return m
	}
	mixed := spane(4, 2)
	mixed["happy"], mixed["sad"] = 5, 1
	without := func(m map[string]int, id string) map[string]int { delete(m, id); return m }
	for _, tt := range []struct {
		scale   string
		answers map[string]int
		want    string // id=value (n of), an empty value is not scored
	}{
		{"spane", spane(5, 1), "positive=30 (6 of 6) negative=6 (6 of 6) balance=24 (12 of 12)"},
		{"spane", spane(1, 5), "positive=6 (6 of 6) negative=30 (6 of 6) balance=-24 (12 of 12)"},
		{"spane", mixed, "positive=25 (6 of 6) negative=11 (6 of 6) balance=14 (12 of 12)"},
		{"spane", without(spane(3, 2), "joyful"), "positive= (5 of 6) negative=12 (6 of 6) balance= (11 of 12)"},
		{"flourishing", all(scaleOf(t, "flourishing"), 1), "flourishing=8 (8 of 8)"},
		{"flourishing", all(scaleOf(t, "flourishing"), 7), "flourishing=56 (8 of 8)"},
		{"flourishing", map[string]int{"purpose": 6, "relationships": 7, "engaged": 5, "contribute": 6, "competent": 6, "good-person": 6, "optimistic": 4, "respect": 5}, "flourishing=45 (8 of 8)"},
		{"flourishing", without(all(scaleOf(t, "flourishing"), 7), "respect"), "flourishing= (7 of 8)"},
		{"ons4", map[string]int{"satisfied": 8, "worthwhile": 9, "happy": 0, "anxious": 10}, "satisfied=8 (1 of 1) worthwhile=9 (1 of 1) happy=0 (1 of 1) anxious=10 (1 of 1)"},
		{"ons4", map[string]int{"happy": 7}, "satisfied= (0 of 1) worthwhile= (0 of 1) happy=7 (1 of 1) anxious= (0 of 1)"},
		{"ons-loneliness", map[string]int{"lonely": 1}, "lonely=1 (1 of 1)"},
		{"ladder", map[string]int{"step": 10}, "step=10 (1 of 1)"},
		{"together", map[string]int{"joy": 80, "care": 100, "step": 60}, "together=80 (3 of 3)"},
		{"together", map[string]int{"joy": 80, "care": 100}, "together= (2 of 3)"},
	} {
		scores, err := scaleOf(t, tt.scale).Score(tt.answers)
		if err != nil {
			t.Fatalf("%s: %v", tt.scale, err)
		}
		if got := said(scores); got != tt.want {
			t.Errorf("%s scored\n%s, want\n%s", tt.scale, got, tt.want)
		}
	}
}

func said(scores []Score) string {
	var parts []string
	for _, s := range scores {
		v := ""
		if s.Value != nil {
			v = fmt.Sprintf("%g", *s.Value)
		}
		parts = append(parts, fmt.Sprintf("%s=%s (%d of %d)", s.ID, v, s.N, s.Of))
	}
	return strings.Join(parts, " ")
}

// Rules that only brought scales use: reversed items, missing answers, factors and tables.
func TestScale_ScoreRules(t *testing.T) {
	t.Parallel()
	own := func(rule string) *Scale {
		t.Helper()
		s, err := ParseScale([]byte(ownScale(rule)))
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		return s
	}
	for _, tt := range []struct {
		rule    string
		answers map[string]int
		want    string
	}{
		{`"rule": "sum", "items": ["a", "b", "c"], "multiply": 4, "min": 0, "max": 60`, map[string]int{"a": 5, "b": 3, "c": 2}, "s=40 (3 of 3)"},
		{`"rule": "mean", "items": ["a", "b", "c"], "reverse": ["b"], "min": 0, "max": 5`, map[string]int{"a": 5, "b": 0, "c": 2}, "s=4 (3 of 3)"},
		{`"rule": "sum", "items": ["a", "b", "c"], "missing": 1, "min": 0, "max": 15`, map[string]int{"a": 5, "c": 2}, "s=10.5 (2 of 3)"},
		{`"rule": "sum", "items": ["a", "b", "c"], "missing": 1, "min": 0, "max": 15`, map[string]int{"a": 5}, "s= (1 of 3)"},
		{`"rule": "mean", "items": ["a", "b"], "reverse": ["a"], "missing": 1, "min": 0, "max": 5`, map[string]int{"a": 1}, "s=4 (1 of 2)"},
		{`"rule": "value", "items": ["a"], "table": [[0, 7], [1, 9.5], [5, 12]], "min": 7, "max": 12`, map[string]int{"a": 1}, "s=9.5 (1 of 1)"},
		{`"rule": "value", "items": ["a"], "table": [[0, 7], [1, 9.5], [5, 12]], "min": 7, "max": 12`, map[string]int{"a": 2}, "s= (1 of 1)"},
	} {
		scores, err := own(tt.rule).Score(tt.answers)
		if err != nil {
			t.Fatal(err)
		}
		if got := said(scores); got != tt.want {
			t.Errorf("%s scored %s, want %s", tt.rule, got, tt.want)
		}
	}
	for code, answers := range map[string]map[string]int{"answer_range": {"a": 6}, "unknown_item": {"x": 1}, "answers_missing": {}} {
		if _, err := own(`"rule": "value", "items": ["a"], "min": 0, "max": 5`).Score(answers); fault.As(err) == nil || fault.As(err).Code != code {
			t.Errorf("%v: %v, want %s", answers, err, code)
		}
	}
}

// ownScale is a definition with three items of 0 to 5 and one score.
func ownScale(rule string) string {
	return `{"id": "own", "version": 1, "interval_weeks": 2, "licence": {"name": "held"}, "credit": "somebody", "validated": true,
		"answers": {"five": {"from": 0, "to": 5}},
		"items": [{"id": "a", "answers": "five"}, {"id": "b", "answers": "five"}, {"id": "c", "answers": "five"}],
		"scores": [{"id": "s", ` + rule + `}],
		"languages": {"en": {"official": true, "name": "Own", "intro": "", "items": {"a": "A?", "b": "B?", "c": "C?"},
			"answers": {"five": {"low": "no", "high": "yes"}}, "scores": {"s": "S"}}}}`
}

// What is wrong with a definition is said where it is.
func TestParseScale_refuses(t *testing.T) {
	t.Parallel()
	good := ownScale(`"rule": "sum", "items": ["a", "b", "c"], "min": 0, "max": 15`)
	if _, err := ParseScale([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ from, to, want string }{
		{`"id": "own"`, `"id": "Own!"`, "id must be"},
		{`"version": 1`, `"version": 0`, "version must be"},
		{`"version": 1`, `"edition": 1`, "edition"},
		{`"version": 1`, `"version": "1"`, "version has a value of the wrong form"},
		{`"credit": "somebody"`, `"credit": ""`, "credit must say"},
		{`"name": "held"`, `"name": ""`, "licence.name"},
		{`"interval_weeks": 2`, `"interval_weeks": 500`, "interval_weeks must be"},
		{`"to": 5`, `"to": 0`, "answers.five must go"},
		{`{"id": "b", "answers": "five"}`, `{"id": "b", "answers": "six"}`, "items[1].answers"},
		{`{"id": "b", "answers"`, `{"id": "a", "answers"`, "items[1].id"},
		{`"rule": "sum"`, `"rule": "magic"`, "scores[0].rule"},
		{`"items": ["a", "b", "c"]`, `"items": ["a", "b", "x"]`, "scores[0].items"},
		{`"max": 15`, `"max": 16`, "scores[0] goes from 0 to 15 by its items, not from 0 to 16"},
		{`"min": 0, "max": 15`, `"missing": 3, "min": 0, "max": 15`, "scores[0].missing"},
		{`"rule": "sum", "items": ["a", "b", "c"]`, `"rule": "difference", "of": ["s", "x"]`, "scores[0].of"},
		{`"b": "B?"`, `"b": ""`, "languages.en.items lacks the words of b"},
		{`"low": "no"`, `"low": ""`, "languages.en.answers.five"},
		{`"low": "no", "high": "yes"`, `"each": ["no", "yes"]`, "must have 6 answers"},
		{`{"s": "S"}`, `{}`, "languages.en.scores lacks the name of s"},
		{`{"s": "S"}`, `{"s": "S", "t": "T"}`, "no more than there is"},
		{`"name": "Own"`, `"name": "O\u0000"`, "plain UTF-8"},
		{`{"id": "own"`, `[{"id": "own"`, "well-formed"},
	} {
		text := strings.Replace(good, tt.from, tt.to, 1)
		if text == good {
			t.Fatalf("nothing to replace: %s", tt.from)
		}
		_, err := ParseScale([]byte(text))
		if f := fault.As(err); f == nil || f.Code != "bad_scale" || !strings.Contains(f.Message, tt.want) {
			t.Errorf("%s: %v, want %q", tt.to, err, tt.want)
		}
	}
	if _, err := ParseScale([]byte(good + "{}")); err == nil {
		t.Error("what follows goes unnoticed")
	}
	if _, err := ParseScale([]byte(strings.Repeat(" ", MaxDefinition) + good)); !fault.Is(err, fault.KindTooLarge) {
		t.Errorf("a large one: %v", err)
	}
}

// FuzzParseScale: what is accepted can be scored, and no score leaves its published range.
func FuzzParseScale(f *testing.F) {
	for _, s := range []string{"ons4", "ons-loneliness", "spane", "flourishing", "ladder", "together"} {
		b, err := os.ReadFile(filepath.Join("scales", s+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, 3)
	}
	f.Add([]byte(ownScale(`"rule": "value", "items": ["a"], "table": [[0, 7], [5, 12]], "min": 7, "max": 12`)), 0)
	f.Add([]byte(ownScale(`"rule": "sum", "items": ["a", "b"], "missing": 1, "multiply": 0.5, "min": 0, "max": 5`)), 9)
	f.Fuzz(func(t *testing.T, b []byte, seed int) {
		s, err := ParseScale(b)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		answers := map[string]int{}
		for i, it := range s.Items {
			r := s.Answers[it.Answers]
			if (i+seed)%7 != 3 {
				answers[it.ID] = r.From + max(0, (i*seed)%(r.To-r.From+1))
			}
		}
		if len(answers) == 0 {
			return
		}
		scores, err := s.Score(answers)
		if err != nil {
			t.Fatal(err)
		}
		for i, sc := range scores {
			if r := s.Scores[i]; sc.Value != nil && (*sc.Value < r.Min-1e-6 || *sc.Value > r.Max+1e-6) {
				t.Errorf("%s is %g, outside of %g to %g", sc.ID, *sc.Value, r.Min, r.Max)
			}
		}
		s.In("de")
	})
}

func TestScale_Next(t *testing.T) {
	t.Parallel()
	if got := scaleOf(t, "ons4").Next("2026-11-24"); got != "2026-12-22" {
		t.Errorf("four weeks later is %s", got)
	}
	if got := scaleOf(t, "together").Next("2026-11-24"); got != "" {
		t.Errorf("what is never suggested comes again on %s", got)
	}
}

// What ships is what may: names, credit and licence of each, and none of those whose terms do not allow it.
func TestBuiltIn(t *testing.T) {
	t.Parallel()
	licences := map[string]string{}
	for _, s := range builtIn() {
		licences[s.ID] = s.Licence.Name
		for tag, w := range s.Languages {
			if tag != "en" && w.Official && s.ID != "together" {
				t.Errorf("%s in %s claims to be the published wording", s.ID, tag)
			}
		}
	}
	want := map[string]string{
		"ons4": "Open Government Licence v3.0", "ons-loneliness": "Open Government Licence v3.0",
		"spane": "Copyright by the authors; may be used with credit", "flourishing": "Copyright by the authors; may be used with credit",
		"ladder": "No claim to the wording is known (Cantril 1965)", "together": "Kith's own words, under the licence of Kith",
	}
	if diff := cmp.Diff(want, licences); diff != "" {
		t.Error(diff)
	}
	w, tag := scaleOf(t, "spane").In("de")
	if tag != "en" || w.Items["contented"] != "Contented" {
		t.Errorf("a scale that was published in English only is shown in %s", tag)
	}
}
