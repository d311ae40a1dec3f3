package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/digest"
)

// Digest is the weekly review as it is mailed.
type Digest struct {
	Week    string `json:"week" example:"2026-W48"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	Empty   bool   `json:"empty,omitempty" doc:"Nothing is in it, so it would not be sent in its turn."`
}

// DigestSetting is how somebody wants the week by mail, and what became of it.
type DigestSetting struct {
	On        bool       `json:"on" doc:"Off until it is switched on."`
	Weekday   int        `json:"weekday" minimum:"0" maximum:"6" doc:"0 is Sunday."`
	Minute    int        `json:"minute" minimum:"0" maximum:"1439" doc:"After midnight, in your zone."`
	Private   bool       `json:"private,omitempty" doc:"Private words may be in it."`
	Ready     bool       `json:"ready,omitempty" doc:"This Kith sends mail."`
	Next      *time.Time `json:"next,omitempty" doc:"When the next one is due; absent while it is off."`
	LastWeek  string     `json:"last_week,omitempty"`
	LastState string     `json:"last_state,omitempty" enum:"sending,sent,quiet,refused" doc:"Of the last week: sending is tried again, quiet had nothing in it."`
	LastAt    *time.Time `json:"last_at,omitempty"`
	Revision  int64      `json:"revision,omitempty" doc:"Absent while nothing was chosen."`
}

// DigestChange is a setting to be kept; it replaces what was there.
type DigestChange struct {
	On      bool `json:"on"`
	Weekday int  `json:"weekday" minimum:"0" maximum:"6" doc:"0 is Sunday."`
	Minute  int  `json:"minute" minimum:"0" maximum:"1439" doc:"After midnight, in your zone."`
	Private bool `json:"private,omitempty" doc:"Let private words into it."`
}

func digestSettingOf(v digest.Status) *one[DigestSetting] {
	out := DigestSetting{On: v.On, Weekday: v.Weekday, Minute: v.Minute, Private: v.Private, Ready: v.Ready, Next: v.Next, Revision: v.Revision}
	if v.Last != nil {
		out.LastWeek, out.LastState, out.LastAt = v.Last.Week, v.Last.State, &v.Last.At
	}
	return found(out, v.Revision)
}

// digestWeek is which week a digest is asked for.
type digestWeek struct {
	Week string `query:"week" maxLength:"10" doc:"A week by ISO 8601; without it, the one that would be sent now." example:"2026-W48"`
}

func (s *server) registerDigest(t *table) {
	handle(s, t, operation{
		ID: "get-digest", Method: http.MethodGet, Path: "/digest", Scope: auth.Read, Tag: "day", Summary: "Read a week as it would be mailed",
		Doc: "Private words are not in it unless your setting lets them in.",
	}, func(ctx context.Context, who auth.Identity, in *digestWeek) (*plain[Digest], error) {
		v, err := s.Digests.Preview(ctx, who.User, in.Week)
		if err != nil {
			return nil, err
		}
		return &plain[Digest]{Status: http.StatusOK, Body: Digest(v)}, nil
	})
	handle(s, t, operation{
		ID: "send-digest", Method: http.MethodPost, Path: "/digest", Scope: auth.Write, Tag: "day", Summary: "Have a week mailed to you now",
		Doc: "To the address of your account, once a minute at most. What is due in its turn still comes.", Refuse: []int{http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *digestWeek) (*none, error) {
		return &none{}, s.Digests.Ask(ctx, who.User, in.Week)
	})
	handle(s, t, operation{
		ID: "get-digest-setting", Method: http.MethodGet, Path: "/digest-setting", Scope: auth.Read, Tag: "day", Summary: "Whether and when the week comes by mail",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*one[DigestSetting], error) {
		v, err := s.Digests.Status(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return digestSettingOf(v), nil
	})
	handle(s, t, operation{
		ID: "put-digest-setting", Method: http.MethodPut, Path: "/digest-setting", Scope: auth.Write, Tag: "day", Summary: "Choose whether and when the week comes by mail",
		Refuse: []int{http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		IfMatch
		Body DigestChange
	},
	) (*one[DigestSetting], error) {
		c := in.Body
		_, err := s.Digests.Set(ctx, who.User, digest.Setting{On: c.On, Weekday: c.Weekday, Minute: c.Minute, Private: c.Private}, in.revision())
		if err != nil {
			return nil, err
		}
		v, err := s.Digests.Status(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return digestSettingOf(v), nil
	})
}
