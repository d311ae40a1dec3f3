package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/i18n"
	"kith/internal/pulse"
)

// pulseForm is the form of one pulse; the reflection page may hold it too (its Area must then be "pulse").
type pulseForm struct {
	Form   form
	Action string
	Next   string // where to go afterwards; empty is /pulse
	Groups []pulseGroup
	Late   bool // closeness is asked
	Edit   bool
}

// pulseGroup are the words of one quadrant.
type pulseGroup struct {
	Quadrant string
	Words    []pulse.Word
}

// pulseView is the page of pulses: now, and the last two weeks.
type pulseView struct {
	Form  pulseForm
	Days  []pulseDay
	Title string // of the field of motes
	Again bool   // a scale may be answered again
	Help  *pulse.Help
	Next  string
}

type pulseDay struct {
	Title string
	Rows  []pulseRow
}

// pulseRow is one pulse as the list and the field show it.
type pulseRow struct {
	ID, Time, Quadrant, Words, Title string
	Valence, Energy                  int
	Closeness                        *int
	Age                              string // new, week or old
}

// Y is where a pulse lies on a field whose top is much energy.
func (r pulseRow) Y() string { return itoa(pulse.Top - r.Energy) }

const pulseFortnight = 14

// newPulseForm is an empty form for now.
func (h *Handler) newPulseForm(r *http.Request, v *visit, next string) (pulseForm, error) {
	f := pulseForm{Action: "/pulse", Next: next, Late: pulse.Evening(v.Now.In(v.User.Location()), v.User.DayStart)}
	f.Form = form{Values: url.Values{"id": {newID()}, "valence": {"50"}, "energy": {"50"}, "closeness": {"50"}}}
	var err error
	f.Groups, err = h.pulseGroups(r, v, nil)
	return f, err
}

// pulseGroups are the words to choose from: those of the library, own ones of late, and own ones already chosen.
func (h *Handler) pulseGroups(r *http.Request, v *visit, chosen []string) ([]pulseGroup, error) {
	own, err := h.Pulses.OwnWords(r.Context(), v.User.ID)
	if err != nil {
		return nil, err
	}
	var groups []pulseGroup
	for _, q := range pulse.Quadrants() {
		g := pulseGroup{Quadrant: q}
		for _, list := range [][]pulse.Word{pulse.Words(v.User.Locale), own} {
			for _, w := range list {
				if w.Quadrant == q {
					g.Words = append(g.Words, w)
				}
			}
		}
		groups = append(groups, g)
	}
	for _, w := range pulse.Say(chosen, v.User.Locale) {
		if w.ID == "" && !slices.ContainsFunc(own, func(o pulse.Word) bool { return o.Text == w.Text }) {
			groups[0].Words = append(groups[0].Words, w)
		}
	}
	return groups, nil
}

// value is what a box of a word sends.
func wordValue(w pulse.Word) string {
	if w.ID != "" {
		return w.ID
	}
	return w.Text
}

// levels are the words of an axis, from one end to the other.
func levels(p *i18n.Printer, axis string) string {
	list := make([]string, 5)
	for i := range list {
		list[i] = p.T("web.pulse." + axis + "." + itoa(i))
	}
	return strings.Join(list, "|")
}

// level says a value of an axis in words, as the script does while it moves.
func level(p *i18n.Printer, axis, value string) string {
	n, _ := strconv.Atoi(value)
	return p.T("web.pulse."+axis+"."+itoa(min(4, max(0, n)/20))) + ", " + value
}

func (h *Handler) pulseShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := h.newPulseForm(r, v, "")
	if err != nil {
		return err
	}
	return h.pulsePage(w, r, v, f, http.StatusOK)
}

