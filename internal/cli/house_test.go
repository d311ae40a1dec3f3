package cli

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/fault"
	"kith/internal/transfer"
)

// No table that holds a part of somebody's life is forgotten by erasure: what the schema holds is what is registered.
func TestErasureForgetsNoTable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h, err := build(t.Context(), plan{
		store: store{folder: dir, database: "sqlite:" + filepath.Join(dir, "kith.db"), locked: true}, log: quietLog(), now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	schema, err := os.ReadFile(filepath.Join("..", "db", "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	erased, ledger := h.accounts.Erased(), transfer.Ledger()
	for _, m := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`).FindAllStringSubmatch(string(schema), -1) {
		table, columns := m[1], m[2]
		if _, ok := ledger[table]; !ok {
			t.Errorf("transfer does not know the table %s: say in its Ledger what becomes of it", table)
		}
		owned := regexp.MustCompile(`(?m)^\s*(user_id|person_id|moment_id)\b`).MatchString(columns)
		if owned && !slices.Contains(erased, table) {
			t.Errorf("erasing an account forgets the table %s: register it in house.go", table)
		}
	}
	if !strings.Contains(string(schema), "moment_search") || slices.Contains(erased, "moment_search") {
		return
	}
	t.Error("erasing an account forgets the search index")
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, exitDone},
		{usagef("no"), exitUsage},
		{fault.NotFound("moment"), exitFailed},
		{os.ErrPermission, exitFailed},
	} {
		var out strings.Builder
		a := &app{err: &out}
		if got := a.exitCode(t.Context(), tt.err, nil); got != tt.want {
			t.Errorf("%v ends with %d, want %d", tt.err, got, tt.want)
		}
		if (out.Len() == 0) != (tt.err == nil) {
			t.Errorf("%v says %q", tt.err, out.String())
		}
	}
}

// Kith gets a certificate where nothing else could have one, and says what plain HTTP costs where somebody else can come by it.
func TestServe_https(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		flags           serveFlags
		certified, open bool
	}{
		{"nothing said", serveFlags{Addr: defaultAddr}, false, false},
		{"a network", serveFlags{Addr: "0.0.0.0:5484"}, false, true},
		{"localhost", serveFlags{Addr: "localhost:5484"}, false, false},
		{"a public name", serveFlags{Addr: ":443", PublicURL: "https://kith.example.org"}, true, false},
		{"a proxy on this machine", serveFlags{Addr: defaultAddr, PublicURL: "https://kith.example.org"}, false, false},
		{"a proxy elsewhere", serveFlags{Addr: ":80", PublicURL: "https://kith.example.org", TrustedProxy: []string{"10.0.0.0/8"}}, false, false},
		{"plain, with a name", serveFlags{Addr: defaultAddr, PublicURL: "http://shelf.lan"}, false, true},
		{"plain, for this machine", serveFlags{Addr: "0.0.0.0:1", PublicURL: "http://localhost:1"}, false, false},
		{"switched off", serveFlags{Addr: ":443", PublicURL: "https://kith.example.org", TLS: "off"}, false, false},
		{"asked for", serveFlags{Addr: defaultAddr, PublicURL: "https://kith.example.org", TLS: "acme"}, true, false},
		{"a worker", serveFlags{Addr: ":443", PublicURL: "https://kith.example.org", Role: "worker"}, false, false},
	} {
		if got := tt.flags.certified(); got != tt.certified {
			t.Errorf("%s: certified is %v", tt.name, got)
		}
		host, port, err := net.SplitHostPort(tt.flags.Addr)
		if err != nil {
			t.Fatal(err)
		}
		if host == "" {
			host = "::"
		}
		if got := (&serveCmd{serveFlags: tt.flags}).open(textAddr(net.JoinHostPort(host, port))); got != tt.open {
			t.Errorf("%s: open is %v", tt.name, got)
		}
	}
}

// textAddr is an address as a listener tells it.
type textAddr string

func (textAddr) Network() string  { return "tcp" }
func (a textAddr) String() string { return string(a) }
