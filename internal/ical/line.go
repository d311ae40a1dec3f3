package ical

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// line is one content line, unfolded.
type line struct {
	no     int // where it begins, from 1
	name   string
	params string // as written, without the first semicolon
	value  string
}

// lines reads content lines. Its memory does not grow with the file, nor with a line.
type lines struct {
	r     *bufio.Reader
	no    int // of the physical line read last
	buf   []byte
	begun bool
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 32<<10)} }

// next returns the next line that has a name, or io.EOF. A line without a colon is passed over: programs write such.
func (l *lines) next() (line, error) {
	for {
		no, err := l.unfold()
		if err != nil {
			return line{}, err
		}
		raw := l.buf
		if !l.begun {
			raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
		}
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		got, ok := parseLine(raw)
		got.no = no
		if !l.begun && (!ok || got.name != "BEGIN" || !strings.EqualFold(strings.TrimSpace(got.value), "VCALENDAR")) {
			return line{}, &Problem{NotCalendar, no}
		}
		l.begun = true
		if ok {
			return got, nil
		}
	}
}

// unfold reads a line and those that continue it into buf, which keeps at most maxValue bytes.
func (l *lines) unfold() (no int, err error) {
	l.buf = l.buf[:0]
	if err := l.physical(); err != nil {
		return 0, err
	}
	no = l.no
	for {
		next, err := l.r.Peek(1)
		if err != nil || next[0] != ' ' && next[0] != '\t' {
			if err != nil && !errors.Is(err, io.EOF) {
				return 0, err
			}
			return no, nil
		}
		_, _ = l.r.Discard(1)
		if err := l.physical(); err != nil {
			return 0, err
		}
	}
}

// physical adds the bytes up to the end of the line to buf.
func (l *lines) physical() error {
	read := false
	for {
		part, err := l.r.ReadSlice('\n')
		read = read || len(part) > 0
		if room := maxValue - len(l.buf); room > 0 {
			l.buf = append(l.buf, bytes.TrimRight(part, "\r\n")[:min(room, len(bytes.TrimRight(part, "\r\n")))]...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			if !read {
				return io.EOF
			}
		case err != nil:
			return err
		}
		l.no++
		return nil
	}
}

// parseLine cuts a line into its parts. A colon within quotes belongs to a parameter.
func parseLine(raw []byte) (line, bool) {
	quoted := false
	semicolon := -1
	for i, c := range raw {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ';' && semicolon < 0 && !quoted:
			semicolon = i
		case c == ':' && !quoted:
			end := i
			params := ""
			if semicolon >= 0 {
				end, params = semicolon, string(raw[semicolon+1:i])
			}
			return line{name: strings.ToUpper(strings.TrimSpace(string(raw[:end]))), params: params, value: string(raw[i+1:])}, end > 0
		}
	}
	return line{}, false
}

// param returns the first value of a parameter, without its quotes.
func (l line) param(name string) string {
	rest := l.params
	for rest != "" {
		var one string
		one, rest = cutUnquoted(rest, ';')
		key, value, _ := strings.Cut(one, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			value, _ = cutUnquoted(value, ',')
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

func cutUnquoted(s string, sep byte) (before, after string) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// text is the value as text: unescaped.
func (l line) text() string {
	if !strings.Contains(l.value, `\`) {
		return l.value
	}
	var b strings.Builder
	escaped := false
	for _, r := range l.value {
		switch {
		case escaped && (r == 'n' || r == 'N'):
			b.WriteByte('\n')
		case !escaped && r == '\\':
			escaped = true
			continue
		default:
			b.WriteRune(r)
		}
		escaped = false
	}
	return b.String()
}
