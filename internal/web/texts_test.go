package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kith/internal/fault"
	"kith/internal/i18n"
)

// Every text the pages name is in the catalogs of every language.
func TestTexts(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for _, pattern := range []string{"*.go", "*.templ"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`"(web\.[a-z_.]+[a-z_])"`).FindAllStringSubmatch(string(b), -1) {
				keys[m[1]] = true
			}
		}
	}
	if len(keys) < 100 {
		t.Fatalf("only %d texts found", len(keys))
	}
	for _, kind := range []fault.Kind{
		fault.KindInvalid, fault.KindNotFound, fault.KindGone, fault.KindConflict, fault.KindStale, fault.KindUnknown,
		fault.KindDenied, fault.KindBusy, fault.KindTooLarge, fault.KindFull, "internal",
	} {
		keys["web.fault."+string(kind)+".title"] = true
	}
	for _, l := range i18n.Locales() {
		for key := range keys {
			if !i18n.For(l.Tag).Has(key) {
				t.Errorf("%s has no %q", l.Tag, key)
			}
		}
	}
}

// Colours, sizes and directions live in the style sheet alone, and nothing there names a side of the screen.
func TestAssets_LogicalAndExternal(t *testing.T) {
	t.Parallel()
	sheets, err := filepath.Glob("assets/*.css")
	if err != nil {
		t.Fatal(err)
	}
	physical := regexp.MustCompile(`(?m)^\s*(margin|padding|border)-(left|right|top|bottom)|^\s*(left|right|top|bottom|width|height|min-width|max-width|min-height|max-height|text-align: (left|right)):`)
	for _, name := range sheets {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := physical.FindString(string(b)); m != "" {
			t.Errorf("%s: %q is not a logical property", name, strings.TrimSpace(m))
		}
	}
	pages, err := filepath.Glob("*.templ")
	if err != nil {
		t.Fatal(err)
	}
	inline := regexp.MustCompile(`\sstyle=|\son[a-z]+=|<style|<script(>| type="module">)`)
	for _, name := range pages {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := inline.FindString(string(b)); m != "" {
			t.Errorf("%s: %q is inline", name, m)
		}
	}
}
