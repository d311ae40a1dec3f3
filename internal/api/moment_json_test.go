package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// every draws a Moment with any of its fields filled, so that a field that is added and forgotten shows.
func every(t *rapid.T) Moment {
	var m Moment
	v := reflect.ValueOf(&m).Elem()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "plain", "<b>&", "line\u2028end", "\xff", `"\`, "Grüße, José", "\x00\x1f\x7f", "€"}))
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		zone := time.FixedZone("", rapid.IntRange(-14*3600, 14*3600).Draw(t, "offset"))
		return time.UnixMicro(rapid.Int64Range(-3e15, 1e16).Draw(t, "us")).In(zone)
	})
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch f := v.Field(i).Addr().Interface().(type) {
		case *string:
			*f = text.Draw(t, name)
		case *[]string:
			*f = rapid.SliceOfN(text, 0, 3).Draw(t, name)
		case *[]PersonRef:
			for range rapid.IntRange(0, 2).Draw(t, name) {
				*f = append(*f, PersonRef{ID: text.Draw(t, "id"), Name: text.Draw(t, "name")})
			}
		case *time.Time:
			*f = instant.Draw(t, name)
		case **time.Time:
			if rapid.Bool().Draw(t, name) {
				at := instant.Draw(t, name)
				*f = &at
			}
		case **int:
			if rapid.Bool().Draw(t, name) {
				n := rapid.Int().Draw(t, name)
				*f = &n
			}
		case *int64:
			*f = rapid.Int64().Draw(t, name)
		default:
			t.Fatalf("no values for %s", name)
		}
	}
	return m
}

func TestMomentWritesItselfAsEncodingJSONWould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := List[Moment]{Items: []Moment{}, NextCursor: rapid.SampledFrom([]string{"", "abc"}).Draw(t, "cursor")}
		for range rapid.IntRange(0, 3).Draw(t, "n") {
			list.Items = append(list.Items, every(t))
		}
		var want, got bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(list); err != nil {
			t.Fatal(err)
		}
		if err := jsonFormat().Marshal(&got, list); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Fatalf("got  %s\nwant %s", &got, &want)
		}
	})
}

func TestListOfOthersIsLeftToEncodingJSON(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := jsonFormat().Marshal(&got, List[PersonRef]{Items: []PersonRef{{ID: "1", Name: "Ana"}}}); err != nil {
		t.Fatal(err)
	}
	if want := `{"items":[{"id":"1","name":"Ana"}]}` + "\n"; got.String() != want {
		t.Fatalf("got %s, want %s", &got, want)
	}
	got.Reset()
	if err := jsonFormat().Marshal(&got, List[PersonRef]{}); err != nil {
		t.Fatal(err)
	}
	if want := `{"items":null}` + "\n"; got.String() != want {
		t.Fatalf("got %s, want %s", &got, want)
	}
}
