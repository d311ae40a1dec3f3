package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"kith/internal/fault"
	"kith/internal/person"
)

// twinsOf are pairs of pages that may be of one person, a few at a time: each with its reason, none decided.
func (h *Handler) twinsOf(r *http.Request, v *visit) ([]twins, error) {
	const most = 5
	pairs, err := h.People.Duplicates(r.Context(), v.User.ID)
	if err != nil {
		return nil, err
	}
	list := make([]twins, 0, most)
	for _, p := range pairs[:min(len(pairs), most)] {
		list = append(list, twins{
			A: personRow{ID: p.One.ID, Name: p.One.Name}, B: personRow{ID: p.Other.ID, Name: p.Other.Name},
			Why: v.P.T("web.twins."+p.Reason, "a", p.One.Name, "b", p.Other.Name),
		})
	}
	return list, nil
}

func (h *Handler) mergeShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.mergePage(w, r, v, form{Values: r.URL.Query()}, http.StatusOK)
}

// mergePage shows two people side by side, or asks who the second is.
func (h *Handler) mergePage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	p, err := h.People.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := mergeView{ID: p.ID, Name: p.Name, Form: f}
	with := f.Get("with")
	if with == "" && f.Values.Has("name") {
		with, view.Picks, err = h.meant(r, v, f.Get("name"), p.ID)
		switch {
		case err != nil:
			return err
		case with == "" && len(view.Picks) == 0:
			message := "web.wrong.who.none"
			if strings.TrimSpace(f.Get("name")) == "" {
				message = "web.wrong.who"
			}
			view.Form.wrong("name", v.P.T(message))
			status = http.StatusUnprocessableEntity
		}
	}
	if with == p.ID {
		view.Form.wrong("name", v.P.T("web.wrong.self"))
		with, status = "", http.StatusUnprocessableEntity
	}
	if with != "" {
		view.Chosen = true
		if view.A, err = h.mergeSide(r, v, p.ID); err != nil {
			return err
		}
		if view.B, err = h.mergeSide(r, v, with); err != nil {
			return err
		}
	}
	pg := v.page(v.P.T("web.merge.title"), "people")
	pg.Area = "people"
	return render(w, r, status, mergePage(pg, view))
}

// mergeSide is one of two people in a few lines.
func (h *Handler) mergeSide(r *http.Request, v *visit, id string) (mergeSide, error) {
	d, err := h.People.Detail(r.Context(), v.User.ID, id)
	if err != nil {
		return mergeSide{}, err
	}
	rows, err := h.personRows(r, v, []person.Person{d.Person})
	if err != nil {
		return mergeSide{}, err
	}
	n, err := h.momentsWith(r, v, id)
	if err != nil {
		return mergeSide{}, err
	}
	s := mergeSide{Row: rows[0]}
	s.Lines = append(s.Lines, v.P.N("web.merge.moments", n))
	if rows[0].Last != "" {
		s.Lines = append(s.Lines, v.P.T("web.person.last.day", "day", inSentence(v.P, rows[0].Last)))
	}
	if d.Nickname != "" {
		s.Lines = append(s.Lines, v.P.T("web.person.nickname.said", "name", d.Nickname))
	}
	for _, c := range d.Channels {
		if !slices.Contains(s.Lines, c.Value) { // one number may be a phone and more
			s.Lines = append(s.Lines, c.Value)
		}
	}
	for _, t := range d.Dates {
		s.Lines = append(s.Lines, dateName(v.P, t)+": "+v.P.Day(t.On(leapYear), "date"))
	}
	var names []string
	for _, g := range d.Groups {
		names = append(names, g.Name)
	}
	if len(names) > 0 {
		s.Lines = append(s.Lines, v.P.List(names))
	}
	if len(d.Facts) > 0 {
		s.Lines = append(s.Lines, v.P.N("web.merge.facts", len(d.Facts)))
	}
	return s, nil
}

func (h *Handler) mergeSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	m, _, err := h.People.Merge(r.Context(), v.User.ID, "", r.PathValue("id"), f.Get("with"))
	if err == nil {
		return goTo(w, r, personOf(r, "")+"?merged="+url.QueryEscape(m.ID))
	}
	if ft := fault.As(err); ft != nil && ft.Kind == fault.KindInvalid && ft.Code == "unknown_person" {
		return fault.NotFound("person")
	}
	if !f.refuse(v.P, err) {
		return err
	}
	return h.mergePage(w, r, v, f, http.StatusUnprocessableEntity)
}

func (h *Handler) mergeUndo(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, err := h.People.UndoMerge(r.Context(), v.User.ID, r.PathValue("part"))
	if err != nil {
		return err
	}
	return goTo(w, r, "/people/"+url.PathEscape(m.Gone)+"?parted=1")
}

// mergeNotice offers to take back the merge that was just made.
func (h *Handler) mergeNotice(r *http.Request, v *visit, d person.Detail) (*notice, error) {
	id := r.URL.Query().Get("merged")
	if id == "" {
		return nil, nil //nolint:nilnil // nothing just happened
	}
	merges, err := h.People.Merges(r.Context(), v.User.ID, d.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range merges {
		if m.ID == id {
			return &notice{
				Text: v.P.T("web.merge.done", "name", m.GoneName), Label: v.P.T("web.undo"),
				Act: "/people/" + url.PathEscape(d.ID) + "/merge/" + url.PathEscape(m.ID) + "/undo",
			}, nil
		}
	}
	return nil, nil //nolint:nilnil // it was taken back already
}

// joinedWith are the pages that became part of somebody's and can be told apart again.
func (h *Handler) joinedWith(r *http.Request, v *visit, id string) ([]joined, error) {
	merges, err := h.People.Merges(r.Context(), v.User.ID, id)
	if err != nil {
		return nil, err
	}
	list := make([]joined, 0, len(merges))
	for _, m := range merges {
		day := inSentence(v.P, lately(v.P, v.User.Day(m.MergedAt), v.today()))
		list = append(list, joined{m.ID, m.GoneName, v.P.T("web.merge.joined", "name", m.GoneName, "day", day)})
	}
	return list, nil
}

// peopleApart remembers that two are not the same.
func (h *Handler) peopleApart(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	err = h.People.Distinct(r.Context(), v.User.ID, r.PathValue("id"), f.Get("with"))
	if ft := fault.As(err); ft != nil && ft.Code == "unknown_person" {
		return fault.NotFound("person")
	}
	if err != nil {
		return err
	}
	return goTo(w, r, "/people")
}
