package pulse

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/packed"
)

// Scale is a questionnaire as data. docs/scales.md describes the format for those who bring their own.
type Scale struct {
	ID            string             `json:"id"`
	Version       int                `json:"version"`        // another one when items, answers or scoring change
	IntervalWeeks int                `json:"interval_weeks"` // after which it is suggested again; 0 is never
	Licence       Licence            `json:"licence"`
	Credit        string             `json:"credit"`        // shown wherever the scale is
	DOI           string             `json:"doi,omitempty"` // of the paper that published it
	Validated     bool               `json:"validated"`     // published and tested as a whole; own questions are not
	Answers       map[string]Range   `json:"answers"`       // sets of answers by name
	Items         []Item             `json:"items"`         // in their order
	Scores        []Rule             `json:"scores"`        // in their order; a difference comes after its parts
	Languages     map[string]Wording `json:"languages"`     // by language
	BuiltIn       bool               `json:"-"`             // came with Kith
}

// Licence says under which terms the words of a scale may be used.
type Licence struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
	Text string `json:"text,omitempty"` // the permission itself, where it is short
}

// Range is a set of answers: whole numbers from From to To.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Item is one question.
type Item struct {
	ID      string `json:"id"`
	Answers string `json:"answers"`
}

// Rules of scoring.
const (
	RuleValue      = "value"      // the one answer itself
	RuleSum        = "sum"        // of the answers
	RuleMean       = "mean"       // of the answers
	RuleDifference = "difference" // of two scores
)

// Rule is how one score comes about.
type Rule struct {
	ID       string       `json:"id"`
	Rule     string       `json:"rule"`
	Items    []string     `json:"items,omitempty"`
	Reverse  []string     `json:"reverse,omitempty"`  // items that count from the other end
	Missing  int          `json:"missing,omitempty"`  // how many may be left out; the mean of the others stands for each
	Multiply float64      `json:"multiply,omitempty"` // applied last, before the table; 0 is 1
	Table    [][2]float64 `json:"table,omitempty"`    // published conversion: raw to shown
	Of       []string     `json:"of,omitempty"`       // the two scores of a difference
	Min      float64      `json:"min"`                // published range
	Max      float64      `json:"max"`
}

// Wording is a scale in one language.
type Wording struct {
	Official bool              `json:"official"` // the published wording, not a translation of somebody's own
	Name     string            `json:"name"`
	Intro    string            `json:"intro"`
	Note     string            `json:"note,omitempty"` // what to know when reading a score
	Items    map[string]string `json:"items"`
	Answers  map[string]Labels `json:"answers"`
	Scores   map[string]string `json:"scores"`
}

// Labels are the words of a set of answers: each of them, or its two ends.
type Labels struct {
	Low  string   `json:"low,omitempty"`
	High string   `json:"high,omitempty"`
	Each []string `json:"each,omitempty"`
}

// In is the wording in the language of a locale, or in the first one there is, and its language.
func (s *Scale) In(locale string) (Wording, string) {
	for _, tag := range []string{i18n.For(locale).Locale(), i18n.Default} {
		if w, ok := s.Languages[tag]; ok {
			return w, tag
		}
	}
	var tags []string
	for tag := range s.Languages {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return s.Languages[tags[0]], tags[0]
}

// Next is the day from which a scale may be suggested again after last, or "" when it never is.
func (s *Scale) Next(last string) string {
	d, err := time.Parse(time.DateOnly, last)
	if err != nil || s.IntervalWeeks == 0 {
		return ""
	}
	return d.AddDate(0, 0, 7*s.IntervalWeeks).Format(time.DateOnly)
}

// Limits of a definition.
const (
	MaxDefinition = 64 << 10 // bytes
	maxItems      = 80
	maxText       = 2000 // characters
	maxStep       = 100  // between the ends of a set of answers
)

// builtIn are the scales that come with Kith, in the order of pages.
var builtIn = sync.OnceValue(func() []*Scale { //nolint:gochecknoglobals // a cache of embedded files
	var list []*Scale
	for _, id := range []string{"ons4", "ons-loneliness", "flourishing", "spane", "ladder", "together"} {
		b, err := packed.Read("pulse/scales/" + id + ".json")
		if err != nil {
			panic(fmt.Sprintf("pulse: embedded scale %s: %v", id, err)) // the files are part of the program
		}
		s, err := ParseScale(b)
		if err != nil {
			panic(fmt.Sprintf("pulse: embedded scale %s: %v", id, err))
		}
		s.BuiltIn = true
		list = append(list, s)
	}
	return list
})

// Library lists the scales that come with Kith, to be read only.
func Library() []*Scale { return builtIn() }

// ParseScale reads a definition and says precisely what is wrong with one that cannot be used.
func ParseScale(b []byte) (*Scale, error) {
	if len(b) > MaxDefinition {
		return nil, fault.TooLarge("scale_too_large", "definition", "A scale's definition has at most %d KiB.", MaxDefinition>>10).With("max", MaxDefinition>>10)
	}
	bad := func(err error) error {
		return fault.Invalid("bad_scale", "definition", "This is not a scale Kith can use: %s.", err.Error()).With("reason", err.Error())
	}
	if !plain(string(b)) || bytes.Contains(b, []byte(`\u0000`)) {
		return nil, bad(errors.New("it is not plain UTF-8 text"))
	}
	var s Scale
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, bad(readable(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, bad(errors.New("something follows after the definition"))
	}
	if err := s.check(); err != nil {
		return nil, bad(err)
	}
	return &s, nil
}

// readable says what is wrong with a JSON text without repeating it.
func readable(err error) error {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s has a value of the wrong form", kind.Field)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("it is not well-formed JSON at byte %d", syntax.Offset)
	}
	if m := regexp.MustCompile(`^json: unknown field "([A-Za-z0-9_-]{1,40})"$`).FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("it has a field named %s, which means nothing here", m[1])
	}
	return errors.New("it is not well-formed JSON, or ends too early")
}

