package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/pulse"
)

// Scale is a questionnaire as the API shows it, in the language of whoever asks where it has been published in it.
type Scale struct {
	ID            string         `json:"id"`
	Version       int            `json:"version"`
	Name          string         `json:"name"`
	Language      string         `json:"language" doc:"Of the words below."`
	Official      bool           `json:"official" doc:"These are the published words, not a translation of our own."`
	Intro         string         `json:"intro,omitempty"`
	Note          string         `json:"note,omitempty" doc:"What to know when reading a score."`
	Validated     bool           `json:"validated"`
	BuiltIn       bool           `json:"built_in" doc:"Came with Kith."`
	Licence       ScaleLicence   `json:"licence"`
	Credit        string         `json:"credit" doc:"To be shown wherever the scale is."`
	DOI           string         `json:"doi,omitempty"`
	IntervalWeeks int            `json:"interval_weeks,omitempty" doc:"After which it is suggested again; absent for never."`
	Items         []ScaleItem    `json:"items"`
	Scores        []ScaleFigure  `json:"scores"`
	Mine          ScaleFrequency `json:"mine"`
}

// ScaleLicence says under which terms the words may be used.
type ScaleLicence struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
	Text string `json:"text,omitempty"`
}

// ScaleItem is one question with the answers it takes.
type ScaleItem struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`
	From   int      `json:"from"`
	To     int      `json:"to"`
	Labels []string `json:"labels,omitempty" doc:"The words of each answer, from the first to the last."`
	Low    string   `json:"low,omitempty" doc:"The words of the first answer, where the others have none."`
	High   string   `json:"high,omitempty"`
}

// ScaleFigure is a score a scale has, with its published range.
type ScaleFigure struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

// ScaleFrequency is when a scale was answered and when it may be again.
type ScaleFrequency struct {
	N     int    `json:"n" doc:"How often you answered it."`
	Last  string `json:"last,omitempty" format:"date" doc:"The local day of the last time."`
	Next  string `json:"next,omitempty" format:"date" doc:"The day from which it is suggested again."`
	Again bool   `json:"again" doc:"That day has come."`
}

// ScaleImport brings a scale of one's own.
type ScaleImport struct {
	Definition json.RawMessage `json:"definition" doc:"As docs/scales.md describes it."`
	Licensed   bool            `json:"licensed" doc:"Your word that you may use it: you hold a licence, or none is needed."`
}

// ScaleAnswers are the answers to a scale, to be kept.
type ScaleAnswers struct {
	ID      string         `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Answers map[string]int `json:"answers" doc:"By item; leave out what you do not answer."`
	Zone    string         `json:"zone,omitempty" maxLength:"64"`
}

// ScaleAnswer is a filled-in scale.
type ScaleAnswer struct {
	ID        string         `json:"id"`
	Scale     string         `json:"scale"`
	Version   int            `json:"version" doc:"Of the definition that was answered."`
	At        time.Time      `json:"at"`
	Zone      string         `json:"zone"`
	Day       string         `json:"day"`
	Answers   map[string]int `json:"answers"`
	Scores    []ScaleScore   `json:"scores"`
	Revision  int64          `json:"revision"`
	CreatedAt time.Time      `json:"created_at"`
	UpdatedAt time.Time      `json:"updated_at"`
}

// ScaleScore is one figure of a filled-in scale.
type ScaleScore struct {
	ID    string   `json:"id"`
	Value *float64 `json:"value,omitempty" doc:"Absent when more was left out than the scale allows."`
	N     int      `json:"n" doc:"Answers it was made of."`
	Of    int      `json:"of" doc:"Answers there could be."`
}

// ScaleOf is a scale as the API shows it.
func ScaleOf(o pulse.Offer, locale string) Scale {
	sc := o.Scale
	w, tag := sc.In(locale)
	out := Scale{
		ID: sc.ID, Version: sc.Version, Name: w.Name, Language: tag, Official: w.Official, Intro: w.Intro, Note: w.Note, Validated: sc.Validated,
		BuiltIn: sc.BuiltIn, Licence: ScaleLicence(sc.Licence), Credit: sc.Credit, DOI: sc.DOI, IntervalWeeks: sc.IntervalWeeks,
		Items: make([]ScaleItem, len(sc.Items)), Scores: make([]ScaleFigure, len(sc.Scores)),
		Mine: ScaleFrequency{N: o.N, Last: o.Last, Next: o.Next, Again: o.Again},
	}
	for i, it := range sc.Items {
		set, l := sc.Answers[it.Answers], w.Answers[it.Answers]
		out.Items[i] = ScaleItem{ID: it.ID, Text: w.Items[it.ID], From: set.From, To: set.To, Labels: l.Each, Low: l.Low, High: l.High}
	}
	for i, r := range sc.Scores {
		out.Scores[i] = ScaleFigure{ID: r.ID, Name: w.Scores[r.ID], Min: r.Min, Max: r.Max}
	}
	return out
}

