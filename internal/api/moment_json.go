package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// Reflection took a fifth of the time of a list of moments. Only that list and its moments are worth the lines in which they
// write themselves as JSON, byte for byte as encoding/json would; everything else is left to it.
//
// written returns v as JSON, or false when it is left to encoding/json.
func written(v any) ([]byte, bool) {
	switch v := v.(type) {
	case Moment:
		return v.appendJSON(nil), true
	case List[Moment]:
		if v.Items == nil {
			return nil, false
		}
		b := make([]byte, 0, 600*len(v.Items)+100) // what most need: growing costs as much as writing
		b = append(b, `{"items":[`...)
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.Items[i].appendJSON(b)
		}
		b = append(b, ']')
		b = appendText(b, "next_cursor", v.NextCursor)
		return append(b, '}'), true
	}
	return nil, false
}

// appendJSON adds the moment to b.
func (v Moment) appendJSON(b []byte) []byte {
	b = append(b, `{"id":`...)
	b = appendString(b, v.ID)
	b = append(b, `,"kind":`...)
	b = appendString(b, v.Kind)
	b = append(b, `,"text":`...)
	b = appendString(b, v.Text)
	if len(v.People) > 0 {
		b = append(b, `,"people":[`...)
		for i, p := range v.People {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"id":`...)
			b = appendString(b, p.ID)
			b = append(b, `,"name":`...)
			b = appendString(b, p.Name)
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	b = appendTexts(b, "someone", v.Someone)
	b = appendText(b, "context", v.Context)
	b = appendTime(b, "happened_at", v.HappenedAt)
	b = append(b, `,"zone":`...)
	b = appendString(b, v.Zone)
	b = append(b, `,"day":`...)
	b = appendString(b, v.Day)
	b = append(b, `,"precision":`...)
	b = appendString(b, v.Precision)
	if v.DurationMin != nil {
		b = strconv.AppendInt(append(b, `,"duration_min":`...), int64(*v.DurationMin), 10)
	}
	if v.Felt != nil {
		b = strconv.AppendInt(append(b, `,"felt":`...), int64(*v.Felt), 10)
	}
	b = appendText(b, "contact", v.Contact)
	b = appendText(b, "started_by", v.StartedBy)
	b = appendTexts(b, "tags", v.Tags)
	b = appendTime(b, "captured_at", v.CapturedAt)
	b = strconv.AppendInt(append(b, `,"revision":`...), v.Revision, 10)
	b = appendTime(b, "created_at", v.CreatedAt)
	b = appendTime(b, "updated_at", v.UpdatedAt)
	if v.DeletedAt != nil {
		b = appendTime(b, "deleted_at", *v.DeletedAt)
	}
	return append(b, '}')
}

// appendText adds a member unless it is empty.
func appendText(b []byte, name, s string) []byte {
	if s == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return appendString(b, s)
}

// appendTexts adds a list unless it is empty.
func appendTexts(b []byte, name string, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

func appendTime(b []byte, name string, t time.Time) []byte {
	b = append(append(append(b, `,"`...), name...), `":"`...)
	return append(t.AppendFormat(b, time.RFC3339Nano), '"')
}

// appendString writes plain text itself and leaves whatever needs an escape to encoding/json.
func appendString(b []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		// 0xe2 begins the two line separators that JavaScript does not want in a string
		plain = s[i] >= ' ' && s[i] != '"' && s[i] != '\\' && s[i] != 0xe2
	}
	if plain && utf8.ValidString(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	var w bytes.Buffer
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string: cannot fail
	return append(b, bytes.TrimSuffix(w.Bytes(), []byte("\n"))...)
}
