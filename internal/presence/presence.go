// Package presence holds undivided attention for a while: with people, or alone (a breath, a pause, savouring, kind
// wishes, a body scan, a plain timer). While it lasts Kith is silent: Holding says so to whoever would interrupt.
//
// It draws nothing and counts no streaks. What a presence leaves behind is, at most, one line that becomes a moment; a
// presence that leaves none is as good. Patterns of breath and the paced texts are data here; the words are in catalogs.
//
// Invariants: an account has at most one presence that runs; starting another ends the earlier. One that was never told
// to end is over when its plan says so, and is read so at once. An end is told once; the moment it becomes has an id
// made of the presence's own, so that a phone that sends it twice keeps it once. A code to join is kept as a hash,
// belongs to one presence and ends with it; who joins by it sees the first name of its owner and nothing else.
package presence

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/request"
)

// Kinds of presence.
const (
	People = "people" // with somebody
	Breath = "breath" // guided, by a pattern
	Pause  = "pause"  // one minute
	Savour = "savour" // holding a moment that is good
	Wishes = "wishes" // kind wishes, for a person, oneself and others
	Scan   = "scan"   // attention through the body
	Timer  = "timer"  // time, and a bell
)

// Kinds lists them all.
func Kinds() []string { return []string{People, Breath, Pause, Savour, Wishes, Scan, Timer} }

// Limits.
const (
	MinPlanned = 10 * time.Second
	MaxPlanned = 12 * time.Hour
	MaxPeople  = moment.MaxPeople
	MaxGuests  = 500 // that are counted; more may look
)

const (
	slack   = 5 * time.Minute    // how far ahead of ours a client's clock may be
	longAgo = 7 * 24 * time.Hour // how late a presence may arrive that was lived without a network
)

