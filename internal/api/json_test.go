package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// FuzzParseJSON holds the strict reader to encoding/json: what it accepts, it reads alike.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-0.5e3,true,false,null,"\u00e9\n\"",{}]}`, ` [ ] `, `"\ud83d"`, `01`, `1.`, `-`, `tru`, `{"a":1,}`, `{"a":1 "b":2}`, `"` + "\x1f" + `"`, `{"a":1,"a":2}`, `{`, ``,
		`[1,,2]`, `"\u0000"`, `"\ud83d\ude00\ud83d"`, `"\\\ud83dx"`, `"\udE00"`, `nul`, `+1`, `1e5`, `"\x"`, "\ufeff{}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := parseJSON(b)
		var want any
		werr := json.Unmarshal(b, &want)
		if err == nil && (werr != nil || !reflect.DeepEqual(got, want)) {
			t.Fatalf("%q was read as %#v, not as %#v (%v)", b, got, want, werr)
		}
		if err != nil && werr == nil && strings.HasPrefix(err.Error(), "malformed") {
			t.Fatalf("%q was refused: %v", b, err)
		}
		if err != nil && !strings.Contains(err.Error(), "|") {
			t.Fatalf("%q gave an error without a code: %v", b, err)
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		newServer(Services{}).built()
	}
}

// BenchmarkLog is one capture through the whole handler; BenchmarkLogBelow the same without the API.
func BenchmarkLog(b *testing.B) {
	h := sqliteHouse(b)
	b.ReportAllocs()
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/moments", strings.NewReader(`{"text":"coffee with @Sam :)"}`))
			r.RemoteAddr = "127.0.0.1:1"
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+h.ana.token)
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, r)
			if w.Code != 201 {
				b.Error(w.Body.String())
			}
		}
	})
}

func BenchmarkLogBelow(b *testing.B) {
	h := sqliteHouse(b)
	b.ReportAllocs()
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Header.Set("Authorization", "Bearer "+h.ana.token)
			who, err := h.services.Auth.FromRequest(r.Context(), r)
			if err != nil {
				b.Error(err)
			}
			d := MomentDraft{Text: "coffee with @Sam :)"}
			if _, _, err := h.services.Moments.Log(b.Context(), who.User, d.draft()); err != nil {
				b.Error(err)
			}
		}
	})
}
