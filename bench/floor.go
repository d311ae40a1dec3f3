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

	"kith/internal/db"
)

// The schema of the floors: one row and one line of the index, as a moment has at least.
const (
	floorTable  = "CREATE TABLE IF NOT EXISTS row (id TEXT PRIMARY KEY, key BIGINT NOT NULL UNIQUE, text TEXT NOT NULL)"
	floorIndex  = `CREATE VIRTUAL TABLE IF NOT EXISTS row_search USING fts5(words, content='', columnsize=0)`
	floorInsert = "INSERT INTO row (id, key, text) VALUES ($1, $2, $3)"
	floorWords  = "INSERT INTO row_search (rowid, words) VALUES ($1, $2)"
)

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

// insertFloor decodes a request and keeps it through the group commit that Kith uses too.
func insertFloor(ctx context.Context, data string) (http.HandlerFunc, error) {
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(data, "floor.db"), db.Options{})
	if err != nil {
		return nil, err
	}
	err = d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, floorTable); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, floorIndex)
		return err
	})
	if err != nil {
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
		err := d.WriteOrdered(r.Context(), key, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, floorInsert, fmt.Sprint(key), key, in.Text); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, floorWords, key, strings.ToLower(in.Text))
			return err
		})
		if err != nil {
			http.Error(w, "not kept", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"`+fmt.Sprint(key)+`"}`)
	}, nil
}
