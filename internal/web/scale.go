package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kith/internal/i18n"
	"kith/internal/pulse"
)

// scaleView is one scale: what it is, whose it is, and one's own history. There are no norms in it.
type scaleView struct {
	Scale   *pulse.Scale
	Words   pulse.Wording
	Lang    string
	When    string
	Figures []scaleFigure
	Rows    []scaleRow
	Help    *pulse.Help
	Form    form
}

// scaleFigure is one score over time.
type scaleFigure struct {
	Name, Title string
	Points      []scalePoint
}

type scalePoint struct{ X, Y string }

type scaleRow struct {
	ID, Day string
	Cells   []string
}

// scaleItem is one scale of the list.
type scaleItem struct {
	ID, Name, When string
	Again          bool
}

func (h *Handler) scalesShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.scalesPage(w, r, v, form{}, http.StatusOK)
}

func (h *Handler) scalesPage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	offers, err := h.Pulses.Scales(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	var list []scaleItem
	for _, o := range offers {
		words, _ := o.Scale.In(v.User.Locale)
		list = append(list, scaleItem{o.Scale.ID, words.Name, scaleWhen(v, o), o.Again})
	}
	pg := v.page(v.P.T("web.scale.title"), "")
	pg.Area = "pulse"
	return render(w, r, status, scalesPage(pg, list, f))
}

// scaleWhen says when a scale was answered and when it may be again, as a fact.
func scaleWhen(v *visit, o pulse.Offer) string {
	n := v.P.N("web.scale.questions", len(o.Scale.Items))
	if o.Last == "" {
		return n
	}
	last := v.P.N("web.scale.last", o.N, "day", inSentence(v.P, v.P.RelativeDay(o.Last, v.today())))
	switch {
	case o.Again:
		return n + " · " + last + " · " + v.P.T("web.scale.again")
	case o.Next != "":
		return n + " · " + last + " · " + v.P.T("web.scale.next", "day", v.P.Day(o.Next, "date"))
	}
	return n + " · " + last
}

func (h *Handler) scaleView(r *http.Request, v *visit) (scaleView, error) {
	o, err := h.Pulses.Scale(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return scaleView{}, err
	}
	view := scaleView{Scale: o.Scale, When: scaleWhen(v, o)}
	view.Words, view.Lang = o.Scale.In(v.User.Locale)
	return view, nil
}

func (h *Handler) scaleShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	view, err := h.scaleView(r, v)
	if err != nil {
		return err
	}
	page, err := h.Pulses.Answers(r.Context(), v.User.ID, view.Scale.ID, 100, "")
	if err != nil {
		return err
	}
	for _, rule := range view.Scale.Scores {
		fig := scaleFigure{Name: view.Words.Scores[rule.ID]}
		n := 0
		for at, a := range slices.Backward(page.Items) {
			if sc := scoreOf(a, rule.ID); sc != nil && sc.Value != nil {
				fig.Points = append(fig.Points, scalePoint{percent(len(page.Items)-1-at, max(1, len(page.Items)-1)), scaleY(*sc.Value, rule)})
				n++
			}
		}
		fig.Title = v.P.N("web.scale.figure", n, "name", fig.Name, "min", scaleNumber(rule.Min), "max", scaleNumber(rule.Max))
		if n > 1 {
			view.Figures = append(view.Figures, fig)
		}
	}
	for _, a := range page.Items {
		row := scaleRow{ID: a.ID, Day: v.P.Day(a.Day, "short")}
		for _, rule := range view.Scale.Scores {
			row.Cells = append(row.Cells, h.scaleCell(v.P, view, a, rule))
		}
		view.Rows = append(view.Rows, row)
	}
	if view.Help, err = h.helpFor(r, v); err != nil {
		return err
	}
	pg := v.page(view.Words.Name, "")
	pg.Area = "pulse"
	base := "/scales/" + view.Scale.ID + "/answers/"
	if id := r.URL.Query().Get("kept"); id != "" {
		pg.Notice = &notice{Text: v.P.T("web.scale.kept"), Act: base + url.PathEscape(id) + "/delete", Label: v.P.T("web.undo")}
	} else if id := r.URL.Query().Get("gone"); id != "" {
		pg.Notice = &notice{Text: v.P.T("web.scale.gone"), Act: base + url.PathEscape(id) + "/undo", Label: v.P.T("web.undo")}
	}
	return show(w, r, scalePage(pg, view))
}

func scoreOf(a pulse.Answer, id string) *pulse.Score {
	for i := range a.Scores {
		if a.Scores[i].ID == id {
			return &a.Scores[i]
		}
	}
	return nil
}

