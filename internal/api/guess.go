package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/guess"
)

// Guess is how welcome somebody thought that reaching out would be, and how welcome it was.
type Guess struct {
	ID         string     `json:"id"`
	Person     string     `json:"person,omitempty" doc:"Id of the person it is about."`
	Intention  string     `json:"intention,omitempty" doc:"Id of the intention it is about."`
	Value      int        `json:"value" doc:"Before: 0 is not at all, 10 is very."`
	State      string     `json:"state" enum:"waiting,faded,happened,landed,unknown"`
	Moment     string     `json:"moment,omitempty" doc:"The moment that came of it."`
	Kind       string     `json:"kind,omitempty" doc:"Of the moment."`
	HappenedAt *time.Time `json:"happened_at,omitempty"`
	Landed     *int       `json:"landed,omitempty" doc:"After, 0 to 10; absent while it is not known."`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	Revision   int64      `json:"revision"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
}

// GuessDraft is a guess about a person, an intention, or both.
type GuessDraft struct {
	ID        string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Person    string `json:"person,omitempty" maxLength:"100"`
	Intention string `json:"intention,omitempty" maxLength:"100"`
	Value     int    `json:"value" minimum:"0" maximum:"10" doc:"How welcome it will be: 0 is not at all, 10 is very."`
}

// GuessChange is another guess, while nothing has happened.
type GuessChange struct {
	Value int `json:"value" minimum:"0" maximum:"10"`
}

// GuessLanding is how welcome it was.
type GuessLanding struct {
	Landed *int `json:"landed,omitempty" minimum:"0" maximum:"10" doc:"Left out, nobody can tell."`
}

// Question is a guess to ask about.
type Question struct {
	Guess *Guess `json:"guess,omitempty" doc:"Absent when there is nothing to ask."`
}

// Gap is landed minus guess, over the pairs of one person.
type Gap struct {
	GapGroup
	Asked    int        `json:"asked" doc:"Guesses whose moment happened, and that were asked about or answered."`
	Answered int        `json:"answered" doc:"Of those; with \"don't know\" there are more than pairs."`
	From     string     `json:"from,omitempty" doc:"Day of the first pair."`
	To       string     `json:"to,omitempty" doc:"Day of the last pair."`
	Missing  int        `json:"missing" doc:"How many pairs more until there is a gap to see; 0 from five on."`
	Method   string     `json:"method"`
	Kinds    []GapGroup `json:"kinds" doc:"By the kind of moment, from ten pairs on, each with five or more."`
	Rings    []GapGroup `json:"rings" doc:"By how near the person is, likewise; none is without a ring."`
}

// GapGroup is the gap of some pairs.
type GapGroup struct {
	Name   string   `json:"name,omitempty"`
	Pairs  int      `json:"pairs"`
	Guess  *float64 `json:"guess,omitempty" doc:"Mean guess."`
	Landed *float64 `json:"landed,omitempty" doc:"Mean of how it landed."`
	Gap    *float64 `json:"gap,omitempty" doc:"Mean of landed minus guess: above zero it was more welcome than guessed."`
	Low    *float64 `json:"low,omitempty" doc:"Where the 95 % interval begins; absent when all differences are the same."`
	High   *float64 `json:"high,omitempty" doc:"Where it ends."`
	Missed *float64 `json:"missed,omitempty" doc:"A gap below this would have been missed with these pairs."`
}

func (v Guess) address() string { return "/guesses/" + v.ID }

// GuessOf is a guess as the API shows it.
func GuessOf(g guess.Guess) Guess {
	out := Guess{
		ID: g.ID, Person: g.Person, Intention: g.Intention, Value: g.Value, State: g.State, Moment: g.Moment, Kind: g.Kind, Landed: g.Landed,
		AnsweredAt: g.AnsweredAt, Revision: g.Revision, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
	}
	if g.Moment != "" {
		out.HappenedAt = &g.HappenedAt
	}
	return out
}

func gapGroupOf(g guess.Group) GapGroup {
	out := GapGroup{Name: g.Name, Pairs: g.Pairs}
	if g.Pairs >= guess.MinPairs {
		out.Guess, out.Landed, out.Gap = &g.Guess, &g.Landed, &g.Gap
	}
	if g.Interval != nil {
		out.Low, out.High, out.Missed = &g.Interval.Low, &g.Interval.High, &g.Missed
	}
	return out
}

func gapOf(g guess.Gap) Gap {
	out := Gap{GapGroup: gapGroupOf(g.Group), Asked: g.Asked, Answered: g.Answered, From: g.From, To: g.To, Missing: g.Missing, Method: "paired t interval, 95 %", Kinds: []GapGroup{}, Rings: []GapGroup{}}
	for _, x := range g.Kinds {
		out.Kinds = append(out.Kinds, gapGroupOf(x))
	}
	for _, x := range g.Rings {
		out.Rings = append(out.Rings, gapGroupOf(x))
	}
	return out
}

func (s *server) registerGuesses(t *table) {
	handle(s, t, operation{
		ID: "list-guesses", Method: http.MethodGet, Path: "/guesses", Scope: auth.Read, Tag: "day", Summary: "List guesses and how they landed, newest first",
	}, func(ctx context.Context, who auth.Identity, in *Paging) (*plain[List[Guess]], error) {
		page, err := s.Guesses.List(ctx, who.User, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, GuessOf), nil
	})
	handle(s, t, operation{
		ID: "make-guess", Method: http.MethodPost, Path: "/guesses", Scope: auth.Capture, Tag: "day", Summary: "Guess how welcome reaching out will be",
		Doc:    "Before it happens. The first moment that reaches them within three days takes it up; else it fades. One that waits about the same is replaced.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body GuessDraft }) (*one[Guess], error) {
		g, created, err := s.Guesses.Make(ctx, who.User, guess.Draft{ID: in.Body.ID, Person: in.Body.Person, Intention: in.Body.Intention, Value: in.Body.Value})
		if err != nil {
			return nil, err
		}
		return made(GuessOf(g), g.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "ask-landed", Method: http.MethodPost, Path: "/guesses/ask", Scope: auth.Write, Tag: "day", Summary: "Which guess to ask about now",
		Doc: "Hours after its moment. What is returned counts as asked: it is returned again on the same local day only, and then never.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[Question], error) {
		day, err := s.today(ctx, who)
		if err != nil {
			return nil, err
		}
		g, err := s.Guesses.Ask(ctx, who.User, day)
		if err != nil {
			return nil, err
		}
		out := Question{}
		if g != nil {
			shown := GuessOf(*g)
			out.Guess = &shown
		}
		return &plain[Question]{Status: http.StatusOK, Body: out}, nil
	})
	handle(s, t, operation{
		ID: "get-gap", Method: http.MethodGet, Path: "/gap", Scope: auth.Read, Tag: "day", Summary: "How far guesses lie from how it landed",
		Doc: "One's own pairs, with the 95 % interval. It says how somebody guessed, not why.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[Gap], error) {
		g, err := s.Guesses.Gap(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return &plain[Gap]{Status: http.StatusOK, Body: gapOf(g)}, nil
	})
	s.registerGuess(t)
}

// registerGuess adds what is done with one guess.
func (s *server) registerGuess(t *table) {
	handle(s, t, operation{
		ID: "get-guess", Method: http.MethodGet, Path: "/guesses/{id}", Scope: auth.Read, Tag: "day", Summary: "Read a guess",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Guess], error) {
		return guessFound(s.Guesses.Get(ctx, who.User, in.ID))
	})
	handle(s, t, operation{
		ID: "change-guess", Method: http.MethodPatch, Path: "/guesses/{id}", Scope: auth.Write, Tag: "day", Summary: "Guess anew, while it waits",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body GuessChange
	},
	) (*one[Guess], error) {
		return guessFound(s.Guesses.Change(ctx, who.User, in.ID, in.Body.Value, in.revision()))
	})
	handle(s, t, operation{
		ID: "land-guess", Method: http.MethodPut, Path: "/guesses/{id}/landed", Scope: auth.Write, Tag: "day", Summary: "Say how welcome it was, or that nobody can tell",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body GuessLanding
	},
	) (*one[Guess], error) {
		return guessFound(s.Guesses.Land(ctx, who.User, in.ID, in.Body.Landed, in.revision()))
	})
	handle(s, t, operation{
		ID: "delete-guess", Method: http.MethodDelete, Path: "/guesses/{id}", Scope: auth.Delete, Tag: "day", Summary: "Remove a guess and how it landed for good",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Guesses.Delete(ctx, who.User, in.ID, in.revision())
	})
}

func guessFound(g guess.Guess, err error) (*one[Guess], error) {
	if err != nil {
		return nil, err
	}
	return found(GuessOf(g), g.Revision), nil
}
