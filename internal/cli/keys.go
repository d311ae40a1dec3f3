package cli

import (
	"context"

	"kith/internal/db"
)

type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Seal with a fresh key from now on; what was sealed before still opens."`
	Lost   keysLostCmd   `cmd:"" help:"Go on without a key that is lost for good. What it sealed reads \u2026 until the key is put back."`
}

type keysLostCmd struct {
	ID         string `arg:"" help:"The key's id, as the refusal of serve names it."`
	storeFlags `embed:""`
}

// Run says in the key file that a key is gone.
func (c *keysLostCmd) Run(_ context.Context, a *app) error {
	s, err := c.store(a)
	if err != nil {
		return err
	}
	if err := db.GiveUpKey(s.keys(), c.ID); err != nil {
		return err
	}
	a.screen.line("Kith goes on without the key " + c.ID + ". Should you find it, put its line back into " + s.keys() + " in place of the one that says it is lost.")
	return nil
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