func (h *Handler) pulsePage(w http.ResponseWriter, r *http.Request, v *visit, f pulseForm, status int) error {
	ctx, by, p := r.Context(), v.User.ID, v.P
	today, err := time.Parse(time.DateOnly, v.today())
	if err != nil {
		return err
	}
	cursor := r.URL.Query().Get("cursor")
	filter := pulse.Filter{From: today.AddDate(0, 0, 1-pulseFortnight).Format(time.DateOnly)}
	if r.URL.Query().Has("older") {
		filter = pulse.Filter{To: today.AddDate(0, 0, -pulseFortnight).Format(time.DateOnly)}
	}
	list, err := h.Pulses.List(ctx, by, filter, 100, cursor)
	if err != nil {
		return err
	}
	view := pulseView{Form: f}
	for _, x := range list.Items {
		row := pulseRow{
			ID: x.ID, Time: p.Time(x.At), Quadrant: x.Quadrant(), Valence: x.Valence, Energy: x.Energy, Closeness: x.Closeness, Age: "old",
		}
		row.Words = joinWords(v.P, pulse.Say(x.Words, v.User.Locale))
		row.Title = p.RelativeDay(x.Day, v.today()) + ", " + row.Time + ": " + p.T("web.pulse.said", "valence", x.Valence, "energy", x.Energy)
		switch day, err := time.Parse(time.DateOnly, x.Day); {
		case err != nil:
		case x.Day == v.today():
			row.Age = "new"
		case today.Sub(day) <= 7*24*time.Hour:
			row.Age = "week"
		}
		title := p.RelativeDay(x.Day, v.today())
		if n := len(view.Days); n == 0 || view.Days[n-1].Title != title {
			view.Days = append(view.Days, pulseDay{Title: title})
		}
		d := &view.Days[len(view.Days)-1]
		d.Rows = append(d.Rows, row)
	}
	view.Title = p.N("web.pulse.field", len(list.Items))
	switch {
	case list.Next != "":
		view.Next = "/pulse?" + url.Values{"cursor": {list.Next}}.Encode()
		if r.URL.Query().Has("older") {
			view.Next += "&older"
		}
	case !r.URL.Query().Has("older"):
		view.Next = "/pulse?older"
	}
	offers, err := h.Pulses.Scales(ctx, by)
	if err != nil {
		return err
	}
	view.Again = slices.ContainsFunc(offers, func(o pulse.Offer) bool { return o.Again })
	if view.Help, err = h.helpFor(r, v); err != nil {
		return err
	}
	pg := v.page(p.T("web.pulse.title"), "")
	pg.Area = "pulse"
	if r.URL.Query().Has("kept") {
		pg.Notice = &notice{Text: p.T("web.pulse.kept"), Act: "/pulse/" + url.PathEscape(r.URL.Query().Get("kept")) + "/delete", Label: p.T("web.undo")}
	} else if id := r.URL.Query().Get("gone"); id != "" {
		pg.Notice = &notice{Text: p.T("web.pulse.gone"), Act: "/pulse/" + url.PathEscape(id) + "/undo", Label: p.T("web.undo")}
	}
	return render(w, r, status, pulsePage(pg, view))
}

// helpFor is where there is help, when there is a reason to mention it.
func (h *Handler) helpFor(r *http.Request, v *visit) (*pulse.Help, error) {
	a, err := h.Pulses.Advise(r.Context(), v.User.ID)
	if err != nil || a.Reason == pulse.NoReason {
		return nil, err
	}
	return &a.Help, nil
}

func joinWords(p *i18n.Printer, list []pulse.Word) string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = w.Text
	}
	return p.List(texts)
}

// pulseSent reads a form. The words of boxes and the own ones come together; closeness counts only when it was answered.
func pulseSent(v *visit, f *form) (d pulse.Draft) {
	d.ID = f.Get("id")
	for name, to := range map[string]*int{"valence": &d.Valence, "energy": &d.Energy} {
		n, err := strconv.Atoi(f.Get(name))
		if err != nil {
			f.wrong(name, v.P.T("web.wrong.number"))
		}
		*to = n
	}
	if f.Get("closeness_set") != "" {
		n, err := strconv.Atoi(f.Get("closeness"))
		if err != nil {
			f.wrong("closeness", v.P.T("web.wrong.number"))
		}
		d.Closeness = &n
	}
	d.Words = append(slices.Clone(f.Values["words"]), parts(f.Get("own"))...)
	if text := strings.TrimSpace(f.Get("at")); text != "" {
		at, err := time.ParseInLocation(localMinute, text, v.User.Location())
		if err != nil {
			f.wrong("at", v.P.T("web.wrong.time"))
		}
		d.At = &at
	}
	return d
}

