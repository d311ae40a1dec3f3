package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"kith/internal/cli"
	"kith/internal/db"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"kith": func() {
			code := cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
			if err := tellHeld(); err != nil {
				panic(err)
			}
			os.Exit(code)
		},
	})
}

// heldEnv names the file in which a process of bounded leaves how much memory it held.
const heldEnv = "TEST_HELD"

// tellHeld leaves what the kernel knows of this process alone. What wait tells of a child counts in what its parent held
// when it began.
func tellHeld() error {
	path := os.Getenv(heldEnv)
	if path == "" || runtime.GOOS != "linux" {
		return nil
	}
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

var heldLine = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// The scripts in testdata drive the whole program, once for each database: they find it in KITH_DATA or KITH_DATABASE.
// Those in testdata/folder are about the data folder itself.
func TestScripts(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		testscript.Run(t, params("testdata", nil))
	})
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		testscript.Run(t, params(filepath.Join("testdata", "folder"), nil))
	})
	if server := os.Getenv("TEST_POSTGRES_URL"); server != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, params("testdata", func(e *testscript.Env) error {
				address, drop, err := schema(server)
				if err != nil {
					return err
				}
				e.Defer(drop)
				e.Setenv("KITH_DATABASE", address)
				return nil
			}))
		})
	} else if os.Getenv("TEST_POSTGRES_REQUIRED") != "" {
		t.Fatal("TEST_POSTGRES_URL is not set; the test command sets it")
	}
}

func params(dir string, setup func(*testscript.Env) error) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("KITH_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("TZ", "Europe/Berlin")
			e.Setenv("LANG", "en_GB.UTF-8")
			e.Values[serversKey{}] = servers{}
			if setup != nil {
				return setup(e)
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"serve": serve, "demo": demoServe, "page": page, "stop": stop, "capture": capture, "get": get, "longdir": longdir, "newer": newer,
			"cards": cards, "bounded": bounded,
		},
	}
}

// schema makes an empty schema on the server and returns an address that works in it.
func schema(server string) (address string, drop func(), err error) {
	ctx := context.Background()
	admin, err := db.Open(ctx, server, db.Options{MaxConns: 1})
	if err != nil {
		return "", nil, err
	}
	id := make([]byte, 8)
	_, _ = rand.Read(id)
	name := "cli_" + hex.EncodeToString(id)
	if _, err := admin.Std().ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
		return "", nil, err
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, err
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), func() {
		_, _ = admin.Std().ExecContext(ctx, "DROP SCHEMA "+name+" CASCADE")
		_ = admin.Close()
	}, nil
}

// servers are the processes of a script that serve, by name.
type servers map[string]*exec.Cmd

type serversKey struct{}

var (
	atLine    = regexp.MustCompile(`^Kith is at (http://\S+)$`)
	setupLine = regexp.MustCompile(`^Set it up here \(works once\): http://[^/]+(/setup/\S+)$`)
)

// serve [-first] NAME [ARGS...] starts a server and waits until it says where it is; the script finds that in $ADDRESS,
// and with -first, which expects one, the path of the set-up link in $SETUP.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	first := len(args) > 0 && args[0] == "-first"
	if first {
		args = args[1:]
	}
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve [-first] NAME [ARGS...]")
	}
	begin(ts, "serve", first, args)
}

// demoServe NAME [ARGS...] does the same with a demo.
func demoServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: demo NAME [ARGS...]")
	}
	begin(ts, "demo", false, args)
}

func begin(ts *testscript.TestScript, command string, first bool, args []string) {
	self, err := os.Executable() // the test binary is the program, when it is called so
	ts.Check(err)
	cmd := exec.Command(self, append([]string{command, "--addr", "127.0.0.1:0"}, args[1:]...)...) //nolint:noctx // killed below
	cmd.Args[0] = "kith"
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"KITH_DATA", "KITH_DATABASE", "HOME", "TZ", "LANG", "PATH", "TMPDIR"} {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	log, err := os.Create(ts.MkAbs(args[0] + ".log"))
	ts.Check(err)
	defer func() { _ = log.Close() }()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	line := func(re *regexp.Regexp) string {
		if !lines.Scan() {
			_ = cmd.Wait()
			ts.Fatalf("the server said no more:\n%s", ts.ReadFile(args[0]+".log"))
		}
		m := re.FindStringSubmatch(lines.Text())
		if m == nil {
			ts.Fatalf("the server said %q", lines.Text())
		}
		return m[1]
	}
	ts.Setenv("ADDRESS", line(atLine))
	if first {
		ts.Setenv("SETUP", line(setupLine))
	}
	ts.Value(serversKey{}).(servers)[args[0]] = cmd
}

// stop NAME tells a server to end and expects that it does so in order.
func stop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stop NAME")
	}
	cmd := ts.Value(serversKey{}).(servers)[args[0]]
	ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	if err := cmd.Wait(); err != nil {
		ts.Fatalf("the server ended with %v:\n%s", err, ts.ReadFile(args[0]+".log"))
	}
}

// capture NAME [FIELD] keeps what the last command printed, or a field of the JSON it printed, in a variable.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: capture NAME [FIELD]")
	}
	words := strings.TrimSpace(ts.ReadFile("stdout"))
	if len(args) == 2 {
		var v map[string]any
		ts.Check(json.Unmarshal([]byte(words), &v))
		words = fmt.Sprint(v[args[1]])
	}
	ts.Setenv(args[0], words)
}

