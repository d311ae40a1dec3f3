package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kith/internal/capture"
	"kith/internal/fold"
	"kith/internal/i18n"
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/reflection"
	"kith/internal/zone"
)

// momentRow is one moment in a list.
type momentRow struct {
	ID, Kind, Text string
	When           string
	People         []moment.Ref
	About          []string
}

// quoted is how a line names somebody by more than one word; a list shows the name alone.
var quoted = regexp.MustCompile(`@"([^"\n]{1,120})"`)

// rows are moments as a list shows them. but is the person whose page it is, who need not be named again.
func rows(p *i18n.Printer, moments []moment.Moment, but string) []momentRow {
	list := make([]momentRow, 0, len(moments))
	for _, m := range moments {
		row := momentRow{ID: m.ID, Kind: m.Kind, Text: quoted.ReplaceAllString(m.Text, "@$1"), When: hourOf(p, m)}
		for _, ref := range m.People {
			if ref.ID != but {
				row.People = append(row.People, ref)
			}
		}
		row.About = append(row.About, m.Someone...)
		if m.Felt != nil {
			row.About = append(row.About, p.Felt(*m.Felt))
		}
		if m.DurationMin != nil {
			row.About = append(row.About, p.Duration(time.Duration(*m.DurationMin)*time.Minute))
		}
		list = append(list, row)
	}
	return list
}

// hourOf is the time of a moment as far as it is known beside its day.
func hourOf(p *i18n.Printer, m moment.Moment) string {
	switch m.Precision {
	case capture.Minute:
		return p.Time(m.HappenedAt)
	case capture.Month:
		return p.Date(m.HappenedAt, "month")
	case capture.Year:
		return strconv.Itoa(m.HappenedAt.Year())
	}
	return ""
}

// whenOf is the whole time of a moment, as exactly as it is known.
func whenOf(p *i18n.Printer, m moment.Moment) string {
	switch m.Precision {
	case capture.Minute:
		return p.T("date.at", "day", p.Date(m.HappenedAt, "long"), "time", p.Time(m.HappenedAt))
	case capture.Month, capture.Year:
		return hourOf(p, m)
	}
	return p.Date(m.HappenedAt, "long")
}

// group is a run of moments under one title: a day, or a month.
type group struct {
	Title string
	Rows  []momentRow
}

// groups puts a list, in its order, under the titles of its moments.
func groups(p *i18n.Printer, moments []moment.Moment, but string, title func(moment.Moment) string) []group {
	var list []group
	for i, row := range rows(p, moments, but) {
		t := title(moments[i])
		if len(list) == 0 || list[len(list)-1].Title != t {
			list = append(list, group{Title: t})
		}
		last := &list[len(list)-1]
		last.Rows = append(last.Rows, row)
	}
	return list
}

// momentsView is Look back.
type momentsView struct {
	Form     form
	People   []option
	Groups   []group
	Next     string // address of what is further back
	Begin    string // address of the newest, when this is not it
	Filtered bool
	Narrowed bool // by more than words
	CanAgain bool
	Written  []memoryView // evenings that have the words
}

