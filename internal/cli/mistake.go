package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// explained says in the words of this program what pflag found wrong: one sentence, with the nearest right word or the
// way to write text that looks like a flag.
func (c *command) explained(err error) error {
	if bad, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return bad.Unwrap() // setting.Set names the flag itself
	}
	if empty, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return errors.New("--" + empty.GetSpecifiedName() + " wants a value")
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	given := "--" + unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		given = "-" + short
	}
	names := []string{"--help"}
	for _, s := range c.flags {
		if !s.hidden {
			names = append(names, "--"+s.name)
		}
	}
	text := "unknown flag " + given
	if near := nearest(given, names); near != "" {
		text += ", did you mean " + near + "?"
	} else if len(c.args) > 0 {
		text += "; put -- before words that begin with a dash"
	}
	return errors.New(text)
}

// unknown refuses a word that is no command below c.
func (c *command) unknown(word string) error {
	names := make([]string, len(c.subs))
	for i, s := range c.subs {
		names[i] = s.name
	}
	there := "; there is " + strings.Join(names, ", ")
	if near := nearest(word, names); near != "" {
		there = ", did you mean " + near + "?"
	} else if len(names) > 8 {
		there = "" // help lists them better than one line can
	}
	return fmt.Errorf("there is no command %s %s%s", c.path, clean(word), there)
}

// nearest is the name that was probably meant: the one that word begins, or else the one with the fewest letters to
// change, as long as most of the word stays.
func nearest(word string, names []string) string {
	best, least := "", 1+len(strings.TrimLeft(word, "-"))/3
	for _, name := range names {
		if len(strings.TrimLeft(word, "-")) > 1 && strings.HasPrefix(name, word) {
			return name
		}
		if d := distance(word, name); d <= least && (best == "" || d < least) {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to put in, leave out or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
