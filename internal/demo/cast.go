package demo

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// yearDays is how far back the story goes.
const yearDays = 365

// Days ago on which things turned. The words of data/*/arcs.txt keep to them.
const (
	moved      = 230 // into the flat
	nephewBorn = 205
	funeral    = 91 // the grandmother died four days before
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

// figures is who is in the story, in every language: key, context, groups joined by +, moments a week, days ago of the first and of the
// last one by chance, and the birthday. Who has no rate lives in the arcs alone.
const figures = `maya personal home+family 4.2 365 1 04-19/39
ida personal home+kids 3.2 365 1 03-14/7
theo personal home+kids 2.3 365 1 09-30/11
mum personal family+parents 1.1 365 2 06-02/67
dad personal family+parents 0.8 365 3 +12/70
nora personal family 0.9 365 2 02-08/35
sam personal family 0.25 365 9 10-21/?
leo personal baby 0.4 202 4 -
daniel personal family 0.35 116 6 05-27/42
gran personal family+grandparents 0.6 365 100 08-05/91
helen personal family 0.35 365 8 01-17/?
vera personal family 0.15 365 20 +21/73
tom personal family 0.12 365 33 -
priya personal friend 1.1 365 2 +3/40
iris personal kids 0.15 365 15 07-11/5
mateo personal friend+abroad 0.55 365 5 12-09/39
ben personal friend 0.5 365 6 11-02/?
chloe personal friend 0.55 365 4 04-03/38
alex personal friend 0.35 365 196 06-23/?
yusuf personal friend+runner 0.8 365 3 09-09/36
hana personal friend+choir 0.5 365 6 02-29/38
oliver personal friend 0.35 365 11 03-30/?
marta personal friend 0.12 365 48 08-18/39
finn personal friend 0.12 365 262 -
sofia personal friend+school 0.5 365 5 -
alder personal neighbour 0.75 224 2 05-11/84
karim personal neighbour 0.5 228 5 -
lotte personal neighbour+school 0.4 218 7 -
walter personal neighbour 0.5 365 232 10-05/78
elena professional colleague 0.9 365 2 07-24/?
jakub professional colleague 1.8 365 1 +8/34
amara professional colleague+junior 1.2 172 1 -
simon professional colleague 0.8 365 3 -
lucia professional colleague 0.9 365 154 05-16/?
henrik professional colleague+remote 0.6 365 4 -
wei professional client 0.3 365 12 -
rosa professional canteen 0.4 365 3 -
ray personal coach 0.3 365 8 -
novak personal teacher 0.15 365 25 -
agnes personal choir+leader 0.3 365 6 -
okafor personal - 0 0 0 11-30/81`

func cast() (list []Figure) {
	for row := range strings.Lines(figures) {
		part := strings.Fields(row)
		f := Figure{Key: part[0], Context: part[1], Groups: strings.FieldsFunc(part[2], func(r rune) bool { return r == '+' || r == '-' }), birthday: part[6]}
		f.Weekly, _ = strconv.ParseFloat(part[3], 64)
		f.From, _ = strconv.Atoi(part[4])
		f.To, _ = strconv.Atoi(part[5])
		list = append(list, f)
	}
	return list
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
