package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"kith/internal/db"
	"kith/internal/httpd"
)

type serveCmd struct {
	serveFlags `embed:""`
}

// shutdownFor is how long requests and jobs under way may take when the server is told to stop.
const shutdownFor = 10 * time.Second

// Run serves until it is told to stop. The sockets are opened before the database, so that what comes early waits
// instead of being refused, and so that a taken port is said before anything was touched.
func (c *serveCmd) Run(ctx context.Context, a *app) error { return c.run(ctx, a, variation{}) }

// variation is what a demo does otherwise. Nil is as serve does it.
type variation struct {
	listen  func(ctx context.Context, flag, address string) (net.Listener, error)
	furnish func(ctx context.Context, h *house) error // when the house is built, before anybody enters
	greet   func(addr net.Addr)
}

func (c *serveCmd) run(ctx context.Context, a *app, v variation) (err error) {
	s, err := c.store(a)
	if err != nil {
		return err
	}
	if err := c.check(s); err != nil {
		return err
	}
	log := newLog(a.err, c.LogFormat, c.LogLevel)

	if s.locked {
		lock, err := db.LockFolder(s.folder)
		if err != nil {
			return busy(s.folder, err)
		}
		defer func() { err = errors.Join(err, lock.Unlock()) }()
	}
	if v.listen == nil {
		v.listen = listen
	}
	listener, err := v.listen(ctx, "addr", c.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	server, err := c.mail()
	if err != nil {
		return err
	}
	h, err := build(ctx, plan{store: s, log: log, now: a.now, pages: c.Role != "worker", allow: c.AllowOut, mail: server, base: c.PublicURL})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if v.furnish != nil {
		if err := v.furnish(ctx, h); err != nil {
			return err
		}
	}

	n := &node{log: log}
	trusted, err := c.proxies()
	if err != nil {
		return err
	}
	meter := newMeter()
	public := h.public(log, trusted)
	if c.Role == "worker" {
		public = h.probes()
	}
	if c.certified() {
		if listener, err = c.certify(ctx, n, s, listener); err != nil {
			return err
		}
	}
	n.serve(ctx, listener, meter.count(public))
	if s.locked {
		local, remove, err := listenLocal(s.folder)
		if err != nil {
			return err
		}
		defer remove()
		n.serve(ctx, local, h.local(log))
	}
	if c.AdminAddr != "" {
		admin, err := listen(ctx, "admin-addr", c.AdminAddr)
		if err != nil {
			return err
		}
		n.serve(ctx, admin, meter.handler())
	}
	if v.greet != nil {
		v.greet(listener.Addr())
	} else if err := c.greet(ctx, a.out, h, listener.Addr()); err != nil {
		return err
	}
	if c.Role != "web" {
		n.run(ctx, "jobs", h.jobs.Run)
	}
	n.run(ctx, "live", h.hub.Run)
	// Not at once: the first page is being asked for just now.
	saving := time.AfterFunc(2*time.Second, func() { saveMemory(a.getenv) })
	defer saving.Stop()
	return n.wait(ctx)
}

// certify puts https on the listener, and leads plain HTTP there. Where port 80 cannot be had, there is https all the same.
func (c *serveCmd) certify(ctx context.Context, n *node, s store, l net.Listener) (net.Listener, error) {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return nil, err
	}
	certificates, err := httpd.NewCertificates(httpd.CertificateOptions{Host: u.Hostname(), Folder: s.certificates(), Directory: c.ACME, Log: n.log})
	if err != nil {
		return nil, err
	}
	if plain, err := listen(ctx, "plain-addr", c.PlainAddr); err != nil {
		n.log.Warn("plain HTTP is not led to https", "why", err)
	} else {
		n.serve(ctx, plain, certificates.Plain(c.PublicURL))
	}
	go certificates.Obtain() // not waited for: stopping takes no longer for an authority that is slow
	return tls.NewListener(l, certificates.TLS()), nil
}

// greet says where Kith is and, while nobody has an account, how to make the first one.
func (c *serveCmd) greet(ctx context.Context, out io.Writer, h *house, addr net.Addr) error {
	base := c.PublicURL
	if base == "" {
		base = "http://" + reachable(addr)
	}
	fmt.Fprintf(out, "Kith is at %s\n", base)
	if c.Role == "worker" {
		return nil
	}
	secret, needed, err := h.auth.SetupLink(ctx)
	if err != nil {
		return err
	}
	if needed {
		fmt.Fprintf(out, "Set it up here (works once): %s/setup/%s\n", base, secret)
		if c.open(addr) {
			fmt.Fprint(out, openWords)
		}
	}
	return nil
}

