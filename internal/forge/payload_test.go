package forge_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/internal/forge"
)

var now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func payload(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// events are the headers with which each forge tells of an event.
func event(of, name string) http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	switch of {
	case forge.Forgejo:
		h.Set("X-Forgejo-Event", name)
		fallthrough
	case forge.Gitea:
		h.Set("X-Gitea-Event", name)
		fallthrough
	case forge.GitHub:
		h.Set("X-GitHub-Event", name)
	case forge.GitLab:
		h.Set("X-Gitlab-Event", name)
	}
	return h
}

func TestRead(t *testing.T) {
	t.Parallel()
	sam := forge.Author{Handle: "forge.example.org/SamK", Email: "sam@example.net", Name: "Sam Kowalski"}
	hub := forge.Author{Handle: "github.com/SamKowalski", Name: "SamKowalski"}
	lab := forge.Author{Handle: "git.example.com/tools/sam.k", Email: "sam@example.net", Name: "Sam Kowalski"}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.UTC()
	}
	for _, tt := range []struct {
		file, of, event string
		want            []forge.Work
	}{
		{"forgejo_change", forge.Forgejo, "pull_request", []forge.Work{{
			Kind: forge.Change, Title: "Read the frost tables once, not for each bed", Place: "garden/almanac", URL: "https://forge.example.org/garden/almanac/pulls/128",
			Author: sam, FinishedAt: at("2026-11-22T09:14:03Z"),
		}}},
		{"forgejo_issue", forge.Forgejo, "issues", []forge.Work{
			{
				Kind: forge.Issue, Title: "Say which moon the calendar means", Place: "garden/almanac", URL: "https://forge.example.org/garden/almanac/issues/77",
				Author: sam, FinishedAt: at("2026-11-23T16:40:00Z"),
			},
			{
				Kind: forge.Issue, Title: "Say which moon the calendar means", Place: "garden/almanac", URL: "https://forge.example.org/garden/almanac/issues/77",
				Author: forge.Author{Handle: "forge.example.org/ida", Email: "ida@example.net", Name: "Ida Berg"}, FinishedAt: at("2026-11-23T16:40:00Z"),
			},
		}},
		{"gitea_release", forge.Gitea, "release", []forge.Work{{
			Kind: forge.Release, Title: "Almanac 0.7, with moons", Place: "garden/almanac", URL: "https://forge.example.org/garden/almanac/releases/tag/v0.7.0",
			Author: sam, FinishedAt: at("2026-11-23T19:00:00Z"),
		}}},
		{"github_change", forge.GitHub, "pull_request", []forge.Work{{
			Kind: forge.Change, Title: "Keep seeds apart from seedlings", Place: "Garden-Club/almanac", URL: "https://github.com/Garden-Club/almanac/pull/2",
			Author: hub, FinishedAt: at("2026-11-23T09:00:04Z"),
		}}},
		{"github_issue", forge.GitHub, "issues", []forge.Work{{
			Kind: forge.Issue, Title: "Beans are listed twice", Place: "Garden-Club/almanac", URL: "https://github.com/Garden-Club/almanac/issues/9",
			Author: hub, FinishedAt: at("2026-11-22T12:00:00Z"),
		}}},
		{"github_release", forge.GitHub, "release", []forge.Work{{
			Kind: forge.Release, Title: "v1.0", Place: "Garden-Club/almanac", URL: "https://github.com/Garden-Club/almanac/releases/tag/v1.0",
			Author: hub, FinishedAt: at("2026-11-23T15:20:53Z"),
		}}},
		{"gitlab_change", forge.GitLab, "Merge Request Hook", []forge.Work{{
			Kind: forge.Change, Title: "Count compost in barrows", Place: "garden/almanac", URL: "https://git.example.com/tools/garden/almanac/-/merge_requests/14",
			Author: lab, FinishedAt: at("2026-11-23T08:12:45Z"),
		}}},
		{"gitlab_issue", forge.GitLab, "Issue Hook", []forge.Work{{
			Kind: forge.Issue, Title: "Roses have no Latin name", Place: "garden/almanac", URL: "https://git.example.com/tools/garden/almanac/-/issues/23",
			Author: forge.Author{Handle: lab.Handle, Name: lab.Name}, FinishedAt: at("2026-11-21T17:15:43Z"),
		}}},
		{"gitlab_release", forge.GitLab, "Release Hook", []forge.Work{{
			Kind: forge.Release, Title: "Almanac 1.1", Place: "garden/almanac", URL: "https://git.example.com/tools/garden/almanac/-/releases/v1.1",
			Author: forge.Author{Email: lab.Email, Name: lab.Name}, FinishedAt: at("2026-11-22T12:55:12Z"),
		}}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			got, err := forge.Read(tt.of, event(tt.of, tt.event), []byte(payload(t, tt.file)), now)
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(forge.Work{}, "ID")); diff != "" || err != nil {
				t.Errorf("%v, read otherwise (-want +got):\n%s", err, diff)
			}
			form := event(tt.of, tt.event)
			form.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
			again, err := forge.Read(tt.of, form, []byte(url.Values{"payload": {payload(t, tt.file)}}.Encode()), now)
			if diff := cmp.Diff(got, again); diff != "" || err != nil {
				t.Errorf("%v, as a form it is read otherwise:\n%s", err, diff)
			}
		})
	}
}

