package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Number is an optional number of a change: left out it stays as it is, null empties it.
type Number struct {
	Set   bool
	Value *int
}

// SetNumber is a change to n, or to none with nil.
func SetNumber(n *int) Number { return Number{Set: true, Value: n} }

// IsZero makes omitzero leave out what was not set.
func (n Number) IsZero() bool { return !n.Set }

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) { return json.Marshal(n.Value) }

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(b []byte) error {
	n.Set, n.Value = true, nil
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &n.Value)
}

// Schema implements huma.SchemaProvider.
func (Number) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Nullable: true}
}

// whole is an optional number of a query, where 0 means something.
type whole struct {
	value int
	set   bool
}

// Schema implements huma.SchemaProvider.
func (*whole) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeInteger} }

// Receiver implements huma.ParamWrapper.
func (w *whole) Receiver() reflect.Value { return reflect.ValueOf(&w.value).Elem() }

// OnParamSet implements huma.ParamReactor.
func (w *whole) OnParamSet(set bool, _ any) { w.set = set }

func (w *whole) pointer() *int {
	if !w.set {
		return nil
	}
	return &w.value
}

var generic = regexp.MustCompile(`^List\[(?:.*\.)?([A-Za-z]+)\]$`)

// schemaName names List[Moment] MomentList, and everything else as Go does.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if m := generic.FindStringSubmatch(t.Name()); m != nil {
		return m[1] + "List"
	}
	if t.Name() == "" || strings.Contains(t.Name(), "[") {
		return huma.DefaultSchemaNamer(t, hint)
	}
	return t.Name()
}
