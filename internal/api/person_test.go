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

// Whoever reads on somebody's behalf asks for a person without private words.
func TestPersonForAnAssistant(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		sam := into[Person](h.do("POST", "/api/v1/people", h.ana.token, map[string]any{"name": "Sam", "standing": "paused", "standing_note": "after the quarrel"}).want(http.StatusCreated, ""))
		at := "/api/v1/people/" + sam.ID
		for text, private := range map[string]bool{"keeps bees": false, "owes money": true} {
			h.do("POST", at+"/facts", h.ana.token, map[string]any{"text": text, "private": private}).want(http.StatusCreated, "")
		}
		if all := into[PersonDetail](h.do("GET", at, h.ana.token, nil).want(http.StatusOK, "")); len(all.Facts) != 2 || all.StandingNote != "after the quarrel" {
			t.Errorf("for their owner: %+v", all)
		}
		open := into[PersonDetail](h.do("GET", at+"?for=assistant", h.ana.token, nil).want(http.StatusOK, ""))
		if len(open.Facts) != 1 || open.Facts[0].Text != "keeps bees" || open.StandingNote != "" || open.Standing != "paused" {
			t.Errorf("for an assistant: %+v", open)
		}
		h.do("GET", at+"?for=anyone", h.ana.token, nil).want(http.StatusUnprocessableEntity, "not_offered")
	})
}
