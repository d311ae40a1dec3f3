package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/db"
	"kith/internal/i18n"
	"kith/internal/person"
)

// What people have besides a name. What needs no words stands here; facts, follow-ups, notes, dates with a label and the
// names of groups are in data/*/facts.txt, followups.txt, notes.txt, dates.txt, groups.txt and addresses.txt.

// rings say who is how near. Whoever is in none is never due.
func rings() map[string]string {
	return map[string]string{
		"inner":   "maya ida theo mum nora priya",
		"close":   "dad daniel sam chloe mateo yusuf helen jakub",
		"friends": "ben hana oliver sofia leo elena amara karim alex",
		"wider":   "marta vera tom walter lucia henrik simon iris lotte agnes",
	}
}

// nature is the rest of a person.
type nature struct {
	standing, zone, locale string
	cadence                int
	from, to               int // decent hours
}

func natures() map[string]nature {
	return map[string]nature{
		"gran":   {standing: person.Grieving},
		"okafor": {standing: person.Deceased},
		"finn":   {standing: person.LetGo},
		"novak":  {standing: person.Paused},
		"mateo":  {zone: "Australia/Melbourne", locale: "es", cadence: 14, from: 8 * 60, to: 21*60 + 30},
		"henrik": {zone: "Europe/Oslo", locale: "en", from: 8 * 60, to: 18 * 60},
		"wei":    {zone: "Europe/Vienna", locale: "en", from: 9 * 60, to: 17 * 60},
		"dad":    {cadence: 10, from: 9 * 60, to: 20 * 60},
		"alder":  {cadence: 5, from: 10 * 60, to: 19 * 60},
		"mum":    {from: 9 * 60, to: 21 * 60},
		"alex":   {cadence: 90},
	}
}

// relations say "ida is maya's daughter".
func relations() []string {
	return strings.Split(`ida daughter maya;theo son maya;ida sister theo;leo son nora;leo son sam;sam husband nora;mum wife dad;nora daughter mum;
		nora daughter dad;daniel son mum;daniel son dad;daniel brother nora;gran mother dad;helen mother maya;vera sister mum;tom cousin nora;
		iris daughter priya;ray teacher theo;novak teacher ida;amara report elena;jakub report elena;simon report elena;henrik colleague jakub;
		lucia friend jakub;lotte neighbour karim;alder neighbour karim;chloe friend priya;ben friend priya;agnes teacher hana`, ";")
}

// channelKinds say how people are reached: p phone, w WhatsApp, s Signal, t Telegram, e e-mail, a address, u a page.
func channelKinds() map[string]string {
	return map[string]string{
		"maya": "pse", "mum": "pwa", "dad": "p", "nora": "pwe", "sam": "pw", "daniel": "pe", "helen": "pa", "vera": "pa", "tom": "e",
		"priya": "pse", "mateo": "wte", "ben": "pe", "chloe": "psa", "alex": "pt", "yusuf": "ps", "hana": "pe", "oliver": "peu", "marta": "pea",
		"finn": "p", "sofia": "pw", "alder": "pa", "karim": "p", "lotte": "pw", "walter": "pa", "elena": "pe", "jakub": "pse", "amara": "pe",
		"simon": "e", "lucia": "pe", "henrik": "pte", "wei": "pe", "ray": "p", "novak": "e", "agnes": "pe",
	}
}

// twin is somebody who is in the address book twice: the other card has the same number.
const twin = "marta"

// row makes what every row of a person's has.
func (s *Story) row(r *rand.Rand, who string, at time.Time) person.Row {
	if at.After(s.Now) {
		at = s.Now
	}
	id := s.id(r, at)
	return person.Row{ID: id, Person: s.Person[who], Fingerprint: fingerprint(id), Revision: 1, CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at)}
}

// wordsOf reads a file of rows with so many parts and calls f with each, in order. The first part is somebody's key.
func (s *Story) wordsOf(file string, parts int, f func(part []string) error) error {
	list, err := lines(s.Lang, file)
	if err != nil {
		return err
	}
	for _, l := range list {
		part := strings.Split(s.months(l), "|")
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		if len(part) != parts {
			return fmt.Errorf("demo: data/%s/%s: %q", s.Lang, file, l)
		}
		if err := f(part); err != nil {
			return fmt.Errorf("%q: %w", l, err)
		}
	}
	return nil
}

var monthAhead = regexp.MustCompile(`\{month([+-]\d+)\}`)

