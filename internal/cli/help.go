package cli

import (
	"io"
	"reflect"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// groups are the headings of commands and flags, in order.
func groups() [][2]string {
	return [][2]string{
		{"run", "Run:"},
		{"daily", "Every day:"},
		{"operation", "Operation:"},
		{"", "Commands:"},
	}
}

// row is a line of a table: a name, and what it is.
type row struct{ name, help string }

// printHelp writes what a command does and takes.
func (c *command) printHelp(a *app) {
	p := a.screen
	parts := []string{"Usage:", c.path}
	if len(c.subs) > 0 {
		parts = append(parts, "COMMAND")
	}
	for _, s := range c.args {
		if s.required {
			parts = append(parts, s.shown())
		} else {
			parts = append(parts, "["+s.shown()+"]")
		}
	}
	for _, s := range c.flags {
		if s.required {
			parts = append(parts, strings.TrimSpace(s.flag()))
		}
	}
	if len(c.flags) > 0 || len(c.subs) > 0 {
		parts = append(parts, "[FLAGS]")
	}
	p.line(strings.Join(parts, " "))
	if c.help != "" {
		p.line()
		p.paragraph(0, c.help)
	}
	c.printCommands(p)
	table(p, "", rows(c.args, (*setting).shown))
	own, store := []*setting{}, []*setting{}
	for _, s := range c.flags {
		switch {
		case s.hidden:
		case s.group == "store":
			store = append(store, s)
		default:
			own = append(own, s)
		}
	}
	table(p, "Flags:", append(rows(own, (*setting).flag), row{"-h, --help", "Show this."}))
	table(p, "Where the data is:", rows(store, (*setting).flag))
	if len(c.subs) > 0 {
		p.line()
		p.line("See " + c.path + " COMMAND --help for what a command takes.")
	}
}

func (c *command) printCommands(p *screen) {
	for _, g := range groups() {
		list := []row{}
		for _, s := range c.subs {
			if s.group != g[0] {
				continue
			}
			if len(s.subs) == 0 {
				list = append(list, row{s.name, s.help})
			}
			for _, sub := range s.subs {
				list = append(list, row{s.name + " " + sub.name, sub.help})
			}
		}
		table(p, g[1], list)
	}
}

func rows(list []*setting, name func(*setting) string) []row {
	out := make([]row, 0, len(list)+1)
	for _, s := range list {
		help := s.help
		if s.env != "" {
			help += " (" + s.env + ")"
		}
		out = append(out, row{name(s), help})
	}
	return out
}

// flag is how a flag stands in a table.
func (s *setting) flag() string {
	name := "    --" + s.name
	if s.to.Kind() == reflect.Bool {
		return name
	}
	what := s.placeholder
	if what == "" {
		what = strings.ToUpper(s.name)
	}
	if s.to.Kind() == reflect.Slice {
		what += ",..."
	}
	return name + "=" + what
}

// table writes two columns; a name that is too long for its column gets a line of its own.
func table(p *screen, title string, list []row) {
	if len(list) == 0 {
		return
	}
	const longest = 26
	wide := 0
	for _, r := range list {
		if w := displaywidth.String(r.name); w <= longest {
			wide = max(wide, w)
		}
	}
	p.line()
	if title != "" {
		p.line(title)
	}
	for _, r := range list {
		words := strings.Split(p.wrap(r.help, p.width-wide-4), "\n")
		name := "  " + r.name
		if displaywidth.String(r.name) > wide {
			p.line(name)
			name = ""
		}
		for _, w := range words {
			p.line(name, strings.Repeat(" ", max(0, wide+4-displaywidth.String(name))), w)
			name = ""
		}
	}
}

// usageFailed says what was wrong with a command line, and where help is.
func usageFailed(stderr io.Writer, c *command, err error) int {
	_, _ = io.WriteString(stderr, "kith: "+strings.TrimRight(err.Error(), "\n")+"\n"+c.hint()+"\n")
	return exitUsage
}

func (c *command) hint() string {
	if c == nil {
		return "See kith --help."
	}
	return "See " + c.path + " --help."
}
