package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kith/internal/db/dbtest"
	"kith/internal/moment"
)

// BenchmarkMoments asks the whole API, without a network, what people ask most often.
//
//	go test -run '^$' -bench Moments -cpuprofile cpu.out ./internal/api && go tool pprof -top -cum api.test cpu.out
func BenchmarkMoments(b *testing.B) {
	h := newHouse(b, dbtest.Open(b, dbtest.SQLite(b)))
	for i := range 2000 {
		if _, _, err := h.services.Moments.Log(b.Context(), h.ana.user.ID, moment.Draft{Text: remark(i)}); err != nil {
			b.Fatal(err)
		}
	}
	ask := func(b *testing.B, method, path, body string, want int) {
		b.Helper()
		r := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:1"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+h.ana.token)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != want {
			b.Fatalf("got %d: %s", w.Code, w.Body)
		}
	}
	for _, q := range []struct{ name, path string }{
		{"newest", "?limit=50"}, {"common", "?limit=50&q=coffee"}, {"rare", "?limit=50&q=rare5"},
	} {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask(b, http.MethodGet, Prefix+"/moments"+q.path, "", http.StatusOK)
			}
		})
	}
	b.Run("log", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			i++
			ask(b, http.MethodPost, Prefix+"/moments", `{"text":"`+remark(i)+`"}`, http.StatusCreated)
		}
	})
}

func remark(i int) string {
	text := fmt.Sprintf("coffee with a neighbour, we laughed about the weather %d #home", i)
	if i%100 == 0 {
		text += fmt.Sprintf(" rare%d", i/100)
	}
	return text
}
