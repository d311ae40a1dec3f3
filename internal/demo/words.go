package demo

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/capture"
	"kith/internal/packed"
)

// How the words of a language, data/LANGUAGE, are written. Lines that begin with ; are remarks.
//
//	tags.txt     key or group | the tag that lines about them often have
//	cast.txt     key | name | what is written behind @ | nickname, if there is one
//	moments.txt  [who who kind] begins a section: keys or groups of the cast, someone or alone; then one line a moment
//	arcs.txt     AGO HOUR KIND: line, where AGO is days ago, -MM-DD the last such date, and today is 0
//
// In a line {a|b} is one or the other, @ the person of the section, @key somebody of the cast. In front, in parentheses,
// may stand when it fits: 18-22 hours, m6-8 months, wk weekdays, we weekends, sat, sun, <40 or >40 days ago. At its end
// =+1 is how it felt. A kind may be followed by the contact that the line says: yes, attempt, no.

// words are what one language says.
type words struct {
	lang string
	cast map[string]said
	tags map[string]string

	addresses map[string]string
	sections  []section
	arcs      []arc
}

type said struct{ name, handle, nickname string }

// section is lines of one kind with the same people.
type section struct {
	who     []string
	kind    string
	contact string
	lines   []line
}

// line is one template.
type line struct {
	id       int
	text     string
	felt     *int
	from, to int // hours; 0, 0 is any
	months   [2]int
	days     []time.Weekday
	min, max int // days ago; max 0 is any
}

// arc is a line with its own day.
type arc struct {
	line
	ago   int
	date  string // MM-DD instead of ago
	clock int    // minutes
	kind  string
	contact,
	who string
}

func (w *words) missing(file, what string) error {
	return fmt.Errorf("demo: data/%s/%s says nothing of %s", w.lang, file, what)
}

// lines returns the lines of a file that are not empty and no remark.
func lines(lang, name string) ([]string, error) {
	b, err := packed.Read("demo/data/" + lang + "/" + name)
	if err != nil {
		return nil, err
	}
	var list []string
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, ";") {
			list = append(list, l)
		}
	}
	return list, nil
}

func readWords(lang string) (words, error) {
	w := words{lang: lang, cast: map[string]said{}, tags: map[string]string{}, addresses: map[string]string{}}
	for file, to := range map[string]map[string]string{"tags.txt": w.tags, "addresses.txt": w.addresses} {
		list, err := lines(lang, file)
		if err != nil {
			return w, err
		}
		for _, l := range list {
			key, text, _ := strings.Cut(l, "|")
			to[strings.TrimSpace(key)] = strings.TrimSpace(text)
		}
	}
	list, err := lines(lang, "cast.txt")
	if err != nil {
		return w, err
	}
	for _, l := range list {
		part := strings.Split(l, "|")
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		if len(part) < 3 {
			return w, fmt.Errorf("demo: cast: %q", l)
		}
		w.cast[part[0]] = said{part[1], part[2], strings.Join(part[3:], "")}
	}
	if list, err = lines(lang, "moments.txt"); err != nil {
		return w, err
	}
	id := 0
	for _, l := range list {
		if head, ok := strings.CutPrefix(l, "["); ok {
			sec := section{}
			for word := range strings.FieldsSeq(strings.TrimSuffix(head, "]")) {
				switch {
				case slices.Contains(capture.Kinds, word):
					sec.kind = word
				case word == capture.ContactYes || word == capture.ContactAttempt || word == capture.ContactNo:
					sec.contact = word
				default:
					sec.who = append(sec.who, word)
				}
			}
			w.sections = append(w.sections, sec)
			continue
		}
		t, err := readLine(l)
		if err != nil {
			return w, err
		}
		id++
		t.id = id
		sec := &w.sections[len(w.sections)-1]
		sec.lines = append(sec.lines, t)
	}
	if list, err = lines(lang, "arcs.txt"); err != nil {
		return w, err
	}
	for _, l := range list {
		a, err := readArc(l)
		if err != nil {
			return w, err
		}
		id++
		a.id = id
		w.arcs = append(w.arcs, a)
	}
	return w, nil
}