func slug(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for i, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && (r != '-' || i == 0) {
			return false
		}
	}
	return true
}

func (s *Scale) check() error {
	switch {
	case !slug(s.ID):
		return errors.New("id must be 1 to 40 of a-z, 0-9 and -")
	case s.Version < 1 || s.Version > 1e6:
		return errors.New("version must be 1 or more")
	case s.IntervalWeeks < 0 || s.IntervalWeeks > 104:
		return errors.New("interval_weeks must be 0 to 104")
	case s.Credit == "" || !sized(s.Credit):
		return fmt.Errorf("credit must say whose scale it is, in at most %d characters", maxText)
	case s.Licence.Name == "" || !sized(s.Licence.Name) || !sized(s.Licence.URL) || !sized(s.Licence.Text):
		return errors.New("licence.name must say under which terms the words may be used")
	case !sized(s.DOI):
		return errors.New("doi is too long")
	case len(s.Items) == 0 || len(s.Items) > maxItems:
		return fmt.Errorf("items must be 1 to %d", maxItems)
	case len(s.Scores) == 0 || len(s.Scores) > maxItems:
		return fmt.Errorf("scores must be 1 to %d", maxItems)
	case len(s.Languages) == 0 || len(s.Languages) > 40:
		return errors.New("languages must hold the words in at least one language")
	}
	for name, r := range s.Answers {
		if !slug(name) {
			return errors.New("answers: a name must be 1 to 40 of a-z, 0-9 and -")
		}
		if r.From >= r.To || r.From < -1000 || r.To > 1000 || r.To-r.From > maxStep {
			return fmt.Errorf("answers.%s must go from a lower to a higher number, at most %d apart", name, maxStep)
		}
	}
	seen := map[string]bool{}
	for i, it := range s.Items {
		if !slug(it.ID) || seen[it.ID] {
			return fmt.Errorf("items[%d].id must be 1 to 40 of a-z, 0-9 and -, and its own", i)
		}
		seen[it.ID] = true
		if _, ok := s.Answers[it.Answers]; !ok {
			return fmt.Errorf("items[%d].answers names no set of answers", i)
		}
	}
	for i := range s.Scores {
		if err := s.checkRule(i); err != nil {
			return fmt.Errorf("scores[%d]%w", i, err)
		}
	}
	for tag, w := range s.Languages {
		if !slug(tag) {
			return errors.New("languages: a language is written as en or pt-br")
		}
		if err := s.checkWording(w); err != nil {
			return fmt.Errorf("languages.%s.%w", tag, err)
		}
	}
	return nil
}

