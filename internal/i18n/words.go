package i18n

import (
	_ "embed" // the emoji
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed words/felt.json
var feltFile []byte

// WordList is what one language says about moments, for reading lines: see the files in words. All words are in lower
// case, phrases with single spaces; a hyphen and a space are the same.
type WordList struct {
	Marks    []string            `json:"marks"`    // words that show a line to be in this language; none for English
	Kinds    map[string][]string `json:"kinds"`    // names of kinds, for /kind
	Contexts map[string][]string `json:"contexts"` // names of contexts, for #context
	Acts     []Act               `json:"acts"`     // words from which a kind is read

	Attempt []string `json:"attempt"` // tried, no answer
	Missed  []string `json:"missed"`  // they tried, we did not answer
	Away    []string `json:"away"`    // the other was in our thoughts only
	Not     []string `json:"not"`     // it did not happen
	Off     []string `json:"off"`     // before or behind what was planned: it does not happen
	Modal   []string `json:"modal"`   // it has not happened yet
	I       []string `json:"i"`       // the writer as subject
	Me      []string `json:"me"`      // the writer as object
	They    []string `json:"they"`    // another as subject
	Between []string `json:"between"` // may stand between a subject and its verb
	Others  []string `json:"others"`  // an auxiliary whose subject is not the writer
	From    []string `json:"from"`
	With    []string `json:"with"`
	Got     []string `json:"got"`
	Both    []string `json:"both"`

	Det      []string `json:"det"`      // articles and possessives before a role
	DetShort []string `json:"detShort"` // prepositions that contain an article: the role is named without them
	Roles    []string `json:"roles"`    // people without a card
	Bare     []string `json:"bare"`     // roles that need no article

	Days          map[string][]string `json:"days"` // days from today; above 0 is the future, which is not a time here
	Parts         map[string][]string `json:"parts"`
	PartsAlone    []string            `json:"partsAlone"` // parts that are a time even without a day
	PartsCompound map[string][]string `json:"partsCompound"`
	DayParts      map[string][]string `json:"dayparts"` // "-1 night": last night
	Now           []string            `json:"now"`
	Weekdays      [][]string          `json:"weekdays"` // from Monday
	WeekdaysShort [][]string          `json:"weekdaysShort"`
	Weekend       []string            `json:"weekend"`
	Months        [][]string          `json:"months"` // from January
	MonthsShort   [][]string          `json:"monthsShort"`
	MonthsUnsure  []string            `json:"monthsUnsure"` // also a name, a verb or another word
	Units         map[string][]string `json:"units"`
	UnitsScaled   map[string]int      `json:"unitsScaled"` // one word for some minutes
	UnitsTwo      map[string][]string `json:"unitsTwo"`    // one word for two of a unit longer than an hour
	BareUnits     bool                `json:"bareUnits"`   // a unit alone is one of it: قبل شهر
	Numbers       map[string]float64  `json:"numbers"`     // below 0: about so many
	About         []string            `json:"about"`       // before a number: it is not exact
	AndHalf       []string            `json:"andHalf"`
	Ago           []string            `json:"ago"`
	AgoBefore     []string            `json:"agoBefore"`
	At            []string            `json:"at"`
	AtBare        []string            `json:"atBare"` // after these a bare number is an hour
	On            []string            `json:"on"`
	In            []string            `json:"in"`
	Of            []string            `json:"of"`
	Last          []string            `json:"last"`
	This          []string            `json:"this"`
	Next          []string            `json:"next"` // what follows is not one day of the past
	PM            []string            `json:"pm"`
	AM            []string            `json:"am"`
	HourWord      []string            `json:"hourWord"`
	Clocks        map[string][]string `json:"clocks"` // "12:00": noon
	HalfTo        []string            `json:"halfTo"`
	Past          map[string][]string `json:"past"` // minutes past the hour that follows; 0: as many as the number before says
	To            map[string][]string `json:"to"`
	ClockAfter    map[string][]string `json:"clockAfter"` // minutes from the hour before: "las cinco y media"
	Clock24       bool                `json:"clock24"`    // a clock with minutes says which half of the day it is in

	NotDurationBefore []string `json:"notDurationBefore"`
	NotDurationAfter  []string `json:"notDurationAfter"`
	Follows           []string `json:"follows"` // may follow a bare number that is an hour

	Span        []string            `json:"span"`        // "from" 6 to 7
	SpanAnd     []string            `json:"spanAnd"`     // "between" 6 and 7
	Till        []string            `json:"till"`        // from 6 "to" 7
	TillAnd     []string            `json:"tillAnd"`     // between 6 "and" 7
	Topic       []string            `json:"topic"`       // a date behind these is what was spoken of
	MorningActs []string            `json:"morningActs"` // show which half of the day a clock is in
	EveningActs []string            `json:"eveningActs"`
	Spaceless   bool                `json:"spaceless"` // words stand without spaces: they are found inside a run of letters
	WithAfter   []string            `json:"withAfter"` // behind a name: with them
	Whole       map[string][]string `json:"whole"`     // "week", "month", "year": the last one
	DateMarks   map[string][]string `json:"dateMarks"` // behind the numbers of a date: 2026年11月3日
	Genitive    []string            `json:"genitive"`  // endings of a name that make it its owner's, without an apostrophe
}

// Act is words that say what kind of moment it was.
type Act struct {
	Kind  string   `json:"kind"`
	Weak  bool     `json:"weak"` // gives way to a stronger word anywhere in the line
	With  string   `json:"with"` // the kind, when the line says with whom
	By    string   `json:"by"`   // who began it when the line says no more
	Form  string   `json:"form"` // "" for a finite verb, "participle", "reflexive", "noun"
	Words []string `json:"words"`
}

// WordLanguages are the languages that have a list, English first.
var WordLanguages = []string{"en", "ar", "de", "es", "ja"} //nolint:gochecknoglobals // a constant

var (
	wordMu    sync.Mutex               //nolint:gochecknoglobals // guards the next
	wordLists = map[string]*WordList{} //nolint:gochecknoglobals // read once a language
)

// Words returns the list of a language ("de"), parsed at the first call and then shared: it must not be changed. It is
// nil for a language without one.
func Words(lang string) *WordList {
	wordMu.Lock()
	defer wordMu.Unlock()
	if w, ok := wordLists[lang]; ok {
		return w
	}
	known := false
	for _, l := range WordLanguages {
		known = known || l == lang
	}
	if !known {
		return nil
	}
	w := &WordList{}
	p, err := unpack(lang)
	if err == nil {
		err = json.Unmarshal(p.Words, w)
	}
	must(lang, err)
	wordLists[lang] = w
	return w
}

// Felt returns what emoticons and emoji say about how it felt, -2 to +2. Emoji are written without skin tones and
// invisible joiners.
var Felt = sync.OnceValue(func() map[string]int { //nolint:gochecknoglobals // read once
	var file map[int][]string
	must("felt", json.Unmarshal(feltFile, &file))
	felt := make(map[string]int, 200)
	for value, signs := range file {
		for _, s := range signs {
			felt[s] = value
		}
	}
	return felt
})

// must panics when a file compiled into the program is broken, which a test rules out.
func must(name string, err error) {
	if err != nil {
		panic(fmt.Sprintf("i18n: words %s: %v", name, err))
	}
}
