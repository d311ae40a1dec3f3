package transfer_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/digest"
	"kith/internal/forge"
	"kith/internal/guess"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/presence"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/transfer"
)

type house struct {
	db      *db.DB
	nouns   transfer.Nouns
	archive *transfer.Service
	imports *intake.Service
	people  *person.Service
	by      account.ID
	clock   func() time.Time
}

func build(t testing.TB, d *db.DB) *house {
	t.Helper()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Millisecond); return now }
	jobs := job.New(d, job.Options{Now: clock})
	h := &house{db: d, people: person.New(d, clock), clock: clock}
	h.nouns = transfer.Nouns{Accounts: account.New(d, clock), People: h.people, Practices: practice.New(d, clock), Intentions: intention.New(d, clock), Opportunities: opportunity.New(d, clock)}
	h.nouns.Moments = moment.New(d, moment.Options{Accounts: h.nouns.Accounts, People: h.people, Jobs: jobs, Live: live.New(d), Now: clock})
	h.people.OnMerged(h.nouns.Moments.Mover())
	h.people.OnMerged(h.nouns.Intentions.Mover())
	keys, err := db.MakeKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.people.Seal(keys)
	h.nouns.Pulses = pulse.New(d, pulse.Options{Accounts: h.nouns.Accounts, Jobs: jobs, Now: clock})
	h.nouns.Reflections = reflection.New(d, h.nouns.Moments, clock)
	h.nouns.Reflections.Seal(keys)
	h.nouns.Digests = digest.New(d, digest.Options{Accounts: h.nouns.Accounts, Reflections: h.nouns.Reflections, Jobs: jobs, Now: clock})
	h.nouns.Calendars = dav.New(d, dav.Options{Accounts: h.nouns.Accounts, Now: clock})
	h.nouns.Calendars.Seal(keys)
	h.nouns.Forges = forge.New(d, h.people, clock)
	h.nouns.Forges.Seal(keys)
	h.archive = transfer.New(d, h.nouns)
	h.imports = intake.New(d, intake.Needs{People: h.people, Now: clock})
	h.people.OnDeleted(h.imports.PersonDeleted)
	u, err := h.nouns.Accounts.Create(t.Context(), account.Draft{Email: "someone@example.org", Name: "Someone", Zone: "UTC", Locale: "en"})
	if err != nil {
		t.Fatal(err)
	}
	h.by = u.ID
	return h
}

