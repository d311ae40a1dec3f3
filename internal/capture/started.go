package capture

import (
	"slices"
	"strings"
)

// startedBy says who began the act: whoever is its subject. from and to are the word that shows it, if there is one
// beside the act.
func (p *parser) startedBy(a foundAct) (by string, from, to int) {
	switch a.act.Form {
	case "noun":
		return p.startedNoun(a)
	case "participle":
		return p.startedParticiple(a)
	case "reflexive":
		return p.startedReflexive(a)
	}
	if a.act.By == ByThem {
		return ByThem, 0, 0
	}
	// "thanked me", "rief mich an"; but "I bought me a coffee" and "bedankte mich" are reflexive
	if a.act.Weak && a.to == a.from+1 && (p.is(a.to, cWith) || p.detBefore(a.from)) { // a great call with @Sam
		noun := *a.act
		noun.By = ""
		return p.startedNoun(foundAct{&noun, a.from, a.to})
	}
	if p.is(a.to, cI) { // gestern rief ich Ana an
		return a.act.By, 0, 0
	}
	for i := a.to; i < a.to+2 && !p.stop(i); i++ {
		if p.is(i, cMe) && !p.iBefore(a.from) && !p.is(a.from-1, cWith) {
			if p.is(i-1, cWith|cFrom|cFollows) { // laughed with me
				break
			}
			if a.act.By == ByMe || a.act.Kind == Laugh {
				return ByThem, i, i + 1
			}
			break
		}
	}
	for i := a.to; i < a.to+3 && !p.stop(i); i++ { // thanked by @Sam
		if p.is(i, cFrom) && p.mentioned(i+1) && p.toks[i].key != "from" {
			return ByThem, 0, 0
		}
	}
	if a.act.By == ByMe && p.subjectBefore(a.from) {
		return ByThem, 0, 0
	}
	return a.act.By, 0, 0
}

// startedNoun: a call from them, their thanks; else as the list says.
func (p *parser) startedNoun(a foundAct) (string, int, int) {
	for i := a.to; i < a.to+4 && !p.stop(i); i++ {
		if p.is(i, cFrom) && p.mentioned(i+1) {
			return ByThem, i, i + 1
		}
	}
	for i := a.from - 1; i >= 0 && i >= a.from-4 && !p.stop(i); i-- {
		if p.is(i, cGot) && a.act.Kind != Celebration && (a.act.By != "" || p.toks[i].key != "was" && p.toks[i].key != "were") {
			return ByThem, i, i + 1
		}
		if p.is(i, cFrom) && p.mentioned(i+1) { // von @Sam ein Lob
			return ByThem, i, i + 1
		}
	}
	for i := a.to; i < a.to+4 && !p.stop(i); i++ { // ein Lob bekommen
		if p.is(i, cGot) {
			return ByThem, i, i + 1
		}
	}
	return a.act.By, 0, 0
}

// startedParticiple: "hat mich angerufen" and "von Ana angerufen" are theirs, "Ana angerufen" is mine.
func (p *parser) startedParticiple(a foundAct) (string, int, int) {
	me, others := -1, false
	for i := a.from - 1; i >= 0 && i >= a.from-12; i-- {
		if p.stop(i) {
			break
		}
		switch {
		case p.is(i, cI) && !p.is(i, cOthers):
			return a.act.By, 0, 0
		case p.is(i, cMe):
			me = i
		case p.is(i, cOthers):
			others = true
		case p.is(i, cFrom) && p.mentioned(i+1) && p.is(i, cFrom):
			return ByThem, i, i + 1
		}
	}
	if me >= 0 {
		return ByThem, me, me + 1
	}
	if others && len(p.mentions) > 0 || others && p.theyBefore(a.from) {
		for i := a.from - 1; i >= 0; i-- { // wir haben Ana angerufen
			if p.toks[i].key == "wir" {
				return ByMe, 0, 0
			}
			if p.stop(i) {
				break
			}
		}
		return ByThem, 0, 0
	}
	return a.act.By, 0, 0
}

