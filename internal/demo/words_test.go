package demo

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kith/internal/capture"
)

// noon of a day on which nothing in the words is special.
func noon() time.Time { return time.Date(2026, time.November, 24, 12, 30, 0, 0, time.UTC) }

func tell(t testing.TB, o Options) *Story {
	t.Helper()
	if o.Zone == "" {
		o.Zone = "Europe/Berlin"
	}
	if o.Now.IsZero() {
		o.Now = noon()
	}
	s, err := Tell(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every line, in every variant, with everybody it can be about, is read as it was meant.
func TestWords_areReadAsMeant(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			s := tell(t, Options{Lang: lang})
			known := s.known()
			check := func(l line, kind, contact, who string) {
				for n := range l.variants() {
					tell := &teller{Story: s, r: s.chance("test"), told: map[string]int{}}
					one := l
					one.text = l.variant(n)
					if err := tell.say(one, kind, contact, who, s.day(40), true); err != nil {
						t.Error(err)
						return
					}
					m := tell.list[0]
					got := capture.Parse(capture.Input{Text: m.Text, Now: m.Captured, Zone: s.Loc, Locale: lang, People: known})
					if diff := s.misread(m, got); diff != "" {
						t.Errorf("[%s %s] %s: %s", who, kind, m.Text, diff)
						return
					}
				}
			}
			for _, sec := range s.words.sections {
				if sec.kind == "" {
					t.Errorf("a section without a kind: %v", sec.who)
				}
				for _, l := range sec.lines {
					for _, who := range s.whom(sec.who) {
						check(l, sec.kind, sec.contact, who)
					}
				}
			}
			for _, a := range s.words.arcs {
				check(a.line, a.kind, a.contact, "")
			}
		})
	}
}

// whom are those a section can be about.
func (s *Story) whom(who []string) (list []string) {
	for _, w := range who {
		switch _, ok := s.figure(w); {
		case ok, w == "alone", w == "someone":
			list = append(list, w)
		case w == "birthday", w == "birthday-home":
			list = append(list, "priya", "ida")
		default:
			for _, f := range s.Cast {
				if slices.Contains(f.Groups, w) {
					list = append(list, f.Key)
				}
			}
		}
	}
	return list
}

// misread says in what a reading differs from what was meant.
func (s *Story) misread(m Moment, got capture.Draft) string {
	var people []string
	for _, p := range got.People {
		if p.New || p.ID == "" {
			return fmt.Sprintf("nobody is called %q", p.Name)
		}
		people = append(people, p.ID)
	}
	var want []string
	for _, key := range m.People {
		want = append(want, s.Person[key])
	}
	switch {
	case got.Kind != m.Kind:
		return fmt.Sprintf("is read as %s, not %s", got.Kind, m.Kind)
	case !slices.Equal(people, want):
		return fmt.Sprintf("names %d people, not %d", len(people), len(want))
	case got.Contact != m.Contact:
		return fmt.Sprintf("contact is read as %q, not %q", got.Contact, m.Contact)
	case m.InText && (got.Felt == nil || *got.Felt != *m.Felt):
		return "how it felt is not read"
	case !m.InText && got.Felt != nil:
		return "how it felt is read where nothing is said of it"
	case got.Precision != capture.Minute || !got.HappenedAt.Equal(m.HappenedAt):
		return fmt.Sprintf("is read as of %s (%s), not %s", got.HappenedAt, got.Precision, m.HappenedAt)
	}
	return ""
}
