package capture

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"kith/internal/i18n"
)

// class is what a word or phrase can be; one word can be several things ("may", "morgen").
type class uint64

const (
	cAct class = 1 << iota
	cNot
	cModal
	cI
	cMe
	cThey
	cBetween
	cOthers
	cFrom
	cWith
	cGot
	cBoth
	cAttempt
	cOff
	cAway
	cDet
	cDetShort
	cRole
	cBare
	cDay
	cPart
	cPartAlone
	cDayPart
	cNow
	cWeekday
	cWeekdayShort
	cWeekend
	cMonth
	cAbout
	cClockAfter
	cUnit
	cScaled
	cNumber
	cAndHalf
	cAgo
	cAgoBefore
	cAt
	cAtBare
	cOn
	cIn
	cOf
	cLast
	cThis
	cNext
	cPM
	cAM
	cHourWord
	cClock
	cHalfTo
	cPast
	cTo
	cNotDurationBefore
	cNotDurationAfter
	cFollows
	cSpan
	cSpanAnd
	cTill
	cTillAnd
	cTopic
	cMorningAct
	cEveningAct
	cWithAfter
	cWhole
	cDateMark
)

// Parts of a day, in their order.
const (
	smallHours = 1 + iota
	morning
	midday
	afternoon
	evening
	night
)

// Units of time.
const (
	second = 1 + iota
	minute
	hour
	day
	week
	month
	year
)

// word is all that the lists say of one word or phrase.
type word struct {
	class   class
	day     int // from today
	part    int
	weekday int // 0 is Monday
	month   int
	unit    int
	whole   int     // the last week, month or year
	number  float64 // below 0: about so many
	minutes int     // of a clock, past or to the hour, or of a scaled unit
	missed  bool    // they tried, we did not answer
	short   bool    // of a month: shortened
	unsure  bool    // of a month: also another word
	acts    []*i18n.Act
}

// node is a place in the tree of phrases: the word that ends here, and how it can go on.
type node struct {
	word *word
	next map[string]*node
}

// lexicon is the words of English and perhaps other languages.
type lexicon struct {
	root      map[string]*node
	kinds     map[string]string // names for /kind
	contexts  map[string]string
	genitive  []string // endings of a name that make it its owner's, without an apostrophe
	foreign   bool     // more than English
	runs      bool     // has words that stand without spaces
	bareUnits bool     // a unit alone is one of it
	clock24   bool     // 3:30 is at night
}

var (
	lexiconMu sync.Mutex              //nolint:gochecknoglobals // guards the next
	lexicons  = map[string]*lexicon{} //nolint:gochecknoglobals // made once a language, then only read
	marksOnce = sync.OnceValue(marks) //nolint:gochecknoglobals // made once, then only read
)

// marks are the words that show a line to be in a language other than English.
func marks() map[string]string {
	out := map[string]string{}
	for _, lang := range i18n.WordLanguages {
		for _, m := range i18n.Words(lang).Marks {
			out[m] = lang
		}
	}
	return out
}

// lexiconOf returns English and the language of the locale ("de", "de-AT"), made at the first use and kept.
func lexiconOf(locale string) *lexicon {
	lang, _, _ := strings.Cut(locale, "-")
	lang, _, _ = strings.Cut(lang, "_")
	lang = strings.ToLower(lang)
	if !slices.Contains(i18n.WordLanguages, lang) {
		lang = "en"
	}
	lexiconMu.Lock()
	defer lexiconMu.Unlock()
	l := lexicons[lang]
	if l == nil {
		l = &lexicon{root: map[string]*node{}, kinds: map[string]string{}, contexts: map[string]string{}}
		l.add(i18n.Words("en"))
		if lang != "en" {
			l.add(i18n.Words(lang))
			l.runs, l.clock24 = i18n.Words(lang).Spaceless, i18n.Words(lang).Clock24
			l.bareUnits, l.foreign = i18n.Words(lang).BareUnits, true
		}
		lexicons[lang] = l
	}
	return l
}

// get returns the entry of a phrase, made when it is new. A hyphen parts words as a space does.
func (l *lexicon) get(phrase string) *word {
	m, n := l.root, (*node)(nil)
	for _, w := range strings.FieldsFunc(lower(phrase), func(r rune) bool { return r == ' ' || r == '-' }) {
		n = m[w]
		if n == nil {
			n = &node{next: map[string]*node{}}
			m[w] = n
		}
		m = n.next
	}
	if n.word == nil {
		n.word = &word{}
	}
	return n.word
}

