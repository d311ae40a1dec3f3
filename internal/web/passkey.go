package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/httpd"
	"kith/internal/i18n"
	"kith/internal/webauthn"
)

// passkeyAsk is a form that sends a passkey instead of a password. Its script shows it.
type passkeyAsk struct {
	Make         bool   // a new one, not one there is
	Ask, Action  string // where the question comes from, and where the answer goes
	Next, Origin string // the address at which passkeys work
	Label        string
	Form         form
	Auto         bool // offered among what the browser fills in
}

// passkeysView is the page of passkeys and what stands in for them.
type passkeysView struct {
	Rows   []passkeyRow
	Proved bool
	Here   bool   // passkeys work on this Kith
	Origin string // at this address
	Host   string
	Usable int
	New    passkeyAsk
	Codes  []string // just made, shown once
	Left   int
	Lock   string // seconds
	Forms  map[string]form
	Came   bool // by a recovery code
}

type passkeyRow struct {
	ID, Name, About string
	Elsewhere       string // the host it was made for, where it is not this one
	Last            bool   // it goes only with the password
	Form            form
}

// site is where passkeys work, or nothing.
func (h *Handler) site(r *http.Request) (origin string, party webauthn.Party) {
	party, ok := h.Auth.PasskeySite(r)
	if !ok {
		return "", webauthn.Party{}
	}
	return party.Origins[0], party
}

func (h *Handler) passkeysShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.passkeys(w, r, v, http.StatusOK, passkeysView{})
}

// passkeys renders the page. A form that could not be kept comes in view.Forms, by the id of its passkey or its section.
func (h *Handler) passkeys(w http.ResponseWriter, r *http.Request, v *visit, status int, view passkeysView) error {
	p := v.P
	list, err := h.Auth.Passkeys(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	left, err := h.Auth.RecoveryLeft(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	origin, party := h.site(r)
	view.Left, view.Proved, view.Here, view.Origin, view.Host = int(left), h.Auth.Proved(v.Identity), origin != "", origin, party.ID
	last, err := h.Auth.LastWayIn(r.Context(), v.Identity)
	if err != nil {
		return err
	}
	for _, k := range list {
		row := passkeyRow{ID: k.ID, Name: k.Name, Form: view.Forms[k.ID], Last: k.ID == last}
		row.About = p.T("passkey.made", "day", v.dayOf(k.CreatedAt))
		if k.UsedAt != nil {
			row.About += " · " + p.T("passkey.used", "day", v.dayOf(*k.UsedAt))
		}
		if k.Backed {
			row.About += " · " + p.T("passkey.backed")
		}
		if k.Party != party.ID {
			row.Elsewhere = k.Party
		} else {
			view.Usable++
		}
		view.Rows = append(view.Rows, row)
	}
	f := view.Forms["new"]
	if f.Values == nil {
		f.Values = map[string][]string{"name": {deviceName(r.UserAgent())}}
	}
	view.New = passkeyAsk{Make: true, Ask: "/passkeys/ask", Action: "/passkeys", Origin: origin, Label: p.T("passkey.add"), Form: f}
	view.Lock = strconv.Itoa(int(v.Identity.Lock.After / time.Second))
	view.Came = r.URL.Query().Has("code")
	pg := v.page(p.T("passkey.title"), "settings")
	pg.Area = "passkey"
	switch r.URL.Query().Get("done") {
	case "added":
		pg.Notice = &notice{Text: p.T("passkey.done.added")}
	case "kept":
		pg.Notice = &notice{Text: p.T("passkey.done.kept")}
	case "removed":
		pg.Notice = &notice{Text: p.T("passkey.done.removed")}
	}
	return render(w, r, status, passkeysPage(pg, view))
}

func (h *Handler) passkeysAgain(w http.ResponseWriter, r *http.Request, v *visit, section string, f form, err error, fields ...string) error {
	if ft := fault.As(err); ft != nil && ft.Code == "proof_needed" {
		return goTo(w, r, confirmAt("/passkeys"))
	}
	if !f.refuse(v.P, err, fields...) {
		return err
	}
	return h.passkeys(w, r, v, http.StatusUnprocessableEntity, passkeysView{Forms: map[string]form{section: f}})
}

// asking answers a script's question for options. What is refused is told in words.
func (h *Handler) asking(f func(r *http.Request, v *visit, party webauthn.Party) (auth.Question, error)) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		_, party := h.site(r)
		q, err := auth.Question{}, error(fault.Conflict("passkeys_not_here", "", "Passkeys do not work at this address."))
		if party.ID != "" {
			q, err = f(r, v, party)
		}
		if ft := fault.As(err); ft != nil {
			return answer(w, ft.Kind.Status(), told{State: "refused", Why: v.P.Fault(ft)})
		}
		if err != nil {
			return err
		}
		b, err := json.Marshal(q.Options)
		if err != nil {
			return err
		}
		auth.SetState(w, r, q.State)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(b)
		return nil
	}
}

func (h *Handler) passkeyAskNew(r *http.Request, v *visit, party webauthn.Party) (auth.Question, error) {
	return h.Auth.AskNew(r.Context(), v.Identity, party)
}

func (h *Handler) passkeyAskOwn(r *http.Request, v *visit, party webauthn.Party) (auth.Question, error) {
	return h.Auth.AskOwn(r.Context(), v.Identity, party)
}

