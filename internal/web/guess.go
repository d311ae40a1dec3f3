package web

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/guess"
	"kith/internal/i18n"
	"kith/internal/intention"
	"kith/internal/practice"
)

// landedView is the question how welcome something was.
type landedView struct {
	ID, Title, Text string
	Href            string // of the moment
	Value           string // the guess: shown after the answer only, so that it does not lead it
	Landed          string // the answer there is
	State           string
}

// pairView is a guess and how it landed, on one line from 0 to 10.
type pairView struct {
	Name, When string
	Href       string
	Said       string
	From, To   string // x of both, in percent
	Low, High  string // x of what lies between, from left to right
	More       bool   // it landed above the guess
}

// landedListView is the page of all pairs.
type landedListView struct {
	Said, How string
	Whole     *pairView
	Chance    string
	Kinds     []pairView
	Rings     []pairView
	Pairs     []pairView
	Sources   []practice.Source
	Next      string
}

// towardsSomebody reports whether an intention reaches somebody, so that it can be welcome.
func towardsSomebody(in intention.Intention) bool {
	if in.Person != "" {
		return true
	}
	p, ok := practice.Get(in.Practice, "")
	return ok && p.Kind != capture.Pause && p.Kind != capture.Gratitude
}

// guessed is the guess that waits about somebody, as it is shown, or nothing.
func (h *Handler) guessed(r *http.Request, v *visit, personID, intentionID string) (string, error) {
	g, err := h.Guesses.WaitingFor(r.Context(), v.User.ID, personID, intentionID)
	if err != nil || g == nil {
		return "", err
	}
	return itoa(g.Value), nil
}

// welcomeOf is what was tapped, 0 to 10.
func welcomeOf(s, field string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fault.Invalid("welcome_range", field, "How welcome something is goes from 0 (not at all) to 10 (very).")
	}
	return n, nil
}

// reachGuess keeps a guess and shows the page again with the words as they are: they are in no address.
func (h *Handler) reachGuess(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.guessKeep(r, v, f.Get("guess"), guess.Draft{Person: r.PathValue("id")}); err != nil {
		return err
	}
	return h.reachPage(w, r, v, f.Get("o"), f.Get("words"))
}

func (h *Handler) intentionGuess(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.guessKeep(r, v, f.Get("guess"), guess.Draft{Intention: r.PathValue("id")}); err != nil {
		return err
	}
	return goTo(w, r, "/")
}

func (h *Handler) guessKeep(r *http.Request, v *visit, value string, d guess.Draft) error {
	n, err := welcomeOf(value, "guess")
	if err != nil {
		return err
	}
	d.Value = n
	_, _, err = h.Guesses.Make(r.Context(), v.User.ID, d)
	return err
}

// question is the one that is asked today, or nothing.
func (h *Handler) question(r *http.Request, v *visit) (*landedView, error) {
	g, err := h.Guesses.Ask(r.Context(), v.User.ID, v.today())
	if err != nil || g == nil {
		return nil, err
	}
	return h.questionOf(r, v, *g)
}

func (h *Handler) questionOf(r *http.Request, v *visit, g guess.Guess) (*landedView, error) {
	view := &landedView{ID: g.ID, Title: v.P.T("web.landed.was"), Value: itoa(g.Value), State: g.State}
	if g.Name != "" {
		view.Title = v.P.T("web.landed.was.for", "name", g.Name)
	}
	if g.Landed != nil {
		view.Landed = itoa(*g.Landed)
	}
	if g.Moment == "" {
		return view, nil
	}
	m, err := h.Moments.Get(r.Context(), v.User.ID, g.Moment)
	if err != nil && fault.As(err) == nil {
		return nil, err
	}
	if m.ID != "" { // and not deleted between the two reads
		view.Text, view.Href = v.P.Day(m.Day, "day")+": "+v.P.Apart(clip(m.Text, 160)), "/moments/"+m.ID
	}
	return view, nil
}

// landedSay takes the answer of one tap.
func (h *Handler) landedSay(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := h.landedKeep(r, v, id, f.Get("landed")); err != nil {
		return err
	}
	if f.Get("back") != "" {
		return goTo(w, r, "/landed")
	}
	return goTo(w, r, "/?landed="+url.QueryEscape(id))
}

func (h *Handler) landedKeep(r *http.Request, v *visit, id, answer string) error {
	var landed *int
	if answer != guess.Unknown {
		n, err := welcomeOf(answer, "landed")
		if err != nil {
			return err
		}
		landed = &n
	}
	_, err := h.Guesses.Land(r.Context(), v.User.ID, id, landed, 0)
	return err
}

// landedNotice says what was guessed and how it landed: what comes back the same day.
func (h *Handler) landedNotice(r *http.Request, v *visit, id string) (*notice, error) {
	g, err := h.Guesses.Get(r.Context(), v.User.ID, id)
	if fault.As(err) != nil || err == nil && g.AnsweredAt == nil {
		return nil, nil //nolint:nilnil,nilerr // a notice about what is gone says nothing
	}
	if err != nil {
		return nil, err
	}
	n := &notice{Text: v.P.T("web.landed.open"), Href: "/landed", Link: v.P.T("web.landed.title")}
	if g.Landed != nil {
		n.Text = v.P.T("web.landed.said", "guess", itoa(g.Value), "landed", itoa(*g.Landed))
	}
	return n, nil
}

