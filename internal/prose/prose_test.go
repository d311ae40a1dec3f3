package prose

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func people() []Name {
	return []Name{{"ana", []string{"Ana", "Ana María"}}, {"jose", []string{"José"}}, {"none", []string{""}}}
}

func TestParse(t *testing.T) {
	t.Parallel()
	p := func(spans ...Span) []Block { return []Block{{Paragraph, [][]Span{spans}}} }
	for text, want := range map[string][]Block{
		"":      nil,
		" \n\n": nil,
		"a\nb":  p(Span{Text: "a"}, Span{Break: true}, Span{Text: "b"}),
		"a\r\n\r\nb": {
			{Paragraph, [][]Span{{{Text: "a"}}}}, {Paragraph, [][]Span{{{Text: "b"}}}},
		},
		"for you:\n- tea\n* walk\n\n2) two\n3. *three*": {
			{Paragraph, [][]Span{{{Text: "for you:"}}}},
			{Bullets, [][]Span{{{Text: "tea"}}, {{Text: "walk"}}}},
			{Numbers, [][]Span{{{Text: "two"}}, {{Text: "three", Em: true}}}},
		},
		"> said so":             {{Quote, [][]Span{{{Text: "said so"}}}}},
		"a *b* c":               p(Span{Text: "a "}, Span{Text: "b", Em: true}, Span{Text: " c"}),
		"**b _c_**":             p(Span{Text: "b ", Strong: true}, Span{Text: "c", Strong: true, Em: true}),
		"2 * 3 * 4":             p(Span{Text: "2 * 3 * 4"}),
		"snake_case_name":       p(Span{Text: "snake_case_name"}),
		"*open":                 p(Span{Text: "*open"}),
		`\*not\*`:               p(Span{Text: "*not*"}),
		"`a*b*`":                p(Span{Text: "a*b*", Code: true}),
		"<script>alert(1)":      p(Span{Text: "<script>alert(1)"}),
		"2026. A year":          p(Span{Text: "2026. A year"}),
		"[so](https://a.b/c_d)": p(Span{Text: "so", Href: "https://a.b/c_d"}),
		"[x](javascript:alert)": p(Span{Text: "[x](javascript:alert)"}),
		"[x](//a.b)":            p(Span{Text: "[x](//a.b)"}),
		"see https://a.b/c.":    p(Span{Text: "see "}, Span{Text: "https://a.b/c", Href: "https://a.b/c"}, Span{Text: "."}),
		"with @ana maría, @JOSÉ": p(
			Span{Text: "with "}, Span{Text: "@ana maría", Person: "ana"}, Span{Text: ", "}, Span{Text: "@JOSÉ", Person: "jose"},
		),
		`@"Ana María" @Anabel a@ana`: p(Span{Text: "@Ana María", Person: "ana"}, Span{Text: " @Anabel a@ana"}),
	} {
		if diff := cmp.Diff(want, Parse(text, people())); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParse_long(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"*", "_a", "[", "[a](", "`", "@", "https://", "**a_"} {
		if got := Parse(strings.Repeat(s, 4000/len(s)), people()); len(got) > 1 {
			t.Errorf("%q became %d blocks", s, len(got))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a *b* **c** _d_ `e`\n- f\n1. g\n> h", `@Ana @"Ana María" [x](mailto:a@b.c) https://a.b`, "[x](java\nscript:y)", "\\*\xff*", "*a **b* c**"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var said strings.Builder
		for _, b := range Parse(text, people()) {
			for _, item := range b.Items {
				for _, sp := range item {
					said.WriteString(sp.Text)
					if sp.Href != "" && !safe(sp.Href) {
						t.Fatalf("%q links to %q", text, sp.Href)
					}
				}
			}
		}
		// Every rune was typed, in that order.
		rest := strings.ToValidUTF8(text, "\uFFFD")
		for _, c := range said.String() {
			at := strings.IndexRune(rest, c)
			if at < 0 {
				t.Fatalf("%q says %q", text, said.String())
			}
			_, size := utf8.DecodeRuneInString(rest[at:])
			rest = rest[at+size:]
		}
	})
}
