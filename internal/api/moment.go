package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/moment"
)

// Moment is one micro-moment as the API shows it.
type Moment struct {
	ID          string      `json:"id"`
	Kind        string      `json:"kind" doc:"check-in, conversation, thanks, compliment, laugh, kindness, celebration, presence, pause or gratitude."`
	Text        string      `json:"text" doc:"The words as they were written."`
	People      []PersonRef `json:"people,omitempty" doc:"With whom."`
	Someone     []string    `json:"someone,omitempty" doc:"Weak ties without a card, as written."`
	Context     string      `json:"context,omitempty" doc:"personal or professional; absent when unknown."`
	HappenedAt  time.Time   `json:"happened_at" doc:"When, in the zone it was lived in."`
	Zone        string      `json:"zone" doc:"IANA name of that zone." example:"Europe/Berlin"`
	Day         string      `json:"day" doc:"The local day it belongs to." example:"2026-11-24"`
	Precision   string      `json:"precision" doc:"How exactly the time is known: minute, day, month or year."`
	DurationMin *int        `json:"duration_min,omitempty" doc:"How long, in minutes."`
	Felt        *int        `json:"felt,omitempty" doc:"How it felt, from -2 (heavy) to 2 (bright)."`
	Contact     string      `json:"contact,omitempty" doc:"Whether you were in touch: yes, no or attempt."`
	StartedBy   string      `json:"started_by,omitempty" doc:"Who began it: me, them or both."`
	Tags        []string    `json:"tags,omitempty"`
	CapturedAt  time.Time   `json:"captured_at" doc:"When it was written down; relative words were read against it."`
	Revision    int64       `json:"revision"`
	CreatedAt   time.Time   `json:"created_at"`
	UpdatedAt   time.Time   `json:"updated_at"`
	DeletedAt   *time.Time  `json:"deleted_at,omitempty" doc:"When it was deleted; it can be undone for ten minutes."`
}

// PersonRef names a person of a moment.
type PersonRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PersonChoice says whom a moment was with: somebody known by id, or a name that finds or makes them.
type PersonChoice struct {
	ID   string `json:"id,omitempty" maxLength:"100"`
	Name string `json:"name,omitempty" maxLength:"120"`
}

// MomentDraft is a moment to be logged. The text alone is enough; a field that is given wins over what the text says.
type MomentDraft struct {
	ID          string          `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Text        string          `json:"text" minLength:"1" maxLength:"4000" doc:"One line; kind, people, time and the rest are read from it." example:"thanked @Sam for the review #work yesterday 3pm :)"`
	CapturedAt  *time.Time      `json:"captured_at,omitempty" doc:"When it was written down, if not now (offline)."`
	Zone        string          `json:"zone,omitempty" maxLength:"64" doc:"Where it was lived, if not in your own zone." example:"Europe/Berlin"`
	Kind        *string         `json:"kind,omitempty" enum:"check-in,conversation,thanks,compliment,laugh,kindness,celebration,presence,pause,gratitude"`
	People      *[]PersonChoice `json:"people,omitempty" maxItems:"50"`
	Someone     *[]string       `json:"someone,omitempty" maxItems:"20"`
	Context     *string         `json:"context,omitempty" enum:",personal,professional"`
	HappenedAt  *time.Time      `json:"happened_at,omitempty"`
	Precision   *string         `json:"precision,omitempty" enum:"minute,day,month,year"`
	DurationMin *int            `json:"duration_min,omitempty" minimum:"0" maximum:"10080"`
	Felt        *int            `json:"felt,omitempty" minimum:"-2" maximum:"2"`
	Contact     *string         `json:"contact,omitempty" enum:"yes,no,attempt"`
	StartedBy   *string         `json:"started_by,omitempty" enum:",me,them,both"`
	Tags        *[]string       `json:"tags,omitempty" maxItems:"50"`
}

// MomentChange is what is to be changed; what is left out stays.
type MomentChange struct {
	Text        *string         `json:"text,omitempty" minLength:"1" maxLength:"4000"`
	Reread      bool            `json:"reread,omitempty" doc:"Read everything anew from the text, against the time it was captured."`
	Zone        *string         `json:"zone,omitempty" maxLength:"64"`
	Kind        *string         `json:"kind,omitempty" enum:"check-in,conversation,thanks,compliment,laugh,kindness,celebration,presence,pause,gratitude"`
	People      *[]PersonChoice `json:"people,omitempty" maxItems:"50"`
	Someone     *[]string       `json:"someone,omitempty" maxItems:"20"`
	Context     *string         `json:"context,omitempty" enum:",personal,professional"`
	HappenedAt  *time.Time      `json:"happened_at,omitempty"`
	Precision   *string         `json:"precision,omitempty" enum:"minute,day,month,year"`
	DurationMin Number          `json:"duration_min,omitzero" minimum:"0" maximum:"10080" doc:"null empties it."`
	Felt        Number          `json:"felt,omitzero" minimum:"-2" maximum:"2" doc:"null empties it."`
	Contact     *string         `json:"contact,omitempty" enum:"yes,no,attempt"`
	StartedBy   *string         `json:"started_by,omitempty" enum:",me,them,both"`
	Tags        *[]string       `json:"tags,omitempty" maxItems:"50"`
}

// Undone is what an undo did.
type Undone struct {
	Did    string `json:"did" enum:"restored,deleted" doc:"restored: a deletion was taken back; deleted: a moment just logged was."`
	Moment Moment `json:"moment"`
}

// Repetition is how a moment is repeated.
type Repetition struct {
	ID string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own for the new moment makes the request safe to repeat."`
}

