package demo

import (
	"math"
	"strconv"
	"strings"
	"time"

	"kith/internal/capture"
)

// yearDays is how far back the story goes.
const yearDays = 365

// Days ago on which things turned. The words of data/*/arcs.txt keep to them.
const (
	moved      = 230 // into the flat
	nephewBorn = 205
	funeral    = 91 // the grandmother died four days before
	reconciled = 120
)

// Figure is somebody in the story.
type Figure struct {
	Key      string
	Name     string
	Handle   string // what is written behind @
	Nickname string
	Context  string
	Groups   []string
	Weekly   float64 // moments a week
	From     int     // days ago of the first moment by chance
	To       int     // and of the last
	Born     *time.Time

	birthday string // MM-DD, or +N: in so many days; then /age or /? when the year is not known
}

// cast is who is in the story, in every language. Who has no rate lives in the arcs alone.
func cast() []Figure {
	const personal, professional = capture.Personal, capture.Professional
	figure := func(key, context, groups string, weekly float64, from, to int, birthday string) Figure {
		return Figure{Key: key, Context: context, Groups: strings.Fields(groups), Weekly: weekly, From: from, To: to, birthday: birthday}
	}
	return []Figure{
		figure("maya", personal, "home family", 4.2, yearDays, 1, "04-19/39"),
		figure("ida", personal, "home kids", 3.2, yearDays, 1, "03-14/7"),
		figure("theo", personal, "home kids", 2.3, yearDays, 1, "09-30/11"),
		figure("mum", personal, "family parents", 1.1, yearDays, 2, "06-02/67"),
		figure("dad", personal, "family parents", 0.8, yearDays, 3, "+12/70"),
		figure("nora", personal, "family", 0.9, yearDays, 2, "02-08/35"),
		figure("sam", personal, "family", 0.25, yearDays, 9, "10-21/?"),
		figure("leo", personal, "baby", 0.4, nephewBorn-3, 4, ""),
		figure("daniel", personal, "family", 0.35, reconciled-4, 6, "05-27/42"),
		figure("gran", personal, "family grandparents", 0.6, yearDays, funeral+9, "08-05/91"),
		figure("helen", personal, "family", 0.35, yearDays, 8, "01-17/?"),
		figure("vera", personal, "family", 0.15, yearDays, 20, "+21/73"),
		figure("tom", personal, "family", 0.12, yearDays, 33, ""),
		figure("priya", personal, "friend", 1.1, yearDays, 2, "+3/40"),
		figure("iris", personal, "kids", 0.15, yearDays, 15, "07-11/5"),
		figure("mateo", personal, "friend abroad", 0.55, yearDays, 5, "12-09/39"),
		figure("ben", personal, "friend", 0.5, yearDays, 6, "11-02/?"),
		figure("chloe", personal, "friend", 0.55, yearDays, 4, "04-03/38"),
		figure("alex", personal, "friend", 0.35, yearDays, 196, "06-23/?"),
		figure("yusuf", personal, "friend runner", 0.8, yearDays, 3, "09-09/36"),
		figure("hana", personal, "friend choir", 0.5, yearDays, 6, "02-29/38"),
		figure("oliver", personal, "friend", 0.35, yearDays, 11, "03-30/?"),
		figure("marta", personal, "friend", 0.12, yearDays, 48, "08-18/39"),
		figure("finn", personal, "friend", 0.12, yearDays, 262, ""),
		figure("sofia", personal, "friend school", 0.5, yearDays, 5, ""),
		figure("alder", personal, "neighbour", 0.75, moved-6, 2, "05-11/84"),
		figure("karim", personal, "neighbour", 0.5, moved-2, 5, ""),
		figure("lotte", personal, "neighbour school", 0.4, moved-12, 7, ""),
		figure("walter", personal, "neighbour", 0.5, yearDays, moved+2, "10-05/78"),
		figure("elena", professional, "colleague", 0.9, yearDays, 2, "07-24/?"),
		figure("jakub", professional, "colleague", 1.8, yearDays, 1, "+8/34"),
		figure("amara", professional, "colleague junior", 1.2, 172, 1, ""),
		figure("simon", professional, "colleague", 0.8, yearDays, 3, ""),
		figure("lucia", professional, "colleague", 0.9, yearDays, 154, "05-16/?"),
		figure("henrik", professional, "colleague remote", 0.6, yearDays, 4, ""),
		figure("wei", professional, "client", 0.3, yearDays, 12, ""),
		figure("rosa", professional, "canteen", 0.4, yearDays, 3, ""),
		figure("ray", personal, "coach", 0.3, yearDays, 8, ""),
		figure("novak", personal, "teacher", 0.15, yearDays, 25, ""),
		figure("agnes", personal, "choir leader", 0.3, yearDays, 6, ""),
		figure("okafor", personal, "", 0, 0, 0, "11-30/81"),
	}
}

// meet gives the cast names and ids.
func (s *Story) meet() error {
	r := s.chance("people")
	for _, f := range cast() {
		said, ok := s.words.cast[f.Key]
		if !ok {
			return s.words.missing("cast.txt", f.Key)
		}
		f.Name, f.Handle, f.Nickname = said.name, said.handle, said.nickname
		f.Born = s.born(f.birthday)
		s.Person[f.Key] = s.id(r, s.met(f))
		s.Cast = append(s.Cast, f)
	}
	return nil
}

// met is when somebody was made: with their first moment, or in the first weeks.
func (s *Story) met(f Figure) time.Time {
	ago := yearDays
	if f.From > 0 && f.From < yearDays {
		ago = f.From + 1
	}
	if f.Key == "leo" {
		ago = nephewBorn
	}
	return s.day(ago).Add(-3 * time.Hour)
}

// born reads a birthday as it stands in the cast. An unknown year is the year 0.
func (s *Story) born(text string) *time.Time {
	day, age, ok := strings.Cut(text, "/")
	if !ok {
		return nil
	}
	date := s.Today
	if ahead, ok := strings.CutPrefix(day, "+"); ok {
		n, _ := strconv.Atoi(ahead)
		date = s.day(-n)
	} else if d, err := time.Parse("01-02-2006", day+"-2000"); err == nil {
		date = time.Date(s.Today.Year(), d.Month(), d.Day(), 12, 0, 0, 0, time.UTC)
		if date.Month() != d.Month() { // 29 February, in a year without one
			date = time.Date(s.Today.Year(), time.February, 28, 12, 0, 0, 0, time.UTC)
		}
	}
	year := 0
	if n, err := strconv.Atoi(age); err == nil {
		year = date.Year() - n
		if day == "02-29" {
			year = int(math.Floor(float64(year)/4)) * 4
		}
	}
	at := time.Date(year, date.Month(), date.Day(), 12, 0, 0, 0, time.UTC)
	if day == "02-29" {
		at = time.Date(year, time.February, 29, 12, 0, 0, 0, time.UTC)
	}
	return &at
}

// figure finds somebody of the cast.
func (s *Story) figure(key string) (Figure, bool) {
	for _, f := range s.Cast {
		if f.Key == key {
			return f, true
		}
	}
	return Figure{}, false
}
