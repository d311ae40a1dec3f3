package account

import "slices"

// Place is where somebody's words may come to be read.
type Place string

// The places.
const (
	OwnPage    Place = "own_page"    // its owner, signed in, on the page of those words
	Archive    Place = "archive"     // what its owner takes out, and back in
	Overview   Place = "overview"    // its owner's pages that gather from many days, and may be printed or looked at together
	Search     Place = "search"      // lists of what was found
	Digest     Place = "digest"      // mail and chat
	Shared     Place = "shared"      // anything another person sees
	Assistant  Place = "assistant"   // a program that speaks for its owner, and may hand on what it reads
	LockScreen Place = "lock_screen" // nudges on a device that lies on the table
)

// Shown reports whether words may be read in a place. It is asked everywhere: private words are for their own page and
// for the archive, and for nothing else unless their owner let them into that place too.
func Shown(private bool, where Place, allowed ...Place) bool {
	return !private || where == OwnPage || where == Archive || slices.Contains(allowed, where)
}
