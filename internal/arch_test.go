// Package internal_test holds the plan of the house: which package stands on which floor, and which one owns which
// table. The two tables below are the drawing; the tests hold the code to it.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors lists the packages below internal from the ground up. A package imports only from lower floors than its own.
// What must reach upwards is a hook. A package may be named here before it is built.
var floors = [][]string{
	{"fault", "packed"},
	{"fold", "collation", "prose", "i18n", "zone", "httpd", "httpsafe", "webpush", "webauthn", "licenses", "nudge/policy", "insight/stat"},
	{"capture", "addressbook", "ical", "request"},
	{"db"},
	{"db/dbtest"}, // for tests only
	{"job", "account"},
	{"live", "practice"},
	{"auth", "person", "notify"},
	{"notify/mailtest"}, // for tests only
	{"moment"},
	{"pulse", "presence", "intention", "guess", "forge", "intake"},
	{"dav"},
	{"circle", "reflection"},
	{"kudos", "digest"},
	{"opportunity"},
	{"nudge"},
	{"experiment"},
	{"insight", "transfer", "demo"},
	{"api", "web", "chat", "mcp"},
	{"client"},
	{"cli"},
}

// owners names, for every table of db/schema.sql, the one package that writes it. Others may read.
var owners = map[string]string{
	"account":              "account",
	"seal_key":             "db",
	"auth_password":        "auth",
	"auth_session":         "auth",
	"auth_token":           "auth",
	"auth_link":            "auth",
	"auth_place":           "auth",
	"auth_attempt":         "auth",
	"auth_passkey":         "auth",
	"auth_recovery":        "auth",
	"auth_ceremony":        "auth",
	"person":               "person",
	"person_channel":       "person",
	"person_date":          "person",
	"person_fact":          "person",
	"person_follow_up":     "person",
	"person_relation":      "person",
	"person_group":         "person",
	"person_group_member":  "person",
	"person_photo":         "person",
	"person_distinct":      "person",
	"person_merge":         "person",
	"moment":               "moment",
	"moment_person":        "moment",
	"moment_tag":           "moment",
	"moment_search":        "moment",
	"import":               "intake",
	"import_card":          "intake",
	"import_item":          "intake",
	"import_change":        "intake",
	"intention":            "intention",
	"practice_own":         "practice",
	"practice_switch":      "practice",
	"guess":                "guess",
	"presence":             "presence",
	"calendar":             "dav",
	"calendar_account":     "dav",
	"calendar_busy":        "dav",
	"calendar_item":        "dav",
	"calendar_feed":        "dav",
	"forge_hook":           "forge",
	"forge_work":           "forge",
	"forge_mark":           "forge",
	"opportunity_answer":   "opportunity",
	"opportunity_put_away": "opportunity",
	"opportunity_wish":     "opportunity",
	"reflection":           "reflection",
	"reflection_week":      "reflection",
	"reflection_setting":   "reflection",
	"pulse":                "pulse",
	"scale":                "pulse",
	"scale_answer":         "pulse",
	"digest_setting":       "digest",
	"digest_mail":          "digest",
	"job":                  "job",
	"job_key":              "job",
	"job_clock":            "job",
}

func TestFloors(t *testing.T) {
	t.Parallel()
	for _, complaint := range checkFloors(floors, imports(t, readCode(t, "."))) {
		t.Error(complaint)
	}
}

