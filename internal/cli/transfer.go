package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

type exportCmd struct {
	File   string `arg:"" help:"Where to write the archive; - is standard output. A name that ends in .vcf gets the people alone, as vCards for other programs."`
	Format string `enum:",kith,vcard,vcard3" placeholder:"F" help:"What to write: kith (an archive), vcard (4.0) or vcard3 (for older programs)."`

	personFlags `embed:""`
}

// Run writes the archive. A file appears whole or not at all.
func (c *exportCmd) Run(ctx context.Context, a *app) error {
	saveMemory(a.getenv)
	format := c.Format
	if format == "" && strings.EqualFold(filepath.Ext(c.File), ".vcf") {
		format = "vcard"
	}
	return c.with(ctx, a, func(k *client.Client) error {
		id := uuid.Must(uuid.NewV7()).String()
		if c.File == "-" {
			return k.Export(ctx, a.out, format, id)
		}
		f, err := os.CreateTemp(filepath.Dir(c.File), ".kith-export-*")
		if err != nil {
			return fmt.Errorf("the archive cannot be written there: %w", err)
		}
		defer func() { _ = os.Remove(f.Name()) }()
		stop := a.tell(ctx, transferFar(k, id, "written"))
		err = k.Export(ctx, f, format, id)
		stop()
		if err = errors.Join(err, f.Sync(), f.Close()); errors.Is(err, context.Canceled) {
			return &stoppedError{"stopped; nothing was written"}
		}
		if err != nil {
			return err
		}
		if err := os.Rename(f.Name(), c.File); err != nil {
			return fmt.Errorf("the archive cannot be written there: %w", err)
		}
		if format == "vcard" || format == "vcard3" {
			fmt.Fprintf(a.err, "Your people are in %s.\n", c.File)
			return nil
		}
		fmt.Fprintf(a.err, "Everything is in %s.\n", c.File)
		return nil
	})
}

type importCmd struct {
	File   string `arg:"" help:"An archive that kith export wrote, or an address book; - is standard input. undo takes an address book back."`
	ID     string `arg:"" optional:"" help:"With undo: which import, if not the last one that brought somebody."`
	Format string `enum:",kith,vcard,google,outlook,csv" placeholder:"F" help:"What the file must be: kith, vcard, google, outlook or csv. Left out, Kith finds out."`
	DryRun bool   `help:"Only count what would be new."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run reads a file, or takes one back.
func (c *importCmd) Run(ctx context.Context, a *app) error {
	saveMemory(a.getenv) // a large file must not make a large process
	if c.File == "undo" {
		return c.with(ctx, a, func(k *client.Client) error { return c.undo(ctx, a, k) })
	}
	if c.ID != "" {
		return usagef("import takes one file")
	}
	r, size, name, zipped := a.in, int64(-1), "", false
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("the file cannot be read: %w", err)
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil {
			return fmt.Errorf("the file cannot be read: %w", err)
		}
		if info.IsDir() {
			return fmt.Errorf("%s is a folder; import takes one file", c.File)
		}
		r, size, name = f, info.Size(), filepath.Base(c.File)
		first := make([]byte, 2)
		_, err = f.ReadAt(first, 0)
		zipped = err == nil && string(first) == "PK"
		if !info.Mode().IsRegular() {
			r, size = stoppable(ctx, f), -1
		}
	} else {
		r = stoppable(ctx, r)
	}
	return c.with(ctx, a, func(k *client.Client) error {
		o := client.ImportOptions{DryRun: c.DryRun, Format: c.Format, File: name, ID: uuid.Must(uuid.NewV7()).String()}
		var archive atomic.Bool
		archive.Store(zipped || c.Format == "kith")
		stop := a.tell(ctx, importFar(k, o.ID, &archive))
		done, err := k.Import(ctx, r, size, o)
		stop()
		if errors.Is(err, context.Canceled) {
			return stoppedImport(ctx, k, o.ID, archive.Load())
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(done)
		}
		if done.Import != nil {
			a.screen.book(*done.Import, c.DryRun)
			return nil
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

// undo takes an import back, the last one if none is named.
func (c *importCmd) undo(ctx context.Context, a *app, k *client.Client) error {
	id := c.ID
	if id == "" {
		list, err := k.Imports(ctx, 200)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list.Items, func(v api.Import) bool { return v.State == "done" && v.New+v.Changed > 0 })
		if i < 0 {
			return errors.New("there is no import to take back")
		}
		id = list.Items[i].ID
	}
	done, err := k.UndoImport(ctx, id)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(done)
	}
	a.screen.printf("%d people taken back.\n", done.Removed)
	if done.Restored > 0 {
		a.screen.printf("%d people are as they were.\n", done.Restored)
	}
	a.screen.staying("These stay, because you did something with them since:", done.Kept)
	a.screen.staying("Of these something stays, because you edited it since:", done.Left)
	return nil
}

func (s *screen) staying(words string, list []api.ImportKept) {
	if len(list) == 0 {
		return
	}
	s.line(words)
	for _, p := range list {
		s.line("  " + clean(p.Name))
	}
}
