package api

import (
	"context"
	"math"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/opportunity"
)

// Opportunity is a suggestion for now as the API shows it.
type Opportunity struct {
	ID       string        `json:"id" example:"practice:hug"`
	Source   string        `json:"source"`
	Practice string        `json:"practice,omitempty"`
	Person   string        `json:"person,omitempty" doc:"Id of whom it is about."`
	Name     string        `json:"name,omitempty" doc:"How they are called."`
	Moment   string        `json:"moment,omitempty" doc:"Id of the moment to look at again."`
	FollowUp string        `json:"follow_up,omitempty" doc:"Id of the follow-up of the person."`
	On       string        `json:"on,omitempty" doc:"Local day of a date."`
	Kind     string        `json:"kind,omitempty" doc:"Of the moment it would make."`
	Seconds  int           `json:"seconds,omitempty" doc:"How long it takes."`
	Text     string        `json:"text" doc:"One finished sentence."`
	Why      string        `json:"why" doc:"Its reason."`
	Act      string        `json:"act" enum:"intend,reach,savour,log" doc:"What it offers: intend makes it today's intention, reach is to write or call, savour to look at a moment again, log to keep what was as a moment."`
	Line     string        `json:"line,omitempty" doc:"What to log: a line for POST /capture."`
	At       *time.Time    `json:"at,omitempty" doc:"When that was."`
	Reasons  []ScoreReason `json:"reasons,omitempty" doc:"What decided its place among the others."`
}

// ScoreReason is one named part of what decided a suggestion's place.
type ScoreReason struct {
	Name   string  `json:"name"`
	Points float64 `json:"points"`
}

// Answer is what was said to a suggestion.
type Answer struct {
	Answer string `json:"answer" enum:"not_now,not_this,not_kind,never_person,accepted" doc:"not_now: not today, it returns after a while; not_this: never again; not_kind: never this kind; never_person: never this person; accepted: it became the intention, or was done."`
}

// PutAway is something that is not suggested until it is wanted again.
type PutAway struct {
	Subject string `json:"subject" example:"kind:celebration"`
	Name    string `json:"name,omitempty" doc:"Of a person."`
	Since   string `json:"since" doc:"Local day."`
}

// Wishes are what an account wants of its suggestions.
type Wishes struct {
	WishesDraft
	Revision int64 `json:"revision"`
}

// WishesDraft is what is to be wanted.
type WishesDraft struct {
	RestDays  []int `json:"rest_days" maxItems:"7" doc:"Weekdays without suggestions but what has its day; 0 is Sunday."`
	LossNotes bool  `json:"loss_notes" doc:"Whether the day on which somebody died is quietly named."`
}

func (Wishes) address() string { return "/wishes" }

func wishesOf(w opportunity.Wishes) Wishes {
	out := Wishes{WishesDraft{[]int{}, w.LossNotes}, w.Revision}
	for _, d := range w.RestDays {
		out.RestDays = append(out.RestDays, int(d))
	}
	return out
}

// OpportunityOf is an opportunity as the API shows it.
func OpportunityOf(o opportunity.Opportunity) Opportunity {
	out := Opportunity{
		ID: o.ID, Source: o.Source, Practice: o.Practice, Person: o.Person, Name: o.Name, Moment: o.Moment, FollowUp: o.FollowUp, On: o.On,
		Kind: o.Kind, Seconds: o.Seconds, Text: o.Text, Why: o.Why, Act: o.Act,
	}
	if out.Line = o.Line; o.Line != "" {
		out.At = &o.At
	}
	for _, r := range o.Reasons {
		out.Reasons = append(out.Reasons, ScoreReason{r.Name, math.Round(r.Points*100) / 100})
	}
	return out
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
	handle(s, t, operation{
		ID: "list-put-away", Method: http.MethodGet, Path: "/put-away", Scope: auth.Read, Tag: "day", Summary: "What is not suggested until you want it again",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[PutAway]], error) {
		list, err := s.Opportunities.Nevers(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", func(n opportunity.Never) PutAway { return PutAway{n.Subject, n.Name, n.Since} }), nil
	})
	handle(s, t, operation{
		ID: "put-away", Method: http.MethodPut, Path: "/put-away/{id}", Scope: auth.Write, Tag: "day", Summary: "Do not suggest this any more",
		Doc: "The id names a kind of moment (kind:laugh), a source (source:due), a person (person:ID) or a practice (practice:ID).", Status: http.StatusNoContent,
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*none, error) {
		day, err := s.today(ctx, who)
		if err != nil {
			return nil, err
		}
		return &none{}, s.Opportunities.Put(ctx, who.User, day, in.ID)
	})
	handle(s, t, operation{
		ID: "suggest-again", Method: http.MethodDelete, Path: "/put-away/{id}", Scope: auth.Write, Tag: "day", Summary: "Suggest it again",
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*none, error) {
		return &none{}, s.Opportunities.Again(ctx, who.User, in.ID)
	})
	handle(s, t, operation{
		ID: "get-wishes", Method: http.MethodGet, Path: "/wishes", Scope: auth.Read, Tag: "day", Summary: "What you want of suggestions",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*one[Wishes], error) {
		w, err := s.Opportunities.Wishes(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return found(wishesOf(w), w.Revision), nil
	})
	handle(s, t, operation{
		ID: "set-wishes", Method: http.MethodPut, Path: "/wishes", Scope: auth.Write, Tag: "day", Summary: "Say what you want of suggestions",
		Refuse: []int{http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		IfMatch
		Body WishesDraft
	},
	) (*one[Wishes], error) {
		draft := opportunity.Wishes{LossNotes: in.Body.LossNotes}
		for _, d := range in.Body.RestDays {
			draft.RestDays = append(draft.RestDays, time.Weekday(d))
		}
		w, err := s.Opportunities.Wish(ctx, who.User, draft, in.revision())
		if err != nil {
			return nil, err
		}
		return found(wishesOf(w), w.Revision), nil
	})
}
