package moment

import (
	"context"
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/person"
	"kith/internal/zone"
)

// Options are what a Service stands on.
type Options struct {
	Accounts *account.Service
	People   *person.Service
	Jobs     *job.Queue
	Live     *live.Hub
	Now      func() time.Time
}

// Service is the door to moments. It is safe for concurrent use once serving begins; hooks are added before that.
type Service struct {
	db      *db.DB
	o       Options
	logged  []func(context.Context, *db.Tx, account.ID, Moment) error
	changed []func(ctx context.Context, tx *db.Tx, by account.ID, before, after Moment) error
}

// New returns a service over d and registers its job.
func New(d *db.DB, o Options) *Service {
	s := &Service{db: d, o: o}
	job.Handle(o.Jobs, s.purgeJob)
	return s
}

// OnLogged adds a function called in the transaction that logs a moment.
func (s *Service) OnLogged(f func(ctx context.Context, tx *db.Tx, by account.ID, m Moment) error) {
	s.logged = append(s.logged, f)
}

// OnChanged adds a function called in the transaction that edits, deletes or restores a moment. DeletedAt tells which. Of
// the people, the ids are there.
func (s *Service) OnChanged(f func(ctx context.Context, tx *db.Tx, by account.ID, before, after Moment) error) {
	s.changed = append(s.changed, f)
}

func (s *Service) now() time.Time { return s.o.Now().UTC().Truncate(time.Microsecond) }

// Read says what a line would become, without keeping it. zoneName may be empty: the account's zone.
func (s *Service) Read(ctx context.Context, by account.ID, text string, at time.Time, zoneName string) (capture.Draft, error) {
	if _, err := cleanText(text); err != nil {
		return capture.Draft{}, err
	}
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return capture.Draft{}, err
	}
	_, loc, err := placed(u, zoneName)
	if err != nil {
		return capture.Draft{}, err
	}
	if at.Before(earliest) {
		return capture.Draft{}, fault.Invalid("too_long_ago", "captured_at", "A moment cannot be older than the year 1900.")
	}
	if at.After(s.now().AddDate(100, 0, 0)) {
		return capture.Draft{}, fault.Invalid("in_future", "captured_at", "This has not happened yet. A moment is something that was.")
	}
	d, err := s.read(ctx, u, text, at, loc)
	if d.HappenedAt.Before(earliest) {
		d.HappenedAt = earliest.In(loc)
	}
	return d, err
}

func (s *Service) read(ctx context.Context, u account.User, text string, at time.Time, loc *time.Location) (capture.Draft, error) {
	in := capture.Input{Text: text, Now: at, Zone: loc, Locale: u.Locale}
	if strings.ContainsAny(text, "@＠") {
		var err error
		if in.People, err = s.o.People.Known(ctx, s.db, u.ID); err != nil {
			return capture.Draft{}, err
		}
	}
	return capture.Parse(in), nil
}

func placed(u account.User, name string) (string, *time.Location, error) {
	if name == "" {
		name = u.Zone
	}
	loc, err := zone.Load(name)
	return name, loc, err
}

// dayOf is the local day of a moment. A moment known only to the day belongs to that day, whenever the owner's begins.
func dayOf(u account.User, m *Moment) string {
	if m.Precision != capture.Minute {
		return m.HappenedAt.Format(time.DateOnly)
	}
	return m.HappenedAt.Add(-time.Duration(u.DayStart) * time.Minute).Format(time.DateOnly)
}

// Get returns one moment: NotFound also when it is somebody else's, Gone when it was deleted.
func (s *Service) Get(ctx context.Context, by account.ID, id string) (Moment, error) {
	v, err := getRow(ctx, s.db, by, id)
	if err != nil {
		return Moment{}, err
	}
	if v.DeletedAt != nil {
		return Moment{}, fault.Gone("moment")
	}
	list, err := s.named(ctx, s.db, by, []row{v})
	if err != nil {
		return Moment{}, err
	}
	return list[0], nil
}

