package capture

import (
	"slices"

	"kith/internal/i18n"
)

// found act: a word from which a kind is read, and where it stands.
type foundAct struct {
	act      *i18n.Act
	from, to int
}

// kindPass reads kind, contact and who began it. /kind wins; then the first strong word (thanked, laughed), then the
// first weak one (called, wrote); then with whom says conversation, and a line that says nothing more is a check-in. A
// word under a negation or a wish does not count: "did not thank", "should call".
func (p *parser) kindPass() {
	slices.Sort(p.mentions)
	attempt, missed, attemptFrom, attemptTo := p.attempt()
	act, denied := p.acts(attemptFrom, attemptTo)
	named := len(p.d.People) > 0 || len(p.d.Someone) > 0
	if act.act == nil && !denied && !attempt && !p.slash && p.wishes() {
		denied, p.wish = true, true
	}
	if act.act == nil && p.wish {
		p.forgetTime()
	}

	started, startFrom, startTo := "", 0, 0
	if act.act != nil {
		started, startFrom, startTo = p.startedBy(act)
	}
	kind := p.d.Kind
	switch {
	case kind != "":
	case act.act != nil && (!attempt || act.act.Kind != Conversation):
		kind = act.act.Kind
		if act.act.With != "" && p.together() { // cooked for Mia, but with Ana
			kind, started, startFrom, startTo = act.act.With, "", 0, 0
		}
	case act.act == nil && !denied && !attempt && p.together() && !p.calledOff():
		kind = Conversation
	default:
		kind = CheckIn
	}
	p.d.Kind = kind

	away := false
	if act.act == nil || act.act.Weak {
		for i := range p.toks {
			if p.toks[i].typ == tWord && p.phraseIs(i, cAway) {
				away = act.act == nil && !p.subjectBefore(i)
				break
			}
		}
	}
	switch {
	case attempt:
		p.d.Contact = ContactAttempt
	case kind == Gratitude || kind == Pause:
		p.d.Contact = ContactNo
	case act.act == nil && (denied || away) && !p.slash:
		p.d.Contact = ContactNo
	case named && p.ahead && started != ByThem && p.d.Precision == Minute && p.d.HappenedAt.Equal(p.now) && (act.act == nil || act.act.Form == "noun" || p.imperative(act)):
		p.d.Contact = ContactNo // dinner with @Mia tomorrow
	case named:
		p.d.Contact = ContactYes
	case kind == Presence:
		p.d.Contact = ContactNo
	case started == ByThem: // "got a call": whoever it was, both took part
		p.d.Contact = ContactYes
	}

	if both, from, to := p.both(); both && kind != Gratitude && kind != Pause {
		started, startFrom, startTo = ByBoth, from, to
	}
	switch {
	case missed:
		started, startFrom, startTo = ByThem, 0, 0
	case attempt && act.act == nil && named:
		started = ByMe
		if key := p.toks[attemptFrom].key; (key == "left" || key == "tried") && p.subjectBefore(attemptFrom) {
			started = ByThem
		}
	}
	if kind == Gratitude || kind == Pause {
		started, startTo = "", 0
	}
	p.d.StartedBy = started

	if attempt {
		p.span(attemptFrom, attemptTo, RoleContact, ContactAttempt)
	}
	if act.act != nil && !p.slash && p.unused(act.from, act.to) && (kind == act.act.Kind || kind == act.act.With) {
		p.span(act.from, act.to, RoleKind, kind)
	}
	if startTo > startFrom && p.unused(startFrom, startTo) {
		p.span(startFrom, startTo, RoleStarted, started)
	}
}

// imperative reports a verb that tells to do something: "call @Mia tomorrow".
func (p *parser) imperative(a foundAct) bool {
	if a.from > 0 && !p.stop(a.from-1) {
		return false
	}
	switch p.toks[a.from].key {
	case "call", "phone", "ring", "text", "message", "ping", "write", "thank", "congratulate", "talk":
		return true
	}
	return false
}

func (p *parser) unused(from, to int) bool {
	for i := from; i < to; i++ {
		if p.toks[i].used {
			return false
		}
	}
	return true
}

// attempt finds words that say nobody was reached.
func (p *parser) attempt() (attempt, missed bool, from, to int) {
	for i := range p.toks {
		if p.toks[i].typ != tWord {
			continue
		}
		if e, end := p.phrase(i, cAttempt); e != nil {
			// "missed" alone is a feeling unless a call follows: "missed @Sam's call".
			if e.missed && end == i+1 && !p.callWithin(end, 6) {
				continue
			}
			return true, e.missed, i, end
		}
	}
	return false, false, 0, 0
}

func (p *parser) callWithin(i, n int) bool {
	for j := i; j < i+n && j < len(p.toks) && !p.toks[j].newline; j++ {
		if p.toks[j].key == "call" || p.toks[j].key == "calls" {
			return true
		}
	}
	return false
}

// acts finds the word that decides the kind, and whether one was denied.
func (p *parser) acts(attemptFrom, attemptTo int) (best foundAct, denied bool) {
	for i := 0; i < len(p.toks); i++ {
		t := &p.toks[i]
		if t.typ != tWord || t.node == nil || i >= attemptFrom && i < attemptTo {
			continue
		}
		e, end := p.phrase(i, cAct)
		if e == nil || p.other(i-1, '/') && p.glued(i) { // a path
			continue
		}
		if p.denies(i, end) {
			denied = true
			i = end - 1
			continue
		}
		a := e.acts[len(e.acts)-1] // the writer's language comes last
		// "eine Karte geschickt": the verb says more than its noun
		verb := best.act != nil && best.act.Weak && a.Weak && best.act.Kind == CheckIn && a.Kind == CheckIn &&
			best.act.Form == "noun" && best.act.By == "" && a.Form == "participle"
		if best.act == nil || best.act.Weak && !a.Weak || verb {
			best = foundAct{a, i, end}
			if !a.Weak {
				return best, denied
			}
		}
		i = end - 1
	}
	return best, denied
}

