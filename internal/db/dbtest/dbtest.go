// Package dbtest gives every test a fresh, migrated database of its own, on SQLite and on PostgreSQL. It is imported by
// tests alone.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"kith/internal/db"
)

// Each runs f once on SQLite and once on PostgreSQL, each time on a database of its own. PostgreSQL is the server that
// TEST_POSTGRES_URL names; the test command starts one and, by TEST_POSTGRES_REQUIRED, makes its absence a failure.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, Open(t, SQLite(t)))
	})
	if server := os.Getenv("TEST_POSTGRES_URL"); server != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			f(t, Open(t, Postgres(t)))
		})
	} else if os.Getenv("TEST_POSTGRES_REQUIRED") != "" {
		t.Fatal("TEST_POSTGRES_URL is not set; the test command sets it")
	}
}

// Open opens the address and closes it when the test ends.
func Open(t testing.TB, address string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), address, db.Options{MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// template is a migrated SQLite file, made once in a test binary's life and copied for each test.
var template = sync.OnceValues(func() ([]byte, error) { //nolint:gochecknoglobals // made once, read only
	dir, err := os.MkdirTemp("", "kith-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "kith.db")
	d, err := db.Open(context.Background(), "sqlite:"+path, db.Options{})
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(context.Background()); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // the last connection folds the log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLite returns the address of a fresh, migrated file.
func SQLite(t testing.TB) string {
	t.Helper()
	b, err := template()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kith.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// Postgres returns the address of a fresh, migrated schema on the server TEST_POSTGRES_URL names.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_POSTGRES_URL")
	id := make([]byte, 8)
	_, _ = rand.Read(id)
	schema := "kith_" + hex.EncodeToString(id)
	admin, err := db.Open(t.Context(), server, db.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Std().ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Std().ExecContext(context.Background(), "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
		_ = admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	d, err := db.Open(t.Context(), u.String(), db.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return u.String()
}
