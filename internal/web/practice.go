package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/intention"
	"kith/internal/opportunity"
	"kith/internal/practice"
)

// practiceRow is a practice in the list.
type practiceRow struct {
	practice.Practice
	Length string
}

// practicesView is the account's own practices, those that are on from the start, and those to be switched on.
type practicesView struct {
	Own, Library, Further []practiceRow
	Form                  form
}

// practiceView is one practice, with the form that changes one of one's own.
type practiceView struct {
	practiceRow
	Form form
}

// awayRow is something that is not suggested any more.
type awayRow struct{ Subject, Name, Since string }

// suggestionsView is what somebody wants of suggestions.
type suggestionsView struct {
	Days []restDay
	Loss bool
	Away []awayRow
}

type restDay struct {
	Value, Name string
	On          bool
}

func (h *Handler) practicesShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.practicesPage(w, r, v, form{Values: url.Values{"id": {newID()}, "seconds": {"60"}, "kind": {capture.Pause}}}, http.StatusOK)
}

// practicesPage lists all practices, with one that could not be added if one was sent.
func (h *Handler) practicesPage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	list, err := h.Opportunities.Practices(r.Context(), v.User.ID, v.User.Locale)
	if err != nil {
		return err
	}
	view := practicesView{Form: f}
	for _, p := range list {
		row := practiceRow{p, v.P.Duration(p.Duration())}
		switch {
		case p.Own:
			view.Own = append(view.Own, row)
		case p.Further:
			view.Further = append(view.Further, row)
		default:
			view.Library = append(view.Library, row)
		}
	}
	pg := v.page(v.P.T("practices.title"), "today")
	if r.URL.Query().Has("gone") {
		pg.Notice = &notice{Text: v.P.T("practice.gone")}
	}
	return render(w, r, status, practicesPage(pg, view))
}

func (h *Handler) practiceNew(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	seconds, _ := strconv.Atoi(f.Get("seconds")) // what is no number is refused as too short
	p, _, err := h.Practices.Create(r.Context(), v.User.ID, practice.Draft{
		ID: f.Get("id"), Name: f.Get("name"), How: f.Get("how"), Kind: f.Get("kind"), Context: f.Get("context"), Seconds: max(seconds, 1),
	})
	if err == nil {
		return goTo(w, r, "/practices/"+p.ID)
	}
	if !f.refuse(v.P, err, "name", "how", "kind", "context", "seconds") {
		return err
	}
	return h.practicesPage(w, r, v, f, http.StatusUnprocessableEntity)
}

func (h *Handler) practiceShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.practicePage(w, r, v, form{}, http.StatusOK)
}

// practicePage shows one practice, with a change that could not be kept if one was sent.
func (h *Handler) practicePage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	p, err := h.Opportunities.Practice(r.Context(), v.User.ID, r.PathValue("id"), v.User.Locale)
	if err != nil {
		return err
	}
	if f.Values == nil {
		f.Values = url.Values{
			"name": {p.Name}, "how": {p.How}, "kind": {p.Kind}, "context": {p.Context}, "seconds": {itoa(p.Seconds)}, "revision": {strconv.FormatInt(p.Revision, 10)},
		}
	}
	return render(w, r, status, practicePage(v.page(p.Name, "today"), practiceView{practiceRow{p, v.P.Duration(p.Duration())}, f}))
}

func (h *Handler) practiceSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64) // without one, any is accepted
	seconds, _ := strconv.Atoi(f.Get("seconds"))
	text := func(name string) *string { return new(f.Get(name)) }
	c := practice.Change{Name: text("name"), How: text("how"), Kind: text("kind"), Context: text("context"), Seconds: &seconds}
	if _, err = h.Practices.Update(r.Context(), v.User.ID, id, c, revision); err == nil {
		return goTo(w, r, "/practices/"+id)
	}
	if !f.refuse(v.P, err, "name", "how", "kind", "context", "seconds") {
		return err
	}
	return h.practicePage(w, r, v, f, http.StatusUnprocessableEntity)
}

