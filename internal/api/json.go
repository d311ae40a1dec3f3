package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// maxDepth is how deep JSON may nest; our own requests nest three deep.
const maxDepth = 16

// jsonFormat reads JSON strictly and writes it plainly. Refused are: text that is not UTF-8, a name twice in one object
// (two readers would disagree about it), the NUL character (no database keeps it), half
// a surrogate pair (it would be kept as something else), and deep nesting. Its errors are
// written as "code|message" and never hold what was sent.
func jsonFormat() huma.Format {
	return huma.Format{
		Marshal: func(w io.Writer, v any) error {
			if b, ok := written(v); ok {
				_, err := w.Write(append(b, '\n'))
				return err
			}
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			return enc.Encode(v)
		},
		Unmarshal: func(data []byte, v any) error {
			if to, ok := v.(*any); ok {
				parsed, err := parseJSON(data)
				*to = parsed
				return err
			}
			err := json.Unmarshal(data, v)
			var kind *json.UnmarshalTypeError
			if errors.As(err, &kind) && kind.Field != "" {
				return errors.New("wrong_type@" + kind.Field + "|has a value of the wrong form")
			}
			if err != nil {
				return errors.New("wrong_type|holds a value of the wrong form")
			}
			return nil
		},
	}
}

// parseJSON reads a document into any, as encoding/json would.
func parseJSON(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not_utf8|is not UTF-8 text")
	}
	p := parser{data: data}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(data) {
		return nil, malformed()
	}
	return v, nil
}

func malformed() error { return errors.New("malformed_json|is not well-formed JSON") }

type parser struct {
	data []byte
	at   int
}

func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) next(c byte) bool {
	if p.space(); p.at < len(p.data) && p.data[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("too_deep|is nested too deeply")
	}
	p.space()
	if p.at >= len(p.data) {
		return nil, malformed()
	}
	switch c := p.data[p.at]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.text()
	case c == '-' || (c >= '0' && c <= '9'):
		return p.number()
	}
	rest := p.data[p.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("true")):
		p.at += 4
		return true, nil
	case bytes.HasPrefix(rest, []byte("false")):
		p.at += 5
		return false, nil
	case bytes.HasPrefix(rest, []byte("null")):
		p.at += 4
		return nil, nil //nolint:nilnil // JSON's null
	}
	return nil, malformed()
}

func (p *parser) object(depth int) (any, error) {
	p.at++
	m := map[string]any{}
	if p.next('}') {
		return m, nil
	}
	for {
		if p.space(); p.at >= len(p.data) || p.data[p.at] != '"' {
			return nil, malformed()
		}
		name, err := p.text()
		if err != nil {
			return nil, err
		}
		if _, twice := m[name]; twice {
			return nil, errors.New("duplicate_name|has the same name twice in one object")
		}
		if !p.next(':') {
			return nil, malformed()
		}
		if m[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		if p.next('}') {
			return m, nil
		}
		if !p.next(',') {
			return nil, malformed()
		}
	}
}

func (p *parser) array(depth int) (any, error) {
	p.at++
	list := []any{}
	if p.next(']') {
		return list, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if p.next(']') {
			return list, nil
		}
		if !p.next(',') {
			return nil, malformed()
		}
	}
}

func (p *parser) text() (string, error) {
	start, plain := p.at, true
	for p.at++; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '"':
			p.at++
			if plain {
				return string(p.data[start+1 : p.at-1]), nil
			}
			var s string
			if json.Unmarshal(p.data[start:p.at], &s) != nil {
				return "", malformed()
			}
			if loneSurrogate(p.data[start:p.at]) {
				return "", errors.New("not_unicode|holds half of a surrogate pair, which is no character")
			}
			if strings.IndexByte(s, 0) >= 0 {
				return "", errors.New("nul_character|holds the NUL character, which cannot be kept")
			}
			return s, nil
		case c == '\\':
			plain = false
			p.at++
		case c < ' ':
			return "", malformed()
		}
	}
	return "", malformed()
}

// loneSurrogate finds an escape that is half a character. encoding/json would quietly keep something else.
func loneSurrogate(quoted []byte) bool {
	for i := 0; i+6 <= len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		i++
		if quoted[i] != 'u' {
			continue
		}
		r := escaped(quoted[i+1:])
		switch {
		case utf16.IsSurrogate(r) && (r >= 0xDC00 || !bytes.HasPrefix(quoted[i+5:], []byte(`\u`)) ||
			utf16.DecodeRune(r, escaped(quoted[i+7:])) == unicode.ReplacementChar):
			return true
		case utf16.IsSurrogate(r):
			i += 10
		default:
			i += 4
		}
	}
	return false
}

// escaped reads the four digits of an escape that is known to be well-formed.
func escaped(digits []byte) rune {
	if len(digits) < 4 {
		return 0
	}
	n, _ := strconv.ParseUint(string(digits[:4]), 16, 16)
	return rune(n)
}

func (p *parser) number() (any, error) {
	start := p.at
	for p.at < len(p.data) && strings.IndexByte("+-.0123456789eE", p.data[p.at]) >= 0 {
		p.at++
	}
	text := p.data[start:p.at]
	if !json.Valid(text) {
		return nil, malformed()
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return nil, errors.New("number_too_large|holds a number that is too large")
	}
	return f, nil
}
