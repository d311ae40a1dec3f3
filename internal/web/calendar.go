package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kith/internal/dav"
	"kith/internal/fault"
	"kith/internal/i18n"
)

// calendarRoutes are the pages of calendars that are followed.
func (h *Handler) calendarRoutes(mine func(string, handler)) {
	mine("GET /calendars", h.calendarsShow)
	mine("POST /calendars", h.calendarAdd)
	mine("GET /calendars/{id}", h.calendarShow)
	mine("POST /calendars/feed", h.feedMake)
	mine("POST /calendars/feed/end", h.feedEnd)
	mine("POST /calendars/{id}", h.calendarSave)
	mine("POST /calendars/{id}/sync", h.calendarSync)
	mine("POST /calendars/{id}/stop", h.calendarStop)
	mine("POST /calendars/{id}/delete", h.calendarDelete)
	h.accountRoutes(mine)
}

// calendarsView is every calendar, and the form for one more.
type calendarsView struct {
	Rows     []calendarRow
	Accounts []accountRow
	Reading  bool // one of them, just now
	Form     form
	Feed     string // the link just made, shown once
	Fed      bool   // there is a link
}

// calendarRow is a calendar and how it does.
type calendarRow struct {
	ID, Name, Host string
	Said           string // what is known of it
	Wrong          string // why the last sync stopped, and what to do
	Again          string // when it is tried again
	Account        string // whose it is
	Book           bool   // an address book
	Followed       bool
	Reading        bool // just now, or in a moment
	Stops          bool // just now, so that it can be stopped
	Done, Of       int  // events or cards; Of 0: not known yet
}

func calendarPath(id, more string) string { return "/calendars/" + url.PathEscape(id) + more }

func (h *Handler) calendarRowOf(v *visit, c dav.Calendar) calendarRow {
	row := calendarRow{
		ID: c.ID, Name: c.Name, Host: c.Host(), Said: v.P.T("web.calendar.never"), Account: c.Account, Followed: c.Followed, Book: c.Kind == dav.CardDAV,
	}
	at, doing := h.Calendars.Doing(v.User.ID, c.ID)
	switch {
	case doing && at.Of > 0:
		row.Stops, row.Of, row.Done = true, at.Of, min(at.Done, at.Of)
		row.Reading, row.Said = true, v.P.T("web.account.reading.count", "count", v.P.Number(at.Done), "of", v.P.Number(at.Of))
	case doing, c.Followed && c.Account != "" && c.SyncedAt == nil && c.Failure == nil: // a job reads it in a moment
		row.Reading, row.Stops, row.Said = true, doing, v.P.T("web.account.reading")
	case c.SyncedAt != nil:
		found := "web.calendar.found"
		if c.Kind == dav.CardDAV {
			found = "web.account.contacts"
		}
		row.Said = v.P.N(found, c.Found) + " " +
			v.P.T("web.calendar.news", "day", v.dayOf(*c.SyncedAt))
	}
	if c.Failure != nil {
		row.Wrong = v.P.Fault(c.Failure)
		if c.RetryAt != nil {
			at := c.RetryAt.In(v.User.Location())
			row.Again = v.P.T("web.calendar.again", "day", v.dayOf(at), "time", v.P.Time(at))
		}
	}
	return row
}

func (h *Handler) calendarsShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.calendarsPage(w, r, v, form{Values: url.Values{}}, http.StatusOK)
}

