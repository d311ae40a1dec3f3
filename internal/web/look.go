package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/intention"
	"kith/internal/moment"
	"kith/internal/pulse"
	"kith/internal/reflection"
)

// turnTo is the way to the day, week or year before and after.
type turnTo struct{ Before, BeforeName, After, AfterName string }

// dayView is one day as a page.
type dayView struct {
	Day, Weekday, Date string
	Line               line
	Moments            []momentRow
	Intention          *intention.Intention
	Pulses             []string
	Written            *written
	Turn               turnTo
	Week, Year         string
	Today              bool
}

// memoryView is a day that is looked back on, on a page with others.
type memoryView struct {
	Title, Href string
	Moments     []momentRow
	Written     *written
}

// lookView is where looking back begins.
type lookView struct {
	OnThisDay []memoryView
	Random    bool
	Week      string
	Year      string
	Today     string
}

func (h *Handler) lookPage(pg page) page {
	pg.Area = "reflection"
	return pg
}

func (h *Handler) lookShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	if day := r.URL.Query().Get("day"); day != "" { // a day was asked for
		if reflection.CheckDay(day, v.today()) == nil {
			return goTo(w, r, "/day/"+url.PathEscape(day))
		}
	}
	today := v.today()
	view := lookView{Week: reflection.WeekOf(today), Year: today[:4], Today: today}
	list, err := h.Reflections.OnThisDay(r.Context(), v.User.ID, today)
	if err != nil {
		return err
	}
	for _, m := range list {
		x, err := h.memoryOf(r, v, m)
		if err != nil {
			return err
		}
		x.Title = v.P.List([]string{spanSaid(v.P, m), v.P.Day(m.Day, "long")})
		view.OnThisDay = append(view.OnThisDay, x)
	}
	_, err = h.Reflections.Random(r.Context(), v.User.ID)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	view.Random = err == nil
	return show(w, r, lookBackPage(h.lookPage(v.page(v.P.T("web.nav.moments"), "moments")), view))
}

// spanSaid is how far back a memory lies.
func spanSaid(p *i18n.Printer, m reflection.Memory) string {
	if m.Span == reflection.SpanYear {
		return p.N("web.look.years", m.Years)
	}
	return p.T("web.look.ago." + m.Span)
}

func (h *Handler) memoryOf(r *http.Request, v *visit, m reflection.Memory) (memoryView, error) {
	x, err := h.writtenOf(r, v, m.Reflection)
	return memoryView{Title: v.P.Day(m.Day, "day"), Href: "/day/" + m.Day, Moments: rows(v.P, m.Moments, ""), Written: x}, err
}

func (h *Handler) lookRandom(w http.ResponseWriter, r *http.Request, v *visit) error {
	day, err := h.Reflections.Random(r.Context(), v.User.ID)
	if fault.Is(err, fault.KindNotFound) {
		return goTo(w, r, "/look-back")
	}
	if err != nil {
		return err
	}
	return goTo(w, r, "/day/"+day)
}

func (h *Handler) dayShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	day, err := dayOf(r, v)
	if err != nil {
		return err
	}
	ctx, u := r.Context(), v.User
	m, err := h.Reflections.Day(ctx, u.ID, day, account.OwnPage)
	if err != nil {
		return err
	}
	from, _, err := account.Bounds(day, u.Location(), u.DayStart)
	if err != nil {
		return err
	}
	view := dayView{
		Day: day, Weekday: v.P.Day(day, "weekday"), Date: v.P.Day(day, "full"), Line: dayLine(v.P, m.Moments, from.In(u.Location()), v.Now),
		Moments: rows(v.P, m.Moments, ""), Week: reflection.WeekOf(day), Year: day[:4], Today: day == v.today(),
	}
	if view.Written, err = h.writtenOf(r, v, m.Reflection); err != nil {
		return err
	}
	if view.Intention, err = h.Intentions.Today(ctx, u.ID, day); err != nil {
		return err
	}
	if view.Intention != nil && !view.Today && view.Intention.State == intention.Open {
		view.Intention.State = intention.LetGo // its day is over
	}
	felt, err := h.Pulses.List(ctx, u.ID, pulse.Filter{From: day, To: day}, 20, "")
	if err != nil {
		return err
	}
	for _, x := range felt.Items {
		view.Pulses = append([]string{pulseSaid(v, x)}, view.Pulses...)
	}
	before, after := shift(day, -1), shift(day, 1)
	view.Turn = turnTo{Before: "/day/" + before, BeforeName: v.P.RelativeDay(before, v.today())}
	if after <= v.today() {
		view.Turn.After, view.Turn.AfterName = "/day/"+after, v.P.RelativeDay(after, v.today())
	}
	pg := h.lookPage(v.page(v.P.Day(day, "long"), "moments"))
	if r.URL.Query().Has("saved") {
		pg.Notice = &notice{Text: v.P.T("web.reflect.kept"), Href: "/reflect/" + day, Link: v.P.T("web.reflect.change")}
	}
	return show(w, r, dayPage(pg, view))
}

