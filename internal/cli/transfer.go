package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"kith/internal/client"
)

type exportCmd struct {
	File string `arg:"" help:"Where to write the archive; - is standard output."`

	personFlags `embed:""`
}

// Run writes the archive. A file appears whole or not at all.
func (c *exportCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		if c.File == "-" {
			return k.Export(ctx, a.out)
		}
		f, err := os.CreateTemp(filepath.Dir(c.File), ".kith-export-*")
		if err != nil {
			return fmt.Errorf("the archive cannot be written there: %w", err)
		}
		defer func() { _ = os.Remove(f.Name()) }()
		if err := errors.Join(k.Export(ctx, f), f.Sync(), f.Close()); err != nil {
			return err
		}
		if err := os.Rename(f.Name(), c.File); err != nil {
			return fmt.Errorf("the archive cannot be written there: %w", err)
		}
		fmt.Fprintf(a.err, "Everything is in %s.\n", c.File)
		return nil
	})
}

type importCmd struct {
	File   string `arg:"" help:"An archive that kith export wrote; - is standard input."`
	DryRun bool   `help:"Only count what would be new."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run reads an archive back in.
func (c *importCmd) Run(ctx context.Context, a *app) error {
	var (
		r    io.ReadSeeker
		size int64
	)
	if c.File == "-" {
		b, err := io.ReadAll(a.in)
		if err != nil {
			return fmt.Errorf("read the archive: %w", err)
		}
		r, size = bytes.NewReader(b), int64(len(b))
	} else {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("the archive cannot be read: %w", err)
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil {
			return fmt.Errorf("the archive cannot be read: %w", err)
		}
		if info.IsDir() {
			return fmt.Errorf("%s is a folder; an archive is one file", c.File)
		}
		r, size = f, info.Size()
	}
	return c.with(ctx, a, func(k *client.Client) error {
		done, err := k.Import(ctx, r, size, c.DryRun)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(done)
		}
		verb := "new"
		if c.DryRun {
			verb = "would be new"
		}
		for _, noun := range slices.Sorted(maps.Keys(done.Counts)) {
			a.screen.printf("%-16s %d %s\n", noun, done.Counts[noun], verb)
		}
		if c.DryRun {
			a.screen.line("Nothing was kept.")
		}
		return nil
	})
}
