package job_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/job"
)

// hurried are options under which a crash is noticed in a second.
func hurried() job.Options {
	o := soon()
	o.Timeout, o.Lease = 500*time.Millisecond, time.Second
	return o
}

// crashURL makes the test binary a worker on that database that hangs in its first job.
const crashURL = "KITH_TEST_JOB_CRASH_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(crashURL); url != "" {
		hang(url)
	}
	os.Exit(m.Run())
}

func hang(url string) {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{MaxConns: 8})
	if err != nil {
		panic(err)
	}
	q := job.New(d, hurried())
	job.Handle(q, func(context.Context, note) error {
		_, _ = os.Stdout.WriteString("began\n")
		select {}
	})
	panic(q.Run(ctx))
}

// What a killed process had begun runs again in another, after the lease; and its key no longer swallows.
func TestKilled(t *testing.T) {
	t.Parallel()
	urls := map[string]string{"sqlite": dbtest.SQLite(t)}
	if os.Getenv("TEST_POSTGRES_URL") != "" {
		urls["postgres"] = dbtest.Postgres(t)
	}
	for name, url := range urls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Open(t, url)
			q := open(t, d, hurried())
			enqueue(t, d, q, note{N: 1}, job.Unique("k"))
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			child := exec.CommandContext(t.Context(), self)
			child.Env = append(os.Environ(), crashURL+"="+url)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			child.Stderr = os.Stderr
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			if !bufio.NewScanner(out).Scan() {
				t.Fatal("the other process began nothing")
			}
			if err := child.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
			_ = child.Wait()
			enqueue(t, d, q, note{N: 2}, job.Unique("k"))
			c := heard(q, 10)
			start(t, q)
			seen := map[int]bool{}
			for len(seen) < 2 {
				seen[hear(t, c)] = true
			}
		})
	}
}
