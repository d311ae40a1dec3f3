package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/i18n"
)

// settingsView is everything about the account itself.
type settingsView struct {
	Forms    map[string]form // by section
	Sessions []sessionRow
	Tokens   []tokenRow
	Secret   string // of a token just made, shown once
	Import   *importView
	Digest   string // when the week comes by mail
	Proved   bool   // lately, so that nothing asks for the password
	Passkeys string // how many there are
}

type sessionRow struct {
	ID, Device, Seen string
	This             bool
}

type tokenRow struct{ ID, Name, Scopes, Used, Expires string }

func (h *Handler) settingsShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.settings(w, r, v, http.StatusOK, settingsView{})
}

// settings renders the page. A form that could not be kept comes in view.Forms.
func (h *Handler) settings(w http.ResponseWriter, r *http.Request, v *visit, status int, view settingsView) error {
	u, p := v.User, v.P
	forms := map[string]form{
		"profile": {Values: url.Values{
			"name": {u.Name}, "locale": {u.Locale}, "zone": {u.Zone}, "revision": {strconv.FormatInt(u.Revision, 10)},
			"day_start": {clock(u.DayStart)},
		}},
		"email": {Values: url.Values{"email": {u.Email}}},
		"token": {Values: url.Values{"scope": {string(auth.Read), string(auth.Capture)}, "expires": {"90"}}},
	}
	if r.URL.Query().Has("capture") { // from the page on writing from elsewhere
		forms["token"] = form{Values: url.Values{"scope": {string(auth.Capture)}, "expires": {"365"}, "open": {"1"}}}
	}
	maps.Copy(forms, view.Forms)
	view.Forms = forms

	sessions, err := h.Auth.Sessions(r.Context(), u.ID)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		row := sessionRow{ID: s.ID, Device: s.Device, Seen: p.RelativeDay(u.Day(s.SeenAt), v.today()), This: s.ID == v.Identity.Session}
		if row.Device == "" {
			row.Device = p.T("web.session.unknown")
		}
		view.Sessions = append(view.Sessions, row)
	}
	tokens, err := h.Auth.Tokens(r.Context(), u.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		row := tokenRow{ID: t.ID, Name: t.Name, Used: p.T("web.token.unused")}
		var words []string
		for _, s := range t.Scopes.List() {
			words = append(words, p.T("web.scope."+string(s)))
		}
		row.Scopes = p.List(words)
		if t.UsedAt != nil {
			row.Used = p.T("web.token.used", "day", v.dayOf(*t.UsedAt))
		}
		if t.ExpiresAt != nil {
			row.Expires = p.T("web.token.expires", "day", p.Date(t.ExpiresAt.In(u.Location()), "full"))
		}
		view.Tokens = append(view.Tokens, row)
	}
	keys, err := h.Auth.Passkeys(r.Context(), u.ID)
	if err != nil {
		return err
	}
	view.Passkeys, view.Proved = p.N("passkey.count", len(keys)), h.Auth.Proved(v.Identity)
	if len(keys) == 0 {
		view.Passkeys = p.T("passkey.none")
	}
	mailed, err := h.Digests.Status(r.Context(), u.ID)
	if err != nil {
		return err
	}
	view.Digest = digestSaid(p, mailed)
	pg := v.page(p.T("web.settings.title"), "settings")
	pg.Area = "transfer"
	if done := r.URL.Query().Get("done"); slices.Contains([]string{"profile", "email", "password", "session", "token"}, done) {
		pg.Notice = &notice{Text: p.T("web.settings.done." + done)}
	}
	return render(w, r, status, settingsPage(pg, view))
}

// clock writes minutes after midnight as a time field does.
func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// refused shows settings again with a form that could not be kept.
func (h *Handler) refused(w http.ResponseWriter, r *http.Request, v *visit, section string, f form, err error, fields ...string) error {
	if err != nil && !f.refuse(v.P, err, fields...) {
		return err
	}
	return h.settings(w, r, v, http.StatusUnprocessableEntity, settingsView{Forms: map[string]form{section: f}})
}

