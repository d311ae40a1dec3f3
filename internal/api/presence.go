package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/moment"
	"kith/internal/presence"
)

// Presence is undivided attention for a while, as the API shows it.
type Presence struct {
	ID             string      `json:"id"`
	Kind           string      `json:"kind" enum:"people,breath,pause,savour,wishes,scan,timer"`
	Pattern        string      `json:"pattern,omitempty" doc:"Of a breath: its name, or seconds in, hold, out and hold."`
	People         []PersonRef `json:"people,omitempty" doc:"With whom."`
	PlannedSeconds int         `json:"planned_seconds"`
	StartedAt      time.Time   `json:"started_at"`
	EndedAt        *time.Time  `json:"ended_at,omitempty" doc:"Absent while it lasts. One that was never told to end is over when its plan says so."`
	Moment         string      `json:"moment,omitempty" doc:"The moment that its line became."`
	Open           bool        `json:"open,omitempty" doc:"Guests may join by a code."`
	Guests         int         `json:"guests,omitempty" doc:"How many joined without an account."`
	Revision       int64       `json:"revision"`
	CreatedAt      time.Time   `json:"created_at"`
	UpdatedAt      time.Time   `json:"updated_at"`
}

// PresenceDraft is a presence to begin.
type PresenceDraft struct {
	ID             string         `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Kind           string         `json:"kind" enum:"people,breath,pause,savour,wishes,scan,timer"`
	Pattern        string         `json:"pattern,omitempty" maxLength:"40" doc:"Of a breath: cyclic-sigh, slow-six, box, 4-7-8, or seconds such as 4-2-6-0." example:"box"`
	People         []PersonChoice `json:"people,omitempty" maxItems:"50" doc:"With whom, of kind people alone."`
	PlannedSeconds int            `json:"planned_seconds,omitempty" minimum:"0" maximum:"43200" doc:"Left out, it is what is usual."`
	StartedAt      *time.Time     `json:"started_at,omitempty" doc:"When it began, if it is told later: at most a week."`
}

// PresenceEnd says that a presence is over.
type PresenceEnd struct {
	EndedAt *time.Time `json:"ended_at,omitempty" doc:"When, if not now. The plan is the latest."`
	Line    string     `json:"line,omitempty" maxLength:"4000" doc:"One line to savour: it becomes a moment with everyone who was there, once."`
}

// PresenceInvitation lets others join.
type PresenceInvitation struct {
	Code string `json:"code" doc:"Shown once. It opens /p/CODE while the presence lasts."`
	Path string `json:"path" doc:"What to put behind the address of this Kith." example:"/p/0123456789abcdef"`
}

// PresenceOf is a presence as the API shows it.
func PresenceOf(v presence.Session) Presence {
	return Presence{
		ID: v.ID, Kind: v.Kind, Pattern: v.Pattern, People: personRefs(v.People), PlannedSeconds: int(v.Planned / time.Second), StartedAt: v.StartedAt,
		EndedAt: v.EndedAt, Moment: v.Moment, Open: v.Open, Guests: v.Guests, Revision: v.Revision, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
}

func (s *server) registerPresence(t *table) {
	handle(s, t, operation{
		ID: "list-presence", Method: http.MethodGet, Path: "/presence", Scope: auth.Read, Tag: "presence", Summary: "List presences, newest first",
	}, func(ctx context.Context, who auth.Identity, in *Paging) (*plain[List[Presence]], error) {
		page, err := s.Presence.List(ctx, who.User, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, PresenceOf), nil
	})
	handle(s, t, operation{
		ID: "start-presence", Method: http.MethodPost, Path: "/presence", Scope: auth.Capture, Tag: "presence", Summary: "Begin to be present",
		Doc:    "Nothing interrupts while it lasts. The one that runs ends.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body PresenceDraft }) (*one[Presence], error) {
		d := presence.Draft{
			ID: in.Body.ID, Kind: in.Body.Kind, Pattern: in.Body.Pattern, Planned: time.Duration(in.Body.PlannedSeconds) * time.Second,
			StartedAt: in.Body.StartedAt,
		}
		for _, p := range in.Body.People {
			d.People = append(d.People, moment.Ref{ID: p.ID, Name: p.Name})
		}
		v, created, err := s.Presence.Start(ctx, who.User, d)
		if err != nil {
			return nil, err
		}
		return made(PresenceOf(v), v.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-presence", Method: http.MethodGet, Path: "/presence/{id}", Scope: auth.Read, Tag: "presence", Summary: "Read a presence",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Presence], error) {
		v, err := s.Presence.Get(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return found(PresenceOf(v), v.Revision), nil
	})
	handle(s, t, operation{
		ID: "end-presence", Method: http.MethodPost, Path: "/presence/{id}/end", Scope: auth.Capture, Tag: "presence", Summary: "Say that it is over, with one line to savour",
		Doc:    "May be repeated: the end that was told first stays, and the same line is kept once.",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body PresenceEnd
	},
	) (*one[Presence], error) {
		v, err := s.Presence.End(ctx, who.User, in.ID, presence.End{At: in.Body.EndedAt, Line: in.Body.Line})
		if err != nil {
			return nil, err
		}
		return found(PresenceOf(v), v.Revision), nil
	})
	handle(s, t, operation{
		ID: "invite-to-presence", Method: http.MethodPost, Path: "/presence/{id}/invite", Scope: auth.Write, Tag: "presence", Summary: "Let others join without an account",
		Doc:    "Makes a code, and takes back the one before it. It opens the quiet page until the presence ends, and shows your first name and nothing else.",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[PresenceInvitation], error) {
		code, _, err := s.Presence.Invite(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[PresenceInvitation]{Status: http.StatusOK, Body: PresenceInvitation{Code: code, Path: "/p/" + code}}, nil
	})
	handle(s, t, operation{
		ID: "delete-presence", Method: http.MethodDelete, Path: "/presence/{id}", Scope: auth.Delete, Tag: "presence", Summary: "Remove a presence for good; its moment stays",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Presence.Delete(ctx, who.User, in.ID, in.revision())
	})
}
