package reflection

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/i18n"
)

func TestDraft_clean(t *testing.T) {
	t.Parallel()
	d, err := Draft{Good: []string{" a \n b ", "", "\u00a0"}, Line: "\n one\r\ntwo\x00 ", Prompt: "smile"}.clean()
	if err != nil || len(d.Good) != 1 || d.Good[0] != "a b" || d.Line != "one\ntwo" || d.Prompt != "smile" {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := (Draft{Good: []string{"a"}, Prompt: "smile"}).clean(); err != nil || d.Prompt != "" {
		t.Errorf("a question that was not answered: %+v, %v", d, err)
	}
	for code, d := range map[string]Draft{
		"reflection_empty":     {Good: []string{" "}, Line: "\n", Prompt: "smile"},
		"too_many_good_things": {Good: []string{"a", "b", "c", "d"}},
		"good_thing_too_long":  {Good: []string{strings.Repeat("ü", MaxGoodText+1)}},
		"reflection_too_long":  {Line: strings.Repeat("ü", MaxLine+1)},
		"unknown_prompt":       {Line: "a", Prompt: "no-such"},
	} {
		if _, err := d.clean(); fault.As(err) == nil || fault.As(err).Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestDecks_agree(t *testing.T) {
	t.Parallel()
	want := deck(i18n.Default)
	if len(want) < 60 {
		t.Errorf("%d questions", len(want))
	}
	for _, l := range i18n.Locales() {
		said := map[string]bool{}
		for i, p := range deck(l.Tag) {
			if i >= len(want) || p.ID != want[i].ID || said[p.ID] || said[p.Text] || !strings.ContainsAny(p.Text[max(0, len(p.Text)-3):], "?؟？") {
				t.Errorf("%s: %+v", l.Tag, p)
			}
			said[p.ID], said[p.Text] = true, true
		}
		if len(deck(l.Tag)) != len(want) {
			t.Errorf("%s has %d questions", l.Tag, len(deck(l.Tag)))
		}
	}
}

// The whole deck is gone through before a question comes again, in an order of each person's own.
func TestDraw_withoutReplacement(t *testing.T) {
	t.Parallel()
	order := map[string]string{}
	for _, by := range []string{"ana", "ben"} {
		done, last := map[string]int{}, ""
		day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
		for round := range 2 {
			for i := range len(deck("en")) {
				p := draw(account.ID(by), done, day.Format(time.DateOnly), 0, "en")
				if done[p.ID] != round {
					t.Fatalf("%s: %s came for the %d. time in round %d", by, p.ID, done[p.ID]+1, round+1)
				}
				if again := draw(account.ID(by), done, day.Format(time.DateOnly), 0, "de"); again.ID != p.ID || again.Text == p.Text {
					t.Fatalf("%s: the same evening asks %s and %s", by, p.ID, again.ID)
				}
				if turned := draw(account.ID(by), done, day.Format(time.DateOnly), 1, "en"); turned.ID == p.ID && i < len(deck("en"))-1 {
					t.Fatalf("%s: passing over %s changes nothing", by, p.ID)
				}
				done[p.ID]++
				last += p.ID + " "
				day = day.AddDate(0, 0, 1+i%3)
			}
		}
		order[by] = last
	}
	if order["ana"] == order["ben"] {
		t.Error("everybody has the same order")
	}
	if p := draw("ana", nil, "1900-01-01", 0, "en"); p.Text == "" {
		t.Error("no question for an old day")
	}
}

func TestWeeks(t *testing.T) {
	t.Parallel()
	for week, monday := range map[string]string{"2026-W48": "2026-11-23", "2026-W01": "2025-12-29", "2020-W53": "2020-12-28", "2021-W01": "2021-01-04"} {
		if got, err := Monday(week); err != nil || got.Format(time.DateOnly) != monday {
			t.Errorf("%s begins on %v, %v", week, got, err)
		}
	}
	for _, bad := range []string{"", "2026-W00", "2026-W54", "2026-W1", "2026W01", "2021-W53", "x-W01", "2026-W-1", "2026-W001"} {
		if _, err := Monday(bad); err == nil {
			t.Errorf("%q is a week", bad)
		}
	}
	for i := range 400 {
		day := time.Date(2025, 12, 1+i, 0, 0, 0, 0, time.UTC)
		monday, err := Monday(WeekOf(day.Format(time.DateOnly)))
		if n := int(day.Sub(monday).Hours() / 24); err != nil || n < 0 || n > 6 || monday.Weekday() != time.Monday {
			t.Errorf("%v lies in the week of %v", day, monday)
		}
	}
}

func TestBack(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"2026-03-31": "2026-02-28", "2024-03-31": "2024-02-29", "2026-01-15": "2025-12-15"} {
		d, _ := time.Parse(time.DateOnly, day)
		if got := back(d, 1).Format(time.DateOnly); got != want {
			t.Errorf("a month before %s is %s", day, got)
		}
	}
	leap, _ := time.Parse(time.DateOnly, "2024-02-29")
	if got := back(leap, 12).Format(time.DateOnly); got != "2023-02-28" {
		t.Errorf("a year before a leap day is %s", got)
	}
}

func TestSetting_Asks(t *testing.T) {
	t.Parallel()
	for on, want := range map[string]bool{"0": false, "2": true, Daily: true, Never: false} {
		if got := (Setting{GoodOn: on}).Asks("2026-11-24"); got != want { // a Tuesday
			t.Errorf("%s: %v", on, got)
		}
	}
}

func FuzzMonday(f *testing.F) {
	for _, s := range []string{"2026-W48", "2020-W53", "W-W-W", "9998-W52"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := Monday(s); err == nil && (weekOf(m) != s || m.Weekday() != time.Monday) {
			t.Errorf("%q begins on %s", s, m.Weekday().String()+" "+strconv.Itoa(m.Year()))
		}
	})
}