func (h *Handler) settingsProfile(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	c := account.Change{}
	for name, to := range map[string]**string{"name": &c.Name, "zone": &c.Zone, "locale": &c.Locale} {
		if f.Values.Has(name) {
			s := f.Get(name)
			*to = &s
		}
	}
	if at, err := time.Parse("15:04", f.Get("day_start")); err == nil {
		n := at.Hour()*60 + at.Minute()
		c.DayStart = &n
	} else if f.Values.Has("day_start") {
		f.wrong("day_start", v.P.T("web.wrong.time"))
		return h.refused(w, r, v, "profile", f, nil)
	}
	revision, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
	if _, err := h.Accounts.Update(r.Context(), v.User.ID, c, revision); err != nil {
		return h.refused(w, r, v, "profile", f, err, "name", "zone", "locale", "day_start")
	}
	return goTo(w, r, "/settings?done=profile")
}

func (h *Handler) settingsEmail(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if _, err := h.Auth.ChangeEmail(r.Context(), v.Identity, f.Get("password"), f.Get("email")); err != nil {
		return h.refused(w, r, v, "email", f, err, "email", "password")
	}
	return goTo(w, r, "/settings?done=email#email")
}

func (h *Handler) settingsPassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.Auth.ChangePassword(r.Context(), v.Identity, f.Get("old"), f.Get("password")); err != nil {
		if ft := fault.As(err); ft != nil && (ft.Code == "wrong_password" || ft.Code == "password_missing") { // it is the old one that is wrong
			f.wrong("old", v.P.Fault(ft))
			return h.refused(w, r, v, "password", f, nil)
		}
		return h.refused(w, r, v, "password", f, err, "old", "password")
	}
	return goTo(w, r, "/settings?done=password#password")
}

func (h *Handler) settingsSessionRevoke(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Auth.RevokeSession(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	return goTo(w, r, "/settings?done=session#sessions")
}

func (h *Handler) settingsSessionRevokeOthers(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !h.proved(w, r, v, "/settings#sessions") {
		return nil
	}
	if err := h.Auth.RevokeOtherSessions(r.Context(), v.Identity); err != nil {
		return err
	}
	return goTo(w, r, "/settings?done=session#sessions")
}

func (h *Handler) settingsTokenNew(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	fields := []string{"name", "scopes", "expires_at", "password"}
	scopes, err := auth.ParseScopes(f.Values["scope"])
	if err != nil {
		return h.refused(w, r, v, "token", f, err, fields...)
	}
	if len(f.Values["scope"]) == 0 {
		f.wrong("scopes", v.P.T("web.wrong.scopes"))
		return h.refused(w, r, v, "token", f, nil)
	}
	draft := auth.TokenDraft{Name: f.Get("name"), Scopes: scopes}
	if days, err := strconv.Atoi(f.Get("expires")); err == nil && days > 0 && days <= 3660 {
		at := v.Now.AddDate(0, 0, days)
		draft.ExpiresAt = &at
	}
	_, secret, err := h.Auth.NewToken(r.Context(), v.Identity, f.Get("password"), draft)
	if err != nil {
		return h.refused(w, r, v, "token", f, err, fields...)
	}
	return h.settings(w, r, v, http.StatusOK, settingsView{Secret: secret})
}

func (h *Handler) settingsTokenRevoke(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Auth.RevokeToken(r.Context(), v.User.ID, r.PathValue("id")); err != nil {
		return err
	}
	return goTo(w, r, "/settings?done=token#tokens")
}

func (h *Handler) settingsDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if err := h.Auth.Vouch(r.Context(), v.Identity, f.Get("password")); err != nil {
		return h.refused(w, r, v, "delete", f, err, "password")
	}
	if err := h.Accounts.Erase(r.Context(), v.User.ID); err != nil {
		return err
	}
	auth.ClearCookie(w, r)
	return goTo(w, r, "/?bye")
}

func localeOptions() []option {
	var list []option
	for _, l := range i18n.Locales() {
		list = append(list, option{l.Tag, l.Name})
	}
	return list
}