// Session is one presence.
type Session struct {
	ID        string
	Kind      string
	Pattern   string       // of a breath
	People    []moment.Ref // with whom; names are filled in when read
	Planned   time.Duration
	StartedAt time.Time
	EndedAt   *time.Time
	Told      bool // the end was said; else it follows from the plan
	Moment    string
	Open      bool // guests may join by a code
	Guests    int
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Draft is a presence to begin. ID may be the client's own. A person with a name alone is found or made.
type Draft struct {
	ID        string
	Kind      string
	Pattern   string
	People    []moment.Ref
	Planned   time.Duration // 0 is what is usual for the kind
	StartedAt *time.Time    // when, if not now: a phone without a network tells later
}

// End says that a presence is over.
type End struct {
	At   *time.Time // nil is now
	Line string     // becomes a moment; empty makes none
}

// Page is a part of a list, newest first; Next is empty at its end.
type Page struct {
	Items []Session
	Next  string
}

// row is a session as it is stored.
type row struct {
	Session
	people      []string
	joinHash    string
	fingerprint string
	deletedAt   *time.Time
}

// Until is when it is over by its plan.
func (s Session) Until() time.Time { return s.StartedAt.Add(s.Planned) }

// Running reports whether it lasts at that instant.
func (s Session) Running(at time.Time) bool {
	return s.EndedAt == nil && !at.Before(s.StartedAt.Add(-slack)) && at.Before(s.Until())
}

// Lasted is how long it was; of one that runs, until now.
func (s Session) Lasted(now time.Time) time.Duration {
	end := now
	if s.EndedAt != nil {
		end = *s.EndedAt
	}
	return max(0, min(end.Sub(s.StartedAt), s.Planned))
}

// Minutes is how long it was as a moment holds it: whole minutes, at least one.
func (s Session) Minutes(now time.Time) int {
	return max(1, int(s.Lasted(now).Round(time.Minute)/time.Minute))
}

// MomentKind is the kind of the moment that it becomes.
func (s Session) MomentKind() string {
	if s.Kind == People {
		return capture.Presence
	}
	return capture.Pause
}

// momentID is the id of the moment that a presence becomes. It is made of the presence's own, and is as old.
func momentID(id string) string {
	sum := sha256.Sum256([]byte("moment of presence " + id))
	var u uuid.UUID
	copy(u[:], sum[:16])
	if own, err := uuid.Parse(id); err == nil && own.Version() == 7 {
		copy(u[:6], own[:6])
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// asOf is the row as it is at an instant: what ran out of its plan is over.
func asOf(r row, now time.Time) row {
	if r.EndedAt == nil && !now.Before(r.Until()) {
		end := r.Until()
		r.EndedAt = &end
	}
	r.Open = r.joinHash != "" && r.EndedAt == nil
	return r
}

// finish ends it at an instant, within its start and its plan.
func (r *row) finish(at time.Time) {
	if at.Before(r.StartedAt) {
		at = r.StartedAt
	}
	if end := r.Until(); at.After(end) {
		at = end
	}
	r.EndedAt, r.joinHash = &at, ""
}

func (d Draft) clean(now time.Time) (Draft, error) {
	if !slices.Contains(Kinds(), d.Kind) {
		return d, fault.Invalid("unknown_presence_kind", "kind", "A presence is one of: %s.", strings.Join(Kinds(), ", "))
	}
	if d.Kind != Breath {
		if d.Pattern != "" {
			return d, fault.Invalid("pattern_without_breath", "pattern", "Only a breath has a pattern.")
		}
	} else {
		p, err := ParsePattern(d.Pattern)
		if err != nil {
			return d, err
		}
		d.Pattern = p.ID
	}
	if d.Planned == 0 {
		d.Planned = Usual(d.Kind, d.Pattern)
	}
	if d.Planned < MinPlanned || d.Planned > MaxPlanned {
		return d, fault.Invalid("planned_range", "planned_seconds", "A presence is planned for ten seconds to twelve hours.")
	}
	d.Planned = d.Planned.Truncate(time.Second)
	if d.Kind != People && len(d.People) > 0 {
		return d, fault.Invalid("people_of_one", "people", "This one is for yourself alone; only a presence with people has people.")
	}
	if len(d.People) > MaxPeople {
		return d, fault.Invalid("too_many_people", "people", "A moment names at most %d people.", MaxPeople).With("max", MaxPeople)
	}
	if d.StartedAt != nil {
		at := d.StartedAt.UTC().Truncate(time.Microsecond)
		switch {
		case at.After(now.Add(slack)):
			return d, fault.Invalid("presence_in_future", "started_at", "A presence begins now, not later.")
		case at.Before(now.Add(-longAgo)):
			return d, fault.Invalid("presence_too_old", "started_at", "A presence from more than a week ago is a moment by now: log it as one.")
		case at.After(now):
			at = now
		}
		d.StartedAt = &at
	}
	return d, nil
}

// fingerprint is of what was asked for, without the id.
func (d Draft) fingerprint() string {
	var at int64
	if d.StartedAt != nil {
		at = d.StartedAt.UnixMicro()
	}
	return request.Fingerprint([]any{d.Kind, d.Pattern, d.People, int64(d.Planned), at})
}

// Codes are letters and digits that are not mistaken for each other; sixteen of them are eighty bits.
const codeLength = 16

var codes = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding) //nolint:gochecknoglobals // an alphabet

func newCode() string {
	var b [codeLength * 5 / 8]byte
	_, _ = rand.Read(b[:]) // does not fail
	return codes.EncodeToString(b[:])
}

// hashOf is how a code is kept, or empty for what is no code. Whoever types it may use capitals, o for 0, and i or l for 1.
func hashOf(code string) string {
	code = strings.NewReplacer("o", "0", "i", "1", "l", "1", "-", "", " ", "").Replace(strings.ToLower(code))
	if b, err := codes.DecodeString(code); err != nil || len(b) != codeLength*5/8 {
		return ""
	}
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}
