package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/person"
)

// Person is somebody in your life as the API shows them.
type Person struct {
	ID                string     `json:"id"`
	Name              string     `json:"name"`
	Context           string     `json:"context,omitempty" doc:"personal or professional; absent when unknown."`
	LastContactAt     *time.Time `json:"last_contact_at,omitempty" doc:"When you were last in touch."`
	LastContactMoment string     `json:"last_contact_moment,omitempty" doc:"The moment that says so."`
	Revision          int64      `json:"revision"`
	CreatedAt         time.Time  `json:"created_at"`
	UpdatedAt         time.Time  `json:"updated_at"`
}

// PersonDraft is a person to be made.
type PersonDraft struct {
	ID      string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Name    string `json:"name" minLength:"1" maxLength:"120"`
	Context string `json:"context,omitempty" enum:",personal,professional"`
}

// PersonChange is what is to be changed; what is left out stays.
type PersonChange struct {
	Name    *string `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Context *string `json:"context,omitempty" enum:",personal,professional"`
}

func (v Person) address() string { return "/people/" + v.ID }

// PersonOf is a person as the API shows them.
func PersonOf(p person.Person) Person {
	return Person{
		ID: p.ID, Name: p.Name, Context: p.Context, LastContactAt: p.LastContactAt, LastContactMoment: p.LastContactMoment,
		Revision: p.Revision, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

func (s *server) registerPeople(t *table) {
	handle(s, t, operation{
		ID: "list-people", Method: http.MethodGet, Path: "/people", Scope: auth.Read, Tag: "people", Summary: "List people",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Query string `query:"q" maxLength:"120" doc:"The beginning of a name or of a part of it."`
		Sort  string `query:"sort" enum:"name,last" default:"last" doc:"last: most recent contact first; name: alphabetical."`
		Paging
	},
	) (*plain[List[Person]], error) {
		page, err := s.People.List(ctx, who.User, person.Filter{Query: in.Query, Sort: in.Sort}, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		return listOf(page.Items, page.Next, PersonOf), nil
	})
	handle(s, t, operation{
		ID: "create-person", Method: http.MethodPost, Path: "/people", Scope: auth.Write, Tag: "people", Summary: "Add a person",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body PersonDraft }) (*one[Person], error) {
		p, created, err := s.People.Create(ctx, who.User, person.Draft{ID: in.Body.ID, Name: in.Body.Name, Context: in.Body.Context})
		if err != nil {
			return nil, err
		}
		return made(PersonOf(p), p.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-person", Method: http.MethodGet, Path: "/people/{id}", Scope: auth.Read, Tag: "people", Summary: "Read a person",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*one[Person], error) {
		p, err := s.People.Get(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return found(PersonOf(p), p.Revision), nil
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
		p, err := s.People.Update(ctx, who.User, in.ID, person.Change{Name: in.Body.Name, Context: in.Body.Context}, in.revision())
		if err != nil {
			return nil, err
		}
		return found(PersonOf(p), p.Revision), nil
	})
	handle(s, t, operation{
		ID: "delete-person", Method: http.MethodDelete, Path: "/people/{id}", Scope: auth.Delete, Tag: "people", Summary: "Remove a person for good",
		Doc: "Moments keep their words.", Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.People.Delete(ctx, who.User, in.ID, in.revision())
	})
}
