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
	words []string // where its words end; together they are raw
	phone string   // digits as they are in E.164, without what only calls from inside
}

// says reports whether a query has a word that says enough to be looked for beyond names: "an" stands in everything that was
// ever noted.
func says(terms []term) bool {
	return slices.ContainsFunc(terms, func(t term) bool {
		roles, _ := rolesCalled(t.raw)
		return anywhere(t.raw) || utf8.RuneCountInString(t.raw) >= 3 || len(roles) > 0
	})
}

// termsOf cuts a query. Who types more than eight words is given what the first eight find.
func termsOf(query string) []term {
	folded := fold.Fold(strings.TrimSpace(query))
	if strings.Trim(folded, "+0123456789 ()-./") == "" {
		if number, _ := dialled(folded); len(strings.TrimLeft(number, "0")) >= 3 {
			return []term{{raw: folded, words: words(folded), phone: strings.TrimLeft(number, "0")}}
		}
	}
	var list []term
	for raw := range strings.FieldsSeq(folded) {
		if w := words(raw); len(w) > 0 && len(list) < 8 {
			list = append(list, term{raw: raw, words: w})
		}
	}
	return list
}

// sought is a query as it is looked for among what is known about people.
type sought struct {
	terms []sign
	rest  []string // with a role: whose they are, in words of a name
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
	for _, t := range terms {
		parts := []string{t.raw}
		if a, b, ok := strings.Cut(t.raw, "の"); ok && a != "" && b != "" {
			parts = []string{a, b}
		}
		for _, p := range parts {
			one := sign{term: term{raw: p, words: words(p), phone: t.phone}}
			one.roles, one.same = rolesCalled(p)
			s.terms = append(s.terms, one)
			s.roles = append(s.roles, one.roles...)
		}
	}
	if len(s.roles) > 0 { // "of" belongs to the question, unless it is all there is
		if sense := slices.DeleteFunc(slices.Clone(s.terms), func(t sign) bool { return slices.Contains(smallWords, t.raw) }); len(sense) > 0 {
			s.terms = sense
		}
	}
	for _, t := range s.terms {
		if len(t.roles) == 0 {
			s.rest = append(s.rest, t.raw)
		}
	}
	return s
}

// kin reports whether a query may ask for somebody by whose relation they are.
func (s sought) kin() bool { return len(s.roles) > 0 && len(s.rest) > 0 }

// owner is a name without what makes it an owner's: of ida's and idas it is ida.
func owner(name string) string {
	for _, end := range []string{"'s", "'", "s"} {
		if bare, ok := strings.CutSuffix(name, end); ok && utf8.RuneCountInString(bare) > 1 {
			return bare
		}
	}
	return name
}
