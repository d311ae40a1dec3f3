package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// screen prints for a person. Everything it says is in the words; colour only repeats it. Colour is left out when the
// output is no terminal or NO_COLOR is set. Words from the data are stripped of control characters first, so that a
// moment cannot move the cursor.
type screen struct {
	w     io.Writer // takes colour away where there is none
	width int
}

// widest is how far lines run at most, however wide the terminal: longer ones are hard to read.
const widest = 96

func newScreen(out io.Writer, environ []string) *screen {
	s := &screen{w: colorprofile.NewWriter(out, environ), width: 80}
	if f, ok := out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			s.width = w
		}
	} else if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		s.width = n
	}
	s.width = max(40, min(s.width, widest))
	return s
}

func (s *screen) printf(format string, args ...any) { _, _ = fmt.Fprintf(s.w, format, args...) }

func (s *screen) line(parts ...string) {
	_, _ = io.WriteString(s.w, strings.TrimRight(strings.Join(parts, ""), " ")+"\n")
}

// paragraph prints words wrapped to the width, every line indented.
func (s *screen) paragraph(indent int, words string) {
	pad := strings.Repeat(" ", indent)
	for l := range strings.SplitSeq(s.wrap(words, s.width-indent), "\n") {
		s.line(pad, l)
	}
}

func (s *screen) wrap(words string, width int) string { return ansi.Wrap(words, max(20, width), "") }

// tint is a colour from the page's palette, by name.
func tint(color, words string) string {
	return lipgloss.NewStyle().Foreground(lipgloss.Color(color)).Render(words)
}

func quiet(words string) string { return lipgloss.NewStyle().Faint(true).Render(words) }
func bold(words string) string  { return lipgloss.NewStyle().Bold(true).Render(words) }

// ember is the one accent.
const ember = "#c8622d"

// kindColor gives each kind the hue it has on the pages. Ten hues of about equal lightness.
func kindColor(kind string) string {
	switch kind {
	case "check-in":
		return "#5b8fd0"
	case "conversation":
		return "#3f9aa8"
	case "thanks":
		return "#c8622d"
	case "compliment":
		return "#b8749b"
	case "laugh":
		return "#b08a2e"
	case "kindness":
		return "#c76b6b"
	case "celebration":
		return "#9a7bd0"
	case "presence":
		return "#4f9d78"
	case "pause":
		return "#7b8fa8"
	case "gratitude":
		return "#8a9a3c"
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
		glyph, color string
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
