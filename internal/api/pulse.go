package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/pulse"
)

// Pulse is how somebody felt at one time, as the API shows it.
type Pulse struct {
	ID        string      `json:"id"`
	At        time.Time   `json:"at"`
	Zone      string      `json:"zone"`
	Day       string      `json:"day" doc:"The local day."`
	Valence   int         `json:"valence" doc:"0 very unpleasant to 100 very pleasant."`
	Energy    int         `json:"energy" doc:"0 none to 100 much."`
	Quadrant  string      `json:"quadrant" enum:"bright,calm,tense,heavy" doc:"Where on the pad it lies."`
	Closeness *int        `json:"closeness,omitempty" doc:"0 to 100: since the last pulse I felt close to someone. A question of Kith's own, not validated."`
	Words     []PulseWord `json:"words,omitempty"`
	Revision  int64       `json:"revision"`
	CreatedAt time.Time   `json:"created_at"`
	UpdatedAt time.Time   `json:"updated_at"`
}

// PulseWord is a word for how one feels.
type PulseWord struct {
	ID       string `json:"id,omitempty" doc:"Of the library; absent for an own word."`
	Text     string `json:"text" doc:"In your language."`
	Quadrant string `json:"quadrant,omitempty" enum:"bright,calm,tense,heavy" doc:"Where on the pad it belongs."`
}