func (h *Handler) passkeyAskAny(_ *http.Request, _ *visit, party webauthn.Party) (auth.Question, error) {
	return h.Auth.AskAny(party)
}

func (h *Handler) passkeyAdd(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	_, party := h.site(r)
	_, err = h.Auth.AddPasskey(r.Context(), v.Identity, party, auth.StateFromRequest(r), f.Get("answer"), f.Get("name"))
	auth.SetState(w, r, "")
	if err != nil {
		return h.passkeysAgain(w, r, v, "new", f, err, "name")
	}
	return goTo(w, r, "/passkeys?done=added")
}

func (h *Handler) passkeyRename(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.Auth.RenamePasskey(r.Context(), v.User.ID, r.PathValue("id"), f.Get("name")); err != nil {
		return h.passkeysAgain(w, r, v, r.PathValue("id"), f, err, "name")
	}
	return goTo(w, r, "/passkeys?done=kept")
}

func (h *Handler) passkeyRemove(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.Auth.RemovePasskey(r.Context(), v.Identity, r.PathValue("id"), f.Get("password")); err != nil {
		return h.passkeysAgain(w, r, v, r.PathValue("id"), f, err, "password")
	}
	return goTo(w, r, "/passkeys?done=removed")
}

func (h *Handler) passkeyCodes(w http.ResponseWriter, r *http.Request, v *visit) error {
	codes, err := h.Auth.NewRecoveryCodes(r.Context(), v.Identity)
	if err != nil {
		return h.passkeysAgain(w, r, v, "codes", form{}, err)
	}
	return h.passkeys(w, r, v, http.StatusOK, passkeysView{Codes: codes})
}

func (h *Handler) passkeyLock(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(f.Get("after"))
	if err != nil {
		n = -1
	}
	after := time.Duration(n) * time.Second
	if err := h.Auth.SetLock(r.Context(), v.Identity, after); err != nil {
		return h.passkeysAgain(w, r, v, "lock", f, err, "after")
	}
	auth.SetLockCookie(w, r, after)
	return goTo(w, r, "/passkeys?done=kept#lock")
}

// lockNow closes the private pages of this browser at once.
func (h *Handler) lockNow(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Auth.CloseNow(r.Context(), v.Identity); err != nil {
		return err
	}
	return goTo(w, r, "/")
}

// lockOptions are the times that can be chosen: without a passkey for here, no new one.
func lockOptions(p *i18n.Printer, v passkeysView) []option {
	list := []option{{"0", p.T("passkey.lock.never")}}
	for _, after := range auth.LockTimes {
		if value := strconv.Itoa(int(after / time.Second)); v.Usable > 0 || value == v.Lock {
			list = append(list, option{value, p.N("passkey.lock.minutes", int(after/time.Minute))})
		}
	}
	return list
}

// signInPasskey comes in by a passkey alone.
func (h *Handler) signInPasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	_, party := h.site(r)
	s, secret, err := h.Auth.SignInPasskey(r.Context(), party, auth.StateFromRequest(r), f.Get("answer"), httpd.Address(r).String(), deviceName(r.UserAgent()))
	auth.SetState(w, r, "")
	if err != nil {
		var wrong form
		if !wrong.refuse(v.P, err) {
			return err
		}
		view := h.signInView(r, v, f.Get("next"))
		view.Passkey.Form = wrong
		return render(w, r, fault.As(err).Kind.Status(), signInPage(v.door("web.signin.title"), view))
	}
	if err := h.arrived(w, r, s, secret); err != nil {
		return err
	}
	return goTo(w, r, local(f.Get("next")))
}

func (h *Handler) codeShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return show(w, r, codePage(v.door("passkey.code.title"), doorView{Action: "/signin/code"}))
}

// codeSave comes in by a recovery code, and leads to where a new way in can be made.
func (h *Handler) codeSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	s, secret, err := h.Auth.SignInRecovery(r.Context(), f.Get("email"), f.Get("code"), httpd.Address(r).String(), deviceName(r.UserAgent()))
	if err == nil {
		if err := h.arrived(w, r, s, secret); err != nil {
			return err
		}
		return goTo(w, r, "/passkeys?code")
	}
	view := doorView{Form: f, Action: "/signin/code"}
	if !view.Form.refuse(v.P, err, "email", "code") {
		return err
	}
	return render(w, r, fault.As(err).Kind.Status(), codePage(v.door("passkey.code.title"), view))
}

// arrived hands the browser its session, which locks as the browser did before.
func (h *Handler) arrived(w http.ResponseWriter, r *http.Request, s auth.Session, secret string) error {
	if after := auth.LockFromRequest(r); after > 0 {
		by, err := h.Auth.Session(r.Context(), secret)
		if err != nil {
			return err
		}
		if err := h.Auth.KeepLock(r.Context(), by.User, s.ID, after); err != nil {
			return err
		}
	}
	auth.SetCookie(w, r, secret) // last: a session whose lock was not kept opens nothing
	return nil
}

// lockForm is the form of the lock, as it was sent or as it is.
func lockForm(v passkeysView) form {
	f := v.Forms["lock"]
	if f.Values == nil {
		f.Values = map[string][]string{"after": {v.Lock}}
	}
	return f
}

// named is the form of a passkey's name, as it was sent or as it is.
func named(k passkeyRow) form {
	f := k.Form
	if !f.Values.Has("name") {
		f.Values = map[string][]string{"name": {k.Name}}
	}
	return f
}
