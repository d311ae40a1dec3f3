// Package forge hears from code forges what somebody finished: a change that was merged, an issue that was closed, a
// release. It keeps who, what and when, so that package opportunity can ask whether that is worth a word.
//
// It asks no forge for anything, and writes nothing there. It suggests nothing itself. Who an author is follows from the
// channels of people each time it is asked (an e-mail address, or a web address such as https://codeberg.org/sam), so
// there is nothing to move when two people are merged, and nothing to forget when one is deleted.
//
// Invariants: nothing of a delivery is read before its signature holds, by the secret of its hook and in constant time. A
// refused delivery leaves a number, a reason and a time, and no word of what it said. The same work told twice is one row.
// What was finished is forgotten with its hook, and by itself after KeptFor.
package forge

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/request"
)

// Kinds of finished work.
const (
	Change  = "change"  // merged
	Issue   = "issue"   // closed as done
	Release = "release" // published
)

// Marks of authors who are nobody among the people.
const (
	Me     = "me"
	Nobody = "nobody"
)

// Bounds.
const (
	MaxBody   = 4 << 20 // bytes of a delivery
	KeptFor   = 60 * 24 * time.Hour
	MaxName   = 100
	MaxSecret = 500
	minSecret = 16
	maxHooks  = 50
	maxWork   = 2000 // of one hook
	maxMarks  = 1000
	maxTitle  = 200
	maxWord   = 300 // of a handle, a place, a name
	maxURL    = 2000
)

// Hook is an address at which a forge tells what was finished.
type Hook struct {
	ID        string
	Name      string
	Address   string     // what stands behind /hooks/
	Ready     bool       // it has a secret; without one everything is refused
	Forge     string     // who told something last; empty: nobody yet
	HeardAt   *time.Time // about when that was
	Refused   Refused
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Refused is what is known of deliveries that were refused since the secret was set.
type Refused struct {
	Count int
	Why   string // of the last one
	At    *time.Time
}

// Reasons for a refusal.
const (
	NoSecret     = "no_secret"     // the hook has none
	NoSignature  = "no_signature"  // the delivery has none
	BadSignature = "bad_signature" // it was signed with another secret, or changed on the way
	Stale        = "stale"         // its time is too far from ours
	TooLarge     = "too_large"
	Unreadable   = "unreadable" // signed well, and not what a forge sends
)

// Reasons lists them.
func Reasons() []string {
	return []string{NoSecret, NoSignature, BadSignature, Stale, TooLarge, Unreadable}
}

// Draft is a hook to make.
type Draft struct {
	ID     string // a client's own; empty makes one
	Name   string
	Secret string // empty has Kith make one
}

// Edit is what to change of a hook; nil leaves as it is.
type Edit struct {
	Name   *string
	Secret *string // empty has Kith make one
}

// Author is who finished something, as a forge knows them.
type Author struct {
	Handle string // codeberg.org/sam; may be empty
	Email  string // folded; may be empty
	Name   string // what the forge calls them
}

// Key is what an author is told apart by: the handle, or the address where there is none.
func (a Author) Key() string {
	if a.Handle != "" {
		return fold.Fold(a.Handle)
	}
	return a.Email
}

// keys are all forms in which an author may have been marked.
func (a Author) keys() (list []string) {
	if a.Handle != "" {
		list = append(list, fold.Fold(a.Handle), "@"+fold.Fold(a.Handle[strings.LastIndexByte(a.Handle, '/')+1:]))
	}
	if a.Email != "" {
		list = append(list, a.Email)
	}
	return list
}

// channels are the forms in which a person's channels may name an author.
func (a Author) channels() (list []string) {
	if a.Handle != "" {
		list = append(list, a.Handle, fold.Fold(a.Handle))
	}
	if a.Email != "" {
		list = append(list, a.Email)
	}
	return list
}

// Work is something finished.
type Work struct {
	ID         string
	Hook       string
	Kind       string
	Title      string
	Place      string // the repository or project
	URL        string // may be empty
	Author     Author
	FinishedAt time.Time
	Person     string // id of whose it is among the people; empty: nobody's
	Name       string // of that person
	Mark       string // Me, Nobody or empty
}

// Mark says whose a handle or an address is, where it is nobody's among the people.
type Mark struct {
	Author string
	Mark   string
}

func (d Draft) clean() (Draft, error) {
	var err error
	if d.Name, err = cleanName(d.Name); err != nil {
		return d, err
	}
	d.Secret, err = cleanSecret(d.Secret)
	return d, err
}

func cleanName(s string) (string, error) {
	s = line(s, MaxName+1)
	switch {
	case s == "":
		return "", fault.Invalid("hook_nameless", "name", "Give it a name, such as the forge's.")
	case utf8.RuneCountInString(s) > MaxName:
		return "", fault.Invalid("hook_name", "name", "A name has at most %d characters.", MaxName).With("max", MaxName)
	}
	return s, nil
}

func cleanSecret(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s != "" && (len(s) < minSecret || len(s) > MaxSecret || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)) {
		return "", fault.Invalid("hook_secret", "secret", "A secret has between %d and %d characters. Left empty, Kith makes one.", minSecret, MaxSecret).
			With("min", minSecret).With("max", MaxSecret)
	}
	return s, nil
}

// cleanAuthor reads a handle or an address as people write them: sam, @sam, https://codeberg.org/sam, sam@example.org.
func cleanAuthor(s string) (string, error) {
	s = line(s, maxWord+1)
	switch {
	case strings.Contains(s, "/"):
		if !strings.Contains(s, "://") {
			s = "https://" + s
		}
		u, err := url.Parse(s)
		if err != nil {
			s = ""
			break
		}
		if path := strings.Trim(u.Path, "/"); u.Host == "" || path == "" {
			s = ""
		} else {
			s = strings.TrimPrefix(fold.Fold(u.Host), "www.") + "/" + fold.Fold(path)
		}
	case strings.IndexByte(s, '@') > 0:
		s = cleanEmail(s)
	case strings.Trim(s, "@") != "":
		s = "@" + fold.Fold(strings.TrimPrefix(s, "@"))
	default:
		s = ""
	}
	if s == "" || len(s) > maxWord || strings.ContainsFunc(s, unicode.IsSpace) {
		return "", fault.Invalid("author_unreadable", "author", "Write a handle such as codeberg.org/sam, or an e-mail address.")
	}
	return s, nil
}

// cleanEmail is an address in the form in which addresses are compared, or nothing where it reaches nobody: forges hide
// the real one behind one of their own.
func cleanEmail(s string) string {
	a, err := mail.ParseAddress(s)
	if err != nil || len(s) > 320 {
		return ""
	}
	s = fold.Fold(a.Address)
	_, host, _ := strings.Cut(s, "@")
	if strings.Contains(host, "noreply") || strings.HasPrefix(s, "noreply@") || !strings.Contains(host, ".") {
		return ""
	}
	return s
}

// line makes a text one clean line of at most so many characters.
func line(s string, most int) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) && r != '\u200d': // what turns the direction of a line, or hides in it
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
	if r := []rune(s); len(r) > most {
		s = strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}

// fingerprint leaves the secret out: a short one could be guessed from its digest.
func (d Draft) fingerprint() string {
	return request.Fingerprint([]any{d.Name})
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}