func (h *Handler) landedShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	g, err := h.Guesses.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	view, err := h.questionOf(r, v, g)
	if err != nil {
		return err
	}
	return show(w, r, landedPage(h.lookPage(v.page(view.Title, "moments")), *view))
}

func (h *Handler) landedDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Guesses.Delete(r.Context(), v.User.ID, r.PathValue("id"), 0); err != nil {
		return err
	}
	return goTo(w, r, "/landed")
}

func (h *Handler) landedList(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, by := r.Context(), v.User.ID
	gap, err := h.Guesses.Gap(ctx, by)
	if err != nil {
		return err
	}
	page, err := h.Guesses.List(ctx, by, 50, r.URL.Query().Get("cursor"))
	if err != nil {
		return err
	}
	view := landedListView{Next: page.Next}
	for _, id := range []string{"reach-out", "thanks-specific", "compliment"} { // whose outcome is how welcome it was
		if p, ok := practice.Get(id, ""); ok && len(p.Sources) > 0 {
			view.Sources = append(view.Sources, p.Sources[0])
		}
	}
	view.say(v.P, gap)
	for _, g := range page.Items {
		if g.Landed == nil {
			continue
		}
		x := pairOf(float64(g.Value), float64(*g.Landed))
		x.Name, x.When, x.Href = g.Name, v.P.Day(g.Day, "day"), "/landed/"+g.ID
		if x.Name == "" {
			x.Name = v.P.Kind(g.Kind)
		}
		x.Said = v.P.T("web.landed.pair", "guess", itoa(g.Value), "landed", itoa(*g.Landed))
		view.Pairs = append(view.Pairs, x)
	}
	return show(w, r, landedListPage(h.lookPage(v.page(v.P.T("web.landed.title"), "moments")), view))
}

// say puts a gap into words.
func (view *landedListView) say(p *i18n.Printer, gap guess.Gap) {
	if gap.Missing > 0 {
		view.Said = p.N("web.landed.missing", gap.Missing, "words", numberWord(p, gap.Missing))
		return
	}
	view.Said = p.T("web.landed.gap."+way(gap.Gap), "points", tenth(p, math.Abs(gap.Gap)))
	view.How = p.T("web.landed.how", "interval", interval(p, gap.Group), "from", p.Day(gap.From, "long"), "to", p.Day(gap.To, "long"), "asked", p.Number(gap.Asked), "answered", p.Number(gap.Answered))
	if gap.Chance() {
		view.Chance = p.T("web.landed.chance", "points", tenth(p, gap.Missed))
	}
	whole := groupOf(p, gap.Group, "")
	view.Whole = &whole
	for _, g := range gap.Kinds {
		view.Kinds = append(view.Kinds, groupOf(p, g, p.Kind(g.Name)))
	}
	for _, g := range gap.Rings {
		name := p.T("web.landed.no_ring")
		if g.Name != "none" {
			name = p.Ring(g.Name)
		}
		view.Rings = append(view.Rings, groupOf(p, g, name))
	}
}

// way is in which direction a gap goes, as it is shown.
func way(gap float64) string {
	switch n := math.Round(gap * 10); {
	case n > 0:
		return "more"
	case n < 0:
		return "less"
	}
	return "even"
}

// tenth writes a number with at most one decimal.
func tenth(p *i18n.Printer, f float64) string { return p.Number(math.Round(f*10)/10 + 0) }

// signed is tenth with a sign.
func signed(p *i18n.Printer, f float64) string {
	switch way(f) {
	case "more":
		return "+" + tenth(p, f)
	case "less":
		return "−" + tenth(p, -f)
	}
	return "0"
}

// interval is n and where the gap lies.
func interval(p *i18n.Printer, g guess.Group) string {
	if g.Interval == nil {
		return p.N("web.landed.same", g.Pairs)
	}
	return p.N("web.landed.interval", g.Pairs, "low", signed(p, g.Interval.Low), "high", signed(p, g.Interval.High))
}

func groupOf(p *i18n.Printer, g guess.Group, name string) pairView {
	x := pairOf(g.Guess, g.Landed)
	x.Name, x.When = name, p.Apart(signed(p, g.Gap))
	x.Said = p.T("web.landed.pair", "guess", tenth(p, g.Guess), "landed", tenth(p, g.Landed))
	if name != "" {
		x.Said = p.T("web.landed.pair.within", "pair", x.Said, "interval", interval(p, g))
		if g.Chance() {
			x.Said += " " + strings.TrimSpace(p.T("web.landed.chance.short"))
		}
	}
	return x
}

// pairOf draws from guess to landed on a line from 0 to 10.
func pairOf(from, to float64) pairView {
	x := func(v float64) string { return strconv.FormatFloat(4+v*92/guess.Max, 'f', 1, 64) + "%" }
	return pairView{From: x(from), To: x(to), Low: x(min(from, to)), High: x(max(from, to)), More: to > from}
}
