// Command bench measures Kith beside its floors, all in one run on one machine: the ratios are worth more than the figures.
//
// Every server is a process of its own, answering over HTTP on loopback. The floors are an empty handler; a handler that
// decodes the request and makes one insert with the full-text index through the same group commit, without any product;
// and, without HTTP, the driver alone with one commit a row. SQLite syncs every commit in all of them.
//
//	go run ./bench [-seconds 5] [-moments 100000] [-kith BINARY]
//
// It is no test and asserts nothing.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	floor := flag.String("floor", "", "serve a floor instead of measuring: empty or insert")
	addr := flag.String("addr", "", "address of the floor")
	data := flag.String("data", "", "folder of the floor")
	seconds := flag.Float64("seconds", 5, "how long each load runs")
	moments := flag.Int("moments", 100_000, "moments of one user before reads are measured")
	binary := flag.String("kith", "", "the program to measure; built when not given")
	flag.Parse()
	ctx := context.Background()
	var err error
	if *floor != "" {
		err = serveFloor(ctx, *floor, *addr, *data)
	} else {
		err = measure(ctx, time.Duration(*seconds*float64(time.Second)), *moments, *binary)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, d time.Duration, moments int, binary string) error {
	dir, err := os.MkdirTemp("", "kith-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if binary == "" {
		binary = filepath.Join(dir, "kith")
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".") //nolint:gosec // the path is ours
		build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build kith: %w", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	rate, err := rawDriver(ctx, filepath.Join(dir, "raw.db"), d)
	if err != nil {
		return err
	}
	fmt.Printf("%-34s %9.0f/s\n", "driver, one commit a row", rate)

	for _, floor := range []string{"empty", "insert"} {
		s, err := start(ctx, self, "-floor", floor, "-data", filepath.Join(dir, floor))
		if err != nil {
			return err
		}
		writes(ctx, floor, s, "", d)
		s.stop()
	}

	folder := filepath.Join(dir, "data")
	token, err := account(ctx, binary, folder)
	if err != nil {
		return err
	}
	began := time.Now()
	k, err := start(ctx, binary, "serve", "--log-level", "error", "--data", folder)
	if err != nil {
		return err
	}
	defer k.stop()
	fmt.Printf("%-34s %9.0f ms\n%-34s %9.1f MiB\n", "kith: start", ms(time.Since(began)), "kith: RSS at rest", k.rss())
	writes(ctx, "kith", k, token, d)
	fmt.Printf("%-34s %9.1f MiB\n", "kith: RSS after writes", k.rss())
	return reads(ctx, k, token, d, moments)
}

// writes runs the closed loops and the open one.
func writes(ctx context.Context, name string, s *server, token string, d time.Duration) {
	for _, clients := range []int{1, 16, 64} {
		r := closed(ctx, clients, d, func(i int) *http.Request { return s.post(ctx, token, time.Now(), i) })
		r.print(fmt.Sprintf("%s: log, %d clients", name, clients))
	}
	open(ctx, 500, d, func(i int) *http.Request { return s.post(ctx, token, time.Now(), i) }).print(name + ": log, 500/s offered")
}

// reads fills the account, at first in order of time, and looks into it.
func reads(ctx context.Context, k *server, token string, d time.Duration, moments int) error {
	first := time.Now().AddDate(-5, 0, 0)
	step := time.Since(first) / time.Duration(moments+1)
	at := func(i int) time.Time { return first.Add(time.Duration(i) * step) }
	fill := count(ctx, 64, moments, func(i int) *http.Request { return k.post(ctx, token, at(i), i) })
	fill.print(fmt.Sprintf("kith: log %d in order", moments))
	mixed := moments / 20
	order := rand.New(rand.NewPCG(1, 2)).Perm(mixed) //nolint:gosec // the same order every time
	count(ctx, 64, mixed, func(i int) *http.Request {
		return k.post(ctx, token, at(order[i%mixed]*20).Add(time.Second), i)
	}).print(fmt.Sprintf("kith: log %d out of order", mixed))
	for _, q := range []struct{ name, path string }{
		{"newest 50", "/api/v1/moments?limit=50"},
		{"search, a common word", "/api/v1/moments?limit=50&q=coffee"},
		{"search, a rare word", "/api/v1/moments?limit=50&q=rare500"},
		{"search, no match", "/api/v1/moments?limit=50&q=xylophone"},
		{"today", "/api/v1/today"},
	} {
		get := func(int) *http.Request { return k.get(ctx, token, q.path) }
		if n, err := k.items(get(0)); err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		} else if n >= 0 {
			fmt.Printf("%-34s %9d rows\n", "kith: "+q.name, n)
		}
		for _, clients := range []int{1, 16} {
			closed(ctx, clients, d, get).print(fmt.Sprintf("kith: %s, %d clients", q.name, clients))
		}
	}
	fmt.Printf("%-34s %9.1f MiB\n", "kith: RSS after reads", k.rss())
	return nil
}

// server is a process that answers HTTP.
type server struct {
	base string
	cmd  *exec.Cmd
}

func start(ctx context.Context, binary string, args ...string) (*server, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, append(args, "-"+dash(args)+"addr", addr)...) //nolint:gosec // ours
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{"http://" + addr, cmd}
	for range 3000 {
		if res, err := http.DefaultClient.Do(s.get(ctx, "", "/readyz")); err == nil {
			_ = res.Body.Close()
			return s, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s does not answer", binary)
}

// dash spells a flag as the program at hand does: the floors take one dash, Kith two.
func dash(args []string) string {
	if args[0] == "serve" {
		return "-"
	}
	return ""
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// rss is what the process keeps in memory, in MiB; Linux only, 0 elsewhere.
func (s *server) rss() float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

func (s *server) get(ctx context.Context, token, path string) *http.Request {
	return request(ctx, http.MethodGet, s.base+path, token, nil)
}

// post is one moment: every line has a common word, one in a thousand a rare one.
func (s *server) post(ctx context.Context, token string, at time.Time, i int) *http.Request {
	line := fmt.Sprintf("coffee with a neighbour, we laughed about the weather %d #home", i)
	if i%1000 == 0 {
		line += " rare" + strconv.Itoa(i/1000*500)
	}
	body, _ := json.Marshal(map[string]string{"text": line, "captured_at": at.UTC().Format(time.RFC3339Nano)})
	return request(ctx, http.MethodPost, s.base+"/api/v1/moments", token, body)
}

func request(ctx context.Context, method, url, token string, body []byte) *http.Request {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		panic(err) // the address is ours
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// items counts the rows of a list; -1 when the answer is none.
func (s *server) items(r *http.Request) (int, error) {
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d", res.StatusCode)
	}
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		return 0, err
	}
	if list.Items == nil {
		return -1, nil
	}
	return len(list.Items), nil
}

// account makes one account with a token.
func account(ctx context.Context, binary, folder string) (string, error) {
	add := exec.CommandContext(ctx, binary, "user", "add", "--email", "ida@example.org", "--zone", "Europe/Berlin", "--password-stdin", "--data", folder) //nolint:gosec // ours
	add.Stdin, add.Stderr = strings.NewReader("a long enough password for bench\n"), os.Stderr
	if err := add.Run(); err != nil {
		return "", fmt.Errorf("user add: %w", err)
	}
	out, err := exec.CommandContext(ctx, binary, "token", "new", "--user", "ida@example.org", "--data", folder).Output() //nolint:gosec // ours
	return strings.TrimSpace(string(out)), err
}
