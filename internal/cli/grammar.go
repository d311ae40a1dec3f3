package cli

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/pflag"
)

// The grammar is a struct: a field is a command (cmd:""), a positional argument (arg:""), a group of flags shared by
// several commands (embed:""), or else a flag. Tags say the rest: name, help, placeholder, default, env, enum, group,
// optional, required, hidden. This file reads the struct; pflag reads the command line. Nothing is called by a name that
// only data knows: that would keep every method of the program in the binary.

// runner is what a command is.
type runner interface {
	Run(ctx context.Context, a *app) error
}

// command is a node of the grammar.
type command struct {
	path  string // "kith token new"
	name  string
	help  string
	group string
	value any // pointer to its struct
	subs  []*command
	flags []*setting
	args  []*setting
}

// setting is one flag or argument. It is a pflag.Value.
type setting struct {
	name, help, placeholder string
	group, env, preset      string
	enum                    []string
	hidden, required, given bool
	to                      reflect.Value
}

// read makes the grammar of a struct, with the words its help texts mention.
func readGrammar(path, name string, into reflect.Value, words map[string]string) *command {
	c := &command{path: path, name: name, value: into.Addr().Interface()}
	c.fields(into, words)
	return c
}

func (c *command) fields(of reflect.Value, words map[string]string) {
	for i := range of.NumField() {
		field, tag := of.Type().Field(i), of.Type().Field(i).Tag
		name := tag.Get("name")
		if name == "" {
			name = kebab(field.Name)
		}
		if _, ok := tag.Lookup("embed"); ok {
			c.fields(of.Field(i), words)
			continue
		}
		if _, ok := tag.Lookup("cmd"); ok {
			sub := readGrammar(c.path+" "+name, name, of.Field(i), words)
			sub.help, sub.group = filled(tag.Get("help"), words), tag.Get("group")
			c.subs = append(c.subs, sub)
			continue
		}
		s := &setting{name: name, help: tag.Get("help"), placeholder: tag.Get("placeholder"), group: tag.Get("group"), env: tag.Get("env"), to: of.Field(i)}
		s.preset = filled(tag.Get("default"), words)
		s.help = strings.ReplaceAll(filled(s.help, words), "${default}", s.preset)
		if enum, ok := tag.Lookup("enum"); ok {
			s.enum = strings.Split(enum, ",")
		}
		_, s.hidden = tag.Lookup("hidden")
		_, s.required = tag.Lookup("required")
		if _, ok := tag.Lookup("arg"); ok {
			_, optional := tag.Lookup("optional")
			s.required = !optional
			c.args = append(c.args, s)
			continue
		}
		c.flags = append(c.flags, s)
	}
}

func filled(text string, words map[string]string) string {
	for name, word := range words {
		text = strings.ReplaceAll(text, "${"+name+"}", word)
	}
	return text
}

// kebab makes "public-url" of PublicURL.
func kebab(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// find walks down the command names that args begin with and returns what is left of them. Help may be asked for before
// the name of the command.
func (c *command) find(args []string) (*command, []string) {
	for len(args) > 0 && len(c.subs) > 0 {
		if args[0] == "--help" || args[0] == "-h" {
			sub, _ := c.find(args[1:])
			return sub, args[:1]
		}
		i := slices.IndexFunc(c.subs, func(s *command) bool { return s.name == args[0] })
		if i < 0 {
			return c, args
		}
		c, args = c.subs[i], args[1:]
	}
	return c, args
}

// parse fills the command's struct from its arguments and the environment. help is true when help was asked for.
func (c *command) parse(args []string, getenv func(string) string) (flags *pflag.FlagSet, help bool, err error) {
	set := pflag.NewFlagSet(c.path, pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	asked := set.BoolP("help", "h", false, "")
	for _, s := range c.flags {
		f := set.VarPF(s, s.name, "", s.help)
		if s.to.Kind() == reflect.Bool {
			f.NoOptDefVal = "true"
		}
	}
	if err := set.Parse(args); err != nil {
		return set, *asked, c.explained(err)
	}
	if *asked {
		return set, true, nil
	}
	if len(c.subs) > 0 {
		if set.NArg() > 0 {
			return set, false, c.unknown(set.Arg(0))
		}
		names := make([]string, len(c.subs))
		for i, s := range c.subs {
			names[i] = s.name
		}
		return set, false, fmt.Errorf("%s wants one of: %s", c.path, strings.Join(names, ", "))
	}
	for _, s := range c.flags {
		if err := s.settle(set.Changed(s.name), getenv); err != nil {
			return set, false, err
		}
	}
	return set, false, c.place(set.Args())
}

// settle gives a flag that was not on the command line its value from the environment, or its preset one.
func (s *setting) settle(given bool, getenv func(string) string) error {
	if given {
		return nil
	}
	if s.env != "" {
		if text := getenv(s.env); text != "" {
			if err := s.Set(text); err != nil {
				return fmt.Errorf("%s: %w", s.env, err)
			}
			return nil
		}
	}
	if s.required {
		return fmt.Errorf("--%s is missing", s.name)
	}
	if s.preset != "" {
		return s.Set(s.preset)
	}
	return nil
}

// place gives the words that are no flags to the arguments; the last one takes all that are left if it can hold them.
func (c *command) place(words []string) error {
	for _, s := range c.args {
		if len(words) == 0 {
			if s.required {
				return fmt.Errorf("%s is missing", s.shown())
			}
			if s.preset == "" {
				continue
			}
			if err := s.Set(s.preset); err != nil {
				return fmt.Errorf("%s: %w", s.shown(), err)
			}
			continue
		}
		if s.to.Kind() == reflect.Slice {
			s.to.Set(reflect.ValueOf(words))
			return nil
		}
		if err := s.Set(words[0]); err != nil {
			return err
		}
		words = words[1:]
	}
	if len(words) > 0 {
		return fmt.Errorf("%q is too much: %s takes no more words", words[0], c.path)
	}
	return nil
}

// shown is how an argument stands in a usage line.
func (s *setting) shown() string {
	name := strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
	if s.to.Kind() == reflect.Slice {
		name += "..."
	}
	return name
}

// Set reads a value. A list takes several between commas, and more each time it is given.
func (s *setting) Set(text string) error {
	if s.enum != nil && !slices.Contains(s.enum, text) {
		return fmt.Errorf("--%s is one of: %s; not %q", s.name, strings.Trim(strings.Join(s.enum, ", "), ", "), text)
	}
	switch to := s.to.Addr().Interface().(type) {
	case *string:
		*to = text
	case *[]string:
		if !s.given {
			*to = nil
		}
		*to = append(*to, strings.Split(text, ",")...)
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("--%s is true or false, not %q", s.name, text)
		}
		*to = b
	case *int, **int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("--%s is a whole number, not %q", s.name, text)
		}
		if one, ok := to.(*int); ok {
			*one = n
		} else {
			*to.(**int) = &n //nolint:forcetypeassert // one of the two, by the case
		}
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("--%s is a duration such as 720h, not %q", s.name, text)
		}
		*to = d
	default:
		panic("cli: a flag of a type the grammar does not know: " + s.name)
	}
	s.given = true
	return nil
}

// String returns what is preset, as pflag asks.
func (s *setting) String() string { return s.preset }

// Type names the value's type, as pflag asks.
func (s *setting) Type() string { return s.placeholder }
