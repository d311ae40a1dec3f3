package auth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"pgregory.net/rapid"

	"kith/internal/fault"
)

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	if err != nil {
		return "internal: " + err.Error()
	}
	return ""
}

func TestCheckNewPassword(t *testing.T) {
	t.Parallel()
	tests := []struct{ password, want string }{
		{"a plain sentence", ""},
		{"0123456x89", ""},
		{"пароль на русском", ""},
		{strings.Repeat("ab", 100), ""},
		{strings.Repeat("ém", 100), ""},
		{"short", "password_too_short"},
		{"", "password_too_short"},
		{strings.Repeat("é", 9), "password_too_short"},
		{strings.Repeat("ab", 100) + "c", "password_too_long"},
		{strings.Repeat("x", 1<<20), "password_too_long"},
		{"\xff\xfe0123456789", "password_invalid"},
		{"Ana.Maria@Example.org", "password_is_name"},
		{"ANA.MARIA@example.org", "password_is_name"},
		{"Ana María Gómez", "password_is_name"},
		{"Password123", "password_common"},
		{"qwertyuiop", "password_common"},
		{"aaaaaaaaaaaa", "password_common"},
		{"ÄÄÄÄÄÄÄÄÄÄÄÄ", "password_common"},
		{strings.Repeat("\u200b", 12), "password_common"},
	}
	for _, tt := range tests {
		if got := code(CheckNewPassword(tt.password, "ana.maria@example.org", "Ana María Gómez")); got != tt.want {
			t.Errorf("%.30q: got %q, want %q", tt.password, got, tt.want)
		}
	}
}

func TestCommonestAreFoldedAndLongEnough(t *testing.T) {
	t.Parallel()
	for p := range strings.SplitSeq(strings.TrimSpace(commonest), "\n") {
		if got := code(CheckNewPassword(p, "a@example.org", "a")); got != "password_common" {
			t.Errorf("%q is listed to no effect: %q", p, got)
		}
	}
}

// The comparison without an account must cost what every other one costs.
func TestDummyHasTodaysCost(t *testing.T) {
	t.Parallel()
	p, _, key, err := argon2id.DecodeHash(dummy)
	if err != nil {
		t.Fatal(err)
	}
	if *p != params || len(key) != int(params.KeyLength) {
		t.Errorf("got %+v, want %+v", *p, params)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	h := newHasher()
	kept, err := h.hash(t.Context(), "Ame\u0301lie and Zoe\u0308")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kept, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Errorf("kept as %.40s", kept)
	}
	weak := argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	old, err := argon2id.CreateHash("the same password", &weak)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		password, kept string
		ok, stale      bool
	}{
		{"Amélie and Zoë", kept, true, false}, // another keyboard, the same characters
		{"Amelie and Zoe", kept, false, false},
		{"", kept, false, false},
		{"", "", false, false},
		{strings.Repeat("x", 10_000), kept, false, false},
		{"the same password", old, true, true},
	}
	for _, tt := range tests {
		ok, stale, err := h.matches(t.Context(), tt.password, tt.kept)
		if err != nil || ok != tt.ok || stale != tt.stale {
			t.Errorf("%.20q: got %v, %v, %v", tt.password, ok, stale, err)
		}
	}
	if _, _, err := h.matches(t.Context(), "x", "not a hash"); err == nil || fault.As(err) != nil {
		t.Errorf("a broken row: %v", err)
	}
}

func TestHasherIsBounded(t *testing.T) {
	t.Parallel()
	h := &hasher{slots: make(chan struct{}, 1), most: 2}
	begun, end := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- h.do(context.Background(), func() error { close(begun); <-end; return nil })
	}()
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.do(ctx, func() error { t.Error("ran"); return nil }); err != context.Canceled { //nolint:errorlint // exactly
		t.Errorf("gave up: %v", err)
	}
	h.pending.Add(1)
	if err := h.do(t.Context(), func() error { t.Error("ran"); return nil }); !fault.Is(err, fault.KindBusy) {
		t.Errorf("one too many: %v", err)
	}
	h.pending.Add(-1)
	close(end)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := h.pending.Load(); n != 0 {
		t.Errorf("%d pending", n)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2000 {
		s := newSecret()
		if !secretShaped(s) || seen[s] {
			t.Fatalf("%q", s)
		}
		seen[s] = true
	}
	for i := range alphabet { // every character is used
		if !slices.ContainsFunc(slices.Collect(keys(seen)), func(s string) bool { return s[0] == alphabet[i] }) {
			t.Errorf("no secret begins with %c", alphabet[i])
		}
	}
}

