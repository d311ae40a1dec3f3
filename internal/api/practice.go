package api

import (
	"context"
	"net/http"

	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/practice"
)

// Practice is an exercise of the library, in the language of whoever asks.
type Practice struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Kind        string   `json:"kind" doc:"Of the moment it makes."`
	Also        []string `json:"also,omitempty" doc:"Further kinds of moment that fulfil it."`
	Context     string   `json:"context,omitempty" doc:"personal or professional; absent for both."`
	Seconds     int      `json:"seconds"`
	How         string   `json:"how"`
	Suggest     string   `json:"suggest"`
	Why         string   `json:"why"`
	Evidence    string   `json:"evidence" doc:"What the studies found."`
	Outcome     string   `json:"outcome" doc:"What the grade is about."`
	Grade       string   `json:"grade" doc:"strong, mixed or weak."`
	Sources     []Source `json:"sources,omitempty"`
	Cautions    []string `json:"cautions,omitempty" doc:"To be read before doing it."`
	NeedsPerson bool     `json:"needs_person" doc:"It is done with or for somebody you know."`
}

// Source is a study behind a practice.
type Source struct {
	Citation string `json:"citation"`
	DOI      string `json:"doi,omitempty"`
	Verified bool   `json:"verified" doc:"Whether the DOI was looked up and led to this study."`
}

// PracticeOf is a practice as the API shows it.
func PracticeOf(p practice.Practice) Practice {
	out := Practice{
		ID: p.ID, Name: p.Name, Kind: p.Kind, Also: p.Also, Context: p.Context, Seconds: p.Seconds, How: p.How, Suggest: p.Suggest, Why: p.Why,
		Evidence: p.Evidence, Outcome: p.Outcome, Grade: p.Grade, Cautions: p.Cautions, NeedsPerson: p.NeedsPerson,
	}
	for _, src := range p.Sources {
		out.Sources = append(out.Sources, Source{Citation: src.Citation, DOI: src.DOI, Verified: src.Verified})
	}
	return out
}

func (s *server) registerPractices(t *table) {
	handle(s, t, operation{
		ID: "list-practices", Method: http.MethodGet, Path: "/practices", Scope: auth.Read, Tag: "day", Summary: "The library of practices",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Practice]], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		return listOf(practice.Library(u.Locale), "", PracticeOf), nil
	})
	handle(s, t, operation{
		ID: "get-practice", Method: http.MethodGet, Path: "/practices/{id}", Scope: auth.Read, Tag: "day", Summary: "Read a practice",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[Practice], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		p, ok := practice.Get(in.ID, u.Locale)
		if !ok {
			return nil, fault.NotFound("practice")
		}
		return &plain[Practice]{Status: http.StatusOK, Body: PracticeOf(p)}, nil
	})
}
