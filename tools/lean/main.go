// Command lean makes what templ generated smaller. It is run by scripts/generate after templ. In the files named *_templ.go:
//
//   - an error no longer carries the file and line of the expression that made it, which is a structure built in every place;
//   - a text (never an address, which is checked on its way) goes straight to the page, without a variable and a call that
//     joins errors it cannot have.
//
// Together they were a fiftieth of the program. An expression with an error of its own does not compile afterwards, so none
// is lost unseen.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

var (
	located = regexp.MustCompile(`return templ\.Error\{Err: (templ_\w+_Err), FileName: [^\n]*\}\n`)
	joined  = regexp.MustCompile(`(\t+)var (templ_\w+_Var\d+) string\n\t+(templ_\w+_Var\d+), (templ_\w+_Err) = templ\.JoinStringErrs\(([^\n]*)\)\n` +
		`\t+if templ_\w+_Err != nil \{\n\t+return templ_\w+_Err\n\t+\}\n` +
		`\t+_, templ_\w+_Err = (templ_\w+_Buffer)\.WriteString\(templ\.EscapeString\((templ_\w+_Var\d+)\)\)\n`)
)

func main() {
	names, err := filepath.Glob("../internal/web/*_templ.go")
	for _, name := range names {
		if err == nil {
			err = rewrite(name)
		}
	}
	if err != nil || len(names) == 0 {
		fmt.Fprintln(os.Stderr, "The pages were not made lean:", err)
		os.Exit(1)
	}
}

func rewrite(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	b = located.ReplaceAll(b, []byte("return $1\n"))
	b = joined.ReplaceAllFunc(b, func(whole []byte) []byte {
		m := joined.FindSubmatch(whole)
		if string(m[2]) != string(m[3]) || string(m[2]) != string(m[7]) {
			return whole
		}
		return fmt.Appendf(nil, "%s_, %s = %s.WriteString(templ.EscapeString(%s))\n", m[1], m[4], m[6], m[5])
	})
	return os.WriteFile(name, b, 0o600) //nolint:gosec // a name from the glob above
}
