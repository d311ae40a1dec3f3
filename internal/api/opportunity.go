package api

import (
	"context"
	"net/http"

	"kith/internal/auth"
	"kith/internal/opportunity"
)

// Opportunity is a suggestion for now as the API shows it.
type Opportunity struct {
	ID       string `json:"id" example:"practice:hug"`
	Source   string `json:"source"`
	Practice string `json:"practice,omitempty"`
	Kind     string `json:"kind,omitempty" doc:"Of the moment it would make."`
	Seconds  int    `json:"seconds,omitempty" doc:"How long it takes."`
	Text     string `json:"text" doc:"One finished sentence."`
	Why      string `json:"why" doc:"Its reason."`
	Act      string `json:"act" doc:"What it offers: intend makes it today's intention."`
}

// Answer is what was said to a suggestion.
type Answer struct {
	Answer string `json:"answer" enum:"not_now,not_this,accepted" doc:"not_now: not today; not_this: never again; accepted: it became the intention."`
}

// OpportunityOf is an opportunity as the API shows it.
func OpportunityOf(o opportunity.Opportunity) Opportunity {
	return Opportunity{
		ID: o.ID, Source: o.Source, Practice: o.Practice, Kind: o.Kind, Seconds: o.Seconds, Text: o.Text, Why: o.Why, Act: o.Act,
	}
}

func (s *server) registerOpportunities(t *table) {
	handle(s, t, operation{
		ID: "list-opportunities", Method: http.MethodGet, Path: "/opportunities", Scope: auth.Read, Tag: "day", Summary: "What is timely now: three at most",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Opportunity]], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		list, err := s.Opportunities.Today(ctx, u, u.Day(s.now()))
		if err != nil {
			return nil, err
		}
		return listOf(list, "", OpportunityOf), nil
	})
	handle(s, t, operation{
		ID: "answer-opportunity", Method: http.MethodPost, Path: "/opportunities/{id}/answers", Scope: auth.Write, Tag: "day",
		Summary: "Answer a suggestion", Status: http.StatusNoContent, Refuse: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body Answer
	},
	) (*none, error) {
		day, err := s.today(ctx, who)
		if err != nil {
			return nil, err
		}
		return &none{}, s.Opportunities.Answer(ctx, who.User, day, in.ID, in.Body.Answer)
	})
}
