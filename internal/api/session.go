package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
)

// Session is a browser that is signed in.
type Session struct {
	ID        string    `json:"id"`
	Device    string    `json:"device,omitempty" doc:"What the browser said of itself."`
	Current   bool      `json:"current" doc:"It is the one that asks."`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at" doc:"To some minutes."`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *server) registerSessions(t *table) {
	handle(s, t, operation{
		ID: "list-sessions", Method: http.MethodGet, Path: "/sessions", Scope: auth.Read, Tag: "account", Summary: "List signed-in browsers",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Session]], error) {
		list, err := s.Auth.Sessions(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", func(b auth.Session) Session {
			return Session{ID: b.ID, Device: b.Device, Current: b.ID == who.Session, CreatedAt: b.CreatedAt, SeenAt: b.SeenAt, ExpiresAt: b.ExpiresAt}
		}), nil
	})
	handle(s, t, operation{
		ID: "end-session", Method: http.MethodDelete, Path: "/sessions/{id}", Scope: auth.Delete, Tag: "account", Summary: "Sign a browser out",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*none, error) {
		return &none{}, s.Auth.RevokeSession(ctx, who.User, in.ID)
	})
	handle(s, t, operation{
		ID: "end-other-sessions", Method: http.MethodDelete, Path: "/sessions", Scope: auth.Delete, Tag: "account", Summary: "Sign all other browsers out",
		Doc: "All of them, when a token asks. A browser needs a proof from the last ten minutes.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*none, error) {
		return &none{}, s.Auth.RevokeOtherSessions(ctx, who)
	})
}
