package request_test

import (
	"testing"

	"github.com/google/uuid"

	"kith/internal/fault"
	"kith/internal/request"
)

func TestID(t *testing.T) {
	t.Parallel()
	fresh, err := request.ID("")
	if err != nil {
		t.Fatal(err)
	}
	if u, err := uuid.Parse(fresh); err != nil || u.Version() != 7 {
		t.Errorf("a fresh id is %q, which is no UUIDv7", fresh)
	}
	if got, err := request.ID("0192F0C1-7C1E-7A3B-9C1D-2F3E4A5B6C7D"); err != nil || got != "0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d" {
		t.Errorf("an id in capitals became %q, %v", got, err)
	}
	for _, bad := range []string{"sam", "0192f0c17c1e7a3b9c1d2f3e4a5b6c7d", "{0192f0c1-7c1e-7a3b-9c1d-2f3e4a5b6c7d}", " "} {
		if got, err := request.ID(bad); fault.As(err) == nil {
			t.Errorf("%q was taken for the id %q", bad, got)
		}
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	type asked struct {
		Text string
		Felt *int
	}
	zero := 0
	one := request.Fingerprint(asked{Text: "a"})
	if len(one) != 32 || one != request.Fingerprint(asked{Text: "a"}) {
		t.Errorf("the same request has the fingerprint %q at one time only", one)
	}
	for _, other := range []asked{{}, {Text: "b"}, {Text: "a", Felt: &zero}} {
		if request.Fingerprint(other) == one {
			t.Errorf("%+v has the fingerprint of another request", other)
		}
	}
}
