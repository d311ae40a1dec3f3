package transfer_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/moment"
	"kith/internal/transfer"
)

// onWrite does something when the first bytes come, or the last.
type onWrite func()

func (f onWrite) Write(b []byte) (int, error) { f(); return len(b), nil }

func TestExport_SaysHowFarItIs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.live(t)
		var last transfer.Progress
		see := onWrite(func() {
			if p, ok := h.archive.Doing(h.by, "mine"); ok {
				last = p
			}
			if _, ok := h.archive.Doing("somebody else", "mine"); ok || h.archive.Stop("somebody else", "mine") {
				t.Error("somebody else's archive is seen or stopped")
			}
		})
		if err := h.archive.Export(t.Context(), h.by, see, "mine"); err != nil {
			t.Fatal(err)
		}
		if last.Of == 0 || last.Done != last.Of {
			t.Errorf("at the last bytes it was at %+v", last)
		}
		if p, _ := h.archive.Doing(h.by, "mine"); p.Is != transfer.Whole || h.archive.Stop(h.by, "mine") {
			t.Errorf("when it was over it was at %+v", p)
		}
		stop := onWrite(func() { h.archive.Stop(h.by, "mine") })
		if err := h.archive.Export(t.Context(), h.by, stop, "mine"); !errors.Is(err, transfer.ErrStopped) {
			t.Errorf("stopped: %v", err)
		}
		if p, _ := h.archive.Doing(h.by, "mine"); p.Is != transfer.Broken {
			t.Errorf("stopped, it is %+v", p)
		}
	})
}

// many is an archive of n moments.
func many(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, values ...any) {
		f, err := z.Create(name)
		for _, v := range values {
			err = errors.Join(err, json.NewEncoder(f).Encode(v))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	rows := make([]any, n)
	for i := range rows {
		at := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
		rows[i] = moment.Record{
			ID: uuid.Must(uuid.NewV7()).String(), Kind: "laugh", Text: "a laugh", HappenedAt: at.UnixMicro(), Zone: "UTC", Day: at.Format(time.DateOnly), Precision: "minute",
			Contact: "yes", CapturedAt: at.UnixMicro(), Fingerprint: "x", Revision: 1, CreatedAt: at.UnixMicro(), UpdatedAt: at.UnixMicro(),
		}
	}
	put("kith.json", map[string]any{"format": "kith", "version": transfer.Version})
	put("moments.jsonl", rows...)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An import that is stopped in its midst, or whose caller goes away, leaves nothing; one that was done by then says so.
func TestImport_StoppedLeavesNothing(t *testing.T) {
	t.Parallel()
	archive := many(t, 4000)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for what, end := range map[string]func(h *house, leave context.CancelFunc){
			"stopped":           func(h *house, _ context.CancelFunc) { h.archive.Stop(h.by, "mine") },
			"the caller leaves": func(_ *house, leave context.CancelFunc) { leave() },
		} {
			ctx, leave := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				for ctx.Err() == nil {
					if p, ok := h.archive.Doing(h.by, "mine"); ok && p.Done > 0 && p.Is == transfer.Running {
						if p.Of != 4000 {
							t.Errorf("%s: at %+v", what, p)
						}
						end(h, leave)
						return
					}
				}
			}()
			_, err := h.archive.Import(ctx, h.by, bytes.NewReader(archive), int64(len(archive)), transfer.Options{ID: "mine"})
			leave()
			<-ended
			if !errors.Is(err, transfer.ErrStopped) && !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", what, err)
			}
			var b bytes.Buffer
			if err := h.archive.Export(t.Context(), h.by, &b, ""); err != nil {
				t.Fatal(err)
			}
			z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			f, err := z.Open("moments.jsonl")
			if err != nil {
				t.Fatal(err)
			}
			if left, err := io.ReadAll(f); err != nil || len(left) > 0 {
				t.Errorf("%s: %d bytes of moments are left, %v", what, len(left), err)
			}
		}
	})
}
