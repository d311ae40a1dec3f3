package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	s := &screen{width: 40}
	for _, tt := range []struct {
		words string
		width int
		want  string
	}{
		{"", 20, ""},
		{"one two three four five", 20, "one two three four\nfive"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaa b", 20, "aaaaaaaaaaaaaaaaaaaa\naaaaa b"},
		{"今日は友達と話しました楽しかった", 20, "今日は友達と話しまし\nた楽しかった"},
		{"two " + bold("three") + " four and five six", 20, "two " + bold("three") + " four and\nfive six"},
	} {
		if got := s.wrap(tt.words, tt.width); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.words, tt.width, got, tt.want)
		}
	}
}

func TestWrap_anything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := clean(rapid.String().Draw(t, "words"))
		width := rapid.IntRange(20, 90).Draw(t, "width")
		s := &screen{width: width}
		got := s.wrap(quiet(words), width)
		for line := range strings.SplitSeq(got, "\n") {
			if w := displaywidth.String(unmarked(line)); w > width {
				t.Fatalf("%q is %d wide, more than %d", line, w, width)
			}
			if strings.Count(line, string(markBegin)) != strings.Count(line, string(markEnd)) {
				t.Fatalf("%q leaves a colour open", line)
			}
		}
		squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(unmarked(s)) }
		if squeeze(got) != squeeze(words) {
			t.Fatalf("%q became %q", words, got)
		}
	})
}

func TestPainted(t *testing.T) {
	t.Parallel()
	words := bold("a" + quiet("b") + "c")
	if got, want := (&screen{colour: true}).painted(words), "\x1b[1ma\x1b[2mb\x1b[0m\x1b[1mc\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (&screen{}).painted(words); got != "abc" {
		t.Errorf("without colour: %q", got)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	if got, want := clean("a\x1b[31mb\nc\u202ed\u009be\x0e1\x0f"), "a[31mb cde1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDayLine(t *testing.T) {
	t.Parallel()
	at := func(hour int) time.Time { return time.Date(2026, 11, 24, hour, 0, 0, 0, time.UTC) }
	got := unmarked(dayLine(38, []mote{{at(5), "thanks", false}, {at(14), "laugh", true}, {at(14), "pause", false}, {at(2), "pause", false}, {at(23), "pause", false}}))
	if want := "•─────────────────●─────────────────•─"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
