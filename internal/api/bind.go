package api

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

const jsonType = "application/json"

// bodies are buffers that requests were read into.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // a pool

// serve carries an operation out: everything wrong with the form of the request is told at once, before f is asked.
func (t *table) serve(c huma.Context, b *binding, f handler) {
	r, w := humago.Unwrap(c)
	in := reflect.New(b.in)
	if p := t.read(r, w, b, in.Elem()); p != nil {
		writeProblem(w, p)
		return
	}
	if b.raw {
		if errs := in.Interface().(huma.Resolver).Resolve(c); len(errs) > 0 { //nolint:forcetypeassert // register looked
			writeProblem(w, refused(http.StatusUnprocessableEntity, "", errs...))
			return
		}
	}
	out, err := f(c.Context(), callerOf(c.Context()), in.Interface())
	if err != nil {
		var p *Problem
		if !errors.As(err, &p) {
			p = internalProblem()
		}
		writeProblem(w, p)
		return
	}
	t.write(c, w, b, reflect.ValueOf(out).Elem())
}

// read fills in with the parameters and the body of a request.
func (t *table) read(r *http.Request, w http.ResponseWriter, b *binding, in reflect.Value) *Problem {
	at, res := huma.NewPathBuffer(make([]byte, 0, 64), 0), &huma.ValidateResult{}
	query := r.URL.Query()
	for name := range query {
		if !b.known[name] {
			at.Reset()
			at.Push("query")
			at.Push(name)
			res.Add(at, nil, "unknown query parameter")
		}
	}
	if len(res.Errors) > 0 {
		return refused(http.StatusUnprocessableEntity, "", res.Errors...)
	}
	for i := range b.params {
		t.readParameter(r, query, &b.params[i], in, at, res)
	}
	status := http.StatusUnprocessableEntity
	if b.body != nil {
		s, p := t.readBody(r, w, b, in, at, res)
		if p != nil {
			return p
		}
		status = s
	}
	if len(res.Errors) > 0 {
		return refused(status, "", res.Errors...)
	}
	return nil
}

func (t *table) readParameter(r *http.Request, query url.Values, p *parameter, in reflect.Value, at *huma.PathBuffer, res *huma.ValidateResult) {
	var text string
	switch p.in {
	case "path":
		text = r.PathValue(p.name)
	case "query":
		text = query.Get(p.name)
	default:
		text = r.Header.Get(p.name)
	}
	if text == "" {
		text = p.preset
	}
	at.Reset()
	at.Push(p.in)
	at.Push(p.name)
	if text == "" {
		if p.required {
			res.Add(at, nil, "required")
		}
		return
	}
	field := in.FieldByIndex(p.index)
	into := field
	if wrapped, ok := reflect.TypeAssert[huma.ParamWrapper](field.Addr()); ok {
		into = wrapped.Receiver()
	}
	v, wrong := set(into, text)
	if wrong != "" {
		res.Add(at, nil, wrong)
		return
	}
	if told, ok := reflect.TypeAssert[huma.ParamReactor](field.Addr()); ok {
		told.OnParamSet(true, v)
	}
	huma.Validate(t.api.OpenAPI().Components.Schemas, p.schema, at, huma.ModeWriteToServer, v, res)
}

// set puts a text into a field, and returns it as validation wants it.
func set(f reflect.Value, text string) (v any, wrong string) {
	switch f.Kind() { //nolint:exhaustive // a type that is not here is refused by the panic, in every test
	case reflect.String:
		f.SetString(text)
		return text, ""
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, "invalid integer"
		}
		f.SetInt(n)
		return n, ""
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, "invalid boolean"
		}
		f.SetBool(b)
		return b, ""
	}
	panic("api: a parameter cannot be of the type " + f.Type().String())
}

// readBody reads, checks and decodes the body. status is what to refuse with if there is something in res afterwards.
func (t *table) readBody(r *http.Request, w http.ResponseWriter, b *binding, in reflect.Value, at *huma.PathBuffer, res *huma.ValidateResult) (status int, _ *Problem) {
	status = http.StatusUnprocessableEntity
	_ = huma.SetReadDeadline(w, time.Now().Add(b.op.BodyReadTimeout)) // not every writer has one; then the server's own holds
	buf := bodies.Get().(*bytes.Buffer)                               //nolint:forcetypeassert // only made above
	defer func() {
		if buf.Cap() <= 1<<16 {
			buf.Reset()
			bodies.Put(buf)
		}
	}()
	if p := readAll(buf, r.Body, b.op.MaxBodyBytes); p != nil {
		return 0, p
	}
	body := buf.Bytes()
	if len(body) == 0 {
		if b.op.RequestBody.Required {
			return 0, refused(http.StatusBadRequest, "request body is required")
		}
		return status, nil
	}
	kind := r.Header.Get("Content-Type")
	if kind == "" {
		kind = jsonType
	}
	var parsed any
	if err := t.api.Unmarshal(kind, body, &parsed); err != nil {
		status = http.StatusBadRequest
		if errors.Is(err, huma.ErrUnknownContentType) {
			status = http.StatusUnsupportedMediaType
		}
		res.Errors = append(res.Errors, &huma.ErrorDetail{Location: "body", Message: err.Error()})
		return status, nil
	}
	before := len(res.Errors)
	at.Reset()
	at.Push("body")
	huma.Validate(t.api.OpenAPI().Components.Schemas, b.schema, at, huma.ModeWriteToServer, parsed, res)
	if len(res.Errors) > before {
		return status, nil
	}
	if err := t.api.Unmarshal(kind, body, in.FieldByIndex(b.body).Addr().Interface()); err != nil { // the schema was too kind
		res.Errors = append(res.Errors, &huma.ErrorDetail{Location: "body", Message: err.Error()})
	}
	return status, nil
}

func readAll(buf *bytes.Buffer, body io.ReadCloser, limit int64) *Problem {
	defer func() { _ = body.Close() }()
	n, err := buf.ReadFrom(io.LimitReader(body, limit))
	var slow net.Error
	switch {
	case n == limit:
		return tooLarge(limit)
	case err == nil:
		return nil
	case errors.As(err, &slow) && slow.Timeout():
		return refused(http.StatusRequestTimeout, "")
	}
	return refused(http.StatusInternalServerError, "cannot read request body", err)
}

// write sends what the operation answered.
func (t *table) write(c huma.Context, w http.ResponseWriter, b *binding, out reflect.Value) {
	for _, h := range b.headers {
		if v := out.FieldByIndex(h.index).String(); v != "" {
			w.Header().Set(h.name, v)
		}
	}
	status := b.op.DefaultStatus
	if b.status != nil {
		status = int(out.FieldByIndex(b.status).Int())
	}
	if b.out == nil {
		w.WriteHeader(status)
		return
	}
	body := out.FieldByIndex(b.out)
	if stream, ok := reflect.TypeAssert[func(huma.Context)](body); ok {
		stream(c)
		return
	}
	if file, ok := reflect.TypeAssert[[]byte](body); ok { // its type is among the headers
		w.WriteHeader(status)
		_, _ = w.Write(file)
		return
	}
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	// The status is out. That the rest does not arrive is the connection's to say.
	if err := t.api.Marshal(w, jsonType, body.Interface()); err != nil && c.Context().Err() == nil {
		panic(err)
	}
}
