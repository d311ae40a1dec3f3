// Package zone loads time zones by their IANA names and keeps them. Reading a zone takes longer than the rest of a
// capture, and there are some 600 of them.
package zone

import (
	"strings"
	"sync"
	"time"

	"kith/internal/fault"
)

// loaded holds each zone once; the names are checked before they are kept, so it is bounded by the zones there are.
var loaded sync.Map //nolint:gochecknoglobals // a cache of a pure function

// Load returns the zone called name. The empty name and "Local" are refused: a moment names the zone it was lived in.
func Load(name string) (*time.Location, error) {
	if loc, ok := loaded.Load(name); ok {
		return loc.(*time.Location), nil //nolint:forcetypeassert // only stored below
	}
	if name == "" || strings.EqualFold(name, "local") {
		return nil, unknown()
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, unknown()
	}
	loaded.Store(name, loc)
	return loc, nil
}

func unknown() error {
	return fault.Invalid("unknown_zone", "zone", "This is not a time zone we know; use a name such as Europe/Berlin.")
}