// get STATUS PATH [HEADER: VALUE]... asks the server at $ADDRESS.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: get STATUS PATH [HEADER: VALUE]...")
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, ts.Getenv("ADDRESS")+args[1], nil)
	ts.Check(err)
	for _, h := range args[2:] {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer func() { _ = res.Body.Close() }()
	if got := strconv.Itoa(res.StatusCode); got != args[0] {
		ts.Fatalf("%s was answered with %s", args[1], res.Status)
	}
}

// page WORDS PATH opens a page of the server at $ADDRESS as a browser would that was never there, and finds words in it.
func page(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: page WORDS PATH")
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, ts.Getenv("ADDRESS")+args[1], nil)
	ts.Check(err)
	r.Header.Set("Accept", "text/html")
	res, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), args[0]) {
		ts.Fatalf("%s was answered with %s, without %q", args[1], res.Status, args[0])
	}
}

// longdir makes a data folder whose path is too long for a socket address, and names it in KITH_DATA.
func longdir(ts *testscript.TestScript, _ bool, _ []string) {
	dir := filepath.Join(ts.Getenv("WORK"), strings.Repeat("long/", 20)+strings.Repeat("x", 60))
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Setenv("KITH_DATA", dir)
}

// newer makes the database look as if a newer Kith had written it.
func newer(ts *testscript.TestScript, _ bool, _ []string) {
	address := ts.Getenv("KITH_DATABASE")
	if address == "" {
		address = "sqlite:" + filepath.Join(ts.Getenv("KITH_DATA"), "kith.db")
	}
	d, err := db.Open(context.Background(), address, db.Options{MaxConns: 1})
	ts.Check(err)
	ts.Check(d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)", int64(30000101000000))
		return err
	}))
	ts.Check(d.Close())
}

// cards KIND FILE writes an address book that is wrong in a way no text file here can be.
func cards(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cards KIND FILE")
	}
	card := func(lines string) string { return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + lines + "\r\nEND:VCARD\r\n" }
	coded := func(e encoding.Encoding, text string) []byte {
		b, err := e.NewEncoder().Bytes([]byte(text))
		ts.Check(err)
		return b
	}
	var b []byte
	switch args[0] {
	case "latin-1":
		b = coded(charmap.ISO8859_1, card("FN:Jörg Groß"))
	case "utf-16":
		b = coded(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), card("FN:Zoë Øster"))
	case "shift-jis":
		b = coded(japanese.ShiftJIS, card("FN:山田太郎"))
	case "phones":
		b = []byte(card("FN:Ten Thousand\r\n" + strings.Repeat("TEL:+49 170 1234567\r\n", 5000) + strings.Repeat("TEL:+49 170 7654321\r\n", 5000) + "NOTE:end"))
	case "bomb": // a picture that says it has four thousand million dots
		head := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"
		b = []byte(card("FN:Bomb\r\nPHOTO;ENCODING=b;TYPE=PNG:" + base64.StdEncoding.EncodeToString([]byte(head))))
	case "huge": // 200 MB, of which all but two cards is one card
		f, err := os.Create(ts.MkAbs(args[1]))
		ts.Check(err)
		defer func() { _ = f.Close() }()
		_, err = f.WriteString(card("FN:Before") + "BEGIN:VCARD\r\nFN:Huge\r\nNOTE:")
		ts.Check(err)
		line := []byte(strings.Repeat("never ending ", 5) + "\r\n ")
		for n := 0; n < 200<<20; n += 512 * len(line) {
			_, err := f.Write(bytes.Repeat(line, 512))
			ts.Check(err)
		}
		_, err = f.WriteString("\r\nEND:VCARD\r\n" + card("FN:After"))
		ts.Check(err)
		return
	default:
		ts.Fatalf("no such address book: %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o600))
}

// bounded MB ARGS... runs kith, expects that it succeeds, and that it never held more memory.
func bounded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: bounded MB ARGS...")
	}
	most, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	self, err := os.Executable()
	ts.Check(err)
	cmd := exec.Command(self, args[1:]...) //nolint:noctx // it ends by itself
	cmd.Args[0] = "kith"
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"KITH_DATA", "KITH_DATABASE", "HOME", "TZ", "LANG", "PATH", "TMPDIR"} {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	told := ts.MkAbs("held")
	cmd.Env = append(cmd.Env, heldEnv+"="+told)
	out, err := cmd.CombinedOutput()
	if err != nil {
		ts.Fatalf("%v:\n%s", err, out)
	}
	_, err = ts.Stdout().Write(out)
	ts.Check(err)
	if runtime.GOOS != "linux" {
		return
	}
	status, err := os.ReadFile(told)
	ts.Check(err)
	found := heldLine.FindSubmatch(status)
	if found == nil {
		ts.Fatalf("it told no VmHWM: %s", status)
	}
	kB, err := strconv.ParseInt(string(found[1]), 10, 64)
	ts.Check(err)
	if held := kB >> 10; held > most {
		ts.Fatalf("it held %d MB", held)
	}
	ts.Logf("it held %d MB", kB>>10)
}
