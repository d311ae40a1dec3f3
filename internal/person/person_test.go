package person

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestEvery(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p    Person
		want int
	}{
		{Person{}, 0}, {Person{Ring: "inner"}, 7}, {Person{Ring: "wider"}, 180}, {Person{Ring: "inner", Cadence: new(30)}, 30}, {Person{Cadence: new(2)}, 2},
	} {
		if got := tt.p.Every(); got != tt.want {
			t.Errorf("%+v: every %d days, want %d", tt.p, got, tt.want)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	ago := func(days int) *time.Time { return new(now.AddDate(0, 0, -days)) }
	for what, tt := range map[string]struct {
		p    Person
		want bool
	}{
		"a week and a day":          {Person{Standing: Active, Ring: "inner", LastContactAt: ago(8)}, true},
		"a week":                    {Person{Standing: Active, Ring: "inner", LastContactAt: ago(7)}, true},
		"six days":                  {Person{Standing: Active, Ring: "inner", LastContactAt: ago(6)}, false},
		"own cadence is longer":     {Person{Standing: Active, Ring: "inner", Cadence: new(30), LastContactAt: ago(8)}, false},
		"no cadence":                {Person{Standing: Active, LastContactAt: ago(800)}, false},
		"never met, added long ago": {Person{Standing: Active, Ring: "close", CreatedAt: *ago(30)}, true},
		"never met, just added":     {Person{Standing: Active, Ring: "close", CreatedAt: *ago(3)}, false},
		"paused":                    {Person{Standing: Paused, Ring: "inner", LastContactAt: ago(80)}, false},
		"deceased":                  {Person{Standing: Deceased, Ring: "inner", LastContactAt: ago(80)}, false},
		"archived":                  {Person{Standing: Active, ArchivedAt: ago(1), Ring: "inner", LastContactAt: ago(80)}, false},
	} {
		if got := Due(tt.p, now); got != tt.want {
			t.Errorf("%s: due %v", what, got)
		}
	}
}

func TestAwake(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 22, 30, 0, 0, time.UTC) // 7:30 the next day in Tokyo
	for _, tt := range []struct {
		from, to     int
		awake, known bool
	}{{480, 1260, false, true}, {420, 1260, true, true}, {1200, 480, true, true}, {1200, 440, false, true}} {
		awake, known := Person{Zone: "Asia/Tokyo", HoursFrom: &tt.from, HoursTo: &tt.to}.Awake(at)
		if awake != tt.awake || known != tt.known {
			t.Errorf("%d to %d: %v, %v", tt.from, tt.to, awake, known)
		}
	}
	if _, known := (Person{Zone: "Asia/Tokyo"}).Awake(at); known {
		t.Error("hours nobody gave are known")
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ana María": "AM", "ana": "A", "Sam O'Brien": "SO", "Ludwig van Beethoven": "LB", "陳大文": "陳", "José": "J", "🦊": "🦊", "👩🏽‍🚀 Kim": "👩🏽‍🚀",
		"Kim 👩🏽‍🚀": "K", "🇩🇪🇫🇷": "🇩🇪", "e\u0301lan": "E\u0301", "ßimon": "S", "مريم": "م", "\"Bo\" (work)": "BW", "3 Musketeers": "3", "": "",
	} {
		if got := Initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if c := (Person{ID: "a"}).Colour(); c != (Person{ID: "a", Name: "x"}).Colour() || c < 0 || c >= Colours {
		t.Errorf("colour %d", c)
	}
}

func TestDate_Next(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		d     Date
		after string
		on    string
		turns int
	}{
		{Date{Month: 12, Day: 24}, "2026-11-24", "2026-12-24", -1},
		{Date{Month: 11, Day: 24}, "2026-11-24", "2026-11-24", -1},
		{Date{Month: 11, Day: 23, Year: new(1986)}, "2026-11-24", "2027-11-23", 41},
		{Date{Month: 2, Day: 29, Year: new(1988)}, "2026-11-24", "2027-02-28", 39}, // the last day of February
		{Date{Month: 2, Day: 29, Year: new(1988)}, "2028-02-28", "2028-02-29", 40},
		{Date{Month: 2, Day: 29}, "2027-02-28", "2027-02-28", -1},
		{Date{Month: 2, Day: 29}, "2027-03-01", "2028-02-29", -1},
		{Date{Month: 2, Day: 29}, "2099-12-31", "2100-02-28", -1}, // 2100 is no leap year
		{Date{Month: 1, Day: 1, Year: new(2030)}, "2026-11-24", "2030-01-01", 0},
		{Date{Month: 1, Day: 1, Year: new(1)}, "2026-01-01", "2026-01-01", 2025},
	} {
		if on, turns := tt.d.Next(tt.after); on != tt.on || turns != tt.turns {
			t.Errorf("%+v after %s: %s %d, want %s %d", tt.d, tt.after, on, turns, tt.on, tt.turns)
		}
	}
}

