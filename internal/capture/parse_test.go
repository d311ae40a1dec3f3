package capture

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse_spans(t *testing.T) {
	t.Parallel()
	in := tableInput(t, "en", "  thanked @Sam for the review #work #Q4 yesterday 3pm, 20 min :)")
	type part struct{ Words, Role, Value string }
	var got []part
	for _, s := range Parse(in).Spans {
		got = append(got, part{in.Text[s.Start:s.End], s.Role, s.Value})
	}
	want := []part{
		{"thanked", RoleKind, Thanks},
		{"@Sam", RolePerson, "sam"},
		{"#work", RoleContext, Professional},
		{"#Q4", RoleTag, "Q4"},
		{"yesterday 3pm", RoleTime, "2026-11-23T15:00:00+01:00"},
		{"20 min", RoleDuration, "20"},
		{":)", RoleFelt, "+1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Clocks in Berlin go from 2 to 3 on 29 March 2026, and from 3 back to 2 on 25 October.
func TestParse_changesOfClocks(t *testing.T) {
	t.Parallel()
	zone := berlin(t)
	for _, c := range []struct{ now, text, want string }{
		{"2026-03-29T12:00:00+02:00", "walk 2:30", "2026-03-29T03:30:00+02:00"}, // never shown: as long after the gap began
		{"2026-10-25T12:00:00+01:00", "walk 2:30", "2026-10-25T02:30:00+02:00"}, // shown twice: the first
		{"2026-10-25T02:10:00+01:00", "walk 2:30", "2026-10-25T02:30:00+02:00"}, // the first is past, the second is not
		{"2026-10-25T12:00:00+01:00", "walk 12 hours ago", "2026-10-25T01:00:00+02:00"},
		{"2026-10-26T09:00:00+01:00", "walk yesterday", "2026-10-25T12:00:00+01:00"},
		{"2026-03-30T09:00:00+02:00", "walk 2 days ago", "2026-03-28T12:00:00+01:00"},
		{"2026-03-31T09:00:00+02:00", "walk a month ago", "2026-02-15T12:00:00+01:00"},
		{"2026-11-03T09:00:00+01:00", "walk in november", "2026-11-03T09:00:00+01:00"},
		{"2026-01-01T00:30:00+01:00", "walk yesterday 23:50", "2025-12-31T23:50:00+01:00"},
		{"2026-11-24T01:00:00+01:00", "walk tonight", "2026-11-23T22:00:00+01:00"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		d := Parse(Input{Text: c.text, Now: now, Zone: zone})
		if got := d.HappenedAt.Format(time.RFC3339); got != c.want {
			t.Errorf("%q at %s: %s, want %s", c.text, c.now, got, c.want)
		}
	}
}

func TestParse_text(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" a\r\nb\rc \n": "a\nb\nc", "x\xffy\x00": "x\uFFFDy\uFFFD", "": "", " \t": "", "@\"Ana  María\"": "@\"Ana  María\"",
	} {
		if got := Parse(Input{Text: in}).Text; got != want {
			t.Errorf("%q is kept as %q, want %q", in, got, want)
		}
	}
}

// The worst lines of 100 kB take about as long as their length says.
func TestParse_longLines(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"@", "@\"", "@a ", "#a", "the ", "20 min ", "half ", "not ", ":)", "👨\u200d", "a", "1.", "called ", "a's", "the day before ", "\xff", "/", "@田", "@as ", "from 1 to ", "1-", "dinner at 8 ", "田A", "todo: call ", "vor ca ", "cancelled lunch ", "ha", "at 10 to 9 "} {
		in := tableInput(t, "de", strings.Repeat(piece, 100_000/len(piece)))
		start := time.Now()
		check(t, in, Parse(in))
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%q repeated takes %v", piece, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"thanked @Sam for the review #work yesterday 3pm :)", "gestern um halb vier mit @„Ana María“ 20 min", "@\xff #\x00 /", "1h 30 ago",
		"vor -1 Tagen", "Freitagabend um 8", "2026-11-01T15:00:00+02:00", "31 Feb, 29.02.", "½ hour", "missed @Ana's call", "@Anas’s", "99999999 years ago",
		"the the barista's", "left a message 👍🏽\u200d", "thank-you-note", "@Dr. Who", "last week friday", "a half hours and a half",
	} {
		f.Add(s, "de", int64(1795514400))
	}
	zone := berlin(f)
	f.Fuzz(func(t *testing.T, text, locale string, now int64) {
		at := time.Unix(now%(1<<33), 0)
		in := Input{Text: text, Now: at, Zone: zone, Locale: locale, People: known}
		d := Parse(in)
		check(t, in, d)
		if diff := cmp.Diff(d, Parse(in)); diff != "" {
			t.Fatalf("not deterministic: %s", diff)
		}
		// What is stored reads as what was typed: only the places of spans move.
		again := in
		again.Text = d.Text
		e := Parse(again)
		check(t, again, e)
		if strings.ToValidUTF8(text, "") == text && !strings.ContainsAny(text, "\r\x00") {
			shift := strings.Index(text, d.Text)
			for i := range e.Spans {
				e.Spans[i].Start += shift
				e.Spans[i].End += shift
			}
			if diff := cmp.Diff(d, e); diff != "" {
				t.Fatalf("%q read again (-first +second):\n%s", text, diff)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	many := make([]Known, 1000)
	for i := range many {
		many[i] = Known{ID: strings.Repeat("x", i%30+1), Name: "Person " + strings.Repeat("y", i%30+1)}
	}
	zone := berlin(b)
	now := time.Date(2026, 11, 24, 11, 0, 0, 0, zone)
	for _, c := range []struct {
		name, text, locale string
		people             []Known
	}{
		{"typical", "thanked @Sam for the review #work yesterday 3pm :)", "en", nil},
		{"german", "gestern um 15 Uhr mit @Ana telefoniert, eine halbe Stunde #zuhause", "de", nil},
		{"people", "thanked @Sam for the review #work yesterday 3pm :)", "en", known},
		{"people1000", "thanked @Sam for the review #work yesterday 3pm :)", "en", many},
		{"long", strings.Repeat("thanked @Sam for the review and went home. ", 250), "en", nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				Parse(Input{Text: c.text, Now: now, Zone: zone, Locale: c.locale, People: c.people})
			}
		})
	}
}
