package moment_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kith/internal/moment"
)

func TestPackedListsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "plain", `","`, `"]`, `["`, `\`, "<b>", "\x1f", "Ana María"}))
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(word, 0, 4).Draw(t, "list")
		got, err := moment.Packed(list)
		if err != nil || !slices.Equal(got, list) {
			t.Fatalf("got %q, %v; want %q", got, err, list)
		}
	})
}
