package web

import (
	"net/http"
	"net/url"

	"kith/internal/httpd"
)

// helpView is the page on writing from elsewhere, with this Kith's own address in every example.
type helpView struct {
	Address     string // of the box, without words
	Example     string // with them
	Bookmarklet string
	Curl        string
	Command     string
	Android     string
	API         string
	Header      string
	Assistant   string
}

func (h *Handler) helpCapture(w http.ResponseWriter, r *http.Request, v *visit) error {
	base := "http://" + r.Host
	if httpd.HTTPS(r) {
		base = "https://" + r.Host
	}
	words := v.P.T("help.capture.words")
	view := helpView{
		Address:     base + "/capture",
		Example:     base + "/capture?text=" + url.QueryEscape(words),
		Bookmarklet: "javascript:location.href='" + base + "/capture?text='+encodeURIComponent(document.title+' '+location.href)",
		API:         base + "/api/v1/moments",
		Header:      "Authorization: Bearer kith_…",
		Assistant:   base + "/mcp\nAuthorization: Bearer kith_…",
		Curl: "curl -sS " + base + "/api/v1/moments \\\n  -H \"Authorization: Bearer $KITH_TOKEN\" \\\n" +
			"  -H 'Content-Type: application/json' \\\n  -d '{\"text\": \"" + words + "\"}'",
		Command: "export KITH_URL=" + base + " KITH_TOKEN=kith_…\nkith add \"" + words + "\"",
		Android: "am start -a android.intent.action.VIEW \\\n  -d '" + base + "/capture?text=" + url.QueryEscape(words) + "'",
	}
	return show(w, r, helpCapturePage(v.page(v.P.T("help.capture.title"), ""), view))
}
