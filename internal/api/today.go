package api

import (
	"context"
	"net/http"

	"kith/internal/auth"
)

// Today is the day as it stands.
type Today struct {
	Day           string        `json:"day" doc:"The local day." example:"2026-11-24"`
	Zone          string        `json:"zone" example:"Europe/Berlin"`
	Intention     *Intention    `json:"intention,omitempty"`
	Opportunities []Opportunity `json:"opportunities" doc:"Three at most."`
	Moments       []Moment      `json:"moments" doc:"Of this day, oldest first."`
}

func (s *server) registerToday(t *table) {
	handle(s, t, operation{
		ID: "get-today", Method: http.MethodGet, Path: "/today", Scope: auth.Read, Tag: "day", Summary: "Today: intention, suggestions, moments",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[Today], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		day := u.Day(s.now())
		out := Today{Day: day, Zone: u.Zone, Opportunities: []Opportunity{}, Moments: []Moment{}}
		meant, err := s.Intentions.Today(ctx, who.User, day)
		if err != nil {
			return nil, err
		}
		if meant != nil {
			i := IntentionOf(*meant)
			out.Intention = &i
		}
		timely, err := s.Opportunities.Today(ctx, u, day)
		if err != nil {
			return nil, err
		}
		for _, o := range timely {
			out.Opportunities = append(out.Opportunities, OpportunityOf(o))
		}
		moments, err := s.Moments.Day(ctx, who.User, day)
		if err != nil {
			return nil, err
		}
		for _, m := range moments {
			out.Moments = append(out.Moments, MomentOf(m))
		}
		return &plain[Today]{Status: http.StatusOK, Body: out}, nil
	})
}
