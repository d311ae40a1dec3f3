package cli

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestGrammar_EveryCommandRuns holds that what help lists can be run, says what it is for, and that every flag has a type
// the grammar reads.
func TestGrammar_EveryCommandRuns(t *testing.T) {
	t.Parallel()
	var walk func(c *command)
	walk = func(c *command) {
		if len(c.subs) == 0 {
			if _, ok := c.value.(runner); !ok {
				t.Errorf("%s cannot be run", c.path)
			}
		}
		if c.help == "" && c.name != "kith" {
			t.Errorf("%s has no help", c.path)
		}
		for _, s := range c.flags {
			if s.help == "" {
				t.Errorf("%s --%s has no help", c.path, s.name)
			}
			if s.preset != "" {
				if err := s.Set(s.preset); err != nil {
					t.Errorf("%s --%s: its own preset is refused: %v", c.path, s.name, err)
				}
			}
		}
		for _, s := range c.subs {
			walk(s)
		}
	}
	walk(readGrammar("kith", "kith", reflect.ValueOf(&grammar{}).Elem(), vars()))
}

type sample struct {
	First string   `arg:""`
	Rest  []string `arg:"" optional:""`
	Dry   bool
	Count *int
	Role  string   `enum:"all,web" default:"all" env:"SAMPLE_ROLE"`
	Scope []string `default:"read,write"`
	For   time.Duration
	Token string `required:"" env:"SAMPLE_TOKEN"`
}

// An argument that is left out has its preset value, as a flag has, and what follows it too.
func TestGrammar_Parse_presetArguments(t *testing.T) {
	t.Parallel()
	type grammar struct {
		Number int    `arg:"" optional:"" default:"3"`
		Word   string `arg:"" optional:"" default:"quiet"`
	}
	for line, want := range map[string]grammar{"": {3, "quiet"}, "5": {5, "quiet"}, "5 loud": {5, "loud"}} {
		var got grammar
		c := readGrammar("kith", "kith", reflect.ValueOf(&got).Elem(), nil)
		if _, _, err := c.parse(strings.Fields(line), func(string) string { return "" }); err != nil || got != want {
			t.Errorf("%q gives %+v and %v, want %+v", line, got, err, want)
		}
	}
}

func TestGrammar_Parse(t *testing.T) {
	t.Parallel()
	minus := -2
	for line, want := range map[string]struct {
		got sample
		err string
	}{
		"a --token=x":                       {got: sample{First: "a", Role: "all", Scope: []string{"read", "write"}, Token: "x"}},
		"--dry a b --token x c --role web":  {got: sample{First: "a", Rest: []string{"b", "c"}, Dry: true, Role: "web", Scope: []string{"read", "write"}, Token: "x"}},
		"a --token x --count -2 --for 90m":  {got: sample{First: "a", Count: &minus, Role: "all", Scope: []string{"read", "write"}, For: 90 * time.Minute, Token: "x"}},
		"a --token x --scope r --scope p,q": {got: sample{First: "a", Role: "all", Scope: []string{"r", "p", "q"}, Token: "x"}},
		"--token x -- --dry :)":             {got: sample{First: "--dry", Rest: []string{":)"}, Role: "all", Scope: []string{"read", "write"}, Token: "x"}},
		"--token x":                         {err: "FIRST is missing"},
		"a":                                 {err: "--token is missing"},
		"a --token x --role king":           {err: "one of: all, web"},
		"a --token x --count many":          {err: "whole number"},
		"a --token x --nope":                {err: "unknown flag"},
	} {
		var got sample
		c := readGrammar("s", "s", reflect.ValueOf(&got).Elem(), nil)
		_, _, err := c.parse(strings.Fields(line), func(string) string { return "" })
		switch {
		case want.err != "":
			if err == nil || !strings.Contains(err.Error(), want.err) {
				t.Errorf("%s: %v, want %q", line, err, want.err)
			}
		case err != nil:
			t.Errorf("%s: %v", line, err)
		default:
			if diff := cmp.Diff(want.got, got); diff != "" {
				t.Errorf("%s: %s", line, diff)
			}
		}
	}
	var got sample
	c := readGrammar("s", "s", reflect.ValueOf(&got).Elem(), nil)
	env := map[string]string{"SAMPLE_ROLE": "web", "SAMPLE_TOKEN": "from outside"}
	flags, _, err := c.parse([]string{"a", "--role", "all"}, func(name string) string { return env[name] })
	if err != nil || got.Role != "all" || got.Token != "from outside" || !flags.Changed("role") || flags.Changed("token") {
		t.Errorf("with an environment: %+v, %v", got, err)
	}
}

func TestKebab(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"PublicURL": "public-url", "DryRun": "dry-run", "ID": "id", "ResetPassword": "reset-password", "URL": "url"} {
		if got := kebab(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
