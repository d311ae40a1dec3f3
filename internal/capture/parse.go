package capture

import (
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Bounds that keep the worst line cheap; what lies beyond stays text.
const (
	maxPeople  = 64
	maxTags    = 64
	maxSomeone = 16
)

// parser is one reading of one line. The passes run in order and each leaves the tokens it understood used, so that no
// two of them read the same words: "20 min ago" is a time and no duration.
type parser struct {
	in   Input
	s    string
	now  time.Time
	zone *time.Location
	lex  *lexicon
	toks []token
	d    Draft

	mentions []int // first tokens of people and of someone, in order
	slash    bool  // the kind was said outright
	said     bool  // the time is of the past, whatever the line wishes
	wish     bool  // what the line speaks of has not happened yet
	ahead    bool  // the line speaks of the future, and of no time before that
}

// tokenRoom lends the memory for the tokens of a line, most of what one reading needs.
var tokenRoom = sync.Pool{New: func() any { //nolint:gochecknoglobals // a pool
	room := make([]token, 0, 64)
	return &room
}}

// Parse reads a line. It never fails: what it does not understand stays text.
func Parse(in Input) Draft {
	p := parser{in: in, s: in.Text, zone: in.Zone}
	if p.zone == nil {
		p.zone = time.UTC
	}
	p.now = in.Now.In(p.zone)
	p.d.Text = clean(in.Text)
	room := tokenRoom.Get().(*[]token)
	p.toks = tokenize(p.s, (*room)[:0])
	defer func() {
		if cap(p.toks) <= 1024 { // do not keep what the longest line needed, nor any line's words
			clear(p.toks)
			*room = p.toks[:0]
			tokenRoom.Put(room)
		}
	}()
	p.lookUp()

	p.signs()
	p.feltPass()
	p.whenPass()
	p.durationPass()
	p.someonePass()
	p.kindPass()
	p.contextOfPeople()
	for i := range p.d.Spans { // a few, nearly in order: by insertion
		for j := i; j > 0 && p.d.Spans[j].Start < p.d.Spans[j-1].Start; j-- {
			p.d.Spans[j], p.d.Spans[j-1] = p.d.Spans[j-1], p.d.Spans[j]
		}
	}
	return p.d
}

// clean is the text that is kept: as written, but UTF-8, with \n as line end, and without the NUL that a database
// cannot hold.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return strings.TrimSpace(s)
}

// lookUp finds each word in the lexicon of English and the writer's language, or of the language that the line itself
// shows: a German line is read as German wherever it was written.
func (p *parser) lookUp() {
	p.lex = lexiconOf(p.in.Locale)
	marks := marksOnce()
	other := ""
	for i := range p.toks {
		t := &p.toks[i]
		if t.typ != tWord {
			continue
		}
		t.key = lower(p.s[t.start:t.end])
		if other == "" && !p.lex.foreign {
			if other = marks[t.key]; other == "" {
				other = spokenIn(t.key)
			}
		}
	}
	if other != "" {
		p.lex = lexiconOf(other)
	}
	if p.lex.runs {
		p.splitRuns()
	}
	for i := range p.toks {
		t := &p.toks[i]
		if t.typ != tWord {
			continue
		}
		t.node = p.lex.root[t.key]
		if t.node == nil && strings.HasSuffix(t.key, "'s") {
			t.key = t.key[:len(t.key)-2]
			t.node = p.lex.root[t.key]
			t.owner = true
		}
		if t.node == nil {
			t.node = p.behindAnd(t.key)
		}
		if t.node == nil {
			t.node = p.laughter(t.key)
		}
	}
}

// is reports whether the word at i alone is of a class.
func (p *parser) is(i int, c class) bool {
	return i >= 0 && i < len(p.toks) && p.word(i) != nil && p.toks[i].node.word.class&c != 0
}

// word returns the entry of the single word at i, or nil.
func (p *parser) word(i int) *word {
	t := &p.toks[i]
	if t.node == nil || t.used || t.dead || t.owner {
		return nil
	}
	return t.node.word
}

// phrase finds the longest phrase of a class that begins at i; end is the token after it. A phrase does not cross a
// line end or a token that already means something; a hyphen may join its words.
func (p *parser) phrase(i int, c class) (w *word, end int) {
	if i >= len(p.toks) {
		return nil, i
	}
	t := &p.toks[i]
	if t.node == nil || t.used || t.dead {
		return nil, i
	}
	end = i
	for n := t.node; ; {
		if n.word != nil && n.word.class&c != 0 && (!t.owner || c&cRole != 0) {
			w, end = n.word, i+1
		}
		if t.owner || len(n.next) == 0 {
			return w, end
		}
		i++
		if i+1 < len(p.toks) && p.toks[i].r == '-' && p.toks[i].typ == tOther && p.glued(i) && p.glued(i+1) {
			i++
		}
		if i >= len(p.toks) {
			return w, end
		}
		t = &p.toks[i]
		if t.typ != tWord || t.used || t.dead || t.newline {
			return w, end
		}
		n = n.next[t.key]
		if n == nil {
			return w, end
		}
	}
}

// glued reports that no space lies before token i.
func (p *parser) glued(i int) bool {
	return i > 0 && i < len(p.toks) && p.toks[i].start == p.toks[i-1].end
}

// other reports whether token i is the character r.
func (p *parser) other(i int, r rune) bool {
	return i >= 0 && i < len(p.toks) && p.toks[i].typ == tOther && p.toks[i].r == r && !p.toks[i].used
}

// number returns the number at i.
func (p *parser) number(i int) (n int, ok bool) {
	if i < 0 || i >= len(p.toks) {
		return 0, false
	}
	t := &p.toks[i]
	return t.n, t.typ == tNumber && t.n >= 0 && !t.used && !t.dead
}

// digits returns how many digits the number at i was written with.
func (p *parser) digits(i int) int {
	t := &p.toks[i]
	if p.s[t.start] < utf8.RuneSelf {
		return t.end - t.start
	}
	return utf8.RuneCountInString(p.s[t.start:t.end])
}

// stop reports that a clause ends before token i.
func (p *parser) stop(i int) bool {
	if i >= len(p.toks) {
		return true
	}
	t := &p.toks[i]
	if t.newline {
		return true
	}
	if t.typ != tOther || t.used {
		return false
	}
	switch t.r {
	case ',', '.', ';', ':', '!', '?', '(', ')', '—', '–', '。', '、', '，':
		return true
	}
	return false
}

// span records what tokens from up to to meant.
func (p *parser) span(from, to int, role, value string) {
	p.spanBytes(p.toks[from].start, p.toks[to-1].end, role, value)
	for i := from; i < to; i++ {
		p.toks[i].used = true
	}
}

func (p *parser) spanBytes(start, end int, role, value string) {
	if p.d.Spans == nil {
		p.d.Spans = make([]Span, 0, 8)
	}
	p.d.Spans = append(p.d.Spans, Span{Start: start, End: end, Role: role, Value: value})
}

// feltPass takes the last sign: how it ended is how it felt.
func (p *parser) feltPass() {
	for i := len(p.toks) - 1; i >= 0; i-- {
		t := &p.toks[i]
		if t.typ != tFelt || !t.known || t.used {
			continue
		}
		v := t.felt
		p.d.Felt = &v
		value := strconv.Itoa(v)
		if v > 0 {
			value = "+" + value
		}
		p.span(i, i+1, RoleFelt, value)
		return
	}
}
