package opportunity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/fold"
	"kith/internal/moment"
	"kith/internal/person"
)

const (
	// eventPast is how long an event that is over is worth a line.
	eventPast = 36 * time.Hour
	// eventCrowd is how many may be invited to what is still a moment with somebody.
	eventCrowd = 6
)

// sourceEvent offers to log an event of a calendar that is over, if it invites somebody who is known, or names them. Its
// owner has allowed titles to be read; what was logged with them on that day is not offered again.
func sourceEvent(ctx context.Context, s *Service, sc *scene) ([]Candidate, error) {
	if s.calendars == nil {
		return nil, nil
	}
	ended, err := s.calendars.Ended(ctx, sc.u.ID, sc.now.Add(-eventPast), sc.now)
	if err != nil || len(ended) == 0 {
		return nil, err
	}
	who, err := guests(ctx, s.db, sc.u.ID, ended)
	if err != nil {
		return nil, fmt.Errorf("find who was there: %w", err)
	}
	var ids []string
	for _, g := range who {
		ids = append(ids, g.person)
	}
	slices.Sort(ids)
	people, err := active(ctx, s.db, sc.u.ID, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	met := map[string][]string{} // by day
	var list []Candidate
	for _, g := range who {
		p, ok := people[g.person]
		if !ok {
			continue
		}
		day := sc.u.Day(g.event.Start)
		if _, asked := met[day]; !asked {
			if met[day], err = moment.Met(ctx, s.db, sc.u.ID, day); err != nil {
				return nil, err
			}
		}
		c, ok := sc.person(SourceEvent, SourceEvent+":"+p.ID+":"+g.event.ID, p.ID, restOf(SourceEvent, 0))
		if !ok || slices.Contains(met[day], p.ID) {
			continue
		}
		c.Name, c.Kind, c.Act, c.Seconds = called(p), capture.Conversation, ActLog, 20
		c.Line, c.At = clip(g.event.Title, 140)+" @"+p.Name, g.event.Start
		c.Text = sc.p.T("opportunity.event.text", "title", clip(g.event.Title, 80), "name", c.Name)
		key := "opportunity.event.why.named"
		if g.invited {
			key = "opportunity.event.why.invited"
		}
		c.Why = sc.p.T(key, "name", c.Name, "on", sc.p.Day(day, "day"), "until", sc.p.Time(g.event.End.In(sc.u.Location())))
		list = append(list, c)
	}
	return list, nil
}

// guest is somebody who was at an event.
type guest struct {
	event   dav.Event
	person  string
	invited bool
}

// guests finds who was at events: those it invites by an address that is theirs, and those its title names.
func guests(ctx context.Context, r db.Reader, by account.ID, list []dav.Event) ([]guest, error) {
	var mails []string
	for _, e := range list {
		if len(e.Invited) <= eventCrowd {
			mails = append(mails, e.Invited...)
		}
	}
	for i, m := range mails {
		mails[i] = person.Norm(person.Email, m, "")
	}
	owners, err := person.Reached(ctx, r, by, mails)
	if err != nil {
		return nil, err
	}
	called, err := callNames(ctx, r, by)
	if err != nil {
		return nil, err
	}
	var found []guest
	for _, e := range list {
		seen := map[string]bool{}
		if len(e.Invited) <= eventCrowd {
			for _, m := range e.Invited {
				theirs := owners[person.Norm(person.Email, m, "")]
				if len(theirs) != 1 || seen[theirs[0].ID] { // an address several people share says nothing
					continue
				}
				seen[theirs[0].ID] = true
				found = append(found, guest{e, theirs[0].ID, true})
			}
		}
		for _, id := range called.in(e.Title) {
			if !seen[id] {
				seen[id] = true
				found = append(found, guest{e, id, false})
			}
		}
	}
	return found, nil
}

// names are how people are called, folded. Somebody of whom nothing but a card is known is found by their whole name only.
type names struct {
	whole   map[string]string // to ids; empty where two are called so
	words   map[string]string
	dense   map[string]string // those of words that a title may hold without parting them
	lengths []int             // of dense, in bytes, the longest first
}

func (n *names) add(to map[string]string, name, id string) {
	if was, taken := to[name]; taken && was != id {
		id = ""
	}
	to[name] = id
}

func (n *names) word(w, id string) {
	n.add(n.words, w, id)
	if dense(w) && len([]rune(w)) > 1 {
		n.add(n.dense, w, id)
	}
}

func (n *names) known(name, nickname, id string, near bool) {
	words := wordsOf(name)
	switch {
	case len(words) > 1:
		n.add(n.whole, strings.Join(words, " "), id)
	case len(words) == 1 && (near || dense(words[0])):
		n.word(words[0], id)
	}
	if !near {
		return
	}
	if len(words) > 1 && len([]rune(words[0])) >= 3 {
		n.word(words[0], id)
	}
	if w := wordsOf(nickname); len(w) == 1 && len([]rune(w[0])) >= 3 {
		n.word(w[0], id)
	}
}

// in are those a title names: by their whole names if there is one, else the first of them.
func (n *names) in(title string) (ids []string) {
	words := wordsOf(title)
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) && len(ids) < 2 {
			ids = append(ids, id)
		}
	}
	for i := range words { // a whole name has two words or a few more
		for j := i + 2; j <= min(len(words), i+5); j++ {
			add(n.whole[strings.Join(words[i:j], " ")])
		}
	}
	if len(ids) > 0 {
		return ids
	}
	for _, w := range words {
		add(n.words[w])
	}
	for _, w := range words { // where words are not parted by blanks
		for i := range w {
			for _, length := range n.lengths {
				if i+length <= len(w) {
					add(n.dense[w[i:i+length]])
				}
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(fold.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
}

// dense reports whether a word is of a script that does not part words.
func dense(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) })
}

func callNames(ctx context.Context, r db.Reader, by account.ID) (*names, error) {
	n := &names{whole: map[string]string{}, words: map[string]string{}, dense: map[string]string{}}
	type row struct {
		id, name, nickname string
		near               bool
	}
	err := db.Each(ctx, r, func(s db.Scanner) (v row, err error) {
		err = s.Scan(&v.id, &v.name, &v.nickname, &v.near)
		return v, err
	}, func(v row) error {
		n.known(v.name, v.nickname, v.id, v.near)
		return nil
	}, "SELECT id, name, nickname, ring <> '' OR cadence IS NOT NULL OR last_contact_at IS NOT NULL FROM person WHERE "+nearby, string(by))
	for w := range n.dense {
		if !slices.Contains(n.lengths, len(w)) {
			n.lengths = append(n.lengths, len(w))
		}
	}
	slices.Sort(n.lengths)
	slices.Reverse(n.lengths)
	return n, err
}