// live fills the account with one of everything there is.
func (h *house) live(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	name, zone, locale, start := "Ana María", "America/Lima", "de", 240
	if _, err := h.nouns.Accounts.Update(ctx, h.by, account.Change{Name: &name, Zone: &zone, Locale: &locale, DayStart: &start}, 0); err != nil {
		t.Fatal(err)
	}
	var last moment.Moment
	for _, text := range []string{
		"danke an @José für die Hilfe #arbeit :)", "in 2019 lachte mit @\"Ida Müller\" & <allen> über \"alles\" 🎉", "gestern", "gestern", "gestern", "散歩 #旅",
		"called @José, no answer", "20 min tea with the barista\nand a second line",
	} {
		m, _, err := h.nouns.Moments.Log(ctx, h.by, moment.Draft{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		last = m
	}
	gone, _, err := h.nouns.Moments.Log(ctx, h.by, moment.Draft{Text: "to be deleted with @Nobody"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.nouns.Moments.Delete(ctx, h.by, gone.ID, 0); err != nil {
		t.Fatal(err)
	}
	if err := h.people.Delete(ctx, h.by, gone.People[0].ID, 0); err != nil {
		t.Fatal(err)
	}
	h.befriend(t)
	felt := -2
	if _, err := h.nouns.Moments.Update(ctx, h.by, last.ID, moment.Change{Felt: &felt}, 0); err != nil {
		t.Fatal(err)
	}
	mine, _, err := h.nouns.Practices.Create(ctx, h.by, practice.Draft{Name: "Water Ida's plants", How: "all of them\nand the fern", Kind: "kindness", Context: "personal", Seconds: 300})
	if err != nil {
		t.Fatal(err)
	}
	spare, _, err := h.nouns.Practices.Create(ctx, h.by, practice.Draft{Name: "to be deleted"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.nouns.Practices.Delete(ctx, h.by, spare.ID, 0); err != nil {
		t.Fatal(err)
	}
	for id, on := range map[string]bool{mine.ID: false, "awe-walk": true, "body-scan": false} {
		if err := h.nouns.Opportunities.Offer(ctx, h.by, "2026-11-24", id, on); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.nouns.Intentions.Set(ctx, h.by, "2026-11-24", intention.Draft{Text: "ring José", Cue: "when I get coffee"}); err != nil {
		t.Fatal(err)
	}
	h.pulses(t)
	h.reflect(t)
	h.guess(t)
	presences := presence.New(h.db, presence.Options{People: h.people, Moments: h.nouns.Moments, Live: live.New(h.db), Now: h.clock})
	for _, d := range []presence.Draft{
		{Kind: presence.Breath, Pattern: "4-2-6"},
		{Kind: presence.Scan},
		{Kind: presence.People, People: []moment.Ref{{Name: "José"}, {Name: "Ida Müller"}}},
	} {
		v, _, err := presences.Start(ctx, h.by, d)
		if err != nil {
			t.Fatal(err)
		}
		switch d.Kind {
		case presence.Breath:
			_, err = presences.End(ctx, h.by, v.ID, presence.End{Line: "geatmet"})
		case presence.Scan:
			err = presences.Delete(ctx, h.by, v.ID, 0)
		default: // still runs, and guests may join
			_, _, err = presences.Invite(ctx, h.by, v.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.nouns.Opportunities.Put(ctx, h.by, "2026-11-24", "kind:laugh"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.nouns.Opportunities.Wish(ctx, h.by, opportunity.Wishes{RestDays: []time.Weekday{time.Sunday}, LossNotes: true}, 0); err != nil {
		t.Fatal(err)
	}
	if err := h.nouns.Opportunities.Answer(ctx, h.by, "2026-11-24", "practice:compliment", opportunity.NotThis); err != nil {
		t.Fatal(err)
	}
}

// guess makes one that landed, one nobody knows of, one that waits and one that was replaced.
func (h *house) guess(t *testing.T) {
	t.Helper()
	ctx, guesses, nine := t.Context(), guess.New(h.db, h.clock), 9
	h.nouns.Moments.OnLogged(guesses.MomentLogged)
	for _, landed := range []*int{&nine, nil} {
		m, _, err := h.nouns.Moments.Log(ctx, h.by, moment.Draft{Text: "traf @Jorge"})
		if err != nil {
			t.Fatal(err)
		}
		g, _, err := guesses.Make(ctx, h.by, guess.Draft{Person: m.People[0].ID, Value: 3})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.nouns.Moments.Log(ctx, h.by, moment.Draft{Text: "called @Jorge"}); err != nil {
			t.Fatal(err)
		}
		if _, err := guesses.Land(ctx, h.by, g.ID, landed, 0); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, _, err := guesses.Make(ctx, h.by, guess.Draft{Person: m.People[0].ID, Value: 0}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// bring takes an address book over, again with news, and another one back.
func (h *house) bring(t *testing.T) {
	t.Helper()
	for i, undo := range []bool{false, false, true} {
		card := i / 2 // the first one twice
		text := fmt.Sprintf("BEGIN:VCARD\nFN:<Card> & %d\nUID:c%d\nX-ODD;A=\"b;c\":d\nNOTE:<%d>\nEND:VCARD\nBEGIN:VCARD\nTEL:1\nEND:VCARD\n", card, card, i)
		v, _, err := h.imports.Stage(t.Context(), h.by, strings.NewReader(text), intake.Options{File: "<people>.vcf"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.imports.Apply(t.Context(), h.by, v.ID, nil); err != nil {
			t.Fatal(err)
		}
		if undo {
			if _, err := h.imports.Undo(t.Context(), h.by, v.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// befriend fills what people have: one of each, one of each deleted, a merge that stands and one that was undone.
func (h *house) befriend(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	year, from, to := 1984, 480, 1260
	befriended := func(name string) person.Person {
		p, _, err := h.people.Create(ctx, h.by, person.Draft{
			Name: name, Nickname: "🦊 " + name, Standing: person.LetGo, StandingNote: "not a word\nsince spring", Ring: "inner", Cadence: &from, Zone: "Asia/Tokyo",
			Locale: "ja", HoursFrom: &from, HoursTo: &to, Source: "vcard",
			Channels:  []person.Channel{{Kind: person.Phone, Value: "+49 171 " + strconv.Itoa(len(name)) + "234567", Label: "home"}, {Kind: person.Address, Value: "1 Street\nTown"}},
			Dates:     []person.Date{{Kind: person.Birthday, Year: &year, Month: 2, Day: 29}, {Kind: person.OtherDate, Label: name, Month: 12, Day: 31, LeadDays: &year}},
			Facts:     []person.Fact{{Text: "likes <tea> with " + name}, {Text: "a secret of " + name, Private: true}},
			FollowUps: []person.FollowUp{{Text: "ask how it went", Due: "2026-12-01"}, {Text: "done with " + name, Due: "2026-12-01", State: person.Done}},
			Groups:    []string{"climbers", name},
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	year = 180
	one, two, three, four := befriended("Ida"), befriended("İbrahim"), befriended("陳大文"), befriended("Ida II")
	face := image.NewGray(image.Rect(0, 0, 30, 20))
	var photo bytes.Buffer
	if err := png.Encode(&photo, face); err != nil {
		t.Fatal(err)
	}
	for _, p := range []person.Person{one, three} {
		if _, err := h.people.SetPhoto(ctx, h.by, p.ID, photo.Bytes(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.people.AddRelation(ctx, h.by, one.ID, person.Relation{Other: two.ID, Role: "daughter"}); err != nil {
		t.Fatal(err)
	}
	if err := h.people.Distinct(ctx, h.by, one.ID, two.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.nouns.Moments.Log(ctx, h.by, moment.Draft{Text: "soup with @İbrahim and @陳大文"}); err != nil {
		t.Fatal(err)
	}
	d, err := h.people.Detail(ctx, h.by, two.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		h.people.RemoveChannel(ctx, h.by, two.ID, d.Channels[0].ID, 0), h.people.RemoveDate(ctx, h.by, two.ID, d.Dates[0].ID, 0),
		h.people.RemoveFact(ctx, h.by, two.ID, d.Facts[0].ID, 0), h.people.RemoveFollowUp(ctx, h.by, two.ID, d.FollowUps[0].ID, 0),
		h.people.DeleteGroup(ctx, h.by, d.Groups[0].ID, 0),
	); err != nil {
		t.Fatal(err)
	}
	m, _, err := h.people.Merge(ctx, h.by, "", one.ID, four.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.people.UndoMerge(ctx, h.by, m.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.people.Merge(ctx, h.by, "", two.ID, three.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.people.Delete(ctx, h.by, four.ID, 0); err != nil {
		t.Fatal(err)
	}
}

// pulses adds a pulse and a filled-in scale of each kind, kept and deleted, and a scale of one's own.
func (h *house) pulses(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for range 2 {
		p, _, err := h.nouns.Pulses.Log(ctx, h.by, pulse.Draft{Valence: 80, Energy: 20, Words: []string{"zufrieden", "föhnig & <leicht>"}})
		if err != nil {
			t.Fatal(err)
		}
		a, _, err := h.nouns.Pulses.Answer(ctx, h.by, pulse.AnswerDraft{Scale: "spane", Answers: map[string]int{"sad": 2, "happy": 4}})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.nouns.Pulses.Delete(ctx, h.by, p.ID, 0); err != nil {
			t.Fatal(err)
		}
		if err := h.nouns.Pulses.DeleteAnswer(ctx, h.by, a.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.nouns.Pulses.Undo(ctx, h.by, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.nouns.Pulses.Answer(ctx, h.by, pulse.AnswerDraft{Scale: "ons4", Answers: map[string]int{"happy": 7}}); err != nil {
		t.Fatal(err)
	}
	gone, _, err := h.nouns.Pulses.Log(ctx, h.by, pulse.Draft{Valence: 1, Energy: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.nouns.Pulses.Delete(ctx, h.by, gone.ID, 0); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"mine", "other"} {
		if _, _, err := h.nouns.Pulses.ImportScale(ctx, h.by, []byte(`{"id": "`+id+`", "version": 1, "interval_weeks": 2,
			"licence": {"name": "my own"}, "credit": "me & <you>", "validated": false, "answers": {"a": {"from": 0, "to": 1}},
			"items": [{"id": "q", "answers": "a"}], "scores": [{"id": "q", "rule": "value", "items": ["q"], "min": 0, "max": 1}],
			"languages": {"en": {"official": true, "name": "Mine", "intro": "", "items": {"q": "Well?"},
			"answers": {"a": {"each": ["no", "yes"]}}, "scores": {"q": "Well"}}}}`), true); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.nouns.Pulses.DeleteScale(ctx, h.by, "other"); err != nil {
		t.Fatal(err)
	}
}

// reflect writes about an evening in the open, one in private, and one that is deleted; and leaves something for next week.
func (h *house) reflect(t *testing.T) {
	t.Helper()
	ctx, s := t.Context(), h.nouns.Reflections
	for day, d := range map[string]reflection.Draft{
		"2026-11-24": {Good: []string{"Föhn <warm>", "tea & talk"}, Line: "with *José*\n- and then\n", Prompt: "smile"},
		"2026-11-23": {Line: "nobody else reads this", Private: true}, "2026-11-22": {Line: "gone", Private: true},
	} {
		if _, _, err := s.Save(ctx, h.by, "2026-11-24", day, d, 0); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.CarryOn(ctx, h.by, "2026-W48", "call Ida first", 0)
	_, err2 := s.SetGoodOn(ctx, h.by, reflection.Daily, 0)
	_, err3 := h.nouns.Digests.Set(ctx, h.by, digest.Setting{On: true, Weekday: 5, Minute: 1080, Private: true}, 0)
	if err := errors.Join(err, err2, err3, s.Delete(ctx, h.by, "2026-11-22", 0)); err != nil {
		t.Fatal(err)
	}
}
