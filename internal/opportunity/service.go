package opportunity

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kith/internal/account"
	"kith/internal/capture"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/intention"
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/zone"
)

// Service is the door to opportunities. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	people *person.Service
	goals  *intention.Service
	now    func() time.Time

	calendars *dav.Service // nil: no titles are read
}

// New returns a service over d. now is the clock.
func New(d *db.DB, now func() time.Time) *Service {
	return &Service{db: d, people: person.New(d, now), goals: intention.New(d, now), now: now}
}

// Calendars has events that are over offered to be logged, where their owner allows titles to be read.
func (s *Service) Calendars(c *dav.Service) { s.calendars = c }

// Source offers candidates for a day. Another one is a file of its own and a line here.
type Source func(ctx context.Context, s *Service, sc *scene) ([]Candidate, error)

func sources() map[string]Source {
	return map[string]Source{
		SourceFollowUp: sourceFollowUp, SourceDate: sourceDate, SourceFinished: sourceFinished, SourceDue: sourceDue, SourceGap: sourceGap,
		SourceDrift: sourceDrift, SourcePractice: sourcePractice, SourceMemory: sourceMemory, SourceEvent: sourceEvent,
	}
}

// order is in which sources stand where nothing else decides.
func order() []string {
	return []string{SourceFollowUp, SourceDate, SourceFinished, SourceEvent, SourceGap, SourceDue, SourceDrift, SourcePractice, SourceMemory}
}

// awayDays is after how many days without a moment somebody is met again rather than caught up with.
const awayDays = 14

// scene is what every source is told: whose day it is, what time it is, what was done and what was said.
type scene struct {
	u       account.User
	p       *i18n.Printer
	now     time.Time
	day     string
	on      time.Time // the day, as UTC
	done    []string  // kinds of today's moments
	met     []string  // people in touch with today, and whom today's intention is about
	answers []Row
	never   map[string]string // subject to the day it was put away
	wishes  Wishes
}

// Today returns what is timely on the day, which is the user's today: at most three, the one to show first first. What
// was answered today is not among them, nor is what was done today.
func (s *Service) Today(ctx context.Context, u account.User, day string) ([]Opportunity, error) {
	sc, err := s.scene(ctx, u, day)
	if err != nil {
		return nil, err
	}
	list, err := s.choose(ctx, sc)
	if err != nil {
		return nil, err
	}
	out := make([]Opportunity, len(list))
	for i, c := range list {
		out[i] = c.Opportunity
	}
	return out, nil
}

// Quiet returns the quiet notes of the day, for those who wish for them.
func (s *Service) Quiet(ctx context.Context, u account.User, day string) ([]Note, error) {
	w, err := s.Wishes(ctx, u.ID)
	if err != nil || !w.LossNotes {
		return nil, err
	}
	sc, err := s.scene(ctx, u, day)
	if err != nil {
		return nil, err
	}
	return s.notes(ctx, sc)
}

func (s *Service) scene(ctx context.Context, u account.User, day string) (*scene, error) {
	on, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, checkDay(day)
	}
	sc := &scene{u: u, p: i18n.For(u.Locale), now: s.now(), day: day, on: on, never: map[string]string{}}
	if sc.answers, err = standing(ctx, s.db, u.ID, on.AddDate(0, 0, -longestRest).Format(time.DateOnly)); err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	away, err := nevers(ctx, s.db, u.ID)
	if err != nil {
		return nil, fmt.Errorf("read what was put away: %w", err)
	}
	for _, n := range away {
		sc.never[n.Subject] = n.Since
	}
	if sc.wishes, err = s.Wishes(ctx, u.ID); err != nil {
		return nil, fmt.Errorf("read wishes: %w", err)
	}
	if sc.done, err = moment.Kinds(ctx, s.db, u.ID, day); err != nil {
		return nil, fmt.Errorf("read kinds of the day: %w", err)
	}
	if sc.met, err = moment.Met(ctx, s.db, u.ID, day); err != nil {
		return nil, fmt.Errorf("read people of the day: %w", err)
	}
	goal, err := s.goals.Today(ctx, u.ID, day)
	if err != nil {
		return nil, fmt.Errorf("read the intention of the day: %w", err)
	}
	if goal != nil && goal.Person != "" && goal.State != intention.LetGo {
		sc.met = append(sc.met, goal.Person)
	}
	return sc, nil
}

