package api

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.css
var docsCSS []byte

// registerDocs serves the document and the page made of it. Both are public: they hold nothing of anybody's.
func (s *server) registerDocs(t *table) {
	t.document = sync.OnceValue(func() []byte {
		b, err := json.MarshalIndent(t.api.OpenAPI(), "", " ")
		if err != nil {
			panic(err) // our own types; the tests marshal it
		}
		return append(b, '\n')
	})
	t.page = sync.OnceValue(func() []byte { return page(t.api.OpenAPI()) })
	serve := func(path, kind string, body func() []byte) {
		t.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(body())
		})
	}
	serve(Prefix+"/openapi.json", "application/openapi+json", t.document)
	serve("/api/docs", "text/html; charset=utf-8", t.page)
	serve("/api/docs.css", "text/css; charset=utf-8", func() []byte { return docsCSS })
}

// writer builds a page; %s arguments are escaped.
type writer struct{ strings.Builder }

func (w *writer) add(format string, args ...string) {
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = html.EscapeString(a)
	}
	fmt.Fprintf(w, format, list...)
}

// prose writes text in which words between backquotes are code and empty lines part paragraphs.
func (w *writer) prose(text string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		w.WriteString("<p>")
		for i, part := range strings.Split(p, "`") {
			if i%2 == 1 {
				w.add("<code>%s</code>", part)
			} else {
				w.add("%s", part)
			}
		}
		w.WriteString("</p>\n")
	}
}

type line struct {
	method, path string
	op           *huma.Operation
}

// lines are the operations of a tag, by path, in the order a reader expects the methods.
func lines(doc *huma.OpenAPI, tag string) []*line {
	var list []*line
	for path, item := range doc.Paths {
		for _, l := range []*line{
			{"GET", path, item.Get}, {"POST", path, item.Post}, {"PATCH", path, item.Patch}, {"PUT", path, item.Put}, {"DELETE", path, item.Delete},
		} {
			if l.op != nil && slices.Contains(l.op.Tags, tag) {
				list = append(list, l)
			}
		}
	}
	order := []string{"GET", "POST", "PATCH", "DELETE"}
	slices.SortFunc(list, func(a, b *line) int {
		if c := strings.Compare(a.path, b.path); c != 0 {
			return c
		}
		return slices.Index(order, a.method) - slices.Index(order, b.method)
	})
	return list
}

func page(doc *huma.OpenAPI) []byte {
	w := &writer{}
	w.WriteString("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>Kith: the API</title>\n<link rel=\"stylesheet\" href=\"/api/docs.css\">\n</head>\n<body>\n")
	w.WriteString("<a class=\"skip\" href=\"#main\">To the text</a>\n<header><p class=\"mark\"><a href=\"/\">Kith</a></p><h1>The API</h1>\n")
	w.prose(doc.Info.Description)
	w.WriteString("<p>For programs: <a href=\"" + Prefix + "/openapi.json\">the OpenAPI document</a>.</p></header>\n<nav aria-label=\"Operations\">\n")
	for _, tag := range doc.Tags {
		w.add("<section><h2><a href=\"#%s\">%s</a></h2><ul>\n", tag.Name, tag.Name)
		for _, l := range lines(doc, tag.Name) {
			w.add("<li><a href=\"#%s\">%s</a></li>\n", l.op.OperationID, l.op.Summary)
		}
		w.WriteString("</ul></section>\n")
	}
	w.WriteString("</nav>\n<main id=\"main\">\n")
	for _, tag := range doc.Tags {
		w.add("<section><h2 id=\"%s\">%s</h2>\n<p class=\"lead\">%s</p>\n", tag.Name, tag.Name, tag.Description)
		for _, l := range lines(doc, tag.Name) {
			w.operation(doc, l)
		}
		w.WriteString("</section>\n")
	}
	w.WriteString("<section><h2 id=\"things\">things</h2>\n<p class=\"lead\">What requests and answers are made of.</p>\n")
	schemas := doc.Components.Schemas.Map()
	names := make([]string, 0, len(schemas))
	for name := range schemas {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w.add("<article id=\"thing-%s\"><h3>%s</h3>\n", name, name)
		w.fields(schemas[name])
		w.WriteString("</article>\n")
	}
	w.WriteString("</section>\n</main>\n</body>\n</html>\n")
	return []byte(w.String())
}

