// Package intake takes over what other programs exported: a file is read and shown first, taken over whole or not at
// all, and can be taken back as a whole. It reads address books (package addressbook).
//
// It is not the archive, which is Kith's own and belongs to package transfer, and it keeps no file: what is read waits as
// cards for a day, then it is forgotten.
//
// Invariants: nothing of a file is anybody's person before Apply, and Apply is one transaction. The same file again does
// nothing. A card is known again by its UID, else by its name and first address; what its owner edited in Kith, no later
// import changes. Every card that is not taken is named with its line and the reason. People who were imported carry the
// import's id as their source, and nothing suggests them until their owner ties them.
package intake

import (
	"time"

	"kith/internal/addressbook"
	"kith/internal/fault"
)

// Limits of an import.
const (
	MaxCards = 50_000
	maxNotes = 1000 // that are kept word by word; all are counted
	batch    = 200  // cards written at once while a file is read
	samples  = 8
	keep     = 24 * time.Hour // how long a file waits to be taken over
)

// States of an import.
const (
	Reading = "reading"
	Ready   = "ready" // read and compared; nothing is taken over yet
	Done    = "done"
	Undone  = "undone"
)

// Import is one file.
type Import struct {
	ID        string
	Format    string
	File      string
	State     string
	Report    Report
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time

	fingerprint string
}

// Report is what an import does or did.
type Report struct {
	Cards   int      `json:"cards"`   // in the file
	New     int      `json:"new"`     // people made
	Changed int      `json:"changed"` // people who were there, and whose card says something new
	Same    int      `json:"same"`    // cards that say nothing new
	Skipped int      `json:"skipped"` // cards that are not taken
	Groups  int      `json:"groups"`
	Doubles int      `json:"doubles,omitempty"` // of Same: cards that are twice in the file
	Gone    int      `json:"gone,omitempty"`    // of Skipped: people who were deleted in Kith
	Samples []Sample `json:"samples,omitempty"`
	Notes   []Note   `json:"notes,omitempty"`
	More    int      `json:"more,omitempty"` // notes beyond those that are kept
	Made    []string `json:"made_groups,omitempty"`

	Removed  int      `json:"removed,omitempty"`  // by the undo: people who were made
	Restored int      `json:"restored,omitempty"` // people who are again as they were
	Left     []string `json:"left,omitempty"`     // people of whom something stays, because it was edited since
}

// Sample is somebody in the file.
type Sample struct {
	Name string `json:"name"`
	What string `json:"what"` // new, changed
}

// Note is something that was not taken as it is. A card that was not taken at all has Skipped.
type Note struct {
	Line     int    `json:"line"`
	Name     string `json:"name,omitempty"`
	Code     string `json:"code"`
	Property string `json:"property,omitempty"`
	Skipped  bool   `json:"skipped,omitempty"`
}

// Codes of notes beside those of package addressbook.
const (
	NameMissing    = "name_missing"
	NameCut        = "name_cut"
	TextCut        = "text_cut"
	ChannelRefused = "channel_refused"
	DateRefused    = "date_refused"
	GroupRefused   = "group_refused"
	PhotoRefused   = "photo_refused"
	PersonDeleted  = "person_deleted"
)

// Codes lists every code a note can have.
func Codes() []string {
	return append(addressbook.Codes(), NameMissing, NameCut, TextCut, ChannelRefused, DateRefused, GroupRefused, PhotoRefused, PersonDeleted)
}

// Progress is told while an import goes on.
type Progress struct {
	Bytes int64 // read
	Cards int   // read, or taken over
	Of    int   // cards to take over; 0 while the file is read
}

// Options say how a file is read.
type Options struct {
	ID       string         // the client's own
	File     string         // its name
	Format   string         // what it must be; empty finds out
	Progress func(Progress) // may be nil; must return at once
}

// Taken is what taking an import back did.
type Taken struct {
	Import   Import
	Removed  int
	Restored int    // people who were there before, and are as they were
	Kept     []Kept // people it made who were touched since
	Left     []Kept // people who were there before, and of whom something was edited since
}

// Kept is somebody who stays.
type Kept struct{ ID, Name string }

func notFound() error { return fault.NotFound("import") }

// noteAll notes what is cut or left out of a card, and a card that is not taken.
func (r *Report) noteAll(one card, d decision) {
	for _, n := range d.draft.notes {
		n.Line, n.Name = one.entry.Line, shortName(one.entry)
		r.note(n)
	}
	if d.verdict == isGone {
		r.note(Note{Line: one.entry.Line, Name: shortName(one.entry), Code: PersonDeleted, Skipped: true})
	}
}

func (r *Report) note(n Note) {
	if len(r.Notes) < maxNotes {
		r.Notes = append(r.Notes, n)
		return
	}
	r.More++
}
