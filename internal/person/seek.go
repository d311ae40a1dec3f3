package person

import (
	"slices"
	"strings"
	"unicode/utf8"

	"kith/internal/fold"
)

// What somebody is found by, beside their names.
const (
	ByRelation = "relation"
	ByGroup    = "group"
	ByChannel  = "channel"
	ByFact     = "fact" // never a private one
	ByPlace    = "place"
	ByAlias    = "name" // the name of one merged into them, or another word for the one they go by: Mum for mother
)

// Why is what somebody was found by who is not called so.
type Why struct {
	By   string
	Text string // the group, the channel, the fact, the zone, the name, or the role
	With string // of a relation: whose
}

// term is one word of a query, or the whole of it when that is a phone number.
type term struct {
	raw   string   // folded
	words []string // raw cut where words end; never none, and of one that is very long only the first
	phone string   // digits as they are in E.164, without what only calls from inside
}

// says reports whether a query has a word that says enough to be looked for beyond names: "an" stands in everything that was
// ever noted.
func (s sought) says() bool {
	return slices.ContainsFunc(s.terms, func(t sign) bool {
		return anywhere(t.raw) || utf8.RuneCountInString(t.raw) >= 3 || len(t.roles) > 0
	})
}

// What is looked for of a query, which may be as long as somebody likes: each word is several conditions of a statement.
const (
	mostSigns = MaxName
	mostWords = 8
)

// cut makes terms of words that stand apart, up to the eighth word, however these are joined.
func cut(apart []string) []term {
	var list []term
	left := mostWords
	for _, raw := range apart {
		w := fold.Words(raw)
		w = w[:min(len(w), left)]
		if left -= len(w); len(w) > 0 {
			list = append(list, term{raw: raw, words: w})
		}
	}
	return list
}

// termsOf cuts a query.
func termsOf(query string) []term {
	signs := []rune(strings.TrimSpace(query))
	folded := fold.Fold(string(signs[:min(len(signs), mostSigns)]))
	if strings.Trim(folded, "+0123456789 ()-./") == "" {
		if number, _ := dialled(folded); len(strings.TrimLeft(number, "0")) >= 3 {
			whole := cut([]string{folded})
			whole[0].phone = strings.TrimLeft(number, "0")
			return whole
		}
	}
	return cut(strings.Fields(folded))
}

// sought is a query as it is looked for among what is known about people.
type sought struct {
	terms []sign
	rest  []term   // with a role: whose they are, by name
	roles []string // roles meant by a word of the query
}

// sign is a term, and what it means if it is a word for a relation.
type sign struct {
	term
	roles []string
	same  []string // other words for the same
}

// soughtFor reads a query: "Ida's father", "padre de Ida", "アイダの父" and "mum".
func soughtFor(terms []term) sought {
	var s sought
	var parts []string
	for _, t := range terms {
		if a, b, ok := strings.Cut(t.raw, "の"); ok && a != "" && b != "" {
			parts = append(parts, a, b)
		} else {
			parts = append(parts, t.raw)
		}
	}
	if len(parts) > len(terms) {
		terms = cut(parts)
	}
	for _, t := range terms {
		one := sign{term: t}
		one.roles, one.same = rolesCalled(t.raw)
		s.terms = append(s.terms, one)
		s.roles = append(s.roles, one.roles...)
	}
	if len(s.roles) > 0 { // "of" belongs to the question, unless it is all there is
		if sense := slices.DeleteFunc(slices.Clone(s.terms), func(t sign) bool { return slices.Contains(smallWords, t.raw) }); len(sense) > 0 {
			s.terms = sense
		}
	}
	for _, t := range s.terms {
		if len(t.roles) == 0 {
			s.rest = append(s.rest, t.term)
		}
	}
	return s
}

// kin reports whether a query may ask for somebody by whose relation they are.
func (s sought) kin() bool { return len(s.roles) > 0 && len(s.rest) > 0 }

// owner is a name without what makes it an owner's: of ida's and idas it is ida.
func (t term) owner() []string {
	name := slices.Clone(t.words)
	last := &name[len(name)-1]
	for _, end := range []string{"'s", "'", "s"} {
		if bare, ok := strings.CutSuffix(*last, end); ok && utf8.RuneCountInString(bare) > 1 {
			*last = bare
			break
		}
	}
	return name
}
