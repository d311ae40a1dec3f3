package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/person"
)

// Person is somebody in your life as the API shows them.
type Person struct {
	ID                string     `json:"id"`
	Name              string     `json:"name"`
	Nickname          string     `json:"nickname,omitempty" doc:"Finds them in a line too."`
	Context           string     `json:"context,omitempty" doc:"personal or professional; absent when unknown."`
	Standing          string     `json:"standing" enum:"active,paused,let_go,grieving,deceased" doc:"All but active stop suggestions; nothing is deleted."`
	StandingNote      string     `json:"standing_note,omitempty" doc:"Private; absent in lists."`
	Ring              string     `json:"ring,omitempty" doc:"inner, close, friends or wider; absent when never chosen."`
	Cadence           *int       `json:"cadence,omitempty" doc:"How often you would like to be in touch, in days; absent is the ring's."`
	Every             int        `json:"every,omitempty" doc:"The cadence that counts, in days: the own one or the ring's; absent when there is none."`
	DueAt             *time.Time `json:"due_at,omitempty" doc:"When the cadence passes; absent when it never does."`
	Zone              string     `json:"zone,omitempty" doc:"IANA name of the time zone they live in."`
	Locale            string     `json:"locale,omitempty" doc:"The language you speak with them."`
	HoursFrom         *int       `json:"hours_from,omitempty" doc:"Decent hours where they are, in minutes after midnight."`
	HoursTo           *int       `json:"hours_to,omitempty" doc:"May be smaller than hours_from: over midnight."`
	Photo             string     `json:"photo,omitempty" doc:"Changes with the picture at people/{id}/photo; absent when there is none."`
	ArchivedAt        *time.Time `json:"archived_at,omitempty"`
	Source            string     `json:"source,omitempty" doc:"The import that brought them; absent when made by hand."`
	LastContactAt     *time.Time `json:"last_contact_at,omitempty" doc:"When you were last in touch."`
	LastContactMoment string     `json:"last_contact_moment,omitempty" doc:"The moment that says so."`
	Revision          int64      `json:"revision"`
	CreatedAt         time.Time  `json:"created_at"`
	UpdatedAt         time.Time  `json:"updated_at"`
	Found             *FoundBy   `json:"found,omitempty" doc:"In a list that was asked for words: what they were found by who are not called so."`
}

// FoundBy is what somebody was found by, beside their names.
type FoundBy struct {
	By   string `json:"by" enum:"relation,name,group,channel,place,fact" doc:"name: the one of somebody merged into them, or another word for it, as Mum for mother."`
	Text string `json:"text" doc:"The group, the channel, the fact, the zone or the name; of a relation the role."`
	With string `json:"with,omitempty" doc:"Of a relation: whose."`
}

func (v Person) address() string { return "/people/" + v.ID }

// PersonDetail is all of a person.
type PersonDetail struct {
	Person
	Channels  []Channel  `json:"channels"`
	Dates     []Date     `json:"dates"`
	Facts     []Fact     `json:"facts" doc:"The newest first."`
	FollowUps []FollowUp `json:"follow_ups" doc:"Open ones by day, then the others."`
	Relations []Relation `json:"relations"`
	Groups    []Group    `json:"groups"`
}

// PersonName is what is needed to offer somebody while a name is typed.
type PersonName struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Nickname string `json:"nickname,omitempty"`
}

// PersonDraft is a person to be made.
type PersonDraft struct {
	ID           string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Name         string `json:"name" minLength:"1" maxLength:"120"`
	Nickname     string `json:"nickname,omitempty" maxLength:"120"`
	Context      string `json:"context,omitempty" enum:",personal,professional"`
	Standing     string `json:"standing,omitempty" enum:"active,paused,let_go,grieving,deceased"`
	StandingNote string `json:"standing_note,omitempty" maxLength:"2000"`
	Ring         string `json:"ring,omitempty" enum:",inner,close,friends,wider"`
	Cadence      *int   `json:"cadence,omitempty" minimum:"1" maximum:"3660"`
	Zone         string `json:"zone,omitempty" maxLength:"64"`
	Locale       string `json:"locale,omitempty" maxLength:"35"`
	HoursFrom    *int   `json:"hours_from,omitempty" minimum:"0" maximum:"1440"`
	HoursTo      *int   `json:"hours_to,omitempty" minimum:"0" maximum:"1440"`
}

