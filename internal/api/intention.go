package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/intention"
)

// Intention is one small goal for one day as the API shows it.
type Intention struct {
	ID        string    `json:"id"`
	Day       string    `json:"day" doc:"The local day it is meant for."`
	Text      string    `json:"text,omitempty"`
	Practice  string    `json:"practice,omitempty" doc:"Id of the practice, absent for own words."`
	Person    string    `json:"person,omitempty" doc:"Id of the person it is about."`
	Cue       string    `json:"cue,omitempty" doc:"When I get coffee, ..."`
	State     string    `json:"state" enum:"open,done,let_go"`
	ClosedBy  string    `json:"closed_by,omitempty" doc:"The moment that closed it."`
	Revision  int64     `json:"revision"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// IntentionDraft is an intention for today.
type IntentionDraft struct {
	ID       string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Text     string `json:"text,omitempty" maxLength:"200" doc:"Own words; may be left out with a practice."`
	Practice string `json:"practice,omitempty" maxLength:"100"`
	Person   string `json:"person,omitempty" maxLength:"100"`
	Cue      string `json:"cue,omitempty" maxLength:"200"`
}

// IntentionChange is what is to be changed; what is left out stays.
type IntentionChange struct {
	Text     *string `json:"text,omitempty" maxLength:"200"`
	Practice *string `json:"practice,omitempty" maxLength:"100"`
	Person   *string `json:"person,omitempty" maxLength:"100"`
	Cue      *string `json:"cue,omitempty" maxLength:"200"`
}

func (v Intention) address() string { return "/intentions/" + v.ID }

// IntentionOf is an intention as the API shows it.
func IntentionOf(i intention.Intention) Intention {
	return Intention{
		ID: i.ID, Day: i.Day, Text: i.Text, Practice: i.Practice, Person: i.Person, Cue: i.Cue, State: i.State, ClosedBy: i.ClosedBy,
		Revision: i.Revision, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
}

// today is the local day of whoever asks.
func (s *server) today(ctx context.Context, who auth.Identity) (string, error) {
	u, err := s.user(ctx, who)
	if err != nil {
		return "", err
	}
	return u.Day(s.now()), nil
}

func (s *server) registerIntentions(t *table) {
	handle(s, t, operation{
		ID: "list-intentions", Method: http.MethodGet, Path: "/intentions", Scope: auth.Read, Tag: "day", Summary: "List intentions, newest first",
	}, func(ctx context.Context, who auth.Identity, in *Paging) (*plain[List[Intention]], error) {
		day, err := s.today(ctx, who)
		if err != nil {
			return nil, err
		}
		page, err := s.Intentions.List(ctx, who.User, day, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, IntentionOf), nil
	})
	handle(s, t, operation{
		ID: "set-intention", Method: http.MethodPost, Path: "/intentions", Scope: auth.Write, Tag: "day", Summary: "Set today's intention",
		Doc:    "The one before it is let go, without a word.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body IntentionDraft }) (*one[Intention], error) {
		day, err := s.today(ctx, who)
		if err != nil {
			return nil, err
		}
		d := intention.Draft{ID: in.Body.ID, Text: in.Body.Text, Practice: in.Body.Practice, Person: in.Body.Person, Cue: in.Body.Cue}
		i, created, err := s.Intentions.Set(ctx, who.User, day, d)
		if err != nil {
			return nil, err
		}
		return made(IntentionOf(i), i.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-intention", Method: http.MethodGet, Path: "/intentions/{id}", Scope: auth.Read, Tag: "day", Summary: "Read an intention",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, s.intentionAct(func(ctx context.Context, who auth.Identity, day, id string) (intention.Intention, error) {
		return s.Intentions.Get(ctx, who.User, day, id)
	}))
	handle(s, t, operation{
		ID: "change-intention", Method: http.MethodPatch, Path: "/intentions/{id}", Scope: auth.Write, Tag: "day", Summary: "Change an intention",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body IntentionChange
	},
	) (*one[Intention], error) {
		day, err := s.today(ctx, who)
		if err != nil {
			return nil, err
		}
		c := intention.Change{Text: in.Body.Text, Practice: in.Body.Practice, Person: in.Body.Person, Cue: in.Body.Cue}
		i, err := s.Intentions.Update(ctx, who.User, day, in.ID, c, in.revision())
		if err != nil {
			return nil, err
		}
		return found(IntentionOf(i), i.Revision), nil
	})
	handle(s, t, operation{
		ID: "delete-intention", Method: http.MethodDelete, Path: "/intentions/{id}", Scope: auth.Delete, Tag: "day", Summary: "Remove an intention for good",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Intentions.Delete(ctx, who.User, in.ID, in.revision())
	})
	act := func(id, name, summary string, f func(ctx context.Context, who auth.Identity, day, id string) (intention.Intention, error)) {
		handle(s, t, operation{
			ID: id, Method: http.MethodPost, Path: "/intentions/{id}/" + name, Scope: auth.Write, Tag: "day", Summary: summary,
			Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
		}, s.intentionAct(f))
	}
	act("close-intention", "close", "Say that it was done", func(ctx context.Context, who auth.Identity, _, id string) (intention.Intention, error) {
		return s.Intentions.Close(ctx, who.User, id)
	})
	act("let-go-intention", "let-go", "Let it go, which is a valid answer", func(ctx context.Context, who auth.Identity, _, id string) (intention.Intention, error) {
		return s.Intentions.LetGo(ctx, who.User, id)
	})
	act("reopen-intention", "reopen", "Take today's close or let-go back", func(ctx context.Context, who auth.Identity, day, id string) (intention.Intention, error) {
		return s.Intentions.Reopen(ctx, who.User, day, id)
	})
}

func (s *server) intentionAct(f func(ctx context.Context, who auth.Identity, day, id string) (intention.Intention, error)) func(context.Context, auth.Identity, *ByID) (*one[Intention], error) {
	return func(ctx context.Context, who auth.Identity, in *ByID) (*one[Intention], error) {
		day, err := s.today(ctx, who)
		if err != nil {
			return nil, err
		}
		i, err := f(ctx, who, day, in.ID)
		if err != nil {
			return nil, err
		}
		return found(IntentionOf(i), i.Revision), nil
	}
}
