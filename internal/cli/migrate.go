package cli

import (
	"context"
	"errors"

	"kith/internal/db"
)

type migrateCmd struct {
	Reindex bool `help:"Build the search index anew, too."`

	storeFlags `embed:""`
}

// Run brings the schema up to date. Serving does so too; on many nodes it is done once, before they start.
func (c *migrateCmd) Run(ctx context.Context, a *app) (err error) {
	s, err := c.store(a)
	if err != nil {
		return err
	}
	if s.locked {
		lock, err := db.LockFolder(s.folder)
		if err != nil {
			return busy(s.folder, err)
		}
		defer func() { err = errors.Join(err, lock.Unlock()) }()
	}
	h, err := build(ctx, plan{store: s, log: quietLog(), now: a.now, conns: 2})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	v, err := h.db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	a.screen.printf("The schema is up to date (%d).\n", v)
	if c.Reindex {
		n, err := h.moments.Reindex(ctx)
		if err != nil {
			return err
		}
		a.screen.printf("The search index was built anew (%d moments).\n", n)
	}
	return nil
}
