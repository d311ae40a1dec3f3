// Package i18n speaks to people in their language: messages with parameters and plurals, numbers, days and times.
//
// Messages live in locales/LANGUAGE/*.json, flat keys with dots ("today.title"), one file per area of the product; every
// file in the folder of a language is read, so that a new area adds its own. The lists of words by which a line is read
// live beside it in words/. scripts/generate packs both into spoken/LANGUAGE.json.gz, which is what the program holds.
// How a language is added stands in docs/languages.md.
//
// It knows no noun and no request: the caller chooses a Printer with For, from the account or by Match from the browser.
//
// Invariants: catalogs are read when their language is first used, never at start. A Printer is safe for concurrent use
// and never fails: a message that is missing in a language is taken from English, and one that is missing there is shown
// as its key (a test holds that neither happens). Messages are plain text; whoever writes HTML escapes them.
package i18n

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"kith/internal/fault"
)

// Default is the language of those whose own is not spoken here.
const Default = "en"

//go:embed spoken
var files embed.FS

// Locale is a language Kith speaks.
type Locale struct {
	Tag  string `json:"tag"`  // "de"
	Name string `json:"name"` // "Deutsch", as its speakers call it
}

// catalog is all that is known of one language.
type catalog struct {
	tag     string
	dir     string // ltr or rtl
	lang    language.Tag
	plain   map[string]string // messages without parameters and plurals, which are most
	filled  map[string]text   // messages with parameters
	plurals map[string]map[plural.Form]text
	numbers *message.Printer
}

// Printer writes one language. Get one with For.
type Printer struct {
	*catalog
	clock24 bool
}

// spoken lists the languages, the default one first.
var spoken = sync.OnceValue(func() []Locale { //nolint:gochecknoglobals // read once from the embedded folder, then constant
	var list []Locale
	b, err := files.ReadFile("spoken/languages.json")
	if err == nil {
		err = json.Unmarshal(b, &list)
	}
	if err != nil {
		panic(fmt.Sprintf("i18n: embedded languages: %v", err)) // the folder is part of the program
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Tag == Default && list[j].Tag != Default })
	return list
})

// pack is what the program holds of a language.
type pack struct {
	Messages json.RawMessage `json:"messages"`
	Words    json.RawMessage `json:"words"`
}

// unpack reads the file of a language.
func unpack(tag string) (p pack, err error) {
	f, err := files.Open("spoken/" + tag + ".json.gz")
	if err != nil {
		return p, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return p, err
	}
	return p, json.NewDecoder(z).Decode(&p)
}

// printers holds, for each language, a function that reads it on first use: with the clock of 12 and of 24 hours.
var printers = sync.OnceValue(func() map[string]func() [2]*Printer { //nolint:gochecknoglobals // a cache of embedded files
	m := map[string]func() [2]*Printer{}
	for _, l := range spoken() {
		m[l.Tag] = sync.OnceValue(func() [2]*Printer {
			c, err := load(l.Tag)
			if err != nil {
				panic(fmt.Sprintf("i18n: embedded catalog %s: %v", l.Tag, err)) // the files are part of the program
			}
			return [2]*Printer{{catalog: c}, {catalog: c, clock24: true}}
		})
	}
	return m
})

