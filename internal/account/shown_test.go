package account

import "testing"

func TestShown(t *testing.T) {
	t.Parallel()
	for place, want := range map[Place]bool{
		OwnPage: true, Archive: true, Overview: false, Search: false, Digest: false, Shared: false, LockScreen: false, "a place not thought of": false,
	} {
		if got := Shown(true, place); got != want {
			t.Errorf("private words in %s: %v", place, got)
		}
		if !Shown(false, place) {
			t.Errorf("words that are not private are missing in %s", place)
		}
	}
}
