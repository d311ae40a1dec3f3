package ical

import "testing"

func TestWindowsZones_areKnown(t *testing.T) {
	t.Parallel()
	if n := len(windows()); n < 135 {
		t.Errorf("%d names", n)
	}
	for name := range windows() {
		if _, ok := byWindows(name); !ok {
			t.Errorf("%s names no zone", name)
		}
	}
	if _, ok := byWindows("Middle Earth Standard Time"); ok {
		t.Error("a made-up name is known")
	}
}
