// Package addressbook reads the address books that phones and programs export, and writes vCards: vCard 2.1, 3.0 and 4.0
// with the habits of Apple, Google, Android, Nextcloud and Outlook, and the CSV files of Google Contacts (both
// generations) and Outlook. Whatever the format, a card becomes an Entry.
//
// It is pure: it knows no database and no account, decides nothing about who is taken into Kith, fetches no address that
// a card names, and does not look into pictures.
//
// Invariants: a Reader holds one card at a time, and a card is bounded in bytes, lines and channels, so that memory does
// not grow with the file. Nothing is dropped without a Problem, apart from what is about the file and not the person
// (VERSION, PRODID). What has no field in Entry is kept in Unknown and written again. All text of an Entry is valid
// UTF-8. Reading what Write wrote gives the same Entry, but for the groups that Write makes up for labels.
package addressbook

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"kith/internal/fault"
)

// Limits of one card. What is beyond them is left out, and a Problem says so.
const (
	MaxCard       = 8 << 20 // bytes; a larger card is refused
	MaxProperties = 4000    // lines of a card that are looked at
	MaxChannels   = 200
	MaxUnknown    = 64 << 10 // bytes of unknown properties that are kept
	MaxNote       = 64 << 10
	MaxMembers    = 20000
	maxProblems   = 20
)

// Format is the kind of a file.
type Format string

// The formats. Google and Outlook are CSV.
const (
	VCard   Format = "vcard"
	Google  Format = "google"
	Outlook Format = "outlook"
)

// Kinds of an entry.
const (
	KindPerson = ""
	KindGroup  = "group"
	KindOrg    = "org"
)

// Entry is one card.
type Entry struct {
	Line      int // where the card begins in the file, from 1
	UID       string
	Kind      string // KindPerson, KindGroup or KindOrg
	Name      Name
	Nicknames []string
	Org       []string // the organisation, then its departments
	Title     string
	Role      string
	Channels  []Channel
	Dates     []Date
	Relations []Relation
	Groups    []string // categories, labels
	Members   []string // of a group: UIDs
	Note      string
	Photo     []byte // as it was sent: not yet looked at
	Revised   string // REV, as written
	Unknown   []Property
	Problems  []Problem
	Refused   *Problem // why the card cannot be taken at all; the other fields hold what was read so far
}

// Name is a name in its parts. Full is the name as its owner wrote it, or is put together from the parts.
type Name struct {
	Full, Family, Given, Additional, Prefix, Suffix string
}

// Kinds of a channel.
const (
	Phone   = "phone"
	Email   = "email"
	Address = "address"
	Link    = "link"
	Social  = "social" // a messenger or network; Service names it
)

// Channel is a way to reach someone.
type Channel struct {
	Kind      string
	Value     string    // for an address: its lines
	Parts     [7]string // of an address: box, extended, street, locality, region, code, country
	Label     string    // home, work, mobile, fax, home fax, work fax, pager, main, other, or the owner's own word
	Service   string    // of Social: whatsapp, telegram, skype, ...; lower case
	Preferred bool
	Group     string // the property group it stood in, which may tie unknown properties to it
}

// Kinds of a date.
const (
	Birthday    = "birthday"
	Anniversary = "anniversary"
	Death       = "death"
	OtherDate   = "other" // Label says which
)

// Date is a day of the year. Year is 0 when it is not known.
type Date struct {
	Kind             string
	Label            string
	Year, Month, Day int
	Group            string
}

// Relation is someone the card names: by UID when the book ties cards together, else by name.
type Relation struct {
	Label string // spouse, child, mother, ... or the owner's own word
	Name  string
	UID   string
	Group string
}

// Property is a line of a vCard that has no field of its own. Value is in the escaped form of vCard 3 and 4.
type Property struct {
	Group  string
	Name   string
	Params []Param
	Value  string
}

// Param is a parameter of a property.
type Param struct {
	Name   string
	Values []string
}

// Problem is something in a card that was not taken as it is. Code is stable; pages translate by it. Neither field
// repeats what the card says.
type Problem struct {
	Code     string
	Line     int
	Property string // its name, such as BDAY; empty when it is about the whole card
}

