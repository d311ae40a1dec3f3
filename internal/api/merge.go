package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/person"
)

// Merge is two people made one.
type Merge struct {
	ID       string     `json:"id"`
	Keep     string     `json:"keep" doc:"The id of the one who stays."`
	Gone     string     `json:"gone" doc:"The id of the one who became the other."`
	GoneName string     `json:"gone_name,omitempty"`
	MergedAt time.Time  `json:"merged_at"`
	UndoneAt *time.Time `json:"undone_at,omitempty"`
}

// MergeDraft is a merge to be made: the person of the path stays.
type MergeDraft struct {
	ID   string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	With string `json:"with" maxLength:"36" doc:"The id of the one who becomes the person of the path."`
}

// Distinct says that two people are not the same.
type Distinct struct {
	With string `json:"with" maxLength:"36" doc:"The id of the other one."`
}

// Duplicate is two people who may be one.
type Duplicate struct {
	One    PersonName `json:"one" doc:"The longer known."`
	Other  PersonName `json:"other"`
	Reason string     `json:"reason" enum:"phone,email,name,nickname" doc:"What they share."`
}

func mergeOf(m person.Merge) Merge {
	return Merge{m.ID, m.Keep, m.Gone, m.GoneName, m.MergedAt, m.UndoneAt}
}

func (s *server) registerMerges(t *table) {
	handle(s, t, operation{
		ID: "list-duplicates", Method: http.MethodGet, Path: "/people/duplicates", Scope: auth.Read, Tag: "people", Summary: "Pairs that are likely one person",
		Doc: "The surest first, with what they share. Nobody is merged unless you do it.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Duplicate]], error) {
		pairs, err := s.People.Duplicates(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(pairs, "", func(p person.Pair) Duplicate { return Duplicate{nameOf(p.One), nameOf(p.Other), p.Reason} }), nil
	})
	handle(s, t, operation{
		ID: "not-the-same", Method: http.MethodPost, Path: "/people/{id}/not-the-same", Scope: auth.Write, Tag: "people", Summary: "Say that two people are two",
		Doc: "They are not offered as duplicates again.", Status: http.StatusNoContent, Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body Distinct
	},
	) (*none, error) {
		return &none{}, s.People.Distinct(ctx, who.User, in.ID, in.Body.With)
	})
	handle(s, t, operation{
		ID: "merge-people", Method: http.MethodPost, Path: "/people/{id}/merge", Scope: auth.Write, Tag: "people", Summary: "Make two people one",
		Doc: "The person of the path stays and gets what the other has: channels, dates, facts, follow-ups, relations, groups and moments. " +
			"The other's id is gone from then on (410), with the id it became. It can be undone.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body MergeDraft
	},
	) (*plain[Merge], error) {
		m, created, err := s.People.Merge(ctx, who.User, in.Body.ID, in.ID, in.Body.With)
		if err != nil {
			return nil, err
		}
		status := http.StatusOK
		if created {
			status = http.StatusCreated
		}
		return &plain[Merge]{Status: status, Body: mergeOf(m)}, nil
	})
	handle(s, t, operation{
		ID: "list-merges", Method: http.MethodGet, Path: "/merges", Scope: auth.Read, Tag: "people", Summary: "Merges that can be undone, newest first",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Person string `query:"person" maxLength:"36" doc:"Only those into this person."`
	},
	) (*plain[List[Merge]], error) {
		merges, err := s.People.Merges(ctx, who.User, in.Person)
		if err != nil {
			return nil, err
		}
		return listOf(merges, "", mergeOf), nil
	})
	handle(s, t, operation{
		ID: "undo-merge", Method: http.MethodPost, Path: "/merges/{id}/undo", Scope: auth.Write, Tag: "people", Summary: "Make one person two again",
		Doc:    "Both are as they were; what was added since stays with the one who stayed. Later merges with the same person are undone first.",
		Refuse: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[Merge], error) {
		m, err := s.People.UndoMerge(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Merge]{Status: http.StatusOK, Body: mergeOf(m)}, nil
	})
}
