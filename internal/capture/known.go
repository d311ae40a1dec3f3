package capture

import (
	"strings"
	"unicode/utf8"

	"kith/internal/fold"
)

// match is the people a written name can mean.
type match struct {
	people []int // indexes into Input.People
	length int   // how many written words were taken; 0 is unknown
	full   bool  // the words are somebody's whole name
	cut    int   // the name ends here, inside the first word: scripts without spaces
}

// known finds who is meant: the longest run of written words that is part of a name, and among those of equal length a
// whole name before a part of one. whole demands that all of the words be taken.
func (p *parser) known(words []written, whole bool) match {
	if len(p.in.People) == 0 {
		return match{}
	}
	if whole {
		return p.knownWhole(nameWords(fold.Fold(words[0].text)))
	}
	// A written word can hold several words of a name (@Ana-María): count them all, then map back.
	var list []string
	var ends []int // the written word that ends with each; negative when the written name may end there
	for i, w := range words {
		for _, part := range nameWords(fold.Fold(w.text)) {
			list = append(list, part)
			ends = append(ends, i+1)
		}
		if n := len(ends); n > 0 {
			ends[n-1] = -abs(ends[n-1])
		}
	}
	var best match
	for k := range p.in.People {
		n, full := p.fits(k, list, func(n int) bool { return ends[n-1] < 0 })
		if n == 0 || p.in.People[k].Whole && !full {
			continue
		}
		best.add(k, n, full, p.in.People)
	}
	if best.length > 0 {
		best.length = -ends[best.length-1]
		return best
	}
	if spaceless(lastRune(words[0].text)) || spaceless(firstRune(words[0].text)) {
		return p.knownPrefix(words[0])
	}
	return match{}
}

// add keeps k if nothing better is known.
func (m *match) add(k, n int, full bool, people []Known) {
	switch {
	case n < m.length || n == m.length && m.full && !full:
		return
	case n > m.length || full && !m.full:
		m.people, m.length, m.full = m.people[:0], n, full
	}
	for _, have := range m.people {
		if people[have].ID == people[k].ID {
			return
		}
	}
	m.people = append(m.people, k)
}

// knownWhole finds whose name, or part of a name, the list is.
func (p *parser) knownWhole(list []string) match {
	var best match
	if len(list) == 0 {
		return best
	}
	for k := range p.in.People {
		if n, full := p.fits(k, list, func(n int) bool { return n == len(list) }); n == len(list) && (full || !p.in.People[k].Whole) {
			best.add(k, 1, full, p.in.People)
		}
	}
	return best
}

// fits returns how many of the words from the first on stand side by side in a name of person k, and whether they are
// all of it. mayEnd says after how many words a written name can end.
func (p *parser) fits(k int, words []string, mayEnd func(int) bool) (n int, full bool) {
	try := func(name string) {
		if name == "" || !mayFit(name, words[0]) {
			return
		}
		parts := nameWords(fold.Fold(name))
		for from := range parts {
			c := 0
			for c < len(words) && from+c < len(parts) && parts[from+c] == words[c] {
				c++
			}
			for c > 0 && !mayEnd(c) {
				c--
			}
			whole := c > 0 && from == 0 && c == len(parts)
			if c > n || c == n && whole {
				n, full = c, whole
			}
		}
	}
	try(p.in.People[k].Name)
	for _, also := range p.in.People[k].Also {
		try(also)
	}
	return n, full
}

// mayFit reports whether a word of the name can be first: it spares most names their folding.
func mayFit(name, first string) bool {
	start := true
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c >= utf8.RuneSelf {
			return true
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if start && c == first[0] {
			return true
		}
		start = nameGap(rune(c))
	}
	return false
}

// knownPrefix finds the longest known name that the word begins with: in a script without spaces what follows the name
// is glued to it.
func (p *parser) knownPrefix(w written) match {
	var best match
	bestEnd := 0
	for k := range p.in.People {
		for _, name := range append([]string{p.in.People[k].Name}, p.in.People[k].Also...) {
			parts := nameWords(fold.Fold(name))
			for i, part := range parts {
				if !spaceless(lastRune(part)) {
					continue
				}
				end := prefixEnd(w.text, part)
				whole := i == 0 && len(parts) == 1
				if end == 0 || end < bestEnd || p.in.People[k].Whole && !whole {
					continue
				}
				if end > bestEnd {
					best, bestEnd = match{}, end
				}
				best.add(k, 1, whole, p.in.People)
			}
		}
	}
	if bestEnd > 0 {
		best.cut = w.start + bestEnd
	}
	return best
}

// prefixEnd returns where in s the text ends that folds to folded, or 0.
func prefixEnd(s, folded string) int {
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		if f := fold.Fold(s[:end]); f == folded {
			return end
		} else if !strings.HasPrefix(folded, f) {
			return 0
		}
	}
	return 0
}