func (v Moment) address() string { return "/moments/" + v.ID }

// MomentOf is a moment as the API shows it.
func MomentOf(m moment.Moment) Moment {
	return Moment{
		ID: m.ID, Kind: m.Kind, Text: m.Text, People: personRefs(m.People), Someone: m.Someone, Context: m.Context,
		HappenedAt: m.HappenedAt, Zone: m.Zone, Day: m.Day, Precision: m.Precision, DurationMin: m.DurationMin, Felt: m.Felt,
		Contact: m.Contact, StartedBy: m.StartedBy, Tags: m.Tags, CapturedAt: m.CapturedAt, Revision: m.Revision,
		CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, DeletedAt: m.DeletedAt,
	}
}

func personRefs(people []moment.Ref) []PersonRef {
	if len(people) == 0 {
		return nil
	}
	list := make([]PersonRef, len(people))
	for i, p := range people {
		list[i] = PersonRef{ID: p.ID, Name: p.Name}
	}
	return list
}

func refs(people *[]PersonChoice) *[]moment.Ref {
	if people == nil {
		return nil
	}
	list := make([]moment.Ref, len(*people))
	for i, p := range *people {
		list[i] = moment.Ref{ID: p.ID, Name: p.Name}
	}
	return &list
}

func (d *MomentDraft) draft() moment.Draft {
	return moment.Draft{
		ID: d.ID, Text: d.Text, CapturedAt: d.CapturedAt, Zone: d.Zone, Kind: d.Kind, People: refs(d.People), Someone: d.Someone,
		Context: d.Context, HappenedAt: d.HappenedAt, Precision: d.Precision, DurationMin: d.DurationMin, Felt: d.Felt,
		Contact: d.Contact, StartedBy: d.StartedBy, Tags: d.Tags,
	}
}

func (c *MomentChange) change() moment.Change {
	return moment.Change{
		Text: c.Text, Reread: c.Reread, Zone: c.Zone, Kind: c.Kind, People: refs(c.People), Someone: c.Someone, Context: c.Context,
		HappenedAt: c.HappenedAt, Precision: c.Precision, DurationMin: c.DurationMin.Value, Felt: c.Felt.Value,
		ClearDuration: c.DurationMin.Set && c.DurationMin.Value == nil, ClearFelt: c.Felt.Set && c.Felt.Value == nil,
		Contact: c.Contact, StartedBy: c.StartedBy, Tags: c.Tags,
	}
}

type momentsInput struct {
	Query   string `query:"q" maxLength:"200" doc:"Words to find, in any script, without regard to case and accents."`
	Person  string `query:"person" maxLength:"100" doc:"Only with this person (id)."`
	Kind    string `query:"kind" enum:"check-in,conversation,thanks,compliment,laugh,kindness,celebration,presence,pause,gratitude"`
	Context string `query:"context" enum:"personal,professional"`
	Tag     string `query:"tag" maxLength:"60" doc:"Without #."`
	Felt    whole  `query:"felt" minimum:"-2" maximum:"2"`
	From    string `query:"from" format:"date" doc:"First local day."`
	To      string `query:"to" format:"date" doc:"Last local day."`
	Paging
}