// ScaleAnswerOf is a filled-in scale as the API shows it.
func ScaleAnswerOf(a pulse.Answer) ScaleAnswer {
	out := ScaleAnswer{
		ID: a.ID, Scale: a.Scale, Version: a.Version, At: a.At, Zone: a.Zone, Day: a.Day, Answers: a.Answers, Scores: make([]ScaleScore, len(a.Scores)),
		Revision: a.Revision, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
	for i, sc := range a.Scores {
		out.Scores[i] = ScaleScore(sc)
	}
	return out
}

func (s *server) registerScales(t *table) {
	handle(s, t, operation{
		ID: "list-scales", Method: http.MethodGet, Path: "/scales", Scope: auth.Read, Tag: "day", Summary: "The scales there are",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Scale]], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		offers, err := s.Pulses.Scales(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(offers, "", func(o pulse.Offer) Scale { return ScaleOf(o, u.Locale) }), nil
	})
	handle(s, t, operation{
		ID: "get-scale", Method: http.MethodGet, Path: "/scales/{id}", Scope: auth.Read, Tag: "day", Summary: "Read a scale",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[Scale], error) {
		return s.scale(ctx, who, in.ID)
	})
	handle(s, t, operation{
		ID: "import-scale", Method: http.MethodPost, Path: "/scales", Scope: auth.Write, Tag: "day", Summary: "Bring a scale you hold a licence for",
		Doc:    "The same id again replaces the definition; answers that were given stay.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body ScaleImport }) (*plain[Scale], error) {
		sc, created, err := s.Pulses.ImportScale(ctx, who.User, in.Body.Definition, in.Body.Licensed)
		if err != nil {
			return nil, err
		}
		out, err := s.scale(ctx, who, sc.ID)
		if err == nil && created {
			out.Status = http.StatusCreated
		}
		return out, err
	})
	handle(s, t, operation{
		ID: "delete-scale", Method: http.MethodDelete, Path: "/scales/{id}", Scope: auth.Delete, Tag: "day", Summary: "Remove a scale you brought",
		Doc:    "Answers that were given stay, with their scores.",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*none, error) {
		return &none{}, s.Pulses.DeleteScale(ctx, who.User, in.ID)
	})
	s.registerScaleAnswers(t)
}

func (s *server) scale(ctx context.Context, who auth.Identity, id string) (*plain[Scale], error) {
	u, err := s.user(ctx, who)
	if err != nil {
		return nil, err
	}
	o, err := s.Pulses.Scale(ctx, who.User, id)
	if err != nil {
		return nil, err
	}
	return &plain[Scale]{Status: http.StatusOK, Body: ScaleOf(o, u.Locale)}, nil
}

func (s *server) registerScaleAnswers(t *table) {
	handle(s, t, operation{
		ID: "answer-scale", Method: http.MethodPost, Path: "/scales/{id}/answers", Scope: auth.Capture, Tag: "day", Summary: "Answer a scale",
		Doc:    "It is scored as it was published. What may be left out, and what then becomes of a score, is the scale's own rule.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body ScaleAnswers
	},
	) (*one[ScaleAnswer], error) {
		a, created, err := s.Pulses.Answer(ctx, who.User, pulse.AnswerDraft{ID: in.Body.ID, Scale: in.ID, Answers: in.Body.Answers, Zone: in.Body.Zone})
		if err != nil {
			return nil, err
		}
		return made(ScaleAnswerOf(a), a.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "list-scale-answers", Method: http.MethodGet, Path: "/scale-answers", Scope: auth.Read, Tag: "day", Summary: "List filled-in scales, newest first",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Scale string `query:"scale" maxLength:"40" doc:"Only of this scale."`
		Paging
	},
	) (*plain[List[ScaleAnswer]], error) {
		page, err := s.Pulses.Answers(ctx, who.User, in.Scale, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, ScaleAnswerOf), nil
	})
	handle(s, t, operation{
		ID: "get-scale-answer", Method: http.MethodGet, Path: "/scale-answers/{id}", Scope: auth.Read, Tag: "day", Summary: "Read a filled-in scale",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[ScaleAnswer], error) {
		a, err := s.Pulses.GetAnswer(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return found(ScaleAnswerOf(a), a.Revision), nil
	})
	handle(s, t, operation{
		ID: "delete-scale-answer", Method: http.MethodDelete, Path: "/scale-answers/{id}", Scope: auth.Delete, Tag: "day", Summary: "Delete a filled-in scale",
		Doc:    "It can be undone for ten minutes; then it is gone for good.",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Pulses.DeleteAnswer(ctx, who.User, in.ID, in.revision())
	})
	handle(s, t, operation{
		ID: "undo-scale-answer", Method: http.MethodPost, Path: "/scale-answers/{id}/undo", Scope: auth.Delete, Tag: "day", Summary: "Bring a deleted filled-in scale back",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[ScaleAnswer], error) {
		a, err := s.Pulses.UndoAnswer(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return found(ScaleAnswerOf(a), a.Revision), nil
	})
}
