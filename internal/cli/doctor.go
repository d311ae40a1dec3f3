package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"kith/internal/client"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/moment"
)

type doctorCmd struct {
	jsonFlag   `embed:""`
	storeFlags `embed:""`
}

// finding is one thing that was looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
	Do   string `json:"do,omitempty"` // what to do about it
}

type report struct {
	Findings []finding `json:"findings"`
}

func (r *report) add(what string, err error, says, do string) {
	f := finding{What: what, OK: err == nil, Says: says}
	if err != nil {
		f.Says, f.Do = err.Error(), do
	}
	r.Findings = append(r.Findings, f)
}

func (r *report) healthy() bool {
	for _, f := range r.Findings {
		if !f.OK {
			return false
		}
	}
	return true
}

// Run looks at everything and repairs nothing.
func (c *doctorCmd) Run(ctx context.Context, a *app) error {
	s, err := c.store(a)
	if err != nil {
		return err
	}
	r := c.look(ctx, a, s)
	if c.JSON {
		err = a.printJSON(r)
	} else {
		for _, f := range r.Findings {
			mark := "ok  "
			if !f.OK {
				mark = tint(160, "FAIL")
			}
			a.screen.line(mark, " ", fmt.Sprintf("%-14s", f.What), " ", f.Says)
			if f.Do != "" {
				a.screen.paragraph(20, f.Do)
			}
		}
	}
	if err == nil && !r.healthy() {
		err = errors.New("something needs you, see above")
	}
	return err
}

func (c *doctorCmd) look(ctx context.Context, a *app, s store) report {
	var r report
	if err := writable(s.folder); err != nil {
		r.add("data folder", err, "", "Give the folder to the user who runs Kith, or name another with --data.")
		return r
	}
	r.add("data folder", nil, s.folder+" can be written", "")
	if !s.exists() {
		r.add("database", errors.New("there is none yet"), "", "Start Kith once: kith serve")
		return r
	}
	switch _, err := os.Stat(s.keys()); {
	case errors.Is(err, fs.ErrNotExist):
		r.add("key file", errors.New("there is none"), "", "Restore "+s.keys()+" from your backup. If nothing was ever sealed, the next start makes a new one.")
	default:
		_, err := db.LoadKeys(s.keys())
		r.add("key file", err, "can be read", "Restore it from your backup.")
	}
	if s.locked {
		lock, err := db.LockFolder(s.folder)
		if errors.Is(err, db.ErrLocked) {
			r.add("lock", nil, "a Kith runs on this folder", "")
			var inside report
			err := c.with(ctx, a, func(k *client.Client) error { return operate(ctx, k, "doctor", nothing{}, &inside) })
			if err != nil {
				r.add("server", err, "", "Stop it and look again.")
			}
			r.Findings = append(r.Findings, inside.Findings...)
			return r
		}
		if err != nil {
			r.add("lock", err, "", "Give the folder to the user who runs Kith.")
			return r
		}
		defer func() { _ = lock.Unlock() }()
		r.add("lock", nil, "no Kith runs on this folder", "")
	}
	d, err := db.Open(ctx, s.database, db.Options{MaxConns: 2})
	if err != nil {
		r.add("database", err, "", "")
		return r
	}
	inside := examine(ctx, d)
	_ = d.Close()
	r.Findings = append(r.Findings, inside.Findings...)
	if !inside.healthy() {
		return r
	}
	h, err := build(ctx, plan{store: s, log: quietLog(), now: a.now, conns: 2})
	if err != nil {
		r.add("services", err, "", "")
		return r
	}
	defer func() { _ = h.close() }()
	h.examine(ctx, &r)
	return r
}

// examine looks at what only the services can judge.
func (h *house) examine(ctx context.Context, r *report) {
	r.add("search", h.searchAgrees(ctx), "finds what was logged last", "Build the index anew: kith migrate --reindex")
	failed, err := h.jobs.Failed(ctx, 100)
	switch {
	case err != nil:
		r.add("jobs", err, "", "Look at the log of the server.")
	case len(failed) > 0:
		err = fmt.Errorf("%d were given up this week, the last one a %s: %s", len(failed), failed[0].Kind, failed[0].Reason)
		r.add("jobs", err, "", "Look at the log of the server for that time.")
	default:
		r.add("jobs", nil, "none was given up", "")
	}
}

// searchAgrees looks in every account whether the moment logged last is found by its own words.
func (h *house) searchAgrees(ctx context.Context) error {
	users, err := h.accounts.List(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		m, err := h.moments.Last(ctx, u.ID)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		words := fold.Tokens(m.Text)
		if len(words) == 0 {
			continue
		}
		page, err := h.moments.List(ctx, u.ID, moment.Filter{Query: words[0], From: m.Day, To: m.Day}, moment.MaxLimit, "")
		if err != nil {
			return err
		}
		if len(page.Items) < moment.MaxLimit && !slices.ContainsFunc(page.Items, func(f moment.Moment) bool { return f.ID == m.ID }) {
			return errors.New("the index does not hold everything that is kept")
		}
	}
	return nil
}

// examine looks at an open database.
func examine(ctx context.Context, d *db.DB) report {
	var r report
	have, want, err := d.Versions(ctx)
	switch {
	case err != nil:
		r.add("schema", err, "", "Restore a backup, or name another database.")
	case have > want:
		r.add("schema", fmt.Errorf("it was written by a newer Kith (%d, this one knows %d)", have, want), "", "Install that version or a later one.")
	case have < want:
		r.add("schema", fmt.Errorf("it is older (%d) than this Kith (%d)", have, want), "", "Bring it up to date: kith migrate")
	default:
		r.add("schema", nil, fmt.Sprintf("up to date (%d)", have), "")
	}
	err = d.CheckIntegrity(ctx)
	r.add("integrity", err, "no damage", "Stop Kith and restore a backup; keep the damaged file for rescue.")
	return r
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
