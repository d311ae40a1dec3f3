package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/packed"
)

// ownerHeader says whose a page is. A browser keeps pages under it, and shows nobody another's. A script that sends what
// waited on a device says it too: whoever is signed in by then, nothing is kept under another account.
const ownerHeader = "Kith-Owner"

// farOff is how much a device's clock may differ before it is taken to be wrong. Sending takes less.
const farOff = 10 * time.Minute

// ownerOnly says whose the answer is, and refuses what was meant for somebody else.
func (h *Handler) ownerOnly(w http.ResponseWriter, r *http.Request, v *visit) error {
	owner := string(v.User.ID)
	if v.Identity.Session == "" {
		owner = ""
	}
	if owner == "" {
		w.Header().Set(ownerHeader, "none")
	} else {
		w.Header().Set(ownerHeader, owner)
	}
	if meant := r.Header.Get(ownerHeader); meant != "" && meant != owner {
		return fault.Unknown("other_account", "Sign in as whoever wrote this, and it is sent.")
	}
	return nil
}

// told is what a script hears about a line that it sent.
type told struct {
	ID    string `json:"id,omitempty"`
	State string `json:"state,omitempty"` // kept, ask (a name has to be chosen), refused
	Why   string `json:"why,omitempty"`
}

func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

func answer(w http.ResponseWriter, status int, v told) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b)
	return nil
}

// captureTold keeps a line that waited on a device. The device makes an id for every line and never another line under it,
// and sends until it hears an answer. So an id that is known is a line that arrived, whatever was read from it then.
func (h *Handler) captureTold(w http.ResponseWriter, r *http.Request, v *visit, f form) error {
	d, ask, err := h.drafted(r, v, f)
	if d.ID = f.Get("id"); err == nil && d.ID == "" {
		err = fault.Invalid("id_missing", "id", "A line that is sent again needs an id of its own.")
	}
	if err == nil && ask {
		// Somebody may have got that name after the line arrived.
		if _, err = h.Moments.Get(r.Context(), v.User.ID, d.ID); fault.Is(err, fault.KindNotFound) {
			return answer(w, http.StatusConflict, told{ID: d.ID, State: "ask"})
		}
	} else if err == nil {
		_, _, err = h.Moments.Log(r.Context(), v.User.ID, d)
	}
	switch {
	case err == nil, fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindGone):
		return answer(w, http.StatusOK, told{ID: d.ID, State: "kept"})
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindTooLarge):
		return answer(w, http.StatusUnprocessableEntity, told{ID: f.Get("id"), State: "refused", Why: v.P.Fault(fault.As(err))})
	}
	return err
}

// writtenAt is when the line of a form was written, and whether that was before now. A browser that sends later says when
// that was, and what its clock says while it sends: how far that is off is how far the other was.
func writtenAt(f form, now time.Time) (time.Time, bool) {
	at := instantOf(f.Get("captured_at"))
	if at == nil {
		return now, false
	}
	t := at.UTC().Truncate(time.Microsecond)
	if sent := instantOf(f.Get("sent_at")); sent != nil {
		if off := now.Sub(*sent); off.Abs() > farOff {
			t = t.Add(off)
		}
	}
	if t.After(now) {
		t = now
	}
	return t, true
}

// sharedLine is one line of what another program hands over: a text, the title of a page, its address.
func sharedLine(f form) string {
	line := ""
	for _, name := range []string{"title", "text", "url"} {
		if part := strings.Join(strings.Fields(f.Get(name)), " "); part != "" && !strings.Contains(line, part) {
			if strings.Contains(part, line) {
				line = ""
			}
			line = strings.TrimSpace(line + " " + part)
		}
	}
	if r := []rune(line); len(r) > moment.MaxText {
		line = string(r[:moment.MaxText])
	}
	return line
}

// shellView is what the service worker has to know.
type shellView struct {
	Version string   `json:"version"`
	Assets  []string `json:"assets"`
}

// serveWorker is the service worker. What it keeps for everybody is named by its version, which is that of every file.
func serveWorker(w http.ResponseWriter, r *http.Request) {
	shell := shellView{Assets: []string{}}
	for _, name := range shellFiles() {
		shell.Assets = append(shell.Assets, asset(name))
	}
	worker := statics()["sw.js"].bytes(packed.Read)
	shell.Version = tagOf(append([]byte(strings.Join(shell.Assets, "")), worker...))
	b, err := json.Marshal(shell)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+shell.Version+`"`)
	if strings.Contains(r.Header.Get("If-None-Match"), shell.Version) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write([]byte("const SHELL=" + string(b) + ";"))
	_, _ = w.Write(worker)
}

// shellFiles are the files without which no page is drawn; those of single pages follow with their pages.
func shellFiles() []string { return []string{"kith.css", "kith.js", "mark.svg"} }

// manifest is what a phone or desktop reads to install Kith.
type manifest struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Short       string         `json:"short_name"`
	About       string         `json:"description"`
	Lang        string         `json:"lang"`
	Dir         string         `json:"dir"`
	Start       string         `json:"start_url"`
	Scope       string         `json:"scope"`
	Display     string         `json:"display"`
	Paper       string         `json:"background_color"`
	Theme       string         `json:"theme_color"`
	Categories  []string       `json:"categories"`
	Launch      map[string]any `json:"launch_handler"`
	Icons       []icon         `json:"icons"`
	Shortcuts   []shortcut     `json:"shortcuts"`
	ShareTarget shareTarget    `json:"share_target"`
}

type icon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

type shortcut struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Icons []icon `json:"icons"`
}

type shareTarget struct {
	Action string            `json:"action"`
	Method string            `json:"method"`
	Coded  string            `json:"enctype"`
	Params map[string]string `json:"params"`
}

// manifestShow is in the language of whoever installs it. It holds nothing of anybody: browsers ask for it without cookies.
func (h *Handler) manifestShow(w http.ResponseWriter, _ *http.Request, v *visit) error {
	png := func(name, size, purpose string) icon {
		return icon{asset(name), size + "x" + size, "image/png", purpose}
	}
	small := []icon{png("icon-192.png", "192", "")}
	b, err := json.Marshal(manifest{
		ID: "/", Name: "Kith", Short: "Kith", About: v.P.T("web.landing.sentence"), Lang: v.P.Locale(), Dir: v.P.Dir(),
		Start: "/?write", Scope: "/", Display: "standalone", Paper: "#fcfaf5", Theme: "#fcfaf5", Categories: []string{"lifestyle", "health"},
		Launch: map[string]any{"client_mode": []string{"focus-existing", "auto"}},
		Icons: []icon{
			{asset("mark.svg"), "any", "image/svg+xml", ""}, png("icon-192.png", "192", ""), png("icon-512.png", "512", ""), png("icon-mask.png", "512", "maskable"),
		},
		Shortcuts: []shortcut{
			{v.P.T("web.capture.title"), "/?write", small}, {v.P.T("presence.today.breathe"), "/breathe/cyclic-sigh", small}, {v.P.T("web.nav.today"), "/", small},
		},
		ShareTarget: shareTarget{"/capture", http.MethodGet, "application/x-www-form-urlencoded", map[string]string{"title": "title", "text": "text", "url": "url"}},
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/manifest+json")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Header().Set("Vary", "Accept-Language")
	_, _ = w.Write(b)
	return nil
}

// offlineShow is the page that a browser shows for what it has not kept. It is kept for everybody, so it names nobody.
func (h *Handler) offlineShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return show(w, r, offlinePage(page{P: v.P, Title: v.P.T("pocket.offline.title"), Bare: true}))
}
