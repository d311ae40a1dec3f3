package addressbook

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var utf8BOM = []byte("\xEF\xBB\xBF") //nolint:gochecknoglobals // a constant

// decoded returns the text of in as bytes of UTF-8, or of whatever single-byte code the file has. UTF-16 is known by its
// mark, or by the zero beside the first letter.
func decoded(in *bufio.Reader) io.Reader {
	head, _ := in.Peek(2)
	if len(head) < 2 {
		return in
	}
	order := unicode.LittleEndian
	switch {
	case head[0] == 0xFF && head[1] == 0xFE, head[1] == 0 && head[0] != 0:
	case head[0] == 0xFE && head[1] == 0xFF, head[0] == 0 && head[1] != 0:
		order = unicode.BigEndian
	default:
		return in
	}
	return transform.NewReader(in, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
}

// lines cuts a file into lines that end with LF, CR LF or CR.
type lines struct {
	in     *bufio.Reader
	buf    []byte
	number int // of the line that next returned last, from 1
	long   bool
	crlf   bool // a CR was the last thing seen: an LF after it ends nothing
}

// next returns a line without its end. It is valid until the next call. Of a line longer than limit only the beginning is
// kept; long says so.
func (l *lines) next(limit int) (line []byte, long bool, err error) {
	l.buf, l.long = l.buf[:0], false
	some := false
	for {
		chunk, err := l.in.Peek(max(1, l.in.Buffered()))
		if len(chunk) == 0 {
			if !errors.Is(err, io.EOF) {
				return nil, false, err
			}
			if !some {
				return nil, false, io.EOF
			}
			break
		}
		if l.crlf {
			l.crlf = false
			if chunk[0] == '\n' {
				_, _ = l.in.Discard(1)
				continue
			}
		}
		some = true
		end := bytes.IndexAny(chunk, "\r\n")
		part := chunk
		if end >= 0 {
			part = chunk[:end]
		}
		if room := limit - len(l.buf); len(part) > room {
			l.long = true
			part = part[:max(0, room)]
		}
		l.buf = append(l.buf, part...)
		if end < 0 {
			_, _ = l.in.Discard(len(chunk))
			continue
		}
		l.crlf = chunk[end] == '\r'
		_, _ = l.in.Discard(end + 1)
		break
	}
	l.number++
	l.buf = bytes.TrimPrefix(l.buf, utf8BOM) // also in the middle, where files were put behind each other
	return l.buf, l.long, nil
}
