package dav_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// collection is another server with one collection at /cal/, that misbehaves as a test asks.
type collection struct {
	mu     sync.Mutex
	kind   string            // calendar or addressbook
	home   string            // what the principal says of its homes
	items  map[string]string // by name
	etags  map[string]int
	at     int      // of the log
	log    []string // names that changed
	tokens bool     // it knows sync-collection
	ctags  bool     // it tells a tag of the whole
	oldest int      // tokens before are forgotten
	few    int      // how many changes it tells at once; 0: all
	heavy  int      // how many items it sends at once before its answer is too large; 0: any
	asked  []string // reports and methods
	broken func(http.ResponseWriter, *http.Request, string) bool
}

func newCollection(kind string) *collection {
	return &collection{home: "<c:calendar-home-set><d:href>/</d:href></c:calendar-home-set>", kind: kind, items: map[string]string{}, etags: map[string]int{}, tokens: true, ctags: true}
}

func (c *collection) set(name, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at++
	c.log = append(c.log, name)
	c.items[name], c.etags[name] = text, c.at
	if text == "" {
		delete(c.items, name)
	}
}

func (c *collection) questions() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := strings.Join(c.asked, " ")
	c.asked = nil
	return s
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// ServeHTTP implements http.Handler.
func (c *collection) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, _ := io.ReadAll(r.Body)
	body := string(b)
	r.Body = io.NopCloser(strings.NewReader(body)) // for broken
	what := r.Method
	for _, report := range []string{"sync-collection", "multiget"} {
		if strings.Contains(body, report) {
			what = report
		}
	}
	if what == "PROPFIND" {
		what += r.Header.Get("Depth")
	}
	c.asked = append(c.asked, what)
	if login, password, _ := r.BasicAuth(); login != "ana" || password != "sesame" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if c.broken != nil && c.broken(w, r, what) {
		return
	}
	var out strings.Builder
	out.WriteString(`<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:a="urn:ietf:params:xml:ns:carddav" xmlns:s="http://calendarserver.org/ns/">`)
	switch {
	case r.URL.Path == "/.well-known/caldav":
		http.Redirect(w, r, "/me/", http.StatusMovedPermanently)
		return
	case r.URL.Path == "/me/":
		c.answer(&out, "/me/", `<d:current-user-principal><d:href>/me/</d:href></d:current-user-principal>`+c.home)
	case r.URL.Path == "/" && what == "PROPFIND0":
		w.WriteHeader(http.StatusNotFound)
		return
	case r.URL.Path != "/cal/" && r.URL.Path != "/":
		w.WriteHeader(http.StatusNotFound)
		return
	case what == "PROPFIND0", r.URL.Path == "/":
		c.answer(&out, "/cal/", c.itself())
	case what == "PROPFIND1":
		c.answer(&out, "/cal/", c.itself())
		for name := range c.items {
			c.answer(&out, "/cal/"+name, "<d:getetag>"+c.etag(name)+"</d:getetag>")
		}
	case what == "sync-collection":
		if !c.sync(w, &out, between(body, "sync-token>", "<")) {
			return
		}
	case what == "multiget" && c.heavy > 0 && strings.Count(body, "<d:href>") > c.heavy:
		w.Header().Set("Content-Length", strconv.Itoa(33<<20))
		w.WriteHeader(http.StatusMultiStatus)
		return
	case what == "multiget":
		c.multiget(&out, body)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	out.WriteString("</d:multistatus>")
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusMultiStatus)
	_, _ = io.WriteString(w, out.String())
}

func (c *collection) etag(name string) string { return fmt.Sprintf("&quot;%d&quot;", c.etags[name]) }

func (c *collection) itself() string {
	space := map[string]string{"calendar": "c", "addressbook": "a"}[c.kind]
	s := "<d:resourcetype><d:collection/><" + space + ":" + c.kind + "/></d:resourcetype><d:displayname>Mine</d:displayname>"
	if c.tokens {
		s += fmt.Sprintf("<d:sync-token>t%d</d:sync-token>", c.at)
	}
	if c.ctags {
		s += fmt.Sprintf("<s:getctag>c%d</s:getctag>", c.at)
	}
	return s
}

func (*collection) answer(out *strings.Builder, href, found string) {
	fmt.Fprintf(out, "<d:response><d:href>%s</d:href><d:propstat><d:prop>%s</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>", href, found)
}

func (c *collection) sync(w http.ResponseWriter, out *strings.Builder, token string) bool {
	since := 0
	if token != "" {
		since, _ = strconv.Atoi(strings.TrimPrefix(token, "t"))
	}
	if !c.tokens || token != "" && since < c.oldest {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>`)
		return false
	}
	told := map[string]bool{}
	next := c.at
	for i := since; i < c.at; i++ {
		name := c.log[i]
		if told[name] || slices.Contains(c.log[i+1:], name) && c.few > 0 {
			continue
		}
		if c.few > 0 && len(told) == c.few {
			next = i
			out.WriteString("<d:response><d:href>/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>")
			break
		}
		told[name] = true
		if _, there := c.items[name]; there {
			c.answer(out, "/cal/"+name, "<d:getetag>"+c.etag(name)+"</d:getetag>")
		} else if token != "" {
			fmt.Fprintf(out, "<d:response><d:href>/cal/%s</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>", name)
		}
	}
	fmt.Fprintf(out, "<d:sync-token>t%d</d:sync-token>", next)
	return true
}

func (c *collection) multiget(out *strings.Builder, body string) {
	hrefs := strings.Split(body, "<d:href>")[1:]
	for _, h := range hrefs {
		h, _, _ = strings.Cut(h, "<")
		name := strings.TrimPrefix(h, "/cal/")
		text, there := c.items[name]
		if !there {
			fmt.Fprintf(out, "<d:response><d:href>%s</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>", h)
			continue
		}
		data := "c:calendar-data"
		if c.kind == "addressbook" {
			data = "a:address-data"
		}
		var safe strings.Builder
		_ = xml.EscapeText(&safe, []byte(text))
		c.answer(out, h, "<d:getetag>"+c.etag(name)+"</d:getetag><"+data+">"+safe.String()+"</"+data+">")
	}
}
