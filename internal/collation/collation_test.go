package collation

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// scripts are what names are made of, each a few letters and signs that the order has something to say about.
var scripts = map[string]string{
	"latin":      "abcdefghijklmnopqrstuvwxyzABCDGHJLNORSTZßæÆøØłŁđĐþÞðœĳŉſﬁåÅäöüéèêñçčďřšžőűİıąęğńĺľŕǆǈǌạậệ aachllnjdžsszsngdd",
	"marks":      "aeiouAEOUcnlz\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0327\u0328\u031b\u0338",
	"greek":      "αβγδεζηθικλμνξοπρσςτυφχψωΑΒΓάέήίόύώϊΐΰᾳᾧΆ",
	"cyrillic":   "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВЁёЙіїєґўђћџљњјѓќ\u0301\u0306",
	"hebrew":     "אבגדהוזחטיכךלמםנןסעפףצץקרשת\u05b0\u05b4\u05b7\u05bcשׁשׂ",
	"arabic":     "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإؤئىةپچژگکی\u064e\u064f\u0651ﻻ",
	"devanagari": "अआइईउऊएऐओऔकखगघचछजझटठडढतथदधनपफबभमयरलवशषसह\u093c\u093e\u093f\u0947\u094d\u0902",
	"thai":       "กขคงจฉชซดตถทนบปผพฟมยรลวสหอฮะาิีึืุูเแโใไ่้๊๋์",
	"kana":       "あいうえおかがきぎさざしじたっつづはばぱゃゅょアイウカガサッハバパーヽヾ\u3099",
	"hangul":     "가각간갈감강경김나동박서수영이정최하한ᄀᄁ",
	"han":        "陳大文王李張劉山田中村佐藤々〇㐀𠀀豈",
	"signs":      "aB0123456789 -'’.,()&/²½٣१\u00a0\u200d\u00ad",
	"emoji":      "🦊❤️👩‍👧🇩🇪aA1 ",
}

var languages = []string{
	"", "ar", "az", "be", "bg", "bs", "cs", "cy", "da", "eo", "es", "et", "fa", "fi", "fo", "he", "hr", "hu", "is", "lt", "lv", "mk", "pl", "ro", "ru",
	"sk", "sl", "sq", "sr", "sv", "th", "tr", "uk", "vi",
}

// The keys are those of the library the tables come from, byte for byte, so every pair of names has its order. They are
// compared with those of names in NFD: where a language has contractions, the library does not look for them inside
// a composed letter ("aą" is no "aa" to it in Danish, and is one when decomposed); here both spellings have one order.
func TestSameAsCollate(t *testing.T) {
	t.Parallel()
	for _, lang := range languages {
		tag := language.Und
		if lang != "" {
			tag = language.Make(lang)
		}
		c := collate.New(tag)
		rnd := rand.New(rand.NewPCG(1, 2))
		composed := 0
		for _, script := range slices.Sorted(maps.Keys(scripts)) {
			rs := []rune(scripts[script])
			for range 500 {
				name := make([]rune, 1+rnd.IntN(10))
				for i := range name {
					name[i] = rs[rnd.IntN(len(rs))]
				}
				s := norm.NFC.String(string(name))
				got := Key(lang, s)
				if want := c.KeyFromString(&collate.Buffer{}, norm.NFD.String(s)); !bytes.Equal(want, got) {
					t.Errorf("%q, %s: %+q (%s)\nwant %x\n got %x", lang, script, s, s, want, got)
				}
				if !bytes.Equal(c.KeyFromString(&collate.Buffer{}, s), got) {
					composed++
					if lang == "" && script != "arabic" && script != "marks" { // where marks pile up as in no name
						t.Errorf("%s: %+q (%s) has not the key of the composed name", script, s, s)
					}
				}
			}
		}
		if composed > 0 {
			t.Logf("%q: %d of %d keys are not those of the composed name", lang, composed, 500*len(scripts))
		}
	}
}

// Every character alone, in the root order.
func TestEveryCharacter(t *testing.T) {
	t.Parallel()
	c := collate.New(language.Und)
	var buffer collate.Buffer
	for r := rune(1); r <= unicode.MaxRune; r++ {
		s := norm.NFD.String(string(r))
		if !utf8.ValidRune(r) || r > 0x3FFFF && r < 0xE0000 || r > 0xE0FFF {
			continue
		}
		buffer.Reset()
		if want, got := c.KeyFromString(&buffer, s), Key("", s); !bytes.Equal(want, got) {
			t.Errorf("%U: want %x, got %x", r, want, got)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{
		"":   {"10a", "2", "Aase", "Ærlig", "Ågot", "Anna", "bo", "Oda", "Östen", "Østen", "Zoe", "Ωmega", "陳大文", "🦊"},
		"da": {"Anna", "bo", "Oda", "Zoe", "Ærlig", "Østen", "Ågot", "Aase"},
		"sv": {"Anna", "Zoe", "Åke", "Ärlig", "Östen"},
		"es": {"Nz", "Ña", "O"},
		"cs": {"Cz", "Čapek", "Hus", "Chalupa", "Ivan"},
	} {
		got := slices.Clone(want)
		rand.New(rand.NewPCG(3, 4)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, func(a, b string) int { return bytes.Compare(Key(lang, a), Key(lang, b)) })
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", lang, got, want)
		}
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range scripts {
		f.Add("da", s)
	}
	f.Fuzz(func(t *testing.T, lang, s string) {
		if len(Key(lang, s)) < 4 || !bytes.Equal(Key(lang, s), Key(lang, norm.NFD.String(s))) {
			t.Errorf("%q, %q: %x", lang, s, Key(lang, s))
		}
	})
}

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Key("da", "Åse Bjørnsdatter-Ødegård")
	}
}

func BenchmarkCollate(b *testing.B) {
	c := collate.New(language.Danish)
	b.ReportAllocs()
	for b.Loop() {
		c.KeyFromString(&collate.Buffer{}, "Åse Bjørnsdatter-Ødegård")
	}
}
