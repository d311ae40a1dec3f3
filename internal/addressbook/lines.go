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
	number int  // of the line that next returned last, from 1
	back   bool // next returns the same line again
	long   bool
	crlf   bool // a CR was the last thing seen: an LF after it ends nothing
}

// next returns a line without its end. It is valid until the next call. Of a line longer than limit only the beginning is
// kept; long says so.
func (l *lines) next(limit int) (line []byte, long bool, err error) {
	if l.back {
		l.back = false
		return l.buf, l.long, nil
	}
	l.buf, l.long = l.buf[:0], false
	any := false
	for {
		chunk, err := l.in.Peek(max(1, l.in.Buffered()))
		if len(chunk) == 0 {
			if !errors.Is(err, io.EOF) {
				return nil, false, err
			}
			if !any {
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
		any = true
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
	if bytes.HasPrefix(l.buf, utf8BOM) { // also in the middle, where files were put behind each other
		l.buf = l.buf[len(utf8BOM):]
	}
	return l.buf, l.long, nil
}

// unread makes next return the last line again.
func (l *lines) unread() { l.back = true }
