package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"kith/internal/auth"
)

func TestPulses(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	const id = "0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7e"
	body := map[string]any{"id": id, "valence": 70, "energy": 30, "words": []string{"content", "after the rain"}}
	p := into[Pulse](h.do("POST", "/api/v1/pulses", h.ana.token, body).want(http.StatusCreated, ""))
	if p.Quadrant != "calm" || p.Words[0].ID != "calm.content" || p.Words[1].Text != "after the rain" || p.Zone != "Europe/Berlin" {
		t.Errorf("kept as %+v", p)
	}
	h.do("POST", "/api/v1/pulses", h.ana.token, body).want(http.StatusOK, "")
	h.do("POST", "/api/v1/pulses", h.ana.token, map[string]any{"valence": 101, "energy": 0}).want(http.StatusUnprocessableEntity, "")
	h.do("POST", "/api/v1/pulses", h.ana.token, map[string]any{"valence": 1, "energy": 0, "closeness": 3}).want(http.StatusUnprocessableEntity, "closeness_by_day")
	h.do("GET", "/api/v1/pulses/"+id, h.ben.token, nil).want(http.StatusNotFound, "pulse_not_found")
	h.do("POST", "/api/v1/pulses", h.tokenFor(h.ana.user, auth.NewScopes(auth.Read)), body).want(http.StatusForbidden, "scope_missing")
	h.do("PATCH", "/api/v1/pulses/"+id, h.ana.token, map[string]any{"valence": 20}, header{"If-Match", `"9"`}).want(http.StatusPreconditionFailed, "pulse_changed")
	if got := into[Pulse](h.do("PATCH", "/api/v1/pulses/"+id, h.ana.token, map[string]any{"valence": 20, "closeness": nil}).want(http.StatusOK, "")); got.Quadrant != "heavy" {
		t.Errorf("changed to %+v", got)
	}
	if w := into[PulseWords](h.do("GET", "/api/v1/pulse-words", h.ana.token, nil)); len(w.Library) < 48 || len(w.Own) != 1 {
		t.Errorf("%d words, own %v", len(w.Library), w.Own)
	}
	if list := into[List[Pulse]](h.do("GET", "/api/v1/pulses?from=2026-11-24", h.ana.token, nil)); len(list.Items) != 1 {
		t.Errorf("listed: %+v", list)
	}
	h.do("DELETE", "/api/v1/pulses/"+id, h.ana.token, nil).want(http.StatusNoContent, "")
	h.do("GET", "/api/v1/pulses/"+id, h.ana.token, nil).want(http.StatusGone, "pulse_gone")
	h.do("POST", "/api/v1/pulses/"+id+"/undo", h.ana.token, nil).want(http.StatusOK, "")
	if help := into[Help](h.do("GET", "/api/v1/help", h.ana.token, nil)); help.Reason != "" || len(help.Resources) == 0 {
		t.Errorf("%+v", help)
	}
}

func TestScales(t *testing.T) {
	t.Parallel()
	h := sqliteHouse(t)
	a := into[ScaleAnswer](h.do("POST", "/api/v1/scales/spane/answers", h.ana.token, map[string]any{"answers": map[string]int{"sad": 2}}).want(http.StatusCreated, ""))
	if a.Scores[1].N != 1 || a.Scores[1].Of != 6 || a.Scores[1].Value != nil {
		t.Errorf("scored %+v", a.Scores)
	}
	h.do("POST", "/api/v1/scales/spane/answers", h.ana.token, map[string]any{"answers": map[string]int{"sad": 6}}).want(http.StatusUnprocessableEntity, "answer_range")
	h.do("POST", "/api/v1/scales/who-5/answers", h.ana.token, map[string]any{"answers": map[string]int{"sad": 6}}).want(http.StatusNotFound, "scale_not_found")
	if s := into[Scale](h.do("GET", "/api/v1/scales/spane", h.ana.token, nil)); s.Mine.N != 1 || s.Mine.Next != "2026-12-22" || s.Credit == "" {
		t.Errorf("%+v", s)
	}
	h.do("GET", "/api/v1/scale-answers/"+a.ID, h.ben.token, nil).want(http.StatusNotFound, "scale_answer_not_found")
	h.do("POST", "/api/v1/scales", h.ana.token, map[string]any{"licensed": true, "definition": map[string]any{"id": "x"}}).want(http.StatusUnprocessableEntity, "bad_scale")
	h.do("POST", "/api/v1/scales", h.ana.token, ownScale("ons4")).want(http.StatusConflict, "scale_built_in")
	s := into[Scale](h.do("POST", "/api/v1/scales", h.ana.token, ownScale("mine")).want(http.StatusCreated, ""))
	if s.BuiltIn || s.Items[0].Low != "no" {
		t.Errorf("%+v", s)
	}
	h.do("POST", "/api/v1/scales", h.ana.token, ownScale("mine")).want(http.StatusOK, "")
	h.do("DELETE", "/api/v1/scales/mine", h.ben.token, nil).want(http.StatusNotFound, "scale_not_found")
	h.do("DELETE", "/api/v1/scales/mine", h.ana.token, nil).want(http.StatusNoContent, "")
	var raw map[string]any
	if err := json.Unmarshal(h.do("GET", "/api/v1/scales", h.ana.token, nil).body, &raw); err != nil || len(raw["items"].([]any)) != 6 { //nolint:forcetypeassert // a test
		t.Errorf("%v %v", raw, err)
	}
}
