package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/capture"
	"kith/internal/fault"
)

// Draft is what a line would become. It is also what kith add --dry-run --json prints.
type Draft struct {
	Kind        string        `json:"kind"`
	Text        string        `json:"text"`
	People      []DraftPerson `json:"people,omitempty"`
	Someone     []string      `json:"someone,omitempty"`
	Context     string        `json:"context,omitempty"`
	HappenedAt  time.Time     `json:"happened_at"`
	Precision   string        `json:"precision"`
	DurationMin *int          `json:"duration_min,omitempty"`
	Felt        *int          `json:"felt,omitempty"`
	Contact     string        `json:"contact,omitempty"`
	StartedBy   string        `json:"started_by,omitempty"`
	Tags        []string      `json:"tags,omitempty"`
	Spans       []Span        `json:"spans,omitempty" doc:"Which part of the text meant what, in order."`
}

// DraftPerson is somebody a line names.
type DraftPerson struct {
	ID    string   `json:"id,omitempty" doc:"Absent when the person is new or the name could mean several."`
	Name  string   `json:"name"`
	New   bool     `json:"new" doc:"Nobody has this name yet; logging the line makes them."`
	Maybe []string `json:"maybe,omitempty" doc:"Ids of those the name could mean; nothing is kept until one is chosen."`
}

// Span is a part of the text and what it meant. Start and end count bytes of its UTF-8 form.
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Role  string `json:"role"`
}

// Line is a line to be read.
type Line struct {
	Text       string     `json:"text" minLength:"1" maxLength:"4000"`
	CapturedAt *time.Time `json:"captured_at,omitempty" doc:"When it was written, if not now; relative words are read against it."`
	Zone       string     `json:"zone,omitempty" maxLength:"64" doc:"Where it was lived, if not in your own zone."`
}

// DraftOf is a draft as the API and the terminal show it.
func DraftOf(d capture.Draft) Draft {
	out := Draft{
		Kind: d.Kind, Text: d.Text, Someone: d.Someone, Context: d.Context, HappenedAt: d.HappenedAt, Precision: d.Precision,
		DurationMin: d.DurationMin, Felt: d.Felt, Contact: d.Contact, StartedBy: d.StartedBy, Tags: d.Tags,
	}
	for _, p := range d.People {
		out.People = append(out.People, DraftPerson{ID: p.ID, Name: p.Name, New: p.New, Maybe: p.Maybe})
	}
	for _, s := range d.Spans {
		out.Spans = append(out.Spans, Span{Start: s.Start, End: s.End, Role: s.Role})
	}
	return out
}

func (s *server) registerCapture(t *table) {
	handle(s, t, operation{
		ID: "read-line", Method: http.MethodPost, Path: "/capture", Scope: auth.Capture, Tag: "moments", Summary: "Show what a line would become",
		Doc: "Nothing is kept. It names people you know, so a token that may only capture learns which names of a line are known.",
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body Line }) (*plain[Draft], error) {
		at := s.now()
		if in.Body.CapturedAt != nil {
			at = *in.Body.CapturedAt
			if at.Before(earliest) || at.After(farthest) {
				return nil, fault.Invalid("too_far", "captured_at", "Lines are read as of the years 1900 to 9999.")
			}
		}
		d, err := s.Moments.Read(ctx, who.User, in.Body.Text, at, in.Body.Zone)
		if err != nil {
			return nil, err
		}
		return &plain[Draft]{Status: http.StatusOK, Body: DraftOf(d)}, nil
	})
}