func (s *Scale) checkRule(i int) error {
	r := s.Scores[i]
	earlier := func(id string) *Rule {
		for j := range i {
			if s.Scores[j].ID == id {
				return &s.Scores[j]
			}
		}
		return nil
	}
	if !slug(r.ID) || earlier(r.ID) != nil {
		return errors.New(".id must be 1 to 40 of a-z, 0-9 and -, and its own")
	}
	if r.Multiply < 0 || r.Multiply > 1000 {
		return errors.New(".multiply must be between 0 and 1000")
	}
	var low, high float64
	if r.Rule == RuleDifference {
		if len(r.Of) != 2 || len(r.Items)+len(r.Reverse)+r.Missing != 0 {
			return errors.New(".of must name two scores, and nothing else")
		}
		a, b := earlier(r.Of[0]), earlier(r.Of[1])
		if a == nil || b == nil {
			return errors.New(".of names a score that does not stand before it")
		}
		low, high = a.Min-b.Max, a.Max-b.Min
	} else {
		if len(r.Of) != 0 {
			return errors.New(".of belongs to a difference")
		}
		if len(r.Items) == 0 || r.Rule == RuleValue && len(r.Items) != 1 {
			return errors.New(".items must name what is scored; a value has one")
		}
		if r.Missing < 0 || r.Missing >= len(r.Items) {
			return errors.New(".missing must leave at least one answer")
		}
		for j, id := range r.Items {
			set, ok := s.answersOf(id)
			if !ok || slices.Contains(r.Items[:j], id) {
				return errors.New(".items names an item that is not there, or one twice")
			}
			low, high = low+float64(set.From), high+float64(set.To)
		}
		for _, id := range r.Reverse {
			if !slices.Contains(r.Items, id) {
				return errors.New(".reverse names an item that is not among its items")
			}
		}
		switch r.Rule {
		case RuleMean:
			low, high = low/float64(len(r.Items)), high/float64(len(r.Items))
		case RuleSum, RuleValue:
		default:
			return errors.New(".rule must be value, sum, mean or difference")
		}
	}
	low, high = low*r.factor(), high*r.factor()
	if len(r.Table) > 0 {
		if len(r.Table) > 1000 {
			return errors.New(".table is too long")
		}
		first, last := r.Table[0], r.Table[len(r.Table)-1]
		if r.Missing > 0 || !near(first[0], low) || !near(last[0], high) {
			return fmt.Errorf(".table must go from %g to %g, and allows no missing answers", low, high)
		}
		low, high = first[1], first[1]
		for j, pair := range r.Table {
			if j > 0 && pair[0] <= r.Table[j-1][0] || math.Abs(pair[1]) > 1e6 {
				return errors.New(".table must rise from line to line")
			}
			low, high = min(low, pair[1]), max(high, pair[1])
		}
	}
	if !near(r.Min, low) || !near(r.Max, high) {
		return fmt.Errorf(" goes from %g to %g by its items, not from %g to %g", low, high, r.Min, r.Max)
	}
	return nil
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

func (r Rule) factor() float64 {
	if r.Multiply == 0 {
		return 1
	}
	return r.Multiply
}

func (s *Scale) answersOf(item string) (Range, bool) {
	for _, it := range s.Items {
		if it.ID == item {
			return s.Answers[it.Answers], true
		}
	}
	return Range{}, false
}

func sized(text string) bool { return utf8.RuneCountInString(text) <= maxText && plain(text) }

func (s *Scale) checkWording(w Wording) error {
	if w.Name == "" || utf8.RuneCountInString(w.Name) > 120 || !sized(w.Intro) || !sized(w.Note) {
		return errors.New("name must be there, with at most 120 characters, and the other texts with at most 2000")
	}
	for _, it := range s.Items {
		if text := w.Items[it.ID]; text == "" || !sized(text) {
			return fmt.Errorf("items lacks the words of %s", it.ID)
		}
	}
	for name, r := range s.Answers {
		l := w.Answers[name]
		switch {
		case len(l.Each) == r.To-r.From+1:
			if l.Low != "" || l.High != "" || slices.ContainsFunc(l.Each, func(t string) bool { return t == "" || !sized(t) }) {
				return fmt.Errorf("answers.%s has an answer without words, or names its ends as well", name)
			}
		case len(l.Each) > 0:
			return fmt.Errorf("answers.%s.each must have %d answers", name, r.To-r.From+1)
		case l.Low == "" || l.High == "" || !sized(l.Low) || !sized(l.High):
			return fmt.Errorf("answers.%s must have the words of each answer, or of low and high", name)
		}
	}
	for _, r := range s.Scores {
		if text := w.Scores[r.ID]; text == "" || !sized(text) {
			return fmt.Errorf("scores lacks the name of %s", r.ID)
		}
	}
	if len(w.Items) != len(s.Items) || len(w.Answers) != len(s.Answers) || len(w.Scores) != len(s.Scores) {
		return errors.New("items, answers and scores may hold no more than there is")
	}
	return nil
}
