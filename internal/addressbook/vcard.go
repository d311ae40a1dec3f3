package addressbook

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
)

// vcards reads cards that stand behind each other.
type vcards struct {
	in    *lines
	begun bool // the BEGIN of the next card was read already
	start int  // its line
}

func (v *vcards) next() (Entry, error) {
	for !v.begun {
		line, _, err := v.in.next(1 << 10)
		if err != nil {
			return Entry{}, err
		}
		if isMark(line, "BEGIN") {
			v.begun, v.start = true, v.in.number
		}
	}
	v.begun = false
	c := collector{e: Entry{Line: v.start}}
	refused, err := v.fill(&c)
	if err != nil {
		return Entry{}, err
	}
	e := c.finish()
	if refused == "" && e.empty() {
		refused = CardEmpty
	}
	if refused != "" {
		e.Refused = &Problem{Code: refused, Line: e.Line}
	}
	return e, nil
}

// fill reads to the end of the card. It returns why the card is refused, if it is.
func (v *vcards) fill(c *collector) (refused string, err error) {
	size, depth := 0, 0
	for {
		line, long, err := v.in.next(MaxCard)
		if errors.Is(err, io.EOF) {
			c.flush()
			return CardTruncated, nil
		}
		if err != nil {
			return "", err
		}
		size += len(line) + 1
		if long || size > MaxCard {
			refused = CardTooLarge
			c.drop()
		}
		switch {
		case isMark(line, "END"):
			c.flush()
			if depth > 0 {
				depth--
				continue
			}
			return refused, nil
		case isMark(line, "BEGIN"):
			c.flush()
			if depth > 0 || c.agent {
				c.e.problem(AgentLeftOut, v.in.number, "AGENT")
				c.agent = false
				depth++
				continue
			}
			v.begun, v.start = true, v.in.number
			c.e.problem(EndMissing, v.in.number, "")
			return refused, nil
		case depth == 0 && refused == "":
			c.add(line, v.in.number)
		}
	}
}

// collector puts the lines of one card together.
type collector struct {
	e      Entry
	open   []byte // the line that may go on
	line   int    // where it began; 0: none is open
	kind   encoding
	props  []raw
	photo  bool
	agent  bool // the last property was an AGENT whose card follows
	labels map[string]string
}

func (c *collector) drop() { c.open, c.line, c.props = nil, 0, nil }

func (c *collector) add(line []byte, number int) {
	more := c.line > 0
	switch {
	case more && c.kind == quotedPrintable && bytes.HasSuffix(c.open, []byte("=")):
		c.open = append(c.open[:len(c.open)-1], line...)
	case len(bytes.TrimSpace(line)) == 0 && (len(line) == 0 || !more): // old programs put one behind a picture
	case more && (line[0] == ' ' || line[0] == '\t'):
		c.open = append(c.open, line[1:]...)
	case more && c.kind == base64Coded && isBase64(line): // folded without the blank
		c.open = append(c.open, line...)
	case startsProperty(line):
		c.flush()
		c.open, c.line, c.kind = append(c.open[:0], line...), number, encodingOf(line)
	case more && c.kind != base64Coded: // a line break inside a value that was not escaped
		c.open = append(append(c.open, '\\', 'n'), line...)
	default:
		c.e.problem(LineUnreadable, number, "")
	}
}

func startsProperty(line []byte) bool {
	i := 0
	for i < len(line) && nameByte(line[i]) {
		i++
	}
	return i > 0 && i < len(line) && (line[i] == ':' || line[i] == ';')
}

func encodingOf(line []byte) encoding {
	head, _, _ := bytes.Cut(line, []byte(":"))
	head = bytes.ToUpper(head[:min(len(head), 1<<10)])
	switch {
	case bytes.Contains(head, []byte("QUOTED-PRINTABLE")) && !bytes.Contains(head, []byte("X-CUSTOM(")), bytes.Contains(head, []byte("=Q;")):
		return quotedPrintable
	case bytes.Contains(head, []byte("BASE64")), bytes.Contains(head, []byte("ENCODING=B")), bytes.HasSuffix(head, []byte(";B")):
		return base64Coded
	}
	return plain
}

func isBase64(line []byte) bool {
	for _, b := range bytes.TrimSpace(line) {
		if (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '+' && b != '/' && b != '=' {
			return false
		}
	}
	return true
}

// flush reads the property that was open.
func (c *collector) flush() {
	if c.line == 0 {
		return
	}
	p, ok := split(c.open)
	p.line, c.line = c.line, 0
	if cap(c.open) > 1<<20 {
		c.open = nil
	}
	c.agent = ok && p.name == "AGENT" && strings.TrimSpace(p.value) == ""
	switch {
	case !ok:
		c.e.problem(LineUnreadable, p.line, "")
	case c.agent:
	case p.name == "AGENT":
		c.e.problem(AgentLeftOut, p.line, "AGENT")
	case p.name == "PHOTO":
		c.addPhoto(p)
	case len(c.props) >= MaxProperties:
		if !slices.ContainsFunc(c.e.Problems, func(b Problem) bool { return b.Code == TooManyProperties }) {
			c.e.problem(TooManyProperties, p.line, p.name)
		}
	case p.name == "X-ABLABEL" && p.group != "":
		if c.labels == nil {
			c.labels = map[string]string{}
		}
		c.labels[strings.ToLower(p.group)] = tidy(text(p.decode(&c.e)))
		c.props = append(c.props, p)
	default:
		c.props = append(c.props, p)
	}
}

// addPhoto keeps the first picture that stands in the card itself. An address of one is kept as an unknown property and
// never fetched.
func (c *collector) addPhoto(p raw) {
	value := strings.TrimSpace(p.value)
	if value == "" {
		return
	}
	if head, data, ok := strings.Cut(value, ","); ok && len(head) < 200 && strings.HasPrefix(strings.ToLower(head), "data:") {
		if !strings.Contains(strings.ToLower(head), "base64") {
			c.e.problem(PhotoUnreadable, p.line, "PHOTO")
			return
		}
		value = data
	} else if p.encoding() != base64Coded {
		c.props = append(c.props, p)
		return
	}
	if c.photo {
		c.e.problem(PropertyTooLarge, p.line, "PHOTO") // a second picture
		return
	}
	b, err := fromBase64(value)
	if err != nil || len(b) == 0 {
		c.e.problem(PhotoUnreadable, p.line, "PHOTO")
		return
	}
	c.e.Photo, c.photo = b, true
}

// fromBase64 reads base64 of either alphabet, with or without its padding, and with blanks in it.
func fromBase64(s string) ([]byte, error) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', '=', '\\':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, s)
	return base64.RawStdEncoding.DecodeString(s)
}
