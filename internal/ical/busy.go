package ical

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// zone finds the clock by which a time was written.
func (c *Calendar) zone(w when) (clock, error) {
	switch {
	case w.utc:
		return named{time.UTC}, nil
	case w.zone == "" && w.date:
		return named{c.o.Zone}, nil
	case w.zone == "":
		return c.floats, nil
	}
	id := strings.TrimSpace(w.zone)
	k, ok := c.clocks[id]
	if !ok { // looking for a zone is slow, above all for one that is not there
		if k, ok = known(id); !ok {
			if z := c.zones[id]; z != nil {
				k = z
			} else if w, ok := byWindows(id); ok {
				k = w
			}
		}
		c.clocks[id] = k
	}
	if k != nil {
		return k, nil
	}
	if w.date { // a day is a day wherever it was written
		return named{c.o.Zone}, nil
	}
	return nil, &Problem{BadZone, w.no}
}

// Busy returns the times in the window in which somebody is busy, in order. Times that overlap stay apart.
func (c *Calendar) Busy() ([]Span, error) {
	var spans []Span
	add := func(s Span) error {
		if !s.Start.Before(s.End) || !s.End.After(c.o.From) || !s.Start.Before(c.o.To) {
			return nil
		}
		if spans = append(spans, s); len(spans) > maxSpans {
			return &Problem{TooMuch, 0}
		}
		return nil
	}
	others := map[string][]*event{} // what replaces single times, by UID
	for i := range c.events {
		if e := &c.events[i]; e.replaces != nil {
			others[e.uid] = append(others[e.uid], e)
		}
	}
	for i := range c.events {
		if e := &c.events[i]; e.replaces == nil {
			if err := c.expand(e, others[e.uid], add); err != nil {
				return nil, err
			}
		}
	}
	for _, list := range others {
		for _, e := range list {
			if err := c.single(e, add); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range c.busy {
		e := event{start: p.start, end: p.end, length: p.length}
		if err := c.single(&e, add); err != nil {
			return nil, err
		}
	}
	sort.Slice(spans, func(i, j int) bool {
		a, b := &spans[i], &spans[j]
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), strings.Compare(a.UID, b.UID), strings.Compare(a.Title, b.Title), strings.Compare(a.Invited, b.Invited)) < 0
	})
	return slices.Compact(spans), nil
}

// single adds the one time of an event.
func (c *Calendar) single(e *event, add func(Span) error) error {
	if e.free || e.cancelled {
		return nil
	}
	k, err := c.zone(e.start)
	if err != nil {
		return err
	}
	f, err := c.lasting(e, k)
	if err != nil {
		return err
	}
	return add(c.span(e, instant(k, e.start.wall), f(e.start.wall)))
}

func (c *Calendar) span(e *event, start, end time.Time) Span {
	s := Span{Start: start, End: end}
	if c.o.Titles {
		s.UID, s.Title, s.Invited = e.uid, e.title, strings.Join(e.invited, " ")
	}
	return s
}

// lasting says when a time of an event ends that begins at a wall clock time.
func (c *Calendar) lasting(e *event, k clock) (func(wall time.Time) time.Time, error) {
	switch {
	case e.end != nil && e.end.date && e.start.date:
		days := int(e.end.wall.Sub(e.start.wall).Hours() / 24)
		return func(w time.Time) time.Time { return instant(k, w.AddDate(0, 0, max(days, 1))) }, nil
	case e.end != nil:
		ends, err := c.zone(*e.end)
		if err != nil {
			return nil, err
		}
		exact := instant(ends, e.end.wall).Sub(instant(k, e.start.wall))
		return func(w time.Time) time.Time { return instant(k, w).Add(exact) }, nil
	case e.length != nil:
		return func(w time.Time) time.Time { return instant(k, w.AddDate(0, 0, e.length.days)).Add(e.length.rest) }, nil
	case e.start.date:
		return func(w time.Time) time.Time { return instant(k, w.AddDate(0, 0, 1)) }, nil
	}
	return func(w time.Time) time.Time { return instant(k, w) }, nil
}

