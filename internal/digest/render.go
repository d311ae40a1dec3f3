package digest

import (
	"context"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/i18n"
	"kith/internal/moment"
	"kith/internal/prose"
	"kith/internal/reflection"
)

// letter gathers a week and writes it down.
func (s *Service) letter(ctx context.Context, u account.User, v row, week string) (Letter, error) {
	var allowed []account.Place
	if v.Private {
		allowed = append(allowed, account.Digest)
	}
	review, err := s.o.Reflections.WeekIn(ctx, u.ID, week, account.Digest, allowed...)
	if err != nil {
		return Letter{}, err
	}
	p := i18n.For(u.Locale)
	number, year := WeekNumber(week)
	first, last := review.Days[0].Day, review.Days[6].Day
	c := content{
		p: p, title: p.T("digest.title", "number", number, "year", year), span: p.Span(first, last),
		carriedIn: review.CarriedIn, carry: review.Carry.Text, page: s.o.Base + "/week/" + week, change: s.o.Base + "/digest",
		why: p.T("digest.why", "weekday", p.T("date.weekday."+string(rune('0'+v.Weekday))), "time", p.Time(clockTime(v.Minute))),
	}
	if v.secret != "" {
		c.leave = s.leave(u, v)
	}
	if !v.On {
		c.why = p.T("digest.why.asked")
	}
	for _, who := range review.People {
		c.people = append(c.people, who.Name)
	}
	for _, d := range review.Days {
		c.picture = append(c.picture, pictureRow(p, d))
		c.moments += len(d.Moments)
		if len(d.Moments) > 0 || d.Reflection != nil {
			c.days = append(c.days, dayOf(p, d))
		}
	}
	return Letter{
		Week: week, Subject: p.T("digest.subject", "number", number), Text: c.text(), HTML: c.html(),
		Empty: len(c.days) == 0 && c.carriedIn == "" && c.carry == "",
	}, nil
}

// clockTime is a time of day on no day.
func clockTime(minute int) time.Time {
	return time.Date(2000, 1, 1, minute/60, minute%60, 0, 0, time.UTC)
}

// content is what both forms of a letter are written from.
type content struct {
	p                 *i18n.Printer
	title, span       string
	moments           int
	picture           []rowDrawn
	people            []string
	days              []dayDrawn
	carriedIn, carry  string
	page, change, why string
	leave             string
}

// counted says how many moments there were.
func (c content) counted() string {
	if c.moments == 0 {
		return c.p.T("digest.moments.none")
	}
	return c.p.N("digest.moments", c.moments)
}

// rowDrawn is a day of the picture: what happened in each stretch of it.
type rowDrawn struct {
	Name  string
	Short string // the weekday in few letters
	Cells [stretches][]dot
}

type dot struct{ Kind, Said string }

// The picture shows a day from six to midnight, two hours a stretch; what was earlier stands at its beginning.
const (
	stretches   = 9
	stretchFrom = 6
	stretchLong = 2
)

func pictureRow(p *i18n.Printer, d reflection.Memory) rowDrawn {
	r := rowDrawn{Name: p.Day(d.Day, "weekday"), Short: p.ShortWeekday(d.Day)}
	for _, m := range d.Moments {
		at := stretches / 2 // some time that day
		if m.Precision == "minute" {
			at = max(0, (m.HappenedAt.Hour()-stretchFrom)/stretchLong)
			if m.HappenedAt.Format(time.DateOnly) > d.Day {
				at = stretches - 1 // after midnight, and still that day
			}
		}
		r.Cells[at] = append(r.Cells[at], dot{m.Kind, p.List([]string{r.Name, said(p, m)})})
	}
	return r
}

// said is a moment in few words: its kind and who was there.
func said(p *i18n.Printer, m moment.Moment) string {
	names := []string{p.Kind(m.Kind)}
	for _, r := range m.People {
		names = append(names, r.Name)
	}
	return p.List(append(names, m.Someone...))
}

type dayDrawn struct {
	Title    string
	Moments  []momentDrawn
	Good     []string
	Question string
	Line     string
	Blocks   []prose.Block
	Private  bool
}

type momentDrawn struct{ Time, Kind, Said, Text string }

func dayOf(p *i18n.Printer, d reflection.Memory) dayDrawn {
	v := dayDrawn{Title: p.Day(d.Day, "day")}
	for _, m := range d.Moments {
		x := momentDrawn{Kind: m.Kind, Said: said(p, m), Text: strings.Join(strings.Fields(m.Text), " ")}
		if m.Precision == "minute" {
			x.Time = p.Time(m.HappenedAt)
		}
		v.Moments = append(v.Moments, x)
	}
	if r := d.Reflection; r != nil {
		v.Good, v.Line, v.Private = r.Good, r.Line, r.Private
		v.Question = reflection.PromptOf(r.Prompt, p.Locale()).Text
		v.Blocks = prose.Parse(r.Line, nil)
	}
	return v
}

// text is the letter for whoever reads mail as text.
func (c content) text() string {
	var b strings.Builder
	line := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
		b.WriteByte('\n')
	}
	line(c.title)
	line(c.span)
	line()
	if c.moments > 0 {
		for _, r := range c.picture {
			b.WriteString("  " + r.Short + "  ")
			for _, cell := range r.Cells {
				b.WriteString([]string{" ·", " ●", " ⁚", " ⁝"}[min(len(cell), 3)])
			}
			line()
		}
		line()
	}
	line(c.counted())
	if len(c.people) > 0 {
		line(c.p.T("digest.with", "names", c.p.List(c.people)))
	}
	for _, d := range c.days {
		line()
		line(d.Title)
		for _, m := range d.Moments {
			words := m.Said
			if m.Text != "" {
				words += ": " + m.Text
			}
			if m.Time != "" {
				words = m.Time + " " + words
			}
			line("  ● ", words)
		}
		for _, g := range d.Good {
			line("  + ", g)
		}
		if d.Question != "" {
			line("  ", d.Question)
		}
		for l := range strings.SplitSeq(d.Line, "\n") {
			if l != "" {
				line("  ", l)
			}
		}
		if d.Private {
			line("  (", c.p.T("digest.private"), ")")
		}
	}
	if c.carriedIn != "" || c.carry != "" {
		line()
	}
	if c.carriedIn != "" {
		line(c.p.T("digest.carried", "line", c.carriedIn))
	}
	if c.carry != "" {
		line(c.p.T("digest.carry", "line", c.carry))
	}
	line()
	line("-- ")
	line(c.p.T("digest.page"), ": ", c.page)
	line(c.why, " ", c.p.T("digest.change"), ": ", c.change)
	if c.leave != "" {
		line(c.p.T("digest.leave"), ": ", c.leave)
	}
	return b.String()
}