// months names the month of so many days ahead where the words say {month+80}: a year has its seasons, whenever it ends.
func (s *Story) months(text string) string {
	return monthAhead.ReplaceAllStringFunc(text, func(m string) string {
		ahead, _ := strconv.Atoi(monthAhead.FindStringSubmatch(m)[1])
		month, _, _ := strings.Cut(i18n.For(s.Lang).Date(s.day(-ahead), "month"), " ")
		return month
	})
}

// who is somebody by their key.
func (s *Story) who(key string) (Figure, error) {
	f, ok := s.figure(key)
	if !ok {
		return f, s.words.missing("cast.txt", key)
	}
	return f, nil
}

// first is when somebody was already known, a while after they were met.
func (s *Story) first(r *rand.Rand, f Figure) time.Time {
	at := s.met(f)
	return at.Add(time.Duration(r.Int64N(int64(s.Now.Sub(at))*9/10 + 1)))
}

func writeBelongings(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	for _, write := range []func(context.Context, *db.Tx, Nouns, *Story, *rand.Rand) error{
		writeChannels, writeDates, writeFacts, writeFollowUps, writeRelations, writeGroups, writeTwin,
	} {
		if err := write(ctx, tx, n, s, s.chance("belongings")); err != nil {
			return err
		}
	}
	return nil
}

// channels are made of names and of numbers that are kept free for stories: no one has them.
func (s *Story) channels(f Figure, at int) (list []person.ChannelRecord) {
	phone := fmt.Sprintf("+44 7700 900%03d", 100+at)
	if s.Lang == "de" {
		phone = fmt.Sprintf("+49 171 39200%02d", at)
	}
	ascii := strings.NewReplacer("č", "c", "í", "i", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(f.Name))
	slug := strings.Join(strings.FieldsFunc(ascii, func(r rune) bool { return r == ' ' || r == '-' }), ".")
	for i, kind := range channelKinds()[f.Key] {
		c := person.ChannelRecord{Position: i}
		switch kind {
		case 'p', 'w', 's':
			c.Kind = map[rune]string{'p': person.Phone, 'w': person.WhatsApp, 's': person.Signal}[kind]
			c.Value, c.Norm = phone, person.E164(phone, "")
		case 'e':
			c.Kind, c.Value = person.Email, slug+"@example.org"
			c.Norm = c.Value
		case 't':
			c.Kind, c.Norm = person.Telegram, strings.ReplaceAll(slug, ".", "_")
			c.Value = "@" + c.Norm
		case 'u':
			c.Kind, c.Norm = person.URL, "example.org/"+slug
			c.Value = "https://" + c.Norm
		case 'a':
			c.Kind, c.Value = person.Address, s.words.addresses[f.Key]
			c.Norm = strings.ToLower(c.Value)
		}
		if c.Value != "" {
			list = append(list, c)
		}
	}
	return list
}

