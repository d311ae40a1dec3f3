package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/presence"
)

// presenceHub is where presence begins.
type presenceHub struct {
	Form    form
	Names   []string // of people known, to choose from
	Running *presence.Session
	Until   string
	Offers  []offer
	Recent  []recentPresence
	Own     form
}

// offer is one way of being present alone.
type offer struct{ Href, Name, How, Length string }

type recentPresence struct{ ID, What, When, Length, Moment string }

func (h *Handler) presenceShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	f := form{Values: url.Values{"seconds": {"1800"}}}
	if id := q.Get("with"); id != "" {
		p, err := h.People.Get(r.Context(), v.User.ID, id)
		if err != nil {
			return err
		}
		f.Values.Set("people", p.Name)
	}
	return h.presencePage(w, r, v, f, http.StatusOK)
}

// presencePage renders the hub, with a presence that could not begin if one was asked for.
func (h *Handler) presencePage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	ctx, by := r.Context(), v.User.ID
	if f.Values == nil {
		f.Values = url.Values{}
	}
	f.Values.Set("id", newID())
	view := presenceHub{Form: f, Own: form{Values: url.Values{"in": {"4"}, "hold": {"2"}, "out": {"6"}, "rest": {"0"}}}}
	known, err := h.People.List(ctx, by, person.Filter{Sort: person.ByLast}, 100, "")
	if err != nil {
		return err
	}
	for _, p := range known.Items {
		view.Names = append(view.Names, p.Name)
	}
	if view.Running, err = h.Presence.Running(ctx, by); err != nil {
		return err
	}
	if view.Running != nil {
		view.Until = v.P.Time(view.Running.Until().In(v.User.Location()))
	}
	for _, p := range presence.Named() {
		view.Offers = append(view.Offers, offer{"/breathe/" + p.ID, v.P.T("presence.name." + p.ID), v.P.T("presence.how." + p.ID), v.P.Duration(p.Usual)})
	}
	for _, kind := range []string{presence.Pause, presence.Savour, presence.Wishes, presence.Scan, presence.Timer} {
		view.Offers = append(view.Offers, offer{"/breathe/" + kind, v.P.T("presence.name." + kind), v.P.T("presence.how." + kind), v.P.Duration(presence.Usual(kind, ""))})
	}
	list, err := h.Presence.List(ctx, by, 6, "")
	if err != nil {
		return err
	}
	for _, s := range list.Items {
		if s.EndedAt == nil {
			continue
		}
		view.Recent = append(view.Recent, recentPresence{
			ID: s.ID, What: whatOf(v.P, s), When: v.P.RelativeDay(v.User.Day(s.StartedAt), v.today()), Length: v.P.Duration(s.Lasted(v.Now).Round(time.Second)), Moment: s.Moment,
		})
	}
	pg := v.page(v.P.T("presence.title"), "")
	pg.Area = "presence"
	return render(w, r, status, presenceHubPage(pg, string(by), view))
}

// whatOf names a presence in a few words.
func whatOf(p *i18n.Printer, s presence.Session) string {
	if s.Kind == presence.People {
		if len(s.People) > 0 {
			return p.T("presence.quiet.with", "names", namesOf(p, s.People))
		}
		return p.T("presence.name.people")
	}
	if s.Kind == presence.Breath {
		if name := "presence.name." + s.Pattern; p.Has(name) {
			return p.T(name)
		}
		return p.T("presence.name.breath") + " " + s.Pattern
	}
	return p.T("presence.name." + s.Kind)
}

// namesOf is "Sam, Ida and Bo".
func namesOf(p *i18n.Printer, people []moment.Ref) string {
	var names []string
	for _, r := range people {
		names = append(names, r.Name)
	}
	if len(names) < 2 {
		return p.List(names)
	}
	last := len(names) - 1
	return p.T("presence.names.and", "first", p.List(names[:last]), "last", names[last])
}

// presenceStart begins one. The page of a breath tells it in passing, and goes on if nobody answers.
func (h *Handler) presenceStart(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	d, err := presenceDraft(f, f.Get("id"))
	if err == nil {
		var s presence.Session
		if s, _, err = h.Presence.Start(r.Context(), v.User.ID, d); err == nil {
			return goTo(w, r, "/presence/"+s.ID)
		}
	}
	if f.Get("kind") != presence.People || !f.refuse(v.P, err, "people", "planned_seconds") {
		return err
	}
	return h.presencePage(w, r, v, f, http.StatusUnprocessableEntity)
}

// presenceDraft reads a presence from a form.
func presenceDraft(f form, id string) (presence.Draft, error) {
	d := presence.Draft{ID: id, Kind: f.Get("kind"), Pattern: f.Get("pattern")}
	seconds, err := strconv.Atoi(f.Get("seconds"))
	if f.Get("seconds") != "" && (err != nil || seconds < 1 || seconds > int(presence.MaxPlanned/time.Second)) {
		return d, fault.Invalid("planned_range", "planned_seconds", "A presence is planned for ten seconds to twelve hours.")
	}
	d.Planned = time.Duration(seconds) * time.Second
	for name := range strings.FieldsFuncSeq(f.Get("people"), func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "@"); name != "" {
			d.People = append(d.People, moment.Ref{Name: name})
		}
	}
	d.StartedAt = instantOf(f.Get("started_at"))
	return d, nil
}

// instantOf reads an instant that a page wrote, or nil.
func instantOf(text string) *time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil
	}
	return &at
}

// presenceEnd ends one, and keeps its line. What was begun on a page without a network begins here first.
func (h *Handler) presenceEnd(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	ctx, by, id := r.Context(), v.User.ID, r.PathValue("id")
	if f.Get("kind") != "" {
		d, err := presenceDraft(f, id)
		if err != nil {
			return err
		}
		if _, _, err := h.Presence.Start(ctx, by, d); err != nil {
			return err
		}
	}
	act, end := f.Get("act"), presence.End{At: instantOf(f.Get("at"))}
	s, err := h.Presence.End(ctx, by, id, end)
	if err != nil {
		return err
	}
	if act != "keep" {
		if act == "leave" {
			return goTo(w, r, "/presence")
		}
		return goTo(w, r, "/presence/"+s.ID)
	}
	if end.Line = f.Get("line"); strings.TrimSpace(end.Line) == "" {
		end.Line = defaultLine(v.P, s, v.Now)
	}
	s, err = h.Presence.End(ctx, by, id, end)
	if err == nil {
		return goTo(w, r, "/?kept="+url.QueryEscape(s.Moment))
	}
	if !f.refuse(v.P, err, "line") {
		return err
	}
	return h.quietPage(w, r, v, f, http.StatusUnprocessableEntity)
}

// defaultLine is what is kept when nothing was written.
func defaultLine(p *i18n.Printer, s presence.Session, now time.Time) string {
	if s.Kind == presence.Breath || s.Kind == presence.Timer {
		return p.N("presence.default."+s.Kind, s.Minutes(now))
	}
	return p.T("presence.default." + s.Kind)
}

func (h *Handler) presenceDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Presence.Delete(r.Context(), v.User.ID, r.PathValue("id"), 0); err != nil {
		return err
	}
	return goTo(w, r, "/presence")
}

func (h *Handler) presenceInvite(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	code, _, err := h.Presence.Invite(r.Context(), v.User.ID, id)
	if err != nil {
		return err
	}
	return goTo(w, r, "/presence/"+url.PathEscape(id)+"?code="+code)
}
