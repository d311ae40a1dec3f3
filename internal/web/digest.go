package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"kith/internal/account"
	"kith/internal/digest"
	"kith/internal/i18n"
)

// digestView is the week by mail: when it comes, what became of it, and how it reads.
type digestView struct {
	Form        form
	Email, Zone string
	Ready       bool
	Next, Last  string
	Letter      digest.Letter
}

func (h *Handler) digestShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.digestPage(w, r, v, form{}, http.StatusOK)
}

func (h *Handler) digestPage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	s, err := h.Digests.Status(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	if f.Values == nil {
		f.Values = url.Values{
			"weekday": {itoa(s.Weekday)}, "time": {clock(s.Minute)}, "revision": {strconv.FormatInt(s.Revision, 10)},
		}
		for name, on := range map[string]bool{"on": s.On, "private": s.Private} {
			if on {
				f.Values.Set(name, "1")
			}
		}
	}
	view := digestView{Form: f, Email: v.User.Email, Zone: v.User.Zone, Ready: s.Ready}
	if s.Next != nil && s.Ready {
		view.Next = v.P.T("web.digest.next", "day", v.P.Date(*s.Next, "day"), "time", v.P.Time(*s.Next))
	}
	if s.Last != nil {
		number, _ := digest.WeekNumber(s.Last.Week)
		view.Last = v.P.T("web.digest.state."+s.Last.State, "week", v.P.T("web.digest.week", "number", number), "day", v.P.Date(s.Last.At.In(v.User.Location()), "day"))
	}
	if view.Letter, err = h.Digests.Preview(r.Context(), v.User.ID, ""); err != nil {
		return err
	}
	pg := h.lookPage(v.page(v.P.T("web.digest.title"), "settings"))
	switch r.URL.Query().Get("done") {
	case "kept":
		pg.Notice = &notice{Text: v.P.T("web.digest.kept")}
	case "sent":
		pg.Notice = &notice{Text: v.P.T("web.digest.going", "email", v.User.Email)}
	}
	return render(w, r, status, digestPage(pg, view))
}

func (h *Handler) digestSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	at, err := time.Parse("15:04", f.Get("time"))
	if err != nil {
		f.wrong("time", v.P.T("web.wrong.time"))
		return h.digestPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	weekday, _ := strconv.Atoi(f.Get("weekday"))
	revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
	s := digest.Setting{On: f.Has("on", "1"), Weekday: weekday, Minute: at.Hour()*60 + at.Minute(), Private: f.Has("private", "1")}
	if _, err := h.Digests.Set(r.Context(), v.User.ID, s, revision); err != nil {
		if !f.refuse(v.P, err, "weekday", "time") {
			return err
		}
		return h.digestPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, "/digest?done=kept")
}

func (h *Handler) digestSend(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Digests.Ask(r.Context(), v.User.ID, ""); err != nil {
		f := form{}
		if !f.refuse(v.P, err) {
			return err
		}
		f.Values = nil
		return h.digestPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, "/digest?done=sent")
}

// digestLeaveAsk is where the link in a mail leads. Looking at it changes nothing: mail programs look at links too.
func (h *Handler) digestLeaveAsk(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := h.Digests.Owner(r.Context(), account.ID(r.PathValue("user")), r.PathValue("secret"))
	if err != nil {
		return err
	}
	v.P = i18n.For(withRegion(u.Locale, r))
	return show(w, r, digestLeavePage(page{P: v.P, Title: v.P.T("web.digest.title")}, r.URL.Path, false))
}

// digestLeave switches the digest off: by the button, or by the one click of a mail program (RFC 8058).
func (h *Handler) digestLeave(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := h.Digests.Leave(r.Context(), account.ID(r.PathValue("user")), r.PathValue("secret"))
	if err != nil {
		return err
	}
	v.P = i18n.For(withRegion(u.Locale, r))
	return show(w, r, digestLeavePage(page{P: v.P, Title: v.P.T("web.digest.title")}, r.URL.Path, true))
}

// digestSaid is when the week comes by mail, as the settings say it.
func digestSaid(p *i18n.Printer, s digest.Status) string {
	if !s.On {
		return p.T("web.settings.digest.off")
	}
	at := time.Date(2000, 1, 1, s.Minute/60, s.Minute%60, 0, 0, time.UTC)
	return p.T("web.settings.digest.on", "weekday", p.T("date.weekday."+itoa(s.Weekday)), "time", p.Time(at))
}

// weekdayOptions are the days of a week.
func weekdayOptions(p *i18n.Printer) []option {
	list := make([]option, 7)
	for i, weekday := range p.Weekdays() {
		day := itoa(int(weekday))
		list[i] = option{day, p.T("date.weekday." + day)}
	}
	return list
}
