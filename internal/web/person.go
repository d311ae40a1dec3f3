package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/person"
)

// peopleView is the list of people.
type peopleView struct {
	Form  form
	Sort  string
	Rows  []personRow
	Next  string
	Query string
}

type personRow struct{ ID, Name, Last string }

func (h *Handler) peopleList(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	view := peopleView{Form: form{Values: q}, Query: strings.TrimSpace(q.Get("q")), Sort: person.ByLast}
	if q.Get("sort") == person.ByName {
		view.Sort = person.ByName
	}
	list, err := h.People.List(r.Context(), v.User.ID, person.Filter{Query: view.Query, Sort: view.Sort}, moment.MaxLimit, q.Get("cursor"))
	if err != nil {
		return err
	}
	for _, p := range list.Items {
		row := personRow{ID: p.ID, Name: p.Name}
		if p.LastContactAt != nil {
			row.Last = v.P.RelativeDay(v.User.Day(*p.LastContactAt), v.today())
		}
		view.Rows = append(view.Rows, row)
	}
	if list.Next != "" {
		view.Next = "/people?" + url.Values{"q": {view.Query}, "sort": {view.Sort}, "cursor": {list.Next}}.Encode()
	}
	return show(w, r, peoplePage(v.page(v.P.T("web.nav.people"), "people"), view))
}

// personView is one person: what was last, the motes of the year, the history.
type personView struct {
	Person person.Person
	Last   string
	Line   line
	Groups []group
	Next   string
	Form   form
	Older  bool // this is not the newest part of the history
}

func (h *Handler) personShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.personPage(w, r, v, nil, http.StatusOK)
}

// personPage renders a person, with a rename that could not be kept if one was sent.
func (h *Handler) personPage(w http.ResponseWriter, r *http.Request, v *visit, f *form, status int) error {
	ctx, by, id := r.Context(), v.User.ID, r.PathValue("id")
	p, err := h.People.Get(ctx, by, id)
	if err != nil {
		return err
	}
	view := personView{Person: p, Form: form{Values: url.Values{"name": {p.Name}, "context": {p.Context}, "revision": {strconv.FormatInt(p.Revision, 10)}}}}
	if f != nil {
		view.Form = *f
	}
	if view.Last, err = h.lastWith(r, v, p); err != nil {
		return err
	}
	local := v.Now.In(v.User.Location())
	year, err := h.Moments.List(ctx, by, moment.Filter{Person: id, From: local.AddDate(-1, 0, 0).Format(time.DateOnly)}, moment.MaxLimit, "")
	if err != nil {
		return err
	}
	view.Line = yearLine(v.P, year.Items, local)
	cursor := r.URL.Query().Get("cursor")
	view.Older = cursor != ""
	list, err := h.Moments.List(ctx, by, moment.Filter{Person: id}, moment.DefaultLimit, cursor)
	if err != nil {
		return err
	}
	view.Groups = groups(v.P, list.Items, id, func(m moment.Moment) string { return v.P.Day(m.Day, "month") })
	for i, n := 0, 0; i < len(view.Groups); i++ { // within a month the day says when
		for j := range view.Groups[i].Rows {
			view.Groups[i].Rows[j].When = v.P.RelativeDay(list.Items[n].Day, v.today())
			n++
		}
	}
	if list.Next != "" {
		view.Next = "/people/" + url.PathEscape(id) + "?cursor=" + url.QueryEscape(list.Next)
	}
	return render(w, r, status, personPage(v.page(p.Name, "people"), view))
}

// lastWith says in a few words when the two were last in touch, and how.
func (h *Handler) lastWith(r *http.Request, v *visit, p person.Person) (string, error) {
	if p.LastContactAt == nil {
		return v.P.T("web.person.last.none"), nil
	}
	day := inSentence(v.P, v.P.RelativeDay(v.User.Day(*p.LastContactAt), v.today()))
	m, err := h.Moments.Get(r.Context(), v.User.ID, p.LastContactMoment)
	if fault.As(err) != nil { // gone: the day is known all the same
		return v.P.T("web.person.last.day", "day", day), nil //nolint:nilerr // as said above
	}
	if err != nil {
		return "", err
	}
	return v.P.T("web.person.last", "day", day, "kind", v.P.T("web.akind."+m.Kind)), nil
}

func (h *Handler) personSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	name, in := f.Get("name"), f.Get("context")
	revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
	_, err = h.People.Update(r.Context(), v.User.ID, r.PathValue("id"), person.Change{Name: &name, Context: &in}, revision)
	if err == nil {
		return goTo(w, r, "/people/"+url.PathEscape(r.PathValue("id")))
	}
	if !f.refuse(v.P, err, "name", "context") {
		return err
	}
	return h.personPage(w, r, v, &f, http.StatusUnprocessableEntity)
}
