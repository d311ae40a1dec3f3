package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"

	"kith/internal/client"
	"kith/internal/db"
	"kith/internal/fault"
)

// A command reaches Kith in one of three ways:
//
//  1. KITH_URL and KITH_TOKEN: a server somewhere, over HTTP.
//  2. The data folder is held by a running server: its socket in the folder.
//  3. Nobody holds the folder: this process takes the lock, opens the house and calls its handler. A PostgreSQL database is
//     always opened in process, since it has no one holder.

// open finds the way and returns the client together with what must be closed after it.
func (f personFlags) open(ctx context.Context, a *app) (*client.Client, func() error, error) {
	if f.URL != "" && !a.named("data") && !a.named("database") {
		if f.Token == "" {
			return nil, nil, usagef("KITH_URL is set and KITH_TOKEN is not: put a token made with \"kith token new\" there")
		}
		c, err := client.Remote(f.URL, f.Token)
		if err != nil {
			return nil, nil, &usageError{err.Error()}
		}
		return c, func() error { return nil }, nil
	}
	s, err := f.store(a)
	if err != nil {
		return nil, nil, err
	}
	if _, err := localSocket(s.folder); err != nil && !s.exists() { // do not make a folder only to say that it is empty
		return nil, nil, fault.Conflict("no_account", "", "There is no account yet in %s. Make one with: kith user add, or in the browser with: kith serve", s.folder)
	}
	return openStore(ctx, a, s, f.User)
}

// openStore is open for what only the owner of the data may do.
func openStore(ctx context.Context, a *app, s store, user string) (*client.Client, func() error, error) {
	var lock *db.Lock
	if s.locked {
		var err error
		lock, err = db.LockFolder(s.folder)
		if errors.Is(err, db.ErrLocked) {
			return openSocket(ctx, s, user)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	unlock := func() error {
		if lock == nil {
			return nil
		}
		return lock.Unlock()
	}
	log := quietLog()
	h, err := build(ctx, plan{store: s, log: log, now: a.now, conns: 2, allow: strings.Split(a.getenv(allowEnv), ",")})
	if err != nil {
		return nil, nil, errors.Join(err, unlock())
	}
	c := client.Local(h.local(log), user)
	return c, func() error { c.Wait(); return errors.Join(h.close(), unlock()) }, nil
}

// openSocket reaches the server that holds the folder. It may be starting or stopping just now, or be another command
// that will be done in an instant: the socket is tried for a while.
func openSocket(ctx context.Context, s store, user string) (*client.Client, func() error, error) {
	err := patiently(ctx, func() error {
		path, err := localSocket(s.folder)
		if err != nil {
			return err
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
		if err != nil {
			return err
		}
		return conn.Close()
	})
	if err != nil {
		return nil, nil, fmt.Errorf("another Kith holds %s and does not answer on its socket; if it hangs, stop it and try again: %w", s.folder, err)
	}
	path, err := localSocket(s.folder)
	if err != nil {
		return nil, nil, err
	}
	return client.Socket(path, user), func() error { return nil }, nil
}

// with runs f with the way to Kith and closes it.
func (f personFlags) with(ctx context.Context, a *app, do func(c *client.Client) error) error {
	c, done, err := f.open(ctx, a)
	if err != nil {
		return err
	}
	return errors.Join(do(c), done())
}

// with runs f as the operator of the data folder.
func (f storeFlags) with(ctx context.Context, a *app, do func(c *client.Client) error) error {
	s, err := f.store(a)
	if err != nil {
		return err
	}
	c, done, err := openStore(ctx, a, s, "")
	if err != nil {
		return err
	}
	return errors.Join(do(c), done())
}

// printJSON prints v as a program reads it.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