// denies reports that a negation or a wish stands before the act, in its clause and close to it, or a negation behind it
// ("rief Ana nicht an").
func (p *parser) denies(from, to int) bool {
	for i, n := from-1, 0; i >= 0 && n < 4 && !p.toks[i+1].newline; i-- {
		if p.toks[i].used { // will @Sam am Freitag danken
			continue
		}
		if p.other(i, ']') && p.other(i-1, '[') { // "- [ ] call Ana" is a list's line that is not ticked
			p.wish = true
			return true
		}
		if p.stop(i) {
			if p.other(i, ':') && i > 0 && (p.toks[i-1].key == "todo" || p.toks[i-1].key == "reminder") {
				p.wish = true
				return true
			}
			// "vergessen, Ana zu danken" goes on behind its comma; "no, called her" does not.
			if p.other(i, ',') && p.is(i-1, cNot) && len(p.toks[i-1].key) > 5 {
				return true
			}
			break
		}
		if contrast(p.toks[i].key) { // didn't call, but texted
			break
		}
		if n == 0 && p.phraseEnds(i, cAway) { // thinking of calling
			return true
		}
		if p.is(i, cNot|cOff) || p.phraseEnds(i, cNot|cOff) {
			return true
		}
		if p.phraseEnds(i, cModal) || p.is(i, cModal) && (!p.toks[i].upper || i <= 0) {
			past := len(p.toks[to-1].key) > 4 && p.toks[to-1].key[len(p.toks[to-1].key)-2:] == "ed"
			if !past || n != 0 || p.phraseEnds(i, cModal) {
				p.wish = true
				return true
			}
		}
		n++
	}
	e, _ := p.phrase(from, cAct)
	a := e.acts[len(e.acts)-1]
	planned := p.lex.runs || a.Form == "noun" || a.By == ByMe && p.is(to, cWith) // what can be called off: "lunch", not "talked"
	for i := to; i < to+10 && !p.stop(i); i++ {
		if t := &p.toks[i]; t.key == "nicht" && !t.used && i < to+4 || p.phraseIs(i, cOff) && !p.is(i-1, cDet) && planned {
			return true
		}
	}
	return false
}

// contrast reports a word behind which the opposite of what stands before is said.
func contrast(key string) bool {
	switch key {
	case "but", "aber", "sondern", "pero", "sino", "لكن", "بل":
		return true
	}
	return false
}

// wishes reports that the line begins with a wish whose verb no list knows: "want to see @Ana".
func (p *parser) wishes() bool {
	for i := range p.toks {
		if _, end := p.phrase(i, cModal); end > i+1 { // "@Ana wants to come on Friday" is no Friday that was
			p.wish = true
		}
		if p.toks[i].typ != tWord || i > 0 && !p.stop(i-1) && !p.is(i-1, cI) && p.toks[i-1].key != "i'm" {
			continue
		}
		if e, end := p.phrase(i, cModal); e != nil && (end > i+1 || !p.toks[i].upper && !perhaps(p.toks[i].key)) && end < len(p.toks) &&
			(p.toks[end].typ == tWord && !p.toks[end].used || end > i+1 && p.toks[end].used) {
			return true
		}
	}
	return false
}

// perhaps reports a word that wishes nothing: "might have upset @Sam", "May 4th".
func perhaps(key string) bool {
	return key == "may" || key == "might" || key == "would" || key == "could"
}

// calledOff reports words that say that something planned did not happen.
func (p *parser) calledOff() bool {
	for i := range p.toks {
		if p.toks[i].typ == tWord && p.phraseIs(i, cOff) {
			return true
		}
	}
	return false
}

// forgetTime takes back a time that a wish did not put in the past: "should call Ana on Friday".
func (p *parser) forgetTime() {
	if p.said {
		return
	}
	p.d.HappenedAt, p.d.Precision = p.now, Minute
	p.d.Spans = slices.DeleteFunc(p.d.Spans, func(s Span) bool { return s.Role == RoleTime })
}

// phraseEnds reports that a phrase of several words of the class ends with token i.
func (p *parser) phraseEnds(i int, c class) bool {
	for back := 1; back <= 2 && i-back >= 0; back++ {
		if _, end := p.phrase(i-back, c); end == i+1 {
			return true
		}
	}
	return false
}

// together reports that the line says with whom: "with @Sam", "bei Oma".
func (p *parser) together() bool {
	for n, m := range p.mentions {
		for i := m - 1; i >= 0 && i >= m-2; i-- {
			if p.is(i, cWith) || p.toks[i].key == "w" || p.other(i, '/') && i > 0 && p.toks[i-1].key == "w" {
				return true
			}
			if i == m-1 && i > 0 && p.is(i, cTillAnd) && p.is(i-1, cI) { // ich und @Ana
				return true
			}
			if !p.is(i, cDet) {
				break
			}
		}
		next := len(p.toks)
		if n+1 < len(p.mentions) {
			next = p.mentions[n+1]
		}
		k := m
		for k < next && p.toks[k].used {
			k++
		}
		if p.lex.runs && p.is(k, cWithAfter) {
			return true
		}
		if p.is(k, cTillAnd) && p.is(k+1, cI) { // @Ana and I
			return true
		}
	}
	return false
}

// both finds words that say it was mutual.
func (p *parser) both() (ok bool, from, to int) {
	for i := range p.toks {
		if p.toks[i].typ == tWord {
			if e, end := p.phrase(i, cBoth); e != nil {
				return true, i, end
			}
		}
	}
	return false, 0, 0
}