func (in *momentsInput) filter() moment.Filter {
	return moment.Filter{
		Query: in.Query, Person: in.Person, Kind: in.Kind, Context: in.Context, Tag: in.Tag, Felt: in.Felt.pointer(), From: in.From, To: in.To,
	}
}

func (s *server) registerMoments(t *table) {
	handle(s, t, operation{
		ID: "log-moment", Method: http.MethodPost, Path: "/moments", Scope: auth.Capture, Tag: "moments", Summary: "Log a moment",
		Doc:    "The text alone is enough.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body MomentDraft }) (*one[Moment], error) {
		m, created, err := s.Moments.Log(ctx, who.User, in.Body.draft())
		if err != nil {
			return nil, err
		}
		return made(MomentOf(m), m.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "list-moments", Method: http.MethodGet, Path: "/moments", Scope: auth.Read, Tag: "moments", Summary: "List moments, newest first",
	}, func(ctx context.Context, who auth.Identity, in *momentsInput) (*plain[List[Moment]], error) {
		page, err := s.Moments.List(ctx, who.User, in.filter(), in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, MomentOf), nil
	})
	handle(s, t, operation{
		ID: "last-moment", Method: http.MethodGet, Path: "/moments/last", Scope: auth.Read, Tag: "moments", Summary: "Read the newest moment",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*one[Moment], error) {
		m, err := s.Moments.Last(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return found(MomentOf(m), m.Revision), nil
	})
	handle(s, t, operation{
		ID: "get-moment", Method: http.MethodGet, Path: "/moments/{id}", Scope: auth.Read, Tag: "moments", Summary: "Read a moment",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Moment], error) {
		m, err := s.Moments.Get(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return found(MomentOf(m), m.Revision), nil
	})
	handle(s, t, operation{
		ID: "change-moment", Method: http.MethodPatch, Path: "/moments/{id}", Scope: auth.Write, Tag: "moments", Summary: "Change a moment",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body MomentChange
	},
	) (*one[Moment], error) {
		m, err := s.Moments.Update(ctx, who.User, in.ID, in.Body.change(), in.revision())
		if err != nil {
			return nil, err
		}
		return found(MomentOf(m), m.Revision), nil
	})
	handle(s, t, operation{
		ID: "delete-moment", Method: http.MethodDelete, Path: "/moments/{id}", Scope: auth.Delete, Tag: "moments", Summary: "Delete a moment",
		Doc:    "It can be undone for ten minutes; then its words are gone for good.",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		_, err := s.Moments.Delete(ctx, who.User, in.ID, in.revision())
		return &none{}, err
	})
	s.registerMomentActs(t)
}

func (s *server) registerMomentActs(t *table) {
	handle(s, t, operation{
		ID: "undo-last", Method: http.MethodPost, Path: "/moments/undo", Scope: auth.Delete, Tag: "moments",
		Summary: "Take the last deletion or the last moment back", Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*one[Undone], error) {
		m, did, err := s.Moments.UndoLast(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return found(Undone{Did: did, Moment: MomentOf(m)}, m.Revision), nil
	})
	handle(s, t, operation{
		ID: "undo-moment", Method: http.MethodPost, Path: "/moments/{id}/undo", Scope: auth.Delete, Tag: "moments", Summary: "Bring a deleted moment back",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Moment], error) {
		m, err := s.Moments.Undo(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return found(MomentOf(m), m.Revision), nil
	})
	handle(s, t, operation{
		ID: "repeat-moment", Method: http.MethodPost, Path: "/moments/{id}/repeat", Scope: auth.Capture, Tag: "moments", Summary: "Log the same again, now",
		Status: http.StatusCreated, Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body *Repetition
	},
	) (*one[Moment], error) {
		id := ""
		if in.Body != nil {
			id = in.Body.ID
		}
		m, err := s.Moments.Repeat(ctx, who.User, in.ID, id)
		if err != nil {
			return nil, err
		}
		return made(MomentOf(m), m.Revision, true), nil
	})
}