// weekView is a week looked back on.
type weekView struct {
	Week, Title, Span string
	Picture           picture
	Moments           int
	People            []moment.Ref
	Days              []memoryView
	CarriedIn         string
	Form              form
	Turn              turnTo
}

// picture is seven day lines under each other.
type picture struct {
	Title, Desc string
	Height      int
	Rows        []pictureRow
	Ticks       []tick
}

type pictureRow struct {
	Short string // the beginning of the weekday
	Name  string
	Y     int
	Motes []moteAt
}

const (
	pictureRowHeight = 44
	pictureLeft      = 12 // percent, for the names of the days
)

// weekPicture lays the moments of a week on its day lines, all on one scale.
func weekPicture(p *i18n.Printer, days []reflection.Memory) picture {
	const hour = 60
	start, end := 6*hour, 24*hour
	at := func(m moment.Moment) int { return clockMinute(m.HappenedAt, midnightOf(m.Day)) }
	for _, d := range days {
		for _, m := range d.Moments {
			if m.Precision == "minute" {
				start, end = min(start, at(m)/hour*hour), max(end, (at(m)/hour+1)*hour)
			}
		}
	}
	x := func(minute int) string {
		return strconv.FormatFloat(pictureLeft+float64(98-pictureLeft)*float64(minute-start)/float64(end-start), 'f', 1, 64) + "%"
	}
	var said []string
	v := picture{Height: len(days)*pictureRowHeight + 34}
	n := 0
	for i, d := range days {
		row := pictureRow{Name: p.Day(d.Day, "weekday"), Short: p.ShortWeekday(d.Day), Y: i*pictureRowHeight + pictureRowHeight - 14}
		var minutes []int
		for _, m := range d.Moments {
			minutes = append(minutes, at(m))
		}
		stacked, _ := stack(minutes, (end-start)*40/1000)
		for j, m := range d.Moments {
			minute := minutes[j]
			if m.Precision != "minute" {
				minute = (start + end) / 2
			}
			title := p.List([]string{row.Name, momentSaid(p, m)})
			row.Motes = append(row.Motes, moteAt{X: x(minute), Y: row.Y - 14*min(stacked[j], 2), Scale: moteScale(m.Felt), Kind: m.Kind, Title: title, Halo: m.Felt != nil && *m.Felt == 2})
			said = append(said, title)
			n++
		}
		v.Rows = append(v.Rows, row)
	}
	for h := (start + 6*hour - 1) / (6 * hour) * 6; h*hour <= end; h += 6 {
		anchor := "middle"
		if h*hour == end {
			anchor = "end"
		}
		v.Ticks = append(v.Ticks, tick{X: x(h * hour), Anchor: anchor, Label: p.Time(time.Date(2000, 1, 1, h%24, 0, 0, 0, time.UTC))})
	}
	v.Title, v.Desc = p.N("web.look.week.picture", n), strings.Join(said, "; ")
	return v
}

// midnightOf is the first instant of a day's date, for clockMinute.
func midnightOf(day string) time.Time {
	t, _ := time.Parse(time.DateOnly, day)
	return t
}

func (h *Handler) weekShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.weekPage(w, r, v, form{}, http.StatusOK)
}