func writeChannels(ctx context.Context, tx *db.Tx, n Nouns, s *Story, r *rand.Rand) error {
	for i, f := range s.Cast {
		for _, c := range s.channels(f, i) {
			c.Row = s.row(r, f.Key, s.met(f))
			if _, err := n.People.RestoreChannel(ctx, tx, s.User.ID, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeDates(ctx context.Context, tx *db.Tx, n Nouns, s *Story, r *rand.Rand) error {
	put := func(who, kind, label string, on time.Time, year bool) error {
		f, err := s.who(who)
		if err != nil {
			return err
		}
		d := person.DateRecord{Row: s.row(r, who, s.met(f)), Kind: kind, Label: label, Month: int(on.Month()), Day: on.Day()}
		if kind == person.Death {
			d.Row = s.row(r, who, on.Add(48*time.Hour))
		}
		if y := on.Year(); year {
			d.Year = &y
		}
		_, err = n.People.RestoreDate(ctx, tx, s.User.ID, d)
		return err
	}
	for _, f := range s.Cast {
		if f.Born == nil {
			continue
		}
		if err := put(f.Key, person.Birthday, "", *f.Born, f.Born.Year() > 0); err != nil {
			return err
		}
	}
	// key | kind | days ago, or MM-DD and perhaps -YYYY | label
	return s.wordsOf("dates.txt", 4, func(part []string) error {
		if ago, err := strconv.Atoi(part[2]); err == nil {
			return put(part[0], part[1], part[3], s.day(ago), true)
		}
		if on, err := time.Parse("01-02-2006", part[2]); err == nil {
			return put(part[0], part[1], part[3], on, true)
		}
		on, err := time.Parse("01-02", part[2])
		if err != nil {
			return err
		}
		return put(part[0], part[1], part[3], on, false)
	})
}

func writeFacts(ctx context.Context, tx *db.Tx, n Nouns, s *Story, r *rand.Rand) error {
	// key, with * when it is private | the fact
	return s.wordsOf("facts.txt", 2, func(part []string) error {
		who, private := strings.CutSuffix(part[0], "*")
		f, err := s.who(who)
		if err != nil {
			return err
		}
		_, err = n.People.RestoreFact(ctx, tx, s.User.ID, person.FactRecord{Row: s.row(r, who, s.first(r, f)), Text: part[1], Private: private})
		return err
	})
}

func writeFollowUps(ctx context.Context, tx *db.Tx, n Nouns, s *Story, r *rand.Rand) error {
	// key | in so many days, negative is past | open, done or dropped | what
	return s.wordsOf("followups.txt", 4, func(part []string) error {
		ahead, err := strconv.Atoi(part[1])
		if err != nil {
			return err
		}
		if _, err := s.who(part[0]); err != nil {
			return err
		}
		due := s.day(-ahead)
		made := due.AddDate(0, 0, -5-r.IntN(9))
		if latest := s.day(1).Add(8 * time.Hour); made.After(latest) {
			made = latest
		}
		v := person.FollowUpRecord{Row: s.row(r, part[0], made), Text: part[3], Due: due.Format(time.DateOnly), State: part[2]}
		if v.State != person.Open {
			closed := db.Micros(due.Add(time.Duration(1+r.IntN(6)) * time.Hour))
			v.ClosedAt, v.UpdatedAt, v.Revision = &closed, closed, 2
		}
		_, err = n.People.RestoreFollowUp(ctx, tx, s.User.ID, v)
		return err
	})
}

func writeRelations(ctx context.Context, tx *db.Tx, n Nouns, s *Story, r *rand.Rand) error {
	for _, text := range relations() {
		part := strings.Fields(text)
		f, err := s.who(part[0])
		if err != nil {
			return err
		}
		other, err := s.who(part[2])
		if err != nil {
			return err
		}
		at := s.met(f)
		if later := s.met(other); later.After(at) {
			at = later
		}
		v := person.RelationRecord{Row: s.row(r, f.Key, at), Other: s.Person[other.Key], Role: part[1]}
		if _, err := n.People.RestoreRelation(ctx, tx, s.User.ID, v); err != nil {
			return err
		}
	}
	return nil
}

func writeGroups(ctx context.Context, tx *db.Tx, n Nouns, s *Story, r *rand.Rand) error {
	// name | keys
	return s.wordsOf("groups.txt", 2, func(part []string) error {
		at := s.day(yearDays - 20)
		id := s.id(r, at)
		g := person.GroupRecord{ID: id, Name: part[0], Fingerprint: fingerprint(id), Revision: 1, CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at)}
		for key := range strings.FieldsSeq(part[1]) {
			if _, err := s.who(key); err != nil {
				return err
			}
			g.Members = append(g.Members, s.Person[key])
		}
		slices.Sort(g.Members)
		_, err := n.People.RestoreGroup(ctx, tx, s.User.ID, g)
		return err
	})
}

// writeTwin adds the second card of somebody, as an address book has them, and two whose owner said they are two.
func writeTwin(ctx context.Context, tx *db.Tx, n Nouns, s *Story, r *rand.Rand) error {
	at := s.day(40)
	i := slices.IndexFunc(s.Cast, func(f Figure) bool { return f.Key == twin })
	f := s.Cast[i]
	id := s.id(r, at)
	given, family, _ := strings.Cut(f.Name, " ")
	_, err := n.People.Restore(ctx, tx, s.User.ID, person.Record{
		ID: id, Name: given[:1] + ". " + family, Fingerprint: fingerprint(id), Revision: 1, CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at),
	})
	if err != nil {
		return err
	}
	c := s.channels(f, i)[0]
	c.Row = s.row(r, f.Key, at)
	c.Person = id
	if _, err := n.People.RestoreChannel(ctx, tx, s.User.ID, c); err != nil {
		return err
	}
	pair := []string{s.Person["tom"], s.Person["theo"]}
	slices.Sort(pair)
	_, err = n.People.RestoreDistinct(ctx, tx, s.User.ID, person.DistinctRecord{One: pair[0], Other: pair[1], DecidedAt: db.Micros(at)})
	return err
}
