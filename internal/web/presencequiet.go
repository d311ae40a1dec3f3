package web

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"

	"kith/internal/fault"
	"kith/internal/httpd"
	"kith/internal/i18n"
	"kith/internal/presence"
)

// quietView is the page of a presence that lasts, or has just ended.
type quietView struct {
	Session   presence.Session
	What      string
	Until     string
	Left      string
	Seconds   int // that are left
	Over      string
	Link      string // by which others join
	QR        qrView
	Guests    string
	Form      form
	LineLabel string
	LineHint  string
	Owner     string
}

func (h *Handler) quietShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.quietPage(w, r, v, form{}, http.StatusOK)
}

func (h *Handler) quietPage(w http.ResponseWriter, r *http.Request, v *visit, f form, status int) error {
	s, err := h.Presence.Get(r.Context(), v.User.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := quietView{
		Session: s, What: whatOf(v.P, s), Form: f, Owner: string(v.User.ID), LineLabel: v.P.T("presence.line"),
		Until: v.P.T("presence.quiet.until", "time", v.P.Time(s.Until().In(v.User.Location()))),
		Over:  v.P.T("presence.over", "length", v.P.Duration(s.Lasted(v.Now).Round(time.Second))),
	}
	view.Seconds, view.Left = leftOf(v.P, s, v.Now)
	if s.Kind == presence.People {
		view.LineLabel = v.P.T("presence.line.people")
	}
	if len(s.People) > 0 {
		view.LineHint = v.P.T("presence.line.hint", "names", namesOf(v.P, s.People))
	}
	if s.Guests > 0 {
		view.Guests = v.P.N("presence.guests", s.Guests)
	}
	if code := r.URL.Query().Get("code"); code != "" {
		ok, err := h.Presence.Opens(r.Context(), v.User.ID, s.ID, code)
		if err != nil {
			return err
		}
		if ok {
			view.Link = origin(r) + "/p/" + url.PathEscape(code)
			if view.QR, err = drawQR(view.Link); err != nil {
				return err
			}
		}
	}
	return render(w, r, status, quietSessionPage(v.page(view.What, ""), view))
}

// leftOf is how much of a presence is left, in seconds and in words.
func leftOf(p *i18n.Printer, s presence.Session, now time.Time) (int, string) {
	left := s.Until().Sub(now)
	if s.EndedAt != nil || left <= 0 {
		return 0, ""
	}
	seconds := int(math.Ceil(left.Seconds()))
	if left < time.Minute {
		return seconds, p.T("presence.left.little")
	}
	return seconds, p.T("presence.left", "left", p.Duration(left.Truncate(time.Minute)))
}

// origin is the address at which the visitor reaches this Kith.
func origin(r *http.Request) string {
	if r.URL.Scheme == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// qrView is a QR code as one path: a square of a unit for every dark module.
type qrView struct {
	Size int
	Path string
}

func drawQR(text string) (qrView, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrView{}, err
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				b.WriteString("M" + itoa(from) + " " + itoa(y) + "h" + itoa(x-from) + "v1h-" + itoa(x-from) + "z")
			}
		}
	}
	return qrView{code.Size, b.String()}, nil
}

// guestView is all that a guest sees.
type guestView struct {
	Code    string
	Host    string // the first name alone
	Left    string
	Seconds int
	Here    bool // this guest said so
}

const guestCookie = "kith_here"

// guestShow is the quiet page of somebody without an account.
func (h *Handler) guestShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := h.Presence.Joined(r.Context(), r.PathValue("code"))
	if err != nil {
		return h.guestOver(w, r, v, err)
	}
	return h.guestPage(w, r, v, s)
}

func (h *Handler) guestPage(w http.ResponseWriter, r *http.Request, v *visit, s presence.Shared) error {
	u, err := h.Accounts.Get(r.Context(), s.Host)
	if err != nil {
		return err
	}
	view := guestView{Code: r.PathValue("code"), Host: firstName(u.Name)}
	view.Seconds, view.Left = leftOf(v.P, s.Session, v.Now)
	_, err = r.Cookie(guestCookie)
	view.Here = err == nil
	w.Header().Set("Cache-Control", "no-store")
	return show(w, r, guestQuietPage(page{P: v.P, Title: v.P.T("presence.guest.title")}, view))
}

func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

// guestOver says that a link opens nothing any more. Whoever tries many is refused.
func (h *Handler) guestOver(w http.ResponseWriter, r *http.Request, v *visit, err error) error {
	if !fault.Is(err, fault.KindNotFound) {
		return err
	}
	if err := h.Auth.MissedLink(r.Context(), httpd.Address(r).String()); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return render(w, r, http.StatusNotFound, guestOverPage(page{P: v.P, Title: v.P.T("presence.guest.over")}))
}

// guestCome counts a guest once in a browser.
func (h *Handler) guestCome(w http.ResponseWriter, r *http.Request, v *visit) error {
	code := r.PathValue("code")
	path := "/p/" + url.PathEscape(code)
	if _, err := r.Cookie(guestCookie); err == nil {
		return goTo(w, r, path)
	}
	s, err := h.Presence.Join(r.Context(), code)
	if err != nil {
		return h.guestOver(w, r, v, err)
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the site is reached so; a plain Kith at home is not
		Name: guestCookie, Value: strconv.Itoa(s.Session.Guests), Path: path, MaxAge: max(1, int(s.Session.Until().Sub(v.Now).Seconds())),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.URL.Scheme == "https",
	})
	return goTo(w, r, path)
}

// ringMote is one light of the ring.
type ringMote struct{ X, Y, R, Kind string }

// ring is the ring of motes at rest, in a box from -100 to 100.
func ring() []ringMote {
	const n = 28
	kinds := []string{"celebration", "thanks", "compliment", "gratitude", "pause", "gratitude", "compliment", "thanks"}
	list := make([]ringMote, n)
	for i := range list {
		a := 2 * math.Pi * float64(i) / n
		list[i] = ringMote{
			X: strconv.FormatFloat(62*math.Sin(a), 'f', 1, 64), Y: strconv.FormatFloat(-62*math.Cos(a), 'f', 1, 64),
			R: strconv.FormatFloat(3.4+1.4*math.Cos(3*a), 'f', 1, 64), Kind: kinds[i*len(kinds)/n],
		}
	}
	return list
}