func (h *Handler) momentsList(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	f := moment.Filter{
		Query: strings.TrimSpace(q.Get("q")), Person: q.Get("person"), Kind: q.Get("kind"), Context: q.Get("context"),
		Tag: strings.TrimPrefix(strings.TrimSpace(q.Get("tag")), "#"), From: q.Get("from"), To: q.Get("to"),
	}
	if n, err := strconv.Atoi(q.Get("felt")); err == nil {
		f.Felt = &n
	}
	view := momentsView{Form: form{Values: q}}
	view.Narrowed = f.Person+f.Kind+f.Context+f.Tag+f.From+f.To != "" || f.Felt != nil
	view.Filtered = f.Query != "" || view.Narrowed
	people, err := h.People.List(r.Context(), v.User.ID, person.Filter{Sort: person.ByName}, moment.MaxLimit, "")
	if err != nil {
		return err
	}
	view.People = append(view.People, option{"", v.P.T("web.filter.anyone")})
	for _, p := range people.Items {
		view.People = append(view.People, option{p.ID, p.Name})
	}
	status := http.StatusOK
	page, err := h.Moments.List(r.Context(), v.User.ID, f, moment.DefaultLimit, q.Get("cursor"))
	if err != nil {
		if !view.Form.refuse(v.P, err, "q", "from", "to", "tag") {
			return err
		}
		view.Narrowed, status = true, http.StatusUnprocessableEntity
	}
	today := v.today()
	view.Groups = groups(v.P, page.Items, "", func(m moment.Moment) string { return v.P.RelativeDay(m.Day, today) })
	view.CanAgain = !view.Filtered && q.Get("cursor") == "" && len(page.Items) > 0
	rest := url.Values{}
	for _, name := range []string{"q", "person", "kind", "context", "tag", "felt", "from", "to"} {
		if q.Get(name) != "" {
			rest.Set(name, q.Get(name))
		}
	}
	if q.Get("cursor") != "" {
		view.Begin = "/moments?" + rest.Encode()
	}
	if page.Next != "" {
		rest.Set("cursor", page.Next)
		view.Next = "/moments?" + rest.Encode()
	}
	if f.Query != "" && !view.Narrowed && q.Get("cursor") == "" && !v.Locked {
		const most = 5
		list, err := h.Reflections.Search(r.Context(), v.User.ID, f.Query, most)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			v.reads()
		}
		for _, x := range list {
			m, err := h.memoryOf(r, v, reflection.Memory{Day: x.Day, Reflection: &x})
			if err != nil {
				return err
			}
			m.Title = v.P.RelativeDay(x.Day, today)
			view.Written = append(view.Written, m)
		}
	}
	pg := h.lookPage(v.page(v.P.T("web.nav.moments"), "moments"))
	if pg.Notice, err = h.noticeOf(r, v); err != nil {
		return err
	}
	return render(w, r, status, momentsPage(pg, view))
}

// momentView is one moment, read or edited.
type momentView struct {
	Moment moment.Moment
	When   string
	Form   form
}

func (h *Handler) momentShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, err := h.Moments.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	pg := v.page(v.P.Kind(m.Kind), "moments")
	if pg.Notice, err = h.noticeOf(r, v); err != nil {
		return err
	}
	return show(w, r, momentPage(pg, momentView{Moment: m, When: whenOf(v.P, m)}))
}

func (h *Handler) momentEdit(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, err := h.Moments.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	return show(w, r, momentEditPage(v.page(v.P.T("web.moment.edit"), "moments"), momentView{Moment: m, Form: form{Values: momentValues(m)}}))
}

const localMinute = "2006-01-02T15:04"

// momentValues are the fields of the edit form as the moment has them.
func momentValues(m moment.Moment) url.Values {
	names := make([]string, 0, len(m.People))
	for _, p := range m.People {
		names = append(names, p.Name)
	}
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	return url.Values{
		"text": {m.Text}, "kind": {m.Kind}, "people": {strings.Join(names, ", ")}, "someone": {strings.Join(m.Someone, ", ")},
		"context": {m.Context}, "happened_at": {m.HappenedAt.Format(localMinute)}, "precision": {m.Precision},
		"duration_min": {number(m.DurationMin)}, "felt": {number(m.Felt)}, "contact": {m.Contact}, "started_by": {m.StartedBy},
		"tags": {strings.Join(m.Tags, ", ")}, "revision": {strconv.FormatInt(m.Revision, 10)},
	}
}