// choose asks the sources and takes the best.
func (s *Service) choose(ctx context.Context, sc *scene) ([]Candidate, error) {
	lately, err := moment.Recent(ctx, s.db, sc.u.ID, sc.on, awayDays)
	if err != nil {
		return nil, fmt.Errorf("read the last days: %w", err)
	}
	resting := slices.Contains(sc.wishes.RestDays, sc.on.Weekday())
	if !resting && lately.Ever && lately.Days == 0 {
		return s.welcome(ctx, sc)
	}
	var all []Candidate
	for _, name := range order() {
		if sc.never["source:"+name] != "" || resting && name != SourceDate {
			continue
		}
		list, err := sources()[name](ctx, s, sc)
		if err != nil {
			return nil, fmt.Errorf("ask the source %s: %w", name, err)
		}
		all = append(all, list...)
	}
	if resting {
		all = slices.DeleteFunc(all, func(c Candidate) bool { return c.Facts.Ahead > 0 })
	}
	return rank(all, room(lately.Begun-sc.accepted())), nil
}

// welcome is what somebody finds who was away: one old moment, and one tiny step.
func (s *Service) welcome(ctx context.Context, sc *scene) ([]Candidate, error) {
	old, err := s.anyMemory(ctx, sc)
	if err != nil {
		return nil, err
	}
	step, err := s.tiny(ctx, sc)
	return append(old, step...), err
}

// room is how many suggestions there are: fewer for whoever began something of their own on many of the last days.
func room(begun int) int {
	switch {
	case begun >= 10:
		return 1
	case begun >= 6:
		return 2
	}
	return perDay
}

// accepted is on how many of the last days a suggestion was taken.
func (sc *scene) accepted() int {
	days := map[string]bool{}
	since := sc.on.AddDate(0, 0, -awayDays).Format(time.DateOnly)
	for _, a := range sc.answers {
		if a.Answer == Accepted && a.Day > since && a.Day < sc.day {
			days[a.Day] = true
		}
	}
	return len(days)
}

// person begins a candidate about somebody, and says whether they may be suggested today at all.
func (sc *scene) person(source, id, personID string, rest int) (Candidate, bool) {
	if slices.Contains(sc.met, personID) || sc.never["person:"+personID] != "" || sc.rests(id, personID, rest) {
		return Candidate{}, false
	}
	c := Candidate{Opportunity: Opportunity{
		ID: id, Source: source, Person: personID, Kind: capture.CheckIn, Seconds: 120, Act: ActReach,
	}}
	c.Facts = sc.facts(source, id)
	return c, true
}

// rests reports whether a suggestion stays away because of an earlier answer: to itself for some days, and after "not
// now" to anything about the person on that day and the next.
func (sc *scene) rests(id, personID string, days int) bool {
	for _, a := range sc.answers {
		on, err := time.Parse(time.DateOnly, a.Day)
		if err != nil || a.Day > sc.day {
			continue
		}
		ago := int(sc.on.Sub(on).Hours()) / 24
		if a.Opportunity == id && (ago < days || a.Answer == NotThis) {
			return true
		}
		if personID != "" && a.Answer != Accepted && ago < 2 && personOf(a.Opportunity) == personID {
			return true
		}
	}
	return false
}

// avoids reports whether one of these people is never to be suggested.
func (sc *scene) avoids(people []string) bool {
	return slices.ContainsFunc(people, func(id string) bool { return sc.never["person:"+id] != "" })
}

// Decent hours where nobody said otherwise, in minutes after midnight.
const (
	decentFrom = 8 * 60
	decentTo   = 21 * 60
)

// decent reports whether one may write to somebody now: within their hours where they are, else within usual ones, there
// or, where nothing is known, here.
func (sc *scene) decent(p person.Person) bool {
	if awake, known := p.Awake(sc.now); known {
		return awake
	}
	loc, err := zone.Load(p.Zone)
	if p.Zone == "" || err != nil {
		loc = sc.u.Location()
	}
	there := sc.now.In(loc)
	minute := there.Hour()*60 + there.Minute()
	return decentFrom <= minute && minute < decentTo
}