// startedReflexive: "mich bei Sam bedankt" is mine, "sich bei mir bedankt" is theirs.
func (p *parser) startedReflexive(a foundAct) (string, int, int) {
	for i := max(0, a.from-10); i < a.to+4 && i < len(p.toks); i++ {
		if i < a.from && p.stopsBetween(i, a.from) || i >= a.to && p.stopsBetween(a.to, i+1) {
			continue
		}
		switch p.toks[i].key {
		case "ich", "mich":
			return ByMe, 0, 0
		case "mir", "uns":
			return ByThem, i, i + 1
		case "sich":
			return ByThem, 0, 0
		}
	}
	return a.act.By, 0, 0
}

func (p *parser) stopsBetween(from, to int) bool {
	for i := from; i < to; i++ {
		if p.stop(i) {
			return true
		}
	}
	return false
}

// detBefore reports that an article stands before i with at most one word between, so that "call" is a noun there.
func (p *parser) detBefore(i int) bool {
	for k := i - 1; k >= 0 && k >= i-2 && !p.stop(k) && !p.toks[k].used; k-- {
		if p.is(k, cDet) {
			return true
		}
	}
	return false
}

func (p *parser) iBefore(i int) bool {
	for k := i - 1; k >= 0 && k >= i-3 && !p.stop(k); k-- {
		if p.is(k, cI) {
			return true
		}
	}
	return false
}

func (p *parser) theyBefore(i int) bool {
	for k := i - 1; k >= 0 && k >= i-8 && !p.stop(k); k-- {
		if p.is(k, cThey) {
			return true
		}
	}
	return false
}

// subjectBefore reports that somebody else stands right before the verb, as its subject: "@Sam just called".
func (p *parser) subjectBefore(i int) bool {
	if p.lex.runs && len(p.mentions) > 0 {
		return p.subjectMarked(i)
	}
	k := i - 1
	for k >= 0 && !p.stop(k) && (p.is(k, cBetween) || p.toks[k].typ == tOther && !p.toks[k].used && closes(p.toks[k].r)) {
		k--
	}
	if k < 0 || p.stop(k) {
		return false
	}
	if p.is(k, cThey) {
		return true
	}
	// The tokens of a mention are used; find its first one and look at what stands before.
	if !p.toks[k].used { // @Sam's mother called
		return p.toks[k].typ == tWord && k > 0 && p.toks[k-1].used && strings.HasSuffix(lower(p.s[p.toks[k-1].start:p.toks[k-1].end]), "'s")
	}
	for _, first := range slices.Backward(p.mentions) {

		if first > k {
			continue
		}
		if k-first > 8 || !p.allUsed(first, k) {
			return false
		}
		// "with @Sam called", "for @Sam wrote" have another subject
		return first == 0 || p.stop(first-1) || !p.is(first-1, cWith|cFrom|cAct) && !p.preposition(first-1)
	}
	return false
}

// closes reports a quotation mark that may stand behind a name: "@Ana" called.
func closes(r rune) bool { return strings.ContainsRune("\"”“’'»«›", r) }

func (p *parser) preposition(i int) bool {
	switch p.toks[i].key {
	case "to", "for", "at", "about", "für", "an", "über", "zu", "of":
		return true
	}
	return false
}

func (p *parser) allUsed(from, to int) bool {
	for i := from; i <= to; i++ {
		if !p.toks[i].used {
			return false
		}
	}
	return true
}

// mentioned reports that a person or someone begins at token i, or behind an article.
func (p *parser) mentioned(i int) bool {
	_, ok := slices.BinarySearch(p.mentions, i)
	return ok || p.is(i, cThey) || i < len(p.toks) && (p.toks[i].key == "her" || p.toks[i].key == "him" || p.toks[i].key == "them" || p.toks[i].key == "ihr" || p.toks[i].key == "ihm")
}
