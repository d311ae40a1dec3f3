package api

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/auth"
	"kith/internal/httpd"
)

// operation describes one line of the API.
type operation struct {
	ID      string // verb-noun, stable: generated clients name functions by it
	Method  string
	Path    string // below Prefix
	Scope   auth.Scope
	Tag     string
	Summary string
	Doc     string
	Status  int   // of success; 0 is 200, and 204 for an answer without a body
	Also    []int // further successes (200 beside 201)
	Refuse  []int // refusals beyond those that every operation can give
	Body    *huma.RequestBody
}

// scopeKey is where huma's operation keeps our scope.
const scopeKey = "scope"

// always are the refusals any operation can give.
//
//nolint:gochecknoglobals // a constant list
var always = []int{
	http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
	http.StatusInternalServerError,
}

// withBody are the refusals any operation that reads a body or writes can give.
//
//nolint:gochecknoglobals // a constant list
var withBody = []int{
	http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusInsufficientStorage,
}

// handle adds an operation. f gets who asks as a parameter; nothing below it looks for that in the context. In and Out are
// pointers to structs: what is generic over pointers is compiled once for all of them.
func handle[In, Out any](s *server, t *table, o operation, f func(ctx context.Context, who auth.Identity, in In) (Out, error)) {
	s.add(t, o, reflect.TypeFor[In]().Elem(), reflect.TypeFor[Out]().Elem(), func(ctx context.Context, who auth.Identity, in any) (any, error) {
		return f(ctx, who, in.(In)) //nolint:forcetypeassert // register makes it of this type
	})
}

// add is what handle does whatever the types.
func (s *server) add(t *table, o operation, in, out reflect.Type, f handler) {
	op := &huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: Prefix + o.Path, Summary: o.Summary, Description: o.Doc, Tags: []string{o.Tag},
		DefaultStatus: o.Status, MaxBodyBytes: httpd.DefaultBody, BodyReadTimeout: 30 * time.Second,
		Metadata:  map[string]any{scopeKey: o.Scope},
		Security:  []map[string][]string{{"token": {string(o.Scope)}}, {"session": {}}},
		Responses: map[string]*huma.Response{},
	}
	refuse := append(append([]int{}, always...), o.Refuse...)
	if o.Method != http.MethodGet {
		refuse = append(refuse, withBody...)
	}
	for _, status := range refuse {
		name := "problem" + strconv.Itoa(status)
		components := t.api.OpenAPI().Components
		if components.Responses == nil {
			components.Responses = map[string]*huma.Response{}
		}
		if components.Responses[name] == nil {
			components.Responses[name] = &huma.Response{Description: refusal(status), Content: problemContent(components.Schemas)}
		}
		op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + name}
	}
	t.register(op, in, out, func(ctx context.Context, who auth.Identity, in any) (any, error) {
		out, err := f(ctx, who, in)
		if err != nil {
			return nil, s.problemFor(ctx, err)
		}
		return out, nil
	})
	documented := documentedOperation(t.api.OpenAPI(), o)
	success := documented.Responses[strconv.Itoa(successOf(o, documented))]
	for _, status := range o.Also {
		twin := *success
		twin.Headers = maps.Clone(success.Headers)
		delete(twin.Headers, "Location")
		twin.Description = also(status)
		documented.Responses[strconv.Itoa(status)] = &twin
	}
	if o.Status != http.StatusCreated {
		delete(success.Headers, "Location")
	}
	if o.Method == http.MethodGet && success.Headers["ETag"] != nil {
		documentUnchanged(documented)
	}
	if o.Body != nil {
		documented.RequestBody = o.Body
	}
}

// documentUnchanged adds what answer does for everything that is read with its revision.
func documentUnchanged(o *huma.Operation) {
	o.Parameters = append(o.Parameters, &huma.Param{
		Name: "If-None-Match", In: "header", Example: `"3"`, Schema: &huma.Schema{Type: huma.TypeString},
		Description: "The ETag you have. If it is still the same, the answer is 304 without a body.",
	})
	o.Responses["304"] = &huma.Response{
		Description: "It is as you have it (If-None-Match).",
		Headers:     map[string]*huma.Param{"ETag": o.Responses["200"].Headers["ETag"]},
	}
}

