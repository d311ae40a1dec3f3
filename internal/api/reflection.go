package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/reflection"
)

// Reflection is what somebody wrote about one day, as the API shows it.
type Reflection struct {
	Day       string    `json:"day" doc:"The local day."`
	Good      []string  `json:"good,omitempty" doc:"Good things, three at most."`
	Line      string    `json:"line,omitempty" doc:"A small part of Markdown: paragraphs, lists, emphasis, links, @people."`
	Prompt    string    `json:"prompt,omitempty" doc:"Id of the question that was asked."`
	Question  string    `json:"question,omitempty" doc:"Its words, in your language."`
	Private   bool      `json:"private,omitempty" doc:"Sealed at rest, and in no search, overview, digest or share."`
	Revision  int64     `json:"revision"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// ReflectionDraft is what is to be kept for a day; it replaces what was there.
type ReflectionDraft struct {
	Good    []string `json:"good,omitempty" maxItems:"20" doc:"Good things, three at most; empty ones do not count."`
	Line    string   `json:"line,omitempty" maxLength:"4000"`
	Prompt  string   `json:"prompt,omitempty" maxLength:"40" doc:"Id of the question that the line answers."`
	Private bool     `json:"private,omitempty"`
}

// ReflectionPrompt is a question for an evening.
type ReflectionPrompt struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// ReflectionSetting is when three good things are asked for.
type ReflectionSetting struct {
	GoodOn   string `json:"good_on" enum:"0,1,2,3,4,5,6,daily,never" doc:"A weekday from 0 (Sunday) to 6, daily or never. They can be written on any day."`
	Revision int64  `json:"revision,omitempty" doc:"Absent while nothing was chosen."`
}

// ByDay is what a day is asked for with.
type ByDay struct {
	Day string `path:"day" maxLength:"10" doc:"A local day." example:"2026-11-24"`
}

func (v Reflection) address() string { return "/reflections/" + v.Day }

// ReflectionOf is a reflection as the API shows it to somebody of this language.
func ReflectionOf(r reflection.Reflection, locale string) Reflection {
	return Reflection{
		Day: r.Day, Good: r.Good, Line: r.Line, Prompt: r.Prompt, Question: reflection.PromptOf(r.Prompt, locale).Text, Private: r.Private,
		Revision: r.Revision, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func (s *server) registerReflections(t *table) {
	handle(s, t, operation{
		ID: "list-reflections", Method: http.MethodGet, Path: "/reflections", Scope: auth.Read, Tag: "day", Summary: "List reflections, newest day first",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		From string `query:"from" format:"date" doc:"First local day."`
		To   string `query:"to" format:"date" doc:"Last local day."`
		Paging
	},
	) (*plain[List[Reflection]], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		page, err := s.Reflections.List(ctx, who.User, in.From, in.To, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, func(r reflection.Reflection) Reflection { return ReflectionOf(r, u.Locale) }), nil
	})
	handle(s, t, operation{
		ID: "get-reflection", Method: http.MethodGet, Path: "/reflections/{day}", Scope: auth.Read, Tag: "day", Summary: "Read the reflection of a day",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *ByDay) (*one[Reflection], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		r, err := s.Reflections.Get(ctx, who.User, in.Day)
		if err != nil {
			return nil, err
		}
		return found(ReflectionOf(r, u.Locale), r.Revision), nil
	})
	handle(s, t, operation{
		ID: "put-reflection", Method: http.MethodPut, Path: "/reflections/{day}", Scope: auth.Capture, Tag: "day", Summary: "Keep the reflection of a day",
		Doc:    "Replaces what was there; the same again changes nothing. Days that have been can be filled in at any time.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByDay
		IfMatch
		Body ReflectionDraft
	},
	) (*one[Reflection], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		d := reflection.Draft{Good: in.Body.Good, Line: in.Body.Line, Prompt: in.Body.Prompt, Private: in.Body.Private}
		r, created, err := s.Reflections.Save(ctx, who.User, u.Day(s.now()), in.Day, d, in.revision())
		if err != nil {
			return nil, err
		}
		return made(ReflectionOf(r, u.Locale), r.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "delete-reflection", Method: http.MethodDelete, Path: "/reflections/{day}", Scope: auth.Delete, Tag: "day", Summary: "Take the words of a day away for good",
		Refuse: []int{http.StatusNotFound, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByDay
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Reflections.Delete(ctx, who.User, in.Day, in.revision())
	})
	handle(s, t, operation{
		ID: "draw-prompt", Method: http.MethodGet, Path: "/reflection-prompt", Scope: auth.Read, Tag: "day", Summary: "Draw a question for an evening",
		Doc: "None comes again until all were answered.",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Day  string `query:"day" format:"date" doc:"The local day; without it, today."`
		Turn int    `query:"turn" minimum:"0" maximum:"1000" doc:"How many were passed over."`
	},
	) (*plain[ReflectionPrompt], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		day := in.Day
		if day == "" {
			day = u.Day(s.now())
		}
		p, err := s.Reflections.Prompt(ctx, who.User, day, in.Turn, u.Locale)
		if err != nil {
			return nil, err
		}
		return &plain[ReflectionPrompt]{Status: http.StatusOK, Body: ReflectionPrompt(p)}, nil
	})
	handle(s, t, operation{
		ID: "get-reflection-setting", Method: http.MethodGet, Path: "/reflection-setting", Scope: auth.Read, Tag: "day", Summary: "When three good things are asked for",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*one[ReflectionSetting], error) {
		v, err := s.Reflections.Setting(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return found(ReflectionSetting(v), v.Revision), nil
	})
	handle(s, t, operation{
		ID: "put-reflection-setting", Method: http.MethodPut, Path: "/reflection-setting", Scope: auth.Write, Tag: "day", Summary: "Choose when three good things are asked for",
		Refuse: []int{http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		IfMatch
		Body struct {
			GoodOn string `json:"good_on" enum:"0,1,2,3,4,5,6,daily,never"`
		}
	},
	) (*one[ReflectionSetting], error) {
		v, err := s.Reflections.SetGoodOn(ctx, who.User, in.Body.GoodOn, in.revision())
		if err != nil {
			return nil, err
		}
		return found(ReflectionSetting(v), v.Revision), nil
	})
}