func TestTableOwners(t *testing.T) {
	t.Parallel()
	schema, err := os.ReadFile(filepath.Join("db", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range checkOwners(owners, tables(string(schema)), readCode(t, ".")) {
		t.Error(complaint)
	}
}

// The checks themselves are checked: each of these plants one fault.
func TestChecksCatchWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	plan := [][]string{{"fault"}, {"db"}, {"db/dbtest", "notify/mailtest"}, {"moment", "person"}, {"web"}}
	owned := map[string]string{"moment": "moment", "moment_tag": "moment", "person": "person"}
	const schema = "CREATE TABLE moment (id TEXT);\nCREATE TABLE moment_tag (\n id TEXT);\nCREATE TABLE IF NOT EXISTS person (id TEXT);"
	file := func(name, body string) code {
		f, err := parser.ParseFile(token.NewFileSet(), name, "package x\n"+body, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return code{name: name, file: f}
	}
	for _, tt := range []struct {
		what string
		file code
		want string // a part of the complaint; empty: none
	}{
		{"downwards", file("web/a.go", `import "kith/internal/moment"`), ""},
		{"other modules", file("fault/a.go", `import "example.org/internal/web"`), ""},
		{"upwards", file("moment/a.go", `import "kith/internal/web"`), "moment imports web"},
		{"upwards, by another name", file("moment/a.go", `import w "kith/internal/web"`), "moment imports web"},
		{"sideways", file("moment/a.go", `import "kith/internal/person"`), "moment imports person"},
		{"a test may", file("moment/a_test.go", `import "kith/internal/web"`), ""},
		{"the tests' database in the program", file("moment/a.go", `import "kith/internal/db/dbtest"`), "only tests"},
		{"the tests' mail server in the program", file("moment/a.go", `import "kith/internal/notify/mailtest"`), "only tests"},
		{"a package of no floor", file("attic/a.go", ""), "attic stands on no floor"},
		{"an import of no floor", file("web/a.go", `import "kith/internal/attic"`), "attic"},
		{"own table", file("moment/store.go", "const q = `INSERT INTO moment (id) VALUES ($1)`"), ""},
		{"read across", file("person/store.go", "const q = `SELECT id FROM moment`"), ""},
		{"insert", file("person/store.go", "const q = `INSERT INTO moment (id) VALUES ($1)`"), "person writes the table moment"},
		{"update", file("person/store.go", "const q = `UPDATE moment_tag SET id = $1`"), "person writes the table moment_tag"},
		{"delete over two lines", file("web/a.go", "const q = `DELETE\n\tFROM person`"), "web writes the table person"},
		{"insert or replace", file("web/a.go", "const q = `INSERT OR REPLACE INTO person (id) VALUES (1)`"), "web writes the table person"},
		{"in quotes", file("web/a.go", `const q = "UPDATE \"person\" SET id = 1"`), "web writes the table person"},
		{"put together", file("web/a.go", `const q = "UPDATE " + "person" + " SET id = 1"`), "web writes the table person"},
		{"in its own test", file("web/a_test.go", "const q = `DELETE FROM person`"), ""},
		{"an upsert names no table", file("moment/store.go", "const q = `INSERT INTO moment (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = $1`"), ""},
		{"plain words", file("web/a.go", "const q = `update person by person`"), ""},
		{"a migration", file("db/migrations/x.go", "const q = `UPDATE person SET id = $1`"), ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			files := []code{tt.file}
			plan := slices.Clone(plan)
			if strings.HasPrefix(tt.file.name, "db/migrations/") {
				plan[1] = []string{"db", "db/migrations"}
			}
			got := append(checkFloors(plan, imports(t, files)), checkOwners(owned, tables(schema), files)...)
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("complains: %q", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for what, got := range map[string][]string{
		"a table without an owner":  checkOwners(map[string]string{"moment": "moment"}, []string{"moment", "person"}, nil),
		"an owner without a table":  checkOwners(owned, []string{"moment", "moment_tag"}, nil),
		"a package on two floors":   checkFloors([][]string{{"db"}, {"db"}}, nil),
		"a schema without a table":  checkOwners(nil, nil, nil),
		"no schema, but the owners": checkOwners(map[string]string{"person": "person"}, nil, nil),
	} {
		if len(got) == 0 {
			t.Errorf("%s goes unnoticed", what)
		}
	}
}

// code is one file, named by its path below internal, with slashes.
type code struct {
	name string
	file *ast.File
}

func (c code) pkg() string  { return path.Dir(c.name) }
func (c code) isTest() bool { return strings.HasSuffix(c.name, "_test.go") }

// readCode parses every Go file below root that does not lie in a testdata folder.
func readCode(t *testing.T, root string) []code {
	t.Helper()
	var files []code
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" || filepath.Dir(name) == root {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		files = append(files, code{filepath.ToSlash(name), f})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// imports lists, for every package of the program (its tests apart), what it imports from internal.
func imports(t *testing.T, files []code) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, c := range files {
		if c.isTest() {
			continue
		}
		all[c.pkg()] = append(all[c.pkg()], []string{}...)
		for _, spec := range c.file.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if name, ok := strings.CutPrefix(p, "kith/internal/"); ok && !slices.Contains(all[c.pkg()], name) {
				all[c.pkg()] = append(all[c.pkg()], name)
			}
		}
	}
	return all
}

func checkFloors(floors [][]string, imports map[string][]string) (complaints []string) {
	floor := map[string]int{}
	for n, packages := range floors {
		for _, p := range packages {
			if _, twice := floor[p]; twice {
				complaints = append(complaints, p+" stands on two floors")
			}
			floor[p] = n
		}
	}
	for from, list := range imports {
		at, ok := floor[from]
		if !ok {
			complaints = append(complaints, from+" stands on no floor: give it one in internal/arch_test.go")
			continue
		}
		for _, to := range list {
			switch below, ok := floor[to]; {
			case !ok:
				complaints = append(complaints, fmt.Sprintf("%s imports %s, which stands on no floor", from, to))
			case to == "db/dbtest", to == "notify/mailtest":
				complaints = append(complaints, from+" imports "+to+", which only tests may")
			case below >= at:
				complaints = append(complaints, fmt.Sprintf("%s imports %s, which is not below it: pass a hook, or move what both need down", from, to))
			}
		}
	}
	slices.Sort(complaints)
	return complaints
}

var (
	createTable = regexp.MustCompile(`(?m)^CREATE\s+(?:VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)`)
	writeTable  = regexp.MustCompile(`\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|COPY)\s+"?(\w+)`)
)

// tables lists the tables that a schema creates.
func tables(schema string) (names []string) {
	for _, m := range createTable.FindAllStringSubmatch(schema, -1) {
		names = append(names, m[1])
	}
	return names
}

func checkOwners(owners map[string]string, tables []string, files []code) (complaints []string) {
	if len(tables) == 0 {
		complaints = append(complaints, "the schema has no tables")
	}
	for _, table := range tables {
		if owners[table] == "" {
			complaints = append(complaints, fmt.Sprintf("the table %s has no owner: name it in internal/arch_test.go", table))
		}
	}
	for table := range owners {
		if !slices.Contains(tables, table) {
			complaints = append(complaints, fmt.Sprintf("%s owns the table %s, which the schema does not have", owners[table], table))
		}
	}
	for _, c := range files {
		// A migration reshapes everyone's tables, before anyone uses them.
		if c.isTest() || strings.HasPrefix(c.name, "db/migrat") {
			continue
		}
		for _, text := range texts(c.file) {
			for _, m := range writeTable.FindAllStringSubmatch(text, -1) {
				if owner := owners[m[1]]; owner != "" && owner != c.pkg() {
					complaints = append(complaints, fmt.Sprintf("%s writes the table %s, which is %s's: ask %s to, or give it a hook (%s)",
						c.pkg(), m[1], owner, owner, c.name))
				}
			}
		}
	}
	slices.Sort(complaints)
	return slices.Compact(complaints)
}

// texts lists the strings of a file. Strings that are added up are one.
func texts(f *ast.File) (found []string) {
	var whole func(e ast.Expr) string
	whole = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
				return s
			}
		case *ast.ParenExpr:
			return whole(e.X)
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				return whole(e.X) + whole(e.Y)
			}
		}
		return " "
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			found = append(found, whole(e))
		case *ast.BinaryExpr:
			found = append(found, whole(e))
			return e.Op != token.ADD
		}
		return true
	})
	return found
}
