package api

import (
	"context"
	"net/http"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/reflection"
)

// Memory is one day that was.
type Memory struct {
	Day        string      `json:"day"`
	Span       string      `json:"span,omitempty" enum:"week,month,year" doc:"How far back it lies, of on_this_day."`
	Years      int         `json:"years,omitempty" doc:"How many years, of the span year."`
	Moments    []Moment    `json:"moments" doc:"Oldest first."`
	Reflection *Reflection `json:"reflection,omitempty" doc:"Unless it is private, and this is not its own day."`
	Intention  *Intention  `json:"intention,omitempty" doc:"What was meant for the day; of a day alone."`
}

// LookBack is what there is to look back on.
type LookBack struct {
	Day       string   `json:"day"`
	OnThisDay []Memory `json:"on_this_day" doc:"A week ago, a month ago, and whole years ago, where there is something."`
	Random    string   `json:"random,omitempty" doc:"A day drawn by chance, more than a week ago; absent while there is none."`
}

// Week is a week looked back on.
type Week struct {
	Week      string      `json:"week" example:"2026-W48"`
	Days      []Memory    `json:"days" doc:"Seven, from Monday."`
	People    []PersonRef `json:"people" doc:"Who was there, in the order in which they came."`
	CarriedIn string      `json:"carried_in,omitempty" doc:"The line that the week before left."`
	Carry     string      `json:"carry,omitempty" doc:"What to carry on."`
	Revision  int64       `json:"revision,omitempty" doc:"Of the line to carry on; absent while there was none."`
}

// YearDay is one day of the year at a glance.
type YearDay struct {
	Day     string `json:"day"`
	Moments int    `json:"moments"`
	Written bool   `json:"written,omitempty" doc:"Something was reflected on."`
}

// Year is a year at a glance: the days that have something.
type Year struct {
	Year int       `json:"year"`
	Days []YearDay `json:"days" doc:"Oldest first."`
}

func memoryOf(m reflection.Memory, locale string) Memory {
	v := Memory{Day: m.Day, Span: m.Span, Years: m.Years, Moments: make([]Moment, len(m.Moments))}
	for i, x := range m.Moments {
		v.Moments[i] = MomentOf(x)
	}
	if m.Reflection != nil {
		r := ReflectionOf(*m.Reflection, locale)
		v.Reflection = &r
	}
	return v
}

func memoriesOf(list []reflection.Memory, locale string) []Memory {
	out := make([]Memory, len(list))
	for i, m := range list {
		out[i] = memoryOf(m, locale)
	}
	return out
}

func weekOf(v reflection.Review, locale string) Week {
	return Week{
		Week: v.Week, Days: memoriesOf(v.Days, locale), People: append([]PersonRef{}, personRefs(v.People)...), CarriedIn: v.CarriedIn,
		Carry: v.Carry.Text, Revision: v.Carry.Revision,
	}
}

// ByWeek is what a week is asked for with.
type ByWeek struct {
	Week string `path:"week" maxLength:"10" doc:"A week by ISO 8601." example:"2026-W48"`
}

func (s *server) registerLookBack(t *table) {
	handle(s, t, operation{
		ID: "look-back", Method: http.MethodGet, Path: "/look-back", Scope: auth.Read, Tag: "day", Summary: "On this day, and a day drawn by chance",
		Doc: "Private words are not in it.",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Day string `query:"day" format:"date" doc:"The local day to look back from; without it, today."`
	},
	) (*plain[LookBack], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		v := LookBack{Day: in.Day}
		if v.Day == "" {
			v.Day = u.Day(s.now())
		}
		list, err := s.Reflections.OnThisDay(ctx, who.User, v.Day)
		if err != nil {
			return nil, err
		}
		v.OnThisDay = memoriesOf(list, u.Locale)
		if v.Random, err = s.Reflections.Random(ctx, who.User); err != nil && !fault.Is(err, fault.KindNotFound) {
			return nil, err
		}
		return &plain[LookBack]{Status: http.StatusOK, Body: v}, nil
	})
	handle(s, t, operation{
		ID: "get-day", Method: http.MethodGet, Path: "/days/{day}", Scope: auth.Read, Tag: "day", Summary: "One day as it was",
	}, func(ctx context.Context, who auth.Identity, in *ByDay) (*plain[Memory], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		m, err := s.Reflections.Day(ctx, who.User, in.Day, account.OwnPage)
		if err != nil {
			return nil, err
		}
		v := memoryOf(m, u.Locale)
		meant, err := s.Intentions.Today(ctx, who.User, in.Day)
		if err != nil {
			return nil, err
		}
		if meant != nil {
			i := IntentionOf(*meant)
			v.Intention = &i
		}
		return &plain[Memory]{Status: http.StatusOK, Body: v}, nil
	})
	handle(s, t, operation{
		ID: "get-year", Method: http.MethodGet, Path: "/years/{year}", Scope: auth.Read, Tag: "day", Summary: "A year at a glance",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Year int `path:"year" minimum:"1900" maximum:"9998"`
	},
	) (*plain[Year], error) {
		list, err := s.Reflections.Year(ctx, who.User, in.Year)
		if err != nil {
			return nil, err
		}
		v := Year{in.Year, make([]YearDay, len(list))}
		for i, d := range list {
			v.Days[i] = YearDay(d)
		}
		return &plain[Year]{Status: http.StatusOK, Body: v}, nil
	})
	s.registerWeeks(t)
}

func (s *server) registerWeeks(t *table) {
	week := func(ctx context.Context, who auth.Identity, week string) (*one[Week], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		v, err := s.Reflections.Week(ctx, who.User, week)
		if err != nil {
			return nil, err
		}
		return found(weekOf(v, u.Locale), v.Carry.Revision), nil
	}
	handle(s, t, operation{
		ID: "get-week", Method: http.MethodGet, Path: "/weeks/{week}", Scope: auth.Read, Tag: "day", Summary: "A week looked back on",
		Doc: "For If-Match, take the revision of the line to carry on. Private words are not in it.",
	}, func(ctx context.Context, who auth.Identity, in *ByWeek) (*plain[Week], error) {
		v, err := week(ctx, who, in.Week)
		if err != nil {
			return nil, err
		}
		return &plain[Week]{Status: http.StatusOK, Body: v.Body}, nil
	})
	handle(s, t, operation{
		ID: "carry-on", Method: http.MethodPut, Path: "/weeks/{week}", Scope: auth.Write, Tag: "day", Summary: "Say what to carry on into the next week",
		Doc: "An empty line takes it away.", Refuse: []int{http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByWeek
		IfMatch
		Body struct {
			Carry string `json:"carry" maxLength:"500"`
		}
	},
	) (*one[Week], error) {
		if _, err := s.Reflections.CarryOn(ctx, who.User, in.Week, in.Body.Carry, in.revision()); err != nil {
			return nil, err
		}
		return week(ctx, who, in.Week)
	})
}
