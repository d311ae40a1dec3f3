package cli

import (
	"context"

	"kith/internal/db"
)

type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Seal with a fresh key from now on; what was sealed before still opens."`
}

type keysRotateCmd struct {
	storeFlags `embed:""`
}

// Run puts a fresh key in front. A server that runs keeps sealing with the one it read until it is started again.
func (c *keysRotateCmd) Run(_ context.Context, a *app) error {
	s, err := c.store(a)
	if err != nil {
		return err
	}
	if _, err := db.RotateKeys(s.keys()); err != nil {
		return err
	}
	a.screen.line("A fresh key is in use. Start a running server again, and keep a copy of " + s.keys() + " apart from the database.")
	return nil
}
