package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/practice"
	"kith/internal/presence"
)

// breatheView is one way of being present alone, drawn by the page and told in words without it.
type breatheView struct {
	ID, Kind, Pattern string
	Name, How         string
	Phases            []phaseView
	Steps             []string
	Cautions          []string
	Evidence          string
	Study             string // its address
	Minutes           []option
	Seconds           int
	StartedAt         string // for whoever does it without the page
	Data              string // what the page draws, in JSON
	Owner             string
	Form              form
}

type phaseView struct{ Name, Length string }

// drawn is what the script of the page reads.
type drawn struct {
	Phases  [][2]any          `json:"phases,omitempty"` // name, seconds
	Steps   [][2]any          `json:"steps,omitempty"`  // seconds, words
	Words   map[string]string `json:"words"`
	Seconds int               `json:"seconds"`
}

// studies name the practice in the library that holds the evidence of a presence alone.
func studies() map[string]string {
	return map[string]string{
		"cyclic-sigh": "cyclic-sigh", "slow-six": "slow-six", presence.Savour: "savour-now", presence.Wishes: "loving-kindness", presence.Scan: "body-scan",
	}
}

// breatheOwn takes the seconds of an own rhythm to the page that draws it.
func (h *Handler) breatheOwn(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	if !q.Has("in") {
		return goTo(w, r, "/breathe/cyclic-sigh")
	}
	p, err := presence.ParsePattern(strings.Join([]string{q.Get("in"), q.Get("hold"), q.Get("out"), q.Get("rest")}, "-"))
	if err != nil {
		return err
	}
	return goTo(w, r, "/breathe/"+url.PathEscape(p.ID))
}

func (h *Handler) breatheShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	what := r.PathValue("what")
	view := breatheView{ID: newID(), Owner: string(v.User.ID), StartedAt: v.Now.UTC().Format(time.RFC3339)}
	var err error
	switch what {
	case presence.Pause, presence.Savour, presence.Wishes, presence.Scan, presence.Timer:
		view.Kind = what
	default:
		if err = view.breath(v.P, what); err != nil {
			return fault.NotFound("page").Because(err)
		}
	}
	if view.Kind != presence.Breath {
		view.Name, view.How = v.P.T("presence.name."+what), v.P.T("presence.how."+what)
		view.Seconds = int(presence.Usual(what, "") / time.Second)
	}
	data := drawn{Seconds: view.Seconds, Words: map[string]string{}}
	for _, s := range presence.Steps(view.Kind) {
		view.Steps = append(view.Steps, v.P.T(s.Key))
		data.Steps = append(data.Steps, [2]any{s.Seconds, v.P.T(s.Key)})
	}
	if view.Kind == presence.Timer {
		view.Minutes = minuteOptions(v.P, 1, 3, 5, 10, 15, 20, 30, 45, 60)
	}
	if view.Kind == presence.Breath {
		p, _ := presence.ParsePattern(view.Pattern) // was read already
		for _, f := range p.Phases {
			data.Phases = append(data.Phases, [2]any{f.Name, f.Seconds})
		}
	}
	for _, phase := range []string{presence.In, presence.Top, presence.Hold, presence.Out, presence.Rest, "settle"} {
		data.Words[phase] = v.P.T("presence.phase." + phase)
	}
	data.Words["little"] = v.P.T("presence.left.little")
	view.evidence(v.P, what)
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	view.Data = string(b)
	pg := v.page(view.Name, "")
	pg.Area = "presence"
	return show(w, r, breathePage(pg, view))
}

// breath fills in a pattern: a name, or seconds.
func (b *breatheView) breath(p *i18n.Printer, what string) error {
	pattern, err := presence.ParsePattern(what)
	if err != nil {
		return err
	}
	name := pattern.ID
	if pattern.Own() {
		name = "own"
	}
	b.Kind, b.Pattern, b.Seconds = presence.Breath, pattern.ID, int(pattern.Usual/time.Second)
	b.Name, b.How = p.T("presence.name."+name), p.T("presence.how."+name)
	for _, f := range pattern.Phases {
		b.Phases = append(b.Phases, phaseView{p.T("presence.phase." + f.Name), secondsOf(p, f.Seconds)})
	}
	if pattern.ID != "4-7-8" { // four rounds, not more
		b.Minutes = minuteOptions(p, 1, 2, 3, 4, 5, 10, 15, 20)
	}
	return nil
}

func secondsOf(p *i18n.Printer, s float64) string {
	if s == float64(int(s)) {
		return p.N("presence.phase.seconds", int(s))
	}
	return p.Number(s) + " s"
}

func minuteOptions(p *i18n.Printer, minutes ...int) []option {
	list := make([]option, len(minutes))
	for i, m := range minutes {
		list[i] = option{strconv.Itoa(m * 60), p.Duration(time.Duration(m) * time.Minute)}
	}
	return list
}

// evidence says what is known about it, and what to mind.
func (b *breatheView) evidence(p *i18n.Printer, what string) {
	if b.Kind == presence.Breath {
		if sigh, ok := practice.Get("cyclic-sigh", p.Locale()); ok {
			b.Cautions = sigh.Cautions
		}
	}
	if known, ok := practice.Get(studies()[what], p.Locale()); ok {
		b.Evidence, b.Study = known.Evidence, "https://doi.org/"+known.DOI
	} else if key := "presence.evidence." + what; p.Has(key) && b.Kind == presence.Breath {
		b.Evidence = p.T(key)
	}
}