func successOf(o operation, documented *huma.Operation) int {
	if o.Status != 0 {
		return o.Status
	}
	if _, ok := documented.Responses["204"]; ok {
		return http.StatusNoContent
	}
	return http.StatusOK
}

func documentedOperation(doc *huma.OpenAPI, o operation) *huma.Operation {
	item := doc.Paths[Prefix+o.Path]
	switch o.Method {
	case http.MethodGet:
		return item.Get
	case http.MethodPost:
		return item.Post
	case http.MethodPatch:
		return item.Patch
	case http.MethodPut:
		return item.Put
	}
	return item.Delete
}

func problemContent(r huma.Registry) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{problemType: {Schema: r.Schema(typeOf[Problem](), true, "Problem")}}
}

func also(status int) string {
	if status == http.StatusOK {
		return "The same request had already been carried out; this is the thing as it is now."
	}
	return http.StatusText(status)
}

// refusal says for the document when a status is sent.
func refusal(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The body is not well-formed JSON, or the address is not well-formed."
	case http.StatusUnauthorized:
		return "Nobody is signed in, or the token is not known."
	case http.StatusForbidden:
		return "Signed in, and not allowed: the scope is missing, or the request came from another site."
	case http.StatusNotFound:
		return "There is no such thing, or it is somebody else's."
	case http.StatusRequestTimeout:
		return "The body took too long to arrive."
	case http.StatusConflict:
		return "It collides with what is already kept; an id of your own was used for another request."
	case http.StatusGone:
		return "It was deleted by its owner and does not come back."
	case http.StatusPreconditionFailed:
		return "It changed since you read it (If-Match)."
	case http.StatusRequestEntityTooLarge:
		return "The body is larger than what is read in one piece."
	case http.StatusUnsupportedMediaType:
		return "The body is not of a type this request reads."
	case http.StatusUnprocessableEntity:
		return "Well-formed, and it cannot be kept as it is; the code and the field say why."
	case http.StatusTooManyRequests:
		return "Too often, or too much at once; Retry-After says when to try again."
	case http.StatusInsufficientStorage:
		return "The disk is full. Nothing was lost."
	}
	return "Something went wrong on our side."
}

// description is the head of the OpenAPI document.
func description() *huma.OpenAPI {
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Kith", Version: "1",
			Description: "Log, find and change micro-moments and what belongs to them.\n\n" +
				"Send a token as `Authorization: Bearer kith_...`; `kith token new` or the settings page makes one. " +
				"A token does what its scopes allow: read, capture, write (which includes capture), delete, admin.\n\n" +
				"A list is `{\"items\":[...],\"next_cursor\":\"...\"}`, newest first. Every refusal is `application/problem+json` with a stable `code`. " +
				"An `id` of your own (a UUID) makes a creation safe to repeat: the same request again answers 200 with the thing as it is now, " +
				"another body under that id 409, and after a deletion 410.",
			License: &huma.License{Name: "MIT", Identifier: "MIT"},
		},
		Servers: []*huma.Server{{URL: "/", Description: "This server"}},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", Description: "An API token. The names beside it are the scopes that are needed."},
				"session": {Type: "apiKey", In: "cookie", Name: "kith_session", Description: "The session of a signed-in browser, from the same site only."},
			},
		},
		Tags: []*huma.Tag{
			{Name: "moments", Description: "What happened, with whom, how it felt."},
			{Name: "people", Description: "Those who matter."},
			{Name: "day", Description: "Today, its intention, and what is suggested."},
			{Name: "presence", Description: "Undivided attention for a while, with people or alone."},
			{Name: "calendars", Description: "Calendars elsewhere, read to know when you are busy."},
			{Name: "hooks", Description: "What code forges tell of finished work."},
			{Name: "data", Description: "Everything out, everything in."},
			{Name: "account", Description: "Yourself, and who may ask in your name."},
		},
	}
}