func (h *Handler) calendarsPage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	if f.Get("id") == "" {
		f.Values.Set("id", newID())
	}
	if f.Get("account") == "" {
		f.Values.Set("account", newID())
	}
	list, err := h.Calendars.List(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	since, err := h.Calendars.FeedSince(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	view := calendarsView{Form: f, Feed: f.Get("feed"), Fed: since != nil}
	if view.Accounts, err = h.accountRows(r, v); err != nil {
		return err
	}
	for _, c := range list {
		row := h.calendarRowOf(v, c)
		view.Rows, view.Reading = append(view.Rows, row), view.Reading || row.Reading
	}
	pg := v.page(v.P.T("web.calendar.title"), "settings")
	if r.URL.Query().Has("gone") {
		pg.Notice = &notice{Text: v.P.T("web.calendar.gone")}
	}
	if r.URL.Query().Has("account-gone") {
		pg.Notice = &notice{Text: v.P.T("web.account.gone")}
	}
	return render(w, r, status, calendarsPage(pg, view))
}

func (h *Handler) calendarAdd(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	c, created, err := h.Calendars.Add(r.Context(), v.User.ID, dav.Draft{
		ID: f.Get("id"), Name: f.Get("name"), URL: f.Get("url"), Login: f.Get("login"), Password: f.Get("password"), Titles: f.Has("titles", "yes"),
	})
	if err != nil {
		if ft := fault.As(err); ft != nil && ft.Code == "id_reused" { // the form was changed and sent again
			f.Values.Del("id")
		}
		f.Values.Del("password")
		if !f.refuse(v.P, err, "url", "name", "login", "password") {
			return err
		}
		return h.calendarsPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	if created {
		if _, err := h.Calendars.Sync(r.Context(), v.User.ID, c.ID); err != nil {
			return err
		}
	}
	return goTo(w, r, "/calendars#c-"+url.PathEscape(c.ID))
}

func (h *Handler) calendarShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := h.Calendars.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := form{Values: url.Values{"name": {c.Name}, "login": {c.Login}}}
	if c.Titles {
		f.Values.Set("titles", "yes")
	}
	return h.calendarPage(w, r, v, c, f, http.StatusOK)
}

func (h *Handler) calendarPage(w http.ResponseWriter, r *http.Request, v *visit, c dav.Calendar, f form, status int) error {
	pg := v.page(c.Name, "settings")
	return render(w, r, status, calendarPage(pg, h.calendarRowOf(v, c), f))
}

func (h *Handler) calendarSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	was, err := h.Calendars.Get(r.Context(), v.User.ID, id)
	if err != nil {
		return err
	}
	name, login, titles := f.Get("name"), f.Get("login"), f.Has("titles", "yes")
	c := dav.Change{Name: &name, Titles: &titles}
	if was.Account == "" {
		c.Login = &login
	}
	if address := f.Get("url"); address != "" { // left empty, it stays: it is a secret that is not shown
		c.URL = &address
	}
	if password := f.Get("password"); was.Account == "" && (password != "" || login == "") {
		c.Password = &password
	}
	if _, err := h.Calendars.Update(r.Context(), v.User.ID, id, c, 0); err != nil {
		f.Values.Del("password")
		if !f.refuse(v.P, err, "url", "name", "login", "password") {
			return err
		}
		return h.calendarPage(w, r, v, was, f, http.StatusUnprocessableEntity)
	}
	return h.calendarSync(w, r, v)
}

func (h *Handler) calendarSync(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	if _, err := h.Calendars.Sync(r.Context(), v.User.ID, id); err != nil {
		return err
	}
	return goTo(w, r, "/calendars#c-"+url.PathEscape(id))
}

// calendarStop ends the reading of a calendar. It is no error when it has ended by itself.
func (h *Handler) calendarStop(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	c, err := h.Calendars.Get(r.Context(), v.User.ID, id)
	if err != nil {
		return err
	}
	h.Calendars.Stop(v.User.ID, id)
	if c.Account != "" {
		return goTo(w, r, accountPath(c.Account, ""))
	}
	return goTo(w, r, "/calendars#c-"+url.PathEscape(id))
}

func (h *Handler) feedMake(w http.ResponseWriter, r *http.Request, v *visit) error {
	secret, err := h.Calendars.NewFeed(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	return h.calendarsPage(w, r, v, form{Values: url.Values{"feed": {"/feed/" + secret + ".ics"}}}, http.StatusOK)
}

func (h *Handler) feedEnd(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Calendars.EndFeed(r.Context(), v.User.ID); err != nil {
		return err
	}
	return goTo(w, r, "/calendars#feed")
}

// feedShow is for calendar programs: whoever has the link reads it.
func (h *Handler) feedShow(w http.ResponseWriter, r *http.Request, _ *visit) error {
	secret, ok := strings.CutSuffix(r.PathValue("name"), ".ics")
	if !ok {
		return fault.NotFound("calendar")
	}
	b, err := h.Calendars.Feed(r.Context(), secret)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	return nil
}

func (h *Handler) calendarDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Calendars.Delete(r.Context(), v.User.ID, r.PathValue("id"), 0); err != nil {
		return err
	}
	return goTo(w, r, "/calendars?gone")
}

// calendarSigns are what a calendar that needs a name and password is opened with.
func calendarSigns(p *i18n.Printer) []input {
	return []input{
		{Name: "login", Label: p.T("web.calendar.login"), Auto: "off", Max: 500},
		{Name: "password", Label: p.T("web.calendar.password"), Hint: p.T("web.calendar.password.hint"), Type: "password", Auto: "off", Max: 500, Secret: true},
	}
}
