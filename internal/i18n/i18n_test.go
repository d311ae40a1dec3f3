package i18n_test

import (
	"testing"
	"time"

	"kith/internal/fault"
	"kith/internal/i18n"
)

func TestFor(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{
		"en": "en", "de": "de", "de-AT": "de", "de_CH": "de", "DE": "de", "en-GB": "en", "": "en", "xx": "en", "-": "en",
	} {
		if got := i18n.For(locale).Locale(); got != want {
			t.Errorf("For(%q) speaks %q, want %q", locale, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"de-DE,de;q=0.9,en;q=0.8": "de",
		"fr-FR,de;q=0.5":          "de",
		"fr":                      "en",
		"en-US":                   "en",
		"":                        "en",
		";;;q=":                   "en",
		"gsw":                     "de",
	} {
		if got := i18n.Match(header); got != want {
			t.Errorf("Match(%q) = %q, want %q", header, got, want)
		}
	}
}

func TestLocales(t *testing.T) {
	t.Parallel()
	list := i18n.Locales()
	if list[0] != (i18n.Locale{Tag: "en", Name: "English"}) {
		t.Errorf("the first language is %v", list[0])
	}
	for _, l := range list {
		if !i18n.Spoken(l.Tag) || l.Name == "" || i18n.For(l.Tag).Dir() == "" {
			t.Errorf("%v is not whole", l)
		}
	}
}

func TestPrinter_Calendar(t *testing.T) {
	t.Parallel()
	en, gb, de := i18n.For("en"), i18n.For("en-GB"), i18n.For("de")
	at := time.Date(2026, time.March, 3, 15, 4, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{en.Date(at, "long"), "Tuesday, 3 March 2026"},
		{de.Date(at, "long"), "Dienstag, 3. März 2026"},
		{en.Date(at, "short"), "3 Mar 2026"},
		{en.Date(at, "month"), "March 2026"},
		{de.Date(at, "weekday"), "Dienstag"},
		{en.Day("2026-03-03", "day"), "Tuesday, 3 March"},
		{en.Day("soon", "day"), "soon"},
		{en.Time(at), "3:04 pm"},
		{gb.Time(at), "15:04"},
		{de.Time(at), "15:04"},
		{en.RelativeDay("2026-03-03", "2026-03-03"), "Today"},
		{de.RelativeDay("2026-03-02", "2026-03-03"), "Gestern"},
		{en.RelativeDay("2026-03-04", "2026-03-03"), "Tomorrow"},
		{en.RelativeDay("2026-02-27", "2026-03-03"), "Friday"},
		{en.RelativeDay("2026-02-24", "2026-03-03"), "24 February"},
		{de.RelativeDay("2025-02-24", "2026-03-03"), "24. Februar 2025"},
		{en.Duration(20 * time.Second), "20 seconds"},
		{en.Duration(time.Minute), "1 minute"},
		{de.Duration(5 * time.Minute), "5 Minuten"},
		{en.Duration(95 * time.Minute), "1 hour 35 minutes"},
		{de.Duration(2 * time.Hour), "2 Stunden"},
		{en.Number(1234567), "1,234,567"},
		{de.Number(1234.5), "1.234,5"},
		{en.Kind("thanks"), "thanks"},
		{de.Context("professional"), "beruflich"},
		{de.Context(""), ""},
		{en.Felt(-2), "heavy"},
		{en.N("time.seconds", 1200), "1,200 seconds"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestPrinter_missing(t *testing.T) {
	t.Parallel()
	if got := i18n.For("de").T("no.such.key", "odd"); got != "no.such.key" {
		t.Errorf("a missing message is %q", got)
	}
	if got := i18n.For("de").N("no.such.key", 2); got != "no.such.key" {
		t.Errorf("a missing plural is %q", got)
	}
	f := fault.Invalid("no_such_code", "text", "Say it shorter.")
	if got := i18n.For("de").Fault(f); got != "Say it shorter." {
		t.Errorf("an untranslated fault is %q", got)
	}
}

// A name that runs the other way does not carry the words and figures beside it along.
func TestPrinter_Apart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ locale, text, want string }{
		{"ar", "Zoë (work)", "\u2068Zoë (work)\u2069"},
		{"ar", "ليلى", "ليلى"},
		{"ar", "+0.4", "\u2068+0.4\u2069"},
		{"ar", "12:30", "12:30"},
		{"en", "ليلى", "\u2068ليلى\u2069"},
		{"en", "שרה, 5", "\u2068שרה, 5\u2069"},
		{"ar", "n = 61؛ مجال", "n = 61؛ مجال"},
		{"en", "tea with ليلى", "tea with ليلى"},
		{"en", "Zoë", "Zoë"},
		{"en", "山田 花子", "山田 花子"},
		{"ja", "+0.4", "+0.4"},
		{"ar", "\u2068Zoë\u2069", "\u2068Zoë\u2069"},
	} {
		if got := i18n.For(c.locale).Apart(c.text); got != c.want {
			t.Errorf("%s: %q is written as %q, want %q", c.locale, c.text, got, c.want)
		}
	}
	if got, want := i18n.For("en").T("web.nav.settings", "name", "ليلى"), i18n.For("en").T("web.nav.settings", "name", "\u2068ليلى\u2069"); got != want {
		t.Errorf("a sentence around a name is %q, want %q", got, want)
	}
}

func TestPrinter_List(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{"en": "Ida, Leo", "ar": "\u2068Ida\u2069، \u2068Leo\u2069", "ja": "Ida、Leo"} {
		if got := i18n.For(locale).List([]string{"Ida", "Leo"}); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}

func TestPrinter_Span(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{"en": "23 November – 29 November 2026", "ja": "2026年11月23日 – 11月29日"} {
		if got := i18n.For(locale).Span("2026-11-23", "2026-11-29"); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	p := i18n.For("de")
	for b.Loop() {
		p.T("date.today")
	}
}

func BenchmarkN(b *testing.B) {
	p := i18n.For("de")
	for b.Loop() {
		p.N("time.minutes", 5)
	}
}
