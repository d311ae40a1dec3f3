package i18n

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Unicode's marks around text whose direction is its own.
const (
	isolate    = '\u2068'
	isolateEnd = '\u2069'
)

// Apart sets text that runs the other way than the language apart from the sentence around it, so that neither turns the
// marks and figures of the other round. Where the language runs from right to left that includes a number with its sign.
// Text with letters of the language's own direction is left as it is: it may be a part of the sentence.
func (p *Printer) Apart(text string) string {
	if !p.strange(text) {
		return text
	}
	return string(isolate) + text + string(isolateEnd)
}

func (p *Printer) strange(text string) bool {
	rtl := p.dir == "rtl"
	if rtl && (strings.HasPrefix(text, "+") || strings.HasPrefix(text, "−")) {
		return true
	}
	strange := false
	within := 0 // parts that are set apart already
	for _, r := range text {
		switch r {
		case isolate:
			within++
		case isolateEnd:
			within--
		}
		if within > 0 {
			continue
		}
		of, _ := bidi.LookupRune(r)
		leftward := of.Class() == bidi.R || of.Class() == bidi.AL
		if !leftward && of.Class() != bidi.L {
			continue
		}
		if leftward == rtl {
			return false
		}
		strange = true
	}
	return strange
}

// List writes words one after the other.
func (p *Printer) List(words []string) (list string) {
	for i, w := range words {
		if i == 0 {
			list = p.Apart(w)
		} else {
			list = p.T("list.further", "before", list, "after", w)
		}
	}
	return list
}
