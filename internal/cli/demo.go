package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/db"
	"kith/internal/demo"
	"kith/internal/fault"
	"kith/internal/zone"
)

// demoCmd has no twins in the environment: what is set there is meant for one's own Kith.
type demoCmd struct {
	Addr string `default:"${addr}" placeholder:"HOST:PORT" help:"Loopback address to listen on (${default}, or a free port when that is taken)."`
	Data string `placeholder:"DIR" help:"Keep the demo in this folder and go on with it the next time; without it, nothing is left."`
	Lang string `enum:"en,de" placeholder:"LANG" help:"Language it is told in: en or de (default: this terminal's)."`
	Seed int    `default:"1" placeholder:"N" help:"Which of the many lives (${default})."`
}

// demoMark is a file that says that a folder holds a demo and nobody's life.
const demoMark = "demo"

// Run serves a made-up year until it is told to stop. Whoever opens it on this machine is signed in.
func (c *demoCmd) Run(ctx context.Context, a *app) (err error) {
	if !loopback(c.Addr) {
		return usagef("--addr must be a loopback HOST:PORT, such as %s: whoever opens the demo is signed in", defaultAddr)
	}
	folder, done, err := c.folder(a.now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	server := serveCmd{serveFlags{
		storeFlags: storeFlags{Data: folder}, Addr: c.Addr, Role: "all", LogFormat: "text", LogLevel: "warn",
	}}
	return server.run(ctx, a, variation{
		listen: func(ctx context.Context, flag, addr string) (net.Listener, error) {
			l, err := listen(ctx, flag, addr)
			if err != nil && !a.named("addr") {
				return listen(ctx, flag, "127.0.0.1:0")
			}
			return l, err
		},
		furnish: func(ctx context.Context, h *house) error { return c.furnish(ctx, a, h) },
		greet: func(addr net.Addr) {
			fmt.Fprintf(a.out, "Kith is at http://%s\n", besides(addr))
			fmt.Fprintln(a.out, "A made-up year, and you are signed in. It is for this machine alone.")
			if c.Data == "" {
				fmt.Fprintln(a.out, "It is gone when you stop it (Ctrl-C); --data DIR would keep it.")
			}
		},
	})
}

// loopback reports whether only this machine can reach an address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && loopbackHost(host)
}

func loopbackHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// besides names the machine in a way in which serve does not. Browsers keep cookies by name and not by port: signing in
// to a demo must not sign anybody out of their own Kith.
func besides(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil || host != "127.0.0.1" {
		return addr.String()
	}
	return net.JoinHostPort("localhost", port)
}

// folder is where the demo is kept, and what must be done with it in the end.
func (c *demoCmd) folder(now time.Time) (string, func() error, error) {
	if c.Data == "" {
		sweep(now)
		dir, err := os.MkdirTemp("", demoPrefix)
		return dir, func() error { return os.RemoveAll(dir) }, err
	}
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return "", nil, err
	}
	mark := filepath.Join(dir, demoMark)
	if _, err := os.Stat(mark); err == nil {
		return dir, func() error { return nil }, nil
	}
	for _, name := range []string{"kith.db", "keys"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return "", nil, fmt.Errorf("%s holds a Kith that is not a demo: name another folder with --data", dir)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, unusable(dir, err)
	}
	if err := os.WriteFile(mark, []byte("This folder holds a demo of Kith: a made-up life. It can be deleted.\n"), 0o600); err != nil {
		return "", nil, unusable(dir, err)
	}
	return dir, func() error { return nil }, nil
}

const demoPrefix = "kith-demo-"

// sweep removes what demos left that were killed: folders that nobody holds, not made just now.
func sweep(now time.Time) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), demoPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range left {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || now.Sub(info.ModTime()) < time.Minute {
			continue
		}
		lock, err := db.LockFolder(dir)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(dir)
		_ = lock.Unlock()
	}
}

// furnish tells the story and opens the door to it.
func (c *demoCmd) furnish(ctx context.Context, a *app, h *house) error {
	lang := c.Lang
	if lang == "" {
		if lang = terminalLocale(a.getenv); lang != "de" {
			lang = "en"
		}
	}
	here := localZone(a.getenv)
	if _, err := zone.Load(here); err != nil {
		here = "UTC"
	}
	who, err := demo.Fill(ctx, h.db, h.demo, demo.Options{Seed: c.Seed, Lang: lang, Zone: here, Now: a.now()})
	if err != nil {
		return err
	}
	h.web = welcome(h, who, h.web)
	return nil
}

// welcome signs in whoever opens a page without being so. The name the page was opened by must be this machine's own, so
// that no other site can have itself shown as this one.
func welcome(h *house, who account.ID, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		page := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
		if page && loopbackHost(strings.Trim(host, "[]")) {
			if _, err := h.auth.FromRequest(r.Context(), r); fault.Is(err, fault.KindUnknown) {
				if _, secret, err := h.auth.Begin(r.Context(), who, ""); err == nil {
					auth.SetCookie(w, r, secret)
					r = auth.WithSession(r, secret)
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}