// practiceSwitch switches a practice on or off, makes it the intention, or deletes one of one's own.
func (h *Handler) practiceSwitch(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, by, day, id := r.Context(), v.User.ID, v.today(), r.PathValue("id")
	switch act := r.PathValue("act"); act {
	case "off", "on":
		if err := h.Opportunities.Offer(ctx, by, day, id, act == "on"); err != nil {
			return err
		}
	case "delete":
		if err := h.Practices.Delete(ctx, by, id, 0); err != nil {
			return err
		}
		return goTo(w, r, "/practices?gone")
	case "today":
		p, err := h.Opportunities.Practice(ctx, by, id, v.User.Locale)
		if err != nil {
			return err
		}
		if _, _, err := h.Intentions.Set(ctx, by, day, intention.Draft{Text: p.Suggest, Practice: p.ID}); err != nil {
			return err
		}
		return goTo(w, r, "/")
	default:
		return fault.NotFound("page")
	}
	return goTo(w, r, "/practices/"+id)
}

// lengthOptions are how long a practice can take, with the length it has.
func lengthOptions(p *i18n.Printer, now string) []option {
	list := []int{20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600}
	if n, err := strconv.Atoi(now); err == nil && n >= practice.MinSeconds && n <= practice.MaxSeconds && !slices.Contains(list, n) {
		list = append(list, n)
		slices.Sort(list)
	}
	var options []option
	for _, n := range list {
		options = append(options, option{itoa(n), p.Duration(time.Duration(n) * time.Second)})
	}
	return options
}

// settingOptions are where a practice belongs.
func settingOptions(p *i18n.Printer) []option {
	return []option{{"", p.T("practice.context.both")}, {capture.Personal, p.Context(capture.Personal)}, {capture.Professional, p.Context(capture.Professional)}}
}

func (h *Handler) suggestionsShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, by, p := r.Context(), v.User.ID, v.P
	wishes, err := h.Opportunities.Wishes(ctx, by)
	if err != nil {
		return err
	}
	view := suggestionsView{Loss: wishes.LossNotes}
	for _, day := range p.Weekdays() {
		view.Days = append(view.Days, restDay{itoa(int(day)), p.Date(time.Date(2026, time.November, 22+int(day), 0, 0, 0, 0, time.UTC), "weekday"), slices.Contains(wishes.RestDays, day)})
	}
	away, err := h.Opportunities.Nevers(ctx, by)
	if err != nil {
		return err
	}
	for _, n := range away {
		row := awayRow{Subject: n.Subject, Name: n.Name, Since: p.T("suggestions.since", "day", p.Day(n.Since, "full"))}
		what, which, _ := strings.Cut(n.Subject, ":")
		switch what {
		case "kind":
			row.Name = p.T("suggestions.kind", "kind", p.Kind(which))
		case "source":
			row.Name = p.T("suggestions.source." + which)
		case "practice":
			if row.Name == "" {
				row.Name = which
			}
			if known, ok := practice.Get(which, v.User.Locale); ok {
				row.Name = known.Name
			}
		}
		view.Away = append(view.Away, row)
	}
	pg := v.page(p.T("suggestions.title"), "")
	if r.URL.Query().Has("saved") {
		pg.Notice = &notice{Text: p.T("suggestions.saved")}
	}
	return render(w, r, http.StatusOK, suggestionsPage(pg, view))
}

func (h *Handler) suggestionsSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	wishes := opportunity.Wishes{LossNotes: f.Get("loss") != ""}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if f.Has("rest", itoa(int(day))) {
			wishes.RestDays = append(wishes.RestDays, day)
		}
	}
	if _, err := h.Opportunities.Wish(r.Context(), v.User.ID, wishes, 0); err != nil {
		return err
	}
	return goTo(w, r, "/suggestions?saved")
}

func (h *Handler) suggestionsAgain(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.Opportunities.Again(r.Context(), v.User.ID, f.Get("subject")); err != nil {
		return err
	}
	return goTo(w, r, "/suggestions?saved")
}