// parts are the words of a field between commas.
func parts(s string) []string {
	list := []string{}
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func (h *Handler) momentSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, err := h.Moments.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := sent(r)
	if err != nil {
		return err
	}
	c := momentChange(v.P, m, &f)
	if len(f.Wrong) == 0 {
		revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
		_, err := h.Moments.Update(r.Context(), v.User.ID, m.ID, c, revision)
		if err == nil {
			return goTo(w, r, "/moments/"+m.ID)
		}
		if !f.refuse(v.P, err, "text", "kind", "people", "someone", "context", "happened_at", "precision", "duration_min", "felt", "contact", "started_by", "tags") {
			return err
		}
	}
	return again(w, r, momentEditPage(v.page(v.P.T("web.moment.edit"), "moments"), momentView{Moment: m, Form: f}))
}

// momentChange is what the form changes. A field it does not hold stays as it is.
func momentChange(p *i18n.Printer, m moment.Moment, f *form) moment.Change {
	before := momentValues(m)
	changed := func(name string) *string {
		if !f.Values.Has(name) || f.Get(name) == before.Get(name) {
			return nil
		}
		s := f.Get(name)
		return &s
	}
	number := func(name string) (n *int, empty bool) {
		s := changed(name)
		if s == nil {
			return nil, false
		}
		if strings.TrimSpace(*s) == "" {
			return nil, true
		}
		i, err := strconv.Atoi(strings.TrimSpace(*s))
		if err != nil {
			f.wrong(name, p.T("web.wrong.number"))
			return nil, false
		}
		return &i, false
	}
	words := func(name string) *[]string {
		s := changed(name)
		if s == nil {
			return nil
		}
		list := parts(*s)
		return &list
	}
	c := moment.Change{
		Text: changed("text"), Kind: changed("kind"), Context: changed("context"), Precision: changed("precision"),
		Contact: changed("contact"), StartedBy: changed("started_by"), Someone: words("someone"), Tags: words("tags"),
	}
	if c.Text != nil {
		s := strings.ReplaceAll(*c.Text, "\r\n", "\n")
		if c.Text = &s; s == m.Text {
			c.Text = nil
		}
	}
	if c.Tags != nil {
		for i, t := range *c.Tags {
			(*c.Tags)[i] = strings.TrimPrefix(t, "#")
		}
	}
	c.DurationMin, c.ClearDuration = number("duration_min")
	c.Felt, c.ClearFelt = number("felt")
	if names := words("people"); names != nil {
		c.People = refs(m.People, *names)
	}
	if s := changed("happened_at"); s != nil {
		loc, err := zone.Load(m.Zone)
		if err != nil {
			loc = time.UTC
		}
		at, err := time.ParseInLocation(localMinute, strings.TrimSpace(*s), loc)
		if err != nil {
			f.wrong("happened_at", p.T("web.wrong.time"))
		} else {
			c.HappenedAt = &at
		}
	}
	return c
}

// refs are the people of these names; who was named so before stays the same person.
func refs(before []moment.Ref, names []string) *[]moment.Ref {
	list := make([]moment.Ref, 0, len(names))
	for _, name := range names {
		ref := moment.Ref{Name: strings.TrimPrefix(name, "@")}
		for _, b := range before {
			if fold.Fold(b.Name) == fold.Fold(ref.Name) {
				ref = b
			}
		}
		list = append(list, ref)
	}
	return &list
}

func (h *Handler) momentDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	if _, err := h.Moments.Delete(r.Context(), v.User.ID, id, 0); err != nil {
		return err
	}
	return goTo(w, r, "/?gone="+url.QueryEscape(id))
}

func (h *Handler) momentUndo(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, err := h.Moments.Undo(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	return goTo(w, r, "/moments/"+m.ID)
}

func (h *Handler) momentRepeat(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, err := h.Moments.Repeat(r.Context(), v.User.ID, r.PathValue("id"), newID())
	if err != nil {
		return err
	}
	return goTo(w, r, "/?kept="+m.ID)
}

func (h *Handler) momentRepeatLast(w http.ResponseWriter, r *http.Request, v *visit) error {
	last, err := h.Moments.Last(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	m, err := h.Moments.Repeat(r.Context(), v.User.ID, last.ID, newID())
	if err != nil {
		return err
	}
	return goTo(w, r, "/?kept="+m.ID)
}
