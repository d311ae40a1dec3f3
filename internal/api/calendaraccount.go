package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/dav"
)

// CalendarAccount is where you sign in once and follow several calendars.
type CalendarAccount struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Host      string     `json:"host" doc:"Where it lives."`
	Login     string     `json:"login"`
	Calendars []Calendar `json:"calendars" doc:"All that was found in it, followed or not."`
	Revision  int64      `json:"revision"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
}

func (v CalendarAccount) address() string { return "/calendar-accounts/" + v.ID }

// CalendarAccountDraft is an account to add.
type CalendarAccountDraft struct {
	ID       string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Name     string `json:"name,omitempty" maxLength:"100" doc:"Left out, it is where the account lives."`
	Address  string `json:"address" minLength:"1" maxLength:"2000" doc:"Of the server, or for mail: where the calendars are is found out (RFC 6764)." example:"ana@example.org"`
	Login    string `json:"login,omitempty" maxLength:"500" doc:"Left out, it is the address for mail."`
	Password string `json:"password,omitempty" maxLength:"500" doc:"Best one made for apps. Sealed at rest, never shown, not in any archive."`
}

// CalendarAccountChange is what is to be changed; what is left out stays.
type CalendarAccountChange struct {
	Name     *string `json:"name,omitempty" maxLength:"100"`
	Address  *string `json:"address,omitempty" minLength:"1" maxLength:"2000"`
	Login    *string `json:"login,omitempty" maxLength:"500"`
	Password *string `json:"password,omitempty" maxLength:"500"`
}

// CalendarsFollowed is which calendars of an account are followed.
type CalendarsFollowed struct {
	IDs []string `json:"ids" maxItems:"200" doc:"Exactly these are followed from now on."`
}

// CalendarAccountOf is an account as the API shows it.
func CalendarAccountOf(v dav.Account) CalendarAccount {
	a := CalendarAccount{
		ID: v.ID, Name: v.Name, Host: v.Host(), Login: v.Login, Calendars: []Calendar{}, Revision: v.Revision, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	for _, c := range v.Calendars {
		a.Calendars = append(a.Calendars, CalendarOf(c))
	}
	return a
}

func (s *server) registerCalendarAccounts(t *table) {
	handle(s, t, operation{
		ID: "list-calendar-accounts", Method: http.MethodGet, Path: "/calendar-accounts", Scope: auth.Read, Tag: "calendars", Summary: "List accounts of CalDAV and CardDAV",
		Doc: "All in one answer, the one that was added first first.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[CalendarAccount]], error) {
		list, err := s.Calendars.Accounts(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", CalendarAccountOf), nil
	})
	handle(s, t, operation{
		ID: "add-calendar-account", Method: http.MethodPost, Path: "/calendar-accounts", Scope: auth.Write, Tag: "calendars", Summary: "Sign in where your calendars are",
		Doc:    "What is there is found and shown in the answer; none is followed yet. If nothing can be found, nothing is kept. Kith never writes there.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone, http.StatusServiceUnavailable},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body CalendarAccountDraft }) (*one[CalendarAccount], error) {
		v, created, err := s.Calendars.AddAccount(ctx, who.User, dav.AccountDraft(in.Body))
		if err != nil {
			return nil, err
		}
		return made(CalendarAccountOf(v), v.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-calendar-account", Method: http.MethodGet, Path: "/calendar-accounts/{id}", Scope: auth.Read, Tag: "calendars", Summary: "Read an account and what was found in it",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[CalendarAccount], error) {
		v, err := s.Calendars.Account(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[CalendarAccount]{Status: http.StatusOK, Body: CalendarAccountOf(v)}, nil
	})
	handle(s, t, operation{
		ID: "change-calendar-account", Method: http.MethodPatch, Path: "/calendar-accounts/{id}", Scope: auth.Write, Tag: "calendars", Summary: "Change an account",
		Doc:    "It is looked at again, unless only its name changes. What does not work is refused, and all stays.",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed, http.StatusServiceUnavailable},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body CalendarAccountChange
	},
	) (*one[CalendarAccount], error) {
		v, err := s.Calendars.UpdateAccount(ctx, who.User, in.ID, dav.AccountChange(in.Body), in.revision())
		if err != nil {
			return nil, err
		}
		return found(CalendarAccountOf(v), v.Revision), nil
	})
	handle(s, t, operation{
		ID: "follow-of-calendar-account", Method: http.MethodPut, Path: "/calendar-accounts/{id}/followed", Scope: auth.Write, Tag: "calendars", Summary: "Choose what of an account is followed",
		Doc:    "What is new is read soon; to read it at once, sync it. What is followed no longer is forgotten.",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body CalendarsFollowed
	},
	) (*plain[CalendarAccount], error) {
		if _, err := s.Calendars.Follow(ctx, who.User, in.ID, in.Body.IDs); err != nil {
			return nil, err
		}
		v, err := s.Calendars.Account(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[CalendarAccount]{Status: http.StatusOK, Body: CalendarAccountOf(v)}, nil
	})
	handle(s, t, operation{
		ID: "look-at-calendar-account", Method: http.MethodPost, Path: "/calendar-accounts/{id}/look", Scope: auth.Write, Tag: "calendars", Summary: "Look for new calendars in an account",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusServiceUnavailable},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[CalendarAccount], error) {
		v, err := s.Calendars.Look(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[CalendarAccount]{Status: http.StatusOK, Body: CalendarAccountOf(v)}, nil
	})
	handle(s, t, operation{
		ID: "delete-calendar-account", Method: http.MethodDelete, Path: "/calendar-accounts/{id}", Scope: auth.Delete, Tag: "calendars", Summary: "Remove an account",
		Doc: "Its password and what its calendars said are forgotten at once.", Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Calendars.DeleteAccount(ctx, who.User, in.ID, in.revision())
	})
}