func (h *Handler) pulseSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	d := pulseSent(v, &f)
	if len(f.Wrong) == 0 {
		p, _, err := h.Pulses.Log(r.Context(), v.User.ID, d)
		if err == nil {
			if next := f.Get("next"); next != "" {
				return goTo(w, r, local(next))
			}
			return goTo(w, r, "/pulse?kept="+p.ID)
		}
		if !f.refuse(v.P, err, "valence", "energy", "closeness", "words", "at") {
			return err
		}
	}
	again, err := h.newPulseForm(r, v, f.Get("next"))
	if err != nil {
		return err
	}
	again.Form = f
	again.Late = again.Late || f.Get("closeness_set") != ""
	if again.Groups, err = h.pulseGroups(r, v, f.Values["words"]); err != nil {
		return err
	}
	return h.pulsePage(w, r, v, again, http.StatusUnprocessableEntity)
}

// pulseValues are the fields of the form as a pulse has them.
func pulseValues(v *visit, p pulse.Pulse) url.Values {
	u := url.Values{
		"valence": {itoa(p.Valence)}, "energy": {itoa(p.Energy)}, "closeness": {"50"}, "words": p.Words,
		"at": {p.At.In(v.User.Location()).Format(localMinute)}, "revision": {strconv.FormatInt(p.Revision, 10)},
	}
	if p.Closeness != nil {
		u.Set("closeness", itoa(*p.Closeness))
		u.Set("closeness_set", "1")
	}
	return u
}

func (h *Handler) pulseEdit(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := h.Pulses.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.pulseEditPage(w, r, v, p, form{Values: pulseValues(v, p)}, http.StatusOK)
}

func (h *Handler) pulseEditPage(w http.ResponseWriter, r *http.Request, v *visit, p pulse.Pulse, f form, status int) error {
	view := pulseForm{Form: f, Action: "/pulse/" + p.ID, Edit: true, Late: pulse.Evening(p.At, v.User.DayStart) || p.Closeness != nil}
	var err error
	if view.Groups, err = h.pulseGroups(r, v, f.Values["words"]); err != nil {
		return err
	}
	pg := v.page(v.P.T("web.pulse.edit"), "")
	pg.Area = "pulse"
	return render(w, r, status, pulseEditPage(pg, view, p.ID))
}

func (h *Handler) pulseChange(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := h.Pulses.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := sent(r)
	if err != nil {
		return err
	}
	d := pulseSent(v, &f)
	if len(f.Wrong) == 0 {
		c := pulse.Change{Valence: &d.Valence, Energy: &d.Energy, Closeness: d.Closeness, ClearCloseness: d.Closeness == nil, Words: &d.Words}
		if f.Get("at") != pulseValues(v, p).Get("at") {
			c.At = d.At
		}
		revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
		if _, err = h.Pulses.Update(r.Context(), v.User.ID, p.ID, c, revision); err == nil {
			return goTo(w, r, "/pulse")
		}
		if !f.refuse(v.P, err, "valence", "energy", "closeness", "words", "at") {
			return err
		}
	}
	return h.pulseEditPage(w, r, v, p, f, http.StatusUnprocessableEntity)
}

func (h *Handler) pulseDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	if err := h.Pulses.Delete(r.Context(), v.User.ID, id, 0); err != nil {
		return err
	}
	return goTo(w, r, "/pulse?gone="+url.QueryEscape(id))
}

func (h *Handler) pulseUndo(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := h.Pulses.Undo(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	return goTo(w, r, "/pulse")
}

// fromTop is a value of an axis as a distance from the top of the pad.
func fromTop(value string) string {
	n, _ := strconv.Atoi(value)
	return itoa(pulse.Top - n)
}

// holds reports whether a chosen word is of this group.
func holds(f form, g pulseGroup) bool {
	return slices.ContainsFunc(g.Words, func(w pulse.Word) bool { return f.Has("words", wordValue(w)) })
}