// What was begun, left, thrown away, done by a program, or is told in confidence, is nothing that somebody finished.
func TestRead_nothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ what, file, of, event, old, with string }{
		{"closed and not merged", "forgejo_change", forge.Forgejo, "pull_request", `"merged": true`, `"merged": false`},
		{"opened", "github_change", forge.GitHub, "pull_request", `"action": "closed"`, `"action": "opened"`},
		{"another event", "github_change", forge.GitHub, "pull_request_review", "", ""},
		{"no event", "github_change", forge.GitHub, "", "", ""},
		{"reopened", "forgejo_issue", forge.Forgejo, "issues", `"action": "closed"`, `"action": "reopened"`},
		{"not planned", "github_issue", forge.GitHub, "issues", `"state_reason": "completed"`, `"state_reason": "not_planned"`},
		{"by a program", "github_issue", forge.GitHub, "issues", `"login": "SamKowalski"`, `"login": "renovate[bot]"`},
		{"a draft", "gitea_release", forge.Gitea, "release", `"draft": false`, `"draft": true`},
		{"corrected", "gitea_release", forge.Gitea, "release", `"published"`, `"updated"`},
		{"approved", "gitlab_change", forge.GitLab, "Merge Request Hook", `"action": "merge"`, `"action": "approved"`},
		{"a change by a program", "gitlab_change", forge.GitLab, "Merge Request Hook", `"username": "sam.k"`, `"username": "project_15_bot_4f1c"`},
		{"confidential", "gitlab_issue", forge.GitLab, "Issue Hook", `"confidential": false`, `"confidential": true`},
		{"a confidential event", "gitlab_issue", forge.GitLab, "Confidential Issue Hook", "", ""},
		{"deleted", "gitlab_release", forge.GitLab, "Release Hook", `"action": "create"`, `"action": "delete"`},
		{"by nobody that can be told", "gitlab_release", forge.GitLab, "Release Hook", `"sam@example.net"`, `"sam@users.noreply.example.com"`},
		{"years ago", "github_change", forge.GitHub, "pull_request", `"merged_at": "2026-11-23T09:00:04Z"`, `"merged_at": "2021-01-01T00:00:00Z"`},
		{"without a title", "github_change", forge.GitHub, "pull_request", `"Keep seeds apart from seedlings"`, `" \u0000\u202e "`},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			text := payload(t, tt.file)
			if !strings.Contains(text, tt.old) {
				t.Fatalf("the payload has no %s", tt.old)
			}
			if tt.old != "" {
				text = strings.ReplaceAll(text, tt.old, tt.with)
			}
			if got, err := forge.Read(tt.of, event(tt.of, tt.event), []byte(text), now); err != nil || len(got) > 0 {
				t.Errorf("%v %v", got, err)
			}
		})
	}
}

func TestRead_hostile(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"nothing": "", "words": "hello", "half": `{"action": "closed"`, "a list": "[]", "another shape": `{"pull_request": 7}`, "a number": "7",
		"deep": strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
	} {
		if got, err := forge.Read(forge.GitHub, event(forge.GitHub, "pull_request"), []byte(text), now); err == nil || len(got) > 0 {
			t.Errorf("%s: %v %v", what, got, err)
		}
	}
	text := strings.NewReplacer("Keep seeds apart from seedlings", strings.Repeat("Ä<b>\\u202e", 500), "https://github.com/Garden-Club/almanac/pull/2", "javascript:alert(1)",
		"2026-11-23T09:00:04Z", "2036-01-01T00:00:00Z").Replace(payload(t, "github_change"))
	got, err := forge.Read(forge.GitHub, event(forge.GitHub, "pull_request"), []byte(text), now)
	if err != nil || len(got) != 1 || got[0].URL != "" || got[0].FinishedAt != now || utf8.RuneCountInString(got[0].Title) > 200 || strings.ContainsRune(got[0].Title, '\u202e') {
		t.Errorf("%v %v", got, err)
	}
}

func FuzzRead(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(names) < 9 {
		f.Fatal(names, err)
	}
	kinds := map[string][2]string{"change": {"pull_request", "Merge Request Hook"}, "issue": {"issues", "Issue Hook"}, "release": {"release", "Release Hook"}}
	for _, name := range names {
		of, kind, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".json"), "_")
		said := kinds[kind][0]
		if of == forge.GitLab {
			said = kinds[kind][1]
		}
		f.Add(of == forge.GitLab, said, payload(f, of+"_"+kind), false)
	}
	f.Add(false, "issues", "payload=%7B%7D", true)
	f.Fuzz(func(t *testing.T, lab bool, said, body string, form bool) {
		of := forge.GitHub
		if lab {
			of = forge.GitLab
		}
		h := event(of, said)
		if form {
			h.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		got, err := forge.Read(of, h, []byte(body), now)
		if err != nil && len(got) > 0 {
			t.Error("it fails and finds")
		}
		for _, w := range got {
			for what, s := range map[string]string{"title": w.Title, "place": w.Place, "name": w.Author.Name, "handle": w.Author.Handle, "email": w.Author.Email, "url": w.URL} {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || len(s) > 4*2000 {
					t.Errorf("%s is %q", what, s)
				}
			}
			if w.Title == "" || w.Author.Key() == "" || len(w.ID) != 32 || w.FinishedAt.After(now) || now.Sub(w.FinishedAt) > forge.KeptFor {
				t.Errorf("kept %+v", w)
			}
		}
	})
}
