package cli

import (
	"reflect"
	"strings"
	"testing"
)

// TestMistakes holds the sentence for every way a command line can be wrong.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"nonsense":               `there is no command kith nonsense`,
		"serch tea":              `there is no command kith serch, did you mean search?`,
		"user nope":              `there is no command kith user nope; there is add, list, reset-password, passkeys, erase`,
		"user reset":             `there is no command kith user reset, did you mean reset-password?`,
		"token":                  `kith token wants one of: new, list, revoke`,
		"add":                    `TEXT... is missing`,
		"add tea --dry":          `unknown flag --dry, did you mean --dry-run?`,
		"add tea --tokn x":       `unknown flag --tokn; put -- before words that begin with a dash`, // --token is hidden
		"add tea -2":             `unknown flag -2; put -- before words that begin with a dash`,
		"today -2":               `unknown flag -2`,
		"today now":              `"now" is too much: kith today takes no more words`,
		"search --limit x":       `--limit is a whole number, not "x"`,
		"search --limit":         `--limit wants a value`,
		"search --context home":  `--context is one of: personal, professional; not "home"`,
		"today --json=perhaps":   `--json is true or false, not "perhaps"`,
		"token new --expires 3x": `--expires is a duration such as 720h, not "3x"`,
		"user erase":             `--email is missing`,
	} {
		c, rest := readGrammar("kith", "kith", reflect.ValueOf(&grammar{}).Elem(), vars()).find(strings.Fields(line))
		_, help, err := c.parse(rest, func(string) string { return "" })
		if help || err == nil || err.Error() != want {
			t.Errorf("kith %s: help %t, %v, want %s", line, help, err, want)
		}
	}
}

func TestHelp_BeforeOrAfterTheCommand(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"--help": "kith", "-h add": "kith add", "--help token new": "kith token new", "token --help new": "kith token new",
		"token new -h": "kith token new", "add tea --help": "kith add", "user --help": "kith user",
	} {
		c, rest := readGrammar("kith", "kith", reflect.ValueOf(&grammar{}).Elem(), vars()).find(strings.Fields(line))
		_, help, err := c.parse(rest, func(string) string { return "" })
		if !help || err != nil || c.path != want {
			t.Errorf("kith %s: help %t of %s, %v; want that of %s", line, help, c.path, err, want)
		}
	}
	c, rest := readGrammar("kith", "kith", reflect.ValueOf(&grammar{}).Elem(), vars()).find([]string{"show", "--", "--help"})
	if _, help, err := c.parse(rest, func(string) string { return "" }); help || err != nil {
		t.Errorf("words after -- are words: help %t, %v", help, err)
	}
}
