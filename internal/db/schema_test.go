package db_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

var update = flag.Bool("update", false, "write schema.sql anew")

// TestSchemaFile holds schema.sql, today's schema to be read without replaying migrations, against the migrations.
func TestSchemaFile(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	parts, err := db.All(t.Context(), d, db.Value[string], `SELECT sql FROM sqlite_master
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' AND name NOT LIKE 'moment_search_%' ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	want := "-- Today's schema as SQLite has it. Written by: go test ./internal/db -run TestSchemaFile -update\n\n" + strings.Join(parts, ";\n\n") + ";\n"
	if *update {
		if err := os.WriteFile("schema.sql", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("schema.sql is not what the migrations make; run: go test ./internal/db -run TestSchemaFile -update")
	}
}

func TestMigrate_NewerDatabaseIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)", int64(29990101000000))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "newer Kith") {
			t.Fatalf("got %v, want a refusal that names the newer version", err)
		}
	})
}

// The first databases were begun by goose.
func TestMigrate_GoesOnWhereGooseWas(t *testing.T) {
	for _, address := range emptyish(t) {
		d, err := db.Open(t.Context(), address, db.Options{MaxConns: 2})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		steps, err := db.BeginWithGoose(t.Context(), d, 5)
		if err != nil {
			t.Fatal(err)
		}
		if have, want, err := d.Versions(t.Context()); err != nil || have != 20261124090500 || want <= have {
			t.Errorf("goose had come to %d of %d; %v", have, want, err)
		}
		for range 2 { // the second time there is nothing to do
			if err := d.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		noted, err := db.One(t.Context(), d, db.Value[int], "SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0")
		if err != nil || noted != steps {
			t.Errorf("%d steps are noted, want %d; %v", noted, steps, err)
		}
		if have, want, err := d.Versions(t.Context()); err != nil || have != want {
			t.Errorf("at %d, want %d; %v", have, want, err)
		}
	}
}

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

// emptyish are the addresses of a new database on each system; on PostgreSQL it has the schema, which BeginWithGoose drops.
func emptyish(t *testing.T) []string {
	t.Helper()
	addresses := []string{"sqlite:" + filepath.Join(t.TempDir(), "kith.db")}
	if os.Getenv("TEST_POSTGRES_URL") != "" {
		addresses = append(addresses, dbtest.Postgres(t))
	}
	return addresses
}

// TestMigrate_Together holds that nodes that are started at once all come up, and that each step is made once.
func TestMigrate_Together(t *testing.T) {
	for _, address := range emptyish(t) {
		nodes := make([]*db.DB, 4)
		for i := range nodes {
			d, err := db.Open(t.Context(), address, db.Options{MaxConns: 2})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			nodes[i] = d
		}
		steps, err := db.BeginWithGoose(t.Context(), nodes[0], 3)
		if err != nil {
			t.Fatal(err)
		}
		begin := make(chan struct{})
		var wg sync.WaitGroup
		for i, d := range nodes {
			wg.Go(func() {
				<-begin
				if err := d.Migrate(t.Context()); err != nil {
					t.Errorf("node %d: %v", i, err)
				}
			})
		}
		close(begin)
		wg.Wait()
		noted, err := db.One(t.Context(), nodes[0], db.Value[int], "SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0")
		if err != nil || noted != steps {
			t.Errorf("%d steps are noted, want %d; %v", noted, steps, err)
		}
	}
}
