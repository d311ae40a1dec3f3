package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"kith/internal/auth"
)

// handler is an operation's function, its types known only by reflection.
type handler func(ctx context.Context, who auth.Identity, in any) (any, error)

// binding is how the requests of one operation are read and its answers written. It is found once, when the table is
// built.
//
// huma.Register does the same, as a generic function: the compiler makes one copy of it for every operation, which came
// to a tenth of the whole program (docs/decisions/0013-operations.md). The document, the schemas and their validation are
// huma's.
type binding struct {
	op      *huma.Operation
	in      reflect.Type
	params  []parameter
	known   map[string]bool // names of the query's parameters
	body    []int           // where In.Body is; nil: no body is read
	schema  *huma.Schema    // of the body
	raw     bool            // In reads the request itself
	status  []int           // where Out.Status is
	out     []int           // where Out.Body is
	headers []outHeader
}

// parameter is a field of In with a path, query or header tag. Others may be of any kind that set reads.
type parameter struct {
	in, name, preset string
	index            []int
	required         bool
	schema           *huma.Schema
}

type outHeader struct {
	name  string
	index []int
}

// register documents an operation by the types of its input and output, and puts it into the table.
func (t *table) register(op *huma.Operation, in, out reflect.Type, f handler) {
	b := &binding{op: op, in: in, known: map[string]bool{}, raw: reflect.PointerTo(in).Implements(reflect.TypeFor[huma.Resolver]())}
	schemas := t.api.OpenAPI().Components.Schemas
	b.readParameters(schemas, in, nil)
	b.readBody(schemas)
	b.readOutput(schemas, out)
	t.api.OpenAPI().AddOperation(op)
	t.api.Adapter().Handle(op, t.api.Middlewares().Handler(func(c huma.Context) { t.serve(c, b, f) }))
}

func (b *binding) readParameters(schemas huma.Registry, t reflect.Type, at []int) {
	for i := range t.NumField() {
		f, index := t.Field(i), append(append([]int{}, at...), i)
		if f.Anonymous {
			if f.Type != reflect.TypeFor[raw]() {
				b.readParameters(schemas, f.Type, index)
			}
			continue
		}
		p := parameter{index: index, preset: f.Tag.Get("default"), required: f.Tag.Get("required") == "true"}
		for _, in := range []string{"path", "query", "header"} {
			if name := f.Tag.Get(in); name != "" {
				p.in, p.name = in, name
			}
		}
		if p.in == "" {
			continue
		}
		p.schema = huma.SchemaFromField(schemas, f, "")
		doc := &huma.Param{Name: p.name, In: p.in, Description: p.schema.Description, Schema: p.schema}
		switch p.in {
		case "path":
			p.required = true
		case "query":
			b.known[p.name] = true
			doc.Explode = new(bool)
		}
		doc.Required = p.required
		b.op.Parameters = append(b.op.Parameters, doc)
		b.params = append(b.params, p)
	}
}

func (b *binding) readBody(schemas huma.Registry) {
	f, ok := b.in.FieldByName("Body")
	if !ok {
		return
	}
	b.body = f.Index
	b.schema = huma.SchemaFromField(schemas, f, hint(b.in, b.op.OperationID+"Request"))
	b.schema.PrecomputeMessages()
	b.op.RequestBody = &huma.RequestBody{
		Required: f.Type.Kind() != reflect.Pointer,
		Content:  map[string]*huma.MediaType{jsonType: {Schema: b.schema}},
	}
}

func (b *binding) readOutput(schemas huma.Registry, out reflect.Type) {
	var content map[string]*huma.MediaType
	for f := range out.Fields() {
		switch f.Name {
		case "Status":
			b.status = f.Index
		case "Body":
			b.out = f.Index
			if f.Type.Kind() != reflect.Func {
				content = map[string]*huma.MediaType{jsonType: {Schema: huma.SchemaFromField(schemas, f, hint(out, b.op.OperationID+"Response"))}}
			}
		default:
			b.headers = append(b.headers, outHeader{f.Tag.Get("header"), f.Index})
		}
	}
	if b.op.DefaultStatus == 0 {
		b.op.DefaultStatus = http.StatusOK
		if b.out == nil {
			b.op.DefaultStatus = http.StatusNoContent
		}
	}
	r := &huma.Response{Description: http.StatusText(b.op.DefaultStatus), Content: content}
	for _, h := range b.headers {
		if r.Headers == nil {
			r.Headers = map[string]*huma.Param{}
		}
		r.Headers[h.name] = &huma.Param{Schema: huma.SchemaFromField(schemas, out.FieldByIndex(h.index), "")}
	}
	b.op.Responses[strconv.Itoa(b.op.DefaultStatus)] = r
}

// hint names the schema of a type that has no name of its own.
func hint(around reflect.Type, otherwise string) string {
	if around.Name() != "" {
		return around.Name() + "Body"
	}
	return otherwise
}
