package digest_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/mail"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/digest"
	"kith/internal/fault"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/notify"
	"kith/internal/notify/mailtest"
	"kith/internal/person"
	"kith/internal/reflection"
)

type house struct {
	*digest.Service
	db          *db.DB
	accounts    *account.Service
	moments     *moment.Service
	reflections *reflection.Service
	sink        *mailtest.Server
	server      *notify.Server
	log         *lockedBuffer
	ana, ben    account.ID

	mu  sync.Mutex
	now time.Time
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) at(t *testing.T, text string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = at
}

// newHouse is a Kith on a Friday noon in Berlin, with two people and a mail server.
func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{db: d, sink: mailtest.Start(t, mailtest.Options{}), log: &lockedBuffer{}}
	h.at(t, "2026-11-20T11:00:00Z")
	h.accounts = account.New(d, h.clock)
	people := person.New(d, h.clock)
	jobs := job.New(d, job.Options{Now: h.clock})
	h.moments = moment.New(d, moment.Options{Accounts: h.accounts, People: people, Jobs: jobs, Live: live.New(d), Now: h.clock})
	h.reflections = reflection.New(d, h.moments, h.clock)
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.reflections.Seal(keys)
	if h.server, err = notify.ParseServer("smtp+plain://127.0.0.1:"+h.sink.Port, "", "Kith <kith@example.org>"); err != nil {
		t.Fatal(err)
	}
	h.Service = digest.New(d, digest.Options{
		Accounts: h.accounts, Reflections: h.reflections, Jobs: jobs, Server: h.server, Base: "https://kith.example.org", Now: h.clock,
		Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	for name, to := range map[string]*account.ID{"ana": &h.ana, "ben": &h.ben} {
		u, err := h.accounts.Create(t.Context(), account.Draft{Email: name + "@example.org", Name: name, Zone: "Europe/Berlin", Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		*to = u.ID
	}
	if _, _, err := h.moments.Log(t.Context(), h.ana, moment.Draft{Text: "laughed with @Ida <3 yesterday 10am"}); err != nil {
		t.Fatal(err)
	}
	for day, r := range map[string]reflection.Draft{
		"2026-11-18": {Line: "an *open* line", Good: []string{"tea & rain"}}, "2026-11-17": {Line: "a hidden line", Private: true},
	} {
		if _, _, err := h.reflections.Save(t.Context(), h.ana, "2026-11-20", day, r, 0); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) set(t *testing.T, by account.ID, s digest.Setting) {
	t.Helper()
	if _, err := h.Set(t.Context(), by, s, 0); err != nil {
		t.Fatal(err)
	}
}

// due has everything looked at that is due, for both people and more than once.
func (h *house) due(t *testing.T) {
	t.Helper()
	for range 3 {
		for _, id := range []account.ID{h.ana, h.ben} {
			if err := h.SendDue(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// letters returns subject, text and HTML of what came, each.
func (h *house) letters(t *testing.T) (all [][3]string) {
	t.Helper()
	for _, got := range h.sink.Got() {
		m, err := mail.ReadMessage(bytes.NewReader(got.Data))
		if err != nil {
			t.Fatal(err)
		}
		one := [3]string{m.Header.Get("Subject")}
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		r := multipart.NewReader(m.Body, params["boundary"])
		for i := 1; i < 3; i++ {
			p, err := r.NextPart()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(p)
			if err != nil {
				t.Fatal(err)
			}
			one[i] = strings.ReplaceAll(string(b), "\r\n", "\n")
		}
		all = append(all, one)
	}
	return all
}

func monday() digest.Setting { return digest.Setting{On: true, Weekday: 1, Minute: 420} }

func TestService_onceAWeek(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.due(t)
		h.set(t, h.ana, monday())
		for _, step := range []struct {
			at   string
			want int
		}{
			{"2026-11-23T05:59:59Z", 0}, // a second before seven in Berlin
			{"2026-11-23T06:00:00Z", 1},
			{"2026-11-23T06:10:00Z", 1},
			{"2026-11-30T05:59:59Z", 1},
			{"2026-11-30T06:00:00Z", 1}, // that week is empty
		} {
			h.at(t, step.at)
			h.due(t)
			if got := len(h.sink.Got()); got != step.want {
				t.Fatalf("%s: %d mails, want %d", step.at, got, step.want)
			}
		}
		letter := h.letters(t)[0]
		for i, want := range [][]string{
			{"Your week 47"},
			{"Week 47, 2026", "16 November – 22 November 2026", "laughed with @Ida <3", "an *open* line", "+ tea & rain", "With Ida.", "One moment.", "https://kith.example.org/week/2026-W47", "on Mondays at 7:00"},
			{"laughed with @Ida &lt;3", "an <em>open</em> line", "tea &amp; rain", `class="laugh"`, "/digest/off/"},
		} {
			for _, w := range want {
				if !strings.Contains(letter[i], w) {
					t.Errorf("%q is not in:\n%s", w, letter[i])
				}
			}
			if strings.Contains(letter[i], "hidden line") {
				t.Errorf("a private line is in:\n%s", letter[i])
			}
		}
		v, err := h.Status(t.Context(), h.ana)
		if err != nil || v.Last.State != digest.Quiet || v.Last.Week != "2026-W48" || v.Next.UTC().Format(time.RFC3339) != "2026-12-07T06:00:00Z" {
			t.Errorf("%+v, %+v, %v", v, v.Last, err)
		}
		if v, err = h.Status(t.Context(), h.ben); err != nil || v.On || v.Last != nil || v.Next != nil {
			t.Errorf("somebody who did not ask: %+v, %v", v, err)
		}
	})
}

func TestService_privateWordsWhenAllowed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		s := monday()
		s.Private = true
		h.set(t, h.ana, s)
		h.at(t, "2026-11-23T08:00:00Z")
		h.due(t)
		if all := h.letters(t); len(all) != 1 || !strings.Contains(all[0][1], "a hidden line") || !strings.Contains(all[0][2], "a hidden line") {
			t.Errorf("%q", all)
		}
		if l, err := h.Preview(t.Context(), h.ben, "2026-W47"); err != nil || !l.Empty || strings.Contains(l.Text, "Ida") {
			t.Errorf("somebody else's: %+v, %v", l, err)
		}
	})
}

// The days of the picture can be told apart in every language.
func TestService_daysOfThePicture(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, locale := range account.Locales() {
		if _, err := h.accounts.Update(t.Context(), h.ana, account.Change{Locale: &locale}, 0); err != nil {
			t.Fatal(err)
		}
		l, err := h.Preview(t.Context(), h.ana, "2026-W47")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for line := range strings.Lines(l.Text) {
			if day, _, ok := strings.Cut(strings.TrimSpace(line), "   "); ok && strings.Contains(line, "·") {
				seen[day] = true
			}
		}
		if len(seen) != 7 {
			t.Errorf("%s: the days are called %v in\n%s", locale, seen, l.Text)
		}
	}
}

func TestService_deadServer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.set(t, h.ana, monday())
		port := h.server.Port
		h.server.Port = "1" // nobody listens there
		start := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
		for minute := 0; minute < 3*24*60; minute += 10 {
			h.at(t, start.Add(time.Duration(minute)*time.Minute).Format(time.RFC3339))
			h.due(t)
		}
		v, err := h.Status(t.Context(), h.ana)
		if err != nil || v.Last.State != digest.Sending || v.Last.Attempts < 40 || v.Last.Attempts > 140 || len(h.sink.Got()) > 0 {
			t.Fatalf("%+v, %v", v.Last, err)
		}
		if logged := h.log.String(); strings.Contains(logged, "example.org") || strings.Contains(logged, "ida") || !strings.Contains(logged, "tried again") {
			t.Errorf("logged:\n%s", logged)
		}
		h.server.Port = port
		h.at(t, "2026-11-26T08:00:00Z") // more than an hour later
		h.due(t)
		if all := h.letters(t); len(all) != 1 || all[0][0] != "Your week 47" {
			t.Errorf("afterwards: %q", all)
		}
		if v, err = h.Status(t.Context(), h.ana); err != nil || v.Last.State != digest.Sent || v.Next.UTC().Format(time.DateOnly) != "2026-11-30" {
			t.Errorf("%+v, %v", v.Last, err)
		}
	})
}

