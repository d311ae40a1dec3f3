package forge

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"kith/internal/fold"
)

// errUnreadable is a delivery that is not what a forge sends.
var errUnreadable = errors.New("not what a forge sends")

// read returns what a delivery says was finished. Nothing, where it tells of something else.
func read(forge string, h http.Header, body []byte, now time.Time) ([]Work, error) {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	if strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") { // GitHub and Forgejo offer it
		form, err := url.ParseQuery(string(body))
		if err != nil || form.Get("payload") == "" {
			return nil, errUnreadable
		}
		body = []byte(form.Get("payload"))
	}
	if !json.Valid(body) {
		return nil, errUnreadable
	}
	var (
		list []Work
		err  error
	)
	if forge == GitLab {
		list, err = readGitLab(h.Get("X-Gitlab-Event"), body)
	} else {
		event := ""
		for _, name := range []string{"X-Forgejo-Event", "X-Gitea-Event", "X-Github-Event"} {
			if event == "" {
				event = h.Get(name)
			}
		}
		list, err = readHub(event, body)
	}
	if err != nil {
		return nil, err
	}
	kept := list[:0]
	for _, w := range list {
		if w.FinishedAt.IsZero() || w.FinishedAt.After(now) {
			w.FinishedAt = now
		}
		w.FinishedAt = w.FinishedAt.UTC().Truncate(time.Microsecond)
		if w, ok := w.clean(); ok && now.Sub(w.FinishedAt) < KeptFor {
			kept = append(kept, w)
		}
	}
	return kept, nil
}

// clean tidies what a forge said and reports whether it is enough to be kept.
func (w Work) clean() (Work, bool) {
	ref := w.ID
	w.Title, w.Place, w.Author.Name = line(w.Title, maxTitle), line(w.Place, maxWord), line(w.Author.Name, maxWord)
	if u, err := url.Parse(w.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(w.URL) > maxURL {
		w.URL = ""
	}
	w.Author.Email = cleanEmail(w.Author.Email)
	if len(w.Author.Handle) > maxWord || strings.ContainsFunc(w.Author.Handle, func(r rune) bool { return r <= ' ' || r > '~' }) {
		w.Author.Handle = ""
	}
	w.ID = digest(strings.Join([]string{w.Kind, fold.Fold(w.Place), ref, w.Author.Key()}, "\x00"))
	return w, w.Title != "" && ref != "" && w.Author.Key() != ""
}

// hubUser is an account of GitHub, Forgejo or Gitea.
type hubUser struct {
	Login string `json:"login"`
	Type  string `json:"type"`
	Email string `json:"email"`
	Full  string `json:"full_name"`
	Name  string `json:"name"`
}

// robot reports whether an account is a program's: nobody to have a word with.
func (u hubUser) robot() bool {
	return u.Type == "Bot" || strings.HasSuffix(u.Login, "[bot]") || u.Login == "" && u.Email == ""
}

func (u hubUser) author(forge string) Author {
	a := Author{Email: u.Email, Name: first(u.Full, u.Name, u.Login)}
	if u.Login != "" && forge != "" {
		a.Handle = forge + "/" + u.Login
	}
	return a
}

// hub is a delivery of GitHub, Forgejo or Gitea, which say the same.
type hub struct {
	Action string `json:"action"`
	Repo   struct {
		Full string `json:"full_name"`
		URL  string `json:"html_url"`
	} `json:"repository"`
	Sender hubUser     `json:"sender"`
	Change *hubSubject `json:"pull_request"`
	Issue  *hubSubject `json:"issue"`
	Out    *struct {
		Tag       string  `json:"tag_name"`
		Name      string  `json:"name"`
		URL       string  `json:"html_url"`
		Draft     bool    `json:"draft"`
		Published string  `json:"published_at"`
		Author    hubUser `json:"author"`
	} `json:"release"`
}

type hubSubject struct {
	Number    json.Number `json:"number"`
	Title     string      `json:"title"`
	URL       string      `json:"html_url"`
	Merged    bool        `json:"merged"`
	MergedAt  string      `json:"merged_at"`
	ClosedAt  string      `json:"closed_at"`
	Why       string      `json:"state_reason"`
	User      hubUser     `json:"user"`
	Assignees []hubUser   `json:"assignees"`
}

func readHub(event string, body []byte) ([]Work, error) {
	var d hub
	switch event {
	case "pull_request", "issues", "release":
	default:
		return nil, nil
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, errUnreadable
	}
	base := handles(d.Repo.URL, d.Repo.Full)
	work := func(kind, ref, title, at, link string, u hubUser) []Work {
		if u.robot() {
			return nil
		}
		return []Work{{ID: ref, Kind: kind, Title: title, Place: d.Repo.Full, URL: link, Author: u.author(base), FinishedAt: instant(at)}}
	}
	switch {
	case event == "pull_request" && d.Action == "closed" && d.Change != nil && d.Change.Merged:
		c := d.Change
		return work(Change, c.Number.String(), c.Title, c.MergedAt, c.URL, c.User), nil
	case event == "issues" && d.Action == "closed" && d.Issue != nil && (d.Issue.Why == "" || d.Issue.Why == "completed"):
		i := d.Issue
		doers := i.Assignees
		if len(doers) == 0 {
			doers = []hubUser{d.Sender}
		}
		var list []Work
		for _, u := range doers[:min(len(doers), maxDoers)] {
			list = append(list, work(Issue, i.Number.String(), i.Title, i.ClosedAt, i.URL, u)...)
		}
		return list, nil
	case event == "release" && d.Action == "published" && d.Out != nil && !d.Out.Draft:
		r := d.Out
		return work(Release, r.Tag, first(r.Name, r.Tag), r.Published, r.URL, r.Author), nil
	}
	return nil, nil
}

// maxDoers is how many of those who took an issue on are named.
const maxDoers = 10

// lab is a delivery of GitLab.
type lab struct {
	Kind    string  `json:"object_kind"`
	Event   string  `json:"event_type"`
	User    labUser `json:"user"`
	Project struct {
		Path string `json:"path_with_namespace"`
		URL  string `json:"web_url"`
	} `json:"project"`
	Object struct {
		IID          json.Number `json:"iid"`
		Title        string      `json:"title"`
		Action       string      `json:"action"`
		URL          string      `json:"url"`
		AuthorID     int64       `json:"author_id"`
		MergedAt     string      `json:"merged_at"`
		ClosedAt     string      `json:"closed_at"`
		UpdatedAt    string      `json:"updated_at"`
		Confidential bool        `json:"confidential"`
		Last         struct {
			Author labUser `json:"author"`
		} `json:"last_commit"`
	} `json:"object_attributes"`
	Assignees []labUser `json:"assignees"`
	Reviewers []labUser `json:"reviewers"`
	// of a release
	Action   string `json:"action"`
	Name     string `json:"name"`
	Tag      string `json:"tag"`
	URL      string `json:"url"`
	Released string `json:"released_at"`
	Commit   struct {
		Author labUser `json:"author"`
	} `json:"commit"`
}

type labUser struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
	Email    string `json:"email"` // of a commit the real one, else often "[REDACTED]"
}

