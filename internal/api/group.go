package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/person"
)

// Group is people who belong together in your mind.
type Group struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Members   int       `json:"members" doc:"How many people are in it."`
	Revision  int64     `json:"revision"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (v Group) address() string { return "/groups/" + v.ID }

// GroupDraft is a group to be made.
type GroupDraft struct {
	ID   string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Name string `json:"name" minLength:"1" maxLength:"80"`
}

// GroupChange is what is to be changed.
type GroupChange struct {
	Name string `json:"name" minLength:"1" maxLength:"80"`
}

// GroupOf is a group as the API shows it.
func GroupOf(g person.Group) Group {
	return Group{g.ID, g.Name, g.Members, g.Revision, g.CreatedAt, g.UpdatedAt}
}

func (s *server) registerGroups(t *table) {
	handle(s, t, operation{
		ID: "list-groups", Method: http.MethodGet, Path: "/groups", Scope: auth.Read, Tag: "people", Summary: "List groups", Doc: "By name, all in one answer.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Group]], error) {
		groups, err := s.People.Groups(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(groups, "", GroupOf), nil
	})
	handle(s, t, operation{
		ID: "create-group", Method: http.MethodPost, Path: "/groups", Scope: auth.Write, Tag: "people", Summary: "Make a group",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body GroupDraft }) (*one[Group], error) {
		g, created, err := s.People.CreateGroup(ctx, who.User, in.Body.ID, in.Body.Name)
		if err != nil {
			return nil, err
		}
		return made(GroupOf(g), g.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-group", Method: http.MethodGet, Path: "/groups/{id}", Scope: auth.Read, Tag: "people", Summary: "Read a group",
		Doc: "Its people are at /people?group={id}.", Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[Group], error) {
		g, err := s.People.Group(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Group]{Status: http.StatusOK, Body: GroupOf(g)}, nil
	})
	handle(s, t, operation{
		ID: "change-group", Method: http.MethodPatch, Path: "/groups/{id}", Scope: auth.Write, Tag: "people", Summary: "Rename a group",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body GroupChange
	},
	) (*one[Group], error) {
		g, err := s.People.RenameGroup(ctx, who.User, in.ID, in.Body.Name, in.revision())
		if err != nil {
			return nil, err
		}
		return found(GroupOf(g), g.Revision), nil
	})
	handle(s, t, operation{
		ID: "delete-group", Method: http.MethodDelete, Path: "/groups/{id}", Scope: auth.Delete, Tag: "people", Summary: "Remove a group for good",
		Doc: "Its people stay.", Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.People.DeleteGroup(ctx, who.User, in.ID, in.revision())
	})
	handle(s, t, operation{
		ID: "join-group", Method: http.MethodPut, Path: "/groups/{id}/people/{part}", Scope: auth.Write, Tag: "people", Summary: "Put a person in a group",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByPart) (*none, error) {
		return &none{}, s.People.Join(ctx, who.User, in.ID, in.Part)
	})
	handle(s, t, operation{
		ID: "leave-group", Method: http.MethodDelete, Path: "/groups/{id}/people/{part}", Scope: auth.Write, Tag: "people", Summary: "Take a person out of a group",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByPart) (*none, error) {
		return &none{}, s.People.Leave(ctx, who.User, in.ID, in.Part)
	})
}
