package capture

import (
	"strings"

	"kith/internal/fold"
)

// someonePass finds weak ties: a role of the list behind an article or a possessive ("the barista", "my bus driver"),
// with at most one other word between ("the new barista"). Prepositions that contain an article name the role without them.
func (p *parser) someonePass() {
	for i := 0; i < len(p.toks) && len(p.d.Someone) < maxSomeone; i++ {
		t := &p.toks[i]
		if t.typ != tWord || t.node == nil || t.used || t.dead {
			continue
		}
		from, end := i, i
		switch {
		case p.is(i, cDet|cDetShort):
			end = p.roleAt(i + 1)
			if end == i+1 && i+2 < len(p.toks) && p.toks[i+1].typ == tWord && !p.stop(i+1) && !p.toks[i+1].used &&
				!p.toks[i+1].owner && !p.is(i+1, cAct|cDet|cDetShort|cI|cMe|cThey|cFrom|cWith|cAt|cOn|cIn|cNot|cFollows|cNumber) && !p.toks[i+1].upper {
				end = p.roleAt(i + 2)
				if end == i+2 {
					end = i
				}
			} else if end == i+1 {
				end = i
			}
			if end > i && !p.is(i, cDet) {
				from = i + 1
			}
		case p.phraseIs(i, cBare):
			_, end = p.phrase(i, cBare)
		case p.phraseIs(i, cRole):
			end = p.roleAlone(i)
		}
		if end == i {
			continue
		}
		if end < len(p.toks) && p.toks[end].typ == tOther && (p.toks[end].r == '@' || p.toks[end].r == '＠') && p.toks[end].used {
			continue // "my neighbour @Sam" names Sam
		}
		last := &p.toks[end-1]
		stop := last.end
		if last.owner {
			stop = last.start + ownerCut(p.s[last.start:last.end])
		}
		name := p.s[p.toks[from].start:stop]
		p.spanBytes(p.toks[from].start, stop, RoleSomeone, name)
		for k := from; k < end; k++ {
			p.toks[k].used = true
		}
		p.mentions = append(p.mentions, from)
		p.addSomeone(name)
		i = end - 1
	}
}

// roleAlone reads a role without an article, as people type in a hurry: "coffee with colleagues", "barista smiled at me". It
// returns the token after it, or i. "Frau Müller" and "team lunch" are no weak ties.
func (p *parser) roleAlone(i int) int {
	end := p.roleAt(i)
	last := end < len(p.toks) && !p.toks[end].newline && p.toks[end].typ == tWord
	if !p.toks[i].newline && (p.is(i-1, cWith) || p.other(i-1, '/') && i > 1 && p.is(i-2, cWith)) {
		if last && p.toks[end].upper && !strings.HasSuffix(p.toks[end-1].key, "n") {
			return i
		}
		return end
	}
	if i > 0 && !p.stop(i-1) && !p.toks[i].newline || !last || p.toks[end].upper {
		return i
	}
	if e, _ := p.phrase(end, cAct); e != nil && e.acts[0].Form != "noun" || p.is(end, cBetween|cOthers) ||
		p.phraseIs(end, cAway) || strings.HasSuffix(p.toks[end].key, "ed") {
		return end
	}
	return i
}

func (p *parser) addSomeone(name string) {
	folded := fold.Fold(name)
	for _, have := range p.d.Someone {
		if fold.Fold(have) == folded {
			return
		}
	}
	p.d.Someone = append(p.d.Someone, name)
}

// roleAt returns the token after the role at i, or i.
func (p *parser) roleAt(i int) int {
	if i >= len(p.toks) || p.toks[i].newline {
		return i
	}
	_, end := p.phrase(i, cRole)
	return end
}

// ownerCut returns where a possessive 's begins.
func ownerCut(s string) int {
	for i := len(s) - 1; i > 0; i-- {
		if s[i] == '\'' {
			return i
		}
		if i >= 2 && s[i-2:i+1] == "’" {
			return i - 2
		}
	}
	return len(s)
}
