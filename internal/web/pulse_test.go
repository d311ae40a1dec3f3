package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/db/dbtest"
	"kith/internal/httpd"
	"kith/internal/job"
	"kith/internal/pulse"
)

// Where there is help stands on the page of pulses when low days have lasted, in the reader's language, as the operator wrote
// it; and not on the page of somebody else.
func TestHelpIsMentioned(t *testing.T) {
	t.Parallel()
	own, err := pulse.ParseHelp([]byte(`{"en": {"intro": "We are here.", "resources": [{"name": "The harbour office", "phone": "0800 555"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what, locale string
		valence      int // of eight days; 0: none, but twice "often lonely", four weeks apart
		book         *pulse.HelpBook
		want         string // empty: no mention
	}{
		{"low days", "en", 10, nil, "Find A Helpline"},
		{"low days in German", "de", 10, nil, "TelefonSeelsorge"},
		{"the operator's list", "en", 10, own, "The harbour office"},
		{"the operator wrote no German", "de", 10, own, "TelefonSeelsorge"},
		{"good days", "en", 70, nil, ""},
		{"lasting loneliness", "en", 0, nil, "Find A Helpline"},
		{"lasting loneliness in German", "de", 0, nil, "TelefonSeelsorge"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			at := now
			clock := func() time.Time { return at }
			d := dbtest.Open(t, dbtest.SQLite(t))
			accounts := account.New(d, clock)
			keys := auth.New(d, accounts, auth.Options{Now: clock})
			pulses := pulse.New(d, pulse.Options{Accounts: accounts, Jobs: job.New(d, job.Options{Now: clock}), Now: clock, Help: tt.book})
			h := &house{h: httpd.Wrap(New(Services{Accounts: accounts, Auth: keys, Pulses: pulses, Now: clock}), httpd.Options{})}
			visit := func(name string) visitor {
				u, err := accounts.Create(t.Context(), account.Draft{Name: name, Email: name + "@example.org", Zone: "Europe/Berlin", Locale: tt.locale})
				if err != nil {
					t.Fatal(err)
				}
				return visitor{id: u.ID}
			}
			ana, bo := visit("ana"), visit("bo")
			pages := []string{"/pulse"}
			if tt.valence == 0 {
				pages = append(pages, "/scales/ons-loneliness")
				for _, ago := range []int{28, 0} {
					at = now.AddDate(0, 0, -ago)
					if _, _, err := pulses.Answer(t.Context(), ana.id, pulse.AnswerDraft{Scale: "ons-loneliness", Answers: map[string]int{"lonely": 1}}); err != nil {
						t.Fatal(err)
					}
				}
			}
			for ago := 7; ago >= 0 && tt.valence > 0; ago-- {
				at = now.AddDate(0, 0, -ago)
				if _, _, err := pulses.Log(t.Context(), ana.id, pulse.Draft{Valence: tt.valence, Energy: 40}); err != nil {
					t.Fatal(err)
				}
			}
			for _, v := range []*visitor{&ana, &bo} {
				_, secret, err := keys.Begin(t.Context(), v.id, "test")
				if err != nil {
					t.Fatal(err)
				}
				v.cookie = &http.Cookie{Name: "kith_session", Value: secret}
			}
			for _, path := range pages {
				status, body := h.fetch(t, "GET", path, "", &ana)
				if status != http.StatusOK || strings.Contains(body, "help-line") != (tt.want != "") || !strings.Contains(body, tt.want) {
					t.Errorf("%s: %d, without %q:\n%s", path, status, tt.want, body)
				}
				if status, body := h.fetch(t, "GET", path, "", &bo); status != http.StatusOK || strings.Contains(body, "help-line") {
					t.Errorf("%s of somebody else: %d\n%s", path, status, body)
				}
			}
		})
	}
}