// PersonChange is what is to be changed; what is left out stays.
type PersonChange struct {
	Name         *string `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Nickname     *string `json:"nickname,omitempty" maxLength:"120"`
	Context      *string `json:"context,omitempty" enum:",personal,professional"`
	Standing     *string `json:"standing,omitempty" enum:"active,paused,let_go,grieving,deceased"`
	StandingNote *string `json:"standing_note,omitempty" maxLength:"2000"`
	Ring         *string `json:"ring,omitempty" enum:",inner,close,friends,wider"`
	Cadence      Number  `json:"cadence,omitzero" doc:"null gives it back to the ring."`
	Zone         *string `json:"zone,omitempty" maxLength:"64"`
	Locale       *string `json:"locale,omitempty" maxLength:"35"`
	HoursFrom    Number  `json:"hours_from,omitzero" doc:"null empties both."`
	HoursTo      Number  `json:"hours_to,omitzero"`
	Archived     *bool   `json:"archived,omitempty" doc:"Archived people are not suggested, and found when named exactly."`
}

// PersonOf is a person as the API shows them.
func PersonOf(p person.Person) Person {
	return Person{
		ID: p.ID, Name: p.Name, Nickname: p.Nickname, Context: p.Context, Standing: p.Standing, StandingNote: p.StandingNote, Ring: p.Ring,
		Cadence: p.Cadence, Every: p.Every(), DueAt: p.DueAt(), Zone: p.Zone, Locale: p.Locale, HoursFrom: p.HoursFrom, HoursTo: p.HoursTo,
		Photo: p.Photo, ArchivedAt: p.ArchivedAt, Source: p.Source, LastContactAt: p.LastContactAt, LastContactMoment: p.LastContactMoment,
		Revision: p.Revision, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

// foundIn shows somebody of a page, with what they were found by.
func foundIn(page person.Page) func(person.Person) Person {
	return func(p person.Person) Person {
		v := PersonOf(p)
		if why, ok := page.Why[p.ID]; ok {
			v.Found = &FoundBy{By: why.By, Text: why.Text, With: why.With}
		}
		return v
	}
}

// PersonDetailOf is all of a person as the API shows it.
func PersonDetailOf(d person.Detail) PersonDetail {
	return PersonDetail{
		PersonOf(d.Person), mapped(d.Channels, ChannelOf), mapped(d.Dates, DateOf), mapped(d.Facts, FactOf), mapped(d.FollowUps, FollowUpOf),
		mapped(d.Relations, RelationOf), mapped(d.Groups, GroupOf),
	}
}

func mapped[D, T any](items []D, f func(D) T) []T {
	list := make([]T, len(items))
	for i, d := range items {
		list[i] = f(d)
	}
	return list
}

func (c PersonChange) change() person.Change {
	return person.Change{
		Name: c.Name, Nickname: c.Nickname, Context: c.Context, Standing: c.Standing, StandingNote: c.StandingNote, Ring: c.Ring,
		Cadence: c.Cadence.Value, ClearCadence: c.Cadence.Set && c.Cadence.Value == nil, Zone: c.Zone, Locale: c.Locale,
		HoursFrom: c.HoursFrom.Value, HoursTo: c.HoursTo.Value,
		ClearHours: c.HoursFrom.Set && c.HoursFrom.Value == nil || c.HoursTo.Set && c.HoursTo.Value == nil, Archived: c.Archived,
	}
}

func (s *server) registerPeople(t *table) {
	handle(s, t, operation{
		ID: "list-people", Method: http.MethodGet, Path: "/people", Scope: auth.Read, Tag: "people", Summary: "List people",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Query    string `query:"q" maxLength:"120" doc:"Each word begins a word of the name or the nickname: they come first. Behind them are those who are found by what is known about them: a relation (Ida's father), a group, an employer or another fact that is not private, an address, a number."`
		Named    bool   `query:"named" doc:"Only those who are called so, as for a person who is to be changed."`
		Sort     string `query:"sort" enum:"name,last,ring" default:"last" doc:"last: most recent contact first; name: alphabetical, in your language; ring: the nearest first."`
		Ring     string `query:"ring" enum:",inner,close,friends,wider,none" doc:"none finds those without one."`
		Group    string `query:"group" maxLength:"36" doc:"The id of a group."`
		Standing string `query:"standing" enum:",active,paused,let_go,grieving,deceased"`
		Archived string `query:"archived" enum:",only,with" doc:"Archived people are left out, unless this is only or with."`
		Paging
	},
	) (*plain[List[Person]], error) {
		page, err := s.People.List(ctx, who.User, person.Filter{
			Query: in.Query, Named: in.Named, Sort: in.Sort, Ring: in.Ring, Group: in.Group, Standing: in.Standing, Archived: in.Archived,
		}, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, foundIn(page)), nil
	})
	handle(s, t, operation{
		ID: "list-people-names", Method: http.MethodGet, Path: "/people/names", Scope: auth.Read, Tag: "people",
		Summary: "All names, to offer while one is typed", Doc: "In alphabetical order, without archived people, in one answer.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[PersonName]], error) {
		names, err := s.People.Quick(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(names, "", nameOf), nil
	})
	handle(s, t, operation{
		ID: "list-people-due", Method: http.MethodGet, Path: "/people/due", Scope: auth.Read, Tag: "people", Summary: "Whose cadence has passed, longest first",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Person]], error) {
		people, err := s.People.Due(ctx, who.User, s.now())
		if err != nil {
			return nil, err
		}
		return listOf(people, "", PersonOf), nil
	})
	handle(s, t, operation{
		ID: "create-person", Method: http.MethodPost, Path: "/people", Scope: auth.Write, Tag: "people", Summary: "Add a person",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body PersonDraft }) (*one[Person], error) {
		b := in.Body
		p, created, err := s.People.Create(ctx, who.User, person.Draft{
			ID: b.ID, Name: b.Name, Nickname: b.Nickname, Context: b.Context, Standing: b.Standing, StandingNote: b.StandingNote, Ring: b.Ring, Cadence: b.Cadence,
			Zone: b.Zone, Locale: b.Locale, HoursFrom: b.HoursFrom, HoursTo: b.HoursTo,
		})
		if err != nil {
			return nil, err
		}
		return made(PersonOf(p), p.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-person", Method: http.MethodGet, Path: "/people/{id}", Scope: auth.Read, Tag: "people", Summary: "Read a person with everything they have",
		Doc:    "A person who was merged into another is gone (410, person_merged), and params.merged_into is the id they became.",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		For string `query:"for" enum:",assistant" doc:"assistant leaves private words out, for a program that may hand on what it reads."`
	},
	) (*one[PersonDetail], error) {
		d, err := s.People.Detail(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		if in.For != "" {
			d = d.For(account.Place(in.For))
		}
		return detailed(PersonDetailOf(d)), nil
	})
	handle(s, t, operation{
		ID: "change-person", Method: http.MethodPatch, Path: "/people/{id}", Scope: auth.Write, Tag: "people", Summary: "Change a person",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body PersonChange
	},
	) (*one[Person], error) {
		p, err := s.People.Update(ctx, who.User, in.ID, in.Body.change(), in.revision())
		if err != nil {
			return nil, err
		}
		return found(PersonOf(p), p.Revision), nil
	})
	handle(s, t, operation{
		ID: "delete-person", Method: http.MethodDelete, Path: "/people/{id}", Scope: auth.Delete, Tag: "people", Summary: "Remove a person and everything of theirs for good",
		Doc: "Moments keep their words.", Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.People.Delete(ctx, who.User, in.ID, in.revision())
	})
}

func nameOf(n person.Name) PersonName { return PersonName{n.ID, n.Name, n.Nickname} }

// detailed is the answer with all of a person. What is shown with them has revisions of its own, and last contact none:
// the tag tells those apart, and its beginning is the person's revision.
func detailed(d PersonDetail) *one[PersonDetail] {
	o := found(d, d.Revision)
	b, err := json.Marshal(d)
	if err == nil {
		sum := sha256.Sum256(b)
		o.ETag = o.ETag[:len(o.ETag)-1] + "-" + hex.EncodeToString(sum[:6]) + `"`
	}
	return o
}
