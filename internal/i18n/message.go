package i18n

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
)

// text is a message with parameters, cut at them: words, name, words, name, words. Parameters are written {{.name}}.
type text []string

// unfilled stands where a message wants a parameter that was not given. Tests look for it.
const unfilled = "<no value>"

// cut reads a message. It knows no logic on purpose: what a sentence needs beyond names and plurals is another sentence.
func cut(s string) (text, error) {
	var t text
	for {
		before, rest, found := strings.Cut(s, "{{.")
		if strings.Contains(before, "{{") || strings.Contains(before, "}}") {
			return nil, errors.New("a parameter is written {{.name}}")
		}
		t = append(t, before)
		if !found {
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			return nil, errors.New("a parameter is written {{.name}}")
		}
		t, s = append(t, name), after
	}
}

func (t text) fill(params map[string]any) string {
	var b strings.Builder
	for i, part := range t {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		switch v := params[part].(type) {
		case nil:
			b.WriteString(unfilled)
		case string:
			b.WriteString(v)
		default:
			fmt.Fprint(&b, v)
		}
	}
	return b.String()
}

// forms are the plural forms of CLDR by their names in a catalog.
func forms() map[string]plural.Form {
	return map[string]plural.Form{
		"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
	}
}

// add keeps one entry of a catalog: a string, or an object of plural forms.
func (c *catalog) add(key string, value any) error {
	switch v := value.(type) {
	case string:
		if !strings.Contains(v, "{{") {
			c.plain[key] = v
			return nil
		}
		t, err := cut(v)
		c.filled[key] = t
		return err
	case map[string]any:
		c.plurals[key] = map[plural.Form]text{}
		for name, words := range v {
			form, known := forms()[name]
			s, isText := words.(string)
			if !known || !isText {
				return fmt.Errorf("%q is not a plural form with its words", name)
			}
			t, err := cut(s)
			if err != nil {
				return err
			}
			c.plurals[key][form] = t
		}
		if _, ok := c.plurals[key][plural.Other]; !ok {
			return errors.New("the plural form other is missing")
		}
		return nil
	}
	return errors.New("a message is a string or an object of plural forms")
}

// form is the plural form of a whole number in this language, by CLDR.
func (c *catalog) form(n int) plural.Form {
	return plural.Cardinal.MatchPlural(c.lang, max(n, -n), 0, 0, 0, 0)
}
