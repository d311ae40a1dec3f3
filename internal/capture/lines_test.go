package capture

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"kith/internal/fold"
)

// known are the people of the table.
var known = []Known{
	{ID: "sam", Name: "Sam Jones", Context: Professional},
	{ID: "ana", Name: "Ana María López", Also: []string{"Anita"}, Context: Personal},
	{ID: "ben1", Name: "Ben Okafor"},
	{ID: "ben2", Name: "Ben Fischer"},
	{ID: "jose", Name: "José"},
	{ID: "mia", Name: "Mia", Context: Personal},
	{ID: "max", Name: "Max"},
	{ID: "weber", Name: "Max Weber"},
	{ID: "tanaka", Name: "田中"},
	{ID: "ivan", Name: "Иван Петров", Context: Professional},
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// tableInput is the line as the table reads it: Tuesday, 24 November 2026, 11:00 in Berlin.
func tableInput(t testing.TB, locale, text string) Input {
	t.Helper()
	zone := berlin(t)
	return Input{Text: text, Now: time.Date(2026, 11, 24, 11, 0, 0, 0, zone), Zone: zone, Locale: locale, People: known}
}

// describe writes a draft in the notation of testdata/lines.tsv.
func describe(d Draft, now time.Time) string {
	words := []string{d.Kind}
	add := func(format string, args ...any) {
		words = append(words, strings.ReplaceAll(fmt.Sprintf(format, args...), " ", "_"))
	}
	for _, p := range d.People {
		switch {
		case p.New:
			add("+%s", p.Name)
		case p.ID != "":
			add("@%s", p.ID)
		default:
			add("?%s:%s", p.Name, strings.Join(p.Maybe, ","))
		}
	}
	for _, s := range d.Someone {
		add("~%s", s)
	}
	for _, s := range []string{d.Contact, d.StartedBy} {
		if s != "" {
			add("%s", s)
		}
	}
	switch d.Context {
	case Professional:
		add("ctx=work")
	case Personal:
		add("ctx=home")
	}
	at := d.HappenedAt.Format(map[string]string{Minute: "2006-01-02 15:04", Day: "2006-01-02~15", Month: "2006-01", Year: "2006"}[d.Precision])
	at = strings.TrimSuffix(at, "~12")
	if !d.HappenedAt.Equal(now) || d.Precision != Minute {
		if len(at) > 7 {
			at = strings.TrimPrefix(at, "2026-")
		}
		add("at=%s", at)
	}
	if d.DurationMin != nil {
		add("dur=%d", *d.DurationMin)
	}
	if d.Felt != nil {
		add("felt=%s", map[bool]string{true: fmt.Sprintf("%+d", *d.Felt), false: "0"}[*d.Felt != 0])
	}
	for _, tag := range d.Tags {
		add("#%s", tag)
	}
	return strings.Join(words, " ")
}

func sortWords(s string) string {
	words := strings.Fields(s)
	for i := range words { // few words; the kind and the order of people stay
		for j := i; j > 1 && rank(words[j]) < rank(words[j-1]); j-- {
			words[j], words[j-1] = words[j-1], words[j]
		}
	}
	return strings.Join(words, " ")
}

func rank(word string) int {
	for i, p := range []string{"@", "+", "?"} {
		if strings.HasPrefix(word, p) && i < 3 {
			return 0
		}
	}
	for i, p := range []string{"~", "yes", "no", "attempt", "me", "them", "both", "ctx=", "at=", "dur=", "felt=", "#"} {
		if strings.HasPrefix(word, p) {
			return i + 1
		}
	}
	return 99
}

func TestParse_lines(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		if strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") {
			continue
		}
		cols := strings.Split(line, "\t")
		if len(cols) != 3 {
			t.Fatalf("line %d has %d columns", i+1, len(cols))
		}
		n++
		in := tableInput(t, cols[0], strings.ReplaceAll(cols[1], `\n`, "\n"))
		got := Parse(in)
		if g, want := sortWords(describe(got, in.Now)), sortWords(cols[2]); g != want {
			t.Errorf("line %d: %s\n got %s\nwant %s\nspans %v", i+1, cols[1], g, want, got.Spans)
		}
		check(t, in, got)
	}
	if n < 500 {
		t.Errorf("the table has only %d lines", n)
	}
}

// check holds what is true of every draft.
func check(t testing.TB, in Input, d Draft) {
	t.Helper()
	end, kinds := 0, 0
	for _, s := range d.Spans {
		if s.Start < end || s.End <= s.Start || s.End > len(in.Text) {
			t.Fatalf("spans out of order: %v in %q", d.Spans, in.Text)
		}
		if !boundary(in.Text, s.Start) || !boundary(in.Text, s.End) {
			t.Fatalf("span cuts a character: %v in %q", s, in.Text)
		}
		end = s.End
		if s.Role == RoleKind {
			kinds++
		}
	}
	if kinds > 1 {
		t.Fatalf("%d kinds in %q", kinds, in.Text)
	}
	if d.Felt != nil && (*d.Felt < -2 || *d.Felt > 2) {
		t.Fatalf("felt %d in %q", *d.Felt, in.Text)
	}
	if d.DurationMin != nil && (*d.DurationMin < 1 || *d.DurationMin > maxDuration) {
		t.Fatalf("duration %d in %q", *d.DurationMin, in.Text)
	}
	if d.HappenedAt.After(in.Now) {
		t.Fatalf("%q is in the future: %v", in.Text, d.HappenedAt)
	}
	if d.Text != strings.TrimSpace(d.Text) || strings.ContainsAny(d.Text, "\r\x00") || strings.ToValidUTF8(d.Text, "") != d.Text {
		t.Fatalf("text is not clean: %q", d.Text)
	}
	ok := false
	for _, k := range Kinds {
		ok = ok || k == d.Kind
	}
	if !ok {
		t.Fatalf("kind %q in %q", d.Kind, in.Text)
	}
	seen := map[string]bool{}
	for _, tag := range d.Tags {
		if tag == "" || strings.ContainsAny(tag, "# \n") || seen[fold.Fold(tag)] {
			t.Fatalf("tags %q in %q", d.Tags, in.Text)
		}
		seen[fold.Fold(tag)] = true
	}
	for _, p := range d.People {
		if p.Name == "" || p.New && (p.ID != "" || p.Maybe != nil) || !p.New && p.ID == "" && len(p.Maybe) < 2 {
			t.Fatalf("person %+v in %q", p, in.Text)
		}
	}
}

func boundary(s string, i int) bool {
	return i == len(s) || s[i]&0xC0 != 0x80 || strings.ToValidUTF8(s, "") != s
}
