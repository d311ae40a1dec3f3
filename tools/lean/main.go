// Command lean makes what templ generated smaller. It is run by scripts/generate after templ. In the files named *_templ.go:
//
//   - what every component does first and last stands once, in internal/web/markup.go, and not in each of them;
//   - an error no longer carries the file and line of the expression that made it, which is a structure built in every place;
//   - a text goes straight to the page, without a variable, a call that joins errors it cannot have, and a question whether
//     it could be written: the buffer keeps its first error, and markup.go returns it;
//   - a component is called, never copied into its callers.
//
// Together they were a tenth of the program. An expression with an error of its own does not compile afterwards, so none
// is lost unseen; and a prologue that a newer templ writes differently is an error here.
package main

import (
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
)

// templ's own names, which all begin with templ_ and a number of the generator.
const (
	check  = `\t+if templ_\w+_Err != nil \{\n\t+return templ_\w+_Err\n\t+\}\n`
	opened = `templruntime\.GeneratedTemplate\(func\(templ_\w+_Input templruntime\.GeneratedComponentInput\) \(templ_(\w+)_Err error\) \{\n` +
		`\t+templ_\w+_W, ctx := templ_\w+_Input\.Writer, templ_\w+_Input\.Context\n` +
		`(?:\t+if templ_\w+_CtxErr := ctx\.Err\(\); templ_\w+_CtxErr != nil \{\n\t+return templ_\w+_CtxErr\n\t+\}\n)?` +
		`\t+templ_\w+_Buffer, templ_\w+_IsBuffer := templruntime\.GetBuffer\(templ_\w+_W\)\n` +
		`\t+if !templ_\w+_IsBuffer \{\n\t+defer func\(\) \{\n` +
		`\t+templ_\w+_BufErr := templruntime\.ReleaseBuffer\(templ_\w+_Buffer\)\n` +
		`\t+if templ_\w+_Err == nil \{\n\t+templ_\w+_Err = templ_\w+_BufErr\n\t+\}\n\t+\}\(\)\n\t+\}\n` +
		`\t+ctx = templ\.InitializeContext\(ctx\)\n`
)

var rules = []struct {
	found *regexp.Regexp
	put   string
}{
	{regexp.MustCompile(opened +
		`\t+(templ_\w+_Var\d+) := templ\.GetChildren\(ctx\)\n\t+if templ_\w+_Var\d+ == nil \{\n\t+templ_\w+_Var\d+ = templ\.NopComponent\n\t+\}\n` +
		`\t+ctx = templ\.ClearChildren\(ctx\)\n`),
		"component(func(ctx renderContext, templ_${1}_Buffer *templruntime.Buffer, ${2} templ.Component) (templ_${1}_Err error) {\n"},
	{regexp.MustCompile(opened), "block(func(ctx renderContext, templ_${1}_Buffer *templruntime.Buffer) (templ_${1}_Err error) {\n"},
	{regexp.MustCompile(`return templ\.Error\{Err: (templ_\w+_Err), FileName: [^\n]*\}\n`), "return $1\n"},
	{regexp.MustCompile(`\t+var templ_\w+_Var\d+ string\n\t+(templ_\w+)_Var\d+, templ_\w+_Err = templ\.JoinStringErrs\(([^\n]*)\)\n` + check +
		`\t+_, templ_\w+_Err = templ_\w+_Buffer\.WriteString\(templ\.EscapeString\(templ_\w+_Var\d+\)\)\n` + check),
		"escaped(${1}_Buffer, string($2))\n"},
	// An address that is written as a SafeURL is not looked at again.
	{regexp.MustCompile(`\t+var templ_\w+_Var\d+ templ\.SafeURL\n\t+(templ_\w+)_Var\d+, templ_\w+_Err = templ\.JoinURLErrs\(templ\.SafeURL\(([^\n]*)\)\)\n` + check +
		`\t+_, templ_\w+_Err = templ_\w+_Buffer\.WriteString\(templ\.EscapeString\(templ_\w+_Var\d+\)\)\n` + check),
		"escaped(${1}_Buffer, string($2))\n"},
	{regexp.MustCompile(`templ_\w+_Err = templruntime\.WriteString\((templ_\w+_Buffer), \d+, ([^\n]*)\)\n` + check), "markup($1, $2)\n"},
	{regexp.MustCompile(`(?m)^(func \w+\([^\n]*\) templ\.Component \{)$`), "//go:noinline\n$1"},
}

var left = regexp.MustCompile(`templruntime\.(GeneratedTemplate|GetBuffer|ReleaseBuffer|WriteString)\(`)

func main() {
	names, err := filepath.Glob("../internal/web/*_templ.go")
	if err == nil && len(names) == 0 {
		err = errors.New("there are none")
	}
	for _, name := range names {
		if err == nil {
			err = rewrite(name)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "The pages were not made lean:", err)
		os.Exit(1)
	}
}

func rewrite(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		b = rule.found.ReplaceAll(b, []byte(rule.put))
	}
	if at := left.Find(b); at != nil {
		return fmt.Errorf("%s still has %s: templ writes components differently now", name, at)
	}
	if b, err = format.Source(b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, b, 0o600) //nolint:gosec // a name from the glob above
}
