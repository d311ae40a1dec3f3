package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kith/internal/account"
	"kith/internal/addressbook"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/live"
	"kith/internal/person"
	"kith/internal/request"
)

// Service is the door to imports. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	o     Needs
	doing sync.Map // progress by user and import, of what this process works on
}

// Needs are what imports stand on.
type Needs struct {
	People *person.Service
	Live   *live.Hub // nil tells nobody
	Now    func() time.Time
}

// New returns a service over d.
func New(d *db.DB, o Needs) *Service { return &Service{db: d, o: o} }

func (s *Service) now() time.Time { return s.o.Now().UTC().Truncate(time.Microsecond) }

// Get returns one import.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Import, error) {
	return get(ctx, s.db, by, id)
}

// List returns the imports that were taken over, newest first. before is the id of the last one of the page before.
func (s *Service) List(ctx context.Context, by account.ID, before string, limit int) ([]Import, error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	return list(ctx, s.db, by, before, limit)
}

// Stage reads a file and compares it with who is there. Nothing is taken over: Apply does that, Discard lets it go, and
// after a day it is forgotten. A file that cannot be read, or whose reading is cancelled, leaves nothing behind. With a
// client's own id the same file again gives the import as it is now, and false.
func (s *Service) Stage(ctx context.Context, by account.ID, r io.Reader, o Options) (v Import, created bool, err error) {
	return s.stage(ctx, by, r, o, false)
}

// Take is Stage and Apply in one: nothing is compared twice, and a file that is not taken over leaves nothing behind.
func (s *Service) Take(ctx context.Context, by account.ID, r io.Reader, o Options) (Import, error) {
	v, created, err := s.stage(ctx, by, r, o, true)
	if err != nil || !created {
		if err == nil && v.State == Ready { // it was looked at before, under this id
			return s.Apply(ctx, by, v.ID, o.Progress)
		}
		return v, err
	}
	return v, nil
}

func (s *Service) stage(ctx context.Context, by account.ID, r io.Reader, o Options, atOnce bool) (v Import, created bool, err error) {
	id, err := request.ID(o.ID)
	if err != nil {
		return Import{}, false, err
	}
	hashed := sha256.New()
	r = io.TeeReader(r, hashed)
	if o.ID != "" {
		old, err := get(ctx, s.db, by, id)
		if err == nil {
			return s.again(old, r, hashed)
		}
		if !fault.Is(err, fault.KindNotFound) {
			return Import{}, false, err
		}
	}
	book, err := open(r, o.Format)
	if err != nil {
		return Import{}, false, err
	}
	now := s.now()
	v = Import{ID: id, Format: string(book.Format()), File: cleanFile(o.File), State: Reading, Revision: 1, CreatedAt: now, UpdatedAt: now}
	if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, by, v) }); err != nil {
		return Import{}, false, err
	}
	defer func() {
		if err != nil { // also when ctx is what ended
			undo := context.WithoutCancel(ctx)
			if derr := s.db.Write(undo, func(ctx context.Context, tx *db.Tx) error { return drop(ctx, tx, by, id) }); derr != nil {
				err = errors.Join(err, derr)
			}
		}
	}()
	progress := s.watch(by, id, o.Progress)
	defer s.unwatch(by, id)
	if err := s.read(ctx, by, book, &v, progress); err != nil {
		return Import{}, false, err
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // what stands behind the last card counts for the fingerprint
		return Import{}, false, err
	}
	v.fingerprint = hex.EncodeToString(hashed.Sum(nil)[:16])
	if !atOnce {
		if err := s.count(ctx, by, &v); err != nil {
			return Import{}, false, err
		}
		v.State = Ready
	}
	now = s.now()
	fresh := v
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v = fresh
		return save(ctx, tx, by, &v, now)
	})
	if err == nil && atOnce {
		v, err = s.applied(ctx, by, id, progress, true)
	}
	return v, true, err
}

func open(r io.Reader, format string) (*addressbook.Reader, error) {
	book, err := addressbook.NewReader(r)
	if err != nil {
		return nil, err
	}
	csv := format == "csv" && book.Format() != addressbook.VCard
	if format != "" && !csv && format != string(book.Format()) {
		return nil, fault.Invalid("other_format", "file", "This file is of another format than you said.")
	}
	return book, nil
}

func (s *Service) again(old Import, r io.Reader, hashed hash.Hash) (Import, bool, error) {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return Import{}, false, err
	}
	if old.State == Reading || old.fingerprint != hex.EncodeToString(hashed.Sum(nil)[:16]) {
		return Import{}, false, request.Reused()
	}
	return old, false, nil
}