func keys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestTokenShape(t *testing.T) {
	t.Parallel()
	// Fixed, so that tokens made today are recognised for ever: crc32 of the text before it, base 62.
	const known = "kith_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"
	if got := known + checksum(known); !tokenShaped(got) {
		t.Errorf("%s is not shaped", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := newToken()
		if !tokenShaped(s) {
			t.Fatalf("%q is not shaped", s)
		}
		i := rapid.IntRange(0, len(s)-1).Draw(t, "at")
		c := alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(t, "to")]
		if broken := s[:i] + string(c) + s[i+1:]; broken != s && tokenShaped(broken) {
			t.Fatalf("%q with a slip at %d passes", s, i)
		}
		if tokenShaped(s[:i]) || tokenShaped(s+"x") {
			t.Fatal("another length passes")
		}
	})
}

func TestScopes(t *testing.T) {
	t.Parallel()
	set, err := ParseScopes([]string{"delete", "read", "read"})
	if err != nil || set.String() != "read delete" || keptScopes(set.String()) != set {
		t.Errorf("%v, %v", set, err)
	}
	if _, err := ParseScopes([]string{"read", "Admin"}); code(err) != "unknown_scope" {
		t.Errorf("got %v", err)
	}
	for _, tt := range []struct {
		set  Scopes
		s    Scope
		want bool
	}{
		{NewScopes(Write), Capture, true},
		{NewScopes(Capture), Write, false},
		{NewScopes(Write), Delete, false},
		{NewScopes(Write), Read, false},
		{Own, Delete, true},
		{Own, Admin, false},
		{keptScopes("read future"), Read, true},
		{Own | NewScopes(Admin), "future", false},
		{0, "", false},
	} {
		if got := tt.set.Has(tt.s); got != tt.want {
			t.Errorf("%v has %q: %v", tt.set, tt.s, got)
		}
	}
	i := Identity{Scopes: NewScopes(Read, Write)}
	if err := i.MayGrant(NewScopes(Read, Capture)); err != nil {
		t.Error(err)
	}
	if err := i.MayGrant(NewScopes(Read, Delete)); code(err) != "scope_missing" {
		t.Errorf("granted more than it has: %v", err)
	}
	if err := i.Need(Admin); !fault.Is(err, fault.KindDenied) {
		t.Errorf("got %v", err)
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"203.0.113.7":               "203.0.113.7",
		"203.0.113.7:4711":          "203.0.113.7",
		"::ffff:203.0.113.7":        "203.0.113.7",
		"2001:db8:1:2:3:4:5:6":      "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::1]:80": "2001:db8:1:2::/64",
		"fe80::1%eth0":              "fe80::/64",
		"":                          "",
		netip.Addr{}.String():       "",
		"elsewhere":                 "elsewhere",
	} {
		if got := network(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second}
	for i, w := range want {
		if got := pause(int64(i)); got != w {
			t.Errorf("%d over: got %v, want %v", i, got, w)
		}
	}
	for _, over := range []int64{8, 20, 21, 1 << 40} {
		if got := pause(over); got != 15*time.Minute {
			t.Errorf("%d over: got %v", over, got)
		}
	}
	for wait, want := range map[time.Duration]string{
		time.Millisecond: "1 s", 5 * time.Second: "5 s", 90 * time.Second: "90 s", 91 * time.Second: "2 min", 15 * time.Minute: "15 min",
	} {
		if got := tooMany(wait).Error(); !strings.HasSuffix(got, " in "+want+".") {
			t.Errorf("%v: %s", wait, got)
		}
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Firefox\r\nX:\x00 y\u202e ": "Firefox X: y",
		"\xffa":                        "a",
		strings.Repeat("é", 300):       strings.Repeat("é", maxDevice),
		"":                             "",
	} {
		if got := oneLine(in, maxDevice); got != want {
			t.Errorf("%.20q: got %.20q", in, got)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	for _, tt := range []struct{ url, want string }{
		{"http://kith.example/", "kith_session=" + secret + "; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax"},
		{"https://kith.example/", "__Host-kith_session=" + secret + "; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax"},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, tt.url, nil)
		SetCookie(w, r, secret)
		if got := w.Header().Get("Set-Cookie"); got != tt.want {
			t.Errorf("got %s", got)
		}
		back := httptest.NewRequest(http.MethodGet, tt.url, nil)
		for _, c := range w.Result().Cookies() {
			back.AddCookie(c)
		}
		if got := SecretFromRequest(back); got != secret {
			t.Errorf("%s: got %q back", tt.url, got)
		}
		ClearCookie(w, r)
		if got := w.Header().Values("Set-Cookie")[1]; !strings.Contains(got, "Max-Age=0") {
			t.Errorf("cleared by %s", got)
		}
	}
	planted := httptest.NewRequest(http.MethodGet, "https://kith.example/", nil)
	planted.AddCookie(&http.Cookie{Name: "kith_session", Value: secret})
	if got := SecretFromRequest(planted); got != "" {
		t.Error("a neighbouring host can plant a session")
	}
}