func (l *lexicon) add(w *i18n.WordList) {
	mark := func(c class, phrases []string) {
		for _, p := range phrases {
			l.get(p).class |= c
		}
	}
	for _, g := range []struct {
		c class
		p []string
	}{
		{cNot, w.Not},
		{cModal, w.Modal},
		{cI, w.I},
		{cMe, w.Me},
		{cThey, w.They},
		{cBetween, w.Between},
		{cOthers, w.Others},
		{cFrom, w.From},
		{cWith, w.With},
		{cGot, w.Got},
		{cBoth, w.Both},
		{cAttempt, w.Attempt},
		{cOff, w.Off},
		{cAbout, w.About},
		{cAway, w.Away},
		{cDet, w.Det},
		{cDetShort, w.DetShort},
		{cRole, w.Roles},
		{cBare, w.Bare},
		{cPartAlone, w.PartsAlone},
		{cNow, w.Now},
		{cWeekend, w.Weekend},
		{cAndHalf, w.AndHalf},
		{cAgo, w.Ago},
		{cAgoBefore, w.AgoBefore},
		{cAt, w.At},
		{cAtBare, w.AtBare},
		{cOn, w.On},
		{cIn, w.In},
		{cOf, w.Of},
		{cLast, w.Last},
		{cThis, w.This},
		{cNext, w.Next},
		{cPM, w.PM},
		{cAM, w.AM},
		{cHourWord, w.HourWord},
		{cHalfTo, w.HalfTo},
		{cNotDurationBefore, w.NotDurationBefore},
		{cNotDurationAfter, w.NotDurationAfter},
		{cFollows, w.Follows},
		{cSpan, w.Span},
		{cSpan | cSpanAnd, w.SpanAnd},
		{cTill, w.Till},
		{cTillAnd, w.TillAnd},
		{cTopic, w.Topic},
		{cMorningAct, w.MorningActs},
		{cEveningAct, w.EveningActs},
		{cWithAfter, w.WithAfter},
	} {
		mark(g.c, g.p)
	}
	set := func(c class, phrases []string, f func(*word)) {
		for _, p := range phrases {
			e := l.get(p)
			e.class |= c
			f(e)
		}
	}
	set(cAttempt, w.Missed, func(e *word) { e.missed = true })
	set(0, w.MonthsUnsure, func(e *word) { e.unsure = true })
	l.genitive = append(l.genitive, w.Genitive...)
	for i := range w.Acts {
		set(cAct, w.Acts[i].Words, func(e *word) { e.acts = append(e.acts, &w.Acts[i]) })
	}
	for n, phrases := range w.Days {
		set(cDay, phrases, func(e *word) { e.day = atoi(n) })
	}
	for part, phrases := range w.Parts {
		set(cPart, phrases, func(e *word) { e.part = partNamed(part) })
	}
	for spec, phrases := range w.DayParts {
		n, part, _ := strings.Cut(spec, " ")
		set(cDayPart, phrases, func(e *word) { e.day, e.part = atoi(n), partNamed(part) })
	}
	for i := range 7 {
		set(cWeekday, w.Weekdays[i], func(e *word) { e.weekday = i })
		set(cWeekdayShort, w.WeekdaysShort[i], func(e *word) { e.weekday = i })
		for part, ends := range w.PartsCompound {
			for _, name := range w.Weekdays[i] {
				for _, end := range ends {
					e := l.get(name + end)
					e.class |= cWeekday
					e.weekday, e.part = i, partNamed(part)
				}
			}
		}
	}
	for i := range 12 {
		set(cMonth, w.Months[i], func(e *word) { e.month = i + 1 })
		set(cMonth, w.MonthsShort[i], func(e *word) { e.month, e.short = i+1, true })
	}
	units := map[string]int{"second": second, "minute": minute, "hour": hour, "day": day, "week": week, "month": month, "year": year}
	for unit, phrases := range w.Units {
		set(cUnit, phrases, func(e *word) { e.unit = units[unit] })
	}
	for unit, phrases := range w.DateMarks {
		set(cDateMark, phrases, func(e *word) { e.unit = units[unit] })
	}
	for unit, phrases := range w.Whole {
		set(cWhole, phrases, func(e *word) { e.whole = units[unit] })
	}
	for phrase, m := range w.UnitsScaled {
		set(cScaled, []string{phrase}, func(e *word) { e.minutes = m })
	}
	for unit, phrases := range w.UnitsTwo {
		set(cScaled, phrases, func(e *word) { e.unit = units[unit] })
	}
	for phrase, n := range w.Numbers {
		set(cNumber, []string{phrase}, func(e *word) { e.number = n })
	}
	for at, phrases := range w.Clocks {
		h, m, _ := strings.Cut(at, ":")
		set(cClock, phrases, func(e *word) { e.minutes = 60*atoi(h) + atoi(m) })
	}
	for n, phrases := range w.Past {
		set(cPast, phrases, func(e *word) { e.minutes = atoi(n) })
	}
	for n, phrases := range w.ClockAfter {
		set(cClockAfter, phrases, func(e *word) { e.minutes = atoi(n) })
	}
	for n, phrases := range w.To {
		set(cTo, phrases, func(e *word) { e.minutes = atoi(n) })
	}
	for kind, names := range w.Kinds {
		for _, n := range names {
			l.kinds[lower(n)] = kind
		}
	}
	for context, names := range w.Contexts {
		for _, n := range names {
			l.contexts[lower(n)] = context
		}
	}
}

func partNamed(name string) int {
	return 1 + slices.Index([]string{"smallhours", "morning", "noon", "afternoon", "evening", "night"}, name)
}

// atoi reads a number of a word list; the lists are compiled in and tested.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// lower is the form in which words are looked up. Marks stay, unlike in folding: "schon" and "schön" are two words.
func lower(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 {
			return plainArabic(strings.ReplaceAll(strings.ToLower(norm.NFC.String(s)), "’", "'"))
		} else if 'A' <= c && c <= 'Z' {
			plain = false
		}
	}
	if plain {
		return s
	}
	return strings.ToLower(s)
}
