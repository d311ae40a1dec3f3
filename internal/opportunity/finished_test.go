package opportunity_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/forge"
	"kith/internal/opportunity"
	"kith/internal/person"
)

// told has a forge tell l what a handle finished.
func (l *life) told(t testing.TB, d *db.DB, title, login string, at time.Time) *forge.Service {
	t.Helper()
	forges := forge.New(d, person.New(d, func() time.Time { return l.at }), func() time.Time { return l.at })
	v, secret, _, err := forges.Add(t.Context(), l.u.ID, forge.Draft{Name: "a forge"})
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"action": "closed", "pull_request": {"number": 7, "title": %q, "merged": true, "merged_at": %q, "user": {"login": %q}},
		"repository": {"full_name": "a/b", "html_url": "https://forge.example.org/a/b"}}`, title, at.Format(time.RFC3339), login)
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = m.Write([]byte(body))
	head := http.Header{}
	head.Set("X-GitHub-Event", "pull_request")
	head.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(m.Sum(nil)))
	if out, err := forges.Receive(t.Context(), v.Address, head, strings.NewReader(body)); err != nil || out != forge.Kept {
		t.Fatal(out, err)
	}
	return forges
}

// finished is what is offered because somebody finished something.
func (l *life) finished() opportunity.Opportunity {
	for _, o := range l.offered() {
		if o.Source == opportunity.SourceFinished {
			return o
		}
	}
	return opportunity.Opportunity{}
}

// What somebody finished is worth a word for a week, unless there was one, or it is one's own, or nobody's.
func TestService_Today_finished(t *testing.T) {
	t.Parallel()
	sam := person.Draft{Name: "Sam", Channels: []person.Channel{{Kind: person.URL, Value: "https://forge.example.org/sam"}}}
	for _, tt := range []struct {
		name  string
		draft person.Draft
		days  int // since it was finished
		then  func(l *life, f *forge.Service, sam string)
		why   string // a part of it; empty: nothing is offered
	}{
		{"two days ago", sam, 2, nil, "“Fewer tables” by Sam was merged 2 days ago: worth a word?"},
		{"yesterday", sam, 1, nil, "merged yesterday"},
		{"today", sam, 0, nil, "merged today"},
		{"more than a week ago", sam, 8, nil, ""},
		{"nobody is known by that handle", person.Draft{Name: "Sam"}, 2, nil, ""},
		{"somebody who is let go", person.Draft{Name: "Sam", Standing: person.LetGo, Channels: sam.Channels}, 2, nil, ""},
		{"night where he is", person.Draft{Name: "Sam", Zone: "America/Los_Angeles", Channels: sam.Channels}, 2, nil, ""},
		{"thanked since", sam, 2, func(l *life, _ *forge.Service, id string) { l.log("thanks", "thanked him", 1, id) }, ""},
		{"talked about it with others", sam, 2, func(l *life, _ *forge.Service, _ string) { l.log("conversation", "lunch", 1) }, "2 days ago"},
		{"it is one's own", sam, 2, func(l *life, f *forge.Service, _ string) {
			if _, err := f.MarkAs(context.Background(), l.u.ID, "forge.example.org/sam", forge.Me); err != nil {
				panic(err)
			}
		}, ""},
		{"it is nobody's", sam, 2, func(l *life, f *forge.Service, _ string) {
			if _, err := f.MarkAs(context.Background(), l.u.ID, "@sam", forge.Nobody); err != nil {
				panic(err)
			}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := newLife(t, d, "ana@example.org")
				p := l.person(tt.draft)
				l.log("laugh", "laughed together", 1, p.ID)
				l.at = l.at.AddDate(0, 0, 1)
				f := l.told(t, d, "Fewer tables", "Sam", l.at)
				newLife(t, d, "ben@example.org")
				if tt.then != nil {
					l.at = l.at.AddDate(0, 0, 1)
					tt.then(l, f, p.ID)
					l.at = l.at.AddDate(0, 0, -1)
				}
				l.at = l.at.AddDate(0, 0, tt.days).Add(time.Hour)
				got := l.finished()
				if tt.why == "" && got.ID != "" || tt.why != "" && (got.Person != p.ID || !strings.Contains(got.Why, tt.why)) {
					t.Errorf("offered %+v", got)
				}
			})
		})
	}
}

// "Not now" gives it a rest, and the first words speak of what was finished.
func TestService_finished_answered(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		p := l.person(person.Draft{Name: "Sam", Channels: []person.Channel{{Kind: person.URL, Value: "https://forge.example.org/sam"}}})
		l.told(t, d, "Fewer tables", "Sam", l.at.Add(-24*time.Hour))
		got := l.finished()
		if got.Person != p.ID || got.Act != opportunity.ActReach {
			t.Fatalf("offered %+v", got)
		}
		o, err := l.offers.Opening(t.Context(), l.u, l.day(), p.ID, got.ID)
		if err != nil || len(o.Opening) == 0 || !strings.Contains(o.Opening[0], "Fewer tables") || o.Why != got.Why {
			t.Errorf("%+v %v", o, err)
		}
		if err := l.offers.Answer(t.Context(), l.u.ID, l.day(), got.ID, opportunity.NotNow); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if got := l.finished(); got.ID != "" {
				t.Errorf("offered again on %s: %+v", l.day(), got)
			}
			l.at = l.at.AddDate(0, 0, 1)
		}
	})
}

// Whether there was a word since is asked of each by what they finished themselves.
func TestService_Today_finishedByTwo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLife(t, d, "ana@example.org")
		ids := map[string]string{}
		for _, name := range []string{"Sam", "Rosa"} {
			ids[name] = l.person(person.Draft{Name: name, Channels: []person.Channel{{Kind: person.URL, Value: "https://forge.example.org/" + strings.ToLower(name)}}}).ID
		}
		l.told(t, d, "Fewer tables", "sam", l.at)
		l.at = l.at.AddDate(0, 0, 1)
		l.log("thanks", "thanked both", 1, ids["Sam"], ids["Rosa"])
		l.at = l.at.AddDate(0, 0, 1)
		l.told(t, d, "More chairs", "rosa", l.at)
		l.at = l.at.AddDate(0, 0, 1)
		if got := l.finished(); got.Person != ids["Rosa"] {
			t.Errorf("offered %+v", got)
		}
	})
}