// expand adds every time of an event that may come again.
func (c *Calendar) expand(e *event, others []*event, add func(Span) error) error {
	k, err := c.zone(e.start)
	if err != nil {
		return err
	}
	f, err := c.lasting(e, k)
	if err != nil {
		return err
	}
	gone, days, err := c.exceptions(e, others)
	if err != nil {
		return err
	}
	lasts := max(0, f(e.start.wall).Sub(instant(k, e.start.wall)))
	var failed error
	one := func(wall, end time.Time) bool {
		at := instant(k, wall)
		if e.free || e.cancelled || gone[at.Unix()] || days[wall.Format(time.DateOnly)] {
			return true
		}
		own, start := e, at
		if o, shift, ok := c.moved(others, at); ok {
			if own = o; o.free || o.cancelled {
				return true
			}
			start, end = at.Add(shift), end.Add(shift)
			if lasts, ok := c.lasts(o); ok { // as long as it was changed to
				end = start.Add(lasts)
			}
		}
		failed = add(c.span(own, start, end))
		return failed == nil
	}
	for _, d := range e.dates {
		if err := c.extra(e, d, f, one); err != nil {
			return err
		}
	}
	if failed != nil {
		return failed
	}
	if e.rule == nil {
		one(e.start.wall, f(e.start.wall))
		return failed
	}
	r := *e.rule
	if r.until != nil && r.until.utc && !e.start.date {
		u := *r.until
		u.wall = wallAt(k, u.wall)
		r.until = &u
	}
	err = r.each(e.start.wall, c.o.From.Add(-lasts-48*time.Hour), c.o.To.Add(48*time.Hour), c.steps, func(wall time.Time) bool {
		return one(wall, f(wall))
	})
	if failed != nil {
		return failed
	}
	return err
}

// lasts is how long an event says it takes; ok is false where it says nothing.
func (c *Calendar) lasts(e *event) (lasts time.Duration, ok bool) {
	if e.end == nil && e.length == nil {
		return 0, false
	}
	k, err := c.zone(e.start)
	if err != nil {
		return 0, false
	}
	f, err := c.lasting(e, k)
	if err != nil {
		return 0, false
	}
	return f(e.start.wall).Sub(instant(k, e.start.wall)), true
}

// extra adds a time that RDATE names.
func (c *Calendar) extra(e *event, d period, f func(time.Time) time.Time, one func(wall, end time.Time) bool) error {
	k, err := c.zone(e.start)
	if err != nil {
		return err
	}
	own, err := c.zone(d.start)
	if err != nil {
		return err
	}
	wall := d.start.wall
	if !d.start.date {
		wall = wallAt(k, instant(own, wall))
	} else if !e.start.date { // a day alone: at the usual time
		wall = wall.Add(e.start.wall.Sub(e.start.wall.Truncate(24 * time.Hour)))
	}
	end := f(wall)
	if d.end != nil || d.length != nil {
		g, err := c.lasting(&event{start: d.start, end: d.end, length: d.length}, own)
		if err != nil {
			return err
		}
		end = g(d.start.wall)
	}
	one(wall, end)
	return nil
}

// exceptions are the instants, and the days, on which an event is not as it usually is.
func (c *Calendar) exceptions(e *event, others []*event) (gone map[int64]bool, days map[string]bool, err error) {
	gone, days = map[int64]bool{}, map[string]bool{}
	out := func(w when) error {
		if w.date {
			days[w.wall.Format(time.DateOnly)] = true
			return nil
		}
		k, err := c.zone(w)
		if err == nil && e.start.date { // a time where a day is meant: its midnight, there or here
			wall := w.wall
			if wall.Hour() != 0 || wall.Minute() != 0 {
				wall = wallAt(named{c.o.Zone}, instant(k, wall))
			}
			days[wall.Format(time.DateOnly)] = true
		}
		if err == nil {
			gone[instant(k, w.wall).Unix()] = true
		}
		return err
	}
	for _, w := range e.except {
		if err := out(w); err != nil {
			return nil, nil, err
		}
	}
	for _, o := range others {
		if err := out(*o.replaces); err != nil {
			return nil, nil, err
		}
	}
	return gone, days, nil
}

// moved finds what all times from one on were changed to, and by how much they moved.
func (c *Calendar) moved(others []*event, at time.Time) (found *event, shift time.Duration, ok bool) {
	var since time.Time
	for _, o := range others {
		if !o.following {
			continue
		}
		was, err1 := c.zone(*o.replaces)
		is, err2 := c.zone(o.start)
		if err1 != nil || err2 != nil {
			continue
		}
		from := instant(was, o.replaces.wall)
		if !at.Before(from) && (found == nil || from.After(since)) {
			found, since, shift = o, from, instant(is, o.start.wall).Sub(from)
		}
	}
	return found, shift, found != nil
}
