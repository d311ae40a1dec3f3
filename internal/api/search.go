package api

import (
	"context"
	"net/http"

	"kith/internal/auth"
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/reflection"
)

// peopleFound is how many people, and how many evenings, stand beside the moments of a search.
const peopleFound = 5

// Found is what a search found: moments newest first, and on the first page people whose name begins so.
type Found struct {
	Items       []Moment     `json:"items"`
	NextCursor  string       `json:"next_cursor,omitempty" doc:"Ask again with it as cursor for what follows; absent at the end."`
	People      []Person     `json:"people,omitempty"`
	Reflections []Reflection `json:"reflections,omitempty" doc:"On the first page, the newest days whose words have all of them; private words are never found."`
}

func (s *server) registerSearch(t *table) {
	handle(s, t, operation{
		ID: "search", Method: http.MethodGet, Path: "/search", Scope: auth.Read, Tag: "moments", Summary: "Find moments, people and evenings by words",
		Doc: "Case and accents do not matter, and any script can be searched: jose finds José.",
	}, func(ctx context.Context, who auth.Identity, in *struct {
		Query string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Words to find."`
		Paging
	},
	) (*plain[Found], error) {
		page, err := s.Moments.List(ctx, who.User, moment.Filter{Query: in.Query}, in.Limit, in.Cursor)
		if err != nil {
			return nil, err
		}
		out := Found{Items: make([]Moment, len(page.Items)), NextCursor: page.Next}
		for i, m := range page.Items {
			out.Items[i] = MomentOf(m)
		}
		if in.Cursor == "" {
			people, err := s.People.List(ctx, who.User, person.Filter{Query: in.Query, Sort: person.ByLast}, peopleFound, "")
			if err != nil {
				return nil, err
			}
			out.People = mapped(people.Items, foundIn(people))
			written, err := s.Reflections.Search(ctx, who.User, in.Query, peopleFound)
			if err != nil {
				return nil, err
			}
			if len(written) > 0 {
				u, err := s.user(ctx, who)
				if err != nil {
					return nil, err
				}
				out.Reflections = mapped(written, func(r reflection.Reflection) Reflection { return ReflectionOf(r, u.Locale) })
			}
		}
		return &plain[Found]{Status: http.StatusOK, Body: out}, nil
	})
}
