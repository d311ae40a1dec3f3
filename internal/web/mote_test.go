package web

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/capture"
	"kith/internal/i18n"
	"kith/internal/moment"
)

func at(day time.Time, hour, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, day.Location())
}

func TestDayLine(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, berlin)
	two := 2
	m := func(when time.Time, precision string) moment.Moment {
		return moment.Moment{Kind: capture.Thanks, HappenedAt: when, Precision: precision}
	}
	p := i18n.For("de")
	for _, tt := range []struct {
		name    string
		moments []moment.Moment
		from    time.Time
		now     time.Time
		xs      []string
		ys      []int // above the line
		gone    string
	}{
		{"an empty morning", nil, day, at(day, 5, 0), nil, nil, ""},
		{"noon is a third of the way", []moment.Moment{m(at(day, 12, 0), capture.Minute)}, day, at(day, 15, 0), []string{"33.3%"}, []int{0}, "50.0%"},
		{"before six the line begins earlier", []moment.Moment{m(at(day, 0, 0), capture.Minute)}, day, at(day, 12, 0), []string{"0.0%"}, []int{0}, "50.0%"},
		{"close ones lie above each other", []moment.Moment{m(at(day, 12, 0), capture.Minute), m(at(day, 12, 10), capture.Minute), m(at(day, 12, 20), capture.Minute)}, day, at(day, 23, 0), []string{"33.3%", "34.3%", "35.2%"}, []int{0, 21, 42}, "94.4%"},
		{"a day that begins at four holds the small hours", []moment.Moment{m(at(day.AddDate(0, 0, 1), 2, 0), capture.Minute)}, at(day, 4, 0), at(day.AddDate(0, 0, 1), 3, 0), []string{"95.2%"}, []int{0}, "100.0%"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := dayLine(p, tt.moments, tt.from, tt.now)
			var xs []string
			var ys []int
			for _, mote := range l.Motes {
				xs, ys = append(xs, mote.X), append(ys, l.Y-mote.Y)
			}
			if diff := cmp.Diff(tt.xs, xs); diff != "" {
				t.Errorf("x (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.ys, ys); diff != "" {
				t.Errorf("y (-want +got):\n%s", diff)
			}
			if l.Gone != tt.gone {
				t.Errorf("gone %q, wants %q", l.Gone, tt.gone)
			}
		})
	}
	t.Run("a bright one is larger and glows, one without an hour floats", func(t *testing.T) {
		t.Parallel()
		bright := m(at(day, 12, 0), capture.Minute)
		bright.Felt = &two
		l := dayLine(p, []moment.Moment{bright, m(at(day, 12, 0), capture.Day)}, day, at(day, 13, 0))
		if !l.Motes[0].Halo || l.Motes[0].Scale != "1.4" || l.Motes[1].Halo || l.Motes[1].Y >= l.Motes[0].Y {
			t.Errorf("got %+v", l.Motes)
		}
		if want := "12:00, Dank; Dank"; l.Desc != want {
			t.Errorf("described as %q, wants %q", l.Desc, want)
		}
	})
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/moments?q=a": "/moments?q=a", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/",
		"javascript:alert(1)": "/", "moments": "/", "/a\r\nb": "/",
	} {
		if got := local(to); got != want {
			t.Errorf("local(%q) = %q, wants %q", to, got, want)
		}
	}
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	draft := capture.Draft{
		Kind: capture.Thanks, HappenedAt: noon, Precision: capture.Minute, Tags: []string{"tea"}, Someone: []string{"the barista"},
		People: []capture.Person{{ID: "1", Name: "Sam"}, {Name: "Ana", Maybe: []string{"2", "3"}}, {Name: "Tove", New: true}},
	}
	text := func(pairs ...string) form {
		f := form{Values: map[string][]string{"text": {"words"}}}
		for i := 0; i < len(pairs); i += 2 {
			f.Values[pairs[i]] = append(f.Values[pairs[i]], pairs[i+1])
		}
		return f
	}
	laugh, personal, one, day, minute := capture.Laugh, capture.Personal, 1, capture.Day, capture.Minute
	otherDay, otherHour := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	empty := []string{}
	for _, tt := range []struct {
		name string
		form form
		want moment.Draft
	}{
		{"nothing touched leaves all to the line", text(), moment.Draft{Text: "words"}},
		{"a time that says the same is no correction", text("happened_at", "2026-11-23T15:00"), moment.Draft{Text: "words"}},
		{"kind, context, felt", text("kind", "laugh", "context", "personal", "felt", "1"), moment.Draft{Text: "words", Kind: &laugh, Context: &personal, Felt: &one}},
		{"another day", text("happened_at", "2026-11-20"), moment.Draft{Text: "words", HappenedAt: &otherDay, Precision: &day}},
		{"another time", text("happened_at", "2026-11-20T09:30"), moment.Draft{Text: "words", HappenedAt: &otherHour, Precision: &minute}},
		{"a zone nobody knows is left out", text("zone", "Mars/Base"), moment.Draft{Text: "words"}},
		{"one chosen, others taken away", text("who", "Ana\t3", "drop", "person:Sam", "drop", "tag:tea", "drop", "someone:the barista"), moment.Draft{
			Text: "words", People: &[]moment.Ref{{ID: "3", Name: "Ana"}, {Name: "Tove"}}, Someone: &empty, Tags: &empty,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, correct(draft, tt.form, time.UTC)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if !undecided(draft, text()) || undecided(draft, text("who", "Ana\t2")) || undecided(draft, text("drop", "person:Ana")) {
		t.Error("a name that could mean several people has to be chosen or taken away")
	}
}