// read puts the cards of a file down, a batch at a time.
func (s *Service) read(ctx context.Context, by account.ID, book *addressbook.Reader, v *Import, progress func(Progress)) error {
	keys := map[string]string{} // digests by key
	faces, err := faces(ctx, s.db, by)
	if err != nil {
		return err
	}
	var (
		waiting []card
		texts   []string
		seq     int
	)
	flush := func() error {
		if len(waiting) == 0 {
			return nil
		}
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			rows := cardRows()
			for i, c := range waiting {
				if err := rows.Add(ctx, tx, c.row(by, v.ID, texts[i])...); err != nil {
					return err
				}
			}
			return rows.Flush(ctx, tx)
		})
		waiting, texts = waiting[:0], texts[:0]
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := book.Next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return err
		}
		if v.Report.Cards++; v.Report.Cards > MaxCards {
			return fault.TooLarge("too_many_cards", "file", "This file has more than %d cards. Nothing was imported; send it in parts.", MaxCards).With("max", MaxCards)
		}
		name := shortName(e)
		for _, p := range e.Problems {
			v.Report.note(Note{Line: p.Line, Name: name, Code: p.Code, Property: p.Property})
		}
		if why := refusal(e); why != "" {
			v.Report.Skipped++
			v.Report.note(Note{Line: e.Line, Name: name, Code: why, Skipped: true})
			continue
		}
		c := card{seq: seq, key: keyOf(e), digest: digestOf(e)}
		if e.Kind == addressbook.KindGroup {
			v.Report.Groups++
			c.key = "group:" + c.key
		} else if double(keys, &c) {
			v.Report.Same++ // the same card twice in one file
			v.Report.Doubles++
			continue
		}
		if len(e.Photo) > 0 && !faces[person.FaceHash(e.Photo)] { // a picture Kith wrote is the one it has
			if c.face, err = person.Face(ctx, e.Photo); err != nil {
				if fault.As(err) == nil {
					return err
				}
				v.Report.note(Note{Line: e.Line, Name: name, Code: PhotoRefused, Property: "PHOTO"})
			}
		}
		c.entry = compact(e)
		c.entry.Line = e.Line
		text, err := json.Marshal(c.entry)
		if err != nil {
			return err
		}
		waiting, texts, seq = append(waiting, c), append(texts, string(text)), seq+1
		if len(waiting) == batch {
			if err := flush(); err != nil {
				return err
			}
			if progress != nil {
				progress(Progress{Bytes: book.Bytes(), Cards: v.Report.Cards})
			}
		}
	}
}

// double gives a card a key of its own among those of the file, and reports whether the same card was there before.
func double(keys map[string]string, c *card) bool {
	base := c.key
	for n := 2; ; n++ {
		was, taken := keys[c.key]
		if taken && was == c.digest {
			return true
		}
		if !taken {
			keys[c.key] = c.digest
			return false
		}
		c.key = fmt.Sprintf("%s#%d", base, n)
	}
}

func refusal(e addressbook.Entry) string {
	switch {
	case e.Refused != nil:
		return e.Refused.Code
	case strings.TrimSpace(e.Display()) == "":
		return NameMissing
	}
	return ""
}

func shortName(e addressbook.Entry) string {
	name := []rune(e.Display())
	if len(name) > 60 {
		return string(name[:59]) + "…"
	}
	return string(name)
}

// count compares the cards of a file with who is there, for the preview.
func (s *Service) count(ctx context.Context, by account.ID, v *Import) error {
	var news, changed []Sample
	err := s.db.View(ctx, func(ctx context.Context, r db.Reader) error {
		c, err := s.comparer(ctx, r, by)
		if err != nil {
			return err
		}
		return eachCard(ctx, r, by, v.ID, func(one card) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if one.entry.Kind == addressbook.KindGroup {
				return nil
			}
			d, err := c.decide(ctx, r, one)
			if err != nil {
				return err
			}
			v.Report.noteAll(one, d)
			switch d.verdict {
			case isNew:
				v.Report.New++
				if len(news) < samples {
					news = append(news, Sample{shortName(one.entry), "new"})
				}
			case isChanged:
				v.Report.Changed++
				if len(changed) < samples {
					changed = append(changed, Sample{shortName(one.entry), "changed"})
				}
			case isSame:
				v.Report.Same++
			case isGone:
				v.Report.Skipped++
				v.Report.Gone++
			}
			return nil
		})
	})
	v.Report.Samples = slices.Concat(news[:min(len(news), samples-min(3, len(changed)))], changed[:min(len(changed), 3)])
	notes := v.Report.Notes
	sort.SliceStable(notes, func(i, j int) bool { return notes[i].Line < notes[j].Line })
	return err
}

// Near returns whom of an import their owner may want to keep close, the likeliest first.
func (s *Service) Near(ctx context.Context, by account.ID, id string, limit int) ([]string, error) {
	if _, err := get(ctx, s.db, by, id); err != nil {
		return nil, err
	}
	return near(ctx, s.db, by, id, limit)
}

// Discard lets a file go that was not taken over.
func (s *Service) Discard(ctx context.Context, by account.ID, id string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if v.State == Done || v.State == Undone {
			return fault.Conflict("import_done", "", "This file was taken over already. It can be undone.")
		}
		return drop(ctx, tx, by, id)
	})
}

// Forget takes away what was read and not taken over within a day. It is a job.
func (s *Service) Forget(ctx context.Context) error {
	old, err := stale(ctx, s.db, s.now().Add(-keep))
	if err != nil {
		return err
	}
	for _, v := range old {
		err = errors.Join(err, s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			now, err := get(ctx, tx, account.ID(v[0]), v[1])
			if err != nil || now.State == Done || now.State == Undone {
				return nil //nolint:nilerr // gone already, or taken over since
			}
			return drop(ctx, tx, account.ID(v[0]), v[1])
		}))
	}
	return err
}

// PersonDeleted takes away what a card said about somebody who was deleted. That it was taken over is remembered, so that
// the next import of the card does not bring them back. It is a hook of package person.
func (s *Service) PersonDeleted(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	return blank(ctx, tx, by, id)
}

// Erase removes everything of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}

// cleanFile keeps the last part of a file's name.
func cleanFile(s string) string {
	s = strings.TrimSpace(path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/")))
	if s == "." || s == "/" || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		return ""
	}
	if r := []rune(s); utf8.RuneCountInString(s) > 120 {
		return string(r[:119]) + "…"
	}
	return s
}