// PulseDraft is a pulse to be kept.
type PulseDraft struct {
	ID        string     `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	At        *time.Time `json:"at,omitempty" doc:"At most 24 hours ago; without it, now."`
	Zone      string     `json:"zone,omitempty" maxLength:"64" doc:"Where it was felt; without it, the account's."`
	Valence   int        `json:"valence" minimum:"0" maximum:"100"`
	Energy    int        `json:"energy" minimum:"0" maximum:"100"`
	Closeness *int       `json:"closeness,omitempty" minimum:"0" maximum:"100" doc:"From five in the afternoon on."`
	Words     []string   `json:"words,omitempty" maxItems:"50" doc:"Words of the library, by id or as your language says them, or own ones."`
}

// PulseChange is what is to be changed; what is left out stays.
type PulseChange struct {
	At        *time.Time `json:"at,omitempty"`
	Valence   *int       `json:"valence,omitempty" minimum:"0" maximum:"100"`
	Energy    *int       `json:"energy,omitempty" minimum:"0" maximum:"100"`
	Closeness Number     `json:"closeness,omitzero" doc:"null takes the answer away."`
	Words     *[]string  `json:"words,omitempty" maxItems:"50"`
}

// PulseWords are the words there are to choose from.
type PulseWords struct {
	Library []PulseWord `json:"library"`
	Own     []PulseWord `json:"own" doc:"Own words used lately, the most used first."`
}

// Help says where there is help, and whether now is a time to mention it.
type Help struct {
	Reason    string         `json:"reason,omitempty" enum:"mood,loneliness" doc:"What has lasted; absent when there is no reason to mention help. Not a diagnosis."`
	Intro     string         `json:"intro"`
	Resources []HelpResource `json:"resources"`
}

// HelpResource is somebody who listens.
type HelpResource struct {
	Name  string `json:"name"`
	Where string `json:"where,omitempty"`
	Phone string `json:"phone,omitempty"`
	URL   string `json:"url,omitempty"`
	About string `json:"about,omitempty"`
}

type pulsesInput struct {
	From string `query:"from" format:"date" doc:"First local day."`
	To   string `query:"to" format:"date" doc:"Last local day."`
	Paging
}

func pulseWords(list []pulse.Word) []PulseWord {
	out := make([]PulseWord, len(list))
	for i, w := range list {
		out[i] = PulseWord{ID: w.ID, Text: w.Text, Quadrant: w.Quadrant}
	}
	return out
}

// PulseOf is a pulse as the API shows it to somebody of this language.
func PulseOf(p pulse.Pulse, locale string) Pulse {
	return Pulse{
		ID: p.ID, At: p.At, Zone: p.Zone, Day: p.Day, Valence: p.Valence, Energy: p.Energy, Quadrant: p.Quadrant(), Closeness: p.Closeness,
		Words: pulseWords(pulse.Say(p.Words, locale)), Revision: p.Revision, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

// onePulse answers with a pulse in the language of whoever asks.
func (s *server) onePulse(ctx context.Context, who auth.Identity, p pulse.Pulse, err error) (*one[Pulse], error) {
	if err != nil {
		return nil, err
	}
	u, err := s.user(ctx, who)
	if err != nil {
		return nil, err
	}
	return found(PulseOf(p, u.Locale), p.Revision), nil
}

func (s *server) registerPulses(t *table) {
	handle(s, t, operation{
		ID: "list-pulses", Method: http.MethodGet, Path: "/pulses", Scope: auth.Read, Tag: "day", Summary: "List pulses, newest first",
	}, func(ctx context.Context, who auth.Identity, in *pulsesInput) (*plain[List[Pulse]], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		page, err := s.Pulses.List(ctx, who.User, pulse.Filter{From: in.From, To: in.To}, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, func(p pulse.Pulse) Pulse { return PulseOf(p, u.Locale) }), nil
	})
	handle(s, t, operation{
		ID: "log-pulse", Method: http.MethodPost, Path: "/pulses", Scope: auth.Capture, Tag: "day", Summary: "Say how you feel",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body PulseDraft }) (*one[Pulse], error) {
		b := in.Body
		p, created, err := s.Pulses.Log(ctx, who.User, pulse.Draft{
			ID: b.ID, At: b.At, Zone: b.Zone, Valence: b.Valence, Energy: b.Energy, Closeness: b.Closeness, Words: b.Words,
		})
		out, err := s.onePulse(ctx, who, p, err)
		if err == nil && created {
			out.Status = http.StatusCreated
		}
		return out, err
	})
	handle(s, t, operation{
		ID: "list-pulse-words", Method: http.MethodGet, Path: "/pulse-words", Scope: auth.Read, Tag: "day", Summary: "Words for how one feels",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[PulseWords], error) {
		u, err := s.user(ctx, who)
		if err != nil {
			return nil, err
		}
		own, err := s.Pulses.OwnWords(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return &plain[PulseWords]{Status: http.StatusOK, Body: PulseWords{pulseWords(pulse.Words(u.Locale)), pulseWords(own)}}, nil
	})
	handle(s, t, operation{
		ID: "get-help", Method: http.MethodGet, Path: "/help", Scope: auth.Read, Tag: "day", Summary: "Where there is help",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[Help], error) {
		a, err := s.Pulses.Advise(ctx, who.User)
		if err != nil {
			return nil, err
		}
		out := Help{Reason: a.Reason, Intro: a.Help.Intro, Resources: make([]HelpResource, len(a.Help.Resources))}
		for i, r := range a.Help.Resources {
			out.Resources[i] = HelpResource(r)
		}
		return &plain[Help]{Status: http.StatusOK, Body: out}, nil
	})
	s.registerPulseActs(t)
}

func (s *server) registerPulseActs(t *table) {
	byID := func(o operation, f func(ctx context.Context, by account.ID, id string) (pulse.Pulse, error)) {
		handle(s, t, o, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Pulse], error) {
			p, err := f(ctx, who.User, in.ID)
			return s.onePulse(ctx, who, p, err)
		})
	}
	byID(operation{
		ID: "get-pulse", Method: http.MethodGet, Path: "/pulses/{id}", Scope: auth.Read, Tag: "day", Summary: "Read a pulse",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, s.Pulses.Get)
	handle(s, t, operation{
		ID: "change-pulse", Method: http.MethodPatch, Path: "/pulses/{id}", Scope: auth.Write, Tag: "day", Summary: "Change a pulse",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body PulseChange
	},
	) (*one[Pulse], error) {
		b := in.Body
		p, err := s.Pulses.Update(ctx, who.User, in.ID, pulse.Change{
			At: b.At, Valence: b.Valence, Energy: b.Energy, Closeness: b.Closeness.Value, ClearCloseness: b.Closeness.Set && b.Closeness.Value == nil, Words: b.Words,
		}, in.revision())
		return s.onePulse(ctx, who, p, err)
	})
	handle(s, t, operation{
		ID: "delete-pulse", Method: http.MethodDelete, Path: "/pulses/{id}", Scope: auth.Delete, Tag: "day", Summary: "Delete a pulse",
		Doc:    "It can be undone for ten minutes; then it is gone for good.",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Pulses.Delete(ctx, who.User, in.ID, in.revision())
	})
	byID(operation{
		ID: "undo-pulse", Method: http.MethodPost, Path: "/pulses/{id}/undo", Scope: auth.Delete, Tag: "day", Summary: "Bring a deleted pulse back",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, s.Pulses.Undo)
}
