package web

import (
	"net/http"
	"net/url"
	"path"

	"kith/internal/auth"
	"kith/internal/fault"
)

// lockHeader says that a browser locks its private pages, so that it keeps none of them for when there is no network, and
// whether they are open or closed.
const lockHeader = "Kith-Lock"

// confirmView asks somebody who is signed in whether it is they.
type confirmView struct {
	Form    form
	Next    string
	Unlock  bool // private pages are closed; otherwise a dangerous act waits
	Passkey *passkeyAsk
}

// confirmAt is where it is asked, before going on.
func confirmAt(next string) string { return "/confirm?next=" + url.QueryEscape(next) }

// proved reports whether a dangerous act may go on. Otherwise it has asked, and leads on to next, where the act can be chosen
// again.
func (h *Handler) proved(w http.ResponseWriter, r *http.Request, v *visit, next string) bool {
	if h.Auth.NeedProof(v.Identity) == nil {
		return true
	}
	http.Redirect(w, r, confirmAt(next), http.StatusSeeOther)
	return false
}

// unlockAt is where it is asked who is there, before going on to the page that was asked for. What was sent went to an act,
// not to a page: its page is the one above it.
func (h *Handler) unlockAt(r *http.Request) string {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		for next = r.URL.Path; next != "/" && !h.isPage(next); next = path.Dir(next) {
		}
	}
	return "/unlock?next=" + url.QueryEscape(next)
}

func (h *Handler) isPage(at string) bool {
	_, pattern := h.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: at}})
	return pattern != "/"
}

// closed serves a private page, unless this browser has closed them.
func (h *Handler) closed(f handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if v.Locked {
			return goTo(w, r, h.unlockAt(r))
		}
		v.reads()
		return f(w, r, v)
	}
}

// written takes in what is written on a private page, also when this browser has closed it: nobody's words are lost because
// they took long over them. What cannot be kept would be shown again together with the page; then it is asked who is there.
func (h *Handler) written(f handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if v.reads() {
			return f(w, r, v)
		}
		return f(&hushed{ResponseWriter: w, to: h.unlockAt(r)}, r, v)
	}
}

// hushed sends redirects alone.
type hushed struct {
	http.ResponseWriter
	to    string
	quiet bool
}

// WriteHeader implements http.ResponseWriter.
func (w *hushed) WriteHeader(status int) {
	if w.quiet = status < 300 || status >= 400; w.quiet {
		w.Header().Set("Location", w.to)
		status = http.StatusSeeOther
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *hushed) Write(b []byte) (int, error) {
	if w.quiet {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

func (h *Handler) confirmShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.confirm(w, r, v, http.StatusOK, confirmView{Next: r.URL.Query().Get("next"), Unlock: r.URL.Path == "/unlock"})
}

func (h *Handler) confirm(w http.ResponseWriter, r *http.Request, v *visit, status int, view confirmView) error {
	view.Next = local(view.Next)
	origin, party := h.site(r)
	list, err := h.Auth.Passkeys(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.Party == party.ID && view.Passkey == nil {
			view.Passkey = &passkeyAsk{}
		}
	}
	if a := view.Passkey; a != nil {
		a.Ask, a.Action, a.Next, a.Origin, a.Label = "/confirm/ask", "/confirm/passkey", view.Next, origin, v.P.T("passkey.confirm.act")
	}
	title := "passkey.confirm.title"
	if view.Unlock {
		title = "passkey.unlock.title"
	}
	pg := v.page(v.P.T(title), "settings")
	pg.Area = "passkey"
	return render(w, r, status, confirmPage(pg, view))
}

func (h *Handler) confirmSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.Auth.Confirm(r.Context(), v.Identity, f.Get("password")); err != nil {
		if !f.refuse(v.P, err, "password") {
			return err
		}
		return h.confirm(w, r, v, fault.As(err).Kind.Status(), confirmView{Form: f, Next: f.Get("next"), Unlock: f.Get("unlock") != ""})
	}
	return goTo(w, r, local(f.Get("next")))
}

func (h *Handler) confirmPasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	_, party := h.site(r)
	err = h.Auth.ConfirmPasskey(r.Context(), v.Identity, party, auth.StateFromRequest(r), f.Get("answer"))
	auth.SetState(w, r, "")
	if err != nil {
		var wrong form
		if !wrong.refuse(v.P, err) {
			return err
		}
		return h.confirm(w, r, v, fault.As(err).Kind.Status(), confirmView{Next: f.Get("next"), Unlock: f.Get("unlock") != "", Passkey: &passkeyAsk{Form: wrong}})
	}
	return goTo(w, r, local(f.Get("next")))
}
