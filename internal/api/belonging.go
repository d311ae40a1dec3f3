package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/person"
)

// Row is what everything a person has is shown with.
type Row struct {
	ID        string    `json:"id"`
	Person    string    `json:"person" doc:"The id of the person it belongs to."`
	Revision  int64     `json:"revision"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func rowOf(m person.Meta) Row { return Row{m.ID, m.Person, m.Revision, m.CreatedAt, m.UpdatedAt} }

// Channel is a way to reach somebody.
type Channel struct {
	Row
	Kind     string `json:"kind" enum:"phone,email,whatsapp,telegram,signal,address,url"`
	Value    string `json:"value" doc:"As written."`
	Norm     string `json:"norm,omitempty" doc:"In the form in which it is compared and dialled: a phone in E.164 where its country is known."`
	Label    string `json:"label,omitempty" doc:"home, work"`
	Position int    `json:"position"`
}

// ChannelDraft is a channel to be added.
type ChannelDraft struct {
	ID       string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Kind     string `json:"kind,omitempty" enum:",phone,email,whatsapp,telegram,signal,address,url" doc:"Left out, it is read from the value."`
	Value    string `json:"value" minLength:"1" maxLength:"500"`
	Label    string `json:"label,omitempty" maxLength:"80"`
	Position int    `json:"position,omitempty" minimum:"0" maximum:"1000"`
}

// ChannelChange is what is to be changed; what is left out stays.
type ChannelChange struct {
	Kind     *string `json:"kind,omitempty" enum:"phone,email,whatsapp,telegram,signal,address,url"`
	Value    *string `json:"value,omitempty" minLength:"1" maxLength:"500"`
	Label    *string `json:"label,omitempty" maxLength:"80"`
	Position *int    `json:"position,omitempty" minimum:"0" maximum:"1000"`
}

// ChannelOf is a channel as the API shows it.
func ChannelOf(c person.Channel) Channel {
	return Channel{rowOf(c.Meta), c.Kind, c.Value, c.Norm, c.Label, c.Position}
}

// Date is a day that comes again each year.
type Date struct {
	Row
	Kind     string `json:"kind" enum:"birthday,anniversary,death,met,other"`
	Label    string `json:"label,omitempty"`
	Year     *int   `json:"year,omitempty" doc:"Absent when unknown."`
	Month    int    `json:"month"`
	Day      int    `json:"day" doc:"29 February falls on 28 February in a year without one."`
	LeadDays *int   `json:"lead_days,omitempty" doc:"How long before it is worth a thought; absent is the kind's own."`
}

// DateDraft is a date to be added.
type DateDraft struct {
	ID       string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Kind     string `json:"kind" enum:"birthday,anniversary,death,met,other"`
	Label    string `json:"label,omitempty" maxLength:"80" doc:"Needed for other."`
	Year     *int   `json:"year,omitempty" minimum:"1" maximum:"2200"`
	Month    int    `json:"month" minimum:"1" maximum:"12"`
	Day      int    `json:"day" minimum:"1" maximum:"31"`
	LeadDays *int   `json:"lead_days,omitempty" minimum:"0" maximum:"180"`
}

// DateChange is what is to be changed; what is left out stays.
type DateChange struct {
	Kind     *string `json:"kind,omitempty" enum:"birthday,anniversary,death,met,other"`
	Label    *string `json:"label,omitempty" maxLength:"80"`
	Year     Number  `json:"year,omitzero"`
	Month    *int    `json:"month,omitempty" minimum:"1" maximum:"12"`
	Day      *int    `json:"day,omitempty" minimum:"1" maximum:"31"`
	LeadDays Number  `json:"lead_days,omitzero"`
}

// DateOf is a date as the API shows it.
func DateOf(d person.Date) Date {
	return Date{rowOf(d.Meta), d.Kind, d.Label, d.Year, d.Month, d.Day, d.LeadDays}
}

// Fact is one thing worth remembering about a person.
type Fact struct {
	Row
	Text    string `json:"text"`
	Private bool   `json:"private" doc:"Sealed at rest; never searched, shared or mailed."`
}

// FactDraft is a fact to be added.
type FactDraft struct {
	ID      string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Text    string `json:"text" minLength:"1" maxLength:"2000"`
	Private bool   `json:"private,omitempty"`
}

// FactChange is what is to be changed; what is left out stays.
type FactChange struct {
	Text    *string `json:"text,omitempty" minLength:"1" maxLength:"2000"`
	Private *bool   `json:"private,omitempty"`
}

// FactOf is a fact as the API shows it.
func FactOf(f person.Fact) Fact { return Fact{rowOf(f.Meta), f.Text, f.Private} }

// FollowUp is something to ask or do, with a day.
type FollowUp struct {
	Row
	Text     string     `json:"text"`
	Due      string     `json:"due" doc:"A local day."`
	State    string     `json:"state" enum:"open,done,dropped"`
	ClosedAt *time.Time `json:"closed_at,omitempty"`
}

// FollowUpDraft is a follow-up to be added.
type FollowUpDraft struct {
	ID   string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Text string `json:"text" minLength:"1" maxLength:"500"`
	Due  string `json:"due" format:"date"`
}

// FollowUpChange is what is to be changed; what is left out stays.
type FollowUpChange struct {
	Text  *string `json:"text,omitempty" minLength:"1" maxLength:"500"`
	Due   *string `json:"due,omitempty" format:"date"`
	State *string `json:"state,omitempty" enum:"open,done,dropped"`
}

// FollowUpOf is a follow-up as the API shows it.
func FollowUpOf(f person.FollowUp) FollowUp {
	return FollowUp{rowOf(f.Meta), f.Text, f.Due, f.State, f.ClosedAt}
}

// Relation is how two people belong together, seen from one of them: person is other's role.
type Relation struct {
	Row
	Other    string `json:"other"`
	Role     string `json:"role" doc:"What person is to other: daughter."`
	With     string `json:"with" doc:"The id of whoever is not the one asked about."`
	WithName string `json:"with_name"`
	Is       string `json:"is,omitempty" doc:"What they are to the one asked about; absent when only the other side has a word."`
	Me       string `json:"me,omitempty" doc:"What the one asked about is to them."`
}

// RelationDraft is a relation to be added: the person of the path is other's role.
type RelationDraft struct {
	ID    string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Other string `json:"other" maxLength:"36" doc:"The id of the other person."`
	Role  string `json:"role" minLength:"1" maxLength:"60" doc:"daughter, partner, colleague, or own words."`
}

// RelationChange is what is to be changed.
type RelationChange struct {
	Role string `json:"role" minLength:"1" maxLength:"60"`
}

// RelationOf is a relation as the API shows it.
func RelationOf(r person.Related) Relation {
	return Relation{rowOf(r.Meta), r.Other, r.Role, r.With, r.WithName, r.Is, r.Me}
}

// ByPart is embedded in the input of operations on one thing of a person.
type ByPart struct {
	ByID
	Part string `path:"part" maxLength:"100" doc:"The id of the thing."`
}

// belonging describes one kind of thing that people have: its operations are alike.
type belonging[View, Draft, Change any] struct {
	one, many, a string // "follow-up", "follow-ups", "a follow-up"
	list         func(person.Detail) []View
	add          func(ctx context.Context, by account.ID, id string, d Draft) (View, bool, error)
	change       func(ctx context.Context, by account.ID, id, part string, c Change, revision int64) (View, error)
	remove       func(ctx context.Context, by account.ID, id, part string, revision int64) error
	row          func(View) Row
}

func register[V, D, C any](s *server, t *table, b belonging[V, D, C]) {
	at := "/people/{id}/" + b.many
	handle(s, t, operation{
		ID: "list-" + b.many, Method: http.MethodGet, Path: at, Scope: auth.Read, Tag: "people", Summary: "List the " + b.many + " of a person",
		Doc: "All in one answer.", Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[List[V]], error) {
		d, err := s.People.Detail(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[List[V]]{Status: http.StatusOK, Body: List[V]{Items: b.list(d)}}, nil
	})
	handle(s, t, operation{
		ID: "add-" + b.one, Method: http.MethodPost, Path: at, Scope: auth.Write, Tag: "people", Summary: "Add " + b.a + " to a person",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body D
	},
	) (*one[V], error) {
		v, created, err := b.add(ctx, who.User, in.ID, in.Body)
		if err != nil {
			return nil, err
		}
		row := b.row(v)
		o := made(v, row.Revision, created)
		if created {
			o.Location = Prefix + "/people/" + row.Person + "/" + b.many + "/" + row.ID
		}
		return o, nil
	})
	handle(s, t, operation{
		ID: "change-" + b.one, Method: http.MethodPatch, Path: at + "/{part}", Scope: auth.Write, Tag: "people", Summary: "Change " + b.a,
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByPart
		IfMatch
		Body C
	},
	) (*one[V], error) {
		v, err := b.change(ctx, who.User, in.ID, in.Part, in.Body, in.revision())
		if err != nil {
			return nil, err
		}
		return found(v, b.row(v).Revision), nil
	})
	handle(s, t, operation{
		ID: "remove-" + b.one, Method: http.MethodDelete, Path: at + "/{part}", Scope: auth.Delete, Tag: "people", Summary: "Remove " + b.a + " for good",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByPart
		IfMatch
	},
	) (*none, error) {
		return &none{}, b.remove(ctx, who.User, in.ID, in.Part, in.revision())
	})
}

func (s *server) registerBelongings(t *table) {
	register(s, t, belonging[Channel, ChannelDraft, ChannelChange]{
		one: "channel", many: "channels", a: "a channel", row: func(v Channel) Row { return v.Row },
		list: func(d person.Detail) []Channel { return mapped(d.Channels, ChannelOf) },
		add: func(ctx context.Context, by account.ID, id string, d ChannelDraft) (Channel, bool, error) {
			v, created, err := s.People.AddChannel(ctx, by, id, person.Channel{Meta: person.Meta{ID: d.ID}, Kind: d.Kind, Value: d.Value, Label: d.Label, Position: d.Position})
			return ChannelOf(v), created, err
		},
		change: func(ctx context.Context, by account.ID, id, part string, c ChannelChange, revision int64) (Channel, error) {
			v, err := s.People.ChangeChannel(ctx, by, id, part, person.ChannelChange(c), revision)
			return ChannelOf(v), err
		},
		remove: s.People.RemoveChannel,
	})
	register(s, t, belonging[Date, DateDraft, DateChange]{
		one: "date", many: "dates", a: "a date", row: func(v Date) Row { return v.Row },
		list: func(d person.Detail) []Date { return mapped(d.Dates, DateOf) },
		add: func(ctx context.Context, by account.ID, id string, d DateDraft) (Date, bool, error) {
			v, created, err := s.People.AddDate(ctx, by, id, person.Date{
				Meta: person.Meta{ID: d.ID}, Kind: d.Kind, Label: d.Label, Year: d.Year, Month: d.Month, Day: d.Day, LeadDays: d.LeadDays,
			})
			return DateOf(v), created, err
		},
		change: func(ctx context.Context, by account.ID, id, part string, c DateChange, revision int64) (Date, error) {
			v, err := s.People.ChangeDate(ctx, by, id, part, person.DateChange{
				Kind: c.Kind, Label: c.Label, Year: c.Year.Value, ClearYear: c.Year.Set && c.Year.Value == nil, Month: c.Month, Day: c.Day,
				LeadDays: c.LeadDays.Value, ClearLead: c.LeadDays.Set && c.LeadDays.Value == nil,
			}, revision)
			return DateOf(v), err
		},
		remove: s.People.RemoveDate,
	})
	register(s, t, belonging[Fact, FactDraft, FactChange]{
		one: "fact", many: "facts", a: "a fact", row: func(v Fact) Row { return v.Row },
		list: func(d person.Detail) []Fact { return mapped(d.Facts, FactOf) },
		add: func(ctx context.Context, by account.ID, id string, d FactDraft) (Fact, bool, error) {
			v, created, err := s.People.AddFact(ctx, by, id, person.Fact{Meta: person.Meta{ID: d.ID}, Text: d.Text, Private: d.Private})
			return FactOf(v), created, err
		},
		change: func(ctx context.Context, by account.ID, id, part string, c FactChange, revision int64) (Fact, error) {
			v, err := s.People.ChangeFact(ctx, by, id, part, person.FactChange(c), revision)
			return FactOf(v), err
		},
		remove: s.People.RemoveFact,
	})
	register(s, t, belonging[FollowUp, FollowUpDraft, FollowUpChange]{
		one: "follow-up", many: "follow-ups", a: "a follow-up", row: func(v FollowUp) Row { return v.Row },
		list: func(d person.Detail) []FollowUp { return mapped(d.FollowUps, FollowUpOf) },
		add: func(ctx context.Context, by account.ID, id string, d FollowUpDraft) (FollowUp, bool, error) {
			v, created, err := s.People.AddFollowUp(ctx, by, id, person.FollowUp{Meta: person.Meta{ID: d.ID}, Text: d.Text, Due: d.Due})
			return FollowUpOf(v), created, err
		},
		change: func(ctx context.Context, by account.ID, id, part string, c FollowUpChange, revision int64) (FollowUp, error) {
			v, err := s.People.ChangeFollowUp(ctx, by, id, part, person.FollowUpChange(c), revision)
			return FollowUpOf(v), err
		},
		remove: s.People.RemoveFollowUp,
	})
	register(s, t, belonging[Relation, RelationDraft, RelationChange]{
		one: "relation", many: "relations", a: "a relation", row: func(v Relation) Row { return v.Row },
		list: func(d person.Detail) []Relation { return mapped(d.Relations, RelationOf) },
		add: func(ctx context.Context, by account.ID, id string, d RelationDraft) (Relation, bool, error) {
			v, created, err := s.People.AddRelation(ctx, by, id, person.Relation{Meta: person.Meta{ID: d.ID}, Other: d.Other, Role: d.Role})
			if err != nil {
				return Relation{}, false, err
			}
			seen, err := s.seen(ctx, by, id, v.ID)
			return seen, created, err
		},
		change: func(ctx context.Context, by account.ID, id, part string, c RelationChange, revision int64) (Relation, error) {
			v, err := s.People.ChangeRelation(ctx, by, id, part, person.RelationChange{Role: &c.Role}, revision)
			if err != nil {
				return Relation{}, err
			}
			return s.seen(ctx, by, id, v.ID)
		},
		remove: s.People.RemoveRelation,
	})
}

// seen is a relation from the side of the person asked about.
func (s *server) seen(ctx context.Context, by account.ID, id, relation string) (Relation, error) {
	d, err := s.People.Detail(ctx, by, id)
	if err != nil {
		return Relation{}, err
	}
	for _, r := range d.Relations {
		if r.ID == relation {
			return RelationOf(r), nil
		}
	}
	return Relation{}, fault.NotFound("relation") // deleted a moment ago, or of another person by a repeated id
}
