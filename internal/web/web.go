// Package web is the pages: rendered on the server, working without JavaScript, in the language of whoever reads them.
//
// It holds no rules and no SQL. A handler asks the nouns, fills the view model of its page, and renders it; a form is
// answered by a redirect, or by the same form with every typed word and the message beside its field.
//
// Invariants: nothing inline, so that the content security policy of package httpd holds. Every text comes from the
// catalogs. Everything that takes the session's cookie stands behind http.CrossOriginProtection. What is somebody else's
// is not found.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/dav"
	"kith/internal/digest"
	"kith/internal/fault"
	"kith/internal/forge"
	"kith/internal/guess"
	"kith/internal/httpd"
	"kith/internal/i18n"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/presence"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/transfer"
)

// Services are what the pages stand on.
type Services struct {
	Accounts      *account.Service
	Auth          *auth.Service
	People        *person.Service
	Moments       *moment.Service
	Practices     *practice.Service
	Intentions    *intention.Service
	Opportunities *opportunity.Service
	Pulses        *pulse.Service
	Reflections   *reflection.Service
	Digests       *digest.Service
	Presence      *presence.Service
	Guesses       *guess.Service
	Imports       *intake.Service
	Calendars     *dav.Service
	Forges        *forge.Service
	Transfer      *transfer.Service
	Live          *live.Hub
	Log           *slog.Logger     // nil is silent
	Now           func() time.Time // nil is time.Now
}

// Handler serves the pages. Make one with New.
type Handler struct {
	Services
	mux *http.ServeMux // every page there is
}

// New returns the handler of all pages.
func New(s Services) http.Handler {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	h := &Handler{Services: s}
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(h.open(func(http.ResponseWriter, *http.Request, *visit) error {
		return fault.Denied("cross_origin", "This was sent from another site, so it was not done.")
	}))
	return httpd.Gzip(guard.Handler(h.routes()))
}

// visit is one request of somebody, signed in or not.
type visit struct {
	Identity auth.Identity
	User     account.User // zero when nobody is signed in
	P        *i18n.Printer
	Now      time.Time
	Locked   bool // this device has closed its private pages

	private bool   // the page shows private words: see reads
	awake   func() // notes that somebody reads them
}

// reads notes that the page shows private words, which keeps them open for another while. It reports false where this device
// has closed them.
func (v *visit) reads() bool {
	if !v.Locked && !v.private {
		v.private = true
		v.awake()
	}
	return !v.Locked
}

func (v *visit) signedIn() bool { return v.User.ID != "" }

// today is the person's own day.
func (v *visit) today() string { return v.User.Day(v.Now) }

// dayOf is the day of an instant, as it stands within a sentence.
func (v *visit) dayOf(t time.Time) string {
	return inSentence(v.P, v.P.RelativeDay(v.User.Day(t), v.today()))
}

// page is the frame of a page for this visit.
func (v *visit) page(title, active string) page {
	pg := page{P: v.P, Title: title, Active: active, Name: v.User.Name, Owner: string(v.User.ID)}
	if v.private {
		pg.Lock = int(v.Identity.Lock.After / time.Second)
	}
	return pg
}

// page is what the layout shows round a page.
type page struct {
	P       *i18n.Printer
	Title   string
	Active  string // today, people, moments, settings
	Name    string // of who is signed in; empty is nobody
	Owner   string // the id of who is signed in, under whom a browser keeps what it keeps
	Bare    bool   // no way to sign in is offered
	Area    string // its own style sheet and script beside those of every page, such as people
	Lock    int    // seconds of rest after which its script closes the page; 0: never
	Capture *captureView
	Notice  *notice
}

// notice is a quiet line about what just happened.
type notice struct {
	Text       string
	Kind       string
	Href, Link string // where to look at it
	Act, Label string // what takes it back, by POST
	Bad        bool
}

type handler func(w http.ResponseWriter, r *http.Request, v *visit) error