// labRobot is how GitLab calls the accounts of access tokens.
var labRobot = regexp.MustCompile(`^(project|group)_\d+_bot`)

func readGitLab(event string, body []byte) ([]Work, error) {
	var d lab
	switch event {
	case "Merge Request Hook", "Issue Hook", "Release Hook":
	default: // confidential issues among them: their titles are not for keeping elsewhere
		return nil, nil
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, errUnreadable
	}
	base := handles(d.Project.URL, d.Project.Path)
	work := func(kind, ref, title, at, link string, u labUser) []Work {
		if labRobot.MatchString(u.Username) {
			return nil
		}
		return []Work{{
			ID: ref, Kind: kind, Title: title, Place: d.Project.Path, URL: link, FinishedAt: instant(at),
			Author: hubUser{Login: u.Username, Email: u.Email, Name: u.Name}.author(base),
		}}
	}
	o := d.Object
	switch {
	case d.Kind == "merge_request" && o.Action == "merge":
		return work(Change, o.IID.String(), o.Title, first(o.MergedAt, o.UpdatedAt), o.URL, d.author()), nil
	case d.Kind == "issue" && d.Event != "confidential_issue" && o.Action == "close" && !o.Confidential:
		doers := d.Assignees
		if len(doers) == 0 {
			doers = []labUser{d.User}
		}
		var list []Work
		for _, u := range doers[:min(len(doers), maxDoers)] {
			list = append(list, work(Issue, o.IID.String(), o.Title, first(o.ClosedAt, o.UpdatedAt), o.URL, u)...)
		}
		return list, nil
	case d.Kind == "release" && d.Action == "create":
		return work(Release, d.Tag, first(d.Name, d.Tag), d.Released, d.URL, d.Commit.Author), nil
	}
	return nil, nil
}

// author is whose change was merged. GitLab gives the author's number alone, and names who merged it, who it was given to
// and who wrote the last commit: whoever of them has the number, or else the commit's.
func (d lab) author() labUser {
	for _, u := range append(append([]labUser{d.User}, d.Assignees...), d.Reviewers...) {
		if u.ID != 0 && u.ID == d.Object.AuthorID {
			if last := d.Object.Last.Author; last.Name == u.Name && cleanEmail(u.Email) == "" {
				u.Email = last.Email
			}
			return u
		}
	}
	return d.Object.Last.Author
}

// handles is what stands before the names of a forge's people: the address of a repository without the repository.
func handles(repo, path string) string {
	u, err := url.Parse(repo)
	if err != nil || u.Host == "" || path == "" {
		return ""
	}
	before, ok := strings.CutSuffix(strings.TrimSuffix(u.EscapedPath(), "/"), "/"+path)
	if !ok {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.") + before
}

func instant(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 {
			return t
		}
	}
	return time.Time{}
}

func first(words ...string) string {
	for _, w := range words {
		if strings.TrimSpace(w) != "" {
			return w
		}
	}
	return ""
}
