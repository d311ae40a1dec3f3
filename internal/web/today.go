package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/intention"
	"kith/internal/moment"
	"kith/internal/opportunity"
)

// todayView is the page a day opens with.
type todayView struct {
	Weekday, Date string
	Line          line
	Intention     *intention.Intention
	IntentionForm form
	Picks         []option // whom the name in it may mean
	Suggestions   []opportunity.Opportunity
	Notes         []opportunity.Note
	Guess         string // about the intention, 0 to 10, if one waits
	Guessable     bool   // the intention may be guessed about
	Question      *landedView
	Moments       []momentRow
	End           string
	Owner         string // whose words may wait on this device to be sent
}

func (h *Handler) home(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !v.signedIn() {
		return h.landing(w, r, v)
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.todayPage(w, r, v, form{}, nil, http.StatusOK)
}

func (h *Handler) landing(w http.ResponseWriter, r *http.Request, v *visit) error {
	n, err := h.Accounts.Count(r.Context())
	if err != nil {
		return err
	}
	pg := page{P: v.P, Title: v.P.T("web.landing.title"), Bare: n == 0}
	if r.URL.Query().Has("bye") {
		pg.Notice = &notice{Text: v.P.T("web.delete.done")}
	}
	return show(w, r, landingPage(pg, exampleLine(v.P), n == 0))
}

// exampleLine is a made-up day, so that the landing page shows what a day looks like.
func exampleLine(p *i18n.Printer) line {
	day := time.Date(2026, 5, 5, 0, 0, 0, 0, time.UTC)
	at := func(hour, minute, felt int, kind string) moment.Moment {
		return moment.Moment{Kind: kind, Precision: capture.Minute, Felt: &felt, HappenedAt: day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)}
	}
	l := dayLine(p, []moment.Moment{
		at(8, 10, 0, capture.Kindness), at(10, 40, 1, capture.Thanks), at(13, 5, 2, capture.Laugh),
		at(16, 20, 0, capture.CheckIn), at(18, 50, 1, capture.Conversation), at(21, 30, 1, capture.Gratitude),
	}, day, day)
	l.Title = p.T("web.landing.line")
	return l
}

// todayPage renders the day, with an intention that could not be kept if one was sent, and whom its name may mean.
func (h *Handler) todayPage(w http.ResponseWriter, r *http.Request, v *visit, f form, picks []option, status int) error {
	ctx, u, day := r.Context(), v.User, v.today()
	from, _, err := account.Bounds(day, u.Location(), u.DayStart)
	if err != nil {
		return err
	}
	moments, err := h.Moments.Day(ctx, u.ID, day)
	if err != nil {
		return err
	}
	in, err := h.Intentions.Today(ctx, u.ID, day)
	if err != nil {
		return err
	}
	view := todayView{
		Weekday: v.P.Day(day, "weekday"), Date: v.P.Day(day, "full"),
		Line: dayLine(v.P, moments, from.In(u.Location()), v.Now), Intention: in, IntentionForm: f, Picks: picks,
		Moments: rows(v.P, moments, ""), End: endOf(v.P, len(moments)), Owner: string(u.ID),
	}
	if in != nil && in.State == intention.Open && towardsSomebody(*in) {
		view.Guessable = true
		if view.Guess, err = h.guessed(r, v, in.Person, in.ID); err != nil {
			return err
		}
	}
	if view.Question, err = h.question(r, v); err != nil {
		return err
	}
	if view.Suggestions, err = h.Opportunities.Today(ctx, u, day); err != nil {
		return err
	}
	notes, err := h.Opportunities.Quiet(ctx, u, day)
	if err != nil {
		return err
	}
	view.Notes = notes
	pg := v.page(v.P.T("web.nav.today"), "today")
	pg.Capture = &captureView{ID: newID(), Focus: r.URL.Query().Has("write")}
	if pg.Notice, err = h.noticeOf(r, v); err != nil {
		return err
	}
	return render(w, r, status, todayPage(pg, view))
}

