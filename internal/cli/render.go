package cli

import (
	"fmt"
	"strings"
	"time"

	"kith/internal/api"
)

// logged says what was kept.
func (s *screen) logged(m api.Moment) { s.moment(m, false) }

// moments prints a list, a heading for each day.
func (s *screen) moments(list []api.Moment, now time.Time) {
	day := ""
	for _, m := range list {
		if m.Day != day {
			if day != "" {
				s.line()
			}
			day = m.Day
			s.line(bold(dayName(day, now)))
		}
		s.moment(m, false)
	}
}

// moment prints one moment: time, kind and words, and beneath what was understood and the end of its id, or all of it.
func (s *screen) moment(m api.Moment, full bool) {
	const indent = 23 // time and kind
	at := "     "
	switch m.Precision {
	case "minute":
		at = m.HappenedAt.Format("15:04")
	case "month", "year":
		at = "about"
	}
	kind := fmt.Sprintf("%-12s", m.Kind)
	lines := strings.Split(s.wrap(clean(m.Text), s.width-indent), "\n")
	s.line("  ", quiet(at), " ", tint(kindColor(m.Kind), "● "+kind), " ", lines[0])
	for _, l := range lines[1:] {
		s.line(strings.Repeat(" ", indent), l)
	}
	known := details(m)
	if !full {
		known = append(known, m.ID[max(0, len(m.ID)-6):])
	}
	if len(known) > 0 {
		s.paragraph(indent, quiet(strings.Join(known, " · ")))
	}
	if full {
		s.line(strings.Repeat(" ", indent), quiet(m.ID)) // on a line of its own, to be copied
	}
}

// details are the words for what a moment holds beside its line.
func details(m api.Moment) []string {
	var list []string
	for _, p := range m.People {
		list = append(list, clean(p.Name))
	}
	for _, w := range m.Someone {
		list = append(list, clean(w))
	}
	if m.Context != "" {
		list = append(list, m.Context)
	}
	for _, t := range m.Tags {
		list = append(list, "#"+clean(t))
	}
	if m.DurationMin != nil {
		list = append(list, fmt.Sprintf("%d min", *m.DurationMin))
	}
	if m.Felt != nil {
		list = append(list, feltWords(*m.Felt))
	}
	if m.Contact == "attempt" {
		list = append(list, "no answer")
	}
	switch m.StartedBy {
	case "me":
		list = append(list, "you began it")
	case "them":
		list = append(list, "they began it")
	case "both":
		list = append(list, "you both began it")
	}
	return list
}

// draft shows what a line would become: the line with what was understood, then the same in words.
func (s *screen) draft(d api.Draft) {
	s.paragraph(2, chips(d))
	m := api.Moment{
		Kind: d.Kind, Someone: d.Someone, Context: d.Context, Tags: d.Tags, DurationMin: d.DurationMin, Felt: d.Felt,
		Contact: d.Contact, StartedBy: d.StartedBy,
	}
	words := []string{tint(kindColor(d.Kind), "● "+d.Kind)}
	switch d.Precision {
	case "minute":
		words = append(words, d.HappenedAt.Format("Monday, 2 January 2006, 15:04"))
	case "month":
		words = append(words, d.HappenedAt.Format("January 2006"))
	case "year":
		words = append(words, d.HappenedAt.Format("2006"))
	default:
		words = append(words, d.HappenedAt.Format("Monday, 2 January 2006"))
	}
	for _, p := range d.People {
		name := clean(p.Name)
		switch {
		case len(p.Maybe) > 0:
			name += fmt.Sprintf(" (one of %d: say which)", len(p.Maybe))
		case p.New:
			name += " (new)"
		}
		words = append(words, name)
	}
	s.paragraph(2, strings.Join(append(words, details(m)...), " · "))
	s.line(quiet("  Nothing was kept."))
}

// chips is the line with every understood part in brackets, coloured where there is colour.
func chips(d api.Draft) string {
	var b strings.Builder
	at := 0
	for _, p := range d.Spans {
		if p.Start < at || p.End > len(d.Text) || p.Start > p.End {
			continue
		}
		b.WriteString(clean(d.Text[at:p.Start]))
		b.WriteString(tint(ember, "["+clean(d.Text[p.Start:p.End])+"]"))
		at = p.End
	}
	b.WriteString(clean(d.Text[at:]))
	return b.String()
}
