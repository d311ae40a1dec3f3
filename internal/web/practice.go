package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/intention"
	"kith/internal/opportunity"
	"kith/internal/practice"
)

// practiceRow is a practice in the list.
type practiceRow struct {
	practice.Practice
	Length string
	Off    bool
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

// switchedOff are the practices that are not suggested.
func (h *Handler) switchedOff(r *http.Request, v *visit) (map[string]bool, error) {
	list, err := h.Opportunities.Nevers(r.Context(), v.User.ID)
	off := map[string]bool{}
	for _, n := range list {
		if id, ok := strings.CutPrefix(n.Subject, "practice:"); ok {
			off[id] = true
		}
	}
	return off, err
}

func (h *Handler) practicesShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	off, err := h.switchedOff(r, v)
	if err != nil {
		return err
	}
	var rows []practiceRow
	for _, p := range practice.Library(v.User.Locale) {
		rows = append(rows, practiceRow{p, v.P.Duration(p.Duration()), off[p.ID]})
	}
	return render(w, r, http.StatusOK, practicesPage(v.page(v.P.T("practices.title"), "today"), rows))
}

func (h *Handler) practiceShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, ok := practice.Get(r.PathValue("id"), v.User.Locale)
	if !ok {
		return fault.NotFound("practice")
	}
	off, err := h.switchedOff(r, v)
	if err != nil {
		return err
	}
	return render(w, r, http.StatusOK, practicePage(v.page(p.Name, "today"), practiceRow{p, v.P.Duration(p.Duration()), off[p.ID]}))
}

// practiceSwitch switches a practice on or off, or makes it the intention.
func (h *Handler) practiceSwitch(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, by, day, id := r.Context(), v.User.ID, v.today(), r.PathValue("id")
	p, ok := practice.Get(id, v.User.Locale)
	if !ok {
		return fault.NotFound("practice")
	}
	switch r.PathValue("act") {
	case "off":
		if err := h.Opportunities.Put(ctx, by, day, "practice:"+id); err != nil {
			return err
		}
	case "on":
		if err := h.Opportunities.Again(ctx, by, "practice:"+id); err != nil {
			return err
		}
	case "today":
		if _, _, err := h.Intentions.Set(ctx, by, day, intention.Draft{Text: p.Suggest, Practice: p.ID}); err != nil {
			return err
		}
		return goTo(w, r, "/")
	default:
		return fault.NotFound("page")
	}
	return goTo(w, r, "/practices/"+id)
}

func (h *Handler) suggestionsShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, by, p := r.Context(), v.User.ID, v.P
	wishes, err := h.Opportunities.Wishes(ctx, by)
	if err != nil {
		return err
	}
	view := suggestionsView{Loss: wishes.LossNotes}
	for n := range 7 {
		day := time.Weekday((n + 1) % 7)
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
			row.Name = which
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
