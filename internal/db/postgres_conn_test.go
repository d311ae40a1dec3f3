package db_test

import (
	"os"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// A statement that is kept prepared must not keep a connection from working once its table was changed by somebody else.
func TestPostgres_ATableChangesUnderAPreparedStatement(t *testing.T) {
	if os.Getenv("TEST_POSTGRES_URL") == "" {
		if os.Getenv("TEST_POSTGRES_REQUIRED") != "" {
			t.Fatal("TEST_POSTGRES_URL is not set; the test command sets it")
		}
		return
	}
	address := dbtest.Postgres(t)
	one, err := db.Open(t.Context(), address, db.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = one.Close() })
	run := func(statement string) {
		t.Helper()
		if _, err := one.Std().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	read := func() error {
		_, err := db.All(t.Context(), one, db.Value[int64], "SELECT n FROM made_here WHERE n > $1", 1)
		return err
	}
	run("CREATE TABLE made_here (n INTEGER)")
	if err := read(); err != nil {
		t.Fatal(err)
	}
	run("ALTER TABLE made_here ALTER COLUMN n TYPE BIGINT")
	first := read()
	if err := read(); err != nil {
		t.Errorf("after the table changed, reading failed again: %v; at first: %v", err, first)
	}
}
