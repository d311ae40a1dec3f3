package fold

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                   "",
		"sam":                "sam",
		"Sam O'Neil":         "sam o'neil",
		"Sam O’Neil":         "sam o'neil",
		"José":               "jose",
		"Jose\u0301":         "jose",
		"ANA MARÍA":          "ana maria",
		"Straße":             "strasse",
		"STRASSE":            "strasse",
		"ẞ":                  "ss",
		"Łukasz":             "lukasz",
		"Søren":              "soren",
		"Đorđe":              "dorde",
		"Æsa":                "aesa",
		"İstanbul":           "istanbul",
		"ısparta":            "isparta",
		"Ὀδυσσεύς":           "οδυσσευσ",
		"ᾳ":                  "α",
		"Ёлка":               "елка",
		"ﬁn":                 "fin",
		"Ｓａｍ":                "sam",
		"ｶﾞ":                 "カ",
		"한국":                 "한국",
		"\u1112\u1161\u11ab": "한",
		"co\u00adoperate":    "cooperate",
		"می\u200cخواهم":      "میخواهم",
		"שָׁלוֹם":            "שלום",
		"Nguyễn":             "nguyen",
		"a\xffb":             "a\ufffdb",
		"①":                  "1",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold_plainTextIsNotCopied(t *testing.T) {
	in := strings.Repeat("plain lower text ", 10)
	if n := testing.AllocsPerRun(100, func() { Fold(in) }); n != 0 {
		t.Errorf("Fold allocates %v times for plain text", n)
	}
}

func TestFold_everyRune(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		s := string(r)
		a := Fold(s)
		if b := Fold(a); a != b || !norm.NFKC.IsNormalString(a) {
			t.Errorf("%U: %q, then %q", r, a, b)
		}
		if u := Fold(string(unicode.ToUpper(r))); u != a && unicode.ToLower(unicode.ToUpper(r)) == r {
			t.Errorf("%U: %q, but its upper case gives %q", r, a, u)
		}
	}
}

func TestFindable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": " ", "Met José at the ice-rink": " met jose at the ice rink", "(Ärzte) a@b.org/x": " arzte a b org x"} {
		if got := Findable(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                        nil,
		" ... ":                   nil,
		"Thanked José, at 3pm!":   {"thanked", "jose", "at", "3pm"},
		"Sam's":                   {"sam", "s"},
		"東京タワー":                   {"東京", "京タ", "タワ", "ワー", "ー"},
		"雨":                       {"雨"},
		"iPhone持って3月":             {"iphone", "持っ", "って", "て", "3", "月"},
		"ไทย":                     {"ไท", "ทย", "ย"},
		"한국 사람":                   {"한국", "사람"},
		strings.Repeat("ab", 100): {strings.Repeat("ab", 32)},
	} {
		if diff := cmp.Diff(want, Tokens(in)); diff != "" {
			t.Errorf("Tokens(%q) (-want +got):\n%s", in, diff)
		}
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]Term{
		"":            nil,
		"*":           nil,
		"José sam":    {{"jose", false}, {"sam", false}},
		"sam sam":     {{"sam", false}},
		"the rev*":    {{"the", false}, {"rev", true}},
		"rev＊ ":       {{"rev", true}},
		"雨":           {{"雨", true}},
		"東京タ":         {{"東京", false}, {"京タ", false}},
		"東京*":         {{"東京", true}},
		"sam* review": {{"sam", false}, {"review", false}},
	} {
		if diff := cmp.Diff(want, Query(in)); diff != "" {
			t.Errorf("Query(%q) (-want +got):\n%s", in, diff)
		}
	}
}

// matches is what an index does with terms.
func matches(tokens []string, terms []Term) bool {
	for _, q := range terms {
		found := false
		for _, tok := range tokens {
			if tok == q.Text || q.Prefix && strings.HasPrefix(tok, q.Text) {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"José", "ẞßſ", "東京タワー 3月", "ᾳͅ", "İ", "\xff\xfe", "ﷺ", "한\u1112\u1161", "ǰ ΐ ŉ", "Ꭰꭰ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := Fold(s)
		if b := Fold(a); a != b {
			t.Fatalf("not idempotent: %q -> %q -> %q", s, a, b)
		}
		if !utf8.ValidString(a) || !norm.NFKC.IsNormalString(a) {
			t.Fatalf("not NFKC: %q", a)
		}
		for _, r := range a {
			if unicode.Is(unicode.M, r) {
				t.Fatalf("mark left in %q", a)
			}
		}
		if n := Fold(norm.NFD.String(s)); utf8.ValidString(s) && n != a {
			t.Fatalf("NFD folds otherwise: %q and %q", n, a)
		}
		toks := Tokens(s)
		for _, tok := range toks {
			if tok == "" || utf8.RuneCountInString(tok) > maxRunes || !utf8.ValidString(tok) {
				t.Fatalf("bad token %q", tok)
			}
		}
		if len(s) < 200 && !matches(toks, Query(s)) {
			t.Fatalf("%q does not find itself: %q, %v", s, toks, Query(s))
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"plain": "thanked sam for the review", "marks": "Danke, José und Björn, für die Überraschung"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}

func TestBlank(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"": true, " \t\n\u00a0": true, "\u200b\u202e\ufeff": true, ".": false, "\u200b🙂": false, "日": false} {
		if got := Blank(s); got != want {
			t.Errorf("Blank(%q) is %v", s, got)
		}
	}
}
