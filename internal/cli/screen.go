package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/clipperhouse/displaywidth"
)

// screen prints for a person. Everything it says is in the words; colour only repeats it. Colour is left out when the
// output is no terminal or NO_COLOR is set. Words from the data are stripped of control characters first, so that a
// moment cannot move the cursor.
//
// Colours are written here as the 256 that terminals share, because the usual library and what it stands on would take
// 4 ms of every command's start and most of a megabyte of the program.
type screen struct {
	w      io.Writer
	width  int
	colour bool
}

// widest is how far lines run at most, however wide the terminal: longer ones are hard to read.
const widest = 96

func newScreen(out io.Writer, getenv func(string) string) *screen {
	s := &screen{w: out, width: 80}
	terminal := false
	if f, ok := out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		terminal = true
		if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			s.width = w
		}
	} else if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		s.width = n
	}
	force := getenv("CLICOLOR_FORCE")
	s.colour = (terminal && getenv("TERM") != "dumb" || force != "" && force != "0") && getenv("NO_COLOR") == ""
	s.width = max(40, min(s.width, widest))
	return s
}

func (s *screen) printf(format string, args ...any) {
	_, _ = io.WriteString(s.w, s.painted(fmt.Sprintf(format, args...)))
}

func (s *screen) line(parts ...string) {
	_, _ = io.WriteString(s.w, s.painted(strings.TrimRight(strings.Join(parts, ""), " "))+"\n")
}

// paragraph prints words wrapped to the width, every line indented.
func (s *screen) paragraph(indent int, words string) {
	pad := strings.Repeat(" ", indent)
	for l := range strings.SplitSeq(s.wrap(words, s.width-indent), "\n") {
		s.line(pad, l)
	}
}

// wrap breaks words into lines at spaces; a word that is longer than a line is broken where it must be. Marks of colour
// take no room.
func (s *screen) wrap(words string, width int) string {
	width = max(20, width)
	var b strings.Builder
	at := 0
	for i, word := range strings.Split(words, " ") {
		w := displaywidth.String(unmarked(word))
		switch {
		case i == 0:
		case at+1+w > width:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		if w <= width {
			b.WriteString(word)
			at += w
			continue
		}
		for clusters := displaywidth.StringGraphemes(unmarked(word)); clusters.Next(); {
			if at+clusters.Width() > width {
				b.WriteByte('\n')
				at = 0
			}
			b.WriteString(clusters.Value())
			at += clusters.Width()
		}
	}
	return balanced(b.String())
}

// balanced closes at the end of every line the colours that are open there, and opens them again on the next.
func balanced(words string) string {
	var (
		b    strings.Builder
		open []string
		from = -1 // where a mark begins
	)
	for i, r := range words {
		switch r {
		case markBegin:
			from = i
		case markCode:
			open = append(open, words[from:i+1])
		case markEnd:
			open = open[:max(0, len(open)-1)]
		case '\n':
			b.WriteString(strings.Repeat(string(markEnd), len(open)))
			b.WriteByte('\n')
			b.WriteString(strings.Join(open, ""))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Marks stand for colour inside words until they are printed: they are control characters, which clean takes out of
// everything that comes from the data.
const (
	markBegin = '\x0e' // followed by the code and markCode
	markCode  = '\x0f'
	markEnd   = '\x10'
)

// tint gives words a colour of the 256.
func tint(color int, words string) string { return mark("38;5;"+strconv.Itoa(color), words) }
func quiet(words string) string           { return mark("2", words) }
func bold(words string) string            { return mark("1", words) }

func mark(code, words string) string {
	if words == "" {
		return ""
	}
	return string(markBegin) + code + string(markCode) + words + string(markEnd)
}

// unmarked is the words as they are read.
func unmarked(words string) string {
	in := false
	return strings.Map(func(r rune) rune {
		switch {
		case r == markBegin:
			in = true
			return -1
		case r == markCode:
			in = false
			return -1
		case in || r == markEnd:
			return -1
		}
		return r
	}, words)
}

// painted turns marks into what a terminal understands, or takes them out where there is no colour.
func (s *screen) painted(words string) string {
	if !s.colour {
		return unmarked(words)
	}
	var (
		b    strings.Builder
		open []string
		code strings.Builder
		in   bool
	)
	for _, r := range words {
		switch {
		case r == markBegin:
			in = true
			code.Reset()
		case r == markCode:
			in = false
			open = append(open, code.String())
			b.WriteString("\x1b[" + code.String() + "m")
		case in:
			code.WriteRune(r)
		case r == markEnd:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			b.WriteString("\x1b[0m")
			for _, c := range open {
				b.WriteString("\x1b[" + c + "m")
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ember is the one accent.
const ember = 166

// kindColor gives each kind about the hue it has on the pages. Ten hues of about equal lightness.
func kindColor(kind string) int {
	switch kind {
	case "check-in":
		return 68
	case "conversation":
		return 73
	case "thanks":
		return 166
	case "compliment":
		return 139
	case "laugh":
		return 136
	case "kindness":
		return 167
	case "celebration":
		return 140
	case "presence":
		return 72
	case "pause":
		return 103
	case "gratitude":
		return 106
	}
	return ember
}

// clean takes control characters out of words from the data; line ends become spaces.
func clean(words string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < 0x20 || (r >= 0x7f && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069):
			return -1
		}
		return r
	}, words)
}

// dayLine draws the day from morning to night with a mote for each moment, larger when it felt bright.
func dayLine(width int, motes []mote) string {
	const from, to = 5, 24 // hours; what happened before or after sits at the end
	type cell struct {
		glyph string
		color int
	}
	n := max(24, width)
	cells := make([]cell, n)
	for _, m := range motes {
		at := float64(m.at.Hour()) + float64(m.at.Minute())/60
		i := int((at - from) / (to - from) * float64(n))
		i = max(0, min(n-1, i))
		glyph := "•"
		if m.bright {
			glyph = "●"
		}
		if cells[i].glyph != "●" {
			cells[i] = cell{glyph, kindColor(m.kind)}
		}
	}
	var b strings.Builder
	rest := 0
	flush := func() {
		if rest > 0 {
			b.WriteString(quiet(strings.Repeat("─", rest)))
			rest = 0
		}
	}
	for _, c := range cells {
		if c.glyph == "" {
			rest++
			continue
		}
		flush()
		b.WriteString(tint(c.color, c.glyph))
	}
	flush()
	return b.String()
}

// mote is a moment on the day line.
type mote struct {
	at     time.Time
	kind   string
	bright bool
}

// dayName says a local day as a person would: "Tuesday, 24 November", with the year when it is another.
func dayName(day string, today time.Time) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	if d.Year() != today.Year() {
		return d.Format("Monday, 2 January 2006")
	}
	return d.Format("Monday, 2 January")
}

// feltWords says how a moment felt.
func feltWords(felt int) string {
	switch felt {
	case -2:
		return "felt heavy"
	case -1:
		return "felt low"
	case 0:
		return "felt even"
	case 1:
		return "felt good"
	case 2:
		return "felt bright"
	}
	return ""
}