// noticeOf is the quiet line after something was kept or deleted, with the way back.
func (h *Handler) noticeOf(r *http.Request, v *visit) (*notice, error) {
	q := r.URL.Query()
	if id := q.Get("gone"); id != "" {
		return &notice{Text: v.P.T("web.gone"), Act: "/moments/" + url.PathEscape(id) + "/undo", Label: v.P.T("web.undo")}, nil
	}
	if id := q.Get("landed"); id != "" {
		return h.landedNotice(r, v, id)
	}
	id := q.Get("kept")
	if id == "" {
		return nil, nil //nolint:nilnil // nothing just happened
	}
	m, err := h.Moments.Get(r.Context(), v.User.ID, id)
	if fault.As(err) != nil {
		return nil, nil //nolint:nilnil,nilerr // a notice about what is gone says nothing
	}
	if err != nil {
		return nil, err
	}
	n := &notice{Text: v.P.T("web.kept"), Act: "/moments/" + m.ID + "/delete", Label: v.P.T("web.undo"), Href: "/moments/" + m.ID, Link: v.P.T("web.kept.look")}
	if m.Day != v.today() {
		n.Text = v.P.T("web.kept.day", "day", v.P.Day(m.Day, "day"))
	}
	return n, nil
}

func (h *Handler) intentionSet(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	who := f.Get("person")
	if name := f.Get("with"); who == "" && strings.TrimSpace(name) != "" {
		var picks []option
		if who, picks, err = h.meant(r, v, name, ""); err != nil {
			return err
		}
		if who == "" {
			f.wrong("with", v.P.T("web.wrong.who.none"))
			if len(picks) > 0 {
				f.wrong("person", v.P.T("intention.which"))
			}
			return h.todayPage(w, r, v, f, picks, http.StatusUnprocessableEntity)
		}
	}
	_, _, err = h.Intentions.Set(r.Context(), v.User.ID, v.today(), intention.Draft{Text: f.Get("text"), Cue: f.Get("cue"), Person: who})
	if err == nil {
		return goTo(w, r, "/")
	}
	if !f.refuse(v.P, err, "text", "cue") {
		return err
	}
	return h.todayPage(w, r, v, f, nil, http.StatusUnprocessableEntity)
}

func (h *Handler) intentionDone(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := h.Intentions.Close(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	return goTo(w, r, "/")
}

func (h *Handler) intentionLetGo(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := h.Intentions.LetGo(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	return goTo(w, r, "/")
}

// suggestionAnswer takes "do it", which makes it the intention, or "not now" and "never this".
func (h *Handler) suggestionAnswer(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	ctx, u, day := r.Context(), v.User, v.today()
	id, answer := f.Get("id"), f.Get("answer")
	if answer == opportunity.Accepted {
		offered, err := h.Opportunities.Today(ctx, u, day)
		if err != nil {
			return err
		}
		for _, o := range offered {
			if o.ID != id {
				continue
			}
			if _, _, err := h.Intentions.Set(ctx, u.ID, day, intention.Draft{Text: clip(o.Text, intention.MaxText), Practice: o.Practice, Person: o.Person}); err != nil {
				return err
			}
		}
	}
	if err := h.Opportunities.Answer(ctx, u.ID, day, id, answer); err != nil {
		return err
	}
	return goTo(w, r, "/")
}

// endOf is the last line of a day.
func endOf(p *i18n.Printer, n int) string {
	if n == 0 {
		return p.T("web.today.end.none")
	}
	return p.N("web.today.end", n, "words", numberWord(p, n))
}

// numberWord writes a small number as a word.
func numberWord(p *i18n.Printer, n int) string {
	const words = 10
	if n < 2 || n > words {
		return p.Number(n)
	}
	return p.T("web.number." + itoa(n))
}

// inSentence is the name of a day as it stands within a sentence.
func inSentence(p *i18n.Printer, day string) string {
	for _, key := range []string{"date.today", "date.yesterday"} {
		if day == p.T(key) {
			return strings.ToLower(day)
		}
	}
	return day
}

// clip shortens a sentence to what fits.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
