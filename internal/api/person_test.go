package api

import (
	"net/http"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// Who is to be changed is asked for by name: nobody comes who is only known by it.
func TestPeopleWhoAreCalledSo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		sam := into[Person](h.do("POST", "/api/v1/people", h.ana.token, map[string]any{"name": "Sam"}).want(http.StatusCreated, ""))
		h.do("POST", "/api/v1/people/"+sam.ID+"/facts", h.ana.token, map[string]any{"text": "a baker"}).want(http.StatusCreated, "")
		h.do("POST", "/api/v1/people", h.ana.token, map[string]any{"name": "Bakersfield Ann"}).want(http.StatusCreated, "")
		for query, want := range map[string]int{"q=baker": 2, "q=baker&named=false": 2, "q=baker&named=true": 1, "q=a+baker&named=true": 1, "q=oven&named=true": 0} {
			if got := into[List[Person]](h.do("GET", "/api/v1/people?"+query, h.ana.token, nil).want(http.StatusOK, "")); len(got.Items) != want {
				t.Errorf("%s: %+v", query, got.Items)
			}
		}
	})
}
