package i18n

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pluralForms lists the forms each language needs. A new language adds its own, from CLDR.
var pluralForms = map[string][]string{
	"en": {"one", "other"},
	"de": {"one", "other"},
	"es": {"one", "other"},
	"ar": {"few", "many", "one", "other", "two", "zero"},
	"ja": {"other"},
}

var param = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

// shape is what translations of one message must have in common.
type shape struct {
	Plural bool
	Params []string
}

// read returns the messages of a language and fails on a key in two files, a plural without its forms, or a template
// that does more than name a parameter.
func read(t *testing.T, tag string) map[string]shape {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("locales", tag, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]shape{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]any
		if err := json.Unmarshal(b, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, value := range raw {
			if _, double := all[key]; double {
				t.Errorf("%s: %q is in two files", name, key)
			}
			texts := []string{}
			s := shape{Params: []string{}}
			switch v := value.(type) {
			case string:
				texts = append(texts, v)
			case map[string]any:
				s.Plural = true
				if forms := slices.Sorted(maps.Keys(v)); !slices.Equal(forms, pluralForms[tag]) {
					t.Errorf("%s: %q has the forms %v, wants %v", name, key, forms, pluralForms[tag])
				}
				for _, form := range v {
					text, _ := form.(string)
					texts = append(texts, text)
				}
			default:
				t.Errorf("%s: %q is %T", name, key, value)
			}
			params := map[string]bool{}
			for _, text := range texts {
				if strings.TrimSpace(text) == "" || text != strings.TrimSpace(text) {
					t.Errorf("%s: %q is empty or has white space at its ends", name, key)
				}
				for _, m := range param.FindAllStringSubmatch(text, -1) {
					params[m[1]] = true
				}
				if strings.Contains(param.ReplaceAllString(text, ""), "{{") {
					t.Errorf("%s: %q does more than name a parameter", name, key)
				}
			}
			delete(params, "n") // "one" may spell it out
			s.Params = append(s.Params, slices.Sorted(maps.Keys(params))...)
			all[key] = s
		}
	}
	return all
}

func TestCatalogs_agree(t *testing.T) {
	t.Parallel()
	want := read(t, Default)
	for _, l := range spoken()[1:] {
		tag := l.Tag
		if diff := cmp.Diff(want, read(t, tag)); diff != "" {
			t.Errorf("%s and %s differ (-%s +%s):\n%s", Default, tag, Default, tag, diff)
		}
	}
}

// What the program holds is made by scripts/generate. It must be what the files say.
func TestCatalogs_generated(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir("locales")
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != len(spoken()) {
		t.Errorf("%d languages are spoken, %d are written", len(spoken()), len(folders))
	}
	for _, l := range spoken() {
		packed, err := unpack(l.Tag)
		if err != nil {
			t.Fatal(err)
		}
		var got, gotWords, wantWords any
		want := map[string]any{}
		names, err := filepath.Glob(filepath.Join("locales", l.Tag, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err == nil {
				err = json.Unmarshal(b, &want)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		words, err := os.ReadFile(filepath.Join("words", l.Tag+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(json.Unmarshal(packed.Messages, &got), json.Unmarshal(packed.Words, &gotWords), json.Unmarshal(words, &wantWords)); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(got, any(want)) || !cmp.Equal(gotWords, wantWords) {
			t.Errorf("spoken/%s.json.gz is stale: run scripts/generate", l.Tag)
		}
	}
}

// sources returns the text of all Go and templ files of the project but tests and what is generated from templ.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("../..", func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if name != "../.." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(base, "_test.go") || strings.HasSuffix(base, "_templ.go") ||
			filepath.Ext(base) != ".go" && filepath.Ext(base) != ".templ" {
			return nil
		}
		b, err := os.ReadFile(name)
		all[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var (
	quoted  = regexp.MustCompile(`"([a-z0-9_.-]+)"`)
	called  = regexp.MustCompile(`\.([TN])\("([a-z0-9_-]+\.[^"]+)"[,)]`)
	refusal = regexp.MustCompile(
		`fault\.(Invalid|Conflict|Unknown|Denied|Busy|TooLarge|NotFound|Gone|Stale)\(\s*"([a-z0-9_]+)"`)
	coded = regexp.MustCompile(`Code:\s*"([a-z0-9_]+)"`)
)

// A message is used when the source names it whole, or names the part before the value that completes it ("kind.").
func TestCatalogs_used(t *testing.T) {
	t.Parallel()
	messages := read(t, Default)
	named, prefixes := map[string]bool{}, []string{}
	for file, text := range sources(t) {
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			named[m[1]] = true
			if len(m[1]) > 1 && strings.HasSuffix(m[1], ".") {
				prefixes = append(prefixes, m[1])
			}
		}
		for _, m := range called.FindAllStringSubmatch(text, -1) {
			s, ok := messages[m[2]]
			switch {
			case !ok:
				t.Errorf("%s: no message %q", file, m[2])
			case s.Plural != (m[1] == "N"):
				t.Errorf("%s: %q is called by %s", file, m[2], m[1])
			}
		}
	}
	for key := range messages {
		if !named[key] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("the message %q is not used", key)
		}
	}
}

func TestCatalogs_faults(t *testing.T) {
	t.Parallel()
	messages := read(t, Default)
	codes := map[string]bool{}
	for file, text := range sources(t) {
		if filepath.Ext(file) != ".go" {
			continue
		}
		for _, m := range refusal.FindAllStringSubmatch(text, -1) {
			codes[m[2]+map[string]string{"NotFound": "_not_found", "Gone": "_gone", "Stale": "_changed"}[m[1]]] = true
		}
		if strings.Contains(text, "fault.Error{") || strings.HasSuffix(file, "fault/fault.go") {
			for _, m := range coded.FindAllStringSubmatch(text, -1) {
				codes[m[1]] = true
			}
		}
	}
	for code := range codes {
		if _, ok := messages["fault."+code]; !ok {
			t.Errorf("the fault %q has no translation", code)
		}
	}
	for key := range messages {
		if code, ok := strings.CutPrefix(key, "fault."); ok && !codes[code] {
			t.Errorf("the translation %q is of no fault", key)
		}
	}
}

// Every template must parse: a message is parsed when it is first said.
func TestCatalogs_parse(t *testing.T) {
	t.Parallel()
	for _, l := range spoken() {
		tag := l.Tag
		p := For(tag)
		for key, s := range read(t, tag) {
			kv := []any{}
			for _, name := range s.Params {
				kv = append(kv, name, "x")
			}
			said := p.T(key, kv...)
			if s.Plural {
				said = p.N(key, 1, kv...) + p.N(key, 7, kv...)
			}
			if said == key || strings.Contains(said, "{{") || strings.Contains(said, "<no value>") {
				t.Errorf("%s: %q is said as %q", tag, key, said)
			}
		}
	}
}