// open says whether people come by plain HTTP from other machines.
func (c *serveCmd) open(addr net.Addr) bool {
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		return u.Scheme == "http" && !loopbackHost(u.Hostname())
	}
	return !loopback(addr.String())
}

const openWords = `
Other devices reach this by plain HTTP, for which their browsers allow no installing, no pages without a network, no
passkeys and no push; and whoever shares the network can read along. Three ways to change that:
  1. a name for this machine, and ports 443 and 80 open to it; Kith gets the certificate:
     kith serve --addr :443 --public-url https://kith.example.org
  2. a proxy in front that has a certificate, such as Caddy or Tailscale:
     kith serve --public-url https://kith.example.org --trusted-proxy 127.0.0.1
  3. this machine alone, from elsewhere by ssh -L 5484:localhost:5484, as http://localhost:5484:
     kith serve
`

// reachable is an address a browser on this machine can open: an unspecified one becomes localhost.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// listen opens a TCP address, or says in words why it cannot, and which flag names another.
func listen(ctx context.Context, flag, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is taken by another program: stop it, or choose another with --%s 127.0.0.1:PORT", address, flag)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s: ports below 1024 are reserved. Allow them (setcap cap_net_bind_service=+ep kith), or choose another with --%s", address, flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("this machine has no address %s: choose one it has with --%s", address, flag)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return l, nil
}

// busy explains a folder that another process holds.
func busy(folder string, err error) error {
	if errors.Is(err, db.ErrLocked) {
		return fmt.Errorf("another Kith already runs on %s: stop it first, or name another folder with --data", folder)
	}
	return err
}

func unusable(folder string, err error) error {
	return fmt.Errorf("the data folder %s cannot be used: name another with --data: %w", folder, err)
}

// node is what runs side by side in a server. The first part that fails stops the others.
type node struct {
	log     *slog.Logger
	servers []*http.Server
	running sync.WaitGroup // jobs and hub
	once    sync.Once
	stop    chan struct{}
	failed  error
	init    sync.Once
}

func (n *node) stopped() chan struct{} {
	n.init.Do(func() { n.stop = make(chan struct{}) })
	return n.stop
}

func (n *node) fail(err error) {
	stop := n.stopped()
	n.once.Do(func() { n.failed = err; close(stop) })
}

// serve answers requests on l. Reading a request's head is bounded; what follows is bounded by the handlers, since a
// page that waits for events stays open.
func (n *node) serve(_ context.Context, l net.Listener, h http.Handler) {
	n.stopped()
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
	}
	n.servers = append(n.servers, s)
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			n.fail(fmt.Errorf("serve: %w", err))
		}
	}()
}

// run keeps a part going until ctx ends.
func (n *node) run(ctx context.Context, name string, f func(context.Context) error) {
	n.running.Go(func() {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			n.fail(fmt.Errorf("%s: %w", name, err))
		}
	})
}

// wait returns when ctx ended or a part failed, after everything was shut down in order: no new requests, those under
// way finish, jobs finish.
func (n *node) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-n.stopped():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownFor)
	defer cancel()
	var closed sync.WaitGroup
	for _, s := range n.servers {
		closed.Go(func() {
			if s.Shutdown(closing) != nil {
				_ = s.Close()
			}
		})
	}
	closed.Wait()
	select {
	case <-n.stopped():
		return n.failed // its siblings may not know that they should end; the process does
	default:
	}
	n.running.Wait()
	return nil
}

// Memory is spent to start quickly and saved afterwards: nothing is collected while a command starts, which for most is
// all of its life. GOGC and GOMEMLIMIT in the environment win over both.
const (
	startLimit = 96 << 20 // bytes at which a command collects after all
	serveLimit = 48 << 20 // bytes from which a server tries harder
	serveGC    = 100
)

func spendMemory(getenv func(string) string) {
	if getenv("GOGC") == "" && getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(startLimit)
	}
}

func saveMemory(getenv func(string) string) {
	if getenv("GOGC") == "" && getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(serveGC)
		debug.SetMemoryLimit(serveLimit)
	}
	debug.FreeOSMemory() // what starting up needed
}

func newLog(w io.Writer, format, level string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// probes is all that a worker answers.
func (h *house) probes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.healthz)
	mux.HandleFunc("GET /readyz", h.readyz)
	return httpd.Wrap(mux, httpd.Options{})
}

// quietLog is what commands log to: what goes wrong in them is printed, not logged.
func quietLog() *slog.Logger {
	if os.Getenv("KITH_DEBUG") != "" {
		return newLog(os.Stderr, "text", "debug") //nolint:forbidigo // asked for by whoever looks for a fault
	}
	return slog.New(slog.DiscardHandler)
}
