package forge

import (
	"context"
	"slices"
	"strings"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/person"
)

// Stranger is an author of whom nobody said who they are.
type Stranger struct {
	Author Author
	Work   Work // the newest
	Count  int
}

// Strangers gathers from work the authors who are neither somebody nor marked, the one of the newest work first.
func Strangers(list []Work) (out []Stranger) {
	at := map[string]int{}
	for _, w := range list {
		if w.Person != "" || w.Mark != "" {
			continue
		}
		i, there := at[w.Author.Key()]
		if !there {
			i = len(out)
			at[w.Author.Key()] = i
			out = append(out, Stranger{Author: w.Author, Work: w})
		}
		out[i].Count++
	}
	return out
}

// Marks returns what was said of authors who are nobody among the people.
func (s *Service) Marks(ctx context.Context, by account.ID) ([]Mark, error) {
	return marks(ctx, s.db, by)
}

// MarkAs says that an author is oneself, or nobody one knows. An empty mark takes it back.
func (s *Service) MarkAs(ctx context.Context, by account.ID, author, mark string) (Mark, error) {
	author, err := cleanAuthor(author)
	if err != nil {
		return Mark{}, err
	}
	if mark != "" && mark != Me && mark != Nobody {
		return Mark{}, unknownMark()
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if mark == "" {
			return unmark(ctx, tx, by, author)
		}
		said, err := marks(ctx, tx, by)
		if err != nil {
			return err
		}
		if len(said) >= maxMarks && !slices.ContainsFunc(said, func(m Mark) bool { return m.Author == author }) {
			return fault.Conflict("too_many_marks", "author", "That is more than can be kept: %d. Remove one first.", maxMarks).With("max", maxMarks)
		}
		return setMark(ctx, tx, by, Mark{author, mark}, db.Micros(s.now()))
	})
	return Mark{author, mark}, err
}

// Tie says that an author is one of the people, once: their handle or address becomes a channel of the person, by which
// they are known from then on.
func (s *Service) Tie(ctx context.Context, by account.ID, author, personID string) error {
	author, err := cleanAuthor(author)
	if err != nil {
		return err
	}
	c := person.Channel{Kind: person.Email, Value: author}
	switch {
	case strings.HasPrefix(author, "@"):
		return fault.Invalid("author_unreadable", "author", "Write a handle such as codeberg.org/sam, or an e-mail address.")
	case strings.Contains(author, "/"):
		c.Kind, c.Value = person.URL, "https://"+author
		list, err := work(ctx, s.db, by, s.now().Add(-KeptFor), maxWork)
		if err != nil {
			return err
		}
		for _, w := range list { // as the forge writes it
			if w.Author.Key() == author {
				scheme, _, _ := strings.Cut(w.URL, "://")
				c.Value = first(scheme, "https") + "://" + w.Author.Handle
				break
			}
		}
	}
	d, err := s.people.Detail(ctx, by, personID)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(d.Channels, func(had person.Channel) bool {
		return strings.EqualFold(had.Norm, author) && had.Kind == c.Kind
	})
	if !known {
		if _, _, err := s.people.AddChannel(ctx, by, personID, c); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return unmark(ctx, tx, by, author) })
}

func unknownMark() error {
	return fault.Invalid("unknown_mark", "mark", "An author is me, nobody, or one of the people.")
}
