package web

import (
	"net/http"
	"net/url"
	"strings"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
)

// reachView is the page for a word to somebody.
type reachView struct {
	ID, Name   string
	Suggestion string
	Moment     string // the id of the moment that it will be
	Why        string
	Words      string
	Others     []string
	Ways       []wayOut
	Facts      []string
	Guess      string // 0 to 10, if one waits
	Silent     bool   // their standing is not active: nothing is proposed
}

// wayOut is a link that opens a program, with the words where it takes them.
type wayOut struct {
	reach
	Base string // what a script puts the words behind; empty where the program takes none
}

func reachAddress(o opportunity.Opportunity) string {
	return "/reach/" + url.PathEscape(o.Person) + "?o=" + url.QueryEscape(o.ID)
}

// logAddress is where what was is logged. Its words stay out of the address, which a browser remembers.
func logAddress(o opportunity.Opportunity) string { return "/capture?o=" + url.QueryEscape(o.ID) }

func (h *Handler) reachShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.reachPage(w, r, v, r.URL.Query().Get("o"), r.URL.Query().Get("words"))
}

// reachWords puts changed words on the buttons, for those without a script. They are sent in the body: an address is kept
// in more places than one thinks.
func (h *Handler) reachWords(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	return h.reachPage(w, r, v, f.Get("o"), f.Get("words"))
}

func (h *Handler) reachPage(w http.ResponseWriter, r *http.Request, v *visit, suggestion, words string) error {
	o, err := h.Opportunities.Opening(r.Context(), v.User, v.today(), r.PathValue("id"), suggestion)
	if err != nil {
		return err
	}
	p := o.Person
	view := reachView{ID: p.ID, Name: callOf(p.Person), Suggestion: suggestion, Moment: newID(), Why: o.Why, Words: clip(strings.TrimSpace(words), 2000), Silent: p.Standing != person.Active}
	if view.Guess, err = h.guessed(r, v, p.ID, ""); err != nil {
		return err
	}
	if view.Silent {
		o.Opening = nil
	}
	for _, text := range o.Opening {
		if view.Words == "" {
			view.Words = text
		} else if text != view.Words {
			view.Others = append(view.Others, text)
		}
	}
	for _, way := range reaches(v.P, p.Channels) {
		view.Ways = append(view.Ways, withWords(way, view.Words))
	}
	for _, f := range p.Facts {
		if len(view.Facts) == 3 {
			break
		}
		if f.Private && !v.reads() {
			continue
		}
		view.Facts = append(view.Facts, f.Text)
	}
	pg := v.page(v.P.T("reach.title", "name", view.Name), "today")
	pg.Area = "reach"
	w.Header().Set("Cache-Control", "no-store")
	return render(w, r, http.StatusOK, reachPage(pg, view))
}

// callOf is how somebody is called in a sentence.
func callOf(p person.Person) string {
	if p.Nickname != "" {
		return p.Nickname
	}
	return p.Name
}

// withWords puts words into a link, in the way its program takes them.
func withWords(way reach, words string) wayOut {
	out := wayOut{reach: way}
	switch {
	case strings.HasPrefix(way.Href, "sms:"):
		out.Base = way.Href + "?&body=" // what both kinds of phones understand
	case strings.HasPrefix(way.Href, "mailto:"):
		out.Base = way.Href + "?body="
	case strings.HasPrefix(way.Href, "https://wa.me/"), strings.HasPrefix(way.Href, "https://t.me/"):
		out.Base = way.Href + "?text="
	default:
		return out
	}
	out.Href = out.Base + strings.ReplaceAll(url.QueryEscape(words), "+", "%20")
	return out
}

// reachDone keeps what was done as a moment: the one tap on coming back.
func (h *Handler) reachDone(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), v.User.ID
	p, err := h.People.Get(ctx, by, r.PathValue("id"))
	if err != nil {
		return err
	}
	how, kind, contact, me := f.Get("how"), capture.CheckIn, capture.ContactYes, capture.ByMe
	switch how {
	case "wrote":
	case "called":
		kind = capture.Conversation
	case "tried":
		contact = capture.ContactAttempt
	default:
		return fault.Invalid("unknown_answer", "how", "An answer is one of not_now, not_this, not_kind, never_person and accepted.")
	}
	m, _, err := h.Moments.Log(ctx, by, moment.Draft{
		ID: f.Get("id"), Text: v.P.T("reach.moment."+how, "name", callOf(p)), Kind: &kind, People: &[]moment.Ref{{ID: p.ID}}, Contact: &contact, StartedBy: &me,
	})
	if err != nil {
		return err
	}
	if err := h.Opportunities.Reached(ctx, by, v.today(), f.Get("o")); err != nil && fault.As(err) == nil {
		return err
	}
	return goTo(w, r, "/?kept="+url.QueryEscape(m.ID))
}
