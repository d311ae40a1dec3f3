package api

import (
	"context"
	"net/http"

	"kith/internal/auth"
	"kith/internal/practice"
)

// Practice is an exercise, of the library in the language of whoever asks, or one of their own.
type Practice struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Kind        string   `json:"kind" doc:"Of the moment it makes."`
	Also        []string `json:"also,omitempty" doc:"Further kinds of moment that fulfil it."`
	Context     string   `json:"context,omitempty" doc:"personal or professional; absent for both."`
	Seconds     int      `json:"seconds"`
	How         string   `json:"how"`
	Suggest     string   `json:"suggest"`
	Why         string   `json:"why,omitempty" doc:"Absent for your own, as is what follows to cautions: it has no study."`
	Evidence    string   `json:"evidence,omitempty" doc:"What the studies found."`
	Outcome     string   `json:"outcome,omitempty" doc:"What the grade is about."`
	Grade       string   `json:"grade,omitempty" doc:"strong, mixed or weak."`
	Sources     []Source `json:"sources,omitempty"`
	Cautions    []string `json:"cautions,omitempty" doc:"To be read before doing it."`
	NeedsPerson bool     `json:"needs_person" doc:"It is done with or for somebody you know."`
	Further     bool     `json:"further" doc:"Of the library, but off until you switch it on."`
	Own         bool     `json:"own" doc:"You added it."`
	On          bool     `json:"on" doc:"It is among what is suggested."`
	Revision    int64    `json:"revision,omitempty" doc:"Of your own."`
}

// Source is a study behind a practice.
type Source struct {
	Citation string `json:"citation"`
	DOI      string `json:"doi,omitempty"`
	Verified bool   `json:"verified" doc:"Whether the DOI was looked up and led to this study."`
}

// PracticeDraft is a practice of your own.
type PracticeDraft struct {
	ID      string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Name    string `json:"name" maxLength:"100" doc:"What you do, in a few words; it is what the suggestion says."`
	How     string `json:"how,omitempty" maxLength:"1000"`
	Kind    string `json:"kind,omitempty" maxLength:"20" doc:"Of the moment it makes; a pause when it is left out."`
	Context string `json:"context,omitempty" maxLength:"20" doc:"personal or professional; nothing for both."`
	Seconds int    `json:"seconds,omitempty" minimum:"0" maximum:"3600" doc:"How long it takes; a minute when it is left out."`
}

// PracticeChange is what is to be changed; what is left out stays.
type PracticeChange struct {
	Name    *string `json:"name,omitempty" maxLength:"100"`
	How     *string `json:"how,omitempty" maxLength:"1000"`
	Kind    *string `json:"kind,omitempty" maxLength:"20"`
	Context *string `json:"context,omitempty" maxLength:"20"`
	Seconds *int    `json:"seconds,omitempty" minimum:"10" maximum:"3600"`
}

func (v Practice) address() string { return "/practices/" + v.ID }

// PracticeOf is a practice as the API shows it.
func PracticeOf(p practice.Practice) Practice {
	out := Practice{
		ID: p.ID, Name: p.Name, Kind: p.Kind, Also: p.Also, Context: p.Context, Seconds: p.Seconds, How: p.How, Suggest: p.Suggest, Why: p.Why,
		Evidence: p.Evidence, Outcome: p.Outcome, Grade: p.Grade, Cautions: p.Cautions, NeedsPerson: p.NeedsPerson,
		Further: p.Further, Own: p.Own, On: p.On, Revision: p.Revision,
	}
	for _, src := range p.Sources {
		out.Sources = append(out.Sources, Source{Citation: src.Citation, DOI: src.DOI, Verified: src.Verified})
	}
	return out
}

func (s *server) registerPractices(t *table) {
	handle(s, t, operation{
		ID: "list-practices", Method: http.MethodGet, Path: "/practices", Scope: auth.Read, Tag: "day", Summary: "Your practices and the library",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Practice]], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		list, err := s.Opportunities.Practices(ctx, who.User, u.Locale)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", PracticeOf), nil
	})
	handle(s, t, operation{
		ID: "create-practice", Method: http.MethodPost, Path: "/practices", Scope: auth.Write, Tag: "day", Summary: "Add a practice of your own",
		Doc:    "It comes among the suggestions from the next day on.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body PracticeDraft }) (*one[Practice], error) {
		b := in.Body
		p, created, err := s.Practices.Create(ctx, who.User, practice.Draft{ID: b.ID, Name: b.Name, How: b.How, Kind: b.Kind, Context: b.Context, Seconds: b.Seconds})
		if err != nil {
			return nil, err
		}
		return made(PracticeOf(p), p.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-practice", Method: http.MethodGet, Path: "/practices/{id}", Scope: auth.Read, Tag: "day", Summary: "Read a practice",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Practice], error) {
		return s.practice(ctx, who, in.ID)
	})
	handle(s, t, operation{
		ID: "change-practice", Method: http.MethodPatch, Path: "/practices/{id}", Scope: auth.Write, Tag: "day", Summary: "Change a practice of your own",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body PracticeChange
	},
	) (*one[Practice], error) {
		b := in.Body
		c := practice.Change{Name: b.Name, How: b.How, Kind: b.Kind, Context: b.Context, Seconds: b.Seconds}
		if _, err := s.Practices.Update(ctx, who.User, in.ID, c, in.revision()); err != nil {
			return nil, err
		}
		return s.practice(ctx, who, in.ID)
	})
	handle(s, t, operation{
		ID: "delete-practice", Method: http.MethodDelete, Path: "/practices/{id}", Scope: auth.Delete, Tag: "day", Summary: "Remove a practice of your own for good",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Practices.Delete(ctx, who.User, in.ID, in.revision())
	})
	offer := func(id, name, summary string, on bool) {
		handle(s, t, operation{
			ID: id, Method: http.MethodPost, Path: "/practices/{id}/" + name, Scope: auth.Write, Tag: "day", Summary: summary,
			Refuse: []int{http.StatusNotFound, http.StatusGone},
		}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Practice], error) {
			day, err := s.today(ctx, who)
			if err != nil {
				return nil, err
			}
			if err := s.Opportunities.Offer(ctx, who.User, day, in.ID, on); err != nil {
				return nil, err
			}
			return s.practice(ctx, who, in.ID)
		})
	}
	offer("switch-practice-on", "on", "Have a practice suggested", true)
	offer("switch-practice-off", "off", "Have a practice suggested no more", false)
}

func (s *server) practice(ctx context.Context, who auth.Identity, id string) (*one[Practice], error) {
	u, err := s.user(ctx, who)
	if err != nil {
		return nil, err
	}
	p, err := s.Opportunities.Practice(ctx, who.User, id, u.Locale)
	if err != nil {
		return nil, err
	}
	return found(PracticeOf(p), p.Revision), nil
}
