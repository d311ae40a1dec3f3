package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/fault"
	"kith/internal/httpd"
)

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// Problem is how every refusal looks (RFC 9457). It never repeats what was sent: what a person wrote must not end in a
// client's log.
type Problem struct { //nolint:errname // RFC 9457 calls it so, and the document does
	Title  string         `json:"title" maxLength:"100" doc:"What the status means."`
	Status int            `json:"status" minimum:"400" maximum:"599" doc:"The HTTP status."`
	Code   string         `json:"code" maxLength:"100" pattern:"^[a-z0-9_]+$" doc:"A stable word for this refusal, to branch on." example:"text_too_long"`
	Detail string         `json:"detail,omitempty" doc:"What to do about it, for a person, in English."`
	Field  string         `json:"field,omitempty" doc:"The field it is about." example:"text"`
	Params map[string]any `json:"params,omitempty" doc:"Numbers and words of the detail, to say it in another language."`
	Errors []Flaw         `json:"errors,omitempty" doc:"Everything that was wrong with the form of the request."`

	retryAfter int // seconds
}

// Flaw is one thing wrong with the form of a request.
type Flaw struct {
	Location string `json:"location" doc:"Where: body.text, query.limit, path.id." example:"body.text"`
	Code     string `json:"code" doc:"What: required, too_long, unknown_field ..." example:"too_long"`
	Message  string `json:"message" doc:"The same for a person." example:"must have at most 4000 characters"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	p.headers(h)
	return h
}

func (p *Problem) headers(h http.Header) {
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="kith"`)
	}
}

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemType }

func problem(status int, code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

func problemOf(f *fault.Error) *Problem {
	p := problem(f.Kind.Status(), f.Code, f.Message)
	p.Field, p.Params = f.Field, f.Params
	if f.Kind == fault.KindBusy {
		p.retryAfter = 1
		for _, name := range []string{"seconds", "retry_after"} {
			switch n := f.Params[name].(type) {
			case int:
				p.retryAfter = n
			case int64:
				p.retryAfter = int(n)
			}
		}
	}
	return p
}

// problemFor maps a handler's error. What is not a fault is logged here, once, and answered with a bare 500.
func (s *server) problemFor(ctx context.Context, err error) *Problem {
	if f := fault.As(err); f != nil {
		if f.Err != nil && f.Kind == fault.KindFull {
			s.log.ErrorContext(ctx, "disk full", "error", f.Err)
		}
		return problemOf(f)
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(large.Limit)
	}
	if ctx.Err() == nil { // otherwise nobody waits for the answer any more
		s.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("error", err.Error()), slog.String("request_id", httpd.RequestID(ctx)))
	}
	return internalProblem()
}

func internalProblem() *Problem {
	return problem(http.StatusInternalServerError, "internal", "Something went wrong on our side. It was logged; nothing you sent was changed.")
}

func tooLarge(limit int64) *Problem {
	p := problem(http.StatusRequestEntityTooLarge, "body_too_large", "The body is larger than what is read in one piece.")
	p.Params = map[string]any{"max": limit}
	return p
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	p.headers(h)
	h.Set("Content-Type", problemType)
	h.Del("Content-Length")
	h.Del("ETag")
	b, err := json.Marshal(p)
	if err != nil { // params are numbers and words; this cannot happen
		b = []byte(`{"title":"Internal Server Error","status":500,"code":"internal"}`)
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(b, '\n'))
}

// refused words a refusal for the form of a request. An error may hold what was sent; it is dropped here.
func refused(status int, message string, errs ...error) *Problem {
	for _, err := range errs {
		if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return tooLarge(large.Limit)
		}
	}
	p := problem(status, "", message)
	switch {
	case message == "request body is required":
		p.Code, p.Detail = "body_missing", "This request needs a JSON body."
	case message == "cannot read request body":
		*p = *problem(http.StatusBadRequest, "body_unreadable", "The body ended before it was complete.")
	case status == http.StatusRequestTimeout:
		p.Code, p.Detail = "body_too_slow", "The body took too long to arrive."
	case status == http.StatusRequestEntityTooLarge:
		return tooLarge(httpd.DefaultBody)
	case status == http.StatusUnsupportedMediaType:
		p.Code, p.Detail = "unsupported_media_type", "The body of this request is JSON; send it with Content-Type: application/json."
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity:
		p.flawed(status, errs)
	case status >= http.StatusInternalServerError:
		return internalProblem()
	default:
		p.Code, p.Detail = strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_"), ""
	}
	return p
}

// plainName is a location that is safe to repeat: the names of our own fields are, and so are those a client mistyped, as
// long as they look like names.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.\-\[\]]{0,80}$`)

func (p *Problem) flawed(status int, errs []error) {
	for _, err := range errs {
		f := Flaw{Code: "invalid", Message: "is not understood"}
		if d, ok := err.(huma.ErrorDetailer); ok {
			detail := d.ErrorDetail()
			f.Location = detail.Location
			if code, message, ok := strings.Cut(detail.Message, "|"); ok {
				f.Code, f.Message = code, message
			} else if code, message, ok := phrase(detail.Message); ok {
				f.Code, f.Message = code, message
			}
			if lacks, ok := strings.CutPrefix(f.Message, "lacks "); ok && f.Code == "required" { // huma names the object around it
				f.Location, f.Message = f.Location+"."+lacks, "is required"
			}
			if code, at, ok := strings.Cut(f.Code, "@"); ok { // the decoder knows better where it was
				f.Code, f.Location = code, f.Location+"."+at
			}
		}
		if !plainName.MatchString(f.Location) {
			f.Location, _, _ = strings.Cut(f.Location, ".")
			if !plainName.MatchString(f.Location) {
				f.Location = "body"
			}
		}
		p.Errors = append(p.Errors, f)
	}
	if len(p.Errors) == 0 {
		p.Errors = []Flaw{{Location: "body", Code: "invalid", Message: "is not understood"}}
	}
	first := p.Errors[0]
	p.Code = first.Code
	where, field, _ := strings.Cut(first.Location, ".")
	p.Field = field
	if field == "" {
		field = "The " + where
	}
	p.Detail = field + " " + first.Message + "."
	if len(p.Errors) > 1 {
		p.Code, p.Detail = "invalid_request", p.Detail+" There is more; see errors."
	}
	p.Status, p.Title = status, http.StatusText(status)
}

// phrase words what huma says of parameters, which it does not let us configure.
func phrase(message string) (code, said string, ok bool) {
	switch {
	case strings.HasPrefix(message, "required "):
		return "required", "is required", true
	case message == "unknown query parameter":
		return "unknown_field", "is not a parameter of this request", true
	case message == "invalid integer":
		return "wrong_type", "must be a whole number", true
	case message == "invalid boolean":
		return "wrong_type", "must be true or false", true
	case strings.HasPrefix(message, "invalid date/time"):
		return "wrong_type", "must be an instant such as 2026-11-24T15:04:05Z", true
	}
	return "", "", false
}
