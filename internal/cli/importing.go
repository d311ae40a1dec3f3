package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/term"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/transfer"
)

// far is how far something is; of is 0 while nobody knows how much there is.
type far struct {
	done, of int
	words    string
}

// tell says on standard error how far something is, until the function it returns is called: a bar on a terminal, and a
// line now and then elsewhere. What is done in a moment says nothing.
func (a *app) tell(ctx context.Context, ask func(context.Context) (far, bool)) (stop func()) {
	f, ok := a.err.(*os.File)
	bar := ok && term.IsTerminal(f.Fd()) && a.getenv("TERM") != "dumb"
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		pause, drawn := 200*time.Millisecond, false
		if !bar {
			pause = 2 * time.Second
		}
		defer func() {
			if drawn && bar {
				fmt.Fprint(a.err, "\r\x1b[K")
			}
		}()
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			at, ok := ask(ctx)
			switch {
			case !ok || at.done == 0:
			case bar:
				fmt.Fprint(a.err, "\r\x1b[K"+at.bar())
				drawn = true
			default:
				fmt.Fprintln(a.err, at.words)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// bar is the words behind a bar, which is empty while nobody knows how much there is.
func (f far) bar() string {
	const width = 24
	full := 0
	if f.of > 0 {
		full = width * min(f.done, f.of) / f.of
	}
	return strings.Repeat("━", full) + strings.Repeat("╌", width-full) + "  " + f.words
}

// importFar asks how far an import is, of an address book or of an archive, and notes which of the two it is.
func importFar(k *client.Client, id string, archive *atomic.Bool) func(context.Context) (far, bool) {
	lines := transferFar(k, id, "taken over")
	return func(ctx context.Context) (far, bool) {
		v, err := k.ImportNow(ctx, id)
		if fault.Is(err, fault.KindNotFound) {
			at, ok := lines(ctx)
			if ok {
				archive.Store(true)
			}
			return at, ok
		}
		if err != nil || v.Doing == nil {
			return far{}, false
		}
		d := *v.Doing
		if d.Of == 0 {
			return far{d.Cards, 0, fmt.Sprintf("%d cards read", d.Cards)}, true
		}
		return far{d.Cards, d.Of, fmt.Sprintf("%d of %d cards taken over", min(d.Cards, d.Of), d.Of)}, true
	}
}

// transferFar asks how far an archive is on its way out or in.
func transferFar(k *client.Client, id, verb string) func(context.Context) (far, bool) {
	return func(ctx context.Context) (far, bool) {
		d, err := k.TransferNow(ctx, id)
		return far{d.Done, d.Of, fmt.Sprintf("%d of %d lines %s", d.Done, d.Of, verb)}, err == nil && d.Is == transfer.Running
	}
}

// stoppable is r, but who waits for it does not wait on when ctx ends: a terminal or a pipe may never say anything more.
func stoppable(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	go func() {
		_, err := io.Copy(in, r)
		_ = in.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { _ = in.CloseWithError(ctx.Err()) })
	return out
}

// stoppedImport says what became of an import that was stopped: nothing, unless the word came too late.
func stoppedImport(ctx context.Context, k *client.Client, id string, archive bool) error {
	k.Wait()
	if archive {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		for at, err := k.TransferNow(ctx, id); err == nil; at, err = k.TransferNow(ctx, id) {
			switch at.Is {
			case transfer.Whole:
				return &stoppedError{"everything was taken over before it could be stopped"}
			case transfer.Broken:
				return &stoppedError{"stopped; nothing was kept"}
			}
			select { // a server elsewhere is just taking it back
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
		return &stoppedError{"stopped; nothing is half kept, and kith import --dry-run says whether it was all done already"}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for {
		v, err := k.ImportNow(ctx, id)
		switch {
		case fault.Is(err, fault.KindNotFound):
			return &stoppedError{"stopped; nothing was kept"}
		case err != nil:
			return &stoppedError{"stopped; nothing is half kept, and whether it was all done already could not be asked"}
		case v.State == "done":
			return &stoppedError{"everything was taken over before it could be stopped; kith import undo takes it back"}
		case v.State == "ready":
			return &stoppedError{"stopped; nobody was taken over"}
		}
		select { // a server elsewhere is just taking it back
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// book shows what an address book brought, or would bring.
func (s *screen) book(v api.Import, dry bool) {
	would := ""
	if dry {
		would = "would be "
	}
	s.printf("%d cards\n", v.Cards)
	s.printf("  %d %snew\n", v.New, would)
	s.printf("  %d %schanged\n", v.Changed, would)
	s.printf("  %d known\n", v.Same)
	s.printf("  %d not taken\n", v.Skipped)
	if dry {
		for _, p := range v.Samples {
			s.line("    "+clean(p.Name), quiet(" ("+p.What+")"))
		}
	}
	words := i18n.For(i18n.Default)
	for _, n := range v.Notes {
		name := clean(n.Name)
		if name == "" {
			name = "a card"
		}
		if n.Property != "" {
			name += ", " + clean(n.Property)
		}
		s.line(quiet(fmt.Sprintf("  line %d, %s: %s", n.Line, name, words.T("intake.note."+n.Code))))
	}
	if v.MoreNotes > 0 {
		s.line(quiet(fmt.Sprintf("  and %d more", v.MoreNotes)))
	}
	switch {
	case dry:
		s.line("Nothing was kept.")
	case v.New+v.Changed > 0:
		s.line(quiet("kith import undo takes it back."))
	}
}
