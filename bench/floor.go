package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"kith/internal/db"
)

// What the driver alone is measured with: one small row and one line of an index.
const (
	floorTable  = "CREATE TABLE IF NOT EXISTS row (id TEXT PRIMARY KEY, key BIGINT NOT NULL UNIQUE, text TEXT NOT NULL)"
	floorIndex  = `CREATE VIRTUAL TABLE IF NOT EXISTS row_search USING fts5(words, content='', columnsize=0)`
	floorInsert = "INSERT INTO row (id, key, text) VALUES ($1, $2, $3)"
	floorWords  = "INSERT INTO row_search (rowid, words) VALUES ($1, $2)"
)

// momentInsert makes one row as a moment has it: the same table, columns and indexes.
const momentInsert = `INSERT INTO moment (user_id, id, order_key, kind, text, context, happened_at, zone, day, "precision", contact, started_by, people,
	someone, tags, captured_at, fingerprint, revision, created_at, updated_at)
	VALUES ($1, $2, $3, 'laugh', $4, 'personal', $5, 'Europe/Berlin', $6, 'minute', 'yes', 'both', '', '["a neighbour"]', '', $5, $7, 1, $5, $5)`

// rawDriver makes one row a commit for a while and returns the rate.
func rawDriver(ctx context.Context, path string, d time.Duration) (float64, error) {
	c, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }()
	c.SetMaxOpenConns(1)
	for _, s := range []string{floorTable, floorIndex} {
		if _, err := c.ExecContext(ctx, s); err != nil {
			return 0, err
		}
	}
	n, began := 0, time.Now()
	for ; time.Since(began) < d; n++ {
		tx, err := c.BeginTx(ctx, nil)
		if err != nil {
			return 0, err
		}
		text := fmt.Sprintf("coffee with a neighbour, we laughed about the weather %d home", n)
		_, err = tx.ExecContext(ctx, floorInsert, fmt.Sprint(n), n, text)
		if err == nil {
			_, err = tx.ExecContext(ctx, floorWords, n, text)
		}
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// serveFloor serves until it is killed.
func serveFloor(ctx context.Context, floor, addr, data string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	if floor == "empty" {
		mux.HandleFunc("POST /api/v1/moments", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	} else {
		h, err := insertFloor(ctx, data)
		if err != nil {
			return err
		}
		mux.HandleFunc("POST /api/v1/moments", h)
	}
	s := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return s.ListenAndServe()
}

// insertFloor decodes a request and keeps it in the table, the index and the group commit that Kith uses, with no product
// around it: nobody is asked who they are, nothing is read from the line.
func insertFloor(ctx context.Context, data string) (http.HandlerFunc, error) {
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(data, "floor.db"), db.Options{})
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx); err != nil {
		return nil, err
	}
	var last atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Text string `json:"text"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, "not JSON", http.StatusBadRequest)
			return
		}
		key := last.Add(1)
		now := time.Now()
		id := uuid.Must(uuid.NewV7()).String()
		err := d.WriteOrdered(r.Context(), key, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, momentInsert, "somebody", id, now.UnixMicro()<<11+key%1024, in.Text, now.UnixMicro(), now.Format(time.DateOnly), id); err != nil {
				return err
			}
			return tx.AtEnd(ctx, func(ctx context.Context) error {
				_, err := tx.Exec(ctx, "INSERT INTO moment_search (rowid, words) VALUES ($1, $2)", now.UnixMicro()<<11+key%1024, strings.ToLower(in.Text)+" somebody")
				return err
			})
		})
		if err != nil {
			http.Error(w, "not kept", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"`+id+`"}`)
	}, nil
}
