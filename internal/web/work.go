package web

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"kith/internal/fault"
	"kith/internal/forge"
	"kith/internal/httpd"
	"kith/internal/i18n"
)

// workRoutes are the pages of finished work, and the addresses at which forges tell of it.
func (h *Handler) workRoutes(mux *http.ServeMux, mine func(string, handler)) {
	mux.HandleFunc("POST /hooks/{address}", h.hookHear)
	mine("GET /work", h.workShow)
	mine("POST /work", h.hookAdd)
	mine("POST /work/author", h.workAuthor)
	mine("GET /work/{id}", h.hookShow)
	mine("POST /work/{id}", h.hookSave)
	mine("POST /work/{id}/secret", h.hookSecret)
	mine("POST /work/{id}/delete", h.hookDelete)
}

// workShown is how much of what was finished the page lists.
const workShown = 30

// workView is what forges told, who told it, and who is not known yet.
type workView struct {
	Hooks     []hookRow
	Form      form
	Made      *madeView
	Work      []workRow
	Strangers []strangerRow
	Picks     []option // whom a name that was written may mean
	Who       form     // the form about an author that could not be kept
	Yours     []string
	Nobodies  []string
}

// hookRow is a hook and how it does.
type hookRow struct {
	ID, Name, Address string
	Said              string
	Wrong             string
}

// madeView is what is to be copied into the forge, once.
type madeView struct{ Name, Address, Secret string }

// workRow is something finished.
type workRow struct {
	Title, URL, Kind, Place, Day string
	Who, Person                  string
}

// strangerRow is an author of whom nobody said who they are.
type strangerRow struct {
	N         int
	Key, Name string
	Said      string
	Wrong     bool // the form about them comes back
}

func hookPath(id, more string) string { return "/work/" + url.PathEscape(id) + more }

// forgeName is how a forge calls itself.
func forgeName(forgeID string) string {
	return map[string]string{forge.Forgejo: "Forgejo", forge.Gitea: "Gitea", forge.GitHub: "GitHub", forge.GitLab: "GitLab"}[forgeID]
}

// whyRefused are the texts of forge.Reasons.
func whyRefused(p *i18n.Printer, why string) string {
	if !slices.Contains(forge.Reasons(), why) {
		return ""
	}
	return p.T("web.work.why." + why)
}

func hookRowOf(r *http.Request, v *visit, k forge.Hook) hookRow {
	row := hookRow{ID: k.ID, Name: k.Name, Address: origin(r) + "/hooks/" + k.Address, Said: v.P.T("web.work.never")}
	if k.HeardAt != nil {
		row.Said = v.P.T("web.work.heard", "forge", forgeName(k.Forge), "day", v.dayOf(*k.HeardAt))
	}
	switch {
	case !k.Ready:
		row.Wrong = v.P.T("web.work.waits")
	case k.Refused.At != nil:
		day := v.dayOf(*k.Refused.At)
		row.Wrong = v.P.N("web.work.refused", k.Refused.Count, "day", day) + " " + whyRefused(v.P, k.Refused.Why)
	}
	return row
}

