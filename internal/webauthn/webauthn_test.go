package webauthn

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The vectors are from RFC 8949, appendix A, and what CTAP2 forbids.
func TestCBOR(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]any{
		"00": int64(0), "1864": int64(100), "1a000f4240": int64(1000000), "20": int64(-1), "3903e7": int64(-1000),
		"f4": false, "f5": true, "f6": nil, "4401020304": []byte{1, 2, 3, 4}, "62c3bc": "ü", "83010203": []any{int64(1), int64(2), int64(3)},
		"a201020304": map[any]any{int64(1): int64(2), int64(3): int64(4)}, "a26161016162820203": map[any]any{"a": int64(1), "b": []any{int64(2), int64(3)}},
	} {
		b, err := hex.DecodeString(sent)
		if err != nil {
			t.Fatal(err)
		}
		r := reader{b}
		got, err := r.value(0)
		if diff := cmp.Diff(want, got); err != nil || diff != "" || len(r.rest) > 0 {
			t.Errorf("%s: %v, %d left\n%s", sent, err, len(r.rest), diff)
		}
	}
	for _, sent := range []string{
		"", "18", "1c", "1f", "5f", "9f", "bf", "ff", // cut off, or of indefinite length
		"62c328", "4401", "83", "9bffffffffffffffff", "bb00ffffffffffffff", "1bffffffffffffffff", // no text, or longer than what was sent
		"a2010201", "a201020103", "a1f501", "a1410001", // a name twice, or none that is taken
		"c074", "f93c00", "f97e00", "f7", "818181818181818100", // tags, floats, undefined, too deep
	} {
		b, err := hex.DecodeString(sent)
		if err != nil {
			t.Fatal(err)
		}
		r := reader{b}
		if got, err := r.value(0); err == nil {
			t.Errorf("%s is read as %v", sent, got)
		}
	}
}

func TestPublicKey_Refused(t *testing.T) {
	t.Parallel()
	for what, sent := range map[string]string{
		"no map":            "01",
		"nothing":           "a0",
		"another curve":     "a5010203260102022158200000000000000000000000000000000000000000000000000000000000000000225820" + "0000000000000000000000000000000000000000000000000000000000000000",
		"not on the curve":  "a50102032620012158200000000000000000000000000000000000000000000000000000000000000001225820" + "0000000000000000000000000000000000000000000000000000000000000001",
		"a short Ed25519":   "a401010327200621420102",
		"RSA of few bits":   "a40103033901002043ffffff2143010001",
		"RSA by one":        "a4010303390100204100214101",
		"an algorithm else": "a401010326200621420102",
	} {
		b, err := hex.DecodeString(sent)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := publicKey(b); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}

// FuzzAnswer asserts that nothing that is sent brings the reader down, and that without a key nothing is taken.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"rawId":"AQ","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}`), []byte{0xa1, 0x01, 0x02})
	f.Fuzz(func(t *testing.T, sent, raw []byte) {
		p := Party{ID: "kith.example.org", Origins: []string{"https://kith.example.org"}}
		challenge := bytes.Repeat([]byte{1}, 32)
		if _, err := p.Register(sent, challenge); err == nil {
			t.Error("taken without a challenge")
		}
		if a, err := ReadAssertion(sent); err == nil {
			if _, err := p.Check(a, Credential{ID: a.Credential}, challenge); err == nil {
				t.Error("taken without a key")
			}
		}
		_, _ = p.data(raw)
		_, _, _ = publicKey(raw)
	})
}