var feltEnd = regexp.MustCompile(`\s*=([+-]?[0-2])$`)

func readLine(l string) (line, error) {
	t := line{text: l}
	if m := feltEnd.FindStringSubmatch(l); m != nil {
		n, _ := strconv.Atoi(m[1])
		t.felt, t.text = &n, strings.TrimSuffix(l, m[0])
	}
	conditions, rest, ok := strings.Cut(t.text, ") ")
	if !strings.HasPrefix(t.text, "(") || !ok {
		return t, nil
	}
	t.text = rest
	for c := range strings.FieldsSeq(conditions[1:]) {
		bad := fmt.Errorf("demo: %q: %q is no condition", l, c)
		numbers := strings.Split(strings.TrimLeft(c, "m<>"), "-")
		a, errA := strconv.Atoi(numbers[0])
		b, errB := strconv.Atoi(numbers[len(numbers)-1])
		known := true
		switch c {
		case "wk":
			t.days = []time.Weekday{1, 2, 3, 4, 5}
		case "we":
			t.days = []time.Weekday{0, 6}
		case "sat":
			t.days = []time.Weekday{6}
		case "sun":
			t.days = []time.Weekday{0}
		default:
			known = false
		}
		switch {
		case known:
		case errA != nil || errB != nil:
			return t, bad
		case c[0] == 'm':
			t.months = [2]int{a, b}
		case c[0] == '<':
			t.max = a
		case c[0] == '>':
			t.min = a
		default:
			t.from, t.to = a, b
		}
	}
	return t, nil
}

var arcHead = regexp.MustCompile(`^(\d+|-\d\d-\d\d) (\d\d):(\d\d)( wk| we| sat| sun)? ([a-z-]+)( yes| attempt| no)?: (.*)$`)

func readArc(l string) (arc, error) {
	m := arcHead.FindStringSubmatch(l)
	if m == nil || !slices.Contains(capture.Kinds, m[5]) {
		return arc{}, fmt.Errorf("demo: arcs: %q", l)
	}
	text := m[7]
	if m[4] != "" {
		text = "(" + m[4][1:] + ") " + text
	}
	t, err := readLine(text)
	a := arc{line: t, kind: m[5], contact: strings.TrimSpace(m[6])}
	if date, ok := strings.CutPrefix(m[1], "-"); ok {
		a.date = date
	} else {
		a.ago, _ = strconv.Atoi(m[1])
	}
	h, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi(m[3])
	a.clock = h*60 + minutes
	return a, err
}

// fits reports whether the line can be said of that day.
func (t line) fits(d Day) bool {
	if len(t.days) > 0 && !slices.Contains(t.days, d.Date.Weekday()) {
		return false
	}
	if t.min > 0 && d.Ago <= t.min || t.max > 0 && d.Ago >= t.max {
		return false
	}
	if a, b := t.months[0], t.months[1]; a > 0 {
		m := int(d.Date.Month())
		if a <= b && (m < a || m > b) || a > b && m < a && m > b {
			return false
		}
	}
	return true
}

var (
	choice  = regexp.MustCompile(`\{([^{}]*)\}`)
	mention = regexp.MustCompile(`@([a-z]*)`)
)

// variants is how many texts a template can become.
func (t line) variants() int {
	n := 1
	for _, m := range choice.FindAllStringSubmatch(t.text, -1) {
		n *= strings.Count(m[1], "|") + 1
	}
	return n
}

// variant is one of them.
func (t line) variant(n int) string {
	return choice.ReplaceAllStringFunc(t.text, func(m string) string {
		options := strings.Split(m[1:len(m)-1], "|")
		picked := options[n%len(options)]
		n /= len(options)
		return picked
	})
}

// named puts names where keys stand and returns who was named, in order.
func (s *Story) named(text, who string) (said string, keys []string, err error) {
	said = mention.ReplaceAllStringFunc(text, func(m string) string {
		key := m[1:]
		if key == "" {
			key = who
		}
		f, ok := s.figure(key)
		if !ok {
			err = s.words.missing("cast.txt", m+" in "+text)
			return m
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		return "@" + f.Handle
	})
	return said, keys, err
}
