package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/intention"
	"kith/internal/prose"
	"kith/internal/pulse"
	"kith/internal/reflection"
)

// reflectView is the evening page of a day.
type reflectView struct {
	Day       string
	Weekday   string
	Date      string
	Form      form
	AskGood   bool // three good things are asked for, not only possible
	Prompt    reflection.Prompt
	Another   string // address of another question
	Intention *intention.Intention
	Question  *landedView
	Moments   []momentRow
	Pulse     bool // how one feels is asked
	Late      bool // closeness too
	Felt      string
	Kept      bool // something is written already
	GoodOn    []option
	Setting   form
}

// written is a reflection as a page shows it.
type written struct {
	Good     []string
	Question string
	Blocks   []prose.Block
	Private  bool
}

// writtenOf is what was written about a day, with the people in it.
func (h *Handler) writtenOf(r *http.Request, v *visit, x *reflection.Reflection) (*written, error) {
	if x == nil {
		return nil, nil //nolint:nilnil // nothing was written
	}
	var names []prose.Name
	if strings.Contains(x.Line, "@") {
		var err error
		if names, err = h.names(r, v); err != nil {
			return nil, err
		}
	}
	return &written{x.Good, reflection.PromptOf(x.Prompt, v.User.Locale).Text, prose.Parse(x.Line, names), x.Private}, nil
}

// names are the people that @ can name: by their whole name, their nickname, and their first name where it is one
// person's alone.
func (h *Handler) names(r *http.Request, v *visit) ([]prose.Name, error) {
	people, err := h.People.Quick(r.Context(), v.User.ID)
	if err != nil {
		return nil, err
	}
	firsts := map[string]int{}
	first := func(name string) string { f, _, _ := strings.Cut(name, " "); return f }
	for _, p := range people {
		firsts[first(p.Name)]++
	}
	list := make([]prose.Name, len(people))
	for i, p := range people {
		list[i] = prose.Name{ID: p.ID, Says: []string{p.Name, p.Nickname}}
		if f := first(p.Name); firsts[f] == 1 {
			list[i].Says = append(list[i].Says, f)
		}
	}
	return list, nil
}

// dayOf is the day in the address; a day that is none, or has not come, is not found.
func dayOf(r *http.Request, v *visit) (string, error) {
	day := r.PathValue("day")
	if day == "" {
		day = v.today()
	}
	if reflection.CheckDay(day, v.today()) != nil {
		return "", fault.NotFound("page")
	}
	return day, nil
}

func (h *Handler) reflectShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	day, err := dayOf(r, v)
	if err != nil {
		return err
	}
	was, err := h.Reflections.Find(r.Context(), v.User.ID, day)
	if err != nil {
		return err
	}
	f := form{Values: url.Values{"id": {newID()}, "valence": {"50"}, "energy": {"50"}, "closeness": {"50"}}}
	if was != nil {
		f.Values["good"] = was.Good
		f.Values.Set("line", was.Line)
		f.Values.Set("prompt", was.Prompt)
		f.Values.Set("revision", strconv.FormatInt(was.Revision, 10))
		if was.Private {
			f.Values.Set("private", "1")
		}
	}
	return h.reflectPage(w, r, v, day, f, http.StatusOK)
}

func (h *Handler) reflectPage(w http.ResponseWriter, r *http.Request, v *visit, day string, f form, status int) error {
	ctx, by := r.Context(), v.User.ID
	view := reflectView{Day: day, Weekday: v.P.Day(day, "weekday"), Date: v.P.Day(day, "full"), Form: f, Kept: f.Get("revision") != ""}
	set, err := h.Reflections.Setting(ctx, by)
	if err != nil {
		return err
	}
	view.AskGood = set.Asks(day) || len(f.Values["good"]) > 0
	view.Setting = form{Values: url.Values{"good_on": {set.GoodOn}}}
	view.GoodOn = goodOnOptions(v.P)
	turn, _ := strconv.Atoi(r.URL.Query().Get("turn"))
	if id := f.Get("prompt"); id != "" && turn == 0 {
		view.Prompt = reflection.PromptOf(id, v.User.Locale)
	}
	if view.Prompt.Text == "" {
		if view.Prompt, err = h.Reflections.Prompt(ctx, by, day, turn, v.User.Locale); err != nil {
			return err
		}
	}
	view.Another = "/reflect/" + day + "?turn=" + itoa(turn+1)
	if view.Intention, err = h.Intentions.Today(ctx, by, day); err != nil {
		return err
	}
	moments, err := h.Moments.Day(ctx, by, day)
	if err != nil {
		return err
	}
	view.Moments = rows(v.P, moments, "")
	if day == v.today() {
		if view.Question, err = h.question(r, v); err != nil {
			return err
		}
		late := pulse.Evening(v.Now.In(v.User.Location()), v.User.DayStart)
		list, err := h.Pulses.List(ctx, by, pulse.Filter{From: day, To: day}, 1, "")
		if err != nil {
			return err
		}
		view.Pulse, view.Late = true, late
		if len(list.Items) > 0 && pulse.Evening(list.Items[0].At, v.User.DayStart) == late {
			view.Pulse, view.Felt = false, pulseSaid(v, list.Items[0])
		}
	}
	pg := v.page(v.P.T("web.reflect.title"), "moments")
	pg.Area = "reflection"
	return render(w, r, status, reflectPage(pg, view))
}