func TestService_refusedForGood(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.set(t, h.ana, monday())
		asked := 0
		h.sink.Refuse(func(string) error { asked++; return mailtest.Answer(550, "no such user") })
		h.at(t, "2026-11-23T06:00:00Z")
		h.due(t)
		v, err := h.Status(t.Context(), h.ana)
		if err != nil || v.Last.State != digest.Refused || asked != 1 {
			t.Errorf("%+v, asked %d times, %v", v.Last, asked, err)
		}
	})
}

// Many nodes at once send one mail.
func TestService_manyNodes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.set(t, h.ana, monday())
		h.at(t, "2026-11-23T06:00:00Z")
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := h.SendDue(context.WithoutCancel(t.Context()), h.ana); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := len(h.sink.Got()); got != 1 {
			t.Errorf("%d mails", got)
		}
	})
}

func TestService_changes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		h.set(t, h.ana, monday())
		h.at(t, "2026-11-23T06:00:00Z")
		h.due(t)
		friday := digest.Setting{On: true, Weekday: 2, Minute: 420} // of the same week again: not twice
		h.set(t, h.ana, friday)
		h.at(t, "2026-11-24T06:00:00Z")
		h.due(t)
		if got := len(h.sink.Got()); got != 1 {
			t.Fatalf("%d mails after another hour was chosen", got)
		}
		if _, _, err := h.moments.Log(ctx, h.ana, moment.Draft{Text: "thanked @Sam"}); err != nil {
			t.Fatal(err)
		}
		zone, locale := "Asia/Tokyo", "de"
		if _, err := h.accounts.Update(ctx, h.ana, account.Change{Zone: &zone, Locale: &locale}, 0); err != nil {
			t.Fatal(err)
		}
		h.due(t) // finds that she has moved
		h.at(t, "2026-11-30T21:59:59Z")
		h.due(t)
		if got := len(h.sink.Got()); got != 1 {
			t.Fatalf("%d mails before seven in Tokyo", got)
		}
		h.at(t, "2026-11-30T22:00:00Z")
		h.due(t)
		if all := h.letters(t); len(all) != 2 || all[1][0] != "Deine Woche 48" || !strings.Contains(all[1][1], "23. November") {
			t.Errorf("%q", all)
		}
		if _, err := h.Set(ctx, h.ana, monday(), 1); code(err) != "digest_setting_changed" {
			t.Errorf("an old copy: %v", err)
		}
		for _, s := range []digest.Setting{{Weekday: 7}, {Weekday: -1}, {Minute: 1440}, {Minute: -1}} {
			if _, err := h.Set(ctx, h.ana, s, 0); code(err) == "" {
				t.Errorf("%+v is kept", s)
			}
		}
	})
}

func TestService_Leave(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, ctx := newHouse(t, d), t.Context()
		h.set(t, h.ana, monday())
		h.at(t, "2026-11-23T06:00:00Z")
		h.due(t)
		_, after, _ := strings.Cut(h.letters(t)[0][1], "/digest/off/"+string(h.ana)+"/")
		secret := strings.TrimSpace(after)
		for by, wrong := range map[account.ID]string{h.ana: "no", h.ben: secret, "nobody": secret} {
			if _, err := h.Leave(ctx, by, wrong); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s with %q: %v", by, wrong, err)
			}
		}
		if _, err := h.Leave(ctx, h.ben, ""); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("who never chose, with nothing: %v", err)
		}
		for range 2 {
			if u, err := h.Leave(ctx, h.ana, secret); err != nil || u.ID != h.ana {
				t.Fatalf("%v, %v", u, err)
			}
		}
		v, err := h.Status(ctx, h.ana)
		if err != nil || v.On || v.Revision != 2 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return ""
}