func TestDate_clean(t *testing.T) {
	t.Parallel()
	for what, d := range map[string]Date{
		"no kind": {Month: 1, Day: 1}, "day 0": {Kind: Birthday, Month: 1}, "month 13": {Kind: Birthday, Month: 13, Day: 1}, "31 April": {Kind: Birthday, Month: 4, Day: 31},
		"30 February": {Kind: Birthday, Month: 2, Day: 30}, "29 February of no leap year": {Kind: Birthday, Month: 2, Day: 29, Year: new(1900)},
		"year 0": {Kind: Birthday, Month: 1, Day: 1, Year: new(0)}, "other without a word": {Kind: OtherDate, Month: 1, Day: 1},
		"lead below 0": {Kind: Birthday, Month: 1, Day: 1, LeadDays: new(-1)},
	} {
		if _, err := d.clean(); err == nil {
			t.Errorf("%s is kept", what)
		}
	}
	for _, d := range []Date{{Kind: Birthday, Month: 2, Day: 29}, {Kind: Death, Month: 2, Day: 29, Year: new(2000)}, {Kind: OtherDate, Label: "name day", Month: 12, Day: 6}} {
		if _, err := d.clean(); err != nil {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

func TestE164(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ written, code, want string }{
		{"+49 171 1234567", "", "+491711234567"},
		{"+49 (0)171 123 45 67", "", "+491711234567"},
		{"0049-171/1234567", "", "+491711234567"},
		{"0171 1234567", "49", "+491711234567"},
		{"0171 1234567", "", "01711234567"},
		{"030 123456", "49", "+4930123456"},
		{"06 1234 5678", "39", "+390612345678"},
		{"+39 06 1234 5678", "", "+390612345678"}, // Italy keeps its zero
		{"(212) 555-0123", "1", "+12125550123"},
		{"1-212-555-0123", "1", "+12125550123"},
		{"011 49 30 123456", "1", "+4930123456"},
		{"+1 212 555 0123 ext. 7", "", "+12125550123"},
		{"+1 (212) 555-0123 x7", "", "+12125550123"},
		{"+1-212-555-0123;ext=7", "", "+12125550123"},
		{"8 (912) 345-67-89", "7", "+79123456789"},
		{"06 20 123 4567", "36", "+36201234567"},
		{"612 345 678", "34", "+34612345678"},
		{"79 12 34 56", "47", "+4779123456"},
		{"020 7946 0958", "44", "+442079460958"},
		{"112", "49", "112"},
		{"", "49", ""},
		{"call me", "49", ""},
		{"＋４９ １７１ １２３４５６７", "", "+491711234567"},
		{"+٤٩ ١٧١ ١٢٣٤٥٦٧", "", "+491711234567"},
		{"+999 12345678", "", "99912345678"},
		{"+49 12345678901234567", "", "4912345678901234567"},
		{strings.Repeat("1", 100), "49", ""},
		{"tel:+49-171-1234567", "", "+491711234567"},
	} {
		if got := E164(tt.written, tt.code); got != tt.want {
			t.Errorf("E164(%q, %q) = %q, want %q", tt.written, tt.code, got, tt.want)
		}
	}
	for zone, want := range map[string]string{"Europe/Berlin": "49", "America/Toronto": "1", "Australia/Perth": "61", "America/Argentina/Ushuaia": "54", "UTC": "", "": ""} {
		if got := CallingCode(zone); got != want {
			t.Errorf("%s calls with %q, want %q", zone, got, want)
		}
	}
}

func FuzzE164(f *testing.F) {
	f.Add("+49 (0)171 123", "49")
	f.Add("1-212 x5", "1")
	f.Add("+4900123", "49")
	f.Fuzz(func(t *testing.T, written, code string) {
		if code != "" && !codeSet[code] {
			code = "49"
		}
		got := E164(written, code)
		if strings.Trim(got, "+0123456789") != "" || len(got) > 60 {
			t.Errorf("%q became %q", written, got)
		}
		if strings.HasPrefix(got, "+") && E164(got, "") != got {
			t.Errorf("%q became %q, and that %q", written, got, E164(got, ""))
		}
	})
}

func TestChannel_clean(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, value, wantKind, norm string }{
		{"", "ana@Example.ORG", Email, "ana@example.org"},
		{"", "+49 171 1234567", Phone, "+491711234567"},
		{"", "https://example.org/", URL, "example.org"},
		{"", "https://t.me/Ana", Telegram, "ana"},
		{Telegram, "@Ana", Telegram, "ana"},
		{"", "https://wa.me/491711234567", WhatsApp, "+491711234567"},
		{URL, "www.example.org/a?b=c", URL, "example.org/a?b=c"},
		{"", "12 Some Street, Town", Address, "12 some street, town"},
	} {
		c, err := Channel{Kind: tt.kind, Value: tt.value}.clean("49")
		if err != nil || c.Kind != tt.wantKind || c.Norm != tt.norm {
			t.Errorf("%q %q: %s %q, %v", tt.kind, tt.value, c.Kind, c.Norm, err)
		}
	}
	for _, c := range []Channel{{Kind: "fax", Value: "1"}, {Kind: Email, Value: "no"}, {Kind: Phone}, {Kind: URL, Value: "javascript:alert(1)"}, {Kind: Address, Value: strings.Repeat("a", 501)}} {
		if _, err := c.clean(""); err == nil {
			t.Errorf("%+v is kept", c)
		}
	}
}

// The other side of every word has the first as one of its own, or a word for both sexes.
func TestRoles(t *testing.T) {
	t.Parallel()
	for _, role := range Roles() {
		back := Inverse(Inverse(role))
		if Inverse(role) == "" || back == "" || Inverse(back) != Inverse(role) {
			t.Errorf("%s, %s, %s", role, Inverse(role), back)
		}
	}
	r := Relation{Meta: Meta{Person: "ida"}, Other: "sam", Role: "daughter"}
	if s := r.seen("sam", "Ida"); s.With != "ida" || s.Is != "daughter" || s.Me != "parent" {
		t.Errorf("from Sam: %+v", s)
	}
	if s := r.seen("ida", "Sam"); s.With != "sam" || s.Is != "parent" || s.Me != "daughter" {
		t.Errorf("from Ida: %+v", s)
	}
	if s := (Relation{Meta: Meta{Person: "ida"}, Other: "sam", Role: "old flame"}).seen("ida", "Sam"); s.Is != "" || s.Me != "old flame" {
		t.Errorf("own words: %+v", s)
	}
}

// Norwegians sort å after z, and aa with it; Germans and English do not.
func TestSortKey(t *testing.T) {
	t.Parallel()
	names := []string{"Østen", "Zoe", "Aase", "Anna", "Ærlig", "Ågot", "Oda", "bo", "陳大文", "🦊"}
	for locale, want := range map[string][]string{
		"nb":    {"Anna", "bo", "Oda", "Zoe", "Ærlig", "Østen", "Ågot", "Aase", "陳大文", "🦊"},
		"de":    {"Aase", "Ærlig", "Ågot", "Anna", "bo", "Oda", "Østen", "Zoe", "陳大文", "🦊"},
		"en-GB": {"Aase", "Ærlig", "Ågot", "Anna", "bo", "Oda", "Østen", "Zoe", "陳大文", "🦊"},
	} {
		got := slices.Clone(names)
		slices.SortFunc(got, func(a, b string) int {
			return strings.Compare(sortKey(alphabet(locale), a), sortKey(alphabet(locale), b))
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", locale, diff)
		}
	}
}

func TestCleanName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Ana \t María\n": "Ana María", "🦊": "🦊", "e\u0301": "é", strings.Repeat("é", 120): strings.Repeat("é", 120), "a\x00b\x07c": "abc", "עִבְרִית": "עִבְרִית",
	} {
		if got, err := cleanName(in); err != nil || got != want && !utf8.ValidString(got) {
			t.Errorf("%q became %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", " ", "\x00", "\xff", strings.Repeat("a", 121)} {
		if got, err := cleanName(in); err == nil {
			t.Errorf("%q is kept as %q", in, got)
		}
	}
}

func TestRoleCalled(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"mother": "mother", "Cared For": "cared for", "aunt or uncle": "aunt or uncle", "Madre": "mother", "Großmutter": "grandmother", "tía": "aunt", "姉": "sister",
		"أخت": "sister", "Freund": "friend", "Frau": "wife", "Ehefrau": "wife", "esposo": "husband", "Mann": "husband", "Ehepartner": "spouse", "kin": "relative",
		"domestic partner": "partner", "Partner(in)": "partner", "sweetheart": "partner", "Lebensgefährtin": "partner", "co-worker": "colleague", "Co Worker": "colleague",
		"Kollegin": "colleague", "neighbor": "neighbour", "Nachbarin": "neighbour", "co-resident": "flatmate", "relative": "relative", "Freundin": "friend", "Mutter": "mother",
		"Vater": "father", "Kind": "child", "Sohn": "son", "Tochter": "daughter", "Schwester": "sister", "Bruder": "brother",
		"": "", "moth": "", "bandmate": "", "my mother": "",
	} {
		if got := RoleCalled(word); got != want {
			t.Errorf("%q is %q, want %q", word, got, want)
		}
	}
}