func (h *Handler) weekPage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	week := r.PathValue("week")
	monday, err := reflection.Monday(week)
	if err != nil || monday.Format(time.DateOnly) > v.today() {
		return fault.NotFound("page")
	}
	review, err := h.Reflections.Week(r.Context(), v.User.ID, week)
	if err != nil {
		return err
	}
	first, last := review.Days[0].Day, review.Days[6].Day
	view := weekView{
		Week: week, Title: v.P.T("web.look.week.title", "number", strings.TrimLeft(week[len(week)-2:], "0"), "year", week[:len(week)-4]),
		Span: v.P.Span(first, last), Picture: weekPicture(v.P, review.Days), People: review.People, CarriedIn: review.CarriedIn, Form: f,
	}
	for _, d := range review.Days {
		view.Moments += len(d.Moments)
		if len(d.Moments) == 0 && d.Reflection == nil {
			continue
		}
		m, err := h.memoryOf(r, v, d)
		if err != nil {
			return err
		}
		view.Days = append(view.Days, m)
	}
	if f.Values == nil {
		view.Form.Values = url.Values{"carry": {review.Carry.Text}, "revision": {strconv.FormatInt(review.Carry.Revision, 10)}}
	}
	before := monday.AddDate(0, 0, -7).Format(time.DateOnly)
	view.Turn = turnTo{Before: "/week/" + reflection.WeekOf(before), BeforeName: v.P.T("web.look.week.before")}
	if after := monday.AddDate(0, 0, 7).Format(time.DateOnly); after <= v.today() {
		view.Turn.After, view.Turn.AfterName = "/week/"+reflection.WeekOf(after), v.P.T("web.look.week.after")
	}
	return render(w, r, status, weekPage(h.lookPage(v.page(view.Title, "moments")), view))
}

func (h *Handler) weekSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
	week := r.PathValue("week")
	if _, err := h.Reflections.CarryOn(r.Context(), v.User.ID, week, f.Get("carry"), revision); err != nil {
		if !f.refuse(v.P, err, "carry") {
			return err
		}
		return h.weekPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, "/week/"+week+"#carry")
}

// yearView is a year at a glance.
type yearView struct {
	Year   string
	Halves [2][]yearCell
	Months []yearMonth
	Turn   turnTo
	Today  string
	Said   string
}

// yearCell is a day on the grid.
type yearCell struct {
	Day, Number, Label string
	Class              string
	Month              string // named at its first day
	Future             bool
}

// yearMonth is a row of the table beside the grid.
type yearMonth struct {
	Name, Href             string
	Moments, Days, Written int
}

func (h *Handler) yearShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	year, err := strconv.Atoi(r.PathValue("year"))
	if err != nil || year < 1900 || strconv.Itoa(year) > v.today()[:4] {
		return fault.NotFound("page")
	}
	list, err := h.Reflections.Year(r.Context(), v.User.ID, year)
	if err != nil {
		return err
	}
	days := map[string]reflection.YearDay{}
	for _, d := range list {
		days[d.Day] = d
	}
	view := yearView{Year: itoa(year), Today: v.today(), Turn: turnTo{Before: "/year/" + itoa(year-1), BeforeName: itoa(year - 1)}}
	if next := itoa(year + 1); next <= v.today()[:4] {
		view.Turn.After, view.Turn.AfterName = "/year/"+next, next
	}
	sum := 0
	for t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() == year; t = t.AddDate(0, 0, 1) {
		day := t.Format(time.DateOnly)
		d := days[day]
		c := yearCell{Day: day, Number: itoa(t.Day()), Label: yearSaid(v.P, day, d), Class: "heat-" + itoa(heat(d.Moments)), Future: day > v.today()}
		if d.Written {
			c.Class += " noted"
		}
		if day == v.today() {
			c.Class += " now"
		}
		half := int(t.Month()-1) / 6
		if len(view.Halves[half]) == 0 {
			c.Class += " first wd-" + itoa((int(t.Weekday())-int(v.P.Weekdays()[0])+7)%7+1)
		}
		if t.Day() == 1 {
			c.Month = v.P.T("date.mon." + itoa(int(t.Month())))
			view.Months = append(view.Months, yearMonth{
				Name: v.P.T("date.month." + itoa(int(t.Month()))), Href: "/moments?from=" + day + "&to=" + t.AddDate(0, 1, -1).Format(time.DateOnly),
			})
		}
		m := &view.Months[len(view.Months)-1]
		if m.Moments += d.Moments; d.Moments > 0 {
			m.Days++
		}
		if d.Written {
			m.Written++
		}
		sum += d.Moments
		view.Halves[half] = append(view.Halves[half], c)
	}
	view.Said = v.P.N("web.look.year.said", sum)
	return show(w, r, yearPage(h.lookPage(v.page(view.Year, "moments")), view))
}

// heat is how full a day was, in steps that are drawn by size and by pattern.
func heat(moments int) int {
	switch {
	case moments == 0:
		return 0
	case moments == 1:
		return 1
	case moments <= 3:
		return 2
	case moments <= 6:
		return 3
	}
	return 4
}

func yearSaid(p *i18n.Printer, day string, d reflection.YearDay) string {
	said := p.Day(day, "day") + ": " + p.N("web.look.year.moments", d.Moments)
	if d.Written {
		return p.List([]string{said, p.T("web.look.year.written")})
	}
	return said
}