// open serves anybody.
func (h *Handler) open(f handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpd.Route(w, r.Pattern)
		v := &visit{Now: h.Now(), P: i18n.For(withRegion(i18n.Match(r.Header.Get("Accept-Language")), r))}
		err := h.recognise(r, v)
		if err == nil {
			err = h.ownerOnly(w, r, v)
		}
		if err == nil {
			err = f(w, r, v)
		}
		if err != nil {
			h.fail(w, r, v, err)
		}
	})
}

// recognise fills in who is asking, if the request says so.
func (h *Handler) recognise(r *http.Request, v *visit) error {
	id, err := h.Auth.FromRequest(r.Context(), r)
	if fault.Is(err, fault.KindUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	u, err := h.Accounts.Get(r.Context(), id.User)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v.Identity, v.User, v.P = id, u, i18n.For(withRegion(u.Locale, r))
	return nil
}

// withRegion keeps the browser's region beside a language: it decides the clock.
func withRegion(locale string, r *http.Request) string {
	const longest = len("en-150")
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	first, _, _ = strings.Cut(first, ";")
	if strings.HasPrefix(first, locale+"-") && len(first) <= longest {
		return first
	}
	return locale
}

// mine serves who is signed in with a session. Others are asked to sign in, and come back to where they meant to go.
func (h *Handler) mine(f handler) http.Handler {
	return h.open(func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if !v.signedIn() || v.Identity.Session == "" {
			if wantsJSON(r) { // a script that sends what waited: it asks the person, and keeps it until then
				return answer(w, http.StatusUnauthorized, told{})
			}
			to := "/signin"
			if r.Method == http.MethodGet {
				to += "?next=" + url.QueryEscape(r.URL.RequestURI())
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return nil
		}
		w.Header().Set("Cache-Control", "no-store")
		v.Locked = h.Auth.Locked(v.Identity)
		v.awake = func() { h.Auth.Awake(r.Context(), v.Identity) }
		switch {
		case v.Locked:
			w.Header().Set(lockHeader, "closed")
		case v.Identity.Lock.After > 0:
			w.Header().Set(lockHeader, "open")
		}
		return f(w, r, v)
	})
}

// fail answers an error with a page: a fault says what to do, anything else is logged and stays inside.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to read it
	}
	f := fault.As(err)
	view := faultView{Title: v.P.T("web.fault.internal.title"), Text: v.P.T("web.fault.internal.text"), Request: httpd.RequestID(r.Context())}
	status := http.StatusInternalServerError
	if f != nil {
		status = f.Kind.Status()
		view = faultView{Title: v.P.T("web.fault." + string(f.Kind) + ".title"), Text: v.P.Fault(f)}
		if f.Kind == fault.KindNotFound {
			view.Text = v.P.T("web.fault.not_found.text")
		}
	} else {
		h.Log.LogAttrs(r.Context(), slog.LevelError, "page failed", slog.String("request_id", view.Request),
			slog.String("route", r.Pattern), slog.Any("error", err))
	}
	pg := v.page(view.Title, "")
	if rerr := render(w, r, status, faultPage(pg, view)); rerr != nil {
		h.Log.LogAttrs(r.Context(), slog.LevelError, "fault page failed", slog.Any("error", rerr))
		http.Error(w, view.Title, status)
	}
}

// render sends a page whole or not at all.
func render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := c.Render(r.Context(), buf); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(buf.Bytes())
	if err != nil {
		return nil
	}
	return nil
}

// show renders a page that was found.
func show(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return render(w, r, http.StatusOK, c)
}

// again renders a form that could not be kept.
func again(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return render(w, r, http.StatusUnprocessableEntity, c)
}

// goTo redirects after a form.
func goTo(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // callers pass paths of ours; door.go lets no other host through
	return nil
}

// sent reads the form of a request.
func sent(r *http.Request) (form, error) {
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return form{}, fault.TooLarge("body_too_large", "", "That was more than is read at once. Send less, or in parts.")
		}
		return form{}, fault.Invalid("bad_form", "", "That could not be read. Go back and send it again.")
	}
	return form{Values: r.PostForm}, nil
}

// local returns a path on this site, or the start page: nobody is sent elsewhere by a link.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