// hookHear takes what a forge tells. It answers programs, in plain words.
func (h *Handler) hookHear(w http.ResponseWriter, r *http.Request) {
	httpd.Route(w, r.Pattern)
	w.Header().Set("Cache-Control", "no-store")
	out, err := h.Forges.Receive(r.Context(), r.PathValue("address"), r.Header, http.MaxBytesReader(w, r.Body, forge.MaxBody))
	if err != nil {
		if f := fault.As(err); f != nil {
			http.Error(w, f.Message, f.Kind.Status())
			return
		}
		h.Log.LogAttrs(r.Context(), slog.LevelError, "delivery failed", slog.String("request_id", httpd.RequestID(r.Context())), slog.Any("error", err))
		http.Error(w, "Something went wrong on our side. It was logged.", http.StatusInternalServerError)
		return
	}
	switch out {
	case forge.Kept:
		w.WriteHeader(http.StatusCreated)
	case forge.Known:
		w.WriteHeader(http.StatusOK)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (h *Handler) workShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.workPage(w, r, v, workView{Form: form{Values: url.Values{}}}, http.StatusOK)
}

func (h *Handler) workPage(w http.ResponseWriter, r *http.Request, v *visit, view workView, status int) error {
	ctx := r.Context()
	if view.Form.Values == nil {
		view.Form.Values = url.Values{}
	}
	if view.Form.Get("id") == "" {
		view.Form.Values.Set("id", newID())
	}
	hooks, err := h.Forges.List(ctx, v.User.ID)
	if err != nil {
		return err
	}
	for _, k := range hooks {
		view.Hooks = append(view.Hooks, hookRowOf(r, v, k))
	}
	work, err := h.Forges.Work(ctx, v.User, 500)
	if err != nil {
		return err
	}
	view.Work = workRows(v, work[:min(len(work), workShown)])
	for i, s := range forge.Strangers(work) {
		name := cmp.Or(s.Author.Name, s.Author.Key())
		view.Strangers = append(view.Strangers, strangerRow{
			N: i, Key: s.Author.Key(), Name: name, Said: v.P.N("web.work.stranger.count", s.Count, "title", s.Work.Title), Wrong: view.Who.Get("author") == s.Author.Key(),
		})
	}
	marks, err := h.Forges.Marks(ctx, v.User.ID)
	if err != nil {
		return err
	}
	for _, m := range marks {
		if m.Mark == forge.Me {
			view.Yours = append(view.Yours, m.Author)
		} else {
			view.Nobodies = append(view.Nobodies, m.Author)
		}
	}
	pg := v.page(v.P.T("web.work.title"), "settings")
	if r.URL.Query().Has("gone") {
		pg.Notice = &notice{Text: v.P.T("web.work.gone")}
	}
	return render(w, r, status, workPage(pg, view))
}

func workRows(v *visit, list []forge.Work) []workRow {
	rows := make([]workRow, len(list))
	for i, w := range list {
		rows[i] = workRow{
			Title: w.Title, URL: w.URL, Kind: workKind(v.P, w.Kind), Place: w.Place, Person: w.Person,
			Day: v.dayOf(w.FinishedAt),
		}
		switch {
		case w.Mark == forge.Me:
			rows[i].Who = v.P.T("web.work.by.me")
		case w.Person != "":
			rows[i].Who = v.P.T("web.work.by", "name", w.Name)
		default:
			rows[i].Who = v.P.T("web.work.by", "name", cmp.Or(w.Author.Name, w.Author.Key()))
		}
	}
	return rows
}

func workKind(p *i18n.Printer, kind string) string {
	switch kind {
	case forge.Change:
		return p.T("web.work.kind.change")
	case forge.Issue:
		return p.T("web.work.kind.issue")
	}
	return p.T("web.work.kind.release")
}

func (h *Handler) hookAdd(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	k, secret, created, err := h.Forges.Add(r.Context(), v.User.ID, forge.Draft{ID: f.Get("id"), Name: f.Get("name"), Secret: f.Get("secret")})
	if err != nil {
		if ft := fault.As(err); ft != nil && ft.Code == "id_reused" { // the form was changed and sent again
			f.Values.Del("id")
		}
		f.Values.Del("secret")
		if !f.refuse(v.P, err, "name", "secret") {
			return err
		}
		return h.workPage(w, r, v, workView{Form: f}, http.StatusUnprocessableEntity)
	}
	if !created { // the same form again: the secret was shown
		return goTo(w, r, "/work")
	}
	made := madeView{Name: k.Name, Address: origin(r) + "/hooks/" + k.Address, Secret: secret}
	return h.workPage(w, r, v, workView{Made: &made}, http.StatusOK)
}

// workAuthor keeps whose a handle or an address is.
func (h *Handler) workAuthor(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	author, act := f.Get("author"), f.Get("act")
	var picks []option
	switch act {
	case forge.Me, forge.Nobody, "":
		_, err = h.Forges.MarkAs(r.Context(), v.User.ID, author, act)
	default:
		who := f.Get("person")
		if who == "" {
			if who, picks, err = h.meant(r, v, f.Get("who"), ""); err != nil {
				return err
			}
		}
		if who == "" {
			f.wrong("who", v.P.T("web.work.who.none"))
			if len(picks) > 0 {
				f.wrong("person", v.P.T("web.work.who.which"))
			}
			return h.workPage(w, r, v, workView{Who: f, Picks: picks}, http.StatusUnprocessableEntity)
		}
		err = h.Forges.Tie(r.Context(), v.User.ID, author, who)
	}
	if err != nil {
		if !f.refuse(v.P, err, "author") {
			return err
		}
		return h.workPage(w, r, v, workView{Who: f}, http.StatusUnprocessableEntity)
	}
	return goTo(w, r, "/work#"+cmp.Or(strings.TrimPrefix(f.Get("from"), "#"), "strangers"))
}

func (h *Handler) hookShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	k, err := h.Forges.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.hookPage(w, r, v, k, form{Values: url.Values{"name": {k.Name}}}, nil, http.StatusOK)
}

