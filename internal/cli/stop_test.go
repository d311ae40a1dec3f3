package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/internal/db"
)

// An import that its user stops says so, and leaves nothing behind: no people, and no cards that wait.
func TestImport_stopped(t *testing.T) {
	t.Parallel()
	env := []string{"KITH_DATA=" + t.TempDir()}
	folder := strings.TrimPrefix(env[0], "KITH_DATA=")
	add := program(t, env, "user", "add", "--email", "ana@example.org", "--password-stdin")
	add.Stdin = strings.NewReader("seven quiet herons at dusk\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}

	c := program(t, env, "import", "-")
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	// More than waits in a pipe, so that much of it was read when the last of it is written. No end comes.
	for i := range 3000 {
		if _, err := fmt.Fprintf(in, "BEGIN:VCARD\nVERSION:3.0\nUID:m-%d\nFN:Mona Example %d\nNOTE:%s\nEND:VCARD\n", i, i, strings.Repeat("word ", 40)); err != nil {
			t.Fatalf("%v: %s", err, said.String())
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil || !strings.HasSuffix(said.String(), "kith: stopped; nothing was kept\n") {
		t.Errorf("ended with %v: %s", err, said.String())
	}
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(folder, "kith.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	n, err := db.One(t.Context(), d, db.Value[int], "SELECT (SELECT COUNT(*) FROM import) + (SELECT COUNT(*) FROM import_card) + (SELECT COUNT(*) FROM person)")
	if err != nil || n != 0 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}
