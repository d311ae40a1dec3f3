package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/moment"
	"kith/internal/person"
)

func (h *Handler) personName(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	c := person.Change{Name: text(f, "name"), Context: text(f, "context")}
	if f.Values.Has("nickname") {
		c.Nickname = text(f, "nickname")
	}
	_, err = h.People.Update(r.Context(), v.User.ID, r.PathValue("id"), c, revision(f))
	return h.kept(w, r, v, "name", "", f, err, "name", "nickname", "context")
}

func (h *Handler) personCloseness(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	c := person.Change{Ring: text(f, "ring"), ClearCadence: true}
	if strings.TrimSpace(f.Get("cadence")) != "" {
		n := number(v.P, &f, "cadence", "web.wrong.number")
		c.Cadence = &n
	}
	if len(f.Wrong) == 0 {
		_, err = h.People.Update(r.Context(), v.User.ID, r.PathValue("id"), c, revision(f))
	}
	return h.kept(w, r, v, "closeness", "closeness", f, err, "ring", "cadence")
}

func (h *Handler) personTimes(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	zoneName := strings.ReplaceAll(strings.TrimSpace(f.Get("zone")), " ", "_")
	c := person.Change{Zone: &zoneName, ClearHours: true}
	hour := func(name string) *int {
		s := strings.TrimSpace(f.Get(name))
		if s == "" {
			return nil
		}
		t, err := time.Parse("15:04", s)
		if err != nil {
			f.wrong(name, v.P.T("web.wrong.hours"))
			return nil
		}
		n := t.Hour()*60 + t.Minute()
		return &n
	}
	c.HoursFrom, c.HoursTo = hour("hours_from"), hour("hours_to")
	if c.HoursTo != nil && *c.HoursTo == 0 && c.HoursFrom != nil && *c.HoursFrom != 0 {
		midnight := 24 * 60
		c.HoursTo = &midnight
	}
	if len(f.Wrong) == 0 {
		_, err = h.People.Update(r.Context(), v.User.ID, r.PathValue("id"), c, revision(f))
	}
	return h.kept(w, r, v, "times", "times", f, err, "zone", "hours_from", "hours_to")
}

func (h *Handler) personStanding(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	c := person.Change{Standing: text(f, "standing")}
	if f.Values.Has("standing_note") { // a device that has locked it does not show it
		c.StandingNote = text(f, "standing_note")
	}
	_, err = h.People.Update(r.Context(), v.User.ID, r.PathValue("id"), c, revision(f))
	return h.kept(w, r, v, "standing", "", f, err, "standing", "standing_note")
}

// personGroups makes the groups of a person those whose names were written; a new name makes a new group.
func (h *Handler) personGroups(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	d, err := h.People.Detail(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	err = h.regroup(r, v, d, parts(f.Get("groups")))
	if ft := fault.As(err); ft != nil && ft.Field == "name" {
		ft.Field = "groups"
	}
	return h.kept(w, r, v, "groups", "groups", f, err, "groups")
}

func (h *Handler) regroup(r *http.Request, v *visit, d person.Detail, names []string) error {
	ctx, by := r.Context(), v.User.ID
	var stay []string
	for _, name := range names {
		if i := slices.IndexFunc(d.Groups, func(g person.Group) bool { return fold.Fold(g.Name) == fold.Fold(name) }); i >= 0 {
			stay = append(stay, d.Groups[i].ID)
			continue
		}
		g, found, err := h.People.FindGroup(ctx, by, name)
		if err == nil && !found {
			g, _, err = h.People.CreateGroup(ctx, by, "", name)
		}
		if err == nil {
			err = h.People.Join(ctx, by, g.ID, d.ID)
		}
		if err != nil {
			return err
		}
	}
	for _, g := range d.Groups {
		if slices.Contains(stay, g.ID) {
			continue
		}
		if err := h.People.Leave(ctx, by, g.ID, d.ID); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) personArchive(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.putAway(w, r, v, true)
}

func (h *Handler) personUnarchive(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.putAway(w, r, v, false)
}

func (h *Handler) putAway(w http.ResponseWriter, r *http.Request, v *visit, away bool) error {
	if _, err := h.People.Update(r.Context(), v.User.ID, r.PathValue("id"), person.Change{Archived: &away}, 0); err != nil {
		return err
	}
	return goTo(w, r, personOf(r, ""))
}

func (h *Handler) personDeleteShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.personDeletePage(w, r, v, form{}, http.StatusOK)
}

// personDeletePage says what a deletion does before it is done.
func (h *Handler) personDeletePage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	d, err := h.People.Detail(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := deleteView{ID: d.ID, Name: d.Name, Call: called(d.Person), Revision: strconv.FormatInt(d.Revision, 10), Form: f}
	n, err := h.momentsWith(r, v, d.ID)
	if err != nil {
		return err
	}
	if n > 0 {
		view.Lines = append(view.Lines, v.P.N("web.person.delete.words", n, "name", view.Call))
	}
	if n := len(d.Channels) + len(d.Dates) + len(d.Facts) + len(d.FollowUps) + len(d.Relations); n > 0 {
		view.Lines = append(view.Lines, v.P.N("web.person.delete.parts", n, "name", view.Call))
	}
	pg := v.page(v.P.T("web.person.delete.title", "name", d.Name), "people")
	pg.Area = "people"
	return render(w, r, status, personDeletePage(pg, view))
}

// momentsWith counts the moments with somebody.
func (h *Handler) momentsWith(r *http.Request, v *visit, id string) (int, error) {
	n := 0
	for cursor := ""; ; {
		page, err := h.Moments.List(r.Context(), v.User.ID, moment.Filter{Person: id}, moment.MaxLimit, cursor)
		if err != nil {
			return 0, err
		}
		n += len(page.Items)
		if cursor = page.Next; cursor == "" {
			return n, nil
		}
	}
}

func (h *Handler) personDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	err = h.People.Delete(r.Context(), v.User.ID, r.PathValue("id"), revision(f))
	if err == nil {
		return goTo(w, r, "/people?gone="+url.QueryEscape(r.PathValue("id")))
	}
	if !f.refuse(v.P, err) {
		return err
	}
	return h.personDeletePage(w, r, v, f, http.StatusUnprocessableEntity)
}
