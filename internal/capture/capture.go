// Package capture turns one line a person wrote into a draft moment, and says which part of the line meant what.
//
// It is pure: no clock, no database, no network. The same input gives the same draft. It never fails: the worst line is
// a plain moment whose text is the line. It never guesses silently: what it understood is in Spans, which the page and
// the terminal show as chips. The words it knows are data (package i18n, words).
package capture

import "time"

// The kinds of moment. The list is closed. /kind wins, then the first plain word (thanked, laughed), then the first that
// may lead up to something plainer (called, wrote). A line without such a word is Conversation when it says with whom,
// else CheckIn; so is a call nobody answered.
const (
	CheckIn      = "check-in"
	Conversation = "conversation"
	Thanks       = "thanks"
	Compliment   = "compliment"
	Laugh        = "laugh"
	Kindness     = "kindness"
	Celebration  = "celebration"
	Presence     = "presence"
	Pause        = "pause"
	Gratitude    = "gratitude"
)

// Kinds are all kinds, in the order pages show them.
var Kinds = []string{ //nolint:gochecknoglobals // a constant
	CheckIn, Conversation, Thanks, Compliment, Laugh, Kindness, Celebration, Presence, Pause, Gratitude}

// Contexts a moment can have; empty is unknown.
const (
	Personal     = "personal"
	Professional = "professional"
)

// Contact says whether the two were in touch.
const (
	ContactYes     = "yes"     // both took part, or a word went out
	ContactNo      = "no"      // gratitude for someone, a pause: nothing reached them
	ContactAttempt = "attempt" // tried, no answer
)

// Who began it; empty is unknown.
const (
	ByMe   = "me"
	ByThem = "them"
	ByBoth = "both"
)

// How exactly the time is known.
const (
	Minute = "minute"
	Day    = "day"
	Month  = "month"
	Year   = "year"
)

// Roles of spans.
const (
	RolePerson   = "person"   // @Sam; Value: the person's id, or the new name
	RoleSomeone  = "someone"  // the barista
	RoleKind     = "kind"     // thanked, /laugh
	RoleContext  = "context"  // #work, #home
	RoleTag      = "tag"      // any other #word
	RoleTime     = "time"     // yesterday, 3pm, 2026-11-01
	RoleDuration = "duration" // 20 min
	RoleFelt     = "felt"     // :)
	RoleContact  = "contact"  // no answer
	RoleStarted  = "started"  // the "me" of "called me", unless the kind has said it already
)

// Known is a person the writer already has.
type Known struct {
	ID      string
	Name    string   // as its owner wrote it
	Also    []string // nicknames and other names that mean the same person
	Whole   bool     // meant only by a whole name, not by a part of one
	Context string   // Personal, Professional or empty
}

// Input is all that Parse looks at.
type Input struct {
	Text   string
	Now    time.Time      // the instant against which "yesterday" is read
	Zone   *time.Location // the zone the moment was lived in; nil is UTC
	Locale string         // the writer's language ("de"); words of English, of this language and of the line's own are read
	People []Known
}

// Person is somebody the line names. Exactly one of ID and New is set, unless the name could mean several people: then
// both are empty and Maybe holds the ids to choose from.
type Person struct {
	ID    string
	Name  string // as known, or as written when new
	New   bool
	Maybe []string // ids of those it could mean; nothing is stored until one is chosen
}

// Span is a part of Input.Text and what it meant. Start and End count bytes of the UTF-8 text; spans do not overlap and
// are in order.
type Span struct {
	Start, End int
	Role       string
	Value      string // the normalised meaning: "thanks", "professional", "2026-11-23T15:00:00+01:00", "+1", "20"
}

// Draft is the moment the line would become. Empty strings and nil pointers are unknown.
type Draft struct {
	Kind        string
	Text        string // the line as written, line ends made \n, outer white space gone
	People      []Person
	Someone     []string
	Context     string
	HappenedAt  time.Time // in Input.Zone
	Precision   string
	DurationMin *int
	Felt        *int // -2 to +2
	Contact     string
	StartedBy   string
	Tags        []string // without #, as first written, no doubles by folding
	Spans       []Span
}