// facts begins the facts of a candidate. People, practices, people, memories: so the days go round.
func (sc *scene) facts(source, id string) Facts {
	f := Facts{Source: source, Chance: sc.turn(id)}
	switch n := int(sc.on.Unix()/(24*60*60)) % 4; source {
	case SourceDue, SourceGap, SourceDrift:
		f.Turn = n%2 == 0
	case SourcePractice:
		f.Turn = n == 1
	case SourceMemory:
		f.Turn = n == 3
	}
	return f
}

func (sc *scene) seed(what string) string { return string(sc.u.ID) + "/" + sc.day + "/" + what }

func (sc *scene) turn(what string) float64 { return turn(sc.seed(what)) }

// say words a suggestion in one of the three ways there are for it; the same one all day.
func (sc *scene) say(key, id string, kv ...any) string {
	n := 1 + int(sc.turn("words/"+id)*3)
	return sc.p.T("opportunity."+key+"."+strconv.Itoa(n), kv...)
}

// since writes an instant as the day it was.
func (sc *scene) since(t time.Time) string {
	day := sc.u.Day(t)
	if yearOf(day) == sc.on.Year() {
		return sc.p.Day(day, "date")
	}
	return sc.p.Day(day, "full")
}

// called is how somebody is named in a sentence.
func called(p person.Person) string {
	if p.Nickname != "" {
		return p.Nickname
	}
	return p.Name
}

// Answer records what was answered to a suggestion on a day; the last answer of the day counts.
func (s *Service) Answer(ctx context.Context, by account.ID, day, id, answer string) error {
	if err := checkAnswer(answer); err != nil {
		return err
	}
	if err := checkDay(day); err != nil {
		return err
	}
	o, err := s.named(ctx, by, id)
	if err != nil {
		return err
	}
	switch answer {
	case NotKind:
		return s.Put(ctx, by, day, kindOf(o))
	case NeverPerson:
		if o.Person == "" {
			return fault.Invalid("no_person", "answer", "This suggestion is about nobody in particular.")
		}
		return s.Put(ctx, by, day, "person:"+o.Person)
	}
	r := Row{Day: day, Opportunity: id, Answer: answer, AnsweredAt: s.now()}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return put(ctx, tx, by, r) })
}

// named is what an id says of a suggestion, if there can be such a one.
func (s *Service) named(ctx context.Context, by account.ID, id string) (Opportunity, error) {
	source, rest, ok := sourceOf(id)
	o := Opportunity{ID: id, Source: source, Person: personOf(id)}
	switch {
	case !ok || !clean(id):
		return o, fault.NotFound("opportunity")
	case source == SourcePractice:
		p, err := practice.Find(ctx, s.db, by, rest, "")
		switch {
		case fault.As(err) != nil || err == nil && !p.On:
			return o, fault.NotFound("opportunity")
		case err != nil:
			return o, err
		}
		o.Practice, o.Kind = rest, p.Kind
	case source == SourceMemory:
		there, err := moment.Exists(ctx, s.db, by, rest)
		if err != nil {
			return o, err
		}
		if !there {
			return o, fault.NotFound("opportunity")
		}
		o.Moment = rest
	default:
		names, err := s.people.Names(ctx, s.db, by, []string{o.Person})
		if err != nil {
			return o, err
		}
		if names[o.Person] == "" {
			return o, fault.NotFound("opportunity")
		}
	}
	return o, nil
}

// Reset takes every "never" back.
func (s *Service) Reset(ctx context.Context, by account.ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return reset(ctx, tx, by) })
}

// Export calls f with every answer of an account, oldest first.
func (s *Service) Export(ctx context.Context, r db.Reader, by account.ID, f func(Row) error) error {
	return each(ctx, r, by, f)
}

// Restore keeps an answer of an archive as it was and reports whether it was new. One that is here already stays.
func (s *Service) Restore(ctx context.Context, tx *db.Tx, by account.ID, r Row) (bool, error) {
	if err := r.check(); err != nil {
		return false, err
	}
	there, err := exists(ctx, tx, by, r.Day, r.Opportunity)
	if err != nil || there {
		return false, err
	}
	return true, put(ctx, tx, by, r)
}

// Erase removes every answer of an account. It is an erasure hook.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, id account.ID) error {
	return erase(ctx, tx, id)
}
