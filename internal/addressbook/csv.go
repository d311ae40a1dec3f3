package addressbook

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"

	"kith/internal/fault"
	"kith/internal/fold"
)

// table reads a CSV file row by row. encoding/csv would hold all of a file whose quote never closes.
type table struct {
	in      *bufio.Reader
	comma   byte
	line    int // of the byte that comes next
	columns []column
}

const maxColumns = 2000

// newTable reads the header.
func newTable(in *bufio.Reader) (*table, Format, error) {
	unknown := func() error {
		return fault.Invalid("format_unknown", "file", "This is neither a vCard file nor a CSV file of Google Contacts or Outlook.")
	}
	head, err := in.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, "", err
	}
	if i := strings.IndexAny(string(head), "\r\n"); i >= 0 {
		head = head[:i]
	}
	t := &table{in: in, line: 1}
	most := 0
	for _, c := range []byte{',', ';', '\t'} {
		if n := strings.Count(string(head), string(c)); n > most {
			t.comma, most = c, n
		}
	}
	if most == 0 {
		return nil, "", unknown()
	}
	row, err := t.record()
	if err != nil || row.problem != "" {
		return nil, "", unknown()
	}
	outlook, person := false, false
	for i, name := range row.fields {
		if i == 0 {
			name = strings.TrimPrefix(name, "\uFEFF")
		}
		c := columnOf(name)
		t.columns = append(t.columns, c)
		outlook = outlook || c.outlook
		person = person || slices.Contains([]string{"full", "given", "family"}, c.key)
	}
	if !person {
		return nil, "", unknown()
	}
	if outlook {
		return t, Outlook, nil
	}
	return t, Google, nil
}

type record struct {
	fields  []string
	line    int
	problem string
	guessed bool
}

// record reads one row. Quotes are read as programs write them, also where they should have been doubled.
func (t *table) record() (record, error) {
	r := record{line: t.line}
	var field []byte
	quoted, started, size := false, false, 0
	end := func() {
		if r.problem == "" {
			s, guessed := toUTF8(string(field), "")
			r.fields, r.guessed = append(r.fields, s), r.guessed || guessed
		}
		field, started = field[:0], false
	}
	for {
		b, err := t.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			if len(r.fields) == 0 && len(field) == 0 && !started && r.problem == "" {
				return record{}, io.EOF
			}
			if quoted && r.problem == "" {
				r.problem = QuoteNeverClosed
			}
			end()
			return r, nil
		case err != nil:
			return record{}, err
		}
		if size++; r.problem == "" && (size > MaxCard || len(r.fields) > maxColumns) {
			r.problem, r.fields, field = CardTooLarge, nil, nil
		}
		if b == '\r' {
			if next, _ := t.in.Peek(1); len(next) == 1 && next[0] == '\n' {
				_, _ = t.in.ReadByte()
			}
			b = '\n'
		}
		if b == '\n' {
			t.line++
		}
		switch {
		case quoted && b == '"':
			next, _ := t.in.Peek(1)
			switch {
			case len(next) == 1 && next[0] == '"':
				_, _ = t.in.ReadByte()
			case len(next) == 0 || next[0] == t.comma || next[0] == '\n' || next[0] == '\r':
				quoted = false
				continue
			}
		case quoted:
		case b == '"' && !started:
			quoted, started = true, true
			continue
		case b == t.comma:
			end()
			if r.problem == "" && len(r.fields) == 0 {
				r.fields = []string{}
			}
			continue
		case b == '\n':
			if len(r.fields) == 0 && len(field) == 0 && !started && r.problem == "" {
				r.line = t.line // an empty line
				size = 0
				continue
			}
			end()
			return r, nil
		}
		started = true
		if r.problem == "" {
			field = append(field, b)
		}
	}
}

func (t *table) next() (Entry, error) {
	r, err := t.record()
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Line: r.line}
	if r.problem != "" {
		e.Refused = &Problem{Code: r.problem, Line: r.line}
		return e, nil
	}
	if r.guessed {
		e.problem(CharsetGuessed, r.line, "")
	}
	if len(r.fields) > len(t.columns) && strings.Join(r.fields[len(t.columns):], "") != "" {
		e.problem(RowTooWide, r.line, "")
	}
	v := values{}
	for i, s := range r.fields {
		if i >= len(t.columns) || strings.TrimSpace(s) == "" {
			continue
		}
		if c := t.columns[i]; c.key != "" {
			v.put(c.key, s)
		} else {
			e.Unknown = append(e.Unknown, Property{Name: "X-COLUMN", Params: []Param{{"NAME", []string{c.name}}}, Value: printable(escaped(tidyText(s)))})
		}
	}
	v.fill(&e)
	e.settle()
	if e.empty() {
		e.Refused = &Problem{Code: CardEmpty, Line: r.line}
	}
	return e, nil
}

// column is what a header means. key is empty where it means nothing to Kith; the cells are kept as they are.
type column struct {
	name    string
	key     string
	outlook bool
}

// columnOf knows a column by its name, whatever its place is.
func columnOf(name string) column {
	name = tidy(name)
	c := column{name: name}
	f := fold.Fold(name)
	if key, ok := plainColumns[f]; ok {
		c.key = key
		return c
	}
	if key, ok := outlookColumns[f]; ok {
		c.key, c.outlook = key, true
		return c
	}
	// Numbered: "E-mail 1 - Label".
	before, after, ok := strings.Cut(f, " - ")
	if !ok {
		return c
	}
	space := strings.LastIndexByte(before, ' ')
	if space < 0 || !allDigits(before[space+1:]) || len(before) > space+4 {
		return c
	}
	kind, ok := numberedColumns[before[:space]]
	if !ok {
		return c
	}
	if after == "type" {
		after = "label"
	}
	switch {
	case kind == "org" && before[space+1:] == "1" && after == "name":
		c.key = "org"
	case kind == "org" && before[space+1:] == "1" && (after == "title" || after == "department"):
		c.key = after
	case kind == "org":
	case slices.Contains(numberedParts[kind], after):
		c.key = kind + "." + before[space+1:] + "." + after
	}
	return c
}