// The codes of problems.
const (
	// Of refused cards.
	CardTooLarge  = "card_too_large"
	CardTruncated = "card_truncated" // the file ends inside it
	CardEmpty     = "card_empty"     // it says nothing about anybody
	// Of cards that are taken without something.
	EndMissing         = "end_missing"
	AgentLeftOut       = "agent_left_out"
	DateUnreadable     = "date_unreadable"
	DateImpossible     = "date_impossible"
	CharsetGuessed     = "charset_guessed"
	PhotoUnreadable    = "photo_unreadable"
	PropertyTooLarge   = "property_too_large"
	LineUnreadable     = "line_unreadable"
	TooManyChannels    = "channels_too_many"
	TooManyProperties  = "properties_too_many"
	NoteCut            = "note_cut"
	RowTooWide         = "row_too_wide"
	QuoteNeverClosed   = "quote_never_closed"
	MembersTooMany     = "members_too_many"
	ValueNeverFinished = "value_never_finished" // a quoted-printable or encoded value with broken escapes
)

// Codes lists every code of a problem, for those who translate them.
func Codes() []string {
	return []string{
		CardTooLarge, CardTruncated, CardEmpty, EndMissing, AgentLeftOut, DateUnreadable, DateImpossible, CharsetGuessed, PhotoUnreadable,
		PropertyTooLarge, LineUnreadable, TooManyChannels, TooManyProperties, NoteCut, RowTooWide, QuoteNeverClosed, MembersTooMany, ValueNeverFinished,
	}
}

func (e *Entry) problem(code string, line int, property string) {
	again := slices.ContainsFunc(e.Problems, func(p Problem) bool {
		return p.Code == code && (p.Property == property || code == CharsetGuessed)
	})
	if !again && len(e.Problems) < maxProblems {
		e.Problems = append(e.Problems, Problem{code, line, property})
	}
}

// Display is the name to call the entry by: the full name, else the parts, the nickname or the organisation. It is empty
// for a card without any of them.
func (e *Entry) Display() string {
	for _, s := range []string{e.Name.Full, e.Name.joined()} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	if len(e.Nicknames) > 0 {
		return e.Nicknames[0]
	}
	if len(e.Org) > 0 {
		return e.Org[0]
	}
	return ""
}

func (n Name) joined() string {
	return strings.Join(strings.Fields(strings.Join([]string{n.Prefix, n.Given, n.Additional, n.Family, n.Suffix}, " ")), " ")
}

// Reader reads a file card by card.
type Reader struct {
	format Format
	next   func() (Entry, error)
	bytes  *counter
}

// NewReader looks at the beginning of a file and returns the reader for it. A file of another kind is refused with an
// Invalid fault.
func NewReader(r io.Reader) (*Reader, error) {
	c := &counter{r: r}
	in := bufio.NewReaderSize(decoded(bufio.NewReaderSize(c, 32<<10)), 64<<10)
	head, err := in.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n")
	switch {
	case len(head) == 0:
		return nil, fault.Invalid("file_empty", "file", "This file is empty.")
	case hasBegin(head):
		v := &vcards{in: &lines{in: in}}
		return &Reader{VCard, v.next, c}, nil
	}
	t, format, err := newTable(in)
	if err != nil {
		return nil, err
	}
	return &Reader{format, t.next, c}, nil
}

// hasBegin reports whether a line begins a card. Mail programs put a few lines of their own before the first one.
func hasBegin(head []byte) bool {
	for line := range bytes.FieldsFuncSeq(head, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if isMark(line, "BEGIN") {
			return true
		}
	}
	return false
}

// Format is what the file was found to be.
func (r *Reader) Format() Format { return r.format }

// Bytes is how much of the file was read so far, for progress.
func (r *Reader) Bytes() int64 { return r.bytes.n }

// Next returns the next card, also one that is refused; io.EOF at the end. Any other error is the file's own.
func (r *Reader) Next() (Entry, error) { return r.next() }

type counter struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
