package cli_test

import (
	"bufio"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
)

// TestKill kills a server in the middle of capture, again and again: what it had acknowledged is there once, and what
// it had not can be sent again under the same id. KITH_KILL_ROUNDS says how often (scripts/proof.d/kill: 50).
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 3
	if n, err := strconv.Atoi(os.Getenv("KITH_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		kill(t, rounds, "KITH_DATA="+t.TempDir())
	})
	if server := os.Getenv("TEST_POSTGRES_URL"); server != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			address, drop, err := schema(server)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(drop)
			kill(t, rounds, "KITH_DATA="+t.TempDir(), "KITH_DATABASE="+address)
		})
	}
}

// program is the program as a process of its own.
func program(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, args...)
	c.Args[0] = "kith"
	c.Env = append([]string{"HOME=" + t.TempDir(), "TZ=UTC"}, env...)
	return c
}

// started is a server under way.
type started struct {
	cmd     *exec.Cmd
	address string
}

func start(t *testing.T, env []string) started {
	t.Helper()
	c := program(t, env, "serve", "--addr", "127.0.0.1:0")
	log := &strings.Builder{}
	c.Stderr = log
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		_ = c.Wait()
		t.Fatalf("the server said nothing:\n%s", log)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return started{c, strings.TrimPrefix(lines.Text(), "Kith is at ")}
}

func kill(t *testing.T, rounds int, env ...string) {
	t.Helper()
	const writers = 8
	add := program(t, env, "user", "add", "--email", "ana@example.org", "--password-stdin")
	add.Stdin = strings.NewReader("seven quiet herons at dusk\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	token, err := program(t, env, "token", "new").Output()
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, uint64(rounds)))
	var (
		mu      sync.Mutex
		acked   = map[string]bool{}
		pending = map[string]bool{}
		cut     int
	)
	log := func(ctx context.Context, c *client.Client, id string) error {
		_, err := c.Log(ctx, api.MomentDraft{ID: id, Text: "moment " + id + " with @Bo #kept"})
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			acked[id] = true
			delete(pending, id)
		} else if !acked[id] {
			pending[id] = true
		}
		return err
	}
	connect := func(s started) *client.Client {
		c, err := client.Remote(s.address, strings.TrimSpace(string(token)))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range rounds {
		s := start(t, env)
		c := connect(s)
		for id := range pending { // nobody else runs yet
			if err := log(t.Context(), c, id); err != nil {
				t.Fatalf("sent again: %v", err)
			}
		}
		mu.Lock()
		until := len(acked) + 10 + chance.IntN(200)
		mu.Unlock()
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for {
					id := uuid.Must(uuid.NewV7()).String()
					var twin sync.WaitGroup
					if w == 0 { // an impatient one, who sends everything twice at once
						twin.Go(func() { _ = log(t.Context(), c, id) })
					}
					err := log(t.Context(), c, id)
					twin.Wait()
					mu.Lock()
					enough := len(acked) >= until
					mu.Unlock()
					if enough {
						_ = s.cmd.Process.Kill()
					}
					if err != nil {
						return
					}
				}
			})
		}
		group.Wait()
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		cut += len(pending)
	}
	s := start(t, env)
	c := connect(s)
	for id := range pending {
		if err := log(t.Context(), c, id); err != nil {
			t.Fatalf("sent again: %v", err)
		}
	}
	seen := map[string]int{}
	for cursor := ""; ; {
		page, err := c.Moments(t.Context(), client.Filter{Tag: "kept"}, 200, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			seen[m.Text]++
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	for id := range acked {
		if n := seen["moment "+id+" with @Bo #kept"]; n != 1 {
			t.Errorf("moment %s is there %d times", id, n)
		}
	}
	if len(seen) != len(acked) {
		t.Errorf("%d moments are there, %d were acknowledged", len(seen), len(acked))
	}
	people, err := c.People(t.Context(), client.PeopleFilter{Sort: "name"}, 10, "")
	if err != nil || len(people.Items) != 1 {
		t.Errorf("people: %v, %v; want one", people.Items, err)
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	t.Logf("%s: %d rounds, %d moments acknowledged, each there once; %d were cut off and sent again", t.Name(), rounds, len(acked), cut)
}
