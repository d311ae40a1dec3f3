package ical

import (
	"sort"
	"strings"
	"time"

	"kith/internal/zone"
)

// clock says how far a zone's wall clocks are ahead of UTC at an instant, both in seconds.
type clock interface{ offset(at int64) int64 }

// instant is when a wall clock shows a time. A time that a change of clocks leaves out is read by the offset before it,
// one that comes twice is its first (RFC 5545, 3.3.5).
func instant(c clock, wall time.Time) time.Time {
	w := wall.Unix()
	before, after := c.offset(w-26*3600), c.offset(w+26*3600)
	if at := w - before; c.offset(at) == before || before == after {
		return time.Unix(at, 0).UTC()
	}
	if at := w - after; c.offset(at) == after {
		return time.Unix(at, 0).UTC()
	}
	return time.Unix(w-before, 0).UTC()
}

// wallAt is what the clocks of a zone show.
func wallAt(c clock, at time.Time) time.Time {
	return at.UTC().Add(time.Duration(c.offset(at.Unix())) * time.Second)
}

// named is a zone that everybody knows.
type named struct{ *time.Location }

func (n named) offset(at int64) int64 {
	_, seconds := time.Unix(at, 0).In(n.Location).Zone()
	return int64(seconds)
}

// known finds a TZID among the zones everybody knows, also behind a prefix as some programs write it.
func known(id string) (clock, bool) {
	id = strings.ReplaceAll(strings.TrimSpace(id), `\`, "")
	for rest := id; rest != ""; {
		if loc, err := zone.Load(rest); err == nil {
			return named{loc}, true
		}
		_, after, ok := strings.Cut(rest, "/")
		if !ok {
			break
		}
		rest = after
	}
	return nil, false
}

// observance is one part of a VTIMEZONE: standard or daylight time.
type observance struct {
	start    time.Time // wall clock by the offset before
	from, to int
	rule     *rule
	dates    []time.Time
	no       int
}

// written is a zone that a calendar describes itself.
type written struct {
	id      string
	parts   []observance
	changes []change // made by prepare
	first   int64
}

type change struct{ at, to int64 }

// prepare works out the changes between two years.
func (z *written) prepare(from, to time.Time, steps *Budget) error {
	z.changes = nil
	earliest := time.Time{}
	for _, p := range z.parts {
		add := func(wall time.Time) {
			z.changes = append(z.changes, change{wall.Unix() - int64(p.from), int64(p.to)})
		}
		if earliest.IsZero() || p.start.Before(earliest) {
			earliest, z.first = p.start, int64(p.from)
		}
		add(p.start)
		for _, d := range p.dates {
			add(d)
		}
		if p.rule != nil {
			if err := p.rule.each(p.start, from, to, steps, func(wall time.Time) bool {
				add(wall)
				return len(z.changes) <= maxDates
			}); err != nil {
				return &Problem{BadZone, p.no}
			}
		}
		if len(z.changes) > maxDates {
			return &Problem{BadZone, p.no}
		}
	}
	sort.Slice(z.changes, func(i, j int) bool { return z.changes[i].at < z.changes[j].at })
	return nil
}

func (z *written) offset(at int64) int64 {
	i := sort.Search(len(z.changes), func(i int) bool { return z.changes[i].at > at })
	if i == 0 {
		return z.first
	}
	return z.changes[i-1].to
}