func (h *Handler) hookPage(w http.ResponseWriter, r *http.Request, v *visit, k forge.Hook, f form, made *madeView, status int) error {
	return render(w, r, status, hookPage(v.page(k.Name, "settings"), hookRowOf(r, v, k), f, made))
}

func (h *Handler) hookSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	name := f.Get("name")
	return h.hookEdit(w, r, v, f, forge.Edit{Name: &name})
}

func (h *Handler) hookSecret(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	secret := f.Get("secret")
	return h.hookEdit(w, r, v, f, forge.Edit{Secret: &secret})
}

func (h *Handler) hookEdit(w http.ResponseWriter, r *http.Request, v *visit, f form, e forge.Edit) error {
	id := r.PathValue("id")
	was, err := h.Forges.Get(r.Context(), v.User.ID, id)
	if err != nil {
		return err
	}
	k, secret, err := h.Forges.Update(r.Context(), v.User.ID, id, e, 0)
	if e.Name == nil {
		f.Values.Set("name", was.Name)
	}
	f.Values.Del("secret")
	if err != nil {
		if !f.refuse(v.P, err, "name", "secret") {
			return err
		}
		return h.hookPage(w, r, v, was, f, nil, http.StatusUnprocessableEntity)
	}
	if secret == "" {
		return goTo(w, r, "/work")
	}
	return h.hookPage(w, r, v, k, f, &madeView{Name: k.Name, Address: origin(r) + "/hooks/" + k.Address, Secret: secret}, http.StatusOK)
}

func (h *Handler) hookDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := h.Forges.Delete(r.Context(), v.User.ID, r.PathValue("id"), 0); err != nil {
		return err
	}
	return goTo(w, r, "/work?gone")
}

// hookSecretInput is where a secret that a forge made is written.
func hookSecretInput(p *i18n.Printer) input {
	return input{Name: "secret", Label: p.T("web.work.secret"), Hint: p.T("web.work.secret.hint"), Type: "password", Auto: "off", Max: forge.MaxSecret, Secret: true}
}

// strangerForm is the form about an author: as it was sent if it comes back, else with the name their forge gives them,
// which is often whom one knows.
func strangerForm(v workView, s strangerRow) form {
	if s.Wrong {
		return v.Who
	}
	return form{Values: url.Values{"who": {s.Name}}}
}

// yoursForm is the form about oneself, as it was sent if it comes back.
func yoursForm(v workView) form {
	if v.Who.Get("from") == "yours" {
		return v.Who
	}
	return form{}
}