// named gives rows the names of their people. Whoever was deleted is no longer named.
func (s *Service) named(ctx context.Context, r db.Reader, by account.ID, rows []row) ([]Moment, error) {
	var ids []string
	for _, v := range rows {
		ids = append(ids, v.people...)
	}
	slices.Sort(ids)
	names, err := s.o.People.Names(ctx, r, by, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	list := make([]Moment, len(rows))
	for i, v := range rows {
		for _, id := range v.people {
			if name, ok := names[id]; ok {
				v.People = append(v.People, Ref{ID: id, Name: name})
			}
		}
		list[i] = v.Moment
	}
	return list, nil
}

var dayPattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func checkDay(day, field string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil || !dayPattern.MatchString(day) || day < "1890" || day > "2200" {
		return fault.Invalid("bad_day", field, "A day is written like 2026-11-24.")
	}
	return nil
}

// List returns moments newest first, page by page. With a query, whole words are looked for; if nothing has them, words
// that begin with the last one.
func (s *Service) List(ctx context.Context, by account.ID, f Filter, limit int, cursor string) (Page, error) {
	if f.From != "" {
		if err := checkDay(f.From, "from"); err != nil {
			return Page{}, err
		}
	}
	if f.To != "" {
		if err := checkDay(f.To, "to"); err != nil {
			return Page{}, err
		}
	}
	if limit < 1 {
		limit = DefaultLimit
	}
	limit = min(limit, MaxLimit)
	before, wide, err := readCursor(cursor)
	if err != nil {
		return Page{}, err
	}
	terms := fold.Query(f.Query)
	if strings.TrimSpace(f.Query) != "" && len(terms) == 0 {
		return Page{Items: []Moment{}}, nil // only signs: nothing in the index can have them
	}
	if wide {
		terms, _ = widened(terms)
	}
	rows, err := list(ctx, s.db, by, f, terms, limit+1, before)
	if err != nil {
		return Page{}, err
	}
	if more, ok := widened(terms); ok && len(rows) == 0 && before == nil {
		wide = true
		if rows, err = list(ctx, s.db, by, f, more, limit+1, nil); err != nil {
			return Page{}, err
		}
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = writeCursor(*rows[limit-1].key, wide)
	}
	items, err := s.named(ctx, s.db, by, rows)
	return Page{Items: items, Next: next}, err
}

func writeCursor(key int64, wide bool) string {
	text := strconv.FormatInt(key, 36)
	if wide {
		text += "*"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func readCursor(cursor string) (*int64, bool, error) {
	if cursor == "" {
		return nil, false, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	text, wide := strings.CutSuffix(string(b), "*")
	key, perr := strconv.ParseInt(text, 36, 64)
	if err != nil || perr != nil {
		return nil, false, fault.Invalid("bad_cursor", "cursor", "This cursor was not made by Kith; begin again without one.")
	}
	return &key, wide, nil
}

// Day returns the moments of a local day, oldest first.
func (s *Service) Day(ctx context.Context, by account.ID, day string) ([]Moment, error) {
	if err := checkDay(day, "day"); err != nil {
		return nil, err
	}
	rows, err := list(ctx, s.db, by, Filter{From: day, To: day}, nil, 1000, nil)
	if err != nil {
		return nil, err
	}
	slices.Reverse(rows)
	return s.named(ctx, s.db, by, rows)
}

// Last returns the newest moment.
func (s *Service) Last(ctx context.Context, by account.ID) (Moment, error) {
	p, err := s.List(ctx, by, Filter{}, 1, "")
	if err != nil {
		return Moment{}, err
	}
	if len(p.Items) == 0 {
		return Moment{}, fault.NotFound("moment")
	}
	return p.Items[0], nil
}

// Repeat logs the same again, now: same words, people, kind and context; when, felt and duration are its own.
func (s *Service) Repeat(ctx context.Context, by account.ID, id, newID string) (Moment, error) {
	m, err := s.Get(ctx, by, id)
	if err != nil {
		return Moment{}, err
	}
	now := s.now()
	if newID == "" { // the same request twice must be the same request
		newID = uuid.Must(uuid.NewV7()).String()
	} else if old, err := getRow(ctx, s.db, by, strings.ToLower(newID)); err == nil {
		if old.DeletedAt != nil {
			return Moment{}, fault.Gone("moment")
		}
		now = old.HappenedAt.UTC()
	}
	minute := capture.Minute
	m, _, err = s.Log(ctx, by, Draft{
		ID: newID, Text: m.Text, Zone: m.Zone, Kind: &m.Kind, People: &m.People, Someone: &m.Someone, Context: &m.Context, HappenedAt: &now,
		Precision: &minute, Contact: &m.Contact, StartedBy: &m.StartedBy, Tags: &m.Tags,
	})
	return m, err
}

// Erase removes everything of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
