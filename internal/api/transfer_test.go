package api

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"kith/internal/db"
	"kith/internal/db/dbtest"
)

// during is an answer that does something when its first bytes are written.
type during struct {
	*httptest.ResponseRecorder
	act func()
}

func (d *during) Write(b []byte) (int, error) {
	if act := d.act; act != nil {
		d.act = nil
		act()
	}
	return d.ResponseRecorder.Write(b)
}

// An archive on its way out is asked for and stopped by its owner alone, and what was stopped does not end as if it were whole.
func TestTransferOnItsWay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const id = "019bc4a8-0000-7000-8000-000000000001"
		for range 100 { // more than waits in the ZIP's own buffer
			h.do("POST", "/api/v1/moments", h.ana.token, map[string]any{"text": "heard " + rand.Text()}).want(http.StatusCreated, "")
		}
		asked, broken := false, false
		w := &during{httptest.NewRecorder(), func() {
			asked = true
			h.do("GET", "/api/v1/transfers/"+id, h.ben.token, nil).want(http.StatusNotFound, "transfer_not_found")
			h.do("DELETE", "/api/v1/transfers/"+id, h.ben.token, nil).want(http.StatusNotFound, "transfer_not_found")
			if got := into[TransferDoing](h.do("GET", "/api/v1/transfers/"+id, h.ana.token, nil).want(http.StatusOK, "")); got.Done > got.Of {
				t.Errorf("it is at %+v", got)
			}
			h.do("DELETE", "/api/v1/transfers/"+id, h.ana.token, nil).want(http.StatusNoContent, "")
		}}
		func() {
			defer func() {
				err, _ := recover().(error)
				broken = errors.Is(err, http.ErrAbortHandler)
			}()
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/export?id="+id, nil)
			r.Header.Set("Authorization", "Bearer "+h.ana.token)
			h.handler.ServeHTTP(w, r)
		}()
		if !asked || !broken {
			t.Errorf("asked %v, broken off %v: %d, %d bytes", asked, broken, w.Code, w.Body.Len())
		}
		if got := into[TransferDoing](h.do("GET", "/api/v1/transfers/"+id, h.ana.token, nil).want(http.StatusOK, "")); got.Is != "broken" {
			t.Errorf("afterwards it is %+v", got)
		}
		h.do("DELETE", "/api/v1/transfers/"+id, h.ana.token, nil).want(http.StatusNotFound, "transfer_not_found")
	})
}
