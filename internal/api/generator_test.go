package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// generator makes requests that are right, nearly right, and not right at all.
type generator struct {
	*rand.Rand
	c *contract
}

// id is mostly one that the path may have.
func (g *generator) id(path string) string {
	noun, _, _ := strings.Cut(strings.TrimPrefix(path, Prefix+"/"), "/")
	list := g.c.ids[noun]
	if len(list) == 0 || g.IntN(8) == 0 {
		list = g.c.ids["any"]
	}
	return list[g.IntN(len(list))]
}

// part is mostly one of the thing with the id.
func (g *generator) part(path, id string) string {
	noun := strings.TrimSuffix(path[strings.LastIndex(strings.TrimSuffix(path, "/{part}"), "/")+1:], "/{part}")
	list := g.c.parts[id+noun]
	if noun == "people" {
		list = g.c.ids["people"]
	}
	if len(list) == 0 || g.IntN(12) == 0 {
		list = g.c.ids["any"]
	}
	return list[g.IntN(len(list))]
}

func (g *generator) words() string {
	list := []string{
		"hello", "coffee with @Sam", "thanked @\"Ana María\" #work yesterday 3pm :)", "", " ", strings.Repeat("a", g.IntN(6000)), "日本語 のテキスト", "مرحبا",
		"\u202e\u200b", "a\x00b", "';DROP TABLE moment;--", "<script>", "%s%n", "2026-11-24", "2026-11-24T10:00:00Z", "0000-00-00", "9999-12-31T23:59:59-14:00",
		"Europe/Berlin", "../../etc/passwd", "Local", "🫶🏽", "e\u0301", "-1", "1e99", "null", g.id("any"), "0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d",
		"read", "personal", "last", "*", "\"", "\\", "#" + strings.Repeat("x", g.IntN(100)), "\t\n", "practice:hug", "a:b", "\ufffd",
	}
	return list[g.IntN(len(list))]
}

// value is something a schema allows, or nearly.
func (g *generator) value(s *huma.Schema, depth int) any {
	for s.Ref != "" {
		s = g.c.h.server.built().api.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if g.IntN(25) == 0 || depth > 5 {
		return []any{nil, true, g.words(), -1, 1e30, 0.5, []any{}, map[string]any{}, []any{nil}, map[string]any{"": 1}}[g.IntN(10)]
	}
	if len(s.Enum) > 0 && g.IntN(10) > 0 {
		return s.Enum[g.IntN(len(s.Enum))]
	}
	switch s.Type {
	case huma.TypeObject:
		m := map[string]any{}
		names := make([]string, 0, len(s.Properties))
		for name := range s.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if slices.Contains(s.Required, name) && g.IntN(30) > 0 || g.IntN(4) == 0 {
				m[name] = g.value(s.Properties[name], depth+1)
				if (name == "other" || name == "with" || name == "person") && g.IntN(8) > 0 {
					m[name] = g.id(Prefix + "/people/")
				}
			}
		}
		if g.IntN(30) == 0 {
			m[g.words()] = g.words()
		}
		return m
	case huma.TypeArray:
		list := []any{}
		for range g.IntN(4) {
			list = append(list, g.value(s.Items, depth+1))
		}
		return list
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil && s.Maximum != nil && g.IntN(4) > 0 {
			return int(*s.Minimum) + g.IntN(int(*s.Maximum-*s.Minimum)+1)
		}
		return []any{0, 1, -2, 2, 60, 1e9, 1.5, -99}[g.IntN(8)]
	case huma.TypeBoolean:
		return g.IntN(2) == 0
	}
	switch s.Format {
	case "date":
		return []string{"2026-11-24", "2026-11-01", "2026-02-30", "x", "1900-01-01"}[g.IntN(5)]
	case "date-time":
		return []string{"2026-11-24T09:00:00Z", "2026-11-20T23:59:59.999999+02:00", "1800-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-11-24", "0001-01-01T00:00:00Z"}[g.IntN(6)]
	}
	if g.IntN(2) == 0 {
		return []string{"hello", "coffee with @Sam :)", "rest", password}[g.IntN(4)]
	}
	return g.words()
}

func (g *generator) query(op *huma.Operation) string {
	q := url.Values{}
	for _, p := range op.Parameters {
		if p.In == "query" && (p.Required && g.IntN(20) > 0 || g.IntN(4) == 0) {
			q.Set(p.Name, fmt.Sprint(g.value(p.Schema, 1)))
		}
	}
	if g.IntN(40) == 0 {
		q.Set(g.words(), g.words())
	}
	text := q.Encode()
	if g.IntN(60) == 0 {
		text += []string{"&%zz", "&a=%00", "&q=%ff", ";", "&limit=1&limit=2", "&&&==="}[g.IntN(6)]
	}
	return text
}

// ownScale is a request that brings a scale.
func ownScale(id string) string {
	return `{"licensed": true, "definition": {"id": "` + id + `", "version": 1, "interval_weeks": 2, "licence": {"name": "my own"},
		"credit": "me", "validated": false, "answers": {"a": {"from": 0, "to": 10}}, "items": [{"id": "happy", "answers": "a"}],
		"scores": [{"id": "q", "rule": "value", "items": ["happy"], "min": 0, "max": 10}], "languages": {"en": {"official": true,
		"name": "Mine", "intro": "", "items": {"happy": "Well?"}, "answers": {"a": {"low": "no", "high": "yes"}}, "scores": {"q": "Well"}}}}}`
}

func (g *generator) body(op *huma.Operation) []byte {
	media := op.RequestBody.Content["application/json"]
	if media == nil {
		if g.IntN(3) > 0 {
			if op.OperationID == "set-photo" {
				return g.c.photo
			}
			return g.c.archive
		}
		return []byte(g.words())
	}
	b, err := json.Marshal(g.value(media.Schema, 0))
	if err != nil {
		return []byte(g.words())
	}
	switch {
	case op.OperationID == "import-scale" && g.IntN(2) == 0:
		b = []byte(ownScale(fmt.Sprintf("own-%d", g.IntN(60))))
	case op.OperationID == "answer-scale" && g.IntN(2) == 0:
		b = []byte(`{"answers":{"happy":7}}`)
	}
	if op.OperationID == "erase-me" { // the house must stand until the end
		b = bytes.ReplaceAll(b, []byte(password), []byte("not the password"))
	}
	if g.IntN(12) > 0 {
		return b
	}
	for range 1 + g.IntN(3) { // mangle
		switch at := g.IntN(len(b) + 1); g.IntN(6) {
		case 0:
			b = b[:at]
		case 1:
			b = slices.Insert(b, at, byte(g.IntN(256)))
		case 2:
			b = append(b, b...)
		case 3:
			b = slices.Insert(b, at, []byte(`\u0000`)...)
		case 4:
			b = []byte(strings.Repeat("[", g.IntN(4000)))
		case 5:
			b = bytes.Replace(b, []byte("{"), []byte(`{"text":"twice",`), 1)
		}
	}
	return b
}