// goodOnOptions are the days on which three good things can be asked for, from the first of the week.
func goodOnOptions(p *i18n.Printer) []option {
	list := []option{}
	for _, day := range p.Weekdays() {
		n := itoa(int(day))
		list = append(list, option{n, p.T("date.weekday." + n)})
	}
	return append(list, option{reflection.Daily, p.T("web.reflect.good.daily")}, option{reflection.Never, p.T("web.reflect.good.never")})
}

// pulseSaid is a pulse in one line.
func pulseSaid(v *visit, x pulse.Pulse) string {
	said := v.P.T("web.pulse.said", "valence", x.Valence, "energy", x.Energy)
	if words := joinWords(v.P, pulse.Say(x.Words, v.User.Locale)); words != "" {
		said += ": " + words
	}
	return v.P.List([]string{v.P.Time(x.At), said})
}

// reflectSave keeps the whole evening: what was written, how one feels, and what became of the intention. What was left
// empty is left alone.
func (h *Handler) reflectSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	day, err := dayOf(r, v)
	if err != nil {
		return err
	}
	f, err := sent(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), v.User.ID
	var felt *pulse.Draft
	if f.Get("pulse_set") != "" && day == v.today() {
		d := pulseSent(v, &f)
		felt = &d
	}
	if len(f.Wrong) == 0 {
		err = h.reflectKeep(r, v, day, &f)
		if err == nil && felt != nil {
			_, _, err = h.Pulses.Log(ctx, by, *felt)
		}
		if err == nil {
			switch f.Get("intention") {
			case intention.Done:
				_, err = h.Intentions.Close(ctx, by, f.Get("intention_id"))
			case intention.LetGo:
				_, err = h.Intentions.LetGo(ctx, by, f.Get("intention_id"))
			}
		}
		if err == nil && f.Get("landed") != "" {
			err = h.landedKeep(r, v, f.Get("landed_id"), f.Get("landed"))
		}
		if err == nil {
			return goTo(w, r, "/day/"+day+"?saved")
		}
		if !f.refuse(v.P, err, "good", "line", "valence", "energy", "closeness") {
			return err
		}
	}
	return h.reflectPage(w, r, v, day, f, http.StatusUnprocessableEntity)
}

// reflectKeep keeps the words of a day; empty fields take away what was there.
func (h *Handler) reflectKeep(r *http.Request, v *visit, day string, f *form) error {
	ctx, by := r.Context(), v.User.ID
	revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
	d := reflection.Draft{Good: f.Values["good"], Line: f.Get("line"), Prompt: f.Get("prompt"), Private: f.Get("private") != ""}
	blank := strings.TrimSpace(d.Line) == "" && !slices.ContainsFunc(d.Good, func(g string) bool { return strings.TrimSpace(g) != "" })
	if !blank {
		_, _, err := h.Reflections.Save(ctx, by, v.today(), day, d, revision)
		return err
	}
	if revision == 0 {
		return nil
	}
	err := h.Reflections.Delete(ctx, by, day, revision)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}

func (h *Handler) reflectDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	day, err := dayOf(r, v)
	if err != nil {
		return err
	}
	if err := h.Reflections.Delete(r.Context(), v.User.ID, day, 0); err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	return goTo(w, r, "/day/"+day)
}

func (h *Handler) reflectSetting(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if _, err := h.Reflections.SetGoodOn(r.Context(), v.User.ID, f.Get("good_on"), 0); err != nil {
		return err
	}
	return goTo(w, r, personal(f.Get("back")))
}

// nth is the good thing of a number, as it was typed.
func (v reflectView) nth(i int) string {
	if good := v.Form.Values["good"]; i < len(good) {
		return good[i]
	}
	return ""
}

// shift is a day so many days away.
func shift(day string, by int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, by).Format(time.DateOnly)
}
