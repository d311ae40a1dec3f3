package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/dav"
	"kith/internal/fault"
)

// Calendar is a calendar that is followed, to know when somebody is busy.
type Calendar struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind" enum:"ics,caldav,carddav" doc:"One by its address, or a calendar or an address book of an account."`
	Account   string          `json:"account,omitempty" doc:"The id of the account it belongs to."`
	Followed  bool            `json:"followed" doc:"Those of an account are followed once you choose them."`
	Name      string          `json:"name"`
	Host      string          `json:"host" doc:"Where it lives. The whole address is often the secret that protects it, and is not shown."`
	Login     string          `json:"login,omitempty"`
	Titles    bool            `json:"titles" doc:"Whether the titles of events may be kept."`
	Found     int             `json:"found" doc:"How many busy times are known."`
	CoveredTo *time.Time      `json:"covered_to,omitempty" doc:"Until when busy times are known. Absent before the first sync."`
	Failure   *CalendarFailed `json:"failure,omitempty" doc:"Why the last sync stopped. What was known before stays."`
	RetryAt   *time.Time      `json:"retry_at,omitempty" doc:"After a failure it is not tried again by itself before."`
	SyncedAt  *time.Time      `json:"synced_at,omitempty" doc:"When something new was taken over last."`
	Doing     *CalendarDoing  `json:"doing,omitempty" doc:"How far it is, while it is read just now."`
	Revision  int64           `json:"revision"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

// CalendarDoing is how far the reading of a calendar is.
type CalendarDoing struct {
	Done int `json:"done" doc:"Events or cards read."`
	Of   int `json:"of" doc:"To be read; 0 while that is not known."`
}

// CalendarFailed is why a sync stopped.
type CalendarFailed struct {
	Code     string `json:"code" doc:"Stable."`
	Message  string `json:"message" doc:"What to do."`
	Line     int    `json:"line,omitempty" doc:"Where in the calendar."`
	Failures int    `json:"failures" doc:"How often in a row."`
}

func (v Calendar) address() string { return "/calendars/" + v.ID }

// CalendarDraft is a calendar to follow.
type CalendarDraft struct {
	ID       string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Kind     string `json:"kind,omitempty" enum:"ics" doc:"Left out, it is ics. Those of an account are found by signing in there."`
	Name     string `json:"name,omitempty" maxLength:"100" doc:"Left out, it is where the calendar lives."`
	URL      string `json:"url" minLength:"1" maxLength:"2000" example:"webcal://calendar.example.org/private/ana.ics"`
	Login    string `json:"login,omitempty" maxLength:"500"`
	Password string `json:"password,omitempty" maxLength:"500" doc:"Sealed at rest, never shown, not in any archive."`
	Titles   bool   `json:"titles,omitempty" doc:"Allow the titles of events to be kept, sealed. Otherwise their times are kept and nothing else."`
}

// CalendarChange is what is to be changed; what is left out stays.
type CalendarChange struct {
	Name     *string `json:"name,omitempty" maxLength:"100"`
	URL      *string `json:"url,omitempty" minLength:"1" maxLength:"2000"`
	Login    *string `json:"login,omitempty" maxLength:"500"`
	Password *string `json:"password,omitempty" maxLength:"500"`
	Titles   *bool   `json:"titles,omitempty" doc:"When it becomes false, titles that were kept are removed at once."`
}

// BusyTime is a time in which you are busy.
type BusyTime struct {
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Calendar string    `json:"calendar" doc:"Its id."`
	Title    string    `json:"title,omitempty" doc:"Only where you allow titles."`
}

// CalendarFeed is the secret link to one's own birthdays and follow-ups.
type CalendarFeed struct {
	Path string `json:"path" doc:"What to put behind the address of this Kith. Shown once." example:"/feed/0123456789abcdef.ics"`
}

// CalendarOf is a calendar as the API shows it.
func CalendarOf(v dav.Calendar) Calendar {
	c := Calendar{
		ID: v.ID, Kind: v.Kind, Account: v.Account, Followed: v.Followed, Name: v.Name, Host: v.Host(), Login: v.Login, Titles: v.Titles, Found: v.Found, RetryAt: v.RetryAt,
		SyncedAt: v.SyncedAt, Revision: v.Revision, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if !v.CoveredTo.IsZero() && v.CoveredTo.Unix() > 0 {
		c.CoveredTo = &v.CoveredTo
	}
	if f := v.Failure; f != nil {
		line, _ := f.Params["line"].(int)
		c.Failure = &CalendarFailed{Code: f.Code, Message: f.Message, Line: line, Failures: v.Failures}
	}
	return c
}

func (s *server) registerCalendars(t *table) {
	handle(s, t, operation{
		ID: "list-calendars", Method: http.MethodGet, Path: "/calendars", Scope: auth.Read, Tag: "calendars", Summary: "List calendars that are followed",
		Doc: "All in one answer, the one that was added first first.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Calendar]], error) {
		list, err := s.Calendars.List(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", CalendarOf), nil
	})
	handle(s, t, operation{
		ID: "follow-calendar", Method: http.MethodPost, Path: "/calendars", Scope: auth.Write, Tag: "calendars", Summary: "Follow a calendar by its address",
		Doc:    "It is read at once; how that went is in the answer. Only times are kept, unless you allow titles. Kith never writes there.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body CalendarDraft }) (*one[Calendar], error) {
		v, created, err := s.Calendars.Add(ctx, who.User, dav.Draft(in.Body))
		if err == nil && created {
			v, err = s.Calendars.Sync(ctx, who.User, v.ID)
		}
		if err != nil {
			return nil, err
		}
		return made(CalendarOf(v), v.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-calendar", Method: http.MethodGet, Path: "/calendars/{id}", Scope: auth.Read, Tag: "calendars", Summary: "Read a calendar and how its last sync went",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[Calendar], error) {
		v, err := s.Calendars.Get(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		body := CalendarOf(v)
		if p, ok := s.Calendars.Doing(who.User, v.ID); ok {
			body.Doing = &CalendarDoing{p.Done, p.Of}
		}
		return &plain[Calendar]{Status: http.StatusOK, Body: body}, nil
	})
	handle(s, t, operation{
		ID: "change-calendar", Method: http.MethodPatch, Path: "/calendars/{id}", Scope: auth.Write, Tag: "calendars", Summary: "Change a calendar",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body CalendarChange
	},
	) (*one[Calendar], error) {
		v, err := s.Calendars.Update(ctx, who.User, in.ID, dav.Change(in.Body), in.revision())
		if err != nil {
			return nil, err
		}
		return found(CalendarOf(v), v.Revision), nil
	})
	handle(s, t, operation{
		ID: "sync-calendar", Method: http.MethodPost, Path: "/calendars/{id}/sync", Scope: auth.Write, Tag: "calendars", Summary: "Read a calendar now",
		Doc:    "It is read once an hour by itself. What goes wrong is in the answer as its failure.",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[Calendar], error) {
		v, err := s.Calendars.Sync(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Calendar]{Status: http.StatusOK, Body: CalendarOf(v)}, nil
	})
	handle(s, t, operation{
		ID: "stop-calendar-sync", Method: http.MethodPost, Path: "/calendars/{id}/stop", Scope: auth.Write, Tag: "calendars", Summary: "Stop reading a calendar",
		Doc: "What was known of it stays. It is left alone for an hour, unless it is read on purpose.", Refuse: []int{http.StatusConflict},
	}, func(_ context.Context, who auth.Identity, in *ByID) (*none, error) {
		if !s.Calendars.Stop(who.User, in.ID) {
			return nil, fault.Conflict("calendar_not_read", "", "This calendar is not being read.")
		}
		return &none{}, nil
	})
	handle(s, t, operation{
		ID: "delete-calendar", Method: http.MethodDelete, Path: "/calendars/{id}", Scope: auth.Delete, Tag: "calendars", Summary: "Follow a calendar no longer",
		Doc: "What it said is forgotten at once.", Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Calendars.Delete(ctx, who.User, in.ID, in.revision())
	})
	handle(s, t, operation{
		ID: "make-calendar-feed", Method: http.MethodPost, Path: "/calendar-feed", Scope: auth.Write, Tag: "calendars", Summary: "Make a secret link to your birthdays and follow-ups",
		Doc: "For calendar programs, as iCalendar. The link is shown this once; one made before stops working.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[CalendarFeed], error) {
		secret, err := s.Calendars.NewFeed(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return &plain[CalendarFeed]{Status: http.StatusOK, Body: CalendarFeed{Path: "/feed/" + secret + ".ics"}}, nil
	})
	handle(s, t, operation{
		ID: "end-calendar-feed", Method: http.MethodDelete, Path: "/calendar-feed", Scope: auth.Write, Tag: "calendars", Summary: "Make the secret link useless",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*none, error) {
		return &none{}, s.Calendars.EndFeed(ctx, who.User)
	})
	handle(s, t, operation{
		ID: "list-busy-times", Method: http.MethodGet, Path: "/busy-times", Scope: auth.Read, Tag: "calendars", Summary: "List when you are busy",
		Doc: "Times that touch the stretch you ask for, at most 31 days of it. Those of several calendars may overlap.",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		From string `query:"from" required:"true" format:"date-time" example:"2026-11-24T08:00:00Z"`
		To   string `query:"to" format:"date-time" example:"2026-11-25T08:00:00Z" doc:"Left out, it is a day later."`
	},
	) (*plain[List[BusyTime]], error) {
		from, err1 := time.Parse(time.RFC3339, in.From)
		to, err2 := from.Add(24*time.Hour), error(nil)
		if in.To != "" {
			to, err2 = time.Parse(time.RFC3339, in.To)
		}
		if err1 != nil || err2 != nil || !from.Before(to) || to.Sub(from) > 31*24*time.Hour {
			return nil, fault.Invalid("busy_range", "to", "Ask for a stretch of time of at most 31 days.")
		}
		list, err := s.Calendars.Busy(ctx, who.User, from, to)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", func(v dav.Span) BusyTime { return BusyTime{v.Start, v.End, v.Calendar, v.Title} }), nil
	})
}
