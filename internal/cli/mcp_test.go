package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/client"
	"kith/internal/db/dbtest"
	"kith/internal/mcp"
	"kith/internal/moment"
)

// assisted is a house with an account, and tokens of it.
type assisted struct {
	*house
	ana, ben account.User
}

func newAssisted(t *testing.T, address string) assisted {
	t.Helper()
	h, err := build(t.Context(), plan{
		store: store{folder: t.TempDir(), database: address}, log: quietLog(), now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	a := assisted{house: h}
	for name, u := range map[string]*account.User{"Ana": &a.ana, "Ben": &a.ben} {
		if *u, err = h.auth.Register(t.Context(), account.Draft{Email: strings.ToLower(name) + "@example.org", Name: name, Zone: "Europe/Berlin"}, "a few plain words"); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (a assisted) token(t *testing.T, of account.User, scopes ...auth.Scope) string {
	t.Helper()
	_, secret, err := a.auth.NewToken(t.Context(), auth.Identity{User: of.ID, Local: true}, "", auth.TokenDraft{Name: "assistant", Scopes: auth.NewScopes(scopes...)})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func (a assisted) log(t *testing.T, text string) {
	t.Helper()
	if _, _, err := a.moments.Log(t.Context(), a.ana.ID, moment.Draft{Text: text}); err != nil {
		t.Fatal(err)
	}
}

type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// connect is a real client of the protocol, the official one.
func connect(t *testing.T, transport sdk.Transport) (*sdk.ClientSession, error) {
	t.Helper()
	s, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func use(t *testing.T, s *sdk.ClientSession, tool string, args map[string]any) (words string, refused bool) {
	t.Helper()
	res, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	text, _ := res.Content[0].(*sdk.TextContent)
	if !res.IsError && !json.Valid([]byte(text.Text)) {
		t.Errorf("%s answers %q", tool, text.Text)
	}
	return text.Text, res.IsError
}

func names(t *testing.T, s *sdk.ClientSession) (list []string) {
	t.Helper()
	res, err := s.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range res.Tools {
		list = append(list, tool.Name)
		if tool.Annotations.ReadOnlyHint == (tool.Name == "log_moment") || *tool.Annotations.DestructiveHint {
			t.Errorf("%s says the wrong thing of itself: %+v", tool.Name, tool.Annotations)
		}
	}
	slices.Sort(list)
	return list
}

// TestAssistant holds that a real client of the protocol gets what its token allows, of its owner and of nobody else, and
// no private word.
func TestAssistant(t *testing.T) {
	t.Parallel()
	addresses := map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for name, address := range addresses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAssisted(t, address(t))
			web := httptest.NewServer(a.public(quietLog(), nil))
			t.Cleanup(web.Close)
			over := func(token string) (*sdk.ClientSession, error) {
				return connect(t, &sdk.StreamableClientTransport{Endpoint: web.URL + "/mcp", HTTPClient: &http.Client{Transport: bearer(token)}, DisableStandaloneSSE: true})
			}
			a.log(t, "thanked @Sam for the soup")
			a.log(t, "laughed with @Samira")
			own := client.Bearer(a.api, a.token(t, a.ana, auth.Read, auth.Write))
			people, err := own.People(t.Context(), client.PeopleFilter{Query: "Samira"}, 5, "")
			if err != nil || len(people.Items) != 1 {
				t.Fatal(people, err)
			}
			at := "/api/v1/people/" + people.Items[0].ID
			if err := own.Do(t.Context(), http.MethodPatch, at, map[string]any{"standing_note": "owes money too"}, nil); err != nil {
				t.Fatal(err)
			}
			for text, private := range map[string]bool{"keeps bees": false, "owes money": true} {
				if err := own.Do(t.Context(), http.MethodPost, at+"/facts", map[string]any{"text": text, "private": private}, nil); err != nil {
					t.Fatal(err)
				}
			}

			s, err := over(a.token(t, a.ana, auth.Read))
			if err != nil {
				t.Fatal(err)
			}
			if got := names(t, s); !slices.Equal(got, []string{"look_up_person", "search", "today", "who_is_due"}) {
				t.Errorf("a token that reads has %v", got)
			}
			for tool, want := range map[string]struct {
				args map[string]any
				has  string
			}{
				"today":          {nil, "soup"},
				"who_is_due":     {nil, `"suggestions"`},
				"search":         {map[string]any{"query": "soup"}, "thanked @Sam"},
				"look_up_person": {map[string]any{"name": "samira"}, "keeps bees"},
			} {
				words, refused := use(t, s, tool, want.args)
				if refused || !strings.Contains(words, want.has) || strings.Contains(words, "owes money") {
					t.Errorf("%s answers %s", tool, words)
				}
			}
			// Somebody is known by what was noted, and that is said; who is called so comes before them.
			if words, _ := use(t, s, "look_up_person", map[string]any{"name": "bees"}); !strings.Contains(words, `"name":"Samira"`) || !strings.Contains(words, `"found":{"by":"fact","text":"keeps bees"}`) {
				t.Errorf("known by bees: %s", words)
			}
			a.log(t, "tea with @Beesly")
			if words, _ := use(t, s, "look_up_person", map[string]any{"name": "bees"}); !strings.Contains(words, `"name":"Beesly"`) || strings.Contains(words, "Samira") || strings.Contains(words, `"found"`) {
				t.Errorf("called Beesly: %s", words)
			}
			if words, refused := use(t, s, "look_up_person", map[string]any{"name": "Nobody"}); !refused {
				t.Errorf("nobody is %s", words)
			}
			if words, refused := use(t, s, "search", map[string]any{"query": "soup", "colour": "red"}); !refused || !strings.Contains(words, "schema") {
				t.Errorf("what no tool knows: %s", words)
			}
			if _, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: "log_moment", Arguments: map[string]any{"text": "never"}}); err == nil {
				t.Error("a token that reads has logged a moment")
			}

			s, err = over(a.token(t, a.ana, auth.Read, auth.Capture))
			if err != nil {
				t.Fatal(err)
			}
			id := "0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d"
			for range 2 { // once, however often it is sent
				if words, refused := use(t, s, "log_moment", map[string]any{"text": "walked with @Sam 20 min", "id": id}); refused || !strings.Contains(words, id) {
					t.Errorf("logging answers %s", words)
				}
			}
			if words, _ := use(t, s, "search", map[string]any{"query": "walked"}); strings.Count(words, "walked with") != 1 {
				t.Errorf("logged: %s", words)
			}

			s, err = over(a.token(t, a.ben, auth.Read))
			if err != nil {
				t.Fatal(err)
			}
			if words, _ := use(t, s, "search", map[string]any{"query": "soup"}); strings.Contains(words, "thanked") {
				t.Errorf("somebody else finds %s", words)
			}
			if words, refused := use(t, s, "look_up_person", map[string]any{"id": people.Items[0].ID}); !refused {
				t.Errorf("somebody else sees %s", words)
			}
			for _, wrong := range []string{"", "kith_nonsense"} {
				if _, err := over(wrong); err == nil {
					t.Errorf("the token %q opens the door", wrong)
				}
			}
		})
	}
}

// TestStdio holds that the official client talks to the command's side of a pipe.
func TestStdio(t *testing.T) {
	t.Parallel()
	a := newAssisted(t, "sqlite:"+filepath.Join(t.TempDir(), "kith.db"))
	a.log(t, "thanked @Sam for the soup")
	in, theirs := io.Pipe()
	ours, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- mcp.Stdio(t.Context(), client.Bearer(a.api, a.token(t, a.ana, auth.Read)), "1", auth.NewScopes(auth.Read), in, out)
	}()
	s, err := connect(t, &sdk.IOTransport{Reader: ours, Writer: theirs})
	if err != nil {
		t.Fatal(err)
	}
	if words, refused := use(t, s, "today", nil); refused || !strings.Contains(words, "soup") {
		t.Errorf("today is %s", words)
	}
	_ = theirs.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Who guesses tokens at the assistants' door runs out of guesses as at the API's, of the same.
func TestAssistant_wrongTokens(t *testing.T) {
	t.Parallel()
	a := newAssisted(t, dbtest.SQLite(t))
	door := a.public(quietLog(), nil)
	ask := func(path, token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"ping"}`))
		r.RemoteAddr = "192.0.2.7:4711"
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		return w
	}
	own := a.token(t, a.ana, auth.Read)
	if w := ask("/mcp", own); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	last := ask("/mcp", "kith_guess")
	for range 500 {
		if last.Code != http.StatusUnauthorized {
			break
		}
		last = ask("/mcp", "kith_guess")
	}
	if last.Code != http.StatusTooManyRequests || last.Header().Get("Retry-After") == "" {
		t.Errorf("guessing on is answered %d %v", last.Code, last.Header())
	}
	if w := ask("/api/v1/moments", "kith_guess"); w.Code != http.StatusTooManyRequests {
		t.Errorf("guessing on at the API is answered %d", w.Code)
	}
}
