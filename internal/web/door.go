package web

import (
	"net/http"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/httpd"
	"kith/internal/i18n"
	"kith/internal/zone"
)

// faultView is a page that says what went wrong and what to do.
type faultView struct {
	Title, Text string
	Request     string // to be told to the operator
}

// doorView is a page for somebody who is not signed in: sign-in, set-up, reset.
type doorView struct {
	Form   form
	Action string
	Next   string
	Zone   string
	Done   string // a sentence about what just happened

	Passkey *passkeyAsk // where one can come in by a passkey
}

func (h *Handler) signInShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.signedIn() {
		return goTo(w, r, local(r.URL.Query().Get("next")))
	}
	view := h.signInView(r, v, r.URL.Query().Get("next"))
	if r.URL.Query().Has("reset") {
		view.Done = v.P.T("web.reset.done")
	}
	return show(w, r, signInPage(v.door("web.signin.title"), view))
}

// signInView is the door with all ways in.
func (h *Handler) signInView(r *http.Request, v *visit, next string) doorView {
	view := doorView{Action: "/signin", Next: local(next)}
	if origin, _ := h.site(r); origin != "" {
		view.Passkey = &passkeyAsk{Ask: "/signin/passkey/ask", Action: "/signin/passkey", Next: view.Next, Origin: origin, Label: v.P.T("passkey.signin"), Auto: true}
	}
	return view
}

func (v *visit) door(title string) page {
	return page{P: v.P, Title: v.P.T(title), Bare: true, Area: "passkey"}
}

func (h *Handler) signIn(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	view := h.signInView(r, v, f.Get("next"))
	view.Form = f
	err = h.enter(w, r, f.Get("email"), f.Get("password"))
	if err == nil {
		return goTo(w, r, view.Next)
	}
	if !view.Form.refuse(v.P, err, "email", "password") {
		return err
	}
	return render(w, r, fault.As(err).Kind.Status(), signInPage(v.door("web.signin.title"), view))
}

// enter signs in and hands the browser its session.
func (h *Handler) enter(w http.ResponseWriter, r *http.Request, email, password string) error {
	s, secret, err := h.Auth.SignIn(r.Context(), email, password, httpd.Address(r).String(), deviceName(r.UserAgent()))
	if err != nil {
		return err
	}
	return h.arrived(w, r, s, secret)
}

func (h *Handler) signOut(w http.ResponseWriter, r *http.Request, v *visit) error {
	if secret := auth.SecretFromRequest(r); secret != "" && v.signedIn() {
		if err := h.Auth.SignOut(r.Context(), secret); err != nil {
			return err
		}
	}
	auth.ClearCookie(w, r)
	return goTo(w, r, "/")
}

func (h *Handler) setupShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Auth.CheckSetup(r.Context(), r.PathValue("secret")); err != nil {
		return err
	}
	return show(w, r, setupPage(v.door("web.setup.title"), doorView{Action: r.URL.Path, Zone: "UTC"}))
}

func (h *Handler) setupSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	view := doorView{Form: f, Action: r.URL.Path, Zone: "UTC"}
	if _, err := zone.Load(f.Get("zone")); err == nil && f.Get("zone") != "" {
		view.Zone = f.Get("zone")
	}
	draft := account.Draft{
		Name: f.Get("name"), Email: f.Get("email"), Zone: view.Zone,
		Locale: i18n.Match(r.Header.Get("Accept-Language")),
	}
	u, err := h.Auth.UseSetup(r.Context(), r.PathValue("secret"), draft, f.Get("password"))
	if err == nil {
		_, secret, err := h.Auth.Begin(r.Context(), u.ID, deviceName(r.UserAgent()))
		if err != nil {
			return err
		}
		auth.SetCookie(w, r, secret)
		return goTo(w, r, "/")
	}
	if !view.Form.refuse(v.P, err, "name", "email", "password") {
		return err
	}
	return again(w, r, setupPage(v.door("web.setup.title"), view))
}

func (h *Handler) resetShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := h.Auth.CheckReset(r.Context(), r.PathValue("secret")); err != nil {
		return err
	}
	return show(w, r, resetPage(v.door("web.reset.title"), doorView{Action: r.URL.Path}))
}

func (h *Handler) resetSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	_, err = h.Auth.UseReset(r.Context(), r.PathValue("secret"), f.Get("password"))
	if err == nil {
		auth.ClearCookie(w, r)
		return goTo(w, r, "/signin?reset")
	}
	view := doorView{Form: f, Action: r.URL.Path}
	if !fault.Is(err, fault.KindInvalid) || !view.Form.refuse(v.P, err, "password") {
		return err
	}
	return again(w, r, resetPage(v.door("web.reset.title"), view))
}
