package web

import (
	"net/http"
	"net/url"

	"kith/internal/dav"
	"kith/internal/fault"
)

// accountRoutes are the pages of accounts of CalDAV and CardDAV.
func (h *Handler) accountRoutes(mine func(string, handler)) {
	mine("POST /calendar-accounts", h.accountAdd)
	mine("GET /calendar-accounts/{id}", h.accountShow)
	mine("POST /calendar-accounts/{id}", h.accountSave)
	mine("POST /calendar-accounts/{id}/follow", h.accountFollow)
	mine("POST /calendar-accounts/{id}/look", h.accountLook)
	mine("POST /calendar-accounts/{id}/delete", h.accountDelete)
}

// accountRow is an account in the list.
type accountRow struct{ ID, Name, Said string }

// accountView is one account, with what was found in it.
type accountView struct {
	ID, Host         string
	Calendars, Books []calendarRow
	Reading          bool
	Form             form
}

func accountPath(id, more string) string { return "/calendar-accounts/" + url.PathEscape(id) + more }

func (h *Handler) accountRows(r *http.Request, v *visit) (rows []accountRow, err error) {
	list, err := h.Calendars.Accounts(r.Context(), v.User.ID)
	for _, a := range list {
		n := 0
		for _, c := range a.Calendars {
			if c.Followed {
				n++
			}
		}
		rows = append(rows, accountRow{a.ID, a.Name, v.P.T("web.account.holds", "count", v.P.Number(n), "of", v.P.Number(len(a.Calendars)))})
	}
	return rows, err
}

func (h *Handler) accountAdd(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	a, _, err := h.Calendars.AddAccount(r.Context(), v.User.ID, dav.AccountDraft{
		ID: f.Get("account"), Address: f.Get("address"), Login: f.Get("account-login"), Password: f.Get("account-password"),
	})
	if err != nil {
		if ft := fault.As(err); ft != nil && ft.Code == "id_reused" { // the form was changed and sent again
			f.Values.Del("account")
		}
		f.Values.Del("account-password")
		if !f.refuse(v.P, accountFault(err), "address", "account-login", "account-password") {
			return err
		}
		return h.calendarsPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, accountPath(a.ID, ""))
}

// accountFault puts a refusal at the fields of an account, which stand beside those of a calendar.
func accountFault(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	moved := *f
	if to := map[string]string{"url": "address", "login": "account-login", "password": "account-password"}[f.Field]; to != "" {
		moved.Field = to
	}
	return &moved
}

func (h *Handler) accountShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.accountPage(w, r, v, form{Values: url.Values{}}, http.StatusOK)
}

func (h *Handler) accountPage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	a, err := h.Calendars.Account(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := accountView{ID: a.ID, Host: a.Host(), Form: f}
	if !f.Values.Has("name") {
		f.Values.Set("name", a.Name)
		f.Values.Set("account-login", a.Login)
	}
	for _, c := range a.Calendars {
		row := h.calendarRowOf(v, c)
		view.Reading = view.Reading || row.Reading
		if !c.Followed {
			row.Said = ""
		}
		if c.Kind == dav.CardDAV {
			view.Books = append(view.Books, row)
		} else {
			view.Calendars = append(view.Calendars, row)
		}
	}
	return render(w, r, status, accountPage(v.page(a.Name, "settings"), view))
}

func (h *Handler) accountSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	name, login := f.Get("name"), f.Get("account-login")
	c := dav.AccountChange{Name: &name, Login: &login}
	if address := f.Get("address"); address != "" { // left empty, it stays
		c.Address = &address
	}
	if password := f.Get("account-password"); password != "" {
		c.Password = &password
	}
	if _, err := h.Calendars.UpdateAccount(r.Context(), v.User.ID, r.PathValue("id"), c, 0); err != nil {
		f.Values.Del("account-password")
		if !f.refuse(v.P, accountFault(err), "name", "address", "account-login", "account-password") {
			return err
		}
		return h.accountPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, accountPath(r.PathValue("id"), ""))
}

func (h *Handler) accountFollow(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if _, err := h.Calendars.Follow(r.Context(), v.User.ID, r.PathValue("id"), f.Values["follow"]); err != nil {
		if !f.refuse(v.P, err) {
			return err
		}
		return h.accountPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, accountPath(r.PathValue("id"), ""))
}

func (h *Handler) accountLook(w http.ResponseWriter, r *http.Request, v *visit) error {
	if _, err := h.Calendars.Look(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		f := form{Values: url.Values{}}
		if !f.refuse(v.P, accountFault(err), "name", "address", "account-login", "account-password") {
			return err
		}
		return h.accountPage(w, r, v, f, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, accountPath(r.PathValue("id"), ""))
}

func (h *Handler) accountDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Calendars.DeleteAccount(r.Context(), v.User.ID, r.PathValue("id"), 0); err != nil {
		return err
	}
	return goTo(w, r, "/calendars?account-gone")
}