// load reads the messages of a language.
func load(tag string) (*catalog, error) {
	parsed, err := language.Parse(tag)
	if err != nil {
		return nil, err
	}
	// European figures in every language: dates, what people type and what scripts on the page count are written with them.
	figures, err := parsed.SetTypeForKey("nu", "latn")
	if err != nil {
		return nil, err
	}
	c := &catalog{
		tag: tag, lang: parsed, plain: map[string]string{}, filled: map[string]text{}, plurals: map[string]map[plural.Form]text{},
		numbers: message.NewPrinter(figures),
	}
	packed, err := unpack(tag)
	if err != nil {
		return nil, err
	}
	var messages map[string]any
	if err := json.Unmarshal(packed.Messages, &messages); err != nil {
		return nil, err
	}
	for key, value := range messages {
		if err := c.add(key, value); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	c.dir = "ltr"
	if d := c.plain["locale.dir"]; d != "" {
		c.dir = d
	}
	return c, nil
}

// clock24 lists the regions in which English is written with a clock of 24 hours, by CLDR.
const clock24 = " GB IE ZA DE AT CH NL BE SE DK 150 "

// For returns the printer for a locale such as "de" or "en-GB". One that is not spoken gives English. The region only
// decides the clock.
func For(locale string) *Printer {
	base, region, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	get, ok := printers()[strings.ToLower(base)]
	if !ok {
		get = printers()[Default]
	}
	pair := get()
	if region != "" && strings.Contains(clock24, " "+strings.ToUpper(region)+" ") {
		return pair[1]
	}
	return pair[0]
}

// Locales lists the languages Kith speaks, the default one first.
func Locales() []Locale { return slices.Clone(spoken()) }

// Spoken reports whether tag is one of Locales.
func Spoken(tag string) bool {
	_, ok := printers()[tag]
	return ok
}

var matcher = sync.OnceValue(func() language.Matcher { //nolint:gochecknoglobals // built once from the embedded folder
	list := make([]language.Tag, 0, len(spoken()))
	for _, l := range spoken() {
		list = append(list, language.Make(l.Tag))
	}
	return language.NewMatcher(list)
})

// Match returns the language among Locales that suits an Accept-Language header best.
func Match(acceptLanguage string) string {
	const longest = 200 // no browser sends more; a longer one is not worth parsing
	if acceptLanguage == "" || len(acceptLanguage) > longest {
		return Default
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return Default
	}
	_, i, confidence := matcher().Match(wanted...)
	if confidence == language.No {
		return Default
	}
	return spoken()[i].Tag
}

// Locale returns the language's tag, as the lang attribute wants it.
func (p *Printer) Locale() string { return p.tag }

// Dir returns the direction of the script: "ltr" or "rtl".
func (p *Printer) Dir() string { return p.dir }

// T returns the message. kv are names and values of its parameters, in turn. A number is written the way the language
// writes quantities; pass text for one that is not a quantity.
func (p *Printer) T(key string, kv ...any) string {
	if s, ok := p.plain[key]; ok {
		return s
	}
	return p.localize(key, p.params(kv))
}

// N returns the plural message for n things. The parameter n is there by itself; kv are further ones.
func (p *Printer) N(key string, n int, kv ...any) string {
	params := p.params(kv)
	params["n"] = p.Number(n)
	return p.plural(key, n, params)
}

// Has reports whether the language itself has the message.
func (p *Printer) Has(key string) bool {
	if _, ok := p.plain[key]; ok {
		return true
	}
	_, filled := p.filled[key]
	_, counted := p.plurals[key]
	return filled || counted
}

// Fault says in the person's language what was wrong. A code without a translation, or a
// fault without the parameters its translation needs, is said as the fault says it itself.
func (p *Printer) Fault(f *fault.Error) string {
	kv := make([]any, 0, 2*len(f.Params))
	for name, value := range f.Params {
		kv = append(kv, name, value)
	}
	key := "fault." + f.Code
	if s := p.T(key, kv...); s != key && !strings.Contains(s, unfilled) {
		return s
	}
	return f.Message
}

func (p *Printer) params(kv []any) map[string]any {
	m := make(map[string]any, len(kv)/2+1)
	for i := 0; i+1 < len(kv); i += 2 {
		name, ok := kv[i].(string)
		if !ok {
			continue
		}
		switch v := kv[i+1].(type) {
		case int, int64, float64:
			m[name] = p.Number(v)
		case string:
			m[name] = p.Apart(v)
		default:
			m[name] = v
		}
	}
	return m
}

func (p *Printer) localize(key string, params map[string]any) string {
	if t, ok := p.filled[key]; ok {
		return t.fill(params)
	}
	if p.tag == Default {
		return key
	}
	if s, ok := For(Default).plain[key]; ok {
		return s
	}
	return For(Default).localize(key, params)
}

func (p *Printer) plural(key string, n int, params map[string]any) string {
	if forms, ok := p.plurals[key]; ok {
		if t, ok := forms[p.form(n)]; ok {
			return t.fill(params)
		}
		return forms[plural.Other].fill(params)
	}
	if p.tag == Default {
		return key
	}
	return For(Default).plural(key, n, params)
}