func (w *writer) operation(doc *huma.OpenAPI, l *line) {
	w.add("<article id=\"%s\"><h3>%s</h3>\n<p class=\"line\"><b class=\"%s\">%s</b> <code>%s</code></p>\n",
		l.op.OperationID, l.op.Summary, strings.ToLower(l.method), l.method, l.path)
	if l.op.Description != "" {
		w.prose(l.op.Description)
	}
	if len(l.op.Security) > 0 {
		w.add("<p>Needs the scope <code>%s</code>.</p>\n", strings.Join(l.op.Security[0]["token"], " "))
	}
	if len(l.op.Parameters) > 0 {
		w.WriteString("<dl>\n")
		for _, p := range l.op.Parameters {
			need := ""
			if p.Required && p.In != "path" {
				need = ", required"
			}
			w.add("<dt><code>%s</code> <small>%s%s, ", p.Name, p.In, need)
			w.kind(p.Schema)
			w.add("</small></dt><dd>%s</dd>\n", p.Description)
		}
		w.WriteString("</dl>\n")
	}
	if l.op.RequestBody != nil {
		w.content("Send", l.op.RequestBody.Content)
	}
	codes := make([]string, 0, len(l.op.Responses))
	for code := range l.op.Responses {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	var refused []string
	for _, code := range codes {
		res := l.op.Responses[code]
		if name, ok := strings.CutPrefix(res.Ref, "#/components/responses/"); ok {
			_ = name
			refused = append(refused, code)
			continue
		}
		if len(res.Content) == 0 {
			w.add("<p>Answers %s, with no body.</p>\n", code)
			continue
		}
		w.content("Answers "+code+" with", res.Content)
	}
	w.add("<details><summary>Refused with %s</summary><dl>\n", strings.Join(refused, ", "))
	for _, code := range refused {
		w.add("<dt>%s</dt><dd>%s</dd>\n", code, doc.Components.Responses["problem"+code].Description)
	}
	w.WriteString("</dl></details></article>\n")
}

func (w *writer) content(verb string, content map[string]*huma.MediaType) {
	kinds := make([]string, 0, len(content))
	for kind := range content {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		w.add("<p>%s <code>%s</code>: ", verb, kind)
		w.kind(content[kind].Schema)
		w.WriteString("</p>\n")
	}
}

func (w *writer) fields(s *huma.Schema) {
	if len(s.Properties) == 0 {
		return
	}
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { // required first
		if x, y := slices.Contains(s.Required, a), slices.Contains(s.Required, b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	w.WriteString("<dl>\n")
	for _, name := range names {
		p := s.Properties[name]
		w.add("<dt><code>%s</code> <small>", name)
		w.kind(p)
		if slices.Contains(s.Required, name) {
			w.WriteString(", always")
		}
		w.add("</small></dt><dd>%s", p.Description)
		if len(p.Examples) > 0 {
			w.add(" <span class=\"example\">e.g. <code>%s</code></span>", fmt.Sprint(p.Examples[0]))
		}
		w.WriteString("</dd>\n")
	}
	w.WriteString("</dl>\n")
}

// kind says in words what a schema allows.
func (w *writer) kind(s *huma.Schema) {
	switch {
	case s == nil:
		return
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		w.add("<a href=\"#thing-%s\">%s</a>", name, name)
		return
	case s.Type == huma.TypeArray:
		w.WriteString("list of ")
		w.kind(s.Items)
	case s.Format == "binary":
		w.WriteString("a file")
	case s.Format == "date-time":
		w.WriteString("instant")
	case s.Format == "date":
		w.WriteString("day")
	case s.Type == huma.TypeString:
		w.WriteString("text")
	case s.Type == huma.TypeInteger:
		w.WriteString("whole number")
	default:
		w.add("%s", s.Type)
	}
	if len(s.Enum) > 0 {
		words := []string{}
		for _, v := range s.Enum {
			if word := fmt.Sprint(v); word != "" {
				words = append(words, word)
			}
		}
		w.add(": %s", strings.Join(words, ", "))
	}
	if s.MaxLength != nil {
		w.add(", at most %s characters", strconv.Itoa(*s.MaxLength))
	}
	if s.MaxItems != nil {
		w.add(", at most %s", strconv.Itoa(*s.MaxItems))
	}
	if s.Minimum != nil && s.Maximum != nil {
		w.add(", %s to %s", strconv.FormatFloat(*s.Minimum, 'f', -1, 64), strconv.FormatFloat(*s.Maximum, 'f', -1, 64))
	}
}
