package ical

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

// event is a VEVENT as far as it bears on when somebody is busy.
type event struct {
	no                int
	uid, title        string
	invited           []string
	start             when
	end               *when
	length            *length
	rule              *rule
	dates             []period // RDATE
	except            []when   // EXDATE
	replaces          *when    // RECURRENCE-ID
	following         bool     // and all that come after it
	free, cancelled   bool
	declared, started bool
	badRule           error // of a recurrence that cannot be followed
}

// period is one more time of an event; end and length are nil where the event's own count.
type period struct {
	start  when
	end    *when
	length *length
}

// Calendar is what was read.
type Calendar struct {
	o      Options
	floats clock // where a time without a zone is meant
	zones  map[string]*written
	clocks map[string]clock // by TZID, once asked for; nil: nobody knows it
	events []event
	busy   []period // of VFREEBUSY
	steps  *Budget
}

// Read reads a calendar. What cannot be read is a *Problem; what the reader itself fails with is returned as it is.
func Read(r io.Reader, o Options) (*Calendar, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Budget == nil {
		o.Budget = NewBudget()
	}
	c := &Calendar{o: o, floats: named{o.Zone}, zones: map[string]*written{}, clocks: map[string]clock{}, steps: o.Budget}
	p := &parser{c: c, lines: newLines(r)}
	if err := p.run(); err != nil {
		return nil, err
	}
	for _, z := range c.zones {
		if err := z.prepare(o.From.AddDate(-1, 0, -2), o.To.AddDate(1, 0, 2), c.steps); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// parser walks along components.
type parser struct {
	c     *Calendar
	lines *lines
	depth []string
	event event
	zone  *written
	part  observance
	done  bool
}

func (p *parser) run() error {
	for {
		l, err := p.lines.next()
		if errors.Is(err, io.EOF) {
			if p.done {
				return nil
			}
			if !p.lines.begun {
				return &Problem{NotCalendar, 0}
			}
			return &Problem{Truncated, p.lines.no}
		}
		if err != nil {
			return err
		}
		switch l.name {
		case "BEGIN":
			err = p.begin(l)
		case "END":
			err = p.end(l)
		default:
			err = p.property(l)
		}
		if err != nil {
			return err
		}
	}
}

// in is the innermost component.
func (p *parser) in() string {
	if len(p.depth) == 0 {
		return ""
	}
	return p.depth[len(p.depth)-1]
}

func (p *parser) begin(l line) error {
	name := strings.ToUpper(strings.TrimSpace(l.value))
	if strings.Contains(name, " ") && len(p.depth) > 0 { // a line of a text that was not folded
		return nil
	}
	if len(p.depth) >= maxDepth || len(p.depth) == 0 && name != "VCALENDAR" {
		return &Problem{BadNesting, l.no}
	}
	p.depth, p.done = append(p.depth, name), false
	switch name {
	case "VEVENT":
		p.event = event{no: l.no}
	case "VTIMEZONE":
		p.zone = &written{}
	case "STANDARD", "DAYLIGHT":
		p.part = observance{no: l.no}
	}
	return nil
}

func (p *parser) end(l line) error {
	name := strings.ToUpper(strings.TrimSpace(l.value))
	if strings.Contains(name, " ") {
		return nil
	}
	if p.in() != name || name == "" {
		return &Problem{BadNesting, l.no}
	}
	p.depth = p.depth[:len(p.depth)-1]
	p.done = len(p.depth) == 0
	switch name {
	case "VEVENT":
		return p.keep()
	case "STANDARD", "DAYLIGHT":
		if p.zone != nil && !p.part.start.IsZero() && len(p.zone.parts) < maxZones {
			p.zone.parts = append(p.zone.parts, p.part)
		}
	case "VTIMEZONE":
		if z := p.zone; z.id != "" && len(z.parts) > 0 {
			if len(p.c.zones) >= maxZones {
				return &Problem{TooMuch, l.no}
			}
			p.c.zones[z.id] = z
		}
		p.zone = nil
	}
	return nil
}

func (p *parser) property(l line) error {
	switch p.in() {
	case "VEVENT":
		return p.eventProperty(l)
	case "VTIMEZONE":
		if l.name == "TZID" {
			p.zone.id = strings.TrimSpace(l.value)
		}
	case "STANDARD", "DAYLIGHT":
		return p.zoneProperty(l)
	case "VFREEBUSY":
		if l.name == "FREEBUSY" && !strings.EqualFold(l.param("FBTYPE"), "FREE") {
			return p.periods(l, &p.c.busy, maxSpans)
		}
	case "VCALENDAR":
		if l.name == "X-WR-TIMEZONE" {
			c, ok := known(l.value)
			if !ok {
				c, ok = byWindows(l.value)
			}
			if ok {
				p.c.floats = c
			}
		}
	}
	return nil
}

func (p *parser) zoneProperty(l line) (err error) {
	ok := true
	switch l.name {
	case "DTSTART":
		// Outlook begins its zones in the year 1601.
		value := strings.TrimSpace(l.value)
		if len(value) > 4 && digitsOnly(value[:4]) && number(value[:4]) < 1970 {
			value = "1970" + value[4:]
			if strings.HasPrefix(value[4:], "0229") {
				value = "19700228" + value[8:]
			}
		}
		var w when
		w, err = parseWhen(value, "", l.no)
		p.part.start = w.wall
	case "TZOFFSETFROM":
		p.part.from, ok = parseOffset(l.value)
	case "TZOFFSETTO":
		p.part.to, ok = parseOffset(l.value)
	case "RRULE":
		p.part.rule, err = parseRule(l.value, l.no)
	case "RDATE":
		for one := range strings.SplitSeq(l.value, ",") {
			w, err := parseWhen(one, "", l.no)
			if err != nil || len(p.part.dates) >= maxDates {
				return &Problem{BadZone, l.no}
			}
			p.part.dates = append(p.part.dates, w.wall)
		}
	}
	if err != nil || !ok {
		return &Problem{BadZone, l.no}
	}
	return nil
}

func (p *parser) eventProperty(l line) (err error) {
	e := &p.event
	switch l.name {
	case "UID":
		e.uid = strings.TrimSpace(l.value)
	case "SUMMARY":
		if p.c.o.Titles {
			e.title, _, _ = strings.Cut(strings.TrimSpace(l.text()), "\n")
			e.title = cut(e.title)
		}
	case "ATTENDEE", "ORGANIZER":
		if p.c.o.Titles {
			e.invite(l)
		}
	case "DTSTART":
		e.started = true
		e.start, err = parseWhen(l.value, l.param("TZID"), l.no)
	case "DTEND":
		e.end = &when{}
		*e.end, err = parseWhen(l.value, l.param("TZID"), l.no)
	case "DURATION":
		n, ok := parseLength(l.value)
		if e.length = &n; !ok {
			return &Problem{BadDate, l.no}
		}
	case "RRULE":
		if e.rule != nil { // RFC 5545 allows one; which of two counts nobody can say
			e.badRule = &Problem{BadRule, l.no}
		}
		if r, bad := parseRule(l.value, l.no); bad == nil {
			e.rule = r
		} else {
			e.badRule = bad
		}
	case "EXRULE":
		e.badRule = &Problem{BadRule, l.no}
	case "RDATE":
		return p.periods(l, &e.dates, maxDates)
	case "EXDATE":
		return each(l, func(one string) error {
			w, err := parseWhen(one, l.param("TZID"), l.no)
			if e.except = append(e.except, w); len(e.except) > maxDates {
				return &Problem{TooMuch, l.no}
			}
			return err
		})
	case "RECURRENCE-ID":
		e.replaces = &when{}
		*e.replaces, err = parseWhen(l.value, l.param("TZID"), l.no)
		e.following = strings.EqualFold(l.param("RANGE"), "THISANDFUTURE")
	case "TRANSP":
		e.declared, e.free = true, strings.EqualFold(strings.TrimSpace(l.value), "TRANSPARENT")
	case "X-MICROSOFT-CDO-BUSYSTATUS": // what Outlook means, where nothing else is said
		if !e.declared {
			e.free = strings.EqualFold(strings.TrimSpace(l.value), "FREE")
		}
	case "STATUS":
		e.cancelled = strings.EqualFold(strings.TrimSpace(l.value), "CANCELLED")
	}
	return err
}

func each(l line, f func(string) error) error {
	for one := range strings.SplitSeq(l.value, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		if err := f(one); err != nil {
			return err
		}
	}
	return nil
}

// periods reads dates, each with an end or a length if it is a period.
func (p *parser) periods(l line, to *[]period, most int) error {
	return each(l, func(one string) error {
		begin, end, isPeriod := strings.Cut(one, "/")
		start, err := parseWhen(begin, l.param("TZID"), l.no)
		if err != nil {
			return err
		}
		v := period{start: start}
		if isPeriod && strings.ContainsAny(end, "Pp") {
			n, ok := parseLength(end)
			if v.length = &n; !ok {
				return &Problem{BadDate, l.no}
			}
		} else if isPeriod {
			w, err := parseWhen(end, l.param("TZID"), l.no)
			if v.end = &w; err != nil {
				return err
			}
		}
		if *to = append(*to, v); len(*to) > most {
			return &Problem{TooMuch, l.no}
		}
		return nil
	})
}

// invite keeps whom an event invites, where they are named by an address for mail and did not decline.
func (e *event) invite(l line) {
	value := strings.ToLower(strings.TrimSpace(l.value))
	address, ok := strings.CutPrefix(value, "mailto:")
	if !ok || len(address) > 254 || !strings.Contains(address, "@") || strings.ContainsAny(address, " \t\"<>") || strings.ToValidUTF8(address, "") != address ||
		strings.EqualFold(l.param("PARTSTAT"), "DECLINED") || len(e.invited) >= maxPeople || slices.Contains(e.invited, address) {
		return
	}
	e.invited = append(e.invited, address)
}

func cut(title string) string {
	const most = 200
	if r := []rune(strings.ToValidUTF8(title, "")); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return strings.Clone(strings.ToValidUTF8(title, ""))
}

// keep keeps an event that may bear on the window. What replaces a time of another is always kept.
func (p *parser) keep() error {
	e := p.event
	p.event = event{}
	if !e.started {
		return &Problem{BadDate, e.no}
	}
	if e.badRule != nil {
		if e.free || e.cancelled { // nobody is busy, however often it comes
			return nil
		}
		return e.badRule
	}
	e.settle()
	single := e.rule == nil && len(e.dates) == 0 && e.replaces == nil
	if single {
		if e.free || e.cancelled {
			return nil
		}
		if end := e.roughEnd(); e.start.wall.Add(-48*time.Hour).After(p.c.o.To) || end.Add(48*time.Hour).Before(p.c.o.From) {
			return nil
		}
	}
	if len(p.c.events) >= maxEvents {
		return &Problem{TooMuch, e.no}
	}
	p.c.events = append(p.c.events, e)
	return nil
}

// settle gives the zone of the start to times that were written without one beside it.
func (e *event) settle() {
	if e.start.zone == "" {
		return
	}
	lend := func(w *when) {
		if w != nil && w.zone == "" && !w.utc && !w.date {
			w.zone = e.start.zone
		}
	}
	lend(e.end)
	lend(e.replaces)
	for i := range e.except {
		lend(&e.except[i])
	}
	for i := range e.dates {
		lend(&e.dates[i].start)
		lend(e.dates[i].end)
	}
}

func (e *event) roughEnd() time.Time {
	switch {
	case e.end != nil:
		return e.end.wall
	case e.length != nil:
		return e.start.wall.AddDate(0, 0, e.length.days).Add(e.length.rest)
	}
	return e.start.wall.AddDate(0, 0, 1)
}