// scaleCell is a score with what it stands on; the one answer of a question with words for each is said in words.
func (h *Handler) scaleCell(p *i18n.Printer, view scaleView, a pulse.Answer, rule pulse.Rule) string {
	sc := scoreOf(a, rule.ID)
	if sc == nil || sc.Value == nil {
		n, of := 0, 0
		if sc != nil {
			n, of = sc.N, sc.Of
		}
		return p.T("web.scale.unscored", "count", n, "of", of)
	}
	text := scaleNumber(*sc.Value)
	if rule.Rule == pulse.RuleValue && len(rule.Table) == 0 && rule.Multiply == 0 {
		for _, it := range view.Scale.Items {
			set, labels := view.Scale.Answers[it.Answers], view.Words.Answers[it.Answers].Each
			if i := int(*sc.Value) - set.From; it.ID == rule.Items[0] && i >= 0 && i < len(labels) {
				text = labels[i]
			}
		}
	}
	return p.T("web.scale.scored", "value", text, "count", sc.N, "of", sc.Of)
}

func scaleNumber(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// scaleY is where a score lies between its published ends, from the top, in a drawing 72 high.
func scaleY(v float64, r pulse.Rule) string {
	if r.Max <= r.Min {
		return "36"
	}
	return strconv.FormatFloat(66-60*(v-r.Min)/(r.Max-r.Min), 'f', 1, 64)
}

func (h *Handler) scaleTake(w http.ResponseWriter, r *http.Request, v *visit) error {
	view, err := h.scaleView(r, v)
	if err != nil {
		return err
	}
	view.Form = form{Values: url.Values{"id": {newID()}}}
	return h.scaleTakePage(w, r, v, view, http.StatusOK)
}

func (h *Handler) scaleTakePage(w http.ResponseWriter, r *http.Request, v *visit, view scaleView, status int) error {
	pg := v.page(view.Words.Name, "")
	pg.Area = "pulse"
	return render(w, r, status, scaleTakePage(pg, view))
}

func (h *Handler) scaleAnswer(w http.ResponseWriter, r *http.Request, v *visit) error {
	view, err := h.scaleView(r, v)
	if err != nil {
		return err
	}
	if view.Form, err = sent(r); err != nil {
		return err
	}
	d := pulse.AnswerDraft{ID: view.Form.Get("id"), Scale: view.Scale.ID, Answers: map[string]int{}}
	for _, it := range view.Scale.Items {
		if wideAnswers(view.Scale, it) && view.Form.Get("q-"+it.ID+"_set") == "" {
			continue
		}
		text := view.Form.Get("q-" + it.ID)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			view.Form.wrong("q-"+it.ID, v.P.T("web.wrong.number"))
		}
		d.Answers[it.ID] = n
	}
	if len(view.Form.Wrong) == 0 {
		a, _, err := h.Pulses.Answer(r.Context(), v.User.ID, d)
		if err == nil {
			return goTo(w, r, "/scales/"+view.Scale.ID+"?kept="+a.ID)
		}
		if !view.Form.refuse(v.P, err) {
			return err
		}
	}
	return h.scaleTakePage(w, r, v, view, http.StatusUnprocessableEntity)
}

// wideAnswers reports whether an item has so many answers that it is a slider.
func wideAnswers(s *pulse.Scale, it pulse.Item) bool {
	set := s.Answers[it.Answers]
	return set.To-set.From > 10
}

// answersOf are the numbers of an item's answers.
func answersOf(s *pulse.Scale, it pulse.Item) []int {
	set := s.Answers[it.Answers]
	var list []int
	for n := set.From; n <= set.To; n++ {
		list = append(list, n)
	}
	return list
}

func (h *Handler) scaleAnswerDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("answer")
	if err := h.Pulses.DeleteAnswer(r.Context(), v.User.ID, id, 0); err != nil {
		return err
	}
	return goTo(w, r, "/scales/"+url.PathEscape(r.PathValue("id"))+"?gone="+url.QueryEscape(id))
}

func (h *Handler) scaleAnswerUndo(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := h.Pulses.UndoAnswer(r.Context(), v.User.ID, r.PathValue("answer")); err != nil {
		return err
	}
	return goTo(w, r, "/scales/"+url.PathEscape(r.PathValue("id")))
}

func (h *Handler) scaleImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	sc, _, err := h.Pulses.ImportScale(r.Context(), v.User.ID, []byte(strings.TrimSpace(f.Get("definition"))), f.Get("licensed") != "")
	if err == nil {
		return goTo(w, r, "/scales/"+sc.ID)
	}
	if !f.refuse(v.P, err, "definition", "licensed") {
		return err
	}
	return h.scalesPage(w, r, v, f, http.StatusUnprocessableEntity)
}

func (h *Handler) scaleDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Pulses.DeleteScale(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	return goTo(w, r, "/scales")
}
